// @ts-check
// What a replica may hold, whatever is sent: the encoder leaves the rest out, and a changed one could send it.

import { localName, namespaceOf, setAttribute, setAttributeNS } from './dom.js';

/** What is never made. */
export const FORBIDDEN = /^(script|noscript|base|meta|object|embed|applet)$/i;

/** What stands for it, empty: nobody sees it, and rules that count elements count it. */
export const STAND_IN = 'meta';

/** What is never set. */
const FORBIDDEN_ATTRIBUTE = /^(on|srcdoc$|action$|formaction$|http-equiv$|nonce$|integrity$|ping$|sandbox$|src$|href$)/i;

/** Addresses that may be set: where they point, nothing runs. */
const SAFE_ADDRESS = /^(https?:|blob:|data:image\/(png|jpeg|gif|webp|avif)[;,]|#|(mailto|tel|sms):$)/i;

/** Elements that show what `src` names as a picture. */
export const PICTURES = /^(img|image|input|source|video)$/i;

/** @param {string} sources where pictures, fonts and styles may come from, as in a Content-Security-Policy */
export const policy = (sources) =>
  `default-src 'none'; style-src 'unsafe-inline' ${sources}; img-src data: blob: ${sources}; font-src data: blob: ${sources}; media-src data: ${sources}`;

const HTML = 'http://www.w3.org/1999/xhtml';

/** Those of attributes, by what their names begin with. @type {Record<string, string>} */
const NAMESPACES = { __proto__: /** @type {any} */ (null), xlink: 'http://www.w3.org/1999/xlink', xml: 'http://www.w3.org/XML/1998/namespace', xmlns: 'http://www.w3.org/2000/xmlns/' };

/** Sets an attribute, where it may be set. @param {any} element @param {string} name @param {string} value */
export function setAllowed(element, name, value) {
  const isAddress = /^(src|href|poster|xlink:href|background)$/i.test(name);
  const isDrawing = /^data:image\/svg/i.test(value) && PICTURES.test(localName(element));
  const isSafe = (SAFE_ADDRESS.test(value) || isDrawing) && !/^i?frame$/i.test(localName(element));
  if (isAddress ? !isSafe : FORBIDDEN_ATTRIBUTE.test(name)) return;
  // What leads nowhere is no picture: a browser would ask for the page itself.
  if (value === '#' && /^(image|feImage)$/i.test(localName(element))) return;
  try {
    // As a parser does it: of HTML no attribute has a namespace.
    const namespace = namespaceOf(element) !== HTML && NAMESPACES[name.split(':')[0]];
    if (namespace) setAttributeNS(element, namespace, name, value);
    else setAttribute(element, name, value);
  } catch {
    // A name that a parser takes and this function does not.
  }
}
