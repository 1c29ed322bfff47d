//! Who visitors are, by tokens of the customer's site: whose a token is, what agents see, and what comes of it that they ask.

use alongside::protocol::conversation::*;
use alongside::protocol::*;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::conversation::*;
use crate::process::*;

fn key() -> EncodingKey {
    EncodingKey::from_ed_der(include_bytes!("../keys/ed.der"))
}

fn public() -> Value {
    let mut key = Jwk::from_encoding_key(&key(), Algorithm::EdDSA).expect("a public key");
    key.common.key_id = Some("ed".into());
    serde_json::to_value(key).expect("JSON")
}

fn rules() -> Value {
    json!({ "identity": {
        "issuer": "https://shop.example", "audience": "alongside", "algorithms": ["EdDSA"], "keys": { "keys": [public()] },
        "stepUp": { "acr": ["strong"] },
    } })
}

/// A token of the customer's site for this customer.
fn token(subject: &str, change: Value) -> String {
    let now = now().as_millis() / 1_000;
    let mut claims = json!({
        "iss": "https://shop.example", "aud": "alongside", "sub": subject, "iat": now, "exp": now + 300, "name": format!("Name of {subject}"),
    });
    for (name, value) in change.as_object().expect("an object") {
        claims[name] = value.clone();
    }
    encode(&Header { kid: Some("ed".into()), ..Header::new(Algorithm::EdDSA) }, &claims, &key()).expect("a token")
}

impl HubProcess {
    fn identity_rules(&self, method: reqwest::Method, deployment: &str) -> reqwest::RequestBuilder {
        reqwest::Client::new().request(method, self.url(&format!("/api/deployments/{deployment}/identity")))
    }

    async fn checks_tokens(&self) -> String {
        let agent = self.token(AGENT).await;
        let request = self.identity_rules(reqwest::Method::PUT, "demo").bearer_auth(&agent).json(&rules());
        assert_eq!(request.send().await.expect("an answer").status(), 204);
        agent
    }

    fn hand_in(&self, visitor: u8, body: &Value) -> reqwest::RequestBuilder {
        reqwest::Client::new()
            .post(self.url("/v1/identity"))
            .header("origin", SITE)
            .header("x-alongside-deployment", "demo")
            .header("x-alongside-visitor", VisitorToken::from_bytes([visitor; 16]).to_string())
            .json(body)
    }

