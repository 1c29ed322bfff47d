// @ts-check
// What an agent finds in a replica: the node at a place, where a node is, what a field takes, what scrolls.
// Places are in CSS pixels of the replica's frame. Nothing here changes the replica.

import { boxOf, documentOf, hostOf, isConnected, localName, matches, nodeType, parentOf, scrollLeft, scrollTop, shadowRoot } from './dom.js';

/** Frames within frames and shadow roots within shadow roots, at most. */
const DEPTH = 64;

/** Options that are listed of a select. */
const OPTIONS = 2_000;

/** On each node, its id: the replica's windows run nothing that could read it. */
const ID = Symbol('id');

/** @typedef {{node(id: number): any, focused: number, guards: Map<number, number>, joined: WeakMap<object, unknown>}} Painter */

const pointIn = Document.prototype.elementFromPoint;
const pointInShadow = ShadowRoot.prototype.elementFromPoint;

/** @param {any} node @param {number} id */
export const mark = (node, id) => (node[ID] = id);

/** What a node is in, as it is shown: its slot, its parent, its shadow root's host. @param {any} node */
const above = (node) => (nodeType(node) === 1 && node.assignedSlot) || parentOf(node) || (nodeType(node) === 11 ? hostOf(node) : null);

/** The frame that a document is in; none for the replica's own. @param {any} page */
const frameOf = (page) => {
  const frame = page.defaultView?.frameElement;
  return frame && ID in frame ? frame : null;
};

/** Where a frame's document begins in the document that the frame is in. @param {any} frame @returns {[number, number]} */
function inset(frame) {
  const { left, top } = boxOf(frame);
  const { paddingLeft, paddingTop } = documentOf(frame).defaultView.getComputedStyle(frame);
  return [left + frame.clientLeft + parseFloat(paddingLeft), top + frame.clientTop + parseFloat(paddingTop)];
}

/** @param {any} frame @returns {Document | null} */
const pageIn = (frame) => (/^(i?frame|object)$/.test(localName(frame)) ? frame.contentDocument : null);

/** The id of the innermost element at a place, also in frames and shadow roots. @param {Painter} painter @param {number} x @param {number} y @returns {number | undefined} */
export function nodeAt(painter, x, y) {
  let root = painter.node(0);
  let found;
  for (let depth = 0; root && depth < DEPTH; depth++) {
    const element = (nodeType(root) === 9 ? pointIn : pointInShadow).call(root, x, y);
    if (!element || element === found) break;
    found = element;
    // A page that tells itself has ids of its own.
    const page = painter.joined.has(element) ? null : pageIn(element);
    if (page) {
      const [left, top] = inset(element);
      [x, y] = [x - left, y - top];
    }
    root = page ?? shadowRoot(element);
  }
  for (; found; found = above(found)) if (ID in found) return found[ID];
  return undefined;
}

/** Left, top, width and height of an element. @param {Painter} painter @param {number} id @returns {Float64Array | undefined} */
export function boxAt(painter, id) {
  let node = painter.node(id);
  if (node && nodeType(node) === 9) node = node.documentElement;
  if (!node || nodeType(node) !== 1 || !isConnected(node)) return undefined;
  let { left, top, width, height } = boxOf(node);
  for (let frame = frameOf(documentOf(node)), depth = 0; frame && depth < DEPTH; frame = frameOf(documentOf(frame)), depth++) {
    const [x, y] = inset(frame);
    [left, top] = [left + x, top + y];
  }
  return Float64Array.of(left, top, width, height);
}

/** Of the whole page: how far it is scrolled, its width and height. @param {Painter} painter */
export function pageSize(painter) {
  const page = painter.node(0);
  const root = page?.scrollingElement ?? page?.documentElement;
  if (!root) return undefined;
  const { scrollWidth: width, scrollHeight: height, clientWidth } = root;
  // Where a page begins at the right, it is scrolled to the left by less than nothing.
  const isFromRight = page.defaultView?.getComputedStyle(page.documentElement).direction === 'rtl';
  return Float64Array.of(scrollLeft(root) + (isFromRight ? width - clientWidth : 0), scrollTop(root), Math.max(1, width), Math.max(1, height));
}

/** What is marked as not to be acted on, at most so many at a time. */
const GUARDED = 400;

