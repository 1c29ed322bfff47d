// @ts-check
// Presses the page with a pointer, with all that a browser tells of it.

import { documentOf, isConnected, localName, matches, nodeType, shadowRoot } from '../mirror/dom.js';
import { fieldName, kindOf } from './fields.js';
import { blur, bubblesTo, dispatch, endOf, focused, giveFocus, hasFocus, isWithin, selectRange, viewOf } from './natives.js';

/** What a pointer that presses gives the focus to. */
const FOCUSABLE = 'a[href], area[href], button, input:not([type=hidden i]), select, textarea, details > summary:first-of-type, [tabindex], audio[controls], video[controls]';

/** @typedef {import('./meet.js').Point} Point */

/** Elements on the way of an event, from the innermost. @param {Node | null} node @returns {Element[]} */
const chain = (node) => {
  /** @type {Element[]} */
  const elements = [];
  for (let at = node; at; at = bubblesTo(at)) if (nodeType(at) === 1) elements[elements.length] = /** @type {Element} */ (at);
  return elements;
};

/** Where the caret would stand. @param {Element} element @param {Point} point */
function setCaret(element, { x, y }) {
  const page = /** @type {any} */ (documentOf(element));
  const kind = kindOf(element);
  const position = page.caretPositionFromPoint?.(x, y);
  const range = position ? undefined : page.caretRangeFromPoint?.(x, y);
  const [node, offset] = position ? [position.offsetNode, position.offset] : range ? [range.startContainer, range.startOffset] : [null, 0];
  if (kind === 'rich') {
    if (node && isWithin(element, node)) viewOf(element).getSelection()?.collapse(node, offset);
  } else if (kind === 'text' && endOf[fieldName(element)](element) !== null) {
    const at = node === element ? offset : endOf[fieldName(element)](element);
    selectRange[fieldName(element)]?.(element, at, at);
  }
}

export class Pointer {
  /** What the pointer is over. @type {Element | null} */
  #over = null;
  #isOwn;

  /** @param {(node: Node) => boolean} isOwn */
  constructor(isOwn) {
    this.#isOwn = isOwn;
  }

  /** @param {Element} target @param {string} type @param {Point} point @param {Record<string, any>} [more] whether the page let it happen */
  #tell(target, type, point, more) {
    const view = viewOf(target);
    const isPointer = type.startsWith('pointer') || type === 'click';
    const isOnce = /(enter|leave)$/.test(type);
    const init = {
      bubbles: !isOnce, cancelable: !isOnce, composed: !isOnce, view, clientX: point.x, clientY: point.y,
      screenX: view.screenX + point.x, screenY: view.screenY + point.y,
      ...(isPointer ? { pointerId: 1, pointerType: 'mouse', isPrimary: type !== 'click', button: /down|up|click/.test(type) ? 0 : -1 } : {}),
      ...more,
    };
    return dispatch(target, new (isPointer ? view.PointerEvent : view.MouseEvent)(type, init));
  }

  /** @param {Element} target @param {Point} point */
  #move(target, point) {
    const before = this.#over && isConnected(this.#over) && documentOf(this.#over) === documentOf(target) ? this.#over : null;
    if (before !== target) {
      const old = chain(before);
      const now = chain(target);
      for (const kind of ['pointer', 'mouse']) {
        if (before) {
          this.#tell(before, `${kind}out`, point, { relatedTarget: target });
          for (const element of old) if (!now.includes(element)) this.#tell(element, `${kind}leave`, point, { relatedTarget: target });
        }
        this.#tell(target, `${kind}over`, point, { relatedTarget: before });
        for (const element of [...now].reverse()) if (!old.includes(element)) this.#tell(element, `${kind}enter`, point, { relatedTarget: before });
      }
    }
    this.#over = target;
    this.#tell(target, 'pointermove', point);
    this.#tell(target, 'mousemove', point);
  }

  /** The focus goes where a pressed mouse takes it. @param {Element} target @param {Point} point */
  #focus(target, point) {
    for (const element of chain(target)) {
      const isRich = kindOf(element) === 'rich';
      // A label's control gets it by the click.
      if (localName(element) === 'label') return;
      if (!isRich && !shadowRoot(element)?.delegatesFocus && (!matches(element, FOCUSABLE) || matches(element, ':disabled'))) continue;
      if (!hasFocus(element)) giveFocus(element);
      return setCaret(element, point);
    }
    const active = focused(target);
    if (active && active !== documentOf(target).body && !this.#isOwn(active)) blur(active);
  }

  /** @param {Element} target @param {Point} point @param {number} count @returns {import('./steps.js').Steps} */
  *click(target, point, count) {
    this.#move(target, point);
    yield;
    for (let detail = 1; detail <= count && isConnected(target); detail++) {
      const compatible = this.#tell(target, 'pointerdown', point, { buttons: 1, pressure: 0.5 });
      yield;
      // What is gone would be pressed in another one's place.
      if (!isConnected(target)) return;
      if (!compatible || this.#tell(target, 'mousedown', point, { buttons: 1, detail })) this.#focus(target, point);
      yield;
      if (!isConnected(target)) return;
      this.#tell(target, 'pointerup', point);
      yield;
      if (compatible) this.#tell(target, 'mouseup', point, { detail });
      yield;
      if (!isConnected(target)) return;
      this.#tell(target, 'click', point, { detail });
      yield;
    }
    if (count === 2 && isConnected(target)) this.#tell(target, 'dblclick', point, { detail: 2 });
  }
}