    async fn handed_in(&self, visitor: u8, body: Value) -> (u16, Value) {
        let answer = self.hand_in(visitor, &body).send().await.expect("an answer");
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    /// The status, or the code of the refusal.
    async fn stands(&self, visitor: u8, body: Value) -> String {
        let (_, answer) = self.handed_in(visitor, body).await;
        answer["status"].as_str().or(answer["code"].as_str()).unwrap_or_default().to_owned()
    }
}

#[tokio::test]
async fn a_token_makes_its_visitor_known_to_agents_at_once_and_after_a_restart() {
    let mut hub = HubProcess::start();
    hub.checks_tokens().await;
    let (mut page, _) = hub.visitor(1).await;
    page.send(data(1, 1, "tea")).await;
    page.acknowledged(1).await;
    let mut desk = hub.live_now(AGENT).await;
    assert_eq!(desk.visit().await.identity, None);
    let (status, answer) = hub.handed_in(1, json!({ "token": token("C-1", json!({ "amr": ["pwd"] })) })).await;
    assert_eq!((status, &answer["status"], &answer["name"]), (200, &json!("verified"), &json!("Name of C-1")));
    let left = answer["expires"].as_u64().expect("milliseconds");
    assert!((200_000..=300_000).contains(&left), "{left}");
    let known = desk.visit().await.identity.expect("he is known");
    assert_eq!((known.subject.as_str(), known.how.as_deref()), ("C-1", Some("pwd")));
    assert!(known.is_verified(now()));

    hub.kill_and_restart();
    assert_eq!(hub.stands(1, json!({})).await, "verified", "without a token he is told how he stands");
    assert_eq!(hub.stands(2, json!({})).await, "anonymous");
    assert_eq!(hub.stands(1, json!({ "ends": true })).await, "identified");
    assert_eq!(hub.live_now(AGENT).await.visit().await.identity.map(|known| known.is_verified(now())), Some(false));
}

#[tokio::test]
async fn a_token_is_one_visitors_and_a_visitor_is_one_customer() {
    let hub = HubProcess::start();
    hub.checks_tokens().await;
    for named in [json!({ "jti": "once" }), json!({ "name": "without jti" })] {
        let token = token("C-1", named);
        assert_eq!(hub.stands(1, json!({ "token": token })).await, "verified");
        assert_eq!(hub.stands(1, json!({ "token": token })).await, "verified", "a page that is loaded again");
        assert_eq!(hub.stands(2, json!({ "token": token })).await, "rejected", "another browser");
        assert_eq!(hub.stands(2, json!({})).await, "anonymous");
    }
    let other = token("C-2", json!({}));
    assert_eq!(hub.stands(1, json!({ "token": other })).await, "other-subject", "never merged");
    assert_eq!(hub.stands(1, json!({})).await, "verified", "and nothing is lost by it");
    assert_eq!(hub.stands(3, json!({ "token": other })).await, "verified", "it was not used up");
    let (status, answer) = hub.handed_in(1, json!({ "token": token("C-1", json!({ "aud": "other" })) })).await;
    assert_eq!((status, answer["code"].as_str()), (401, Some("rejected")));
    assert_eq!(hub.stands(1, json!({})).await, "verified", "a bad one takes nothing away");
}

#[tokio::test]
async fn who_was_forgotten_is_nobody_and_his_token_is_nobody_elses() {
    let hub = HubProcess::start();
    hub.checks_tokens().await;
    let mine = token("C-1", json!({}));
    let (mut page, _) = hub.visitor(1).await;
    assert_eq!(hub.stands(1, json!({ "token": mine })).await, "verified");
    let event = JourneyEvent { visit: VisitId::from_bytes([1; 16]), at: now(), kind: JourneyKind::Forget(Forget {}) };
    let body = Payload::encode(&Body::Journey(event), Encoding::Binary);
    page.send(Frame::Data(Data { seq: 1, body })).await;
    page.acknowledged(1).await;
    assert_eq!(hub.stands(1, json!({})).await, "anonymous");
    assert_eq!(hub.stands(2, json!({ "token": mine })).await, "rejected");
    let left: i64 = hub
        .database()
        .query_row("SELECT count(*) FROM identity_token WHERE visitor != zeroblob(16)", [], |row| row.get(0))
        .expect("a count");
    assert_eq!(left, 0);
}

#[tokio::test]
async fn who_is_verified_stays_so_while_something_happens_and_never_beyond_his_token() {
    let hub = HubProcess::start();
    hub.checks_tokens().await;
    let (mut page, _) = hub.visitor(1).await;
    assert_eq!(
        hub.stands(1, json!({ "token": token("C-1", json!({ "exp": now().as_millis() / 1_000 + 7_200 })) })).await,
        "verified"
    );
    let set = |sql: &str| hub.database().execute(sql, []).expect("it is changed");
    let until = || -> i64 {
        hub.database()
            .query_row("SELECT min(expires, active + idle) FROM identity", [], |row| row.get(0))
            .expect("a row")
    };
    set("UPDATE identity SET active = active - 1700000");
    let before = until();
    page.send(data(1, 1, "tea")).await;
    page.acknowledged(1).await;
    assert!(until() >= before + 1_700_000, "a page view is activity");
    set("UPDATE identity SET active = active - 1700000");
    page.says(1, "hello").await;
    assert!(until() >= before + 1_700_000, "so is a message");
    set("UPDATE identity SET active = active - 1800001");
    assert_eq!(hub.stands(1, json!({})).await, "identified", "half an hour without any");
    page.says(2, "I am back").await;
    assert_eq!(hub.stands(1, json!({})).await, "identified", "it does not come back by itself");
    assert_eq!(hub.stands(1, json!({ "token": token("C-1", json!({})) })).await, "verified");
    set("UPDATE identity SET expires = 1");
    assert_eq!(hub.stands(1, json!({ "token": token("C-1", json!({ "exp": 1 })) })).await, "rejected");
    assert_eq!(hub.stands(1, json!({})).await, "identified");
}

#[tokio::test]
async fn a_weaker_sign_in_does_not_take_the_place_of_a_stronger_one() {
    let hub = HubProcess::start();
    hub.checks_tokens().await;
    let (mut page, _) = hub.visitor(1).await;
    page.says(1, "hello").await;
    let mut desk = inbox_of(&hub, AGENT).await;
    let strong = token("C-1", json!({ "acr": "strong", "amr": ["otp"] }));
    assert_eq!(hub.stands(1, json!({ "token": strong })).await, "verified");
    let known = desk.row(|row| row.identity.is_some()).await.identity.expect("he is known");
    let weak = token("C-1", json!({ "amr": ["pwd"], "exp": now().as_millis() / 1_000 + 3_000 }));
    assert_eq!(hub.stands(1, json!({ "token": weak })).await, "verified");
    page.says(2, "again").await;
    let after = desk.row(|row| row.excerpt == "again").await.identity.expect("he is known");
    assert_eq!((after.how.as_deref(), after.since), (Some("otp"), known.since));
    assert!(after.until <= known.until, "nor does it last longer by that");
}

#[tokio::test]
async fn what_was_read_before_a_visitor_signed_out_does_not_bring_his_shield_back() {
    let hub = HubProcess::start();
    hub.checks_tokens().await;
    let (mut page, _) = hub.visitor(1).await;
    page.says(1, "hello").await;
    let mut desk = inbox_of(&hub, AGENT).await;
    assert_eq!(hub.stands(1, json!({ "token": token("C-1", json!({})) })).await, "verified");
    let verified = desk.row(|row| row.identity.is_some()).await;
    assert_eq!(hub.stands(1, json!({ "ends": true })).await, "identified");
    let is_left = |row: &Row| row.identity.as_ref().is_some_and(|known| !known.is_verified(now()));
    let left = desk.row(is_left).await;
    // Desks pass over what is of an earlier version than what they have.
    assert!(verified.version < left.version);
}

#[tokio::test]
async fn an_agent_asks_and_the_visitor_signs_in_or_does_not() {
    let hub = HubProcess::start();
    let agent_token = hub.checks_tokens().await;
    let (mut page, _) = hub.visitor(1).await;
    page.says(1, "I want to change my address").await;
    let mut desk = inbox_of(&hub, AGENT).await;
    let conversation = desk.row_of_first().await;
    let ask = || Inbox::AskSignIn(AskSignIn { conversation });
    desk.inbox(ask()).await;
    assert_eq!(desk.refused().await.1, Objection::NotFound, "it is nobody's yet");
    desk.inbox(Inbox::Take(Take { conversation })).await;
    assert_eq!(desk.row(|row| row.is_own).await.sign_in, Some(SignIn::Possible));
    let event = |word: &'static str| {
        move |talk: &Talk| match talk {
            Talk::News(news) => news.entries.iter().find(|entry| entry.event.as_deref() == Some(word)).cloned(),
            _ => None,
        }
    };

