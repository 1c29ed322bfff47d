// @ts-check
// The artefact `framed`: what a page loads in the place of the core where the messenger lives in a frame.

/** Nothing is to be compiled here. */
export default async () => {};
export { start } from './frame/outside.js';
