//! Visitors as the customer's site knows them.
//!
//! Invariant: a visitor has one subject for good, and a token is one visitor's.

use std::time::Duration;

use alongside::protocol::{ConversationId, Identity, VisitId, VisitorId};
use alongside::time::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::conversations::{self, KeptConversation, KeptEntry};
use super::sqlite::id;
use super::{TenantId, ThreadOf};

/// Clocks of the customer's servers may be behind the hub's by so much.
pub const LEEWAY: Duration = Duration::from_secs(60);

/// What a token that was checked says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The customer's identifier of the visitor.
    pub subject: String,
    /// His name.
    pub name: Option<String>,
    /// His e-mail address.
    pub email: Option<String>,
    /// How he signed in.
    pub how: Option<String>,
    /// Whether it is as strong as the customer wants it where an agent asks; then a weaker one does not take its place.
    pub is_strong: bool,
    /// Whether it is what an agent may ask for, if it was issued after he did.
    pub meets_step_up: bool,
    /// By the customer's clock.
    pub issued: Timestamp,
    /// It is worth nothing from then on.
    pub expires: Timestamp,
    /// After so long without activity the visitor is not verified any more.
    pub idle: Duration,
    /// Of the token, or of the identifier that it names.
    pub digest: [u8; 32],
}

/// What became of a token.
#[derive(Clone, Debug)]
pub enum Identified {
    /// The visitor is verified.
    Verified(Box<Seen>),
    /// The visitor is known as somebody else: this is another visitor.
    OtherSubject,
    /// Another visitor brought it first.
    Replayed,
}

/// A visitor who was verified, or no longer is, and where that is seen.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Who he is.
    pub identity: Option<Identity>,
    /// His visits that go on.
    pub visits: Vec<VisitId>,
    /// His last conversation and others that go on, and what is new in each.
    pub conversations: Vec<(KeptConversation, Vec<KeptEntry>)>,
}

/// One visitor's row.
struct Known {
    identity: Identity,
    is_strong: bool,
    expires: Timestamp,
}

/// What [`read`] reads, of a table that is called `i`.
pub(super) const COLUMNS: &str =
    "i.subject, i.name, i.email, i.how, i.since, min(i.expires, i.active + i.idle), i.strong, i.expires";

/// The identity from this column on, where there is one.
pub(super) fn read(row: &Row<'_>, at: usize) -> rusqlite::Result<Option<Identity>> {
    let time = |column| row.get::<_, i64>(column).map(|millis| Timestamp::from_millis(millis as u64));
    let Some(subject) = row.get(at)? else { return Ok(None) };
    Ok(Some(Identity {
        subject,
        name: row.get(at + 1)?,
        email: row.get(at + 2)?,
        how: row.get(at + 3)?,
        since: time(at + 4)?,
        until: time(at + 5)?,
    }))
}

fn known(state: &Transaction<'_>, of: &ThreadOf) -> rusqlite::Result<Option<Known>> {
    let found = state
        .prepare_cached(&format!("SELECT {COLUMNS} FROM identity AS i WHERE i.tenant = ?1 AND i.visitor = ?2"))?
        .query_row(params![of.tenant.0, of.visitor.as_bytes()], |row| {
            let expires = Timestamp::from_millis(row.get::<_, i64>(7)? as u64);
            Ok(read(row, 0)?.zip(Some((row.get(6)?, expires))))
        })
        .optional()?;
    Ok(found.flatten().map(|(identity, (is_strong, expires))| Known { identity, is_strong, expires }))
}

/// Who a visitor is.
pub(super) fn find(state: &Transaction<'_>, of: &ThreadOf) -> rusqlite::Result<Option<Identity>> {
    Ok(known(state, of)?.map(|known| known.identity))
}

