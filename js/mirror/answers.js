// @ts-check
// The replica answers for the visitor's browser: what his pointer, focus and fields match stands in attributes, and rules ask for those.

import { FORCED_COLOURS } from './device.js';
import { removeAttribute, setAttribute } from './dom.js';

/** What the visitor's pointer and focus match, by its bit; the agent's own match otherwise. */
const PSEUDO = ['hover', 'active', 'focus', 'focus-visible', 'focus-within', 'target'];
export const FOCUS = 4;

/** Rules by what the visitor's browser matches. Behind a part of an element (`::-webkit-scrollbar-thumb:hover`) no attribute may be asked for: there it is the agent's own. @param {string} css */
export const withPseudo = (css) =>
  ASKS.test(css)
    ? css.replace(/("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\/\*[^]*?\*\/|::(?!slotted|cue)[-\w]+(?:\([^()]*\))?(?::[-\w]+(?:\([^()]*\))?)*)|(?<![\\:]):(?:(hover|active|focus-visible|focus-within|focus|target)(?![-\w(])|(user-invalid|user-valid|invalid|valid|in-range|out-of-range|fullscreen|defined)(?![-\w(])|(?:-webkit-)?(autofill)(?![-\w(])|state\(\s*([-\w]+)\s*\))/g,
      (whole, skipped, pointed, known, autofill, state) => {
        if (skipped) return whole;
        if (pointed) return `[data-alongside-${pointed}]`;
        return known === 'defined' ? ':not([data-alongside-is~="undefined"])' : `[data-alongside-is~="${state ? `state-${state}` : known ?? autofill}"]`;
      })
    : css;
const ASKS = /:(hover|active|focus|target|user-|invalid|valid|in-range|out-of-range|fullscreen|defined|autofill|-webkit-autofill|state\()/;

/** Beneath what the page says: the browser's own ring of the focus, none of the buttons that it gives to media where nothing runs, and what scrolls stands where the visitor's does, whatever comes above. */
const UNDERLAY = '@layer alongside { [data-alongside-focus-visible] { outline: auto 1px Highlight; } * { overflow-anchor: none !important; } ' +
  'video:not([controls])::-webkit-media-controls { display: none !important; } }';

/** Where the visitor's system forces its colours, they are the agent's system's: nobody tells which those are. */
const FORCED = `${UNDERLAY.slice(0, -1)} *, ::before, ::after { color: CanvasText !important; background-color: Canvas !important; border-color: CanvasText !important;
  box-shadow: none !important; text-shadow: none !important; } :any-link, :any-link * { color: LinkText !important; } }`;

/** The rules beneath all others. @param {number} device bits @param {string} bars rules of those */
export const underlay = (device, bars) => (device & FORCED_COLOURS ? FORCED : UNDERLAY) + (bars && ` @layer alongside { ${bars} }`);

/** @param {any} element @param {number} bits */
export function showPseudo(element, bits) {
  for (let bit = 0; bit < PSEUDO.length; bit++) {
    const name = `data-alongside-${PSEUDO[bit]}`;
    if (bits & (1 << bit)) setAttribute(element, name, '');
    else removeAttribute(element, name);
  }
}

/** @param {any} element @param {string} words */
export function showMatches(element, words) {
  if (words) setAttribute(element, 'data-alongside-is', words);
  else removeAttribute(element, 'data-alongside-is');
}
