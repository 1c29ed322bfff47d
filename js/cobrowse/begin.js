// @ts-check
// Puts a session on the link of the core.

import { keep, read } from './kept.js';
import { Session } from './session.js';

/**
 * @param {import('../host/host.js').Host} host
 * @param {import('../host/host.js').Options} options
 * @param {() => any} status
 * @param {(topic: string, state: unknown) => void} emit tells the customer's page
 * @param {() => void} ended told of a fault, after which there is no session
 */
export function begin(host, options, status, emit, ended) {
  const isJson = options.format === 'json';
  return said(() => new Session({
    relay(message) {
      host.ask(isJson ? 'relayText' : 'relayBytes', message);
      return host.ask('waiting');
    },
    waiting: () => host.ask('waiting'),
    visit: () => status().visit,
    isOnline: () => status().state === 'online',
    isJson,
    masking: options.masking,
    cobrowse: options.cobrowse,
    read: () => read(host, options) || null,
    keep: (kept) => keep(host, options, kept),
    changed: (state) => emit('cobrowse', state),
    fatal(error) {
      // The rest of the SDK goes on: it is another module.
      console.warn(`[alongside] this page is not shown any more: ${error}`);
      ended();
    },
  }));
}

/** Says in the console why a page cannot be shared: what an agent offers is answered by nobody then. @template T @param {() => T} make @returns {T} */
function said(make) {
  try {
    return make();
  } catch (error) {
    console.error(`[alongside] this page cannot be shared: ${/** @type {Error} */ (error).message}`);
    throw error;
  }
}
