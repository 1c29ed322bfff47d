// @ts-check
// On a narrow screen the messenger is all there is: as high as what the keyboard leaves, and the page behind rests.

/** Narrower screens are filled, in pixels. */
export const NARROW = '(max-width: 479.98px)';

export class Full {
  #panel;
  #host;
  #narrow = matchMedia(NARROW);
  /** @type {HTMLElement | undefined} */
  #resting;
  #abort = new AbortController();
  /** @type {() => void} */
  #told;

  /** @param {HTMLElement} panel @param {Element} host @param {() => void} told when it begins or ends */
  constructor(panel, host, told) {
    this.#panel = panel;
    this.#host = host;
    this.#told = told;
  }

  get isFull() {
    return this.#narrow.matches;
  }

  /** The panel is open. */
  begin() {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.#narrow.addEventListener('change', () => this.#fill(), { signal });
    for (const type of ['resize', 'scroll']) visualViewport?.addEventListener(type, () => this.#measure(), { signal });
    // What does not scroll itself would scroll the page.
    this.#panel.addEventListener('touchmove', (event) => {
      const path = event.composedPath();
      const isScrolled = path.slice(0, path.indexOf(this.#panel)).some((part) => part instanceof Element && part.matches('.scroller, .area, .picker, .home'));
      if (this.isFull && !isScrolled && event.cancelable) event.preventDefault();
    }, { passive: false, signal });
    this.#fill();
  }

  end() {
    this.#abort.abort();
    this.#rest(false);
  }

  #fill() {
    this.#rest(this.isFull);
    this.#measure();
    this.#told();
  }

  /** @param {boolean} isResting */
  #rest(isResting) {
    if (!isResting) {
      if (this.#resting) this.#resting.inert = false;
      this.#resting = undefined;
      return;
    }
    const { body } = document;
    // A page that rests already does so for reasons of its own; and in a dialog of the page the messenger would rest, too.
    if (this.#resting || !body || body.inert || body.contains(this.#host)) return;
    body.inert = true;
    this.#resting = body;
  }

  #measure() {
    const { style } = this.#panel;
    const view = visualViewport;
    if (!this.isFull || !view) {
      style.removeProperty('--top');
      style.removeProperty('--height');
      return;
    }
    // Who magnifies wants to see it larger, not to have it laid out anew.
    if (view.scale > 1.01) return;
    style.setProperty('--top', `${Math.round(view.offsetTop)}px`);
    style.setProperty('--height', `${Math.round(view.height)}px`);
  }
}
