// @ts-check
// Pages of other sites in frames that run the SDK: each tells itself, masked by its own rules and this page's, and what it tells passes
// through here. This page asks those alone that its owner has named, and they answer nobody but pages that theirs has named.

import { after, listen, Map, MessageChannel, Set } from './own.js';
import { AGAIN, ANNOUNCEMENT, INVITATION, PING } from './invitation.js';

/** A page that was loaded in the place of one that told itself, and does not, is a badge after so many milliseconds. */
const PATIENCE = 2_000;

/** While the network is behind, it is looked at again so often, in milliseconds. */
const BUSY_EVERY = 50;

/** A bit of `Guard`. */
const MASKED = 1;

/**
 * @typedef {{isPrivate: boolean, selectors?: import('./walk.js').Selectors}} Rules
 * @typedef {{idOf(node: Node): number, frames: import('./frames.js').Frames}} Reader
 * @typedef {{inner(node: number, frame: Uint8Array): boolean, guards(node: number): number | undefined}} Told
 * @typedef {{id: number, port: MessagePort, taken: number, isSettling: boolean, doubt?: number}} Link `taken`: bytes that the page was not
 *   told of yet; `doubt`: the timer since it was asked whether it is there
 */

export class InnerPages {
  #reader;
  #told;
  #origins;
  #rules;
  #tell;
  #isBusy;
  /** Stand-ins that are told. @type {Set<Document>} */
  #pages = new Set();
  /** @type {Map<Document, Link>} */
  #links = new Map();

  /**
   * @param {Reader} reader @param {Told} told @param {string[]} origins of pages that may tell themselves through this one @param {Rules} rules
   * @param {(act: () => void) => void} tell does this, and sends what comes of it @param {() => boolean} isBusy @param {AbortSignal} signal
   */
  constructor(reader, told, origins, rules, tell, isBusy, signal) {
    this.#reader = reader;
    this.#told = told;
    this.#origins = origins;
    this.#rules = rules;
    this.#tell = tell;
    this.#isBusy = isBusy;
    if (origins.length > 0) listen(window, 'message', (event) => this.#heard(event), { signal });
  }

  /** @param {Rules} rules for those that are asked from now on */
  mask(rules) {
    this.#rules = rules;
  }

  /** After each flush: what was read is asked, and what is gone has nothing to tell. */
  look() {
    const { frames } = this.#reader;
    for (const [page, link] of this.#links) if (this.#idOf(page) !== link.id) this.#end(page);
    for (const page of this.#pages) if (this.#idOf(page) < 0) this.#pages.delete(page);
    for (const page of frames.read) {
      this.#pages.add(page);
      this.#invite(page, originOf(frames.frameOf(page)));
    }
    frames.read.clear();
    for (const page of frames.loaded) this.#doubt(page);
    frames.loaded.clear();
  }

  /** Somebody was not there. */
  again() {
    for (const { port } of this.#links.values()) port.postMessage(AGAIN);
  }

  /** Whoever has it gives it. @param {string} hash of a picture or font */
  want(hash) {
    for (const { port } of this.#links.values()) port.postMessage(hash);
  }

  /** Whoever has told this picture makes another one. @param {string} hash */
  draw(hash) {
    for (const { port } of this.#links.values()) port.postMessage({ draw: hash });
  }

  end() {
    for (const page of this.#links.keys()) this.#end(page);
  }

  /** @param {Document} page */
  #idOf(page) {
    return this.#reader.idOf(page);
  }

  /** A page says that it is there: it may have come after it was asked. @param {MessageEvent} event */
  #heard({ data, origin, source }) {
    if (data !== ANNOUNCEMENT || !source) return;
    for (const page of this.#pages) {
      const frame = /** @type {HTMLIFrameElement | undefined} */ (this.#reader.frames.frameOf(page));
      if (frame?.contentWindow === source) this.#invite(page, origin);
    }
  }

  /** @param {Document} page @param {string} origin */
  #invite(page, origin) {
    this.#end(page);
    const id = this.#idOf(page);
    const frame = /** @type {HTMLIFrameElement | undefined} */ (this.#reader.frames.frameOf(page));
    if (id < 0 || !frame?.contentWindow || !this.#origins.includes(origin)) return;
    const { isPrivate, selectors } = this.#rules;
    // What this page's owner has masked stays so. Where everything is, a page may still show what its own owner shows.
    if ((this.#told.guards(id) ?? MASKED) & MASKED && !isPrivate) return;
    const { port1, port2 } = new MessageChannel();
    /** @type {Link} */
    const link = { id, port: port1, taken: 0, isSettling: false };
    this.#links.set(page, link);
    port1.onmessage = ({ data }) => this.#take(page, link, data);
    frame.contentWindow.postMessage({ [INVITATION]: { isPrivate, selectors } }, origin, [port2]);
  }

  /** @param {Document} page @param {Link} link @param {unknown} data */
  #take(page, link, data) {
    clearTimeout(link.doubt);
    if (!(data instanceof Uint8Array)) return;
    this.#tell(() => {
      if (this.#links.get(page) === link && data.length > 0) this.#told.inner(link.id, data);
    });
    link.taken += data.length;
    this.#settle(link);
  }

  /** The page goes on once the network has taken what it told. @param {Link} link */
  #settle(link) {
    if (link.isSettling) return;
    if (!this.#isBusy()) {
      link.port.postMessage(link.taken);
      link.taken = 0;
      return;
    }
    link.isSettling = true;
    after(() => {
      link.isSettling = false;
      this.#settle(link);
    }, BUSY_EVERY);
  }

  /** Another page may be in its frame now. @param {Document} page */
  #doubt(page) {
    const link = this.#links.get(page);
    if (!link) return;
    link.port.postMessage(PING);
    clearTimeout(link.doubt);
    link.doubt = after(() => {
      if (this.#links.get(page) === link) this.#tell(() => this.#end(page));
    }, PATIENCE);
  }

  /** @param {Document} page */
  #end(page) {
    const link = this.#links.get(page);
    if (!link) return;
    this.#links.delete(page);
    clearTimeout(link.doubt);
    link.port.onmessage = null;
    link.port.postMessage(null);
    link.port.close();
    this.#told.inner(link.id, new Uint8Array());
  }
}

/** @param {Element | undefined} frame */
function originOf(frame) {
  try {
    return new URL(/** @type {HTMLIFrameElement} */ (frame).src, document.baseURI).origin;
  } catch {
    return '';
  }
}
