// @ts-check
// What the customer says of elements: by the attribute `data-alongside`, and by selectors.
//
// To ask each element whether it matches takes as long as to read it. Most selectors name attributes or an element, and what has
// neither is not asked.

import { attributeOf, localName, matches } from './dom.js';
import { MARK_WORDS } from './mark-words.js';
import { Map, Set, WeakSet } from './own.js';

const SECRET = 32;

/** What was a secret once, for the encoder to know when it is read again: also by the mirror that follows a pause. @type {WeakSet<Node>} */
const SECRETS = new WeakSet();

/** Whether there are others than controls: people wrote into them. */
let hasOthers = false;

/** One part of a list of selectors that depends on an element's own name and attributes, and on nothing else. */
const PLAIN = /^\s*([a-z][-\w]*|\*)?((?:[.#]-?[a-z_][-\w]*|\[[a-z][-\w]*(?:[~|^$*]?=(?:"[^",\]\\]*"|[-\w]+))?\])*)\s*$/i;

/** An attribute in it. */
const ATTRIBUTE = /([.#])|\[([a-z][-\w]*)[^\]]*\]/gi;

/** @param {string} words separated by white space @param {string} word */
const hasWord = (words, word) => ` ${words.replace(/\s/g, ' ')} `.indexOf(` ${word} `) >= 0;

export class Marks {
  secrets = SECRETS;
  /** Elements by the selectors that look further than at the element itself. @type {Map<string, Set<Element>>} */
  marked = new Map();
  /** @type {Array<string | undefined>} */
  #selectors = [];
  /** Any of them. */
  #any = '';
  /** Whether all elements are to be asked. */
  isForAll = false;
  /** Elements that are to be asked, by name. @type {Set<string>} */
  #elements = new Set();
  /** What has one of these attributes is to be asked. @type {Set<string>} */
  #attributes = new Set();
  /** Another value of one of these makes another answer. @type {Set<string>} */
  #changing = new Set();

  /** Marks by these selectors from now on. @param {Record<string, string>} selectors */
  select(selectors) {
    this.#any = '';
    this.isForAll = false;
    this.marked.clear();
    this.#elements.clear();
    this.#attributes.clear();
    this.#changing.clear();
    this.#changing.add('data-alongside');
    for (let bit = 0; bit < MARK_WORDS.length; bit++) {
      const selector = selectors[MARK_WORDS[bit]];
      this.#selectors[bit] = selector;
      if (!selector) continue;
      this.#any += this.#any ? `, ${selector}` : selector;
      if (this.#learn(selector)) continue;
      this.isForAll = true;
      this.marked.set(selector, new Set());
    }
  }

  /** False where it is not plain. @param {string} selector */
  #learn(selector) {
    const parts = selector.split(',');
    for (let at = 0; at < parts.length; at++) {
      const found = PLAIN.exec(parts[at]);
      if (!found) return false;
      const [, element = '*', attributes] = found;
      let first = '';
      ATTRIBUTE.lastIndex = 0;
      for (let one = ATTRIBUTE.exec(attributes); one; one = ATTRIBUTE.exec(attributes)) {
        const name = one[1] === '.' ? 'class' : one[1] === '#' ? 'id' : one[2].toLowerCase();
        this.#changing.add(name);
        first ||= name;
      }
      if (first) this.#attributes.add(first);
      else if (element !== '*') this.#elements.add(element.toLowerCase());
      else return false;
    }
    return true;
  }

  /** Whether elements of that name are to be asked. @param {string} name */
  asksElement(name) {
    return this.#elements.has(name.toLowerCase());
  }

  /** Whether elements with an attribute of that name are to be asked. @param {string} name */
  asksAttribute(name) {
    return this.#attributes.has(name.toLowerCase());
  }

  /** @param {Node} node a secret from now on @param {boolean} isControl */
  remember(node, isControl) {
    this.secrets.add(node);
    hasOthers ||= !isControl;
  }

  /** @param {Node} node @param {boolean} isControl */
  isSecret(node, isControl) {
    return (isControl || hasOthers) && this.secrets.has(node);
  }

  /** Whether an element may be marked otherwise since an attribute of that name changed. @param {string} name */
  isChangedBy(name) {
    return this.isForAll || this.#changing.has(name) || this.#changing.has(name.toLowerCase());
  }

  /** Bits of an element's marks. @param {Element} element */
  of(element) {
    const words = attributeOf(element, 'data-alongside');
    const isSelected = this.#any !== '' && matches(element, this.#any);
    let marks = this.secrets.has(element) ? SECRET : 0;
    if (!words && !isSelected) return marks;
    for (let bit = 0; bit < MARK_WORDS.length; bit++) {
      const selector = this.#selectors[bit];
      if ((words && hasWord(words, MARK_WORDS[bit])) || (isSelected && selector && matches(element, selector))) marks |= 1 << bit;
    }
    return marks;
  }
}
