// @ts-check
// Where the panel begins, if the customer wants it: the conversation that goes on, earlier ones, and a way to begin.

import { button, icon, make, Slot } from '../surface/make.js';
import { shown } from '../surface/texts.js';
import { awayNote, face } from './face.js';

/** @typedef {{conversation: string, name?: string, at: number, author: 'visitor' | 'agent' | 'bot', excerpt: string}} Known a conversation, with what was said last in it */

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
   * @param {(place: 'home' | 'thread' | Known) => void} go
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
    const goesOn = top.stage === 'waiting' || top.stage === 'open';
    const [current, ...rest] = goesOn ? list : [undefined, ...list];
    const away = awayNote(this.#kit, top);
    this.#slot.draw(JSON.stringify([goesOn, away, top.isLoading, top.earlier, top.unread, list, this.#kit.texts.day(Date.now())]), () => [
      make('h3', { class: 'welcome', dir: 'auto' }, this.#greeting),
      away !== '' && make('p', { class: 'note' }, away),
      top.isLoading && list.length === 0 && make('p', { class: 'note' }, say('loading')),
      current
        ? make('section', { 'aria-label': say('continueTalk') }, make('h4', {}, say('continueTalk')), this.#line(current, 'thread', top.unread))
        : button({ name: 'new-message', label: say('newMessage'), icon: 'chat', kind: 'main', act: () => this.#go('thread') }),
      rest.length > 0 && make('section', { 'aria-label': say('earlierTalks') }, make('h4', {}, say('earlierTalks')),
        make('ul', { class: 'talks', role: 'list' }, ...rest.filter((known) => known !== undefined).map((known) => make('li', {}, this.#line(known, known, 0))))),
      top.earlier === 'some' && !top.isLoading && button({ name: 'more-talks', label: say('earlierTalks'), icon: 'down', kind: 'quiet', act: () => this.#kit.commands.earlier() }),
      top.earlier === 'loading' && make('p', { class: 'note' }, say('loading')),
    ]);
  }

  /** The first thing to do. */
  focus() {
    (this.element.querySelector('button') ?? this.element).focus({ preventScroll: true });
  }

  /** @param {Known} known @param {'thread' | Known} place @param {number} unread */
  #line({ conversation, name, at, author, excerpt }, place, unread) {
    const { say, texts } = this.#kit;
    const who = name ? shown(name) : say('helper');
    const isToday = texts.day(at) === texts.day(Date.now());
    const line = button({ name: `talk-${conversation}`, label: '', kind: 'talk', act: () => this.#go(place) });
    line.replaceChildren(
      face(name ? 'agent' : 'team', name ?? ''),
      make('span', { class: 'talk-text' },
        make('span', { class: 'talk-head' }, make('bdi', { class: 'talk-name' }, who), make('time', { class: 'note', datetime: new Date(at).toISOString() }, isToday ? texts.time(at) : texts.day(at))),
        make('bdi', { class: 'talk-excerpt' }, author === 'visitor' ? say('says', say('you'), excerpt) : excerpt)),
      ...(unread > 0 ? [make('span', { class: 'talk-unread' }, make('span', { 'aria-hidden': 'true' }, texts.number(unread)), make('span', { class: 'unseen' }, say('unread', unread)))] : [icon('next')]));
    return line;
  }
}
