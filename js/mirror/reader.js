// @ts-check
// Reads the page for the mirror: marks what is dirty, and tells the encoder what it is now.
//
// Nothing is decided here: what may be told, and what has changed, is the encoder's to say (`src/mirror`).
//
// Pages replace what they like: no function of arrays is called here.

import {
  attributeNames, attributeNodeOf, attributeOf, baseOf, find, findAll, firstChild, isConnected, localName, nextSibling, nodeType, parentOf, rootOf, contentOf, scrollLeft, scrollTop, textOf,
} from './dom.js';
import { ChangedAttributes } from './changed.js';
import { fontAt } from './data-fonts.js';
import { device } from './device.js';
import { Dialogs } from './dialogs.js';
import { Fonts } from './fonts.js';
import { Ids } from './ids.js';
import { Looks } from './looks.js';
import { mediumOf, PLAYS, putPlayback, STANDS } from './media.js';
import { Matches } from './matches.js';
import { AbortController, listen, Map, MutationObserver, Set, WeakMap, WeakSet } from './own.js';
import { Ranges } from './ranges.js';
import {
  askPolicy, ATTRIBUTES, elementKind, IN_FULL, inFull, IS_CONTROL, IS_FRAME, IS_HOST, IS_LINK, IS_OF_LINK, IS_STYLE, IS_TEMPLATE, isElement, isShadowRoot, kindOf,
} from './kinds.js';
import { Pack } from './pack.js';
import { Pointer } from './pointer.js';
import { absolute, isSheetLink, Rules, Sheets } from './sheets.js';
import { putState, stateOf } from './state.js';
import { viewOf, WHOLE } from './view.js';
import { sizeOf, Walker } from './walk.js';

/** The numbers of `src/browser/mirror.rs`. */
const TEXT = 18, ATTRIBUTE = 19, REMOVED_ATTRIBUTE = 20, MARKS = 21, STATE = 22, STALE = 23;
const SCROLL = 5, LAYER = 6, DISABLED = 7, PSEUDO = 8, MATCHES = 9, LOOK = 14, DIALOG = 15, VIEW = 17, SIZE = 18;

/** No dialog. */
const NONE = 255;

const FULLSCREEN = 3;

/** So many names with prefix are remembered. */
const MOST_QUALIFIED = 1_000;

/** So long rules are compared at a time, in milliseconds. */
const SHEETS = 4;

/** So long what is new is read where other changes have taken the time, in milliseconds. */
const LEAST = 1;

/** So many fields are looked at in each slice: a millisecond's work. */
const MOST_FIELDS = 5_000;

/** So many boxes in the place of what is not shown are measured with each sample: a millisecond's work. */
const BOXES = 1_000;

/** So many parts of drawings are looked at with each sample, and for which attributes. */
const DRAWINGS = 200;
const GEOMETRY = /^([cf]?[xy][12]?|[dr]|r[xy]|width|height|points|\w*[tT]ransform|viewBox|offset)$/;

/** Attributes that decide of nothing but how an element looks. */
const LOOKS = /^(class|style|fill|stroke|opacity|[dxyr]|c[xy]|[xy][12]|width|height|points|transform)$/;

export class Reader {
  #ids = new Ids();

  /** @param {Node} node */
  idOf(node) {
    return this.#ids.of(node);
  }

  /** @param {number} id */
  node(id) {
    return this.#ids.node(id);
  }

  get frames() {
    return this.#walker.frames;
  }

  /** The documents and shadow roots that are told. */
  roots() {
    return this.#sheets.roots();
  }

  /** What only the reader knows of an address: a font that stands in a sheet, or bytes that a script has made one of. @param {string} address */
  bytesAt(address) {
    return fontAt(address) ?? this.#fonts.bytesAt(address);
  }

  /** An image that shows what is at an address. @param {string} address @returns {HTMLImageElement | undefined} */
  image(address) {
    for (const root of this.#sheets.roots()) {
      const images = /** @type {NodeListOf<HTMLImageElement>} */ (findAll(root, 'img'));
      for (let at = 0; at < images.length; at++) if (images[at].currentSrc === address && images[at].naturalWidth > 0) return images[at];
    }
    return undefined;
  }

