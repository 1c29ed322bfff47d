// @ts-check
// Reads the page for the mirror: marks what is dirty, and packs what it reads into numbers and one text.
//
// Nothing is decided here: what may be told, and what has changed, is the encoder's to say (`src/mirror`). A page is read in slices:
// what there was no time for is read later, and what changes meanwhile is marked as always. Lists of children that are known are
// never put off, so that the encoder's tree is one that the page has been.
//
// Pages replace what they like: no function of arrays is called here.

import {
  attributeNames, attributeNodeOf, attributeOf, attributesOf, baseOf, boxOf, firstChild, isConnected, localName, matches, namespaceOf, nextSibling,
  nodeType, parentOf, scrollLeft, scrollTop, shadowRoot, textOf,
} from './dom.js';
import { fullAddress, fullAddresses } from './address.js';
import { Ids } from './ids.js';
import { Pack } from './pack.js';
import { absolute, isSheetLink, Rules, Sheets } from './sheets.js';
import { putState, stateOf } from './state.js';

/** The numbers of `src/browser/mirror.rs`. */
const END = 0, ELEMENT = 1, TEXT_NODE = 2, COMMENT = 3, DOCTYPE = 4, SHADOW_ROOT = 5, DOCUMENT = 6, KNOWN = 7, BADGE = 8, SHEET = 9;
const CHILDREN = 16, MORE_CHILDREN = 17, TEXT = 18, ATTRIBUTE = 19, REMOVED_ATTRIBUTE = 20, MARKS = 21, STATE = 22;
const SCROLL = 5, DISABLED = 7;
const FOREIGN_FRAME = 1, PLUG_IN = 2;

/** What is done with an element of a name, or with an attribute; bits. */
const IS_FRAME = 1, IS_PLUG_IN = 2, IS_STYLE = 4, IS_LINK = 8, IS_CONTROL = 16, HAS_SHEETS = 32, IS_INLINE = 64, HAS_ONLY_NEW = 128;
const IS_ADDRESS = 1, IS_ADDRESSES = 2, IS_CSS = 4, IS_MARK = 8, IS_LAYER = 16, IS_OF_LINK = 32;
const IN_FULL = IS_ADDRESS | IS_ADDRESSES | IS_CSS;

/** Controls are looked at with each flush: scripts, resets and the browser's own filling-in tell nobody. @type {Record<string, number>} */
const ELEMENTS = {
  __proto__: /** @type {any} */ (null),
  iframe: IS_FRAME, frame: IS_FRAME, object: IS_PLUG_IN, embed: IS_PLUG_IN, style: IS_STYLE, link: IS_LINK,
  input: IS_CONTROL, textarea: IS_CONTROL, select: IS_CONTROL, option: IS_CONTROL, dialog: IS_CONTROL, details: IS_CONTROL,
};

// As in `src/mirror/run.rs`.
const INLINE = 'a abbr b bdi bdo cite code data em font i kbd label mark q s samp small span strong sub sup time u var'.split(' ');
for (let at = 0; at < INLINE.length; at++) ELEMENTS[INLINE[at]] = IS_INLINE;

/** The replica has another base, and asks nobody for sheets. @type {Record<string, number>} */
const ATTRIBUTES = {
  __proto__: /** @type {any} */ (null),
  src: IS_ADDRESS, href: IS_ADDRESS | IS_OF_LINK, poster: IS_ADDRESS, background: IS_ADDRESS, 'xlink:href': IS_ADDRESS, srcset: IS_ADDRESSES,
  style: IS_CSS, 'data-alongside': IS_MARK, popover: IS_LAYER, rel: IS_OF_LINK, type: IS_OF_LINK, as: IS_OF_LINK,
};

const BLOCK = 2;
const MARK_WORDS = ['mask', 'block', 'hide', 'show', 'readonly'];

const SVG = 'http://www.w3.org/2000/svg';
const MATHML = 'http://www.w3.org/1998/Math/MathML';

/** So many nodes are read between two looks at the clock. */
const STRIDE = 64;

/** @param {string} words separated by white space @param {string} word */
const hasWord = (words, word) => ` ${words.replace(/\s/g, ' ')} `.indexOf(` ${word} `) >= 0;

