// @ts-check
// Who the visitor is, as the customer's page proves it by a token; and that nothing of one visitor is left for the next one.

import { visitorKey } from './messenger/kept.js';
import { failure } from './queue.js';

/** The page's function, and the hub, are given up after so long, in milliseconds. */
const PATIENCE = 30_000;

/** And where it shows the visitor something that he fills in: as long as an agent's question stands. */
const STEP_UP = 600_000;

/** Another token is asked for so long before this one is over, in milliseconds. */
const BEFORE = 60_000;

/** What is no visitor's own. */
const KEPT = /:(?:sound|notify)$/;

/**
 * @typedef {{status: 'anonymous' | 'identified' | 'verified', name?: string, expires?: number, error?: {code: string, message: string}}} State
 */

export class Identity {
  /** @type {((wish: {reason: string}) => unknown) | undefined} */
  #provide;
  #host;
  #options;
  #told;
  #ready;
  #marker;
  /** @type {State} */
  #state = { status: 'anonymous' };
  /** What the page's function is asked for now. @type {Record<string, Promise<State>>} */
  #asked = {};
  #isOnline = false;
  /** The visitor has done something since this was known. */
  #isActive = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {import('./host/host.js').Host} host
   * @param {(state: State) => void} told at each change
   * @param {() => Promise<unknown>} ready when there is a visitor
   */
  constructor(host, told, ready) {
    this.#host = host;
    this.#options = host.options;
    this.#told = told;
    this.#ready = ready;
    this.#provide = host.options.getToken;
    this.#marker = `alongside:${host.options.deployment}:identity`;
    const { signal } = host;
    signal.addEventListener('abort', () => clearTimeout(this.#timer));
    for (const type of ['pointerdown', 'keydown']) {
      addEventListener(type, () => {
        if (!this.#isActive && this.#provide && this.#state.status === 'identified') void this.ask('expired');
        this.#isActive = true;
      }, { signal, capture: true });
    }
    addEventListener('storage', ({ key, newValue }) => {
      if (key !== this.#marker || !newValue) return;
      const [status, expires] = newValue.split(' ');
      this.#become(/** @type {any} */ (expires ? { status, expires: +expires } : { status }));
    }, { signal });
  }

  get isProvided() {
    return Boolean(this.#provide);
  }

  /** @param {unknown} provide the page's function */
  provide(provide) {
    if (typeof provide !== 'function') throw failure('bad-argument', 'identity.provide takes a function');
    this.#provide = /** @type {any} */ (provide);
    if (this.#isOnline) void this.ask('start');
  }

  /** The link is up: once a page, the page is asked who the visitor is. */
  handleOnline() {
    if (!this.#isOnline && this.#provide) void this.ask('start');
    this.#isOnline = true;
  }

  /** The visitor is another one. */
  handleOther() {
    this.#become({ status: 'anonymous' });
  }

  /** He signed out: the hub is told, and does not have to answer. */
  signOut() {
    if (this.#host.read(this.#marker)) this.#post({ ends: true }).catch(() => {});
  }

  /** Removes all that this browser keeps of the visitor. */
  forget() {
    this.#host.remove(visitorKey(this.#options));
    for (const key of this.#host.keys(`alongside:${this.#options.deployment}:`)) if (!KEPT.test(key)) this.#host.remove(key);
  }

  /** Once at a time for each reason. Never rejected. @param {string} reason @returns {Promise<State>} */
  ask(reason) {
    return (this.#asked[reason] ??= this.#ask(reason)
      .catch((error) => this.#fail('failed', error))
      .finally(() => delete this.#asked[reason]));
  }

  /** @param {string} reason @returns {Promise<State>} */
  async #ask(reason) {
    const visitor = this.#visitor;
    let token;
    try {
      token = await within(reason === 'step-up' ? STEP_UP : PATIENCE, this.#provide?.({ reason }));
    } catch (error) {
      return this.#fail('token-failed', error);
    }
    // Whoever it is about may have left meanwhile.
    if (this.#visitor !== visitor || this.#host.signal.aborted) return this.#state;
    if (token == null) {
      if (reason === 'start' && this.#host.read(this.#marker)) return this.#hand(undefined, reason);
      return reason === 'step-up' ? this.#fail('no-token', 'getToken gave none') : this.#become(this.#state);
    }
    if (typeof token !== 'string' && typeof /** @type {any} */ (token).code !== 'string') return this.#fail('no-token', 'getToken gave no token and no code');
    return this.#hand(token, reason);
  }

  get #visitor() {
    return this.#host.read(visitorKey(this.#options));
  }

  /** @param {string | object | undefined} token or a code @param {string} reason @returns {Promise<State>} */
  async #hand(token, reason) {
    const visitor = this.#visitor;
    const isCode = typeof token === 'object';
    const answer = await this.#post(isCode ? { code: token } : { token });
    const told = await answer.json();
    if (this.#visitor !== visitor || this.#host.signal.aborted) return this.#state;
    if (answer.ok) {
      const { isAsked, ...state } = told;
      if (state.expires) state.expires += Date.now();
      this.#become(state);
      this.#host.write(this.#marker, `${state.status} ${state.expires ?? ''}`);
      return isAsked && reason === 'step-up' ? this.#fail('too-weak', 'the sign-in is too weak') : state;
    }
    if (told.code === 'other-subject') {
      // Never one visitor with two names.
      this.signOut();
      this.onother();
      await this.#ready();
      // A code is good for once.
      return isCode ? this.#ask(reason) : this.#hand(token, reason);
    }
    if (told.code === 'rejected' && reason !== 'rejected') return this.ask('rejected');
    return this.#fail(told.code, told.message);
  }

  /** Somebody else signed in. */
  onother = () => {};

  /** @param {object} body */
  #post(body) {
    const { hub, deployment } = this.#options;
    return fetch(`${hub}/v1/identity`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-alongside-deployment': deployment, 'x-alongside-visitor': this.#visitor ?? '' },
      body: JSON.stringify(body),
      keepalive: true,
      signal: AbortSignal.timeout(PATIENCE),
    });
  }

  /** @param {State} state */
  #become(state) {
    this.#state = state;
    this.#isActive = false;
    clearTimeout(this.#timer);
    if (state.expires) {
      const left = Math.max(state.expires - Date.now(), 0);
      const early = Math.min(BEFORE, left / 2);
      this.#timer = setTimeout(() => {
        // Who is not there does not stay signed in.
        if (this.#isActive && this.#provide) void this.ask('refresh');
        this.#timer = setTimeout(() => this.#become({ ...state, status: 'identified', expires: undefined }), early);
      }, left - early);
    }
    this.#told(state);
    return state;
  }

  /** @param {string} code @param {unknown} reason @returns {State} */
  #fail(code, reason) {
    const state = { ...this.#state, error: { code, message: String(reason) } };
    // Once the link is back, the hub may be, too.
    if (code === 'failed' || code === 'unavailable') this.#isOnline = false;
    this.#told(state);
    return state;
  }
}

/** @param {number} limit milliseconds @param {unknown} given a promise, or what is there already */
const within = (limit, given) => Promise.race([given, new Promise((_, reject) => setTimeout(reject, limit, 'getToken did not answer'))]);