  /** Nodes whose children are to be read. @type {Set<Node>} */
  #children = new Set();
  #attributes = new ChangedAttributes(this.#ids);
  /** What is read of them now. */
  #changedAttributes = new ChangedAttributes(this.#ids);
  /** @type {Set<CharacterData>} */
  #texts = new Set();
  /** Those that there was no time for: the encoder knows that they have changed. @type {Set<CharacterData>} */
  #stale = new Set();
  /** @type {Set<Element | Document>} */
  #scrolled = new Set();
  /** Videos and audios that do something else. @type {Set<Element>} */
  #media = new Set();
  /** @type {WeakSet<Node>} */
  #watched = new WeakSet();
  #abort = new AbortController();
  /** Puts back what the page had. @type {Array<() => void>} */
  #undo = [];
  #observer;
  #pack = new Pack();
  #matches = new Matches();
  #fonts = new Fonts(() => this.#due());
  #sheets = new Sheets((css) => this.#matches.learn(css), this.#fonts);
  #pointer = new Pointer();
  #looks = new Looks();
  #ranges = new Ranges(this.#ids, this.#pack);
  #canvases;
  #dialogs;
  #mode = '';
  /** Of what size and device the page was told to be. */
  #size = '';
  #device = '';
  /** What was told of how the window shows the page. */
  #view = WHOLE;
  #isViewDue = true;
  /** Elements that fill the screen. @type {Set<Element>} */
  #large = new Set();
  /** Names with prefix of attributes that have changed, by namespace and local name. @type {Map<string, string>} */
  #qualifiedNames = new Map();
  /** Templates by what is in them. @type {WeakMap<Node, Element>} */
  #templates = new WeakMap();
  #isDue = false;
  #mirror;
  #walker;
  #changed;

  /** What the encoder has asked for. @type {Uint32Array[]} */
  #answers = [];

