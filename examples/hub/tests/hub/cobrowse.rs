//! A visitor shares his page with agents, who look on and help.

use alongside::protocol::cobrowse::*;
use alongside::protocol::*;

use crate::process::*;

impl Client {
    pub async fn relay(&mut self, body: RelayBody) {
        let body = Payload::encode_relay(&body, self.encoding);
        self.send(Frame::Relay(Relay { body })).await;
    }

    /// The next message of a session.
    pub async fn relayed(&mut self) -> RelayBody {
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
    RelayBody::Followed(Followed { desks })
}

pub fn answer(session: SessionId, key: Option<ConsentKey>) -> RelayBody {
    RelayBody::Answer(Answer { session, key })
}

pub fn join(session: SessionId, key: ConsentKey) -> RelayBody {
    RelayBody::Join(Join { session, key })
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
        desk.relay(RelayBody::Refresh(Refresh {})).await;
        assert_eq!(page.relayed().await, RelayBody::Refresh(Refresh {}));
        let want = RelayBody::Want(Want { hash: AssetHash([7; 32]) });
        desk.relay(want.clone()).await;
        assert_eq!(page.relayed().await, want);

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
