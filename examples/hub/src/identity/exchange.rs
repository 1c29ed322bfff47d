//! A code of an OpenID provider is exchanged for a token (RFC 6749, section 4.1.3, with the verifier of RFC 7636): for pages whose server
//! signs nothing itself. What comes back is checked as any other token.

use serde::Deserialize;

use super::keys::{Keys, NoKeys};
use super::rules::{CodeExchange, RULES_LIMIT};

/// Longest code, verifier and address, in bytes.
const TEXT: usize = 2_048;

/// What a page brings in the place of a token.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Code {
    code: String,
    /// What the page has made the challenge of.
    verifier: String,
    /// The address that the provider sent the visitor back to.
    redirect_uri: String,
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum NoToken {
    /// The code, or what belongs to it, is too long.
    #[error("a code, its verifier and its address have 1 to 2,048 bytes")]
    Form,
    /// The provider refuses the code: it was used, is too old, or its verifier is another one.
    #[error("the provider refuses the code: {0}")]
    Refused(reqwest::StatusCode),
    /// The provider is not to be had now.
    #[error(transparent)]
    Unreachable(#[from] NoKeys),
    /// Its answer holds no token.
    #[error("the provider's answer holds no id_token")]
    NotThere,
}

#[derive(Deserialize)]
struct Answer {
    id_token: String,
}

fn form(rules: &CodeExchange, code: &Code) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "authorization_code")
        .append_pair("code", &code.code)
        .append_pair("code_verifier", &code.verifier)
        .append_pair("redirect_uri", &code.redirect_uri)
        .append_pair("client_id", rules.client_id());
    if let Some(secret) = rules.client_secret() {
        form.append_pair("client_secret", secret);
    }
    form.finish()
}

/// The token that a code stands for.
///
/// # Errors
/// [`NoToken`].
pub async fn exchange(keys: &Keys, rules: &CodeExchange, code: &Code) -> Result<String, NoToken> {
    let is_good = |text: &String| (1..=TEXT).contains(&text.len());
    if ![&code.code, &code.verifier, &code.redirect_uri].into_iter().all(is_good) {
        return Err(NoToken::Form);
    }
    let (client, url) = keys.client(rules.token_url())?;
    let request = client
        .post(url)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "application/json")
        .body(form(rules, code));
    let mut answer = request.send().await.map_err(NoKeys::from)?;
    match answer.status() {
        status if status.is_success() => {}
        status if status.is_client_error() => return Err(NoToken::Refused(status)),
        _ => return Err(NoToken::Unreachable(NoKeys::JustAsked)),
    }
    let mut body = Vec::new();
    while let Some(piece) = answer.chunk().await.map_err(NoKeys::from)? {
        body.extend_from_slice(&piece);
        if body.len() > RULES_LIMIT {
            return Err(NoToken::NotThere);
        }
    }
    serde_json::from_slice::<Answer>(&body).map(|answer| answer.id_token).map_err(|_| NoToken::NotThere)
}
