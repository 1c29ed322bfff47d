//! What a token is worth. Pure: rules, keys and the moment are arguments.

use alongside::time::Timestamp;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header};
use serde::Deserialize;
use sha2::Digest;

use super::rules::IdentityRules;
use crate::store::{LEEWAY, Proof};

/// Longest token, in bytes.
pub const TOKEN_LIMIT: usize = 8 * 1024;

/// Longest subject, name, address or kind of sign-in, in bytes.
const CLAIM: usize = 128;

/// Why a token is not taken: for the log alone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// It is longer than 8 kB.
    #[error("it is longer than 8 kB")]
    TooLong,
    /// It is no token, or none that can be read.
    #[error("it is no signed token")]
    Form,
    /// It is signed in a way that the rules do not name, or names parts that nobody here understands.
    #[error("its algorithm or its header is not accepted")]
    Header,
    /// The rules have no key of that name and kind.
    #[error("there is no such key")]
    NoKey,
    /// Signature, time, issuer or audience are wrong.
    #[error("{0}")]
    Invalid(String),
    /// It was issued too long ago, or will be.
    #[error("it was issued too long ago, or in the future")]
    Age,
    /// Its subject is missing or longer than 128 bytes.
    #[error("it has no subject of 1 to 128 bytes")]
    Subject,
}

/// What is read of a token.
#[derive(Debug, Deserialize)]
struct Claims {
    sub: String,
    iat: u64,
    exp: u64,
    nbf: Option<u64>,
    jti: Option<String>,
    name: Option<String>,
    email: Option<String>,
    acr: Option<String>,
    #[serde(default)]
    amr: Vec<String>,
    auth_time: Option<u64>,
}

/// What a token's signature is checked with.
#[derive(Clone, Copy, Debug)]
pub enum Material<'a> {
    /// For HS256 alone.
    Secret(&'a [u8]),
    /// For all others.
    Keys(&'a JwkSet),
}

/// The header of a token whose signature is looked at at all.
///
/// # Errors
/// [`Refused`].
pub fn header(token: &str, rules: &IdentityRules) -> Result<Header, Refused> {
    if token.len() > TOKEN_LIMIT {
        return Err(Refused::TooLong);
    }
    let header = decode_header(token).map_err(|_| Refused::Form)?;
    // What the token brings itself is no proof: only keys of the rules count. What is critical nobody here understands.
    let is_plain = header.crit.is_none() && header.enc.is_none();
    match is_plain && rules.accepts(header.alg) {
        true => Ok(header),
        false => Err(Refused::Header),
    }
}

/// Whether the set has a key for a token with that header.
pub fn has_key(header: &Header, keys: &JwkSet) -> bool {
    key(header, keys).is_some()
}

/// What the token says, if it is good at `now`.
///
/// # Errors
/// [`Refused`].
pub fn check(token: &str, rules: &IdentityRules, material: Material<'_>, now: Timestamp) -> Result<Proof, Refused> {
    let header = header(token, rules)?;
    let decoding = match material {
        Material::Secret(secret) if header.alg == Algorithm::HS256 => DecodingKey::from_secret(secret),
        Material::Keys(keys) if header.alg != Algorithm::HS256 => {
            let key = key(&header, keys).ok_or(Refused::NoKey)?;
            DecodingKey::from_jwk(key).map_err(|_| Refused::NoKey)?
        }
        _ => return Err(Refused::Header),
    };
    let mut validation = Validation::new(header.alg);
    // Times are looked at below, by the clock that is given.
    (validation.validate_exp, validation.validate_nbf) = (false, false);
    validation.set_issuer(&[&rules.issuer]);
    validation.set_audience(&[&rules.audience]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    let claims =
        decode::<Claims>(token, &decoding, &validation).map_err(|error| Refused::Invalid(error.to_string()))?.claims;
    let (at, leeway) = (now.as_millis() / 1_000, LEEWAY.as_secs());
    if claims.exp.saturating_add(leeway) <= at {
        return Err(Refused::Invalid("it has expired".into()));
    }
    if claims.nbf.is_some_and(|from| from > at + leeway) {
        return Err(Refused::Invalid("it is not valid yet".into()));
    }
    if claims.iat > at + leeway || at.saturating_sub(claims.iat) > rules.max_age().as_secs() + leeway {
        return Err(Refused::Age);
    }
    let subject = plain(&claims.sub);
    if subject.is_empty() || subject.len() > CLAIM || subject != claims.sub {
        return Err(Refused::Subject);
    }
    let acr = claims.acr.as_deref();
    let how = if claims.amr.is_empty() { acr.map(str::to_owned) } else { Some(claims.amr.join(", ")) };
    let text = |text: &Option<String>| text.as_deref().map(plain).map(clipped).filter(|text| !text.is_empty());
    let longest = (now.as_millis() / 1_000).saturating_add(DAY);
    Ok(Proof {
        subject,
        name: text(&claims.name),
        email: text(&claims.email),
        how: text(&how),
        is_strong: rules.is_strong(acr),
        meets_step_up: rules.meets_step_up(acr, claims.auth_time, at),
        issued: Timestamp::from_millis(claims.iat * 1_000),
        expires: Timestamp::from_millis(claims.exp.min(longest) * 1_000),
        idle: rules.idle(),
        digest: digest(token, &rules.issuer, claims.jti.as_deref()),
    })
}

/// The key that the header names; without a name, the only one there is. A key is for one algorithm, and for signatures.
fn key<'a>(header: &Header, keys: &'a JwkSet) -> Option<&'a Jwk> {
    let key = match (&header.kid, keys.keys.as_slice()) {
        (Some(kid), keys) => keys.iter().find(|key| key.common.key_id.as_ref() == Some(kid))?,
        (None, [only]) => only,
        (None, _) => return None,
    };
    let is_for = match &key.algorithm {
        AlgorithmParameters::RSA(_) => header.alg == Algorithm::RS256,
        AlgorithmParameters::EllipticCurve(_) => header.alg == Algorithm::ES256,
        AlgorithmParameters::OctetKeyPair(_) => header.alg == Algorithm::EdDSA,
        _ => false,
    };
    let is_named = key.common.key_algorithm.is_none_or(|named| named.to_string() == format!("{:?}", header.alg));
    let is_for_signatures = key.common.public_key_use.as_ref().is_none_or(|is_for| *is_for == PublicKeyUse::Signature);
    (is_for && is_named && is_for_signatures).then_some(key)
}

/// By which a token is known again: its `jti`, or where it has none what it is.
fn digest(token: &str, issuer: &str, jti: Option<&str>) -> [u8; 32] {
    let mut digest = sha2::Sha256::new();
    match jti {
        Some(jti) => {
            digest.update(b"jti");
            digest.update((issuer.len() as u64).to_le_bytes());
            digest.update(issuer);
            digest.update(jti);
        }
        None => {
            // A signature can be written in more than one way, what is signed cannot.
            digest.update(b"token");
            digest.update(token.rsplit_once('.').map_or(token, |(signed, _)| signed));
        }
    }
    digest.finalize().into()
}

/// Without characters that change how a line looks: desks show it.
fn plain(text: &str) -> String {
    let is_shown = |char: &char| {
        !char.is_control()
            && !matches!(char, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().filter(is_shown).collect::<String>().trim().to_owned()
}

fn clipped(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(CLAIM));
    text
}

/// No token is worth anything for longer, in seconds.
const DAY: u64 = 86_400;

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
