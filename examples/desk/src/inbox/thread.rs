//! The conversation that is open.

use alongside::messenger::markdown::{parse, plain};
use alongside::messenger::{Line, LineState, Noted};
use alongside::protocol::cobrowse::Channel;
use alongside::protocol::conversation::{Author, BEST, Event, Objection, Row, Stage};
use alongside::protocol::{ConversationId, SignIn};
use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;

use super::composer::Composer;
use super::files::{self, FileView};
use super::list::{day, moment, who};
use super::mail::{Opened, Shown};
use super::person_panel::Known;
use super::place::Place;
use super::rich;
use super::transfer::TransferMenu;
use crate::desk::Desk;
use crate::identity::{self, Shield};
use crate::link;
use crate::shell::View;
use crate::words::InboxWords;

/// Whoever is so near to the end, in CSS pixels, follows it.
const NEAR: i32 = 80;

/// Who is so near to the first or last line that is drawn is shown more.
const MARGIN: i32 = 1_600;

/// Its head, its lines, and where to answer.
#[component]
pub fn Thread(
    conversation: ConversationId,
    row: Memo<Option<Row>>,
    known: Known,
    person: Callback<()>,
) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let open = move |read: fn(&Opened) -> bool| {
        desk.mail.with(|mail| mail.open.as_ref().is_some_and(|open| open.conversation == conversation && read(open)))
    };
    let is_loading = Memo::new(move |_| !open(|open| !open.is_loading));
    let has_earlier = Memo::new(move |_| open(|open| open.has_earlier));
    let is_loading_earlier = Memo::new(move |_| open(|open| open.is_loading_earlier));
    let lines = Memo::new(move |_| {
        desk.mail
            .with(|mail| {
                mail.open.as_ref().filter(|open| open.conversation == conversation).map(|open| open.lines.clone())
            })
            .unwrap_or_default()
    });
    let typing = Memo::new(move |_| desk.mail.with(|mail| mail.open.as_ref().and_then(|open| open.typing.clone())));
    let scroller = NodeRef::<Div>::new();
    let is_near = StoredValue::new(true);
    let seen = move || {
        if is_near.get_value() && !document().hidden() {
            link::inbox(|inbox| inbox.handle_seen(conversation));
        }
    };
    let is_far = RwSignal::new(false);
    let place = StoredValue::new_local(Place::default());
    // Only what is about the view is drawn: of a long thread the rest waits.
    let draw_more = move || {
        let Some(scroller) = scroller.get_untracked() else { return };
        let (above, below) =
            (scroller.scroll_top(), scroller.scroll_height() - scroller.scroll_top() - scroller.client_height());
        let next = desk.mail.with_untracked(|mail| {
            let open = mail.open.as_ref().filter(|open| open.conversation == conversation)?;
            match (open.has_above, open.has_below) {
                (true, _) if above < MARGIN => Some(Some(open.above())),
                (_, true) if below < MARGIN => Some(Some(open.below())),
                // The end is followed again.
                (_, false) if below < NEAR && desk.drawn_from.get_value().is_some() => Some(None),
                _ => None,
            }
        });
        if let Some(from) = next {
            desk.drawn_from.set_value(from);
            link::redraw();
        } else if above < MARGIN && has_earlier.get_untracked() && !is_loading_earlier.get_untracked() && below > NEAR {
            link::inbox(|inbox| inbox.earlier(conversation));
        }
    };
    let has_below = Memo::new(move |_| open(|open| open.has_below));
    let scrolled = move |_| {
        let Some(scroller) = scroller.get_untracked() else { return };
        let below = scroller.scroll_height() - scroller.scroll_top() - scroller.client_height();
        is_near.set_value(below < NEAR && !has_below.get_untracked());
        if is_far.get_untracked() != (below > scroller.client_height()) {
            is_far.update(|is_far| *is_far = !*is_far);
        }
        seen();
        place.set_value(Place::of(&scroller));
        draw_more();
    };
    // After the lines are drawn.
    Effect::new(move |_| {
        lines.track();
        typing.track();
        if let Some(scroller) = scroller.get() {
            if is_near.get_value() {
                scroller.set_scroll_top(scroller.scroll_height());
            } else {
                scroller.set_scroll_top(scroller.scroll_top() + place.with_value(Place::moved));
            }
            place.set_value(Place::of(&scroller));
        }
        seen();
        request_animation_frame(move || {
            if !is_near.try_get_value().unwrap_or(true) {
                draw_more();
            }
        });
    });
    let to_end = move |_| {
        is_far.set(false);
        if has_below.get_untracked() {
            // Once the end is drawn, it is scrolled to: before that, scrolling would lead to the end of what is drawn now.
            is_near.set_value(true);
            desk.drawn_from.set_value(None);
            link::redraw();
        } else if let Some(scroller) = scroller.get_untracked() {
            scroller.set_scroll_top(scroller.scroll_height());
        }
    };
    let back = window_event_listener(ev::visibilitychange, move |_| seen());
    on_cleanup(move || back.remove());
    let is_own = move || row.with_untracked(|row| row.as_ref().is_some_and(|row| row.is_own));
    let is_over = RwSignal::new(false);
    let dragged = move |event: ev::DragEvent| {
        if let Some(over) = files::dragged(desk, conversation, &event, is_own()) {
            is_over.set(over);
        }
    };
    view! {
        <section class="thread" class:over=move || is_over.get() aria-label=move || desk.inbox_words().conversation
            on:dragenter=dragged on:dragover=dragged on:dragleave=dragged on:drop=dragged>
            <Head conversation row person />
            <div class="lines" node_ref=scroller on:scroll=scrolled tabindex="0" role="log" aria-live="off"
                aria-label=move || desk.inbox_words().messages>
                <Show when=move || has_earlier.get()>
                    <button type="button" class="earlier" aria-disabled=move || is_loading_earlier.get().to_string()
                        on:click=move |_| { link::inbox(|inbox| inbox.earlier(conversation)); }>
                        {move || if is_loading_earlier.get() { desk.words().loading } else { desk.inbox_words().earlier }}
                    </button>
                </Show>
                <Show when=move || is_loading.get()>
                    <div class="skeleton" role="img" aria-label=move || desk.words().loading><div></div><div></div></div>
                </Show>
                <For each=move || lines.get() key=Shown::key let:shown>
                    <LineView conversation shown />
                </For>
                <p class="typing meta" role="status">
                    {move || typing.get().map(|name| {
                        let words = desk.inbox_words();
                        let name = if name.is_empty() { words.visitor.to_owned() } else { name };
                        format!("{name} {}", words.is_writing)
                    })}
                </p>
            </div>
            <Show when=move || is_far.get() || has_below.get()>
                <button type="button" class="to-end" on:click=to_end>{move || desk.inbox_words().to_end}</button>
            </Show>
            <Composer conversation row known />
        </section>
    }
}