// By what a node says it is: a frame's nodes are instances of the frame's own classes.
/** @param {any} node @returns {node is Element} */
const isElement = (node) => Boolean(node) && nodeType(node) === 1;
/** @param {any} node @returns {node is ShadowRoot} */
const isShadowRoot = (node) => nodeType(node) === 11;

/** @typedef {Record<string, string>} Selectors a selector for each of the words of `data-alongside` */

export class Reader {
  #ids = new Ids();
  /** Nodes whose children are to be read. @type {Set<Node>} */
  #children = new Set();
  /** Names of those that changed; most are alone. @type {Map<Element, string | Set<string>>} */
  #attributes = new Map();
  /** @type {Set<CharacterData>} */
  #texts = new Set();
  /** @type {Set<Element | Document>} */
  #scrolled = new Set();
  /** All that have ever scrolled: to ask each element would take longer than all else. @type {Set<Element | Document>} */
  #scrollers = new Set();
  /** Whether the elements that are read may have scrolled before anybody watched. */
  #isUnwatched = true;
  /** What was last told of each control. @type {Map<Element, string | number>} */
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
  /** Any of them. */
  #selector;
  #changed;

  /** Parents that are being read, what is next in each, and what is to be done with them. @type {Node[]} */
  #parents = [];
  /** @type {Array<Node | null>} */
  #nexts = [];
  /** @type {number[]} */
  #kinds = [];
  #depth = 0;
  /** What there was no time for: parents, and the first of their children that was not read. @type {Map<Node, Node | null>} */
  #unread = new Map();
  /** When to leave the rest for later. */
  #deadline = Infinity;
  #isLate = false;
  #stride = STRIDE;
  /** What the encoder has asked for. @type {Uint32Array[]} */
  #answers = [];

  /**
   * @param {{handle(numbers: Uint32Array, text: Uint8Array, names: string): Uint32Array, begin(width: number, height: number, isQuirky: boolean): void}} mirror
   * @param {() => void} changed told when there is something to flush
   * @param {Selectors} [selectors]
   */
  constructor(mirror, changed, selectors = {}) {
    this.#mirror = mirror;
    this.#changed = changed;
    /** @type {Array<string | undefined>} */
    this.#selectors = [];
    this.#selector = '';
    for (let bit = 0; bit < MARK_WORDS.length; bit++) {
      const selector = selectors[MARK_WORDS[bit]];
      this.#selectors[bit] = selector;
      if (selector) this.#selector += this.#selector ? `, ${selector}` : selector;
    }
    this.#observer = new MutationObserver((records) => this.#mark(records));
  }

  /** @type {import('./sheets.js').Asker} */
  #asker = {
    isKnown: (node) => this.#isKnown(node),
    isDirty: (node) => this.#children.has(node),
    markChildren: (node) => void this.#children.add(node),
    markMedia: (element) => this.#markAttribute(element, 'media'),
    putDisabled: (element, isDisabled) => {
      this.#pack.put(STATE);
      this.#pack.put(this.#ids.of(element));
      this.#pack.put(DISABLED);
      this.#pack.put(Number(isDisabled));
    },
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

  /** Forgets what was read, and reads the whole page until the deadline; it is watched from now on. @param {number} [deadline] */
  begin(deadline) {
    this.#ids.clear(document);
    this.#observer.takeRecords();
    this.#forgetMarks();
    this.#unread.clear();
    this.#controls.clear();
    this.#sheets.clear();
    this.#pack.clear();
    this.#mirror.begin(innerWidth, innerHeight, document.compatMode === 'BackCompat');
    this.#watch(document);
    this.#children.add(document);
    const page = document.scrollingElement;
    if (page && (scrollTop(page) || scrollLeft(page))) this.#scrolled.add(document);
    this.#read(deadline);
  }

  /** Tells the encoder what is dirty, as it is now, until the deadline. @param {number} [deadline] as in `performance.now()` */
  flush(deadline) {
    this.#tell(false, deadline);
  }

  /** As `flush`, and looks at what scripts change without a trace: rules within sheets. @param {number} [deadline] */
  sample(deadline) {
    this.#tell(true, deadline);
  }

  /** Whether there was no time for a part of the page. */
  get isBehind() {
    return this.#unread.size > 0 || this.#children.size > 0;
  }

