// @ts-check
// The artefact `engage`: what is loaded once somebody wants more than to be counted.

import init from 'alongside-wasm';

/** Fetches and compiles the wasm module. */
export default init;
export { keep, read } from './cobrowse/kept.js';
export { Session } from './cobrowse/session.js';
export { mirror } from './mirror/mirror.js';
