// @ts-check
// What else the visitor can do, behind one button of the header.

import { button, icon, make } from '../surface/make.js';

/** @typedef {import('./view.js').Kit} Kit */

/** @typedef {{name: string, label: string, icon: import('../surface/make.js').IconName, act(): void, isOn?: boolean, kind?: string}} Item `isOn`: it is switched */

export class Menu {
  element;
  #button;
  #items;
  #abort = new AbortController();
  #list = make('div', { class: 'menu', part: 'menu', role: 'menu', hidden: true });

  /** @param {HTMLElement} element where it is, with its button @param {HTMLElement} button @param {() => Item[]} items what there is when it opens */
  constructor(element, button, items) {
    this.element = element;
    this.#button = button;
    this.#items = items;
    this.#list.setAttribute('aria-label', button.getAttribute('aria-label') ?? '');
    element.append(this.#list);
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

  open() {
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

/**
 * What is in it.
 * @param {Kit} kit @param {import('./view.js').Top} top @param {boolean} isAtList none of several conversations is in front
 * @param {() => void} confirm asks whether all is to be deleted
 * @returns {Item[]}
 */
export function itemsOf({ say, commands }, { stage }, isAtList, confirm) {
  const isOn = commands.isSoundOn();
  const canEnd = !isAtList && (stage === 'waiting' || stage === 'open');
  return [
    { name: 'sound', label: say('sound'), icon: 'sound', isOn, act: () => commands.setSound(!isOn) },
    ...(commands.canNotify?.() ? [{ name: 'notify', label: say('notify'), icon: /** @type {const} */ ('bell'), isOn: commands.isNotifying?.() ?? false, act: () => commands.notify?.() }] : []),
    ...(isAtList ? [] : [{ name: 'transcript', label: say('transcript'), icon: /** @type {const} */ ('download'), act: () => commands.transcript() }]),
    ...(canEnd ? [{ name: 'end', label: say('end'), icon: /** @type {const} */ ('leave'), act: () => commands.end() }] : []),
    { name: 'forget', label: say('forget'), icon: 'bin', kind: 'danger', act: confirm },
  ];
}

/** Asks whether all is to be deleted. @param {Kit} kit @param {() => void} dismiss called first, whatever is chosen */
export function confirmation({ say, commands }, dismiss) {
  const cancel = button({ name: 'cancel', label: say('cancel'), kind: 'framed', act: dismiss });
  const go = button({
    name: 'forget-now', label: say('forgetYes'), kind: 'fatal',
    act: () => {
      dismiss();
      commands.forget();
    },
  });
  return make('div', { class: 'shade' },
    make('div', { class: 'sheet', part: 'sheet', role: 'alertdialog', 'aria-labelledby': 'sheet-title', 'aria-describedby': 'sheet-text' },
      make('h2', { id: 'sheet-title' }, say('forgetTitle')), make('p', { id: 'sheet-text' }, say('forgetText')), make('div', { class: 'ends' }, cancel, go)));
}
