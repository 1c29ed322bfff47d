// @ts-check
// Draws a replica into a frame that can run nothing: nodes are created one by one, never from text.

import { FORCED_COLOURS, withDevice, withPictures, withScheme } from './device.js';
import { scaleOf } from './canvas-size.js';
import { documentOf, insertBefore, localName, nodeType, parentOf, removeAttribute, removeChild, setAttribute, setAttributeNS } from './dom.js';
import { candidates, Pictures, withAddresses } from './pictures.js';
import { mark } from './sight.js';

export { boxAt, fieldAt, focused, guardAt, guarded, isWithin, linkAt, nodeAt, pageSize, scrollerAt } from './sight.js';

const NAMESPACES = ['http://www.w3.org/1999/xhtml', 'http://www.w3.org/2000/svg', 'http://www.w3.org/1998/Math/MathML'];

/** What is never made, whatever is sent: the encoder leaves these out, and a changed one could send them. */
const FORBIDDEN = /^(script|noscript|base|meta|object|embed|applet)$/i;

/** What stands for it, empty: nobody sees it, and rules that count elements count it. */
const STAND_IN = 'meta';

/** What is never set. */
const FORBIDDEN_ATTRIBUTE = /^(on|srcdoc$|action$|formaction$|http-equiv$|nonce$|integrity$|ping$|sandbox$|src$|href$)/i;

