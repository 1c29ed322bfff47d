//! Each attack on a token, and that a good one passes.

use jsonwebtoken::{EncodingKey, encode};
use serde_json::{Value, json};

use super::*;

const NOW: u64 = 1_795_238_400;
const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn rsa() -> EncodingKey {
    EncodingKey::from_rsa_der(include_bytes!("../../tests/keys/rsa.der"))
}

fn ec() -> EncodingKey {
    EncodingKey::from_ec_der(include_bytes!("../../tests/keys/ec.der"))
}

fn ed() -> EncodingKey {
    EncodingKey::from_ed_der(include_bytes!("../../tests/keys/ed.der"))
}

fn other() -> EncodingKey {
    EncodingKey::from_ed_der(include_bytes!("../../tests/keys/other.der"))
}

fn public(key: &EncodingKey, algorithm: Algorithm, kid: &str) -> Jwk {
    let mut jwk = Jwk::from_encoding_key(key, algorithm).expect("a public key");
    jwk.common.key_id = Some(kid.into());
    jwk
}

fn keys() -> JwkSet {
    let keys = vec![
        public(&rsa(), Algorithm::RS256, "rsa"),
        public(&ec(), Algorithm::ES256, "ec"),
        public(&ed(), Algorithm::EdDSA, "ed"),
    ];
    JwkSet { keys }
}

fn rules() -> IdentityRules {
    let document = json!({ "identity": {
        "issuer": "https://shop.example", "audience": "alongside", "algorithms": ["RS256", "ES256", "EdDSA"], "keys": keys(),
        "idleMinutes": 20, "maxAgeMinutes": 10, "stepUp": { "acr": ["strong"], "maxAgeMinutes": 5 },
    } });
    IdentityRules::read(&document.to_string()).expect("rules")
}

fn shared() -> IdentityRules {
    let document = json!({ "identity": {
        "issuer": "https://shop.example", "audience": "alongside", "algorithms": ["HS256"], "secret": SECRET,
    } });
    IdentityRules::read(&document.to_string()).expect("rules")
}

fn claims(change: &Value) -> Value {
    let mut claims = json!({
        "iss": "https://shop.example", "aud": "alongside", "sub": "C-1001", "iat": NOW, "exp": NOW + 300, "name": "Mika Tanaka",
    });
    for (name, value) in change.as_object().expect("an object") {
        claims[name] = value.clone();
    }
    if let Some(claims) = claims.as_object_mut() {
        claims.retain(|_, value| !value.is_null());
    }
    claims
}

fn header_of(algorithm: Algorithm, kid: Option<&str>) -> Header {
    Header { kid: kid.map(str::to_owned), ..Header::new(algorithm) }
}

fn signed(header: &Header, change: Value, key: &EncodingKey) -> String {
    encode(header, &claims(&change), key).expect("a token")
}

fn by_ed(change: Value) -> String {
    signed(&header_of(Algorithm::EdDSA, Some("ed")), change, &ed())
}

fn tried(token: &str) -> Result<Proof, Refused> {
    check(token, &rules(), Material::Keys(&keys()), Timestamp::from_millis(NOW * 1_000))
}

fn part(value: &Value) -> String {
    base64(value.to_string().as_bytes())
}

/// Without padding, for the web.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let letter = |bits: u32, shift: u32| LETTERS[(bits >> shift & 63) as usize] as char;
    bytes
        .chunks(3)
        .flat_map(|chunk| {
            let at = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
            let bits = at(0) << 16 | at(1) << 8 | at(2);
            [18, 12, 6, 0].into_iter().take(chunk.len() + 1).map(move |shift| letter(bits, shift)).collect::<Vec<_>>()
        })
        .collect()
}

