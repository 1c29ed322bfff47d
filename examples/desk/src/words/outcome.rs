//! Which text says what: the protocol's words in people's.

use alongside::mirror::Guard;
use alongside::protocol::cobrowse::{Capability, EndReason, Objection, Outcome};

use super::CobrowseWords;
use crate::cobrowse::shared::{Message, Verdict};
use crate::cobrowse::tool::{Bar, Tool};

impl CobrowseWords {
    /// What became of an act.
    pub const fn outcome(&self, outcome: Outcome) -> &'static str {
        match outcome {
            Outcome::Done => self.outcome_done,
            Outcome::NotGranted => self.outcome_not_granted,
            Outcome::Paused => self.outcome_paused,
            Outcome::Gone => self.outcome_gone,
            Outcome::Changed => self.outcome_changed,
            Outcome::Covered => self.outcome_covered,
            Outcome::Masked => self.outcome_masked,
            Outcome::ReadOnly => self.outcome_read_only,
            Outcome::Submit => self.outcome_submit,
            Outcome::FilePicker => self.outcome_file_picker,
            Outcome::OffSite => self.outcome_off_site,
            Outcome::Disabled => self.outcome_disabled,
            Outcome::Unsuited => self.outcome_unsuited,
            Outcome::TooFast => self.outcome_too_fast,
            Outcome::Rejected => self.outcome_rejected,
            Outcome::Proposed => self.outcome_proposed,
            Outcome::Outranked => self.outcome_outranked,
            Outcome::Undone => self.outcome_undone,
            // Of a later protocol.
            _ => self.outcome_unsuited,
        }
    }

    /// Why a session is over.
    pub const fn reason(&self, reason: EndReason) -> &'static str {
        match reason {
            EndReason::Visitor => self.over_visitor,
            EndReason::Agent => self.over_agent,
            EndReason::Conversation => self.over_conversation,
            EndReason::Transfer => self.over_transfer,
            EndReason::Idle => self.over_idle,
            EndReason::Declined => self.over_declined,
            EndReason::Unanswered => self.over_unanswered,
            EndReason::Lost => self.over_lost,
            EndReason::Withdrawn => self.over_withdrawn,
            // Of a later protocol.
            _ => self.over_agent,
        }
    }

    /// Why a wish is not met.
    pub const fn objection(&self, objection: Objection) -> &'static str {
        match objection {
            Objection::WrongCode => self.objection_wrong_code,
            Objection::TooMany => self.objection_too_many,
            Objection::NotPermitted => self.objection_not_permitted,
            Objection::NobodyThere => self.objection_nobody,
            Objection::Busy => self.objection_busy,
            // Of a later protocol.
            _ => self.objection_not_permitted,
        }
    }

    /// What the agent is told in passing.
    pub fn message(&self, message: Message) -> &'static str {
        match message {
            Message::Outcome(outcome) => self.outcome(outcome),
            Message::Objection(objection) => self.objection(objection),
            Message::Verdict(Verdict::Granted(Capability::Navigation)) => self.granted_navigation,
            Message::Verdict(Verdict::Granted(_)) => self.granted_control,
            Message::Verdict(Verdict::Ended(Capability::Navigation)) => self.ended_navigation,
            Message::Verdict(Verdict::Ended(_)) => self.ended_control,
            Message::Verdict(Verdict::Declined(_)) => self.declined,
            Message::BadAddress => self.address_bad,
        }
    }

    /// Why agents may not act on something, by bits of [`Guard`].
    pub fn guard(&self, bits: u32) -> Option<&'static str> {
        let guards = [
            (Guard::Masked, self.guard_masked),
            (Guard::ReadOnly, self.guard_read_only),
            (Guard::Value, self.guard_value),
        ];
        guards.into_iter().find(|(guard, _)| bits & *guard as u32 != 0).map(|(_, text)| text)
    }

    /// What a tool is called.
    pub const fn tool(&self, tool: Tool) -> &'static str {
        match tool {
            Tool::Look => self.tool_look,
            Tool::Highlight => self.tool_highlight,
            Tool::Laser => self.tool_laser,
            Tool::Pen => self.tool_pen,
            Tool::Arrow => self.tool_arrow,
            Tool::Rectangle => self.tool_rectangle,
            Tool::Erase => self.tool_erase,
            Tool::Control => self.tool_control,
            Tool::Navigation => self.tool_navigation,
            Tool::GiveBack => self.tool_give_back,
            Tool::End => self.tool_end,
        }
    }

    /// Why a tool cannot be used.
    pub const fn bar(&self, bar: Bar) -> &'static str {
        match bar {
            Bar::NotLive => self.bar_not_live,
            Bar::Silent => self.bar_silent,
            Bar::Asking => self.bar_asking,
            Bar::Granted => self.bar_granted,
            Bar::NothingGranted => self.bar_nothing,
        }
    }
}
