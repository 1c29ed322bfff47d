//! Golden files: the bytes of every frame in both encodings, which must never change by accident.
//!
//! `UPDATE_GOLDEN=1 cargo test --test protocol` writes new ones; a changed file is a changed protocol.

use std::fs;
use std::path::Path;

use alongside::protocol::cobrowse::*;
use alongside::protocol::conversation::{InboxBody, Talk, TalkBody};
use alongside::protocol::talk::{HubTalkBody, PageTalk, PageTalkBody};
use alongside::protocol::*;
use alongside::time::Timestamp;

use crate::conversation::{inboxes, talks};

/// Masked text has no public constructor: it comes in through the decoder, as from a peer.
fn masked(text: &str) -> MaskedText {
    let json = format!(
        r#"{{"journey":{{"visit":"{}","at":1,"kind":{{"searchPerformed":{{"term":"{text}"}}}}}}}}"#,
        "0".repeat(32)
    );
    match Payload::from_message(Message::Text(json)).decode() {
        Ok(Body::Journey(JourneyEvent { kind: JourneyKind::SearchPerformed(search), .. })) => search.term,
        other => panic!("{other:?}"),
    }
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(1_795_238_400_000 + seconds * 1_000)
}

fn session_event(reason: Option<EndReason>) -> SessionEvent {
    let (visit, session) = (VisitId::from_bytes([4; 16]), SessionId::from_bytes([6; 16]));
    SessionEvent { visit, at: at(1), session, channel: Channel::Chat, reason }
}

fn bodies() -> Vec<(&'static str, Body)> {
    let event = |kind| Body::Journey(JourneyEvent { visit: VisitId::from_bytes([4; 16]), at: at(1), kind });
    vec![
        (
            "page-viewed",
            event(JourneyKind::PageViewed(PageView {
                url: masked("https://shop.example/tea?q=sencha"),
                title: masked("煎茶 <Tea> 🍵"),
                referrer: Some(masked("https://search.example/")),
                language: Some(masked("ja")),
                width: Some(1_280),
                height: Some(800),
                is_automated: Some(true),
            })),
        ),
        ("search-performed", event(JourneyKind::SearchPerformed(Search { term: masked("sencha") }))),
        (
            "custom",
            event(JourneyKind::Custom(Custom {
                name: masked("tea_chosen"),
                attributes: vec![
                    Attribute { name: masked("kind"), value: AttributeValue::Text(masked("green")) },
                    Attribute {
                        name: masked("grams"),
                        value: AttributeValue::Number(Number::parse("-12.5e-3").expect("a number")),
                    },
                    Attribute { name: masked("gift"), value: AttributeValue::Flag(true) },
                ],
            })),
        ),
        ("forget", event(JourneyKind::Forget(Forget {}))),
        ("watch", Body::Watch(Watch { topic: Topic::Live })),
        ("live", Body::Live(live(None))),
        ("session-began", Body::Session(session_event(None))),
        ("session-over", Body::Session(session_event(Some(EndReason::Visitor)))),
        ("live-identity", Body::Live(live(Some(identity())))),
    ]
}

fn live(identity: Option<Identity>) -> LiveChange {
    LiveChange {
        now: at(9),
        is_reset: true,
        visits: vec![LiveVisit {
            visit: VisitId::from_bytes([4; 16]),
            visitor: VisitorId::from_bytes([5; 16]),
            url: masked("https://shop.example/tea"),
            title: masked("Tea"),
            page_views: 3,
            started: at(1),
            last_activity: at(8),
            search: Some(masked("sencha")),
            width: Some(390),
            is_automated: false,
            is_shared: Some(true),
            session: Some(SessionId::from_bytes([6; 16])),
            identity,
        }],
        gone: vec![VisitId::from_bytes([6; 16]), VisitId::from_bytes([7; 16])],
    }
}

/// With every field.
pub fn identity() -> Identity {
    Identity {
        subject: "C-1001".into(),
        name: Some("美香".into()),
        email: Some("mika@example.com".into()),
        how: Some("pwd, otp".into()),
        since: at(2),
        until: at(32),
    }
}

