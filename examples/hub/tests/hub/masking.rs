//! What is masked is kept by the hub, and told to pages that are shared.

use alongside::protocol::cobrowse::*;
use alongside::protocol::*;

use crate::cobrowse::*;
use crate::process::*;

fn rules(selector: &str) -> serde_json::Value {
    serde_json::json!({ "masking": { "private": false, "rules": [{ "mark": "mask", "selector": selector, "page": "starts /account" }] } })
}

fn told(selector: Option<&str>) -> RelayBody {
    let page = Some("starts /account".to_owned());
    let rule = |selector: &str| MaskRule { mark: MaskMark::Mask, selector: selector.into(), page: page.clone() };
    RelayBody::Masking(Masking { is_private: false, rules: selector.into_iter().map(rule).collect() })
}

impl HubProcess {
    fn masking(&self, method: reqwest::Method, deployment: &str) -> reqwest::RequestBuilder {
        let url = self.url(&format!("/api/deployments/{deployment}/masking"));
        reqwest::Client::new().request(method, url)
    }

    async fn mask(&self, token: &str, body: &serde_json::Value) -> u16 {
        let request = self.masking(reqwest::Method::PUT, "demo").bearer_auth(token).json(body);
        request.send().await.expect("an answer").status().as_u16()
    }

    fn execute(&self, sql: &str) {
        self.database().execute(sql, []).expect("it is changed");
    }
}

#[tokio::test]
async fn a_page_is_told_what_is_masked_before_its_visitor_is_asked_and_whenever_it_changes() {
    for (encoding, visitor) in [(Encoding::Binary, 1), (Encoding::Json, 2)] {
        let mut hub = HubProcess::start();
        let token = hub.token(AGENT).await;
        assert_eq!(hub.mask(&token, &rules(".balance")).await, 204);
        let mut desk = hub.live_now(AGENT).await;
        let (mut page, visit) = page_of(&hub, &mut desk, visitor, encoding).await;
        assert_eq!(hub.mask(&token, &rules(".price")).await, 204);
        assert_eq!(page.heard().await, [], "it has no session");
        desk.relay(RelayBody::Offer(Offer { visit, channel: Channel::Voice, wish: None })).await;
        assert_eq!(page.relayed_or_masking().await, told(Some(".price")));
        let RelayBody::Session(asked) = page.relayed_or_masking().await else { panic!("the visitor is not asked") };
        assert_eq!(asked.stage, Stage::Offered);
        assert_eq!(hub.mask(&token, &rules(".price")).await, 204, "nothing changes, and nothing is told");
        assert_eq!(hub.mask(&token, &rules(".name")).await, 204);
        assert_eq!(page.relayed_or_masking().await, told(Some(".name")), "also while he is asked");
        page.relay(answer(asked.session, Some(KEY))).await;
        let RelayBody::Session(live) = page.relayed_or_masking().await else { panic!("there is no session") };
        assert_eq!((live.stage, page.relayed_or_masking().await), (Stage::Live, followed(1)));
        assert_eq!(hub.mask(&token, &rules(".address")).await, 204);
        assert_eq!(page.relayed_or_masking().await, told(Some(".address")));

        hub.kill_and_restart();
        let mut page = hub.tab(visitor, 100).await;
        page.relay(join(asked.session, KEY)).await;
        assert_eq!(page.relayed_or_masking().await, told(Some(".address")), "it was kept");
        let RelayBody::Session(again) = page.relayed_or_masking().await else { panic!("there is no session") };
        assert_eq!(again.session, asked.session);
    }
}

