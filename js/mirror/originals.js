// @ts-check
// What an author wrote of a rule. Browsers do not write down what a shorthand with `var()` has set where a longhand of it follows: of
// `border: 1px solid var(--line); border-top-color: red` they say `border-right-style: ;` and so on, and the rule's text is another rule.

import { CSSStyleSheet, Map, WeakMap } from './own.js';

/** As the browser writes what it does not. A property of the page's own may be empty. */
const LOST = /[{;]\s+(?!--)[-\w]+: (?: !important)?;/;

/** Longest text that is looked through, in UTF-16 units: it is one task. And how many sheets are asked for. */
const LIMIT = 1024 * 1024, MOST = 32;

/**
 * What a text is split at: its rules end at braces and semicolons, but for those in strings, comments and addresses. What is not closed goes to the end,
 * so that no text is looked through more than once.
 */
const TOKEN = /"[^"\\\n]*(?:\\[^][^"\\\n]*)*"?|'[^'\\\n]*(?:\\[^][^'\\\n]*)*'?|\/\*[^]*?(?:\*\/|$)|url\(\s*(?!["'\s])[^)\\]*(?:\\[^][^)\\]*)*\)?|\\[^]|[{};]/g;

/** Stands behind each rule of a text, with its number: the browser drops some. */
const MARK = 'alongside-mark-';

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
    known = new Map();
    try {
      if (text) known = split(text);
    } catch {
      // A page may have replaced what sheets are made by.
    }
    originals.set(parentStyleSheet, known);
    const { href } = parentStyleSheet;
    if (!text && /^https?:/.test(href ?? '') && asked < MOST) {
      asked++;
      ask(/** @type {string} */ (href)).then((found) => found && found.length <= LIMIT && knowText(parentStyleSheet, found)).catch(() => {});
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
    if (sign !== '}' || rule.indexOf('var(') < 0) continue;
    marked += `${rule}\n${MARK}${rules.length} {}\n`;
    rules[rules.length] = rule;
  }
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(marked);
  const { cssRules } = sheet;
  // A rule that is not closed takes marks and others with it: its mark is not behind it.
  for (let at = 1; at < cssRules.length; at++) {
    const { selectorText } = /** @type {CSSStyleRule} */ (cssRules[at]);
    const { cssText } = cssRules[at - 1];
    if (selectorText?.startsWith(MARK) && LOST.test(cssText)) found.set(cssText, rules[Number(selectorText.slice(MARK.length))]);
  }
  return found;
}
