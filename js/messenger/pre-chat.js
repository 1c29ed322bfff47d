// @ts-check
// What is asked before a conversation: it goes with the visitor's first message, and has no button of its own.

import { make } from '../surface/make.js';
import { drawnFields } from './fields.js';

export class PreChat {
  element;

  /**
   * @param {import('./view.js').Kit} kit
   * @param {{title?: string, fields: import('./offers.js').Field[]}} form
   * @param {Record<string, string>} known what was filled in before
   * @param {() => void} done by Enter: the message is next
   */
  constructor(kit, { title, fields }, known, done) {
    const { elements, values } = drawnFields(kit, fields, 'before', known);
    this.element = /** @type {HTMLFormElement} */ (make('form', { class: 'form before', part: 'form', 'aria-label': title ?? kit.say('before') },
      make('p', { class: 'card-title', dir: 'auto' }, title ?? kit.say('before')), ...elements));
    this.element.addEventListener('input', (event) => {
      event.stopPropagation();
      kit.commands.filled?.(Object.fromEntries(values().map(({ name, value }) => [name, value])));
    });
    this.element.addEventListener('keydown', (event) => {
      if (!event.isTrusted || event.key !== 'Enter' || event.isComposing || event.keyCode === 229 || !(event.target instanceof HTMLInputElement)) return;
      event.preventDefault();
      if (event.target.reportValidity()) done();
    });
    this.element.addEventListener('submit', (event) => event.preventDefault());
  }

  /** Whether all that must be is filled in; what is not gets the focus. */
  check() {
    return this.element.reportValidity();
  }
}
