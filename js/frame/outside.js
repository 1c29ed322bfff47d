// @ts-check
// The page's half, where the messenger lives in a frame of the hub's: tells the frame what the visitor does on the page, and shows and hides it.
//
// No token and no word of a conversation comes here. What agents see of the page is told from here, since only here it can be seen.

import { isKept } from '../cobrowse/kept.js';
import { view, watch } from '../host/page.js';
import { Store } from '../host/storage.js';
import { Launcher } from '../launcher.js';
import { loadSession } from '../load.js';
import { Notice } from '../messenger/notice.js';
import { watchOpeners } from '../openers.js';
import { checked } from '../options.js';
import { Part } from '../part.js';
import { failure } from '../queue.js';
import { Shell } from './shell.js';
import { theme } from './theme.js';
import { chosen, COMMANDS, FROM_FRAME, LOOKS, OPTIONS, wire } from './wire.js';

/** The frame is given up after so long, in milliseconds. */
const PATIENCE = 30_000;

/** That the visitor does something is told so often at most, in milliseconds. */
const ACTIVE_EVERY = 5_000;

/** Most calls that wait for the frame. */
const CALLS = 1_000;

/** What a page hears of. */
const TOPICS = ['status', 'refused', 'cobrowse', 'messenger', 'message', 'identity'];

/**
 * Starts the SDK in this page; settled once the frame has begun.
 * @param {any} options
 * @param {(error: unknown) => void} [fatal] told once, when a fault ended it
 */
export async function start(options, fatal = () => {}) {
  const known = checked(options);
  if (typeof known.transport !== 'string') throw failure('bad-options', "transport is 'auto', 'websocket' or 'http' where isolation is 'frame'");
  if (known.messenger.headless) throw failure('bad-options', "a messenger that is headless is drawn by the page: isolation is 'page' then");
  const outside = new Outside(known, fatal);
  await outside.begun;
  return outside;
}

class Outside {
  #known;
  #fatal;
  #abort = new AbortController();
  #store = new Store();
  #shell;
  #launcher;
  #notice;
  /** @type {((message: object) => void) | undefined} */
  #send;
  /** @type {Map<number, {resolve(value: unknown): void, reject(error: Error): void}>} */
  #calls = new Map();
  #count = 0;
  /** @type {Record<string, Array<(state: any) => void>>} */
  #listeners = Object.fromEntries(TOPICS.map((topic) => [topic, []]));
  /** @type {any} */
  #status = { state: 'connecting', transport: 'websocket', visitor: null, visit: null, queued: 0, dropped: 0 };
  /** What the frame is told of the page that is shown. @type {{page: any[], terms: string[]} | undefined} */
  #view;
  /** The one of this turn. @type {{page: any[], terms: string[]} | undefined} */
  #viewing;
  /** @type {((wish: {reason: string}) => unknown) | undefined} */
  #provide;
  /** Bytes that wait for the network, as the frame said, and those given since. */
  #waiting = 0;
  /** A person opened it, so it takes the focus. */
  #isAsked = false;
  #session;
  #activeAt = -Infinity;
  /** @type {Promise<void>} */
  begun;
  #resolve = () => {};
  /** @type {(error: Error) => void} */
  #reject = () => {};

