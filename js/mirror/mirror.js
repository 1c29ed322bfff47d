// @ts-check
// A mirror of this page: reads it with each frame that is drawn, and hands out what the agent's side needs.

import { Mirror } from 'alongside-wasm';
import { Assets } from './assets.js';
import { Reader } from './reader.js';

/** A hidden page draws no frames; it is read so often, in milliseconds. */
const HIDDEN_EVERY = 50;

/** While the network is behind, it is looked at again so often, in milliseconds. */
const BUSY_EVERY = 50;

/** Controls change without an event where a script sets them: they are looked at so often, in milliseconds. */
const SAMPLE_EVERY = 500;

/**
 * Mirrors the page until `stop` is called.
 * @param {(frame: Uint8Array) => void} send
 * @param {{isPrivate?: boolean, selectors?: import('./reader.js').Selectors, isBusy?: () => boolean, fatal?: (error: unknown) => void}} [options]
 *   while `isBusy`, the network is behind: the page is read later; `fatal` is told of a fault, after which nothing is sent any more
 */
export function mirror(send, { isPrivate = false, selectors, isBusy = () => false, fatal } = {}) {
  const abort = new AbortController();
  const told = new Mirror(isPrivate, crypto.getRandomValues(new Uint32Array(4)));
  const reader = new Reader(told, () => schedule(), selectors);
  let isResized = false;

  const assets = new Assets(told, () => sendAll(), isBusy);

  const sendAll = () => {
    for (let asset = told.fetch(); asset; asset = told.fetch()) {
      const space = asset.indexOf(' ');
      assets.need(Number(asset.slice(0, space)), asset.slice(space + 1));
    }
    for (let frame = told.frame(); frame; frame = told.frame()) send(frame);
  };
  /** @param {() => void} read */
  const tell = (read) => {
    if (abort.signal.aborted) return;
    try {
      read();
      reader.obey(told.flush());
      sendAll();
    } catch (error) {
      stop();
      if (!fatal) throw error;
      fatal(error);
    }
  };
  const begin = () => {
    isResized = false;
    tell(() => {
      reader.begin();
      assets.again();
    });
    assets.look();
  };
  // The replica is of the visitor's size: another size is another replica, one with each frame that is drawn.
  const flush = () => {
    if (isBusy()) setTimeout(flush, BUSY_EVERY);
    else if (isResized) begin();
    else tell(() => reader.flush());
  };
  const sample = () => {
    if (isBusy() || isResized) return;
    tell(() => reader.sample());
    assets.look();
  };
  const schedule = () => {
    if (document.hidden) setTimeout(flush, HIDDEN_EVERY);
    else requestAnimationFrame(flush);
  };

  const stop = () => {
    clearInterval(sampling);
    abort.abort();
    assets.stop();
    reader.end();
  };

  const resized = () => {
    if (!isResized) schedule();
    isResized = true;
  };
  addEventListener('resize', resized, { signal: abort.signal });
  const sampling = setInterval(sample, SAMPLE_EVERY);
  begin();

  return {
    /** Everything from the start: the agent's side has lost something. */
    begin,
    /** Reads what has changed now, also what nobody tells of. */
    flush: () => (isResized ? begin() : tell(() => reader.sample())),
    /** Tells what the replica should be now. */
    check() {
      told.check();
      sendAll();
    },
    /** A desk wants this picture or font. @param {string} hash */
    want: (hash) => assets.want(hash),
    /** Leaves the page as it was; nothing is sent any more. */
    stop,
  };
}
