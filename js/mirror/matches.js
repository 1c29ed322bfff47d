// @ts-check
// Pseudo-classes that the agent's browser would answer otherwise: its fields hold masked values, its elements have no code.
//
// Those that a style sheet of the page asks for are looked for, and no others.

import { findAll } from './dom.js';
import { Map } from './own.js';

const ASKED = /:(?:(user-invalid|user-valid|invalid|valid|in-range|out-of-range|fullscreen|defined)|(?:-webkit-)?(autofill)|state\(\s*([-\w]+)\s*\))(?![-\w(])/g;

/** Most pseudo-classes of one page, and most elements that match any. */
const WORDS = 64, ELEMENTS = 5_000;

export class Matches {
  /** What is told of an element that matches a selector. @type {Map<string, string>} */
  #asked = new Map();
  /** @type {Map<Element, string>} */
  #told = new Map();

  /** Style rules of the page. @param {string} css */
  learn(css) {
    ASKED.lastIndex = 0;
    for (let found = ASKED.exec(css); found; found = ASKED.exec(css)) {
      if (this.#asked.size === WORDS) return;
      const [, known, autofill, state] = found;
      if (known === 'defined') this.#asked.set(':not(:defined)', 'undefined');
      else if (state) this.#asked.set(`:state(${state})`, `state-${state}`);
      else this.#asked.set(`:${known ?? autofill}`, known ?? autofill);
    }
  }

  /** Nothing was told. */
  clear() {
    this.#told = new Map();
  }

  /** What is not as it was told; it counts as told where `tell` says so. @param {Iterable<Document | ShadowRoot>} roots @param {(element: Element, words: string) => boolean} tell */
  check(roots, tell) {
    if (this.#asked.size === 0) return;
    /** @type {Map<Element, string>} */
    const now = new Map();
    for (const root of roots) {
      for (const [selector, word] of this.#asked) {
        for (const element of found(root, selector)) if (now.size < ELEMENTS) now.set(element, `${now.get(element) ?? ''}${word} `);
      }
    }
    for (const [element, words] of now) {
      if (this.#told.get(element) !== words && tell(element, words)) this.#told.set(element, words);
    }
    for (const element of this.#told.keys()) {
      if (now.has(element)) continue;
      tell(element, '');
      this.#told.delete(element);
    }
  }
}

/** @param {Node} root @param {string} selector @returns {Iterable<Element>} */
function found(root, selector) {
  try {
    return findAll(root, selector);
  } catch {
    // A browser that does not know it matches nothing.
    return [];
  }
}
