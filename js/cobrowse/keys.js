// @ts-check
// Keys without text, and what a browser does at them where the page lets it.

import { documentOf, findAll, localName, matches, nodeType, scrollLeft, scrollTop } from '../mirror/dom.js';
import { moveCaret } from './caret.js';
import { choose, groupOf, kindOf, setWhole, valueIn } from './fields.js';
import { above, clickOn, dispatch, focused, giveFocus, hasFocus, isMultiple, isSelected, optionsOf, ownerFormOf, requestSubmit, step, typeOf, viewOf } from './natives.js';
import { FOCUSABLE, isRadio, moveOn } from './tab.js';
import { change, endLine, enter, finish, tellKey } from './typing.js';

/** @type {Record<string, number>} */
const CODES = {
  Enter: 13, Tab: 9, Escape: 27, Backspace: 8, Delete: 46, ArrowLeft: 37, ArrowRight: 39, ArrowUp: 38, ArrowDown: 40, Home: 36, End: 35, Space: 32,
  PageUp: 33, PageDown: 34,
};

/** How far an arrow scrolls, in CSS pixels. */
const LINE = 40;

/** How much of a window a page is, as browsers have it. */
const WINDOW = 0.875;

/** Further than any page. */
const END = 1e9;

/** Leaves what is open over the page. @param {Element} element */
function escape(element) {
  const root = documentOf(element);
  const popover = [...findAll(root, '[popover=auto]:popover-open, [popover=""]:popover-open')].pop();
  if (popover) return /** @type {any} */ (popover).hidePopover();
  const dialog = /** @type {any} */ ([...findAll(root, 'dialog:modal')].pop());
  if (dialog && dispatch(dialog, new (viewOf(dialog).Event)('cancel', { cancelable: true }))) dialog.close();
}

/** How far a key scrolls: to the right, down, and down by windows. @type {Record<string, [number, number, number]>} */
const SCROLLS = {
  ArrowLeft: [-LINE, 0, 0], ArrowRight: [LINE, 0, 0], ArrowUp: [0, -LINE, 0], ArrowDown: [0, LINE, 0], PageUp: [0, 0, -WINDOW],
  PageDown: [0, 0, WINDOW], Space: [0, 0, WINDOW], Home: [0, -END, 0], End: [0, END, 0],
};

/** Scrolls the nearest box that goes on in this direction. @param {Element} element @param {[number, number, number]} far */
function scroll(element, [left, down, windows]) {
  const view = viewOf(element);
  const page = documentOf(element).scrollingElement;
  for (let node = /** @type {any} */ (element); node && node !== page; node = above(node)) {
    if (nodeType(node) !== 1) continue;
    const { overflowX, overflowY } = view.getComputedStyle(node);
    if (!/auto|scroll/.test(left ? overflowX : overflowY)) continue;
    const old = [scrollLeft(node), scrollTop(node)];
    node.scrollBy({ left, top: down + windows * node.clientHeight, behavior: 'instant' });
    if (scrollLeft(node) !== old[0] || scrollTop(node) !== old[1]) return;
  }
  view.scrollBy({ left, top: down + windows * view.innerHeight, behavior: 'instant' });
}

/** @param {Element} element @param {string} key */
function chooseNext(element, key) {
  if (isMultiple(element)) return;
  const options = [...optionsOf(element)];
  const open = options.flatMap((option, at) => (matches(option, ':disabled') ? [] : [at]));
  const now = open.findIndex((at) => isSelected(options[at]));
  const to = key === 'Home' ? 0 : key === 'End' ? open.length - 1 : now + (/Up|Left/.test(key) ? -1 : 1);
  if (open[to] !== undefined) choose(element, [open[to]]);
}

/** @param {Element} element @param {string} key */
function checkNext(element, key) {
  const group = groupOf(element).filter((one) => !matches(one, ':disabled'));
  const next = group[(group.indexOf(element) + (/Up|Left/.test(key) ? group.length - 1 : 1)) % group.length];
  if (!next || next === element) return;
  giveFocus(next);
  clickOn(next);
}

