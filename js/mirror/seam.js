// @ts-check
// Whether a number goes on from what stands before a node into that node. It is private as a whole only, so both are to be read at once.
//
// What may lie between the parts of one, `src/mirror/run.rs` and `src/mirror/boxes.rs` say; here it is mostly more. What is taken for a number
// by mistake is read a little earlier.

import { firstChild, lastChild, localName, nextSibling, nodeType, parentOf, previousSibling, textOf } from './dom.js';
import { elementKind, IS_CONTROL, IS_HOST, isElement, isShadowRoot } from './kinds.js';
import { stateOf } from './state.js';

/** None goes on; one does; what stands before was not read. */
export const NONE = 0, GOES_ON = 1, UNREAD = 2;

/** So much is looked at to each side, in nodes and in characters but for blank ones at the ends of texts; and so many nodes may be between two fields. */
const NODES = 160, TEXT = 200, FIELDS = 24;

/** Between texts. */
const SEAM = '\0';

/** What a box or field may have of a number: up to six digits, and nothing else that is seen. */
const PART = /^([\p{Z}\p{C}\p{M}]*\p{N}){1,6}[\p{Z}\p{C}\p{M}]*$/u;

/** The most frequent of the elements that end a line, and those in which digits stand beside others by chance. */
const END = /^(div|h\d|li|p|t[dh])$/, CELL = /^t[dh]$/;

/** What stands on one side of a place. */
class Side {
  /** In its line. */
  texts = '';
  /** Texts with digits alone, up to the first that has something else. */
  boxes = '';
  /** Values with digits alone. */
  fields = '';
  #length = 0;
  #nodes = 0;
  #isLine = true;
  #isBoxes = true;
  #sinceField = 0;
  #isBefore;

  /** @param {boolean} isBefore whether it is the side before the place */
  constructor(isBefore) {
    this.#isBefore = isBefore;
  }

  get isWhole() {
    return this.#nodes > NODES || ((this.#length >= TEXT || !(this.#isLine || this.#isBoxes)) && this.#sinceField > FIELDS);
  }

  /** What is there next begins or ends an element. @param {Node} node */
  cross(node) {
    if (!isElement(node)) return;
    if (END.test(localName(node))) this.#isLine = false;
    if (CELL.test(localName(node))) this.#isBoxes = false;
  }

  /** @param {Node} node the next one */
  add(node) {
    this.#nodes += 1;
    this.#sinceField += 1;
    this.cross(node);
    const type = nodeType(node);
    if (type === 3 || type === 4) this.#addText(textOf(node));
    else if (isElement(node) && elementKind(localName(node)) & IS_CONTROL) this.#addValue(stateOf(node));
  }

  /** @param {string} text */
  #addText(text) {
    if (this.#length >= TEXT) return;
    const own = text.trim();
    const near = this.#isBefore ? own.slice(-TEXT) : own.slice(0, TEXT);
    const { length } = near;
    this.#length += length;
    if (this.#isLine) this.texts = this.#with(this.texts, near);
    // What is blank stands between boxes.
    if (!length) return;
    this.#isBoxes &&= PART.test(near);
    if (this.#isBoxes) this.boxes = this.#with(this.boxes, near);
  }

  /** @param {string | number} value a number is none */
  #addValue(value) {
    if (typeof value !== 'string' || this.#sinceField > FIELDS || !PART.test(value)) return;
    this.#sinceField = 0;
    this.fields = this.#with(this.fields, value);
  }

  /** Texts in the order of the page, with one more that is farther from the place. @param {string} texts @param {string} text */
  #with(texts, text) {
    return this.#isBefore ? text + SEAM + texts : texts + SEAM + text;
  }
}

/** What is in a template has nothing above it. @param {Node} inner @returns {Node | null} */
const above = (inner) => (isShadowRoot(inner) ? inner.host : parentOf(inner));

/**
 * @param {Node} node
 * @param {{unread: {has(parent: Node): boolean}, rootOf(element: Element): ShadowRoot | null}} walker knows of which parents the last nodes were not read
 * @param {(before: string, after: string, isBoxes: boolean) => boolean} isSplit whether a private number is in texts on both sides: see `src/mask/detect.rs`
 */
export function seamBefore(node, walker, isSplit) {
  const rootIn = (/** @type {Node} */ parent) => (isElement(parent) && elementKind(localName(parent)) & IS_HOST ? walker.rootOf(parent) : null);

  const before = new Side(true);
  before.cross(node);
  for (let at = /** @type {Node | null} */ (node); at && !before.isWhole;) {
    const parent = above(at);
    let last = /** @type {Node | null} */ (parent && !isShadowRoot(at) ? previousSibling(at) ?? rootIn(parent) : null);
    at = parent;
    if (at && !last) before.cross(at);
    for (; last; last = lastChild(last) ?? rootIn(last)) {
      at = last;
      if (walker.unread.has(last)) return UNREAD;
      before.add(last);
    }
  }

  const after = new Side(false);
  for (let at = /** @type {Node | null} */ (node); at && !after.isWhole;) {
    after.add(at);
    let next = rootIn(at) ?? firstChild(at);
    while (at && !next) {
      const parent = above(at);
      // A shadow root comes before all children.
      next = isShadowRoot(at) ? parent && firstChild(parent) : nextSibling(at);
      if (!next && (at = parent)) after.cross(at);
    }
    at = next;
  }
  const goesOn = isSplit(before.texts, after.texts, false) || isSplit(before.boxes, after.boxes, true) || isSplit(before.fields, after.fields, true);
  return goesOn ? GOES_ON : NONE;
}
