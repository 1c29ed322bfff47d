//! What is kept of sessions: over kill -9, for both sides, and for other systems.

use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use alongside::protocol::cobrowse::*;
use alongside::protocol::*;
use hmac::Mac;
use serde_json::Value;

use crate::cobrowse::*;
use crate::process::*;

impl HubProcess {
    pub fn rows<A: rusqlite::types::FromSql, B: rusqlite::types::FromSql>(&self, query: &str) -> Vec<(A, B)> {
        let database = self.database();
        let mut query = database.prepare(query).expect("a query");
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
        rows.map(|row| row.expect("a row")).collect()
    }

    /// The entries of a session's record of that kind, once no more come.
    pub fn recorded(&self, session: SessionId, what: &str) -> Vec<Value> {
        let mut before = None;
        loop {
            let rows: Vec<(Vec<u8>, String)> = self.rows("SELECT session, entry FROM shared_record ORDER BY seq");
            let entries = rows.iter().filter(|(of, _)| of == session.as_bytes());
            let entries: Vec<Value> = entries.map(|(_, entry)| entry.parse().expect("JSON")).collect();
            if before.replace(entries.len()) == Some(entries.len()) {
                return entries.into_iter().filter(|entry| entry["what"] == what).collect();
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    async fn fetch(&self, path: &str, email: &str) -> (u16, Value) {
        let token = self.token(email).await;
        let answer = reqwest::Client::new().get(self.url(path)).bearer_auth(token).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    async fn for_visitor(&self, session: SessionId, key: ConsentKey, origin: &str) -> (u16, Value) {
        let key: String = key.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        let proof = serde_json::json!({ "session": session.to_string(), "key": key });
        let request =
            reqwest::Client::new().post(self.url("/v1/sessions/record")).header("origin", origin).json(&proof);
        let answer = request.send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }
}

fn whats(record: &Value) -> Vec<&str> {
    record["entries"]
        .as_array()
        .expect("entries")
        .iter()
        .map(|link| link["entry"]["what"].as_str().expect("a word"))
        .collect()
}

#[tokio::test]
async fn a_session_goes_on_view_only_after_the_hub_was_killed_and_its_record_is_whole() {
    let mut hub = HubProcess::start();
    let mut desk = hub.live_now(AGENT).await;
    let (mut page, visit) = page_of(&hub, &mut desk, 1, Encoding::Binary).await;
    let session = live_session(&mut page, &mut desk, visit, Channel::Voice).await;
    desk.relay(request(Capability::Control)).await;
    page.told().await;
    page.relay(RelayBody::Decide(Decide { agent: 1, capability: Capability::Control, is_granted: true })).await;
    assert_eq!(page.told().await.grants.len(), 1);
    hub.kill_and_restart();

    let mut thief = hub.tab(2, 2).await;
    thief.relay(join(session, ConsentKey::from_bytes([1; 16]))).await;
    assert_eq!(thief.told().await.reason, Some(EndReason::Lost));
    let mut page = hub.tab(1, 1).await;
    page.relay(join(session, KEY)).await;
    let told = page.told().await;
    assert_eq!((told.stage, told.visit, told.is_there), (Stage::Live, visit, true));
    assert_eq!(
        (told.grants, told.agents, told.request),
        (vec![], vec![], None),
        "nobody is there, and nothing is granted"
    );
    let mut desk = hub.live_now(AGENT).await;
    assert_eq!(desk.visit().await.session, Some(session));
    desk.relay(RelayBody::Attend(Attend { session, is_silent: false, wish: None, known: None })).await;
    assert_eq!((desk.told().await.you, desk.relayed().await), (Some(2), LIVE));
    assert_eq!((page.told().await.agents.len(), page.relayed().await), (1, followed(1)));
    page.relay(piece(b"again")).await;
    assert_eq!(desk.relayed().await, piece(b"again"));
    page.relay(RelayBody::End(End { reason: EndReason::Visitor })).await;
    assert_eq!((page.told().await.stage, desk.told().await.stage), (Stage::Ended, Stage::Ended));
    page.relay(join(session, KEY)).await;
    let told = page.told_once(|told| told.visit != visit).await;
    assert_eq!(told.reason, Some(EndReason::Visitor), "also once nobody but the store knows it");

    let path = format!("/v1/sessions/{session}/record");
    let (status, record) = hub.fetch(&path, AGENT).await;
    let expected =
        ["offered", "accepted", "requested", "granted", "restored", "rejected", "page", "came", "ended"].as_slice();
    assert_eq!((status, whats(&record).as_slice()), (200, expected));
    assert_eq!((record["reason"].as_str(), record["channel"].as_str()), (Some("visitor"), Some("voice")));
    assert_eq!(alongside_hub::cobrowse::verify(&record.to_string()), Ok(9));
    assert_eq!(hub.for_visitor(session, KEY, SITE).await, (200, record.clone()), "both sides are given the same");
    assert_eq!(hub.for_visitor(session, ConsentKey::from_bytes([1; 16]), SITE).await.0, 404);
    assert_eq!(hub.for_visitor(session, KEY, "http://evil.test").await.0, 403);
    let grants: Vec<(i64, bool)> = hub.rows("SELECT agent, ended IS NOT NULL FROM shared_grant");
    assert_eq!(grants, [(1, true)], "what was granted before ended with the hub");

    let file = hub.data.path().join("record.json");
    std::fs::write(&file, record.to_string()).expect("written");
    let verify = || Command::new(binary()).arg("verify-record").arg(&file).output().expect("it runs");
    assert!(verify().status.success());
    std::fs::write(&file, record.to_string().replace("granted", "refused")).expect("written");
    let said = verify();
    assert_eq!(said.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&said.stderr).contains("entry 4 was changed"), "{said:?}");
}

#[tokio::test]
async fn a_session_to_which_nobody_came_back_in_time_is_over() {
    let mut hub = HubProcess::start();
    let mut desk = hub.live_now(AGENT).await;
    let (mut page, visit) = page_of(&hub, &mut desk, 1, Encoding::Binary).await;
    let session = live_session(&mut page, &mut desk, visit, Channel::Voice).await;
    hub.kill_and_restart_after(|hub| {
        let late = "UPDATE shared_session SET seen = seen - 300001";
        assert_eq!(hub.database().execute(late, []).expect("changed"), 1);
    });
    let (mut page, mut desk) = (hub.tab(1, 1).await, hub.desk(AGENT).await);
    page.relay(join(session, KEY)).await;
    desk.relay(RelayBody::Attend(Attend { session, is_silent: false, wish: None, known: None })).await;
    for client in [&mut page, &mut desk] {
        let told = client.told().await;
        assert_eq!((told.stage, told.reason), (Stage::Ended, Some(EndReason::Lost)));
    }
    let begin = Instant::now();
    while hub.recorded(session, "ended").is_empty() {
        assert!(begin.elapsed() < Duration::from_secs(10), "its record says so, too");
    }
}

#[tokio::test]
async fn records_and_lists_are_for_agents_who_may_and_sessions_are_in_the_journey() {
    let hub = HubProcess::start();
    hub.add_agent("view@example.com", "View", "live.view cobrowse.offer");
    hub.add_agent("other@example.com", "Other", "live.view cobrowse.record");
    hub.database().execute("UPDATE agent SET tenant = 'other' WHERE email = 'other@example.com'", []).expect("changed");
    let mut desk = hub.live_now(AGENT).await;
    let (mut page, visit) = page_of(&hub, &mut desk, 1, Encoding::Binary).await;
    let session = live_session(&mut page, &mut desk, visit, Channel::Chat).await;
    page.relay(RelayBody::End(End { reason: EndReason::Visitor })).await;
    assert_eq!(desk.told().await.stage, Stage::Ended);
    let path = format!("/v1/sessions/{session}/record");
    assert_eq!(hub.fetch(&path, AGENT).await.0, 200);
    assert_eq!(hub.fetch(&path, "view@example.com").await.0, 403);
    assert_eq!(hub.fetch(&path, "other@example.com").await.0, 404);
    let answer = reqwest::get(hub.url(&path)).await.expect("an answer");
    assert_eq!(answer.status(), 401);
    let list = format!("/v1/sessions?visit={visit}");
    let (status, listed) = hub.fetch(&list, "view@example.com").await;
    let first = &listed["sessions"][0];
    assert_eq!((status, first["session"].as_str()), (200, Some(&*session.to_string())));
    assert_eq!((first["agreed"].as_bool(), first["reason"].as_str()), (Some(true), Some("visitor")));
    assert_eq!(hub.fetch(&list, "other@example.com").await, (200, serde_json::json!({ "sessions": [] })));
    let visitor = first["visitor"].as_str().expect("an id");
    assert_eq!(hub.fetch(&format!("/v1/sessions?visitor={visitor}"), AGENT).await.1, listed);
    assert_eq!(hub.fetch("/v1/sessions", AGENT).await.0, 400);

    let journey: Vec<(Vec<u8>, Vec<u8>)> = hub.rows("SELECT visit, body FROM event ORDER BY rowid");
    let events = journey.iter().filter_map(|(of, body)| {
        assert_eq!(of, visit.as_bytes());
        match Payload::from_message(Message::Binary(body.clone())).decode() {
            Ok(Body::Session(event)) => Some((event.session, event.channel, event.reason)),
            _ => None,
        }
    });
    let expected = [None, Some(EndReason::Visitor)].map(|reason| (session, Channel::Chat, reason));
    assert_eq!(events.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_visitor_who_is_forgotten_leaves_no_session_behind() {
    let hub = HubProcess::start();
    let mut desk = hub.live_now(AGENT).await;
    let (mut page, visit) = page_of(&hub, &mut desk, 1, Encoding::Binary).await;
    let _ = live_session(&mut page, &mut desk, visit, Channel::Voice).await;
    let kind = JourneyKind::Forget(Forget {});
    let forget = Body::Journey(JourneyEvent { visit: VisitId::from_bytes([1; 16]), at: now(), kind });
    page.send(Frame::Data(Data { seq: 2, body: Payload::encode(&forget, Encoding::Binary) })).await;
    let over = desk.told().await;
    assert_eq!((over.stage, over.reason), (Stage::Ended, Some(EndReason::Visitor)));
    for table in ["shared_session", "shared_record", "shared_grant", "event"] {
        let left: Vec<(i64, i64)> = hub.rows(&format!("SELECT count(*), 0 FROM {table}"));
        assert_eq!(left, [(0, 0)], "{table}");
    }
}

type Notices = Arc<Mutex<Vec<(Value, bool)>>>;

/// A system that takes notices: it fails the first time. What it took, and whether it was signed.
async fn other_system(secret: &'static str) -> (String, Notices) {
    let notices = Notices::default();
    let taken = Arc::clone(&notices);
    let has_failed = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let take = move |headers: axum::http::HeaderMap, body: String| async move {
        if !has_failed.swap(true, std::sync::atomic::Ordering::Relaxed) {
            return axum::http::StatusCode::SERVICE_UNAVAILABLE;
        }
        let timestamp = headers["x-alongside-timestamp"].to_str().expect("text");
        let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
        mac.update(format!("{timestamp}.{body}").as_bytes());
        let signature = headers["x-alongside-signature"].to_str().expect("text").trim_start_matches("v1=");
        let expected: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        taken.lock().expect("no panic").push((body.parse().expect("JSON"), signature == expected));
        axum::http::StatusCode::NO_CONTENT
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    let router = axum::Router::new().route("/hook", axum::routing::post(take));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, notices)
}

#[tokio::test]
async fn another_system_is_told_in_order_and_signed_also_where_it_fails_at_first() {
    const SECRET: &str = "a secret of both systems";
    let (url, notices) = other_system(SECRET).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("secret");
    std::fs::write(&file, format!("{SECRET}\n")).expect("written");
    let flags = ["--webhook".into(), url, "--webhook-secret-file".into(), file.display().to_string()];
    let hub = HubProcess::start_with(&flags.map(|flag: String| &*flag.leak()));
    let mut desk = hub.live_now(AGENT).await;
    let (mut page, visit) = page_of(&hub, &mut desk, 1, Encoding::Binary).await;
    let session = live_session(&mut page, &mut desk, visit, Channel::Voice).await;
    desk.relay(request(Capability::Control)).await;
    page.told().await;
    page.relay(RelayBody::Decide(Decide { agent: 1, capability: Capability::Control, is_granted: true })).await;
    page.relay(RelayBody::Revoke(Revoke { agent: None })).await;
    page.relay(RelayBody::End(End { reason: EndReason::Visitor })).await;
    while desk.told().await.stage != Stage::Ended {}
    let begin = Instant::now();
    while notices.lock().expect("no panic").len() < 4 {
        assert!(begin.elapsed() < Duration::from_secs(20), "{notices:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let notices = notices.lock().expect("no panic").clone();
    assert!(notices.iter().all(|(_, is_signed)| *is_signed));
    let events: Vec<_> = notices.iter().map(|(notice, _)| notice["event"].as_str().expect("a word")).collect();
    assert_eq!(events, ["cobrowse.started", "cobrowse.granted", "cobrowse.revoked", "cobrowse.ended"]);
    let ended = &notices[3].0;
    assert_eq!(
        (ended["session"].as_str(), ended["about"]["reason"].as_str()),
        (Some(&*session.to_string()), Some("visitor"))
    );
    assert_eq!(notices[1].0["about"]["capability"], "control");
}
