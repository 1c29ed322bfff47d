//! How a deployment's tokens are checked, as a document.

use std::time::Duration;

use jsonwebtoken::Algorithm;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, JwkSet};
use serde::{Deserialize, Serialize};
use url::Url;

/// Longest document, in bytes.
pub const RULES_LIMIT: usize = 64 * 1024;

/// Most keys of a set.
pub const KEYS: usize = 32;

/// Longest text of a document, in bytes.
const TEXT: usize = 512;

/// Shortest secret, in bytes: as long as what HS256 makes of it.
const SECRET: usize = 32;

/// Longest secret, in bytes.
const SECRET_LIMIT: usize = 1_024;

/// Most kinds of sign-in that are strong.
const STRONG: usize = 16;

/// Why a document is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadRules {
    /// It is no JSON of that form.
    #[error(
        "the body is {{\"identity\": {{\"issuer\", \"audience\", \"algorithms\", \"keys\" or \"keysUrl\" or \"secret\", \"idleMinutes\", \"maxAgeMinutes\", \"stepUp\", \"code\"}}}}"
    )]
    Form,
    /// A text is empty or longer than 512 bytes.
    #[error("issuer, audience and the like have 1 to 512 bytes")]
    Text,
    /// There is none, or one is named twice.
    #[error("algorithms are one or more of RS256, ES256, EdDSA, HS256, each once")]
    Algorithms,
    /// A token could be checked with what is meant for another algorithm.
    #[error("HS256 goes with a secret and with nothing else; all others go with keys or keysUrl")]
    Mixed,
    /// It is too short or too long.
    #[error("a secret has 32 to 1,024 bytes")]
    Secret,
    /// A key cannot be used, or two have the same name.
    #[error("keys are 1 to 32 public keys (RSA of 2,048 bits or more, P-256, Ed25519), each with a kid of its own")]
    Keys,
    /// It is no https address, or has a user or a fragment.
    #[error("keysUrl and code.tokenUrl are https addresses without user and fragment")]
    Url,
    /// A number is out of its range.
    #[error("idleMinutes is 1 to 1,440, maxAgeMinutes 1 to 1,440, stepUp.maxAgeMinutes 1 to 1,440")]
    Minutes,
    /// Too many kinds of sign-in.
    #[error("stepUp.acr has at most 16 texts")]
    Acr,
}

/// How a deployment's tokens are checked.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IdentityRules {
    /// The token's `iss`.
    pub(super) issuer: String,
    /// What its `aud` must name.
    pub(super) audience: String,
    algorithms: Vec<Accepted>,
    /// Public keys, as they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    keys: Option<JwkSet>,
    /// Where they are fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    keys_url: Option<String>,
    /// Shared with who signs. Never told to anybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<Secret>,
    /// After so many minutes without activity a visitor is not verified any more.
    #[serde(default = "half_an_hour")]
    idle_minutes: u32,
    /// A token that was issued longer ago is refused.
    #[serde(default = "an_hour")]
    max_age_minutes: u32,
    #[serde(default)]
    step_up: StepUp,
    /// Where pages' codes are exchanged for tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<CodeExchange>,
}

/// An OpenID provider's token endpoint.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CodeExchange {
    token_url: String,
    client_id: String,
    /// Of a client that has one. Never told to anybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<Secret>,
}

impl CodeExchange {
    pub(super) fn token_url(&self) -> &str {
        &self.token_url
    }

    pub(super) fn client_id(&self) -> &str {
        &self.client_id
    }

    pub(super) fn client_secret(&self) -> Option<&str> {
        self.client_secret.as_ref().map(|secret| secret.0.as_str())
    }
}

/// What a sign-in must be that an agent asked for.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct StepUp {
    /// The token's `acr` is one of these; empty: it may be any.
    #[serde(default)]
    acr: Vec<String>,
    /// Its `auth_time` is not longer ago; absent: it may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    max_age_minutes: Option<u32>,
}

/// A way to sign that is taken: no other one ever is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Accepted {
    #[serde(rename = "RS256")]
    Rs256,
    #[serde(rename = "ES256")]
    Es256,
    #[serde(rename = "EdDSA")]
    EdDsa,
    #[serde(rename = "HS256")]
    Hs256,
}

impl Accepted {
    const fn algorithm(self) -> Algorithm {
        match self {
            Self::Rs256 => Algorithm::RS256,
            Self::Es256 => Algorithm::ES256,
            Self::EdDsa => Algorithm::EdDSA,
            Self::Hs256 => Algorithm::HS256,
        }
    }
}

