// @ts-check
// The browser's own classes and functions, as they were when this file was loaded: pages replace them, often with less than they were.

export const { AbortController, Blob, CSSStyleSheet, Map, MutationObserver, Proxy, Set, WeakMap, WeakSet } = globalThis;
export const { construct } = Reflect;

const { addEventListener } = EventTarget.prototype;
const { requestAnimationFrame, setInterval, setTimeout } = globalThis;

/** @param {EventTarget} target @param {string} type @param {(event: any) => void} act @param {AddEventListenerOptions} options */
export const listen = (target, type, act, options) => addEventListener.call(target, type, act, options);

/** @param {FrameRequestCallback} act */
export const onFrame = (act) => requestAnimationFrame.call(globalThis, act);

/** @param {() => void} act @param {number} [wait] in milliseconds @returns {number} */
export const after = (act, wait) => /** @type {any} */ (setTimeout).call(globalThis, act, wait);

/** @param {() => void} act @param {number} every in milliseconds @returns {number} */
export const repeat = (act, every) => /** @type {any} */ (setInterval).call(globalThis, act, every);
