//! Formatted text: each node is made by itself, so that what people write is never HTML.

use alongside::messenger::{Block, Inline};
use alongside::protocol::rich::{Card, Rich};
use leptos::prelude::*;

/// The blocks of one message.
pub fn blocks(blocks: Vec<Block>) -> AnyView {
    blocks.into_iter().map(block).collect_view().into_any()
}

/// What a message offers the visitor, in words: agents do not answer it.
pub fn offer(rich: Rich) -> AnyView {
    let words: Vec<String> = match rich {
        Rich::Choices(offer) => offer.choices.into_iter().map(|choice| choice.label).collect(),
        Rich::Cards(offer) => return cards(offer.cards),
        Rich::Form(form) => form.fields.into_iter().map(|field| field.label).collect(),
        Rich::Video(video) => vec![video.title],
        _ => Vec::new(),
    };
    let item = |word| view! { <li dir="auto">{word}</li> };
    view! { <ul class="offer">{words.into_iter().map(item).collect_view()}</ul> }.into_any()
}

/// Cards in words: their pictures are of other sites, and the desk asks none.
fn cards(cards: Vec<Card>) -> AnyView {
    let card = |card: Card| {
        view! {
            <li class="card-offered" dir="auto">
                <strong>{card.title}</strong>
                {card.text.map(|text| view! { <span>{text}</span> })}
                {card.image.map(|image| view! { <span class="meta" dir="ltr">{image}</span> })}
                {card.buttons.into_iter().map(|button| view! {
                    <span>"[ "{button.label}" ] "<span class="meta" dir="ltr">{button.link}</span></span>
                }).collect_view()}
            </li>
        }
    };
    view! { <ul class="offer">{cards.into_iter().map(card).collect_view()}</ul> }.into_any()
}

fn block(block: Block) -> AnyView {
    match block {
        Block::Paragraph(parts) => view! { <p dir="auto">{inlines(parts)}</p> }.into_any(),
        Block::List { is_ordered: true, first, items } => {
            view! { <ol start=first.to_string()>{items.into_iter().map(item).collect_view()}</ol> }.into_any()
        }
        Block::List { items, .. } => view! { <ul>{items.into_iter().map(item).collect_view()}</ul> }.into_any(),
        Block::Quote(inner) => view! { <blockquote>{blocks(inner)}</blockquote> }.into_any(),
        Block::Code(code) => view! { <pre><code>{code}</code></pre> }.into_any(),
    }
}

fn item(parts: Vec<Inline>) -> AnyView {
    view! { <li dir="auto">{inlines(parts)}</li> }.into_any()
}

fn inlines(parts: Vec<Inline>) -> AnyView {
    parts.into_iter().map(inline).collect_view().into_any()
}

fn inline(part: Inline) -> AnyView {
    match part {
        Inline::Text(text) => text.into_any(),
        Inline::Strong(parts) => view! { <strong>{inlines(parts)}</strong> }.into_any(),
        Inline::Emphasis(parts) => view! { <em>{inlines(parts)}</em> }.into_any(),
        Inline::Strike(parts) => view! { <s>{inlines(parts)}</s> }.into_any(),
        Inline::Code(code) => view! { <code>{code}</code> }.into_any(),
        Inline::Link { address, label } => {
            view! { <a href=address target="_blank" rel="noopener noreferrer">{inlines(label)}</a> }.into_any()
        }
        Inline::Break => view! { <br /> }.into_any(),
    }
}
