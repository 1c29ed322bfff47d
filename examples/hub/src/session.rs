//! One client's connection, whatever carries it.
//!
//! A transport gives messages in and takes messages out; everything between, from the greeting to the last acknowledgement, is
//! here and nowhere else.

use std::collections::VecDeque;
use std::time::Duration;

use alongside::link::{Acceptor, AcceptorOutput};
use alongside::protocol::conversation::{InboxBody, TalkBody};
use alongside::protocol::{
    Body, Data, Encoding, Epoch, FRAME_LIMIT, Frame, Hello, JourneyEvent, JourneyKind, Malformed, Message, Party,
    Payload, Refusal, RefusalCode, RelayBody, SourceId, VERSION, VisitId, VisitorId, VisitorToken,
};
use alongside::time::Timestamp;
use sha2::Digest;
use tokio::sync::{mpsc, watch};

use crate::clock;
use crate::cobrowse::{Desk, Page};
use crate::conversation::{self, Attendant, Talker};
use crate::hub::Hub;
use crate::live::{COALESCE, Watch};
use crate::random;
use crate::store::{Access, Ingest, Ingested, Store, TenantId, ThreadOf};
use crate::way::Cut;

/// A client must greet within this time.
pub const HANDSHAKE: Duration = Duration::from_secs(5);

/// How often a client gives a sign of life.
const HEARTBEAT: Duration = Duration::from_secs(25);

/// Most events of one client that are being stored.
const STORING: usize = 256;

/// What a transport received; an error for what it could not take in, such as a message above its limit.
pub type Received = Result<Message, Malformed>;

/// How a session ended, for transports that can tell the other side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The client left, or was silent for too long.
    Left,
    /// The hub stops.
    Stopping,
    /// The client was refused; it was told why.
    Refused(RefusalCode),
}

/// Where a connection comes from.
#[derive(Clone, Debug, Default)]
pub struct Origin(pub Option<String>);

/// A client's part in sessions and conversations.
enum Part<S: Store> {
    Page(Box<Page<S>>, Talker),
    Desk(Box<Desk<S>>, Attendant),
}

impl<S: Store> Part<S> {
    async fn hear(&mut self, body: RelayBody) -> Result<(), Malformed> {
        match (self, body) {
            (Self::Page(_, talker), RelayBody::Talk(talk)) => talker.hear(talk.as_talk()?).await,
            (Self::Desk(_, attendant), RelayBody::Inbox(inbox)) => attendant.hear(inbox.as_inbox()?).await,
            (Self::Page(page, _), body) => page.hear(body).await,
            (Self::Desk(desk, _), body) => desk.hear(body).await,
        }
    }

    /// What the client is to be told next; cancel safe.
    async fn next(&mut self, encoding: Encoding) -> Result<Payload, Cut> {
        match self {
            Self::Page(page, talker) => tokio::select! {
                body = page.next() => body.map(|body| Payload::encode_relay(&body, encoding)),
                talk = talker.next() => talk.map(|talk| Payload::encode_talk(&TalkBody::Talk(talk), encoding)),
            },
            Self::Desk(desk, attendant) => tokio::select! {
                body = desk.next() => body.map(|body| Payload::encode_relay(&body, encoding)),
                inbox = attendant.next() => inbox.map(|inbox| Payload::encode_inbox(&InboxBody::Inbox(inbox), encoding)),
            },
        }
    }
}

/// Who a client turned out to be.
enum Peer {
    Visitor { tenant: TenantId, deployment: String, visitor: VisitorId, source: SourceId, behind: i64 },
    Agent { access: Access },
}

/// The public id of whoever has the token; the token cannot be found from it.
pub fn visitor_id(deployment: &str, token: VisitorToken) -> VisitorId {
    let mut digest = sha2::Sha256::new();
    digest.update(b"alongside visitor");
    digest.update(deployment);
    digest.update([0]);
    digest.update(token.as_bytes());
    let digest = digest.finalize();
    VisitorId::from_bytes(std::array::from_fn(|index| digest[index]))
}

