// @ts-check
// Lists of origins among the options.

import { failure } from '../queue.js';

/**
 * What an option names; an attribute has them with spaces or commas between.
 * @param {string} name @param {unknown} option @returns {string[]}
 */
export function originsOf(name, option) {
  const list = Array.isArray(option) ? option : String(option ?? '').split(/[\s,]+/).filter(Boolean);
  return list.map((origin) => {
    if (typeof origin === 'string' && URL.canParse(origin) && new URL(origin).origin === origin) return origin;
    throw failure('bad-options', `${name} has what is no origin, such as https://shop.example: ${origin}`);
  });
}
