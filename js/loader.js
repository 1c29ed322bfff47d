// @ts-check
// The script tag: one global, a queue, and the core when the page is idle.

import { boot } from './boot.js';
import { Queue } from './queue.js';

(() => {
  const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);
  if (!script) return;
  const { deployment, hub, global: name = 'alongside', transport, format, pageViews, inside, isolation } = script.dataset;
  const page = /** @type {any} */ (window);
  const base = new URL('.', script.src).href;
  const isInside = inside && parent !== window;
  if (!deployment) {
    console.error('[alongside] the script tag needs data-deployment="..." with the id of your deployment');
    return;
  }
  const stub = page[name];
  if (stub && !stub.q) {
    console.warn(`[alongside] window.${name} exists: is the script tag in the page twice? data-global="..." names another`);
    return;
  }
  const queue = new Queue(stub ? stub.q : []);
  /** @type {(command: string, ...args: unknown[]) => Promise<unknown>} */
  const alongside = (command, ...args) => queue.call(command, args);
  page[name] = alongside;
  /** @param {string} list */
  const words = (list) => script.dataset[list]?.split(/[\s,]+/).filter(Boolean);
  const options = {
    deployment,
    hub: hub || new URL(base).origin,
    transport,
    format,
    // What is in a frame is a part of the page around it.
    pageViews: isInside ? 'off' : pageViews,
    inside,
    searchParameters: words('searchParameters'),
    excludedParameters: words('excludedParameters'),
    keepFragment: 'keepFragment' in script.dataset,
    masking: script.dataset,
    cobrowse: script.dataset,
    messenger: script.dataset,
  };
  boot(queue, options, async (fatal) => {
    // Not `import(...)` of a bundler: the core lies beside this script, or what stands in for it.
    const core = await import(/* @vite-ignore */ base + (isInside ? 'inside' : isolation === 'frame' ? 'framed' : 'core') + '.js');
    const wasm = base + 'core_bg.wasm';
    await core.default({ module_or_path: wasm }).catch((/** @type {Error} */ error) => {
      throw new Error(`${wasm}: ${error.message}`);
    });
    return core.start(options, fatal);
  });
})();
