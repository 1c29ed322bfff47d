// @ts-check
// Puts the messenger on the link of the core.

import { Messenger } from './conversation.js';
import { fetchWords } from './words.js';

/**
 * @param {import('../host/host.js').Host} host
 * @param {import('../host/host.js').Options} options
 * @param {() => any} status
 * @param {(topic: string, state: unknown) => void} emit tells the customer's page
 * @param {import('../launcher.js').Launcher} launcher
 * @param {() => void} ended told of a fault, after which there is no messenger
 */
export async function begin(host, options, status, emit, launcher, ended) {
  const isJson = options.format === 'json';
  await fetchWords(options.cobrowse.language ?? options.messenger.language);
  return new Messenger({
    isJson,
    options,
    launcher,
    relay: (message) => host.ask(isJson ? 'relayText' : 'relayBytes', message),
    status: () => status().state,
    read: (key) => host.read(key),
    keys: (prefix) => host.keys(prefix),
    write: (key, value) => (value === null ? host.remove(key) : host.write(key, value)),
    random() {
      const bytes = new Uint8Array(16);
      host.fill(bytes);
      return bytes;
    },
    forget: () => host.ask('forget'),
    identity: host.identity,
    notice: host.notice,
    emit,
    fatal(error) {
      // The rest of the SDK goes on: it is another module.
      console.warn(`[alongside] the messenger has ended: ${error}`);
      ended();
    },
  });
}