    desk.inbox(ask()).await;
    let asked = page.hears(event("sign-in-asked")).await;
    assert!(asked.text.is_some() && asked.author == Author::Agent, "pages that do not know it show a text");
    assert_eq!(desk.row(|row| row.sign_in == Some(SignIn::Asked)).await.last_author, Author::Agent);
    desk.inbox(ask()).await;
    // Desk and page have connections of their own: what the one said is done before the other one speaks.
    desk.row(|row| row.sign_in == Some(SignIn::Asked)).await;
    page.talk(Talk::NotNow(NotNow { conversation: None })).await;
    assert_eq!(page.hears(event("sign-in-declined")).await.author, Author::Hub);
    desk.row(|row| row.sign_in == Some(SignIn::Possible)).await;
    page.talk(Talk::NotNow(NotNow { conversation: None })).await;
    thread(&mut page, LAST).await;

    desk.inbox(ask()).await;
    let again = page.hears(event("sign-in-asked")).await;
    assert_eq!(again.seq, asked.seq + 2, "nothing was asked or declined twice");
    let (_, answer) = hub.handed_in(1, json!({ "token": token("C-1", json!({})) })).await;
    assert_eq!((&answer["status"], &answer["isAsked"]), (&json!("verified"), &json!(true)), "it is too weak for that");
    let old = json!({ "acr": "strong", "iat": now().as_millis() / 1_000 - 120 });
    assert_eq!(hub.handed_in(1, json!({ "token": token("C-1", old) })).await.1["isAsked"], true, "it is from before");
    let (_, answer) =
        hub.handed_in(1, json!({ "token": token("C-1", json!({ "acr": "strong", "jti": "new" })) })).await;
    assert_eq!(answer["isAsked"], Value::Null);
    let signed = page.hears(event("signed-in")).await;
    assert_eq!((signed.name.as_deref(), signed.author, signed.text), (Some("Name of C-1"), Author::Hub, None));
    let row = desk.row(|row| row.sign_in == Some(SignIn::Possible) && row.identity.is_some()).await;
    assert_eq!(row.identity.map(|known| known.subject), Some("C-1".into()));

