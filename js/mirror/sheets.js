// @ts-check
// Style sheets: their rules as text, with addresses in full, and what was told of each.

import { baseOf, isConnected, localName } from './dom.js';
import { foreignSheet } from './foreign-sheets.js';
import { CSSStyleSheet, Map, Set, WeakSet } from './own.js';

/** Stands in for what is no node: a sheet that a root adopted, or the rules of an element whose text does not tell them. */
export class Rules {
  /** @param {CSSStyleSheet} sheet @param {Node} parent @param {boolean} isAdopted */
  constructor(sheet, parent, isAdopted) {
    this.sheet = sheet;
    this.parentNode = parent;
    this.isAdopted = isAdopted;
    this.css = rulesOf(sheet, parent.baseURI);
    this.print = printOf(sheet);
  }
  nodeType = 0;
  firstChild = null;
  get isConnected() {
    return this.parentNode.isConnected;
  }
}

/** What changes with most changes of a sheet, quickly read. @param {CSSStyleSheet} sheet */
function printOf(sheet) {
  try {
    return `${sheet.cssRules.length} ${sheet.media.mediaText}`;
  } catch {
    return 'unreadable';
  }
}

/** Addresses in full: the replica has another base. @param {string} css @param {string} base */
export function absolute(css, base) {
  if (css.indexOf('url(') < 0) return css;
  return css.replace(/url\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^)"']*)\s*\)/g, (whole, quoted) => {
    const address = quoted.trim().replace(/^(["'])(.*)\1$/s, '$2');
    if (/^(data:|#|blob:)/.test(address) || !address) return whole;
    try {
      return `url("${new URL(address, base).href}")`;
    } catch {
      return whole;
    }
  });
}

/** @param {any} rule @param {string} base @returns {string} */
function ruleOf(rule, base) {
  if (!('styleSheet' in rule)) return absolute(rule.cssText, base);
  const inner = rule.styleSheet ? rulesOf(rule.styleSheet, base) : '';
  if (rule.layerName !== null) return `@layer ${rule.layerName} {\n${inner}}`;
  return rule.media.length > 0 ? `@media ${rule.media.mediaText} {\n${inner}}` : inner;
}

/** A sheet's rules as text, with what it imports in their place. @param {CSSStyleSheet} sheet @param {string} base @returns {string} */
function rulesOf(sheet, base) {
  const from = sheet.href ?? base;
  const cssRules = readable(sheet);
  let css = '';
  for (let at = 0; at < cssRules.length; at++) css += `${ruleOf(cssRules[at], from)}\n`;
  return css;
}

/** @param {CSSStyleSheet} sheet @returns {ArrayLike<CSSRule>} */
function readable(sheet) {
  try {
    return sheet.cssRules;
  } catch {
    return (sheet.href && foreignSheet(sheet.href)?.cssRules) || [];
  }
}

/** Whether the text of a style element tells all its rules: scripts may have added some. @param {Element} element @param {string} css */
function isToldByText(element, css) {
  const text = element.textContent ?? '';
  // The replica asks nobody for what is imported.
  if (/@import/i.test(text)) return false;
  try {
    const own = new CSSStyleSheet();
    own.replaceSync(text);
    return rulesOf(own, baseOf(element)) === css;
  } catch {
    return true;
  }
}

/** @param {Element} element @returns {element is HTMLLinkElement} */
export const isSheetLink = (element) => localName(element) === 'link' && /(^|\s)stylesheet(\s|$)/i.test(/** @type {any} */ (element).rel);

/** Whether its rules do not count. A style element without a sheet is one that the page's policy forbids. @param {any} element */
const isOff = (element) => element.sheet?.disabled ?? (isSheetLink(element) ? element.disabled : isConnected(element));

/** @param {readonly unknown[]} some @param {readonly unknown[]} others */
function isSame(some, others) {
  if (some.length !== others.length) return false;
  for (let at = 0; at < some.length; at++) if (some[at] !== others[at]) return false;
  return true;
}

/**
 * Who is asked and told while sheets are looked at.
 * @typedef {object} Asker
 * @property {(node: Node) => boolean} isKnown
 * @property {(node: Node) => boolean} isDirty whether its children will be read anyway
 * @property {(node: Node) => void} markChildren
 * @property {(element: Element) => void} markMedia
 * @property {(element: Element, isDisabled: boolean) => void} putDisabled
 */

/** What is known of the page's sheets. */
export class Sheets {
  /** Those of elements, and what stands in for their text. @type {Map<Element, {print: string, css: string, rules?: Rules, isDisabled: boolean}>} */
  #styles = new Map();
  /** Adopted sheets by root. @type {Map<Document | ShadowRoot, Rules[]>} */
  #adopted = new Map();

  #learn;
  #fonts;

  /** @param {(css: string) => void} learn is given all rules of the page @param {import('./fonts.js').Fonts} fonts */
  constructor(learn, fonts) {
    this.#learn = learn;
    this.#fonts = fonts;
  }

  /** Sheets whose rules were all compared in this round. @type {WeakSet<object>} */
  #compared = new WeakSet();

  /** The documents and shadow roots that are told. */
  roots() {
    return this.#adopted.keys();
  }

  clear() {
    this.#styles.clear();
    this.#adopted.clear();
  }

  /** @param {Element} element */
  forget(element) {
    this.#styles.delete(element);
  }

  /** Whether the element's sheet was switched off when it was told. @param {Element} element */
  isDisabled(element) {
    return this.#styles.get(element)?.isDisabled ?? false;
  }

  /** What was told for the text of an element. @param {Element} element */
  known(element) {
    return this.#styles.get(element)?.rules;
  }

  /** What stands in for the text of an element with a sheet. @param {any} element */
  rulesOf(element) {
    const known = this.#styles.get(element);
    if (known) return known.rules;
    const { sheet } = element;
    // The author's text is told where it tells all: a link has none, and a script may have filled the sheet.
    const { textContent } = element;
    const isTold = !isSheetLink(element) && (!sheet || (textContent.trim() !== '' && !/@import/i.test(textContent)) || sheet.cssRules.length === 0);
    const rules = sheet && !isTold ? new Rules(sheet, element, false) : undefined;
    const css = sheet ? rulesOf(sheet, baseOf(element)) : '';
    this.#learn(css);
    this.#styles.set(element, { print: sheet ? printOf(sheet) : '', css, rules, isDisabled: isOff(element) });
    return rules;
  }

  /** @param {Document | ShadowRoot} root */
  adoptedBy(root) {
    const before = this.#adopted.get(root) ?? [];
    /** @type {Set<Rules>} */
    const left = new Set();
    for (let at = 0; at < before.length; at++) left.add(before[at]);
    /** @type {Rules[]} */
    const list = [];
    const { adoptedStyleSheets = [] } = root;
    const fonts = this.#fonts.sheetOf(root);
    // Faces that scripts have added win over those of all sheets.
    for (let at = 0; at <= adoptedStyleSheets.length; at++) {
      const sheet = at < adoptedStyleSheets.length ? adoptedStyleSheets[at] : fonts;
      if (!sheet || sheet.disabled) continue;
      let found;
      for (const rules of left) if (!found && rules.sheet === sheet && rules.print === printOf(sheet)) found = rules;
      if (found) left.delete(found);
      if (!found) {
        found = new Rules(sheet, root, true);
        this.#learn(found.css);
      }
      list[list.length] = found;
    }
    this.#adopted.set(root, list);
    return list;
  }

  /**
   * Marks what has other rules than were told. Some changes are seen at once, others only where all rules are compared: that is done
   * until the given time, one sheet after the other, and goes on with the next call.
   * @param {Asker} asker @param {number} until as in `performance.now()`
   */
  check(asker, until) {
    let isWhole = true;
    const isTurn = (/** @type {object} */ sheet) => {
      if (until === Infinity) return true;
      if (this.#compared.has(sheet)) return false;
      const has = performance.now() < until;
      if (has) this.#compared.add(sheet);
      else isWhole = false;
      return has;
    };
    for (const [root, before] of this.#adopted) {
      if (!asker.isKnown(root)) {
        this.#adopted.delete(root);
        continue;
      }
      for (let at = 0; at < before.length; at++) {
        const rules = before[at];
        // Rules that differ have no print any more, and are read again.
        if (isTurn(rules) && rules.css !== rulesOf(rules.sheet, root.baseURI)) rules.print = '';
      }
      if (!isSame(before, this.adoptedBy(root))) asker.markChildren(root);
    }
    for (const [element, known] of this.#styles) {
      if (!asker.isKnown(element)) {
        this.#styles.delete(element);
        continue;
      }
      const { sheet } = /** @type {HTMLStyleElement} */ (element);
      const print = sheet ? printOf(sheet) : '';
      if (print === known.print && !isTurn(element)) {
        this.#checkDisabled(asker, element, known);
        continue;
      }
      const css = sheet ? rulesOf(sheet, baseOf(element)) : '';
      if (css !== known.css || print !== known.print) {
        const wasTold = asker.isDirty(element) && !known.rules && isToldByText(element, css);
        this.#learn(css);
        this.#styles.set(element, { ...known, print, css, rules: sheet && !wasTold ? new Rules(sheet, element, false) : undefined });
        asker.markChildren(element);
        asker.markMedia(element);
      }
      this.#checkDisabled(asker, element, known);
    }
    if (isWhole) this.#compared = new WeakSet();
  }

  /** @param {Asker} asker @param {Element} element @param {{isDisabled: boolean}} known */
  #checkDisabled(asker, element, known) {
    const isDisabled = isOff(element);
    if (isDisabled === known.isDisabled) return;
    const told = this.#styles.get(element);
    if (told) told.isDisabled = isDisabled;
    asker.putDisabled(element, isDisabled);
  }
}
