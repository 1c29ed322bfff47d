// @ts-check
// What of the messenger is fetched with the first need of it. Where that fails all else goes on, and it is tried again.

/** Until it is tried again by itself, in milliseconds: longer each time. */
const FIRST = 2_000;
const LONGEST = 60_000;

/** @typedef {typeof import('../extras.js')} Extras */

export class Later {
  /** Once it is there. @type {Extras | undefined} */
  now;
  #fetch;
  /** What is done then, by what needs it. @type {Map<unknown, (extras: Extras) => void>} */
  #waiting = new Map();
  #isFetching = false;
  #hasFailed = false;
  #wait = FIRST;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Array<(extras?: Extras) => void>} */
  #listeners = [];

  /** @param {() => Promise<Extras>} fetch */
  constructor(fetch) {
    this.#fetch = fetch;
  }

  /** Whether something waits for it that did not come. */
  get isMissed() {
    return this.#hasFailed && this.#waiting.size > 0;
  }

  /** Told when it is there, before what waits is done, and when it is missed, or not any more. @param {(extras?: Extras) => void} listen */
  listen(listen) {
    this.#listeners.push(listen);
    if (this.now) listen(this.now);
  }

  /** Does this with it: at once where it is there. @param {unknown} key whoever needs it; the last wish of one counts @param {(extras: Extras) => void} act */
  want(key, act) {
    if (this.now) return act(this.now);
    this.#waiting.set(key, act);
    this.#try();
  }

  /** It is of no use any more. @param {unknown} key */
  drop(key) {
    if (this.#waiting.delete(key) && this.#hasFailed) this.#tell();
  }

  /** Tries again, where something waits. */
  again() {
    if (this.#waiting.size > 0) this.#try();
  }

  /** Nothing is wanted any more. */
  end() {
    this.#waiting.clear();
    clearTimeout(this.#timer);
  }

  async #try() {
    if (this.#isFetching) return;
    clearTimeout(this.#timer);
    this.#isFetching = true;
    try {
      this.now = await this.#fetch();
      this.#hasFailed = false;
      this.#tell();
      for (const [key, act] of this.#waiting) {
        this.#waiting.delete(key);
        act(this.now);
      }
    } catch (error) {
      this.#hasFailed = this.now === undefined;
      // What was done with it has a fault of its own.
      if (this.now) console.warn(`[alongside] ${error}`);
      this.#tell();
      if (this.isMissed) this.#timer = setTimeout(() => this.again(), this.#wait);
      this.#wait = Math.min(2 * this.#wait, LONGEST);
    } finally {
      this.#isFetching = false;
    }
  }

  #tell() {
    for (const listen of this.#listeners) listen(this.now);
  }
}
