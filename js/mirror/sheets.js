// @ts-check
// Style sheets: their rules as text, with addresses in full, and what was told of each.

import { fontAddress } from './data-fonts.js';
import { baseOf, isConnected, localName } from './dom.js';
import { foreignSheet } from './foreign-sheets.js';
import { cssOf, knowText } from './originals.js';
import { CSSStyleSheet, Map, Set, WeakMap, WeakSet } from './own.js';

/** So many rules are told together: where one of a sheet changes, those far from it are not told again. */
const ROW = 100;

/** A longer text would be cut, at four times this in bytes (`MIRROR_TEXT_LIMIT`): of an author's its rules are told, and fewer together. In UTF-16 units. */
const LONGEST = 64 * 1024;

/** Stands in for what is no node: some rules of a sheet that a root adopted, or of an element whose text does not tell them. */
export class Rules {
  /** @param {CSSStyleSheet} sheet @param {Node} parent @param {boolean} isAdopted @param {string} css @param {CSSRule[]} rules */
  constructor(sheet, parent, isAdopted, css, rules) {
    this.sheet = sheet;
    this.parentNode = parent;
    this.isAdopted = isAdopted;
    this.css = css;
    this.rules = rules;
    this.media = sheet.media.mediaText;
  }
  nodeType = 0;
  firstChild = null;
  get isConnected() {
    return this.parentNode.isConnected;
  }
}

/** What is known of a sheet, row by row. */
class Styled {
  /** @type {Rules[]} */
  rows = [];
  /** Whether there are rules after those. */
  isPartial = true;
  /** Which row is compared next. */
  next = 0;
  #owner;
  #adopted;

  /**
   * @param {any} owner the element, or the root that adopted it @param {boolean} isText whether the author's text tells the rules, so that these are not told
   * @param {CSSStyleSheet} [adopted]
   */
  constructor(owner, isText, adopted) {
    this.#owner = owner;
    this.#adopted = adopted;
    this.isText = isText;
    this.isDisabled = !adopted && isOff(owner);
    this.print = this.sheet ? printOf(this.sheet) : '';
  }

  /** @returns {CSSStyleSheet | null} */
  get sheet() {
    return this.#adopted ?? this.#owner.sheet;
  }

  /** Whether rules were added or removed, or the sheet is for other media, since it was read. */
  get hasOther() {
    return this.print !== (this.sheet ? printOf(this.sheet) : '');
  }

  /** What has been read. */
  get css() {
    let css = '';
    for (let at = 0; at < this.rows.length; at++) css += this.rows[at].css;
    return css;
  }

