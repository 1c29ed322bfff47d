// @ts-check
// What an act writes where the visitor lets an agent only propose.

import { localName, nodeType } from '../mirror/dom.js';
import { choose, isText, kindOf } from './fields.js';
import { optionsOf } from './natives.js';
import { fill, type } from './typing.js';

/** Longest text that is proposed for one field. */
const TEXT_LENGTH = 2_048;

/** Keys that change what is no text. */
const CHOOSING = /^(Arrow|Home|End|Page)/;

/** @typedef {{text: string, isWhole?: boolean, options?: number[]}} Proposal `isWhole`: in the place of what the field holds */

/**
 * What is proposed for an element from now on; nothing where an act proposes nothing, but does something.
 * @param {Element} element @param {any} action as in the protocol
 * @param {Proposal} [open] what the same agent proposed for it
 * @returns {Proposal | 'unsuited' | undefined}
 */
export function proposed(element, action, open = { text: '' }) {
  const { text, isWhole } = open;
  const more = (/** @type {string} */ typed) => (text.length + typed.length > TEXT_LENGTH ? 'unsuited' : { text: text + typed, isWhole });
  if (action.type) return more(action.type.text);
  if (action.fill) return { text: action.fill.text, isWhole: true };
  if (action.choose) {
    const { options } = action.choose;
    return { text: options.map((/** @type {number} */ at) => optionsOf(element)[at].text).join(', '), options };
  }
  if (!action.press || nodeType(element) !== 1) return undefined;
  const { key } = action.press;
  if (!isText(element)) return CHOOSING.test(key) && /^(choice|value|box)$/.test(kindOf(element)) ? 'unsuited' : undefined;
  // What is deleted is of what is proposed, never of what is there.
  if (key === 'Delete' || (key === 'Backspace' && !text)) return 'unsuited';
  if (key === 'Backspace') return { text: [...text].slice(0, -1).join(''), isWhole };
  if (key === 'Space') return more(' ');
  return key === 'Enter' && localName(element) !== 'input' ? more('\n') : undefined;
}

/** Does what was proposed. @param {Element} element @param {Proposal} proposal */
export function apply(element, { text, isWhole, options }) {
  if (options) choose(element, options);
  else if (isWhole) fill(element, text);
  else type(element, text);
}