  /**
   * @param {{handle(numbers: Uint32Array, text: Uint8Array, names: string): Uint32Array, begin(width: number, height: number, isQuirky: boolean, device: number, ratio: number): void}} mirror
   * @param {() => void} changed told when there is something to flush
   * @param {import('./walk.js').Selectors} [selectors]
   * @param {{add(canvas: Node, id: number): void, delete(canvas: Node): void, clear(): void, soon(canvas: Node): void}} [canvases] told which are shown
   * @param {() => void} [now] told when there is something to flush at once
   */
  constructor(mirror, changed, selectors = {}, canvases, now = changed) {
    this.#dialogs = new Dialogs(now, () => this.#due());
    this.#canvases = canvases;
    this.#mirror = mirror;
    this.#changed = changed;
    this.#walker = new Walker(this.#ids, this.#pack, this.#sheets, {
      watch: (root) => this.#watch(root),
      watchContent: (content, template) => this.#watchContent(content, template),
      putOff: (parent) => void this.#children.add(parent),
      push: () => this.#push(),
    }, selectors);
    this.#observer = new MutationObserver((records) => this.#mark(records));
  }

  /** @type {import('./sheets.js').Asker} */
  #asker = {
    isKnown: (node) => this.#isKnown(node),
    isDirty: (node) => this.#children.has(node),
    markChildren: (node) => void this.#children.add(node),
    markMedia: (element) => this.#attributes.add(element, 'media'),
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
      reader.#walker.attach(this, root);
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
    this.#undo[this.#undo.length] = () => {
      if (prototype.attachShadow === attachShadow) prototype.attachShadow = own;
    };
  }

  /** Marks by these selectors from now on; `begin` is to follow. @param {import('./walk.js').Selectors} selectors */
  select(selectors) {
    this.#walker.marks.select(selectors);
  }

  /** Forgets what was read, and reads the whole page until the deadline; it is watched from now on. @param {number} [deadline] */
  begin(deadline) {
    this.#ids.clear(document);
    this.#observer.takeRecords();
    this.#forgetMarks();
    this.#walker.clear();
    this.#sheets.clear();
    this.#pointer.clear();
    this.#matches.clear();
    this.#looks.clear();
    this.#dialogs.isChanged = this.#dialogs.open !== undefined;
    this.#canvases?.clear();
    this.#large.clear();
    this.#pack.clear();
    const { bits, ratio } = device();
    this.#device = `${bits} ${ratio}`;
    this.#size = `${innerWidth} ${innerHeight}`;
    askPolicy(document);
    this.#mode = document.compatMode;
    this.#view = WHOLE;
    this.#isViewDue = true;
    this.#mirror.begin(innerWidth, innerHeight, this.#mode === 'BackCompat', bits, ratio);
    this.#ranges.begin(document);
    this.#watch(document);
    this.#children.add(document);
    const page = document.scrollingElement;
    if (page && (scrollTop(page) || scrollLeft(page))) this.#scrolled.add(document);
    this.#read(deadline, false);
  }

  /** Whether the page was written anew, in another mode than was told. */
  get hasOtherMode() {
    return document.compatMode !== this.#mode;
  }

  /** Whether media queries may be answered otherwise than was told. */
  get hasOtherDevice() {
    const { bits, ratio } = device();
    return `${bits} ${ratio}` !== this.#device;
  }

  /** Tells the encoder what is dirty, as it is now, until the deadline. @param {number} [deadline] as in `performance.now()` */
  flush(deadline) {
    this.#tell(0, deadline);
  }

  /** As `flush`, and looks at what scripts change without a trace: rules within sheets. @param {number} [deadline] */
  sample(deadline) {
    this.#tell(deadline === undefined ? Infinity : performance.now() + SHEETS, deadline);
  }

  /** Whether there was no time for a part of the page. */
  get isBehind() {
    return this.#walker.unread.size > 0 || this.#children.size > 0 || this.#stale.size > 0;
  }

  /** @param {number} until how long rules are compared @param {number | undefined} deadline */
  #tell(until, deadline) {
    this.#isDue = false;
    this.#mark(this.#observer.takeRecords());
    this.#isDue = false;
    this.#checkMarks();
    if (until > 0) {
      this.#checkClosed();
      this.#checkBoxes();
      this.#checkDrawings();
    }
    this.#fonts.look(until > 0);
    this.#sheets.check(this.#asker, until);
    this.#read(deadline, until > 0);
  }

  /** @param {number | undefined} deadline @param {boolean} isSample whether to look at what nobody tells of */
  #read(deadline = Infinity, isSample) {
    this.#walker.begin(deadline);
    const first = this.#ids.next;
    const { controls, fields } = this.#walker;
    const known = fields.size;
    const changed = this.#attributes;
    this.#attributes = this.#changedAttributes;
    this.#changedAttributes = changed;
    for (let at = 0; at < changed.length; at++) {
      const names = changed.names[at];
      if (this.#walker.isTimeUp() && this.#canWait(names)) this.#attributes.add(changed.elements[at], names);
      else this.#putAttributes(changed.elements[at], names);
    }
    changed.clear();
    // Not all of the time, where they change without end.
    this.#grant();
    for (const text of this.#stale) {
      if (this.#walker.isTimeUp()) break;
      this.#stale.delete(text);
      this.#putText(text);
    }
    for (const text of this.#texts) {
      if (this.#walker.isTimeUp()) this.#putOff(text);
      else this.#putText(text);
    }
    this.#texts.clear();
    this.#grant();
    const parents = this.#children;
    this.#children = new Set();
    for (const parent of parents) {
      const id = this.#ids.of(parent);
      // What was first read now is as it is now.
      if (id >= 0 && id < first && this.#isKnown(parent)) this.#walker.putChildren(parent);
    }
    // Lists that change without end leave some time for what is behind, too.
    this.#grant();
    this.#walker.putAllMore((parent) => this.#isKnown(parent));
    this.#handOver();
    if (!this.#walker.isLate) for (const [element, before] of controls) this.#putControl(element, before);
    // Those that are new may be parts of a number that has changed.
    else if (fields.size > known && fields.size < MOST_FIELDS) for (const element of fields) this.#putControl(element, controls.get(element));
    for (const scroller of this.#scrolled) this.#walker.scrollers.add(scroller);
    for (const scroller of this.#walker.scrollers) this.#putScroll(scroller, first);
    this.#scrolled.clear();
    for (const medium of this.#media) this.#putPlayback(medium, first);
    this.#media.clear();
    this.#pointer.check((element, bits) => this.#putState(element, PSEUDO, bits));
    this.#ranges.put((node, kind) => this.#beginState(node, kind));
    if (isSample) this.#dialogs.look();
    if (this.#dialogs.isChanged) this.#putDialog();
    this.#putSize();
    if (isSample || this.#isViewDue) this.#putView();
    if (isSample) this.#putSampled();
    this.#walker.isUnwatched = this.#walker.isUnwatched && this.isBehind;
    this.#push();
    this.#obeyAll();
    // As what changes from now on, and not at once: a page may change them all the time.
    if (this.#attributes.length > 0) this.#due();
  }

  /** Some time for what is next, also where there is none left. */
  #grant() {
    if (this.#walker.isLate) this.#walker.begin(performance.now() + LEAST);
  }

  /** What changes without an event, and is dear to find. */
  #putSampled() {
    this.#matches.check(this.#sheets.roots(), (element, words) => this.#putWords(element, MATCHES, words));
    this.#looks.check(this.#sheets.roots(), (element, css) => this.#putWords(element, LOOK, absolute(css, baseOf(element))));
    for (const root of this.#sheets.roots()) if (!isShadowRoot(root)) this.#ranges.putHighlights(root, (node, kind) => this.#beginState(node, kind));
    this.#putLarge();
  }

  /** How the window shows the page, where it does otherwise than was told. */
  #putView() {
    this.#isViewDue = false;
    const view = viewOf();
    let isOther = false;
    for (let at = 0; at < view.length; at++) isOther ||= view[at] !== this.#view[at];
    if (!isOther || !this.#beginState(document, VIEW)) return;
    for (let at = 0; at < view.length; at++) this.#pack.put(view[at]);
    this.#view = view;
  }

  /** Which dialog is open: it stands beside the body, whose text it is as private as. */
  #putDialog() {
    const { open } = this.#dialogs;
    const body = find(document, 'body');
    if (!body || !this.#beginState(body, DIALOG)) return;
    this.#dialogs.isChanged = false;
    this.#pack.put(open?.kind ?? NONE);
    this.#pack.say(open?.text ?? '');
  }

  #putSize() {
    const size = `${innerWidth} ${innerHeight}`;
    if (size === this.#size || !this.#beginState(document, SIZE)) return;
    this.#size = size;
    this.#isViewDue = true;
    this.#pack.put(innerWidth);
    this.#pack.put(innerHeight);
  }

  /** What fills the screen. */
  #putLarge() {
    for (const element of this.#large) {
      if (isElement(element) && /** @type {any} */ (rootOf(element)).fullscreenElement === element) continue;
      this.#putState(element, LAYER, 0);
      this.#large.delete(element);
    }
    for (const root of this.#sheets.roots()) {
      const { fullscreenElement } = root;
      if (fullscreenElement && !this.#large.has(fullscreenElement) && this.#putState(fullscreenElement, LAYER, FULLSCREEN)) this.#large.add(fullscreenElement);
    }
  }

  /** Leaves the page as it was. */
  end() {
    this.#observer.disconnect();
    this.#abort.abort();
    for (let at = this.#undo.length - 1; at >= 0; at--) this.#undo[at]();
  }

  #forgetMarks() {
    this.#children.clear();
    this.#attributes.clear();
    this.#texts.clear();
    this.#stale.clear();
    this.#scrolled.clear();
    this.#media.clear();
  }

  #due() {
    if (!this.#isDue) this.#changed();
    this.#isDue = true;
  }

  /** @param {Document | ShadowRoot} root */
  #watch(root) {
    if (this.#watched.has(root)) return;
    this.#watched.add(root);
    this.#walker.isUnwatched = true;
    if (!isShadowRoot(root)) {
      this.#hookShadowRoots(root);
      this.#fonts.watch(root, this.#abort.signal);
      if (root.defaultView) this.#dialogs.watch(/** @type {any} */ (root.defaultView), this.#abort.signal, this.#undo);
      this.#pointer.watch(root, this.#abort.signal, () => this.#due());
    }
    else this.#ranges.addRoot(root);
    this.#observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
    const { signal } = this.#abort;
    const on = (/** @type {string} */ event, /** @type {(event: any) => void} */ act) =>
      listen(root, event, act, { capture: true, passive: true, signal });
    on('scroll', ({ target }) => {
      this.#scrolled.add(target);
      this.#due();
    });
    const due = () => this.#due();
    const viewed = () => {
      this.#isViewDue = true;
      this.#due();
    };
    if (root === document && visualViewport) {
      listen(visualViewport, 'resize', viewed, { signal });
      listen(visualViewport, 'scroll', viewed, { signal });
    }
    on('input', due);
    on('change', due);
    on('toggle', due);
    on('reset', due);
    on('close', due);
    on('fullscreenchange', due);
    on('slotchange', due);
    for (let at = 0; at < PLAYS.length; at++) {
      on(PLAYS[at], ({ target, type }) => {
        const medium = mediumOf(target);
        if (!medium) return;
        this.#media.add(medium);
        if (STANDS.test(type)) this.#canvases?.soon(medium);
        this.#due();
      });
    }
    on('selectionchange', ({ target }) => {
      this.#ranges.changed(target);
      this.#due();
    });
    on('load', ({ target }) => {
      if (isElement(target) && localName(target) === 'iframe' && this.#isKnown(target)) {
        this.#children.add(target);
        this.frames.load(target);
      }
      if (isElement(target) && localName(target) === 'img') {
        this.#attributes.add(target, 'src');
        if (attributeOf(target, 'srcset')) this.#attributes.add(target, 'srcset');
      }
      // A style sheet has come, or a picture that a state depends on.
      this.#due();
    });
  }

  /** @param {DocumentFragment} content @param {Element} template */
  #watchContent(content, template) {
    if (this.#templates.has(content)) return;
    this.#templates.set(content, template);
    this.#observer.observe(content, { subtree: true, childList: true, attributes: true, characterData: true });
  }

  /** @param {MutationRecord[]} records */
  #mark(records) {
    /** @type {Node[]} */
    const removed = [];
    // Each thing that a record is asked for takes as long as what is done with it.
    for (let at = 0; at < records.length; at++) {
      const record = records[at];
      const { target, attributeName } = record;
      if (attributeName !== null) {
        const element = /** @type {Element} */ (target);
        const { attributeNamespace } = record;
        this.#attributes.add(element, attributeNamespace ? this.#qualified(element, attributeNamespace, attributeName) : attributeName);
      } else if (record.type === 'childList') {
        this.#children.add(target);
        const { removedNodes } = record;
        const { length } = removedNodes;
        for (let index = 0; index < length; index++) removed[removed.length] = removedNodes[index];
      } else if (!this.#stale.has(/** @type {CharacterData} */ (target))) this.#texts.add(/** @type {CharacterData} */ (target));
    }
    if (records.length === 0) return;
    // From now on nobody watches what is away: it would be put back as something else.
    for (let at = 0; at < removed.length; at++) if (this.#ids.of(removed[at]) >= 0 && !this.#isThere(removed[at])) this.#forgetAll(removed[at]);
    this.#due();
  }

  /** Of one that is gone, the name that it last had anywhere. @param {Element} element @param {string} namespace @param {string} local */
  #qualified(element, namespace, local) {
    const name = attributeNodeOf(element, namespace, local)?.name;
    const key = `${namespace} ${local}`;
    if (name && this.#qualifiedNames.size < MOST_QUALIFIED) this.#qualifiedNames.set(key, name);
    return name ?? this.#qualifiedNames.get(key) ?? (namespace.endsWith('xlink') ? `xlink:${local}` : local);
  }

  /** Marks what other elements' changes have marked, or not any more: `.private p` where a class of the parent is set. */
  #checkMarks() {
    const { marked } = this.#walker.marks;
    if (marked.size === 0 || (this.#children.size === 0 && this.#attributes.length === 0)) return;
    for (const [selector, before] of marked) {
      /** @type {Set<Element>} */
      const now = new Set();
      for (const root of this.#sheets.roots()) for (const element of findAll(root, selector)) now.add(element);
      marked.set(selector, now);
      for (const element of now) if (!before.delete(element)) this.#remark(element);
      for (const element of before) this.#remark(element);
    }
  }

  /** What turns out to have a root that nobody can read is told anew: as a badge. */
  #checkClosed() {
    const walker = this.#walker;
    walker.closed.look((element) => this.#isKnown(element) && !walker.rootOf(element), (element) => {
      const parent = this.#above(element);
      if (!parent) return;
      this.#forgetAll(element);
      this.#children.add(parent);
    });
  }

  /** A box in the place of what is not shown is as large as that: of another size it is told anew. Some boxes at a time. */
  #checkBoxes() {
    const { boxes } = this.#walker;
    let turn = Math.min(BOXES, boxes.size);
    for (const [element, size] of boxes) {
      if (turn-- === 0) break;
      boxes.delete(element);
      boxes.set(element, size);
      const parent = this.#isKnown(element) && sizeOf(element) !== size && this.#above(element);
      if (!parent) continue;
      this.#forgetAll(element);
      this.#children.add(parent);
    }
  }

  /** Marks, in some drawings at a time, what the object model of SVG writes: attributes follow it when they are asked for, and no record tells of it. */
  #checkDrawings() {
    const { drawings } = this.#walker;
    let turn = Math.min(DRAWINGS, drawings.size);
    for (const element of drawings) {
      if (turn-- === 0) break;
      drawings.delete(element);
      if (!isConnected(element)) continue;
      drawings.add(element);
      const names = attributeNames(element);
      for (let at = 0; at < names.length; at++) if (GEOMETRY.test(names[at])) this.#attributes.add(element, names[at]);
    }
  }

  /** @param {Element} element */
  #remark(element) {
    this.#attributes.addElement(element);
  }

  /** @param {Node} node */
  #isKnown(node) {
    return this.#ids.of(node) >= 0 && (node instanceof Rules ? node.isConnected : this.#isThere(node));
  }

  /** Whether a node is in the page, or in a template that is. @param {Node} node @returns {boolean} */
  #isThere(node) {
    if (isConnected(node)) return true;
    const template = this.#templates.get(rootOf(node));
    return template !== undefined && this.#isThere(template);
  }

  /** Hands over what is packed, and reads what is asked for in return. */
  #handOver() {
    for (let tries = 0; tries < 100; tries++) {
      this.#push();
      const again = this.#obeyAll();
      if (again.size === 0) return;
      for (const parent of again) if (this.#isKnown(parent)) this.#walker.putChildren(parent);
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
   * Does what the encoder asks for: pairs of 0 and an id to forget, 1 and an id to read anew, 2 and the id of a secret, 3 and the id of a canvas that is shown. The nodes whose children are to be read
   * for that go into `again`.
   * @param {Uint32Array} answer @param {Set<Node>} [again]
   */
  obey(answer, again) {
    for (let at = 0; at < answer.length; at += 2) {
      const node = this.#ids.node(answer[at + 1]);
      if (!node) continue;
      if (answer[at] === 2) this.#walker.marks.remember(node, Boolean(kindOf(node) & IS_CONTROL));
      else if (answer[at] === 3) this.#canvases?.add(node, answer[at + 1]);
      else if (answer[at] === 0) this.#forget(node);
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
    this.#walker.forget(node);
    this.#children.delete(node);
    this.#canvases?.delete(node);
    this.#sheets.forget(/** @type {Element} */ (node));
  }

  /** @param {Node} root */
  #forgetAll(root) {
    const open = [root];
    for (let count = 1; count > 0;) {
      const node = open[--count];
      if (!(node instanceof Rules)) {
        if (isElement(node)) {
          const kind = elementKind(localName(node));
          // Its rules are known as long as the element is.
          const rules = kind & (IS_STYLE | IS_LINK) ? this.#sheets.known(node) : undefined;
          const inner = kind & IS_HOST ? this.#walker.rootOf(node) : kind & IS_FRAME ? this.frames.pageIn(node) : kind & IS_TEMPLATE ? contentOf(node) : undefined;
          for (let at = 0; rules && at < rules.length; at++) open[count++] = /** @type {any} */ (rules[at]);
          if (inner) open[count++] = inner;
        } else if (nodeType(node) === 9 || nodeType(node) === 11) {
          const adopted = this.#sheets.knownOf(node);
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
    if (isShadowRoot(node)) return this.#templates.get(node) ?? node.host;
    if (nodeType(node) === 9) return this.frames.frameOf(node) ?? /** @type {Document} */ (node).defaultView?.frameElement ?? null;
    return parentOf(node);
  }

  /** @param {Element} element @param {string | number | undefined} before */
  #putControl(element, before) {
    const state = stateOf(element);
    if (state === before || !this.#isKnown(element)) return;
    this.#walker.controls.set(element, state);
    putState(this.#pack, state, this.#ids.of(element));
  }

  /** @param {Element | Document} scroller @param {number} first the first id of those that are new */
  #putScroll(scroller, first) {
    const id = this.#ids.of(scroller);
    if (!isConnected(scroller)) this.#walker.scrollers.delete(scroller);
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

  /** @param {Element} medium @param {number} first the first id of those that are new, which are told as they are */
  #putPlayback(medium, first) {
    const id = this.#ids.of(medium);
    if (id < 0 || id >= first) return;
    this.#pack.put(STATE);
    this.#pack.put(id);
    putPlayback(this.#pack, medium);
  }

  /** Begins a state; false where the node is not known yet. @param {Node} node @param {number} kind */
  #beginState(node, kind) {
    const id = this.#ids.of(node);
    if (id < 0) return false;
    this.#pack.put(STATE);
    this.#pack.put(id);
    this.#pack.put(kind);
    return true;
  }

  /** @param {Element} element @param {number} kind @param {number} value */
  #putState(element, kind, value) {
    const is = this.#beginState(element, kind);
    if (is) this.#pack.put(value);
    return is;
  }

  /** @param {Element} element @param {number} kind @param {string} value */
  #putWords(element, kind, value) {
    const is = this.#beginState(element, kind);
    if (is) this.#pack.say(value);
    return is;
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
    if (this.#isMarkedAnew(names)) {
      pack.put(MARKS);
      pack.put(id);
      pack.put(this.#walker.marks.of(element));
    }
    if (typeof names === 'string') this.#putAttribute(id, element, names);
    else for (const name of names) this.#putAttribute(id, element, name);
    if (pack.isFull) this.#push();
  }

  /** Others are not put off: what is private from now on is so in all that follows. @param {string | Set<string>} names @returns {names is string} */
  #canWait(names) {
    return typeof names === 'string' && LOOKS.test(names) && !this.#isMarkedAnew(names);
  }

  /** Whether an element may have other marks since these attributes changed; without any, others' changes may have marked it. @param {string | Set<string>} names */
  #isMarkedAnew(names) {
    const { marks } = this.#walker;
    if (typeof names === 'string') return marks.isChangedBy(names);
    for (const name of names) if (marks.isChangedBy(name)) return true;
    return names.size === 0;
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
    const next = this.#walker.unread.get(parent);
    return Boolean(next && (next === element || next.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING));
  }

  /** @param {CharacterData} text */
  #putOff(text) {
    const id = this.#ids.of(text);
    if (id < 0) return;
    this.#stale.add(text);
    this.#pack.put(STALE);
    this.#pack.put(id);
    if (this.#pack.isFull) this.#push();
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
