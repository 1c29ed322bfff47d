// @ts-check
// Compresses large frames with the browser's own means, and keeps the order in which frames came.
//
// Pages replace what they like: no function of arrays is called here, and what compresses is what was there when this was loaded.

import { after } from './own.js';

/** Patches of so many bytes and more are compressed; a small one would gain little and come later. */
const LARGE = 4096;

/** Where more is coming, so many bytes are compressed together, or what came in so many milliseconds: each begins with nothing that was said before. */
const TOGETHER = 128 * 1024, LONGEST = 100;

/** The numbers of `src/protocol/mirror`. Pictures and fonts are compressed as they are. */
const PATCH = 1, PACKED = 5, RETOLD = 7, SEVERAL = 8;

const { Blob, CompressionStream, Response } = globalThis;

const isAble = (() => {
  try {
    return Boolean(new CompressionStream('deflate-raw'));
  } catch {
    return false;
  }
})();

/** Whether a frame may go compressed. @param {Uint8Array} frame */
const isPatch = (frame) => frame[0] === PATCH || frame[0] === RETOLD;

/** Frames as one, in which each stands after its length as a varint. @param {Uint8Array[]} frames @param {number} size of all */
function several(frames, size) {
  if (frames.length === 1) return frames[0];
  const whole = new Uint8Array(1 + 3 * frames.length + size);
  whole[0] = SEVERAL;
  let end = 1;
  for (let at = 0; at < frames.length; at++) {
    const { length } = frames[at];
    whole[end++] = length & 127 | 128;
    whole[end++] = length >> 7 & 127 | 128;
    whole[end++] = length >> 14;
    whole.set(frames[at], end);
    end += length;
  }
  return whole;
}

/** The frame as it is to be sent. @param {Uint8Array} frame */
async function pressed(frame) {
  try {
    const stream = new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (frame)]).stream().pipeThrough(new CompressionStream('deflate-raw'));
    const packed = new Uint8Array(await new Response(stream).arrayBuffer());
    if (packed.length + 1 >= frame.length) return frame;
    const told = new Uint8Array(packed.length + 1);
    told[0] = PACKED;
    told.set(packed, 1);
    return told;
  } catch {
    return frame;
  }
}

/** @typedef {{frames: Uint8Array[], size: number, isReady: boolean}} Place what goes together, of so many bytes as they came */

/** Frames on their way. */
export class Press {
  /** Those that came after what is not ready, and that, in order. @type {Place[]} */
  #line = [];
  /** The first of them. */
  #at = 0;
  /** The last of them, where others are to be compressed with it. @type {Place | undefined} */
  #open;
  /** Whether more was to come after the last large one. */
  #hasMore = false;
  #send;
  /** How many bytes wait, as they came. */
  waiting = 0;

  /** @param {(frame: Uint8Array) => void} send */
  constructor(send) {
    this.#send = send;
  }

  /**
   * Sends a frame after all that came before it: at once where none waits and it is small. Small patches among large ones go with them. Of a page that is
   * told in slices the first large one goes alone: with it there is something to be seen.
   * @param {Uint8Array} frame @param {boolean} [hasMore] whether others are about to follow
   */
  put(frame, hasMore = false) {
    if (!isAble || !isPatch(frame) || (frame.length < LARGE && !this.#open)) {
      this.#close();
      if (this.#line.length === 0) this.#send(frame);
      else this.#append({ frames: [frame], size: frame.length, isReady: true });
      return;
    }
    const isFirst = !this.#hasMore;
    this.#hasMore = hasMore;
    if (frame.length >= TOGETHER) this.#close();
    let place = this.#open;
    if (place) {
      place.frames[place.frames.length] = frame;
      place.size += frame.length;
      this.waiting += frame.length;
    } else {
      place = this.#open = { frames: [frame], size: frame.length, isReady: false };
      this.#append(place);
      if (hasMore) after(() => this.#open === place && this.#close(), LONGEST);
    }
    if (isFirst || !hasMore || place.size >= TOGETHER) this.#close();
  }

  /** What waits is never sent. */
  clear() {
    this.#line = [];
    this.#at = 0;
    this.#open = undefined;
    this.#hasMore = false;
    this.waiting = 0;
  }

  /** @param {Place} place */
  #append(place) {
    this.#line[this.#line.length] = place;
    this.waiting += place.size;
  }

  /** No more goes with what is open. */
  #close() {
    const place = this.#open;
    this.#open = undefined;
    if (place) void this.#press(place);
  }

  /** @param {Place} place */
  async #press(place) {
    place.frames = [await pressed(several(place.frames, place.size))];
    place.isReady = true;
    while (this.#line[this.#at]?.isReady) {
      const { frames: [frame], size } = this.#line[this.#at++];
      this.waiting -= size;
      if (this.#at === this.#line.length) {
        this.#line = [];
        this.#at = 0;
      }
      this.#send(frame);
    }
  }
}
