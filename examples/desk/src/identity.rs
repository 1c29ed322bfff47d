//! Who a visitor is, as the customer's site says: a shield beside his name, and what is known of it.

use alongside::protocol::conversation::Row;
use alongside::protocol::{Identity, VisitId, VisitorId};
use leptos::prelude::*;

use crate::desk::Desk;
use crate::inbox::moment;

/// What is known of a conversation's visitor: his row's, or where he did something since, his visit's.
pub fn of_row(desk: Desk, row: &Row) -> Option<Identity> {
    let visit = |visit: VisitId| {
        desk.board.with(|board| board.visit(visit).map(|visit| (visit.visitor, visit.identity.clone())))
    };
    let live = row.visit.and_then(visit).filter(|(visitor, _): &(VisitorId, _)| *visitor == row.visitor);
    let later = live.and_then(|(_, identity)| identity);
    match (&row.identity, later) {
        (Some(told), Some(later)) if (later.until, later.since) < (told.until, told.since) => Some(told.clone()),
        (told, later) => later.or_else(|| told.clone()),
    }
}

/// The name by which people call him, or the customer's identifier.
pub fn name(identity: &Identity) -> &str {
    identity.name.as_deref().unwrap_or(&identity.subject)
}

/// One of three states: identified and verified, identified only, or nothing where he is neither.
#[component]
pub fn Shield(#[prop(into)] identity: Signal<Option<Identity>>) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let is_verified =
        Memo::new(move |_| identity.with(|known| known.as_ref().map(|known| known.is_verified(desk.now.get()))));
    let about = move || identity.with(|known| known.as_ref().map(|known| describe(desk, known))).unwrap_or_default();
    view! {
        {move || is_verified.get().map(|is_verified| view! {
            <span class="shield" class:verified=is_verified role="img" title=about aria-label=about>
                <svg viewBox="0 0 20 20" aria-hidden="true">
                    <path d="M10 1.8 3.5 4.2v5.2c0 4 2.7 7.2 6.5 8.8 3.8-1.6 6.5-4.8 6.5-8.8V4.2z" />
                    {is_verified.then(|| view! { <path class="tick" d="m6.8 10 2.3 2.3 4.2-4.6" /> })}
                </svg>
            </span>
        })}
    }
}

/// When and how, in words.
fn describe(desk: Desk, identity: &Identity) -> String {
    let (words, now, language) = (desk.identity_words(), desk.now.get(), desk.language.get());
    let state = if identity.is_verified(now) { words.verified } else { words.identified };
    let mut lines = vec![state.to_owned(), format!("{} {}", words.customer, identity.subject)];
    lines.extend(identity.name.clone());
    lines.extend(identity.email.clone());
    lines.extend(identity.how.as_ref().map(|how| format!("{} {how}", words.by)));
    let (since, until) = (moment(identity.since, now, language), moment(identity.until, now, language));
    lines.push(format!("{} {since}, {} {until}", words.since, words.until));
    lines.join("\n")
}
