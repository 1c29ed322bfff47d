// @ts-check
// Draws a replica into a frame that can run nothing: nodes are created one by one, never from text.

import { FORBIDDEN, policy, STAND_IN } from './allowed.js';
import { FOCUS, showMatches, showPseudo, underlay } from './answers.js';
import { badgeOf } from './badges.js';
import { innerBars, ownBar, windowBars } from './bars.js';
import { documentOf, insertBefore, localName, nodeType, parentOf, removeChild } from './dom.js';
import { Dressing } from './dressing.js';
import { Scrolls } from './scrolls.js';
import { setCaret, setFlag, setValue, showLayer, showLook } from './shown-state.js';
import { mark } from './sight.js';

export { boxAt, fieldAt, focused, guardAt, guarded, isWithin, nodeAt, pageSize, scrollerAt } from './sight.js';

const NAMESPACES = ['http://www.w3.org/1999/xhtml', 'http://www.w3.org/2000/svg', 'http://www.w3.org/1998/Math/MathML'];

/** Doctypes that make limited quirks mode. */
const LIMITED = /^-\/\/W3C\/\/DTD (XHTML 1\.0|HTML 4\.01) (Transitional|Frameset)\/\//i;

export class Painter {
  /** @type {Map<number, Node>} */
  #nodes = new Map();
  #frame;
  #isSized;
  #device = 0;
  /** Of the visitor's window, its width and height, and how much of it its bars take. @type {[number, number]} */
  #size = [0, 0];
  /** @type {[number, number]} */
  #bars = [0, 0];
  /** What bars take of all that scrolls within the page; absent: as the agent's browser has them. @type {number | undefined} */
  #inner;
  #fitting = new ResizeObserver(() => this.#fit());
  #sources;
  #dressing;
  #scrolls = new Scrolls((id) => this.#nodes.get(id));
  /** Ids of the sheets of documents and shadow roots, in order. @type {WeakMap<object, number[]>} */
  #adopted = new WeakMap();
  /** The element that has the visitor's focus; 0 where none has. */
  focused = 0;
  /** What was last told of the looks of elements. @type {Map<number, Animation>} */
  #looks = new Map();
  /** @type {WeakMap<object, CSSStyleSheet>} */
  #underlays = new WeakMap();
  /** Why agents may not act, by element. @type {Map<number, number>} */
  guards = new Map();
  /** Frames whose pages of other sites are drawn by painters of their own, and the badges that stood there. @type {WeakMap<object, Node | null>} */
  joined = new WeakMap();
  /** What its document did not take yet. @type {Array<[number, number, Node]>} */
  #late = [];

  /**
   * @param {HTMLIFrameElement} frame has loaded an empty page; it gets its sandbox here
   * @param {string} sources
   * @param {boolean} [isSized] whether the page that it is in says how large it is
   */
  constructor(frame, sources, isSized = false) {
    this.#frame = frame;
    this.#isSized = isSized;
    this.#sources = sources;
    this.#dressing = new Dressing((id) => this.#nodes.get(id), !sources);
    // No scripts, no forms, no pop-ups, no navigation of this page; same origin so that this page can draw into it.
    frame.setAttribute('sandbox', 'allow-same-origin');
  }

