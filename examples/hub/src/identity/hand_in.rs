//! A page hands in a token of the customer's site.

use alongside::protocol::{Identity, SignIn, VisitorToken};
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::check::{Material, TOKEN_LIMIT, check, has_key, header as head};
use super::exchange::{Code, NoToken, exchange};
use super::rules::{IdentityRules, Source};
use crate::api::{origin_of, problem, unavailable};
use crate::clock;
use crate::conversation;
use crate::hub::{Address, Hub};
use crate::session::visitor_id;
use crate::store::{Identified, Proof, Seen, Store, ThreadOf};

/// The deployment of the page.
const DEPLOYMENT: &str = "x-alongside-deployment";

/// The token by which its visitor is known to the hub: a secret, so never in an address.
const VISITOR: &str = "x-alongside-visitor";

/// Longest body, in bytes: a token that is too long is told so by its own code.
const BODY: usize = 2 * TOKEN_LIMIT;

/// What a page wants.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Wish {
    /// A token of the customer's site; without one, the page asks how the visitor stands.
    token: Option<String>,
    /// In the place of a token.
    code: Option<Code>,
    /// The visitor signs out.
    #[serde(default)]
    ends: bool,
}

/// `POST /v1/identity` `{token?, code?: {code, verifier, redirectUri}, ends?}` -> `{status, name?, expires?, isAsked?}`: `expires` in milliseconds from now; `isAsked`: an
/// agent has asked the visitor to sign in, and this token does not do for that.
///
/// Refusals have a code: `rejected` says that the token is not good, and nothing more.
pub async fn hand_in<S: Store>(
    State(hub): State<Hub<S>>,
    Address(address): Address,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(_place) = hub.limits.connect(address) else {
        return problem(StatusCode::TOO_MANY_REQUESTS, "busy", "too many connections: try again");
    };
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let visitor = text(VISITOR).and_then(|token| token.parse::<VisitorToken>().ok());
    let wish = serde_json::from_slice::<Wish>(&body).ok().filter(|_| body.len() <= BODY);
    let (Some(deployment), Some(visitor), Some(wish)) = (text(DEPLOYMENT), visitor, wish) else {
        return problem(StatusCode::BAD_REQUEST, "bad-request", "a token comes with its deployment and its visitor");
    };
    let tenant = match hub.tenant_of(deployment, &origin_of(&headers)).await {
        Ok(tenant) => tenant,
        Err(refusal) => return problem(StatusCode::FORBIDDEN, refusal.code.as_str(), &refusal.reason),
    };
    let of = ThreadOf { tenant, visitor: visitor_id(deployment, visitor) };
    if wish.ends {
        return match hub.store.sign_out(&of, clock::wall()).await {
            Ok(seen) => {
                tell(&hub, &of, &seen);
                standing(seen.identity.as_ref())
            }
            Err(error) => unavailable(&error),
        };
    }
    if wish.token.is_none() && wish.code.is_none() {
        return match hub.store.identity(&of).await {
            Ok(identity) => standing(identity.as_ref()),
            Err(error) => unavailable(&error),
        };
    }
    let rules = match hub.store.identity_rules(deployment).await {
        Ok(Some(rules)) => rules,
        Ok(None) => {
            let reason = "nobody said how tokens are checked: PUT /api/deployments/{id}/identity at the hub";
            return problem(StatusCode::NOT_FOUND, "not-configured", reason);
        }
        Err(error) => return unavailable(&error),
    };
    if !hub.limits.begin_hand_in(address) {
        let mut answer = problem(StatusCode::TOO_MANY_REQUESTS, "too-many-tries", "too many tries: wait a minute");
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        return answer;
    }
    let token = match (wish.token, wish.code) {
        (Some(token), _) => Ok(token),
        (None, Some(code)) => token_for(&hub, &rules, &code).await,
        (None, None) => return problem(StatusCode::BAD_REQUEST, "bad-request", "there is no token"),
    };
    let proof = match token {
        Ok(token) => proof(&hub, &rules, &token).await,
        Err(answer) => Err(answer),
    };
    let proof = match proof {
        Ok(proof) => proof,
        Err(answer) => return *answer,
    };
    match hub.store.identify(&of, proof, clock::wall()).await {
        Ok(Identified::Verified(seen)) => {
            hub.limits.handed_in(address);
            tell(&hub, &of, &seen);
            let is_asked = seen.conversations.iter().any(|(kept, _)| kept.sign_in == Some(SignIn::Asked));
            told(seen.identity.as_ref(), is_asked)
        }
        Ok(Identified::OtherSubject) => {
            hub.limits.handed_in(address);
            problem(StatusCode::CONFLICT, "other-subject", "this visitor is known as somebody else: begin as a new one")
        }
        Ok(Identified::Replayed) => rejected("another visitor brought it before"),
        Err(error) => unavailable(&error),
    }
}

