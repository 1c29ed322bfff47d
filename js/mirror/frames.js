// @ts-check
// The documents in frames. Of a page of another site nothing can be read: a document that is in no page stands for it, with a badge in it.

import { insertBefore, localName } from './dom.js';
import { Document, Set, WeakMap } from './own.js';

export class Frames {
  /** @type {WeakMap<Element, Document>} */
  #standIns = new WeakMap();
  /** @type {WeakMap<Document, Element>} */
  #frames = new WeakMap();
  /** Stand-ins that were read since `InnerPages` looked. @type {Set<Document>} */
  read = new Set();
  /** Those whose frame has loaded something since then. @type {Set<Document>} */
  loaded = new Set();

  /** The document in a frame, or what stands for it; null where the element is no frame. @param {Element} element @returns {Document | null} */
  pageIn(element) {
    if (localName(element) !== 'iframe' && localName(element) !== 'frame') return null;
    try {
      const page = /** @type {HTMLIFrameElement} */ (element).contentDocument;
      if (page) return page;
    } catch {
      // As where it may not be read.
    }
    const known = this.#standIns.get(element);
    if (known) return known;
    const standIn = new Document();
    insertBefore(standIn, standIn.createElement('i'), null);
    this.#standIns.set(element, standIn);
    this.#frames.set(standIn, element);
    return standIn;
  }

  /** The frame of the page that a document stands for; undefined where it stands for none. @param {Node} page */
  frameOf(page) {
    return this.#frames.get(/** @type {Document} */ (page));
  }

  /** A frame has loaded a page. @param {Element} frame */
  load(frame) {
    const standIn = this.#standIns.get(frame);
    if (standIn) this.loaded.add(standIn);
  }
}
