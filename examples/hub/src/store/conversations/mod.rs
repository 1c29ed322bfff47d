//! Conversations as rows: a visitor's thread, what was said in it, and who has it.
//!
//! Invariant: a thread's numbers have no gap and never change, and a message's id is in it once.

mod agent;
mod expiry;
mod kinds;
mod rows;
mod thread;
mod visitor;

pub use expiry::Expired;
pub(super) use expiry::{expire, forget};
pub use kinds::{
    AgentName, BotTurn, Change, Changed, ChannelName, Goal, KeptConversation, KeptEntry, KeptPart, Last, May, Part,
    Sender, Spoken, Then, ThreadOf,
};
pub(super) use rows::{all_current, find, list, part, silent, visitor_of};
pub(super) use thread::json;
pub use visitor::COLLECTED;

use alongside::protocol::conversation::{Author, Event, Objection};
use alongside::time::Timestamp;
use rusqlite::{Transaction, params};

use thread::{Line, Said, Thread, is_on};

/// Does a change whole, or says why not.
pub(in crate::store) fn change(
    state: &Transaction<'_>,
    of: &ThreadOf,
    change: Change,
    at: Timestamp,
) -> rusqlite::Result<Changed> {
    let is_apart = match &change {
        Change::Say(spoken) => spoken.say.conversation.is_some() || spoken.say.begins == Some(true),
        Change::Finish(conversation) => conversation.is_some(),
        _ => false,
    };
    let thread = Thread { state, of, at, is_apart };
    match change {
        Change::Say(spoken) => thread.say(&spoken),
        Change::Mark { delivered, read, conversation } => thread.mark(delivered, read, conversation),
        Change::Finish(conversation) => match thread.meant(conversation)?.filter(is_on) {
            Some(found) => thread.end(found, Author::Visitor, None),
            None => Ok(Changed::Refused(Objection::NotFound)),
        },
        Change::Reply(conversation, agent, id, text, file, rich) => {
            if let Some(entry) = thread.entry(id)? {
                return thread.before(entry);
            }
            thread.own(conversation, &agent, |thread, found| {
                let Ok(file) = thread.brought(file, Some(&agent))? else { return Ok(Changed::Refused(Objection::NotFound)) };
                let said = Said { file, rich: rich.as_ref(), ..Said::new(id, &text) };
                let entry = thread.append(&found, Author::Agent, Some(&agent), Line::Said(said))?;
                thread.told(&found, vec![entry])
            })
        }
        Change::AgentMark(conversation, agent, delivered, read) => {
            thread.own(conversation, &agent, |thread, found| {
                state
                    .prepare_cached(
                        "UPDATE conversation SET agent_delivered = max(agent_delivered, min(?3, last_seq)),
                             agent_read = max(agent_read, min(?4, last_seq)), version = version + 1
                         WHERE tenant = ?1 AND id = ?2 AND (agent_delivered < min(?3, last_seq) OR agent_read < min(?4, last_seq))",
                    )?
                    .execute(params![of.tenant.0, conversation.as_bytes(), delivered as i64, read as i64])?;
                thread.told(&found, Vec::new())
            })
        }
        Change::Bot(conversation, bot, turn) => {
            thread.own(conversation, &bot, |thread, found| thread.bot(&found, &bot, turn))
        }
        Change::Take(conversation, agent) => thread.take(conversation, &agent),
        Change::Release(conversation, agent) => {
            thread.own(conversation, &agent, |thread, found| thread.leave(&found, &agent))
        }
        Change::Abandon(conversation, agent) => {
            thread.own(conversation, &agent, |thread, found| match found.last.author {
                Author::Visitor => thread.leave(&found, &agent),
                _ => Ok(Changed::Before(Box::new(found), Vec::new())),
            })
        }
        Change::Transfer(conversation, agent, goal) => thread.own(conversation, &agent, |thread, found| {
            thread.pass_on(&found, &goal)?;
            thread.leave(&found, &agent)
        }),
        Change::Close(conversation, agent) => {
            thread.own(conversation, &agent, |thread, found| thread.end(found, Author::Agent, Some(&agent)))
        }
        Change::Lapse(conversation, before, available) => {
            match thread.find(conversation)?.filter(|found| is_on(found) && found.last.at < before) {
                Some(found) => thread.lapse(&found, &available),
                None => Ok(Changed::Refused(Objection::NotFound)),
            }
        }
        Change::AskSignIn(conversation, agent, text) => {
            thread.own(conversation, &agent, |thread, found| thread.ask_sign_in(&found, &agent, &text))
        }
        Change::DeclineSignIn(conversation) => {
            thread.answer_sign_in(conversation, Event::SignInDeclined, i64::MAX, None)
        }
        Change::ExpireSignIn(conversation, before) => {
            thread.answer_sign_in(Some(conversation), Event::SignInExpired, before.as_millis() as i64, None)
        }
    }
}

/// The visitor signed in: what is new in his thread, in each conversation in which he was asked to before that moment.
pub(in crate::store) fn signed_in(
    state: &Transaction<'_>,
    of: &ThreadOf,
    name: Option<&str>,
    asked_before: i64,
    at: Timestamp,
) -> rusqlite::Result<Vec<KeptEntry>> {
    let thread = Thread { state, of, at, is_apart: false };
    let mut all = Vec::new();
    for kept in all_current(state, of)? {
        let answered = thread.answer_sign_in(Some(kept.conversation), Event::SignedIn, asked_before, name)?;
        if let Changed::Kept(_, entries) = answered {
            all.extend(entries);
        }
    }
    Ok(all)
}
