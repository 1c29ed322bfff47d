// @ts-check
// The artefact `core`: the commands of the page, turned into calls of the wasm module.

import init, { Core } from 'alongside-wasm';
import { isKept } from './cobrowse/kept.js';
import { Host } from './host/host.js';
import { view } from './host/page.js';
import { Identity } from './identity.js';
import { Launcher } from './launcher.js';
import { loadSession } from './load.js';
import { isKept as isMessengerKept, talkKey, visitorKey } from './messenger/kept.js';
import { watchOpeners } from './openers.js';
import { checked } from './options.js';
import { Part } from './part.js';
import { failure } from './queue.js';

/** Fetches and compiles the wasm module. */
export default init;

/** What makes sense before the visitor is known. */
const AT_ONCE = ['on', 'status', 'stop', 'messenger.showLauncher', 'messenger.hideLauncher'];

/** The first byte of a binary one is the key of its field, 41, with a length. @param {string | Uint8Array} message that is relayed */
const isTalk = (message) => (typeof message === 'string' ? message.startsWith('{"talk"') : message[0] === 83);

/**
 * The customer's page, for a core that lives in a frame: what is shared of it, its launcher, and what the core asks it otherwise.
 * @typedef {{session(): Promise<import('./cobrowse/session.js').Session>, launcher: Launcher, begin(host: Host): void}} Outside
 */

/** @param {unknown} value @param {string} what @returns {string} */
function string(value, what) {
  if (typeof value !== 'string') throw failure('bad-argument', `${what} is a string`);
  return value;
}

/** How an attribute of this kind is given to the core. */
const KINDS = { string: 'addText', boolean: 'addFlag', number: 'addNumber' };

/** @param {unknown} object @returns {Array<[string, any]>} */
function attributes(object) {
  const pairs = typeof object === 'object' ? Object.entries(object ?? {}) : [];
  const isGood = pairs.every(([, value]) => typeof value in KINDS && (typeof value !== 'number' || Number.isFinite(value)));
  if (isGood && typeof object === 'object') return pairs;
  throw failure('bad-argument', 'attributes are an object of strings, finite numbers and booleans');
}

/**
 * Starts the SDK in this page.
 * @param {unknown} options
 * @param {(error: unknown) => void} [fatal] told once, when a fault ended the core
 * @param {Outside} [outside] where the page is another one than this document
 * @returns {{call(command: string, args: unknown[]): Promise<unknown>}}
 */
