// @ts-check
// Writes into the page as a person at a keyboard does: key by key, with an input method where the script asks for one.
//
// The text itself is put in by the browser's own editing, which keeps the caret, the longest length, the visitor's undo and `change` at
// the field's end; where there is none, by the field's own setter, so that frameworks that watch a field see it.

import { attributeOf } from '../mirror/dom.js';
import { editorOf, fieldName, kindOf, setWhole, tell, valueIn } from './fields.js';
import { dispatch, edit, endOf, giveFocus, hasFocus, isWithin, listen, focused, select, selectRange, setValue, startOf, viewOf } from './natives.js';

/** What no key has: Han, kana, Hangul and what is written with them. */
const COMPOSED = /[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]|[\ud840-\ud8ff][\udc00-\udfff]/;

/** Longer text comes at once, as from a clipboard. */
const KEYS = 128;

/** @typedef {{key: string, code?: string, keyCode?: number}} Key */

/** @param {Element} element @param {string} type @param {Key} key @param {KeyboardEventInit} [more] whether the page let it happen */
export function tellKey(element, type, { key, code = '', keyCode = 0 }, more) {
  const view = viewOf(element);
  const init = { bubbles: true, composed: true, cancelable: true, view, key, code, keyCode, which: keyCode, ...more };
  return dispatch(element, new view.KeyboardEvent(type, init));
}

/** The key of a character, as on the commonest keyboard. @param {string} char @returns {Key} */
export function keyOf(char) {
  const upper = char.toUpperCase();
  if (/^[A-Z]$/.test(upper)) return { key: char, code: `Key${upper}`, keyCode: upper.charCodeAt(0) };
  if (/^[0-9]$/.test(char)) return { key: char, code: `Digit${char}`, keyCode: char.charCodeAt(0) };
  return char === ' ' ? { key: char, code: 'Space', keyCode: 32 } : { key: char };
}

/** Takes the focus to where text goes, its caret at the end if it was elsewhere. @param {Element} element */
export function enter(element) {
  const host = kindOf(element) === 'rich' ? editorOf(element) : element;
  const active = focused(host);
  if (hasFocus(host) || (kindOf(host) === 'rich' && active && isWithin(host, active))) return;
  giveFocus(host);
  if (kindOf(host) === 'rich') {
    const selection = viewOf(host).getSelection();
    selection?.selectAllChildren(host);
    selection?.collapseToEnd();
  } else if (kindOf(host) === 'text' && endOf[fieldName(host)](host) !== null) {
    const { length } = valueIn(host);
    selectRange[fieldName(host)]?.(host, length, length);
  }
}

/** Whether the browser's editing would go there. @param {Element} element */
const hasCaret = (element) => (kindOf(element) === 'rich' ? Boolean(isWithin(editorOf(element), focused(element))) : hasFocus(element));

/** Fields whose change is still to be told, and what they held. @type {WeakMap<Element, string>} */
const unsaid = new WeakMap();

/** The change that a field's setter does not tell of. @param {Element} field */
export function finish(field) {
  const before = unsaid.get(field);
  if (before === undefined) return;
  unsaid.delete(field);
  if (before !== valueIn(field)) tell(field, 'change');
}

/** Where a field has no caret, all that is written goes to its end. @param {Element} field */
function caretOf(field) {
  const { length } = valueIn(field);
  const name = fieldName(field);
  return [startOf[name](field) ?? length, endOf[name](field) ?? length];
}

/** @param {Element} field @param {string} text @param {string} inputType @param {number} start @param {number} end */
function splice(field, text, inputType, start, end) {
  const old = valueIn(field);
  const limit = Number(attributeOf(field, 'maxlength') ?? -1);
  const room = limit >= 0 ? Math.max(limit - old.length + (end - start), 0) : Infinity;
  const value = old.slice(0, start) + text.slice(0, room) + old.slice(end);
  if (value === old) return;
  if (!unsaid.has(field)) listen(field, 'blur', () => finish(field), { capture: true, once: true });
  if (!unsaid.has(field)) unsaid.set(field, old);
  setValue[fieldName(field)](field, value);
  const caret = start + Math.min(text.length, room);
  if (startOf[fieldName(field)](field) !== null) selectRange[fieldName(field)]?.(field, caret, caret);
  tell(field, 'input', { inputType, data: text || null });
}

