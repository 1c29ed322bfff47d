// @ts-check
// Long polling over `fetch`, for networks that block WebSockets.
//
// One request waits for what the hub has to say, another one at a time carries what we say, in order. The poll's id travels in a
// header, never in an address.

import { pack } from './transport.js';

/** The other way round than `pack`. @param {ArrayBuffer} body @param {boolean} isText @returns {Array<string | Uint8Array>} */
function unpack(body, isText) {
  if (isText) return new TextDecoder().decode(body).split('\n').filter(Boolean);
  const messages = [];
  const view = new DataView(body);
  for (let at = 0; at < body.byteLength; ) {
    // A length that is wrong throws a RangeError, which ends the poll.
    const length = view.getUint32(at, true);
    messages.push(new Uint8Array(body, at + 4, length));
    at += 4 + length;
  }
  return messages;
}

/**
 * @param {import('./transport.js').Listener} listener
 * @param {string} hub
 * @param {boolean} isText
 * @returns {import('./transport.js').Socket}
 */
export function poll({ opened, received, closed }, hub, isText) {
  const abort = new AbortController();
  let id = '';
  /** @type {Array<string | Uint8Array>} */
  let outgoing = [];
  let isSending = false;

  /** @param {string} path @param {AbortSignal} [signal] @param {Array<string | Uint8Array>} [messages] */
  const post = async (path, signal, messages = []) => {
    /** @type {Record<string, string>} */
    const headers = id ? { 'x-alongside-poll': id } : {};
    if (messages.length > 0) headers['content-type'] = isText ? 'text/plain' : 'application/octet-stream';
    const body = messages.length > 0 ? /** @type {any} */ (pack(messages)) : undefined;
    const response = await fetch(hub + path, { method: 'POST', credentials: 'omit', headers, body, signal });
    if (!response.ok) throw new Error(String(response.status));
    return response;
  };

  const listen = async () => {
    id = (await (await post('/v1/poll', abort.signal)).json()).poll;
    opened();
    for (;;) {
      const response = await post('/v1/poll/receive', abort.signal);
      unpack(await response.arrayBuffer(), isText).forEach(received);
    }
  };

  const sendAll = async () => {
    isSending = true;
    while (outgoing.length > 0) await post('/v1/poll/send', abort.signal, outgoing.splice(0));
    isSending = false;
  };

  const end = () => {
    abort.abort();
    closed();
  };

  listen().catch(end);
  return {
    send(message) {
      outgoing.push(message);
      if (!isSending) sendAll().catch(end);
    },
    waiting: () => outgoing.reduce((sum, message) => sum + message.length, 0),
    close() {
      abort.abort();
      if (!id) return;
      // The good-bye that was queued just before goes first.
      const last = outgoing.splice(0);
      const said = last.length > 0 ? post('/v1/poll/send', undefined, last) : Promise.resolve();
      said.then(() => post('/v1/poll/close')).catch(() => {});
    },
  };
}
