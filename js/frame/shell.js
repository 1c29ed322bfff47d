// @ts-check
// The frame on the customer's page: where it stands, and who has the focus. What is in it nobody here can see.

import { placed } from '../launcher.js';
import { Full } from '../messenger/full.js';
import { focused } from '../surface/focused.js';
import { Surface } from '../surface/surface.js';

/** As long as it takes to come and go, in milliseconds: it is still seen then. */
const GOING = 200;

export class Shell {
  #surface = new Surface('', { stays: true });
  #frame = document.createElement('iframe');
  #full;
  #isOpen = false;
  /** What had the focus before the messenger took it. @type {HTMLElement | undefined} */
  #before;

  /** @param {string} address @param {string} name what it is called @param {{position?: string, theme?: string}} look @param {() => void} loaded at each beginning of its document */
  constructor(address, name, { position = 'bottom-end', theme = 'auto' }, loaded) {
    const frame = this.#frame;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(placed(CSS, position, theme));
    this.#surface.root.adoptedStyleSheets = [...this.#surface.root.adoptedStyleSheets, sheet];
    frame.title = name;
    frame.setAttribute('part', 'frame');
    // Sounds once messages come, and what visitors copy.
    frame.allow = 'autoplay; clipboard-write; fullscreen';
    frame.addEventListener('load', loaded);
    frame.src = address;
    this.#surface.root.append(frame);
    this.#full = new Full(frame, this.#surface.host, () => {});
    this.#show();
    this.#surface.show('frame');
  }

  get isOpen() {
    return this.#isOpen;
  }

  /** Its document, which is another origin's. */
  get window() {
    return this.#frame.contentWindow;
  }

  /** @param {boolean} isOpen @param {boolean} isAsked by a person: then it takes the focus */
  setOpen(isOpen, isAsked) {
    if (isOpen === this.#isOpen) return void (isOpen && isAsked && this.focus());
    this.#isOpen = isOpen;
    const hadFocus = this.hasFocus;
    this.#show();
    if (isOpen) {
      this.remember();
      this.#full.begin();
      if (isAsked) this.focus();
    } else {
      this.#full.end();
      if (hadFocus) this.#before?.isConnected && this.#before.focus({ preventScroll: true });
      this.#before = undefined;
    }
  }

  /** What has the focus gets it back: what opens may take it before that is known here. */
  remember() {
    if (!this.hasFocus) this.#before = focused();
  }

  focus() {
    this.#frame.focus({ preventScroll: true });
  }

  /** Off the page. */
  end() {
    this.#full.end();
    this.#surface.hide('frame');
    this.#frame.remove();
  }

  get hasFocus() {
    return focused() === this.#frame;
  }

  #show() {
    this.#frame.toggleAttribute('data-closed', !this.#isOpen);
  }
}

const CSS = `
iframe {
  all: unset; position: fixed; bottom: calc(88px + env(safe-area-inset-bottom, 0px)); SIDE: 20px; width: 384px; max-width: calc(100vw - 40px); box-sizing: border-box;
  height: min(680px, 100vh - 112px); height: min(680px, 100dvh - 112px); pointer-events: auto; background: var(--alongside-surface, #fff); border: 1px solid rgb(16 24 40 / 6%);
  border-radius: var(--alongside-radius, 16px); box-shadow: 0 12px 40px rgb(16 24 40 / 16%), 0 2px 6px rgb(16 24 40 / 8%); transform-origin: 50% 100%;
  transition: opacity ${GOING}ms cubic-bezier(.2, .8, .2, 1), transform ${GOING}ms cubic-bezier(.2, .8, .2, 1), visibility ${GOING}ms
}
/* It keeps its size: what is laid out in it is there when it comes. */
iframe[data-closed] { visibility: hidden; opacity: 0; transform: translateY(8px) scale(.98); pointer-events: none }
@media DARK { iframe { background: var(--alongside-surface, #15171c); border-color: var(--alongside-line, #2b2f38); box-shadow: none } }
@media (max-width: 479.98px) {
  iframe, iframe[data-closed] { inset: calc(var(--top, 0px) + env(safe-area-inset-top, 0px)) 0 auto; width: 100%; max-width: none; height: calc(var(--height, 100dvh) - env(safe-area-inset-top, 0px)); border: 0; border-radius: 0; box-shadow: none }
}
@media (max-height: 420px) and (min-width: 480px) { iframe { bottom: 8px; height: calc(100vh - 16px) } }
@media (prefers-reduced-motion: reduce) { iframe { transition: none } }
@media (forced-colors: active) { iframe { border: 1px solid CanvasText } }
@media print { iframe { display: none } }
`;