/** A value that goes up and down. @param {Element} element @param {string} key */
function climb(element, key) {
  const isRange = typeOf(element) === 'range';
  const old = valueIn(element);
  const isUp = /Up|Right/.test(key);
  const trial = /** @type {any} */ (element.cloneNode());
  if (isRange && /Home|End/.test(key)) trial.value = key === 'Home' ? trial.min || '0' : trial.max || '100';
  else if (isRange && /Page/.test(key)) trial.value = String(Number(old) + (isUp ? 0.1 : -0.1) * (Number(trial.max || 100) - Number(trial.min || 0)));
  else if (/Arrow/.test(key) && (isRange || /Up|Down/.test(key))) step[isUp ? 'up' : 'down']?.(trial);
  setWhole(element, trial.value);
}

/** What a key does in a text. @param {Element} element @param {string} key @param {boolean} isShifted whether it does anything there */
function write(element, key, isShifted) {
  const isField = kindOf(element) === 'text';
  if (key === 'Backspace') change(element, 'deleteContentBackward');
  else if (key === 'Delete') change(element, 'deleteContentForward');
  else if (key === 'Space') change(element, 'insertText', ' ');
  // What it sends was judged before.
  else if (key === 'Enter' && localName(element) === 'input') finish(element);
  else if (key === 'Enter') endLine(element, isShifted);
  else if (isField && localName(element) === 'input' && typeOf(element) === 'number' && /Up|Down/.test(key)) climb(element, key);
  else return moveCaret(element, key, isShifted);
  return true;
}

/** What the browser does at a key that the page lets pass. @param {Element} element @param {string} key @param {boolean} isShifted */
function act(element, key, isShifted) {
  const kind = kindOf(element);
  if ((kind === 'text' || kind === 'rich') && write(element, key, isShifted)) return;
  const isMove = /Arrow|Home|End/.test(key);
  if (kind === 'choice' && isMove) chooseNext(element, key);
  else if (isRadio(element) && /Arrow/.test(key)) checkNext(element, key);
  else if (kind === 'value' && typeOf(element) === 'range' && (isMove || /Page/.test(key))) climb(element, key);
  else if (SCROLLS[key]) scroll(element, key === 'Space' && isShifted ? SCROLLS.PageUp : SCROLLS[key]);
}

/**
 * Presses a key where the focus is, or takes it there first.
 * @param {Element} element @param {string} key @param {boolean} isShifted
 * @param {{control: Element | null | undefined, isSubmit: boolean, isOwn: (node: Node) => boolean}} meets what it sets off
 */
export function press(element, key, isShifted, { control, isSubmit, isOwn }) {
  if (kindOf(element) === 'text' || kindOf(element) === 'rich') enter(element);
  else if (!hasFocus(element) && matches(element, FOCUSABLE)) giveFocus(element);
  const known = { key: key === 'Space' ? ' ' : key, code: key, keyCode: CODES[key] };
  const more = { shiftKey: isShifted };
  const has = (/** @type {string} */ type) => tellKey(element, type, known, { ...more, charCode: type === 'keypress' ? CODES[key] : 0 });
  let goesOn = has('keydown');
  // Only these two have a character.
  if (goesOn && (key === 'Enter' || key === 'Space')) goesOn = has('keypress');
  if (goesOn) {
    if (key === 'Tab') moveOn(element, isShifted, isOwn);
    else if (key === 'Escape') escape(element);
    else if (!control || kindOf(element) === 'text') act(element, key, isShifted);
    if (key === 'Enter' && control) clickOn(control);
    else if (key === 'Enter' && isSubmit) requestSubmit?.(ownerFormOf.input(element));
  }
  const isReleased = tellKey(focused(element) ?? element, 'keyup', known, more);
  if (goesOn && isReleased && key === 'Space' && control) clickOn(control);
}
