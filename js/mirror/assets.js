// @ts-check
// Reads the pictures and fonts that the mirrored page shows, and gives them to desks that want them.
//
// The encoder says which: those of shown parts only. They come from the browser's cache: what the page has not loaded is not fetched.

import { fontKind, hex, KINDS } from './asset-kinds.js';
import { badgeDrawing, FOREIGN_PICTURE, LARGE_PICTURE } from './badges.js';
import { AbortController, after, Map, Set } from './own.js';

/** Largest one, and all of a page, in bytes. */
export const LIMIT = 2 * 1024 * 1024, TOTAL = 20 * 1024 * 1024;

/** Fetched at the same time. */
const AT_ONCE = 4;

/** Bytes of one part. */
const PART = 32 * 1024;

/** Parts sent before other work has its turn. */
const PARTS = 4;

/** Types that fonts come with where their server does not know them; none is that of bytes that a script has made into a font. */
const KINDS_BY_BYTES = /^$|^application\/(octet-stream|(x-)?font)/;

/** What a badge is made of. */
const SVG = KINDS.indexOf('image/svg+xml');

const NOTHING = new Uint8Array();

/** What the browser remembers of loaded resources, unless the page asks for more; beyond that nobody knows. */
const REMEMBERED = 250;

/**
 * @typedef {{offer(number: number, hash: Uint8Array, kind: number): void,
 *   asset(hash: Uint8Array, at: number, isLast: boolean, bytes: Uint8Array): void}} Told
 */

export class Assets {
  #told;
  #send;
  #isBusy;
  #reader;
  #abort = new AbortController();
  /** What the page shows and was not fetched. @type {Map<number, string>} */
  #needed = new Map();
  /** What was offered. @type {Map<number, {hash: Uint8Array, kind: number}>} */
  #offered = new Map();
  /** By hash, with how many show it. @type {Map<string, {hash: Uint8Array, bytes: Uint8Array, uses: number}>} */
  #held = new Map();
  #size = 0;
  #fetching = 0;
  /** What is to be sent, and from which part on. @type {Map<string, number>} */
  #wanted = new Map();
  #isSending = false;

  /**
   * @param {Told} told the mirror, which makes frames
   * @param {() => void} send sends the frames that were made
   * @param {() => boolean} isBusy whether the network is behind
   * @param {{roots(): Iterable<Node>, bytesAt(address: string): Blob | undefined, image(address: string): HTMLImageElement | undefined}} reader knows the
   *   documents that are told, each of which remembers what it has loaded, what is at addresses of its own, and an image that shows what is at an address
   */
  constructor(told, send, isBusy, reader) {
    this.#told = told;
    this.#send = send;
    this.#isBusy = isBusy;
    this.#reader = reader;
  }

  /** The page shows this. @param {number} number @param {string} address */
  need(number, address) {
    this.#needed.set(number, address);
  }