  /** @param {number} width @param {number} height @param {boolean} isQuirky @param {number} device @param {number} ratio */
  clear(width, height, isQuirky, device, ratio) {
    this.#device = device;
    this.#dressing.clear(device, ratio);
    this.#scrolls.clear();
    this.#size = [width, height];
    this.#bars = [0, 0];
    this.#inner = undefined;
    this.#fitting.disconnect();
    if (!this.#isSized) this.#resize(width, height);
    const page = /** @type {Document} */ (this.#frame.contentDocument);
    this.#write(page, isQuirky ? '' : '<!doctype html>');
    this.#nodes = new Map([[0, page]]);
    mark(page, 0);
    this.focused = 0;
    this.guards = new Map();
    this.#adopted = new WeakMap();
    this.#looks = new Map();
    this.#late = [];
    this.unhighlight();
  }

  /** @param {number} width @param {number} height in CSS pixels */
  size(width, height) {
    this.#size = [width, height];
    if (this.#isSized) return;
    this.#resize(width, height);
    this.#fit();
  }

  /** An empty page with a doctype. @param {Document} page @param {string} doctype */
  #write(page, doctype) {
    page.open();
    page.write(`${doctype}<meta http-equiv="Content-Security-Policy" content="${policy(this.#sources)}">`);
    page.close();
    while (page.lastChild) page.lastChild.remove();
    this.#underlay(page);
  }

  /** @param {any} root */
  #underlay(root) {
    const sheet = new (root.defaultView ?? documentOf(root).defaultView).CSSStyleSheet();
    sheet.replaceSync(this.#rules(root));
    this.#underlays.set(root, sheet);
    root.adoptedStyleSheets = [sheet];
  }

  /** @param {any} root */
  #rules(root) {
    return underlay(this.#device, innerBars(this.#inner) + (root === this.#frame.contentDocument ? windowBars(this.#bars) : ''));
  }

  /** How much the bars of the visitor's window take of it. @param {number} width @param {number} height */
  bars(width, height) {
    this.#bars = [width, height];
    this.#underlays.get(this.node(0))?.replaceSync(this.#rules(this.node(0)));
    this.#fit();
  }

  /** Gives the page as much room as the visitor's has: where bars are of another width here, and cannot be made, the window is of another width. */
  #fit() {
    const page = /** @type {Document} */ (this.#frame.contentDocument);
    const root = page.compatMode === 'BackCompat' ? page.body : page.documentElement;
    if (!root) return;
    const [width, height] = this.#bars;
    if (!this.#isSized) {
      const view = /** @type {Window} */ (page.defaultView);
      this.#resize(this.#size[0] - width + view.innerWidth - root.clientWidth, this.#size[1] - height + view.innerHeight - root.clientHeight);
    }
    // A window with more in it than it shows, and no bar that takes any of it, has them over the page.
    const bar = width || height || (page.documentElement.scrollHeight > root.clientHeight ? 0 : undefined);
    const inner = bar === undefined || (bar > 0) === (ownBar() > 0) ? undefined : bar;
    if (inner === this.#inner) return;
    this.#inner = inner;
    for (const node of this.#nodes.values()) this.#underlays.get(node)?.replaceSync(this.#rules(node));
  }

  /** @param {number} width @param {number} height */
  #resize(width, height) {
    this.#frame.style.width = `${width}px`;
    this.#frame.style.height = `${height}px`;
  }

  /** Whether the bytes of this picture or font are wanted. @param {string} address @param {string} hash */
  offer(address, hash) {
    return this.#dressing.offer(address, hash);
  }

  /** @param {string} hash @param {number} kind @param {Uint8Array} bytes */
  keep(hash, kind, bytes) {
    this.#dressing.keep(hash, kind, bytes);
  }

  /** @param {number} id @returns {any} */
  node(id) {
    return this.#nodes.get(id);
  }

  /** Where `before` is 0, the end. @param {number} parent @param {number} before @param {number} id @param {Node} node */
  #place(parent, before, id, node) {
    this.#nodes.set(id, node);
    mark(node, id);
    this.#put(parent, before, node);
  }

  /** @param {number} parent @param {number} before @param {Node} node */
  #put(parent, before, node) {
    try {
      insertBefore(this.node(parent), node, this.#sibling(before));
    } catch {
      // A document has one element and one doctype, in this order: it takes this one when the one before has gone.
      this.#late.push([parent, before, node]);
    }
  }

  /** Adopted sheets, which come last, are no nodes of the page. @param {number} before */
  #sibling(before) {
    const node = before ? this.node(before) : null;
    return !node || node.adopter || nodeType(node) === 9 || nodeType(node) === 11 ? null : node;
  }

  /** @param {number} parent */
  #document(parent) {
    const node = this.node(parent);
    return documentOf(node) ?? node;
  }

