//! The embedded store: SQLite in WAL mode, fully synchronous, one writer thread with group commit, four readers.

use std::ops::RangeInclusive;
use std::path::Path;
use std::time::Duration;

use alongside::protocol::conversation::{Attachment, MessageText, Objection, Preview};
use alongside::protocol::{
    Body, ConversationId, FileId, Identity, JourneyKind, LiveVisit, Masking, Message, MessageId, Payload, SessionId,
    SourceId, Ticket, VisitId, VisitorId,
};
use alongside::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::identity::COLUMNS as IDENTITY;
use super::ingest::{keep, source_row};
use super::readers::Readers;
use super::writer::{After, Writer};
use super::{
    Access, AgentName, Change, Changed, Deployment, DevLogin, Document, Expired, FileState, Identified, Ingest,
    Ingested, JourneyPart, KeptConversation, KeptDecision, KeptPart, KeptRemark, KeptSession, KeptTask, Line, Part,
    Permission, Profile, Proof, RecordReader, Seen, Session, SessionChange, SessionsOf, Store, StoreError, TenantId,
    ThreadOf, Untold, Uploader, Wrapped, WrappedUp, Wrapping, channels, conversations, files, identity, password,
    remarks, routing, schema, shared, visitors,
};
use crate::identity::IdentityRules;
use crate::replies::Replies;
use crate::routing::{Decision, Rules};
use crate::wrap_up::WrapUp;
use crate::{masking, random};

const SESSION_LASTS: Duration = Duration::from_secs(12 * 3_600);
const TICKET_LASTS: Duration = Duration::from_secs(30);

/// The embedded store.
#[derive(Debug)]
pub struct Sqlite {
    writer: Writer,
    readers: Readers,
}

impl Sqlite {
    /// Opens `folder/alongside.db`, makes it where it is absent, and adds `origins` to the deployment `demo`.
    ///
    /// # Errors
    /// [`StoreError::Folder`], [`StoreError::Database`] or [`StoreError::Newer`].
    pub fn open(folder: &Path, origins: &[String], login: DevLogin) -> Result<Self, StoreError> {
        let path = folder.join("alongside.db");
        let is_new = !path.try_exists()?;
        keep_private(&path)?;
        let mut connection = Connection::open(&path)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // What is deleted is overwritten, also in pages that are used again.
        connection.pragma_update(None, "secure_delete", true)?;
        connection.set_prepared_statement_cache_capacity(64);
        schema::migrate(&mut connection)?;
        schema::seed(&connection, origins)?;
        if !schema::has_dev_login(&connection)? && (login == DevLogin::Always || login == DevLogin::WhenNew && is_new) {
            schema::seed_dev_login(&connection)?;
        }
        if schema::has_dev_login(&connection)? {
            let (email, password) = schema::DEV_LOGIN;
            tracing::warn!("anybody can sign in with the development login: {email}, password {password}");
        }
        Ok(Self { writer: Writer::start(connection)?, readers: Readers::new(path) })
    }

    /// Commits what was asked for so far and closes the database; what comes later fails with [`StoreError::Stopping`].
    pub async fn close(&self) {
        // Whoever closes the database last removes the log: that is the writer, readers may not.
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Only the hub's user may read the database. SQLite gives the files beside it the mode of the database itself.
fn keep_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        options.mode(0o600).open(path)?;
        // What an earlier hub, or a copy, left open to others.
        for suffix in ["", "-wal", "-shm"] {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            if std::fs::exists(&name)? {
                std::fs::set_permissions(&name, std::fs::Permissions::from_mode(0o600))?;
            }
        }
    }
    Ok(())
}

/// What is stored of a secret.
fn digest(secret: &[u8]) -> Vec<u8> {
    use sha2::Digest;
    sha2::Sha256::digest(secret).to_vec()
}

pub(super) fn id(blob: &[u8]) -> [u8; 16] {
    blob.try_into().unwrap_or([0; 16])
}

/// What [`live_visit`] reads before the visitor's identity, and where from.
const VISIT_COLUMNS: &str = "v.id, v.visitor, v.page_views, v.started, v.last_activity, v.automated, v.page, v.search";
const FROM_VISIT: &str =
    "FROM visit AS v LEFT JOIN identity AS i ON i.tenant = v.tenant AND i.visitor = v.visitor WHERE v.tenant = ?1";

