//! A visitor shares his page with agents, who look on and help.

use alongside::protocol::cobrowse::*;
use alongside::protocol::*;

use crate::process::*;

impl Client {
    pub async fn relay(&mut self, body: RelayBody) {
        let body = Payload::encode_relay(&body, self.encoding);
        self.send(Frame::Relay(Relay { body })).await;
    }

    /// The next message of a session; what is masked is the business of `masking.rs`.
    pub async fn relayed(&mut self) -> RelayBody {
        loop {
            match self.relayed_or_masking().await {
                RelayBody::Masking(_) => {}
                body => return body,
            }
        }
    }

    /// The next message of a session, or of what is masked.
    pub async fn relayed_or_masking(&mut self) -> RelayBody {
        loop {
            match self.receive().await {
                Some(Frame::Relay(relay)) => return relay.body.decode_relay().expect("a message of a session"),
                Some(Frame::Data(data)) => self.send(Frame::Ack(Ack { received: data.seq })).await,
                Some(_) => {}
                None => panic!("closed"),
            }
        }
    }

    /// The session as it is told next.
    pub async fn told(&mut self) -> Session {
        match self.relayed().await {
            RelayBody::Session(session) => session,
            other => panic!("not a session: {other:?}"),
        }
    }

    /// The session as it is told once it is so; what is relayed before is passed over.
    pub async fn told_once(&mut self, is_so: impl Fn(&Session) -> bool) -> Session {
        loop {
            if let RelayBody::Session(session) = self.relayed().await
                && is_so(&session)
            {
                return session;
            }
        }
    }

    /// The first message of a session that is so; what is relayed before is passed over.
    pub async fn until(&mut self, is_so: impl Fn(&RelayBody) -> bool) -> RelayBody {
        loop {
            let body = self.relayed().await;
            if is_so(&body) {
                return body;
            }
        }
    }

    /// What is relayed until the hub has answered a ping: nothing, where nothing was on its way.
    pub async fn heard(&mut self) -> Vec<RelayBody> {
        self.send(Frame::Ping(Ping {})).await;
        let mut heard = Vec::new();
        loop {
            match self.receive().await {
                Some(Frame::Relay(relay)) => heard.push(relay.body.decode_relay().expect("a message of a session")),
                Some(Frame::Pong(_)) => return heard,
                Some(Frame::Data(data)) => self.send(Frame::Ack(Ack { received: data.seq })).await,
                Some(_) => {}
                None => panic!("closed"),
            }
        }
    }
}

pub const KEY: ConsentKey = ConsentKey::from_bytes([9; 16]);

pub fn piece(bytes: &[u8]) -> RelayBody {
    RelayBody::Mirror(MirrorPiece { at: 0, is_last: true, bytes: Bytes(bytes.to_vec()) })
}

pub const LIVE: RelayBody = RelayBody::Shown(Shown { is_live: true });
pub const GONE: RelayBody = RelayBody::Shown(Shown { is_live: false });

pub fn followed(desks: u32) -> RelayBody {
    RelayBody::Followed(Followed { desks, known: None })
}

pub fn answer(session: SessionId, key: Option<ConsentKey>) -> RelayBody {
    RelayBody::Answer(Answer { session, key })
}

pub fn join(session: SessionId, key: ConsentKey) -> RelayBody {
    RelayBody::Join(Join { session, key, visit: None })
}

/// A page with a visit of this number, which the desk knows.
pub async fn page_of(hub: &HubProcess, desk: &mut Client, visitor: u8, encoding: Encoding) -> (Client, VisitId) {
    let mut page = hub.socket(Some(SITE)).await;
    page.encoding = encoding;
    page.send(hello(visitor)).await;
    page.send(Frame::Data(Data { seq: 1, body: search(visitor, "sencha", encoding) })).await;
    let visit = desk.visit().await.visit;
    page.acknowledged(1).await;
    (page, visit)
}

