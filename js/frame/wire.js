// @ts-check
// What crosses between a page and the frame that the messenger lives in, looked at where it arrives: neither side trusts the other one.
//
// It is what the customer's page may know and do. No word of a conversation is in it.

/** Longest text, in characters, and most entries of a list. */
const TEXT = 100_000;
const MANY = 1_000;

/** @typedef {(value: any) => boolean} Fits */

/** @type {Fits} */
const text = (value) => typeof value === 'string' && value.length <= TEXT;
/** @type {Fits} */
const number = (value) => typeof value === 'number' && Number.isFinite(value);
/** @type {Fits} */
const flag = (value) => typeof value === 'boolean';
/** @type {Fits} */
const bytes = (value) => text(value) || value instanceof Uint8Array;
/** @type {Fits} */
const plain = (value) => value === null || ['string', 'number', 'boolean', 'undefined'].includes(typeof value);
/** What was cloned is data: no functions, no elements. @type {Fits} */
const data = () => true;
/** @type {(fits: Fits) => Fits} */
const optional = (fits) => (value) => value === undefined || fits(value);
/** @type {(fits: Fits) => Fits} */
const list = (fits) => (value) => Array.isArray(value) && value.length <= MANY && value.every(fits);
/** @type {(fits: Fits) => Fits} */
const table = (fits) => (value) => typeof value === 'object' && value !== null && Object.keys(value).length <= MANY && Object.values(value).every(fits);
/** @type {(...words: string[]) => Fits} */
const word = (...words) => (value) => words.includes(value);

/** A page that is shown, as `handleView` has it, and the terms that it was searched for. @type {Fits} */
const view = (value) => {
  const [url, title, referrer, language, width, height, isAutomated] = Array.isArray(value?.page) ? value.page : [];
  return [url, title, referrer, language].every(text) && [width, height].every(number) && flag(isAutomated) && list(text)(value.terms);
};

/** What a page has the frame do: no command that reads a conversation, or writes in it. */
export const COMMANDS = [
  'journey.search', 'journey.record', 'messenger.open', 'messenger.close', 'messenger.toggle', 'messenger.end', 'visitor.forget', 'identity.signIn',
  'identity.signOut', 'status',
];

/** What of the options goes into the frame. */
export const OPTIONS = {
  transport: optional(word('auto', 'websocket', 'http')), format: optional(word('binary', 'json')), excludedParameters: optional(list(text)), keepFragment: optional(flag),
};
export const LOOKS = { language: optional(text), theme: optional(word('auto', 'light', 'dark')), title: optional(text), greeting: optional(text), home: optional(plain), labels: optional(table((label) => text(label) || table(text)(label))) };

/** @type {Record<string, Record<string, Fits>>} */
export const FROM_PAGE = {
  start: { options: table(data), looks: table(data), view: optional(view), isAgain: flag, theme: table(text), language: text, canSignIn: flag, notice: data },
  view: { view },
  call: { id: number, command: word(...COMMANDS), args: list(data) },
  canSignIn: {},
  token: { id: number, token: data, error: optional(text) },
  active: {},
  relay: { message: bytes },
  waiting: {},
  theme: { theme: table(text) },
  notice: { isPossible: flag, isAllowed: flag },
};

/** @type {Record<string, Record<string, Fits>>} */
export const FROM_FRAME = {
  begun: {},
  answer: { id: number, value: data, code: optional(text), message: optional(text) },
  emit: { topic: word('status', 'refused', 'messenger', 'identity'), state: table(data) },
  launcher: { isOpen: optional(flag), unread: optional(number), hasTalk: optional(flag), isFocused: optional(flag) },
  token: { id: number, reason: word('start', 'refresh', 'expired', 'step-up', 'rejected') },
  relayed: { message: bytes },
  waiting: { bytes: number },
  left: {},
  notify: { notifies: flag },
  ask: {},
  fatal: { message: text },
};

/**
 * One end of the way between the two.
 * @param {MessagePort} port
 * @param {Record<string, Record<string, Fits>>} shapes of what may come
 * @param {(message: any) => void} hear told of what fits; all else is passed over
 * @returns {(message: object) => void} sends
 */
export function wire(port, shapes, hear) {
  port.onmessage = ({ data: message }) => {
    const shape = Object.hasOwn(shapes, message?.do) ? shapes[message.do] : undefined;
    if (shape && Object.entries(shape).every(([name, fits]) => fits(message[name]))) hear(message);
    else console.warn(`[alongside] what is no message of the messenger's was passed over: ${String(message?.do).slice(0, 40)}`);
  };
  return (message) => port.postMessage(message);
}

/** What of an object fits, by its fields. @param {Record<string, Fits>} shape @param {Record<string, any>} object */
export const chosen = (shape, object) => Object.fromEntries(Object.keys(shape).filter((name) => object[name] !== undefined && shape[name](object[name])).map((name) => [name, object[name]]));
