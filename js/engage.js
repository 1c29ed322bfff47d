// @ts-check
// The artefact `engage`: what is loaded once somebody wants more than to be counted.

import init from 'alongside-wasm';

/** Fetches and compiles the wasm module. */
export default init;
export { mirror } from './mirror/mirror.js';
export { Press } from './mirror/press.js';
export { Sharing } from './mirror/sharing.js';