/// A session that the visitor agreed to; everything that was told of it is read.
pub async fn live_session(page: &mut Client, desk: &mut Client, visit: VisitId, channel: Channel) -> SessionId {
    desk.relay(RelayBody::Offer(Offer { visit, channel, wish: Some(1) })).await;
    let (asked, offered) = (page.told().await, desk.told().await);
    assert_eq!((asked.stage, offered.stage, asked.session), (Stage::Offered, Stage::Offered, offered.session));
    page.relay(answer(asked.session, Some(KEY))).await;
    let (live, helped) = (page.told().await, desk.told().await);
    assert_eq!((live.stage, helped.stage), (Stage::Live, Stage::Live));
    assert_eq!((page.relayed().await, desk.relayed().await), (followed(1), LIVE));
    asked.session
}

#[tokio::test]
async fn a_session_is_offered_accepted_streamed_paused_and_ended_in_either_encoding() {
    for (encoding, visitor) in [(Encoding::Binary, 1), (Encoding::Json, 2)] {
        let hub = HubProcess::start();
        let mut desk = hub.live_now(AGENT).await;
        let (mut page, visit) = page_of(&hub, &mut desk, visitor, encoding).await;
        desk.relay(RelayBody::Offer(Offer { visit, channel: Channel::Chat, wish: Some(1) })).await;
        let asked = page.told().await;
        assert_eq!((asked.visit, asked.channel, asked.stage, asked.you), (visit, Channel::Chat, Stage::Offered, None));
        assert_eq!(asked.agents, [Agent { number: 1, name: "Aki Agent".into(), is_silent: false }]);
        let offered = desk.told().await;
        assert_eq!(Session { you: None, wish: None, ..offered.clone() }, asked, "both are told the same");
        assert_eq!(offered.you, Some(1));
        page.relay(piece(b"too early")).await;
        page.relay(answer(asked.session, Some(KEY))).await;
        assert_eq!((page.told().await.stage, page.relayed().await), (Stage::Live, followed(1)));
        assert_eq!((desk.told().await.stage, desk.relayed().await), (Stage::Live, LIVE));
        let bytes = vec![200; PIECE_LIMIT];
        page.relay(piece(&bytes)).await;
        assert_eq!(desk.relayed().await, piece(&bytes), "not what came before the visitor agreed");
        desk.relay(RelayBody::Refresh(Refresh { known: None })).await;
        assert_eq!(page.relayed().await, RelayBody::Refresh(Refresh { known: None }));
        for is_newer in [None, Some(true)] {
            let want = RelayBody::Want(Want { hash: AssetHash([7; 32]), is_newer });
            desk.relay(want.clone()).await;
            assert_eq!(page.relayed().await, want);
        }

        page.relay(RelayBody::Pause(Pause { is_paused: true })).await;
        page.relay(piece(b"by mistake")).await;
        page.relay(RelayBody::Pause(Pause { is_paused: false })).await;
        assert_eq!((desk.told().await.is_paused, desk.told().await.is_paused), (true, false));
        assert_eq!((page.told().await.is_paused, page.told().await.is_paused), (true, false));
        page.relay(piece(b"again")).await;
        assert_eq!(desk.relayed().await, piece(b"again"), "nothing of the pause");

        page.relay(RelayBody::End(End { reason: EndReason::Visitor })).await;
        for client in [&mut page, &mut desk] {
            let over = client.told().await;
            assert_eq!((over.stage, over.reason), (Stage::Ended, Some(EndReason::Visitor)));
        }
        page.relay(piece(b"too late")).await;
        assert_eq!(desk.heard().await, []);
    }
}

