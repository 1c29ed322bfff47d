// @ts-check

import { Map } from './own.js';

const encoder = new TextEncoder();

/** So much is handed over at once, in numbers and in UTF-16 units. */
const FULL = 16_384;

/** Names that are kept, each told once: a page that makes up more does not fill the memory. */
const MOST_NAMES = 10_000;

/** Stands for the names beyond that: it is not one, and what is called so is not told. */
const NAMELESS = '/';

/** Numbers, one text and new names, as they grow. */
export class Pack {
  numbers = new Uint32Array(2 * FULL);
  length = 0;
  text = '';
  /** Those that are new, one a line. */
  names = '';
  #bytes = new Uint8Array(4 * FULL);
  /** @type {Map<string, number>} */
  #known = new Map();

  /** Forgets all, also the names. */
  clear() {
    this.empty();
    this.#known = new Map();
    this.name(NAMELESS);
  }

  /** What was handed over is gone. */
  empty() {
    this.length = 0;
    this.text = '';
    this.names = '';
  }

  get isFull() {
    return this.length > FULL || this.text.length > FULL;
  }

  /** @param {number} number */
  put(number) {
    if (this.length === this.numbers.length) {
      const larger = new Uint32Array(this.length * 2);
      larger.set(this.numbers);
      this.numbers = larger;
    }
    this.numbers[this.length++] = number;
  }

  /** @param {string} text */
  say(text) {
    const { length } = text;
    // Half a character would become a whole one with the text that follows, and lengths would not fit any more.
    const isHalf = length > 0 && (text.charCodeAt(length - 1) & 0xfc00) === 0xd800;
    this.put(length);
    this.text += isHalf ? `${text.slice(0, -1)}\ufffd` : text;
  }

  /** The number that stands for a name from now on. @param {string} name */
  name(name) {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const index = this.#known.size;
    if (index >= MOST_NAMES) return 0;
    this.#known.set(name, index);
    this.names += `${name}\n`;
    return index;
  }

  /** The text in UTF-8; good until the next call. */
  get bytes() {
    if (this.#bytes.length < 3 * this.text.length) this.#bytes = new Uint8Array(4 * this.text.length);
    return this.#bytes.subarray(0, encoder.encodeInto(this.text, this.#bytes).written);
  }
}
