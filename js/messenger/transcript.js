// @ts-check
// The conversation, as a list that scrolls. Rows stand in chunks, and the browser neither lays out nor paints a chunk that is out of view:
// a row that comes costs the same after ten as after ten thousand.

import { button, make, Slot } from '../surface/make.js';
import { shown } from '../surface/texts.js';
import { awayNote, face } from './face.js';
import { Line } from './rows.js';

/** Rows of a chunk. */
const CHUNK = 32;

/** How high a row is thought to be until it is drawn, in pixels. */
const ROW_HEIGHT = 52;

/** Who is as near to the end as that stays there, in pixels. */
const NEAR = 80;

/** What is earlier is asked for so far from the beginning, in pixels. */
const AHEAD = 300;

/** States of messages that have no place in the order yet. @type {Array<import('./view.js').State | null>} */
const UNSENT = ['queued', 'sending', 'failed'];

/**
 * @typedef {import('./view.js').Row} Row
 * @typedef {import('./view.js').Top} Top
 * @typedef {import('./view.js').Kit} Kit
 */

export class Transcript {
  element;
  #kit;
  #greeting;
  #scroller;
  #earlier = make('div', { class: 'earlier' });
  #list = make('div', { class: 'list', role: 'list', hidden: true });
  #beside = make('div');
  #files = make('div');
  #before = make('div');
  /** @type {import('./upload-rows.js').UploadRows | undefined} */
  #uploads;
  #typing = make('div', { class: 'slot' });
  #pill;
  #slots;
  /** @type {Map<string, Line>} */
  #lines = new Map();
  /** @type {WeakMap<Element, Line>} */
  #byElement = new WeakMap();
  /** @type {Top | undefined} */
  #top;
  #isOpen = false;
  #isLoading = true;
  /** Whether the end is kept in view. */
  #follows = true;
  #place = 0;
  /** Messages that came out of view. */
  #missed = 0;
  #hasAsked = false;
  /** Whether what comes next is another conversation's. */
  #isTurned = false;
  /** The last message of somebody else, and the one that was told to be seen. */
  #last = '';
  #seen = '';
  #resized = new ResizeObserver(() => this.#keepEnd());