    desk.inbox(ask()).await;
    page.hears(event("sign-in-asked")).await;
    hub.database()
        .execute("UPDATE conversation SET sign_in_asked = sign_in_asked - 600001", [])
        .expect("it is changed");
    assert_eq!(page.hears(event("sign-in-expired")).await.text, None, "after ten minutes");

    desk.inbox(ask()).await;
    page.hears(event("sign-in-asked")).await;
    desk.inbox(Inbox::Close(Close { conversation })).await;
    desk.row(|row| row.stage == Stage::Ended).await;
    page.talk(Talk::NotNow(NotNow { conversation: None })).await;
    let last = thread(&mut page, LAST).await.entries.pop().expect("an entry");
    assert_eq!(last.event.as_deref(), Some("ended"), "with the conversation it is over");
    drop(agent_token);
}

#[tokio::test]
async fn where_nobody_said_how_tokens_are_checked_none_is_and_nobody_can_be_asked() {
    let hub = HubProcess::start();
    let (mut page, _) = hub.visitor(1).await;
    page.says(1, "hello").await;
    let mut desk = inbox_of(&hub, AGENT).await;
    let conversation = desk.row_of_first().await;
    desk.inbox(Inbox::Take(Take { conversation })).await;
    assert_eq!(desk.row(|row| row.is_own).await.sign_in, None);
    desk.inbox(Inbox::AskSignIn(AskSignIn { conversation })).await;
    assert_eq!(desk.refused().await.1, Objection::NotFound);
    assert_eq!(hub.stands(1, json!({ "token": token("C-1", json!({})) })).await, "not-configured");
}

#[tokio::test]
async fn what_cannot_be_a_hand_in_is_refused_and_tries_are_counted() {
    let hub = HubProcess::start();
    hub.checks_tokens().await;
    let url = hub.url("/v1/identity");
    let post = || reqwest::Client::new().post(&url).header("origin", SITE).header("x-alongside-deployment", "demo");
    let visitor = VisitorToken::from_bytes([1; 16]).to_string();
    let status = async |request: reqwest::RequestBuilder| request.send().await.expect("an answer").status().as_u16();
    assert_eq!(status(post().body("{}")).await, 400, "without a visitor");
    assert_eq!(status(post().header("x-alongside-visitor", "guessed").body("{}")).await, 400);
    for body in ["", "[]", "{\"token\": 7}", "{\"what\": 1}", &format!("{{\"token\": \"{}\"}}", "a".repeat(20_000))] {
        assert_eq!(
            status(post().header("x-alongside-visitor", &visitor).body(body.to_owned())).await,
            400,
            "{body:.20}"
        );
    }
    let elsewhere = reqwest::Client::new().post(&url).header("origin", "https://evil.example");
    assert_eq!(status(elsewhere.header("x-alongside-deployment", "demo").body("{}")).await, 403);
    let mut codes = Vec::new();
    for _ in 0..62 {
        codes.push(hub.stands(1, json!({ "token": "a.b.c" })).await);
    }
    assert_eq!(codes.iter().filter(|code| *code == "rejected").count(), 60);
    assert_eq!(codes[60..], ["too-many-tries", "too-many-tries"]);
}

