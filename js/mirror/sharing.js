// @ts-check
// Lets desks follow this tab: does what the visitor's half of a shared page wants (`src/cobrowse`).

import { Share, Wish } from 'alongside-wasm';
import { failure } from '../queue.js';
import { mirror } from './mirror.js';
import { Press } from './press.js';
import { MARK_WORDS } from './walk.js';

/** Above so many bytes that wait for the network, the page is read when they have gone. */
const WAITING_LIMIT = 256 * 1024;

/**
 * What the core gives: `relay` sends a message and returns how many bytes wait then, `waiting` says it again.
 * @typedef {{relay(message: string | Uint8Array): number, waiting(): number, visit(): string | null, isOnline(): boolean, isJson: boolean,
 *   masking: Record<string, any>, fatal(error: unknown): void}} Link
 */

/** @param {Record<string, any>} masking @returns {import('./walk.js').Selectors} */
function selectors(masking) {
  /** @type {import('./walk.js').Selectors} */
  const checked = {};
  for (const word of MARK_WORDS) {
    const selector = masking[word];
    if (selector === undefined) continue;
    try {
      document.createElement('p').matches(selector);
    } catch {
      // Better nothing is shown than what was to be masked.
      throw failure('bad-options', `masking.${word} is not a valid selector: ${selector}`);
    }
    checked[word] = selector;
  }
  return checked;
}

export class Sharing {
  #link;
  #share;
  #abort = new AbortController();
  #isShared = false;
  #waiting = 0;
  #press = new Press((frame) => this.#tell(() => this.#share.handleFrame(frame)));
  /** @type {ReturnType<typeof mirror> | undefined} */
  #mirror;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #options;

  /** @param {Link} link */
  constructor(link) {
    this.#link = link;
    this.#options = { isPrivate: link.masking.privateByDefault !== undefined && link.masking.privateByDefault !== false, selectors: selectors(link.masking) };
    this.#share = new Share(link.isJson);
    // Agents see the tab that the visitor sees.
    const shown = () => {
      if (this.#isShared && !document.hidden && this.#link.visit() !== null) this.share();
    };
    document.addEventListener('visibilitychange', shown, { signal: this.#abort.signal });
    this.handleStatus();
  }

  /** Lets desks follow this tab. */
  share() {
    // The visitor is not asked: that is for who develops a site only.
    if (!/^(localhost|127(\.\d+){3}|\[::1\])$/.test(location.hostname)) {
      throw failure('not-permitted', 'cobrowse.share is for development: it shares pages of this machine (localhost) only');
    }
    const visit = this.#link.visit();
    if (visit === null) throw failure('no-visit', 'desks find a shared page by its visit: record a page view first');
    this.#tell(() => {
      this.#isShared = this.#share.share(visit);
    });
  }

  /** Lets nobody follow any more. */
  unshare() {
    this.#isShared = false;
    this.#tell(() => this.#share.unshare());
  }

  /** The link is up or down. */
  handleStatus() {
    this.#tell(() => (this.#link.isOnline() ? this.#share.handleOnline() : this.#share.handleOffline()));
  }

  /** @param {string | Uint8Array} message */
  handleRelayed(message) {
    this.#tell(() => {
      if (typeof message === 'string') this.#share.handleText(message, performance.now());
      else this.#share.handleBytes(message, performance.now());
    });
  }

  /** Takes everything off the page. */
  end() {
    this.#abort.abort();
    clearTimeout(this.#timer);
    this.#endMirror();
  }

  #endMirror() {
    this.#mirror?.stop();
    this.#mirror = undefined;
    this.#press.clear();
  }

  /** Whatever fails here ends quietly, and the page goes on. @param {() => void} act */
  #tell(act) {
    if (this.#abort.signal.aborted) return;
    try {
      act();
      this.#perform();
    } catch (error) {
      this.end();
      this.#link.fatal(error);
    }
  }

  #perform() {
    for (let wish = this.#share.poll(); wish !== Wish.None; wish = this.#share.poll()) {
      if (wish === Wish.Send) {
        const message = this.#link.isJson ? this.#share.text() : this.#share.bytes();
        if (message !== undefined) this.#waiting = this.#link.relay(message);
      } else if (wish === Wish.End) this.#endMirror();
      else if (wish === Wish.Give) this.#mirror?.want(this.#share.hash());
      else if (this.#mirror) this.#mirror.begin();
      else this.#mirror = this.#begun();
    }
    clearTimeout(this.#timer);
    const wait = this.#share.pollTimeout(performance.now());
    if (wait !== undefined) this.#timer = setTimeout(() => this.#tell(() => this.#share.handleTimeout(performance.now())), wait);
  }

  #begun() {
    return mirror((frame) => this.#press.put(frame), {
      ...this.#options,
      isBusy: () => this.#isBusy(),
      fatal: (error) => {
        this.end();
        this.#link.fatal(error);
      },
    });
  }

  #isBusy() {
    if (this.#waiting > WAITING_LIMIT) this.#waiting = this.#link.waiting();
    return this.#waiting + this.#press.waiting > WAITING_LIMIT;
  }
}
