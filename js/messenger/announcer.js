// @ts-check
// What screen readers say of what comes: the transcript itself is silent, so that nothing is read twice.

import { make } from '../surface/make.js';

/** Screen readers take a text that comes a moment after its place, in milliseconds. */
const SAID_AFTER = 80;

/** Nobody finds it there later, in milliseconds. */
const GONE_AFTER = 8_000;

export class Announcer {
  element = make('div', { class: 'unseen', 'aria-live': 'polite' });

  /** @param {string} text */
  say(text) {
    if (text === '') return;
    const line = make('p', {}, text);
    setTimeout(() => this.element.append(line), SAID_AFTER);
    setTimeout(() => line.remove(), GONE_AFTER);
  }
}
