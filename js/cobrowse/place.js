// @ts-check
// What is at a place of the page, as a person who presses there would meet it.

import { attributeOf, boxOf, documentOf, hostOf, localName, nodeType, parentOf, scrollLeft, scrollTop, shadowRoot } from '../mirror/dom.js';
import { above, elementAt, isWithin, scrollIntoView, scrollTo, viewOf } from './natives.js';

/** A place within a box is told in so many parts: `PLACE_PARTS` of the protocol. */
const PARTS = 10_000;

/** @typedef {{x: number, y: number}} Point in the window of the element's own document */

/** The place in the element that an agent means, within its box. @param {Element} element @param {Point} place @returns {Point} */
function pointIn(element, { x, y }) {
  const { left, top, width, height } = boxOf(element);
  // The box's right and lower edges are not of it any more.
  const part = (/** @type {number} */ at, /** @type {number} */ length) => Math.min((at * length) / PARTS, Math.max(length - 0.5, 0));
  return { x: left + part(x, width), y: top + part(y, height) };
}

/**
 * The innermost element at a point. Closed shadow roots are known where the target is in one.
 * @param {Element} target @param {Point} point @returns {Element | null}
 */
function innermost(target, { x, y }) {
  /** @type {Map<Node, ShadowRoot>} */
  const closed = new Map();
  let /** @type {any} */ root = target;
  for (let node = /** @type {any} */ (target); node && nodeType(node) !== 9; node = above(node)) if (nodeType(node) === 11) closed.set(hostOf(node), node);
  root = documentOf(target);
  let hit = elementAt(root, x, y);
  while (hit && (root = closed.get(hit) ?? shadowRoot(hit))) {
    const inner = elementAt(root, x, y);
    // Some browsers look further than into the root.
    if (!inner || inner === hit || !isWithin(root, inner)) break;
    hit = inner;
  }
  return hit;
}

/** Whether the page shows the frame in which the point is there too. @param {Element} target @param {Point} point */
function isFrameSeen(target, point) {
  let { x, y } = point;
  for (let frame = viewOf(target)?.frameElement; frame; frame = viewOf(frame)?.frameElement) {
    const { left, top, width, height } = boxOf(frame);
    x = left + (frame.clientLeft + x) * (width / (frame.offsetWidth || 1));
    y = top + (frame.clientTop + y) * (height / (frame.offsetHeight || 1));
    const hit = innermost(frame, { x, y });
    if (hit !== frame) return false;
  }
  return true;
}

/** Whether an image shows this area. @param {Element} image @param {Element} hit */
const isAreaOf = (image, hit) => localName(hit) === 'area' && attributeOf(image, 'usemap') === `#${attributeOf(/** @type {Element} */ (parentOf(hit)), 'name')}`;

/** What a press at the place would meet, if it is the target or in it. @param {Element} target @param {Point} place */
function look(target, place) {
  const point = pointIn(target, place);
  const hit = innermost(target, point);
  if (!hit || !isFrameSeen(target, point)) return { hit: null, point, isInside: false };
  if (isWithin(target, hit) || isAreaOf(target, hit)) return { hit, point, isInside: true };
  if (!isWithin(hit, target)) return { hit, point, isInside: false, isOther: true };
  // Beside its lines, or on its rounded corner. Who cannot be pressed lets what is around be pressed.
  const isIdle = viewOf(target).getComputedStyle(target).pointerEvents === 'none';
  return { hit: isIdle ? hit : target, point, isInside: false };
}

/** Where all that scrolls around an element stands, so that it can be put back. @param {Element} element */
function positions(element) {
  /** @type {Array<[Element, number, number]>} */
  const before = [];
  for (let node = above(element); node; node = above(node)) {
    if (nodeType(node) === 1) before.push([/** @type {Element} */ (node), scrollLeft(node), scrollTop(node)]);
  }
  return () => {
    for (const [scroller, left, top] of before) {
      if (scrollLeft(scroller) !== left || scrollTop(scroller) !== top) scrollTo(scroller, { left, top, behavior: 'instant' });
    }
  };
}

/**
 * What a press at a place of the target would meet. What is not in sight is scrolled there; `restore` takes that back.
 * @param {Element} target @param {Point} place
 * @returns {{hit: Element | null, point: Point, isOther?: boolean, restore(): void}} `isOther`: something that lies over the target
 */
export function meet(target, place) {
  let found = look(target, place);
  if (found.isInside) return { ...found, restore() {} };
  const restore = positions(target);
  scrollIntoView(target, { behavior: 'instant', block: 'nearest', inline: 'nearest' });
  const after = look(target, place);
  if (after.hit && !after.isOther) return { ...after, restore };
  // Of something larger than the window, the place itself.
  const view = viewOf(target);
  view.scrollBy({ left: after.point.x - view.innerWidth / 2, top: after.point.y - view.innerHeight / 2, behavior: 'instant' });
  found = look(target, place);
  if (!found.hit) found = after;
  return { ...found, restore };
}
