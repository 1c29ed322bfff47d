// @ts-check
// Where the panel begins, if the customer wants it, or where there are several conversations: those that go on, earlier ones, and a way to begin.

import { button, icon, make, Slot } from '../surface/make.js';
import { shown } from '../surface/texts.js';
import { awayNote, face } from './face.js';

/**
 * A conversation, with what was said last in it. What is not sent yet has no stage.
 * @typedef {{conversation: string, stage: import('./view.js').Top['stage'], unread: number, name?: string, at?: number, author?: 'visitor' | 'agent' | 'bot', excerpt?: string}} Known
 */

export class Home {
  element = make('div', { class: 'home', part: 'home', tabindex: '-1' });
  /** Leads here. */
  back;
  /** Stands below a conversation that is over. */
  past;
  #kit;
  #greeting;
  #go;
  #slot = new Slot(this.element);

  /**
   * @param {import('./view.js').Kit} kit
   * @param {string} greeting
   * @param {(place: 'home' | 'thread' | 'new' | Known) => void} go
   */
  constructor(kit, greeting, go) {
    const { say } = kit;
    this.#kit = kit;
    this.#greeting = greeting;
    this.#go = go;
    this.back = button({ name: 'back', label: say('back'), icon: 'back', kind: 'round', isBare: true, act: () => go('home') });
    this.past = make('div', { class: 'past' }, make('p', { class: 'note' }, say('isOver')), button({ name: 'write-on', label: say('newMessage'), kind: 'framed', act: () => go('thread') }));
  }

  /** @param {import('./view.js').Top} top @param {Known[]} list the latest first */
  update(top, list) {
    const { say } = this.#kit;
    const on = list.filter(({ stage }) => stage !== 'ended');
    const over = list.filter(({ stage }) => stage === 'ended');
    const away = awayNote(this.#kit, top);
    const { several = false, isFull = false, hasOlder = false } = top;
    const hasMore = top.earlier === 'some' || (hasOlder && top.earlier !== 'loading');
    this.#slot.draw(JSON.stringify([away, top.isLoading, top.earlier, hasMore, several, isFull, list, this.#kit.texts.day(Date.now())]), () => [
      make('h3', { class: 'welcome', dir: 'auto' }, this.#greeting),
      away !== '' && make('p', { class: 'note' }, away),
      top.isLoading && list.length === 0 && make('p', { class: 'note' }, say('loading')),
      on.length > 0 && this.#section(say('continueTalk', on.length), on),
      (several || on.length === 0) && !isFull && button({ name: 'new-message', label: say('newMessage'), icon: 'chat', kind: 'main', act: () => this.#go('new') }),
      isFull && make('p', { class: 'note' }, say('endOne')),
      over.length > 0 && this.#section(say('earlierTalks'), over),
      hasMore && !top.isLoading && button({ name: 'more-talks', label: say('earlierTalks'), icon: 'down', kind: 'quiet', act: () => this.#kit.commands.earlier() }),
      top.earlier === 'loading' && make('p', { class: 'note' }, say('loading')),
    ]);
  }

  /** The way back says what waits there. @param {number} elsewhere unread messages of other conversations */
  mark(elsewhere) {
    const { say, texts } = this.#kit;
    const label = elsewhere > 0 ? `${say('back')}, ${say('elsewhere', elsewhere)}` : say('back');
    if (this.back.getAttribute('aria-label') === label) return;
    this.back.setAttribute('aria-label', label);
    if (elsewhere > 0) this.back.setAttribute('data-count', texts.number(elsewhere));
    else this.back.removeAttribute('data-count');
  }

  /** The first thing to do. */
  focus() {
    (this.element.querySelector('button') ?? this.element).focus({ preventScroll: true });
  }

  /** @param {string} title @param {Known[]} list */
  #section(title, list) {
    return make('section', { 'aria-label': title }, make('h4', {}, title),
      make('ul', { class: 'talks', role: 'list' }, ...list.map((known) => make('li', {}, this.#line(known)))));
  }

  /** @param {Known} known */
  #line(known) {
    const { conversation, name, at, author, excerpt = '', unread } = known;
    const { say, texts } = this.#kit;
    const who = name ? shown(name) : say('helper');
    const isToday = at !== undefined && texts.day(at) === texts.day(Date.now());
    const line = button({ name: `talk-${conversation}`, label: '', kind: 'talk', act: () => this.#go(known) });
    line.replaceChildren(
      face(name ? 'agent' : 'team', name ?? ''),
      make('span', { class: 'talk-text' },
        make('span', { class: 'talk-head' }, make('bdi', { class: 'talk-name' }, who),
          at !== undefined && make('time', { class: 'note', datetime: new Date(at).toISOString() }, isToday ? texts.time(at) : texts.day(at))),
        make('bdi', { class: 'talk-excerpt' }, author === 'visitor' ? say('says', say('you'), excerpt) : excerpt)),
      ...(unread > 0 ? [make('span', { class: 'talk-unread' }, make('span', { 'aria-hidden': 'true' }, texts.number(unread)), make('span', { class: 'unseen' }, say('unread', unread)))] : [icon('next')]));
    return line;
  }
}
