//! What a desk or a page that is not ours sends, and what becomes of it.

use alongside::protocol::cobrowse::*;
use alongside::protocol::*;

use crate::cobrowse::*;
use crate::process::*;

const CLICK: Action = Action::Click(Click { x: 1, y: 2, count: 1 });

fn act(agent: u32, number: u32, action: Action) -> RelayBody {
    RelayBody::Act(Act { agent, number, epoch: 1, node: 5, fingerprint: 7, action })
}

fn done(agent: u32, number: u32, outcome: Outcome) -> RelayBody {
    RelayBody::Done(Done { agent, number, outcome })
}

fn decide(agent: u32, is_granted: bool) -> RelayBody {
    RelayBody::Decide(Decide { agent, capability: Capability::Control, is_granted })
}

async fn attend(hub: &HubProcess, page: &mut Client, session: SessionId, desks: u32) -> Client {
    let mut desk = hub.desk(AGENT).await;
    desk.relay(RelayBody::Attend(Attend { session, is_silent: false, wish: None, known: None })).await;
    assert_eq!((desk.told().await.you, desk.relayed().await), (Some(desks), LIVE));
    assert_eq!((page.told().await.agents.len() as u32, page.relayed().await), (desks, followed(desks)));
    desk
}

#[tokio::test]
async fn an_act_passes_only_with_a_grant_of_who_acts_and_not_after_it_is_taken_back() {
    let hub = HubProcess::start();
    let mut desk = hub.live_now(AGENT).await;
    let (mut page, visit) = page_of(&hub, &mut desk, 1, Encoding::Binary).await;
    let session = live_session(&mut page, &mut desk, visit, Channel::Voice).await;
    let mut second = attend(&hub, &mut page, session, 2).await;
    desk.told().await;
    desk.relay(request(Capability::Control)).await;
    page.told_once(|told| told.request.is_some()).await;
    second.relay(decide(1, true)).await;
    // A desk that decides for the visitor is not spoken to any more.
    while second.receive().await.is_some() {}
    assert_eq!(second.closed, Some(1008));
    let told = page.told_once(|told| told.agents.len() == 1).await;
    assert_eq!((told.grants, told.request.map(|request| request.agent)), (vec![], Some(1)), "nothing is decided");
    let mut second = hub.desk(AGENT).await;
    second.relay(RelayBody::Attend(Attend { session, is_silent: false, wish: None, known: None })).await;
    assert_eq!(second.told().await.you, Some(3), "numbers are not given twice");
    page.relay(decide(1, true)).await;
    page.told_once(|told| told.grants.len() == 1).await;
    page.heard().await;
    desk.heard().await;
    second.heard().await;

    second.relay(act(1, 1, CLICK)).await;
    assert_eq!(second.relayed().await, done(3, 1, Outcome::NotGranted), "whatever number it says");
    desk.relay(act(3, 1, Action::Go(Go::Through(Way::Back)))).await;
    assert_eq!(desk.relayed().await, done(1, 1, Outcome::NotGranted), "navigation is a grant of its own");
    assert_eq!(page.heard().await, []);
    desk.relay(act(3, 2, CLICK)).await;
    assert_eq!(page.relayed().await, act(1, 2, CLICK), "the hub says who acts");
    page.relay(done(1, 2, Outcome::Done)).await;
    assert_eq!((desk.relayed().await, second.heard().await), (done(1, 2, Outcome::Done), vec![]));

    page.relay(RelayBody::Revoke(Revoke { agent: None })).await;
    assert_eq!(page.told().await.grants, []);
    desk.relay(act(1, 3, CLICK)).await;
    while desk.relayed().await != done(1, 3, Outcome::NotGranted) {}
    assert_eq!(page.heard().await, []);
    let recorded = hub.recorded(session, "acted");
    let outcomes: Vec<_> =
        recorded.iter().map(|entry| (entry["by"].clone(), entry["about"]["outcome"].clone())).collect();
    let expected = [(3, "not-granted"), (1, "not-granted"), (1, "done"), (1, "not-granted")];
    assert_eq!(outcomes, expected.map(|(by, outcome)| (by.into(), outcome.into())));
    let grants: Vec<(i64, bool)> = hub.rows("SELECT agent, ended IS NOT NULL FROM shared_grant");
    assert_eq!(grants, [(1, true)]);
}

