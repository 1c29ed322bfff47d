// @ts-check
// What media queries ask of the visitor's device: told by the visitor's page, and what the agent's rules go by.

/** Bits of `protocol::mirror::Device`; and the queries of which each is the answer. */
const DARK = 1, REDUCED_MOTION = 2, MORE_CONTRAST = 4;
export const FORCED_COLOURS = 8;
const QUERIES = ['(prefers-color-scheme: dark)', '(prefers-reduced-motion: reduce)', '(prefers-contrast: more)', '(forced-colors: active)'];

/** @returns {{bits: number, ratio: number}} `ratio`: device pixels by CSS pixel, in hundredths */
export function device() {
  let bits = 0;
  for (let bit = 0; bit < QUERIES.length; bit++) if (matchMedia(QUERIES[bit]).matches) bits |= 1 << bit;
  return { bits, ratio: Math.round(devicePixelRatio * 100) };
}

/** @param {AbortSignal} signal @param {() => void} changed */
export function watchDevice(signal, changed) {
  for (let bit = 0; bit < QUERIES.length; bit++) matchMedia(QUERIES[bit]).addEventListener('change', changed, { signal });
}

/** Of the colour schemes that an element allows, the visitor's. What was written stands beside it. @param {string} css @param {number} bits */
export const withScheme = (css, bits) =>
  css.includes('color-scheme')
    ? css.replace(/(?<![-\w])color-scheme\s*:\s*(?=[^;}]*\blight\b)(?=[^;}]*\bdark\b)([^;}]*?)\s*(?=[;}]|$)/g,
      (_, value) => `color-scheme: ${isDark(bits) ? 'dark' : 'light'}; --alongside-color-scheme: ${value}`)
    : css;

/** @param {number} bits */
const isDark = (bits) => (bits & DARK) !== 0;

/** Of the pictures of a set, the one that the visitor's device takes; the others say that they are of a kind that nobody knows. @param {string} css @param {number} ratio */
export const withPictures = (css, ratio) =>
  css.includes('image-set(')
    ? css.replace(/image-set\(((?:[^()"]|"[^"]*"|\([^()]*\))*)\)/g, (/** @type {string} */ _, /** @type {string} */ list) => {
      const sets = list.split(/,\s*(?=url\(|")/).map((/** @type {string} */ one) => ({ one, of: 100 * Number(/ ([\d.]+)(?:x|dppx)\b/.exec(one)?.[1] ?? 1) }));
      const fit = sets.filter(({ of }) => of >= ratio).sort((a, b) => a.of - b.of)[0] ?? [...sets].sort((a, b) => b.of - a.of)[0];
      return `image-set(${sets.map((set) => (set === fit ? set.one : `${set.one} type("image/none")`)).join(', ')})`;
    })
    : css;

/** Whether a condition is true of the device; `undefined` where it asks for something else. @param {string} name @param {string} value @param {number} bits @param {number} ratio */
function holds(name, value, bits, ratio) {
  const has = (/** @type {number} */ bit) => (bits & bit) !== 0;
  switch (name) {
    case 'prefers-color-scheme':
      return (value === 'dark') === has(DARK);
    case 'prefers-reduced-motion':
      return (value !== 'no-preference') === has(REDUCED_MOTION);
    case 'prefers-contrast':
      return value === 'no-preference' ? !has(MORE_CONTRAST) : (value === '' || value === 'more') && has(MORE_CONTRAST);
    // The visitor's page was mirrored by a script.
    case 'scripting':
      return value === '' || value === 'enabled';
    case 'forced-colors':
      return (value !== 'none') === has(FORCED_COLOURS);
    default: {
      const [, bound, number, unit] = /^(?:-webkit-)?(min-|max-|)[^ ]* ([\d.]+)(dppx|x|dpi|)$/.exec(`${name} ${value}`) ?? [];
      if (number === undefined) return undefined;
      const wanted = Number(number) / (unit === 'dpi' ? 96 : 1) * 100;
      return bound === 'min-' ? ratio >= wanted : bound === 'max-' ? ratio <= wanted : ratio === Math.round(wanted);
    }
  }
}

/**
 * Media conditions as the visitor's device answers them: each stays what it is, beside one that is always or never true.
 * @param {string} text rules, or a list of media @param {number} bits @param {number} ratio
 */
export const withDevice = (text, bits, ratio) =>
  /prefers-|forced-colors|scripting|resolution|device-pixel-ratio/.test(text)
    ? text.replace(/\(\s*(prefers-color-scheme|prefers-reduced-motion|prefers-contrast|forced-colors|scripting|(?:min-|max-)?resolution|-webkit-(?:min-|max-)?device-pixel-ratio)\s*(?::\s*([^()]*?)\s*)?\)/gi,
      (condition, name, value = '') => {
        const is = holds(name.toLowerCase(), value.toLowerCase(), bits, ratio);
        return is === undefined ? condition : is ? `((min-width: 0px) or ${condition})` : `((max-width: 0px) and ${condition})`;
      })
    : text;
