// @ts-check
// The artefact `words-ja`: the messenger in Japanese.

export { words } from './messenger/japanese.js';
