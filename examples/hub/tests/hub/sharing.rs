//! A visitor shares a page, and a desk follows it.

use alongside::protocol::*;

use crate::process::*;

impl Client {
    async fn relay(&mut self, body: RelayBody) {
        let body = Payload::encode_relay(&body, self.encoding);
        self.send(Frame::Relay(Relay { body })).await;
    }

    /// The next message of a shared page.
    async fn relayed(&mut self) -> RelayBody {
        loop {
            match self.receive().await {
                Some(Frame::Relay(relay)) => return relay.body.decode_relay().expect("a message of a shared page"),
                Some(Frame::Data(data)) => self.send(Frame::Ack(Ack { received: data.seq })).await,
                Some(_) => {}
                None => panic!("closed"),
            }
        }
    }

    async fn shared_visit(&mut self) -> (VisitId, bool) {
        let visit = self.visit().await;
        (visit.visit, visit.is_shared == Some(true))
    }
}

/// As a page sends it: by its own id.
fn share(visit: u8) -> RelayBody {
    RelayBody::Share(Share { visit: VisitId::from_bytes([visit; 16]) })
}

fn piece(bytes: &[u8]) -> RelayBody {
    RelayBody::Mirror(MirrorPiece { at: 0, is_last: true, bytes: Bytes(bytes.to_vec()) })
}

const LIVE: RelayBody = RelayBody::Shown(Shown { is_live: true });
const GONE: RelayBody = RelayBody::Shown(Shown { is_live: false });

fn followed(desks: u32) -> RelayBody {
    RelayBody::Followed(Followed { desks })
}

#[tokio::test]
async fn a_desk_follows_a_page_in_either_encoding_until_it_is_not_shared() {
    for (encoding, visitor) in [(Encoding::Binary, 1), (Encoding::Json, 2)] {
        let hub = HubProcess::start();
        let mut desk = hub.live_now(AGENT).await;
        let mut page = hub.socket(Some(SITE)).await;
        page.encoding = encoding;
        page.send(hello(visitor)).await;
        page.send(Frame::Data(Data { seq: 1, body: search(1, "sencha", encoding) })).await;
        let (visit, is_shared) = desk.shared_visit().await;
        assert!(!is_shared);
        page.relay(share(1)).await;
        assert_eq!(desk.shared_visit().await, (visit, true));

        desk.relay(RelayBody::Follow(Follow { visit })).await;
        assert_eq!((desk.relayed().await, page.relayed().await), (LIVE, followed(1)));
        let bytes = vec![200; PIECE_LIMIT];
        page.relay(piece(&bytes)).await;
        assert_eq!(desk.relayed().await, piece(&bytes));
        desk.relay(RelayBody::Refresh(Refresh {})).await;
        assert_eq!(page.relayed().await, RelayBody::Refresh(Refresh {}));
        page.relay(RelayBody::Unshare(Unshare {})).await;
        page.relay(piece(b"by mistake")).await;
        assert_eq!(desk.relayed().await, GONE);

        page.relay(share(1)).await;
        assert_eq!((desk.relayed().await, desk.relayed().await), (GONE, LIVE), "not what came by mistake");
        assert_eq!(page.relayed().await, followed(1));
        desk.relay(RelayBody::Unfollow(Unfollow {})).await;
        assert_eq!(page.relayed().await, followed(0));
    }
}

#[tokio::test]
async fn a_page_that_goes_without_a_word_is_not_shared_any_more_and_can_come_back() {
    let hub = HubProcess::start();
    let mut desk = hub.live_now(AGENT).await;
    let (mut page, _) = hub.visitor(1).await;
    page.send(data(1, 1, "sencha")).await;
    let (visit, _) = desk.shared_visit().await;
    desk.relay(RelayBody::Follow(Follow { visit })).await;
    assert_eq!(desk.relayed().await, GONE);
    page.relay(share(1)).await;
    assert_eq!((desk.relayed().await, desk.relayed().await), (GONE, LIVE));
    drop(page);
    assert_eq!(desk.relayed().await, GONE);
    let (mut page, _) = hub.visitor(1).await;
    page.relay(share(1)).await;
    assert_eq!((desk.relayed().await, desk.relayed().await), (GONE, LIVE));
    assert_eq!(page.relayed().await, followed(1));
}

#[tokio::test]
async fn an_agent_who_may_not_follow_sees_nothing_to_follow() {
    let hub = HubProcess::start();
    let database = rusqlite::Connection::open(hub.data.path().join("alongside.db")).expect("a database");
    database.execute("UPDATE agent SET permissions = 'live.view'", []).expect("less is permitted");
    let mut desk = hub.live_now(AGENT).await;
    let (mut page, _) = hub.visitor(1).await;
    page.send(data(1, 1, "sencha")).await;
    let (visit, _) = desk.shared_visit().await;
    page.relay(share(1)).await;
    desk.relay(RelayBody::Follow(Follow { visit })).await;
    assert_eq!(desk.relayed().await, GONE);
    // Had the page been told of a desk, it would say so before this.
    page.relay(share(2)).await;
    page.send(Frame::Ping(Ping {})).await;
    loop {
        match page.receive().await {
            Some(Frame::Pong(_)) => break,
            Some(Frame::Relay(relay)) => panic!("told: {relay:?}"),
            _ => {}
        }
    }
}

#[tokio::test]
async fn nobody_sends_what_is_the_others_to_send() {
    let hub = HubProcess::start();
    let visit = VisitId::from_bytes([1; 16]);
    for body in [RelayBody::Follow(Follow { visit }), RelayBody::Refresh(Refresh {}), LIVE, followed(1)] {
        let (mut page, _) = hub.visitor(1).await;
        page.relay(body).await;
        assert_eq!(page.refusal().await.code, RefusalCode::Malformed);
    }
    for body in [share(1), piece(b"<script>"), LIVE, followed(1)] {
        let mut desk = hub.live_now(AGENT).await;
        desk.relay(body).await;
        assert_eq!(desk.refusal().await.code, RefusalCode::Malformed);
    }
    let (mut page, _) = hub.visitor(1).await;
    let body = Payload::from_message(Message::Binary(vec![0xff; 8]));
    page.send(Frame::Relay(Relay { body })).await;
    assert_eq!(page.refusal().await.code, RefusalCode::Malformed);
}
