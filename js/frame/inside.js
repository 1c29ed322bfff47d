// @ts-check
// The frame's half: a core whose page is the one that frames it. The visitor's token, his link and his conversation are here, in a document of
// the hub's origin, which the customer's page cannot read.

import { start } from '../core.js';
import { setTheme } from './theme.js';
import { chosen, FROM_PAGE, LOOKS, OPTIONS, wire } from './wire.js';

/** Most that is kept until the core is there. */
const EARLY = 1_000;

/** Most tokens that the page is asked for at a time. */
const ASKED = 10;

/** Takes the first page that speaks: the one that frames this document, which only pages of the deployment can. @param {Promise<unknown>} loaded the wasm module */
export function listen(loaded) {
  const heard = (/** @type {MessageEvent} */ { source, ports: [port], data }) => {
    if (source !== window.parent || window.parent === window || !port || data !== 'alongside') return;
    removeEventListener('message', heard);
    const inside = new Inside(port);
    loaded.then(() => inside.begin(), (error) => inside.fail(error));
  };
  addEventListener('message', heard);
}

class Inside {
  #send;
  /** @type {{call(command: string, args: unknown[]): Promise<any>} | undefined} */
  #core;
  /** What page is shown, as it was told last. @type {{page: any[], terms: string[]} | undefined} */
  #view;
  /** The core's host. @type {import('../host/host.js').Host | undefined} */
  #host;
  /** Tokens that the page was asked for. @type {Map<number, {resolve(token: unknown): void, reject(error: Error): void}>} */
  #asked = new Map();
  #count = 0;
  #notice = { isPossible: false, isAllowed: false };

  /** What came before there is a core. @type {any[] | undefined} */
  #early = [];

  /** @param {MessagePort} port */
  constructor(port) {
    this.#send = wire(port, FROM_PAGE, (message) => (this.#early ? this.#early.length < EARLY && this.#early.push(message) : this.#hear(message)));
  }

  /** The wasm module is there. */
  begin() {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const message of early) this.#hear(message);
  }

  /** @param {unknown} error why there will be no core */
  fail(error) {
    this.#send({ do: 'fatal', message: String(error) });
  }

  /** @param {any} message */
  #hear(message) {
    if (message.do === 'start') return this.#core || this.#start(message);
    if (!this.#core) return;
    switch (message.do) {
      case 'view':
        this.#view = message.view;
        return this.#tellView();
      case 'call': return void this.#call(message);
      case 'canSignIn': return void this.#core.call('identity.provide', [this.#getToken]);
      case 'token': {
        const asked = this.#asked.get(message.id);
        this.#asked.delete(message.id);
        return message.error === undefined ? asked?.resolve(message.token) : asked?.reject(new Error(message.error));
      }
      // As if it were done here: who does something stays signed in.
      case 'active': return void dispatchEvent(new Event('pointerdown'));
      case 'relay': {
        const name = typeof message.message === 'string' ? 'relayText' : 'relayBytes';
        this.#host?.tell(name, message.message);
        return this.#tellWaiting();
      }
      case 'waiting': return this.#tellWaiting();
      case 'theme': return setTheme(message.theme);
      case 'notice': return void (this.#notice = message);
    }
  }

  /** @param {any} message */
  #start({ options, looks, view, isAgain, theme, language, canSignIn, notice }) {
    const send = this.#send;
    this.#view = view;
    this.#notice = notice;
    document.documentElement.lang = language;
    setTheme(theme);
    const messenger = chosen(LOOKS, looks);
    const launcher = /** @type {any} */ ({
      setOpen: (/** @type {boolean} */ isOpen) => send({ do: 'launcher', isOpen }),
      setUnread: (/** @type {number} */ unread) => send({ do: 'launcher', unread }),
      setTalk: (/** @type {boolean} */ hasTalk) => send({ do: 'launcher', hasTalk }),
      focus: () => send({ do: 'launcher', isFocused: true }),
      remove() {},
      wish() {},
    });
    const session = /** @type {any} */ ({
      handleRelayed: (/** @type {string | Uint8Array} */ message) => send({ do: 'relayed', message }),
      handleStatus() {},
      command() {},
      end: () => send({ do: 'left' }),
    });
    const isNotice = (/** @type {'isPossible' | 'isAllowed'} */ name) => this.#notice[name] === true;
    const begin = (/** @type {import('../host/host.js').Host} */ host) => {
      this.#host = host;
      let isTold = isAgain;
      host.view = () => {
        // The document before this one has told it.
        if (!isTold) this.#tellView();
        isTold = false;
      };
      host.notice = {
        get isPossible() {
          return isNotice('isPossible');
        },
        get isAllowed() {
          return isNotice('isAllowed');
        },
        ask: () => send({ do: 'ask' }),
        // Neither who nor what: the page would read it.
        tell: (_name, _text, notifies) => send({ do: 'notify', notifies }),
      };
    };
    try {
      this.#core = start({
        ...chosen(OPTIONS, options), messenger, cobrowse: messenger, pageViews: 'off', getToken: canSignIn ? this.#getToken : undefined,
        // Whose frame this is the hub said, and to whose pages.
        deployment: new URLSearchParams(location.search).get('deployment'), hub: location.origin,
      }, (error) => send({ do: 'fatal', message: String(error) }), { launcher, session: async () => session, begin });
    } catch (error) {
      return send({ do: 'fatal', message: /** @type {Error} */ (error).message });
    }
    for (const topic of ['status', 'refused', 'messenger', 'identity']) {
      void this.#core.call('on', [topic, (/** @type {object} */ state) => send({ do: 'emit', topic, state })]);
    }
    send({ do: 'begun' });
  }

  #tellView() {
    if (!this.#view) return;
    this.#host?.tell('handleView', ...this.#view.page);
    for (const term of this.#view.terms) this.#host?.tell('search', term);
  }

  #tellWaiting() {
    try {
      this.#send({ do: 'waiting', bytes: this.#host?.ask('waiting') ?? 0 });
    } catch {
      // The core has ended, and said so.
    }
  }

  /** @param {{id: number, command: string, args: unknown[]}} message */
  async #call({ id, command, args }) {
    try {
      const value = await this.#core?.call(command, args);
      this.#send({ do: 'answer', id, value });
    } catch (error) {
      const { code = 'fatal', message } = /** @type {any} */ (error);
      this.#send({ do: 'answer', id, code, message });
    }
  }

  #getToken = (/** @type {{reason: string}} */ { reason }) =>
    new Promise((resolve, reject) => {
      const id = (this.#count += 1);
      this.#asked.set(id, { resolve, reject });
      // The oldest was given up long ago.
      if (this.#asked.size > ASKED) this.#asked.delete(this.#asked.keys().next().value ?? 0);
      this.#send({ do: 'token', id, reason });
    });
}