/** The elements that agents may not act on, and are there. @param {Painter} painter @returns {Uint32Array} */
export function guarded(painter) {
  const found = [];
  for (const id of painter.guards.keys()) {
    if (found.length >= GUARDED) break;
    if (painter.node(id)?.isConnected) found.push(id);
  }
  return Uint32Array.from(found);
}

/** Why agents may not act on a node: what is said of it and of all that it is in. @param {Painter} painter @param {number} id */
export function guardAt(painter, id) {
  let bits = 0;
  // A value is of its field alone.
  for (let node = painter.node(id), own = 7; node; node = above(node), own = 5) bits |= (painter.guards.get(node[ID]) ?? 0) & own;
  return bits;
}

/** The field that has the visitor's focus, 0 where none has. @param {Painter} painter */
export const focused = (painter) => painter.focused;

/** What is within a node, itself included: for grants that hold only there. @param {Painter} painter @param {number} id @param {number} outer */
export function isWithin(painter, id, outer) {
  for (let node = painter.node(id); node; node = above(node) ?? (nodeType(node) === 9 ? frameOf(node) : null)) if (node[ID] === outer) return true;
  return false;
}

/**
 * The field that a node is or is in, and what it takes.
 * @param {Painter} painter @param {number} id
 * @returns {{id: number, kind: string, value: string, isMultiple: boolean, limits: string[], options: Array<{text: string, group: string, isSelected: boolean, isDisabled: boolean}>} | undefined}
 */
export function fieldAt(painter, id) {
  let node = painter.node(id);
  while (node && nodeType(node) === 1 && !matches(node, 'input, select, textarea, [contenteditable]:not([contenteditable="false"])')) node = parentOf(node);
  if (!node || nodeType(node) !== 1 || !(ID in node)) return undefined;
  const name = localName(node);
  const field = { id: node[ID], kind: 'text', value: '', isMultiple: false, limits: ['', '', ''], options: /** @type {any[]} */ ([]) };
  if (name === 'input') {
    field.kind = node.type;
    field.value = node.value;
    field.limits = [node.min, node.max, node.step];
  } else if (name === 'select') {
    field.kind = 'select';
    field.isMultiple = node.multiple;
    for (const option of [...node.options].slice(0, OPTIONS)) {
      const group = parentOf(option);
      const isGrouped = group && localName(group) === 'optgroup';
      field.options.push({ text: option.label, group: isGrouped ? group.label : '', isSelected: option.selected, isDisabled: option.disabled || (isGrouped && group.disabled) });
    }
  }
  return field;
}

/** Whether an element scrolls in a direction, and can go on. @param {any} element @param {boolean} isRoot @param {number} x @param {number} y */
function scrolls(element, isRoot, x, y) {
  const { overflowX, overflowY } = documentOf(element).defaultView.getComputedStyle(element);
  const may = (/** @type {string} */ overflow) => (isRoot ? !/hidden|clip/.test(overflow) : /auto|scroll|overlay/.test(overflow));
  const goes = (/** @type {number} */ by, /** @type {number} */ at, /** @type {number} */ size, /** @type {number} */ shown, /** @type {string} */ overflow) =>
    by !== 0 && size > shown && may(overflow) && (by < 0 ? Math.abs(at) > 0 : Math.abs(at) + shown < size - 1);
  return goes(y, scrollTop(element), element.scrollHeight, element.clientHeight, overflowY) || goes(x, scrollLeft(element), element.scrollWidth, element.clientWidth, overflowX);
}

/**
 * What a wheel over a node scrolls: its id, where it stands, and how far it goes.
 * @param {Painter} painter @param {number} id @param {number} x @param {number} y @returns {Float64Array | undefined}
 */
export function scrollerAt(painter, id, x, y) {
  for (let node = painter.node(id); node; node = above(node) ?? (nodeType(node) === 9 ? frameOf(node) : null)) {
    const isPage = nodeType(node) === 9;
    const element = isPage ? node.scrollingElement : node;
    if (!element || nodeType(element) !== 1 || !(isPage || element !== documentOf(element).scrollingElement) || !(ID in node)) continue;
    if (scrolls(element, isPage, x, y)) {
      return Float64Array.of(node[ID], Math.abs(scrollLeft(element)), scrollTop(element), element.scrollWidth - element.clientWidth, element.scrollHeight - element.clientHeight);
    }
  }
  return undefined;
}
