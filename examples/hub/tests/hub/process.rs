//! Starts a hub, speaks frames to it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use alongside::protocol::*;
use alongside::time::Timestamp;
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Message as Socket, client::IntoClientRequest};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// The development login; its password is `alongside`.
pub const AGENT: &str = "agent@example.com";

pub const SITE: &str = "http://shop.test";

pub struct HubProcess {
    child: Child,
    flags: Vec<&'static str>,
    pub port: u16,
    pub data: tempfile::TempDir,
}

impl Drop for HubProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The hub beside this test: cargo builds it first. (Its own variable for that has a hyphen, which some shells drop.)
pub fn binary() -> PathBuf {
    let test = std::env::current_exe().expect("a path");
    test.ancestors().nth(2).expect("target/debug").join("alongside-hub")
}

fn start(data: &Path, port: u16, flags: &[&str]) -> (Child, u16) {
    let mut child = Command::new(binary())
        .args(["--port", &port.to_string(), "--allow-origin", SITE, "--data"])
        .arg(data)
        .args(flags)
        .env("RUST_LOG", "off")
        .stdout(Stdio::piped())
        .spawn()
        .expect("the hub starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("it says where it is");
    let port = line.trim().rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    (child, port)
}

impl HubProcess {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    pub fn start_with(flags: &[&'static str]) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let (child, port) = start(data.path(), 0, flags);
        Self { child, flags: flags.to_vec(), port, data }
    }

    /// kill -9, then the same hub again.
    pub fn kill_and_restart(&mut self) {
        self.kill_and_restart_with(&self.flags.clone());
    }

    pub fn kill_and_restart_with(&mut self, flags: &[&'static str]) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
        (self.child, self.port) = start(self.data.path(), self.port, flags);
        self.flags = flags.to_vec();
    }

    /// kill -9, then something happens to the data, then the same hub again.
    pub fn kill_and_restart_after(&mut self, happens: impl FnOnce(&Self)) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
        happens(self);
        (self.child, self.port) = start(self.data.path(), self.port, &self.flags);
    }

    /// SIGTERM; the exit code.
    pub fn terminate(&mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill runs").success());
        self.child.wait().expect("it ends").code()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.port)
    }

    pub async fn socket(&self, origin: Option<&str>) -> Client {
        let stream = TcpStream::connect(("localhost", self.port)).await.expect("the hub listens");
        self.socket_over(stream, origin).await
    }

    pub async fn socket_over(&self, stream: TcpStream, origin: Option<&str>) -> Client {
        let mut request = format!("ws://localhost:{}/v1/link", self.port).into_client_request().expect("an address");
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().expect("a header"));
        }
        let stream = MaybeTlsStream::Plain(stream);
        let (socket, _) = tokio_tungstenite::client_async(request, stream).await.expect("the hub takes sockets");
        Client { socket, encoding: Encoding::Binary, closed: None }
    }

    pub async fn sign_in(&self, email: &str, password: &str) -> (u16, serde_json::Value) {
        let login = serde_json::json!({ "email": email, "password": password });
        let request = reqwest::Client::new().post(self.url("/api/agent/login")).json(&login);
        let answer = request.send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.expect("JSON"))
    }

    /// A ticket for an agent's socket.
    pub async fn ticket(&self, email: &str) -> Ticket {
        self.ticket_of(&self.token(email).await).await
    }

    async fn ticket_of(&self, token: &str) -> Ticket {
        let request = reqwest::Client::new().post(self.url("/api/agent/ticket")).bearer_auth(token);
        let answer: serde_json::Value = request.send().await.expect("an answer").json().await.expect("JSON");
        answer["ticket"].as_str().and_then(|ticket| ticket.parse().ok()).expect("a ticket")
    }

    /// An agent's desk that watches who is on the site.
    pub async fn live_now(&self, email: &str) -> Client {
        let ticket = self.ticket(email).await;
        let mut desk = self.socket(Some(&self.url(""))).await;
        desk.send(hello_as(200, Party::Agent(AgentParty { ticket }))).await;
        assert!(matches!(desk.receive().await, Some(Frame::Welcome(_))));
        desk.send(watch(1)).await;
        desk
    }

    /// A desk that hears of nothing but sessions.
    pub async fn desk(&self, email: &str) -> Client {
        self.desk_of(&self.token(email).await).await
    }

    /// The same, by the token of an agent's session.
    pub async fn desk_of(&self, token: &str) -> Client {
        let ticket = self.ticket_of(token).await;
        let mut desk = self.socket(Some(&self.url(""))).await;
        desk.send(hello_as(200, Party::Agent(AgentParty { ticket }))).await;
        assert!(matches!(desk.receive().await, Some(Frame::Welcome(_))));
        desk
    }

    /// One more agent of the tenant `demo`, with the same password.
    pub fn add_agent(&self, email: &str, name: &str, permissions: &str) {
        let database = self.database();
        let add = "INSERT INTO agent (email, tenant, name, password, permissions)
                   SELECT ?1, tenant, ?2, password, ?3 FROM agent WHERE email = 'agent@example.com'";
        database.execute(add, [email, name, permissions]).expect("one more agent");
    }

    pub fn database(&self) -> rusqlite::Connection {
        let database = rusqlite::Connection::open(self.data.path().join("alongside.db")).expect("a database");
        database.busy_timeout(Duration::from_secs(10)).expect("it waits for the hub");
        database
    }

    /// The token of an agent's session.
    pub async fn token(&self, email: &str) -> String {
        let (_, session) = self.sign_in(email, "alongside").await;
        session["token"].as_str().expect("a session").to_owned()
    }

    /// A visitor who comes from an address of his own: limits go by addresses, and this machine has many.
    pub async fn visitor_from_afar(&self, name: u8) -> Client {
        let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
        socket.bind(format!("127.0.1.{name}:0").parse().expect("an address")).expect("this machine has it");
        let hub = format!("127.0.0.1:{}", self.port).parse().expect("an address");
        let stream = socket.connect(hub).await.expect("the hub listens");
        let mut client = self.socket_over(stream, Some(SITE)).await;
        client.send(hello(name)).await;
        match client.receive().await {
            Some(Frame::Welcome(_)) => client,
            other => panic!("not welcome: {other:?}"),
        }
    }

    /// A visitor's link that is welcome; what the hub has of it.
    pub async fn visitor(&self, name: u8) -> (Client, Welcome) {
        let mut client = self.socket(Some(SITE)).await;
        client.send(hello(name)).await;
        match client.receive().await {
            Some(Frame::Welcome(welcome)) => (client, welcome),
            other => panic!("not welcome: {other:?}"),
        }
    }
}

