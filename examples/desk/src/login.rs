//! The way in.

use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::desk::Desk;
use crate::hub::{self, HubError};

/// Asks for e-mail address and password.
#[component]
pub fn Login() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let (email, password) = (NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let is_busy = RwSignal::new(false);
    let error = RwSignal::new(None::<HubError>);
    let message = move || {
        let words = desk.words();
        match error.get() {
            Some(HubError::Unauthorized | HubError::NotPermitted) => Some(words.wrong_login),
            Some(HubError::TooManyTries) => Some(words.too_many_tries),
            Some(HubError::Unreachable) => Some(words.hub_unreachable),
            None => desk.is_expired.get().then_some(words.session_over),
        }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (Some(email), Some(password)) = (email.get_untracked(), password.get_untracked()) else { return };
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        error.set(None);
        spawn_local(async move {
            match hub::sign_in(email.value().trim(), &password.value()).await {
                Ok(session) => desk.begin_session(session),
                Err(reason) => {
                    is_busy.set(false);
                    error.set(Some(reason));
                    let _ = password.focus();
                }
            }
        });
    };
    let fill = move |_| {
        if let (Some(email), Some(password)) = (email.get_untracked(), password.get_untracked()) {
            email.set_value(DEVELOPMENT_LOGIN.0);
            password.set_value(DEVELOPMENT_LOGIN.1);
            let _ = password.focus();
        }
    };
    let is_development = is_local();
    view! {
        <main class="login">
            <form class="card" on:submit=submit aria-labelledby="login-title">
                <h1 id="login-title">{move || desk.words().app_name}</h1>
                <p class="lead">{move || desk.words().login_lead}</p>
                <p class="error" role="alert">{message}</p>
                <label for="email">{move || desk.words().email}</label>
                <input id="email" type="email" autocomplete="username" required node_ref=email />
                <label for="password">{move || desk.words().password}</label>
                <input id="password" type="password" autocomplete="current-password" required node_ref=password />
                <button class="primary" type="submit" aria-disabled=move || is_busy.get().to_string()>
                    {move || if is_busy.get() { desk.words().signing_in } else { desk.words().sign_in }}
                </button>
                <Show when=move || is_development>
                    <div class="hint">
                        <p>{move || desk.words().development_login}</p>
                        <p><code>{DEVELOPMENT_LOGIN.0}</code>" / "<code>{DEVELOPMENT_LOGIN.1}</code></p>
                        <button type="button" on:click=fill>{move || desk.words().use_it}</button>
                    </div>
                </Show>
            </form>
        </main>
    }
}

/// Only a hub on this very computer has the development login.
fn is_local() -> bool {
    matches!(window().location().hostname().as_deref(), Ok("localhost" | "127.0.0.1" | "[::1]"))
}

const DEVELOPMENT_LOGIN: (&str, &str) = ("agent@example.com", "alongside");