  /** @param {boolean} isFull whether all rules are compared @param {number | undefined} deadline */
  #tell(isFull, deadline) {
    this.#isDue = false;
    this.#mark(this.#observer.takeRecords());
    this.#isDue = false;
    this.#sheets.check(this.#asker, isFull);
    this.#read(deadline);
  }

  #read(deadline = Infinity) {
    this.#deadline = deadline;
    this.#isLate = false;
    const first = this.#ids.next;
    // None is put off: what is private from now on is so in all that follows.
    for (const [element, names] of this.#attributes) this.#putAttributes(element, names);
    this.#attributes.clear();
    for (const text of this.#texts) this.#putText(text);
    this.#texts.clear();
    const parents = this.#children;
    this.#children = new Set();
    for (const parent of parents) {
      const id = this.#ids.of(parent);
      // What was first read now is as it is now.
      if (id >= 0 && id < first && this.#isKnown(parent)) this.#putChildren(parent);
    }
    for (const [parent, next] of this.#unread) {
      if (this.#isLate) break;
      if (this.#isKnown(parent)) this.#putMore(parent, next);
    }
    if (!this.#isLate) for (const [element, before] of this.#controls) this.#putControl(element, before);
    this.#handOver();
    for (const scroller of this.#scrolled) this.#scrollers.add(scroller);
    for (const scroller of this.#scrollers) this.#putScroll(scroller, first);
    this.#scrolled.clear();
    this.#isUnwatched = this.#isUnwatched && this.isBehind;
    this.#push();
    this.#obeyAll();
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

  #isTimeUp() {
    if (--this.#stride > 0) return this.#isLate;
    this.#stride = STRIDE;
    if (!this.#isLate && this.#deadline < Infinity) this.#isLate = performance.now() > this.#deadline;
    return this.#isLate;
  }

  /** @param {Document | ShadowRoot} root */
  #watch(root) {
    if (this.#watched.has(root)) return;
    this.#watched.add(root);
    this.#isUnwatched = true;
    if (!isShadowRoot(root)) this.#hookShadowRoots(root);
    this.#observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
    const { signal } = this.#abort;
    const on = (/** @type {string} */ event, /** @type {(event: any) => void} */ act) =>
      root.addEventListener(event, act, { capture: true, passive: true, signal });
    on('scroll', ({ target }) => {
      this.#scrolled.add(target);
      this.#due();
    });
    const due = () => this.#due();
    on('input', due);
    on('change', due);
    on('toggle', due);
    on('reset', due);
    on('close', due);
    on('fullscreenchange', due);
    on('load', ({ target }) => {
      if (isElement(target) && localName(target) === 'iframe' && this.#isKnown(target)) this.#children.add(target);
      // A style sheet has come, or a picture that a state depends on.
      this.#due();
    });
  }

  /** @param {MutationRecord[]} records */
  #mark(records) {
    for (let at = 0; at < records.length; at++) {
      const { type, target, attributeName, attributeNamespace } = records[at];
      if (type === 'childList') this.#children.add(target);
      else if (type === 'characterData') this.#texts.add(/** @type {CharacterData} */ (target));
      else {
        const element = /** @type {Element} */ (target);
        const name = attributeNamespace ? this.#qualified(element, attributeNamespace, attributeName ?? '') : attributeName ?? '';
        this.#markAttribute(element, name);
      }
    }
    if (records.length > 0) this.#due();
  }

  /** @param {Element} element @param {string} name */
  #markAttribute(element, name) {
    const names = this.#attributes.get(element);
    if (names === undefined) this.#attributes.set(element, name);
    else if (typeof names !== 'string') names.add(name);
    else if (names !== name) this.#attributes.set(element, new Set().add(names).add(name));
  }

  /** @param {Element} element @param {string} namespace @param {string} local */
  #qualified(element, namespace, local) {
    return attributeNodeOf(element, namespace, local)?.name ?? (namespace.endsWith('xlink') ? `xlink:${local}` : local);
  }

  /** @param {Node} node */
  #isKnown(node) {
    return this.#ids.of(node) >= 0 && (node instanceof Rules ? node.isConnected : isConnected(node));
  }

  /** Hands over what is packed, and reads what is asked for in return. */
  #handOver() {
    for (let tries = 0; tries < 100; tries++) {
      this.#push();
      const again = this.#obeyAll();
      if (again.size === 0) return;
      for (const parent of again) if (this.#isKnown(parent)) this.#putChildren(parent);
    }
  }

  /** Hands over what is packed. */
  #push() {
    const pack = this.#pack;
    if (pack.length === 0) return;
    this.#answers[this.#answers.length] = this.#mirror.handle(pack.numbers.subarray(0, pack.length), pack.bytes, pack.names);
    pack.empty();
  }

  #obeyAll() {
    /** @type {Set<Node>} */
    const again = new Set();
    for (let at = 0; at < this.#answers.length; at++) this.obey(this.#answers[at], again);
    this.#answers = [];
    return again;
  }

  /**
   * Does what the encoder asks for: pairs of 0 and an id to forget, or 1 and an id to read anew. The nodes whose children are to be read
   * for that go into `again`.
   * @param {Uint32Array} answer @param {Set<Node>} [again]
   */
  obey(answer, again) {
    for (let at = 0; at < answer.length; at += 2) {
      const node = this.#ids.node(answer[at + 1]);
      if (!node) continue;
      if (answer[at] === 0) this.#forget(node);
      else {
        const parent = this.#above(node);
        if (parent) again?.add(parent);
        this.#forgetAll(node);
      }
    }
  }

  /** @param {Node} node */
  #forget(node) {
    this.#ids.forget(node);
    this.#unread.delete(node);
    this.#children.delete(node);
    this.#controls.delete(/** @type {Element} */ (node));
    this.#sheets.forget(/** @type {Element} */ (node));
  }

  /** @param {Node} root */
  #forgetAll(root) {
    const open = [root];
    for (let count = 1; count > 0;) {
      const node = open[--count];
      if (!(node instanceof Rules)) {
        if (isElement(node)) {
          // Its rules are known as long as the element is.
          const rules = this.#sheets.known(node);
          const inner = this.#rootOf(node) ?? this.#frameOf(node);
          if (rules) open[count++] = /** @type {any} */ (rules);
          if (inner) open[count++] = inner;
        } else if (nodeType(node) === 9 || nodeType(node) === 11) {
          const adopted = this.#sheets.adoptedBy(/** @type {Document} */ (node));
          for (let at = 0; at < adopted.length; at++) open[count++] = /** @type {any} */ (adopted[at]);
        }
        for (let child = firstChild(node); child; child = nextSibling(child)) open[count++] = child;
      }
      this.#forget(node);
    }
  }

  /** What a node is a child of, also where the page does not say so. @param {Node} node */
  #above(node) {
    if (node instanceof Rules) return node.parentNode;
    if (isShadowRoot(node)) return node.host;
    if (nodeType(node) === 9) return /** @type {Document} */ (node).defaultView?.frameElement ?? null;
    return parentOf(node);
  }

  /** @param {Element} element @returns {ShadowRoot | null} */
  #rootOf(element) {
    return this.#roots.get(element) ?? shadowRoot(element);
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

  /** Lists the children of a node that is known; those that are not are read until the deadline. @param {Node} parent */
  #putChildren(parent) {
    this.#unread.delete(parent);
    this.#pack.put(CHILDREN);
    this.#pack.put(this.#ids.of(parent));
    this.#open(parent, kindOf(parent));
    this.#walk();
  }

  /** Goes on where there was no time any more. @param {Node} parent @param {Node | null} next */
  #putMore(parent, next) {
    this.#unread.delete(parent);
    this.#pack.put(MORE_CHILDREN);
    this.#pack.put(this.#ids.of(parent));
    this.#step(parent, next, kindOf(parent) | HAS_ONLY_NEW);
    this.#walk();
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
    const rules = kind & (IS_STYLE | IS_LINK) ? this.#sheets.rulesOf(/** @type {Element} */ (parent)) : undefined;
    this.#step(parent, rules ? null : firstChild(parent), kind);
    if (rules) this.#putRules(rules);
    if (kind & HAS_SHEETS) return;
    const inner = this.#rootOf(/** @type {Element} */ (parent)) ?? (kind & IS_FRAME ? this.#frameOf(/** @type {Element} */ (parent)) : null);
    if (inner) this.#putNode(inner);
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
      } else if (this.#isTimeUp() && this.#canWait(node)) {
        this.#leave(top, node);
      } else {
        this.#nexts[top] = nextSibling(node);
        this.#putNode(node);
      }
      if (pack.isFull) this.#push();
    }
  }

  /**
   * Whether a node can be read later than what stands before it. What may be one line of text is read at once: a number that is split
   * over nodes is private as a whole only.
   * @param {Node} node
   */
  #canWait(node) {
    return this.#ids.of(node) < 0 && isElement(node) && !((ELEMENTS[localName(node)] ?? 0) & IS_INLINE);
  }

  /** Leaves this child and those after it for later. @param {number} top @param {Node} first */
  #leave(top, first) {
    const parent = this.#parents[top];
    if (top > 0) {
      this.#unread.set(parent, first);
      this.#pack.put(END);
      this.#depth = top;
      return;
    }
    // Of a parent that was known before, all children that are known are told: what is not named is gone.
    const kind = this.#kinds[0];
    let isMixed = Boolean(kind & HAS_SHEETS);
    for (let node = kind & HAS_ONLY_NEW ? null : nextSibling(first); node; node = nextSibling(node)) {
      const id = this.#ids.of(node);
      if (id < 0) continue;
      this.#pack.put(KNOWN);
      this.#pack.put(id);
      isMixed = true;
    }
    if (isMixed) this.#children.add(parent);
    else this.#unread.set(parent, first);
    this.#nexts[0] = null;
  }

  /** @param {Node} node */
  #putNode(node) {
    const pack = this.#pack;
    const known = this.#ids.of(node);
    if (known >= 0) {
      pack.put(KNOWN);
      pack.put(known);
      return;
    }
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
        this.#watch(/** @type {Document} */ (node));
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

  /** @param {Document | ShadowRoot} root */
  #putAdopted(root) {
    const adopted = this.#sheets.adoptedBy(root);
    for (let at = 0; at < adopted.length; at++) this.#putRules(adopted[at]);
  }

  /** @param {Rules} rules */
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

  /** @param {number} id @param {Element} element */
  #putElement(id, element) {
    const pack = this.#pack;
    const name = localName(element);
    const kind = ELEMENTS[name] ?? 0;
    if (kind & IS_PLUG_IN || (kind & IS_FRAME && !this.#frameOf(element))) {
      pack.put(BADGE);
      pack.put(id);
      pack.put(kind & IS_FRAME ? FOREIGN_FRAME : PLUG_IN);
      this.#putBox(element);
      return;
    }
    const namespace = namespaceOf(element);
    // The agent's side asks nobody for sheets: it is given their rules.
    const isLink = Boolean(kind & IS_LINK) && isSheetLink(element);
    pack.put(ELEMENT);
    pack.put(id);
    pack.put(pack.name(isLink ? 'style' : name));
    const bits = pack.length;
    pack.put(0);
    const uses = this.#putOwnAttributes(element, isLink);
    const marks = uses & IS_MARK || this.#selector ? this.#marksOf(element, Boolean(uses & IS_MARK)) : 0;
    pack.numbers[bits] = marks | (namespace === SVG ? 256 : namespace === MATHML ? 512 : 0);
    if (marks & BLOCK) this.#putBox(element);
    const count = pack.length;
    pack.put(0);
    if (kind & IS_CONTROL || uses & IS_LAYER) {
      const state = stateOf(element);
      this.#controls.set(element, state);
      pack.numbers[count] += putState(pack, state);
    }
    if (kind & IS_STYLE || isLink) {
      this.#sheets.rulesOf(element);
      if (this.#sheets.isDisabled(element)) {
        pack.numbers[count] += 1;
        pack.put(DISABLED);
        pack.put(1);
      }
    }
    if (this.#isUnwatched && (scrollTop(element) || scrollLeft(element))) this.#scrollers.add(element);
    this.#open(element, isLink ? kind : kind & ~IS_LINK);
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
      const use = ATTRIBUTES[name] ?? 0;
      if (isLink && use & IS_OF_LINK) continue;
      // Of an HTML element, a name with capitals is not found by itself.
      const value = attributeOf(element, name) ?? attributesOf(element)[at]?.value ?? '';
      pack.put(pack.name(name));
      pack.say(use & IN_FULL ? inFull(element, use, value) : value);
      uses |= use;
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
  }

  /** @param {Element} element @param {boolean} isMarked whether it has the attribute */
  #marksOf(element, isMarked) {
    const words = isMarked ? attributeOf(element, 'data-alongside') : null;
    const isSelected = this.#selector !== '' && matches(element, this.#selector);
    let marks = 0;
    if (!words && !isSelected) return marks;
    for (let bit = 0; bit < MARK_WORDS.length; bit++) {
      const selector = this.#selectors[bit];
      if ((words && hasWord(words, MARK_WORDS[bit])) || (isSelected && selector && matches(element, selector))) marks |= 1 << bit;
    }
    return marks;
  }

  /** @param {Element} element @param {string | number} before */
  #putControl(element, before) {
    const state = stateOf(element);
    if (state === before || !this.#isKnown(element)) return;
    this.#controls.set(element, state);
    putState(this.#pack, state, this.#ids.of(element));
  }

  /** @param {Element | Document} scroller @param {number} first the first id of those that are new */
  #putScroll(scroller, first) {
    const id = this.#ids.of(scroller);
    if (!isConnected(scroller)) this.#scrollers.delete(scroller);
    if (id < 0 || (id < first && !this.#scrolled.has(scroller))) return;
    const element = nodeType(scroller) === 9 ? /** @type {Document} */ (scroller).scrollingElement : /** @type {Element} */ (scroller);
    if (!element) return;
    const left = scrollLeft(element);
    const top = scrollTop(element);
    if (!left && !top && !this.#scrolled.has(scroller)) return;
    const pack = this.#pack;
    pack.put(STATE);
    pack.put(id);
    pack.put(SCROLL);
    pack.put(left);
    pack.put(top);
  }

  /** @param {Element} element @param {string | Set<string>} names */
  #putAttributes(element, names) {
    const pack = this.#pack;
    const id = this.#ids.of(element);
    if (id < 0) {
      // What was not told because of its marks may be to be told now.
      const parent = isConnected(element) && this.#above(element);
      if (parent && !this.#isAhead(parent, element)) this.#children.add(parent);
      return;
    }
    if (this.#selector || (typeof names === 'string' ? names === 'data-alongside' : names.has('data-alongside'))) {
      pack.put(MARKS);
      pack.put(id);
      pack.put(this.#marksOf(element, true));
    }
    if (typeof names === 'string') this.#putAttribute(id, element, names);
    else for (const name of names) this.#putAttribute(id, element, name);
    if (pack.isFull) this.#push();
  }

  /** @param {number} id @param {Element} element @param {string} name */
  #putAttribute(id, element, name) {
    const pack = this.#pack;
    const use = ATTRIBUTES[name] ?? 0;
    if (use & IS_OF_LINK && localName(element) === 'link' && isSheetLink(element)) return;
    const value = name === 'media' ? mediaOf(element) : attributeOf(element, name);
    pack.put(value === null ? REMOVED_ATTRIBUTE : ATTRIBUTE);
    pack.put(id);
    pack.put(pack.name(name));
    if (value !== null) pack.say(use & IN_FULL ? inFull(element, use, value) : value);
  }

  /** Whether an element that is not known will be read anyway. @param {Node} parent @param {Element} element */
  #isAhead(parent, element) {
    const next = this.#unread.get(parent);
    return Boolean(next && (next === element || next.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING));
  }

  /** @param {CharacterData} text */
  #putText(text) {
    const id = this.#ids.of(text);
    if (id < 0) return;
    const parent = parentOf(text);
    this.#pack.put(TEXT);
    this.#pack.put(id);
    this.#pack.say(isElement(parent) && localName(parent) === 'style' ? absolute(textOf(text), baseOf(text)) : textOf(text));
    if (this.#pack.isFull) this.#push();
  }
}

/** A script may have changed what a sheet is for. @param {any} element */
function mediaOf(element) {
  const sheet = kindOf(element) & (IS_STYLE | IS_LINK) ? element.sheet : null;
  return sheet ? sheet.media.mediaText || null : attributeOf(element, 'media');
}

/** What is done with a parent. @param {Node} parent */
function kindOf(parent) {
  if (!isElement(parent)) return HAS_SHEETS;
  const kind = ELEMENTS[localName(parent)] ?? 0;
  return kind & IS_LINK && !isSheetLink(parent) ? 0 : kind;
}

/** Addresses in full: the replica has another base. @param {Element} element @param {number} use @param {string} value */
function inFull(element, use, value) {
  const base = baseOf(element);
  return use & IS_CSS ? absolute(value, base) : use & IS_ADDRESSES ? fullAddresses(value, base) : fullAddress(value, base);
}