#[component]
fn Head(conversation: ConversationId, row: Memo<Option<Row>>, person: Callback<()>) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let stage = Memo::new(move |_| row.with(|row| row.as_ref().map(|row| (row.stage, row.is_own))));
    let known = Memo::new(move |_| row.with(|row| row.as_ref().and_then(|row| identity::of_row(desk, row))));
    // Who is not there cannot answer.
    let sign_in =
        Memo::new(move |_| row.with(|row| row.as_ref().filter(|row| row.is_there).and_then(|row| row.sign_in)));
    let title = move || {
        known
            .with(|known| known.as_ref().map(|known| identity::name(known).to_owned()))
            .or_else(|| row.with(|row| row.as_ref().map(|row| who(row, desk.inbox_words()))))
    };
    let subject = move || {
        known.with(|known| {
            known.as_ref().map(|known| format!("{} {} · ", desk.identity_words().customer, known.subject))
        })
    };
    let about = move || {
        let words = desk.inbox_words();
        row.with(|row| {
            let row = row.as_ref()?;
            let agent = row.agent.clone().unwrap_or_default();
            let by = row.channel.as_ref().map(|channel| format!("{channel} · ")).unwrap_or_default();
            Some(
                by + &match row.stage {
                    Stage::Waiting => {
                        format!("{} {}", words.waits_since, moment(row.since, desk.now.get(), desk.language.get()))
                    }
                    Stage::Open if row.is_own => words.yours.to_owned(),
                    Stage::Open => format!("{} {agent}", words.with),
                    _ => words.is_over.to_owned(),
                },
            )
        })
    };
    // A page that is not there cannot be shared.
    let visit = Memo::new(move |_| {
        let visit = row.with(|row| row.as_ref().filter(|row| row.is_own && row.is_there).and_then(|row| row.visit))?;
        desk.board.with(|board| board.visit(visit).map(|visit| visit.visit))
    });
    let share = move |_| {
        if let Some(visit) = visit.get_untracked() {
            link::session(|session| session.offer(visit, Channel::Messaging));
            let _ = window().location().set_hash(View::Cobrowse.hash());
        }
    };
    view! {
        <header class="about">
            <a class="button back" href=View::Inbox.hash()>{move || desk.inbox_words().list}</a>
            <div><h2 dir="auto">{title}<Shield identity=known /></h2><p class="meta">{subject}{about}</p></div>
            <button type="button" data-key="person" on:click=move |_| person.run(())>{move || desk.inbox_words().person_button}</button>
            {move || match stage.get() {
                Some((Stage::Waiting, _)) => view! {
                    <button type="button" class="primary" data-key="take" on:click=move |_| { link::inbox(|inbox| inbox.take(conversation)); }>
                        {move || desk.inbox_words().take}
                    </button>
                }.into_any(),
                Some((Stage::Open, true)) => view! {
                    <Show when=move || visit.get().is_some()>
                        <button type="button" on:click=share>{move || desk.inbox_words().see_page}</button>
                    </Show>
                    {move || sign_in.get().map(|sign_in| {
                        let is_asked = sign_in != SignIn::Possible;
                        let ask = move |_| if !is_asked { link::inbox(|inbox| inbox.ask_sign_in(conversation)); };
                        view! {
                            <button type="button" aria-disabled=is_asked.to_string() on:click=ask>
                                {move || if is_asked { desk.identity_words().asked } else { desk.identity_words().ask }}
                            </button>
                        }
                    })}
                    <TransferMenu conversation />
                    <button type="button" on:click=move |_| { link::inbox(|inbox| inbox.release(conversation)); }>
                        {move || desk.inbox_words().hand_back}
                    </button>
                    <button type="button" data-key="end" on:click=move |_| { link::inbox(|inbox| inbox.close(conversation)); }>
                        {move || desk.inbox_words().end}
                    </button>
                }.into_any(),
                _ => ().into_any(),
            }}
        </header>
    }
}

