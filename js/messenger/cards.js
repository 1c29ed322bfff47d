// @ts-check
// The look of what is fetched later (`later.js`), as `style.js` has it.

export const CARDS = `
.menu {
  position: absolute; inset-block-start: 100%; inset-inline-end: 0; z-index: 2; min-width: 220px; width: max-content; max-width: 300px; padding: 4px; background: var(--surface);
  border: 1px solid var(--line); border-radius: 12px; box-shadow: var(--shadow); animation: rise 120ms var(--ease)
}
.item { width: 100%; justify-content: flex-start; border-radius: 8px; gap: 12px }
.item > .icon:first-child { color: var(--soft) }
.item > span { flex: 1 }
.item[aria-checked=true] > .icon:last-child { color: var(--strong) }
.item:hover, .item:focus-visible { background: var(--quiet) }
.item:focus-visible { outline-offset: -2px }
.danger, .danger > .icon:first-child { color: var(--danger) }

.file, .row .bubble a.file { display: flex; align-items: center; gap: 12px; min-height: 44px; color: inherit; text-decoration: none; border-radius: 12px }
a.file:hover .file-name { text-decoration: underline }
.sheet-icon { flex: none; width: 36px; height: 36px; border-radius: 8px; display: grid; place-items: center; background: color-mix(in srgb, currentColor 12%, transparent) }
.about { min-width: 0; display: flex; flex-direction: column }
.file-name { overflow: hidden; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; line-clamp: 2 }
.file-note { font-size: 13px; line-height: 18px; text-wrap: pretty }
.thumbnail { display: block; max-width: 100%; max-height: 240px; min-width: 48px; min-height: 48px; object-fit: cover; border-radius: inherit; background: var(--quiet) }
.bubble > .file + * { margin-block-start: 4px }
.bubble:has(> .file > .thumbnail) { padding: 0; overflow: hidden }
.bubble:has(> .file > .thumbnail) > .file { border-radius: inherit }
.bubble:has(> .file > .thumbnail) > :not(.file) { margin: 8px 12px }
.uploads { padding-inline: 16px }
.uploads .row { padding-block-end: 8px }
.bar { display: block; width: 100%; min-width: 160px; height: 4px; appearance: none; border: 0; border-radius: 2px; overflow: hidden; background: color-mix(in srgb, currentColor 25%, transparent) }
.bubble:has(> .bar:not([hidden])) > .file { margin-block-end: 4px }
.bar::-webkit-progress-bar { background: none }
.bar::-webkit-progress-value { background: currentColor }
.bar::-moz-progress-bar { background: currentColor }
.bar:indeterminate { animation: dot 1200ms infinite }
.bar:indeterminate::-moz-progress-bar { background: none }

.picker {
  position: absolute; z-index: 2; inset-block-end: calc(100% + 4px); inset-inline-end: 12px; padding: 8px; background: var(--surface); border: 1px solid var(--line); border-radius: 12px;
  box-shadow: var(--shadow); max-height: min(300px, 45vh); overflow-y: auto; animation: rise 120ms var(--ease)
}
.cells { display: flex }
.cell { padding: 0; font-size: 24px; line-height: 32px; border-radius: 8px }
.cell:hover { background: var(--quiet) }
.cell:focus-visible { outline-offset: -2px }

.shade { position: absolute; inset: 0; z-index: 3; display: flex; align-items: flex-end; padding: 12px; background: rgb(10 12 16 / 45%); animation: fade 120ms }
.sheet { width: 100%; background: var(--surface); border-radius: 12px; padding: 20px; display: flex; flex-direction: column; gap: 8px; animation: rise 200ms var(--ease); text-wrap: pretty }
.sheet .ends { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 8px; margin-block-start: 12px }
.sheet .ends > .button { padding-inline: 20px }

.offer { max-width: 100% }
.offer:empty { display: none }
.choices { display: flex; flex-wrap: wrap; gap: 8px; padding-block-start: 8px }
.reply, .choice { border: 1px solid var(--strong); color: var(--strong); background: var(--surface); border-radius: 18px; padding: 8px 16px; min-height: 44px; text-align: start }
.reply:hover, .choice:hover { background: color-mix(in srgb, var(--accent) 10%, var(--surface)) }
.list-of { flex-direction: column }
.choice { border-radius: 12px; flex-direction: column; align-items: flex-start; justify-content: center; gap: 0; width: 100% }
.choice .note { color: var(--soft) }
.cards { display: flex; gap: 8px; padding-block-start: 8px; overflow-x: auto; scroll-snap-type: x proximity; scrollbar-width: thin; max-width: 100% }
.card { flex: 0 0 min(220px, 100%); display: flex; flex-direction: column; gap: 8px; padding: 12px; border: 1px solid var(--line); border-radius: 12px; background: var(--surface); scroll-snap-align: start }
.card img { width: 100%; aspect-ratio: 16 / 9; object-fit: cover; border-radius: 8px }
.card-title { font-weight: 600 }
.card .button { width: 100%; text-decoration: none; color: inherit; margin-block-start: auto }
.card .button + .button { margin-block-start: 0 }
.form { display: flex; flex-direction: column; gap: 12px; margin-block-start: 8px; padding: 12px; border: 1px solid var(--line); border-radius: 12px; background: var(--surface); width: min(280px, 100%) }
.field { display: flex; flex-direction: column; gap: 4px; font-size: 13px; line-height: 18px }
.field.check { flex-direction: row; align-items: center; gap: 8px; min-height: 44px }
.check + .check { margin-block-start: -12px }
.input { font: inherit; font-size: 15px; line-height: 22px; color: inherit; background: var(--surface); border: 1px solid var(--soft); border-radius: 8px; padding: 8px; min-height: 44px; width: 100% }
.check .input { width: 20px; min-height: 20px; flex: none }
.input:user-invalid { border-color: var(--danger) }
.form .main { background: var(--accent); color: var(--on-accent); border-radius: 8px; min-height: 44px }
.before { margin: 12px 16px 4px; width: auto }
.survey { margin: 8px 0 4px; width: 100% }
.row[data-kind=rate] { padding-block-start: 8px }
fieldset { border: 0; margin: 0; padding: 0; min-width: 0 }
legend { padding: 0 }
.stars { display: flex; margin-inline: -8px; padding-block-start: 4px }
.star { position: relative; width: 44px; height: 44px; display: grid; place-items: center; cursor: pointer; font-size: 28px; line-height: 1; color: var(--edge); border-radius: 8px; touch-action: manipulation }
.star[data-lit] { color: var(--strong) }
.star:hover { background: var(--quiet) }
.star:has(:focus-visible) { outline: 2px solid var(--strong); outline-offset: -2px }
.rest { display: flex; flex-direction: column; gap: 12px }
.link-card { display: block; width: 280px; max-width: 100%; margin-block-start: 4px; border: 1px solid var(--line); border-radius: 12px; overflow: hidden; background: var(--surface); color: inherit; text-decoration: none }
.link-card:hover .link-title { text-decoration: underline }
.link-card img { display: block; width: 100%; object-fit: cover; background: var(--quiet) }
.link-about { display: flex; flex-direction: column; gap: 2px; padding: 8px 12px }
.link-title { font-weight: 600 }
.link-text, .link-site { font-size: 13px; line-height: 18px; color: var(--soft) }
.link-title, .link-text { overflow: hidden; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; line-clamp: 2 }
.home { flex: 1; min-height: 0; overflow: hidden auto; overscroll-behavior: contain; scrollbar-width: thin; scrollbar-color: var(--line) transparent; padding: 24px 16px 16px; display: flex; flex-direction: column; gap: 16px; animation: fade 120ms }
.home > * { flex: none }
.home > .quiet { align-self: center }
.welcome, .talk-excerpt, .talk-name { text-align: match-parent }
.welcome { margin: 0; font-size: 17px; line-height: 24px; font-weight: 600; text-wrap: pretty; white-space: pre-wrap }
h4 { margin: 0 0 4px; font-size: 13px; line-height: 18px; font-weight: 600; color: var(--soft) }
.home .main { background: var(--accent); color: var(--on-accent); border-radius: 12px; min-height: 48px }
.talks { list-style: none }
.talk { width: 100%; gap: 12px; padding: 12px; margin-block-end: 8px; border: 1px solid var(--line); border-radius: 12px; justify-content: flex-start }
.talk:hover { background: var(--quiet) }
.talk .icon { color: var(--soft) }
.talk > .icon { width: 16px; height: 16px }
[dir=rtl] .talk > .icon, [dir=rtl] [data-name=back] .icon { transform: scaleX(-1) }
.talk-text { flex: 1; min-width: 0; display: flex; flex-direction: column }
.talk-head { display: flex; gap: 8px; justify-content: space-between; align-items: baseline }
.talk-head > .note { flex: none }
.talk-name { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
/* No title, but what is not read is found at a glance. */
.talk:has(.talk-unread) .talk-name { font-weight: 600 }
.talk-excerpt { color: var(--soft); overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.talk-unread { flex: none; min-width: 20px; padding: 1px 6px; border-radius: 10px; background: var(--danger); color: var(--surface); font-size: 13px; line-height: 18px; text-align: center }
[data-name=back][data-count]::after {
  content: attr(data-count); position: absolute; inset-block-start: 0; inset-inline-end: 0; min-width: 18px; padding: 0 5px; border-radius: 9px; background: var(--danger);
  color: var(--surface); font-size: 13px; line-height: 18px; text-align: center
}
.past { flex: none; display: flex; align-items: center; justify-content: space-between; gap: 12px; padding: 12px 16px calc(12px + env(safe-area-inset-bottom, 0px)); border-block-start: 1px solid var(--line) }
.video { padding-block-start: 8px; display: flex; flex-wrap: wrap; align-items: center; gap: 8px; width: 280px; max-width: 100% }
.video video, .video iframe { width: 100%; aspect-ratio: 16 / 9; border: 0; border-radius: 12px; background: #000 }
.video .note { display: inline-flex; align-items: center; color: var(--soft) }
.video .note .icon { width: 14px; height: 14px }

@media (forced-colors: active) {
  .menu, .picker, .sheet { border: 1px solid CanvasText }
  .star[data-lit] { color: Highlight; forced-color-adjust: none }
  .item:focus-visible, .cell:focus-visible { background: Highlight; color: HighlightText; forced-color-adjust: none }
}
`;