#[test]
fn a_good_token_says_who_the_visitor_is() {
    for (algorithm, kid, key) in
        [(Algorithm::RS256, "rsa", rsa()), (Algorithm::ES256, "ec", ec()), (Algorithm::EdDSA, "ed", ed())]
    {
        let more =
            json!({ "email": "mika@example.com", "amr": ["pwd", "otp"], "acr": "strong", "auth_time": NOW - 60 });
        let proof = tried(&signed(&header_of(algorithm, Some(kid)), more, &key)).expect("a proof");
        assert_eq!(
            (proof.subject.as_str(), proof.name.as_deref(), proof.email.as_deref(), proof.how.as_deref()),
            ("C-1001", Some("Mika Tanaka"), Some("mika@example.com"), Some("pwd, otp"))
        );
        assert_eq!((proof.is_strong, proof.meets_step_up), (true, true));
        assert_eq!((proof.expires.as_millis(), proof.idle.as_secs()), ((NOW + 300) * 1_000, 1_200));
    }
    let token = signed(&Header::new(Algorithm::HS256), json!({}), &EncodingKey::from_secret(SECRET.as_bytes()));
    let now = Timestamp::from_millis(NOW * 1_000);
    assert!(check(&token, &shared(), Material::Secret(SECRET.as_bytes()), now).is_ok());
}

#[test]
fn a_step_up_is_as_strong_and_as_recent_as_the_rules_say() {
    for (change, expected) in [
        (json!({}), (false, false)),
        (json!({ "acr": "strong" }), (true, false)),
        (json!({ "acr": "strong", "auth_time": NOW - 300 }), (true, true)),
        (json!({ "acr": "strong", "auth_time": NOW - 301 }), (true, false)),
        (json!({ "acr": "weak", "auth_time": NOW }), (false, false)),
    ] {
        let proof = tried(&by_ed(change.clone())).expect("a proof");
        assert_eq!((proof.is_strong, proof.meets_step_up), expected, "{change}");
    }
    let token = signed(&Header::new(Algorithm::HS256), json!({}), &EncodingKey::from_secret(SECRET.as_bytes()));
    let now = Timestamp::from_millis(NOW * 1_000);
    let proof = check(&token, &shared(), Material::Secret(SECRET.as_bytes()), now).expect("a proof");
    assert_eq!((proof.is_strong, proof.meets_step_up), (false, true), "rules that want nothing are met by any");
}

#[test]
fn what_a_forger_would_try_is_refused() {
    let none = format!("{}.{}.", part(&json!({ "alg": "none", "typ": "JWT" })), part(&claims(&json!({}))));
    assert_eq!(tried(&none), Err(Refused::Form), "without a signature");
    assert_eq!(tried(&none.replace("none", "NONE")), Err(Refused::Form));

    // The public key, which everybody has, as the secret of another algorithm.
    let published = serde_json::to_vec(&keys().keys[0]).expect("JSON");
    for known in [&published[..], include_bytes!("../../tests/keys/rsa.der"), b"ed"] {
        let token = signed(&header_of(Algorithm::HS256, Some("rsa")), json!({}), &EncodingKey::from_secret(known));
        assert_eq!(tried(&token), Err(Refused::Header), "HS256 with the public key");
    }
    // And rules with a secret take nothing that is signed by a key.
    let now = Timestamp::from_millis(NOW * 1_000);
    let confused = check(&by_ed(json!({})), &shared(), Material::Secret(SECRET.as_bytes()), now);
    assert_eq!(confused, Err(Refused::Header));
    let crossed = check(&by_ed(json!({})), &rules(), Material::Secret(SECRET.as_bytes()), now);
    assert_eq!(crossed, Err(Refused::Header), "keys and secret are not exchanged");
    let secret = EncodingKey::from_secret(SECRET.as_bytes());
    let token = signed(&Header::new(Algorithm::HS512), json!({}), &secret);
    assert_eq!(check(&token, &shared(), Material::Secret(SECRET.as_bytes()), now), Err(Refused::Header));

    // A key of the forger's own: in the header, by address, or under the name of another.
    let own = public(&other(), Algorithm::EdDSA, "ed");
    let header = Header { jwk: Some(own), ..header_of(Algorithm::EdDSA, Some("ed")) };
    let brought = signed(&header, json!({}), &other());
    assert_eq!(tried(&brought), Err(Refused::Invalid("InvalidSignature".into())));
    let header = Header { jku: Some("https://evil.example/keys".into()), ..header_of(Algorithm::EdDSA, Some("evil")) };
    assert_eq!(tried(&signed(&header, json!({}), &other())), Err(Refused::NoKey));
    for kid in ["rsa", "ec", "../../dev/null", "' OR 1=1 --", "ed\0", ""] {
        let header = header_of(Algorithm::EdDSA, Some(kid));
        assert_eq!(tried(&signed(&header, json!({}), &ed())), Err(Refused::NoKey), "{kid}");
    }
    assert_eq!(tried(&signed(&header_of(Algorithm::EdDSA, None), json!({}), &ed())), Err(Refused::NoKey), "which key?");

    let critical = Header { crit: Some(vec!["exp".into()]), ..header_of(Algorithm::EdDSA, Some("ed")) };
    assert_eq!(tried(&signed(&critical, json!({}), &ed())), Err(Refused::Header));

    let good = by_ed(json!({}));
    let (head, rest) = good.split_once('.').expect("three parts");
    let (_, signature) = rest.split_once('.').expect("three parts");
    let changed = format!("{head}.{}.{signature}", part(&claims(&json!({ "sub": "C-1" }))));
    assert_eq!(tried(&changed), Err(Refused::Invalid("InvalidSignature".into())));
    for broken in ["", ".", "..", "a.b.c", &good[..good.len() - 4], &format!("{good}.x"), &format!(" {good}")] {
        assert!(tried(broken).is_err(), "{broken}");
    }
    assert_eq!(tried(&by_ed(json!({ "name": "n".repeat(TOKEN_LIMIT) }))), Err(Refused::TooLong));
}

