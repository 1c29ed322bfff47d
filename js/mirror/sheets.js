// @ts-check
// Style sheets: their rules as text, with addresses in full, and what was told of each.

import { baseOf, isConnected, localName } from './dom.js';
import { foreignSheet } from './foreign-sheets.js';
import { CSSStyleSheet, Map, Set, WeakSet } from './own.js';

/** So many rules are told together: where one of a sheet changes, those far from it are not told again. */
const ROW = 100;

/** A longer text of an author's would be cut (`MIRROR_TEXT_LIMIT`, in bytes): its rules are told. */
const LONGEST = 64 * 1024;

/** Stands in for what is no node: a sheet that a root adopted, or some rules of an element whose text does not tell them. */
export class Rules {
  /** @param {CSSStyleSheet} sheet @param {Node} parent @param {boolean} isAdopted @param {string} css @param {CSSRule[]} rules those of an element's row */
  constructor(sheet, parent, isAdopted, css, rules = []) {
    this.sheet = sheet;
    this.parentNode = parent;
    this.isAdopted = isAdopted;
    this.css = css;
    this.rules = rules;
    this.print = printOf(sheet);
  }
  nodeType = 0;
  firstChild = null;
  get isConnected() {
    return this.parentNode.isConnected;
  }
}

/** What is known of an element's sheet, row by row. */
class Styled {
  /** @type {Rules[]} */
  rows = [];
  /** Whether there are rules after those. */
  isPartial = true;
  /** Which row is compared next. */
  next = 0;

  /** @param {any} element @param {boolean} isText whether the author's text tells the rules, so that these are not told */
  constructor(element, isText) {
    this.isText = isText;
    this.isDisabled = isOff(element);
    this.print = element.sheet ? printOf(element.sheet) : '';
  }

  /** What has been read. */
  get css() {
    let css = '';
    for (let at = 0; at < this.rows.length; at++) css += this.rows[at].css;
    return css;
  }

  /**
   * Reads the rules as they are now, as far as there is time: rows of the same rules are those that they were. Whether any is another.
   * @param {Element} element @param {() => boolean} isLate @param {(css: string) => void} learn is given what is new
   */
  read(element, isLate, learn) {
    const { sheet } = /** @type {HTMLStyleElement} */ (element);
    const rules = sheet ? readable(sheet) : [];
    const base = sheet?.href ?? baseOf(element);
    const before = this.rows;
    /** @type {Map<CSSRule, Rules>} */
    const known = new Map();
    for (let at = 0; at < before.length; at++) known.set(before[at].rules[0], before[at]);
    /** @type {Rules[]} */
    const rows = [];
    /** @type {CSSRule[]} */
    let open = [];
    let isOther = false;
    const close = () => {
      if (open.length === 0 || !sheet) return;
      const css = textOf(open, 0, open.length, base);
      const old = before[rows.length];
      const isSame = old?.css === css;
      if (isSame) old.rules = open;
      else learn(css);
      rows[rows.length] = isSame ? old : new Rules(sheet, element, false, css, open);
      isOther ||= !isSame;
      open = [];
    };
    let at = 0;
    while (at < rules.length) {
      const row = known.get(rules[at]);
      if (row && isRun(rules, at, row.rules) && !this.#takesMore(row, open.length, at + row.rules.length < rules.length)) {
        close();
        isOther ||= before[rows.length] !== row;
        rows[rows.length] = row;
        at += row.rules.length;
        continue;
      }
      open[open.length] = rules[at++];
      if (open.length < ROW) continue;
      close();
      if (isLate()) break;
    }
    close();
    this.isPartial = at < rules.length;
    isOther ||= !this.isPartial && rows.length < before.length;
    this.rows = rows;
    this.print = sheet ? printOf(sheet) : '';
    return isOther;
  }

  /** Whether new rules before or after a row are told with it: otherwise each would be a row. @param {Rules} row @param {number} before @param {boolean} hasMore */
  #takesMore(row, before, hasMore) {
    if (before > 0 && before + row.rules.length <= ROW / 2) return true;
    return hasMore && row.rules.length < ROW && row === this.rows[this.rows.length - 1];
  }

  /** Compares the rules with what was read, row by row until the time is up. Whether any is another. @param {Element} element @param {() => boolean} isLate */
  differs(element, isLate) {
    const { sheet } = /** @type {HTMLStyleElement} */ (element);
    if (!sheet) return this.rows.length > 0;
    const rules = readable(sheet);
    const base = sheet.href ?? baseOf(element);
    let from = 0;
    for (let at = 0; at < this.next && at < this.rows.length; at++) from += this.rows[at].rules.length;
    while (this.next < this.rows.length) {
      if (isLate()) return false;
      const { rules: { length }, css } = this.rows[this.next];
      if (from + length > rules.length || textOf(rules, from, from + length, base) !== css) {
        // It is read again, whatever rules it is of.
        this.rows[this.next].rules = [];
        this.rows[this.next].css = '';
        this.next = 0;
        return true;
      }
      from += length;
      this.next += 1;
    }
    this.next = 0;
    // Those of another site's may have come meanwhile.
    return from < rules.length;
  }
}

