// @ts-check
// What else the visitor can do, behind one button of the header.

import { button, icon, make } from '../surface/make.js';

/** @typedef {{name: string, label: string, icon: import('../surface/make.js').IconName, act(): void, isOn?: boolean, kind?: string}} Item `isOn`: it is switched */

export class Menu {
  element;
  #button;
  #items;
  #abort = new AbortController();
  #list = make('div', { class: 'menu', part: 'menu', role: 'menu', hidden: true });

  /** @param {string} label @param {() => Item[]} items what there is when it opens */
  constructor(label, items) {
    this.#items = items;
    this.#button = button({ name: 'options', label, icon: 'more', kind: 'round', isBare: true, act: () => (this.isOpen ? this.close() : this.#open()) });
    this.#button.setAttribute('aria-haspopup', 'menu');
    this.#button.setAttribute('aria-expanded', 'false');
    this.#list.setAttribute('aria-label', label);
    this.element = make('div', { class: 'menu-place' }, this.#button, this.#list);
    this.#button.addEventListener('keydown', (event) => {
      if (!event.isTrusted || event.key !== 'ArrowDown') return;
      event.preventDefault();
      if (!this.isOpen) this.#open();
    });
    this.#list.addEventListener('keydown', (event) => event.isTrusted && this.#pressed(event));
    this.element.addEventListener('focusout', ({ relatedTarget }) => {
      if (relatedTarget instanceof Node && !this.element.contains(relatedTarget)) this.close(false);
    });
  }

  get isOpen() {
    return !this.#list.hidden;
  }

  /** @param {boolean} [isBack] whether the focus goes back to the button */
  close(isBack = true) {
    if (!this.isOpen) return;
    this.#list.hidden = true;
    this.#abort.abort();
    this.#button.setAttribute('aria-expanded', 'false');
    if (isBack) this.#button.focus({ preventScroll: true });
  }

  #open() {
    this.#list.replaceChildren(...this.#items().map((item) => {
      const { name, label, icon: shape, act, isOn, kind = '' } = item;
      const element = button({
        name, label, icon: shape, kind: `item ${kind}`,
        act: () => {
          this.close();
          act();
        },
      });
      element.setAttribute('role', isOn === undefined ? 'menuitem' : 'menuitemcheckbox');
      element.setAttribute('tabindex', '-1');
      if (isOn !== undefined) {
        element.setAttribute('aria-checked', String(isOn));
        if (isOn) element.append(icon('sent'));
      }
      return element;
    }));
    this.#list.hidden = false;
    this.#abort = new AbortController();
    document.addEventListener('pointerdown', (event) => event.composedPath().includes(this.element) || this.close(false), { capture: true, signal: this.#abort.signal });
    this.#button.setAttribute('aria-expanded', 'true');
    this.#focus(0);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const items = [...this.#list.children];
    const root = /** @type {ShadowRoot} */ (this.#list.getRootNode());
    const at = items.indexOf(/** @type {Element} */ (root.activeElement));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (event.key === 'Escape') {
      event.stopPropagation();
      this.close();
    } else if (to !== undefined) {
      event.preventDefault();
      this.#focus((to + items.length) % items.length);
    }
  }

  /** @param {number} at */
  #focus(at) {
    /** @type {HTMLElement | undefined} */ (this.#list.children[at])?.focus({ preventScroll: true });
  }
}
