//! A hub that others reach by a proxy, and one that they reach themselves.

use alongside::protocol::*;
use alongside_hub::limits::CONNECTIONS;

use crate::process::*;

/// Opens a poll as a proxy passes it on.
async fn poll(hub: &HubProcess, forwarded: &str) -> u16 {
    let request = reqwest::Client::new().post(hub.url("/v1/poll")).header("origin", SITE);
    request.header("x-forwarded-for", forwarded).send().await.expect("an answer").status().as_u16()
}

#[tokio::test]
async fn behind_a_proxy_the_limits_go_by_the_address_that_it_adds() {
    let hub = HubProcess::start_with(&["--behind-proxy"]);
    for number in 0..CONNECTIONS {
        assert_eq!(poll(&hub, &format!("10.0.0.{number}, 192.0.2.1")).await, 200);
    }
    assert_eq!(poll(&hub, "10.0.0.99, 192.0.2.1").await, 429, "what the client made up changes nothing");
    assert_eq!(poll(&hub, "192.0.2.1, 2001:db8::2").await, 200, "another client");
    assert_eq!(poll(&hub, "not an address").await, 200, "the proxy itself");
}

#[tokio::test]
async fn without_a_proxy_nobody_can_choose_his_address() {
    let hub = HubProcess::start();
    for number in 0..CONNECTIONS {
        assert_eq!(poll(&hub, &format!("192.0.2.{number}")).await, 200);
    }
    assert_eq!(poll(&hub, "198.51.100.1").await, 429);
}

#[tokio::test]
async fn desks_connect_from_the_public_origin_only() {
    let hub = HubProcess::start_with(&["--behind-proxy", "--public-origin", "https://hub.test"]);
    let local = hub.url("");
    for (origin, code) in [
        ("https://hub.test", RefusalCode::Credentials),
        ("http://hub.test", RefusalCode::Deployment),
        (&*local, RefusalCode::Deployment),
    ] {
        let mut desk = hub.socket(Some(origin)).await;
        desk.send(hello_as(1, Party::Agent(AgentParty { ticket: Ticket::from_bytes([1; 16]) }))).await;
        assert_eq!(desk.refusal().await.code, code, "{origin}");
    }
}