/// What a visitor's page said, read again by the decoder: only so does text come back as masked.
pub(super) fn journey(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<JourneyKind>> {
    let body: Option<Vec<u8>> = row.get(column)?;
    Ok(body.and_then(|body| match Payload::from_message(Message::Binary(body)).decode() {
        Ok(Body::Journey(event)) => Some(event.kind),
        _ => None,
    }))
}

fn live_visit(row: &Row<'_>) -> rusqlite::Result<LiveVisit> {
    let page = match journey(row, 6)? {
        Some(JourneyKind::PageViewed(view)) => Some(view),
        _ => None,
    };
    let search = match journey(row, 7)? {
        Some(JourneyKind::SearchPerformed(search)) => Some(search.term),
        _ => None,
    };
    Ok(LiveVisit {
        visit: VisitId::from_bytes(id(&row.get::<_, Vec<u8>>(0)?)),
        visitor: VisitorId::from_bytes(id(&row.get::<_, Vec<u8>>(1)?)),
        page_views: row.get(2)?,
        started: Timestamp::from_millis(row.get::<_, i64>(3)? as u64),
        last_activity: Timestamp::from_millis(row.get::<_, i64>(4)? as u64),
        is_automated: row.get(5)?,
        url: page.as_ref().map(|page| page.url.clone()).unwrap_or_default(),
        title: page.as_ref().map(|page| page.title.clone()).unwrap_or_default(),
        width: page.and_then(|page| page.width),
        search,
        is_shared: None,
        session: None,
        identity: identity::read(row, 8)?,
    })
}

/// What an agent may do now.
fn access_of(state: &rusqlite::Transaction<'_>, email: &str) -> rusqlite::Result<Option<Access>> {
    let query = "SELECT tenant, permissions, name FROM agent WHERE email = ?1";
    let access = |row: &Row<'_>| {
        let names: String = row.get(1)?;
        let permissions = names.split_whitespace().filter_map(Permission::named).collect();
        Ok(Access { tenant: TenantId(row.get(0)?), agent: email.into(), name: row.get(2)?, permissions })
    };
    state.query_row(query, [email], access).optional()
}

impl Store for Sqlite {
    async fn deployment(&self, id: &str) -> Result<Option<Deployment>, StoreError> {
        let id = id.to_owned();
        self.writer
            .run(move |state| {
                let tenant: Option<String> = state
                    .query_row("SELECT tenant FROM deployment WHERE id = ?1", [&id], |row| row.get(0))
                    .optional()?;
                let Some(tenant) = tenant else { return Ok(None) };
                let mut query = state.prepare_cached("SELECT origin FROM origin WHERE deployment = ?1")?;
                let origins = query.query_map([&id], |row| row.get(0))?.collect::<Result<_, _>>()?;
                Ok(Some(Deployment { tenant: TenantId(tenant), origins }))
            })
            .await
    }

    async fn is_allowed(&self, origin: &str) -> Result<bool, StoreError> {
        let origin = origin.to_owned();
        self.writer
            .run(move |state| state.prepare_cached("SELECT 1 FROM origin WHERE origin = ?1")?.exists([&origin]))
            .await
    }

    async fn received(
        &self,
        tenant: &TenantId,
        source: SourceId,
        visitor: VisitorId,
    ) -> Result<Option<u64>, StoreError> {
        let tenant = tenant.0.clone();
        self.writer
            .run(move |state| {
                let known = source_row(state, &tenant, source)?;
                Ok(match known {
                    None => Some(0),
                    Some((owner, received)) => (owner == visitor).then_some(received),
                })
            })
            .await
    }

    async fn ingest(&self, ingest: Ingest) -> Result<Ingested, StoreError> {
        let after = if matches!(ingest.event.kind, JourneyKind::Forget(_)) { After::Purge } else { After::Nothing };
        self.writer.run_then(after, move |change| keep(change, &ingest)).await
    }

    async fn live_visits(&self, access: &Access, since: Timestamp) -> Result<Vec<LiveVisit>, StoreError> {
        if !access.may(Permission::ViewLive) {
            return Ok(Vec::new());
        }
        let tenant = access.tenant.0.clone();
        self.writer
            .run(move |state| {
                let mut query = state.prepare_cached(&format!(
                    "SELECT {VISIT_COLUMNS}, {IDENTITY} {FROM_VISIT} AND v.last_activity >= ?2 ORDER BY v.last_activity"
                ))?;
                query.query_map(params![tenant, since.as_millis() as i64], live_visit)?.collect()
            })
            .await
    }