#[tokio::test]
async fn a_page_is_told_what_is_masked_in_its_own_deployment() {
    let hub = HubProcess::start();
    let token = hub.token(AGENT).await;
    hub.execute("INSERT INTO deployment (id, tenant) VALUES ('second', 'demo')");
    let request = hub.masking(reqwest::Method::PUT, "second").bearer_auth(&token).json(&rules(".theirs"));
    assert_eq!(request.send().await.expect("an answer").status(), 204);
    let mut desk = hub.live_now(AGENT).await;
    let (mut page, visit) = page_of(&hub, &mut desk, 1, Encoding::Binary).await;
    desk.relay(RelayBody::Offer(Offer { visit, channel: Channel::Voice, wish: None })).await;
    assert_eq!(page.relayed_or_masking().await, told(None));
}

#[tokio::test]
async fn a_page_of_which_it_cannot_be_read_what_is_masked_hears_of_no_session() {
    let hub = HubProcess::start();
    let mut desk = hub.live_now(AGENT).await;
    let (mut page, visit) = page_of(&hub, &mut desk, 1, Encoding::Binary).await;
    hub.execute("INSERT INTO masking (deployment, body) VALUES ('demo', 'damaged')");
    desk.relay(RelayBody::Offer(Offer { visit, channel: Channel::Voice, wish: None })).await;
    loop {
        match page.receive().await {
            Some(Frame::Refusal(refusal)) => break assert_eq!(refusal.code, RefusalCode::Busy),
            Some(Frame::Relay(relay)) => panic!("told: {relay:?}"),
            _ => {}
        }
    }
}

#[tokio::test]
async fn nobody_but_the_hub_says_what_is_masked() {
    let hub = HubProcess::start();
    let (mut page, _) = hub.visitor(1).await;
    let mut desk = hub.desk(AGENT).await;
    for client in [&mut page, &mut desk] {
        client.relay(told(None)).await;
        assert_eq!(client.refusal().await.code, RefusalCode::Malformed);
    }
}

#[tokio::test]
async fn rules_that_no_page_could_keep_to_are_refused() {
    let hub = HubProcess::start();
    let token = hub.token(AGENT).await;
    for bad in [
        rules("p:not(.x"),
        rules(""),
        serde_json::json!({ "masking": { "private": false, "rules": [{ "mark": "paint", "selector": "a" }] } }),
        serde_json::json!({ "masking": { "private": false, "rules": [{ "mark": "mask", "selector": "a", "page": "/a" }] } }),
        serde_json::json!({ "followed": { "desks": 1 } }),
        serde_json::json!({}),
    ] {
        assert_eq!(hub.mask(&token, &bad).await, 400, "{bad}");
    }
    let many = vec![serde_json::json!({ "mark": "mask", "selector": "a" }); 65];
    assert_eq!(hub.mask(&token, &serde_json::json!({ "masking": { "private": false, "rules": many } })).await, 400);
    assert_eq!(hub.mask(&token, &rules(".good")).await, 204);
    let request = hub.masking(reqwest::Method::GET, "demo").bearer_auth(&token);
    let shown: serde_json::Value = request.send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!(shown, rules(".good"));
}

#[tokio::test]
async fn who_may_not_neither_sees_nor_changes_what_is_masked() {
    let hub = HubProcess::start();
    let token = hub.token(AGENT).await;
    hub.execute("INSERT INTO deployment (id, tenant) VALUES ('theirs', 'other')");
    let status = async |method: reqwest::Method, deployment: &str, token: &str| {
        let request = hub.masking(method, deployment).bearer_auth(token).json(&rules(".a"));
        request.send().await.expect("an answer").status().as_u16()
    };
    use reqwest::Method as M;
    for method in [M::GET, M::PUT] {
        assert_eq!(status(method.clone(), "demo", "guessed").await, 401);
        assert_eq!(status(method.clone(), "theirs", &token).await, 404);
        assert_eq!(status(method, &"d".repeat(200), &token).await, 404);
    }
    hub.execute("UPDATE agent SET permissions = 'live.view masking.read'");
    assert_eq!((status(M::GET, "demo", &token).await, status(M::PUT, "demo", &token).await), (200, 403));
    hub.execute("UPDATE agent SET permissions = 'live.view'");
    assert_eq!(status(M::GET, "demo", &token).await, 403);
}
