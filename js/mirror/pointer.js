// @ts-check
// Which elements the pointer is over, which are pressed, which have the focus and which the address names: what `:hover` and its
// like would match. The agent's browser has a pointer and a focus of its own.

import { hostOf, isConnected, matches, nodeType, parentOf } from './dom.js';
import { listen, Map } from './own.js';

/** Bits of `protocol::mirror::State::Pseudo`. */
const HOVER = 1, ACTIVE = 2, FOCUS = 4, FOCUS_VISIBLE = 8, FOCUS_WITHIN = 16, TARGET = 32;

export class Pointer {
  /** By document: the innermost element under the pointer, and whether it is pressed. @type {Map<Document, {over: Element | null, pressed: Element | null}>} */
  #pages = new Map();
  /** @type {Map<Element, number>} */
  #told = new Map();

  /** Watches a document. @param {Document} page @param {AbortSignal} signal @param {() => void} changed */
  watch(page, signal, changed) {
    /** @type {{over: Element | null, pressed: Element | null}} */
    const state = { over: null, pressed: null };
    this.#pages.set(page, state);
    const on = (/** @type {string} */ event, /** @type {(event: any) => void} */ act) =>
      listen(page, event, (event) => {
        act(event);
        changed();
      }, { capture: true, passive: true, signal });
    on('pointerover', (event) => (state.over = event.composedPath()[0]));
    on('pointerout', ({ relatedTarget }) => {
      // Into another one comes a `pointerover`.
      if (!relatedTarget) state.over = null;
    });
    on('pointerdown', (event) => (state.pressed = event.composedPath()[0]));
    on('pointerup', () => (state.pressed = null));
    on('pointercancel', () => (state.pressed = null));
    on('focusin', () => {});
    on('focusout', () => {});
    if (page.defaultView) listen(page.defaultView, 'hashchange', changed, { signal });
  }

  /** Nothing was told. */
  clear() {
    this.#told = new Map();
  }

  /** What is not as it was told; it counts as told where `tell` says so. @param {(element: Element, bits: number) => boolean} tell */
  check(tell) {
    const now = this.#now();
    for (const [element, bits] of now) {
      if (this.#told.get(element) !== bits && tell(element, bits)) this.#told.set(element, bits);
    }
    for (const element of this.#told.keys()) {
      if (now.has(element)) continue;
      tell(element, 0);
      this.#told.delete(element);
    }
  }

  /** @returns {Map<Element, number>} */
  #now() {
    /** @type {Map<Element, number>} */
    const now = new Map();
    const add = (/** @type {Element | null} */ element, /** @type {number} */ bits) => {
      if (element) now.set(element, (now.get(element) ?? 0) | bits);
    };
    /** The element and what it is in, in its document. @param {any} element @param {number} bits */
    const addChain = (element, bits) => {
      if (!element || !isConnected(element)) return;
      for (let node = element; node; node = nodeType(node) === 11 ? hostOf(node) : parentOf(node)) if (nodeType(node) === 1) add(node, bits);
    };
    for (const [page, { over, pressed }] of this.#pages) {
      if (!page.defaultView) {
        this.#pages.delete(page);
        continue;
      }
      addChain(over, HOVER);
      addChain(pressed, ACTIVE);
      // Without a focus it is the body that would have it. A host has it with what is in it, where its root delegates it.
      for (let focused = page.activeElement; focused; focused = focused.shadowRoot?.activeElement ?? null) {
        if (matches(focused, ':focus')) add(focused, FOCUS | (matches(focused, ':focus-visible') ? FOCUS_VISIBLE : 0));
        if (!focused.shadowRoot?.activeElement && matches(focused, ':focus')) addChain(focused, FOCUS_WITHIN);
      }
      const { hash } = page.location ?? {};
      if (hash && hash.length > 1) add(page.querySelector(':target'), TARGET);
    }
    return now;
  }
}
