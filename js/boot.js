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
  const views = pageViews !== 'off';
  let isRunning = false;
  let hasFallenBack = false;
  /** @type {Array<(error: unknown) => void>} */
  const mourners = [];
  const tell = () => beacon(hub, deployment);

  addEventListener('pagehide', () => {
    if (views && !isRunning && !hasFallenBack) tell();
  });

  /** @param {unknown} reason */
  const fallBack = (reason) => {
    if (hasFallenBack) return;
    hasFallenBack = true;
    const text = String((reason && /** @type {any} */ (reason).message) || reason);
    const isPolicy = /wasm|content security|unsafe-eval/i.test(text);
    console.warn(
      `[alongside] only page views are sent: ${text}.` +
        (isPolicy ? " Add 'wasm-unsafe-eval' to script-src of the page's Content-Security-Policy." : ''),
    );
    if (views && !isRunning) tell();
    let seen = location.href;
    const look = () => {
      if (location.href !== seen) {
        seen = location.href;
        tell();
      }
    };
    if (views && pageViews !== 'once') {
      const navigation = /** @type {any} */ (window).navigation;
      if (navigation) navigation.addEventListener('currententrychange', look);
      else setInterval(look, 500);
    }
    for (const listen of mourners.splice(0)) {
      try {
        listen(failure('fatal', text));
      } catch {
        // The listener is the page's.
      }
    }
    queue.drain((call) => call.reject(failure('fatal', text)));
  };

  const start = async () => {
    try {
      const core = await load();
      isRunning = true;
      queue.drain((call) => {
        if (call.command === 'on' && call.args[0] === 'fatal' && typeof call.args[1] === 'function') {
          mourners.push(/** @type {(error: unknown) => void} */ (call.args[1]));
        }
        const trap = (/** @type {any} */ error) => {
          if (error instanceof WebAssembly.RuntimeError) fallBack(error);
          call.reject(error);
        };
        try {
          core.call(call.command, call.args).then(call.resolve, trap);
        } catch (error) {
          trap(error);
        }
      });
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
