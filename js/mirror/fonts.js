// @ts-check
// Fonts that scripts add to a document: a face does not say where its bytes are. So what it is made of is noted while a mirror runs, and
// told as one more style sheet that the document has adopted.
//
// The page's own class does all that it did; nothing here throws into the page.

import { LIMIT, TOTAL } from './assets.js';
import { baseOf, getter } from './dom.js';
import { Blob, construct, CSSStyleSheet, listen, Map, Proxy, WeakMap, WeakSet } from './own.js';
import { absolute } from './sheets.js';

/** Where a face's descriptors are read, by their names in a rule. */
const DESCRIPTORS = {
  'font-family': 'family', 'font-style': 'style', 'font-weight': 'weight', 'font-stretch': 'stretch', 'unicode-range': 'unicodeRange',
  'font-variant': 'variant', 'font-feature-settings': 'featureSettings', 'font-variation-settings': 'variationSettings', 'font-display': 'display',
  'ascent-override': 'ascentOverride', 'descent-override': 'descentOverride', 'line-gap-override': 'lineGapOverride', 'size-adjust': 'sizeAdjust',
};

/** What need not be said. */
const USUAL = /^(normal|auto|100%|U\+0-10FFFF)$/i;

/**
 * What a face was made of: a source as rules have it, and what its addresses are relative to. Bytes have an address that only this file knows:
 * the page's policy need not allow to fetch it.
 * @typedef {{src: string, base: string, address?: string, bytes?: Blob}} Source
 */

/** Also of faces that earlier mirrors have seen. @type {WeakMap<FontFace, Source>} */
const sources = new WeakMap();
/** Whether any was noted, ever. */
let isAny = false;

/** Bytes that are still taken: no more of them would be shown. */
let room = TOTAL;

const { isView } = ArrayBuffer;
/** Fails for all else. */
const sizeOfBuffer = getter(ArrayBuffer, 'byteLength');

// Of a page that has replaced these there is nothing to read.
const { FontFace, FontFaceSet } = /** @type {any} */ (globalThis);
const forEach = FontFaceSet?.prototype?.forEach;
const fontsOf = ownGetter(Document, 'fonts');
const viewOf = ownGetter(Document, 'defaultView');
const statusOf = ownGetter(FontFace, 'status');
/** @type {Array<[string, (face: FontFace) => string | undefined]>} */
const reads = [];
for (const name in DESCRIPTORS) reads[reads.length] = [name, ownGetter(FontFace, DESCRIPTORS[/** @type {keyof DESCRIPTORS} */ (name)])];

/** As `getter`, for what may not be there. @param {any} owner @param {string} name @returns {(of: any) => any} */
function ownGetter(owner, name) {
  const get = owner?.prototype && Object.getOwnPropertyDescriptor(owner.prototype, name)?.get;
  return (of) => get?.call(of);
}

/** @param {FontFace} face @param {unknown} source @param {Document} page whose address its addresses are relative to */
function note(face, source, page) {
  if (typeof source === 'string') sources.set(face, { src: source, base: baseOf(page) });
  else {
    const size = isView(source) ? source.byteLength : sizeOfBuffer(source);
    if (size > LIMIT || size > room) return;
    const address = `blob:${crypto.randomUUID()}`;
    // A copy: the page may use them for something else.
    sources.set(face, { src: `url("${address}")`, base: '', address, bytes: new Blob([/** @type {BufferSource} */ (source)]) });
    room -= size;
  }
  isAny = true;
}

/** A face as a rule. @param {string} descriptors @param {Source} source */
function ruleOf(descriptors, { src, base }) {
  const sheet = new CSSStyleSheet();
  // The source comes last and alone: what it does not close, the end of the text does.
  sheet.replaceSync(`@font-face { ${descriptors}src: ${src}`);
  return absolute(sheet.cssRules[0]?.cssText ?? '', base);
}

