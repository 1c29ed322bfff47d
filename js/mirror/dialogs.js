// @ts-check
// Dialogs of the browser, which no page draws. While most of them are open the page stands still, so they are told before.
//
// No event tells whether a click or a key has opened a window in which days are chosen. Some browsers say whether one is open, and are asked; of the
// others those are told that a script or a finger opens, and those of colours, which any click does.

import { localName, matches } from './dom.js';
import { after, listen } from './own.js';

/** The numbers of `protocol::mirror::DialogKind`. */
const PRINT = 3, FILE = 4, CHOICE = 5;

/** Those by which a script asks, by their numbers. */
const ASKING = /** @type {const} */ (['alert', 'confirm', 'prompt']);

/** Fields whose values are chosen in a window of the browser. */
const CHOSEN = /^(color|date|datetime-local|month|time|week)$/;

/** As much of what is said as is told, in UTF-16 units. */
const MOST = 1_000;

const { apply } = Reflect;

/** Whether the browser says that it shows a window for a field. @param {any} field */
function isOpen(field) {
  try {
    return localName(field) === 'input' && matches(field, ':open');
  } catch {
    // It is no element, or this browser does not say.
    return false;
  }
}

export class Dialogs {
  /** The one that is open. @type {{kind: number, text: string} | undefined} */
  open;
  /** Whether it, or that there is none, was not told. */
  isChanged = false;
  /** The field for which a window may have been opened last. @type {any} */
  #field;
  /** Whether the browser has said that it shows that. */
  #isSeen = false;
  #now;
  #due;

  /** @param {() => void} now told when it is to be told at once @param {() => void} due told when it is to be told soon */
  constructor(now, due) {
    this.#now = now;
    this.#due = due;
  }

  /** Watches a page; what is in `undo` is done at the end. @param {typeof globalThis} view @param {AbortSignal} signal @param {Array<() => void>} undo */
  watch(view, signal, undo) {
    for (let kind = 0; kind < ASKING.length; kind++) {
      this.#hook(view, ASKING[kind], undo, (own, self, given) => {
        this.#opened(kind, typeof given[0] === 'string' || typeof given[0] === 'number' ? `${given[0]}` : '');
        this.#now();
        try {
          return apply(own, self, given);
        } finally {
          this.#closed();
        }
      });
    }
    this.#hook(view.HTMLInputElement.prototype, 'showPicker', undo, (own, self, given) => {
      const shown = apply(own, self, given);
      this.#picks(self, true);
      return shown;
    });
    const on = (/** @type {string} */ event, /** @type {(event: any) => void} */ act) => listen(view, event, act, { capture: true, passive: true, signal });
    on('beforeprint', () => {
      this.#opened(PRINT, '');
      this.#now();
    });
    on('afterprint', () => this.#closed());
    on('click', (event) => {
      const [target] = event.composedPath();
      // The page may still forbid it.
      after(() => event.defaultPrevented || this.#picks(target, event.pointerType === 'touch' || target.type === 'color'));
    });
    on('keydown', (event) => {
      [this.#field] = event.composedPath();
    });
    const picked = () => {
      if (this.open && this.open.kind > PRINT) this.#closed();
    };
    on('change', picked);
    on('cancel', picked);
    on('pointerdown', picked);
    on('keydown', picked);
    on('focus', ({ target }) => target === view && picked());
  }

  /** Asks the browser, where that says it: by a key one opens late, and closes without an event. */
  look() {
    const isThere = isOpen(this.#field);
    if (isThere && !this.open) {
      this.#opened(CHOICE, '');
      this.#due();
    }
    if (!isThere && this.#isSeen && this.open?.kind === CHOICE) this.#closed();
    this.#isSeen = isThere;
  }

  /** A window in which something is chosen may have opened. @param {any} field @param {boolean} isSure not for files only */
  #picks(field, isSure) {
    this.#field = field;
    this.look();
    if (localName(field) !== 'input' || field.disabled || navigator.userActivation?.hasBeenActive === false) return;
    if (field.type === 'file') this.#opened(FILE, '');
    else if (isSure && CHOSEN.test(field.type)) this.#opened(CHOICE, '');
    else return;
    this.#due();
  }

  /** @param {number} kind @param {string} text */
  #opened(kind, text) {
    this.open = { kind, text: text.slice(0, MOST) };
    this.isChanged = true;
  }

  #closed() {
    this.open = undefined;
    this.isChanged = true;
    this.#due();
  }

  /**
   * The page's own function does what it did, and is put back at the end.
   * @param {any} owner @param {string} name @param {Array<() => void>} undo @param {(own: Function, self: any, given: any[]) => any} act
   */
  #hook(owner, name, undo, act) {
    const own = owner[name];
    if (typeof own !== 'function') return;
    const hooked = {
      /** @this {any} @param {any[]} given */
      [name](...given) {
        return act(own, this, given);
      },
    }[name];
    try {
      owner[name] = hooked;
    } catch {
      // Frozen by the page.
    }
    undo[undo.length] = () => {
      if (owner[name] === hooked) owner[name] = own;
    };
  }
}
