//! Sessions that begin with a code that one side reads out.

use alongside::protocol::cobrowse::*;
use alongside::protocol::*;

use crate::cobrowse::*;
use crate::process::*;

fn visit(number: u8) -> VisitId {
    VisitId::from_bytes([number; 16])
}

fn uses(code: &str, visit: Option<VisitId>) -> RelayBody {
    RelayBody::UseCode(UseCode { code: code.into(), visit, wish: None })
}

async fn code(client: &mut Client, visit: Option<VisitId>) -> String {
    client.relay(RelayBody::MakeCode(MakeCode { visit, wish: None })).await;
    match client.relayed().await {
        RelayBody::Code(code) => {
            assert_eq!((code.code.len(), code.expires_in), (6, 600_000));
            code.code
        }
        other => panic!("no code: {other:?}"),
    }
}

/// A code that is not this one.
fn wrong(code: &str) -> String {
    let number: u32 = code.parse().expect("digits");
    format!("{:06}", (number + 1) % 1_000_000)
}

#[tokio::test]
async fn an_agents_code_asks_the_one_page_that_used_it() {
    let hub = HubProcess::start();
    let mut desk = hub.live_now(AGENT).await;
    let (mut page, by_hub) = page_of(&hub, &mut desk, 1, Encoding::Json).await;
    let mut other = hub.tab(1, 101).await;
    let code = code(&mut desk, None).await;
    page.relay(uses(&format!("{} {}", &code[..3], &code[3..]), Some(visit(1)))).await;
    let asked = page.told().await;
    assert_eq!((asked.stage, asked.channel, asked.visit), (Stage::Offered, Channel::Voice, by_hub));
    assert_eq!(desk.told().await.session, asked.session);
    assert_eq!(other.heard().await, [], "the visitor speaks of this page");
    page.relay(answer(asked.session, Some(KEY))).await;
    assert_eq!((page.told().await.stage, desk.told().await.stage), (Stage::Live, Stage::Live));

    let mut third = hub.tab(2, 2).await;
    third.relay(uses(&code, Some(visit(2)))).await;
    assert_eq!(third.objection().await, Objection::WrongCode, "a second time");
}

#[tokio::test]
async fn a_visitors_code_is_for_agents_who_may_offer() {
    let hub = HubProcess::start();
    hub.add_agent("view@example.com", "View", "live.view");
    let mut page = hub.tab(1, 1).await;
    let code = code(&mut page, Some(visit(1))).await;
    let mut view = hub.desk("view@example.com").await;
    view.relay(uses(&code, None)).await;
    assert_eq!(view.objection().await, Objection::NotPermitted);
    let mut stranger = hub.tab(2, 2).await;
    stranger.relay(uses(&code, Some(visit(2)))).await;
    assert_eq!(stranger.objection().await, Objection::WrongCode, "it is for agents");
    let mut desk = hub.desk(AGENT).await;
    desk.relay(uses(&code, None)).await;
    let (asked, offered) = (page.told().await, desk.told().await);
    assert_eq!((asked.session, asked.stage), (offered.session, Stage::Offered));
    page.relay(answer(asked.session, None)).await;
    assert_eq!(desk.told().await.reason, Some(EndReason::Declined));
}

#[tokio::test]
async fn a_code_is_gone_with_who_made_it_and_with_his_next_wish() {
    let hub = HubProcess::start();
    let (mut page, mut desk) = (hub.tab(1, 1).await, hub.desk(AGENT).await);
    let first = code(&mut desk, None).await;
    let second = code(&mut desk, None).await;
    desk.relay(RelayBody::Leave(Leave {})).await;
    desk.heard().await;
    let third = code(&mut desk, None).await;
    desk.send(Frame::Bye(Bye {})).await;
    while desk.receive().await.is_some() {}
    for code in [first, second, third] {
        page.relay(uses(&code, Some(visit(1)))).await;
        assert_eq!(page.objection().await, Objection::WrongCode);
    }
}

#[tokio::test]
async fn five_wrong_codes_end_the_tries_of_a_visitor_in_all_his_tabs() {
    let hub = HubProcess::start();
    let mut desk = hub.desk(AGENT).await;
    let code = code(&mut desk, None).await;
    for tab in 1..=5 {
        let mut tab = hub.tab(1, tab).await;
        tab.relay(uses(&wrong(&code), Some(visit(1)))).await;
        assert_eq!(tab.objection().await, Objection::WrongCode);
    }
    let mut tab = hub.tab(1, 6).await;
    tab.relay(uses(&code, Some(visit(1)))).await;
    let RelayBody::Refused(refused) = tab.relayed().await else { panic!("not refused") };
    assert_eq!(refused.objection, Objection::TooMany);
    assert!(refused.retry_after.is_some_and(|wait| (590_000..=600_000).contains(&wait)), "{refused:?}");
    let mut other = hub.tab(2, 7).await;
    other.relay(uses(&code, Some(visit(2)))).await;
    assert_eq!(other.told().await.stage, Stage::Offered, "others may");
}
