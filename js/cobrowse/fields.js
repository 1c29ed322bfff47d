// @ts-check
// What can be written into, chosen from or checked: what it takes, what it holds, and what it is called.

import { attributeOf, documentOf, findAll, firstChild, localName, namespaceOf, nextSibling, nodeType, textOf } from '../mirror/dom.js';
import {
  above, cloneOf, controlOf, dispatch, isChecked, isEditable, isSelected, optionsOf, replaceChildren, rootOf, setChecked,
  setSelected, setValue, typeOf, valueOf, viewOf,
} from './natives.js';

const HTML = 'http://www.w3.org/1999/xhtml';

/** Kinds of `input` by their types; all others are text. @type {Record<string, string>} */
const KINDS = {
  button: 'button', submit: 'button', reset: 'button', image: 'button', checkbox: 'box', radio: 'box', file: 'none', hidden: 'none',
  date: 'value', time: 'value', month: 'value', week: 'value', 'datetime-local': 'value', range: 'value', color: 'value',
};

const LABEL_LENGTH = 80;
const LABEL_NODES = 200;
const OLD_NODES = 1_000;

/** What kind of thing an element is to a keyboard. @param {Element} element @returns {'button' | 'box' | 'text' | 'value' | 'choice' | 'rich' | 'none'} */
export function kindOf(element) {
  if (namespaceOf(element) !== HTML) return 'none';
  switch (localName(element)) {
    case 'input': return /** @type {any} */ (KINDS[typeOf(element)] ?? 'text');
    case 'textarea': return 'text';
    case 'select': return 'choice';
    case 'button': return 'button';
    default: return isEditable(element) ? 'rich' : 'none';
  }
}

/** @param {Element} element */
export const isText = (element) => kindOf(element) === 'text' || kindOf(element) === 'rich';

/** Whether it is a control of a form that holds a value. @param {Element} element */
export const isField = (element) => /^(box|text|value|choice)$/.test(kindOf(element));

/** @param {Element} element @returns {'input' | 'textarea'} */
export const fieldName = (element) => (localName(element) === 'input' ? 'input' : 'textarea');

/** @param {Element} element @returns {string} */
export const valueIn = (element) => valueOf[fieldName(element)](element);

/** The outermost element of what is edited together. @param {Element} element @returns {Element} */
export function editorOf(element) {
  let host = element;
  for (let node = above(host); node && nodeType(node) === 1 && isEditable(node); node = above(node)) host = /** @type {Element} */ (node);
  return host;
}

/** Whether a field takes this as its whole value, as it is. @param {Element} element @param {string} text */
export function fits(element, text) {
  const kind = kindOf(element);
  if (kind === 'rich') return true;
  if (kind !== 'text' && kind !== 'value') return false;
  if (localName(element) === 'textarea') return true;
  const type = typeOf(element);
  if (kind === 'text' && type !== 'number') return true;
  // What a field makes of a value it says itself.
  const trial = documentOf(element).createElement('input');
  for (const name of ['type', 'min', 'max', 'step']) {
    const limit = attributeOf(element, name);
    if (limit !== null) trial.setAttribute(name, limit);
  }
  setValue.input(trial, text);
  const taken = valueOf.input(trial);
  if (type === 'color') return taken === text.toLowerCase();
  if (type === 'range') return text !== '' && Number(taken) === Number(text);
  return taken !== '' || text === '';
}

/** An event that tells the page of what was written. @param {Element} element @param {string} type @param {InputEventInit} [more] whether the page let it happen */
export function tell(element, type, more) {
  const view = viewOf(element);
  const common = { bubbles: true, composed: type !== 'change' };
  const event = more ? new view.InputEvent(type, { ...common, view, ...more }) : new view.Event(type, common);
  return dispatch(element, event);
}

/** Sets what has no caret, as a person does with the browser's own control. @param {Element} element @param {string} value */
export function setWhole(element, value) {
  if (valueIn(element) === value) return;
  setValue[fieldName(element)](element, value);
  tell(element, 'input');
  tell(element, 'change');
}

/** @param {Element} element a select @param {number[]} chosen */
export function choose(element, chosen) {
  const options = optionsOf(element);
  const isChange = write(options, (at) => chosen.includes(at));
  if (!isChange) return;
  tell(element, 'input');
  tell(element, 'change');
}

/** @param {any} options @param {(at: number) => boolean} isChosen whether anything changed */
function write(options, isChosen) {
  let isChange = false;
  // Of a select with one choice, setting the one that is chosen unsets the other.
  for (let at = 0; at < options.length; at++) {
    if (isSelected(options[at]) === isChosen(at)) continue;
    isChange = true;
    setSelected(options[at], isChosen(at));
  }
  return isChange;
}

