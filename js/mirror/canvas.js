// @ts-check
// Pictures of the canvases and videos that are shown: no event tells that somebody has drawn, so each is looked at now and then.
//
// The encoder says which are shown: of what is masked, blocked or hidden no picture is made.

import { hex, KINDS } from './asset-kinds.js';
import { scaleOf } from './canvas-size.js';
import { isConnected, localName } from './dom.js';
import { after, Map, onFrame } from './own.js';

/** A canvas is looked at so often, in milliseconds; one that stays as it is less and less often. */
const SOONEST = 500, LATEST = 4_000;

/** Canvases at the same time. */
const AT_ONCE = 4;

/** A canvas takes this part of the time of the page at most. */
const PART_OF_TIME = 1 / 50;

/** A picture of more bytes is compressed with loss. */
const LARGE = 256 * 1024;

/** The numbers of `protocol::mirror::BadgeReason`. */
const TAINTED = 4, UNREADABLE = 5;

const NOTHING = new Uint8Array();

/** @typedef {{id: number, told: string, wait: number, next: number, rested: number, isBusy: boolean}} Drawn `rested`: before that it has had its part of the time */

export class Canvases {
  /** @type {Map<Node, Drawn>} */
  #shown = new Map();
  #tell;
  #hold;
  #release;
  #busy = 0;

  /**
   * @param {(id: number, hash: Uint8Array, kind: number) => void} tell the kind of a picture, or, without a hash, why there is none
   * @param {(hash: Uint8Array, bytes: Uint8Array) => boolean} hold keeps a picture for desks; false where there is no room
   * @param {(name: string) => void} release lets it go
   */
  constructor(tell, hold, release) {
    this.#tell = tell;
    this.#hold = hold;
    this.#release = release;
  }

  /** A canvas is shown. @param {Node} canvas @param {number} id */
  add(canvas, id) {
    this.delete(canvas);
    this.#shown.set(canvas, { id, told: '', wait: SOONEST, next: 0, rested: 0, isBusy: false });
  }

  /** It shows something else now. @param {Node} canvas */
  soon(canvas) {
    const drawn = this.#shown.get(canvas);
    if (!drawn) return;
    drawn.wait = 0;
    drawn.next = drawn.rested;
    this.look();
  }

  /** What has this picture is to have another one. @param {string} name its hash in hexadecimal digits */
  draw(name) {
    for (const [canvas, { told }] of this.#shown) if (told === name) this.soon(canvas);
  }

  /** It is not any more. @param {Node} canvas */
  delete(canvas) {
    const drawn = this.#shown.get(canvas);
    if (!drawn) return;
    this.#release(drawn.told);
    this.#shown.delete(canvas);
  }

  clear() {
    for (const canvas of this.#shown.keys()) this.delete(canvas);
  }

  /** Looks at those whose time has come, or at all. @param {boolean} [isNow] */
  look(isNow = false) {
    if (this.#shown.size === 0 || !globalThis.crypto?.subtle || !globalThis.OffscreenCanvas) return;
    // What WebGL has drawn is there in the frame in which it was drawn: this comes after the page's own callbacks.
    const draw = () => {
      const now = performance.now();
      for (const [canvas, drawn] of this.#shown) {
        if (this.#busy >= AT_ONCE && !isNow) return;
        if (!drawn.isBusy && (isNow || drawn.next <= now) && isConnected(canvas)) this.#draw(/** @type {HTMLCanvasElement} */ (canvas), drawn);
      }
    };
    if (document.hidden) after(draw);
    else onFrame(draw);
  }

  /** @param {HTMLCanvasElement} canvas @param {Drawn} drawn */
  async #draw(canvas, drawn) {
    drawn.isBusy = true;
    drawn.wait = Math.max(drawn.wait, SOONEST / 2);
    this.#busy += 1;
    const before = drawn.told;
    const begun = performance.now();
    let spent = 0;
    try {
      const isVideo = localName(canvas) === 'video';
      const { videoWidth, videoHeight } = /** @type {HTMLVideoElement} */ (/** @type {unknown} */ (canvas));
      const [width, height] = isVideo ? [videoWidth, videoHeight] : [canvas.width, canvas.height];
      if (!width || !height) return;
      const scale = scaleOf(width, height);
      const copy = new OffscreenCanvas(Math.ceil(width * scale), Math.ceil(height * scale));
      const context = copy.getContext('2d');
      context?.drawImage(canvas, 0, 0, copy.width, copy.height);
      // Compressed elsewhere: of all kinds only this one does not take the time of the page. Without loss, but for photographs.
      const made = copy.convertToBlob({ type: 'image/webp', quality: isVideo ? 0.8 : 1 });
      spent = performance.now() - begun;
      let blob = await made;
      if (blob.size > LARGE) blob = await copy.convertToBlob({ type: 'image/webp', quality: 0.8 });
      const bytes = new Uint8Array(await blob.arrayBuffer());
      const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
      this.#give(canvas, drawn, hash, bytes, KINDS.indexOf(blob.type));
    } catch (error) {
      this.#miss(canvas, drawn, /** @type {any} */ (error)?.name === 'SecurityError' ? TAINTED : UNREADABLE);
    } finally {
      // A video that runs would tell without end.
      const isSame = drawn.told === before || localName(canvas) === 'video';
      // It may be another one again meanwhile: there is no wait then.
      if (drawn.wait > 0) drawn.wait = isSame ? Math.min(LATEST, drawn.wait * 2) : SOONEST;
      drawn.rested = performance.now() + spent / PART_OF_TIME;
      drawn.next = Math.max(performance.now() + drawn.wait, drawn.rested);
      drawn.isBusy = false;
      this.#busy -= 1;
    }
  }

  /** @param {Node} canvas @param {Drawn} drawn @param {Uint8Array} hash @param {Uint8Array} bytes @param {number} kind */
  #give(canvas, drawn, hash, bytes, kind) {
    const name = hex(hash);
    // It may have become private meanwhile.
    if (name === drawn.told || this.#shown.get(canvas) !== drawn) return;
    if (kind < 0 || !this.#hold(hash, bytes)) return this.#miss(canvas, drawn, UNREADABLE);
    this.#release(drawn.told);
    drawn.told = name;
    this.#tell(drawn.id, hash, kind);
  }

  /** @param {Node} canvas @param {Drawn} drawn @param {number} reason */
  #miss(canvas, drawn, reason) {
    if (drawn.told === String(reason) || this.#shown.get(canvas) !== drawn) return;
    this.#release(drawn.told);
    drawn.told = String(reason);
    this.#tell(drawn.id, NOTHING, reason);
  }
}