  /** @param {number} parent @param {number} before @param {number} id @param {number} namespace @param {string} name */
  element(parent, before, id, namespace, name) {
    const page = this.#document(parent);
    // With a prefix it would be the same element.
    const local = name.slice(name.lastIndexOf(':') + 1);
    const isCode = FORBIDDEN.test(local);
    const safe = isCode ? STAND_IN : name;
    let element;
    try {
      element = page.createElementNS(NAMESPACES[isCode ? 0 : namespace], safe);
    } catch {
      // A name that a parser takes and this function does not.
      element = page.createElement('span');
    }
    if (parent === 0) this.#fitting.observe(element);
    if (!isCode && /^i?frame$/i.test(local)) element.setAttribute('sandbox', 'allow-same-origin');
    this.#place(parent, before, id, element);
  }

  /** @param {number} parent @param {number} before @param {number} id @param {string} text */
  text(parent, before, id, text) {
    this.#place(parent, before, id, this.#document(parent).createTextNode(''));
    this.setText(id, text);
  }

  /** @param {number} parent @param {number} before @param {number} id */
  comment(parent, before, id) {
    this.#place(parent, before, id, this.#document(parent).createComment(''));
  }

  /** @param {number} parent @param {number} before @param {number} id @param {string} name @param {string} publicId @param {string} systemId */
  doctype(parent, before, id, name, publicId, systemId) {
    const page = this.node(parent);
    // Only what a parser reads makes a mode.
    if (LIMITED.test(publicId) && page === this.#frame.contentDocument && !page.documentElement && page.compatMode === 'CSS1Compat') {
      const comments = [...page.childNodes];
      this.#write(page, '<!doctype html public "-//W3C//DTD XHTML 1.0 Transitional//">');
      page.append(...comments);
    }
    this.#place(parent, before, id, this.#document(parent).implementation.createDocumentType(name, publicId, systemId));
  }

  /** @param {number} parent @param {number} id @param {boolean} delegatesFocus @param {boolean} hasManualSlots */
  shadow(parent, id, delegatesFocus, hasManualSlots) {
    const host = this.node(parent);
    try {
      const slotAssignment = hasManualSlots ? 'manual' : 'named';
      const root = host.shadowRoot ?? host.attachShadow({ mode: 'open', delegatesFocus, slotAssignment });
      this.#nodes.set(id, root);
      mark(root, id);
      this.#underlay(root);
    } catch {
      // An element that cannot have one here: what is in it is drawn into it.
      this.#nodes.set(id, host);
    }
  }

  /** What is in a template. @param {number} parent @param {number} id */
  content(parent, id) {
    const template = this.node(parent);
    this.#nodes.set(id, template.content ?? template);
  }

  /** The document in a frame. @param {number} parent @param {number} id @param {boolean} isQuirky */
  document(parent, id, isQuirky) {
    const page = this.node(parent).contentDocument;
    page?.open();
    page?.write(isQuirky ? '<p>' : '<!doctype html>');
    page?.close();
    while (page?.lastChild) page.lastChild.remove();
    if (page) this.#underlay(page);
    const root = page ?? this.#document(parent).createDocumentFragment();
    this.#nodes.set(id, root);
    mark(root, id);
  }

