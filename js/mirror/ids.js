// @ts-check

import { WeakMap } from './own.js';

/** Lets a class put its private fields on an object that is there already. */
class Host {
  /** @param {object} host */
  constructor(host) {
    return host;
  }
}

/**
 * Numbers of nodes; 0 for a node without one. They stand in a private field of the nodes themselves: no page sees it, and it costs a
 * fifth of a WeakMap, which would be a large part of all that is done for a node. Each call has a field of its own.
 */
function marks() {
  /** Nodes that take no field. @type {WeakMap<object, number> | undefined} */
  let closed;
  return class Mark extends Host {
    #number = 0;

    /** @param {object} node @returns {number} */
    static of(node) {
      return #number in node ? node.#number : closed?.get(node) ?? 0;
    }

    /** @param {object} node @param {number} number */
    static set(node, number) {
      if (!(#number in node)) {
        try {
          new Mark(node);
        } catch {
          closed ??= new WeakMap();
        }
      }
      if (#number in node) node.#number = number;
      else closed?.set(node, number);
    }
  };
}

/** Gives ids to nodes, and knows them by those. */
export class Ids {
  /** What marks are above their ids: marks of earlier epochs are not. */
  #base = 0;
  #last = 0;
  /** @type {Array<Node | undefined>} */
  #nodes = [];
  #marks = marks();

  /** All ids are given anew, after that of the first node: 0. @param {Node} first */
  clear(first) {
    this.#base = this.#last + 1;
    this.#last = this.#base;
    this.#nodes = [first];
    this.#marks.set(first, this.#base);
  }

  /** -1 for a node that has none. @param {object} node */
  of(node) {
    const mark = this.#marks.of(node);
    return mark >= this.#base ? mark - this.#base : -1;
  }

  /** @param {Node} node */
  give(node) {
    this.#last += 1;
    const id = this.#last - this.#base;
    this.#marks.set(node, this.#last);
    this.#nodes[id] = node;
    return id;
  }

  /** @param {number} id */
  node(id) {
    return this.#nodes[id];
  }

  /** @param {Node} node */
  forget(node) {
    const id = this.of(node);
    if (id < 0) return;
    this.#nodes[id] = undefined;
    this.#marks.set(node, 0);
  }

  /** The id that is given next. */
  get next() {
    return this.#last - this.#base + 1;
  }
}
