//! Who does not get in, and what he is told.

use std::process::Command;
use std::time::{Duration, Instant};

use alongside::protocol::*;
use alongside_hub::limits::{CONNECTIONS, CONNECTIONS_OF_VISITOR};
use tokio_tungstenite::tungstenite::Message as Socket;

use crate::process::*;

async fn refused(first: Frame, origin: Option<&str>) -> Refusal {
    let hub = HubProcess::start();
    let mut client = hub.socket(origin).await;
    client.send(first).await;
    client.refusal().await
}

#[tokio::test]
async fn an_old_version_is_told_both_versions_and_what_to_do() {
    let Frame::Hello(hello) = hello(1) else { unreachable!() };
    let refusal = refused(Frame::Hello(Hello { version: 77, ..hello }), Some(SITE)).await;
    assert_eq!(refusal.code, RefusalCode::Version);
    assert_eq!(
        refusal.reason,
        "this hub speaks protocol version 1, the page's SDK version 77: load the SDK from this hub, or update the npm package"
    );
}

#[tokio::test]
async fn a_wrong_deployment_and_a_wrong_origin_look_the_same() {
    let wrong = Party::Visitor(VisitorParty { deployment: "none".into(), token: VisitorToken::from_bytes([1; 16]) });
    for (party, origin, name, from) in [
        (wrong, Some(SITE), "none", SITE),
        (party(1), Some("http://shop.test.evil"), "demo", "http://shop.test.evil"),
        (party(1), Some("https://shop.test"), "demo", "https://shop.test"),
        (party(1), None, "demo", "null"),
    ] {
        let refusal = refused(hello_as(1, party), origin).await;
        assert_eq!(refusal.code, RefusalCode::Deployment);
        assert_eq!(
            refusal.reason,
            format!(
                "no deployment '{name}' allows pages from {from}: check the deployment id in the script tag \
                 (data-deployment) and the deployment's list of origins at the hub (--allow-origin)"
            )
        );
    }
}