#[tokio::test]
async fn who_may_not_neither_sees_nor_changes_how_tokens_are_checked_and_nobody_reads_the_secret() {
    let hub = HubProcess::start();
    let agent = hub.token(AGENT).await;
    use reqwest::Method as M;
    let ask = async |method: M, deployment: &str, token: &str, body: Value| {
        let request = hub.identity_rules(method, deployment).bearer_auth(token).json(&body);
        let answer = request.send().await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.unwrap_or_default())
    };
    assert_eq!(ask(M::GET, "demo", &agent, json!({})).await.0, 404, "nobody said yet");
    let secret = "a secret that is long enough for it";
    let shared = json!({ "identity": { "issuer": "i", "audience": "a", "algorithms": ["HS256"], "secret": secret } });
    assert_eq!(ask(M::PUT, "demo", &agent, shared).await.0, 204);
    let (status, told) = ask(M::GET, "demo", &agent, json!({})).await;
    assert!(status == 200 && !told.contains(secret) && told.contains("\"hasSecret\":true"), "{told}");
    assert_eq!(ask(M::PUT, "demo", &agent, json!({ "identity": { "issuer": "i" } })).await.0, 400);
    for method in [M::GET, M::PUT] {
        assert_eq!(ask(method.clone(), "demo", "guessed", rules()).await.0, 401);
        assert_eq!(ask(method, "none", &agent, rules()).await.0, 404);
    }
    hub.database().execute("UPDATE agent SET permissions = 'live.view'", []).expect("it is changed");
    assert_eq!(ask(M::GET, "demo", &agent, json!({})).await.0, 403);
    assert_eq!(ask(M::PUT, "demo", &agent, rules()).await.0, 403);
}

impl Client {
    /// The conversation that the inbox lists.
    async fn row_of_first(&mut self) -> ConversationId {
        self.inbox(Inbox::Open(Open {})).await;
        self.row(|_| true).await.conversation
    }
}

#[tokio::test]
async fn a_code_is_exchanged_at_the_provider_and_its_token_checked_as_any() {
    use axum::extract::Form;
    use std::collections::HashMap;
    use std::sync::{Arc, Mutex};

    let used = Arc::new(Mutex::new(Vec::<String>::new()));
    let once = Arc::clone(&used);
    let take = move |Form(form): Form<HashMap<String, String>>| async move {
        let of = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let code = of("code").to_owned();
        let is_right = of("grant_type") == "authorization_code"
            && of("code_verifier") == "the verifier"
            && of("redirect_uri") == "https://shop.example/back?a=1&b=2"
            && (of("client_id"), of("client_secret")) == ("shop", "of the shop");
        let is_first = !once.lock().expect("nobody else").contains(&code);
        once.lock().expect("nobody else").push(code.clone());
        let answer = match code.as_str() {
            "busy" => return (axum::http::StatusCode::BAD_GATEWAY, String::new()),
            "forged" => json!({ "id_token": token("C-9", json!({ "aud": "another" })) }),
            "none" => json!({ "access_token": "a" }),
            _ => json!({ "id_token": token("C-1", json!({ "nonce": "n" })), "access_token": "a" }),
        };
        match is_right && is_first {
            true => (axum::http::StatusCode::OK, answer.to_string()),
            false => (axum::http::StatusCode::BAD_REQUEST, json!({ "error": "invalid_grant" }).to_string()),
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let origin = format!("http://127.0.0.1:{}", listener.local_addr().expect("an address").port());
    let provider = axum::Router::new().route("/token", axum::routing::post(take));
    tokio::spawn(async move { axum::serve(listener, provider).await });

    let hub = HubProcess::start_with(&["--identity-keys-from", origin.clone().leak()]);
    let agent = hub.checks_tokens().await;
    let code = |code: &str| json!({ "code": { "code": code, "verifier": "the verifier", "redirectUri": "https://shop.example/back?a=1&b=2" } });
    assert_eq!(hub.stands(1, code("early")).await, "rejected", "nobody said where codes are exchanged");
    let mut rules = rules();
    rules["identity"]["code"] =
        json!({ "tokenUrl": format!("{origin}/token"), "clientId": "shop", "clientSecret": "of the shop" });
    let put = hub.identity_rules(reqwest::Method::PUT, "demo").bearer_auth(&agent).json(&rules).send().await;
    assert_eq!(put.expect("an answer").status(), 204);
    assert_eq!(hub.stands(1, code("first")).await, "verified");
    assert_eq!(hub.stands(2, code("first")).await, "rejected", "it was used");
    assert_eq!(hub.stands(2, code("forged")).await, "rejected", "its token is for somebody else");
    assert_eq!(hub.stands(2, code("none")).await, "rejected");
    assert_eq!(hub.stands(2, code("busy")).await, "unavailable");
    let mut other = code("second");
    other["code"]["verifier"] = json!("another one");
    assert_eq!(hub.stands(2, other).await, "rejected");
    assert_eq!(hub.stands(2, json!({ "code": { "code": "a" } })).await, "bad-request");
    assert_eq!(used.lock().expect("nobody else").len(), 6);
}
