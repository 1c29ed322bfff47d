// @ts-check
// What agents do on the visitor's page, done as a person would cause it; and what an act would meet, found beforehand.
//
// Invariant: nothing is done but what was examined the moment before, at the element that was examined. Nothing is thrown.

import { documentOf, isConnected, nodeType } from '../mirror/dom.js';
import { Changes } from './changes.js';
import { GONE, SUBMIT, examine } from './examine.js';
import { editorOf, held, kindOf } from './fields.js';
import { isFile, isSending, STAYS } from './leads.js';
import { listen, scrollHeight, scrollTo, scrollWidth, unlisten, viewOf } from './natives.js';
import { Pointer } from './pointer.js';
import { press } from './keys.js';
import { apply, proposed } from './proposals.js';
import { soon, Stepper } from './steps.js';

/**
 * Whom the actor asks and tells. `later` is told what became of acts that were proposed or done; `changed`, that `changes` are others.
 * @typedef {import('./examine.js').Page & {later(agent: number, number: number, outcome: string): void, changed(): void}} Visitor
 * @typedef {import('./examine.js').Found} Found
 * @typedef {import('./steps.js').Steps} Steps
 */

export class Actor {
  #page;
  /** @type {Visitor['later']} */
  #later;
  #changes;
  #pointer;
  #stepper = new Stepper();
  /** What was examined last. @type {{act: any, found: Found} | undefined} */
  #examined;

  /** @param {Visitor} page */
  constructor(page) {
    this.#page = page;
    // Whoever asks for something is not told of something else meanwhile.
    this.#later = (agent, number, outcome) => soon(() => page.later(agent, number, outcome));
    this.#changes = new Changes(this.#later);
    this.#pointer = new Pointer(page.isOwn);
  }

