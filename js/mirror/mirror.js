// @ts-check
// A mirror of this page: reads it when the page has nothing else to do, and hands out what the agent's side needs.

import { Mirror } from 'alongside-wasm';
import { Assets } from './assets.js';
import { Canvases } from './canvas.js';
import { watchDevice } from './device.js';
import { InnerPages } from './inner.js';
import { AbortController, after, listen, repeat, whenIdle } from './own.js';
import { Reader } from './reader.js';

/** A page is read no more often than it is drawn, twice in the time of two frames; and so long after a change at the latest, also hidden; in milliseconds. */
const TWO_FRAMES = 32, LATEST = 50;

/** So long the page is read at a time, in milliseconds; to mask and to encode what was read takes about as long again. */
const SLICE = 4;

/**
 * What took longer than two slices is done again after so many times as long, in milliseconds at most, and not with the next frame: of a page that changes all
 * the time the mirror takes a fifth.
 */
const REST = 4, LONGEST_REST = 250;

/** While the network is behind, it is looked at again so often, in milliseconds. */
const BUSY_EVERY = 50;

/** Does something in a task of its own. @param {() => void} act */
const later = (act) => {
  const { scheduler } = /** @type {any} */ (globalThis);
  if (scheduler?.postTask) scheduler.postTask(act);
  else after(act);
};

/** Controls change without an event where a script sets them: they are looked at so often, in milliseconds. */
const SAMPLE_EVERY = 500;

/** The replica is told what it should be with one of so many samples: 4 seconds. */
const CHECK_EVERY = 8;

/** @typedef {ReturnType<typeof mirror>} Told a page that is told */

/**
 * Mirrors the page until `stop` is called.
 * @param {(frame: Uint8Array, hasMore: boolean) => void} send
 * @param {{isPrivate?: boolean, selectors?: import('./walk.js').Selectors, isBusy?: () => boolean, hasTurned?: () => boolean,
 *   fatal?: (error: unknown) => void, epoch?: number, origins?: string[]}} [options]
 *   while `isBusy`, the network is behind: the page is read later; `hasTurned` is asked before the page is read, and true where the mirror
 *   ended or began anew by that; `fatal` is told of a fault, after which nothing is sent any more; `epoch`
 *   is the last epoch of the mirror that was before, where the same replica shows this one; `origins` of pages in frames that may tell
 *   themselves through this one
 */
