// @ts-check
// The artefact `engage`: what is loaded once an agent, or the visitor, wants more than that visits are counted.

import init from 'alongside-wasm';

/** Fetches and compiles the wasm module. */
export default init;
export { begin } from './cobrowse/begin.js';