  /** Fetches what has been loaded meanwhile. */
  look() {
    // Without a digest there is no hash: pages that are not secure show no pictures.
    if (this.#needed.size === 0 || !globalThis.crypto?.subtle) return;
    const loaded = this.#loaded();
    for (const [number, address] of this.#needed) {
      if (this.#fetching >= AT_ONCE) return;
      if (loaded && !address.startsWith('blob:') && !loaded.has(address)) continue;
      this.#needed.delete(number);
      this.#fetching += 1;
      this.#fetch(number, address)
        // Gone, or no picture: it is not shown.
        .catch(() => {})
        .finally(() => {
          this.#fetching -= 1;
          this.look();
        });
    }
  }

  /** A replica knows nothing yet: everything is offered again. */
  again() {
    for (const [number, { hash, kind }] of this.#offered) this.#told.offer(number, hash, kind);
  }

  /** @param {string} name the hash in hexadecimal digits */
  want(name) {
    if (!this.#held.has(name)) return;
    this.#wanted.set(name, 0);
    this.#give();
  }

  /** Keeps a picture for desks until `release`; false where there is no room. @param {Uint8Array} hash @param {Uint8Array} bytes */
  hold(hash, bytes) {
    const name = hex(hash);
    const held = this.#held.get(name);
    if (!held && (bytes.length === 0 || bytes.length > LIMIT || this.#size + bytes.length > TOTAL)) return false;
    if (held) held.uses += 1;
    else {
      this.#held.set(name, { hash, bytes, uses: 1 });
      this.#size += bytes.length;
    }
    return true;
  }

  /** Lets go of what was kept, or of nothing. @param {string} name the hash in hexadecimal digits */
  release(name) {
    const held = this.#held.get(name);
    if (!held || --held.uses > 0) return;
    this.#held.delete(name);
    this.#wanted.delete(name);
    this.#size -= held.bytes.length;
  }

  /** Something else is masked from now on: nothing was offered, and what is on its way is not. */
  clear() {
    this.stop();
    this.#abort = new AbortController();
    this.#needed.clear();
    this.#offered.clear();
    this.#held.clear();
    this.#size = 0;
  }

  stop() {
    this.#abort.abort();
    this.#wanted.clear();
  }

  /** What the page and its frames have loaded; absent where nobody knows. */
  #loaded() {
    /** @type {Set<string>} */
    const loaded = new Set();
    for (const root of this.#reader.roots()) {
      const entries = entriesOf(root);
      if (entries.length >= REMEMBERED) return undefined;
      for (let at = 0; at < entries.length; at++) loaded.add(entries[at].name);
    }
    return loaded;
  }

  /** @param {number} number @param {string} address */
  async #fetch(number, address) {
    const { signal } = this.#abort;
    const made = this.#reader.bytesAt(address);
    const found = await (made ? readOf(made, '') : fetched(address, signal)).catch(() => undefined);
    if (signal.aborted) return;
    // What only style sheets name is in no image: one of its own says how large it is.
    const shown = this.#reader.image(address) ?? (found && found[1].length <= LIMIT ? undefined : await imageOf(address).catch(() => undefined));
    if (signal.aborted) return;
    let [kind, bytes] = found ?? (shown ? await drawn(shown).catch(() => badge(FOREIGN_PICTURE, shown)) : [-1, NOTHING]);
    if (bytes.length > LIMIT && shown) [kind, bytes] = badge(LARGE_PICTURE, shown);
    if (kind < 0) return;
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', /** @type {Uint8Array<ArrayBuffer>} */ (bytes)));
    if (signal.aborted) return;
    if (!this.hold(hash, bytes)) return;
    this.#offered.set(number, { hash, kind });
    this.#told.offer(number, hash, kind);
    this.#send();
  }

  /** Sends some parts, then lets others have their turn. */
  #give() {
    if (this.#isSending || this.#abort.signal.aborted) return;
    for (let parts = 0; parts < PARTS && !this.#isBusy(); parts += 1) {
      const [next] = this.#wanted;
      if (!next) return;
      const [name, at] = next;
      const held = /** @type {{hash: Uint8Array, bytes: Uint8Array}} */ (this.#held.get(name));
      const end = (at + 1) * PART;
      const isLast = end >= held.bytes.length;
      this.#told.asset(held.hash, at, isLast, held.bytes.subarray(at * PART, end));
      if (isLast) this.#wanted.delete(name);
      else this.#wanted.set(name, at + 1);
      this.#send();
    }
    if (this.#wanted.size === 0) return;
    this.#isSending = true;
    after(() => {
      this.#isSending = false;
      this.#give();
    }, 10);
  }
}

/** @param {any} root @returns {PerformanceEntryList} */
function entriesOf(root) {
  try {
    return root.defaultView?.performance.getEntriesByType('resource') ?? [];
  } catch {
    // Replaced by the page of a frame.
    return [];
  }
}

/** @param {Response | Blob} found @param {string | null} type @returns {Promise<[number, Uint8Array]>} */
async function readOf(found, type) {
  const plain = (type ?? '').replace(/;.*/s, '').trim().toLowerCase();
  const isByBytes = KINDS_BY_BYTES.test(plain);
  const kind = KINDS.indexOf(plain);
  if (kind < 0 && !isByBytes) return [-1, NOTHING];
  const bytes = new Uint8Array(await found.arrayBuffer());
  return [isByBytes ? fontKind(bytes) : kind, bytes];
}

/** What is at an address, where the page may read it and replicas show it. @param {string} address @param {AbortSignal} signal */
async function fetched(address, signal) {
  const isOwn = address.startsWith('blob:') || new URL(address).origin === location.origin;
  const response = await fetch(address, { cache: 'force-cache', credentials: isOwn ? 'same-origin' : 'omit', priority: 'low', signal });
  if (!response.ok) return undefined;
  const found = await readOf(response, response.headers.get('content-type'));
  return found[0] < 0 ? undefined : found;
}

/** An image of what the browser has at an address; fails where that is none. @param {string} address */
async function imageOf(address) {
  const image = new Image();
  image.src = address;
  await image.decode();
  return image;
}

/** A picture that is shown, and is not at its address any more: pages let go of what they have made. Fails where it is of another site. @param {HTMLImageElement} shown */
async function drawn(shown) {
  const copy = new OffscreenCanvas(shown.naturalWidth, shown.naturalHeight);
  copy.getContext('2d')?.drawImage(shown, 0, 0);
  const blob = await copy.convertToBlob({ type: 'image/webp', quality: 0.9 });
  return readOf(blob, blob.type);
}

/** Says why a picture is not shown, in its size. @param {string} words @param {HTMLImageElement} shown @returns {[number, Uint8Array]} */
const badge = (words, { naturalWidth, naturalHeight }) => [SVG, new TextEncoder().encode(badgeDrawing(words, naturalWidth || 300, naturalHeight || 150))];
