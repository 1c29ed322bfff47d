// @ts-check
// The artefact `messenger`: what is loaded once the visitor opens the messenger, or messages wait for him.

import init from 'alongside-wasm';

/** Fetches and compiles the wasm module. */
export default init;
export { begin } from './messenger/begin.js';
