//! The tables, and how an older file becomes a newer one.

use rusqlite::{Connection, params};

use super::{StoreError, password};

/// Each entry leads from the version of its index to the next one.
const MIGRATIONS: [&str; 15] = [
    "
    CREATE TABLE deployment (id TEXT PRIMARY KEY, tenant TEXT NOT NULL) STRICT;
    CREATE TABLE origin (
        deployment TEXT NOT NULL REFERENCES deployment, origin TEXT NOT NULL, PRIMARY KEY (deployment, origin)
    ) STRICT;
    CREATE TABLE agent (
        email TEXT PRIMARY KEY, tenant TEXT NOT NULL, name TEXT NOT NULL, password TEXT NOT NULL
    ) STRICT;
    CREATE TABLE session (
        digest BLOB PRIMARY KEY, email TEXT NOT NULL REFERENCES agent, expires INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE ticket (
        digest BLOB PRIMARY KEY, email TEXT NOT NULL REFERENCES agent, expires INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE source (
        tenant TEXT NOT NULL, id BLOB NOT NULL, visitor BLOB NOT NULL, received INTEGER NOT NULL,
        PRIMARY KEY (tenant, id)
    ) STRICT;
    CREATE TABLE event (
        tenant TEXT NOT NULL, source BLOB NOT NULL, seq INTEGER NOT NULL, visitor BLOB NOT NULL, visit BLOB NOT NULL,
        at INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (tenant, source, seq)
    ) STRICT;
    CREATE INDEX event_by_visitor ON event (tenant, visitor, at);
    CREATE TABLE visit (
        tenant TEXT NOT NULL, id BLOB NOT NULL, visitor BLOB NOT NULL, started INTEGER NOT NULL,
        last_activity INTEGER NOT NULL, page_views INTEGER NOT NULL, automated INTEGER NOT NULL, page_at INTEGER NOT NULL,
        page BLOB, search BLOB, PRIMARY KEY (tenant, id, visitor)
    ) STRICT;
    CREATE INDEX visit_by_activity ON visit (tenant, last_activity);
",
    // Erasing a visitor must not look at everybody's rows.
    "
    CREATE INDEX source_by_visitor ON source (tenant, visitor);
    CREATE INDEX visit_by_visitor ON visit (tenant, visitor);
",
    // Names of permissions, with spaces between; agents that are there may do what they could.
    "
    ALTER TABLE agent ADD COLUMN permissions TEXT NOT NULL DEFAULT 'live.view';
",
    "
    ALTER TABLE visit ADD COLUMN search_at INTEGER NOT NULL DEFAULT 0;
",
    // Others are given it by who runs the hub.
    "
    UPDATE agent SET permissions = permissions || ' cobrowse.follow' WHERE email = 'agent@example.com';
",
    // Who could follow a page can offer a session. Times are the hub's; `key` is the hash of what the visitor's pages have.
    "
    UPDATE agent SET permissions = replace(permissions, 'cobrowse.follow', 'cobrowse.offer');
    UPDATE agent SET permissions = permissions || ' cobrowse.supervise cobrowse.record' WHERE email = 'agent@example.com';
    CREATE TABLE shared_session (
        tenant TEXT NOT NULL, id BLOB NOT NULL, visit BLOB NOT NULL, visitor BLOB NOT NULL, channel TEXT NOT NULL,
        began INTEGER NOT NULL, key BLOB, last_agent INTEGER NOT NULL, seen INTEGER NOT NULL, ended INTEGER, reason TEXT,
        PRIMARY KEY (tenant, id)
    ) STRICT;
    CREATE INDEX shared_session_by_visit ON shared_session (tenant, visit, began);
    CREATE INDEX shared_session_by_visitor ON shared_session (tenant, visitor, began);
    CREATE UNIQUE INDEX shared_session_by_id ON shared_session (id);
    CREATE INDEX shared_session_open ON shared_session (seen) WHERE ended IS NULL;
    CREATE TABLE shared_grant (
        tenant TEXT NOT NULL, session BLOB NOT NULL, number INTEGER NOT NULL, agent INTEGER NOT NULL, capability TEXT NOT NULL,
        within INTEGER, uses INTEGER, seconds INTEGER, began INTEGER NOT NULL, ended INTEGER,
        PRIMARY KEY (tenant, session, number),
        FOREIGN KEY (tenant, session) REFERENCES shared_session ON DELETE CASCADE
    ) STRICT;
    CREATE TABLE shared_record (
        tenant TEXT NOT NULL, session BLOB NOT NULL, seq INTEGER NOT NULL, entry TEXT NOT NULL, hash BLOB NOT NULL,
        PRIMARY KEY (tenant, session, seq),
        FOREIGN KEY (tenant, session) REFERENCES shared_session ON DELETE CASCADE
    ) STRICT;
",
    // As it is told to pages, in JSON. Others are given the permissions by who runs the hub.
    "
    CREATE TABLE masking (deployment TEXT PRIMARY KEY REFERENCES deployment, body TEXT NOT NULL) STRICT;
    UPDATE agent SET permissions = permissions || ' masking.read masking.edit' WHERE email = 'agent@example.com';
",
    // One thread a visitor, numbered without gaps; conversations are parts of it.
    "
    CREATE TABLE thread (
        tenant TEXT NOT NULL, visitor BLOB NOT NULL, last_seq INTEGER NOT NULL DEFAULT 0, delivered INTEGER NOT NULL DEFAULT 0,
        read INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (tenant, visitor)
    ) STRICT;
    CREATE TABLE conversation (
        tenant TEXT NOT NULL, id BLOB NOT NULL, visitor BLOB NOT NULL, visit BLOB, version INTEGER NOT NULL DEFAULT 0, stage TEXT NOT NULL,
        agent TEXT, agent_name TEXT, began INTEGER NOT NULL, since INTEGER NOT NULL, first_seq INTEGER NOT NULL,
        last_seq INTEGER NOT NULL, last_at INTEGER NOT NULL, agent_delivered INTEGER NOT NULL, agent_read INTEGER NOT NULL,
        PRIMARY KEY (tenant, id)
    ) STRICT;
    CREATE UNIQUE INDEX conversation_by_visitor ON conversation (tenant, visitor, first_seq);
    CREATE INDEX conversation_by_activity ON conversation (tenant, stage = 'ended', last_at DESC);
    CREATE INDEX conversation_waiting ON conversation (tenant, since, id) WHERE stage = 'waiting';
    CREATE TABLE entry (
        tenant TEXT NOT NULL, visitor BLOB NOT NULL, seq INTEGER NOT NULL, id BLOB NOT NULL, conversation BLOB NOT NULL, at INTEGER NOT NULL,
        author TEXT NOT NULL, agent TEXT, name TEXT, text TEXT, event TEXT, PRIMARY KEY (tenant, visitor, seq)
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX entry_by_id ON entry (tenant, visitor, id);
    UPDATE agent SET permissions = permissions || ' conversation.handle' WHERE email = 'agent@example.com';
",
    // A conversation that was passed on waits for `wanted` first. Decisions about an agent alone have no conversation; rules are JSON.
    "
    ALTER TABLE conversation ADD COLUMN queue TEXT;
    ALTER TABLE conversation ADD COLUMN wanted TEXT;
    ALTER TABLE conversation ADD COLUMN transferred INTEGER NOT NULL DEFAULT 0;
    DROP INDEX conversation_waiting;
    CREATE INDEX conversation_open ON conversation (since, id) WHERE stage != 'ended';
    CREATE TABLE decision (
        number INTEGER PRIMARY KEY, tenant TEXT NOT NULL, conversation BLOB, at INTEGER NOT NULL, agent TEXT, reason TEXT NOT NULL
    ) STRICT;
    CREATE INDEX decision_by_conversation ON decision (tenant, conversation, number);
    CREATE TABLE routing (tenant TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
    UPDATE agent SET permissions = permissions || ' routing.edit' WHERE email = 'agent@example.com';
",
    // A file belongs to the entry with its number once it is sent; an agent's has its visitor from then on. The bytes of what is gone go.
    "
    CREATE TABLE file (
        id BLOB PRIMARY KEY, tenant TEXT NOT NULL, visitor BLOB, agent TEXT, at INTEGER NOT NULL, size INTEGER NOT NULL, state TEXT NOT NULL,
        name TEXT NOT NULL DEFAULT '', type TEXT NOT NULL DEFAULT '', width INTEGER, height INTEGER, seq INTEGER
    ) STRICT;
    CREATE INDEX file_by_visitor ON file (tenant, visitor, at);
    CREATE UNIQUE INDEX file_by_entry ON file (tenant, visitor, seq) WHERE seq IS NOT NULL;
    CREATE INDEX file_unsent ON file (at) WHERE seq IS NULL;
    CREATE TABLE file_gone (id BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
    CREATE TRIGGER file_is_deleted AFTER DELETE ON file BEGIN INSERT OR IGNORE INTO file_gone VALUES (old.id); END;
    CREATE TRIGGER file_is_given_up AFTER UPDATE OF state ON file WHEN new.state IN ('gone', 'infected')
    BEGIN INSERT OR IGNORE INTO file_gone VALUES (new.id); END;
",
    // What a message offers, as JSON; where a bot is in its flow, and what it has collected.
    "
    ALTER TABLE entry ADD COLUMN rich TEXT;
    ALTER TABLE conversation ADD COLUMN bot_place TEXT;
    ALTER TABLE conversation ADD COLUMN collected TEXT;
",
    // A thread can be one of a channel, with the visitor's address there; `told` is the last number that the channel was told. What was
    // chosen or filled in, what an address leads to, and how it was, as JSON. Documents are what a tenant sets, as JSON.
    "
    ALTER TABLE thread ADD COLUMN channel TEXT;
    ALTER TABLE thread ADD COLUMN channel_name TEXT;
    ALTER TABLE thread ADD COLUMN address TEXT;
    ALTER TABLE thread ADD COLUMN name TEXT;
    ALTER TABLE thread ADD COLUMN language TEXT;
    ALTER TABLE thread ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX thread_untold ON thread (tenant, channel) WHERE channel IS NOT NULL AND told < last_seq;
    ALTER TABLE entry ADD COLUMN answer TEXT;
    ALTER TABLE entry ADD COLUMN preview TEXT;
    ALTER TABLE entry ADD COLUMN rating INTEGER;
    ALTER TABLE conversation ADD COLUMN rating INTEGER;
    CREATE INDEX conversation_by_age ON conversation (tenant, last_at);
    CREATE TABLE document (tenant TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (tenant, kind)) STRICT;
    UPDATE agent SET permissions = permissions || ' messenger.edit' WHERE email = 'agent@example.com';
",
    // How tokens are checked, as JSON; who visitors are; whose token is whose, by its hash; since when a visitor is asked to sign in.
    "
    CREATE TABLE identity_rules (deployment TEXT PRIMARY KEY REFERENCES deployment, body TEXT NOT NULL) STRICT;
    CREATE TABLE identity (
        tenant TEXT NOT NULL, visitor BLOB NOT NULL, subject TEXT NOT NULL, name TEXT, email TEXT, how TEXT, strong INTEGER NOT NULL,
        since INTEGER NOT NULL, active INTEGER NOT NULL, idle INTEGER NOT NULL, expires INTEGER NOT NULL, PRIMARY KEY (tenant, visitor)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE identity_token (
        tenant TEXT NOT NULL, digest BLOB NOT NULL, visitor BLOB NOT NULL, expires INTEGER NOT NULL, PRIMARY KEY (tenant, digest)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX identity_token_expires ON identity_token (expires);
    CREATE INDEX identity_token_by_visitor ON identity_token (tenant, visitor);
    ALTER TABLE conversation ADD COLUMN sign_in_asked INTEGER;
    CREATE INDEX conversation_sign_in ON conversation (sign_in_asked) WHERE sign_in_asked IS NOT NULL;
    UPDATE agent SET permissions = permissions || ' identity.edit' WHERE email = 'agent@example.com';
",
    // What agents note for agents; what they are asked at the end, and until when; what they need not write twice, `agent` empty for all.
    "
    ALTER TABLE conversation ADD COLUMN wrap_until INTEGER;
    CREATE INDEX conversation_wrapping ON conversation (tenant, visitor) WHERE wrap_until IS NOT NULL;
    CREATE TABLE remark (
        tenant TEXT NOT NULL, id BLOB NOT NULL, visitor BLOB NOT NULL, conversation BLOB NOT NULL, after INTEGER NOT NULL, at INTEGER NOT NULL,
        agent TEXT NOT NULL, name TEXT NOT NULL, text TEXT, code TEXT, code_name TEXT, is_wrap INTEGER NOT NULL, PRIMARY KEY (tenant, id)
    ) STRICT;
    CREATE INDEX remark_by_place ON remark (tenant, visitor, after, at);
    CREATE UNIQUE INDEX remark_of_end ON remark (tenant, conversation) WHERE is_wrap = 1;
    CREATE TABLE wrap_up (tenant TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
    CREATE TABLE replies (
        tenant TEXT NOT NULL, agent TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (tenant, agent)
    ) STRICT;
    UPDATE agent SET permissions = permissions || ' replies.edit' WHERE email = 'agent@example.com';
",
    // Where several conversations of a thread go on, each has its own numbers besides the thread's; the higher one counts. `follows` is the
    // conversation that was over when somebody wrote to it.
    "
    ALTER TABLE conversation ADD COLUMN delivered INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE conversation ADD COLUMN read INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE conversation ADD COLUMN follows BLOB;
    CREATE INDEX conversation_by_followed ON conversation (follows) WHERE follows IS NOT NULL;
",
];

/// Opens the tables, newer where they were older.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let known = MIGRATIONS.len() as i64;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for (version, script) in MIGRATIONS.iter().enumerate().skip(found as usize) {
        let change = connection.transaction()?;
        change.execute_batch(script)?;
        change.pragma_update(None, "user_version", version as i64 + 1)?;
        change.commit()?;
    }
    Ok(())
}

/// The agent for development, and his password, which everybody knows.
pub(super) const DEV_LOGIN: (&str, &str) = ("agent@example.com", "alongside");

/// What every hub has: the deployment `demo`, with these origins.
pub(super) fn seed(connection: &Connection, origins: &[String]) -> Result<(), StoreError> {
    connection.execute("INSERT OR IGNORE INTO deployment (id, tenant) VALUES ('demo', 'demo')", [])?;
    for origin in origins {
        connection.execute("INSERT OR IGNORE INTO origin (deployment, origin) VALUES ('demo', ?1)", [origin])?;
    }
    Ok(())
}

/// Whether the agent for development can sign in.
pub(super) fn has_dev_login(connection: &Connection) -> Result<bool, StoreError> {
    Ok(connection.prepare("SELECT 1 FROM agent WHERE email = ?1")?.exists([DEV_LOGIN.0])?)
}

/// Adds the agent for development.
pub(super) fn seed_dev_login(connection: &Connection) -> Result<(), StoreError> {
    connection.execute(
        "INSERT INTO agent (email, tenant, name, password, permissions)
         VALUES (?1, 'demo', 'Aki Agent', ?2,
                 'live.view cobrowse.offer cobrowse.supervise cobrowse.record masking.read masking.edit
                 conversation.handle routing.edit messenger.edit identity.edit replies.edit')",
        params![DEV_LOGIN.0, password::hash(DEV_LOGIN.1)],
    )?;
    Ok(())
}
