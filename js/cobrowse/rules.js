// @ts-check
// Whose rules say what is masked: the page's own, and the hub's in addition.

import { MARK_WORDS } from '../mirror/mark-words.js';
import { failure } from '../queue.js';

/**
 * What agents see; `fault` is why nothing is shown.
 * @typedef {{isPrivate: boolean, selectors: import('../mirror/walk.js').Selectors, fault?: string}} Rules
 */

/** Where it is not known what is masked, nothing is shown. @type {Rules} */
export const NOTHING = { isPrivate: true, selectors: { hide: '*' } };

/** The browser's own: pages replace it. */
const { matches } = Element.prototype;

/** @param {string} selector */
function isValid(selector) {
  try {
    matches.call(document.createElement('p'), selector);
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether a selector is one, and ends where it ends: browsers close what is open at the end, so `p:not(.x` is valid alone, and would take
 * in what is joined to it. What is open takes one of the brackets in.
 * @param {string} selector
 */
const isSound = (selector) => isValid(selector) && !isValid(`${selector})`) && !isValid(`${selector}]`);

/**
 * What the page itself says.
 * @param {Record<string, any>} masking the option of `start` @param {boolean} isPrivate whether it says that everything is
 * @returns {Rules}
 */
export function ownRules(masking, isPrivate) {
  /** @type {import('../mirror/walk.js').Selectors} */
  const selectors = {};
  for (const word of MARK_WORDS) {
    const selector = masking[word];
    if (selector === undefined) continue;
    // Better nothing is shown than what was to be masked.
    if (!isSound(selector)) throw failure('bad-options', `masking.${word} is not a valid selector: ${selector}`);
    selectors[word] = selector;
  }
  return { isPrivate, selectors };
}

/**
 * The page's own rules and the hub's. Whatever says `show`: an element that is masked, blocked or hidden by either is that.
 * @param {Rules} own
 * @param {boolean} isPrivate by the hub's word
 * @param {string | undefined} told one rule a line: a word, a space, a selector; undefined where the hub's rules cannot be kept to
 * @returns {Rules}
 */
export function joinedRules(own, isPrivate, told) {
  if (told === undefined) return { ...NOTHING, fault: 'they are of a later version, or too many' };
  const selectors = { ...own.selectors };
  for (const line of told.split('\n')) {
    if (line === '') continue;
    const word = line.slice(0, line.indexOf(' '));
    const selector = line.slice(word.length + 1);
    if (!isSound(selector)) return { ...NOTHING, fault: `'${selector}' is not a valid selector` };
    selectors[word] = selectors[word] === undefined ? selector : `${selectors[word]}, ${selector}`;
  }
  return { isPrivate: own.isPrivate || isPrivate, selectors };
}

/** Whether two rules are the same. Compared word by word: pages replace what would write them down. @param {Rules | undefined} some @param {Rules} others */
export function areSame(some, others) {
  if (some?.isPrivate !== others.isPrivate || some.fault !== others.fault) return false;
  for (let at = 0; at < MARK_WORDS.length; at++) if (some.selectors[MARK_WORDS[at]] !== others.selectors[MARK_WORDS[at]]) return false;
  return true;
}
