// @ts-check
// A mirror of this page: reads it with each frame that is drawn, and hands out what the agent's side needs.

import { Mirror } from 'alongside-wasm';
import { Reader } from './reader.js';

/** A hidden page draws no frames; it is read so often, in milliseconds. */
const HIDDEN_EVERY = 50;

/** Controls change without an event where a script sets them: they are looked at so often, in milliseconds. */
const SAMPLE_EVERY = 500;

/**
 * Mirrors the page until `stop` is called.
 * @param {(frame: Uint8Array) => void} send
 * @param {{isPrivate?: boolean, selectors?: import('./reader.js').Selectors}} [options]
 */
export function mirror(send, { isPrivate = false, selectors } = {}) {
  const abort = new AbortController();
  const told = new Mirror(isPrivate, crypto.getRandomValues(new Uint32Array(4)));
  const reader = new Reader(told, () => schedule(), selectors);
  let isResized = false;

  const sendAll = () => {
    for (let frame = told.frame(); frame; frame = told.frame()) send(frame);
  };
  /** @param {() => void} read */
  const tell = (read) => {
    if (abort.signal.aborted) return;
    read();
    reader.obey(told.flush());
    sendAll();
  };
  const begin = () => {
    isResized = false;
    tell(() => reader.begin());
  };
  // The replica is of the visitor's size: another size is another replica, one with each frame that is drawn.
  const flush = () => (isResized ? begin() : tell(() => reader.flush()));
  const sample = () => (isResized ? begin() : tell(() => reader.sample()));
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
    /** Reads what has changed now, also what nobody tells of. */
    flush: sample,
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
    },
  };
}