#[tokio::test]
async fn a_visitor_who_says_no_or_nobody_is_not_shared() {
    let hub = HubProcess::start();
    let mut desk = hub.live_now(AGENT).await;
    let (mut page, visit) = page_of(&hub, &mut desk, 1, Encoding::Binary).await;
    let offer = |visit| RelayBody::Offer(Offer { visit, channel: Channel::Voice, wish: None });
    desk.relay(offer(visit)).await;
    let session = page.told().await.session;
    desk.told().await;
    page.relay(answer(session, None)).await;
    assert_eq!(
        (page.told().await.reason, desk.told().await.reason),
        (Some(EndReason::Declined), Some(EndReason::Declined))
    );
    page.relay(answer(session, Some(KEY))).await;
    assert_eq!(page.told().await.stage, Stage::Ended, "too late");

    desk.relay(offer(visit)).await;
    let session = page.told().await.session;
    desk.told().await;
    desk.relay(RelayBody::End(End { reason: EndReason::Agent })).await;
    let withdrawn = Some(EndReason::Withdrawn);
    assert_eq!((page.told().await.reason, desk.told().await.reason), (withdrawn, withdrawn));
    page.relay(answer(session, Some(KEY))).await;
    assert_eq!(page.told().await.stage, Stage::Ended);

    desk.relay(offer(VisitId::from_bytes([1; 16]))).await;
    assert_eq!(desk.objection().await, Objection::NobodyThere, "a page's own id is no visit of the hub's");
    page.send(Frame::Bye(Bye {})).await;
    while page.receive().await.is_some() {}
    let begin = std::time::Instant::now();
    loop {
        desk.relay(offer(visit)).await;
        match desk.relayed().await {
            RelayBody::Refused(refused) => break assert_eq!(refused.objection, Objection::NobodyThere),
            _ => assert!(begin.elapsed().as_secs() < 5, "the page is gone"),
        }
    }
}

#[tokio::test]
async fn an_offer_reaches_all_tabs_and_the_one_that_answers_is_shared() {
    let hub = HubProcess::start();
    let mut desk = hub.live_now(AGENT).await;
    let (mut first, visit) = page_of(&hub, &mut desk, 1, Encoding::Binary).await;
    let mut second = hub.tab(1, 101).await;
    let mut stranger = hub.tab(2, 2).await;
    desk.relay(RelayBody::Offer(Offer { visit, channel: Channel::Voice, wish: None })).await;
    let asked = first.told().await;
    assert_eq!(second.told().await, asked);
    let mut third = hub.tab(1, 102).await;
    assert_eq!(third.told().await.session, asked.session, "a tab that opens while the visitor is asked asks him, too");
    desk.told().await;
    stranger.relay(answer(asked.session, Some(KEY))).await;
    assert_eq!((stranger.heard().await, desk.heard().await), (vec![], vec![]), "it was not asked");

    second.relay(answer(asked.session, Some(KEY))).await;
    for tab in [&mut first, &mut second, &mut third] {
        assert_eq!(tab.told().await.stage, Stage::Live);
    }
    assert_eq!((second.relayed().await, desk.told().await.stage), (followed(1), Stage::Live));
    assert_eq!(desk.relayed().await, LIVE);
    first.relay(piece(b"not this tab")).await;
    second.relay(piece(b"this tab")).await;
    assert_eq!(desk.relayed().await, piece(b"this tab"));

    let mut other = hub.desk(AGENT).await;
    other.relay(RelayBody::Offer(Offer { visit, channel: Channel::Voice, wish: None })).await;
    assert_eq!(other.objection().await, Objection::Busy);
    desk.relay(RelayBody::End(End { reason: EndReason::Agent })).await;
    for tab in [&mut first, &mut second, &mut third, &mut desk] {
        assert_eq!(tab.told().await.reason, Some(EndReason::Agent), "all that were asked are told");
    }
    assert_eq!(stranger.heard().await, []);
}

