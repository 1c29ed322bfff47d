// @ts-check
// Reads the page for the mirror: gives ids to nodes, marks what is dirty, and packs what it reads into numbers and one text.
//
// Nothing is decided here: what may be told, and what has changed, is the encoder's to say (`src/mirror`).

import {
  attributeNodeOf, attributeOf, attributesOf, baseOf, boxOf, firstChild, isConnected, localName, matches, namespaceOf, nextSibling, nodeType, parentOf,
  scrollLeft, scrollTop, shadowRoot,
} from './dom.js';
import { Pack } from './pack.js';
import { absolute, hasSheet, isSheetLink, Rules, Sheets } from './sheets.js';

/** The numbers of `src/browser/mirror.rs`. */
const CHILDREN = 1, TEXT = 2, ATTRIBUTE = 3, REMOVED_ATTRIBUTE = 4, MARKS = 5, STATE = 6;
const ELEMENT = 1, TEXT_NODE = 2, COMMENT = 3, DOCTYPE = 4, SHADOW_ROOT = 5, DOCUMENT = 6, KNOWN = 7, BADGE = 8, SHEET = 9;
const VALUE = 1, CHECKED = 2, INDETERMINATE = 3, SELECTED = 4, SCROLL = 5, LAYER = 6, DISABLED = 7;
const FOREIGN_FRAME = 1, PLUG_IN = 2;

// By what a node says it is: a frame's nodes are instances of the frame's own classes.
/** @param {any} node @returns {node is Element} */
const isElement = (node) => Boolean(node) && !(node instanceof Rules) && nodeType(node) === 1;
/** @param {any} node @returns {node is ShadowRoot} */
const isShadowRoot = (node) => !(node instanceof Rules) && nodeType(node) === 11;

/** @type {readonly Node[]} */
const NONE = [];

const SVG = 'http://www.w3.org/2000/svg';
const MATHML = 'http://www.w3.org/1998/Math/MathML';

/** Attributes that hold one address; the replica has another base. */
const ADDRESSES = new Set(['src', 'href', 'poster', 'background', 'xlink:href']);

/** Controls whose state is looked at with each flush: scripts, resets and the browser's own filling-in tell nobody. */
const CONTROLS = new Set(['input', 'textarea', 'select', 'option', 'dialog', 'details']);

const MARK_WORDS = ['mask', 'block', 'hide', 'show', 'readonly'];

/** @param {string} words separated by white space @param {string} word */
const hasWord = (words, word) => ` ${words.replace(/\s/g, ' ')} `.indexOf(` ${word} `) >= 0;

/** @typedef {Record<string, string>} Selectors a selector for each of the words of `data-alongside` */

export class Reader {
  /** @type {WeakMap<Node, number>} */
  #ids = new WeakMap();
  /** @type {Map<number, Node>} */
  #nodes = new Map();
  #next = 1;
  /** @type {Set<Node>} */
  #children = new Set();
  /** @type {Map<Element, Set<string>>} */
  #attributes = new Map();
  /** @type {Set<CharacterData>} */
  #texts = new Set();
  /** @type {Set<Element | Document>} */
  #scrolled = new Set();
  /** What was last told of each control. @type {Map<Element, string>} */
  #controls = new Map();
  /** Shadow roots of which nothing else tells: closed ones, and those attached late. @type {WeakMap<Element, ShadowRoot>} */
  #roots = new WeakMap();
  /** @type {WeakSet<Node>} */
  #watched = new WeakSet();
  #abort = new AbortController();
  #observer;
  #pack = new Pack();
  #sheets = new Sheets();
  #isDue = false;
  #mirror;
  #selectors;
  #changed;

  /**
   * @param {{handle(numbers: Uint32Array, text: string): Uint32Array, begin(width: number, height: number, isQuirky: boolean): void}} mirror
   * @param {() => void} changed told when there is something to flush
   * @param {Selectors} [selectors]
   */
  constructor(mirror, changed, selectors = {}) {
    this.#mirror = mirror;
    this.#changed = changed;
    this.#selectors = MARK_WORDS.map((word) => selectors[word]);
    this.#observer = new MutationObserver((records) => this.#mark(records));
  }

