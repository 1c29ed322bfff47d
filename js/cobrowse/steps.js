// @ts-check
// Does one event after the other. In between, the page does what it has put off, as it does between a person's: applications draw what one
// event changed before they hear of the next.

export const { queueMicrotask: soon } = globalThis;

/** @typedef {Generator<void, void, void>} Steps each ends where a browser would turn to the page's own jobs */

export class Stepper {
  /** Takes the next step of what is being done, if anything is. @type {(() => void) | undefined} */
  #next;

  /** Does what is still to be done of the steps before, then these. @param {Steps} steps @param {(isFault: boolean) => void} ended */
  run(steps, ended) {
    this.finish();
    const next = () => {
      let isOver = true;
      let isFault = false;
      try {
        isOver = Boolean(steps.next().done);
      } catch {
        isFault = true;
      }
      if (!isOver) return;
      this.#next = undefined;
      ended(isFault);
    };
    const goOn = () => {
      if (this.#next !== next) return;
      next();
      soon(goOn);
    };
    this.#next = next;
    goOn();
  }

  /** Does the rest at once. */
  finish() {
    while (this.#next) this.#next();
  }
}
