//! Signed requests between the hub and other systems of the customer's, both ways.
//!
//! A `POST` of JSON with `X-Alongside-Signature: v1=` and in hexadecimal HMAC-SHA256, under a secret that both know, over the value of
//! `X-Alongside-Timestamp` (seconds since 1970), a full stop and the body. Who receives it compares the signature, and refuses what is
//! older than some minutes. What may come more than once has the same `X-Alongside-Delivery` then.

use std::time::Duration;

use alongside::time::Timestamp;
use axum::http::HeaderMap;
use hmac::{Hmac, Mac};

use crate::clock;

/// Shortest secret, in bytes.
const SECRET: usize = 16;

/// What was signed longer ago, or so long ahead, is refused.
const AGE: Duration = Duration::from_secs(300);

/// A secret that the hub and another system know.
#[derive(Clone)]
pub struct Secret(Vec<u8>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// A secret of at least 16 bytes, without white space around it.
    ///
    /// # Errors
    /// What is wrong with it, for who runs the hub.
    pub fn new(secret: &[u8]) -> Result<Self, String> {
        let secret = secret.trim_ascii();
        if secret.len() < SECRET {
            return Err("the secret has less than 16 bytes".into());
        }
        Ok(Self(secret.to_vec()))
    }

    /// Whether somebody who knows it sent this body now.
    pub fn has_signed(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> bool {
        let text = |name| headers.get(name)?.to_str().ok();
        let (Some(timestamp), Some(signature)) = (text("x-alongside-timestamp"), text("x-alongside-signature")) else {
            return false;
        };
        let signature = signature.strip_prefix("v1=").and_then(bytes_of);
        let is_recent =
            timestamp.parse::<u64>().is_ok_and(|seconds| seconds.abs_diff(now.as_millis() / 1_000) <= AGE.as_secs());
        // The comparison takes the same time wherever they differ.
        is_recent && signature.is_some_and(|signature| self.mac(timestamp, body).verify_slice(&signature).is_ok())
    }

    fn signature(&self, timestamp: &str, body: &str) -> String {
        let mac = self.mac(timestamp, body.as_bytes()).finalize().into_bytes();
        mac.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn mac(&self, timestamp: &str, body: &[u8]) -> Hmac<sha2::Sha256> {
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&self.0).expect("a key of any length");
        mac.update(timestamp.as_bytes());
        mac.update(b".");
        mac.update(body);
        mac
    }
}

/// What was written in hexadecimal.
fn bytes_of(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// Where another system takes requests, and what they are signed with.
#[derive(Clone, Debug)]
pub struct Target {
    url: reqwest::Url,
    secret: Secret,
}

/// Why a request was not answered as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswered {
    /// For the log.
    pub reason: String,
    /// Whether it may be answered another time.
    pub is_passing: bool,
}

impl Target {
    /// A system that takes requests at `url`: HTTPS, or HTTP on this machine.
    ///
    /// # Errors
    /// What is wrong with the address or the secret, for who runs the hub.
    pub fn new(url: &str, secret: &[u8]) -> Result<Self, String> {
        let parsed: reqwest::Url = url.parse().map_err(|error| format!("{url}: {error}"))?;
        let is_here = matches!(parsed.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if parsed.scheme() != "https" && !(parsed.scheme() == "http" && is_here) {
            return Err(format!("{url}: what is sent is about visitors, so it goes by https only"));
        }
        Ok(Self { url: parsed, secret: Secret::new(secret)? })
    }

    /// Sends a body; the answer, of at most `limit` bytes.
    ///
    /// # Errors
    /// [`Unanswered`] where it is not a success.
    pub async fn post(
        &self,
        client: &reqwest::Client,
        delivery: &str,
        body: String,
        limit: usize,
    ) -> Result<Vec<u8>, Unanswered> {
        let timestamp = (clock::wall().as_millis() / 1_000).to_string();
        let request = client
            .post(self.url.clone())
            .header("content-type", "application/json")
            .header("x-alongside-delivery", delivery)
            .header("x-alongside-signature", format!("v1={}", self.secret.signature(&timestamp, &body)))
            .header("x-alongside-timestamp", timestamp)
            .body(body);
        // The address may hold what only the two systems know.
        let lost = |error: reqwest::Error| Unanswered { reason: error.without_url().to_string(), is_passing: true };
        let mut answer = request.send().await.map_err(lost)?;
        let status = answer.status();
        if !status.is_success() {
            let is_passing = status.is_server_error() || matches!(status.as_u16(), 408 | 425 | 429);
            return Err(Unanswered { reason: format!("answered {status}"), is_passing });
        }
        let mut read = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(lost)? {
            if read.len() + chunk.len() > limit {
                return Err(Unanswered { reason: format!("answered more than {limit} bytes"), is_passing: false });
            }
            read.extend_from_slice(&chunk);
        }
        Ok(read)
    }
}

/// Who sends requests to other systems, each within `limit`. What answers with another address would get the request without having the
/// secret, so nobody is followed.
///
/// # Errors
/// Where this machine has no way to encrypt.
pub fn client(limit: Duration) -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder().timeout(limit).redirect(reqwest::redirect::Policy::none()).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    // HMAC-SHA256 of `1795238400.{"event":"cobrowse.started"}`, as OpenSSL computes it.
    const SIGNATURE: &str = "0a54bf35db711d3151d39a3b14ed1de1e3ab773404fc659124ad0182bdec1f8b";
    const BODY: &str = r#"{"event":"cobrowse.started"}"#;

    #[test]
    fn a_signature_is_over_time_and_body() {
        let secret = Secret::new(b"a secret of some length").expect("long enough");
        assert_eq!(secret.signature("1795238400", BODY), SIGNATURE);
    }

    #[test]
    fn who_knows_the_secret_is_heard_for_some_minutes() {
        let secret = Secret::new(b"a secret of some length\n").expect("long enough");
        let at = |second: u64| Timestamp::from_millis(second * 1_000);
        let headers = |timestamp: &str, signature: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("x-alongside-timestamp", timestamp.parse().expect("a header"));
            headers.insert("x-alongside-signature", signature.parse().expect("a header"));
            headers
        };
        let signed = headers("1795238400", &format!("v1={SIGNATURE}"));
        assert!(secret.has_signed(&signed, BODY.as_bytes(), at(1_795_238_400)));
        assert!(secret.has_signed(&signed, BODY.as_bytes(), at(1_795_238_700)));
        assert!(!secret.has_signed(&signed, BODY.as_bytes(), at(1_795_238_701)), "too old");
        assert!(!secret.has_signed(&signed, BODY.as_bytes(), at(1_795_238_099)), "ahead of time");
        assert!(!secret.has_signed(&signed, b"{}", at(1_795_238_400)), "another body");
        assert!(!secret.has_signed(&HeaderMap::new(), BODY.as_bytes(), at(1_795_238_400)));
        for (timestamp, signature) in [
            ("1795238401", format!("v1={SIGNATURE}")),
            ("1795238400", SIGNATURE.to_owned()),
            ("1795238400", format!("v1={}", &SIGNATURE[..62])),
            ("1795238400", "v1=".to_owned()),
            ("1795238400", format!("v1={}x", &SIGNATURE[..63])),
            ("now", format!("v1={SIGNATURE}")),
        ] {
            let headers = headers(timestamp, &signature);
            assert!(!secret.has_signed(&headers, BODY.as_bytes(), at(1_795_238_400)), "{timestamp} {signature}");
        }
    }

    #[test]
    fn requests_go_by_https_or_stay_on_the_machine() {
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
