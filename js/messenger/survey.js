// @ts-check
// Asks how a conversation was: stars, and a few words where he wants to say some.

import { button, make } from '../surface/make.js';

/** Longest comment, in characters: in no script it is longer than a message. */
const LONGEST = 1_000;

/** @param {import('./view.js').Kit} kit @param {number} best the highest score */
export function survey({ say, texts, commands }, best) {
  const stars = Array.from({ length: best }, (_, at) => {
    const input = /** @type {HTMLInputElement} */ (make('input', { type: 'radio', name: 'score', value: String(at + 1), class: 'unseen', 'aria-label': say('stars', texts.number(at + 1), texts.number(best)) }));
    return { input, label: make('label', { class: 'star', title: say('stars', texts.number(at + 1), texts.number(best)) }, input, make('span', { 'aria-hidden': 'true' }, '★')) };
  });
  const comment = /** @type {HTMLTextAreaElement} */ (make('textarea', { class: 'input', rows: '2', maxlength: String(LONGEST), placeholder: say('comment'), 'aria-label': say('comment'), enterkeyhint: 'enter' }));
  const chosen = () => stars.findIndex(({ input }) => input.checked) + 1;
  const send = button({ name: 'rate', label: say('send'), kind: 'main', act: () => chosen() > 0 && commands.rate?.(chosen(), comment.value.trim()) });
  const rest = make('div', { class: 'rest', hidden: true }, comment, send);
  const element = make('form', { class: 'form survey', part: 'form survey' },
    make('fieldset', {}, make('legend', { class: 'card-title' }, say('rateTitle')), make('div', { class: 'stars' }, ...stars.map(({ label }) => label))), rest);
  element.addEventListener('change', ({ target }) => {
    const score = chosen();
    rest.hidden = score === 0;
    stars.forEach(({ label }, at) => label.toggleAttribute('data-lit', at < score));
    if (target === comment) return;
    rest.scrollIntoView({ block: 'nearest' });
  });
  element.addEventListener('submit', (event) => event.preventDefault());
  return element;
}
