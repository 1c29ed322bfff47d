// @ts-check
// The artefact `mirror`: what is loaded once a visitor shows his page.

import init from 'alongside-wasm';

/** Fetches and compiles the wasm module. */
export default init;
export { mirror } from './mirror/mirror.js';
export { Press } from './mirror/press.js';
export { own } from './mirror/self.js';