  /** @param {Kit} kit @param {string} greeting */
  constructor(kit, greeting) {
    this.#kit = kit;
    this.#greeting = greeting;
    const { say } = kit;
    this.#scroller = make('div', { class: 'scroller', part: 'transcript', role: 'region', 'aria-label': say('conversation'), tabindex: '0' },
      this.#earlier, this.#beside, this.#list, this.#files, this.#before, this.#typing);
    this.#pill = make('div', { class: 'pill-place' });
    this.#slots = { earlier: new Slot(this.#earlier), beside: new Slot(this.#beside), typing: new Slot(this.#typing), pill: new Slot(this.#pill) };
    this.element = make('div', { class: 'view' }, this.#scroller, this.#pill);
    this.#scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true });
    // What has come once does not come again when the panel is opened.
    this.#scroller.addEventListener('animationend', ({ target }) => target instanceof Element && target.removeAttribute('data-fresh'));
    for (const part of [this.#scroller, this.#list, this.#files, this.#before, this.#typing]) this.#resized.observe(part);
  }

  /**
   * @param {Top} top @param {Row[]} rows @param {string[]} gone
   * @returns {Row[]} those that came just now, at the end: no history
   */
  update(top, rows, gone) {
    const wasLoading = this.#isLoading;
    this.#isLoading = top.isLoading;
    this.#top = top;
    if (top.earlier !== 'some') this.#hasAsked = false;
    const held = this.#isOpen && !this.#follows && !this.#isTurned ? this.#hold() : undefined;
    for (const key of gone) this.#remove(key);
    const fresh = rows.filter((row) => !this.#lines.has(row.key));
    for (const row of rows) this.#put(row);
    const isHistory = wasLoading || this.#isTurned;
    const incoming = isHistory ? [] : this.#atEnd(fresh);
    this.#drawBeside(top, !wasLoading);
    if (this.#isOpen) for (const { key } of incoming) this.#lines.get(key)?.element.setAttribute('data-fresh', '');
    const others = incoming.filter((row) => row.kind === 'message' && row.author !== 'visitor');
    if (rows.some((row) => row.kind === 'message' && row.author !== 'visitor')) this.#last = this.#lastOfOthers();
    if (!this.#follows) this.#missed += others.length;
    if (held) this.#scroller.scrollTop += held.element.getBoundingClientRect().top - held.top;
    this.#keepEnd();
    if (this.#isOpen && isHistory && !top.isLoading) this.#goToNew(top.unread - (top.elsewhere ?? 0));
    if (this.#isTurned && !this.#follows) this.#scroller.scrollTop = 0;
    // What was said long ago comes by pages of others, and is no news.
    this.#isTurned &&= this.#lines.size === 0 && top.earlier !== 'none';
    this.#drawPill();
    if (fresh.length > 0 || isHistory) this.#askEarlier();
    this.tellSeen();
    return incoming;
  }

  /** Files on their way; one that was added is shown. @param {import('./view.js').Upload[]} uploads @param {number} limit */
  updateUploads(uploads, limit) {
    if (!this.#kit.later.now) {
      const isMore = uploads.length > this.#files.childElementCount;
      // Until it comes, their names.
      this.#files.replaceChildren(...uploads.map(({ name }) => make('div', { class: 'row', 'data-kind': 'event' }, make('bdi', {}, name), ` · ${this.#kit.say('queued')}`)));
      if (isMore) this.toEnd();
      if (uploads.length === 0) return this.#kit.later.drop('uploads');
    }
    this.#kit.later.want('uploads', ({ UploadRows }) => {
      if (!this.#uploads) this.#files.replaceChildren((this.#uploads = new UploadRows(this.#kit)).element);
      if (this.#uploads.update(uploads, limit)) this.toEnd();
      else this.#keepEnd();
    });
  }

  /** What is asked before a conversation, at the end; null: nothing. @param {HTMLElement | null} form */
  setForm(form) {
    this.#before.replaceChildren(...(form ? [form] : []));
    this.#keepEnd();
  }

  /** In view from now on. @param {number} unread */
  open(unread) {
    this.#isOpen = true;
    if (this.#isTurned) return;
    if (!this.#follows) this.#scroller.scrollTop = this.#place;
    this.#keepEnd();
    this.#goToNew(unread);
    this.#drawPill();
    this.#askEarlier();
    this.tellSeen();
  }

  /** What comes next is another conversation's, which is shown from its end, or its beginning. @param {boolean} isAtEnd */
  turn(isAtEnd) {
    this.#isTurned = true;
    this.#follows = isAtEnd;
    this.#missed = this.#place = 0;
    this.#seen = '';
  }

  /** Who was away begins where he stopped. @param {number} unread */
  #goToNew(unread) {
    const first = unread > 0 ? [...this.#lines.values()].findLast(({ row }) => row.kind === 'new')?.element : undefined;
    const above = first ? this.#scroller.getBoundingClientRect().top - first.getBoundingClientRect().top : 0;
    if (above <= 0) return;
    this.#follows = false;
    this.#missed = unread;
    this.#scroller.scrollTop -= above + NEAR;
  }

  close() {
    this.#place = this.#scroller.scrollTop;
    this.#isOpen = false;
  }

  /** To the end, and stays there. */
  toEnd() {
    this.#follows = true;
    this.#missed = 0;
    this.#keepEnd();
    this.#drawPill();
    this.tellSeen();
  }

  focus() {
    this.#scroller.focus({ preventScroll: true });
  }

  /** Tells that the last message was seen, once. */
  tellSeen() {
    if (!this.#isOpen || !this.#follows || document.visibilityState !== 'visible' || this.#last === this.#seen) return;
    this.#seen = this.#last;
    this.#kit.commands.seen();
  }

  end() {
    this.#resized.disconnect();
  }

  /** @param {Row} row */
  #put(row) {
    const known = this.#lines.get(row.key);
    if (known) known.draw(row);
    const line = known ?? new Line(this.#kit, row);
    this.#lines.set(row.key, line);
    this.#byElement.set(line.element, line);
    const before = row.after === null ? null : this.#lines.get(row.after)?.element ?? this.#list.lastElementChild?.lastElementChild ?? null;
    if (before !== line.element && (!known || previous(line.element) !== before)) this.#insert(line.element, before);
  }

  /** @param {HTMLElement} element @param {Element | null} before */
  #insert(element, before) {
    const old = element.parentElement;
    const chunk = /** @type {HTMLElement | null} */ (before ? before.parentElement : this.#list.firstElementChild);
    const isFull = !chunk || chunk.childElementCount >= CHUNK;
    // History gets chunks of its own: what is in view is not moved.
    if (!before || !chunk) this.#chunk(null).prepend(element);
    else if (!isFull || before.nextElementSibling) before.after(element);
    else {
      const next = /** @type {HTMLElement | null} */ (chunk.nextElementSibling);
      (next && next.childElementCount < CHUNK ? next : this.#chunk(chunk)).prepend(element);
    }
    const now = /** @type {HTMLElement} */ (element.parentElement);
    if (now.childElementCount > 2 * CHUNK) this.#chunk(now).append(...[...now.children].slice(CHUNK));
    for (const part of new Set([old, now, now.nextElementSibling])) this.#measure(/** @type {HTMLElement | null} */ (part));
    this.#list.hidden = false;
  }

  /** @param {Element | null} before */
  #chunk(before) {
    const chunk = make('div', { class: 'chunk', role: 'presentation' });
    if (before) before.after(chunk);
    else this.#list.prepend(chunk);
    return chunk;
  }

  /** @param {HTMLElement | null} chunk */
  #measure(chunk) {
    if (!chunk) return;
    if (chunk.childElementCount === 0) chunk.remove();
    else chunk.style.setProperty('contain-intrinsic-block-size', `auto ${chunk.childElementCount * ROW_HEIGHT}px`);
  }

  /** @param {string} key */
  #remove(key) {
    const element = this.#lines.get(key)?.element;
    this.#lines.delete(key);
    if (!element) return;
    const chunk = element.parentElement;
    if (element.contains(/** @type {ShadowRoot} */ (this.#scroller.getRootNode()).activeElement)) this.focus();
    element.remove();
    this.#measure(chunk);
    this.#list.hidden = this.#list.childElementCount === 0;
  }

  /** Those of these rows after which nothing else stands but what the visitor has not sent yet. @param {Row[]} fresh */
  #atEnd(fresh) {
    const keys = new Set(fresh.map(({ key }) => key));
    /** @type {Row[]} */
    const found = [];
    for (const row of this.#upwards()) {
      if (keys.has(row.key)) found.unshift(row);
      else if (row.kind !== 'message' || !UNSENT.includes(row.state)) break;
    }
    return found;
  }

  #lastOfOthers() {
    for (const row of this.#upwards()) if (row.kind === 'message' && row.author !== 'visitor') return row.key;
    return '';
  }

  /** All rows, the last one first. */
  *#upwards() {
    for (let element = this.#list.lastElementChild?.lastElementChild ?? null; element; element = previous(element)) {
      const line = this.#byElement.get(element);
      if (line) yield line.row;
    }
  }

  /** What stands at the top of the view, and where. */
  #hold() {
    const edge = this.#scroller.getBoundingClientRect().top;
    const chunks = this.#list.children;
    let low = 0;
    for (let high = chunks.length - 1; low < high; ) {
      const middle = (low + high) >> 1;
      if (chunks[middle].getBoundingClientRect().bottom > edge) high = middle;
      else low = middle + 1;
    }
    const rows = [...(chunks[low]?.children ?? [])];
    const element = rows.find((row) => row.getBoundingClientRect().bottom > edge) ?? rows[0];
    return element && { element, top: element.getBoundingClientRect().top };
  }

  /** @param {Top} top @param {boolean} hasBegun */
  #drawBeside(top, hasBegun) {
    const { say, texts } = this.#kit;
    const isEmpty = this.#lines.size === 0;
    this.#slots.earlier.draw(top.isLoading || top.earlier === 'none' ? '' : top.earlier, () => [
      top.earlier === 'some'
        ? button({ name: 'earlier', label: say('earlier'), icon: 'up', kind: 'quiet', act: () => this.#kit.commands.earlier() })
        : make('span', { class: 'note' }, say('loading')),
    ]);
    const beside = isEmpty && top.isLoading ? 'loading' : isEmpty && top.earlier === 'none' ? 'greeting' : '';
    const back = awayNote(this.#kit, top);
    const hints = beside === 'greeting' ? [back && `${back} ${say('leaveOne')}`, top.keptDays ? say('kept', texts.number(top.keptDays)) : ''].filter(Boolean) : [];
    this.#slots.beside.draw([beside, ...hints].join('\n'), () => [
      beside === 'loading'
        ? make('div', { class: 'skeleton' }, make('span', { class: 'unseen' }, say('loading')), make('i'), make('i'), make('i'))
        : make('div', { class: 'row', 'data-kind': 'greeting' },
          make('div', { class: 'avatar' }, face('team', '')), make('div', { class: 'bubble greeting', part: 'bubble bubble-in greeting', dir: 'auto' }, this.#greeting)),
      hints.length > 0 && make('div', { class: 'hints' }, ...hints.map((hint) => make('p', { class: 'note' }, hint))),
    ]);
    const name = top.typing === null ? '' : top.typing === '' ? say('helper') : shown(top.typing);
    this.#slots.typing.draw(name, () => [
      make('div', { class: 'row', 'data-kind': 'typing', 'data-fresh': hasBegun },
        make('div', { class: 'avatar' }, face(top.who?.kind ?? 'agent', top.typing ?? '')),
        make('div', { class: 'bubble dots', part: 'bubble bubble-in typing', role: 'img', 'aria-label': say('typing', name) }, make('i'), make('i'), make('i'))),
    ]);
  }

  #drawPill() {
    const { say } = this.#kit;
    const count = this.#follows ? 0 : this.#missed;
    const text = count === 0 ? '' : say('unread', count);
    this.#slots.pill.draw(text, () => {
      const pill = button({
        name: 'pill', label: text, icon: 'down', kind: 'pill',
        act: () => {
          this.toEnd();
          this.focus();
        },
      });
      pill.setAttribute('part', 'pill');
      return [pill];
    });
  }

  #scrolled() {
    if (!this.#isOpen) return;
    const { scrollHeight, clientHeight, scrollTop } = this.#scroller;
    this.#follows = scrollHeight - clientHeight - scrollTop <= NEAR;
    if (this.#follows) this.#missed = 0;
    this.#drawPill();
    this.#askEarlier();
    this.tellSeen();
  }

  #keepEnd() {
    if (this.#isOpen && this.#follows) this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  #askEarlier() {
    if (!this.#isOpen || this.#hasAsked || this.#top?.earlier !== 'some' || this.#top.isLoading || this.#scroller.scrollTop > AHEAD) return;
    this.#hasAsked = true;
    this.#kit.commands.earlier();
  }
}

/** The row before, also of another chunk. @param {Element} element */
const previous = (element) => element.previousElementSibling ?? element.parentElement?.previousElementSibling?.lastElementChild ?? null;
