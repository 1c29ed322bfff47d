// @ts-check

import { Map, Set } from './own.js';

/**
 * Which attributes of which elements have changed, in the order in which they first did. By their ids elements are found in a tenth of what
 * a map takes, which would be a large part of all that is done for an attribute.
 */
export class ChangedAttributes {
  /** @type {Element[]} */
  elements = [];
  /** Of each element; most change in one only. @type {Array<string | Set<string>>} */
  names = [];
  length = 0;
  #ids;
  /** Where an element stands, by its id. What is left of earlier times is told by what stands there now. */
  #places = new Uint32Array(1024);
  /** Where those stand that have no id. @type {Map<Element, number>} */
  #others = new Map();

  /** @param {import('./ids.js').Ids} ids */
  constructor(ids) {
    this.#ids = ids;
  }

  /** @param {Element} element @param {string} name */
  add(element, name) {
    const at = this.#place(element, name);
    const names = this.names[at];
    if (typeof names !== 'string') names.add(name);
    else if (names !== name) this.names[at] = new Set().add(names).add(name);
  }

  /** The element is to be looked at, whatever has changed. @param {Element} element */
  addElement(element) {
    this.#place(element, undefined);
  }

  clear() {
    this.elements = [];
    this.names = [];
    this.length = 0;
    if (this.#others.size > 0) this.#others.clear();
  }

  /** Where the element stands; at the end, with that name, where it did not. @param {Element} element @param {string | undefined} name */
  #place(element, name) {
    const id = this.#ids.of(element);
    const known = id < 0 ? this.#others.get(element) : this.#places[id];
    if (known !== undefined && known < this.length && this.elements[known] === element) return known;
    const at = this.length++;
    this.elements[at] = element;
    this.names[at] = name ?? new Set();
    if (id < 0) this.#others.set(element, at);
    else {
      if (id >= this.#places.length) this.#grow();
      this.#places[id] = at;
    }
    return at;
  }

  #grow() {
    const larger = new Uint32Array(2 * this.#ids.next);
    larger.set(this.#places);
    this.#places = larger;
  }
}
