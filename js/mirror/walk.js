// @ts-check
// Walks over nodes, gives them ids, and packs what they are: in slices, where there is no time for all.
//
// What there was no time for is read later, and what changes meanwhile is marked as always. The encoder is told where such nodes stand: what
// is beside them may be a part of a number. Lists of children that are known are never put off, so that the encoder's tree is one that the page
// has been.

import {
  attributeNames, attributeOf, attributesOf, baseOf, boxOf, firstChild, localName, namespaceOf, nextSibling, nodeType, scrollLeft, scrollTop,
  contentOf, shadowRoot, textOf,
} from './dom.js';
import { ClosedRoots } from './closed.js';
import { Frames } from './frames.js';
import {
  ATTRIBUTES, elementKind, HAS_ONLY_NEW, HAS_SHEETS, IN_FULL, inFull, IS_ASKED, IS_CONTROL, IS_CUSTOM, IS_FRAME, IS_HOST, IS_LAYER, IS_LINK, IS_MARK, IS_MEDIUM, IS_OF_LINK,
  IS_PLUG_IN, IS_STYLE, IS_TEMPLATE, isElement, isShadowRoot, kindOf,
} from './kinds.js';
import { Marks } from './marks.js';
import { Map, Set, WeakMap } from './own.js';
import { putPlayback } from './media.js';
import { absolute, isSheetLink } from './sheets.js';
import { own } from './self.js';
import { putState, stateOf } from './state.js';

/** The numbers of `src/browser/mirror.rs`. */
const END = 0, ELEMENT = 1, TEXT_NODE = 2, COMMENT = 3, DOCTYPE = 4, SHADOW_ROOT = 5, DOCUMENT = 6, KNOWN = 7, BADGE = 8, SHEET = 9, CONTENT = 10, UNREAD = 11;
const CHILDREN = 16, MORE_CHILDREN = 17;
const DISABLED = 7;
const FOREIGN_FRAME = 1, PLUG_IN = 2, CLOSED_ROOT = 6;

const BLOCK = 2, HIDE = 4;

const SVG = 'http://www.w3.org/2000/svg';
const MATHML = 'http://www.w3.org/1998/Math/MathML';

/** So many parts of drawings are looked at again. */
const MOST_DRAWINGS = 2_000;

/** So many nodes are read between two looks at the clock. */
const STRIDE = 64;

/** Whether a plug-in that did not come is what is in it. @param {Element} element */
function showsOther(element) {
  for (let child = firstChild(element); child; child = nextSibling(child)) if (isElement(child) && boxOf(child).height > 0) return true;
  return false;
}

/** Rounded, as it is told. @param {Element} element */
export function sizeOf(element) {
  const { width, height } = boxOf(element);
  return `${Math.round(width)} ${Math.round(height)}`;
}

/** @typedef {Record<string, string>} Selectors a selector for each of the words of `data-alongside` */

/**
 * Who is told what happens on the way.
 * @typedef {object} Guide
 * @property {(root: Document | ShadowRoot) => void} watch a root was found
 * @property {(content: DocumentFragment, template: Element) => void} watchContent
 * @property {(parent: Node) => void} putOff the children of a parent are to be listed again
 * @property {() => void} push the pack is full
 */

export class Walker {
  /** All that have ever scrolled: to ask each element would take longer than all else. @type {Set<Element | Document>} */
  scrollers = new Set();
  /** Whether the elements that are read may have scrolled before anybody watched. */
  isUnwatched = true;
  /** What was last told of each control. @type {Map<Element, string | number>} */
  controls = new Map();
  /** Those of them that have text. @type {Set<Element>} */
  fields = new Set();
  /** Parts of drawings, whose attributes scripts change without a trace. @type {Set<Element>} */
  drawings = new Set();
  /** What has a box in its place, and of which size. @type {Map<Element, string>} */
  boxes = new Map();
  /** Parents that are being read, what is next in each, and what is to be done with them. @type {Node[]} */
  #parents = [];
  /** @type {Array<Node | null>} */
  #nexts = [];
  /** @type {number[]} */
  #kinds = [];
  #depth = 0;
  /** What there was no time for: parents, and the first of their children that was not read. @type {Map<Node, Node | null>} */
  unread = new Map();
  /** When to leave the rest for later. */
  #deadline = Infinity;
  isLate = false;
  #stride = STRIDE;
  /** Whether none that is new was read of the list that is read: one is each time, however long it takes to name those that are known. */
  #isFirst = false;
  /** Shadow roots of which nothing else tells: closed ones, and those attached late. @type {WeakMap<Element, ShadowRoot>} */
  #roots = new WeakMap();
  /** What is done with elements and attributes, by the numbers of their names. @type {number[]} */
  #elements = [];
  /** @type {number[]} */
  #attributes = [];
  #ids;
  #pack;
  #sheets;
  #guide;
  marks = new Marks();
  closed = new ClosedRoots();
  frames = new Frames();

