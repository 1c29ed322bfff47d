//! What people send each other besides words: taken by its bytes, from whoever may, once, and gone with its visitor.

use std::path::Path;

use alongside::protocol::conversation::*;
use alongside::protocol::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::conversation::*;
use crate::process::*;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xe0\x08\x02\0\0\0";

/// An answer: its status, its code where there is one, all of it.
struct Answer {
    status: u16,
    code: String,
    body: serde_json::Value,
}

impl Answer {
    async fn of(request: reqwest::RequestBuilder) -> Self {
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        let body: serde_json::Value = answer.json().await.unwrap_or_default();
        Self { status, code: body["code"].as_str().unwrap_or_default().to_owned(), body }
    }

    fn file(&self) -> FileId {
        self.body["file"].as_str().and_then(|id| id.parse().ok()).unwrap_or_else(|| panic!("no file: {}", self.body))
    }
}

impl HubProcess {
    fn post(&self, path: &str, name: &str, bytes: impl Into<reqwest::Body>) -> reqwest::RequestBuilder {
        reqwest::Client::new().post(self.url(path)).header("x-alongside-name", name).body(bytes)
    }

    fn post_as(&self, visitor: u8, name: &str, bytes: impl Into<reqwest::Body>) -> reqwest::RequestBuilder {
        let token = VisitorToken::from_bytes([visitor; 16]).to_string();
        let request = self.post("/v1/files", name, bytes).header("origin", SITE);
        request.header("x-alongside-deployment", "demo").header("x-alongside-visitor", token)
    }

    async fn brings(&self, visitor: u8, name: &str, bytes: &[u8]) -> Answer {
        Answer::of(self.post_as(visitor, name, bytes.to_vec())).await
    }

    async fn served(&self, file: FileId) -> reqwest::Response {
        reqwest::get(self.url(&format!("/v1/files/{file}"))).await.expect("an answer")
    }

    /// How many files are in its folder.
    fn files(&self) -> usize {
        std::fs::read_dir(self.data.path().join("files")).expect("a folder").count()
    }

