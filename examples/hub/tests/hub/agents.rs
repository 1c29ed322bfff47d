//! Agents sign in, and see who is on the site.

use std::time::{Duration, Instant};

use alongside::protocol::*;
use alongside::time::Timestamp;

use crate::process::*;

#[tokio::test]
async fn a_desk_hears_of_a_visitor_within_a_second() {
    let hub = HubProcess::start();
    let (status, session) = hub.sign_in(AGENT, "alongside").await;
    assert_eq!((status, session["name"].as_str()), (200, Some("Aki Agent")));
    let mut desk = hub.live_now(AGENT).await;
    let (mut visitor, welcome) = hub.visitor(1).await;
    let start = Instant::now();
    visitor.send(data(1, 1, "gyokuro")).await;
    let visit = desk.visit().await;
    assert_eq!(Some(visit.visitor), welcome.visitor);
    assert_eq!(visit.search.as_deref(), Some("gyokuro"));
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}

#[tokio::test]
async fn times_are_by_the_hubs_clock_whatever_the_visitors_clock_says() {
    let hub = HubProcess::start();
    let mut desk = hub.live_now(AGENT).await;
    let hours = |hours: i64| Timestamp::from_millis(now().as_millis().saturating_add_signed(hours * 3_600_000));
    for (name, offset, ago, expected) in [(1, -5, 0, 0), (2, 5, 0, 0), (3, 5, 60_000, 60_000), (4, 0, -3_600_000, 0)] {
        let mut visitor = hub.socket(Some(SITE)).await;
        let Frame::Hello(hello) = hello(name) else { unreachable!() };
        visitor.send(Frame::Hello(Hello { now: hours(offset), ..hello })).await;
        let at = Timestamp::from_millis(hours(offset).as_millis().saturating_add_signed(-ago));
        let body = search_at(name, "tea", at, Encoding::Binary);
        visitor.send(Frame::Data(Data { seq: 1, body })).await;
        let visit = desk.visit().await;
        let age = now().as_millis().abs_diff(visit.last_activity.as_millis());
        assert!((expected..expected + 5_000).contains(&age), "visitor {name}: {age} ms ago");
    }
}

#[tokio::test]
async fn a_ticket_is_good_for_one_socket() {
    let hub = HubProcess::start();
    let ticket = hub.ticket(AGENT).await;
    for expected in [None, Some(RefusalCode::Credentials)] {
        let mut desk = hub.socket(Some(&hub.url(""))).await;
        desk.send(hello_as(200, Party::Agent(AgentParty { ticket }))).await;
        match expected {
            None => assert!(matches!(desk.receive().await, Some(Frame::Welcome(_)))),
            Some(code) => assert_eq!(desk.refusal().await.code, code),
        }
    }
    let mut foreign = hub.socket(Some(SITE)).await;
    foreign.send(hello_as(201, Party::Agent(AgentParty { ticket }))).await;
    assert_eq!(foreign.refusal().await.code, RefusalCode::Deployment, "a desk on another origin");
}

#[tokio::test]
async fn a_wrong_password_gets_five_tries_a_minute() {
    let hub = HubProcess::start();
    let request = reqwest::Client::new().post(hub.url("/api/agent/ticket")).bearer_auth("no such session");
    assert_eq!(request.send().await.expect("an answer").status(), 401);
    for _ in 0..5 {
        let (status, answer) = hub.sign_in(AGENT, "wrong").await;
        assert_eq!((status, answer["code"].as_str()), (401, Some("wrong-login")));
    }
    let (status, answer) = hub.sign_in(AGENT, "alongside").await;
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
    assert_eq!(hub.sign_in(AGENT, "alongside").await.0, 401, "others can reach it");
    hub.kill_and_restart_with(&[]);
    assert_eq!(hub.sign_in(AGENT, "alongside").await.0, 401, "the folder is not new");
    hub.kill_and_restart_with(&["--dev-login"]);
    assert_eq!(hub.sign_in(AGENT, "alongside").await.0, 200, "asked for");
    let hub = HubProcess::start_with(&["--behind-proxy"]);
    assert_eq!(hub.sign_in(AGENT, "alongside").await.0, 401, "others can reach it by the proxy");
}

#[tokio::test]
async fn a_list_longer_than_the_links_window_comes_whole_and_once() {
    let hub = HubProcess::start();
    let (mut visitor, _) = hub.visitor(1).await;
    for seq in 1..=200 {
        visitor.send(data(u64::from(seq), seq, &"tea ".repeat(1_000))).await;
    }
    visitor.acknowledged(200).await;
    let mut desk = hub.live_now(AGENT).await;
    let (mut resets, mut visits) = (0, Vec::new());
    while visits.len() < 200 {
        let Some(Frame::Data(data)) = desk.receive().await else { continue };
        desk.send(Frame::Ack(Ack { received: data.seq })).await;
        let Ok(Body::Live(change)) = data.body.decode() else { panic!("not live: {data:?}") };
        resets += usize::from(change.is_reset);
        visits.extend(change.visits.into_iter().map(|visit| visit.visit));
    }
    visits.sort_unstable();
    visits.dedup();
    assert_eq!((resets, visits.len()), (1, 200));
}

#[tokio::test]
async fn a_desk_that_does_not_read_is_given_up() {
    let hub = HubProcess::start();
    let (mut visitor, _) = hub.visitor(1).await;
    for seq in 1..=64 {
        visitor.send(data(u64::from(seq), seq, &"tea ".repeat(1_000))).await;
    }
    visitor.acknowledged(64).await;
    let ticket = hub.ticket(AGENT).await;
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(4 * 1024).expect("a small buffer");
    let stream = socket.connect(([127, 0, 0, 1], hub.port).into()).await.expect("the hub listens");
    let mut desk = hub.socket_over(stream, Some(&hub.url(""))).await;
    desk.send(hello_as(200, Party::Agent(AgentParty { ticket }))).await;
    let begin = Instant::now();
    for seq in 1.. {
        let asked = desk.try_send(watch(seq)).await;
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