  /**
   * Reads the rules as they are now, as far as there is time: rows of the same rules are those that they were. Whether any is another.
   * @param {() => boolean} isLate @param {(css: string) => void} learn is given what is new
   */
  read(isLate, learn) {
    const { sheet } = this;
    const rules = sheet ? rulesIn(sheet) : [];
    const base = sheet?.href ?? baseOf(this.#owner);
    const isAdopted = this.#adopted !== undefined;
    // A row of an adopted sheet is a sheet there, with the media and the namespaces of its own.
    const first = firstOf(rules);
    const isOneRow = isAdopted && first !== undefined && 'namespaceURI' in first;
    const before = isAdopted && this.hasOther && sheet && this.rows[0]?.media !== sheet.media.mediaText ? [] : this.rows;
    /** @type {Map<CSSRule, Rules>} */
    const known = new Map();
    for (let at = 0; at < before.length; at++) known.set(before[at].rules[0], before[at]);
    /** @type {Rules[]} */
    const rows = [];
    /** @type {CSSRule[]} */
    let open = [];
    let isOther = false;
    /** @param {CSSRule[]} row */
    const put = (row) => {
      if (row.length === 0 || !sheet) return;
      const css = textOf(row, 0, row.length, base);
      // Pictures may stand in it: those would be cut that come after them.
      if (css.length > LONGEST && row.length > 1 && !isOneRow) {
        const half = row.length >> 1;
        put(row.slice(0, half));
        return put(row.slice(half));
      }
      const old = before[rows.length];
      const isSame = old?.css === css;
      if (isSame) old.rules = row;
      else learn(css);
      rows[rows.length] = isSame ? old : new Rules(sheet, this.#owner, isAdopted, css, row);
      isOther ||= !isSame;
    };
    const close = () => {
      put(open);
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
      if (open.length < ROW || isOneRow) continue;
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

  /** Compares the rules with what was read, row by row until the time is up. Whether any is another. @param {() => boolean} isLate */
  differs(isLate) {
    const { sheet } = this;
    if (!sheet) return this.rows.length > 0;
    const rules = rulesIn(sheet);
    const base = sheet.href ?? baseOf(this.#owner);
    let from = 0;
    for (let at = 0; at < this.next && at < this.rows.length; at++) from += this.rows[at].rules.length;
    let isOther = false;
    while (this.next < this.rows.length && !isLate()) {
      const row = this.rows[this.next++];
      const to = from + row.rules.length;
      if (!isRun(rules, from, row.rules)) {
        // Those after it stand elsewhere, too: they are compared when they were read.
        isOther = true;
        break;
      }
      if (textOf(rules, from, to, base) !== row.css) {
        // It is read again, whatever rules it is of.
        row.rules = [];
        row.css = '';
        isOther = true;
      }
      from = to;
    }
    if (!isOther && this.next < this.rows.length) return false;
    this.next = 0;
    // Those of another site's may have come meanwhile.
    return isOther || from < rules.length;
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
  return css.replace(/url\(\s*("[^"\\]*(?:\\[^][^"\\]*)*"|'[^'\\]*(?:\\[^][^'\\]*)*'|[^)"']*)\s*\)/g, (whole, quoted) => {
    const address = quoted.trim().replace(/^(["'])(.*)\1$/s, '$2');
    const font = address.startsWith('data:') ? fontAddress(address) : undefined;
    if (font) return `url("${font}")`;
    if (/^(data:|#|blob:)/.test(address) || !address) return whole;
    try {
      return `url("${new URL(address, base).href}")`;
    } catch {
      return whole;
    }
  });
}

/** Rules that stand in the place of an import: what addresses in them are relative to, and what is around them. @type {WeakMap<CSSRule, {base: string, around: string[]}>} */
const imported = new WeakMap();

/** @param {any} rule */
const isImport = (rule) => 'styleSheet' in rule;

/** The first rule but for names of layers, which may stand before all others. @param {ArrayLike<CSSRule>} rules @returns {CSSRule | undefined} */
function firstOf(rules) {
  let at = 0;
  while (at < rules.length && 'nameList' in rules[at]) at++;
  return rules[at];
}

/** The rules of a sheet, those that it imports in the place of that. @param {CSSStyleSheet} sheet @returns {ArrayLike<CSSRule>} */
function rulesIn(sheet) {
  const rules = readable(sheet);
  const first = firstOf(rules);
  if (!first || !isImport(first)) return rules;
  /** @type {CSSRule[]} */
  const all = [];
  flatten(sheet, sheet.href, [], all);
  return all;
}

/** @param {CSSStyleSheet} sheet @param {string | null} base none: that of the page @param {string[]} around @param {CSSRule[]} all */
function flatten(sheet, base, around, all) {
  const rules = readable(sheet);
  for (let at = 0; at < rules.length; at++) {
    const rule = /** @type {any} */ (rules[at]);
    // A layer without a name is another one wherever it is written.
    if (!isImport(rule) || rule.layerName === '') {
      if (base !== null && !imported.has(rule)) imported.set(rule, { base, around });
      all[all.length] = rule;
    } else if (rule.styleSheet) {
      const inner = around.slice();
      if (rule.media.length > 0) inner[inner.length] = `@media ${rule.media.mediaText}`;
      if (rule.layerName !== null) inner[inner.length] = `@layer ${rule.layerName}`;
      flatten(rule.styleSheet, rule.styleSheet.href ?? base, inner, all);
    }
  }
}

/** Some rules as text. @param {ArrayLike<CSSRule>} rules @param {number} from @param {number} to @param {string} base */
function textOf(rules, from, to, base) {
  let css = '';
  /** @type {string[]} */
  let around = [];
  const leave = () => {
    for (let at = 0; at < around.length; at++) css += '}\n';
  };
  for (let at = from; at < to; at++) {
    const rule = /** @type {any} */ (rules[at]);
    const place = imported.get(rule);
    const next = place?.around ?? [];
    if (next !== around && next.length + around.length > 0) {
      leave();
      around = next;
      for (let index = 0; index < around.length; index++) css += `${around[index]} {\n`;
    }
    css += `${ruleOf(rule, place?.base ?? base)}\n`;
  }
  leave();
  return css;
}

/** @param {any} rule @param {string} base @returns {string} */
function ruleOf(rule, base) {
  if (!isImport(rule)) return absolute(cssOf(rule), base);
  const inner = `@layer {\n${rule.styleSheet ? rulesOf(rule.styleSheet, base) : ''}}`;
  return rule.media.length > 0 ? `@media ${rule.media.mediaText} {\n${inner}}` : inner;
}

/** A sheet's rules as text, with what it imports in their place. @param {CSSStyleSheet} sheet @param {string} base @returns {string} */
function rulesOf(sheet, base) {
  const rules = rulesIn(sheet);
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
    knowText(own, text);
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
  /** Adopted sheets by root, and what stands in for them. @type {Map<Document | ShadowRoot, {sheets: Styled[], rows: Rules[]}>} */
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
    if (known.isPartial) known.read(isLate, this.#learn);
    return known.isText ? undefined : known.rows;
  }

  /** What was told of the sheets that a root adopted. @param {Node} root @returns {Rules[]} */
  knownOf(root) {
    return this.#adopted.get(/** @type {Document} */ (root))?.rows ?? [];
  }

  /** What stands in for the sheets that a root adopted, as far as there is time. @param {Document | ShadowRoot} root @param {() => boolean} isLate */
  adoptedBy(root, isLate) {
    /** @type {Set<Styled>} */
    const left = new Set();
    const before = this.#adopted.get(root)?.sheets ?? [];
    for (let at = 0; at < before.length; at++) left.add(before[at]);
    /** @type {Styled[]} */
    const sheets = [];
    /** @type {Rules[]} */
    const rows = [];
    const { adoptedStyleSheets = [] } = root;
    const fonts = this.#fonts.sheetOf(root);
    // Faces that scripts have added win over those of all sheets.
    for (let at = 0; at <= adoptedStyleSheets.length; at++) {
      const sheet = at < adoptedStyleSheets.length ? adoptedStyleSheets[at] : fonts;
      if (!sheet || sheet.disabled) continue;
      /** @type {Styled | undefined} */
      let found;
      for (const one of left) if (!found && one.sheet === sheet) found = one;
      if (found) left.delete(found);
      found ??= new Styled(root, false, sheet);
      if (found.isPartial || found.hasOther) found.read(isLate, this.#learn);
      sheets[sheets.length] = found;
      for (let index = 0; index < found.rows.length; index++) rows[rows.length] = found.rows[index];
    }
    this.#adopted.set(root, { sheets, rows });
    return rows;
  }

  /** Whether there was no time for all that a root adopted. @param {Document | ShadowRoot} root */
  isPartialRoot(root) {
    const sheets = this.#adopted.get(root)?.sheets ?? [];
    for (let at = 0; at < sheets.length; at++) if (sheets[at].isPartial) return true;
    return false;
  }

  /**
   * Marks what has other rules than were told. Some changes are seen at once, others only where all rules are compared: that is done
   * until the given time, one sheet after the other, and goes on with the next call.
   * @param {Asker} asker @param {number} until as in `performance.now()`
   */
  check(asker, until) {
    const isLate = () => until < Infinity && performance.now() > until;
    for (const [root, { sheets, rows }] of this.#adopted) {
      if (!asker.isKnown(root)) {
        this.#adopted.delete(root);
        continue;
      }
      for (let at = 0; at < sheets.length; at++) {
        const known = sheets[at];
        this.#compare(known, known, until, isLate, () => known.read(isLate, this.#learn));
      }
      if (!isSame(rows, this.adoptedBy(root, isLate))) asker.markChildren(root);
    }
    for (const [element, known] of this.#styles) {
      if (!asker.isKnown(element)) {
        this.#styles.delete(element);
        continue;
      }
      const { hasOther } = known;
      // What the author's text tells is read to be compared with: that has time.
      if (known.isText && known.isPartial && !isLate()) known.read(isLate, this.#learn);
      if (hasOther) this.#readAgain(asker, element, known, isLate);
      this.#compare(element, known, until, isLate, () => this.#readAgain(asker, element, known, isLate));
      this.#checkDisabled(asker, element, known);
    }
    if (!isLate()) this.#compared = new WeakSet();
  }

  /**
   * Compares a sheet with what was read of it, once in each round, and goes on there with the next call where there was no time.
   * @param {object} sheet @param {Styled} known @param {number} until @param {() => boolean} isLate @param {() => void} read
   */
  #compare(sheet, known, until, isLate, read) {
    if (known.isPartial) return;
    if (until === Infinity) {
      known.next = 0;
      // What stood elsewhere is compared then.
      for (let turn = 0; turn < 2 && known.differs(isLate); turn++) read();
    } else if (!this.#compared.has(sheet) && performance.now() <= until) {
      if (known.differs(isLate)) read();
      if (known.next === 0) this.#compared.add(sheet);
    }
  }

  /** @param {Asker} asker @param {Element} element @param {Styled} known @param {() => boolean} isLate */
  #readAgain(asker, element, known, isLate) {
    const { hasOther } = known;
    // What is told by its text is compared as a whole; what is not is read to its end with the element.
    const isOther = known.read(known.isText ? () => false : isLate, this.#learn);
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
