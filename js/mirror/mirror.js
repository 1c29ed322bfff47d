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
  const told = new Mirror(isPrivate);
  const reader = new Reader(told, () => schedule(), selectors);

  const sendAll = () => {
    for (let frame = told.frame(); frame; frame = told.frame()) send(frame);
  };
  const flush = () => {
    reader.flush();
    reader.obey(told.flush());
    sendAll();
  };
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  const schedule = () => {
    if (document.hidden) waiting = setTimeout(flush, HIDDEN_EVERY);
    else requestAnimationFrame(flush);
  };
  const begin = () => {
    reader.begin();
    reader.obey(told.flush());
    sendAll();
  };
  begin();
  const abort = new AbortController();
  // The replica is of the visitor's size: another size is another replica.
  addEventListener('resize', begin, { signal: abort.signal });
  const sample = () => {
    reader.sample();
    flush();
  };
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
    stop() {
      clearInterval(sampling);
      clearTimeout(waiting);
      abort.abort();
      reader.end();
    },
  };
}
