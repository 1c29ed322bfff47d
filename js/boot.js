// @ts-check
// Brings the core up, or stands in for it.

import { beacon } from './beacon.js';
import { failure } from './queue.js';

/** The core is loaded so long after the page at the latest, idle or not. */
const IDLE_WITHIN = 3000;

/**
 * @param {import('./queue.js').Queue} queue
 * @param {{hub: string, deployment: string, pageViews?: string}} options
 * @param {() => Promise<import('./queue.js').Core>} load
 */
export function boot(queue, options, load) {
  const { hub, deployment, pageViews } = options;
  const isTracked = pageViews !== 'off';
  /** The address whose view was told, or is the core's to tell. */
  let told = '';
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

  /** @param {any} reason */
  const fallBack = (reason) => {
    if (fault) return;
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
    for (const listen of mourners) {
      try {
        listen(fault);
      } catch {
        // The listener is the page's.
      }
    }
    queue.drain((call) => call.reject(/** @type {Error} */ (fault)));
  };

  /** @param {import('./queue.js').Core} core @param {import('./queue.js').Call} call */
  const perform = async (core, call) => {
    if (fault) return call.reject(fault);
    if (call.command === 'on' && call.args[0] === 'fatal' && typeof call.args[1] === 'function') {
      mourners.push(/** @type {(error: unknown) => void} */ (call.args[1]));
    }
    inFlight.add(call);
    try {
      call.resolve(await core.call(call.command, call.args));
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) fallBack(error);
      call.reject(/** @type {Error} */ (error));
    }
    inFlight.delete(call);
  };

  const start = async () => {
    try {
      const core = await load();
      told = location.href;
      removeEventListener('pagehide', tell);
      queue.drain((call) => void perform(core, call));
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
