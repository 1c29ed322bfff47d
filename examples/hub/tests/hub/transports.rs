//! Long poll and beacon carry the same frames as a WebSocket.

use std::time::{Duration, Instant};

use alongside::protocol::*;
use alongside_hub::limits::CONNECTIONS;
use alongside_hub::session::HANDSHAKE;

use crate::process::*;

fn lines(frames: &[Frame]) -> String {
    let text = frames.iter().map(|frame| match frame.encode(Encoding::Json) {
        Message::Text(text) => text,
        Message::Binary(_) => unreachable!("JSON was asked for"),
    });
    text.collect::<Vec<_>>().join("\n")
}

fn packed(frames: &[Frame]) -> Vec<u8> {
    let mut body = Vec::new();
    for frame in frames {
        let Message::Binary(bytes) = frame.encode(Encoding::Binary) else { unreachable!("binary was asked for") };
        body.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
        body.extend_from_slice(&bytes);
    }
    body
}

fn json_data(seq: u64, term: &str) -> Frame {
    Frame::Data(Data { seq, body: search(1, term, Encoding::Json) })
}

#[tokio::test]
async fn a_beacon_is_kept_in_both_encodings_and_once() {
    let hub = HubProcess::start();
    let client = reqwest::Client::new();
    let send = |body: Vec<u8>, kind: Option<&'static str>, origin: &'static str| {
        let request = client.post(hub.url("/v1/beacon")).header("origin", origin).body(body);
        let request = if let Some(kind) = kind { request.header("content-type", kind) } else { request };
        async move { request.send().await.expect("an answer") }
    };
    let first = lines(&[hello(1), json_data(1, "a"), json_data(2, "b")]).into_bytes();
    assert_eq!(send(first.clone(), Some("text/plain;charset=UTF-8"), SITE).await.status(), 204);
    assert_eq!(send(first, Some("text/plain;charset=UTF-8"), SITE).await.status(), 204);
    let second = packed(&[hello(1), data(2, 1, "b"), data(3, 1, "c")]);
    assert_eq!(send(second.clone(), None, SITE).await.status(), 204);
    let (_, welcome) = hub.visitor(1).await;
    assert_eq!(welcome.received, 3);
    let refused = send(second, None, "http://evil.test").await;
    assert_eq!(refused.status(), 403);
    assert!(refused.text().await.expect("text").contains(r#""code":"deployment""#));
    assert_eq!(send(b"nonsense".to_vec(), Some("text/plain"), SITE).await.status(), 400);
    assert_eq!(
        send(lines(&[hello(1), json_data(9, "gap")]).into_bytes(), Some("text/plain"), SITE).await.status(),
        400
    );
}

#[tokio::test]
async fn polls_that_nobody_greets_do_not_lock_an_address_out() {
    let hub = HubProcess::start();
    let client = reqwest::Client::new();
    let open = |origin: &'static str| {
        let request = client.post(hub.url("/v1/poll")).header("origin", origin);
        async move { request.send().await.expect("an answer").status().as_u16() }
    };
    for _ in 0..CONNECTIONS {
        assert_eq!(open("http://evil.test").await, 403);
    }
    for _ in 0..CONNECTIONS {
        assert_eq!(open(SITE).await, 200);
    }
    assert_eq!(open(SITE).await, 429);
    let begin = Instant::now();
    while open(SITE).await != 200 {
        assert!(begin.elapsed() < HANDSHAKE + Duration::from_secs(10), "the places come back");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    hub.visitor(1).await;
}

#[tokio::test]
async fn a_long_poll_carries_a_link() {
    let hub = HubProcess::start();
    let client = reqwest::Client::new();
    let post = |path: &str, poll: &str, body: String| {
        let request = client.post(hub.url(path)).header("origin", SITE).header("content-type", "text/plain");
        let request = if poll.is_empty() { request } else { request.header("x-alongside-poll", poll) };
        let request = request.body(body);
        async move { request.send().await.expect("an answer") }
    };
    let opened: serde_json::Value = post("/v1/poll", "", String::new()).await.json().await.expect("JSON");
    let poll = opened["poll"].as_str().expect("an id").to_owned();
    assert_eq!(post("/v1/poll/send", &poll, lines(&[hello(1), json_data(1, "tea")])).await.status(), 204);
    let mut heard = Vec::new();
    while !heard.iter().any(|frame| matches!(frame, Frame::Ack(Ack { received: 1 }))) {
        let answer = post("/v1/poll/receive", &poll, String::new()).await;
        assert_eq!(answer.status(), 200);
        let text = answer.text().await.expect("text");
        heard.extend(text.lines().map(|line| Frame::decode_text(line).expect("a frame")));
    }
    assert!(matches!(heard[0], Frame::Welcome(_)));
    let stranger = client.post(hub.url("/v1/poll/receive")).header("origin", "http://evil.test");
    let stranger = stranger.header("x-alongside-poll", &poll).send().await.expect("an answer");
    assert_eq!(stranger.status(), 403, "another site's page cannot use the poll");
    assert_eq!(post("/v1/poll/close", &poll, String::new()).await.status(), 204);
    assert_eq!(post("/v1/poll/receive", &poll, String::new()).await.status(), 410);
}

#[tokio::test]
async fn only_pages_of_an_allowed_origin_may_read_an_answer() {
    let hub = HubProcess::start();
    let client = reqwest::Client::new();
    let allowed = |answer: &reqwest::Response| {
        assert_eq!(answer.headers()["vary"], "origin");
        let header = answer.headers().get("access-control-allow-origin");
        header.map(|origin| origin.to_str().expect("text").to_owned())
    };
    for path in ["/v1/beacon", "/v1/poll", "/v1/poll/send", "/v1/poll/receive", "/v1/poll/close"] {
        for (origin, expected) in [(SITE, Some(SITE)), ("http://shop.test.evil", None), ("null", None)] {
            let preflight = client.request(reqwest::Method::OPTIONS, hub.url(path)).header("origin", origin);
            let preflight = preflight.header("access-control-request-method", "POST").send().await.expect("an answer");
            assert_eq!(allowed(&preflight).as_deref(), expected, "{path}");
            assert_eq!(preflight.headers().contains_key("access-control-allow-headers"), expected.is_some());
            let answer = client.post(hub.url(path)).header("origin", origin).send().await.expect("an answer");
            assert_eq!(allowed(&answer).as_deref(), expected, "{path}");
        }
    }
    let other = Party::Visitor(VisitorParty { deployment: "none".into(), token: VisitorToken::from_bytes([1; 16]) });
    let body = lines(&[hello_as(1, other), json_data(1, "a")]);
    let request = client.post(hub.url("/v1/beacon")).header("origin", SITE).header("content-type", "text/plain");
    let answer = request.body(body).send().await.expect("an answer");
    assert_eq!((answer.status().as_u16(), allowed(&answer)), (403, None), "not of that deployment");
}