/// The hub's own id of a visitor's visit: pages choose ids, so two visitors could choose the same.
pub(crate) fn visit_id(visitor: VisitorId, visit: VisitId) -> VisitId {
    let digest = sha2::Sha256::new().chain_update(visitor.as_bytes()).chain_update(visit.as_bytes()).finalize();
    VisitId::from_bytes(std::array::from_fn(|index| digest[index]))
}

/// A refusal with a reason for the site's developers.
pub fn refusal(code: RefusalCode, reason: impl Into<String>) -> Refusal {
    Refusal { code, reason: reason.into(), retry_after: None }
}

/// The refusal for a message that is not a frame.
fn malformed(error: Malformed) -> Refusal {
    match error {
        Malformed::Oversize { limit } if limit == FRAME_LIMIT => {
            refusal(RefusalCode::Oversize, format!("a frame is larger than {FRAME_LIMIT} bytes: split it"))
        }
        error => refusal(RefusalCode::Malformed, format!("this is not a frame of protocol version {VERSION}: {error}")),
    }
}

/// Serves one client until either side ends. `outgoing` being dropped tells the transport to close.
pub async fn serve<S: Store>(
    hub: &Hub<S>,
    origin: Origin,
    mut incoming: mpsc::Receiver<Received>,
    outgoing: mpsc::Sender<Message>,
) -> End {
    let mut encoding = Encoding::Binary;
    let end = async {
        let first = tokio::time::timeout(HANDSHAKE, incoming.recv())
            .await
            .map_err(|_| refusal(RefusalCode::Handshake, "no hello came within 5 seconds of opening the connection"))?;
        let Some(first) = first else { return Ok(End::Left) };
        let first = first.map_err(malformed)?;
        encoding = first.encoding();
        let hello = match Frame::decode(&first).map_err(malformed)? {
            Frame::Hello(hello) => hello,
            _ => return Err(refusal(RefusalCode::Handshake, "the first frame must be a hello")),
        };
        let (peer, acceptor) = admit(hub, &origin, &hello).await?;
        let _place = match &peer {
            Peer::Visitor { visitor, .. } => Some(hub.limits.connect_visitor(*visitor).ok_or_else(|| Refusal {
                retry_after: Some(10_000),
                ..refusal(RefusalCode::Busy, "too many connections of this visitor")
            })?),
            Peer::Agent { .. } => None,
        };
        let superseded = match &peer {
            Peer::Visitor { source, .. } => Some(hub.supersede(*source)),
            Peer::Agent { .. } => None,
        };
        let part = match &peer {
            Peer::Visitor { tenant, deployment, visitor, .. } => {
                let talker = Talker::open(hub.clone(), tenant.clone(), *visitor);
                Part::Page(Box::new(Page::open(hub.clone(), tenant.clone(), deployment.clone(), *visitor)), talker)
            }
            Peer::Agent { access } => {
                let attendant = Attendant::open(hub.clone(), access.clone());
                Part::Desk(Box::new(Desk::open(hub.clone(), access.clone())), attendant)
            }
        };
        Connection {
            hub,
            peer,
            part,
            acceptor,
            encoding,
            outgoing: &outgoing,
            watch: None,
            untold: VecDeque::new(),
            refused: None,
        }
        .run(&hello, &mut incoming, superseded)
        .await
    }
    .await;
    match end {
        Ok(end) => end,
        Err(refusal) => {
            let code = refusal.code;
            tracing::info!(code = code.as_str(), reason = refusal.reason, "refused");
            // Who left meanwhile is not told.
            let _ = outgoing.send(Frame::Refusal(refusal).encode(encoding)).await;
            End::Refused(code)
        }
    }
}

