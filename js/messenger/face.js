// @ts-check
// Who is there: a face, and when somebody is again.

import { icon, make } from '../surface/make.js';

/** When somebody is there again; empty: somebody is, or nobody knows. @param {import('./view.js').Kit} kit @param {import('./view.js').Top} top */
export function awayNote({ texts }, { isOpen, opensAt }) {
  return isOpen === false && !(opensAt && opensAt <= Date.now()) ? texts.back(opensAt) : '';
}

/** @param {'agent' | 'bot' | 'visitor' | 'team'} kind @param {string} name */
export function face(kind, name) {
  const letter = [...name.replace(/[^\p{L}\p{N}]+/gu, '')][0];
  return make('span', { class: 'face', 'aria-hidden': 'true' }, kind === 'bot' ? icon('bot') : letter === undefined || kind === 'team' ? icon('chat') : letter.toLocaleUpperCase());
}
