//! The agent's tools, and why one cannot be used now.

use alongside::cobrowse::AgentStage;
use alongside::protocol::cobrowse::{Capability, Tool as Drawing};

use super::shared::Shared;

/// Something that the agent can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// Point; with control, act.
    Look,
    /// Draw attention to an element.
    Highlight,
    /// A dot with a tail.
    Laser,
    /// A line that vanishes.
    Pen,
    /// An arrow.
    Arrow,
    /// A rectangle.
    Rectangle,
    /// Take away what was drawn.
    Erase,
    /// Ask for control.
    Control,
    /// Ask for navigation.
    Navigation,
    /// Give back what was granted.
    GiveBack,
    /// End the session.
    End,
}

/// Why a tool cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bar {
    /// The page is not shown now.
    NotLive,
    /// The agent only looks on.
    Silent,
    /// The visitor is still asked something.
    Asking,
    /// It is granted already.
    Granted,
    /// Nothing is granted.
    NothingGranted,
}

impl Tool {
    /// In the order of the toolbar.
    pub const ALL: [Self; 11] = [
        Self::Look,
        Self::Highlight,
        Self::Laser,
        Self::Pen,
        Self::Arrow,
        Self::Rectangle,
        Self::Erase,
        Self::Control,
        Self::Navigation,
        Self::GiveBack,
        Self::End,
    ];

    /// Those of which one is held at a time.
    pub const fn is_held(self) -> bool {
        matches!(self, Self::Look | Self::Highlight) || self.drawing().is_some()
    }

    /// What it draws.
    pub const fn drawing(self) -> Option<Drawing> {
        match self {
            Self::Laser => Some(Drawing::Laser),
            Self::Pen => Some(Drawing::Pen),
            Self::Arrow => Some(Drawing::Arrow),
            Self::Rectangle => Some(Drawing::Rectangle),
            _ => None,
        }
    }

    /// The key that takes it; what cannot be undone has none.
    pub const fn key(self) -> Option<&'static str> {
        match self {
            Self::Look => Some("V"),
            Self::Highlight => Some("H"),
            Self::Laser => Some("L"),
            Self::Pen => Some("P"),
            Self::Arrow => Some("A"),
            Self::Rectangle => Some("R"),
            Self::Erase => Some("E"),
            Self::Control => Some("C"),
            Self::Navigation => Some("N"),
            Self::GiveBack => Some("G"),
            Self::End => None,
        }
    }

    /// What it asks for.
    pub const fn capability(self) -> Option<Capability> {
        match self {
            Self::Control => Some(Capability::Control),
            Self::Navigation => Some(Capability::Navigation),
            _ => None,
        }
    }

    /// Why it cannot be used now, if it cannot.
    pub fn bar(self, shared: &Shared) -> Option<Bar> {
        let is_live = shared.stage == AgentStage::Live;
        match self {
            Self::Look | Self::End => None,
            _ if shared.is_silent() => Some(Bar::Silent),
            Self::GiveBack => (shared.control.is_none() && shared.navigation.is_none()).then_some(Bar::NothingGranted),
            _ if !is_live => Some(Bar::NotLive),
            Self::Control | Self::Navigation => {
                let granted = if self == Self::Control { &shared.control } else { &shared.navigation };
                let is_asking = shared.told.as_ref().is_some_and(|told| told.request.is_some());
                match granted {
                    Some(_) => Some(Bar::Granted),
                    None => is_asking.then_some(Bar::Asking),
                }
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cobrowse::shared::sample::{granted, live, silent};
    use alongside::protocol::cobrowse::Request;

    #[test]
    fn each_key_takes_one_tool() {
        let mut keys: Vec<_> = Tool::ALL.iter().filter_map(|tool| tool.key()).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), Tool::ALL.len() - 1);
    }

    #[test]
    fn who_looks_on_in_silence_can_only_look_and_leave() {
        let usable: Vec<_> = Tool::ALL.into_iter().filter(|tool| tool.bar(&silent()).is_none()).collect();
        assert_eq!(usable, [Tool::Look, Tool::End]);
    }

    #[test]
    fn what_is_granted_is_not_asked_for_again() {
        assert_eq!(Tool::Control.bar(&live()), None);
        assert_eq!(Tool::GiveBack.bar(&live()), Some(Bar::NothingGranted));
        let granted = granted(Capability::Control);
        assert_eq!(Tool::Control.bar(&granted), Some(Bar::Granted));
        assert_eq!((Tool::Navigation.bar(&granted), Tool::GiveBack.bar(&granted)), (None, None));
    }

    #[test]
    fn one_thing_is_asked_for_at_a_time() {
        let mut asking = live();
        let capability = Capability::Navigation;
        let request = Request { agent: 1, capability, within: None, uses: None, seconds: None, proposes: None };
        asking.told.as_mut().expect("it is live").request = Some(request);
        assert_eq!(Tool::Control.bar(&asking), Some(Bar::Asking));
        assert_eq!(Tool::Pen.bar(&asking), None, "pointing and drawing go on");
    }

    #[test]
    fn nothing_is_drawn_on_a_page_that_is_not_shown() {
        let waiting = Shared { stage: AgentStage::Waiting, ..live() };
        assert_eq!(Tool::Pen.bar(&waiting), Some(Bar::NotLive));
        assert_eq!(Tool::End.bar(&waiting), None, "there is always a way out");
    }
}