/// Takes a greeting and what follows it in one go; returns when all of it is kept.
///
/// # Errors
/// The refusal that a connection would have been told.
pub async fn deliver<S: Store>(hub: &Hub<S>, origin: &Origin, messages: &[Message]) -> Result<(), Refusal> {
    let mut frames = messages.iter().map(|message| Frame::decode(message).map_err(malformed));
    let Some(Frame::Hello(hello)) = frames.next().transpose()? else {
        return Err(refusal(RefusalCode::Handshake, "the first frame must be a hello"));
    };
    let (Peer::Visitor { tenant, visitor, source, behind, .. }, _) = admit(hub, origin, &hello).await? else {
        return Err(refusal(RefusalCode::Malformed, "only visitors' pages deliver without a connection"));
    };
    for frame in frames {
        let only_events = || refusal(RefusalCode::Malformed, "only events can be delivered without a connection");
        let Frame::Data(Data { seq, body }) = frame? else { return Err(only_events()) };
        let Body::Journey(mut event) = body.decode().map_err(malformed)? else { return Err(only_events()) };
        event.visit = visit_id(visitor, event.visit);
        let at = hub_time(event.at, behind);
        let ingest = Ingest { tenant: tenant.clone(), visitor, source, seq, at, event: event.clone() };
        match hub.store.ingest(ingest).await {
            Ok(Ingested::New | Ingested::Duplicate) => tell(hub, &tenant, visitor, &event),
            Ok(Ingested::Gap) => return Err(refusal(RefusalCode::Malformed, "a number before this one is missing")),
            Err(error) => {
                tracing::error!(%error, "an event was not stored");
                let busy = refusal(RefusalCode::Busy, "the hub cannot store events now");
                return Err(Refusal { retry_after: Some(2_000), ..busy });
            }
        }
    }
    Ok(())
}

/// Checks who greets, and takes up what is known of him.
async fn admit<S: Store>(hub: &Hub<S>, origin: &Origin, hello: &Hello) -> Result<(Peer, Acceptor), Refusal> {
    if hello.version != VERSION {
        return Err(refusal(
            RefusalCode::Version,
            format!(
                "this hub speaks protocol version {VERSION}, the page's SDK version {}: load the SDK from this hub, or \
                 update the npm package",
                hello.version
            ),
        ));
    }
    let busy =
        |_| Refusal { retry_after: Some(2_000), ..refusal(RefusalCode::Busy, "the hub cannot read its data now") };
    let epoch = Epoch::from_bytes(random::bytes());
    match &hello.party {
        Party::Visitor(party) => {
            let tenant = hub.tenant_of(&party.deployment, origin).await?;
            let visitor = visitor_id(&party.deployment, party.token);
            let received =
                hub.store.received(&tenant, hello.source, visitor).await.map_err(busy)?.ok_or_else(|| {
                    refusal(RefusalCode::Credentials, "this source belongs to another visitor: begin a new one")
                })?;
            let behind = clock::wall().as_millis() as i64 - i64::try_from(hello.now.as_millis()).unwrap_or(i64::MAX);
            let deployment = party.deployment.clone();
            let peer = Peer::Visitor { tenant, deployment, visitor, source: hello.source, behind };
            Ok((peer, Acceptor::new(epoch, received, HEARTBEAT)))
        }
        Party::Agent(party) => {
            if origin.0.as_ref().is_some_and(|origin| !hub.own_origins.contains(origin)) {
                return Err(refusal(RefusalCode::Deployment, "desks connect from the hub's own origin only"));
            }
            let access =
                hub.store.redeem_ticket(party.ticket, clock::wall()).await.map_err(busy)?.ok_or_else(|| {
                    refusal(
                        RefusalCode::Credentials,
                        "this ticket was used or is older than 30 seconds: fetch another one",
                    )
                })?;
            Ok((Peer::Agent { access }, Acceptor::new(epoch, 0, HEARTBEAT)))
        }
        _ => Err(refusal(RefusalCode::Malformed, "this hub does not know that kind of client")),
    }
}

