// Canaries, and the search for them in what went over the wire: any four characters of one, in whatever form.

import * as zlib from 'node:zlib';

/** How long a run counts as a leak. */
export const RUN = 4;

const UPPER = 'BCDEFGHJKLNPQRSTUVWXYZ';
const LOWER = 'bcdefghjknpqrstuvwxyz';
const DIGITS = '123456789';

/** The same numbers in every run (mulberry32): a leak has the same name tomorrow. */
function random(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const runsOf = (text) => Array.from({ length: Math.max(0, text.length - RUN + 1) }, (_, at) => text.slice(at, at + RUN));

/**
 * Makes canaries of which no two share a run, whatever the case, and no run stands in `present`. Every run has a digit, no character
 * is one that a mask writes (`a`, `i`, `m`, `0`).
 */
export class Canaries {
  #next;
  #taken = new Set();
  #present;

  constructor({ seed = 1, present = '' } = {}) {
    this.#next = random(seed);
    this.#present = present.toLowerCase();
  }

  /** `whole` adds what the canary has besides, where it can: that is as unique as the rest. */
  #make(pattern, whole = (canary) => canary) {
    for (;;) {
      const canary = whole(pattern.map((signs) => signs[this.#next(signs.length)]).join(''));
      if (!canary) continue;
      const runs = runsOf(canary.toLowerCase());
      if (runs.some((run) => this.#taken.has(run) || this.#present.includes(run))) continue;
      for (const run of runs) this.#taken.add(run);
      return canary;
    }
  }

  /** A word that is a name in HTML and CSS too. */
  word() {
    return this.#make([UPPER, DIGITS, LOWER, UPPER, DIGITS, LOWER, UPPER, DIGITS]);
  }

  /** For fields that take digits only. */
  number(length = 8) {
    return this.#make(Array(length).fill(DIGITS));
  }

  /** A card number: 16 digits that pass the Luhn check. */
  card() {
    return this.#make(Array(14).fill(DIGITS), (digits) => [...DIGITS].map((digit) => `4${digits}${digit}`).find(isLuhn));
  }

  /** A German bank account: DE, two check digits, 18 digits. */
  account() {
    return this.#make(Array(18).fill(DIGITS), (number) => `DE${String(98n - (BigInt(`${number}131400`) % 97n)).padStart(2, '0')}${number}`);
  }
}

export function isLuhn(digits) {
  const sum = [...digits].reverse().reduce((sum, digit, at) => {
    const double = Number(digit) * (1 + (at % 2));
    return sum + (double > 9 ? double - 9 : double);
  }, 0);
  return sum % 10 === 0;
}

const swapped = (bytes) => Buffer.from(bytes).swap16();

/** What of the base64 of `bytes` is the same whatever stands around them, `before` bytes after the beginning of a group. */
function base64(bytes, before) {
  const text = Buffer.concat([Buffer.alloc(before), bytes, Buffer.alloc(3)]).toString('base64');
  return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
}

const hex = (bytes) => Buffer.from(bytes).toString('hex');
const each = (text, write) => Array.from(text, (char) => write(char.charCodeAt(0))).join('');

/** Name and bytes of each form in which a run may stand in bytes. */
export function formsOf(run) {
  const forms = [];
  const add = (name, bytes) => forms.push([name, Buffer.from(bytes)]);
  const [lower, upper] = [run.toLowerCase(), run.toUpperCase()];
  for (const [word, text] of [['', run], [' in lower case', lower], [' in upper case', upper]]) {
    if (word && text === run) continue;
    add(`UTF-8${word}`, text);
    add(`UTF-16${word}`, Buffer.from(text, 'utf16le'));
    add(`UTF-16, big-endian${word}`, swapped(Buffer.from(text, 'utf16le')));
  }
  const wide = Buffer.from(run, 'utf16le');
  for (const before of [0, 1, 2]) {
    const text = base64(Buffer.from(run), before);
    add(`base64, alignment ${before}`, text);
    if (/[+/]/.test(text)) add(`base64 for addresses, alignment ${before}`, text.replace(/\+/g, '-').replace(/\//g, '_'));
    add(`base64 of UTF-16, alignment ${before}`, base64(wide, before));
  }
  add('hex', hex(run));
  if (hex(run) !== hex(run).toUpperCase()) add('hex in upper case', hex(run).toUpperCase());
  add('hex of UTF-16', hex(wide));
  add('URL-encoding', each(run, (code) => `%${code.toString(16)}`));
  add('URL-encoding in upper case', each(run, (code) => `%${code.toString(16).toUpperCase()}`));
  if (encodeURIComponent(run) !== run) add('URL-encoding', encodeURIComponent(run));
  add('JSON escapes', each(run, (code) => `\\u${code.toString(16).padStart(4, '0')}`));
  add('HTML references', each(run, (code) => `&#${code};`));
  add('HTML references in hex', each(run, (code) => `&#x${code.toString(16)};`));
  return forms;
}

const DECODERS = [
  ['gzip', zlib.gunzipSync, [0x1f, 0x8b, 0x08]],
  ['zlib', zlib.inflateSync, [0x78, 0x01]],
  ['zlib', zlib.inflateSync, [0x78, 0x5e]],
  ['zlib', zlib.inflateSync, [0x78, 0x9c]],
  ['zlib', zlib.inflateSync, [0x78, 0xda]],
  // Without a mark of their own: at the beginning only, or after the byte that says so.
  ['deflate', zlib.inflateRawSync],
  ['brotli', zlib.brotliDecompressSync],
];

/** A stream that was not ended tells what it has. */
const LENIENT = { finishFlush: zlib.constants.Z_SYNC_FLUSH, maxOutputLength: 1 << 26 };
const LENIENT_BROTLI = { finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH, maxOutputLength: 1 << 26 };

function decoded(decode, bytes) {
  try {
    return decode(bytes, decode === zlib.brotliDecompressSync ? LENIENT_BROTLI : LENIENT);
  } catch {
    return Buffer.alloc(0);
  }
}

/** The bytes, and what is compressed in them, also within base64: pairs of how, and bytes. */
export function* layersOf(bytes, how = '', depth = 0) {
  yield [how, bytes];
  if (depth === 3) return;
  for (const [name, decode, mark] of DECODERS) {
    const places = [];
    if (!mark) places.push(0, 1);
    else for (let at = bytes.indexOf(Buffer.from(mark)); at >= 0; at = bytes.indexOf(Buffer.from(mark), at + 1)) places.push(at);
    for (const at of places) {
      const inner = decoded(decode, bytes.subarray(at));
      if (inner.length >= RUN) yield* layersOf(inner, `${how}, ${name}`, depth + 1);
    }
  }
  for (const [text] of bytes.toString('latin1').matchAll(/[\w+/-]{24,}={0,2}/g)) {
    const inner = Buffer.from(text, 'base64');
    if (DECODERS.some(([, , mark]) => mark && inner.subarray(0, mark.length).equals(Buffer.from(mark)))) {
      yield* layersOf(inner, `${how}, base64`, depth + 1);
    }
  }
}

/**
 * Which canaries stand in the frames, one by one and one after another (a stream may be compressed as a whole).
 * @param {Uint8Array[]} frames
 * @param {Iterable<[string, string]>} canaries name and canary
 * @returns {{name: string, run: string, form: string}[]} one for each that leaks: the first run and form that were found
 */
export function search(frames, canaries) {
  const whole = Buffer.concat(frames);
  const layers = [...layersOf(whole)];
  for (const frame of frames) layers.push(...[...layersOf(Buffer.from(frame))].slice(1));
  const found = [];
  for (const [name, canary] of canaries) {
    const leak = leakOf(layers, canary);
    if (leak) found.push({ name, ...leak });
  }
  return found;
}

function leakOf(layers, canary) {
  for (const run of runsOf(canary)) {
    for (const [form, bytes] of formsOf(run)) {
      for (const [how, layer] of layers) if (layer.includes(bytes)) return { run, form: form + how };
    }
  }
  return undefined;
}
