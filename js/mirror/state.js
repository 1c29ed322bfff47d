// @ts-check
// What controls show besides their attributes.

import { localName, matches } from './dom.js';

/** The numbers of `src/browser/mirror.rs`. */
const STATE = 22;
const VALUE = 1, CHECKED = 2, INDETERMINATE = 3, SELECTED = 4, LAYER = 6;

/** States that are numbers: which they are, and, below, their value. */
const IS_BOX = 32, IS_OPTION = 64, IS_LAYER = 96;

/** A value, or a number that tells one state from another. @param {any} element @returns {string | number} */
export function stateOf(element) {
  switch (localName(element)) {
    case 'input': {
      const { type } = element;
      if (type === 'checkbox' || type === 'radio') return IS_BOX + Number(element.checked) + 2 * Number(element.indeterminate);
      return type === 'hidden' ? 0 : type === 'file' ? namesOf(element.files) : element.value;
    }
    case 'textarea':
    case 'select':
      return element.value;
    case 'option':
      return IS_OPTION + Number(element.selected);
    default:
      return IS_LAYER + (matches(element, ':modal') ? 2 : matches(element, ':popover-open') ? 1 : 0);
  }
}

/** Names, one a line. @param {FileList} files */
function namesOf(files) {
  let names = '';
  for (let at = 0; at < files.length; at++) names += `${at > 0 ? '\n' : ''}${files[at].name}`;
  return names;
}

/** Packs a state; with an id, as a change of that element. Returns how many it is. @param {import('./pack.js').Pack} pack @param {string | number} state @param {number} [id] */
export function putState(pack, state, id = -1) {
  const begin = (/** @type {number} */ kind) => {
    if (id >= 0) {
      pack.put(STATE);
      pack.put(id);
    }
    pack.put(kind);
  };
  if (typeof state === 'string') {
    begin(VALUE);
    pack.say(state);
    return 1;
  }
  if (state >= IS_OPTION) {
    begin(state >= IS_LAYER ? LAYER : SELECTED);
    pack.put(state & 31);
    return 1;
  }
  if (state < IS_BOX) return 0;
  begin(CHECKED);
  pack.put(state & 1);
  begin(INDETERMINATE);
  pack.put((state >> 1) & 1);
  return 2;
}
