// @ts-check
// The options of `start`, checked.

import { failure } from './queue.js';

/** Query parameters that hold a search term on most sites. */
const SEARCH_PARAMETERS = ['q', 'query', 'search', 's'];

/** Longest list of query parameters. */
const PARAMETER_LIMIT = 50;

/** @param {string} message @returns {never} */
function refuse(message) {
  throw failure('bad-options', message);
}

/** @param {any} options @param {string} name @param {string[]} words the first one is the default */
function choice(options, name, words) {
  const value = options[name] ?? words[0];
  return words.includes(value) ? value : refuse(`${name} is ${words.map((word) => `'${word}'`).join(' or ')}`);
}

/** @param {any} options @param {string} name @param {string[]} otherwise */
function texts(options, name, otherwise) {
  const value = options[name] ?? otherwise;
  const isList = Array.isArray(value) && value.length <= PARAMETER_LIMIT && value.every((text) => typeof text === 'string');
  return isList ? value : refuse(`${name} is an array of at most ${PARAMETER_LIMIT} strings`);
}

/** Whether an option is set, as an attribute is by being there: that is empty. @param {unknown} value */
export const isSet = (value) => value !== undefined && value !== null && value !== false;

/** @param {any} messenger */
function selectors(messenger) {
  const { openSelector } = messenger;
  try {
    if (openSelector) document.createDocumentFragment().querySelector(openSelector);
  } catch {
    refuse(`messenger.openSelector is no selector: ${openSelector}`);
  }
  return { ...messenger, headless: isSet(messenger.headless), home: isSet(messenger.home) };
}

/** @param {unknown} address @returns {string} */
function origin(address) {
  try {
    const { protocol, origin } = new URL(String(address));
    if (/^https?:$/.test(protocol)) return origin;
  } catch {
    // Said below.
  }
  return refuse('hub is an http(s) address, such as https://hub.example');
}

/** @param {any} transport */
function transports(transport) {
  const isObject = ['open', 'send', 'close'].every((method) => typeof transport?.[method] === 'function');
  if (isObject || ['auto', 'websocket', 'http'].includes(transport)) return transport;
  return refuse("transport is 'auto', 'websocket', 'http', or an object with open, send and close");
}

/**
 * Every option with its value; throws an error with the code `bad-options` that names what is wrong.
 * @param {any} options
 * @returns {import('./host/host.js').Options}
 */
export function checked(options) {
  const { deployment, hub, transport, getToken } = options ?? {};
  if (typeof deployment !== 'string' || !/^\S{1,64}$/.test(deployment)) {
    refuse('deployment is the id of your deployment: 1 to 64 characters without white space');
  }
  if (getToken != null && typeof getToken !== 'function') refuse('getToken is a function');
  return {
    deployment,
    hub: origin(hub),
    transport: transports(transport ?? 'auto'),
    format: choice(options, 'format', ['binary', 'json']),
    pageViews: choice(options, 'pageViews', ['auto', 'once', 'off']),
    searchParameters: texts(options, 'searchParameters', SEARCH_PARAMETERS),
    excludedParameters: texts(options, 'excludedParameters', []),
    keepFragment: Boolean(options.keepFragment),
    masking: options.masking ?? {},
    cobrowse: options.cobrowse ?? {},
    messenger: selectors(options.messenger ?? {}),
    getToken,
  };
}
