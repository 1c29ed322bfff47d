// @ts-check
// Where what scrolls in a replica stands.

import { onFrame } from './own.js';

/** So long a place is kept: pages are as long as they get within seconds, and some never do. In milliseconds. */
const PATIENCE = 30_000;

/** So many places are kept at the same time: each costs something with each frame. */
const MOST = 200;

/**
 * What scrolls is told its place once; here it may be shorter still, or for a while, as long as a large page comes in parts, and its rules and pictures.
 */
export class Scrolls {
  /** @type {Map<number, {left: number, top: number, until: number}>} */
  #sought = new Map();
  #isSeeking = false;
  #node;

  /** @param {(id: number) => any} node */
  constructor(node) {
    this.#node = node;
  }

  clear() {
    this.#sought.clear();
  }

  /** @param {number} id */
  forget(id) {
    this.#sought.delete(id);
  }

  /** @param {number} id @param {number} left @param {number} top */
  to(id, left, top) {
    this.#sought.delete(id);
    scrollTo(this.#node(id), left, top);
    if (this.#sought.size < MOST) this.#sought.set(id, { left, top, until: performance.now() + PATIENCE });
    this.#seek();
  }

  #seek() {
    if (this.#isSeeking || this.#sought.size === 0) return;
    this.#isSeeking = true;
    onFrame(() => {
      this.#isSeeking = false;
      const now = performance.now();
      for (const [id, { left, top, until }] of this.#sought) {
        scrollTo(this.#node(id), left, top);
        if (now > until) this.#sought.delete(id);
      }
      this.#seek();
    });
  }
}

/** @param {any} node @param {number} left @param {number} top */
function scrollTo(node, left, top) {
  const scroller = node?.nodeType === 9 ? node.scrollingElement : node;
  if (!scroller || (Math.abs(scroller.scrollLeft - left) < 1 && Math.abs(scroller.scrollTop - top) < 1)) return;
  scroller.scrollTo({ left, top, behavior: 'instant' });
}
