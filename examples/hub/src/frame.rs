//! The page that a messenger lives in where the customer's page is not to see it: a document of the hub's origin, framed by pages of one
//! deployment. What the visitor's browser keeps of him is of this origin then, and no script of the customer's page reads it.

use axum::extract::{Query, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use crate::api::{problem, unavailable};
use crate::hub::Hub;
use crate::store::Store;

const PAGE: &str = "<!doctype html><meta charset=utf-8><meta name=viewport content=\"width=device-width\"><title>Messages</title>\
                    <script type=module src=/sdk/frame.js></script>";

/// Our code only, its hub only; pictures that a visitor is about to send, and videos that he wants to see.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src 'self' blob:; \
                      media-src https:; frame-src https:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; \
                      trusted-types 'none'; frame-ancestors";

/// Whose messenger it is.
#[derive(Debug, Deserialize)]
pub struct Whose {
    /// Id of a deployment.
    deployment: String,
}

/// The page for one deployment. Browsers show it in pages of that deployment's origins, and in no other.
pub async fn show<S: Store>(State(hub): State<Hub<S>>, Query(Whose { deployment }): Query<Whose>) -> Response {
    let found = match hub.store.deployment(&deployment).await {
        Ok(found) => found,
        Err(error) => return unavailable(&error),
    };
    let Some(found) = found else {
        return problem(StatusCode::NOT_FOUND, "deployment", "there is no such deployment");
    };
    let ancestors: String =
        found.origins.iter().filter(|origin| is_source(origin)).map(|origin| format!(" {origin}")).collect();
    let ancestors = if ancestors.is_empty() { " 'none'".to_owned() } else { ancestors };
    let headers = [
        (header::CONTENT_SECURITY_POLICY, format!("{POLICY}{ancestors}")),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin".to_owned()),
    ];
    (headers, Html(PAGE)).into_response()
}

/// Whether an origin says in a policy what it says here: nothing in it ends a list.
fn is_source(origin: &str) -> bool {
    origin.contains("://") && !origin.contains([' ', ';', ',', '\'', '*']) && origin.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_cannot_change_the_policy_that_it_stands_in() {
        assert!(is_source("https://shop.example"));
        assert!(is_source("http://localhost:7701"));
        for bad in [
            "null",
            "*",
            "https://*",
            "https://a.example;script-src *",
            "https://a.example,b",
            "https://a.example *",
            "'self'",
        ] {
            assert!(!is_source(bad), "{bad}");
        }
    }
}
