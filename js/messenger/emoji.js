// @ts-check
// A small set of emoji to choose from, by mouse, by touch, and by the arrow keys.

import { button, make } from '../surface/make.js';

/** In the order of their names: `smileys` in words.js. */
const EMOJI = '🙂😄😂😉😍😘😎🤔😮😐😅🙁😢😠😴🤒🤗🥳👍👎👌👋👏🙏💪🤞👀🙌❤️💔⭐✨🔥🎉🎁☀️🌈🌸☕✅❌❓';
const IN_A_ROW = 7;

/** Where the arrow keys go. @type {Record<string, number>} */
const STEPS = { ArrowUp: -IN_A_ROW, ArrowDown: IN_A_ROW, PageUp: -3 * IN_A_ROW, PageDown: 3 * IN_A_ROW };

export class Picker {
  element;
  /** @type {HTMLElement[]} */
  #cells;
  #at = 0;

  /** @param {import('./view.js').Kit} kit @param {(emoji: string) => void} choose @param {() => void} leave by Esc */
  constructor({ say }, choose, leave) {
    const names = say('smileys').replace(/[\u2068\u2069]/g, '').split('|');
    this.#cells = [...EMOJI.matchAll(/\P{EMod}\uFE0F?/gu)].map(([emoji], at) => {
      const cell = button({ name: `emoji-${at}`, label: names[at] ?? emoji, kind: 'cell', isBare: true, act: () => choose(emoji) });
      cell.setAttribute('role', 'gridcell');
      cell.setAttribute('tabindex', at === 0 ? '0' : '-1');
      cell.append(emoji);
      return cell;
    });
    const rows = Array.from({ length: Math.ceil(this.#cells.length / IN_A_ROW) }, (_, row) =>
      make('div', { role: 'row', class: 'cells' }, ...this.#cells.slice(row * IN_A_ROW, (row + 1) * IN_A_ROW)));
    this.element = make('div', { class: 'picker', part: 'picker', role: 'grid', 'aria-label': say('emoji') }, ...rows);
    this.element.addEventListener('keydown', (event) => {
      if (!event.isTrusted) return;
      if (event.key === 'Escape') {
        event.stopPropagation();
        leave();
      } else if (this.#go(event.key)) event.preventDefault();
    });
  }

  /** The one that was chosen last. */
  focus() {
    this.#cells[this.#at].focus({ preventScroll: true });
  }

  /** @param {string} key whether it leads anywhere */
  #go(key) {
    const isLeftwards = getComputedStyle(this.element).direction === 'rtl';
    const column = this.#at % IN_A_ROW;
    const step =
      key === 'ArrowRight' ? (isLeftwards ? -1 : 1)
      : key === 'ArrowLeft' ? (isLeftwards ? 1 : -1)
      : key === 'Home' ? -column
      : key === 'End' ? IN_A_ROW - 1 - column
      : STEPS[key];
    if (step === undefined) return false;
    const to = this.#at + step;
    if (to < 0 || to >= this.#cells.length) return true;
    this.#cells[this.#at].setAttribute('tabindex', '-1');
    this.#at = to;
    this.#cells[to].setAttribute('tabindex', '0');
    this.focus();
    return true;
  }
}
