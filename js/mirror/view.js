// @ts-check
// How the window shows the page: what its scroll bars take, and which part is seen, where two fingers or a keyboard leave only one.

import { find } from './dom.js';

/** Wider than any bar, in CSS pixels: telephones make room for what is wider than the page is laid out. */
const WIDEST = 64;

/** All is seen, and no bars take any of it: what is told of nothing. */
export const WHOLE = [0, 0, 0, 0, 0, 0];

/** Bars at the side and below; left, top, width and height of what is seen, all 0 where that is all. In CSS pixels. @returns {number[]} */
export function viewOf() {
  const page = find(document, document.compatMode === 'BackCompat' ? 'body' : ':root');
  if (!page || !visualViewport) return WHOLE;
  const { clientWidth, clientHeight } = page;
  const { offsetLeft, offsetTop, width, height } = visualViewport;
  const isPart = width < clientWidth - 1 || height < clientHeight - 1;
  const seen = (/** @type {number} */ length) => (isPart ? Math.max(0, Math.round(length)) : 0);
  const bar = (/** @type {number} */ width) => (width > 0 && width <= WIDEST ? Math.round(width) : 0);
  return [bar(innerWidth - clientWidth), bar(innerHeight - clientHeight), seen(offsetLeft), seen(offsetTop), seen(width), seen(height)];
}