async fn token_for<S: Store>(hub: &Hub<S>, rules: &IdentityRules, code: &Code) -> Result<String, Box<Response>> {
    let Some(endpoint) = &rules.code else { return Err(Box::new(rejected("the rules say nothing of codes"))) };
    exchange(&hub.identity_keys, endpoint, code).await.map_err(|error| match error {
        NoToken::Unreachable(error) => {
            tracing::warn!(%error, "a code cannot be exchanged");
            let reason = "the provider is not to be had now: try again";
            Box::new(problem(StatusCode::SERVICE_UNAVAILABLE, "unavailable", reason))
        }
        error => Box::new(rejected(&error.to_string())),
    })
}

async fn proof<S: Store>(hub: &Hub<S>, rules: &IdentityRules, token: &str) -> Result<Proof, Box<Response>> {
    let refused = |refused: super::check::Refused| Box::new(rejected(&refused.to_string()));
    let header = head(token, rules).map_err(refused)?;
    let fetched;
    let material = match rules.source() {
        Some(Source::Secret(secret)) => Material::Secret(secret),
        Some(Source::Keys(keys)) => Material::Keys(keys),
        Some(Source::Url(address)) => {
            fetched = hub.identity_keys.at(address, |keys| has_key(&header, keys)).await.map_err(|_| {
                let reason = "the keys of the issuer are not to be had now: try again";
                Box::new(problem(StatusCode::SERVICE_UNAVAILABLE, "unavailable", reason))
            })?;
            Material::Keys(&fetched)
        }
        None => return Err(Box::new(rejected("the rules have no key"))),
    };
    check(token, rules, material, clock::wall()).map_err(refused)
}

/// What is wrong with it is for the log.
fn rejected(reason: &str) -> Response {
    tracing::warn!(reason, "a token was rejected");
    problem(StatusCode::UNAUTHORIZED, "rejected", "the token is not good: the hub's log says why")
}

fn standing(identity: Option<&Identity>) -> Response {
    told(identity, false)
}

/// `is_asked`: an agent asked for more than that.
fn told(identity: Option<&Identity>, is_asked: bool) -> Response {
    let now = clock::wall();
    let mut answer = match identity {
        None => serde_json::json!({ "status": "anonymous" }),
        Some(identity) if identity.is_verified(now) => {
            let left = identity.until.since(now).as_millis() as u64;
            serde_json::json!({ "status": "verified", "name": identity.name, "expires": left })
        }
        Some(identity) => serde_json::json!({ "status": "identified", "name": identity.name }),
    };
    if is_asked {
        answer["isAsked"] = true.into();
    }
    Json(answer).into_response()
}

/// Desks see it at once, and the visitor's pages what was said of it.
fn tell<S: Store>(hub: &Hub<S>, of: &ThreadOf, seen: &Seen) {
    for visit in &seen.visits {
        hub.live.tell(&of.tenant, *visit);
    }
    for (kept, entries) in &seen.conversations {
        conversation::publish(hub, of, kept, entries);
    }
}