/// Takes a token that was checked.
pub(super) fn identify(
    state: &Transaction<'_>,
    of: &ThreadOf,
    proof: &Proof,
    now: Timestamp,
) -> rusqlite::Result<Identified> {
    if !is_own(state, of, proof, now)? {
        return Ok(Identified::Replayed);
    }
    let known = known(state, of)?;
    if known.as_ref().is_some_and(|known| known.identity.subject != proof.subject) {
        return Ok(Identified::OtherSubject);
    }
    let (tenant, visitor, at) = (&of.tenant.0, of.visitor.as_bytes(), now.as_millis() as i64);
    state
        .prepare_cached(
            "INSERT OR IGNORE INTO identity_token (tenant, digest, visitor, expires) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![tenant, proof.digest, visitor, (proof.expires + LEEWAY).as_millis() as i64])?;
    let verified = known.filter(|known| known.identity.is_verified(now));
    match verified {
        // Within a session it does not become less.
        Some(known) if known.is_strong && !proof.is_strong => touch(state, of, at)?,
        verified => {
            let same = verified.filter(|known| known.is_strong == proof.is_strong);
            let since = same.as_ref().map_or(now, |known| known.identity.since);
            let expires = same.map_or(proof.expires, |known| known.expires.max(proof.expires));
            state
                .prepare_cached(
                    "INSERT OR REPLACE INTO identity (tenant, visitor, subject, name, email, how, strong, since, active, idle, expires)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                )?
                .execute(params![
                    tenant,
                    visitor,
                    proof.subject,
                    proof.name,
                    proof.email,
                    proof.how,
                    proof.is_strong,
                    since.as_millis() as i64,
                    at,
                    proof.idle.as_millis() as i64,
                    expires.as_millis() as i64
                ])?;
        }
    }
    let asked_before = (proof.issued + LEEWAY).as_millis() as i64;
    let entries = match proof.meets_step_up {
        true => conversations::signed_in(state, of, proof.name.as_deref(), asked_before, now)?,
        false => Vec::new(),
    };
    Ok(Identified::Verified(Box::new(seen(state, of, entries)?)))
}

/// Whether no other visitor brought the token before.
fn is_own(state: &Transaction<'_>, of: &ThreadOf, proof: &Proof, now: Timestamp) -> rusqlite::Result<bool> {
    state.prepare_cached("DELETE FROM identity_token WHERE expires < ?1")?.execute([now.as_millis() as i64])?;
    let owner: Option<Vec<u8>> = state
        .prepare_cached("SELECT visitor FROM identity_token WHERE tenant = ?1 AND digest = ?2")?
        .query_row(params![of.tenant.0, proof.digest], |row| row.get(0))
        .optional()?;
    Ok(owner.is_none_or(|owner| owner == of.visitor.as_bytes()))
}

/// The visitor is not verified any more: he signed out.
pub(super) fn leave(state: &Transaction<'_>, of: &ThreadOf, now: Timestamp) -> rusqlite::Result<Seen> {
    state
        .prepare_cached("UPDATE identity SET expires = min(expires, ?3) WHERE tenant = ?1 AND visitor = ?2")?
        .execute(params![of.tenant.0, of.visitor.as_bytes(), now.as_millis() as i64])?;
    seen(state, of, Vec::new())
}

fn seen(state: &Transaction<'_>, of: &ThreadOf, entries: Vec<KeptEntry>) -> rusqlite::Result<Seen> {
    let visits = state
        .prepare_cached("SELECT id FROM visit WHERE tenant = ?1 AND visitor = ?2 ORDER BY last_activity DESC LIMIT 4")?
        .query_map(params![of.tenant.0, of.visitor.as_bytes()], |row| {
            Ok(VisitId::from_bytes(id(&row.get::<_, Vec<u8>>(0)?)))
        })?
        .collect::<Result<_, _>>()?;
    let news = |kept: KeptConversation| {
        let is_of = |entry: &&KeptEntry| entry.entry.conversation == kept.conversation;
        let news = entries.iter().filter(is_of).cloned().collect();
        (kept, news)
    };
    // What was read before this, and is told after it, is older: it does not bring a shield back.
    for kept in conversations::all_current(state, of)? {
        state
            .prepare_cached("UPDATE conversation SET version = version + 1 WHERE tenant = ?1 AND id = ?2")?
            .execute(params![of.tenant.0, kept.conversation.as_bytes()])?;
    }
    let conversations = conversations::all_current(state, of)?.into_iter().map(news).collect();
    Ok(Seen { identity: find(state, of)?, visits, conversations })
}

/// The visitor did something at `at`: who is verified stays so.
pub(super) fn touch(state: &Transaction<'_>, of: &ThreadOf, at: i64) -> rusqlite::Result<()> {
    state
        .prepare_cached(
            "UPDATE identity SET active = max(active, ?3) WHERE tenant = ?1 AND visitor = ?2 AND active + idle > ?3",
        )?
        .execute(params![of.tenant.0, of.visitor.as_bytes(), at])?;
    Ok(())
}

/// Nobody knows any more who the visitor was. That his tokens were used stays known until they expire.
pub(super) fn forget(state: &Transaction<'_>, of: &ThreadOf) -> rusqlite::Result<()> {
    for query in [
        "DELETE FROM identity WHERE tenant = ?1 AND visitor = ?2",
        "UPDATE identity_token SET visitor = zeroblob(16) WHERE tenant = ?1 AND visitor = ?2",
    ] {
        state.prepare_cached(query)?.execute(params![of.tenant.0, of.visitor.as_bytes()])?;
    }
    Ok(())
}

/// Conversations in which an agent asked before `before` and nobody has answered, at most 100.
pub(super) fn unanswered(
    state: &Transaction<'_>,
    before: Timestamp,
) -> rusqlite::Result<Vec<(ThreadOf, ConversationId)>> {
    state
        .prepare_cached(
            "SELECT tenant, visitor, id FROM conversation WHERE sign_in_asked < ?1 ORDER BY sign_in_asked LIMIT 100",
        )?
        .query_map([before.as_millis() as i64], |row| {
            let visitor = VisitorId::from_bytes(id(&row.get::<_, Vec<u8>>(1)?));
            let conversation = ConversationId::from_bytes(id(&row.get::<_, Vec<u8>>(2)?));
            Ok((ThreadOf { tenant: TenantId(row.get(0)?), visitor }, conversation))
        })?
        .collect()
}