#[tokio::test]
async fn a_page_joins_with_the_key_and_with_nothing_else() {
    let hub = HubProcess::start();
    let mut desk = hub.live_now(AGENT).await;
    let (mut page, visit) = page_of(&hub, &mut desk, 1, Encoding::Binary).await;
    let session = live_session(&mut page, &mut desk, visit, Channel::Voice).await;
    let grant =
        |desk: u32| RelayBody::Decide(Decide { agent: desk, capability: Capability::Control, is_granted: true });
    desk.relay(request(Capability::Control)).await;
    assert!(page.told().await.request.is_some() && desk.told().await.request.is_some());
    page.relay(grant(1)).await;
    assert_eq!((page.told().await.grants.len(), desk.told().await.grants.len()), (1, 1));

    let mut thief = hub.tab(2, 2).await;
    thief.relay(join(session, ConsentKey::from_bytes([8; 16]))).await;
    thief.relay(join(SessionId::from_bytes([1; 16]), KEY)).await;
    for _ in 0..2 {
        let told = thief.told().await;
        assert_eq!(
            (told.stage, told.reason, told.agents.len()),
            (Stage::Ended, Some(EndReason::Lost), 0),
            "both look the same"
        );
    }
    thief.relay(piece(b"forged")).await;
    assert_eq!((thief.heard().await, desk.heard().await), (vec![], vec![]));

    page.relay(join(session, KEY)).await;
    assert_eq!((page.told().await.grants.len(), desk.heard().await), (1, vec![]), "it is the page already");

    // The site's other domain: another storage, so another visitor.
    let mut other = hub.tab(3, 3).await;
    other.relay(join(session, KEY)).await;
    assert_eq!((other.told().await.grants, other.relayed().await), (vec![], followed(1)));
    assert_eq!(page.relayed().await, followed(0));
    let mut heard = vec![desk.relayed().await, desk.relayed().await, desk.relayed().await];
    let session_told = heard.iter().position(|body| matches!(body, RelayBody::Session(told) if told.grants.is_empty()));
    heard.remove(session_told.expect("whoever comes back only looks on"));
    assert_eq!(heard, [GONE, LIVE]);
    page.relay(piece(b"the old page")).await;
    page.heard().await;
    other.relay(piece(b"the new page")).await;
    assert_eq!(desk.relayed().await, piece(b"the new page"));

    drop(other);
    let gone = [desk.relayed().await, desk.relayed().await];
    assert!(gone.contains(&GONE) && gone.iter().any(|body| matches!(body, RelayBody::Session(told) if !told.is_there)));
    page.relay(join(session, KEY)).await;
    assert_eq!((page.told().await.is_there, page.relayed().await), (true, followed(1)));
}

#[tokio::test]
async fn a_page_that_comes_back_hears_what_all_desks_have_of_it() {
    let hub = HubProcess::start();
    hub.add_agent("ota@example.com", "Ota", "live.view cobrowse.offer");
    let mut desk = hub.live_now(AGENT).await;
    let (mut page, visit) = page_of(&hub, &mut desk, 1, Encoding::Binary).await;
    let session = live_session(&mut page, &mut desk, visit, Channel::Voice).await;
    let mut ota = hub.desk("ota@example.com").await;
    ota.relay(RelayBody::Attend(Attend { session, is_silent: false, wish: None, known: None })).await;
    ota.until(|body| *body == LIVE).await;
    let (one, other) = (Some(Bytes(vec![5; 9])), Some(Bytes(vec![6; 9])));
    let cases = [
        ("both the same", [one.clone(), one.clone()], one.clone()),
        ("each something else", [one.clone(), other], None),
        ("nothing", [Some(Bytes::default()), Some(Bytes::default())], None),
        ("one of them does not say", [one.clone(), None], None),
    ];
    let known_is = |known: &Option<Bytes>| RelayBody::Refresh(Refresh { known: known.clone() });
    let mut source = 1;
    // Either the page is gone before it is back, or the hub learns that it was when it is.
    for is_seen_gone in [true, false] {
        for (case, said, known) in &cases {
            source += 1;
            let mut before = Some(std::mem::replace(&mut page, hub.tab(1, source).await));
            if is_seen_gone {
                before.take();
            } else {
                page.relay(join(session, KEY)).await;
            }
            for (desk, said) in [&mut desk, &mut ota].into_iter().zip(said) {
                desk.until(|body| *body == GONE).await;
                if said.is_some() {
                    desk.relay(known_is(said)).await;
                    desk.heard().await;
                }
            }
            if is_seen_gone {
                page.relay(join(session, KEY)).await;
            }
            let told = page.until(|body| matches!(body, RelayBody::Followed(_))).await;
            assert_eq!(
                told,
                RelayBody::Followed(Followed { desks: 2, known: known.clone() }),
                "{case}, {is_seen_gone}"
            );
        }
    }
    ota.relay(known_is(&one)).await;
    ota.heard().await;
    assert_eq!(page.heard().await, [], "what comes too late was told already");
    ota.relay(known_is(&one)).await;
    assert_eq!(page.relayed().await, known_is(&one), "what is asked for after that is not");
}

