// @ts-check
// The artefact `words-ko`: the messenger in Korean.

export { words } from './messenger/korean.js';
