// @ts-check
// Brings the core up, or stands in for it.

import { beacon } from './beacon.js';
import { failure } from './queue.js';

/** The core is loaded so long after the page at the latest, idle or not. */
const IDLE_WITHIN = 3000;

/**
 * @param {import('./queue.js').Queue} queue
 * @param {{hub: string, deployment: string, pageViews?: string}} options
 * @param {(fatal: (error: unknown) => void) => Promise<import('./queue.js').Core>} load
 */
export function boot(queue, options, load) {
  const { hub, deployment, pageViews } = options;
  const isTracked = pageViews !== 'off';
  /** The address whose view was told, or is the core's to tell. */
  let told = '';
  /** @type {import('./queue.js').Core | undefined} */
  let core;
  /** @type {Error | undefined} */
  let fault;
  /** @type {Set<import('./queue.js').Call>} */
  const inFlight = new Set();
  /** @type {Array<(error: unknown) => void>} */
  const mourners = [];

  const tell = () => {
    if (!isTracked || told === location.href) return;
    told = location.href;
    beacon(hub, deployment);
  };

  // A visitor who leaves before the core is there is counted all the same.
  addEventListener('pagehide', tell);

  /** Listeners are the page's: what they throw is reported as theirs. @param {(error: unknown) => void} listen */
  const mourn = (listen) => void setTimeout(() => listen(fault));

  /** @param {any} reason */
  const fallBack = (reason) => {
    if (fault) return;
    // This page view was the core's to tell.
    if (core) told = location.href;
    const text = String(reason?.message ?? reason);
    fault = failure('fatal', text);
    const advice = /content security policy|unsafe-eval/i.test(text)
      ? ". Add 'wasm-unsafe-eval' to script-src of the page's Content-Security-Policy."
      : '.';
    console.warn(`[alongside] only page views are sent: ${text}${advice}`);
    tell();
    if (isTracked && pageViews !== 'once') {
      const navigation = /** @type {any} */ (window).navigation;
      if (navigation) navigation.addEventListener('currententrychange', tell);
      else setInterval(tell, 500);
    }
    for (const call of inFlight) call.reject(fault);
    mourners.forEach(mourn);
    queue.drain((call) => void perform(call));
  };

  /** @param {import('./queue.js').Call} call */
  const perform = async (call) => {
    const { command, args, resolve, reject } = call;
    const isMourner = command === 'on' && args[0] === 'fatal' && typeof args[1] === 'function';
    if (isMourner) {
      const listen = /** @type {(error: unknown) => void} */ (args[1]);
      if (fault) mourn(listen);
      else mourners.push(listen);
    }
    if (fault || !core) return isMourner ? resolve(undefined) : reject(/** @type {Error} */ (fault));
    inFlight.add(call);
    try {
      resolve(await core.call(command, args));
    } catch (error) {
      reject(/** @type {Error} */ (error));
    }
    inFlight.delete(call);
  };

  const start = async () => {
    try {
      core = await load(fallBack);
      told = location.href;
      removeEventListener('pagehide', tell);
      if (!fault) queue.drain((call) => void perform(call));
    } catch (error) {
      fallBack(error);
    }
  };

  const whenIdle = () => {
    if (typeof requestIdleCallback === 'function') requestIdleCallback(start, { timeout: IDLE_WITHIN });
    else setTimeout(start, 1);
  };
  if (document.readyState === 'complete') whenIdle();
  else addEventListener('load', whenIdle, { once: true });
}