#[tokio::test]
async fn agents_come_and_go_and_a_supervisor_looks_on_in_silence() {
    let hub = HubProcess::start();
    hub.add_agent("sue@example.com", "Sue", "live.view cobrowse.supervise");
    hub.add_agent("ota@example.com", "Ota", "live.view cobrowse.offer");
    let mut desk = hub.live_now(AGENT).await;
    let (mut page, visit) = page_of(&hub, &mut desk, 1, Encoding::Binary).await;
    let session = live_session(&mut page, &mut desk, visit, Channel::Voice).await;
    let mut sue = hub.live_now("sue@example.com").await;
    let seen = sue.visit().await;
    assert_eq!((seen.is_shared, seen.session), (Some(true), Some(session)));
    sue.relay(RelayBody::Attend(Attend { session, is_silent: false, wish: None, known: None })).await;
    assert_eq!(sue.objection().await, Objection::NotPermitted);
    sue.relay(RelayBody::Attend(Attend { session, is_silent: true, wish: None, known: None })).await;
    let told = sue.told().await;
    assert_eq!((told.you, told.agents.len(), sue.relayed().await), (Some(2), 2, LIVE));
    let agents = page.told().await.agents;
    assert_eq!((agents[1].name.as_str(), agents[1].is_silent), ("Sue", true), "the visitor sees who looks on");
    assert_eq!((page.relayed().await, desk.told().await.agents.len()), (followed(2), 2));
    for body in
        [request(Capability::Control), RelayBody::Point(point(1)), RelayBody::End(End { reason: EndReason::Agent })]
    {
        sue.relay(body).await;
    }
    assert_eq!((sue.heard().await, page.heard().await, desk.heard().await), (vec![], vec![], vec![]));

    let mut ota = hub.desk("ota@example.com").await;
    let known = Some(Bytes(vec![5; 9]));
    ota.relay(RelayBody::Attend(Attend { session, is_silent: false, wish: None, known: known.clone() })).await;
    assert_eq!((ota.told().await.you, ota.relayed().await), (Some(3), LIVE));
    let told = RelayBody::Followed(Followed { desks: 3, known });
    assert_eq!((page.told().await.agents.len(), page.relayed().await), (3, told), "the page hears what he has");
    for desk in [&mut desk, &mut sue] {
        assert_eq!(desk.told().await.agents.len(), 3);
    }
    ota.relay(RelayBody::Point(Point { by: 77, ..point(5) })).await;
    let shown = RelayBody::Point(Point { by: 3, ..point(5) });
    for client in [&mut page, &mut desk, &mut sue] {
        assert_eq!(client.relayed().await, shown, "by the number that the hub knows");
    }
    page.relay(piece(b"for all")).await;
    for desk in [&mut desk, &mut sue, &mut ota] {
        assert_eq!(desk.relayed().await, piece(b"for all"));
    }
    desk.relay(RelayBody::Leave(Leave {})).await;
    assert_eq!(ota.told().await.agents.len(), 2);
    drop(ota);
    let begin = std::time::Instant::now();
    while sue.told().await.agents.len() != 1 {
        assert!(begin.elapsed().as_secs() < 5);
    }
    sue.relay(RelayBody::Leave(Leave {})).await;
    assert_eq!(desk.heard().await, [], "who left hears nothing");
}

