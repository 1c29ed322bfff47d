//! The page that a messenger lives in where the customer's page is not to see it.

use alongside::protocol::*;
use alongside_hub::session::Origin;

use crate::process::*;

#[tokio::test]
async fn only_pages_of_the_deployment_may_frame_its_messenger() {
    let hub = HubProcess::start_with(&["--allow-origin", "https://www.shop.test"]);
    let answer = reqwest::get(hub.url("/frame?deployment=demo")).await.expect("an answer");
    assert_eq!(answer.status(), 200);
    let policy = answer.headers()["content-security-policy"].to_str().expect("text").to_owned();
    assert!(policy.ends_with(&format!("frame-ancestors {SITE} https://www.shop.test")), "{policy}");
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"),
        "{policy}"
    );
    for (address, status) in [("/frame?deployment=other", 404), ("/frame?deployment=", 404), ("/frame", 400)] {
        let answer = reqwest::get(hub.url(address)).await.expect("an answer");
        assert_eq!(answer.status(), status, "{address}");
        assert!(!answer.text().await.expect("a body").contains("<script"), "{address}");
    }
}

#[tokio::test]
async fn the_hubs_own_page_is_a_visitors_page_and_no_other_foreign_one_is() {
    let hub = HubProcess::start();
    let own = Origin(Some(hub.url("")));
    for (origin, is_taken) in
        [(own, true), (Origin(Some("https://evil.test".into())), false), (Origin::default(), false)]
    {
        let mut visitor = hub.socket(origin.0.as_deref()).await;
        visitor.send(hello(1)).await;
        match is_taken {
            true => assert!(matches!(visitor.receive().await, Some(Frame::Welcome(_))), "{origin:?}"),
            false => assert_eq!(visitor.refusal().await.code, RefusalCode::Deployment, "{origin:?}"),
        }
    }
}