/** What is held, so that it can be put back. @typedef {{isSame(): boolean, restore(): void}} Held */

/** What a field holds now; nothing where it holds nothing that could be put back. @param {Element | null | undefined} element @returns {Held | undefined} */
export function held(element) {
  if (!element) return undefined;
  switch (kindOf(element)) {
    case 'text':
    case 'value': {
      const old = valueIn(element);
      return { isSame: () => valueIn(element) === old, restore: () => putBack(element, old) };
    }
    case 'choice': {
      const old = Array.from(optionsOf(element), isSelected);
      const isSame = () => old.length === optionsOf(element).length && old.every((was, at) => isSelected(optionsOf(element)[at]) === was);
      return { isSame, restore: () => choose(element, old.flatMap((was, at) => (was ? [at] : []))) };
    }
    case 'box': return heldBox(element);
    case 'rich': return heldText(editorOf(element));
    default: return undefined;
  }
}

/** @param {Element} element @param {string} old */
function putBack(element, old) {
  if (!tell(element, 'beforeinput', { inputType: 'historyUndo', cancelable: true })) return;
  setValue[fieldName(element)](element, old);
  tell(element, 'input', { inputType: 'historyUndo' });
  tell(element, 'change');
}

/** The other radio buttons of a group. @param {Element} element */
export const groupOf = (element) => {
  const name = attributeOf(element, 'name');
  const form = rootOf(element);
  return name ? [...findAll(form, 'input[type=radio i]')].filter((one) => attributeOf(one, 'name') === name && /** @type {any} */ (one).form === /** @type {any} */ (element).form) : [element];
};

/** @param {Element} element @returns {Held} */
function heldBox(element) {
  const old = isChecked(element);
  const before = typeOf(element) === 'radio' ? groupOf(element).find(isChecked) : element;
  const restore = () => {
    // As a person would, so that the page takes note.
    if (before) dispatch(before, new (viewOf(element).PointerEvent)('click', { bubbles: true, composed: true, cancelable: true, view: viewOf(element) }));
    if (before && isChecked(before) === (before === element ? old : true)) return;
    setChecked(element, old);
    tell(element, 'input');
    tell(element, 'change');
  };
  return { isSame: () => isChecked(element) === old, restore };
}

/** @param {Element} host @returns {Held | undefined} */
function heldText(host) {
  if (textIn(host, OLD_NODES, Infinity) === undefined) return undefined;
  const old = /** @type {Element} */ (cloneOf(host, true));
  const isSame = () => /** @type {any} */ (host).isEqualNode(old);
  const restore = () => {
    if (!tell(host, 'beforeinput', { inputType: 'historyUndo', cancelable: true })) return;
    replaceChildren?.(host, .../** @type {any} */ (cloneOf(old, true)).childNodes);
    tell(host, 'input', { inputType: 'historyUndo' });
  };
  return { isSame, restore };
}

/** What is written in a tree, if it is no larger than that. @param {Node} root @param {number} nodes @param {number} length @returns {string | undefined} */
function textIn(root, nodes, length) {
  let text = '';
  let left = nodes;
  for (let node = /** @type {any} */ (root); node;) {
    if (--left < 0) return length === Infinity ? undefined : text;
    if (nodeType(node) === 3) text += textOf(node);
    if (text.length > length) return text;
    let next = firstChild(node);
    for (; !next && node !== root; node = above(node)) next = nextSibling(node);
    node = next;
  }
  return text;
}

/** What a person calls a field, for the visitor to read. @param {Element} element */
export function labelOf(element) {
  const said = (/** @type {Element | null | undefined} */ by) => (by ? textIn(by, LABEL_NODES, LABEL_LENGTH) ?? '' : '');
  const root = rootOf(element);
  const by = (attributeOf(element, 'aria-labelledby') ?? '').split(/\s+/).slice(0, 4).map((/** @type {string} */ id) => id && said(root.getElementById?.(id))).join(' ');
  const label = () => {
    for (const one of findAll(root, 'label')) if (controlOf(one) === element) return said(one);
    return '';
  };
  const names = ['aria-label', 'placeholder', 'title', 'name'].map((name) => () => attributeOf(element, name) ?? '');
  for (const name of [() => by, names[0], label, ...names.slice(1)]) {
    const text = name().replace(/\s+/g, ' ').trim();
    if (text) return text.slice(0, LABEL_LENGTH);
  }
  return '';
}