    async fn visits_between(
        &self,
        access: &Access,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<VisitId>, StoreError> {
        if !access.may(Permission::ViewLive) {
            return Ok(Vec::new());
        }
        let tenant = access.tenant.0.clone();
        self.readers
            .run(move |state| {
                let mut query = state.prepare_cached(
                    "SELECT id FROM visit WHERE tenant = ?1 AND last_activity >= ?2 AND last_activity < ?3",
                )?;
                let visit = |row: &Row<'_>| Ok(VisitId::from_bytes(id(&row.get::<_, Vec<u8>>(0)?)));
                query.query_map(params![tenant, since.as_millis() as i64, until.as_millis() as i64], visit)?.collect()
            })
            .await
    }

    async fn live_visit(&self, access: &Access, visit: VisitId) -> Result<Option<LiveVisit>, StoreError> {
        if !access.may(Permission::ViewLive) {
            return Ok(None);
        }
        let tenant = access.tenant.0.clone();
        self.writer
            .run(move |state| {
                let query = format!("SELECT {VISIT_COLUMNS}, {IDENTITY} {FROM_VISIT} AND v.id = ?2");
                let mut query = state.prepare_cached(&query)?;
                query.query_row(params![tenant, visit.as_bytes()], live_visit).optional()
            })
            .await
    }

    async fn visitor_of(
        &self,
        access: &Access,
        visit: VisitId,
        since: Timestamp,
    ) -> Result<Option<VisitorId>, StoreError> {
        if !access.may(Permission::Offer) {
            return Ok(None);
        }
        let tenant = access.tenant.0.clone();
        self.readers
            .run(move |state| {
                let query = "SELECT visitor FROM visit WHERE tenant = ?1 AND id = ?2 AND last_activity >= ?3";
                let visitor = |row: &Row<'_>| Ok(VisitorId::from_bytes(id(&row.get::<_, Vec<u8>>(0)?)));
                state
                    .prepare_cached(query)?
                    .query_row(params![tenant, visit.as_bytes(), since.as_millis() as i64], visitor)
                    .optional()
            })
            .await
    }

    async fn sign_in(&self, email: &str, password: &str, now: Timestamp) -> Result<Option<Session>, StoreError> {
        let key = email.to_owned();
        let agent: Option<(String, String)> = self
            .readers
            .run(move |state| {
                let query = "SELECT name, password FROM agent WHERE email = ?1";
                state.query_row(query, [key], |row| Ok((row.get(0)?, row.get(1)?))).optional()
            })
            .await?;
        let Some(name) = password::check(agent, password.to_owned()).await else { return Ok(None) };
        let token =
            SourceId::from_bytes(random::bytes()).to_string() + &SourceId::from_bytes(random::bytes()).to_string();
        let (stored, email) = (digest(token.as_bytes()), email.to_owned());
        self.writer
            .run(move |change| {
                change.execute("DELETE FROM session WHERE expires < ?1", [now.as_millis() as i64])?;
                let expires = (now + SESSION_LASTS).as_millis() as i64;
                change.execute(
                    "INSERT INTO session (digest, email, expires) VALUES (?1, ?2, ?3)",
                    params![stored, email, expires],
                )
            })
            .await?;
        Ok(Some(Session { token, name }))
    }

    async fn issue_ticket(&self, session: &str, now: Timestamp) -> Result<Option<Ticket>, StoreError> {
        let session = digest(session.as_bytes());
        let ticket = Ticket::from_bytes(random::bytes());
        self.writer
            .run(move |change| {
                change.execute("DELETE FROM ticket WHERE expires < ?1", [now.as_millis() as i64])?;
                let made = change.execute(
                    "INSERT INTO ticket (digest, email, expires)
                 SELECT ?1, email, ?2 FROM session WHERE digest = ?3 AND expires >= ?4",
                    params![
                        digest(ticket.as_bytes()),
                        (now + TICKET_LASTS).as_millis() as i64,
                        session,
                        now.as_millis() as i64
                    ],
                )?;
                Ok((made == 1).then_some(ticket))
            })
            .await
    }

    async fn access_of(&self, session: &str, now: Timestamp) -> Result<Option<Access>, StoreError> {
        let session = digest(session.as_bytes());
        self.readers
            .run(move |state| {
                let query = "SELECT email FROM session WHERE digest = ?1 AND expires >= ?2";
                let email: Option<String> =
                    state.query_row(query, params![session, now.as_millis() as i64], |row| row.get(0)).optional()?;
                email.map_or(Ok(None), |email| access_of(state, &email))
            })
            .await
    }

    async fn masking(&self, deployment: &str) -> Result<Masking, StoreError> {
        let deployment = deployment.to_owned();
        let query = "SELECT body FROM masking WHERE deployment = ?1";
        let body: Option<String> =
            self.readers.run(move |state| state.query_row(query, [deployment], |row| row.get(0)).optional()).await?;
        match body {
            Some(body) => masking::read(&body).ok_or(StoreError::BadMasking),
            None => Ok(Masking { is_private: false, rules: Vec::new() }),
        }
    }

    async fn change_masking(&self, deployment: &str, masking: Masking) -> Result<(), StoreError> {
        let (deployment, body) = (deployment.to_owned(), masking::written(masking));
        let query = "INSERT INTO masking (deployment, body) VALUES (?1, ?2)
                     ON CONFLICT (deployment) DO UPDATE SET body = excluded.body";
        self.writer.run(move |change| change.execute(query, [deployment, body]).map(drop)).await
    }

    async fn identity_rules(&self, deployment: &str) -> Result<Option<IdentityRules>, StoreError> {
        let deployment = deployment.to_owned();
        let query = "SELECT body FROM identity_rules WHERE deployment = ?1";
        let body: Option<String> =
            self.readers.run(move |state| state.query_row(query, [deployment], |row| row.get(0)).optional()).await?;
        body.map(|body| IdentityRules::read(&body).map_err(|_| StoreError::BadIdentity)).transpose()
    }

    async fn change_identity_rules(&self, deployment: &str, rules: IdentityRules) -> Result<(), StoreError> {
        let (deployment, body) = (deployment.to_owned(), rules.written());
        let query = "INSERT INTO identity_rules (deployment, body) VALUES (?1, ?2)
                     ON CONFLICT (deployment) DO UPDATE SET body = excluded.body";
        self.writer.run(move |change| change.execute(query, [deployment, body]).map(drop)).await
    }

    async fn identify(&self, of: &ThreadOf, proof: Proof, now: Timestamp) -> Result<Identified, StoreError> {
        let of = of.clone();
        self.writer.run(move |state| identity::identify(state, &of, &proof, now)).await
    }

    async fn identity(&self, of: &ThreadOf) -> Result<Option<Identity>, StoreError> {
        let of = of.clone();
        self.readers.run(move |state| identity::find(state, &of)).await
    }

    async fn sign_out(&self, of: &ThreadOf, now: Timestamp) -> Result<Seen, StoreError> {
        let of = of.clone();
        self.writer.run(move |state| identity::leave(state, &of, now)).await
    }

    async fn unanswered_sign_ins(&self, before: Timestamp) -> Result<Vec<(ThreadOf, ConversationId)>, StoreError> {
        self.readers.run(move |state| identity::unanswered(state, before)).await
    }

    async fn keep_session(&self, change: SessionChange) -> Result<(), StoreError> {
        self.writer.run(move |state| shared::keep(state, &change)).await
    }

    async fn kept_session(&self, tenant: &TenantId, session: SessionId) -> Result<Option<KeptSession>, StoreError> {
        let tenant = tenant.clone();
        self.readers.run(move |state| shared::find(state, &tenant, session)).await
    }

    async fn lost_sessions(&self, before: Timestamp) -> Result<Vec<(TenantId, SessionId)>, StoreError> {
        self.readers.run(move |state| shared::lost(state, before)).await
    }

    async fn session_record(
        &self,
        reader: RecordReader,
        session: SessionId,
    ) -> Result<Option<(KeptSession, Vec<Line>)>, StoreError> {
        self.readers
            .run(move |state| {
                let tenant = match reader {
                    RecordReader::Agent(access) => access.may(Permission::Record).then_some(access.tenant),
                    RecordReader::Visitor(key) => shared::tenant_of(state, session, key)?,
                };
                let Some(tenant) = tenant else { return Ok(None) };
                let Some(kept) = shared::find(state, &tenant, session)? else { return Ok(None) };
                Ok(Some((kept, shared::record(state, &tenant, session)?)))
            })
            .await
    }

    async fn sessions_of(&self, access: &Access, of: SessionsOf) -> Result<Vec<KeptSession>, StoreError> {
        if !access.may(Permission::ViewLive) {
            return Ok(Vec::new());
        }
        let tenant = access.tenant.clone();
        self.readers.run(move |state| shared::list(state, &tenant, of)).await
    }

    async fn converse(&self, of: &ThreadOf, change: Change, at: Timestamp) -> Result<Changed, StoreError> {
        let of = of.clone();
        self.writer.run(move |state| conversations::change(state, &of, change, at)).await
    }

    async fn thread(&self, of: &ThreadOf, part: Part, limit: usize) -> Result<KeptPart, StoreError> {
        let of = of.clone();
        self.readers.run(move |state| conversations::part(state, &of, part, limit)).await
    }

    async fn current_conversations(&self, of: &ThreadOf) -> Result<Vec<KeptConversation>, StoreError> {
        let of = of.clone();
        self.readers.run(move |state| conversations::all_current(state, &of)).await
    }

    async fn conversation(
        &self,
        of: &ThreadOf,
        conversation: ConversationId,
    ) -> Result<Option<KeptConversation>, StoreError> {
        let of = of.clone();
        self.readers.run(move |state| conversations::find(state, &of, conversation)).await
    }

    async fn thread_of(&self, access: &Access, conversation: ConversationId) -> Result<Option<ThreadOf>, StoreError> {
        if !access.may(Permission::Handle) {
            return Ok(None);
        }
        let tenant = access.tenant.clone();
        self.readers
            .run(move |state| {
                let visitor = conversations::visitor_of(state, &tenant, conversation)?;
                Ok(visitor.map(|visitor| ThreadOf { tenant, visitor }))
            })
            .await
    }

    async fn conversations(&self, access: &Access) -> Result<Vec<KeptConversation>, StoreError> {
        if !access.may(Permission::Handle) {
            return Ok(Vec::new());
        }
        let tenant = access.tenant.clone();
        self.readers.run(move |state| conversations::list(state, &tenant)).await
    }

    async fn tasks_of(&self, threads: Vec<ThreadOf>) -> Result<Vec<(ThreadOf, Vec<KeptTask>)>, StoreError> {
        self.readers
            .run(move |state| {
                let tasks = |of: ThreadOf| routing::tasks_of(state, &of).map(|tasks| (of, tasks));
                threads.into_iter().map(tasks).collect()
            })
            .await
    }

    async fn open_tasks(&self) -> Result<Vec<(ThreadOf, KeptTask)>, StoreError> {
        self.readers.run(routing::open_tasks).await
    }

    async fn agents(&self, tenant: &TenantId) -> Result<Vec<AgentName>, StoreError> {
        let tenant = tenant.clone();
        self.readers.run(move |state| routing::agents(state, &tenant)).await
    }

    async fn routing(&self, tenant: &TenantId) -> Result<Rules, StoreError> {
        let tenant = tenant.0.clone();
        let query = "SELECT body FROM routing WHERE tenant = ?1";
        let body: Option<String> =
            self.readers.run(move |state| state.query_row(query, [tenant], |row| row.get(0)).optional()).await?;
        body.map_or_else(|| Ok(Rules::default()), |body| Rules::read(&body).map_err(|_| StoreError::BadRouting))
    }

    async fn change_routing(&self, tenant: &TenantId, rules: Rules) -> Result<(), StoreError> {
        let (tenant, body) = (tenant.0.clone(), rules.written());
        let query = "INSERT INTO routing (tenant, body) VALUES (?1, ?2) ON CONFLICT (tenant) DO UPDATE SET body = excluded.body";
        self.writer.run(move |change| change.execute(query, [tenant, body]).map(drop)).await
    }

    async fn document(&self, tenant: &TenantId, document: Document) -> Result<Option<String>, StoreError> {
        let tenant = tenant.clone();
        self.readers.run(move |state| channels::document(state, &tenant, document)).await
    }

    async fn documents(&self, document: Document) -> Result<Vec<(TenantId, String)>, StoreError> {
        self.readers.run(move |state| channels::documents(state, document)).await
    }

    async fn keep_document(&self, tenant: &TenantId, document: Document, body: String) -> Result<(), StoreError> {
        let tenant = tenant.clone();
        self.writer.run(move |state| channels::keep_document(state, &tenant, document, &body)).await
    }

    async fn untold(&self, tenant: &TenantId, channel: &str, limit: usize) -> Result<Vec<Untold>, StoreError> {
        let (tenant, channel) = (tenant.clone(), channel.to_owned());
        self.readers.run(move |state| channels::untold(state, &tenant, &channel, limit)).await
    }

    async fn untold_of(&self, of: &ThreadOf) -> Result<Option<Untold>, StoreError> {
        let of = of.clone();
        self.readers.run(move |state| channels::untold_of(state, &of)).await
    }

    async fn told(&self, of: &ThreadOf, seq: u64) -> Result<(), StoreError> {
        let of = of.clone();
        self.writer.run(move |state| channels::told(state, &of, seq)).await
    }

    async fn forget_thread(&self, of: &ThreadOf) -> Result<(), StoreError> {
        let of = of.clone();
        self.writer.run_then(After::Purge, move |state| conversations::forget(state, &of)).await
    }

    async fn silent(&self, before: Timestamp) -> Result<Vec<(ThreadOf, ConversationId)>, StoreError> {
        self.readers.run(move |state| conversations::silent(state, before)).await
    }

    async fn expire(&self, tenant: &TenantId, before: Timestamp, limit: usize) -> Result<Vec<Expired>, StoreError> {
        let tenant = tenant.clone();
        self.writer.run(move |state| conversations::expire(state, &tenant, before, limit)).await
    }

    async fn keep_preview(&self, of: &ThreadOf, seq: u64, preview: &Preview) -> Result<bool, StoreError> {
        let (of, preview) = (of.clone(), preview.clone());
        self.writer.run(move |state| channels::keep_preview(state, &of, seq, &preview)).await
    }

    async fn keep_decisions(&self, decisions: Vec<(TenantId, Decision)>) -> Result<(), StoreError> {
        self.writer.run(move |state| routing::keep_decisions(state, &decisions)).await
    }

    async fn decisions(
        &self,
        access: &Access,
        conversation: ConversationId,
    ) -> Result<Option<Vec<KeptDecision>>, StoreError> {
        if !access.may(Permission::Handle) {
            return Ok(None);
        }
        let tenant = access.tenant.clone();
        self.readers.run(move |state| routing::decisions(state, &tenant, conversation)).await
    }

    async fn wrap_up(&self, tenant: &TenantId) -> Result<WrapUp, StoreError> {
        let tenant = tenant.clone();
        self.readers.run(move |state| remarks::rules(state, &tenant)).await
    }

    async fn change_wrap_up(&self, tenant: &TenantId, rules: WrapUp) -> Result<(), StoreError> {
        let (tenant, body) = (tenant.0.clone(), rules.written());
        let query = "INSERT INTO wrap_up (tenant, body) VALUES (?1, ?2) ON CONFLICT (tenant) DO UPDATE SET body = excluded.body";
        self.writer.run(move |change| change.execute(query, [tenant, body]).map(drop)).await
    }

    async fn note(
        &self,
        of: &ThreadOf,
        conversation: ConversationId,
        agent: AgentName,
        (id, text): (MessageId, MessageText),
        at: Timestamp,
    ) -> Result<Result<KeptRemark, Objection>, StoreError> {
        let of = of.clone();
        self.writer.run(move |state| remarks::note(state, &of, conversation, &agent, (id, &text), at)).await
    }

    async fn wrap(
        &self,
        of: &ThreadOf,
        conversation: ConversationId,
        agent: AgentName,
        wrapped: Wrapped,
        at: Timestamp,
    ) -> Result<Result<WrappedUp, Objection>, StoreError> {
        let of = of.clone();
        self.writer.run(move |state| remarks::wrap(state, &of, conversation, &agent, &wrapped, at)).await
    }

    async fn end_wrapping(
        &self,
        of: &ThreadOf,
        conversation: ConversationId,
        at: Timestamp,
    ) -> Result<Option<KeptConversation>, StoreError> {
        let of = of.clone();
        self.writer.run(move |state| remarks::end(state, &of, conversation, at)).await
    }

    async fn wrapping(&self, threads: Option<Vec<ThreadOf>>) -> Result<Vec<(ThreadOf, Wrapping)>, StoreError> {
        self.readers.run(move |state| remarks::wrapping(state, threads.as_deref())).await
    }

    async fn remarks(&self, of: &ThreadOf, after: RangeInclusive<u64>) -> Result<Vec<KeptRemark>, StoreError> {
        let of = of.clone();
        self.readers.run(move |state| remarks::list(state, &of, &after)).await
    }

    async fn replies(&self, tenant: &TenantId, agent: Option<&str>) -> Result<Replies, StoreError> {
        let (tenant, agent) = (tenant.0.clone(), agent.unwrap_or_default().to_owned());
        let query = "SELECT version, body FROM replies WHERE tenant = ?1 AND agent = ?2";
        let found: Option<(i64, String)> = self
            .readers
            .run(move |state| state.query_row(query, [tenant, agent], |row| Ok((row.get(0)?, row.get(1)?))).optional())
            .await?;
        let read = |(version, body): (i64, String)| {
            let replies = serde_json::from_str(&body).map_err(|_| StoreError::BadReplies)?;
            Ok(Replies { version: version as u64, replies })
        };
        found.map_or_else(|| Ok(Replies::default()), read)
    }

    async fn change_replies(
        &self,
        tenant: &TenantId,
        agent: Option<&str>,
        replies: Replies,
    ) -> Result<bool, StoreError> {
        let (tenant, agent) = (tenant.0.clone(), agent.unwrap_or_default().to_owned());
        let body = serde_json::to_string(&replies.replies).map_err(|_| StoreError::BadReplies)?;
        let version = replies.version.min(i64::MAX as u64 - 1) as i64;
        self.writer
            .run(move |change| {
                let changed = change.execute(
                    "INSERT INTO replies (tenant, agent, version, body) SELECT ?1, ?2, 1, ?4 WHERE ?3 = 0
                     ON CONFLICT (tenant, agent) DO NOTHING",
                    params![tenant, agent, version, body],
                )? + change.execute(
                    "UPDATE replies SET version = version + 1, body = ?4 WHERE tenant = ?1 AND agent = ?2 AND version = ?3 AND ?3 > 0",
                    params![tenant, agent, version, body],
                )?;
                Ok(changed == 1)
            })
            .await
    }

    async fn profile(&self, access: &Access, visitor: VisitorId) -> Result<Profile, StoreError> {
        if !access.may(Permission::Handle) {
            return Ok(Profile::default());
        }
        let tenant = access.tenant.clone();
        self.readers.run(move |state| visitors::profile(state, &tenant, visitor)).await
    }

    async fn journey(
        &self,
        access: &Access,
        visitor: VisitorId,
        before: Option<i64>,
    ) -> Result<JourneyPart, StoreError> {
        if !access.may(Permission::ViewLive) {
            return Ok(JourneyPart::default());
        }
        let tenant = access.tenant.clone();
        self.readers.run(move |state| visitors::journey_of(state, &tenant, visitor, before)).await
    }

    async fn begin_file(
        &self,
        tenant: &TenantId,
        uploader: Uploader,
        file: FileId,
        size: u64,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let tenant = tenant.clone();
        self.writer.run(move |state| files::begin(state, &tenant, &uploader, file, size, at)).await
    }

    async fn keep_file(&self, file: &Attachment, state: FileState) -> Result<bool, StoreError> {
        let file = file.clone();
        self.writer.run(move |change| files::keep(change, &file, state)).await
    }

    async fn drop_file(&self, file: FileId) -> Result<(), StoreError> {
        self.writer.run(move |state| files::remove(state, file)).await
    }

    async fn file(&self, file: FileId) -> Result<Option<Attachment>, StoreError> {
        self.readers.run(move |state| files::find(state, file)).await
    }

    async fn gone_files(&self, now: Timestamp) -> Result<Vec<FileId>, StoreError> {
        self.writer.run(move |state| files::gone(state, now)).await
    }

    async fn removed_files(&self, files: Vec<FileId>) -> Result<(), StoreError> {
        self.writer.run(move |state| files::removed(state, &files)).await
    }

    async fn redeem_ticket(&self, ticket: Ticket, now: Timestamp) -> Result<Option<Access>, StoreError> {
        self.writer
            .run(move |change| {
                let query = "DELETE FROM ticket WHERE digest = ?1 RETURNING email, expires";
                let found: Option<(String, i64)> = change
                    .query_row(query, [digest(ticket.as_bytes())], |row| Ok((row.get(0)?, row.get(1)?)))
                    .optional()?;
                let Some((email, _)) = found.filter(|(_, expires)| *expires >= now.as_millis() as i64) else {
                    return Ok(None);
                };
                access_of(change, &email)
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests;
    use super::*;

    fn search(visitor: u8, seq: u64) -> Ingest {
        tests::search(visitor, seq, seq, &format!("tea {seq}"))
    }

    #[tokio::test]
    async fn a_reader_sees_its_tenant_only_and_what_it_may() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Sqlite::open(folder.path(), &[], DevLogin::Never).expect("a store");
        store.ingest(search(1, 1)).await.expect("kept");
        let other = Ingest { tenant: TenantId("other".into()), ..search(2, 1) };
        store.ingest(other).await.expect("kept");
        let permissions = vec![Permission::ViewLive];
        for (tenant, permissions, expected) in [
            ("demo", permissions.clone(), Some(1)),
            ("other", permissions.clone(), Some(2)),
            ("demo", vec![], None),
            ("none", permissions, None),
        ] {
            let access =
                Access { tenant: TenantId(tenant.into()), agent: "aki".into(), name: "Aki".into(), permissions };
            let listed = store.live_visits(&access, Timestamp::from_millis(0)).await.expect("a list");
            let mut seen = Vec::new();
            for visit in [1, 2] {
                seen.extend(store.live_visit(&access, VisitId::from_bytes([visit; 16])).await.expect("an answer"));
            }
            assert_eq!(listed, seen);
            assert_eq!(seen.first().map(|visit| visit.visit), expected.map(|visit| VisitId::from_bytes([visit; 16])));
            assert!(seen.len() < 2);
        }
    }

    #[tokio::test]
    async fn a_long_read_holds_no_acknowledgement_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Sqlite::open(folder.path(), &[], DevLogin::Never).expect("a store");
        let (begin, begun) = std::sync::mpsc::channel();
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let read = store.readers.run(move |state| {
            let count =
                |state: &rusqlite::Transaction<'_>| state.query_row("SELECT count(*) FROM event", [], |row| row.get(0));
            let before: u64 = count(state)?;
            begin.send(()).expect("the test waits");
            ended.recv().expect("the test tells");
            Ok((before, count(state)?))
        });
        let write = async {
            tokio::task::spawn_blocking(move || begun.recv()).await.expect("no panic").expect("the read begins");
            assert_eq!(store.ingest(search(1, 1)).await.expect("kept"), Ingested::New);
            end.send(()).expect("the read waits");
        };
        let (counts, ()) = tokio::join!(read, write);
        assert_eq!(counts.expect("counts"), (0, 0), "a read sees one state");
        let count =
            store.readers.run(|state| state.query_row("SELECT count(*) FROM event", [], |row| row.get::<_, u64>(0)));
        assert_eq!(count.await.expect("a count"), 1);
        let write = store.readers.run(|state| state.execute("DELETE FROM event", []));
        assert!(write.await.is_err(), "readers do not write");
    }

    #[tokio::test]
    async fn what_was_asked_for_before_the_end_is_kept_and_nothing_later() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Sqlite::open(folder.path(), &[], DevLogin::Never).expect("a store");
        let asked: Vec<_> = (1..=20).map(|seq| store.ingest(search(1, seq))).collect();
        let (kept, ()) = tokio::join!(futures_util::future::join_all(asked), store.close());
        assert!(kept.into_iter().all(|kept| matches!(kept, Ok(Ingested::New))));
        assert!(matches!(store.ingest(search(1, 21)).await, Err(StoreError::Stopping)));
        assert!(!folder.path().join("alongside.db-wal").exists(), "the database was closed");
        store.close().await;
    }

    #[tokio::test]
    async fn an_event_that_cannot_be_kept_is_not_counted_as_received() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Sqlite::open(folder.path(), &[], DevLogin::Never).expect("a store");
        assert_eq!(store.ingest(search(1, 1)).await.expect("kept"), Ingested::New);
        let other = Connection::open(folder.path().join("alongside.db")).expect("the database");
        let plant = "CREATE TRIGGER full BEFORE INSERT ON event BEGIN SELECT RAISE(FAIL, 'full'); END";
        other.execute_batch(plant).expect("a trigger");
        assert!(store.ingest(search(1, 2)).await.is_err());
        let first = search(1, 1);
        let received = store.received(&first.tenant, first.source, first.visitor).await.expect("a number");
        assert_eq!(received, Some(1));
    }

