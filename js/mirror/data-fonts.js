// @ts-check
// Fonts that stand in a style sheet itself, as `url(data:font/woff2;base64,...)`. They are given to desks as those are that have files, once and not
// with each rule: told is an address that only this file knows.

import { LIMIT, TOTAL } from './assets.js';
import { Blob, Map } from './own.js';

/** What sheets say that their fonts are. */
const FONT = /^data:(font\/|application\/(octet-stream|(x-)?font|vnd\.ms-(fontobject|opentype)))[^,]*,/i;

/** Signs that are still kept: no more of them would be shown. */
let room = TOTAL;

/** @type {Map<string, string>} */
const addresses = new Map();
/** @type {Map<string, string>} */
const fonts = new Map();

/** What stands for the font; nothing where it is none, or too large. @param {string} data */
export function fontAddress(data) {
  // Where nothing is secure no desk is given any.
  if (!FONT.test(data) || !globalThis.crypto?.subtle) return undefined;
  const known = addresses.get(data);
  if (known || data.length > Math.min(1.4 * LIMIT, room)) return known;
  room -= data.length;
  // Of this page alone: desks know those of earlier pages.
  const address = `blob:${crypto.randomUUID()}`;
  addresses.set(data, address);
  fonts.set(address, data);
  return address;
}

/** What is at such an address. @param {string} address @returns {Blob | undefined} */
export function fontAt(address) {
  const data = fonts.get(address);
  if (data === undefined) return undefined;
  const at = data.indexOf(',');
  const text = decodeURIComponent(data.slice(at + 1));
  const signs = /;base64$/i.test(data.slice(0, at)) ? atob(text) : text;
  const bytes = new Uint8Array(signs.length);
  for (let index = 0; index < signs.length; index++) bytes[index] = signs.charCodeAt(index);
  return new Blob([bytes]);
}
