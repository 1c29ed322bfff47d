// @ts-check
// Compresses large frames with the browser's own means, and keeps the order in which frames came.
//
// Pages replace what they like: no function of arrays is called here, and what compresses is what was there when this was loaded.

/** Patches of so many bytes and more are compressed; a small one would gain little and come later. */
const LARGE = 4096;

/** The numbers of `src/protocol/mirror`. Pictures and fonts are compressed as they are. */
const PATCH = 1, PACKED = 5;

const { Blob, CompressionStream, Response } = globalThis;

const isAble = (() => {
  try {
    return Boolean(new CompressionStream('deflate-raw'));
  } catch {
    return false;
  }
})();

/** Whether a frame goes compressed. @param {Uint8Array} frame */
const isLarge = (frame) => isAble && frame.length >= LARGE && frame[0] === PATCH;

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

/** Frames on their way. */
export class Press {
  /** Those that came after one that is not ready, and that one, in order. @type {Array<{frame: Uint8Array, size: number, isReady: boolean}>} */
  #line = [];
  /** The first of them. */
  #at = 0;
  #send;
  /** How many bytes wait, as they came. */
  waiting = 0;

  /** @param {(frame: Uint8Array) => void} send */
  constructor(send) {
    this.#send = send;
  }

  /** Sends a frame after all that came before it: at once where none waits and it is small. @param {Uint8Array} frame */
  put(frame) {
    const isReady = !isLarge(frame);
    if (isReady && this.#line.length === 0) {
      this.#send(frame);
      return;
    }
    const place = { frame, size: frame.length, isReady };
    this.#line[this.#line.length] = place;
    this.waiting += place.size;
    if (!isReady) void this.#press(place);
  }

  /** What waits is never sent. */
  clear() {
    this.#line = [];
    this.#at = 0;
    this.waiting = 0;
  }

  /** @param {{frame: Uint8Array, isReady: boolean}} place */
  async #press(place) {
    place.frame = await pressed(place.frame);
    place.isReady = true;
    while (this.#line[this.#at]?.isReady) {
      const { frame, size } = this.#line[this.#at++];
      this.waiting -= size;
      if (this.#at === this.#line.length) this.clear();
      this.#send(frame);
    }
  }
}
