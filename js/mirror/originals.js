// @ts-check
// What an author wrote of a rule. Browsers do not write down what a shorthand with `var()` has set where a longhand of it follows: of
// `border: 1px solid var(--line); border-top-color: red` they say `border-right-style: ;` and so on, and the rule's text is another rule.

import { CSSStyleSheet, Map, WeakMap } from './own.js';

/** As the browser writes what it does not. A property of the page's own may be empty. */
const LOST = /[{;]\s+(?!--)[-\w]+: ;/;

/** Longest text that is looked through, in UTF-16 units: most of a long one are pictures and fonts. And how many sheets are asked for. */
const LIMIT = 2 * 1024 * 1024, MOST = 32;

/** What a text is split at: its rules end at braces and semicolons, but for those in strings, comments and addresses. */
const TOKEN = /"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|\/\*[^]*?\*\/|url\([^)"']*\)|\\[^]|[{};]/g;

/** Stands between the rules of a text, some of which the browser drops. */
const MARK = 'alongside-mark';

/** The author's texts of sheets, where those are known. @type {WeakMap<CSSStyleSheet, string>} */
const texts = new WeakMap();

/** What was written of each rule that the browser does not write down, by what it writes. @type {WeakMap<CSSStyleSheet, Map<string, string>>} */
const originals = new WeakMap();

let asked = 0;

/** From now on the author's text of a sheet is known. @param {CSSStyleSheet} sheet @param {string} text */
export function knowText(sheet, text) {
  texts.set(sheet, text);
  originals.delete(sheet);
}

/** A rule's text: as its author wrote it, where the browser's says less and that is known; it may come later. @param {CSSRule} rule */
export function cssOf(rule) {
  const { cssText, parentStyleSheet } = rule;
  if (!LOST.test(cssText) || !parentStyleSheet) return cssText;
  let known = originals.get(parentStyleSheet);
  if (!known) {
    const text = texts.get(parentStyleSheet) ?? parentStyleSheet.ownerNode?.textContent;
    known = text ? split(text) : new Map();
    originals.set(parentStyleSheet, known);
    const { href } = parentStyleSheet;
    if (!text && href && asked < MOST) {
      asked++;
      ask(href).then((found) => found && knowText(parentStyleSheet, found)).catch(() => {});
    }
  }
  return known.get(cssText) ?? cssText;
}

/** What the browser has fetched already. @param {string} address */
async function ask(address) {
  const credentials = new URL(address).origin === location.origin ? 'same-origin' : 'omit';
  const response = await fetch(address, { cache: 'force-cache', credentials, priority: 'low' });
  return response.ok && (response.headers.get('content-type') ?? '').startsWith('text/css') ? response.text() : '';
}

/** The rules in a text that the browser does not write down. @param {string} text @returns {Map<string, string>} */
function split(text) {
  /** @type {Map<string, string>} */
  const found = new Map();
  if (text.length > LIMIT) return found;
  /** @type {string[]} */
  const rules = [];
  let marked = '';
  let from = 0;
  let depth = 0;
  TOKEN.lastIndex = 0;
  for (let token = TOKEN.exec(text); token; token = TOKEN.exec(text)) {
    const sign = token[0];
    if (sign === '{') depth++;
    if (sign === '}' && depth > 0) depth--;
    if (depth > 0 || (sign !== '}' && sign !== ';')) continue;
    const rule = text.slice(from, from = TOKEN.lastIndex);
    if (rule.indexOf('var(') < 0) continue;
    marked += `${rule}\n${MARK} {}\n`;
    rules[rules.length] = rule;
  }
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(marked);
  const { cssRules } = sheet;
  for (let at = 0, index = 0; at < cssRules.length; at++) {
    const { selectorText } = /** @type {CSSStyleRule} */ (cssRules[at]);
    const { cssText } = cssRules[at];
    if (selectorText === MARK) index++;
    else if (LOST.test(cssText)) found.set(cssText, rules[index]);
  }
  return found;
}
