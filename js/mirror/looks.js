// @ts-check
// How elements look by animations that scripts have begun: no attribute and no rule tells it.

import { isConnected } from './dom.js';
import { Map } from './own.js';

/** Most elements that are told of. */
const MOST = 200;

/** What stands in a keyframe beside its properties. */
const TIMING = /^(offset|computedOffset|easing|composite)$/;

const kebab = (/** @type {string} */ name) => (name === 'cssFloat' || name === 'cssOffset' ? name.slice(3).toLowerCase() : name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`));

export class Looks {
  /** @type {Map<Element, string>} */
  #told = new Map();

  /** Nothing was told. */
  clear() {
    this.#told = new Map();
  }

  /** What is not as it was told; it counts as told where `tell` says so. @param {Iterable<Document | ShadowRoot>} roots @param {(element: Element, css: string) => boolean} tell */
  check(roots, tell) {
    const now = this.#now(roots);
    for (const [element, css] of now) {
      if (this.#told.get(element) !== css && tell(element, css)) this.#told.set(element, css);
    }
    for (const element of this.#told.keys()) {
      if (now.has(element)) continue;
      if (isConnected(element)) tell(element, '');
      this.#told.delete(element);
    }
  }

  /** @param {Iterable<Document | ShadowRoot>} roots @returns {Map<Element, string>} */
  #now(roots) {
    /** @type {Map<Element, Record<string, true>>} */
    const properties = new Map();
    for (const root of roots) {
      const animations = root.getAnimations?.() ?? [];
      for (let at = 0; at < animations.length && properties.size < MOST; at++) {
        // Of a frame, it is an instance of the frame's own class.
        const effect = /** @type {KeyframeEffect | null} */ (animations[at].effect);
        // Those of style sheets run in the replica, too.
        if ('animationName' in animations[at] || 'transitionProperty' in animations[at]) continue;
        if (!effect?.target || effect.pseudoElement || !effect.getKeyframes) continue;
        const own = properties.get(effect.target) ?? {};
        const frames = effect.getKeyframes();
        for (let frame = 0; frame < frames.length; frame++) for (const name in frames[frame]) if (!TIMING.test(name)) own[name] = true;
        properties.set(effect.target, own);
      }
    }
    /** @type {Map<Element, string>} */
    const now = new Map();
    for (const [element, own] of properties) {
      const style = getComputedStyle(element);
      let css = '';
      for (const name in own) css += `${kebab(name)}: ${style.getPropertyValue(kebab(name))}; `;
      now.set(element, css);
    }
    return now;
  }
}
