//! Sound and the system's notices, for what comes while the agent looks elsewhere. Both are off until he switches them on.

use alongside::protocol::ConversationId;
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AudioContext, AudioContextState, Notification, NotificationOptions, NotificationPermission};

use super::list::who;
use super::view::address;
use crate::desk::Desk;

/// What comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// A message.
    Message,
    /// A conversation is offered.
    Offer,
}

/// Hertz, and when each begins in seconds; the same as visitors hear, and higher for an offer.
const TONES: [(f32, f64); 2] = [(660.0, 0.0), (880.0, 0.09)];
const OFFERED: [(f32, f64); 3] = [(660.0, 0.0), (880.0, 0.12), (1_100.0, 0.24)];

/// How loud, of 1.
const GAIN: f32 = 0.06;

/// Something came: not heard of where it is in view.
pub fn tell(desk: Desk, conversation: ConversationId, news: News) {
    let is_seen = !document().hidden() && document().has_focus().unwrap_or(true);
    if news == News::Message && is_seen && desk.chosen.get_untracked() == Some(conversation) {
        return;
    }
    if desk.aid.has_sound.get_untracked() {
        // Silence is no fault.
        let _ = chime(if news == News::Offer { &OFFERED } else { &TONES });
    }
    if desk.aid.has_notices.get_untracked() && !is_seen && is_permitted() {
        let _ = notice(desk, conversation, news);
    }
}

/// Asks the agent's browser whether the system may show what comes.
pub fn switch_notices(desk: Desk, is_on: bool) {
    if !is_on || is_permitted() {
        return desk.aid.keep_notices(is_on);
    }
    spawn_local(async move {
        if let Ok(asked) = Notification::request_permission() {
            let _ = JsFuture::from(asked).await;
        }
        desk.aid.keep_notices(is_permitted());
    });
}

/// Whether the agent's browser will never show any.
pub fn is_refused() -> bool {
    Notification::permission() == NotificationPermission::Denied
}

fn is_permitted() -> bool {
    Notification::permission() == NotificationPermission::Granted
}

/// Two or three short tones, made here, so that no file is fetched.
pub fn chime_once() {
    let _ = chime(&TONES);
}

fn chime(tones: &[(f32, f64)]) -> Result<(), JsValue> {
    let context = AudioContext::new()?;
    if context.state() != AudioContextState::Running {
        // The browser lets a page make sounds after it was used.
        let _ = context.close()?;
        return Ok(());
    }
    let mut last = None;
    for (frequency, start) in tones {
        let (gain, tone) = (context.create_gain()?, context.create_oscillator()?);
        let at = context.current_time() + start;
        gain.gain().set_value(0.0);
        gain.gain().linear_ramp_to_value_at_time(GAIN, at + 0.01)?;
        gain.gain().linear_ramp_to_value_at_time(0.0, at + 0.18)?;
        tone.frequency().set_value(*frequency);
        tone.connect_with_audio_node(&gain)?.connect_with_audio_node(&context.destination())?;
        tone.start_with_when(at)?;
        tone.stop_with_when(at + 0.2)?;
        last = Some(tone);
    }
    if let Some(last) = last {
        let over = Closure::once_into_js(move || {
            let _ = context.close();
        });
        last.set_onended(Some(over.unchecked_ref()));
    }
    Ok(())
}

/// Who wrote, but not what: others may see the screen.
fn notice(desk: Desk, conversation: ConversationId, news: News) -> Result<(), JsValue> {
    let words = desk.language.get_untracked().inbox();
    let name = desk.mail.with_untracked(|mail| mail.row(conversation).map(|row| who(row, words)));
    let options = NotificationOptions::new();
    options.set_body(&name.unwrap_or_default());
    // The next of one conversation takes the place of this one.
    options.set_tag(&conversation.to_string());
    let title = if news == News::Offer { words.offered } else { words.new_message };
    let notice = Notification::new_with_options(title, &options)?;
    let clicked = Closure::once_into_js(move || {
        let _ = window().focus();
        let _ = window().location().set_hash(&address(conversation));
    });
    notice.set_onclick(Some(clicked.unchecked_ref()));
    Ok(())
}
