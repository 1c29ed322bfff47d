// @ts-check
// A mirror of this page: reads it with each frame that is drawn, and hands out what the agent's side needs.

import { Mirror } from 'alongside-wasm';
import { Reader } from './reader.js';

/** A hidden page draws no frames; it is read so often, in milliseconds. */
const HIDDEN_EVERY = 50;

/**
 * So long the page is read at a time, in milliseconds: masking and encoding are a part of it, and the longest task that a page should
 * have is 50.
 */
const SLICE = 8;

/** Does something in a task of its own. @param {() => void} act */
const later = (act) => {
  const { scheduler } = /** @type {any} */ (globalThis);
  if (scheduler?.postTask) scheduler.postTask(act);
  else setTimeout(act);
};

/** Controls change without an event where a script sets them: they are looked at so often, in milliseconds. */
const SAMPLE_EVERY = 500;

/**
 * Mirrors the page until `stop` is called.
 * @param {(frame: Uint8Array) => void} send
 * @param {{isPrivate?: boolean, selectors?: import('./walk.js').Selectors}} [options]
 */
export function mirror(send, { isPrivate = false, selectors } = {}) {
  const abort = new AbortController();
  const told = new Mirror(isPrivate);
  const reader = new Reader(told, () => schedule(), selectors);
  let isResized = false;

  const sendAll = () => {
    for (let frame = told.frame(); frame; frame = told.frame()) send(frame);
  };
  let isGoingOn = false;
  /** @type {Array<() => void>} */
  let waiting = [];
  /** @param {(deadline?: number) => void} read @param {number} [deadline] */
  const tell = (read, deadline) => {
    if (abort.signal.aborted) return;
    read(deadline);
    reader.obey(told.flush());
    sendAll();
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
    isResized = false;
    tell((deadline) => reader.begin(deadline), soon());
  };
  // The replica is of the visitor's size: another size is another replica, one with each frame that is drawn.
  const flush = () => (isResized ? begin() : tell((deadline) => reader.flush(deadline), soon()));
  const sample = () => (isResized ? begin() : tell((deadline) => reader.sample(deadline), soon()));
  const schedule = () => {
    if (document.hidden) setTimeout(flush, HIDDEN_EVERY);
    else requestAnimationFrame(flush);
  };

  begin();
  const resized = () => {
    if (!isResized) schedule();
    isResized = true;
  };
  addEventListener('resize', resized, { signal: abort.signal });
  const sampling = setInterval(sample, SAMPLE_EVERY);

  return {
    /** Everything from the start: the agent's side has lost something. */
    begin,
    /** Reads all that has changed now, also what nobody tells of, however long it takes. */
    flush() {
      if (isResized) begin();
      tell(() => reader.sample());
    },
    /** Resolves when the whole page was told: a large one is read in slices, and other tasks run in between. */
    async whole() {
      if (reader.isBehind && !abort.signal.aborted) await new Promise((resolve) => (waiting[waiting.length] = () => resolve(undefined)));
    },
    /** Tells what the replica should be now. */
    check() {
      told.check();
      sendAll();
    },
    /** Leaves the page as it was; nothing is sent any more. */
    stop() {
      clearInterval(sampling);
      abort.abort();
      reader.end();
      release();
    },
  };
}
