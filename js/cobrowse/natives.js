// @ts-check
// What acting on a page needs of the browser, as it was when this was loaded: pages replace functions, and fields of a form stand in for
// the form's own. Serves nodes of every frame.

import { documentOf, getter, hostOf, method, method1, method2, method3, nodeType, parentOf, shadowRoot } from '../mirror/dom.js';

/** A function that not every browser has. @param {any} owner @param {string} name @returns {((node: any, ...values: any[]) => any) | undefined} */
const later = (owner, name) => {
  const own = owner.prototype[name];
  return own && ((node, ...values) => own.apply(node, values));
};

/** @param {any} owner @param {string} name @returns {(node: any, value: any) => void} */
const setter = (owner, name) => {
  const { set } = /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(owner.prototype, name));
  return (node, value) => /** @type {(value: any) => void} */ (set).call(node, value);
};

export const dispatch = method1(EventTarget, 'dispatchEvent');
export const listen = method3(EventTarget, 'addEventListener');
export const rootOf = method(Node, 'getRootNode');
export const lastChild = getter(Node, 'lastChild');
export const previousSibling = getter(Node, 'previousSibling');
export const cloneOf = method1(Node, 'cloneNode');
export const replaceChildren = later(Element, 'replaceChildren');
export const slotOf = getter(Element, 'assignedSlot');
export const hasAttribute = method1(Element, 'hasAttribute');
export const closest = method1(Element, 'closest');
export const scrollIntoView = method1(Element, 'scrollIntoView');
export const scrollHeight = getter(Element, 'scrollHeight');
export const scrollWidth = getter(Element, 'scrollWidth');
export const scrollTo = method1(Element, 'scrollTo');
export const isVisible = later(Element, 'checkVisibility');
export const focus = method(HTMLElement, 'focus');
export const blur = method(HTMLElement, 'blur');
export const isEditable = getter(HTMLElement, 'isContentEditable');
const focusShape = method(SVGElement, 'focus');

const atInDocument = method2(Document, 'elementFromPoint');
const atInRoot = method2(ShadowRoot, 'elementFromPoint');
/** @param {Document | ShadowRoot} root @param {number} x @param {number} y @returns {Element | null} */
export const elementAt = (root, x, y) => (nodeType(root) === 9 ? atInDocument : atInRoot)(root, x, y);
const activeInDocument = getter(Document, 'activeElement');
const activeInRoot = getter(ShadowRoot, 'activeElement');
/** @param {Document | ShadowRoot} root @returns {Element | null} */
export const activeIn = (root) => (nodeType(root) === 9 ? activeInDocument : activeInRoot)(root);
const ownView = getter(Document, 'defaultView');
/** @param {Node} node @returns {any} */
export const viewOf = (node) => ownView(nodeType(node) === 9 ? node : documentOf(node));

const command = later(Document, 'execCommand');
/** The browser's own editing, at the caret: keeps the visitor's undo, and tells the page as typing does. @param {Node} node @param {string} name @param {string} [text] @returns {boolean} */
export const edit = (node, name, text = '') => Boolean(command?.(documentOf(node), name, false, text));

export const valueOf = { input: getter(HTMLInputElement, 'value'), textarea: getter(HTMLTextAreaElement, 'value') };
export const setValue = { input: setter(HTMLInputElement, 'value'), textarea: setter(HTMLTextAreaElement, 'value') };
export const typeOf = getter(HTMLInputElement, 'type');
export const isChecked = getter(HTMLInputElement, 'checked');
export const setChecked = setter(HTMLInputElement, 'checked');
export const formOf = getter(HTMLInputElement, 'form');
export const select = { input: method(HTMLInputElement, 'select'), textarea: method(HTMLTextAreaElement, 'select') };
export const selectRange = { input: later(HTMLInputElement, 'setSelectionRange'), textarea: later(HTMLTextAreaElement, 'setSelectionRange') };
export const startOf = { input: getter(HTMLInputElement, 'selectionStart'), textarea: getter(HTMLTextAreaElement, 'selectionStart') };
export const endOf = { input: getter(HTMLInputElement, 'selectionEnd'), textarea: getter(HTMLTextAreaElement, 'selectionEnd') };
export const step = { up: later(HTMLInputElement, 'stepUp'), down: later(HTMLInputElement, 'stepDown') };
export const optionsOf = getter(HTMLSelectElement, 'options');
export const isMultiple = getter(HTMLSelectElement, 'multiple');
export const isSelected = getter(HTMLOptionElement, 'selected');
export const setSelected = setter(HTMLOptionElement, 'selected');
export const controlOf = getter(HTMLLabelElement, 'control');
export const elementsOf = getter(HTMLFormElement, 'elements');
export const requestSubmit = later(HTMLFormElement, 'requestSubmit');
export const ownerFormOf = { input: formOf, button: getter(HTMLButtonElement, 'form') };
export const clickOn = method(HTMLElement, 'click');

/** Gives it the focus, if it takes any. @param {Element} element */
export const giveFocus = (element) => {
  try {
    focus(element);
  } catch {
    try {
      focusShape(element);
    } catch {
      // Of no kind that has a focus.
    }
  }
};

/** The parent in the page as it is composed: of a shadow root its host, of a frame's document the frame. @param {any} node @returns {Node | null} */
export const above = (node) => {
  const type = nodeType(node);
  if (type === 11) return hostOf(node) ?? null;
  if (type === 9) return node === document ? null : viewOf(node)?.frameElement ?? null;
  return parentOf(node);
};

/** The parent on the way of an event that bubbles, within its document. @param {any} node @returns {Node | null} */
export const bubblesTo = (node) => {
  const type = nodeType(node);
  if (type === 9) return null;
  return (type === 1 && slotOf(node)) || (type === 11 ? hostOf(node) ?? null : parentOf(node));
};

/** Whether `node` is `outer` or in it. @param {Node} outer @param {Node | null} node */
export const isWithin = (outer, node) => {
  for (let at = node; at; at = above(at)) if (at === outer) return true;
  return false;
};

/** What has the focus, in the innermost root. @param {Node} node of the document @returns {Element | null} */
export const focused = (node) => {
  let active = activeIn(nodeType(node) === 9 ? /** @type {Document} */ (node) : documentOf(node));
  for (let inner; active && shadowRoot(active) && (inner = activeIn(shadowRoot(active)));) active = inner;
  return active;
};

/** @param {Element} element */
export const hasFocus = (element) => activeIn(rootOf(element)) === element;