struct Connection<'a, S: Store> {
    hub: &'a Hub<S>,
    peer: Peer,
    part: Part<S>,
    acceptor: Acceptor,
    encoding: Encoding,
    outgoing: &'a mpsc::Sender<Message>,
    watch: Option<Watch>,
    /// What the desk is to be told once it has acknowledged some of the rest; nothing is added before it is empty.
    untold: VecDeque<Payload>,
    /// What the acceptor refused the client for.
    refused: Option<RefusalCode>,
}

impl<S: Store> Connection<'_, S> {
    async fn run(
        mut self,
        hello: &Hello,
        incoming: &mut mpsc::Receiver<Received>,
        mut superseded: Option<watch::Receiver<()>>,
    ) -> Result<End, Refusal> {
        let visitor = match &self.peer {
            Peer::Visitor { visitor, .. } => Some(*visitor),
            Peer::Agent { .. } => None,
        };
        let (stored, mut storing) = mpsc::channel(STORING);
        self.acceptor.handle_hello(hello.resume.clone(), visitor, clock::now());
        loop {
            self.tell_more();
            if !self.drain(&stored).await? {
                return Ok(self.refused.map_or(End::Left, End::Refused));
            }
            let deadline = self.acceptor.poll_timeout().map_or_else(clock::far, clock::until);
            tokio::select! {
                message = incoming.recv() => {
                    let Some(message) = message else { return Ok(End::Left) };
                    let frame = message.and_then(|message| Frame::decode(&message)).map_err(malformed)?;
                    self.acceptor.handle_frame(frame, clock::now());
                }
                Some(seq) = storing.recv() => {
                    match seq {
                        Some(seq) => self.acceptor.handle_stored(seq),
                        None => return Err(Refusal {
                            retry_after: Some(2_000),
                            ..refusal(RefusalCode::Busy, "the hub cannot store events now; they are kept by the page")
                        }),
                    }
                }
                () = news(&mut self.watch, &self.peer), if self.untold.is_empty() => self.tell_news().await,
                body = self.part.next(self.encoding) => self.acceptor.relay(body.map_err(cut)?),
                () = tokio::time::sleep_until(deadline) => self.acceptor.handle_timeout(clock::now()),
                () = changed(&mut superseded) => {
                    return Err(refusal(RefusalCode::Superseded, "the same source connected again elsewhere"));
                }
                () = self.hub.stopping() => return Ok(End::Stopping),
            }
        }
    }

    /// Does what the acceptor wants; false when the connection is over.
    async fn drain(&mut self, stored: &mpsc::Sender<Option<u64>>) -> Result<bool, Refusal> {
        while let Some(output) = self.acceptor.poll_output() {
            match output {
                AcceptorOutput::Send(frame) => {
                    if let Frame::Refusal(refusal) = &frame {
                        self.refused = Some(refusal.code);
                    }
                    if self.outgoing.send(frame.encode(self.encoding)).await.is_err() {
                        return Ok(false);
                    }
                }
                AcceptorOutput::Store(data) => self.accept(data, stored).await?,
                AcceptorOutput::Relayed(payload) => {
                    self.part.hear(payload.decode_relay().map_err(malformed)?).await.map_err(malformed)?;
                }
                AcceptorOutput::Close => return Ok(false),
            }
        }
        Ok(true)
    }

    async fn accept(&mut self, data: Data, stored: &mpsc::Sender<Option<u64>>) -> Result<(), Refusal> {
        match (&self.peer, data.body.decode().map_err(malformed)?) {
            (Peer::Visitor { tenant, visitor, source, behind, .. }, Body::Journey(mut event)) => {
                event.visit = visit_id(*visitor, event.visit);
                let at = hub_time(event.at, *behind);
                let ingest =
                    Ingest { tenant: tenant.clone(), visitor: *visitor, source: *source, seq: data.seq, at, event };
                self.store(ingest, stored.clone()).await;
                Ok(())
            }
            (Peer::Agent { .. }, Body::Watch(_)) => {
                self.watch = Some(self.hub.live.watch());
                self.acceptor.handle_stored(data.seq);
                Ok(())
            }
            _ => Err(refusal(RefusalCode::Malformed, "this kind of payload is not for this kind of client to send")),
        }
    }

    /// Stores while more comes in. Jobs reach the writer in the order in which they are made.
    async fn store(&self, ingest: Ingest, stored: mpsc::Sender<Option<u64>>) {
        let Ok(place) = stored.reserve_owned().await else { return };
        let (hub, event, tenant) = (self.hub.clone(), ingest.event.clone(), ingest.tenant.clone());
        let (visitor, seq) = (ingest.visitor, ingest.seq);
        let mut work = Box::pin(async move { hub.store.ingest(ingest).await.map(|kept| (hub, kept)) });
        // The first poll hands the job to the writer, so the order is kept; the rest waits elsewhere.
        let first = std::future::poll_fn(|context| std::task::Poll::Ready(work.as_mut().poll(context))).await;
        let finish = move |result: Result<(Hub<S>, Ingested), _>| match result {
            Ok((hub, Ingested::New | Ingested::Duplicate)) => {
                tell(&hub, &tenant, visitor, &event);
                place.send(Some(seq));
            }
            Ok((_, Ingested::Gap)) => {
                tracing::error!(seq, "a number before this one is missing");
                place.send(None);
            }
            Err(error) => {
                tracing::error!(%error, "an event was not stored");
                place.send(None);
            }
        };
        match first {
            std::task::Poll::Ready(result) => finish(result),
            std::task::Poll::Pending => {
                tokio::spawn(async move { finish(work.await) });
            }
        }
    }

    /// Sends as much of what is untold as the link takes.
    fn tell_more(&mut self) {
        while let Some(change) = self.untold.front() {
            if self.acceptor.send(change.clone(), clock::now()).is_err() {
                return;
            }
            self.untold.pop_front();
        }
    }

    async fn tell_news(&mut self) {
        let (Some(watch), Peer::Agent { access }) = (&mut self.watch, &self.peer) else { return };
        let session = |visit| self.hub.sessions.of_visit(&access.tenant, visit);
        match watch.collect(access, &self.hub.store, session, self.encoding, clock::wall()).await {
            Ok(changes) => self.untold.extend(changes),
            Err(error) => tracing::error!(%error, "cannot read who is on the site"),
        }
    }
}

