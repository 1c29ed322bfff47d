// @ts-check
// What agents changed, so that the visitor can take it back, and what they propose, so that the visitor can accept it.

import { isConnected } from '../mirror/dom.js';
import { labelOf } from './fields.js';

/** Most that is kept; the oldest is let go. */
const LIMIT = 100;

/** Of so many acts for one field it is told what became of them. */
const NUMBERS = 64;

/**
 * @typedef {object} Change of one field
 * @property {number} index by which the visitor names it
 * @property {number} agent who made the last act
 * @property {string} label of the field
 * @property {boolean} isProposal whether it waits for the visitor
 * @property {Element} element
 * @property {string} [text] that is proposed
 * @property {number[]} numbers of the acts
 * @property {import('./fields.js').Held} [held] what was there before any agent changed it
 * @property {import('./proposals.js').Proposal} [proposal]
 * @property {number} [outline] what the element was when it was proposed
 */

export class Changes {
  /** @type {Change[]} */
  #list = [];
  #last = 0;
  #later;

  /** @param {(agent: number, number: number, outcome: string) => void} later told what became of an act */
  constructor(later) {
    this.#later = later;
  }

  /** What is there; what is gone from the page cannot be taken back, and takes no proposal. */
  list() {
    for (const change of this.#list) if (!isConnected(change.element)) this.#release(change);
    return this.#list;
  }

  /** @param {number} index @param {boolean} isProposal */
  at(index, isProposal) {
    return this.#list.find((change) => change.index === index && change.isProposal === isProposal);
  }

  /** @param {Element} element @param {boolean} isProposal */
  of(element, isProposal) {
    return this.#list.find((change) => change.element === element && change.isProposal === isProposal);
  }

  /** An agent changed a field, if it does not hold the same as before. @param {any} act @param {Element} element @param {import('./fields.js').Held} held */
  note(act, element, held) {
    if (held.isSame()) return;
    const known = this.of(element, false);
    if (!known) this.#add(act, { element, held, isProposal: false });
    else if (known.held?.isSame()) this.#drop(known);
    else this.#more(known, act);
  }

  /**
   * An agent proposes something for a field; what another one proposed for it goes.
   * @param {any} act @param {Element} element @param {import('./proposals.js').Proposal} proposal @param {number | undefined} outline
   */
  propose(act, element, proposal, outline) {
    let open = this.of(element, true);
    if (open && open.agent !== act.agent) {
      this.end(open, 'rejected');
      open = undefined;
    }
    if (open) this.#more(open, act);
    else open = this.#add(act, { element, isProposal: true });
    Object.assign(open, { proposal, text: proposal.text, outline });
  }

  /** It is no more, and whoever did it is told why. @param {Change} change @param {string} outcome */
  end(change, outcome) {
    this.#drop(change);
    for (const number of change.numbers) this.#later(change.agent, number, outcome);
  }

  forget() {
    this.#list = [];
  }

  /** @param {any} act @param {any} change @returns {Change} */
  #add({ agent, number }, change) {
    if (this.#list.length >= LIMIT) this.#release(this.#list[0]);
    const added = { index: (this.#last += 1), agent, label: labelOf(change.element), numbers: [number], ...change };
    this.#list = [...this.#list, added];
    return added;
  }

  /** @param {Change} change @param {any} act */
  #more(change, { agent, number }) {
    change.numbers = [...(change.agent === agent ? change.numbers : []), number].slice(-NUMBERS);
    change.agent = agent;
  }

  /** Lets go of it. @param {Change} change */
  #release(change) {
    if (change.isProposal) this.end(change, 'rejected');
    else this.#drop(change);
  }

  /** @param {Change} change */
  #drop(change) {
    this.#list = this.#list.filter((one) => one !== change);
  }
}
