// @ts-check
// Where what scrolls in a replica stands.

import { onFrame } from './own.js';

/** So long a place is sought that is not there: pages are as long as they get within seconds, and some never do. In milliseconds. */
const PATIENCE = 30_000;

/**
 * What scrolls is told its place once; here it may be shorter still, as long as a large page comes in parts and pictures have not come. The place is sought
 * until it is there.
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
    if (scrollTo(this.#node(id), left, top)) return;
    this.#sought.set(id, { left, top, until: performance.now() + PATIENCE });
    this.#seek();
  }

  #seek() {
    if (this.#isSeeking || this.#sought.size === 0) return;
    this.#isSeeking = true;
    onFrame(() => {
      this.#isSeeking = false;
      const now = performance.now();
      for (const [id, { left, top, until }] of this.#sought) if (now > until || scrollTo(this.#node(id), left, top)) this.#sought.delete(id);
      this.#seek();
    });
  }
}

/** Whether it stands there now. @param {any} node @param {number} left @param {number} top */
function scrollTo(node, left, top) {
  const scroller = node?.nodeType === 9 ? node.scrollingElement : node;
  if (!scroller) return false;
  scroller.scrollTo({ left, top, behavior: 'instant' });
  return Math.abs(scroller.scrollLeft - left) < 1 && Math.abs(scroller.scrollTop - top) < 1;
}