/// A secret that no log has.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// What a token's signature is checked with.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source<'a> {
    Secret(&'a [u8]),
    Keys(&'a JwkSet),
    Url(&'a str),
}

/// The body of a request or an answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body<T> {
    identity: T,
}

/// Whether a secret is kept, for who asks.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    #[serde(flatten)]
    rules: IdentityRules,
    has_secret: bool,
}

impl IdentityRules {
    /// Reads what an agent sent, or what [`Self::written`] wrote.
    ///
    /// # Errors
    /// [`BadRules`].
    pub fn read(text: &str) -> Result<Self, BadRules> {
        let rules = Self::parse(text)?;
        rules.is_good(rules.secret.is_some()).map(|()| rules)
    }

    /// As [`Self::read`]; where it names no secret but needs one, that of `kept` stays.
    ///
    /// # Errors
    /// [`BadRules`].
    pub fn read_over(text: &str, kept: Option<&Self>) -> Result<Self, BadRules> {
        let mut rules = Self::parse(text)?;
        if rules.secret.is_none() && rules.algorithms.contains(&Accepted::Hs256) {
            rules.secret = kept.and_then(|kept| kept.secret.clone());
        }
        if let (Some(code), Some(before)) = (&mut rules.code, kept.and_then(|kept| kept.code.as_ref()))
            && code.client_secret.is_none()
            && code.client_id == before.client_id
        {
            code.client_secret = before.client_secret.clone();
        }
        rules.is_good(rules.secret.is_some()).map(|()| rules)
    }

    fn parse(text: &str) -> Result<Self, BadRules> {
        if text.len() > RULES_LIMIT {
            return Err(BadRules::Form);
        }
        serde_json::from_str::<Body<Self>>(text).map(|body| body.identity).map_err(|_| BadRules::Form)
    }

    /// For the store: with the secret.
    pub fn written(&self) -> String {
        // Plain data: it is always JSON.
        serde_json::to_string(&Body { identity: self }).unwrap_or_default()
    }

    /// For who asks: without the secret.
    pub fn told(&self) -> serde_json::Value {
        let code = self.code.clone().map(|code| CodeExchange { client_secret: None, ..code });
        let rules = Self { secret: None, code, ..self.clone() };
        serde_json::json!({ "identity": Told { rules, has_secret: self.secret.is_some() } })
    }

    fn is_good(&self, has_secret: bool) -> Result<(), BadRules> {
        let is_text = |text: &str| (1..=TEXT).contains(&text.len());
        if !is_text(&self.issuer) || !is_text(&self.audience) || !self.step_up.acr.iter().all(|acr| is_text(acr)) {
            return Err(BadRules::Text);
        }
        let is_once = |at: usize| !self.algorithms[..at].contains(&self.algorithms[at]);
        if self.algorithms.is_empty() || !(0..self.algorithms.len()).all(is_once) {
            return Err(BadRules::Algorithms);
        }
        // Never both: a public key must not become a secret that everybody knows.
        let is_shared = self.algorithms == [Accepted::Hs256];
        let has_keys = self.keys.is_some() != self.keys_url.is_some();
        let is_alone = match is_shared {
            true => has_secret && self.keys.is_none() && self.keys_url.is_none(),
            false => !has_secret && has_keys && !self.algorithms.contains(&Accepted::Hs256),
        };
        if !is_alone {
            return Err(BadRules::Mixed);
        }
        if self.secret.as_ref().is_some_and(|secret| !(SECRET..=SECRET_LIMIT).contains(&secret.0.len())) {
            return Err(BadRules::Secret);
        }
        if self.keys.as_ref().is_some_and(|keys| !are_keys(keys)) {
            return Err(BadRules::Keys);
        }
        if self.keys_url.as_ref().is_some_and(|url| !is_address(url)) {
            return Err(BadRules::Url);
        }
        if let Some(code) = &self.code {
            let is_secret = code.client_secret().is_none_or(|secret| (1..=SECRET_LIMIT).contains(&secret.len()));
            if !is_text(&code.client_id) || !is_secret {
                return Err(BadRules::Text);
            }
            if !is_address(&code.token_url) {
                return Err(BadRules::Url);
            }
        }
        let minutes = [self.idle_minutes, self.max_age_minutes, self.step_up.max_age_minutes.unwrap_or(1)];
        if !minutes.iter().all(|minutes| (1..=1_440).contains(minutes)) {
            return Err(BadRules::Minutes);
        }
        if self.step_up.acr.len() > STRONG {
            return Err(BadRules::Acr);
        }
        Ok(())
    }

