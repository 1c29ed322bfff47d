// @ts-check
// The look of the messenger. Customers change it by `--alongside-*` variables and `::part`; lengths are on a grid of four pixels.

const DARK = `
  color-scheme: dark;
  --accent: var(--alongside-accent, #8ea8ff); --surface: var(--alongside-surface, #15171c); --quiet: var(--alongside-surface-2, #1e2128);
  --ink: var(--alongside-text, #eceef2); --soft: var(--alongside-text-2, #a4abb8); --line: var(--alongside-line, #2b2f38); --edge: #6f7787;
  --danger: var(--alongside-danger, #ff8a73); --rim: var(--line); --shadow: none; --hover: #282c35;
  --out: var(--alongside-bubble-out, color-mix(in srgb, var(--accent) 30%, var(--surface))); --on-out: var(--alongside-on-bubble-out, var(--ink));
  --on-accent-guess: #0c1226; --darkest: .72; --lightest: 1;
`;

export const CSS = `
*, *::before, *::after { box-sizing: border-box }
[hidden] { display: none !important }
h2, p, ul, ol, pre, blockquote { margin: 0; padding: 0; font: inherit }
.all {
  color-scheme: light;
  --accent: var(--alongside-accent, #2f5bea); --surface: var(--alongside-surface, #fff); --quiet: var(--alongside-surface-2, #f5f6f8);
  --ink: var(--alongside-text, #14161a); --soft: var(--alongside-text-2, #5b6270); --line: var(--alongside-line, #e3e6eb); --edge: #868d9b;
  --danger: var(--alongside-danger, #c4321c); --rim: rgb(16 24 40 / 6%); --hover: #e9ebef;
  --shadow: 0 12px 40px rgb(16 24 40 / 16%), 0 2px 6px rgb(16 24 40 / 8%);
  --out: var(--alongside-bubble-out, var(--accent)); --on-out: var(--alongside-on-bubble-out, var(--on-accent)); --on-accent-guess: #fff; --darkest: 0; --lightest: .56;
  --ease: cubic-bezier(.2, .8, .2, 1);
  font: 15px/22px var(--alongside-font, system-ui, -apple-system, "Segoe UI", Roboto, "Hiragino Sans", "Yu Gothic UI", "Noto Sans CJK JP", "Noto Sans JP", sans-serif);
  color: var(--ink); text-align: start; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; overflow-wrap: anywhere; word-break: auto-phrase
}
.all[data-theme=dark] { ${DARK} }
@media (prefers-color-scheme: dark) { .all[data-theme=auto] { ${DARK} } }
.all { --on-accent: var(--alongside-on-accent, var(--on-accent-guess)); --strong: var(--accent) }
@supports (color: oklch(from red l c h)) {
  /* Any accent can be read: what is written on it, and what is written in it. */
  .all { --on-accent: var(--alongside-on-accent, oklch(from var(--accent) clamp(0, (.68 - l) * 999, 1) 0 0)); --strong: oklch(from var(--accent) clamp(var(--darkest), l, var(--lightest)) c h) }
}
.all:lang(ko) { font-family: var(--alongside-font, system-ui, "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans CJK KR", "Noto Sans KR", sans-serif); word-break: keep-all }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.note { font-size: 13px; line-height: 18px; color: var(--soft) }
.icon { width: 20px; height: 20px; flex: none; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round }
[data-name=options] .icon { stroke-width: 3 }
:focus { outline: none }
:focus-visible { outline: 2px solid var(--strong); outline-offset: 2px }

.button {
  font: inherit; color: inherit; background: none; border: 0; margin: 0; padding: 0 12px; min-height: 44px; min-width: 44px; position: relative; display: inline-flex; align-items: center;
  justify-content: center; gap: 8px; text-align: start; cursor: pointer; touch-action: manipulation; -webkit-tap-highlight-color: transparent; border-radius: 12px
}
.round { padding: 0; width: 44px; flex: none; border-radius: 50%; color: var(--soft) }
.round::before { content: ""; position: absolute; inset: 4px; border-radius: 50%; background: currentColor; opacity: 0; transition: opacity 120ms }
.round:hover::before { opacity: .08 }
.round:active::before { opacity: .16 }
.round:focus-visible { outline-offset: -4px }
.framed { border: 1px solid var(--edge) }
.fatal { background: var(--danger); color: var(--surface) }
.framed:hover { background: var(--hover) }

.panel {
  position: fixed; inset-block-end: calc(88px + env(safe-area-inset-bottom, 0px)); inset-inline-end: 20px; width: 384px; max-width: calc(100vw - 40px);
  height: min(680px, 100vh - 112px); height: min(680px, 100dvh - 112px); pointer-events: auto; background: var(--surface); border: 1px solid var(--rim);
  border-radius: var(--alongside-radius, 16px); box-shadow: var(--shadow); overflow: hidden; transform-origin: 50% 100%;
  transition: opacity 200ms var(--ease), transform 200ms var(--ease), display 200ms allow-discrete
}
.panel[hidden] { opacity: 0; transform: translateY(8px) scale(.98); transition-duration: 120ms }
@starting-style { .panel { opacity: 0; transform: translateY(8px) scale(.98) } }
[data-side=start] .panel { inset-inline: 20px auto }
.panel:focus-visible { outline-offset: -2px }
.content { height: 100%; display: flex; flex-direction: column }

.header { flex: none; display: flex; align-items: center; padding: 8px 8px 8px 16px; padding-inline: 16px 8px; border-block-end: 1px solid var(--line); min-height: 64px }
.who { flex: 1; min-width: 0; display: flex; align-items: center; gap: 12px }
.names { min-width: 0 }
.names > * { overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
h2 { font-size: 17px; line-height: 24px; font-weight: 600 }
.face {
  flex: none; width: 28px; height: 28px; border-radius: 50%; display: grid; place-items: center; font-size: 13px; line-height: 1; font-style: normal;
  background: color-mix(in srgb, var(--accent) 14%, var(--surface)); color: color-mix(in srgb, var(--strong) 70%, var(--ink)); user-select: none
}
.face .icon { width: 18px; height: 18px }
.header .face { width: 36px; height: 36px; font-size: 15px }

.menu-place { position: relative; flex: none }
.banner { flex: none; padding: 8px 16px; background: var(--quiet); border-block-end: 1px solid var(--line); font-size: 13px; line-height: 18px; text-wrap: pretty; animation: fade 200ms }
.banner[data-kind=refused] { color: var(--danger) }
.banner .link { margin-block: -5px }
.button[aria-busy=true] { opacity: .5 }

.view { flex: 1; min-height: 0; position: relative; display: flex }
.scroller {
  flex: 1; min-width: 0; display: flex; flex-direction: column; overflow: hidden auto; overscroll-behavior: contain; padding-block: 4px 16px; scrollbar-width: thin; scrollbar-color: var(--line) transparent
}
.scroller:focus-visible { outline-offset: -2px }
.scroller > * { flex: none }
.earlier { display: flex; justify-content: center; padding: 4px 16px 0 }
.earlier:empty { display: none }
.earlier .note { padding: 13px 12px }
.quiet { font-size: 13px; line-height: 18px; color: var(--soft) }
.quiet .icon { width: 16px; height: 16px }
.quiet:hover { color: var(--ink) }
.list { position: relative }
.chunk { position: relative; padding-inline: 16px }
@supports (overflow-anchor: auto) { .chunk { content-visibility: auto } }
@supports not (overflow-anchor: auto) { .chunk { contain: layout style } }
.row { position: relative }
.row[data-kind=day], .row[data-kind=event] { padding-block: 16px 4px; text-align: center; font-size: 13px; line-height: 18px; color: var(--soft); text-wrap: balance }
.row[data-kind=new] { display: flex; align-items: center; gap: 12px; padding-block: 16px 4px; font-size: 13px; line-height: 18px; color: var(--strong) }
.row[data-kind=new]::before, .row[data-kind=new]::after { content: ""; flex: 1; height: 1px; background: currentColor; opacity: .4 }
.row[data-kind=message], .row[data-kind=typing], .row[data-kind=greeting] { display: flex; gap: 8px; padding-block-start: 2px; justify-content: flex-start }
.row[data-first], .row[data-kind=typing], .row[data-kind=greeting] { padding-block-start: 12px }
.row[data-author=visitor] { justify-content: flex-end }
.row[data-author=visitor] > .avatar { display: none }
.avatar { flex: none; width: 28px; align-self: flex-end }
.row[data-last] > .avatar { margin-block-end: 22px }
.row[data-kind=typing], .row[data-kind=greeting] { padding-inline: 16px }
.stack { min-width: 0; max-width: 82%; display: flex; flex-direction: column; align-items: flex-start }
.row[data-author=visitor] > .stack { align-items: flex-end }
.name { display: flex; gap: 8px; align-items: center; max-width: 100%; font-size: 13px; line-height: 18px; color: var(--soft); padding-inline-start: 12px }
.name > :not(.unseen) { margin-block-end: 4px }
.tag { flex: none; padding-inline: 6px; border-radius: 6px; background: var(--quiet); box-shadow: inset 0 0 0 1px var(--line) }
.bubble {
  max-width: 100%; min-width: 0; padding: 8px 12px; border-radius: 18px; background: var(--alongside-bubble-in, var(--quiet)); color: var(--alongside-on-bubble-in, var(--ink)); text-wrap: pretty
}
.row[data-author=visitor] .bubble { background: var(--out); color: var(--on-out) }
.row[data-author]:not([data-author=visitor]):not([data-first]) .bubble { border-start-start-radius: 6px }
.row[data-author]:not([data-author=visitor]):not([data-last]) .bubble { border-end-start-radius: 6px }
.row[data-author=visitor]:not([data-first]) .bubble { border-start-end-radius: 6px }
.row[data-author=visitor]:not([data-last]) .bubble { border-end-end-radius: 6px }
.row[data-author=visitor][data-state=failed] .bubble { background: var(--surface); color: var(--ink); box-shadow: inset 0 0 0 1px var(--danger) }
.row[data-kind=message][data-large] .bubble { background: none; color: inherit; padding: 4px 0; font-size: 36px; line-height: 44px; letter-spacing: 4px; box-shadow: none }
.bubble > * + * { margin-block-start: 8px }
.bubble p { white-space: pre-wrap }
.bubble ul, .bubble ol { padding-inline-start: 24px }
.bubble a { color: inherit; text-decoration: underline; text-underline-offset: 2px; unicode-bidi: isolate; border-radius: 4px }
.row:not([data-author=visitor]) .bubble a { color: var(--strong) }
.bubble a:focus-visible { outline-color: currentColor }
.bubble code { font: 13px/18px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; background: color-mix(in srgb, currentColor 9%, transparent); border-radius: 4px; padding-inline: 4px }
.bubble pre { background: color-mix(in srgb, currentColor 9%, transparent); border-radius: 8px; padding: 8px 12px; white-space: pre-wrap; text-align: start }
.bubble pre code { background: none; padding: 0 }
.bubble blockquote { border-inline-start: 3px solid color-mix(in srgb, currentColor 40%, transparent); padding-inline-start: 12px }
.bubble strong { font-weight: 700 }
.meta { max-width: 100%; display: flex; flex-wrap: wrap; align-items: center; gap: 0 4px; font-size: 13px; line-height: 18px; color: var(--soft); padding-inline: 12px; font-variant-numeric: tabular-nums }
.meta > :not(.unseen) { padding-block-start: 4px }
.row[data-author=visitor] .meta { justify-content: flex-end; padding-inline: 4px }
.meta .state { display: inline-flex; align-items: center; gap: 4px; min-height: 22px }
.meta .state .icon { width: 16px; height: 16px }
.meta time + .state:not(:has(.icon))::before { content: "·" }
.row[data-state=failed] .meta .state { color: var(--danger) }
.row[data-state=failed] .meta .state, .meta .held { align-items: flex-start; text-wrap: pretty }
.row[data-state=failed] .meta .icon, .held .icon { margin-block-start: 1px }
.link { min-height: 28px; min-width: 0; padding: 0 8px; color: var(--ink); font-size: 13px; line-height: 18px; text-decoration: underline; text-underline-offset: 2px; border-radius: 8px }
.link::after { content: ""; position: absolute; inset: -8px -2px }
/* What a finger may press is not below the next row, nor cut off with the last one. */
.row[data-state=failed] { padding-block-end: 8px }
.link:hover { background: var(--quiet) }
.meta .ends { display: inline-flex; gap: 4px; margin-inline-end: -4px }
[data-fresh] { animation: rise 200ms var(--ease) }
.greeting { white-space: pre-wrap }
.hints { padding: 12px 16px 0; padding-inline-start: 52px; display: flex; flex-direction: column; gap: 4px }
.score { font-size: 20px; line-height: 28px; letter-spacing: 2px }
.thanks { padding: 4px 4px 0 }

.drop {
  position: absolute; inset: 8px; z-index: 4; display: flex; align-items: center; justify-content: center; gap: 8px; border: 2px dashed var(--strong); border-radius: 12px;
  background: color-mix(in srgb, var(--surface) 92%, var(--accent)); pointer-events: none; animation: fade 120ms
}

.dots { display: flex; gap: 4px; align-items: center; height: 38px; padding-inline: 14px }
.dots > i { width: 7px; height: 7px; border-radius: 50%; background: var(--soft); animation: dot 1200ms infinite }
.bubble.dots > * { margin: 0 }
.dots > i:nth-child(2) { animation-delay: 200ms }
.dots > i:nth-child(3) { animation-delay: 400ms }
.skeleton { padding: 16px; display: flex; flex-direction: column; gap: 12px; opacity: 0; animation: fade 200ms 200ms forwards }
.skeleton > i { width: 62%; height: 38px; border-radius: 18px; background: var(--quiet) }
.skeleton > i:nth-of-type(2) { width: 44%; align-self: flex-end }
.skeleton > i:nth-of-type(3) { width: 74%; height: 60px }

.pill-place { position: absolute; inset-block-end: 12px; inset-inline: 0; display: flex; justify-content: center; pointer-events: none }
.pill {
  pointer-events: auto; min-height: 36px; padding: 0 16px 0 12px; padding-inline: 12px 16px; border-radius: 18px; background: var(--accent); color: var(--on-accent); box-shadow: var(--shadow);
  animation: rise 200ms var(--ease)
}
.pill::after { content: ""; position: absolute; inset: -4px }
.pill .icon { width: 16px; height: 16px }

.composer { flex: none; position: relative; padding: 4px 12px calc(12px + env(safe-area-inset-bottom, 0px)) }
.box { display: flex; align-items: flex-end; border: 1px solid var(--edge); border-radius: 23px; background: var(--surface); cursor: text }
.box:focus-within { border-color: var(--strong); box-shadow: inset 0 0 0 1px var(--strong) }
.area {
  flex: 1; min-width: 0; display: block; font: inherit; color: inherit; background: none; border: 0; margin: 0; padding: 11px 0; padding-inline: 4px; height: 44px; resize: none; overflow: hidden;
  overscroll-behavior: contain; scrollbar-width: thin
}
.area:focus-visible { outline: none }
.area[data-full] { overflow-y: auto }
.area::placeholder { color: var(--soft); opacity: 1; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
.send::after { content: ""; position: absolute; z-index: -1; inset: 4px; border-radius: 50%; background: var(--quiet); transition: opacity 120ms }
.send { isolation: isolate }
.send[data-ready] { color: var(--on-accent) }
.send[data-ready]::after { background: var(--accent) }
.count { display: block; font-size: 13px; line-height: 18px; color: var(--soft); padding: 4px 12px 0; text-align: end; font-variant-numeric: tabular-nums }
.count:empty { display: none }
.count[data-over] { color: var(--danger); text-align: start }
@keyframes rise { from { opacity: 0; transform: translateY(6px) } }
@keyframes fade { from { opacity: 0 } to { opacity: 1 } }
@keyframes dot { 0%, 60%, 100% { opacity: .35 } 30% { opacity: 1 } }

@media (max-width: 479.98px) {
  .panel, [data-side=start] .panel {
    inset: var(--top, 0) 0 auto; width: auto; max-width: none; height: var(--height, 100vh); border: 0; border-radius: 0; padding-block-start: env(safe-area-inset-top, 0px); box-shadow: none
  }
  @supports (height: 100dvh) { .panel, [data-side=start] .panel { height: var(--height, 100dvh) } }
  .header { min-height: 60px; padding-block: 4px }
  .area { font-size: 16px }
}
@media (max-height: 420px) and (min-width: 480px) { .panel { inset-block-end: 8px; height: calc(100vh - 16px) } }
@media (pointer: coarse) { .area { font-size: 16px } }
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { animation-duration: 1ms !important; transition-duration: 1ms !important }
  .dots > i { animation: none; opacity: .7 }
}
@media (forced-colors: active) {
  .panel, .bubble, .banner, .pill, .face { border: 1px solid CanvasText }
  .dots > i, .skeleton > i { background: CanvasText }
  .send[data-ready] { color: HighlightText; forced-color-adjust: none }
  .send[data-ready]::after { background: Highlight; forced-color-adjust: none }
}
@media print { .all { display: none } }
`;
