// @ts-check
// Finds what an agent's act would meet. Decides nothing: what refuses an act is said in `src/cobrowse/policy.rs`.

import { boxOf, findAll, isConnected, localName, matches, nodeType } from '../mirror/dom.js';
import { fits, isField, isText, kindOf } from './fields.js';
import { entering, isFile, leadOf, OFF_SITE, ON_SITE, pressing, STAYS } from './leads.js';
import { above, hasAttribute, isMultiple, isVisible, isWithin, optionsOf, viewOf } from './natives.js';
import { meet } from './place.js';

/** The facts of `Target`, by their bits. */
export const GONE = 1, CHANGED = 2, MASKED = 4, READ_ONLY = 8, DISABLED = 16, COVERED = 32, UNSUITED = 64, SUBMIT = 128, PICKER = 256;

/** Guards of a node that was told: `Guard` in `src/mirror/encoder.rs`. */
const IS_MASKED = 1, HAS_HIDDEN_VALUE = 2, IS_READ_ONLY = 4;

/** Longest text of an act, in bytes: `ACT_TEXT_LIMIT`. */
const TEXT_LIMIT = 2048;

/** Keys that neither write into a field nor press anything. */
const HARMLESS = /^(Tab|Escape)$/;

/**
 * Whom the actor asks about the page.
 * @typedef {object} Page
 * @property {(id: number) => Node | undefined} node
 * @property {(node: Node) => number} idOf
 * @property {() => {epoch(): number, guards(id: number): number | undefined, fingerprint(id: number): number | undefined, outline(id: number): number | undefined} | undefined} told
 * @property {(node: Node) => boolean} isOwn
 * @property {Record<string, any>} options the customer's
 */

/**
 * What an act would meet, and what it is done with.
 * @typedef {object} Found
 * @property {number} facts
 * @property {number} lead
 * @property {any} target
 * @property {Element | null} [control] what a press sets off
 * @property {import('./place.js').Point} [point]
 */

const encoder = new TextEncoder();

class Examination {
  facts = 0;
  lead = STAYS;
  /** @type {any} */
  target;
  /** @type {Element | null} */
  control = null;
  /** @type {import('./place.js').Point | undefined} */
  point;
  #page;
  #within;

  /** @param {Page} page @param {Node | null | undefined} within null where the node is gone within which the act was granted */
  constructor(page, within) {
    this.#page = page;
    this.#within = within;
  }

