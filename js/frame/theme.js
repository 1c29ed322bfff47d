// @ts-check
// The look that a page gives the messenger by custom properties: they do not reach into a frame by themselves.

const NAMES = ['accent', 'on-accent', 'surface', 'surface-2', 'text', 'text-2', 'line', 'danger', 'bubble-in', 'on-bubble-in', 'bubble-out', 'on-bubble-out', 'font'].map((name) => `--alongside-${name}`);

/** Colours and names of fonts: nothing that fetches. */
const VALUE = /^[\w\s#%.,()/+*"'-]{1,200}$/;

/** What the page says. @returns {Record<string, string>} */
export function theme() {
  const style = getComputedStyle(document.documentElement);
  const pairs = NAMES.map((name) => [name, style.getPropertyValue(name).trim()]);
  return Object.fromEntries(pairs.filter(([, value]) => value));
}

/** In this document, too. @param {Record<string, string>} theme */
export function setTheme(theme) {
  const { style } = document.documentElement;
  for (const name of NAMES) {
    const value = theme[name] ?? '';
    if (VALUE.test(value) && !/\b(?:url|image|image-set|src)\s*\(/i.test(value)) style.setProperty(name, value);
    else style.removeProperty(name);
  }
}
