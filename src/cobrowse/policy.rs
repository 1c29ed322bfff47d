//! What an agent may act on, whatever was granted.

use crate::protocol::cobrowse::{Action, Outcome};

/// What an action would meet in the visitor's page, as the page finds it the moment before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// The node is gone, or outside of what the grant is for.
    pub is_gone: bool,
    /// It is not what the agent saw.
    pub is_changed: bool,
    /// Agents see it or a part of it masked, blocked or not at all; or it is the SDK's own.
    pub is_masked: bool,
    /// The customer lets agents see it only.
    pub is_read_only: bool,
    /// The page has disabled it, or nobody could reach it: no size, not shown, inert.
    pub is_disabled: bool,
    /// Something else lies over the place.
    pub is_covered: bool,
    /// It takes no such action: text for what is no field, options for what is no select.
    pub is_unsuited: bool,
    /// The action would send a form.
    pub is_submit: bool,
    /// The action would open a file picker.
    pub is_file_picker: bool,
    /// The action leaves the page: follows a link, or goes to an address.
    pub leads: Lead,
}

/// Where an action leads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lead {
    /// It stays on the page.
    #[default]
    Nowhere,
    /// To another page that the customer lets agents go to.
    OnSite,
    /// To a page of somebody else, to a program, or to no address at all.
    OffSite,
}

/// What the visitor and the customer permit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Leave {
    /// The visitor granted navigation: links may be followed.
    pub navigates: bool,
    /// The customer's configuration lets agents send forms.
    pub submits: bool,
}

/// Why the action is refused, if it is. The first reason in the order of what the agent should know first.
pub fn refusal(action: &Action, target: Target, leave: Leave) -> Option<Outcome> {
    let is_go = matches!(action, Action::Go(_));
    let rules = [
        (target.is_gone, Outcome::Gone),
        (target.is_masked, Outcome::Masked),
        (target.is_read_only, Outcome::ReadOnly),
        (target.is_changed && !is_go, Outcome::Changed),
        (target.is_disabled, Outcome::Disabled),
        (target.is_file_picker, Outcome::FilePicker),
        (target.is_unsuited, Outcome::Unsuited),
        (target.is_covered, Outcome::Covered),
        (target.is_submit && !leave.submits, Outcome::Submit),
        (target.leads == Lead::OffSite, Outcome::OffSite),
        (target.leads == Lead::OnSite && !leave.navigates, Outcome::NotGranted),
    ];
    rules.into_iter().find(|(holds, _)| *holds).map(|(_, outcome)| outcome)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::cobrowse::{Click, Go, Way};

    const CLICK: Action = Action::Click(Click { x: 5_000, y: 5_000, count: 1 });
    const EVERYTHING: Leave = Leave { navigates: true, submits: true };

    #[test]
    fn each_fact_about_a_target_refuses_by_itself_and_none_lets_it_pass() {
        let plain = Target::default();
        assert_eq!(refusal(&CLICK, plain, Leave::default()), None);
        for (target, outcome) in [
            (Target { is_gone: true, ..plain }, Outcome::Gone),
            (Target { is_masked: true, ..plain }, Outcome::Masked),
            (Target { is_read_only: true, ..plain }, Outcome::ReadOnly),
            (Target { is_changed: true, ..plain }, Outcome::Changed),
            (Target { is_disabled: true, ..plain }, Outcome::Disabled),
            (Target { is_file_picker: true, ..plain }, Outcome::FilePicker),
            (Target { is_unsuited: true, ..plain }, Outcome::Unsuited),
            (Target { is_covered: true, ..plain }, Outcome::Covered),
            (Target { leads: Lead::OffSite, ..plain }, Outcome::OffSite),
        ] {
            assert_eq!(refusal(&CLICK, target, EVERYTHING), Some(outcome), "{target:?}, whatever is permitted");
        }
    }

    #[test]
    fn a_form_is_sent_only_where_the_customer_lets_agents_do_it() {
        let submit = Target { is_submit: true, ..Target::default() };
        assert_eq!(refusal(&CLICK, submit, Leave { submits: false, ..EVERYTHING }), Some(Outcome::Submit));
        assert_eq!(refusal(&CLICK, submit, EVERYTHING), None);
    }

    #[test]
    fn a_link_is_followed_only_with_a_grant_for_navigation() {
        let link = Target { leads: Lead::OnSite, ..Target::default() };
        assert_eq!(refusal(&CLICK, link, Leave::default()), Some(Outcome::NotGranted));
        assert_eq!(refusal(&CLICK, link, Leave { navigates: true, ..Leave::default() }), None);
    }

    #[test]
    fn going_back_does_not_depend_on_what_the_page_shows() {
        let changed = Target { is_changed: true, ..Target::default() };
        assert_eq!(refusal(&Action::Go(Go::Through(Way::Back)), changed, EVERYTHING), None);
    }
}
