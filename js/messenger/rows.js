// @ts-check
// One row of the conversation: a day, what happened, or a message.

import { button, icon, make, Slot } from '../surface/make.js';
import { shown } from '../surface/texts.js';
import { face } from './face.js';
import { drawn, isEmojiOnly, spoken, stars } from './rich.js';

/**
 * @typedef {import('./view.js').Row} Row
 * @typedef {import('./view.js').Message} Message
 * @typedef {import('./view.js').Kit} Kit
 */

/** @type {Record<import('./view.js').Event['event'], import('./words.js').Word>} */
const EVENTS = { joined: 'joined', left: 'gone', transferred: 'transferred', ended: 'ended', bot: 'botAnswers', waiting: 'inLine', 'signed-in': 'signedIn', 'sign-in-declined': 'notSignedIn', 'sign-in-expired': 'signInOver' };

/** Keeps its element; what has changed of it is drawn again, and nothing else. */
export class Line {
  element = make('div', { class: 'row', role: 'listitem' });
  /** @type {Row} */
  row;
  #kit;
  /** @type {{avatar: Slot, name: Slot, body: Slot, offer: Slot, meta: Slot} | undefined} */
  #message;

  /** @param {Kit} kit @param {Row} row */
  constructor(kit, row) {
    this.#kit = kit;
    this.row = row;
    this.draw(row);
  }