#[component]
fn LineView(conversation: ConversationId, shown: Shown) -> impl IntoView {
    let Shown { line, begins, is_beside, is_first, is_new_day } = shown;
    let desk = expect_context::<Desk>();
    let at = line.at;
    let border = (
        begins.then(|| view! { <hr /> }),
        is_new_day.then(|| view! { <p class="day meta"><time>{move || day(at, desk.language.get())}</time></p> }),
        (begins && is_beside).then(|| view! { <p class="beside meta">{move || desk.inbox_words().beside}</p> }),
    );
    if let Some(noted) = line.noted.clone() {
        return view! { {border}<NotedView conversation line noted /> }.into_any();
    }
    match line.text.clone() {
        Some(text) => {
            // The name of its file is shown with that.
            let blocks = match (line.words(), line.author) {
                (None, _) => Vec::new(),
                (_, Author::Visitor) => plain(text.as_str()),
                _ => parse(text.as_str()),
            };
            let file = line.file.clone().map(|file| view! { <FileView file /> });
            let is_own = line.author != Author::Visitor;
            // Stars that stand for themselves are drawn below.
            let is_said = line.rating.is_none() || !text.as_str().chars().all(|char| matches!(char, '★' | '☆'));
            view! {
                {border}
                <div class="line" class:own=is_own class:first=is_first class:beside=is_beside>
                    {is_first.then(|| view! { <p class="who meta"><Writer line=line.clone() /></p> })}
                    {is_said.then(|| view! { <div class="bubble">{file}{rich::blocks(blocks)}</div> })}
                    {line.rating.map(|score| view! { <Stars score /> })}
                    {line.preview.clone().map(rich::preview)}
                    {line.rich.clone().map(rich::offer)}
                    <State conversation line />
                </div>
            }
            .into_any()
        }
        None => view! { {border}<Happened line /> }.into_any(),
    }
}

/// How a conversation was, as its visitor says.
#[component]
fn Stars(score: u32) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let stars: String = (1..=BEST).map(|star| if star <= score { '★' } else { '☆' }).collect();
    let about = move || format!("{} {score} / {BEST}", desk.inbox_words().rated);
    view! { <p class="stars" role="img" aria-label=about>{stars}</p> }
}