/** @type {Record<string, string>} */
const COMMANDS = {
  insertText: 'insertText', insertCompositionText: 'insertText', insertParagraph: 'insertParagraph', insertLineBreak: 'insertLineBreak',
  deleteContentBackward: 'delete', deleteContentForward: 'forwardDelete',
};

/**
 * One change of text at the caret, in the words of the page's own input events.
 * @param {Element} element @param {string} inputType @param {string} [text] @param {boolean} [isWhole] whether all that is there goes
 */
export function change(element, inputType, text = '', isWhole = false) {
  const isComposing = inputType === 'insertCompositionText';
  if (!tell(element, 'beforeinput', { inputType, data: text || null, cancelable: !isComposing, isComposing })) return;
  if (hasCaret(element) && edit(element, COMMANDS[inputType], text)) return;
  if (kindOf(element) !== 'text') return;
  const [start, end] = isWhole ? [0, valueIn(element).length] : caretOf(element);
  // A character may be two units.
  const isPair = (/** @type {number} */ at) => /^[\ud800-\udbff][\udc00-\udfff]/.test(valueIn(element).slice(at, at + 2));
  const back = inputType === 'deleteContentBackward' && start === end ? (isPair(start - 2) ? 2 : 1) : 0;
  const ahead = inputType === 'deleteContentForward' && start === end ? (isPair(end) ? 2 : 1) : 0;
  splice(element, inputType === 'insertLineBreak' ? '\n' : text, inputType, Math.max(start - back, 0), end + ahead);
}

/** What an input method puts in at once. @param {Element} element @param {string} text @param {boolean} [isWhole] */
function compose(element, text, isWhole) {
  const view = viewOf(element);
  const say = (/** @type {string} */ type, /** @type {string} */ data) =>
    dispatch(element, new view.CompositionEvent(type, { bubbles: true, composed: true, cancelable: true, view, data }));
  const process = { key: 'Process', keyCode: 229 };
  tellKey(element, 'keydown', process, { isComposing: false });
  say('compositionstart', '');
  say('compositionupdate', text);
  change(element, 'insertCompositionText', text, isWhole);
  say('compositionend', text);
  tellKey(element, 'keyup', process);
}

/** @param {Element} element @param {string} char */
function strike(element, char) {
  const key = keyOf(char);
  if (tellKey(element, 'keydown', key) && tellKey(element, 'keypress', { ...key, keyCode: char.codePointAt(0) }, { charCode: char.codePointAt(0) })) {
    change(element, 'insertText', char);
  }
  tellKey(element, 'keyup', key);
}

/** A line ends; in a field of one line nothing does. @param {Element} element @param {boolean} isShifted */
export function endLine(element, isShifted) {
  if (kindOf(element) === 'rich') change(element, isShifted ? 'insertLineBreak' : 'insertParagraph');
  else if (fieldName(element) === 'textarea') change(element, 'insertLineBreak');
}

/** Types at the caret. @param {Element} element @param {string} text */
export function type(element, text) {
  enter(element);
  for (const line of text.replace(/\r\n?/g, '\n').split(/(\n)/)) {
    if (line === '\n') endLine(element, false);
    else if (line.length > KEYS) change(element, 'insertText', line);
    else typeLine(element, line);
  }
}

/** @param {Element} element @param {string} line */
function typeLine(element, line) {
  let composed = '';
  for (const char of line) {
    if (COMPOSED.test(char)) {
      composed += char;
      continue;
    }
    if (composed) compose(element, composed);
    composed = '';
    strike(element, char);
  }
  if (composed) compose(element, composed);
}

/** Writes a field anew. @param {Element} element @param {string} text */
export function fill(element, text) {
  giveFocus(element);
  if (kindOf(element) === 'value') return setWhole(element, text);
  if (kindOf(element) === 'rich') {
    enter(element);
    viewOf(element).getSelection()?.selectAllChildren(editorOf(element));
  } else select[fieldName(element)](element);
  const isOneLine = kindOf(element) !== 'rich' && fieldName(element) === 'input';
  const written = isOneLine ? text.replace(/[\r\n]+/g, '') : text;
  if (written === '') change(element, 'deleteContentBackward', '', true);
  else if (COMPOSED.test(written)) compose(element, written, true);
  else change(element, 'insertText', written, true);
}
