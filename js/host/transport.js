// @ts-check
// What carries messages: a WebSocket, long polling, an object of the customer's, or a beacon for the last ones.
//
// Every transport keeps one promise: nothing is told before `open` has returned, after it was closed, or after it told of its end.

import { poll } from './poll.js';

/**
 * @typedef {string | Uint8Array} Message
 * @typedef {{send(message: Message): void, waiting?(): number, close(): void}} Socket `waiting`: bytes that are not on their way yet
 * @typedef {{opened(): void, received(message: unknown): void, closed(): void}} Listener
 */

/** Several messages as one body: JSON lines, or binary frames each after its length as u32 little endian. @param {Message[]} messages */
export function pack(messages) {
  if (typeof messages[0] === 'string') return messages.join('\n');
  const parts = messages.flatMap((message) => [new Uint8Array(new Uint32Array([message.length]).buffer), /** @type {Uint8Array} */ (message)]);
  const body = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    body.set(part, at);
    at += part.length;
  }
  return body;
}

/** @param {Listener} listener @param {string} url @returns {Socket} */
function webSocket({ opened, received, closed }, url) {
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  socket.addEventListener('open', opened);
  socket.addEventListener('message', ({ data }) => received(data));
  socket.addEventListener('close', closed);
  return { send: (message) => socket.send(/** @type {any} */ (message)), waiting: () => socket.bufferedAmount, close: () => socket.close() };
}

/** The page's own object: it may call back from within `open` or `send`. @param {Listener} listener @param {string} url @param {any} options @returns {Socket} */
function custom({ opened, received, closed }, url, { transport, format }) {
  const later = (/** @type {(value?: unknown) => void} */ tell) => (/** @type {unknown} */ value) => queueMicrotask(() => tell(value));
  transport.open({ url, format, onopen: later(opened), onmessage: later(received), onclose: later(closed) });
  return { send: (message) => transport.send(message), close: () => transport.close() };
}

/** Sends everything at once when it is closed. What the browser does not take is sent by the next page. @param {string} hub @returns {Socket} */
function beacon(hub) {
  /** @type {Message[]} */
  const messages = [];
  return { send: (message) => messages.push(message), close: () => void navigator.sendBeacon(`${hub}/v1/beacon`, /** @type {any} */ (pack(messages))) };
}

/**
 * @param {'websocket' | 'http' | 'custom' | 'beacon'} transport
 * @param {{tell(fact: string, value?: unknown): void, options: {hub: string, format: string, transport: unknown}}} host
 * @returns {Required<Socket>}
 */
export function open(transport, host) {
  const { hub, format } = host.options;
  const url = `${hub.replace('http', 'ws')}/v1/link`;
  let isOpen = true;
  /** @type {Listener} */
  const listener = {
    opened: () => isOpen && host.tell('handleOpen'),
    received(message) {
      if (!isOpen) return;
      if (typeof message === 'string') host.tell('handleText', message);
      else if (message instanceof Uint8Array) host.tell('handleBytes', message);
      else if (message instanceof ArrayBuffer) host.tell('handleBytes', new Uint8Array(message));
    },
    closed() {
      const wasOpen = isOpen;
      isOpen = false;
      if (wasOpen) host.tell('handleClose');
    },
  };
  /** @param {() => void} act */
  const tried = (act) => {
    try {
      act();
      return true;
    } catch {
      // A socket that is closing, a policy that refuses, or the page's own object.
      return false;
    }
  };
  /** @type {Socket | undefined} */
  let socket;
  const isTried = tried(() => {
    if (transport === 'websocket') socket = webSocket(listener, url);
    else if (transport === 'http') socket = poll(listener, hub, format === 'json');
    else if (transport === 'custom') socket = custom(listener, url, host.options);
    else socket = beacon(hub);
  });
  if (!isTried) queueMicrotask(listener.closed);
  return {
    send: (message) => void tried(() => socket?.send(message)),
    waiting: () => socket?.waiting?.() ?? 0,
    close() {
      if (isOpen) tried(() => socket?.close());
      isOpen = false;
    },
  };
}