fn relayed() -> Vec<(&'static str, RelayBody)> {
    let visit = VisitId::from_bytes([4; 16]);
    let session = SessionId::from_bytes([0x0c; 16]);
    let key = ConsentKey::from_bytes([0x0d; 16]);
    let request = Request {
        agent: 1,
        capability: Capability::Control,
        within: Some(70),
        uses: Some(2),
        seconds: Some(120),
        proposes: Some(true),
    };
    let act = |number, action| {
        RelayBody::Act(Act { agent: 1, number, epoch: 3, node: 300, fingerprint: 0xfedc_ba98, action })
    };
    vec![
        ("followed", RelayBody::Followed(Followed { desks: 2, known: Some(Bytes(vec![1, 2])) })),
        ("refresh", RelayBody::Refresh(Refresh { known: Some(Bytes(Vec::new())) })),
        ("shown", RelayBody::Shown(Shown { is_live: true })),
        ("want", RelayBody::Want(Want { hash: AssetHash([9; 32]), is_newer: None })),
        ("want-newer", RelayBody::Want(Want { hash: AssetHash([9; 32]), is_newer: Some(true) })),
        ("mirror", RelayBody::Mirror(MirrorPiece { at: 1, is_last: true, bytes: Bytes(vec![0, 1, 254, 255]) })),
        ("offer", RelayBody::Offer(Offer { visit, channel: Channel::Messaging, wish: Some(4) })),
        ("make-code", RelayBody::MakeCode(MakeCode { visit: Some(visit), wish: None })),
        ("code", RelayBody::Code(Code { code: "031415".into(), expires_in: 600_000, wish: Some(4) })),
        ("use-code", RelayBody::UseCode(UseCode { code: "031 415".into(), visit: None, wish: Some(4) })),
        (
            "refused",
            RelayBody::Refused(Refused { objection: Objection::WrongCode, retry_after: Some(30_000), wish: Some(4) }),
        ),
        (
            "session",
            RelayBody::Session(Session {
                session,
                visit,
                channel: Channel::Chat,
                stage: Stage::Live,
                agents: vec![
                    Agent { number: 1, name: "葵 Aoi".into(), is_silent: false },
                    Agent { number: 2, name: "Ren".into(), is_silent: true },
                ],
                request: Some(request.clone()),
                grants: vec![Grant {
                    agent: 1,
                    capability: Capability::Navigation,
                    within: None,
                    uses: None,
                    expires_in: Some(60_000),
                    proposes: None,
                }],
                is_paused: false,
                is_there: true,
                ends_in: Some(20_000),
                reason: Some(EndReason::Idle),
                you: Some(1),
                wish: Some(4),
                is_hidden: None,
            }),
        ),
        (
            "session-hidden",
            RelayBody::Session(Session {
                session,
                visit,
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
                is_hidden: Some(true),
            }),
        ),
        ("answer", RelayBody::Answer(Answer { session, key: Some(key) })),
        ("join", RelayBody::Join(Join { session, key, visit: Some(visit) })),
        (
            "attend",
            RelayBody::Attend(Attend { session, is_silent: true, wish: Some(4), known: Some(Bytes(vec![1, 2])) }),
        ),
        ("leave", RelayBody::Leave(Leave {})),
        ("end", RelayBody::End(End { reason: EndReason::Visitor })),
        ("request", RelayBody::Request(request)),
        ("decide", RelayBody::Decide(Decide { agent: 1, capability: Capability::Control, is_granted: true })),
        ("revoke", RelayBody::Revoke(Revoke { agent: Some(1) })),
        ("pause", RelayBody::Pause(Pause { is_paused: true })),
        ("active", RelayBody::Active(Active { is_visible: true })),
        ("act-click", act(1, Action::Click(Click { x: 5_000, y: 10_000, count: 2 }))),
        ("act-type", act(2, Action::Type(Type { text: "緑茶".into() }))),
        ("act-press", act(3, Action::Press(Press { key: Key::Tab, is_shifted: true }))),
        ("act-fill", act(4, Action::Fill(Type { text: "2".into() }))),
        ("act-choose", act(5, Action::Choose(Choose { options: vec![0, 3] }))),
        ("act-scroll", act(6, Action::Scroll(Scroll { x: 0, y: 640 }))),
        ("act-go-back", act(7, Action::Go(Go::Through(Way::Back)))),
        ("act-go-address", act(8, Action::Go(Go::Address("/cart.html".into())))),
        ("done", RelayBody::Done(Done { agent: 1, number: 8, outcome: Outcome::OffSite })),
        ("point", RelayBody::Point(Point { by: 0, node: Some(300), x: 1, y: 9_999, is_pressed: true })),
        ("highlight", RelayBody::Highlight(Highlight { by: 1, node: Some(300) })),
        ("draw", RelayBody::Draw(Draw { by: 1, number: 5, tool: Tool::Arrow, points: vec![0, 0, 500_000, 1_000_000] })),
        ("erase", RelayBody::Erase(Erase { by: 1 })),
        ("probe", RelayBody::Probe(Probe { agent: 1, number: 9, latency: Some(8) })),
        (
            "masking",
            RelayBody::Masking(Masking {
                is_private: true,
                rules: vec![
                    MaskRule { mark: MaskMark::Mask, selector: "#name > b".into(), page: None },
                    MaskRule { mark: MaskMark::Show, selector: "h1".into(), page: Some("starts /account".into()) },
                ],
            }),
        ),
    ]
}