export function start(options, fatal = () => {}, outside) {
  const known = checked(options);
  /** @type {Record<string, Array<(status: unknown) => void>>} */
  const listeners = { status: [], refused: [], cobrowse: [], messenger: [], message: [], identity: [] };
  /** Calls that wait for the visitor. @type {Array<() => void>} */
  let held = [];
  let isStopped = false;
  let hasBegun = false;
  let hasWarned = false;

  /** @param {string} message */
  const warnOnce = (message) => {
    if (!hasWarned) console.warn(`[alongside] ${message}`);
    hasWarned = true;
  };

  const status = () => {
    const [state, transport, visitor, visit, queued, dropped, code, ...reason] = host.ask('status').split('\n');
    const all = { state, transport, visitor: visitor || null, visit: visit || null, queued: +queued, dropped: +dropped };
    return code ? { ...all, code, reason: reason.join('\n') } : all;
  };

  /** @param {string} topic @param {unknown} state */
  const emitTo = (topic, state) => {
    for (const listen of listeners[topic]) setTimeout(() => listen(state));
  };

  /** @param {string} topic */
  const emit = (topic) => {
    if (topic === 'ready') {
      look();
      if (isAnew) host.view();
      isAnew = false;
      // Later: the core is at work now.
      for (const go of held.splice(0)) queueMicrotask(go);
      // A session goes on from page to page, and a conversation.
      if (isKept(host, known)) void session.fetch().catch(() => {});
      // Who has just become another visitor finds it closed, whatever other tabs show.
      if (!hasBegun && isMessengerKept(host, known)) void messenger.fetch().catch(() => {});
      hasBegun = true;
    } else if (topic === 'unreachable') {
      warnOnce(
        `cannot reach ${known.hub}. Events are kept and sent later. Is the hub running, and does the page's ` +
          'Content-Security-Policy allow it under connect-src (http and ws)?',
      );
    } else {
      setTimeout(() => {
        if (host.signal.aborted) return;
        session.now?.handleStatus();
        messenger.now?.handleStatus();
        const now = /** @type {any} */ (status());
        if (now.state === 'online') identity.handleOnline();
        if (topic === 'refused') warnOnce(`the hub refused this page (${now.code}): ${now.reason}`);
        emitTo(topic, now);
      });
    }
  };

  /** @param {unknown} error */
  const ended = (error) => {
    for (const go of held.splice(0)) go();
    end();
    fatal(error);
  };
  const host = new Host(known, emit, ended);
  outside?.begin(host);
  const ready = async () => host.ask('isReady') || new Promise((go) => held.push(() => go(undefined)));
  const identity = (host.identity = new Identity(host, (state) => emitTo('identity', state), ready));

  const session = new Part(
    outside?.session ?? (async () => (await loadSession())(host, known, status, emitTo, () => session.drop())),
    () => isStopped,
  );
  // Beside this file, also for bundlers.
  const messenger = new Part(async () => {
    const { default: ready, begin } = await import('./messenger.js');
    await ready({ module_or_path: new URL('./messenger_bg.wasm', import.meta.url) });
    return begin(host, known, status, emitTo, launcher, () => messenger.drop());
  }, () => isStopped);
  /** @param {string} name @param {unknown[]} [args] */
  const talk = (name, args = []) => {
    // It may come up by itself, because it is open in another tab: who pressed before wants it open.
    const meant = name === 'toggle' && !messenger.now ? 'open' : name;
    return messenger.fetch().then((part) => part.command(meant, args));
  };
  /** @param {string} name a command */
  const press = (name) => void talk(name).catch(() => {});
  const launcher = outside?.launcher ?? new Launcher(() => press('toggle'), known.messenger);
  const end = () => {
    session.now?.end();
    messenger.now?.end();
    launcher.remove();
  };
  /** Whose page this is. */
  let visitor = '';
  /** A page that stays while its visitor becomes another one is the new one's first. */
  let isAnew = false;
  const clear = () => {
    try {
      session.now?.command('end', []);
    } catch {
      // There was none.
    }
    for (const part of [session, messenger]) {
      part.now?.end();
      if (part.now) part.drop();
    }
    launcher.setUnread(0);
    launcher.setTalk(false);
    identity.handleOther();
  };
  /** Nothing of one visitor is in sight of the next one, whichever tab he left in. */
  const look = () => {
    const now = host.read(visitorKey(known)) ?? '';
    if (visitor && visitor !== now) clear();
    visitor = now;
  };
  const leave = () => {
    // What is not sent yet is still his.
    host.tell('handleHidden');
    clear();
    identity.forget();
    isAnew = true;
    host.tell('handleStorage');
  };
  identity.onother = leave;
  // Who is offered a session is asked by `engage`; for whom messages wait, he is told by `messenger`.
  host.onrelayed = (message) => void (isTalk(message) ? messenger : session).fetch().then((part) => part.handleRelayed(message), () => {});

  /** @type {Record<string, (...args: any[]) => unknown>} */
  const commands = {
    'journey.pageView': (page) => view(host, page ?? {}),
    'journey.search': (term) => host.ask('search', string(term, 'the term of journey.search')),
    'journey.record'(name, object) {
      string(name, 'the name of journey.record');
      for (const [key, value] of attributes(object ?? {})) {
        host.ask(KINDS[/** @type {keyof KINDS} */ (typeof value)], key, typeof value === 'number' ? String(value) : value);
      }
      host.ask('record', name);
    },
    'messenger.showLauncher': () => launcher.wish(true),
    'messenger.hideLauncher': () => launcher.wish(false),
    'visitor.forget'() {
      host.remove(talkKey(known));
      launcher.setTalk(false);
      return host.ask('forget');
    },
    'identity.provide': (provide) => identity.provide(provide),
    'identity.signIn': () => identity.ask('start'),
    async 'identity.signOut'() {
      identity.signOut();
      leave();
      await ready();
    },
    status,
    on(topic, listen) {
      if (typeof listen !== 'function') throw failure('bad-argument', 'on takes a function as its second argument');
      // The loader tells of `fatal` itself.
      if (topic !== 'fatal' && !Object.hasOwn(listeners, topic)) {
        throw failure('bad-argument', `on takes ${Object.keys(listeners).join(', ')} or fatal`);
      }
      listeners[topic]?.push(listen);
    },
    stop() {
      isStopped = true;
      end();
      host.ask('stop');
      host.end();
      for (const go of held.splice(0)) go();
    },
  };

  const { transport } = known;
  const name = typeof transport === 'string' ? transport : 'custom';
  host.core = new Core(host, known.deployment, name, known.format === 'json', known.keepFragment, known.excludedParameters.join('\n'));
  launcher.setTalk(host.read(talkKey(known)) !== undefined);
  watchOpeners(known.messenger, host.signal, launcher, () => press('open'));
  host.watch();
  for (const type of ['storage', 'pageshow']) addEventListener(type, look, { signal: host.signal });
  host.tell('begin');

  return {
    async call(command, args) {
      const [group, name] = command.split('.');
      const part = { cobrowse: session, messenger }[group];
      if (!Object.hasOwn(commands, command) && !part) throw failure('unknown-command', `there is no command '${command}'`);
      if (!AT_ONCE.includes(command)) {
        if (!isStopped) await ready();
        if (isStopped) throw failure('stopped', 'Alongside was stopped');
      }
      if (!part || Object.hasOwn(commands, command)) return commands[command](...args);
      return part === messenger ? talk(name, args) : (await part.fetch()).command(name, args);
    },
  };
}
