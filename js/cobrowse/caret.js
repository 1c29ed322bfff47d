// @ts-check
// Moves the caret.

import { fieldName, kindOf, valueIn } from './fields.js';
import { endOf, selectRange, startOf, viewOf } from './natives.js';

/** @type {Record<string, [string, string]>} */
const MOVES = {
  ArrowLeft: ['left', 'character'], ArrowRight: ['right', 'character'], ArrowUp: ['backward', 'line'], ArrowDown: ['forward', 'line'],
  Home: ['backward', 'lineboundary'], End: ['forward', 'lineboundary'],
};

/** @param {Element} field @param {string} key @param {boolean} isShifted */
function moveInField(field, key, isShifted) {
  const name = fieldName(field);
  const text = valueIn(field);
  const [start, end] = [startOf[name](field), endOf[name](field)];
  // Of some kinds of fields nobody knows where the caret is.
  if (start === null || end === null) return;
  const isBack = isShifted && /** @type {any} */ (field).selectionDirection === 'backward';
  const anchor = isBack ? end : start;
  let at = isBack || !isShifted && /Left|Up|Home/.test(key) ? start : end;
  const lineStart = text.lastIndexOf('\n', at - 1) + 1;
  const lineEnd = (text.indexOf('\n', at) + text.length + 1) % (text.length + 1);
  const isPlain = isShifted || start === end;
  if (key === 'ArrowLeft' && isPlain) at -= /[\udc00-\udfff]/.test(text[at - 1] ?? '') ? 2 : 1;
  else if (key === 'ArrowRight' && isPlain) at += /[\ud800-\udbff]/.test(text[at] ?? '') ? 2 : 1;
  else if (key === 'Home') at = lineStart;
  else if (key === 'End') at = lineEnd;
  else if (key === 'ArrowUp') at = lineStart ? Math.min(text.lastIndexOf('\n', lineStart - 2) + 1 + at - lineStart, lineStart - 1) : 0;
  else if (key === 'ArrowDown') {
    const nextEnd = text.indexOf('\n', lineEnd + 1);
    at = Math.min(lineEnd + 1 + at - lineStart, nextEnd < 0 ? text.length : nextEnd);
  }
  at = Math.max(0, Math.min(at, text.length));
  if (!isShifted) selectRange[name]?.(field, at, at);
  else selectRange[name]?.(field, Math.min(anchor, at), Math.max(anchor, at), at < anchor ? 'backward' : 'forward');
}

/** Whether the key moves a caret. @param {Element} element @param {string} key @param {boolean} isShifted */
export function moveCaret(element, key, isShifted) {
  const move = MOVES[key];
  if (!move) return false;
  if (kindOf(element) === 'text') moveInField(element, key, isShifted);
  else viewOf(element).getSelection()?.modify(isShifted ? 'extend' : 'move', ...move);
  return true;
}
