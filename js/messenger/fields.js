// @ts-check
// Fields that a visitor fills in: those of a message, and those before a conversation.

import { make } from '../surface/make.js';

/** @typedef {import('./offers.js').Field} Field */

/** What each kind of field is for the browser. */
const INPUTS = { text: 'text', email: 'email', phone: 'tel', number: 'number', date: 'date', time: 'time', check: 'checkbox' };

/** Longest value, in characters. */
const LONGEST = 1_000;

/**
 * @param {import('./view.js').Kit} kit
 * @param {Field[]} fields
 * @param {string} prefix of the ids
 * @param {Record<string, string>} [known] values, by the names of the fields
 */
export function drawnFields({ say }, fields, prefix, known = {}) {
  const drawn = fields.map((field, index) => ({ field, input: input(field, `${prefix}-${index}`) }));
  for (const { field, input } of drawn) {
    const value = Object.hasOwn(known, field.name) ? known[field.name] : '';
    if (input instanceof HTMLInputElement && input.type === 'checkbox') input.checked = value === say('yes');
    else input.value = value;
  }
  return {
    elements: drawn.map(({ field, input }) =>
      field.kind === 'check'
        ? make('label', { class: 'field check' }, input, make('span', {}, field.label))
        : make('label', { class: 'field' }, make('span', {}, field.label + (field.required ? ' *' : '')), input)),
    /** What is filled in. */
    values: () =>
      drawn
        .map(({ field: { name, label }, input }) => ({ name, label, value: input instanceof HTMLInputElement && input.type === 'checkbox' ? say(input.checked ? 'yes' : 'no') : input.value.trim() }))
        .filter(({ value }) => value !== ''),
  };
}

/** @param {Field} field @param {string} id @returns {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} */
function input({ kind, required, choices = [], autocomplete }, id) {
  const common = { class: 'input', id, required: Boolean(required), autocomplete: autocomplete ?? 'off' };
  const written = { ...common, maxlength: String(LONGEST) };
  if (kind === 'long') return /** @type {HTMLTextAreaElement} */ (make('textarea', { ...written, rows: '3' }));
  if (kind !== 'choice') return /** @type {HTMLInputElement} */ (make('input', { ...written, type: INPUTS[/** @type {keyof typeof INPUTS} */ (kind)] ?? 'text' }));
  return /** @type {HTMLSelectElement} */ (make('select', common, make('option', { value: '' }, ''), ...choices.map(({ label, value }) => make('option', { value: value ?? label }, label))));
}