/** Whether these rules stand there. @param {ArrayLike<CSSRule>} rules @param {number} from @param {CSSRule[]} some */
function isRun(rules, from, some) {
  for (let at = some.length - 1; at >= 0; at--) if (rules[from + at] !== some[at]) return false;
  return true;
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

/** Some rules as text. @param {ArrayLike<CSSRule>} rules @param {number} from @param {number} to @param {string} base */
function textOf(rules, from, to, base) {
  let css = '';
  for (let at = from; at < to; at++) css += `${ruleOf(rules[at], base)}\n`;
  return css;
}

/** A sheet's rules as text, with what it imports in their place. @param {CSSStyleSheet} sheet @param {string} base @returns {string} */
function rulesOf(sheet, base) {
  const rules = readable(sheet);
  return textOf(rules, 0, rules.length, sheet.href ?? base);
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
  /** Those of elements. @type {Map<Element, Styled>} */
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
    const known = this.#styles.get(element);
    return known?.isText ? undefined : known?.rows;
  }

  /** Whether there was no time for all that stands in for its text. @param {Element} element */
  isPartial(element) {
    const known = this.#styles.get(element);
    return known !== undefined && known.isPartial && !known.isText;
  }

  /** What stands in for the text of an element with a sheet, as far as there is time. @param {any} element @param {() => boolean} isLate */
  rulesOf(element, isLate) {
    let known = this.#styles.get(element);
    if (!known) {
      const { sheet, textContent } = element;
      // The author's text is told where it tells all: a link has none, and a script may have filled the sheet.
      const isText = !isSheetLink(element)
        && (!sheet || (textContent.trim() !== '' && textContent.length < LONGEST && !/@import/i.test(textContent)) || sheet.cssRules.length === 0);
      known = new Styled(element, isText);
      this.#styles.set(element, known);
    }
    if (known.isPartial) known.read(element, isLate, this.#learn);
    return known.isText ? undefined : known.rows;
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
        found = new Rules(sheet, root, true, rulesOf(sheet, root.baseURI));
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
    const isLate = () => until < Infinity && performance.now() > until;
    for (const [root, before] of this.#adopted) {
      if (!asker.isKnown(root)) {
        this.#adopted.delete(root);
        continue;
      }
      for (let at = 0; at < before.length; at++) {
        const rules = before[at];
        // Rules that differ have no print any more, and are read again.
        if (this.#isTurn(rules, until) && rules.css !== rulesOf(rules.sheet, root.baseURI)) rules.print = '';
      }
      if (!isSame(before, this.adoptedBy(root))) asker.markChildren(root);
    }
    for (const [element, known] of this.#styles) {
      if (!asker.isKnown(element)) {
        this.#styles.delete(element);
        continue;
      }
      const { sheet } = /** @type {HTMLStyleElement} */ (element);
      const hasOther = known.print !== (sheet ? printOf(sheet) : '');
      // What the author's text tells is read to be compared with: that has time.
      if (known.isText && known.isPartial && !isLate()) known.read(element, isLate, this.#learn);
      if (hasOther) this.#readAgain(asker, element, known, isLate);
      if (!known.isPartial && this.#isTurn(element, until) && known.differs(element, isLate)) this.#readAgain(asker, element, known, isLate);
      if (known.next > 0) this.#compared.delete(element);
      this.#checkDisabled(asker, element, known);
    }
    if (!isLate()) this.#compared = new WeakSet();
  }

  /** Whether all rules of a sheet are to be compared now: once in each round. @param {object} sheet @param {number} until */
  #isTurn(sheet, until) {
    if (until === Infinity) return true;
    if (this.#compared.has(sheet) || performance.now() > until) return false;
    this.#compared.add(sheet);
    return true;
  }

  /** @param {Asker} asker @param {Element} element @param {Styled} known @param {() => boolean} isLate */
  #readAgain(asker, element, known, isLate) {
    const hasOther = known.print !== (/** @type {any} */ (element).sheet ? printOf(/** @type {any} */ (element).sheet) : '');
    // What is told by its text is compared as a whole; what is not is read to its end with the element.
    const isOther = known.read(element, known.isText ? () => false : isLate, this.#learn);
    if (!isOther && !hasOther) return;
    known.isText &&= asker.isDirty(element) && isToldByText(element, known.css);
    asker.markChildren(element);
    asker.markMedia(element);
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
