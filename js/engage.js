// @ts-check
// The artefact `engage`: what is loaded once somebody wants more than to be counted.

import init from 'alongside-wasm';

/** Fetches and compiles the wasm module. */
export default init;
export { begin } from './cobrowse/begin.js';
export { mirror } from './mirror/mirror.js';
export { Press } from './mirror/press.js';
