// @ts-check
// One tab of all that the visitor has open makes itself heard: the one that he saw last, and once that is closed another one.

export class Voice {
  /** Locks need a secure context: without them nobody knows of the other tabs. */
  isOwn = !navigator.locks;
  #name;
  #signal;
  #isWaiting = false;

  /** @param {string} name the same in all tabs @param {AbortSignal} signal */
  constructor(name, signal) {
    this.#name = name;
    this.#signal = signal;
    if (this.isOwn) return;
    document.addEventListener('visibilitychange', () => document.hidden || this.isOwn || this.#take(true), { signal });
    this.#take(!document.hidden);
  }

  /** @param {boolean} steal from the tab that has it; otherwise in its turn */
  #take(steal) {
    let had = false;
    this.#isWaiting ||= !steal;
    const hold = () => {
      had = this.isOwn = true;
      if (!steal) this.#isWaiting = false;
      return new Promise((release) => this.#signal.addEventListener('abort', release));
    };
    navigator.locks.request(this.#name, { steal }, hold).catch(() => {
      // Another tab is seen now; or the browser has no locks for this page.
      this.isOwn = !had;
      if (had && !this.#isWaiting) this.#take(false);
    });
  }
}
