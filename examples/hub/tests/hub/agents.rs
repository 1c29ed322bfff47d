//! Agents sign in, and see who is on the site.

use std::time::{Duration, Instant};

use alongside::protocol::*;

use crate::process::*;

async fn sign_in(hub: &HubProcess, password: &str) -> (u16, serde_json::Value) {
    let login = serde_json::json!({ "email": "agent@example.com", "password": password });
    let answer = reqwest::Client::new().post(hub.url("/api/agent/login")).json(&login).send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

async fn ticket(hub: &HubProcess, session: &str) -> Option<Ticket> {
    let request = reqwest::Client::new().post(hub.url("/api/agent/ticket")).bearer_auth(session);
    let answer: serde_json::Value = request.send().await.expect("an answer").json().await.expect("JSON");
    answer["ticket"].as_str().map(|ticket| ticket.parse().expect("a ticket"))
}

async fn desk(hub: &HubProcess, ticket: Ticket) -> Client {
    let mut desk = hub.socket(Some(&hub.url(""))).await;
    desk.send(hello_as(200, Party::Agent(AgentParty { ticket }))).await;
    desk
}

#[tokio::test]
async fn a_desk_hears_of_a_visitor_within_a_second() {
    let hub = HubProcess::start();
    let (status, session) = sign_in(&hub, "alongside").await;
    assert_eq!((status, session["name"].as_str()), (200, Some("Aki Agent")));
    let ticket = ticket(&hub, session["token"].as_str().expect("a token")).await.expect("a ticket");
    let mut desk = desk(&hub, ticket).await;
    assert!(matches!(desk.receive().await, Some(Frame::Welcome(_))));
    let watch = Payload::encode(&Body::Watch(Watch { topic: Topic::Live }), Encoding::Binary);
    desk.send(Frame::Data(Data { seq: 1, body: watch })).await;
    let (mut visitor, welcome) = hub.visitor(1).await;
    let start = Instant::now();
    visitor.send(data(1, 1, "gyokuro")).await;
    loop {
        let Some(Frame::Data(data)) = desk.receive().await else { continue };
        desk.send(Frame::Ack(Ack { received: data.seq })).await;
        let Ok(Body::Live(change)) = data.body.decode() else { panic!("not live: {data:?}") };
        if let [visit] = &change.visits[..] {
            assert_eq!(Some(visit.visitor), welcome.visitor);
            assert_eq!(visit.search.as_deref(), Some("gyokuro"));
            assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
            return;
        }
    }
}

#[tokio::test]
async fn a_ticket_is_good_for_one_socket() {
    let hub = HubProcess::start();
    let (_, session) = sign_in(&hub, "alongside").await;
    let ticket = ticket(&hub, session["token"].as_str().expect("a token")).await.expect("a ticket");
    assert!(matches!(desk(&hub, ticket).await.receive().await, Some(Frame::Welcome(_))));
    assert_eq!(desk(&hub, ticket).await.refusal().await.code, RefusalCode::Credentials);
    let foreign = hub.socket(Some(SITE)).await;
    let mut foreign = foreign;
    foreign.send(hello_as(201, Party::Agent(AgentParty { ticket }))).await;
    assert_eq!(foreign.refusal().await.code, RefusalCode::Deployment, "a desk on another origin");
}

#[tokio::test]
async fn a_wrong_password_gets_five_tries_a_minute() {
    let hub = HubProcess::start();
    assert_eq!(ticket(&hub, "no such session").await, None);
    for _ in 0..5 {
        let (status, answer) = sign_in(&hub, "wrong").await;
        assert_eq!((status, answer["code"].as_str()), (401, Some("wrong-login")));
    }
    let (status, answer) = sign_in(&hub, "alongside").await;
    assert_eq!((status, answer["code"].as_str()), (429, Some("too-many-tries")));
}

#[tokio::test]
async fn simultaneous_tries_do_not_pass_the_limit() {
    let hub = HubProcess::start();
    let tries: Vec<_> = (0..20)
        .map(|_| {
            let login = serde_json::json!({ "email": "agent@example.com", "password": "wrong" });
            let request = reqwest::Client::new().post(hub.url("/api/agent/login")).json(&login);
            tokio::spawn(async move { request.send().await.expect("an answer").status().as_u16() })
        })
        .collect();
    let mut looked_at = 0;
    for answer in tries {
        looked_at += usize::from(answer.await.expect("no panic") == 401);
    }
    assert_eq!(looked_at, 5);
}

#[tokio::test]
async fn the_development_login_is_for_new_folders_of_private_hubs() {
    let mut hub = HubProcess::start_with(&["--behind-proxy", "--bind", "0.0.0.0"]);
    assert_eq!(sign_in(&hub, "alongside").await.0, 401, "others can reach it");
    hub.kill_and_restart_with(&[]);
    assert_eq!(sign_in(&hub, "alongside").await.0, 401, "the folder is not new");
    hub.kill_and_restart_with(&["--dev-login"]);
    assert_eq!(sign_in(&hub, "alongside").await.0, 200, "asked for");
    let hub = HubProcess::start_with(&["--behind-proxy"]);
    assert_eq!(sign_in(&hub, "alongside").await.0, 401, "others can reach it by the proxy");
}

#[tokio::test]
async fn a_desk_that_does_not_read_is_given_up() {
    let hub = HubProcess::start();
    let (mut visitor, _) = hub.visitor(1).await;
    for seq in 1..=64 {
        visitor.send(data(u64::from(seq), seq, &"tea ".repeat(1_000))).await;
    }
    visitor.acknowledged(64).await;
    let (_, session) = sign_in(&hub, "alongside").await;
    let ticket = ticket(&hub, session["token"].as_str().expect("a token")).await.expect("a ticket");
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4 * 1024).expect("a small buffer");
    let stream = socket.connect(([127, 0, 0, 1], hub.port).into()).await.expect("the hub listens");
    let mut desk = hub.socket_over(stream, Some(&hub.url(""))).await;
    desk.send(hello_as(200, Party::Agent(AgentParty { ticket }))).await;
    let begin = Instant::now();
    for seq in 1.. {
        let body = Payload::encode(&Body::Watch(Watch { topic: Topic::Live }), Encoding::Binary);
        let asked = desk.try_send(Frame::Data(Data { seq, body })).await;
        // It claims to have what it never read, so that more is sent.
        if asked.is_err() || desk.try_send(Frame::Ack(Ack { received: seq * 5 })).await.is_err() {
            break;
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "the hub closes");
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    let least = alongside_hub::socket::WRITE;
    assert!(begin.elapsed() >= least, "{:?}", begin.elapsed());
}