  /** @param {import('./ids.js').Ids} ids @param {import('./pack.js').Pack} pack @param {import('./sheets.js').Sheets} sheets @param {Guide} guide @param {Selectors} selectors */
  constructor(ids, pack, sheets, guide, selectors) {
    this.#ids = ids;
    this.#pack = pack;
    this.#sheets = sheets;
    this.#guide = guide;
    this.marks.select(selectors);
  }

  /** Forgets what was read. */
  clear() {
    this.unread.clear();
    this.controls.clear();
    this.fields.clear();
    this.drawings.clear();
    this.boxes.clear();
    this.closed.clear();
    this.#elements = [];
    this.#attributes = [];
  }

  /** @param {Node} node */
  forget(node) {
    this.unread.delete(node);
    this.controls.delete(/** @type {Element} */ (node));
    this.fields.delete(/** @type {Element} */ (node));
    this.drawings.delete(/** @type {Element} */ (node));
    this.boxes.delete(/** @type {Element} */ (node));
    this.closed.forget(/** @type {Element} */ (node));
  }

  /** From now on there is time until then. @param {number} deadline as in `performance.now()` */
  begin(deadline) {
    this.#deadline = deadline;
    this.isLate = false;
  }

  /** @param {Element} element @param {ShadowRoot} root */
  attach(element, root) {
    this.#roots.set(element, root);
  }

  /** @param {Element} element @returns {ShadowRoot | null} */
  rootOf(element) {
    return this.#roots.get(element) ?? shadowRoot(element);
  }

  /** Lists the children of a node that is known; those that are not are read until the deadline. @param {Node} parent */
  putChildren(parent) {
    this.unread.delete(parent);
    this.#isFirst = true;
    this.#pack.put(CHILDREN);
    this.#pack.put(this.#ids.of(parent));
    this.#open(parent, kindOf(parent));
    this.#walk();
  }

  /** Goes on where there was no time any more, in the order of the page. @param {(parent: Node) => boolean} isKnown */
  putAllMore(isKnown) {
    let left = this.unread.size;
    for (const [parent, next] of this.unread) {
      if (left-- === 0) break;
      // What is left of this one comes before all others.
      this.unread.delete(parent);
      if (this.isLate) this.unread.set(parent, next);
      else if (isKnown(parent)) {
        this.#pack.put(MORE_CHILDREN);
        this.#pack.put(this.#ids.of(parent));
        this.#step(parent, next, kindOf(parent) | HAS_ONLY_NEW);
        this.#walk();
      }
    }
  }