/** Addresses that may be set: where they point, nothing runs. */
const SAFE_ADDRESS = /^(https?:|blob:|data:image\/(png|jpeg|gif|webp|avif)[;,]|#)/i;

/** Elements that show what `src` names as a picture. */
const PICTURES = /^(img|image|input|source|video)$/i;

const REASONS = ['blocked by the site', 'a page of another site', 'a plug-in', 'masked', 'a drawing with parts of another site', 'a drawing that cannot be read',
  'a part that is closed to scripts'];

const CLOSED_ROOT = 6;

/** @param {string} sources where pictures, fonts and styles may come from, as in a Content-Security-Policy */
const policy = (sources) =>
  `default-src 'none'; style-src 'unsafe-inline' ${sources}; img-src data: blob: ${sources}; font-src data: blob: ${sources}; media-src data: ${sources}`;

/** What the visitor's pointer and focus match, by its bit; the agent's own match otherwise. */
const PSEUDO = ['hover', 'active', 'focus', 'focus-visible', 'focus-within', 'target'];
const FOCUS = 4;

/** Rules by what the visitor's browser matches. @param {string} css */
const withPseudo = (css) =>
  ASKS.test(css)
    ? css.replace(/("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\/\*[^]*?\*\/)|(?<![\\:]):(?:(hover|active|focus-visible|focus-within|focus|target)(?![-\w(])|(user-invalid|user-valid|invalid|valid|in-range|out-of-range|fullscreen|defined)(?![-\w(])|(?:-webkit-)?(autofill)(?![-\w(])|state\(\s*([-\w]+)\s*\))/g,
      (whole, skipped, pointed, known, autofill, state) => {
        if (skipped) return whole;
        if (pointed) return `[data-alongside-${pointed}]`;
        return known === 'defined' ? ':not([data-alongside-is~="undefined"])' : `[data-alongside-is~="${state ? `state-${state}` : known ?? autofill}"]`;
      })
    : css;
const ASKS = /:(hover|active|focus|target|user-|invalid|valid|in-range|out-of-range|fullscreen|defined|autofill|-webkit-autofill|state\()/;

/** How an element that fills the screen looks. */
const LARGE = {
  position: 'fixed', inset: '0', margin: '0', boxSizing: 'border-box', minWidth: '0', maxWidth: 'none', minHeight: '0', maxHeight: 'none', width: '100%',
  height: '100%', transform: 'none', objectFit: 'contain', zIndex: '2147483647',
};

/** Beneath what the page says: the browser's own ring of the focus, and none of the buttons that it gives to media where nothing runs. */
const UNDERLAY = '@layer alongside { [data-alongside-focus-visible] { outline: auto 1px Highlight; } ' +
  'video:not([controls])::-webkit-media-controls { display: none !important; } }';

/** Where the visitor's system forces its colours, they are the agent's system's: nobody tells which those are. */
const FORCED = `${UNDERLAY.slice(0, -1)} *, ::before, ::after { color: CanvasText !important; background-color: Canvas !important; border-color: CanvasText !important;
  box-shadow: none !important; text-shadow: none !important; } :any-link, :any-link * { color: LinkText !important; } }`;

/** Doctypes that make limited quirks mode. */
const LIMITED = /^-\/\/W3C\/\/DTD (XHTML 1\.0|HTML 4\.01) (Transitional|Frameset)\/\//i;


export class Painter {
  /** @type {Map<number, Node>} */
  #nodes = new Map();
  #frame;
  /** What media queries ask of the visitor's device. */
  #device = 0;
  #ratio = 100;
  #sources;
  /** Ids of the sheets of documents and shadow roots, in order. @type {WeakMap<object, number[]>} */
  #adopted = new WeakMap();
  /** What the visitor's page gives; absent where pictures come from `sources`. */
  #pictures;
  /** Pictures of canvases, where those of the page come from `sources`. @type {Pictures | undefined} */
  #drawn;
  /** Values that name pictures, as they were told, by node and name. @type {Map<string, string>} */
  #values = new Map();
  /** The element that has the visitor's focus; 0 where none has. */
  focused = 0;
  /** Of canvases: what stands in their styles beside the page's own. @type {Map<number, string>} */
  #dressed = new Map();
  /** What was last told of the looks of elements. @type {Map<number, Animation>} */
  #looks = new Map();
  /** @type {WeakMap<object, CSSStyleSheet>} */
  #underlays = new WeakMap();
  /** Why agents may not act, by element. @type {Map<number, number>} */
  guards = new Map();
  /** What its document did not take yet. @type {Array<[number, number, Node]>} */
  #late = [];

  /**
   * @param {HTMLIFrameElement} frame has loaded an empty page; it gets its sandbox here
   * @param {string} sources
   */
  constructor(frame, sources) {
    this.#frame = frame;
    this.#sources = sources;
    if (!sources) this.#pictures = new Pictures();
    // No scripts, no forms, no pop-ups, no navigation of this page; same origin so that this page can draw into it.
    frame.setAttribute('sandbox', 'allow-same-origin');
  }

  /** @param {number} width @param {number} height @param {boolean} isQuirky @param {number} device @param {number} ratio */
  clear(width, height, isQuirky, device, ratio) {
    this.#device = device;
    this.#ratio = ratio;
    this.#frame.style.width = `${width}px`;
    this.#frame.style.height = `${height}px`;
    const page = /** @type {Document} */ (this.#frame.contentDocument);
    this.#write(page, isQuirky ? '' : '<!doctype html>');
    this.#nodes = new Map([[0, page]]);
    mark(page, 0);
    this.focused = 0;
    this.guards = new Map();
    this.#adopted = new WeakMap();
    this.#values = new Map();
    this.#dressed = new Map();
    this.#looks = new Map();
    this.#late = [];
    this.unhighlight();
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
    sheet.replaceSync(this.#device & FORCED_COLOURS ? FORCED : UNDERLAY);
    this.#underlays.set(root, sheet);
    root.adoptedStyleSheets = [sheet];
  }

  /** Whether the bytes of this picture or font are wanted. @param {string} address @param {string} hash */
  offer(address, hash) {
    return this.#pictures?.offer(address, hash) ?? false;
  }

  /** @param {string} hash @param {number} kind @param {Uint8Array} bytes */
  keep(hash, kind, bytes) {
    (this.#pictures ?? this.#drawn)?.keep(hash, kind, bytes).catch(() => {});
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
    const badge = this.#document(parent).createElement('span');
    badge.setAttribute('data-badge', String(reason));
    badge.title = REASONS[reason] ?? '';
    badge.style.cssText = `display:inline-block;box-sizing:border-box;width:${width}px;height:${height}px;overflow:hidden;` +
      'background:repeating-linear-gradient(45deg,#d5d9e0 0 6px,#e6e9ee 6px 12px);color:#3b4252;font:12px sans-serif' +
      // What stands there may be a block, which leaves no room beneath it for letters.
      (reason === CLOSED_ROOT ? ';vertical-align:top' : '');
    if (width > 90 && height > 20) badge.textContent = badge.title;
    this.#place(parent, before, id, badge);
  }

  /** An adopted sheet. @param {number} parent @param {number} before @param {number} id @param {string} media @param {string} css */
  sheet(parent, before, id, media, css) {
    const root = this.node(parent);
    const { defaultView } = this.#document(parent);
    // Made by the frame's own window: no other one's can be adopted there.
    const sheet = new defaultView.CSSStyleSheet({ media: withDevice(media, this.#device, this.#ratio) });
    this.#nodes.set(id, /** @type {any} */ ({ adopter: root, sheet }));
    this.#styled(id, '', css, (shown) => {
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
    if (localName(element) === STAND_IN) return;
    if (value === undefined) {
      this.#values.delete(`${id} ${name}`);
      removeAttribute(element, name);
      if (name === 'style') this.#dress(id);
      return;
    }
    // Icons and the like ask for pictures that nobody sees.
    if (this.#pictures && name === 'href' && localName(element) === 'link') return;
    if (name === 'media') value = withDevice(value, this.#device, this.#ratio);
    if (name === 'style') this.#styled(id, name, value, (shown) => {
      setAttribute(element, name, shown);
      this.#dress(id);
    });
    else if (this.#pictures && localName(element) === 'use' && /(^|:)href$/.test(name) && !value.startsWith('#')) this.#part(id, name, value);
    else if (this.#pictures && this.#namesPictures(element, name)) this.#picture(id, name, value);
    else this.#set(element, name, value);
  }

  /** @param {any} element @param {string} name */
  #namesPictures(element, name) {
    const kind = localName(element);
    if (name === 'href' || name === 'xlink:href') return kind === 'image' || kind === 'feImage';
    return name === 'srcset' || name === 'poster' || name === 'background' || (name === 'src' && PICTURES.test(kind));
  }

  /** An attribute that names pictures, with what is there of them. @param {number} id @param {string} name @param {string} value */
  #picture(id, name, value) {
    const place = `${id} ${name}`;
    this.#values.set(place, value);
    const draw = () => {
      const element = this.node(id);
      if (!element || this.#values.get(place) !== value) return;
      // What a video shows, it shows instead.
      if (name === 'poster' && this.#dressed.has(id)) return;
      const resolve = (/** @type {string} */ address) => (/^https?:|^blob:/.test(address) ? this.#pictures?.resolved(address, place, draw) : address);
      const shown = name === 'srcset' ? candidates(value, resolve) : resolve(value);
      if (name === 'srcset' && element.getAttribute('src') === 'data:,') removeAttribute(element, 'src');
      if (shown) this.#set(element, name, shown);
      // Its words stand in for it, as those of a picture that is broken.
      else if (name === 'src' && localName(element) === 'img' && !this.#values.has(`${id} srcset`)) setAttribute(element, name, 'data:,');
      else removeAttribute(element, name);
    };
    draw();
  }

  /** A part of a drawing that has a file of its own. @param {number} id @param {string} name @param {string} value */
  #part(id, name, value) {
    const place = `${id} ${name}`;
    const [address, part] = value.split('#');
    this.#values.set(place, value);
    const draw = () => {
      if (this.#values.get(place) !== value) return;
      const url = this.#pictures?.drawing(address, place, draw);
      if (url) this.#set(this.node(id), name, `${url}#${part ?? ''}`);
      else removeAttribute(this.node(id), name);
    };
    draw();
  }

  /** The picture of a canvas; whether its bytes are wanted. @param {number} id @param {string} hash */
  picture(id, hash) {
    const place = `${id} picture`;
    this.#values.set(place, hash);
    const pictures = this.#pictures ?? (this.#drawn ??= new Pictures());
    const draw = () => {
      if (this.#values.get(place) !== hash || !this.#nodes.has(id)) return;
      const url = pictures.resolved(hash, place, draw);
      // Until it has come, the one before is shown.
      if (url) this.#undress(id, url);
    };
    const isWanted = pictures.offer(hash, hash);
    draw();
    return isWanted;
  }

  /** A canvas has no picture. @param {number} id @param {number} reason */
  missing(id, reason) {
    this.#values.delete(`${id} picture`);
    const [width, height] = sizeOf(this.node(id));
    const words = REASONS[reason] ?? '';
    const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><pattern id="p" width="12" height="12" ` +
      'patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path fill="#d5d9e0" d="M0 0h6v12H0z"/></pattern>' +
      `<path fill="#e6e9ee" d="M0 0h${width}v${height}H0z"/><path fill="url(#p)" d="M0 0h${width}v${height}H0z"/>` +
      `<text x="4" y="14" font-family="sans-serif" font-size="12" fill="#3b4252">${words}</text></svg>`;
    this.#undress(id, `data:image/svg+xml,${encodeURIComponent(drawing)}`);
  }

  /** @param {number} id @param {string} url */
  #undress(id, url) {
    this.#dressed.set(id, url);
    this.#dress(id);
  }

  /** Where nothing runs a canvas paints nothing: its picture is its content, beside what the page says of its style. @param {number} id */
  #dress(id) {
    const url = this.#dressed.get(id);
    if (!url) return;
    const canvas = this.node(id);
    if (localName(canvas) === 'video') return setAttribute(canvas, 'poster', url);
    const [width, height] = sizeOf(canvas);
    const scale = scaleOf(width, height);
    canvas.style.setProperty('content', scale === 1 || url.startsWith('data:') ? `url("${url}")` : `image-set(url("${url}") ${scale}x)`, 'important');
  }

  /** @param {number} id @param {string} words */
  matches(id, words) {
    const element = this.node(id);
    if (words) setAttribute(element, 'data-alongside-is', words);
    else removeAttribute(element, 'data-alongside-is');
  }

  /** @param {number} id @param {number} start @param {number} end @param {boolean} isBackward */
  caret(id, start, end, isBackward) {
    try {
      this.node(id).setSelectionRange(start, end, isBackward ? 'backward' : 'forward');
    } catch {
      // Of a kind that has none here.
    }
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

  /** Nothing is highlighted. */
  unhighlight() {
    /** @type {any} */ (this.#frame.contentWindow)?.CSS?.highlights?.clear();
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
    if (!css || !element.animate) return;
    const { style } = document.createElement('i');
    style.cssText = withAddresses(css, (address) => this.#pictures?.resolved(address, '', () => {}) ?? (this.#pictures ? undefined : address));
    /** @type {Record<string, string>} */
    const frame = {};
    for (const name of style) frame[name.replace(/^-|-(\w)/g, (_, letter) => letter?.toUpperCase() ?? '')] = style.getPropertyValue(name);
    this.#looks.set(id, element.animate([frame, frame], { duration: 1, fill: 'both' }));
  }

  /** @param {number} id @param {number} bits */
  pseudo(id, bits) {
    if (bits & FOCUS) this.focused = id;
    else if (this.focused === id) this.focused = 0;
    const element = this.node(id);
    for (let bit = 0; bit < PSEUDO.length; bit++) {
      const name = `data-alongside-${PSEUDO[bit]}`;
      if (bits & (1 << bit)) setAttribute(element, name, '');
      else removeAttribute(element, name);
    }
  }

  /** Why agents may not act on an element: nothing is drawn of it here. @param {number} id @param {number} bits */
  guard(id, bits) {
    if (bits) this.guards.set(id, bits);
    else this.guards.delete(id);
  }

  /** Style rules or declarations, with what is there of their pictures. @param {number} id @param {string} name @param {string} css @param {(shown: string) => void} show */
  #styled(id, name, css, show) {
    const pictures = this.#pictures;
    css = withPictures(withScheme(name === '' ? withDevice(withPseudo(css), this.#device, this.#ratio) : css, this.#device), this.#ratio);
    if (!pictures) return show(css);
    const place = `${id} ${name}`;
    this.#values.set(place, css);
    const draw = () => {
      if (this.#nodes.has(id) && this.#values.get(place) === css) show(withAddresses(css, (address) => pictures.resolved(address, place, draw)));
    };
    draw();
  }

  /** @param {any} element @param {string} name @param {string} value */
  #set(element, name, value) {
    const isAddress = /^(src|href|poster|xlink:href|background)$/i.test(name);
    const isDrawing = /^data:image\/svg/i.test(value) && PICTURES.test(localName(element));
    const isSafe = (SAFE_ADDRESS.test(value) || isDrawing) && !/^i?frame$/i.test(localName(element));
    if (isAddress ? !isSafe : FORBIDDEN_ATTRIBUTE.test(name)) return;
    try {
      if (name.startsWith('xlink:')) setAttributeNS(element, 'http://www.w3.org/1999/xlink', name, value);
      else if (name.startsWith('xml:')) setAttributeNS(element, 'http://www.w3.org/XML/1998/namespace', name, value);
      else setAttribute(element, name, value);
    } catch {
      // A name that a parser takes and this function does not.
    }
  }

  /** @param {number} id @param {string} text */
  setText(id, text) {
    const node = this.node(id);
    const parent = parentOf(node);
    const isSheet = parent && nodeType(parent) === 1 && localName(parent) === 'style';
    if (isSheet) this.#styled(id, '', text, (shown) => (node.data = shown));
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
    for (const gone of [this.#nodes, this.#dressed, this.#looks, this.guards]) gone.delete(id);
  }

  /** @param {number} id @param {string} value */
  value(id, value) {
    const field = this.node(id);
    // Its options tell.
    if (field.localName === 'select') return;
    if (field.type === 'file') {
      const files = new DataTransfer();
      for (const name of value.split('\n')) if (name) files.items.add(new File([], name));
      field.files = files.files;
      return;
    }
    // Its steps begin at its default where it has no least value.
    if (field.type === 'range') field.defaultValue = value;
    const { selectionStart, selectionEnd, selectionDirection } = field;
    field.value = value;
    if (typeof selectionStart === 'number') this.caret(id, selectionStart, selectionEnd, selectionDirection === 'backward');
  }

  /** @param {number} id @param {'checked' | 'indeterminate' | 'selected' | 'disabled'} name @param {boolean} is */
  flag(id, name, is) {
    const node = this.node(id);
    if (name === 'disabled' && node.localName === 'style') {
      if (node.sheet) node.sheet.disabled = is;
      return;
    }
    // A list that shows one choice chooses the first where none is: not where nothing is chosen.
    const list = name === 'selected' && !is && node.selected ? node.closest('select:not([multiple])') : null;
    if (list) list.selectedIndex = -1;
    else node[name] = is;
  }

  /** @param {number} id @param {number} left @param {number} top */
  scroll(id, left, top) {
    const node = this.node(id);
    const scroller = node.nodeType === 9 ? node.scrollingElement : node;
    scroller?.scrollTo({ left, top, behavior: 'instant' });
  }

  /** @param {number} id @param {number} layer */
  layer(id, layer) {
    const element = this.node(id);
    try {
      if (element.matches?.(':popover-open')) element.hidePopover();
      this.#looks.get(id)?.cancel();
      if (layer === 3) this.#looks.set(id, element.animate([LARGE, LARGE], { duration: 1, fill: 'both' }));
      if (element.matches?.(':modal')) {
        const isOpen = element.hasAttribute('open');
        // Without its attribute it counts as closed and stays where it is.
        element.setAttribute('open', '');
        element.close();
        if (isOpen) element.setAttribute('open', '');
      }
      if (layer === 1) element.showPopover();
      if (layer === 2) {
        element.removeAttribute('open');
        element.showModal();
      }
    } catch {
      // Not connected, or of another kind here.
    }
  }
}

/** What is seldom called, and fails where a changed page tells what no page has: an error would leave the wasm module in the middle of something. */
const GUARDED = /** @type {const} */ (['doctype', 'shadow', 'content', 'document', 'badge', 'sheet', 'move', 'remove', 'value', 'flag', 'scroll', 'layer', 'pseudo',
  'missing', 'matches', 'caret', 'assigned', 'selection', 'unhighlight', 'highlight', 'look', 'guard']);
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

/** Of a canvas: its own pixels. @param {Element} canvas @returns {[number, number]} */
function sizeOf(canvas) {
  const own = (/** @type {string} */ name, /** @type {number} */ otherwise) => {
    const value = parseInt(canvas.getAttribute(name) ?? '', 10);
    return value >= 0 ? value : otherwise;
  };
  return [own('width', 300), own('height', 150)];
}

/** @param {HTMLIFrameElement} frame @param {string} sources */
export const paintInto = (frame, sources) => new Painter(frame, sources);
