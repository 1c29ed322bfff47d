//! What the visitor's browser does above the page, and the page does not draw: dialogs, and how near it is shown.

use alongside::protocol::mirror::DialogKind;
use leptos::prelude::*;

use super::room::Room;

/// Which dialog is open, and what it says, as far as agents may see it; and that only a part of the page is seen, larger.
#[component]
pub fn AbovePage(room: Room) -> impl IntoView {
    let open = Memo::new(move |_| {
        room.moved.track();
        room.scene().and_then(|scene| scene.dialog())
    });
    let zoom = Memo::new(move |_| {
        room.moved.track();
        let (width, _) = room.size.get()?;
        super::geometry::zoom(width, room.scene()?.view())
    });
    let words = move |kind| {
        let words = room.desk.cobrowse_words();
        match kind {
            DialogKind::Alert => words.dialog_alert,
            DialogKind::Confirm => words.dialog_confirm,
            DialogKind::Prompt => words.dialog_prompt,
            DialogKind::Print => words.dialog_print,
            DialogKind::File => words.dialog_file,
            DialogKind::Choice => words.dialog_choice,
        }
    };
    view! {
        <div class="dialog" role="status">
            {move || open.get().map(|dialog| {
                let label = words(dialog.kind);
                view! { <p>{if dialog.text.is_empty() { label.to_owned() } else { format!("{label}: {}", dialog.text.as_str()) }}</p> }
            })}
        </div>
        <div class="dialog below" role="status">
            {move || zoom.get().map(|zoom| view! { <p>{format!("{}: {zoom}×", room.desk.cobrowse_words().zoomed)}</p> })}
        </div>
    }
}
