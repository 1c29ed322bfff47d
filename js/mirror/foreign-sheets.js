// @ts-check
// Style sheets of other sites, whose rules the page may not read: many of those sites give them to whoever asks, without cookies.

import { knowText } from './originals.js';
import { CSSStyleSheet, Map } from './own.js';

/** Largest one, in UTF-16 units, and how many are asked for. */
const LIMIT = 1024 * 1024, MOST = 32;

/** By address; absent while they come, and where they do not. @type {Map<string, CSSStyleSheet | undefined>} */
const sheets = new Map();

/** The sheet, once it has come. @param {string} address */
export function foreignSheet(address) {
  if (!sheets.has(address) && sheets.size < MOST) {
    sheets.set(address, undefined);
    ask(address).catch(() => {});
  }
  return sheets.get(address);
}

/** @param {string} address */
async function ask(address) {
  const response = await fetch(address, { cache: 'force-cache', credentials: 'omit', priority: 'low' });
  if (!response.ok || !(response.headers.get('content-type') ?? '').startsWith('text/css')) return;
  const text = await response.text();
  if (text.length > LIMIT) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  knowText(sheet, text);
  sheets.set(address, sheet);
}
