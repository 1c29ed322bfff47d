// @ts-check
// What stands over the bar when there is something to say: a request, a warning, what was changed, that it is over.

import { nameOf } from './dialogs.js';
import { button, icon, make } from '../surface/make.js';
import { clock, shown } from '../surface/texts.js';

/** The visitor is warned so long before a session ends by itself, in milliseconds. */
const WARNING = 20_000;

/**
 * @typedef {import('./panel.js').Kit} Kit
 * @typedef {import('./session.js').View} View
 * @typedef {import('./session.js').Change} Change
 * @typedef {{key: string, build(): Array<HTMLElement>, said?: string, isLoud?: boolean}} Card `said` is read out when it appears
 */

/** @type {Card} */
const NONE = { key: '', build: () => [] };

/** A time limit of a shared page: it is not what an offer is. @param {Kit} kit @param {View} view @returns {Card} */
export function warning({ say, commands, times, clock: timed }, view) {
  const left = times.endsAt - performance.now();
  if (view.stage !== 'live' || !view.isOnline || !(left <= WARNING)) return NONE;
  return {
    key: 'warning',
    said: say('warning', clock(left)),
    isLoud: true,
    build: () => [
      make('div', { class: 'card', 'data-urgent': true },
        make('p', { class: 'line number' }, icon('clock'), timed(() => times.endsAt, (milliseconds) => say('warning', clock(milliseconds)))),
        make('div', { class: 'ends' }, button({ name: 'stay', label: say('stay'), kind: 'main', act: commands.stay }))),
    ],
  };
}

/** @param {Kit} kit @param {View} view @returns {Card} */
export function request({ say, texts, commands }, view) {
  const asked = view.stage === 'live' && view.isOnline && !view.told?.paused ? view.told?.request : undefined;
  if (!asked) return NONE;
  const { agent, capability, within, uses, seconds, proposes } = asked;
  const title = say(capability === 'navigation' ? 'requestNavigation' : proposes ? 'requestSuggest' : 'requestControl', nameOf(view, agent, say('helper')));
  const scopes = [
    within !== undefined && say('requestWithin'),
    uses !== undefined && say('requestUses', uses),
    seconds !== undefined ? say('requestSeconds', texts.duration(seconds)) : uses === undefined && say('requestOpen'),
  ].filter((scope) => typeof scope === 'string');
  return {
    key: ['request', agent, capability, within, uses, seconds, proposes].join(' '),
    said: title,
    isLoud: true,
    build() {
      const since = performance.now();
      const heading = make('h2', { id: 'request', tabindex: '-1', 'data-name': 'request' }, title);
      return [
        make('section', { class: 'card', role: 'dialog', 'aria-labelledby': 'request' },
          heading,
          make('div', { class: 'tags' }, ...scopes.map((scope) => make('span', {}, scope))),
          make('p', { class: 'soft' }, say('requestNever')),
          make('div', { class: 'ends' },
            button({ name: 'deny', label: say('deny'), kind: 'framed', act: () => commands.decide(false), since }),
            button({ name: 'allow', label: say('allow'), kind: 'main', act: () => commands.decide(true), since }))),
      ];
    },
  };
}

/** What agents changed, newest first. @param {Kit} kit @param {View} view @param {Change[]} changes @param {boolean} isOpen @returns {Card} */
export function changed({ say, commands }, view, changes, isOpen) {
  if (view.stage !== 'live' || changes.length === 0 || !isOpen) return NONE;
  const entry = (/** @type {Change} */ { index, agent, label, text, isProposal }) => {
    const name = nameOf(view, agent, say('helper'));
    return make('li', {},
      make('span', {},
        make('b', {}, shown(label)),
        isProposal && text !== undefined && make('q', { dir: 'auto' }, ` ${shown(text)}`),
        make('small', {}, say(isProposal ? 'suggestedBy' : 'changedBy', name))),
      ...(isProposal
        ? [
            button({ name: `reject ${index}`, label: say('reject'), kind: 'small', act: () => commands.answerProposal(index, false) }),
            button({ name: `use ${index}`, label: say('use'), kind: 'small framed', act: () => commands.answerProposal(index, true) }),
          ]
        : [button({ name: `undo ${index}`, label: say('undo'), icon: 'undo', kind: 'small', act: () => commands.undo(index) })]));
  };
  const done = changes.filter(({ isProposal }) => !isProposal);
  return {
    key: `changes ${changes.map(({ index, label, text, isProposal }) => [index, label, text, isProposal].join(' ')).join('\n')}`,
    build: () => [
      make('section', { class: 'card', 'aria-labelledby': 'changes' },
        make('h2', { id: 'changes' }, say('changesTitle')),
        make('ul', { class: 'changes' }, ...[...changes].reverse().map(entry)),
        make('div', { class: 'ends' },
          done.length > 1 && button({
            name: 'undo-all', label: say('undoAll'), icon: 'undo', kind: 'small framed',
            // The last one first: each is undone to what it was before.
            act: () => [...done].reverse().forEach(({ index }) => commands.undo(index)),
          }))),
    ],
  };
}

/** @param {Kit} kit @param {View} view @returns {Card} */
export function joining({ say, commands }, view) {
  if (view.stage !== 'joining') return NONE;
  const text = say(view.isOnline ? 'joining' : 'reconnecting');
  return {
    key: `joining ${view.isOnline}`,
    said: text,
    build: () => [
      make('section', { class: 'bar', 'aria-label': say('region') },
        make('span', { class: 'state', 'data-state': 'joining' }, icon('clock'), make('span', {}, text)),
        button({ name: 'end', label: say('cancel'), kind: 'framed', act: commands.end })),
    ],
  };
}

/** @param {Kit} kit @param {View} view @returns {Card} */
export function over({ say, commands }, view) {
  if (view.stage !== 'over') return NONE;
  const text = say(REASONS[view.reason ?? ''] ?? 'overAgent');
  return {
    key: `over ${view.reason}`,
    said: `${say('overTitle')}. ${text}`,
    isLoud: true,
    build: () => [
      make('section', { class: 'card', 'aria-labelledby': 'over' },
        make('h2', { id: 'over' }, say('overTitle')),
        make('p', { class: 'soft' }, text),
        make('div', { class: 'ends' }, button({ name: 'close', label: say('close'), kind: 'framed', act: commands.dismiss }))),
    ],
  };
}

/** @type {Record<string, import('./words.js').Word>} */
const REASONS = {
  visitor: 'overVisitor', agent: 'overAgent', conversation: 'overConversation', transfer: 'overTransfer', idle: 'overIdle', declined: 'overDeclined',
  unanswered: 'overUnanswered', lost: 'overLost', withdrawn: 'overWithdrawn',
};