pub struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub encoding: Encoding,
    /// The code with which the hub closed.
    pub closed: Option<u16>,
}

impl Client {
    pub async fn send(&mut self, frame: Frame) {
        // The hub may have closed already: the test looks at what it said.
        let _ = self.try_send(frame).await;
    }

    pub async fn send_raw(&mut self, message: Socket) {
        let _ = self.socket.send(message).await;
    }

    /// An error when the hub has closed.
    pub async fn try_send(&mut self, frame: Frame) -> Result<(), tokio_tungstenite::tungstenite::Error> {
        let message = match frame.encode(self.encoding) {
            Message::Binary(bytes) => Socket::Binary(bytes.into()),
            Message::Text(text) => Socket::Text(text.into()),
        };
        self.socket.send(message).await
    }

    /// The next frame; `None` when the hub closed.
    pub async fn receive(&mut self) -> Option<Frame> {
        loop {
            let next =
                tokio::time::timeout(Duration::from_secs(10), self.socket.next()).await.expect("an answer in 10 s");
            match next {
                Some(Ok(Socket::Binary(bytes))) => return Some(Frame::decode_binary(&bytes).expect("a frame")),
                Some(Ok(Socket::Text(text))) => return Some(Frame::decode_text(&text).expect("a frame")),
                Some(Ok(Socket::Close(frame))) => {
                    self.closed = frame.map(|frame| frame.code.into());
                    return None;
                }
                Some(Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    pub async fn refusal(&mut self) -> Refusal {
        loop {
            match self.receive().await {
                Some(Frame::Refusal(refusal)) => {
                    assert_eq!(self.receive().await, None, "after a refusal the hub closes");
                    return refusal;
                }
                Some(_) => {}
                None => panic!("closed without a word"),
            }
        }
    }

    /// The next visit that this desk is told of.
    pub async fn visit(&mut self) -> LiveVisit {
        loop {
            let Some(Frame::Data(data)) = self.receive().await else { continue };
            self.send(Frame::Ack(Ack { received: data.seq })).await;
            let Ok(Body::Live(mut change)) = data.body.decode() else { panic!("not live: {data:?}") };
            assert!(change.visits.len() < 2, "one at a time");
            if let Some(visit) = change.visits.pop() {
                return visit;
            }
        }
    }

    /// Waits until everything up to `seq` is acknowledged.
    pub async fn acknowledged(&mut self, seq: u64) {
        loop {
            match self.receive().await {
                Some(Frame::Ack(ack)) if ack.received >= seq => return,
                Some(_) => {}
                None => panic!("closed before {seq} was acknowledged"),
            }
        }
    }
}

pub fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    Timestamp::from_millis(since.as_millis() as u64)
}

pub fn party(name: u8) -> Party {
    Party::Visitor(VisitorParty { deployment: "demo".into(), token: VisitorToken::from_bytes([name; 16]) })
}

pub fn hello_as(source: u8, party: Party) -> Frame {
    Frame::Hello(Hello {
        version: VERSION,
        now: now(),
        source: SourceId::from_bytes([source; 16]),
        party,
        resume: None,
    })
}

pub fn hello(name: u8) -> Frame {
    hello_as(name, party(name))
}

/// A desk's wish to see who is on the site.
pub fn watch(seq: u64) -> Frame {
    let body = Payload::encode(&Body::Watch(Watch { topic: Topic::Live }), Encoding::Binary);
    Frame::Data(Data { seq, body })
}

pub fn search(visit: u8, term: &str, encoding: Encoding) -> Payload {
    search_at(visit, term, now(), encoding)
}

/// A search for `term`, made as JSON: masked text comes in through the decoder only.
pub fn search_at(visit: u8, term: &str, at: Timestamp, encoding: Encoding) -> Payload {
    let (visit, at) = (VisitId::from_bytes([visit; 16]), at.as_millis());
    let json =
        format!(r#"{{"journey":{{"visit":"{visit}","at":{at},"kind":{{"searchPerformed":{{"term":"{term}"}}}}}}}}"#);
    let body = Payload::from_message(Message::Text(json)).decode().expect("a body");
    Payload::encode(&body, encoding)
}

pub fn data(seq: u64, visit: u8, term: &str) -> Frame {
    Frame::Data(Data { seq, body: search(visit, term, Encoding::Binary) })
}
