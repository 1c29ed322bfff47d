//! What a browser shows in windows of its own: the options of a list, a calendar, a colour. The desk shows its own, for the visitor's page.

use alongside::protocol::cobrowse::{Action, Choose, Type};
use leptos::ev;
use leptos::html::{Input, Select};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlOptionElement;

use super::geometry::Box;
use super::room::Room;
use super::scene::{Field, FieldOption};

/// Rows of a list that are shown without scrolling.
const ROWS: usize = 8;

/// Most options of one choice.
const CHOSEN: usize = 64;

/// The field whose options are open, if one is.
#[component]
pub fn Choice(room: Room, scale: Memo<f64>) -> impl IntoView {
    let desk = room.desk;
    let place = move |field: &Field| {
        room.moved.track();
        let Box { left, top, height, .. } = room.scene()?.box_of(field.id())?;
        Some((left * scale.get(), (top + height) * scale.get()))
    };
    let escaped = move |event: ev::KeyboardEvent| {
        event.stop_propagation();
        if event.key() == "Escape" {
            room.choice.set(None);
        }
    };
    move || {
        let field = room.choice.get()?;
        let (at, name) = (field.clone(), field.kind());
        let is_list = name == "select";
        let title = move || if is_list { desk.cobrowse_words().choose_title } else { desk.cobrowse_words().fill_title };
        let at = Memo::new(move |_| place(&at));
        Some(view! {
            <form
                class="choice"
                role="dialog"
                aria-label=title
                style:left=move || at.get().map(|(left, _)| format!("{left}px"))
                style:top=move || at.get().map(|(_, top)| format!("{top}px"))
                on:keydown=escaped
            >
                {if is_list { view! { <Options room field /> }.into_any() } else { view! { <Value room field /> }.into_any() }}
            </form>
        })
    }
}

#[component]
fn Options(room: Room, field: Field) -> impl IntoView {
    let desk = room.desk;
    let list = NodeRef::<Select>::new();
    let (node, is_multiple, options) = (field.id(), field.is_multiple(), field.options());
    focus_when_there(list);
    let chosen = move || {
        let Some(list) = list.get_untracked() else { return };
        let all = list.options();
        let is_chosen =
            |at: &u32| all.item(*at).is_some_and(|option| option.unchecked_ref::<HtmlOptionElement>().selected());
        let options: Vec<u32> = (0..all.length()).filter(is_chosen).take(CHOSEN).collect();
        room.choice.set(None);
        if is_multiple || !options.is_empty() {
            room.act(node, Action::Choose(Choose { options }), middle(room, node));
        }
    };
    let finished = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            chosen();
        }
    };
    let groups = grouped(&options);
    let rows = options.len() + groups.iter().filter(|(group, _)| !group.is_empty()).count();
    let shown = groups.into_iter().map(|(group, options)| {
        let options = options.into_iter().map(|option| {
            view! {
                <option selected=option.is_selected() disabled=option.is_disabled()>{option.text()}</option>
            }
        });
        let options = options.collect_view();
        if group.is_empty() {
            options.into_any()
        } else {
            view! { <optgroup label=group>{options}</optgroup> }.into_any()
        }
    });
    view! {
        <select
            node_ref=list
            size=rows.clamp(2, ROWS).to_string()
            multiple=is_multiple
            aria-label=move || desk.cobrowse_words().choose_title
            on:keydown=finished
            on:click=move |_| if !is_multiple { chosen() }
        >
            {shown.collect_view()}
        </select>
        <Buttons room on_set=chosen />
    }
}

#[component]
fn Value(room: Room, field: Field) -> impl IntoView {
    let desk = room.desk;
    let input = NodeRef::<Input>::new();
    let (node, limits) = (field.id(), field.limits());
    let limit = |at: usize| limits.get(at).filter(|limit| !limit.is_empty()).cloned();
    focus_when_there(input);
    let set = move || {
        let Some(input) = input.get_untracked() else { return };
        room.choice.set(None);
        room.act(node, Action::Fill(Type { text: input.value() }), middle(room, node));
    };
    view! {
        <input
            type=field.kind()
            node_ref=input
            prop:value=field.value()
            min=limit(0)
            max=limit(1)
            step=limit(2)
            aria-label=move || desk.cobrowse_words().fill_title
        />
        <Buttons room on_set=set />
    }
}

#[component]
fn Buttons(room: Room, on_set: impl Fn() + 'static) -> impl IntoView {
    let desk = room.desk;
    let set = move |event: ev::MouseEvent| {
        event.prevent_default();
        on_set();
    };
    view! {
        <div class="buttons">
            <button type="button" on:click=move |_| room.choice.set(None)>{move || desk.cobrowse_words().cancel}</button>
            <button type="submit" class="primary" on:click=set>{move || desk.cobrowse_words().apply}</button>
        </div>
    }
}

/// Options in a row that are of one group.
fn grouped(options: &[FieldOption]) -> Vec<(String, Vec<FieldOption>)> {
    let mut groups: Vec<(String, Vec<FieldOption>)> = Vec::new();
    for option in options {
        match groups.last_mut() {
            Some((group, members)) if *group == option.group() => members.push(option.clone()),
            _ => groups.push((option.group(), vec![option.clone()])),
        }
    }
    groups
}

fn middle(room: Room, node: u32) -> Option<(f64, f64)> {
    room.scene()?.box_of(node).map(Box::middle)
}

fn focus_when_there<E>(node: NodeRef<E>)
where
    E: leptos::html::ElementType + 'static,
    E::Output: JsCast + Clone + 'static,
{
    Effect::new(move |_| {
        if let Some(node) = node.get() {
            let _ = node.unchecked_into::<web_sys::HtmlElement>().focus();
        }
    });
}