#[tokio::test]
async fn an_agent_without_the_permission_and_one_of_another_tenant_find_nothing() {
    let hub = HubProcess::start();
    hub.add_agent("view@example.com", "View", "live.view");
    hub.add_agent("other@example.com", "Other", "live.view cobrowse.offer cobrowse.supervise cobrowse.record");
    hub.database().execute("UPDATE agent SET tenant = 'other' WHERE email = 'other@example.com'", []).expect("changed");
    let mut desk = hub.live_now(AGENT).await;
    let (mut page, visit) = page_of(&hub, &mut desk, 1, Encoding::Binary).await;
    let mut view = hub.desk("view@example.com").await;
    let mut other = hub.desk("other@example.com").await;
    let offer = RelayBody::Offer(Offer { visit, channel: Channel::Voice, wish: None });
    view.relay(offer.clone()).await;
    other.relay(offer).await;
    assert_eq!((view.objection().await, other.objection().await), (Objection::NotPermitted, Objection::NobodyThere));
    assert_eq!(page.heard().await, []);

    let session = live_session(&mut page, &mut desk, visit, Channel::Voice).await;
    for is_silent in [true, false] {
        let attend = RelayBody::Attend(Attend { session, is_silent, wish: None, known: None });
        view.relay(attend.clone()).await;
        other.relay(attend).await;
        assert_eq!(view.objection().await, Objection::NotPermitted);
        assert_eq!(other.told().await.reason, Some(EndReason::Lost), "as if there were none");
    }
    view.relay(RelayBody::MakeCode(MakeCode { visit: None, wish: None })).await;
    assert_eq!(view.objection().await, Objection::NotPermitted);
    view.send(watch(1)).await;
    let seen = view.visit().await;
    assert_eq!((seen.is_shared, seen.session), (Some(true), None), "he may see that, and not which");
    assert_eq!((page.heard().await, desk.heard().await), (vec![], vec![]));
}

#[tokio::test]
async fn a_desk_that_does_not_read_loses_pieces_gets_a_beginning_and_holds_nobody_up() {
    let hub = HubProcess::start();
    let mut desk = hub.live_now(AGENT).await;
    let (mut page, visit) = page_of(&hub, &mut desk, 1, Encoding::Binary).await;
    let session = live_session(&mut page, &mut desk, visit, Channel::Voice).await;
    let mut quick = hub.desk(AGENT).await;
    quick.relay(RelayBody::Attend(Attend { session, is_silent: false, wish: None, known: None })).await;
    assert_eq!((quick.told().await.you, quick.relayed().await), (Some(2), LIVE));
    let pieces = 1_500u32;
    for _ in 0..pieces / 100 {
        for _ in 0..100 {
            page.relay(piece(&[7; 8 * 1024])).await;
        }
        for _ in 0..100 {
            assert_eq!(quick.relayed().await, piece(&[7; 8 * 1024]), "who reads misses nothing");
        }
    }
    let mut read = 0;
    loop {
        match desk.relayed().await {
            RelayBody::Mirror(_) => read += 1,
            RelayBody::Shown(shown) => break assert!(shown.is_live),
            _ => {}
        }
    }
    assert!(read < pieces, "{read} of {pieces} pieces");
    let refresh = RelayBody::Refresh(Refresh { known: Some(Bytes(vec![1, 2, 3])) });
    desk.relay(refresh.clone()).await;
    while page.relayed().await != refresh {}
    page.relay(piece(b"a beginning")).await;
    for desk in [&mut desk, &mut quick] {
        assert_eq!(desk.relayed().await, piece(b"a beginning"));
    }
}

impl Client {
    pub async fn objection(&mut self) -> Objection {
        match self.relayed().await {
            RelayBody::Refused(refused) => refused.objection,
            other => panic!("not refused: {other:?}"),
        }
    }
}

impl HubProcess {
    /// A tab of a visitor, with a source of its own.
    pub async fn tab(&self, visitor: u8, source: u8) -> Client {
        let mut tab = self.socket(Some(SITE)).await;
        tab.send(hello_as(source, party(visitor))).await;
        assert!(matches!(tab.receive().await, Some(Frame::Welcome(_))));
        tab
    }
}

pub fn request(capability: Capability) -> RelayBody {
    RelayBody::Request(Request { agent: 0, capability, within: None, uses: None, seconds: None, proposes: None })
}

pub fn point(x: u32) -> Point {
    Point { by: 0, node: Some(4), x, y: 0, is_pressed: false }
}