    #[tokio::test]
    async fn sessions_and_tickets_end_and_a_ticket_is_used_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Sqlite::open(folder.path(), &[], DevLogin::Always).expect("a store");
        let begin = Timestamp::from_millis(1_000_000);
        let (email, password) = schema::DEV_LOGIN;
        let session = store.sign_in(email, password, begin).await.expect("an answer").expect("a session").token;
        let issue = async |now| store.issue_ticket(&session, now).await.expect("an answer");
        let redeem = async |ticket: Option<Ticket>, now| {
            store.redeem_ticket(ticket.expect("a ticket"), now).await.expect("an answer").map(|access| access.agent)
        };
        let ticket = issue(begin).await;
        assert_eq!(redeem(ticket, begin + TICKET_LASTS).await.as_deref(), Some(email), "just in time");
        assert_eq!(redeem(ticket, begin).await, None, "a second time");
        let ticket = issue(begin).await;
        let late = begin + TICKET_LASTS + Duration::from_millis(1);
        assert_eq!(redeem(ticket, late).await, None, "too late");
        assert_eq!(redeem(ticket, begin).await, None, "too late is used, too");
        assert!(issue(begin + SESSION_LASTS).await.is_some());
        assert_eq!(issue(begin + SESSION_LASTS + Duration::from_millis(1)).await, None);
        assert_eq!(store.issue_ticket("guessed", begin).await.expect("an answer"), None);
    }
}
