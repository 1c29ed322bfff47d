// @ts-check
// What a replica may hold, whatever is sent: the encoder leaves the rest out, and a changed one could send it.

import { localName, setAttribute, setAttributeNS } from './dom.js';

/** What is never made. */
export const FORBIDDEN = /^(script|noscript|base|meta|object|embed|applet)$/i;

/** What stands for it, empty: nobody sees it, and rules that count elements count it. */
export const STAND_IN = 'meta';

/** What is never set. */
const FORBIDDEN_ATTRIBUTE = /^(on|srcdoc$|action$|formaction$|http-equiv$|nonce$|integrity$|ping$|sandbox$|src$|href$)/i;

/** Addresses that may be set: where they point, nothing runs. */
const SAFE_ADDRESS = /^(https?:|blob:|data:image\/(png|jpeg|gif|webp|avif)[;,]|#)/i;

/** Elements that show what `src` names as a picture. */
export const PICTURES = /^(img|image|input|source|video)$/i;

/** @param {string} sources where pictures, fonts and styles may come from, as in a Content-Security-Policy */
export const policy = (sources) =>
  `default-src 'none'; style-src 'unsafe-inline' ${sources}; img-src data: blob: ${sources}; font-src data: blob: ${sources}; media-src data: ${sources}`;

/** Sets an attribute, where it may be set. @param {any} element @param {string} name @param {string} value */
export function setAllowed(element, name, value) {
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