export function mirror(send, { isPrivate = false, selectors, isBusy = () => false, hasTurned = () => false, fatal, epoch = 0, origins = [] } = {}) {
  const abort = new AbortController();
  const told = new Mirror(isPrivate, crypto.getRandomValues(new Uint32Array(5)), epoch);
  let isResized = false;
  let isHeld = false;
  let isMaskedAnew = false;
  let isRetelling = false;

  const assets = new Assets(told, () => sendAll(), isBusy, {
    roots: () => reader.roots(), bytesAt: (address) => reader.bytesAt(address), image: (address) => reader.image(address),
  });
  const canvases = new Canvases((id, hash, kind) => {
    tell(() => told.picture(id, hash, kind));
  }, (hash, bytes) => assets.hold(hash, bytes), (name) => assets.release(name));
  // A dialog holds the page up, and with it what is to be told: that goes before.
  /** @type {Reader} */
  const reader = new Reader(told, () => schedule(), selectors, canvases, () => tell((deadline) => reader.flush(deadline), soon()));
  const inner = new InnerPages(reader, told, origins, { isPrivate, selectors }, (act) => tell(act), () => isBusy() || isHeld, abort.signal);

  const sendAll = () => {
    for (let asset = told.fetch(); asset; asset = told.fetch()) {
      const space = asset.indexOf(' ');
      assets.need(Number(asset.slice(0, space)), asset.slice(space + 1));
    }
    for (let frame = told.frame(); frame; frame = told.frame()) send(frame, reader.isBehind || isRetelling);
  };
  let isGoingOn = false;
  /** When the page was read last, when before that, and how long the last one took, in milliseconds. */
  let began = 0;
  let beganBefore = 0;
  let spent = 0;
  /** @type {Array<() => void>} */
  let waiting = [];
  /** Does it, and sends what comes of it. False where that was not possible. @param {() => void} act */
  const attempt = (act) => {
    if (abort.signal.aborted || isHeld) return false;
    try {
      if (hasTurned() || abort.signal.aborted) return false;
      act();
      sendAll();
      return true;
    } catch (error) {
      stop();
      if (!fatal) throw error;
      fatal(error);
      return false;
    }
  };
  /** @param {(deadline?: number) => void} read @param {number} [deadline] */
  const tell = (read, deadline) => {
    beganBefore = began;
    began = performance.now();
    const isDone = attempt(() => {
      read(deadline);
      reader.obey(told.flush());
      inner.look();
    });
    if (!isDone) return;
    spent = performance.now() - began;
    if (reader.isBehind) goOn();
    else release();
  };
  const release = () => {
    const done = waiting;
    waiting = [];
    for (let at = 0; at < done.length; at++) done[at]();
  };
  const goOn = () => {
    if (isGoingOn) return;
    isGoingOn = true;
    later(() => {
      isGoingOn = false;
      flush();
    });
  };
  const soon = () => performance.now() + SLICE;
  const begin = () => {
    isResized = isRetelling = false;
    tell((deadline) => {
      isMaskedAnew = false;
      reader.begin(deadline);
      assets.again();
    }, soon());
    assets.look();
  };
  // Rules are for a device: of another one the page is another page.
  const isOther = () => (isResized && reader.hasOtherDevice) || reader.hasOtherMode;
  const flush = () => {
    if (isHeld || isRetelling) return;
    if (isBusy()) after(flush, BUSY_EVERY);
    else if (isOther()) begin();
    else {
      isResized = false;
      tell((deadline) => reader.flush(deadline), soon());
    }
  };
  /** What was told is told again a part at a time; what changes meanwhile is told after it. */
  const retellMore = () => {
    if (!isRetelling) return;
    if (isBusy()) return after(retellMore, BUSY_EVERY);
    if (!attempt(() => (isRetelling = !told.retellMore()))) return;
    if (isRetelling) return later(retellMore);
    attempt(() => {
      assets.again();
      inner.again();
    });
    flush();
  };
  let samples = 0;
  const sample = () => {
    if (isBusy() || isResized || isHeld || isRetelling) return;
    tell((deadline) => reader.sample(deadline), soon());
    assets.look();
    canvases.look();
    // What a large page has too much for one time is left for the next sample.
    samples += 1;
    if (samples >= CHECK_EVERY && check()) samples = 0;
  };
  /** False when it is to be called again. */
  const check = () => {
    let isDone = true;
    tell(() => {
      isDone = told.check();
    });
    return isDone;
  };
  const stop = () => {
    clearInterval(sampling);
    abort.abort();
    inner.end();
    assets.stop();
    canvases.clear();
    reader.end();
    release();
  };
  // With what the page does in the meantime it has less to do: what has come and gone is not read at all, and the layout is known.
  const schedule = () => {
    if (document.hidden) return after(flush, LATEST);
    const wait = spent > 2 * SLICE ? Math.min(spent * REST, LONGEST_REST) : TWO_FRAMES - (performance.now() - beganBefore);
    const idle = () => whenIdle(flush, Math.max(1, LATEST - wait));
    if (wait > 0) after(idle, wait);
    else idle();
  };

  const resized = () => {
    if (!isResized) schedule();
    isResized = true;
  };
  listen(window, 'resize', resized, { signal: abort.signal });
  watchDevice(abort.signal, resized);
  const sampling = repeat(sample, SAMPLE_EVERY);
  begin();

  return {
    /** Everything from the start: the agent's side has lost something. It goes on, if it was held. */
    begin() {
      isHeld = false;
      begin();
    },
    /** Tells again what was told, to a replica that has this; nothing, the whole. It goes on, if it was held. @param {Uint8Array} [known] absent: `begin` */
    retell(known) {
      isHeld = false;
      if (!known || isMaskedAnew || isOther()) return begin();
      tell((deadline) => reader.flush(deadline), soon());
      if (attempt(() => reader.obey(told.retell(known)))) {
        isRetelling = true;
        retellMore();
      }
    },
    /** Reads and tells nothing before `retell`: nobody is there. */
    hold() {
      isHeld = true;
    },
    /** Everything from the start, by other rules. @param {{isPrivate: boolean, selectors: import('./walk.js').Selectors}} rules */
    mask({ isPrivate, selectors }) {
      told.mask(isPrivate);
      inner.mask({ isPrivate, selectors });
      assets.clear();
      reader.select(selectors);
      isMaskedAnew = true;
      begin();
    },
    /** Reads all that has changed now, also what nobody tells of, however long it takes. */
    flush() {
      if (isOther()) begin();
      isRetelling = isResized = false;
      tell(() => reader.sample());
      assets.look();
      canvases.look(true);
    },
    /** Resolves when the whole page was told: a large one is read in slices, and other tasks run in between. */
    async whole() {
      if (reader.isBehind && !abort.signal.aborted) await new Promise((resolve) => (waiting[waiting.length] = () => resolve(undefined)));
    },
    /** Tells what the replica should be now, if it has changed. */
    check() {
      while (!check());
    },
    /** A desk wants this picture or font. @param {string} hash */
    want(hash) {
      assets.want(hash);
      inner.want(hash);
    },
    /** A desk wants what is drawn now in the place of this picture. @param {string} hash */
    draw(hash) {
      canvases.draw(hash);
      inner.draw(hash);
    },
    /** The id of a node; -1 where it was not told. @param {Node} node */
    idOf: (node) => reader.idOf(node),
    /** The node with this id, in this epoch. @param {number} id */
    node: (id) => reader.node(id),
    /** What agents know of the page: epoch, fingerprints, what they may not act on. See `src/browser/mirror.rs`. */
    told,
    /** Leaves the page as it was; nothing is sent any more. */
    stop,
  };
}