  /** @param {number} parent @param {number} before @param {number} id @param {number} reason @param {number} width @param {number} height */
  badge(parent, before, id, reason, width, height) {
    const badge = badgeOf(this.#document(parent), reason, width, height);
    // All that a frame shows is as large as the frame is.
    if (nodeType(this.node(parent)) === 9) [badge.style.width, badge.style.height] = ['100vw', '100vh'];
    this.#place(parent, before, id, badge);
  }

  /** Makes room for a page of another site where a document stands for it. @param {number} id @returns {Painter | undefined} */
  join(id) {
    const page = this.node(id);
    const frame = page?.defaultView?.frameElement;
    if (!frame) return undefined;
    this.joined.set(frame, page.firstChild);
    return new Painter(frame, this.#sources, true);
  }

  /** What stands there stands there again. @param {number} id */
  part(id) {
    const page = this.node(id);
    const frame = page?.defaultView?.frameElement;
    if (!frame) return;
    const badge = this.joined.get(frame);
    this.joined.delete(frame);
    this.#write(page, '<!doctype html>');
    mark(page, id);
    if (badge) insertBefore(page, badge, null);
  }

  /** An adopted sheet. @param {number} parent @param {number} before @param {number} id @param {string} media @param {string} css */
  sheet(parent, before, id, media, css) {
    const root = this.node(parent);
    const { defaultView } = this.#document(parent);
    // Made by the frame's own window: no other one's can be adopted there.
    const sheet = new defaultView.CSSStyleSheet({ media: this.#dressing.media(media) });
    this.#nodes.set(id, /** @type {any} */ ({ adopter: root, sheet }));
    this.#dressing.styled(id, '', css, (shown) => {
      try {
        sheet.replaceSync(shown);
      } catch {
        // `@import`, which an adopted sheet cannot have.
      }
    });
    this.#adopt(root, id, before);
  }

  /** Puts a sheet before another one, or at the end; with no place, nowhere. @param {any} root @param {number} id @param {number} [before] */
  #adopt(root, id, before) {
    const list = (this.#adopted.get(root) ?? []).filter((one) => one !== id);
    const at = before ? list.indexOf(before) : -1;
    if (before !== undefined) list.splice(at < 0 ? list.length : at, 0, id);
    this.#adopted.set(root, list);
    const underlay = this.#underlays.get(root);
    root.adoptedStyleSheets = [...(underlay ? [underlay] : []), ...list.map((one) => this.node(one).sheet)];
  }

  /** @param {number} id @param {string} name @param {string | undefined} value absent: taken away */
  attribute(id, name, value) {
    const element = this.node(id);
    if (localName(element) !== STAND_IN) this.#dressing.attribute(id, element, name, value);
  }

  /** The picture of a canvas; whether its bytes are wanted. @param {number} id @param {string} hash */
  picture(id, hash) {
    return this.#dressing.picture(id, hash);
  }

  /** A canvas has no picture. @param {number} id @param {number} reason */
  missing(id, reason) {
    this.#dressing.missing(id, reason);
  }

  /** @param {number} id @param {string} words */
  matches(id, words) {
    showMatches(this.node(id), words);
  }

  /** @param {number} id @param {number} start @param {number} end @param {boolean} isBackward */
  caret(id, start, end, isBackward) {
    setCaret(this.node(id), start, end, isBackward);
  }

  /** @param {number} id @param {Uint32Array} nodes */
  assigned(id, nodes) {
    const found = [];
    for (const node of nodes) if (this.#nodes.has(node)) found.push(this.node(node));
    this.node(id).assign?.(...found);
  }

  /** @param {number} id of a document @param {Uint32Array} span */
  selection(id, span) {
    const selection = this.node(id).getSelection?.();
    selection?.removeAllRanges();
    const [from, to] = this.#points(span);
    if (from && to) selection?.setBaseAndExtent(from.node, from.offset, to.node, to.offset);
  }

  /** Nothing is highlighted. @param {number} [id] of a document; that of the page */
  unhighlight(id = 0) {
    const view = id ? this.node(id).defaultView : this.#frame.contentWindow;
    /** @type {any} */ (view)?.CSS?.highlights?.clear();
  }

  /** @param {number} id of a document @param {string} name @param {Uint32Array} spans */
  highlight(id, name, spans) {
    const view = this.node(id).defaultView;
    const points = this.#points(spans);
    const highlight = new view.Highlight();
    for (let at = 0; at + 1 < points.length; at += 2) {
      const [from, to] = [points[at], points[at + 1]];
      if (!from || !to) continue;
      const range = this.node(id).createRange();
      range.setStart(from.node, from.offset);
      range.setEnd(to.node, to.offset);
      highlight.add(range);
    }
    view.CSS.highlights.set(name, highlight);
  }

  /** Places that are there: masked texts may be shorter. @param {Uint32Array} numbers */
  #points(numbers) {
    const points = [];
    for (let at = 0; at < numbers.length; at += 2) {
      const node = this.#nodes.has(numbers[at]) ? this.node(numbers[at]) : undefined;
      const length = node?.nodeType ? node.length ?? node.childNodes.length : -1;
      points.push(length < 0 ? undefined : { node, offset: Math.min(numbers[at + 1], length) });
    }
    return points;
  }

  /** @param {number} id @param {string} css declarations that win over all rules */
  look(id, css) {
    this.#looks.get(id)?.cancel();
    this.#looks.delete(id);
    const element = this.node(id);
    if (css && element.animate) this.#looks.set(id, showLook(element, this.#dressing.look(css)));
  }

  /** @param {number} id @param {number} bits */
  pseudo(id, bits) {
    if (bits & FOCUS) this.focused = id;
    else if (this.focused === id) this.focused = 0;
    showPseudo(this.node(id), bits);
  }

  /** Why agents may not act on an element: nothing is drawn of it here. @param {number} id @param {number} bits */
  guard(id, bits) {
    if (bits) this.guards.set(id, bits);
    else this.guards.delete(id);
  }

  /** @param {number} id @param {string} text */
  setText(id, text) {
    const node = this.node(id);
    const parent = parentOf(node);
    const isSheet = parent && nodeType(parent) === 1 && localName(parent) === 'style';
    if (isSheet) this.#dressing.styled(id, '', text, (shown) => (node.data = shown));
    else node.data = text;
  }

  /** @param {number} id @param {number} parent @param {number} before */
  move(id, parent, before) {
    const { adopter } = this.node(id);
    if (adopter) this.#adopt(adopter, id, before);
    else this.#put(parent, before, this.node(id));
  }

  /** @param {number} id */
  remove(id) {
    const node = this.node(id);
    if (node.adopter) this.#adopt(node.adopter, id);
    else {
      const parent = parentOf(node);
      if (parent) removeChild(parent, node);
      for (const late of this.#late.splice(0)) this.#put(...late);
    }
    for (const gone of [this.#nodes, this.#looks, this.guards]) gone.delete(id);
    this.#dressing.forget(id);
    this.#scrolls.forget(id);
  }

  /** @param {number} id @param {string} value */
  value(id, value) {
    setValue(this.node(id), value);
  }

  /** @param {number} id @param {'checked' | 'indeterminate' | 'selected' | 'disabled'} name @param {boolean} is */
  flag(id, name, is) {
    setFlag(this.node(id), name, is);
  }

  /** @param {number} id @param {number} left @param {number} top */
  scroll(id, left, top) {
    this.#scrolls.to(id, left, top);
  }

  /** @param {number} id @param {number} layer */
  layer(id, layer) {
    this.#looks.get(id)?.cancel();
    const shown = showLayer(this.node(id), layer);
    if (shown) this.#looks.set(id, shown);
  }
}

/** What is seldom called, and fails where a changed page tells what no page has: an error would leave the wasm module in the middle of something. */
const GUARDED = /** @type {const} */ (['doctype', 'shadow', 'content', 'document', 'badge', 'sheet', 'move', 'remove', 'value', 'flag', 'scroll', 'layer', 'pseudo',
  'missing', 'matches', 'caret', 'assigned', 'selection', 'unhighlight', 'highlight', 'look', 'guard', 'bars']);
for (const name of GUARDED) {
  const own = /** @type {(...values: any[]) => void} */ (Painter.prototype[name]);
  Painter.prototype[name] = /** @this {Painter} @param {any[]} values */ function (...values) {
    try {
      own.apply(this, values);
    } catch {
      // It is not drawn.
    }
  };
}

/** @param {HTMLIFrameElement} frame @param {string} sources */
export const paintInto = (frame, sources) => new Painter(frame, sources);
