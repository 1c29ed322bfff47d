// @ts-check
// Which elements have a closed shadow root that nobody saw being attached: nothing names one, but its content is laid out, and points into it
// are told as points beside its host. What proves it does so of no other element; what proves nothing is shown as it is read.

import { boxOf, documentOf, firstChild, nextSibling, nodeType, parentOf, rootOf } from './dom.js';
import { isElement, isShadowRoot } from './kinds.js';
import { Map, WeakSet } from './own.js';

/** Most elements that are asked, and how many at a time. */
const MOST = 5_000, TURN = 100;

/** So often an element is asked that could have told, and did not: what is in a shadow root may come late. */
const TRIES = 8;

/** Most children that are asked whether they are shown. */
const CHILDREN = 20;

/** How the content of a box is laid out, where a point in an empty one is told as a point in that one. */
const IS_BOX = /^(inline-)?(block|flex|grid)$|^flow-root$/;

const PROVEN = 1, TRIED = 0, UNSEEN = -1;

const pointIn = Document.prototype.elementFromPoint;
const pointInShadow = ShadowRoot.prototype.elementFromPoint;
/** @type {((x: number, y: number, options: {shadowRoots: ShadowRoot[]}) => {offsetNode: Node, offset: number} | null) | undefined} */
const caretIn = /** @type {any} */ (Document.prototype).caretPositionFromPoint;
const { getComputedStyle } = globalThis;

/** @param {Element} element @param {string} [pseudo] */
const styleOf = (element, pseudo) => getComputedStyle.call(globalThis, element, pseudo);

export class ClosedRoots {
  /** How often each was asked. @type {Map<Element, number>} */
  #asked = new Map();
  /** @type {WeakSet<Element>} */
  #found = new WeakSet();
  /** Whether any was found, ever. */
  isAny = false;

  /** The element may have one: it has no other root, and shows nothing of its own that is read. @param {Element} element */
  suspect(element) {
    if (this.#asked.size < MOST && !this.#asked.has(element)) this.#asked.set(element, 0);
  }

  /** @param {Element} element */
  has(element) {
    return this.#found.has(element);
  }

  /** @param {Element} element */
  forget(element) {
    if (this.#asked.size > 0) this.#asked.delete(element);
  }

  clear() {
    this.#asked.clear();
  }

  /** Asks some, one after the other. @param {(element: Element) => boolean} isWanted whether it still counts @param {(element: Element) => void} tell those that have one */
  look(isWanted, tell) {
    let turn = Math.min(TURN, this.#asked.size);
    for (const [element, tries] of this.#asked) {
      if (turn-- === 0) break;
      this.#asked.delete(element);
      if (!isWanted(element)) continue;
      const answer = ask(element);
      if (answer === PROVEN) {
        this.#found.add(element);
        this.isAny = true;
        tell(element);
      } else if (answer === UNSEEN || tries + 1 < TRIES) this.#asked.set(element, answer === UNSEEN ? tries : tries + 1);
    }
  }
}

/** @param {Element} element */
function ask(element) {
  const style = styleOf(element);
  const { display } = style;
  if (!display || display === 'none' || style.content !== 'normal') return UNSEEN;
  let hasText = false;
  let children = 0;
  for (let child = firstChild(element); child && children < CHILDREN; child = nextSibling(child)) {
    if (nodeType(child) === 3) hasText = true;
    if (!isElement(child)) continue;
    // What is in no slot has no style: https://drafts.csswg.org/cssom/#dom-window-getcomputedstyle
    if (styleOf(child).display) return TRIED;
    children += 1;
  }
  if (children > 0) return PROVEN;
  const box = boxOf(element);
  if (box.width < 2 || box.height < 2) return UNSEEN;
  if (display === 'inline') return !hasText && isBare(element, style) ? PROVEN : TRIED;
  return IS_BOX.test(display) ? askPoints(element, box) : TRIED;
}

/** Whether the box of an inline element would have no width without content. @param {Element} element @param {CSSStyleDeclaration} style */
function isBare(element, { paddingLeft, paddingRight, borderLeftWidth, borderRightWidth }) {
  const none = (/** @type {string} */ pseudo) => /^(none|normal)?$/.test(styleOf(element, pseudo).content);
  return parseFloat(paddingLeft) + parseFloat(paddingRight) + parseFloat(borderLeftWidth) + parseFloat(borderRightWidth) === 0 &&
    none('::before') && none('::after');
}

/**
 * Points in what is not to be seen from here are told as the place of its host:
 * https://drafts.csswg.org/cssom-view/#dom-document-caretpositionfrompoint
 * @param {Element} element @param {DOMRect} box
 */
function askPoints(element, box) {
  const parent = parentOf(element);
  const root = rootOf(element);
  const page = documentOf(element);
  const around = isShadowRoot(parent) ? parent.host : parent;
  // At the border of what can be edited, points move out of it; the body is the whole page where it is empty.
  if (!caretIn || !isElement(around) || around === page.documentElement || page.designMode === 'on' || isEditable(element) || isEditable(around)) return TRIED;
  let answer = UNSEEN;
  for (let at = 1; at < 4; at++) {
    const x = box.left + (box.width * at) / 4;
    const y = box.top + (box.height * at) / 4;
    if ((isShadowRoot(root) ? pointInShadow : pointIn).call(root, x, y) !== element) continue;
    answer = TRIED;
    const caret = caretIn.call(page, x, y, { shadowRoots: isShadowRoot(root) ? [root] : [] });
    if (caret && caret.offsetNode === parent && caret.offset === placeOf(element)) return PROVEN;
  }
  return answer;
}

/** @param {Element} element */
function isEditable(element) {
  const modify = styleOf(element).getPropertyValue('-webkit-user-modify');
  return modify !== '' && modify !== 'read-only';
}

/** How many nodes stand before it. @param {Node} node */
function placeOf(node) {
  let place = 0;
  for (let other = firstChild(parentOf(node)); other && other !== node; other = nextSibling(other)) place += 1;
  return place;
}