  /** @param {Row} row */
  draw(row) {
    const isSame = this.row.kind === row.kind;
    this.row = row;
    if (this.element.getAttribute('data-kind') !== row.kind) this.element.setAttribute('data-kind', row.kind);
    if (!isSame) {
      this.#message = undefined;
      for (const key of ['data-author', 'data-state', 'data-first', 'data-last', 'data-large']) this.element.removeAttribute(key);
    }
    if (row.kind === 'message') this.#drawSafely(row);
    else if (row.kind === 'rate') this.#drawSurvey(row.best);
    else {
      const text = noteOf(this.#kit, row);
      this.element.hidden = text === '';
      if (this.element.textContent !== text) this.element.replaceChildren(make('span', { part: `note note-${row.kind}` }, text));
    }
  }

  /** Once: what he has begun to say of it stays. @param {number} best */
  #drawSurvey(best) {
    const { later } = this.#kit;
    if (!this.element.querySelector('form')) later.want(this, ({ survey }) => this.row.kind === 'rate' && this.element.replaceChildren(survey(this.#kit, best)));
  }

  /** Whatever is wrong with one, the others are drawn, and its text is there. @param {Message} message */
  #drawSafely(message) {
    try {
      this.#drawMessage(message);
    } catch (error) {
      console.warn(`[alongside] a message was not drawn: ${error}`);
      this.#message = undefined;
      this.element.replaceChildren(make('div', { class: 'stack' }, make('div', { class: 'bubble', part: 'bubble' }, make('p', { dir: 'auto' }, spoken(message)))));
    }
  }

  /** @param {Message} message */
  #drawMessage(message) {
    const { element } = this;
    const { say, texts } = this.#kit;
    const { author, isFirst, isLast, state } = message;
    if (!this.#message) {
      const parts = ['avatar', 'name', 'bubble', 'offer', 'meta'].map((name) => make('div', { class: name, part: name === 'avatar' ? name : undefined }));
      parts[2].setAttribute('part', `bubble bubble-${author === 'visitor' ? 'out' : 'in'}`);
      element.replaceChildren(parts[0], make('div', { class: 'stack' }, ...parts.slice(1)));
      const [avatar, name, body, offer, meta] = parts.map((part) => new Slot(part));
      this.#message = { avatar, name, body, offer, meta };
    }
    element.hidden = false;
    const marks = { 'data-author': author, 'data-state': state ?? '', 'data-first': isFirst, 'data-last': isLast };
    for (const [key, value] of Object.entries(marks)) mark(element, key, value);
    const { avatar, name, body, offer, meta } = this.#message;

    const isOwn = author === 'visitor';
    const who = message.name === null ? say('helper') : shown(message.name);
    avatar.draw(!isOwn && isLast ? `${author} ${who}` : '', () => [face(author, message.name ?? say('helper'))]);
    // Who spoke is a text, not only a side and a colour.
    const { score = null } = message;
    name.draw(`${isOwn} ${isFirst} ${who} ${author} ${score}`, () => [
      make('span', { class: (isOwn || !isFirst) && score === null ? 'unseen' : undefined }, score !== null ? say('rating') : isOwn ? say('you') : who),
      author === 'bot' && isFirst && make('span', { class: 'tag' }, say('bot')),
    ]);
    const { file, link, rich, isOpen = false, key: row } = message;
    const { later } = this.#kit;
    // Until it comes, the text says the same.
    if ((file || rich || link || message.asksToSignIn) && !later.now) later.want(this, () => this.row === message && this.draw(message));
    const { now: extras } = later;
    body.draw(JSON.stringify([message.blocks, file && [file.id, file.scan === 'clean' ? null : file.scan, !extras]]), () => {
      mark(element, 'data-large', isEmojiOnly(message.blocks));
      return [score !== null && make('p', { class: 'score', role: 'img', 'aria-label': say('stars', texts.number(score), texts.number(5)) }, stars(score)), file && (extras ? extras.drawFile(this.#kit, file) : nameOf(file)), ...drawn(message.blocks)];
    });
    const isThanked = score !== null && state !== 'failed';
    const { asksToSignIn = false } = message;
    offer.draw((rich || link || asksToSignIn) && extras ? JSON.stringify([rich, isOpen, link, asksToSignIn]) : isThanked ? 'thanks' : '', () => [
      isThanked && make('p', { class: 'note thanks' }, say('thanks')),
      asksToSignIn && extras && extras.signIn(this.#kit),
      ...(rich && extras ? extras.offered(this.#kit, rich, isOpen, (values, text) => this.#kit.commands.answer?.(row, values, text)) : []),
      link && extras && extras.linkCard(link),
    ]);
    const isPending = state === 'queued' || state === 'sending';
    const isFailed = state === 'failed';
    const time = texts.time(message.at);
    meta.draw(JSON.stringify([time, isLast, state, message.reason, message.retryAfter]), () => [
      make('time', { class: isLast && !isFailed && !isHeld(message) ? undefined : 'unseen', datetime: time ? new Date(message.at).toISOString() : undefined, title: texts.stamp(message.at) }, time),
      isPending && make('span', { class: isHeld(message) ? 'state held' : 'state' }, icon('clock'), isHeld(message) ? this.#countdown(message) : make('span', { class: 'unseen' }, say(state))),
      (state === 'sent' || state === 'delivered') && make('span', { class: isLast ? 'state' : 'unseen' }, icon(state), make('span', { class: 'unseen' }, say(state))),
      state === 'read' && make('span', { class: isLast ? 'state' : 'unseen' }, say('read')),
      ...(isFailed ? this.#failure(message) : []),
    ]);
  }

  /** Goes on as long as it is shown. @param {Message} message */
  #countdown(message) {
    const element = make('span');
    const until = performance.now() + (message.retryAfter ?? 0) * 1_000;
    const tick = () => {
      const left = Math.round((until - performance.now()) / 1_000);
      element.textContent = left > 0 ? heldFor(this.#kit, message, left) : this.#kit.say('queued');
      if (left > 0) setTimeout(() => element.isConnected && tick(), 1_000);
    };
    tick();
    return element;
  }

  /** @param {Message} message */
  #failure(message) {
    const { say, commands } = this.#kit;
    const { key } = message;
    return [
      make('span', { class: 'state' }, icon('alert'), make('span', {}, failureOf(this.#kit, message))),
      make('span', { class: 'ends' },
        // What is too long once is so again, and what is gone does not come back.
        message.reason !== 'too-long' && !isGone(message) && button({ name: 'retry', label: say('retry'), kind: 'link', act: () => commands.retry(key) }),
        button({ name: 'discard', label: say('discard'), kind: 'link', act: () => commands.discard(key) })),
    ];
  }
}

/** A file without the rest. @param {import('./view.js').Attached} file */
const nameOf = ({ name, url, scan }) =>
  make('p', { dir: 'auto' }, url && scan !== 'pending' && scan !== 'infected' ? make('a', { href: url, target: '_blank', rel: 'noopener noreferrer', referrerpolicy: 'no-referrer' }, name) : name);

/** The hub has not got its file any more. @param {Message} message */
const isGone = ({ file, reason }) => Boolean(file) && reason === 'not-found';

/** Why a message was not sent, and what to do. @param {Kit} kit @param {Message} message */
export function failureOf({ say }, message) {
  const { reason } = message;
  if (isGone(message)) return say('fileGone');
  if (reason === 'too-long') return say('tooLong');
  if (reason === 'too-many') return say('tooManyOpen') || say('failed');
  return say(reason === 'refused' ? 'barred' : 'failed');
}

/** Whether the hub does not take it for a time that is worth a word. @param {Row} row */
export const isHeld = (row) => row.kind === 'message' && row.state === 'queued' && (row.retryAfter ?? 0) > 1;

/** When such a message is sent again. @param {Kit} kit @param {Message} message @param {number} seconds */
export const heldFor = ({ say, texts }, { reason }, seconds) => say(reason === 'too-fast' ? 'tooFast' : 'sentAgain', texts.duration(seconds));

/** What a row says that is no message; empty: a kind that is not known. @param {Kit} kit @param {Row} row */
export function noteOf({ say, texts }, row) {
  if (row.kind === 'day') return texts.day(row.at);
  if (row.kind === 'new') return say('new');
  if (row.kind !== 'event' || !Object.hasOwn(EVENTS, row.event)) return '';
  return say(EVENTS[row.event], row.name === null ? say('helper') : shown(row.name));
}

/** @param {HTMLElement} element @param {string} key @param {string | boolean} value */
function mark(element, key, value) {
  const wanted = value === true ? '' : value === false ? null : value;
  if (wanted === element.getAttribute(key)) return;
  if (wanted === null) element.removeAttribute(key);
  else element.setAttribute(key, wanted);
}
