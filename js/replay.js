// @ts-check
// Shows a mirrored page: for desks, and for the visitor who wants to see what is seen.

import init, { Replay } from 'alongside-wasm';
import { Painter } from './mirror/painter.js';

/** Fetches and compiles the wasm module. */
export default init;

/**
 * @param {HTMLIFrameElement} frame
 * @param {{sources?: string}} [options] where pictures, fonts and styles may come from, as in a Content-Security-Policy; default: nowhere
 * @returns {{handle(frame: Uint8Array): boolean, wants(): string[], ask(): Uint8Array | undefined}} `handle` takes a frame; true when something is
 *   lost: `ask`, after it, says what to ask the mirror for, as for its `retell`; where it says nothing, it is to `begin` anew. `wants`, after it: hashes of
 *   pictures and fonts to ask for
 */
export function replay(frame, { sources = '' } = {}) {
  const shown = new Replay(new Painter(frame, sources));
  return { handle: (bytes) => shown.handle(bytes), wants: () => shown.wants(), ask: () => shown.ask() };
}
