// @ts-check
// What the core asks of the browser, and the one way by which it is told what happens.
//
// Every call into the core goes through `ask` or `tell`: a trap ends the core there, quietly and for good, wherever it happened.

import { failure } from '../queue.js';
import { view, watch } from './page.js';
import { Store } from './storage.js';
import { takeSlot } from './tabs.js';
import { open } from './transport.js';

/**
 * @typedef {{deployment: string, hub: string, transport: any, format: string, pageViews: string, searchParameters: string[],
 *   excludedParameters: string[], keepFragment: boolean, masking: Record<string, any>,
 *   cobrowse: Record<string, any>, messenger: Record<string, any>, getToken?: (wish: {reason: string}) => unknown}} Options
 */

export class Host {
  /** @type {any} */
  core;
  /** Who the visitor is. @type {import('../identity.js').Identity | undefined} */
  identity;
  /** Tells of messages while the visitor looks at something else, where this document cannot. @type {import('../messenger/conversation.js').Link['notice']} */
  notice;
  /** Told of messages of a shared page. @type {(message: string | Uint8Array) => void} */
  onrelayed = () => {};
  #abort = new AbortController();
  #store = new Store();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {{close(): void} | undefined} */
  #socket;
  #fatal;

  /**
   * @param {Options} options
   * @param {(topic: string) => void} emit told of what the core says: `ready`, `status`, `refused`, `unreachable`
   * @param {(error: unknown) => void} fatal told once, when the core is at its end by a fault
   */
  constructor(options, emit, fatal) {
    this.options = options;
    this.emit = emit;
    this.#fatal = fatal;
  }

  get signal() {
    return this.#abort.signal;
  }

  /** Begins to tell of the page. */
  watch() {
    watch(this);
  }

  /** Takes everything off the page. */
  end() {
    this.#abort.abort();
    clearTimeout(this.#timer);
    this.#socket?.close();
  }

  /**
   * Calls the core. What it refuses is thrown as an error with a code.
   * @param {string} name
   * @param {unknown[]} values
   */
  ask(name, ...values) {
    try {
      return this.core[name](...values);
    } catch (error) {
      if (typeof error === 'string') {
        const [code, message] = error.split(/: (.*)/s);
        throw failure(code, message);
      }
      this.end();
      this.#fatal(error);
      throw failure('fatal', String(error));
    }
  }

  /**
   * Tells the core a fact. Never throws: this is called by the browser and by the page.
   * @param {string} fact
   * @param {unknown[]} values
   */
  tell(fact, ...values) {
    if (this.signal.aborted) return;
    try {
      this.ask(fact, ...values);
    } catch {
      // Said by `fatal`, or a fact that the core does not want.
    }
  }

  // What follows is what the core asks for: `src/browser/host.rs`.

  /** Monotonic, in milliseconds. */
  now() {
    return performance.now();
  }

  /** Wall clock, in Unix milliseconds. */
  wall() {
    return Date.now();
  }

  /** Sixteen bytes fit for secrets; where the page broke `crypto`, ids that are unique but can be guessed. @param {Uint8Array} bytes */
  fill(bytes) {
    try {
      crypto.getRandomValues(bytes);
    } catch {
      // Seen below.
    }
    if (bytes.every((byte) => byte === 0)) bytes.forEach((_, index) => (bytes[index] = Math.random() * 256));
  }

  /** From 0 up to 1, for back-off. */
  jitter() {
    return Math.random();
  }

  /** @param {string} key */
  read(key) {
    return this.#store.read(key);
  }

  /** @param {string} key @param {string} value */
  write(key, value) {
    this.#store.write(key, value);
  }

  /** @param {string} key */
  remove(key) {
    this.#store.remove(key);
  }

  /** At most 100. @param {string} prefix */
  keys(prefix) {
    return this.#store.keys(prefix);
  }

  /** @param {string} prefix @param {string} fresh @param {string} turn @param {number} beginning */
  takeSlot(prefix, fresh, turn, beginning) {
    void takeSlot([...this.#store.keys(prefix), fresh], turn, (key, slot) => {
      if (this.signal.aborted) slot.release();
      else this.tell('handleTurn', beginning, key, slot);
    });
  }

  /** @param {string | Uint8Array} message */
  relayed(message) {
    queueMicrotask(() => this.onrelayed(message));
  }

  /** Tells of the page that is shown, where page views are wanted. */
  view() {
    if (this.options.pageViews !== 'off') view(this);
  }

  /** @param {'websocket' | 'http' | 'custom' | 'beacon'} transport */
  open(transport) {
    const socket = open(transport, this);
    if (transport !== 'beacon') this.#socket = socket;
    return socket;
  }

  /** One timer: the last call counts. @param {number | undefined} milliseconds */
  wake(milliseconds) {
    clearTimeout(this.#timer);
    if (milliseconds !== undefined) this.#timer = setTimeout(() => this.tell('handleTimeout'), milliseconds);
  }
}
