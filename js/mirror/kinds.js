// @ts-check
// What is done with elements and attributes, by their names.

import { fullAddress, fullAddresses } from './address.js';
import { attributeOf, baseOf, documentOf, find, localName, nodeType } from './dom.js';
import { absolute, isSheetLink } from './sheets.js';

/** What is done with an element of a name, or with an attribute; bits. */
export const IS_FRAME = 1, IS_PLUG_IN = 2, IS_STYLE = 4, IS_LINK = 8, IS_CONTROL = 16, HAS_SHEETS = 32, HAS_ONLY_NEW = 128, IS_TEMPLATE = 256, IS_HOST = 512, IS_ASKED = 1024, IS_CUSTOM = 2048, IS_MEDIUM = 4096;
export const IS_ADDRESS = 1, IS_ADDRESSES = 2, IS_CSS = 4, IS_MARK = 8, IS_LAYER = 16, IS_OF_LINK = 32;
export const IN_FULL = IS_ADDRESS | IS_ADDRESSES | IS_CSS;

/** Controls are looked at with each flush: scripts, resets and the browser's own filling-in tell nobody. @type {Record<string, number>} */
const ELEMENTS = {
  __proto__: /** @type {any} */ (null),
  template: IS_TEMPLATE, iframe: IS_FRAME, frame: IS_FRAME, object: IS_PLUG_IN, embed: IS_PLUG_IN, style: IS_STYLE, link: IS_LINK,
  audio: IS_MEDIUM, video: IS_MEDIUM, input: IS_CONTROL, textarea: IS_CONTROL, select: IS_CONTROL, option: IS_CONTROL, dialog: IS_CONTROL, details: IS_CONTROL,
};

// Those that may have a shadow root, besides custom elements: https://dom.spec.whatwg.org/#valid-shadow-host-name
const HOSTS = 'article aside blockquote body div footer h1 h2 h3 h4 h5 h6 header main nav p section span'.split(' ');
for (let at = 0; at < HOSTS.length; at++) ELEMENTS[HOSTS[at]] = IS_HOST;

/** What is done with elements of a name. @param {string} name */
export const elementKind = (name) => ELEMENTS[name] ?? (name.indexOf('-') > 0 ? IS_HOST | IS_CUSTOM : 0);

/** The replica has another base, and asks nobody for sheets. @type {Record<string, number>} */
export const ATTRIBUTES = {
  __proto__: /** @type {any} */ (null),
  src: IS_ADDRESS, href: IS_ADDRESS | IS_OF_LINK, poster: IS_ADDRESS, background: IS_ADDRESS, 'xlink:href': IS_ADDRESS, srcset: IS_ADDRESSES,
  style: IS_CSS, 'data-alongside': IS_MARK, popover: IS_LAYER, rel: IS_OF_LINK, type: IS_OF_LINK, as: IS_OF_LINK,
};

// By what a node says it is: a frame's nodes are instances of the frame's own classes.
/** @param {any} node @returns {node is Element} */
export const isElement = (node) => Boolean(node) && nodeType(node) === 1;
/** @param {any} node @returns {node is ShadowRoot} */
export const isShadowRoot = (node) => nodeType(node) === 11;

/** A page whose policy forbids style attributes: what counts of them is what scripts have set. @type {Document | undefined} */
let strict;

/** Looks whether style attributes count in a page, by the first that it has. @param {Document} page */
export function askPolicy(page) {
  const styled = /** @type {HTMLElement | null} */ (find(page, '[style]'));
  strict = styled && attributeOf(styled, 'style').includes(':') && styled.style.length === 0 ? page : undefined;
}

/** What is done with a parent. @param {Node} parent */
export function kindOf(parent) {
  if (!isElement(parent)) return HAS_SHEETS;
  const kind = elementKind(localName(parent));
  return kind & IS_LINK && !isSheetLink(parent) ? 0 : kind;
}

/** Addresses in full: the replica has another base. @param {Element} element @param {number} use @param {string} value */
export function inFull(element, use, value) {
  const base = baseOf(element);
  if (use & IS_CSS && documentOf(element) === strict) value = /** @type {HTMLElement} */ (element).style.cssText;
  return use & IS_CSS ? absolute(value, base) : use & IS_ADDRESSES ? chosen(element, fullAddresses(value, base)) : withSize(element, fullAddress(value, base));
}

/** The address of a picture, and in a line of its own its size, 0 where none is there: a box of that size is what is told of one that is private. @param {Element} element @param {string} address */
function withSize(element, address) {
  if (localName(element) !== 'img') return address;
  const { naturalWidth, naturalHeight } = /** @type {HTMLImageElement} */ (element);
  return `${address}\n${naturalWidth} ${naturalHeight}`;
}

/** Of a set the one that the visitor's browser has taken, once it has: it may be a larger one, which was there already. @param {Element} element @param {string} set */
function chosen(element, set) {
  const { currentSrc } = /** @type {HTMLImageElement} */ (element);
  const all = currentSrc ? set.split(', ') : [];
  for (let at = 0; at < all.length; at++) if (all[at] === currentSrc || all[at].startsWith(`${currentSrc} `)) return all[at];
  return set;
}