fn frames(encoding: Encoding) -> Vec<(&'static str, Frame)> {
    let hello = |party, resume| {
        Frame::Hello(Hello { version: VERSION, now: at(0), source: SourceId::from_bytes([1; 16]), party, resume })
    };
    let visitor = Party::Visitor(VisitorParty { deployment: "demo".into(), token: VisitorToken::from_bytes([2; 16]) });
    let mut frames = vec![
        ("hello-visitor", hello(visitor, None)),
        (
            "hello-agent",
            hello(
                Party::Agent(AgentParty { ticket: Ticket::from_bytes([3; 16]) }),
                Some(Resume { epoch: Epoch::from_bytes([8; 16]), received: 300 }),
            ),
        ),
        (
            "welcome",
            Frame::Welcome(Welcome {
                epoch: Epoch::from_bytes([8; 16]),
                received: 41,
                is_resumed: true,
                visitor: Some(VisitorId::from_bytes([5; 16])),
                heartbeat: 25_000,
            }),
        ),
        (
            "refusal",
            Frame::Refusal(Refusal {
                code: RefusalCode::Busy,
                reason: "too many \"connections\"\nfrom this address".into(),
                retry_after: Some(10_000),
            }),
        ),
        ("ack", Frame::Ack(Ack { received: u64::MAX })),
        ("nack", Frame::Nack(Nack { expected: 42 })),
        ("ping", Frame::Ping(Ping {})),
        ("pong", Frame::Pong(Pong {})),
        ("bye", Frame::Bye(Bye {})),
    ];
    for (index, (name, body)) in bodies().into_iter().enumerate() {
        frames.push((name, Frame::Data(Data { seq: index as u64 + 1, body: Payload::encode(&body, encoding) })));
    }
    for (name, body) in relayed() {
        frames.push((name, Frame::Relay(Relay { body: Payload::encode_relay(&body, encoding) })));
    }
    for (name, talk) in talks() {
        frames.push((name, Frame::Relay(Relay { body: Payload::encode_talk(&TalkBody::Talk(talk), encoding) })));
    }
    for (name, inbox) in inboxes() {
        frames.push((name, Frame::Relay(Relay { body: Payload::encode_inbox(&InboxBody::Inbox(inbox), encoding) })));
    }
    frames
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_frame_has_the_bytes_that_were_released() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/protocol/golden");
    for encoding in [Encoding::Binary, Encoding::Json] {
        for (name, frame) in frames(encoding) {
            let (file, text) = match frame.encode(encoding) {
                Message::Binary(bytes) => (format!("{name}.hex"), hex(&bytes)),
                Message::Text(text) => (format!("{name}.json"), text),
            };
            let path = folder.join(file);
            if std::env::var_os("UPDATE_GOLDEN").is_some() {
                fs::write(&path, format!("{text}\n")).expect("it can be written");
            }
            let golden = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert_eq!(golden.trim_end(), text, "{}", path.display());
        }
    }
}

