// @ts-check
// The artefact `core`: the commands of the page, turned into calls of the wasm module.

import init, { Core } from 'alongside-wasm';
import { isKept } from './cobrowse/kept.js';
import { Host } from './host/host.js';
import { view } from './host/page.js';
import { checked } from './options.js';
import { failure } from './queue.js';

/** Fetches and compiles the wasm module. */
export default init;

/** What makes sense before the visitor is known. */
const AT_ONCE = ['on', 'status', 'stop'];

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
 * @returns {{call(command: string, args: unknown[]): Promise<unknown>}}
 */
export function start(options, fatal = () => {}) {
  const known = checked(options);
  /** @type {Record<string, Array<(status: unknown) => void>>} */
  const listeners = { status: [], refused: [], cobrowse: [] };
  /** Calls that wait for the visitor. @type {Array<() => void>} */
  let held = [];
  let isStopped = false;
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
      // Later: the core is at work now.
      for (const go of held.splice(0)) queueMicrotask(go);
      // A session goes on from page to page.
      if (isKept(host, known)) void engage().catch(() => {});
    } else if (topic === 'unreachable') {
      warnOnce(
        `cannot reach ${known.hub}. Events are kept and sent later. Is the hub running, and does the page's ` +
          'Content-Security-Policy allow it under connect-src (http and ws)?',
      );
    } else {
      setTimeout(() => {
        if (host.signal.aborted) return;
        session?.handleStatus();
        const now = /** @type {any} */ (status());
        if (topic === 'refused') warnOnce(`the hub refused this page (${now.code}): ${now.reason}`);
        emitTo(topic, now);
      });
    }
  };

  /** @param {unknown} error */
  const ended = (error) => {
    for (const go of held.splice(0)) go();
    session?.end();
    fatal(error);
  };
  const host = new Host(known, emit, ended);

  /** The artefact `engage`, once something needs it. @type {Promise<import('./cobrowse/session.js').Session> | undefined} */
  let engaging;
  /** @type {import('./cobrowse/session.js').Session | undefined} */
  let session;
  const engage = () => (engaging ??= fetched().catch((error) => {
    engaging = undefined;
    throw error;
  }));
  const fetched = async () => {
    // Beside this file, also for bundlers.
    const { default: ready, begin } = await import('./engage.js');
    await ready({ module_or_path: new URL('./engage_bg.wasm', import.meta.url) });
    session = begin(host, known, status, emitTo, () => (session = engaging = undefined));
    if (isStopped) session.end();
    return session;
  };
  // Who is offered a session is asked by `engage`.
  host.onrelayed = (message) => void engage().then((session) => session.handleRelayed(message), () => {});

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
    'visitor.forget': () => host.ask('forget'),
    status,
    on(topic, listen) {
      if (typeof listen !== 'function') throw failure('bad-argument', 'on takes a function as its second argument');
      // The loader tells of `fatal` itself.
      if (topic !== 'fatal' && !Object.hasOwn(listeners, topic)) {
        throw failure('bad-argument', "on takes 'status', 'refused', 'cobrowse' or 'fatal'");
      }
      listeners[topic]?.push(listen);
    },
    stop() {
      isStopped = true;
      session?.end();
      host.ask('stop');
      host.end();
      for (const go of held.splice(0)) go();
    },
  };

  const { transport } = known;
  const name = typeof transport === 'string' ? transport : 'custom';
  host.core = new Core(host, known.deployment, name, known.format === 'json', known.keepFragment, known.excludedParameters.join('\n'));
  host.watch();
  host.tell('begin');

  return {
    async call(command, args) {
      const [group, name] = command.split('.');
      if (!Object.hasOwn(commands, command) && group !== 'cobrowse') throw failure('unknown-command', `there is no command '${command}'`);
      if (!AT_ONCE.includes(command)) {
        if (!isStopped && !host.ask('isReady')) await new Promise((go) => held.push(() => go(undefined)));
        if (isStopped) throw failure('stopped', 'Alongside was stopped');
      }
      return group === 'cobrowse' ? (await engage()).command(name, args) : commands[command](...args);
    },
  };
}
