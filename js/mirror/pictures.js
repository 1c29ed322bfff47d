// @ts-check
// The agent's half of pictures and fonts: what a replica shows in place of each address, and what is drawn again once it has come.

import { hex, KINDS } from './asset-kinds.js';
import { BADGE } from './badges.js';

/** What is kept for later pages, in bytes. */
const KEPT = 64 * 1024 * 1024;

/** What waits for an address, at most: so many places. */
const PLACES = 20_000;

/** Characters of all addresses that are kept. */
const ADDRESSES = 16 * 1024 * 1024;

/** By hash: the address within this page, and its size; those used longest ago first. `isBadge`: it says why a picture is not there. @type {Map<string, {url: string, size: number, isBadge: boolean, drawing?: string}>} */
const kept = new Map();
let size = 0;

/** @param {Uint8Array} bytes */
function base64(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

/** Drawings in which code could be: no part of them is shown by itself. */
const HAS_CODE = /<script|javascript:|\son\w+\s*=|<foreignObject|<!ENTITY/i;

/** @param {string} hash @param {number} kind @param {Uint8Array} bytes */
function keep(hash, kind, bytes) {
  // A drawing that somebody opened under an address of this page could run scripts here; a `data:` address cannot be opened.
  const isDrawing = KINDS[kind] === 'image/svg+xml';
  const url = isDrawing ? `data:image/svg+xml;base64,${base64(bytes)}` : URL.createObjectURL(new Blob([/** @type {any} */ (bytes)], { type: KINDS[kind] }));
  const isBadge = isDrawing && new TextDecoder().decode(bytes.subarray(0, BADGE.length)) === BADGE;
  kept.set(hash, { url, size: bytes.length, isBadge });
  size += bytes.length;
  for (const [old, { url: gone, size: freed, drawing }] of kept) {
    if (size <= KEPT) break;
    kept.delete(old);
    URL.revokeObjectURL(gone);
    if (drawing) URL.revokeObjectURL(drawing);
    size -= freed;
  }
}

export class Pictures {
  /** Addresses of the mirrored page by the hash of what is there. @type {Map<string, Set<string>>} */
  #addresses = new Map();
  /** @type {Map<string, string>} */
  #hashes = new Map();
  /** What is drawn again when an address is there; by place, so that the last drawing counts. @type {Map<string, Map<string, () => void>>} */
  #places = new Map();
  #count = 0;
  #room = ADDRESSES;

  /** Whether the bytes are wanted. @param {string} address @param {string} hash */
  offer(address, hash) {
    const isAsked = this.#addresses.has(hash);
    if (this.#hashes.get(address) !== hash) this.#room -= address.length + hash.length;
    if (this.#room < 0) return false;
    this.#hashes.set(address, hash);
    this.#addresses.set(hash, (this.#addresses.get(hash) ?? new Set()).add(address));
    const found = kept.get(hash);
    if (!found) return !isAsked;
    // Used again: it stays longest.
    kept.delete(hash);
    kept.set(hash, found);
    this.#draw(address);
    return false;
  }

  /** Keeps what has come, if it is what it says. @param {string} hash @param {number} kind @param {Uint8Array} bytes */
  async keep(hash, kind, bytes) {
    const digest = await crypto.subtle.digest('SHA-256', /** @type {any} */ (bytes));
    if (hex(digest) !== hash) return;
    if (!kept.has(hash)) keep(hash, kind, bytes);
    for (const address of this.#addresses.get(hash) ?? []) this.#draw(address);
  }

  /**
   * What stands for an address; nothing where it has not come, and then `draw` is called when it has.
   * @param {string} address @param {string} place @param {() => void} draw @param {string} [property] of a style: where what stands for a picture
   *   would cut something out, or point, or be cut in pieces, none does
   */
  resolved(address, place, draw, property = '') {
    const found = kept.get(this.#hashes.get(address) ?? '');
    if (found?.isBadge && NO_PICTURE.test(property)) return undefined;
    const url = found?.url;
    if (url === undefined && this.#count < PLACES) {
      const places = this.#places.get(address) ?? new Map();
      this.#count += Number(!places.has(place));
      this.#places.set(address, places.set(place, draw));
    }
    return url;
  }

  /**
   * As `resolved`, a drawing of which a part is shown: browsers take those from addresses of this page only. It inherits this page's policy,
   * and one with code in it is left out all the same.
   * @param {string} address @param {string} place @param {() => void} draw
   */
  drawing(address, place, draw) {
    const url = this.resolved(address, place, draw);
    if (!url?.startsWith('data:')) return undefined;
    const found = /** @type {{drawing?: string}} */ (kept.get(this.#hashes.get(address) ?? ''));
    const text = new TextDecoder().decode(Uint8Array.from(atob(url.slice(url.indexOf(',') + 1)), (char) => char.charCodeAt(0)));
    if (HAS_CODE.test(text)) return undefined;
    found.drawing ??= URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
    return found.drawing;
  }

  /** @param {string} address */
  #draw(address) {
    const places = this.#places.get(address);
    this.#places.delete(address);
    this.#count -= places?.size ?? 0;
    for (const draw of places?.values() ?? []) draw();
  }
}

/** Properties that use pictures for something else than to show them. */
const NO_PICTURE = /^(cursor|src|(backdrop-)?filter|clip-path|shape-outside|border-image|(-webkit-)?(mask|border-image|box-reflect))/i;

/** The property that stands last before a place, among so many characters. */
const LAST = /([-\w]+)\s*:[^;{}]*$/, NEAR = 500;

/** Style rules or declarations with what stands for their addresses. @param {string} css @param {(address: string, property: string) => string | undefined} resolve */
export const withAddresses = (css, resolve) =>
  css.includes('url("') ? css.replace(/url\("(https?:|blob:)([^"]*)"\)/g, (_, scheme, rest, at) => {
    const property = LAST.exec(css.slice(Math.max(0, at - NEAR), at))?.[1] ?? '';
    return `url("${resolve(scheme + rest, property) ?? 'data:,'}")`;
  }) : css;

/** A `srcset` of what is there. @param {string} value @param {(address: string) => string | undefined} resolve */
export function candidates(value, resolve) {
  const there = [];
  for (const candidate of value.split(', ')) {
    const [address, ...size] = candidate.trim().split(/\s+/);
    const url = resolve(address);
    if (url !== undefined) there.push([url, ...size].join(' '));
  }
  return there.join(', ');
}