/// What is for agents alone.
#[component]
fn NotedView(conversation: ConversationId, line: Line, noted: Noted) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let text = line.text.clone().map(|text| view! { <div class="bubble">{rich::blocks(plain(text.as_str()))}</div> });
    let code = match noted.clone() {
        Noted::AtTheEnd(code) => code,
        Noted::Then => None,
    };
    let name = move || {
        let (id, before) = code.clone()?;
        Some(desk.aid.codes.with(|codes| codes.name(&id, &before, desk.language.get().tag()).to_owned()))
    };
    let what = move || match noted {
        Noted::AtTheEnd(_) => desk.inbox_words().wrap,
        Noted::Then => desk.inbox_words().note_of,
    };
    view! {
        <div class="line noted first">
            <p class="who meta"><strong>{what}</strong>" · "<Writer line=line.clone() /></p>
            {move || name().map(|name| view! { <p><span class="chip" dir="auto">{name}</span></p> })}
            {text}
            <State conversation line />
        </div>
    }
}

/// Who wrote it, and when.
#[component]
fn Writer(line: Line) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let at = line.at;
    let name = move || match line.author {
        Author::Visitor => desk.inbox_words().visitor.to_owned(),
        _ if line.is_own => desk.inbox_words().you.to_owned(),
        _ => line.name.clone().unwrap_or_default(),
    };
    view! { {name}" "<time>{move || moment(at, desk.now.get(), desk.language.get())}</time> }
}

/// How a message is doing, and what to do where it failed.
#[component]
fn State(conversation: ConversationId, line: Line) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let (id, state) = (line.id, line.state);
    let word = move || state_word(state, desk.inbox_words());
    match state {
        LineState::None => ().into_any(),
        LineState::Failed(objection) => view! {
            <p class="state failed">
                {move || format!("{} {}", word(), objection_word(objection, desk.inbox_words()))}
                <button type="button" on:click=move |_| { link::inbox(|inbox| inbox.retry(conversation, id, link::now())); }>
                    {move || desk.words().try_again}
                </button>
                <button type="button" on:click=move |_| { link::inbox(|inbox| inbox.discard(conversation, id)); }>
                    {move || desk.inbox_words().discard}
                </button>
            </p>
        }.into_any(),
        _ => view! { <p class="state meta">{word}</p> }.into_any(),
    }
}

fn state_word(state: LineState, words: &InboxWords) -> &'static str {
    match state {
        LineState::None => "",
        LineState::Queued => words.queued,
        LineState::Sending => words.sending,
        LineState::Sent => words.sent,
        LineState::Delivered => words.delivered,
        LineState::Read => words.read,
        LineState::Failed(_) => words.failed,
    }
}

/// Why a wish was not met.
pub fn objection_word(objection: Objection, words: &InboxWords) -> &'static str {
    match objection {
        Objection::NotPermitted => words.not_permitted,
        Objection::Taken => words.taken,
        Objection::Ended => words.was_ended,
        Objection::NotFound => words.not_yours,
        _ => words.busy,
    }
}

/// Something that happened.
#[component]
fn Happened(line: Line) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let Some(event) = line.event.as_deref().and_then(Event::from_word) else { return ().into_any() };
    let (author, name) = (line.author, line.name.unwrap_or_default());
    let text = move || {
        let words = desk.inbox_words();
        match (event, author) {
            (Event::Joined, _) => format!("{name} {}", words.joined),
            (Event::Left, _) => format!("{name} {}", words.left),
            (Event::Waiting, _) => format!("{name} {}", words.handed_over),
            (Event::Transferred, _) => format!("{name} {}", words.took_over),
            (Event::SignedIn, _) => {
                let who = if name.is_empty() { words.visitor } else { &name };
                format!("{who} {}", desk.identity_words().signed_in)
            }
            (Event::SignInDeclined, _) => desk.identity_words().declined.to_owned(),
            (Event::SignInExpired, _) => desk.identity_words().expired.to_owned(),
            (_, Author::Visitor) => words.visitor_ended.to_owned(),
            _ => format!("{name} {}", words.agent_ended),
        }
    };
    view! { <p class="happened meta">{text}</p> }.into_any()
}
