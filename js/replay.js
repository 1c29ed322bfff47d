// @ts-check
// Shows a mirrored page: for desks, and for the visitor who wants to see what is seen.

import init, { Replay } from 'alongside-wasm';
import { Painter } from './mirror/painter.js';

/** Fetches and compiles the wasm module. */
export default init;

/**
 * @param {HTMLIFrameElement} frame
 * @param {{sources?: string}} [options] where pictures, fonts and styles may come from, as in a Content-Security-Policy; default: nowhere
 * @returns {{handle(frame: Uint8Array): boolean, wants(): string[]}} `handle` takes a frame; true when a new epoch is to be asked for.
 *   `wants`, after it: hashes of pictures and fonts to ask for
 */
export function replay(frame, { sources = '' } = {}) {
  const shown = new Replay(new Painter(frame, sources));
  return { handle: (bytes) => shown.handle(bytes), wants: () => shown.wants() };
}
