//! Two customers on one hub know nothing of each other.

use alongside::protocol::*;

use crate::process::*;

const OTHER_SITE: &str = "http://other.test";
const OTHER_AGENT: &str = "other@example.com";

/// A hub with a second tenant, whose deployment is `other`.
fn two_tenants() -> HubProcess {
    let hub = HubProcess::start();
    let database = rusqlite::Connection::open(hub.data.path().join("alongside.db")).expect("a database");
    let script = format!(
        "INSERT INTO deployment (id, tenant) VALUES ('other', 'other');
         INSERT INTO origin (deployment, origin) VALUES ('other', '{OTHER_SITE}');
         INSERT INTO agent (email, tenant, name, password) SELECT '{OTHER_AGENT}', 'other', 'Ota', password FROM agent;"
    );
    database.execute_batch(&script).expect("a second tenant");
    hub
}

fn party(deployment: &str) -> Party {
    Party::Visitor(VisitorParty { deployment: deployment.into(), token: VisitorToken::from_bytes([1; 16]) })
}

#[tokio::test]
async fn agents_see_their_own_tenants_visitors_only() {
    let hub = two_tenants();
    let mut desks = [hub.live_now(AGENT).await, hub.live_now(OTHER_AGENT).await];
    let mut visitors = Vec::new();
    // One browser, one token, the same ids everywhere: only the deployment differs.
    for (deployment, origin, term) in [("demo", SITE, "sencha"), ("other", OTHER_SITE, "matcha")] {
        let mut client = hub.socket(Some(origin)).await;
        client.send(hello_as(7, party(deployment))).await;
        let Some(Frame::Welcome(welcome)) = client.receive().await else { panic!("not welcome") };
        assert_eq!(welcome.received, 0);
        client.send(data(1, 1, term)).await;
        client.acknowledged(1).await;
        visitors.push((welcome.visitor, Some(term.to_owned())));
    }
    assert_ne!(visitors[0].0, visitors[1].0, "nobody can tell that they are one person");
    let mut seen = Vec::new();
    for desk in &mut desks {
        let visit = desk.visit().await;
        seen.push((Some(visit.visitor), visit.search.as_deref().map(str::to_owned)));
    }
    assert_eq!(seen, visitors);
    // Each desk's next news is of its own tenant too.
    for (deployment, origin, desk) in [("demo", SITE, 0), ("other", OTHER_SITE, 1)] {
        let mut client = hub.socket(Some(origin)).await;
        client.send(hello_as(8, party(deployment))).await;
        client.send(data(1, 1, "houjicha")).await;
        let visit = desks[desk].visit().await;
        assert_eq!((Some(visit.visitor), visit.search.as_deref()), (visitors[desk].0, Some("houjicha")));
    }
}

#[tokio::test]
async fn a_deployment_is_for_its_own_pages() {
    let hub = two_tenants();
    for (deployment, origin) in [("demo", OTHER_SITE), ("other", SITE)] {
        let mut client = hub.socket(Some(origin)).await;
        client.send(hello_as(1, party(deployment))).await;
        assert_eq!(client.refusal().await.code, RefusalCode::Deployment);
    }
}
