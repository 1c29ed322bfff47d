// @ts-check
// What a message offers besides its text: choices, cards, a form, a video. Each answer is a message in words, with its values for programs.

import { button, icon, make } from '../surface/make.js';
import { drawnFields } from './fields.js';

/**
 * As the protocol has it: `src/protocol/rich.rs`.
 * @typedef {{label: string, value?: string, description?: string}} Choice
 * @typedef {{name: string, label: string, kind: string, required?: boolean, choices?: Choice[], autocomplete?: string}} Field
 * @typedef {{title: string, text?: string, image?: string, imageText?: string, buttons?: Array<{label: string, value?: string, link?: string}>}} Card
 * @typedef {{choices?: {choices: Choice[], style?: string}, cards?: {cards: Card[]}, form?: {title?: string, fields: Field[], submit?: string},
 *   video?: {title: string, address: string}}} Rich
 * @typedef {Array<{name?: string, value: string}>} Values
 */

/**
 * @param {import('./view.js').Kit} kit
 * @param {Rich} rich
 * @param {boolean} isOpen whether it can still be answered
 * @param {(values: Values, text: string) => void} answer
 * @returns {HTMLElement[]}
 */
export function offered(kit, rich, isOpen, answer) {
  if (rich.choices) return isOpen ? [choices(rich.choices, answer)] : [];
  if (rich.cards) return [cards(rich.cards.cards, isOpen, answer)];
  if (rich.form) return isOpen ? [form(kit, rich.form, answer)] : [];
  // An address that cannot be shown is left to the text.
  return rich.video && isShown(rich.video.address) ? [video(kit, rich.video)] : [];
}

/** By https; of the reader's own machine only where the page is from there, too. @param {string} address */
const isShown = (address) => URL.canParse(address) && (address.startsWith('https:') || /(^|\.)localhost$|^127\./.test(location.hostname));

/** @param {{choices: Choice[], style?: string}} offer @param {(values: Values, text: string) => void} answer */
function choices({ choices, style }, answer) {
  const isList = style === 'list';
  const items = choices.map(({ label, value, description }, index) => {
    const choice = button({ name: `choice ${index}`, label, kind: isList ? 'choice' : 'reply', act: () => answer([{ value: value ?? label }], label) });
    choice.setAttribute('part', 'choice');
    choice.setAttribute('dir', 'auto');
    if (isList && description) choice.append(make('span', { class: 'note' }, description));
    return choice;
  });
  return make('div', { class: isList ? 'choices list-of' : 'choices' }, ...items);
}

/** @param {Card[]} all @param {boolean} isOpen @param {(values: Values, text: string) => void} answer */
function cards(all, isOpen, answer) {
  const drawn = all.map(({ title, text, image, imageText, buttons = [] }, at) =>
    make('div', { class: 'card', part: 'card', role: 'group', 'aria-label': title },
      image && isShown(image) ? picture(image, imageText ?? '') : null,
      make('p', { class: 'card-title', dir: 'auto' }, title),
      text ? make('p', { class: 'note', dir: 'auto' }, text) : null,
      ...buttons.flatMap(({ label, value, link }, index) => {
        if (link) return [make('a', { class: 'button framed', href: link, target: '_blank', rel: 'noopener noreferrer', dir: 'auto' }, label)];
        return isOpen ? [button({ name: `card ${at} ${index}`, label, kind: 'framed', act: () => answer([{ value: value ?? label }], label) })] : [];
      })));
  // By keyboard, too: what was answered has no buttons to go to.
  const group = { role: 'group', 'aria-label': all.map(({ title }) => title).join(', '), tabindex: '0' };
  return make('div', { class: 'cards', ...(all.length > 1 ? group : {}) }, ...drawn);
}

/** Pages whose policy refuses it see the card without. @param {string} address @param {string} text */
function picture(address, text) {
  const image = make('img', { src: address, alt: text, loading: 'lazy', referrerpolicy: 'no-referrer' });
  image.addEventListener('error', () => image.remove());
  return image;
}

/** @param {import('./view.js').Kit} kit @param {{title?: string, fields: Field[], submit?: string}} offer @param {(values: Values, text: string) => void} answer */
function form(kit, { title, fields, submit }, answer) {
  const { elements, values } = drawnFields(kit, fields, 'field');
  const send = make('button', { class: 'button main', type: 'submit' }, submit ?? kit.say('send'));
  const element = make('form', { class: 'form', part: 'form' }, title ? make('p', { class: 'card-title', dir: 'auto' }, title) : null, ...elements, send);
  element.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!event.isTrusted) return;
    const found = values();
    const text = found.map(({ label, value }) => `${label}: ${value}`).join('\n');
    if (text) answer(found.map(({ name, value }) => ({ name, value })), text);
  });
  return element;
}

/** Nothing is fetched before it is wanted. @param {import('./view.js').Kit} kit @param {{title: string, address: string}} offer */
function video({ say }, { title, address }) {
  const element = make('div', { class: 'video', part: 'video' });
  const play = button({
    name: 'play', label: say('play', title), icon: 'go', kind: 'framed',
    act: () => {
      const isFile = /\.(?:mp4|webm|ogv|m4v)(?:[?#]|$)/i.test(address);
      const player = isFile
        ? make('video', { src: address, controls: true, title })
        : make('iframe', { src: address, title, sandbox: 'allow-scripts allow-same-origin allow-presentation', allow: 'fullscreen', referrerpolicy: 'no-referrer' });
      element.replaceChildren(player);
      if (player instanceof HTMLVideoElement) void player.play().catch(() => {});
    },
  });
  element.append(play, make('a', { class: 'note', href: address, target: '_blank', rel: 'noopener noreferrer' }, new URL(address).host, icon('arrow')));
  return element;
}
