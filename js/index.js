// @ts-check
// The npm package. Importing does nothing; `start` does.

import { boot } from './boot.js';
import { failure, Queue } from './queue.js';

/** @type {((command: string, ...args: unknown[]) => Promise<unknown>) | undefined} */
let running;

/**
 * Starts Alongside in this page; a second call returns what the first one started.
 * @param {{deployment: string, hub: string, pageViews?: string, isolation?: string, inside?: string[]}} options
 */
export function start(options) {
  if (typeof window === 'undefined') throw failure('no-page', 'start() needs a browser page: call it on the client only');
  if (running) return running;
  if (!options || !options.deployment || !options.hub) {
    throw failure('bad-options', 'start() needs {deployment, hub}');
  }
  const queue = new Queue();
  // What is in a frame is a part of the page around it.
  const isInside = options.inside && parent !== window;
  boot(queue, isInside ? { ...options, pageViews: 'off' } : options, async (fatal) => {
    if (isInside) return (await import('./inside.js')).start(options, fatal);
    if (options.isolation === 'frame') return (await import('./framed.js')).start(options, fatal);
    const core = await import('./core.js');
    await core.default({ module_or_path: new URL('./core_bg.wasm', import.meta.url) });
    return core.start(options, fatal);
  });
  running = (command, ...args) => {
    if (command === 'stop') running = undefined;
    return queue.call(command, args);
  };
  return running;
}