    pub(super) fn accepts(&self, algorithm: Algorithm) -> bool {
        self.algorithms.iter().any(|accepted| accepted.algorithm() == algorithm)
    }

    pub(super) fn source(&self) -> Option<Source<'_>> {
        let secret = self.secret.as_ref().map(|secret| Source::Secret(secret.0.as_bytes()));
        secret.or(self.keys.as_ref().map(Source::Keys)).or(self.keys_url.as_deref().map(Source::Url))
    }

    pub(super) fn idle(&self) -> Duration {
        minutes(self.idle_minutes)
    }

    pub(super) fn max_age(&self) -> Duration {
        minutes(self.max_age_minutes)
    }

    /// Whether a sign-in of that kind is as strong as an agent may want it. Where nothing is said of that, none is above the others.
    pub(super) fn is_strong(&self, acr: Option<&str>) -> bool {
        acr.is_some_and(|acr| self.step_up.acr.iter().any(|strong| strong == acr))
    }

    /// Whether it is what an agent may ask for, at a moment in Unix seconds.
    pub(super) fn meets_step_up(&self, acr: Option<&str>, auth_time: Option<u64>, now: u64) -> bool {
        let is_recent = self
            .step_up
            .max_age_minutes
            .is_none_or(|most| auth_time.is_some_and(|time| now.saturating_sub(time) <= minutes(most).as_secs()));
        is_recent && (self.step_up.acr.is_empty() || self.is_strong(acr))
    }
}

/// Whether all of them can be used, and told apart.
pub(super) fn are_keys(set: &JwkSet) -> bool {
    let name = |key: &Jwk| key.common.key_id.clone().filter(|id| (1..=TEXT).contains(&id.len()));
    let names: std::collections::HashSet<_> = set.keys.iter().filter_map(name).collect();
    (1..=KEYS).contains(&set.keys.len())
        && (names.len() == set.keys.len() || set.keys.len() == 1)
        && set.keys.iter().all(is_key)
}

/// Whether a key is public, and strong enough.
pub(super) fn is_key(key: &Jwk) -> bool {
    use jsonwebtoken::jwk::EllipticCurve;
    let is_strong = match &key.algorithm {
        // Base64 of 256 bytes.
        AlgorithmParameters::RSA(parameters) => (342..=1_400).contains(&parameters.n.len()),
        AlgorithmParameters::EllipticCurve(parameters) => parameters.curve == EllipticCurve::P256,
        AlgorithmParameters::OctetKeyPair(parameters) => parameters.curve == EllipticCurve::Ed25519,
        // A secret is none that a set of public keys may have.
        _ => false,
    };
    is_strong && jsonwebtoken::DecodingKey::from_jwk(key).is_ok()
}

fn is_address(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    // Whether one without TLS may be asked is for who runs the hub to say: `Keys`.
    address.len() <= TEXT && is_plain && url.has_host() && matches!(url.scheme(), "https" | "http")
}

const fn minutes(count: u32) -> Duration {
    Duration::from_secs(count as u64 * 60)
}

const fn half_an_hour() -> u32 {
    30
}

