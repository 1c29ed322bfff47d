// @ts-check
// What is selected and highlighted: places in the page, by the nodes that were told.

import { firstChild, isConnected, localName, nextSibling, nodeType } from './dom.js';
import { Map, Set, WeakSet } from './own.js';

/** The numbers of `src/browser/mirror.rs`. */
const CARET = 10, ASSIGNED = 11, SELECTION = 12, HIGHLIGHTS = 13;

/** As many as the wire takes. */
const MOST = 256;

/** @typedef {{node: Node, offset: number}} Place */

export class Ranges {
  #ids;
  #pack;
  /** Documents whose selection may have changed. @type {Set<Document>} */
  #documents = new Set();
  /** Fields whose caret may have. @type {Set<HTMLInputElement>} */
  #fields = new Set();
  /** Shadow roots whose slots scripts fill. @type {Set<ShadowRoot>} */
  #roots = new Set();
  /** Documents of which highlights were told. @type {WeakSet<Document>} */
  #highlighted = new WeakSet();

  /** @param {import('./ids.js').Ids} ids @param {import('./pack.js').Pack} pack */
  constructor(ids, pack) {
    this.#ids = ids;
    this.#pack = pack;
  }

  /** All is told anew: what has the focus has a caret. @param {Document} page */
  begin(page) {
    this.#documents.add(page);
    const { activeElement } = page;
    if (activeElement && isField(activeElement)) this.#fields.add(/** @type {any} */ (activeElement));
  }

  /** @param {ShadowRoot} root */
  addRoot(root) {
    if (root.slotAssignment === 'manual') this.#roots.add(root);
  }

  /** Something else is selected. @param {any} target of the event */
  changed(target) {
    if (nodeType(target) === 9) this.#documents.add(target);
    else if (isField(target)) this.#fields.add(target);
  }

  /** Tells what has changed. @param {(node: Node, kind: number) => boolean} begin begins a state of a node; false where it is not known */
  put(begin) {
    for (const page of this.#documents) if (this.#putSelection(page, begin)) this.#documents.delete(page);
    for (const field of this.#fields) {
      this.#fields.delete(field);
      const { selectionStart, selectionEnd, selectionDirection } = field;
      if (selectionStart === null || selectionEnd === null || !begin(field, CARET)) continue;
      this.#pack.put(selectionStart);
      this.#pack.put(selectionEnd);
      this.#pack.put(Number(selectionDirection === 'backward'));
    }
    for (const root of this.#roots) {
      if (!isConnected(root)) this.#roots.delete(root);
      else for (const slot of root.querySelectorAll('slot')) this.#putAssigned(slot, begin);
    }
  }

  /** @param {HTMLSlotElement} slot @param {(node: Node, kind: number) => boolean} begin */
  #putAssigned(slot, begin) {
    if (!begin(slot, ASSIGNED)) return;
    const nodes = slot.assignedNodes();
    const at = this.#pack.length;
    let count = 0;
    this.#pack.put(0);
    for (let index = 0; index < nodes.length; index++) {
      const id = this.#ids.of(nodes[index]);
      if (id < 0) continue;
      this.#pack.put(id);
      count += 1;
    }
    this.#pack.numbers[at] = count;
  }

  /** False where what is selected is not known yet. @param {Document} page @param {(node: Node, kind: number) => boolean} begin */
  #putSelection(page, begin) {
    const selection = page.getSelection();
    if (!selection || selection.isCollapsed || !selection.anchorNode || !selection.focusNode) {
      if (begin(page, SELECTION)) this.#pack.put(0);
      return true;
    }
    const from = this.#point(selection.anchorNode, selection.anchorOffset);
    const to = this.#point(selection.focusNode, selection.focusOffset);
    if (!from || !to || !begin(page, SELECTION)) return !isConnected(page);
    this.#pack.put(1);
    this.#putPoint(from);
    this.#putPoint(to);
    return true;
  }

  /** What no event tells of: it is to be called now and then. @param {Document} page @param {(node: Node, kind: number) => boolean} begin */
  putHighlights(page, begin) {
    // A frame has its own.
    const highlights = /** @type {any} */ (page.defaultView)?.CSS.highlights;
    if (!highlights || (highlights.size === 0 && !this.#highlighted.has(page)) || !begin(page, HIGHLIGHTS)) return;
    if (highlights.size > 0) this.#highlighted.add(page);
    else this.#highlighted.delete(page);
    const pack = this.#pack;
    const count = pack.length;
    let told = 0;
    pack.put(0);
    highlights.forEach((/** @type {Set<AbstractRange>} */ highlight, /** @type {string} */ name) => {
      if (told === MOST) return;
      told += 1;
      pack.say(name);
      const at = pack.length;
      let spans = 0;
      pack.put(0);
      highlight.forEach(({ startContainer, startOffset, endContainer, endOffset }) => {
        const from = this.#point(startContainer, startOffset);
        const to = this.#point(endContainer, endOffset);
        if (!from || !to || spans === MOST) return;
        this.#putPoint(from);
        this.#putPoint(to);
        spans += 1;
      });
      pack.numbers[at] = spans;
    });
    pack.numbers[count] = told;
  }

  /** Where it is among what was told. @param {Node} node @param {number} offset @returns {[number, number] | undefined} */
  #point(node, offset) {
    const id = this.#ids.of(node);
    if (id < 0) return undefined;
    const type = nodeType(node);
    if (type === 3 || type === 4) return [id, offset];
    let told = 0;
    let child = firstChild(node);
    for (let at = 0; at < offset && child; at++) {
      if (this.#ids.of(child) >= 0) told += 1;
      child = nextSibling(child);
    }
    return [id, told];
  }

  /** @param {[number, number]} point */
  #putPoint([id, offset]) {
    this.#pack.put(id);
    this.#pack.put(offset);
  }
}

/** @param {any} target */
const isField = (target) => nodeType(target) === 1 && (localName(target) === 'input' || localName(target) === 'textarea');