/** @param {FontFace} face */
function descriptorsOf(face) {
  let css = '';
  for (let at = 0; at < reads.length; at++) {
    const value = reads[at][1](face);
    if (value && !USUAL.test(value)) css += `${reads[at][0]}: ${value}; `;
  }
  return css;
}

export class Fonts {
  /** Documents that are told, with the sheets that stand for the faces of each. @type {Map<Document, {print: string, sheet?: CSSStyleSheet}>} */
  #pages = new Map();
  /** Bytes of faces that are told, by their addresses. @type {Map<string, Blob>} */
  #bytes = new Map();
  /** Classes of pages that are replaced. @type {WeakSet<object>} */
  #hooks = new WeakSet();
  /** Whether to look before the next sample. */
  #isDue = false;
  #changed;

  /** @param {() => void} changed told when there is something to look at */
  constructor(changed) {
    this.#changed = changed;
  }

  /** What stands for the faces that scripts have added. @param {Node} root */
  sheetOf(root) {
    return this.#pages.get(/** @type {Document} */ (root))?.sheet;
  }

  /** What is at an address that stands for bytes. @param {string} address */
  bytesAt(address) {
    return this.#bytes.get(address);
  }

  /** Notes what faces are made of in this document's window, until the signal. @param {Document} page @param {AbortSignal} signal */
  watch(page, signal) {
    this.#pages.set(page, { print: '' });
    try {
      this.#hook(viewOf(page), signal);
      listen(fontsOf(page), 'loadingdone', () => this.#due(), { passive: true, signal });
    } catch {
      // Frozen by the page, or replaced: those faces are not shown.
    }
    if (isAny) this.#due();
  }

  /** Which faces there are nobody tells: looks at them. @param {boolean} isSample whether it is time for that anyway */
  look(isSample) {
    if (!isSample && !this.#isDue) return;
    this.#isDue = false;
    this.#bytes = new Map();
    for (const [page, told] of this.#pages) {
      try {
        if (!viewOf(page)) this.#pages.delete(page);
        else if (isAny) this.#lookAt(page, told);
      } catch {
        // The page had replaced what is read: none of its faces is shown.
      }
    }
  }

  #due() {
    this.#isDue = true;
    this.#changed();
  }

  /** @param {any} view @param {AbortSignal} signal */
  #hook(view, signal) {
    const own = view?.FontFace;
    // The window of an empty page may be that of the one that comes after it.
    if (typeof own !== 'function' || this.#hooks.has(own)) return;
    const hook = new Proxy(own, {
      construct: (/** @type {Function} */ target, /** @type {unknown[]} */ values, /** @type {Function} */ maker) => {
        const face = construct(target, values, maker);
        try {
          if (!signal.aborted) {
            note(face, values[1], view.document);
            this.#due();
          }
        } catch {
          // Not shown, but the page's all the same.
        }
        return face;
      },
    });
    this.#hooks.add(hook);
    view.FontFace = hook;
    listen(signal, 'abort', () => {
      try {
        if (view.FontFace === hook) view.FontFace = own;
      } catch {
        // Frozen meanwhile: it stays, and does nothing any more.
      }
    }, {});
  }

  /** @param {Document} page @param {{print: string, sheet?: CSSStyleSheet}} told */
  #lookAt(page, told) {
    /** @type {Array<{descriptors: string, source: Source}>} */
    const faces = [];
    let print = '';
    forEach.call(fontsOf(page), (/** @type {FontFace} */ face) => {
      const source = sources.get(face);
      // What failed shows nothing; those of style sheets have no source here.
      if (!source || statusOf(face) === 'error') return;
      if (source.address && source.bytes) this.#bytes.set(source.address, source.bytes);
      const descriptors = descriptorsOf(face);
      faces[faces.length] = { descriptors, source };
      print += `${descriptors}${source.src} ${source.base}\n`;
    });
    if (print === told.print) return;
    told.print = print;
    let css = '';
    for (let at = 0; at < faces.length; at++) css += ruleOf(faces[at].descriptors, faces[at].source);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    told.sheet = css ? sheet : undefined;
  }
}
