// @ts-check
// Where the focus goes next. Best effort: order by position, not by `tabindex`.

import { attributeOf, firstChild, localName, matches, nextSibling, nodeType, shadowRoot } from '../mirror/dom.js';
import { groupOf, kindOf } from './fields.js';
import { above, blur, closest, giveFocus, isChecked, isVisible, lastChild, previousSibling, select, typeOf } from './natives.js';

/** What can have the focus. */
export const FOCUSABLE = 'a[href], area[href], button, input:not([type=hidden i]), select, textarea, summary, iframe, [tabindex], [contenteditable]:not([contenteditable=false i])';

/** Steps over a page until no place for the focus is looked for any more. */
const STEPS = 20_000;

/** @param {Element} element */
const isTabbable = (element) => {
  if (!matches(element, FOCUSABLE) || matches(element, ':disabled') || Number(attributeOf(element, 'tabindex')) < 0) return false;
  // Of a group of radio buttons, the one that is on.
  if (isRadio(element) && !isChecked(element) && groupOf(element).some(isChecked)) return false;
  return isVisible?.(element, { visibilityProperty: true }) !== false && !closest(element, '[inert]');
};

/** @param {Element} element */
export const isRadio = (element) => localName(element) === 'input' && typeOf(element) === 'radio';

/** What is in a node, shadow roots and frames that can be read first. @param {any} node @returns {Node | null} */
const inner = (node) => {
  if (nodeType(node) !== 1) return null;
  if (localName(node) !== 'iframe') return shadowRoot(node);
  try {
    return node.contentDocument;
  } catch {
    return null;
  }
};

/** The node after this one in the page as it is composed. @param {Node} node @returns {Node | null} */
function after(node) {
  const first = inner(node) ?? firstChild(node);
  if (first) return first;
  for (let at = /** @type {Node | null} */ (node); at; at = above(at)) {
    const parent = above(at);
    const next = parent && inner(parent) === at ? firstChild(parent) : nextSibling(at);
    if (next) return next;
  }
  return null;
}

/** The node before it. @param {Node} node @returns {Node | null} */
function before(node) {
  const parent = above(node);
  const own = parent && inner(parent);
  let at = own === node ? null : previousSibling(node) ?? own;
  if (!at) return parent;
  for (let last; (last = lastChild(at) ?? inner(at)); ) at = last;
  return at;
}

/** Moves the focus on. @param {Element} from @param {boolean} isBack @param {(node: Node) => boolean} isOwn */
export function moveOn(from, isBack, isOwn) {
  const next = isBack ? before : after;
  let left = STEPS;
  for (let node = next(from); node && left > 0; node = next(node), left--) {
    if (nodeType(node) !== 1 || isOwn(node) || !isTabbable(/** @type {Element} */ (node))) continue;
    const element = /** @type {Element} */ (node);
    giveFocus(element);
    if (kindOf(element) === 'text' && localName(element) === 'input') select.input(element);
    return;
  }
  // There, the browser's own controls would follow.
  blur(from);
}