    async fn has_files(&self, count: usize) {
        for _ in 0..100 {
            if self.files() == count {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        panic!("{} files, not {count}", self.files());
    }
}

/// A program that says this of every file.
fn scanner(folder: &Path, script: &str) -> &'static str {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.join("scan");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a program");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).expect("it can be run");
    Box::leak(path.to_str().expect("a path").to_owned().into_boxed_str())
}

#[tokio::test]
async fn a_file_is_what_its_bytes_say_whatever_it_is_called() {
    let hub = HubProcess::start();
    let taken = hub.brings(1, "..%2F%E3%81%8A%E8%8C%B6%E2%80%AE.PNG", PNG).await;
    assert_eq!(
        (taken.status, &taken.body["name"], &taken.body["type"]),
        (200, &"お茶.PNG".into(), &"image/png".into())
    );
    assert_eq!(
        (&taken.body["width"], &taken.body["height"], &taken.body["scan"]),
        (&640.into(), &480.into(), &serde_json::Value::Null)
    );
    for (name, bytes, expected) in [
        ("a.pdf", &b"%PDF-1.7\n"[..], (200, "a.pdf", "application/pdf")),
        ("page.html", b"just words", (200, "page.html.txt", "text/plain")),
        ("photo.exe", PNG, (200, "photo.exe.png", "image/png")),
    ] {
        let taken = hub.brings(1, name, bytes).await;
        let [name, kind] = ["name", "type"].map(|key| taken.body[key].as_str().unwrap_or_default());
        assert_eq!((taken.status, name, kind), expected);
    }
    for (name, bytes, expected) in [
        ("photo.png", &b"<!doctype html><script>alert(1)</script>"[..], (415, "kind-not-allowed")),
        ("photo.png", b"\x89PNG\r\n\x1a\n", (415, "kind-not-allowed")),
        ("notes.txt", b"MZ\x90\0", (415, "kind-not-allowed")),
        ("empty.txt", b"", (400, "empty-file")),
    ] {
        let refused = hub.brings(1, name, bytes).await;
        assert_eq!((refused.status, refused.code.as_str()), expected, "{name}");
    }
    hub.has_files(4).await;
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused_whether_it_says_so_or_not() {
    let hub = HubProcess::start();
    let mut bytes = PNG.to_vec();
    bytes.resize(FILE_LIMIT as usize, 0);
    assert_eq!(hub.brings(1, "a.png", &bytes).await.status, 200);
    bytes.push(0);
    let refused = hub.brings(1, "a.png", &bytes).await;
    assert_eq!((refused.status, refused.code.as_str()), (413, "too-large"));
    let token = VisitorToken::from_bytes([1; 16]);
    let head = format!(
        "POST /v1/files HTTP/1.1\r\nhost: a\r\nconnection: close\r\norigin: {SITE}\r\nx-alongside-deployment: demo\r\n\
         x-alongside-visitor: {token}\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n",
        bytes.len()
    );
    let mut socket = tokio::net::TcpStream::connect(("localhost", hub.port)).await.expect("the hub listens");
    socket.write_all(&[head.as_bytes(), &bytes, b"\r\n0\r\n\r\n"].concat()).await.expect("it reads all");
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    hub.has_files(1).await;
}

#[tokio::test]
async fn only_pages_of_the_deployment_and_agents_with_the_permission_bring_files() {
    let hub = HubProcess::start();
    hub.add_agent("none@example.com", "Noa None", "live.view");
    let bring = |origin: &'static str, deployment: &'static str, token: &'static str| {
        let request = hub.post("/v1/files", "a.png", PNG).header("origin", origin);
        Answer::of(request.header("x-alongside-deployment", deployment).header("x-alongside-visitor", token))
    };
    let token = "01010101010101010101010101010101";
    assert_eq!(bring(SITE, "demo", token).await.status, 200);
    for (origin, deployment, token, expected) in [
        ("http://evil.test", "demo", token, 403),
        ("null", "demo", token, 403),
        (SITE, "other", token, 403),
        (SITE, "demo", "guessed", 400),
    ] {
        assert_eq!(bring(origin, deployment, token).await.status, expected, "{origin} {deployment}");
    }
    let agent = hub.post("/api/files", "a.png", PNG);
    assert_eq!(Answer::of(agent).await.status, 401);
    let none = hub.post("/api/files", "a.png", PNG).bearer_auth(hub.token("none@example.com").await);
    assert_eq!(Answer::of(none).await.status, 403);
    let preflight =
        reqwest::Client::new().request(reqwest::Method::OPTIONS, hub.url("/v1/files")).header("origin", SITE);
    let answer = preflight.send().await.expect("an answer");
    let allowed = answer.headers()["access-control-allow-headers"].to_str().expect("a list").to_owned();
    for name in ["x-alongside-deployment", "x-alongside-visitor", "x-alongside-name"] {
        assert!(allowed.contains(name), "{allowed}");
    }
    assert_eq!(answer.headers()["access-control-allow-origin"], SITE);
    hub.has_files(1).await;
}

#[tokio::test]
async fn a_file_is_in_one_message_of_whoever_brought_it() {
    let hub = HubProcess::start();
    let mut desk = inbox_of(&hub, AGENT).await;
    let (mut page, _) = hub.visitor(1).await;
    let (mut other, _) = hub.visitor(2).await;
    thread(&mut page, LAST).await;
    let file = hub.brings(1, "photo.png", PNG).await.file();
    let say = |number: u8, file| Talk::Say(Say { file: Some(file), ..Say::new(id(number), text("photo.png")) });
    let refused = async |page: &mut Client| {
        page.hears(|talk| if let Talk::Refused(refused) = talk { Some((refused.id, refused.objection)) } else { None })
            .await
    };
    other.talk(say(1, file)).await;
    assert_eq!(refused(&mut other).await, (id(1), Objection::NotFound), "another visitor's");
    page.talk(say(2, FileId::from_bytes([9; 16]))).await;
    assert_eq!(refused(&mut page).await, (id(2), Objection::NotFound), "nobody's");
    let mut told = None;
    for _ in 0..2 {
        page.talk(say(3, file)).await;
        told = page.news_of(3).await.file;
    }
    let expected = Attachment {
        id: file,
        name: "photo.png".into(),
        media: "image/png".into(),
        size: PNG.len() as u64,
        width: Some(640),
        height: Some(480),
        scan: None,
    };
    assert_eq!(told.as_ref(), Some(&expected), "said twice under its id");
    page.talk(say(4, file)).await;
    assert_eq!(refused(&mut page).await, (id(4), Objection::NotFound), "a second time");
    let row = desk.row(|row| row.stage == Stage::Waiting).await;
    assert_eq!(row.excerpt, "photo.png");
    let conversation = row.conversation;
    desk.inbox(Inbox::Take(Take { conversation })).await;
    desk.row(|row| row.is_own).await;
    hub.add_agent("other@example.com", "Ben Other", "conversation.handle");
    let mine = hub.post("/api/files", "offer.pdf", &b"%PDF-1.7\n"[..]).bearer_auth(hub.token(AGENT).await);
    let others = hub.post("/api/files", "x.pdf", &b"%PDF-1.7\n"[..]).bearer_auth(hub.token("other@example.com").await);
    let (mine, others) = (Answer::of(mine).await.file(), Answer::of(others).await.file());
    let reply = |number: u8, file| {
        Inbox::Reply(Reply { conversation, id: id(number), text: text("See this"), file: Some(file), rich: None })
    };
    for (number, wrong) in [(5, others), (6, file)] {
        desk.inbox(reply(number, wrong)).await;
        assert_eq!(desk.refused().await, (Some(id(number)), Objection::NotFound));
    }
    desk.inbox(reply(7, mine)).await;
    let entry = page.news_of(7).await;
    assert_eq!(entry.text, Some(text("See this")));
    assert_eq!(entry.file.map(|file| (file.id, file.name)), Some((mine, "offer.pdf".into())));
    let kept: Vec<_> =
        thread(&mut page, LAST).await.entries.into_iter().map(|entry| entry.file.map(|file| file.id)).collect();
    assert_eq!(kept, [Some(file), None, Some(mine)]);
}

#[tokio::test]
async fn a_file_is_served_so_that_nothing_in_it_runs() {
    let hub = HubProcess::start();
    let picture = hub.served(hub.brings(1, "caf%C3%A9%20%22a%22.png", PNG).await.file()).await;
    let document = hub.served(hub.brings(1, "a.txt", b"hello").await.file()).await;
    for (answer, disposition, kind) in [
        (picture, "inline; filename=\"caf_ _a_.png\"; filename*=UTF-8''caf%C3%A9%20%5Fa%5F%2Epng", "image/png"),
        (document, "attachment; filename=\"a.txt\"; filename*=UTF-8''a%2Etxt", "text/plain; charset=utf-8"),
    ] {
        assert_eq!(answer.status(), 200);
        for (name, expected) in [
            ("content-disposition", disposition),
            ("content-type", kind),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; sandbox"),
            ("cross-origin-resource-policy", "cross-origin"),
            ("cache-control", "private, max-age=3600"),
            ("referrer-policy", "no-referrer"),
        ] {
            assert_eq!(answer.headers()[name], expected, "{name}");
        }
        assert_eq!(answer.headers().get("access-control-allow-origin"), None);
    }
    for path in ["09090909090909090909090909090909", "..%2Falongside.db", "x"] {
        assert_eq!(reqwest::get(hub.url(&format!("/v1/files/{path}"))).await.expect("an answer").status(), 404);
    }
}

#[tokio::test]
async fn what_a_scanner_does_not_pass_is_neither_sent_nor_served_nor_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let program = scanner(folder.path(), "grep -q harm \"$1\" && exit 1; grep -q broken \"$1\" && exit 2; exit 0");
    let hub = HubProcess::start_with(&["--scan-command", program]);
    let clean = hub.brings(1, "a.txt", b"hello").await;
    assert_eq!(clean.body["scan"], "clean");
    assert_eq!(hub.served(clean.file()).await.status(), 200);
    for (content, expected) in [(&b"harm"[..], (422, "infected")), (b"broken", (503, "not-scanned"))] {
        let refused = hub.brings(1, "a.txt", content).await;
        assert_eq!((refused.status, refused.code.as_str()), expected);
    }
    hub.has_files(1).await;
    let states = || -> String {
        let query = "SELECT group_concat(state) FROM (SELECT state FROM file ORDER BY state)";
        hub.database().query_row(query, [], |row| row.get(0)).expect("a list")
    };
    // What could not be scanned is dropped after the answer; what was refused counts.
    while states() != "clean,infected" {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    hub.database().execute("UPDATE file SET state = 'pending' WHERE state = 'clean'", []).expect("a change");
    assert_eq!(hub.served(clean.file()).await.status(), 404, "nobody has looked at it yet");
}

#[tokio::test]
async fn the_files_of_a_visitor_who_is_forgotten_are_gone() {
    let hub = HubProcess::start();
    let (mut page, _) = hub.visitor(1).await;
    let (sent, unsent) = (hub.brings(1, "a.png", PNG).await.file(), hub.brings(1, "b.png", PNG).await.file());
    let other = hub.brings(2, "c.png", PNG).await.file();
    page.talk(Talk::Say(Say { file: Some(sent), ..Say::new(id(1), text("a.png")) })).await;
    page.news_of(1).await;
    let forget = r#"{"journey":{"visit":"01010101010101010101010101010101","at":1,"kind":{"forget":{}}}}"#;
    let event = Payload::from_message(Message::Text(forget.into())).decode().expect("an event");
    let body = Payload::encode(&event, page.encoding);
    page.send(Frame::Data(Data { seq: 1, body })).await;
    page.acknowledged(1).await;
    for file in [sent, unsent] {
        assert_eq!(hub.served(file).await.status(), 404);
    }
    hub.has_files(1).await;
    assert_eq!(hub.served(other).await.status(), 200);
}

#[tokio::test]
async fn a_visitor_brings_twenty_files_a_day() {
    let hub = HubProcess::start();
    for _ in 0..20 {
        assert_eq!(hub.brings(1, "a.png", PNG).await.status, 200);
    }
    let refused = hub.brings(1, "a.png", PNG).await;
    assert_eq!((refused.status, refused.code.as_str()), (429, "too-many-files"));
    assert_eq!(hub.brings(2, "a.png", PNG).await.status, 200);
}