/// The refusal for a connection that its session lets go.
fn cut(cut: Cut) -> Refusal {
    let (reason, retry_after) = match cut {
        Cut::Slow => ("this connection is too slow for its session", 1_000),
        Cut::Unreadable => ("the hub cannot read its data now", 2_000),
    };
    Refusal { retry_after: Some(retry_after), ..refusal(RefusalCode::Busy, reason) }
}

/// Resolves when there is news for a desk, a moment after the first of it.
async fn news(watch: &mut Option<Watch>, peer: &Peer) {
    match (watch, peer) {
        (Some(watch), Peer::Agent { access }) => {
            watch.wait(access).await;
            tokio::time::sleep(COALESCE).await;
        }
        _ => std::future::pending().await,
    }
}

async fn changed(superseded: &mut Option<watch::Receiver<()>>) {
    match superseded {
        // The sender is gone only when somebody else took its place, or with the hub.
        Some(superseded) => drop(superseded.changed().await),
        None => std::future::pending().await,
    }
}

fn tell<S: Store>(hub: &Hub<S>, tenant: &TenantId, visitor: VisitorId, event: &JourneyEvent) {
    if matches!(event.kind, JourneyKind::Forget(_)) {
        hub.live.forget(tenant);
        hub.sessions.forget(tenant, visitor);
        conversation::forgotten(hub, ThreadOf { tenant: tenant.clone(), visitor });
    } else {
        hub.live.tell(tenant, event.visit);
    }
}

/// An event's time by the hub's clock: never in the future.
fn hub_time(at: Timestamp, behind: i64) -> Timestamp {
    let corrected = Timestamp::from_millis(at.as_millis().saturating_add_signed(behind));
    corrected.min(clock::wall())
}
