//! What an agent can choose.

use leptos::prelude::*;

use crate::desk::Desk;
use crate::inbox::alerts;
use crate::words::Language;

/// Language, shortcuts, and the way out.
#[component]
pub fn Settings() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let choose =
        move |event: leptos::ev::Event| desk.choose_language(Language::choose([event_target_value(&event).as_str()]));
    let name = move || desk.session.with(|session| session.as_ref().map(|session| session.name.clone()));
    view! {
        <div class="settings">
            <section class="card">
                <h2><label for="language">{move || desk.words().language}</label></h2>
                <select id="language" on:change=choose aria-describedby="language-hint">
                    {Language::ALL.map(|language| view! {
                        <option value=language.tag() lang=language.tag() selected=move || desk.language.get() == language>
                            {language.name()}
                        </option>
                    })}
                </select>
                <p id="language-hint" class="meta">{move || desk.words().language_hint}</p>
            </section>
            <section class="card">
                <h2>{move || desk.words().shortcuts}</h2>
                <label class="check">
                    <input
                        type="checkbox"
                        prop:checked=move || desk.has_shortcuts.get()
                        on:change=move |_| desk.toggle_shortcuts()
                    />
                    {move || desk.words().use_shortcuts}
                </label>
            </section>
            <section class="card">
                <h2>{move || desk.inbox_words().alerts}</h2>
                <label class="check">
                    <input type="checkbox" prop:checked=move || desk.aid.has_sound.get() on:change=move |_| {
                        desk.aid.toggle_sound();
                        if desk.aid.has_sound.get_untracked() {
                            alerts::chime_once();
                        }
                    } />
                    {move || desk.inbox_words().sound}
                </label>
                <label class="check">
                    <input type="checkbox" prop:checked=move || desk.aid.has_notices.get() disabled=alerts::is_refused()
                        on:change=move |event| alerts::switch_notices(desk, event_target_checked(&event)) />
                    {move || desk.inbox_words().notices}
                </label>
                <p class="meta">
                    {move || if alerts::is_refused() { desk.inbox_words().notices_refused } else { desk.inbox_words().notices_hint }}
                </p>
            </section>
            <section class="card">
                <h2>{move || desk.words().account}</h2>
                <p>{move || desk.words().signed_in_as}" "<strong>{name}</strong></p>
                <button type="button" on:click=move |_| desk.end_session()>{move || desk.words().sign_out}</button>
            </section>
        </div>
    }
}