  /** @param {import('../host/host.js').Options} known @param {(error: unknown) => void} fatal */
  constructor(known, fatal) {
    this.#known = known;
    this.#fatal = fatal;
    this.#provide = known.getToken;
    this.begun = new Promise((resolve, reject) => ([this.#resolve, this.#reject] = [resolve, reject]));
    const { signal } = this.#abort;
    const host = /** @type {any} */ (this.#host());
    const emit = (/** @type {string} */ topic, /** @type {unknown} */ state) => this.#emit(topic, state);
    this.#session = new Part(async () => (await loadSession())(host, known, () => this.#status, emit, () => this.#session.drop()), () => signal.aborted);
    this.#notice = new Notice(() => this.#press('messenger.open'), signal);
    this.#launcher = new Launcher(() => this.#press('messenger.toggle'), known.messenger);
    const address = `${known.hub}/frame?deployment=${encodeURIComponent(known.deployment)}`;
    this.#shell = new Shell(address, this.#launcher.label, known.messenger, () => this.#connect());
    const late = setTimeout(() => this.#fail(`${address} did not answer. Is ${location.origin} an origin of the deployment, and does the page's Content-Security-Policy allow ${known.hub} under frame-src?`), PATIENCE);
    const settled = () => clearTimeout(late);
    this.begun.then(settled, settled);

    if (known.pageViews !== 'off') view(host);
    watch(host);
    watchOpeners(known.messenger, signal, this.#launcher, () => this.#press('messenger.open'));
    for (const type of ['pointerdown', 'keydown']) addEventListener(type, () => this.#act(), { signal, capture: true, passive: true });
    addEventListener('storage', () => this.#status.state === 'online' && this.#resume(), { signal });
  }

  /** @param {string} command @param {unknown[]} args */
  async call(command, args) {
    switch (command) {
      case 'on': return this.#on(args[0], args[1]);
      case 'stop': return this.#end();
      case 'messenger.showLauncher': return this.#launcher.wish(true);
      case 'messenger.hideLauncher': return this.#launcher.wish(false);
    }
    if (this.#abort.signal.aborted) throw failure('stopped', 'Alongside was stopped');
    if (command === 'journey.pageView') return view(/** @type {any} */ (this.#host()), /** @type {any} */ (args[0]) ?? {});
    if (command === 'identity.provide') {
      if (typeof args[0] !== 'function') throw failure('bad-argument', 'identity.provide takes a function');
      this.#provide = /** @type {any} */ (args[0]);
      return this.#send?.({ do: 'canSignIn' });
    }
    const [group, name] = command.split('.');
    if (group === 'cobrowse') return (await this.#session.fetch()).command(name, args);
    if (!COMMANDS.includes(command)) {
      if (group !== 'messenger') throw failure('unknown-command', `there is no command '${command}'`);
      throw failure('isolated', `with isolation 'frame' a page neither reads nor writes messages: there is no '${command}'`);
    }
    return command === 'messenger.open' ? this.#open(command) : this.#ask(command, args);
  }

  /** What page and co-browse ask of a core. */
  #host() {
    return {
      options: this.#known,
      signal: this.#abort.signal,
      /** @param {string} fact @param {any[]} values */
      tell: (fact, ...values) => {
        // The frame hears itself of all else.
        if (fact === 'handleView') this.#tellView(values);
        else if (fact === 'search' && this.#viewing) this.#viewing.terms.push(values[0]);
        else if (fact === 'search') void this.#ask('journey.search', values).catch(() => {});
      },
      /** @param {string} name @param {any} message */
      ask: (name, message) => {
        if (name === 'waiting') {
          this.#send?.({ do: 'waiting' });
          return this.#waiting;
        }
        this.#waiting += message.length;
        this.#send?.({ do: 'relay', message });
      },
      read: (/** @type {string} */ key) => this.#store.read(key),
      write: (/** @type {string} */ key, /** @type {string} */ value) => this.#store.write(key, value),
      remove: (/** @type {string} */ key) => this.#store.remove(key),
    };
  }

  /** @param {any[]} page as `handleView` has it */
  #tellView(page) {
    const told = (this.#viewing = this.#view = { page, terms: [] });
    // What it was searched for comes in the same turn.
    queueMicrotask(() => {
      if (this.#viewing === told) this.#viewing = undefined;
      this.#send?.({ do: 'view', view: told });
    });
  }

  /** A document of the frame's has begun: the first one, or another one where the page took the frame off and put it back. */
  #connect() {
    const { messenger, cobrowse, ...options } = /** @type {any} */ (this.#known);
    const { port1, port2 } = new MessageChannel();
    const isAgain = this.#send !== undefined;
    this.#lose('the messenger began anew');
    this.#send = wire(port1, FROM_FRAME, (message) => this.#hear(message));
    // To the hub's document alone.
    this.#shell.window?.postMessage('alongside', this.#known.hub, [port2]);
    this.#send({
      do: 'start', options: chosen(OPTIONS, options), looks: chosen(LOOKS, { ...messenger, language: cobrowse.language ?? messenger.language }), view: this.#view, isAgain,
      theme: theme(), language: String(document.documentElement.lang), canSignIn: this.#provide !== undefined, notice: this.#permission,
    });
  }

  get #permission() {
    const { isPossible, isAllowed } = this.#notice;
    return { isPossible, isAllowed };
  }

  /** @param {any} message of the frame's */
  #hear(message) {
    switch (message.do) {
      case 'begun': return this.#resolve();
      case 'answer': {
        const call = this.#calls.get(message.id);
        this.#calls.delete(message.id);
        return message.code === undefined ? call?.resolve(message.value) : call?.reject(failure(message.code, message.message ?? ''));
      }
      case 'emit': return this.#heard(message.topic, message.state);
      case 'launcher': return this.#launch(message);
      case 'token': return void this.#token(message);
      case 'relayed': return void this.#session.fetch().then((part) => part.handleRelayed(message.message), () => {});
      case 'waiting': return void (this.#waiting = message.bytes);
      case 'left': return this.#leave();
      case 'notify': return this.#notice.tell('', '', message.notifies);
      case 'ask': return void this.#notice.ask().then(() => this.#send?.({ do: 'notice', ...this.#permission }));
      case 'fatal': return this.#fail(message.message);
    }
  }

  /** @param {string} topic @param {any} state */
  #heard(topic, state) {
    if (topic === 'status' || topic === 'refused') {
      const wasOnline = this.#status.state === 'online';
      this.#status = state;
      if (state.state === 'online' && !wasOnline) this.#resume();
      this.#session.now?.handleStatus();
    }
    this.#emit(topic, state);
  }

  /** A session goes on from page to page. */
  #resume() {
    if (isKept(this.#store, this.#known)) void this.#session.fetch().catch(() => {});
  }

  /** @param {{isOpen?: boolean, unread?: number, hasTalk?: boolean, isFocused?: boolean}} told */
  #launch({ isOpen, unread, hasTalk, isFocused }) {
    if (unread !== undefined) this.#launcher.setUnread(unread);
    if (unread === 0) this.#notice.clear();
    if (hasTalk !== undefined) this.#launcher.setTalk(hasTalk);
    if (isFocused && !this.#shell.hasFocus && document.activeElement === document.body) this.#launcher.focus();
    if (isOpen === undefined) return;
    // The page may look otherwise than when it was loaded.
    if (isOpen) this.#send?.({ do: 'theme', theme: theme() });
    this.#launcher.setOpen(isOpen);
    this.#shell.setOpen(isOpen, this.#isAsked);
    this.#isAsked = false;
  }

  /** @param {{id: number, reason: string}} asked */
  async #token({ id, reason }) {
    try {
      const token = await this.#provide?.({ reason });
      this.#send?.({ do: 'token', id, token });
    } catch (error) {
      this.#send?.({ do: 'token', id, token: null, error: String(/** @type {any} */ (error)?.message ?? error).slice(0, 1_000) });
    }
  }

  /** The visitor is another one now. */
  #leave() {
    try {
      this.#session.now?.command('end', []);
    } catch {
      // There was none.
    }
    this.#session.now?.end();
    if (this.#session.now) this.#session.drop();
  }

  /** @param {unknown} topic @param {unknown} listen */
  #on(topic, listen) {
    if (typeof listen !== 'function') throw failure('bad-argument', 'on takes a function as its second argument');
    const name = String(topic);
    // The loader tells of `fatal` itself.
    if (name !== 'fatal' && !Object.hasOwn(this.#listeners, name)) throw failure('bad-argument', `on takes ${TOPICS.join(', ')} or fatal`);
    this.#listeners[name]?.push(/** @type {any} */ (listen));
  }

  /** @param {string} topic @param {unknown} state */
  #emit(topic, state) {
    for (const listen of this.#listeners[topic]) setTimeout(() => listen(state));
  }

  /** @param {string} command @param {unknown[]} args @returns {Promise<unknown>} */
  #ask(command, args) {
    return new Promise((resolve, reject) => {
      if (!this.#send || this.#calls.size >= CALLS) return reject(failure('queue-full', `more than ${CALLS} calls wait for the messenger`));
      const id = (this.#count += 1);
      this.#calls.set(id, { resolve, reject });
      try {
        this.#send({ do: 'call', id, command, args });
      } catch (error) {
        // What cannot be cloned is no argument of any command.
        this.#calls.delete(id);
        reject(failure('bad-argument', String(error)));
      }
    });
  }

  /** By a person. @param {string} command */
  #press(command) {
    void this.#open(command).catch(() => {});
  }

  /** Then it takes the focus. @param {string} command */
  #open(command) {
    this.#isAsked = true;
    this.#shell.remember();
    return this.#ask(command, []);
  }

  /** The visitor does something: who is signed in stays so. */
  #act() {
    const now = performance.now();
    if (now - this.#activeAt < ACTIVE_EVERY) return;
    this.#activeAt = now;
    this.#send?.({ do: 'active' });
  }

  /** @param {string} reason that nobody answers what was asked */
  #lose(reason) {
    for (const { reject } of this.#calls.values()) reject(failure('failed', reason));
    this.#calls.clear();
  }

  /** @param {string} reason */
  #fail(reason) {
    if (this.#abort.signal.aborted) return;
    this.#end();
    this.#reject(failure('fatal', reason));
    this.#fatal(new Error(reason));
  }

  /** Everything off the page. */
  #end() {
    this.#abort.abort();
    this.#session.now?.end();
    this.#lose('Alongside was stopped');
    this.#shell.end();
    this.#launcher.remove();
    this.#send = undefined;
  }
}