  /** @type {import('./sheets.js').Asker} */
  #asker = {
    isKnown: (node) => this.#isKnown(node),
    isDirty: (node) => this.#children.has(node),
    markChildren: (node) => void this.#children.add(node),
    markMedia: (element) => void this.#attributes.set(element, (this.#attributes.get(element) ?? new Set()).add('media')),
    putDisabled: (element, isDisabled) => this.#pack.putAll(STATE, /** @type {number} */ (this.#ids.get(element)), DISABLED, Number(isDisabled)),
  };

  /** No event tells of a new shadow root. The page's own function does what it did, and is put back at the end. @param {Document} page */
  #hookShadowRoots(page) {
    const view = /** @type {typeof globalThis | null} */ (/** @type {unknown} */ (page.defaultView));
    if (!view) return;
    const { prototype } = view.Element;
    const own = prototype.attachShadow;
    const reader = this;
    /** @this {Element} @param {ShadowRootInit} init */
    const attachShadow = function (init) {
      const root = own.call(this, init);
      reader.#roots.set(this, root);
      if (reader.#isKnown(this)) {
        reader.#children.add(this);
        reader.#due();
      }
      return root;
    };
    try {
      prototype.attachShadow = attachShadow;
    } catch {
      // Frozen by the page: late and closed roots are not seen.
    }
    this.#abort.signal.addEventListener('abort', () => {
      if (prototype.attachShadow === attachShadow) prototype.attachShadow = own;
    });
  }

  /** Reads the whole page, and watches it from now on. */
  begin() {
    this.#ids = new WeakMap([[document, 0]]);
    this.#nodes = new Map([[0, document]]);
    this.#next = 1;
    this.#observer.takeRecords();
    this.#forgetMarks();
    this.#controls.clear();
    this.#sheets.clear();
    this.#mirror.begin(innerWidth, innerHeight, document.compatMode === 'BackCompat');
    this.#watch(document);
    this.#putChildren(document);
    this.#putScroll(document);
    this.#handOver();
  }

  /** Tells the encoder what is dirty, as it is now. */
  flush() {
    this.#tell(false);
  }

  /** As `flush`, and looks at what scripts change without a trace: rules within sheets. */
  sample() {
    this.#tell(true);
  }

  /** @param {boolean} isFull whether all rules are compared */
  #tell(isFull) {
    this.#isDue = false;
    this.#mark(this.#observer.takeRecords());
    this.#sheets.check(this.#asker, isFull);
    for (const [element, names] of this.#attributes) this.#putAttributes(element, names);
    for (const text of this.#texts) this.#putText(text);
    for (const parent of this.#children) if (this.#isKnown(parent)) this.#putChildren(parent);
    for (const [element, before] of this.#controls) this.#putControl(element, before);
    for (const scroller of this.#scrolled) this.#putScroll(scroller);
    this.#forgetMarks();
    this.#handOver();
  }

  /** Leaves the page as it was. */
  end() {
    this.#observer.disconnect();
    this.#abort.abort();
  }

  #forgetMarks() {
    this.#children.clear();
    this.#attributes.clear();
    this.#texts.clear();
    this.#scrolled.clear();
  }

  #due() {
    if (!this.#isDue) this.#changed();
    this.#isDue = true;
  }

  /** @param {Document | ShadowRoot} root */
  #watch(root) {
    if (this.#watched.has(root)) return;
    this.#watched.add(root);
    if (!isShadowRoot(root)) this.#hookShadowRoots(root);
    this.#observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
    const { signal } = this.#abort;
    const on = (/** @type {string} */ event, /** @type {(event: any) => void} */ act) =>
      root.addEventListener(event, act, { capture: true, passive: true, signal });
    on('scroll', ({ target }) => {
      this.#scrolled.add(target);
      this.#due();
    });
    for (const event of ['input', 'change', 'toggle', 'reset', 'close', 'fullscreenchange']) on(event, () => this.#due());
    on('load', ({ target }) => {
      if (isElement(target) && localName(target) === 'iframe' && this.#isKnown(target)) this.#children.add(target);
      // A style sheet has come, or a picture that a state depends on.
      this.#due();
    });
  }

  /** @param {MutationRecord[]} records */
  #mark(records) {
    for (const { type, target, attributeName, attributeNamespace } of records) {
      if (type === 'childList') this.#children.add(target);
      else if (type === 'characterData') this.#texts.add(/** @type {CharacterData} */ (target));
      else {
        const element = /** @type {Element} */ (target);
        const name = attributeNamespace ? this.#qualified(element, attributeNamespace, attributeName ?? '') : attributeName ?? '';
        const names = this.#attributes.get(element);
        if (names) names.add(name);
        else this.#attributes.set(element, new Set([name]));
      }
    }
    if (records.length > 0) this.#due();
  }

  /** @param {Element} element @param {string} namespace @param {string} local */
  #qualified(element, namespace, local) {
    return attributeNodeOf(element, namespace, local)?.name ?? (namespace.endsWith('xlink') ? `xlink:${local}` : local);
  }

  /** @param {Node} node */
  #isKnown(node) {
    return this.#ids.has(node) && (node instanceof Rules ? node.isConnected : isConnected(node));
  }

  /** Hands over what is packed, and does what is asked for in return. */
  #handOver() {
    for (let tries = 0; tries < 100; tries++) {
      const { numbers, length, text } = this.#pack;
      this.#pack = new Pack();
      const answer = this.#mirror.handle(numbers.subarray(0, length), text);
      const again = this.obey(answer);
      if (again.size === 0) return;
      for (const parent of again) if (this.#isKnown(parent)) this.#putChildren(parent);
    }
  }

  /**
   * Does what the encoder asks for: pairs of 0 and an id to forget, or 1 and an id to read anew. Returns the nodes whose children
   * are to be read for that.
   * @param {Uint32Array} answer
   */
  obey(answer) {
    /** @type {Set<Node>} */
    const again = new Set();
    for (let at = 0; at < answer.length; at += 2) {
      const node = this.#nodes.get(answer[at + 1]);
      if (!node) continue;
      if (answer[at] === 0) this.#forget(node);
      else {
        const parent = this.#above(node);
        if (parent) again.add(parent);
        this.#forgetAll(node);
      }
    }
    return again;
  }

  /** @param {Node} node */
  #forget(node) {
    const id = this.#ids.get(node);
    if (id !== undefined) this.#nodes.delete(id);
    this.#ids.delete(node);
    this.#controls.delete(/** @type {Element} */ (node));
    this.#sheets.forget(/** @type {Element} */ (node));
  }

  /** @param {Node} root */
  #forgetAll(root) {
    const open = [root];
    for (let node = open.pop(); node; node = open.pop()) {
      // Its rules are known as long as the element is.
      open.push(...this.#childrenOf(node));
      this.#forget(node);
    }
  }

  /** What counts as children: a shadow root and a frame's document come first. @param {Node} node @returns {Node[]} */
  #childrenOf(node) {
    const children = /** @type {Node[]} */ ([]);
    if (isElement(node)) {
      const root = this.#roots.get(node) ?? shadowRoot(node);
      if (root) children.push(root);
      const inner = this.#frameOf(node);
      if (inner) children.push(inner);
    }
    const rules = isElement(node) && hasSheet(node) ? this.#sheets.rulesOf(node) : undefined;
    if (rules) return [/** @type {any} */ (rules)];
    for (let child = firstChild(node); child; child = nextSibling(child)) children.push(child);
    if (isShadowRoot(node) || (!(node instanceof Rules) && nodeType(node) === 9)) children.push(.../** @type {any} */ (this.#sheets.adoptedBy(/** @type {any} */ (node))));
    return children;
  }

  /** What a node is a child of, also where the page does not say so. @param {Node} node */
  #above(node) {
    if (isShadowRoot(node)) return node.host;
    if (nodeType(node) === 9) return /** @type {Document} */ (node).defaultView?.frameElement ?? null;
    return parentOf(node);
  }

  /** The document of a frame that can be read. @param {Element} element */
  #frameOf(element) {
    if (localName(element) !== 'iframe' && localName(element) !== 'frame') return null;
    try {
      return /** @type {HTMLIFrameElement} */ (element).contentDocument;
    } catch {
      return null;
    }
  }

  /** @param {Node} parent */
  #putChildren(parent) {
    const pack = this.#pack;
    pack.put(CHILDREN);
    pack.put(/** @type {number} */ (this.#ids.get(parent)));
    const count = pack.length;
    pack.put(0);
    let readings = 0;
    // A stack of its own: pages are nested deeper than a recursion may be.
    const open = this.#childrenOf(parent).reverse();
    for (let node = open.pop(); node; node = open.pop()) {
      readings += 1;
      const children = this.#putNode(node);
      for (let at = children.length - 1; at >= 0; at--) open.push(children[at]);
    }
    pack.numbers[count] = readings;
  }

  /** What follows: its children, or nothing. @param {Node} node @returns {readonly Node[]} */
  #putNode(node) {
    const pack = this.#pack;
    const known = this.#ids.get(node);
    if (known !== undefined) {
      pack.put(KNOWN);
      pack.put(known);
      return NONE;
    }
    const id = this.#next++;
    this.#ids.set(node, id);
    this.#nodes.set(id, node);
    switch (node instanceof Rules ? 0 : nodeType(node)) {
      case 0: {
        const { isAdopted, css, sheet } = /** @type {Rules} */ (/** @type {unknown} */ (node));
        pack.put(isAdopted ? SHEET : TEXT_NODE);
        pack.put(id);
        if (isAdopted) pack.say(sheet.media.mediaText);
        pack.say(css);
        return NONE;
      }
      case 1: {
        const element = /** @type {Element} */ (node);
        const name = localName(element);
        const isFrame = name === 'iframe' || name === 'frame';
        const isPlugIn = name === 'object' || name === 'embed';
        if (isPlugIn || (isFrame && !this.#frameOf(element))) {
          const { width, height } = boxOf(element);
          pack.putAll(BADGE, id, isFrame ? FOREIGN_FRAME : PLUG_IN, Math.round(width), Math.round(height));
          return NONE;
        }
        const children = this.#childrenOf(element);
        this.#putElement(id, element, children.length);
        return children;
      }
      case 3:
      case 4:
        pack.put(TEXT_NODE);
        pack.put(id);
        pack.say(this.#textOf(/** @type {CharacterData} */ (node)));
        return NONE;
      case 10:
        pack.put(DOCTYPE);
        pack.put(id);
        pack.say(node.nodeName);
        pack.say(/** @type {DocumentType} */ (node).publicId);
        pack.say(/** @type {DocumentType} */ (node).systemId);
        return NONE;
      case 9:
      case 11: {
        const children = this.#childrenOf(node);
        this.#watch(/** @type {Document} */ (node));
        pack.put(nodeType(node) === 9 ? DOCUMENT : SHADOW_ROOT);
        pack.put(id);
        pack.put(children.length);
        if (isShadowRoot(node)) pack.put(Number(node.delegatesFocus) + 2 * Number(node.slotAssignment === 'manual'));
        else pack.put(Number(/** @type {Document} */ (node).compatMode === 'BackCompat'));
        return children;
      }
      default:
        pack.put(COMMENT);
        pack.put(id);
        return NONE;
    }
  }

  /** @param {number} id @param {Element} element @param {number} children how many */
  #putElement(id, element, children) {
    const pack = this.#pack;
    const namespaceURI = namespaceOf(element);
    const attributes = attributesOf(element);
    const marks = this.#marksOf(element);
    pack.put(ELEMENT);
    pack.put(id);
    pack.put(children);
    pack.put(namespaceURI === SVG ? 1 : namespaceURI === MATHML ? 2 : 0);
    pack.put(marks);
    if (marks & 2) {
      const { width, height } = boxOf(element);
      pack.put(Math.round(width));
      pack.put(Math.round(height));
    }
    // The agent's side asks nobody for sheets: it is given their rules.
    const isLink = isSheetLink(element);
    pack.say(isLink ? 'style' : localName(element));
    const told = isLink ? Array.from(attributes).filter(({ name }) => !/^(href|rel|type|as)$/.test(name)) : attributes;
    pack.put(told.length);
    for (let at = 0; at < told.length; at++) {
      const { name, value } = told[at];
      pack.say(name);
      pack.say(this.#resolved(element, name, value));
    }
    const count = pack.length;
    pack.put(0);
    if (CONTROLS.has(localName(element)) || attributeOf(element, 'popover') !== null) {
      const state = this.#stateOf(element);
      this.#controls.set(element, state.join());
      this.#putStates(state);
      pack.numbers[count] += state.length / 2;
    }
    if (this.#sheets.isDisabled(element)) {
      pack.numbers[count] += 1;
      pack.put(DISABLED);
      pack.put(1);
    }
    if (scrollTop(element) || scrollLeft(element)) {
      pack.numbers[count] += 1;
      pack.put(SCROLL);
      pack.put(scrollLeft(element));
      pack.put(scrollTop(element));
    }
  }

  /** Addresses in full: the replica has another base. @param {Element} element @param {string} name @param {string} value */
  #resolved(element, name, value) {
    try {
      if (name === 'style') return absolute(value, baseOf(element));
      if (name === 'srcset') {
        return value.trim().split(/\s*,\s+/).map((one) => one.replace(/^\S+/, (address) => new URL(address, baseOf(element)).href)).join(', ');
      }
      if (!ADDRESSES.has(name) || value.startsWith('#') || value.startsWith('data:')) return value;
      return new URL(value, baseOf(element)).href;
    } catch {
      return value;
    }
  }

  /** @param {Element} element */
  #marksOf(element) {
    let marks = 0;
    const words = attributeOf(element, 'data-alongside');
    for (let bit = 0; bit < MARK_WORDS.length; bit++) {
      const selector = this.#selectors[bit];
      if ((words && hasWord(words, MARK_WORDS[bit])) || (selector && matches(element, selector))) marks |= 1 << bit;
    }
    return marks;
  }

  /** Pairs of what and its value. @param {any} element @returns {Array<number | string>} */
  #stateOf(element) {
    switch (localName(element)) {
      case 'input':
        if (element.type === 'checkbox' || element.type === 'radio') {
          return [CHECKED, Number(element.checked), INDETERMINATE, Number(element.indeterminate)];
        }
        return element.type === 'file' || element.type === 'hidden' ? [] : [VALUE, element.value];
      case 'textarea':
      case 'select':
        return [VALUE, element.value];
      case 'option':
        return [SELECTED, Number(element.selected)];
      default:
        return [LAYER, matches(element, ':modal') ? 2 : matches(element, ':popover-open') ? 1 : 0];
    }
  }

  /** @param {Array<number | string>} states */
  #putStates(states) {
    for (let at = 0; at < states.length; at += 2) {
      const value = states[at + 1];
      this.#pack.put(/** @type {number} */ (states[at]));
      if (typeof value === 'string') this.#pack.say(value);
      else this.#pack.put(value);
    }
  }

  /** @param {Element} element @param {string} before */
  #putControl(element, before) {
    if (!this.#isKnown(element)) return;
    const states = this.#stateOf(element);
    if (states.join() === before) return;
    this.#controls.set(element, states.join());
    for (let at = 0; at < states.length; at += 2) {
      this.#pack.put(STATE);
      this.#pack.put(/** @type {number} */ (this.#ids.get(element)));
      this.#putStates(states.slice(at, at + 2));
    }
  }

  /** @param {Element | Document} scroller */
  #putScroll(scroller) {
    const id = this.#ids.get(scroller);
    const element = nodeType(scroller) === 9 ? /** @type {Document} */ (scroller).scrollingElement : /** @type {Element} */ (scroller);
    if (id === undefined || !element) return;
    const [left, top] = [scrollLeft(element), scrollTop(element)];
    if (!left && !top && !this.#scrolled.has(scroller)) return;
    this.#pack.putAll(STATE, id, SCROLL, left, top);
  }

  /** @param {Element} element @param {Set<string>} names */
  #putAttributes(element, names) {
    const id = this.#ids.get(element);
    if (id === undefined || !isConnected(element)) {
      // What was not told because of its marks may be to be told now.
      const parent = parentOf(element);
      if (isConnected(element) && parent) this.#children.add(parent);
      return;
    }
    this.#pack.putAll(MARKS, id, this.#marksOf(element));
    for (const name of names) {
      if (isSheetLink(element) && /^(href|rel|type|as)$/.test(name)) continue;
      const { sheet } = /** @type {HTMLStyleElement} */ (element);
      // A script may have changed what the sheet is for.
      const value = name === 'media' && sheet && hasSheet(element) ? sheet.media.mediaText || null : attributeOf(element, name);
      this.#pack.put(value === null ? REMOVED_ATTRIBUTE : ATTRIBUTE);
      this.#pack.put(id);
      this.#pack.say(name);
      if (value !== null) this.#pack.say(this.#resolved(element, name, value));
    }
  }

  /** @param {CharacterData} text */
  #putText(text) {
    const id = this.#ids.get(text);
    if (id === undefined || !text.isConnected) return;
    this.#pack.put(TEXT);
    this.#pack.put(id);
    this.#pack.say(this.#textOf(text));
  }

  /** @param {CharacterData} text */
  #textOf(text) {
    const parent = parentOf(text);
    return isElement(parent) && localName(parent) === 'style' ? absolute(text.data, text.baseURI) : text.data;
  }
}
