//! Tells another system of sessions: started, ended, granted, revoked.
//!
//! A `POST` of JSON with `X-Alongside-Signature: v1=` and in hexadecimal HMAC-SHA256, under the secret, over the value of
//! `X-Alongside-Timestamp` (seconds since 1970), a full stop and the body. Who receives it compares the signature, and refuses what is
//! older than some minutes. Notices come in order, each perhaps more than once: `X-Alongside-Delivery` is the same then. Nobody waits for
//! the other system: what it does not take in time is lost, and logged.

use std::time::Duration;

use alongside::cobrowse::Entry;
use alongside::protocol::SourceId;
use alongside::time::Timestamp;
use hmac::{Hmac, Mac};
use tokio::sync::mpsc;

use crate::store::{Begun, SessionChange};
use crate::{clock, random};

/// Notices that wait; more are lost.
const QUEUE: usize = 1_024;

/// The other system has so long to answer.
const ANSWER: Duration = Duration::from_secs(10);

/// Waits between tries; then a notice is lost.
const WAITS: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(4),
    Duration::from_secs(15),
    Duration::from_secs(60),
    Duration::from_secs(240),
];

/// Where notices go.
#[derive(Clone, Debug)]
pub struct Target {
    url: reqwest::Url,
    secret: Vec<u8>,
}

impl Target {
    /// A system that takes notices at `url`: HTTPS, or HTTP on this machine.
    ///
    /// # Errors
    /// What is wrong with the address or the secret, for who runs the hub.
    pub fn new(url: &str, secret: &[u8]) -> Result<Self, String> {
        let parsed: reqwest::Url = url.parse().map_err(|error| format!("{url}: {error}"))?;
        let is_here = matches!(parsed.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if parsed.scheme() != "https" && !(parsed.scheme() == "http" && is_here) {
            return Err(format!("{url}: notices name visitors, so they go by https only"));
        }
        let secret = secret.trim_ascii();
        if secret.len() < 16 {
            return Err("the secret has less than 16 bytes".into());
        }
        Ok(Self { url: parsed, secret: secret.to_vec() })
    }
}

/// The way to the other system, where there is one.
#[derive(Clone, Debug, Default)]
pub struct Webhooks(Option<mpsc::Sender<Notice>>);

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Notice {
    body: String,
}

impl Notice {
    /// What an entry of a session's record is to the other system, if anything.
    pub(super) fn of(entry: &Entry, session: &SessionChange, begun: &Begun, at: Timestamp) -> Option<Self> {
        let event = match entry.what {
            "accepted" => "cobrowse.started",
            "ended" => "cobrowse.ended",
            "granted" => "cobrowse.granted",
            "revoked" | "gave-back" => "cobrowse.revoked",
            _ => return None,
        };
        let about: serde_json::Map<_, _> =
            entry.about.iter().map(|(name, value)| ((*name).to_owned(), value.clone().into())).collect();
        let body = serde_json::json!({
            "event": event,
            "at": at.as_millis(),
            "tenant": session.tenant.0,
            "session": session.session.to_string(),
            "visit": begun.visit.to_string(),
            "visitor": begun.visitor.to_string(),
            "channel": begun.channel.as_str(),
            "by": entry.by,
            "about": about,
        });
        Some(Self { body: body.to_string() })
    }
}

impl Webhooks {
    /// Sends notices to a system from now on.
    pub fn start(target: Target) -> Self {
        let (sender, queue) = mpsc::channel(QUEUE);
        tokio::spawn(deliver(target, queue));
        Self(Some(sender))
    }

    pub(super) fn tell(&self, notice: Notice) {
        if let Some(queue) = &self.0
            && queue.try_send(notice).is_err()
        {
            tracing::error!("a notice was lost: the system that --webhook names does not take them");
        }
    }
}

async fn deliver(target: Target, mut queue: mpsc::Receiver<Notice>) {
    // What answers with another address would get the notice without having the secret.
    let client = reqwest::Client::builder().timeout(ANSWER).redirect(reqwest::redirect::Policy::none()).build();
    let client = match client {
        Ok(client) => client,
        Err(error) => return tracing::error!(%error, "no notices can be sent"),
    };
    while let Some(notice) = queue.recv().await {
        let delivery = SourceId::from_bytes(random::bytes()).to_string();
        let mut waits = WAITS.iter();
        while let Err(reason) = post(&client, &target, &delivery, &notice).await {
            match waits.next() {
                Some(wait) => {
                    tracing::warn!(reason, "a notice was not taken: it is sent again");
                    tokio::time::sleep(*wait).await;
                }
                None => {
                    tracing::error!(reason, "a notice was lost");
                    break;
                }
            }
        }
    }
}

async fn post(client: &reqwest::Client, target: &Target, delivery: &str, notice: &Notice) -> Result<(), String> {
    let timestamp = (clock::wall().as_millis() / 1_000).to_string();
    let request = client
        .post(target.url.clone())
        .header("content-type", "application/json")
        .header("x-alongside-delivery", delivery)
        .header("x-alongside-signature", format!("v1={}", signature(&target.secret, &timestamp, &notice.body)))
        .header("x-alongside-timestamp", timestamp)
        .body(notice.body.clone());
    // The address may hold what only the two systems know.
    let answer = request.send().await.map_err(|error| error.without_url().to_string())?;
    if answer.status().is_success() { Ok(()) } else { Err(format!("answered {}", answer.status())) }
}

fn signature(secret: &[u8], timestamp: &str, body: &str) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret).expect("a key of any length");
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_over_time_and_body() {
        // HMAC-SHA256 of `1795238400.{"event":"cobrowse.started"}`, as OpenSSL computes it.
        assert_eq!(
            signature(b"a secret of some length", "1795238400", r#"{"event":"cobrowse.started"}"#),
            "0a54bf35db711d3151d39a3b14ed1de1e3ab773404fc659124ad0182bdec1f8b"
        );
    }

    #[test]
    fn notices_go_by_https_or_stay_on_the_machine() {
        let secret = b"0123456789abcdef\n";
        for (url, is_fine) in [
            ("https://crm.example/hook?token=1", true),
            ("http://localhost:9000/hook", true),
            ("http://127.0.0.1/hook", true),
            ("http://crm.example/hook", false),
            ("http://localhost.evil.example/", false),
            ("ftp://localhost/", false),
            ("crm.example", false),
        ] {
            assert_eq!(Target::new(url, secret).is_ok(), is_fine, "{url}");
        }
        assert!(Target::new("https://crm.example/", b"short\n\n\n\n\n\n\n\n\n\n\n\n").is_err());
    }
}