const fn an_hour() -> u32 {
    60
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    fn ed(kid: &str) -> Value {
        json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "x": X })
    }

    fn document(change: Value) -> Value {
        let mut rules = json!({
            "issuer": "https://shop.example", "audience": "alongside", "algorithms": ["EdDSA"], "keys": { "keys": [ed("a")] },
        });
        for (name, value) in change.as_object().expect("an object") {
            rules[name] = value.clone();
        }
        if let Some(rules) = rules.as_object_mut() {
            rules.retain(|_, value| !value.is_null());
        }
        json!({ "identity": rules })
    }

    fn read(change: Value) -> Result<IdentityRules, BadRules> {
        IdentityRules::read(&document(change).to_string())
    }

    #[test]
    fn a_document_that_could_let_a_forger_in_is_refused() {
        let secret = "s".repeat(32);
        for (change, expected) in [
            (json!({}), None),
            (json!({ "algorithms": ["HS256"], "keys": null, "secret": secret }), None),
            (json!({ "keys": null, "keysUrl": "https://shop.example/keys" }), None),
            (
                json!({ "idleMinutes": 5, "maxAgeMinutes": 10, "stepUp": { "acr": ["strong"], "maxAgeMinutes": 5 } }),
                None,
            ),
            (json!({ "algorithms": ["HS256"] }), Some(BadRules::Mixed)),
            (json!({ "algorithms": ["HS256"], "secret": secret }), Some(BadRules::Mixed)),
            (json!({ "algorithms": ["EdDSA", "HS256"], "secret": secret }), Some(BadRules::Mixed)),
            (json!({ "secret": secret }), Some(BadRules::Mixed)),
            (json!({ "keysUrl": "https://shop.example/keys" }), Some(BadRules::Mixed)),
            (json!({ "keys": null }), Some(BadRules::Mixed)),
            (json!({ "algorithms": ["HS256"], "keys": null, "secret": "short" }), Some(BadRules::Secret)),
            (json!({ "algorithms": [] }), Some(BadRules::Algorithms)),
            (json!({ "algorithms": ["EdDSA", "EdDSA"] }), Some(BadRules::Algorithms)),
            (json!({ "algorithms": ["none"] }), Some(BadRules::Form)),
            (json!({ "algorithms": ["HS512"] }), Some(BadRules::Form)),
            (json!({ "unknown": 1 }), Some(BadRules::Form)),
            (json!({ "issuer": "" }), Some(BadRules::Text)),
            (json!({ "audience": "a".repeat(513) }), Some(BadRules::Text)),
            (json!({ "keys": { "keys": [] } }), Some(BadRules::Keys)),
            (json!({ "keys": { "keys": [ed("a"), ed("a")] } }), Some(BadRules::Keys)),
            (json!({ "keys": { "keys": [{ "kty": "oct", "kid": "a", "k": "c2VjcmV0" }] } }), Some(BadRules::Keys)),
            (
                json!({ "keys": { "keys": [{ "kty": "RSA", "kid": "a", "n": "AQAB", "e": "AQAB" }] } }),
                Some(BadRules::Keys),
            ),
            (json!({ "keys": null, "keysUrl": "file:///etc/passwd" }), Some(BadRules::Url)),
            (json!({ "keys": null, "keysUrl": "https://user@shop.example/" }), Some(BadRules::Url)),
            (json!({ "code": { "tokenUrl": "https://id.example/token", "clientId": "shop" } }), None),
            (json!({ "code": { "tokenUrl": "https://id.example/token", "clientId": "" } }), Some(BadRules::Text)),
            (json!({ "code": { "tokenUrl": "ftp://id.example/token", "clientId": "shop" } }), Some(BadRules::Url)),
            (json!({ "idleMinutes": 0 }), Some(BadRules::Minutes)),
            (json!({ "maxAgeMinutes": 1_441 }), Some(BadRules::Minutes)),
            (json!({ "stepUp": { "acr": vec!["a"; 17] } }), Some(BadRules::Acr)),
        ] {
            assert_eq!(read(change.clone()).err(), expected, "{change}");
        }
        assert_eq!(IdentityRules::read("{}").err(), Some(BadRules::Form));
    }

    #[test]
    fn a_secret_is_kept_and_never_told() {
        let secret = "0123456789abcdef0123456789abcdef";
        let kept = read(json!({ "algorithms": ["HS256"], "keys": null, "secret": secret })).expect("rules");
        assert!(!format!("{kept:?}").contains(secret));
        let told = kept.told();
        assert!(!told.to_string().contains(secret) && told["identity"]["hasSecret"] == true, "{told}");
        let again = document(json!({ "algorithms": ["HS256"], "keys": null, "audience": "other" })).to_string();
        assert_eq!(IdentityRules::read_over(&again, None).err(), Some(BadRules::Mixed));
        let changed = IdentityRules::read_over(&again, Some(&kept)).expect("rules");
        assert_eq!((changed.audience.as_str(), changed.written().contains(secret)), ("other", true));
        let code = |more: Value| {
            let mut code = json!({ "tokenUrl": "https://id.example/token", "clientId": "shop" });
            code.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
            document(json!({ "code": code })).to_string()
        };
        let with = IdentityRules::read_over(&code(json!({ "clientSecret": secret })), None).expect("rules");
        assert!(!with.told().to_string().contains(secret) && !format!("{with:?}").contains(secret));
        assert!(IdentityRules::read_over(&code(json!({})), Some(&with)).expect("rules").written().contains(secret));
        let other = code(json!({ "clientId": "other" }));
        assert!(!IdentityRules::read_over(&other, Some(&with)).expect("rules").written().contains(secret));
        let keys = IdentityRules::read_over(&document(json!({})).to_string(), Some(&kept)).expect("rules");
        assert!(!keys.written().contains(secret), "it goes where nobody needs it");
    }
}
