// @ts-check
// The browser's own classes and functions. Pages replace them, often with less than they were, and have done so when this file is loaded:
// what is not the browser's any more is taken from an empty frame, whose own serve this page as well.

/** How browsers write down what is theirs. What is bound, or stands behind a proxy, has no name there. */
const NATIVE = /^function \S[^]*\{\s*\[native code\]\s*\}$/;
const { toString } = Function.prototype;

/** @param {unknown} value */
const isNative = (value) => typeof value === 'function' && NATIVE.test(toString.call(value));

/** Classes and functions that nobody has replaced. @type {Record<string, any> | undefined} */
let untouched;

/** Of a frame that was never shown, and is gone at once; those that this page has, where it lets no frame be made. */
function allUntouched() {
  if (untouched) return untouched;
  untouched = {};
  try {
    const frame = document.createElement('iframe');
    document.documentElement.appendChild(frame);
    const view = /** @type {any} */ (frame.contentWindow);
    // A window that is closed gives nothing any more.
    const names = Object.getOwnPropertyNames(view);
    for (let at = 0; at < names.length; at++) {
      const value = Reflect.getOwnPropertyDescriptor(view, names[at])?.value;
      if (typeof value === 'function') untouched[names[at]] = value;
    }
    document.documentElement.removeChild(frame);
  } catch {
    // No document, or one that takes no frame.
  }
  return untouched;
}

/** @param {any} prototype */
function isUntouched(prototype) {
  const names = Reflect.ownKeys(prototype);
  for (let at = 0; at < names.length; at++) {
    const { value, get } = /** @type {PropertyDescriptor} */ (Reflect.getOwnPropertyDescriptor(prototype, names[at]));
    if (get ? !isNative(get) : typeof value === 'function' && !isNative(value)) return false;
  }
  return true;
}

/** @template {keyof typeof globalThis} Name @param {Name} name @returns {(typeof globalThis)[Name]} */
const taken = (name) => (isNative(globalThis[name]) ? undefined : allUntouched()[name]) ?? globalThis[name];

/** With all that it does. @template {keyof typeof globalThis} Name @param {Name} name @returns {(typeof globalThis)[Name]} */
const takenWhole = (name) => {
  const own = /** @type {any} */ (taken(name));
  return isUntouched(own.prototype) ? own : allUntouched()[name] ?? own;
};

/** A property of a class of the DOM, as the browser made it. @param {any} owner @param {string} name @returns {PropertyDescriptor} */
export function propertyOf(owner, name) {
  const property = Reflect.getOwnPropertyDescriptor(owner.prototype, name);
  if (isNative(property?.get ?? property?.value)) return /** @type {PropertyDescriptor} */ (property);
  const other = allUntouched()[owner.name]?.prototype;
  return (other && Reflect.getOwnPropertyDescriptor(other, name)) ?? property ?? {};
}

export const AbortController = taken('AbortController');
export const Blob = taken('Blob');
export const CSSStyleSheet = taken('CSSStyleSheet');
export const Document = taken('Document');
export const MessageChannel = taken('MessageChannel');
export const MutationObserver = taken('MutationObserver');
export const Proxy = taken('Proxy');
export const { construct } = Reflect;
export const Map = takenWhole('Map');
export const Set = takenWhole('Set');
export const WeakMap = takenWhole('WeakMap');
export const WeakSet = takenWhole('WeakSet');

const { value: addEventListener } = propertyOf(EventTarget, 'addEventListener');
const requestAnimationFrame = taken('requestAnimationFrame');
// Not every browser has it.
const requestIdleCallback = 'requestIdleCallback' in globalThis ? taken('requestIdleCallback') : undefined;
const setInterval = taken('setInterval');
const setTimeout = taken('setTimeout');

/** @param {EventTarget} target @param {string} type @param {(event: any) => void} act @param {AddEventListenerOptions} options */
export const listen = (target, type, act, options) => addEventListener.call(target, type, act, options);

/** @param {FrameRequestCallback} act */
export const onFrame = (act) => requestAnimationFrame.call(globalThis, act);

/** Once there is nothing else to do, in this time at the latest; where the browser does not tell, with the next frame. @param {() => void} act @param {number} timeout in milliseconds */
export const whenIdle = (act, timeout) => requestIdleCallback ? requestIdleCallback.call(globalThis, act, { timeout }) : onFrame(act);

/** @param {() => void} act @param {number} [wait] in milliseconds @returns {number} */
export const after = (act, wait) => /** @type {any} */ (setTimeout).call(globalThis, act, wait);

/** @param {() => void} act @param {number} every in milliseconds @returns {number} */
export const repeat = (act, every) => /** @type {any} */ (setInterval).call(globalThis, act, every);
