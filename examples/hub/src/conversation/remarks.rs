//! What agents note for agents, and what they offer visitors: as it is told, and as it is checked.

use alongside::protocol::conversation::{Inbox, InboxBody, Objection, Remark, Remarks};
use alongside::protocol::rich::{Offered, Rich};
use alongside::protocol::{Encoding, Payload, VisitorId};

use super::PIECE_BYTES;
use crate::store::KeptRemark;

/// Longest of what one message offers, in bytes of JSON.
const RICH: usize = 16 * 1024;

/// Remarks as this agent is told of them, in pieces that each fit a frame.
pub(super) fn pieces(visitor: VisitorId, remarks: &[KeptRemark], agent: &str) -> Vec<Remarks> {
    let mut pieces: Vec<Remarks> = Vec::new();
    let mut bytes = 0;
    for kept in remarks {
        let remark = Remark { is_own: kept.agent == agent, ..kept.remark.clone() };
        let alone = Inbox::Remarks(Remarks { visitor, remarks: vec![remark.clone()] });
        let size = Payload::encode_inbox(&InboxBody::Inbox(alone), Encoding::Json).len();
        bytes += size;
        match pieces.last_mut().filter(|_| bytes <= PIECE_BYTES) {
            Some(piece) => piece.remarks.push(remark),
            None => {
                bytes = size;
                pieces.push(Remarks { visitor, remarks: vec![remark] });
            }
        }
    }
    pieces
}

/// What a message offers. What is of no kind that the hub knows, leads where it may not, or is too much, is refused.
pub(super) fn sound(offered: Option<Offered>) -> Result<Option<Rich>, Objection> {
    let Some(offered) = offered else { return Ok(None) };
    let fits = |rich: &Rich| Payload::encode_rich(rich, Encoding::Json).len() <= RICH;
    offered.0.filter(fits).map(Some).ok_or(Objection::NotPermitted)
}

#[cfg(test)]
mod tests {
    use alongside::protocol::conversation::{MESSAGE_LIMIT, MessageText};
    use alongside::protocol::rich::{Choice, Choices};
    use alongside::protocol::{ConversationId, FRAME_LIMIT, MessageId};
    use alongside::time::Timestamp;

    use super::*;

    #[test]
    fn long_notes_are_told_in_pieces_that_fit_a_frame_and_each_agent_knows_his_own() {
        let kept = |number: u8| KeptRemark {
            remark: Remark {
                id: MessageId::from_bytes([number; 16]),
                conversation: ConversationId::from_bytes([1; 16]),
                after: 1,
                at: Timestamp::from_millis(1),
                name: "Aki".into(),
                is_own: false,
                text: MessageText::new(&"<".repeat(MESSAGE_LIMIT)).ok(),
                code: None,
                code_name: None,
                is_wrap: false,
            },
            agent: if number.is_multiple_of(2) { "aki" } else { "ben" }.into(),
        };
        let all: Vec<_> = (0..40).map(kept).collect();
        let pieces = pieces(VisitorId::from_bytes([2; 16]), &all, "aki");
        assert!(pieces.len() > 1);
        let told: Vec<_> = pieces.iter().flat_map(|piece| &piece.remarks).collect();
        assert_eq!(told.iter().map(|remark| remark.id.as_bytes()[0]).collect::<Vec<_>>(), (0..40).collect::<Vec<_>>());
        assert!(told.iter().all(|remark| remark.is_own == (remark.id.as_bytes()[0] % 2 == 0)));
        for piece in pieces {
            let body = InboxBody::Inbox(Inbox::Remarks(piece));
            assert!(Payload::encode_inbox(&body, Encoding::Json).len() < FRAME_LIMIT);
        }
    }

    #[test]
    fn what_a_message_offers_is_known_and_not_too_much() {
        let choices = |label: &str| {
            let choice = Choice { label: label.into(), value: None, description: None };
            Some(Offered(Some(Rich::Choices(Choices { choices: vec![choice], style: None }))))
        };
        assert!(matches!(sound(choices("Yes")), Ok(Some(Rich::Choices(_)))));
        assert_eq!(sound(None), Ok(None));
        assert_eq!(sound(Some(Offered(None))), Err(Objection::NotPermitted));
        assert_eq!(sound(choices(&"a".repeat(RICH))), Err(Objection::NotPermitted));
    }
}