#[test]
fn every_frame_and_body_is_read_back_as_it_was() {
    for encoding in [Encoding::Binary, Encoding::Json] {
        for (name, frame) in frames(encoding) {
            assert_eq!(Frame::decode(&frame.encode(encoding)).as_ref(), Ok(&frame), "{name} in {encoding:?}");
        }
        for (name, body) in bodies() {
            assert_eq!(Payload::encode(&body, encoding).decode(), Ok(body), "{name} in {encoding:?}");
        }
        for (name, body) in relayed() {
            assert_eq!(Payload::encode_relay(&body, encoding).decode_relay(), Ok(body), "{name} in {encoding:?}");
        }
        for (name, talk) in talks() {
            let payload = Payload::encode_talk(&TalkBody::Talk(talk.clone()), encoding);
            assert_eq!(payload.decode_talk(), Ok(TalkBody::Talk(talk.clone())), "{name} in {encoding:?}");
            let Ok(RelayBody::Talk(carried)) = payload.decode_relay() else { panic!("{name} is not carried") };
            assert_eq!(carried.as_talk().as_ref(), Ok(&talk), "{name} in {encoding:?}");
            let page = PageTalk::of(talk.clone()).map(PageTalkBody::Talk);
            let hub = payload.decode_hub_talk();
            assert_eq!(page.is_none() || matches!(talk, Talk::Typing(_)), hub.is_ok(), "who says {name}");
            if let Ok(HubTalkBody::Talk(said)) = hub {
                assert_eq!(Talk::from(said), talk, "{name} in {encoding:?}");
            }
            if let Some(page) = page {
                assert_eq!(Payload::encode_page_talk(&page, encoding), payload, "{name} in {encoding:?}");
            }
            assert_eq!(
                Payload::encode_relay(&RelayBody::Talk(carried), encoding),
                payload,
                "{name} is carried as it is"
            );
        }
        for (name, inbox) in inboxes() {
            let payload = Payload::encode_inbox(&InboxBody::Inbox(inbox.clone()), encoding);
            assert_eq!(payload.decode_inbox(), Ok(InboxBody::Inbox(inbox.clone())), "{name} in {encoding:?}");
            let Ok(RelayBody::Inbox(carried)) = payload.decode_relay() else { panic!("{name} is not carried") };
            assert_eq!(carried.as_inbox(), Ok(inbox), "{name} in {encoding:?}");
        }
    }
}

#[test]
fn fields_of_a_later_version_are_skipped() {
    let ack = Frame::Ack(Ack { received: 5 });
    let json = r#" { "ack" : { "later" : { "a":[1,{"b":"}\"]"}], "c":null }, "received" : 5 , "x": -1.5e3, "y":"é\u00e9" } } "#;
    assert_eq!(Frame::decode_text(json), Ok(ack.clone()));
    // ack (tag 5, sized) of 7 bytes: tag 1 = 5, tag 9 = varint 300, tag 8 = sized "a".
    let binary = [0x0b, 8, 0x02, 5, 0x12, 0xac, 0x02, 0x11, 1, b'a'];
    assert_eq!(Frame::decode_binary(&binary), Ok(ack));
}

#[test]
fn what_is_not_a_frame_is_refused_with_its_fault() {
    for (text, fault) in [
        ("", Malformed::Truncated),
        ("{", Malformed::Truncated),
        ("[]", Malformed::WrongKind),
        ("{}", Malformed::Unknown),
        (r#"{"warp":{}}"#, Malformed::Unknown),
        (r#"{"ack":{}}"#, Malformed::Missing { field: "received" }),
        (r#"{"ack":{"received":-1}}"#, Malformed::OutOfRange),
        (r#"{"ack":{"received":"1"}}"#, Malformed::WrongKind),
        (r#"{"ack":{"received":18446744073709551616}}"#, Malformed::OutOfRange),
        (r#"{"ack":{"received":1,"received":2}}"#, Malformed::Repeated),
        (r#"{"ack":{"received":1}}x"#, Malformed::Trailing),
        (r#"{"ack":{"received":1},"ack":{"received":1}}"#, Malformed::Repeated),
        (r#"{"ack":{"received":1,}}"#, Malformed::BadText),
    ] {
        assert_eq!(Frame::decode_text(text), Err(fault), "{text}");
    }
    let deep = format!(r#"{{"x":{}1{}}}"#, "[".repeat(40), "]".repeat(40));
    assert_eq!(Frame::decode_text(&deep), Err(Malformed::TooDeep));
    let long = "x".repeat(FRAME_LIMIT + 1);
    assert_eq!(Frame::decode_text(&long), Err(Malformed::Oversize { limit: FRAME_LIMIT }));
    for (bytes, fault) in [
        (&[][..], Malformed::Unknown),
        (&[0x0b], Malformed::Truncated),
        (&[0x0b, 2, 0x02], Malformed::Truncated),
        (&[0x0a, 1], Malformed::WrongKind),
        (&[0x0b, 2, 0x03, 0], Malformed::WrongKind),
        (&[0x0b, 11, 0x02, 255, 255, 255, 255, 255, 255, 255, 255, 255, 127], Malformed::OutOfRange),
    ] {
        assert_eq!(Frame::decode_binary(bytes), Err(fault), "{bytes:?}");
    }
}