#[test]
fn a_token_for_somebody_else_or_for_another_time_is_refused() {
    for (change, is_good) in [
        (json!({}), true),
        (json!({ "aud": ["other", "alongside"] }), true),
        (json!({ "exp": NOW - 59 }), true),
        (json!({ "exp": NOW - 60 }), false),
        (json!({ "exp": null }), false),
        (json!({ "exp": "never" }), false),
        (json!({ "exp": -1 }), false),
        (json!({ "nbf": NOW + 60 }), true),
        (json!({ "nbf": NOW + 61 }), false),
        (json!({ "nbf": "now" }), false),
        (json!({ "iat": NOW - 660 }), true),
        (json!({ "iat": NOW - 661 }), false),
        (json!({ "iat": NOW + 61 }), false),
        (json!({ "iat": null }), false),
        (json!({ "iss": "https://shop.example/" }), false),
        (json!({ "iss": null }), false),
        (json!({ "aud": "shop" }), false),
        (json!({ "aud": [] }), false),
        (json!({ "aud": null }), false),
        (json!({ "sub": null }), false),
        (json!({ "sub": "" }), false),
        (json!({ "sub": 7 }), false),
        (json!({ "sub": " C-1001" }), false),
        (json!({ "sub": "C\u{202e}1001" }), false),
        (json!({ "sub": "s".repeat(129) }), false),
        (json!({ "sub": "s".repeat(128) }), true),
    ] {
        assert_eq!(tried(&by_ed(change.clone())).is_ok(), is_good, "{change}");
    }
}

#[test]
fn what_is_shown_to_agents_has_no_hidden_characters_and_is_short() {
    let proof = tried(&by_ed(json!({ "name": format!("Mi\u{202e}ka\n{}", "n".repeat(300)), "email": "\u{7}" })))
        .expect("a proof");
    assert_eq!(proof.name.map(|name| (name.starts_with("Mika"), name.len())), Some((true, 128)));
    assert_eq!(proof.email, None);
}

#[test]
fn a_token_that_is_good_for_ever_is_not() {
    let proof = tried(&by_ed(json!({ "exp": u64::MAX }))).expect("a proof");
    assert_eq!(proof.expires.as_millis(), (NOW + DAY) * 1_000);
}

#[test]
fn a_token_is_known_again_by_its_identifier_or_by_what_is_signed() {
    let digest = |token: &str| tried(token).expect("a proof").digest;
    assert_eq!(digest(&by_ed(json!({ "jti": "1" }))), digest(&by_ed(json!({ "jti": "1", "name": "Other" }))));
    assert_ne!(digest(&by_ed(json!({ "jti": "1" }))), digest(&by_ed(json!({ "jti": "2" }))));
    assert_ne!(digest(&by_ed(json!({}))), digest(&by_ed(json!({ "name": "Other" }))));
    // Two signatures of one text by the same key.
    let header = header_of(Algorithm::ES256, Some("ec"));
    assert_eq!(digest(&signed(&header, json!({}), &ec())), digest(&signed(&header, json!({}), &ec())));
}