  /** @param {Node} parent @param {Node | null} next @param {number} kind */
  #step(parent, next, kind) {
    const depth = this.#depth++;
    this.#parents[depth] = parent;
    this.#nexts[depth] = next;
    this.#kinds[depth] = kind;
  }

  /** Steps into a node. A shadow root and a frame's document come before all children. @param {Node} parent @param {number} kind */
  #open(parent, kind) {
    const rules = kind & (IS_STYLE | IS_LINK) ? this.#sheets.rulesOf(/** @type {Element} */ (parent), this.#isLateNow) : undefined;
    const first = rules ? null : firstChild(parent);
    this.#step(parent, first, kind);
    for (let at = 0; rules && at < rules.length; at++) this.#putRules(rules[at]);
    if (rules && this.#sheets.isPartial(/** @type {Element} */ (parent))) this.#guide.putOff(parent);
    if (kind & HAS_SHEETS) return;
    const inner = kind & IS_HOST ? this.rootOf(/** @type {Element} */ (parent)) : kind & IS_FRAME ? this.frames.pageIn(/** @type {Element} */ (parent)) : null;
    if (inner) this.#putNode(inner);
    else if (kind & IS_HOST && (!first || kind & IS_CUSTOM)) this.closed.suspect(/** @type {Element} */ (parent));
    else if (kind & IS_TEMPLATE) this.#putContent(/** @type {Element} */ (parent));
  }

  /** @param {Element} template */
  #putContent(template) {
    const content = contentOf(template);
    // Of an SVG there is none.
    if (!content) return;
    this.#guide.watchContent(content, template);
    const pack = this.#pack;
    pack.put(CONTENT);
    pack.put(this.#ids.give(content));
    this.#open(content, HAS_SHEETS);
  }

  /** Reads what is open, to its end or until the deadline. A stack of its own: pages are nested deeper than a recursion may be. */
  #walk() {
    const pack = this.#pack;
    while (this.#depth > 0) {
      const top = this.#depth - 1;
      const node = this.#nexts[top];
      if (!node) {
        if (this.#kinds[top] & HAS_SHEETS) this.#putAdopted(/** @type {Document} */ (this.#parents[top]));
        pack.put(END);
        this.#depth = top;
      } else if (this.isTimeUp() && !this.#isFirst && this.#ids.of(node) < 0) {
        this.#leave(top, node);
      } else {
        this.#nexts[top] = nextSibling(node);
        this.#putNode(node);
      }
      if (pack.isFull) this.#guide.push();
    }
  }

  /** Leaves this child, which is new, and those after it for later. @param {number} top @param {Node} first */
  #leave(top, first) {
    const parent = this.#parents[top];
    const kind = this.#kinds[top];
    const pack = this.#pack;
    pack.put(UNREAD);
    this.#nexts[top] = null;
    if (top > 0) {
      this.unread.set(parent, first);
      pack.put(END);
      this.#depth = top;
      return;
    }
    // Of a parent that was known before, all children that are known are told: what is not named is gone.
    let isMixed = Boolean(kind & HAS_SHEETS);
    // As `first` is.
    let isAfterNew = true;
    for (let node = kind & HAS_ONLY_NEW ? null : nextSibling(first); node; node = nextSibling(node)) {
      const id = this.#ids.of(node);
      if (id < 0 && !isAfterNew) pack.put(UNREAD);
      isAfterNew = id < 0;
      if (id < 0) continue;
      pack.put(KNOWN);
      pack.put(id);
      isMixed = true;
    }
    if (isMixed) this.#guide.putOff(parent);
    else this.unread.set(parent, first);
  }

  /** @param {Node} node */
  #putNode(node) {
    if (node === own.host) return;
    const pack = this.#pack;
    const known = this.#ids.of(node);
    if (known >= 0) {
      pack.put(KNOWN);
      pack.put(known);
      return;
    }
    this.#isFirst = false;
    const type = nodeType(node);
    const id = this.#ids.give(node);
    switch (type) {
      case 1:
        this.#putElement(id, /** @type {Element} */ (node));
        break;
      case 3:
      case 4: {
        const text = textOf(node);
        pack.put(TEXT_NODE);
        pack.put(id);
        pack.say(this.#depth > 0 && this.#kinds[this.#depth - 1] & IS_STYLE ? absolute(text, baseOf(node)) : text);
        break;
      }
      case 10:
        pack.put(DOCTYPE);
        pack.put(id);
        pack.say(node.nodeName);
        pack.say(/** @type {DocumentType} */ (node).publicId);
        pack.say(/** @type {DocumentType} */ (node).systemId);
        break;
      case 9:
      case 11:
        if (type === 9 && this.#putStandIn(id, /** @type {Document} */ (node))) break;
        this.#guide.watch(/** @type {Document} */ (node));
        pack.put(type === 9 ? DOCUMENT : SHADOW_ROOT);
        pack.put(id);
        if (isShadowRoot(node)) pack.put(Number(node.delegatesFocus) + 2 * Number(node.slotAssignment === 'manual'));
        else pack.put(Number(/** @type {Document} */ (node).compatMode === 'BackCompat'));
        this.#open(node, HAS_SHEETS);
        break;
      default:
        pack.put(COMMENT);
        pack.put(id);
    }
  }

  /** What stands for the page of another site; false where the document stands for none. @param {number} id @param {Document} page */
  #putStandIn(id, page) {
    const frame = this.frames.frameOf(page);
    if (!frame) return false;
    const pack = this.#pack;
    pack.put(DOCUMENT);
    pack.put(id);
    pack.put(0);
    pack.put(BADGE);
    pack.put(this.#ids.give(/** @type {Node} */ (firstChild(page))));
    pack.put(FOREIGN_FRAME);
    this.#putBox(frame);
    // It is as large as the frame there, too.
    this.boxes.delete(frame);
    pack.put(END);
    this.frames.read.add(page);
    return true;
  }

  /** @param {Document | ShadowRoot} root */
  #putAdopted(root) {
    const adopted = this.#sheets.adoptedBy(root, this.#isLateNow);
    for (let at = 0; at < adopted.length; at++) this.#putRules(adopted[at]);
    if (this.#sheets.isPartialRoot(root)) this.#guide.putOff(root);
  }

  /** @param {import('./sheets.js').Rules} rules */
  #putRules(rules) {
    const pack = this.#pack;
    const node = /** @type {Node} */ (/** @type {unknown} */ (rules));
    const known = this.#ids.of(node);
    pack.put(known >= 0 ? KNOWN : rules.isAdopted ? SHEET : TEXT_NODE);
    if (known >= 0) return pack.put(known);
    pack.put(this.#ids.give(node));
    if (rules.isAdopted) pack.say(rules.sheet.media.mediaText);
    pack.say(rules.css);
  }

  /** What is done with elements of a name, from now on by its number. @param {number} index @param {string} name */
  #learnElement(index, name) {
    const kind = elementKind(name) | (this.marks.asksElement(name) ? IS_ASKED : 0);
    // The first number is of all names that have none.
    if (index > 0) this.#elements[index] = kind;
    return kind;
  }

  /** As with elements. @param {number} index @param {string} name */
  #learnAttribute(index, name) {
    const use = (ATTRIBUTES[name] ?? 0) | (this.marks.asksAttribute(name) ? IS_MARK : 0);
    if (index > 0) this.#attributes[index] = use;
    return use;
  }

  /** @param {number} id @param {Element} element */
  #putElement(id, element) {
    const pack = this.#pack;
    const name = localName(element);
    const index = pack.name(name);
    const kind = this.#elements[index] ?? this.#learnElement(index, name);
    const isPlugIn = Boolean(kind & IS_PLUG_IN) && !showsOther(element);
    if (isPlugIn || this.#isClosed(element)) {
      pack.put(BADGE);
      pack.put(id);
      pack.put(isPlugIn ? PLUG_IN : CLOSED_ROOT);
      this.#putBox(element);
      return;
    }
    const namespace = namespaceOf(element);
    // The agent's side asks nobody for sheets: it is given their rules.
    const isLink = Boolean(kind & IS_LINK) && isSheetLink(element);
    pack.put(ELEMENT);
    pack.put(id);
    pack.put(isLink ? pack.name('style') : kind & IS_PLUG_IN ? pack.name('span') : index);
    const bits = pack.length;
    pack.put(0);
    const uses = this.#putOwnAttributes(element, isLink);
    const isMarked = uses & IS_MARK || kind & IS_ASKED || this.marks.isForAll || this.marks.isSecret(element, Boolean(kind & IS_CONTROL));
    const marks = isMarked ? this.marks.of(element) : 0;
    pack.numbers[bits] = marks | (namespace === SVG ? 256 : namespace === MATHML ? 512 : 0);
    if (namespace === SVG && this.drawings.size < MOST_DRAWINGS) this.drawings.add(element);
    if (marks & BLOCK) this.#putBox(element);
    const count = pack.length;
    pack.put(0);
    if (kind & IS_CONTROL || uses & IS_LAYER) {
      const state = stateOf(element);
      this.controls.set(element, state);
      if (typeof state === 'string') this.fields.add(element);
      pack.numbers[count] += putState(pack, state);
    }
    if (kind & IS_MEDIUM) {
      pack.numbers[count] += 1;
      putPlayback(pack, element);
    }
    if (kind & IS_STYLE || isLink) {
      this.#sheets.rulesOf(element, this.#isLateNow);
      if (this.#sheets.isDisabled(element)) {
        pack.numbers[count] += 1;
        pack.put(DISABLED);
        pack.put(1);
      }
    }
    if (this.isUnwatched && (scrollTop(element) || scrollLeft(element))) this.scrollers.add(element);
    this.#open(element, isLink ? kind : kind & ~IS_LINK);
  }

  /** Whether a badge stands for what is closed in it: a box that is blocked, or nothing, stands there otherwise. @param {Element} element */
  #isClosed(element) {
    return this.closed.isAny && this.closed.has(element) && !(this.marks.of(element) & (BLOCK | HIDE));
  }

  /** @param {Element} element @param {boolean} isLink to a style sheet */
  #putOwnAttributes(element, isLink) {
    const pack = this.#pack;
    const names = attributeNames(element);
    const count = pack.length;
    let told = 0;
    let uses = 0;
    pack.put(0);
    for (let at = 0; at < names.length; at++) {
      const name = names[at];
      const index = pack.name(name);
      const use = this.#attributes[index] ?? this.#learnAttribute(index, name);
      uses |= use;
      if (isLink && use & IS_OF_LINK) continue;
      // Of an HTML element, a name with capitals is not found by itself.
      const value = attributeOf(element, name) ?? attributesOf(element)[at]?.value ?? '';
      pack.put(index);
      pack.say(use & IN_FULL ? inFull(element, use, value) : value);
      told += 1;
    }
    pack.numbers[count] = told;
    return uses;
  }

  /** @param {Element} element */
  #putBox(element) {
    const { width, height } = boxOf(element);
    this.#pack.put(Math.round(width));
    this.#pack.put(Math.round(height));
    this.boxes.set(element, sizeOf(element));
  }

  /** As `isTimeUp`, for what takes longer than a node. */
  #isLateNow = () => {
    if (!this.isLate && this.#deadline < Infinity) this.isLate = performance.now() > this.#deadline;
    return this.isLate;
  };

  /** Whether what can wait is to be left for later. Asked for each node or attribute: it looks at the clock now and then. */
  isTimeUp() {
    if (--this.#stride > 0) return this.isLate;
    this.#stride = STRIDE;
    return this.#isLateNow();
  }
}