#[tokio::test]
async fn what_is_not_a_desks_to_send_ends_its_connection_and_is_recorded() {
    let hub = HubProcess::start();
    let mut desk = hub.live_now(AGENT).await;
    let (mut page, visit) = page_of(&hub, &mut desk, 1, Encoding::Binary).await;
    let session = live_session(&mut page, &mut desk, visit, Channel::Voice).await;
    let told = RelayBody::Session(Session { session, visit, ..session_of(session) });
    let token = hub.token(AGENT).await;
    let (mut names, mut heard) = (Vec::new(), Vec::new());
    for (name, body) in [
        ("answer", answer(session, Some(KEY))),
        ("join", join(session, KEY)),
        ("decide", decide(1, true)),
        ("pause", RelayBody::Pause(Pause { is_paused: true })),
        ("active", RelayBody::Active(Active { is_visible: true })),
        ("done", done(1, 1, Outcome::Done)),
        ("mirror", piece(b"<script>")),
        ("session", told),
        ("followed", followed(9)),
        ("shown", LIVE),
    ] {
        let mut hostile = hub.desk_of(&token).await;
        hostile.relay(RelayBody::Attend(Attend { session, is_silent: false, wish: None, known: None })).await;
        hostile.told().await;
        assert_eq!(hostile.relayed().await, LIVE);
        hostile.relay(body).await;
        assert_eq!(hostile.refusal().await.code, RefusalCode::Malformed, "{name}");
        names.push(name.to_owned());
        heard.extend(page.heard().await);
    }
    while heard.len() < 40 || !heard.ends_with(&[followed(1)]) {
        heard.extend(page.heard().await);
    }
    let is_expected = |body: &RelayBody| match body {
        RelayBody::Session(told) => told.stage == Stage::Live && told.grants.is_empty() && !told.is_paused,
        body => matches!(body, RelayBody::Followed(_) | RelayBody::Refresh(_)),
    };
    assert!(heard.iter().all(is_expected), "the page hears only who comes and goes: {heard:?}");
    let recorded = hub.recorded(session, "rejected");
    assert_eq!(recorded.iter().map(|entry| entry["about"]["message"].clone()).collect::<Vec<_>>(), names);
}

#[tokio::test]
async fn a_desk_outside_of_the_session_reaches_nobody() {
    let hub = HubProcess::start();
    let mut desk = hub.live_now(AGENT).await;
    let (mut page, visit) = page_of(&hub, &mut desk, 1, Encoding::Binary).await;
    let _ = live_session(&mut page, &mut desk, visit, Channel::Voice).await;
    let mut outside = hub.desk(AGENT).await;
    for body in [
        act(1, 1, CLICK),
        request(Capability::Control),
        RelayBody::Point(point(1)),
        RelayBody::Highlight(Highlight { by: 1, node: Some(1) }),
        RelayBody::Erase(Erase { by: 1 }),
        RelayBody::Probe(Probe { agent: 1, number: 1, latency: None }),
        RelayBody::Refresh(Refresh { known: None }),
        RelayBody::Want(Want { hash: AssetHash([1; 32]), is_newer: None }),
        RelayBody::Revoke(Revoke { agent: Some(1) }),
        RelayBody::Leave(Leave {}),
        RelayBody::End(End { reason: EndReason::Visitor }),
    ] {
        outside.relay(body).await;
    }
    assert_eq!((outside.heard().await, page.heard().await, desk.heard().await), (vec![], vec![], vec![]));
    page.relay(piece(b"goes on")).await;
    assert_eq!((desk.relayed().await, outside.heard().await), (piece(b"goes on"), vec![]));
}

#[tokio::test]
async fn a_page_that_floods_and_forges_harms_nobody() {
    let hub = HubProcess::start();
    let mut desk = hub.live_now(AGENT).await;
    let (mut page, visit) = page_of(&hub, &mut desk, 1, Encoding::Binary).await;
    for body in [piece(b"too early"), done(1, 1, Outcome::Done), decide(1, true), RelayBody::Point(point(1))] {
        page.relay(body).await;
    }
    let session = live_session(&mut page, &mut desk, visit, Channel::Voice).await;
    for body in [done(1, 9, Outcome::Done), decide(1, true), RelayBody::Point(point(PLACE_PARTS + 1))] {
        page.relay(body).await;
    }
    page.heard().await;
    assert_eq!(desk.heard().await, [], "nobody asked for that");

    for number in 0..3_000 {
        page.relay(RelayBody::Draw(Draw { by: 1, number, tool: Tool::Pen, points: vec![1, 1] })).await;
        page.relay(done(1, number, Outcome::Undone)).await;
    }
    page.relay(RelayBody::Pause(Pause { is_paused: true })).await;
    while !page.told().await.is_paused {}
    let mut heard = desk.heard().await;
    while !matches!(heard.last(), Some(RelayBody::Session(told)) if told.is_paused) {
        heard.extend(desk.heard().await);
    }
    assert!(heard.len() < 3_000, "not all of {} passed", heard.len());
    assert!(hub.recorded(session, "undid").len() < 3_000);

    for body in [act(1, 1, CLICK), request(Capability::Control), followed(1), LIVE, RelayBody::Leave(Leave {})] {
        let mut page = hub.tab(1, 101).await;
        page.relay(join(session, KEY)).await;
        page.told().await;
        page.relay(body).await;
        assert_eq!(page.refusal().await.code, RefusalCode::Malformed);
    }
    let mut page = hub.tab(1, 102).await;
    let event = SessionEvent { visit, at: now(), session, channel: Channel::Chat, reason: None };
    let body = Payload::encode(&Body::Session(event), Encoding::Binary);
    page.send(Frame::Data(Data { seq: 1, body })).await;
    assert_eq!(page.refusal().await.code, RefusalCode::Malformed, "the journey's entry is the hub's own");
}

fn session_of(session: SessionId) -> Session {
    Session {
        session,
        visit: VisitId::from_bytes([0; 16]),
        channel: Channel::Voice,
        stage: Stage::Live,
        agents: Vec::new(),
        request: None,
        grants: Vec::new(),
        is_paused: false,
        is_there: true,
        ends_in: None,
        reason: None,
        you: None,
        wish: None,
        is_hidden: None,
    }
}
