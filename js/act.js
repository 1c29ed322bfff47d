// @ts-check
// The artefact `act`: what is loaded once a visitor lets an agent do something on his page.

export { Actor } from './cobrowse/act.js';
