// @ts-check
// The look of what the SDK adds to a shared page.

export const CSS = `
*, *::before, *::after { box-sizing: border-box }
[hidden] { display: none !important }
.all {
  font: 14px/20px system-ui, -apple-system, "Segoe UI", Roboto, "Hiragino Sans", "Yu Gothic UI", "Noto Sans CJK JP", "Noto Sans JP", sans-serif;
  color: var(--ink); text-align: start; -webkit-text-size-adjust: 100%;
}
.all:lang(ko) { font-family: system-ui, "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans CJK KR", "Noto Sans KR", sans-serif; word-break: keep-all }
.all {
  --surface: #fff; --ink: #1b1e24; --soft: #5a6170; --line: #d9dde5; --field: #fff; --quiet: #f3f5f8; --accent: #0e6557; --accent-quiet: #e4f2ef;
  --on-accent: #fff; --warning: #7a4300; --warning-quiet: #fff1d9; --danger: #b3261e; --shade: rgb(20 24 32 / 45%);
}
@media (prefers-color-scheme: dark) {
  .all {
    --surface: #20242b; --ink: #eef0f4; --soft: #aab2c0; --line: #414753; --field: #171a20; --quiet: #2b303a; --accent: #6fd3c0; --accent-quiet: #1d3b37;
    --on-accent: #06241f; --warning: #ffc876; --warning-quiet: #43310f; --danger: #ff9a90; --shade: rgb(0 0 0 / 60%);
  }
}
.icon { width: 20px; height: 20px; flex: none; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
h2, p, ul { margin: 0; padding: 0; font: inherit }
ul { list-style: none }
h2 { font-size: 18px; line-height: 26px; font-weight: 650; text-wrap: pretty; word-break: auto-phrase }
.soft { color: var(--soft) }
.number { font-variant-numeric: tabular-nums }

.button {
  font: inherit; font-weight: 550; color: inherit; background: none; border: 1px solid transparent; border-radius: 10px; min-height: 40px; min-width: 40px;
  padding: 8px 10px; display: inline-flex; align-items: center; justify-content: center; gap: 6px; cursor: pointer; text-align: center; touch-action: manipulation;
  transition: background-color 120ms
}
.button:hover { background: var(--quiet) }
.button:active { background: var(--line) }
.button:disabled { opacity: .55; cursor: default }
.button[aria-pressed=true] { background: var(--accent-quiet); color: var(--accent); border-color: currentColor }
.framed { border-color: var(--line); padding-inline: 16px }
.main { background: var(--accent); color: var(--on-accent); padding-inline: 18px }
.main:hover, .main:active { background: var(--accent); filter: brightness(1.12) }
.danger { color: var(--danger) }
.small { min-height: 32px; padding: 4px 12px }
:focus { outline: none }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px }

.seen { position: fixed; inset: 0; border: 3px solid var(--accent); pointer-events: none }
.seen[data-granted] { border-color: #d9730d }

.dock {
  position: fixed; display: flex; flex-direction: column; align-items: center; gap: 8px; width: max-content; max-width: calc(100vw - 24px);
  inset: auto 12px max(12px, env(safe-area-inset-bottom)); margin-inline: auto
}
.dock[data-place^=top] { inset-block: max(12px, env(safe-area-inset-top)) auto; flex-direction: column-reverse }
.dock[data-place$=left] { margin-left: 0; align-items: flex-start }
.dock[data-place$=right] { margin-right: 0; align-items: flex-end }
.dock[data-dragged] { cursor: grabbing; user-select: none; opacity: .9 }
.dock > .slot, .bar > .slot { display: contents }
.bar > :empty { display: none }
.dock { max-height: calc(100vh - 24px) }
.bar, .card {
  pointer-events: auto; background: var(--surface); border: 1px solid var(--line); border-radius: 16px; box-shadow: 0 1px 2px rgb(20 24 32 / 12%), 0 8px 28px rgb(20 24 32 / 18%)
}
.bar { flex: none; display: flex; flex-wrap: wrap; align-items: center; gap: 2px; padding: 5px; max-width: 100% }
.grip { min-width: 26px; padding: 8px 2px; color: var(--soft); cursor: grab; touch-action: none }
.state { display: flex; align-items: center; gap: 8px; padding: 4px 12px 4px 4px; min-width: 0; font-weight: 600 }
.state > span:last-child { overflow-wrap: anywhere }
.state .icon { padding: 3px; width: 28px; height: 28px; border-radius: 50%; background: var(--quiet); color: var(--soft) }
.state[data-state=sharing] { color: var(--accent) }
.state[data-state=sharing] .icon { background: var(--accent); color: var(--on-accent) }
.state[data-state=paused] .icon, .state[data-state=reconnecting] .icon { background: var(--warning-quiet); color: var(--warning) }
.facts { display: flex; align-items: center; gap: 10px; padding-right: 8px; color: var(--soft); font-size: 13px }
.facts > span { display: inline-flex; align-items: center; gap: 4px; white-space: nowrap }
.facts .icon { width: 16px; height: 16px }
.bars { display: inline-flex; gap: 2px; align-items: flex-end; height: 12px }
.bars i { width: 3px; height: 4px; border-radius: 1px; background: var(--line) }
.bars i:nth-child(2) { height: 8px }
.bars i:nth-child(3) { height: 12px }
.bars[data-level="1"] i:nth-child(-n+1), .bars[data-level="2"] i:nth-child(-n+2), .bars[data-level="3"] i { background: currentColor }
.bars[data-level="1"] { color: var(--warning) }
.rule { width: 1px; align-self: stretch; margin: 6px 4px; background: var(--line) }
.actions { display: flex; flex-wrap: wrap; gap: 2px; align-items: center; margin-left: auto }
.row { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; flex: none; width: 0; min-width: 100%; padding: 6px 6px 2px 10px; border-top: 1px solid var(--line); margin-top: 4px }
.granted { background: var(--warning-quiet); color: var(--warning); border: 1px solid transparent; border-radius: 10px; padding: 4px 4px 4px 12px; margin-top: 4px; justify-content: space-between }
.granted .button { color: inherit; border-color: currentColor }
.granted .button:hover { background: none; text-decoration: underline }

.card { padding: 16px; width: 400px; max-width: 100%; min-height: 48px; overflow: auto; display: flex; flex-direction: column; gap: 10px }
.card h2 { font-size: 16px; line-height: 22px }
.card[data-urgent] { border-color: var(--warning); border-width: 2px }
.line { display: flex; align-items: center; gap: 10px }
.line .icon { color: var(--soft) }
.ends { display: flex; flex-wrap: wrap; gap: 8px; justify-content: flex-end; align-items: center }
.ends > :first-child:not(.button) { margin-right: auto }
.tags { display: flex; flex-wrap: wrap; gap: 6px }
.tags > * { background: var(--quiet); border: 1px solid transparent; border-radius: 8px; padding: 2px 10px; font-weight: 550 }
.changes { max-height: 40vh; overflow: auto; overscroll-behavior: contain; display: flex; flex-direction: column; gap: 2px; margin-inline: -6px }
.changes > li { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; padding: 6px; border-radius: 10px }
.changes > li:nth-child(odd) { background: var(--quiet) }
.changes > li > span { flex: 1 1 140px; min-width: 0; overflow-wrap: anywhere }
.changes small { display: block; font-size: 12px; line-height: 16px; color: var(--soft) }
.changes q { quotes: none; font-style: italic }

dialog {
  position: fixed; inset: 0; margin: auto; width: 480px; height: fit-content; max-width: calc(100vw - 24px); max-height: calc(100dvh - 24px); overflow: auto; overscroll-behavior: contain;
  padding: 24px; border: 1px solid var(--line); border-radius: 20px; background: var(--surface); color: inherit; pointer-events: auto; box-shadow: 0 16px 60px rgb(10 14 22 / 35%)
}
dialog::backdrop { background: var(--shade) }
dialog[data-wide] { width: 920px }
dialog:focus-visible { outline: none }
dialog > .ends { position: sticky; bottom: -24px; background: var(--surface); padding-block: 8px 24px; margin-bottom: -24px }
.stack { display: flex; flex-direction: column; gap: 16px; min-width: 0 }
dialog[data-wide] .columns { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); gap: 24px }
.promises { display: flex; flex-direction: column; gap: 10px }
.promises li { display: flex; gap: 12px; color: var(--soft); text-wrap: pretty }
.promises .icon { color: var(--accent) }
.meter { height: 3px; border-radius: 2px; background: var(--quiet); overflow: hidden }
.meter i { display: block; height: 100%; background: var(--accent); transform-origin: left }
.preview { border: 1px solid var(--line); border-radius: 12px; overflow: hidden; position: relative; background: var(--quiet); min-height: 120px; max-height: 420px }
.preview iframe { border: 0; display: block; transform-origin: 0 0; background: #fff; pointer-events: none }
.preview p { padding: 16px; color: var(--soft) }
.field { display: flex; flex-direction: column; gap: 6px }
input {
  font: 600 28px/36px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; letter-spacing: .2em; text-align: center; color: var(--ink); background: var(--field);
  border: 1px solid var(--soft); border-radius: 12px; padding: 10px; width: 100%; font-variant-numeric: tabular-nums
}
input[aria-invalid=true] { border-color: var(--danger) }
.problem { color: var(--danger); font-weight: 550; min-height: 20px }
.code { font: 650 44px/56px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; letter-spacing: .06em; text-align: center; padding: 12px 0; user-select: all; white-space: nowrap }

.layer { position: fixed; inset: 0; width: 100%; height: 100%; overflow: hidden; pointer-events: none; direction: ltr }
.layer path { fill: none; stroke-width: 4; stroke-linecap: round; stroke-linejoin: round; stroke: var(--mine) }
.layer .edge { stroke: #fff; stroke-width: 7; opacity: .75 }
.layer [data-fading] { opacity: 0; transition: opacity 600ms }
.pad { position: fixed; inset: 0; pointer-events: auto; cursor: crosshair; touch-action: none }
.pointer { position: fixed; left: 0; top: 0; pointer-events: none; will-change: transform; color: var(--mine) }
.pointer svg { display: block; width: 22px; height: 24px; fill: var(--mine); stroke: #fff; stroke-width: 1.8; stroke-linejoin: round; filter: drop-shadow(0 1px 2px rgb(0 0 0 / 40%)) }
.name { display: block; width: max-content; max-width: 180px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: 12px; line-height: 16px; font-weight: 600; padding: 2px 8px; border-radius: 8px; background: var(--mine); color: #fff; border: 1px solid #fff }
.pointer .name { margin: -4px 0 0 14px }
.pointer[data-flipped] .name { margin-left: -8px; transform: translateX(-100%) }
.ripple { position: fixed; left: -18px; top: -18px; width: 36px; height: 36px; border-radius: 50%; border: 3px solid var(--mine); animation: ripple 500ms ease-out forwards; pointer-events: none }
@keyframes ripple { from { scale: .3; opacity: 1 } to { scale: 1.3; opacity: 0 } }
.light { position: fixed; left: 0; top: 0; pointer-events: none; border: 3px solid var(--mine); border-radius: 8px; box-shadow: 0 0 0 2px #fff, 0 0 0 6px color-mix(in srgb, var(--mine) 25%, transparent) }
.light .name { position: absolute; left: -3px; bottom: calc(100% + 6px) }
.light[data-low] .name { bottom: auto; top: 3px; left: 3px }
.light[data-kind=ghost] { border-style: dashed; border-width: 2px; box-shadow: none }
.light[data-kind=ghost] .name { inset: 3px; max-width: none; width: auto; background: var(--surface); color: var(--ink); border: 0; border-radius: 4px; font-size: 13px; font-weight: 400; font-style: italic; display: flex; align-items: center }
.light[data-kind=scope] { border-style: dashed; --mine: #b85c00 }

@media (max-width: 520px) {
  .dock, .dock[data-place] { inset-inline: 8px; width: auto; max-width: none; margin: 0; align-items: stretch }
  .card { width: auto }
  .bar { padding: 4px }
  .grip { display: none }
  .state { flex: 1 1 60%; padding-left: 6px }
  .actions { flex: 1 0 auto; justify-content: flex-end }
  .actions > .button { min-width: 44px; min-height: 44px }
  .actions > .button > span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
  .rule { display: none }
  .tool > span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
  .tool { min-width: 44px; min-height: 44px }
  dialog { padding: 18px; border-radius: 16px; margin-bottom: 12px }
  .stack > .ends > .button { flex: 1 1 auto }
  .code { font-size: 38px }
}
@media (max-width: 760px) { dialog[data-wide] .columns { display: flex; flex-direction: column } .preview { max-height: 240px } }
@media (prefers-reduced-motion: reduce) { *, *::before, *::after { animation-duration: 1ms !important; transition: none !important } }
@media (forced-colors: active) {
  .button { border-color: ButtonText }
  .button[aria-pressed=true] { background: Highlight; color: HighlightText; forced-color-adjust: none }
  .seen { border-color: Highlight }
  .bars i, .meter i { background: CanvasText }
  .bar, .card, dialog { border-color: CanvasText }
}
`;