  /** An element that the act reaches: agents see it, may act on it, and it is in what was granted. @param {Node} node @param {boolean} writes */
  reach(node, writes) {
    const page = this.#page;
    if (!isConnected(node) || (this.#within !== undefined && (!this.#within || !isWithin(this.#within, node)))) this.facts |= GONE;
    for (let at = /** @type {Node | null} */ (node); at; at = above(at)) if (page.isOwn(at)) this.facts |= MASKED;
    const guards = page.told()?.guards(page.idOf(node)) ?? IS_MASKED;
    if (guards & IS_MASKED || (writes && guards & HAS_HIDDEN_VALUE)) this.facts |= MASKED;
    if (guards & IS_READ_ONLY) this.facts |= READ_ONLY;
  }

  /** Whether a person could get there. @param {Element} element */
  arrive(element) {
    const { width, height } = boxOf(element);
    if (!width || !height || isVisible?.(element, { visibilityProperty: true }) === false) this.facts |= DISABLED;
    for (let node = /** @type {Node | null} */ (element); node; node = above(node)) {
      if (nodeType(node) === 1 && hasAttribute(node, 'inert')) this.facts |= DISABLED;
      if (nodeType(node) !== 9) continue;
      const [modal] = findAll(node, 'dialog:modal');
      if (modal && !isWithin(modal, element)) this.facts |= DISABLED;
    }
  }

  /** @param {import('./leads.js').Effect} effect */
  take({ element, isSubmit, isPicker, isDisabled, lead }) {
    this.control = element;
    if (element) this.reach(element, false);
    if (isSubmit) this.facts |= SUBMIT;
    if (isPicker) this.facts |= PICKER;
    if (isDisabled) this.facts |= DISABLED;
    this.lead = Math.max(this.lead, lead);
  }

  /** @param {any} click */
  click(click) {
    const { options } = this.#page;
    if (nodeType(this.target) !== 1 || !(click.count === 1 || click.count === 2)) return this.refuse(UNSUITED);
    this.arrive(this.target);
    // What is refused anyway is not scrolled to.
    if (this.facts) return;
    const { hit, point, isOther, restore } = meet(this.target, click);
    if (hit) this.reach(hit, false);
    if (!hit || isOther) this.facts |= COVERED;
    if (hit && !isOther) {
      this.target = hit;
      this.take(pressing(hit, options));
    }
    if (this.facts & ~SUBMIT) restore();
    this.point = point;
  }

  /** A field that is written into. @param {string} text @param {boolean} isWhole */
  write(text, isWhole) {
    const element = this.target;
    if (nodeType(element) !== 1) return this.refuse(UNSUITED);
    if (isFile(element)) this.facts |= PICKER;
    this.arrive(element);
    if (isField(element) && (matches(element, ':disabled') || hasAttribute(element, 'readonly'))) this.facts |= DISABLED;
    const isTaken = typeof text === 'string' && encoder.encode(text).length <= TEXT_LIMIT && (isWhole ? fits(element, text) : isText(element));
    if (!isTaken) this.facts |= UNSUITED;
  }

  /** @param {any} options */
  choose(options) {
    const element = this.target;
    if (nodeType(element) !== 1 || localName(element) !== 'select') return this.refuse(UNSUITED);
    this.arrive(element);
    if (matches(element, ':disabled')) this.facts |= DISABLED;
    if (!Array.isArray(options) || options.length > 64 || (!isMultiple(element) && options.length !== 1)) return this.refuse(UNSUITED);
    for (const at of options) {
      const option = optionsOf(element)[at];
      if (!option) this.facts |= UNSUITED;
      else if (matches(option, ':disabled')) this.facts |= DISABLED;
    }
  }

  /** @param {any} press */
  press({ key }) {
    const element = this.target;
    const { options } = this.#page;
    if (nodeType(element) !== 1) return this.refuse(UNSUITED);
    this.arrive(element);
    if (HARMLESS.test(key)) return;
    if (matches(element, ':disabled')) this.facts |= DISABLED;
    if (key !== 'Enter' && key !== 'Space') return;
    const name = localName(element);
    const isPressed = kindOf(element) === 'button' || name === 'summary' || (key === 'Enter' && (name === 'a' || name === 'area')) || isFile(element);
    if (isPressed) this.take(pressing(element, options));
    else if (key === 'Enter' && name === 'input') this.take(entering(element, options));
    else if (key === 'Space' && kindOf(element) === 'box') this.control = element;
  }

  /** @param {any} go */
  go(go) {
    const view = viewOf(document);
    const { options } = this.#page;
    if (typeof go.address === 'string') {
      this.lead = encoder.encode(go.address).length <= TEXT_LIMIT ? leadOf(go.address, view.location.href, document, options) : OFF_SITE;
      return;
    }
    if (!/^(back|forward|reload)$/.test(go.through)) return this.refuse(UNSUITED);
    // What lies beyond this site is not listed there.
    const { canGoBack, canGoForward } = view.navigation ?? {};
    const isBeyond = (go.through === 'back' && canGoBack === false) || (go.through === 'forward' && canGoForward === false);
    this.lead = isBeyond ? OFF_SITE : ON_SITE;
  }

  scroll() {
    const type = nodeType(this.target);
    if (type === 9) return;
    if (type === 1) this.arrive(this.target);
    else this.facts |= UNSUITED;
  }

  /** @param {number} fact */
  refuse(fact) {
    this.facts |= fact;
  }
}

/** Whether an act writes into what it reaches. @param {Element} element @param {string} what @param {any} how */
const isWriting = (element, what, how) =>
  what === 'type' || what === 'fill' || what === 'choose' || (what === 'press' && !HARMLESS.test(how.key) && nodeType(element) === 1 && (isText(element) || kindOf(element) === 'choice'));

/**
 * @param {Page} page
 * @param {any} act as in the protocol
 * @param {number | undefined} within the node within which it was granted
 * @returns {Found}
 */
export function examine(page, act, within) {
  const told = page.told();
  const node = page.node(act.node);
  if (!told || told.epoch() !== act.epoch || !node) return { facts: GONE, lead: STAYS, target: null };
  const examination = new Examination(page, within === undefined ? undefined : page.node(within) ?? null);
  const [what, how] = Object.entries(act.action)[0];
  examination.target = node;
  examination.reach(node, isWriting(/** @type {Element} */ (node), what, how));
  if (what !== 'go' && what !== 'scroll') {
    const seen = what === 'click' ? told.fingerprint(act.node) : told.outline(act.node);
    if (seen !== act.fingerprint) examination.refuse(CHANGED);
  }
  switch (what) {
    case 'click': examination.click(how); break;
    case 'type': examination.write(how.text, false); break;
    case 'fill': examination.write(how.text, true); break;
    case 'choose': examination.choose(how.options); break;
    case 'press': examination.press(how); break;
    case 'scroll': examination.scroll(); break;
    case 'go': examination.go(how); break;
    default: examination.refuse(UNSUITED);
  }
  return examination;
}