  /** What an act would meet: bits of `Target`, and where it leads. @param {any} act as in the protocol @param {number} [within] */
  examine(act, within) {
    this.#examined = undefined;
    this.#stepper.finish();
    try {
      const found = examine(this.#page, act, within);
      this.#examined = { act, found };
      return { facts: found.facts, lead: found.lead };
    } catch {
      // What cannot be looked at is not acted on.
      return { facts: GONE, lead: STAYS };
    }
  }

  /**
   * Does what was examined, and says what became of it: an `Outcome`, or nothing where it is told later.
   * @param {any} act @param {boolean} proposes @returns {string}
   */
  perform(act, proposes) {
    const examined = this.#examined;
    this.#examined = undefined;
    if (!examined || examined.act !== act) return 'gone';
    try {
      return this.#perform(act, proposes, examined.found);
    } catch {
      return 'unsuited';
    }
  }

  /** For the visitor: what can be taken back, and what waits for an answer. */
  changes() {
    return this.#changes.list();
  }

  /** Puts back what a field held before any agent changed it. @param {number} index */
  undo(index) {
    const change = this.#changes.at(index, false);
    if (!change) return;
    try {
      if (isConnected(change.element)) change.held?.restore();
    } catch {
      // The page has made something else of it.
    }
    this.#changes.end(change, 'undone');
    this.#page.changed();
  }

  undoAll() {
    for (const { index, isProposal } of [...this.#changes.list()].reverse()) if (!isProposal) this.undo(index);
  }

  /** The visitor's answer to what is proposed. What is not as it was when it was proposed takes nothing. @param {number} index @param {boolean} isAccepted */
  answer(index, isAccepted) {
    const change = this.#changes.at(index, true);
    if (!change) return;
    const { element, proposal, agent, numbers, outline } = change;
    const end = (/** @type {string} */ outcome) => {
      this.#changes.end(change, outcome);
      this.#page.changed();
    };
    const isSame = isConnected(element) && outline === this.#outline(element);
    if (!isAccepted || !proposal || !isSame) end('rejected');
    else this.#run({ agent, number: numbers[numbers.length - 1] }, element, apply(element, proposal), end);
  }

  /** Nobody is there any more who would be told. */
  forget() {
    this.#changes.forget();
    this.#examined = undefined;
  }

  /** @param {Element} element */
  #outline(element) {
    return this.#page.told()?.outline(this.#page.idOf(element));
  }

  /** @param {any} act @param {boolean} proposes @param {Found} found */
  #perform(act, proposes, { target, control, point, facts }) {
    const { click, press: key, scroll: place, go: way, ...writing } = act.action;
    if (way) return go(way);
    if (place) return scroll(target, place);
    if (proposes && !click) {
      const open = this.#changes.of(target, true);
      const proposal = proposed(target, act.action, open?.agent === act.agent ? open?.proposal : undefined);
      if (typeof proposal === 'string') return proposal;
      if (proposal) {
        this.#changes.propose(act, target, proposal, this.#outline(target));
        this.#page.changed();
        return 'proposed';
      }
    }
    const steps = click
      ? this.#pointer.click(target, /** @type {import('./meet.js').Point} */ (point), click.count)
      : key
        ? press(target, key.key, Boolean(key.shift), { control, isSubmit: Boolean(facts & SUBMIT), isOwn: this.#page.isOwn })
        : apply(target, /** @type {import('./proposals.js').Proposal} */ (proposed(target, writing)));
    this.#run(act, control ?? target, steps, (outcome) => {
      this.#later(act.agent, act.number, outcome);
      this.#page.changed();
    });
    return '';
  }

  /** Does something, and notes what a field held before. @param {{agent: number, number: number}} act @param {Element} target @param {Steps} steps @param {(outcome: string) => void} ended */
  #run(act, target, steps, ended) {
    this.#stepper.finish();
    const field = kindOf(target) === 'rich' ? editorOf(target) : target;
    const before = held(field);
    const guard = this.#guard(target);
    this.#stepper.run(steps, (isFault) => {
      guard.release();
      if (before) this.#changes.note(act, field, before);
      ended(guard.outcome ?? (isFault ? 'unsuited' : 'done'));
    });
  }

  /**
   * What scripts of the page make of an act is not known beforehand: while it is done, no form is sent that may not be, and no file picker
   * opens.
   * @param {Element} target @returns {{outcome?: string, release(): void}}
   */
  #guard(target) {
    const view = viewOf(target);
    // Set by being there, as an attribute is.
    const isAllowed = (this.#page.options.agentsSubmit ?? false) !== false;
    const guard = {
      /** @type {string | undefined} */
      outcome: undefined,
      release() {
        for (const type of ['submit', 'click']) unlisten(view, type, handle);
      },
    };
    /** @param {Event} event */
    function handle(event) {
      const [first] = /** @type {any[]} */ (event.composedPath());
      const reason = event.type === 'submit' ? !isAllowed && isSending(event) && 'submit' : nodeType(first) === 1 && isFile(first) && 'file-picker';
      if (!reason) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      guard.outcome = reason;
    }
    for (const type of ['submit', 'click']) listen(view, type, handle, true);
    return guard;
  }
}

/** @param {any} node @param {{x: number, y: number}} place */
function scroll(node, { x, y }) {
  const isPage = nodeType(node) === 9 || node === documentOf(node).documentElement || node === documentOf(node).body;
  const box = isPage ? (nodeType(node) === 9 ? node : documentOf(node)).scrollingElement : node;
  if (!isPage && scrollHeight(box) <= box.clientHeight && scrollWidth(box) <= box.clientWidth) return 'unsuited';
  // From the start: the right, where lines begin there.
  const isRightToLeft = viewOf(box).getComputedStyle(box).direction === 'rtl';
  scrollTo(box, { left: isRightToLeft ? -x : x, top: y, behavior: 'instant' });
  return 'done';
}

/** @param {any} way where it leads was judged before */
function go({ through, address }) {
  if (through === 'back') history.back();
  else if (through === 'forward') history.forward();
  else if (through === 'reload') location.reload();
  else location.assign(address);
  return 'done';
}