#[tokio::test]
async fn bytes_that_are_no_frame_are_refused_with_their_fault() {
    let hub = HubProcess::start();
    for (message, code, reason) in [
        (Socket::Binary(vec![0xff; 20].into()), RefusalCode::Malformed, "this is not a frame of protocol version 1: "),
        (
            Socket::Text(r#"{"warp":{}}"#.into()),
            RefusalCode::Malformed,
            "this is not a frame of protocol version 1: unknown",
        ),
        (Socket::Binary(vec![0; FRAME_LIMIT + 1].into()), RefusalCode::Oversize, "a frame is larger than 65536 bytes"),
        (Socket::Binary(vec![0; 300 * 1024].into()), RefusalCode::Oversize, "a frame is larger than 65536 bytes"),
        (Socket::Text("x".repeat(1 << 20).into()), RefusalCode::Oversize, "a frame is larger than 65536 bytes"),
    ] {
        // As the first frame, and after a greeting.
        let mut first = hub.socket(Some(SITE)).await;
        first.send_raw(message.clone()).await;
        let (mut later, _) = hub.visitor(1).await;
        later.send_raw(message).await;
        for client in [&mut first, &mut later] {
            let refusal = client.refusal().await;
            assert_eq!(refusal.code, code);
            assert_eq!(client.closed, Some(if code == RefusalCode::Oversize { 1009 } else { 1008 }));
            assert!(refusal.reason.starts_with(reason), "{}", refusal.reason);
        }
    }
}

#[tokio::test]
async fn a_client_that_does_not_greet_is_told_so() {
    assert_eq!(refused(Frame::Ping(Ping {}), Some(SITE)).await.code, RefusalCode::Handshake);
    let hub = HubProcess::start();
    let silent = hub.socket(Some(SITE)).await.refusal().await;
    assert_eq!(
        (silent.code, silent.reason.as_str()),
        (RefusalCode::Handshake, "no hello came within 5 seconds of opening the connection")
    );
}

#[tokio::test]
async fn a_visitor_cannot_do_what_desks_do() {
    let hub = HubProcess::start();
    let (mut client, _) = hub.visitor(1).await;
    client.send(watch(1)).await;
    assert_eq!(client.refusal().await.code, RefusalCode::Malformed);
}

#[tokio::test]
async fn a_source_belongs_to_one_visitor() {
    let hub = HubProcess::start();
    let (mut owner, _) = hub.visitor(1).await;
    owner.send(data(1, 1, "mine")).await;
    owner.acknowledged(1).await;
    let mut thief = hub.socket(Some(SITE)).await;
    thief.send(hello_as(1, party(2))).await;
    assert_eq!(thief.refusal().await.code, RefusalCode::Credentials);
}

#[tokio::test]
async fn the_newer_socket_of_a_source_takes_over() {
    let hub = HubProcess::start();
    let (mut first, _) = hub.visitor(1).await;
    let (mut second, _) = hub.visitor(1).await;
    assert_eq!(first.refusal().await.code, RefusalCode::Superseded);
    assert_eq!(first.closed, Some(1008));
    second.send(data(1, 1, "tea")).await;
    second.acknowledged(1).await;
}

#[test]
fn an_address_that_others_can_reach_is_refused_without_a_proxy() {
    for (args, code, message) in [
        (&["--bind", "0.0.0.0"][..], 1, "refused to bind 0.0.0.0"),
        (&["--allow-origin", "https://shop.test/"], 1, "an origin is scheme, host and port only"),
        (&["--behind-proxy", "--public-origin", "hub.test"], 1, "--public-origin hub.test: an origin is scheme"),
        (&["--public-origin", "https://hub.test"], 2, "--behind-proxy"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let said = Command::new(binary())
            .args(["--port", "0", "--data"])
            .arg(folder.path())
            .args(args)
            .output()
            .expect("it runs");
        assert_eq!(said.status.code(), Some(code));
        let text = String::from_utf8_lossy(&said.stderr).into_owned();
        assert!(text.contains(message), "{text}");
    }
}

#[tokio::test]
async fn an_address_has_sixty_sockets_and_a_socket_that_ends_makes_room() {
    let hub = HubProcess::start();
    let mut clients = Vec::new();
    for name in 1..=CONNECTIONS {
        clients.push(hub.visitor(name as u8).await.0);
    }
    let mut more = hub.socket(Some(SITE)).await;
    let refusal = more.refusal().await;
    assert_eq!((refusal.code, refusal.retry_after, more.closed), (RefusalCode::Busy, Some(10_000), Some(1013)));
    let mut first = clients.swap_remove(0);
    first.send(Frame::Bye(Bye {})).await;
    assert_eq!(first.receive().await, None);
    assert_eq!(first.closed, Some(1000), "it left by itself");
    drop(first);
    let begin = Instant::now();
    loop {
        let mut again = hub.socket(Some(SITE)).await;
        again.send(hello(200)).await;
        match again.receive().await {
            Some(Frame::Welcome(_)) => break,
            _ => assert!(begin.elapsed() < Duration::from_secs(10), "there is room"),
        }
    }
}

#[tokio::test]
async fn a_visitor_has_so_many_tabs_whatever_his_address() {
    let hub = HubProcess::start();
    let tab = async |source| {
        let mut tab = hub.socket(Some(SITE)).await;
        tab.send(hello_as(source, party(1))).await;
        tab
    };
    let mut tabs = Vec::new();
    for source in 1..=CONNECTIONS_OF_VISITOR {
        let mut next = tab(source as u8).await;
        assert!(matches!(next.receive().await, Some(Frame::Welcome(_))));
        tabs.push(next);
    }
    let mut more = tab(100).await;
    let refusal = more.refusal().await;
    assert_eq!((refusal.code, refusal.retry_after, more.closed), (RefusalCode::Busy, Some(10_000), Some(1013)));
    hub.visitor(2).await;
    drop(tabs.pop());
    let begin = Instant::now();
    while !matches!(tab(100).await.receive().await, Some(Frame::Welcome(_))) {
        assert!(begin.elapsed() < Duration::from_secs(10), "there is room");
    }
}
