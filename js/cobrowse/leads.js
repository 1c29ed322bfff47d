// @ts-check
// What pressing something sets off: a form that is sent, a file picker, another page.

import { attributeNodeOf, attributeOf, baseOf, findAll, localName, matches, nodeType } from '../mirror/dom.js';
import { bubblesTo, controlOf, elementsOf, hasAttribute, ownerFormOf, rootOf, typeOf, viewOf } from './natives.js';

/** Where an act leads, as `judge` knows it. */
export const STAYS = 0, ON_SITE = 1, OFF_SITE = 2;

/**
 * @typedef {object} Effect what pressing something does
 * @property {Element | null} element what is set off, if anything
 * @property {boolean} [isSubmit] it sends a form
 * @property {boolean} [isPicker] it opens a file picker
 * @property {boolean} [isDisabled] nothing happens, since the page has disabled it
 * @property {number} lead
 */

const Address = URL;
const XLINK = 'http://www.w3.org/1999/xlink';

/** Fields in which Enter sends the form, where it has no button and no second one of them. */
const ALONE = /^(text|search|tel|url|email|password|date|month|week|time|datetime-local|number)$/;
const NO_ENTER = /^(button|submit|reset|image|file|hidden)$/;

/** The other origins that agents may lead the visitor to: a list, or one text. @param {any} options @returns {string[]} */
const allowed = ({ allowedOrigins = [] }) => (typeof allowedOrigins === 'string' ? allowedOrigins.split(/[\s,]+/) : allowedOrigins);

/** Where an address leads, from a document. @param {string} text @param {string} base @param {Node} node @param {unknown} options */
export function leadOf(text, base, node, options) {
  let to, here;
  try {
    to = new Address(text, base);
    here = new Address(viewOf(node).location.href);
  } catch {
    return OFF_SITE;
  }
  const isOurs = to.origin === location.origin || allowed(options).includes(to.origin);
  if (!/^https?:$/.test(to.protocol) || !isOurs || to.username || to.password) return OFF_SITE;
  const [before] = to.href.split('#');
  // To another place of the same page.
  return text.includes('#') && before === here.href.split('#')[0] ? STAYS : ON_SITE;
}

/** @param {Element} link @returns {string | null} */
const addressOf = (link) => attributeOf(link, 'href') ?? attributeNodeOf(link, XLINK, 'href')?.value ?? null;

/** @param {Element} link @param {unknown} options */
function linkLead(link, options) {
  // What is downloaded lands on the visitor's disk.
  if (hasAttribute(link, 'download')) return OFF_SITE;
  return leadOf(addressOf(link) ?? '', baseOf(link), link, options);
}

/** Sending a form by this button, or by none. @param {Element} form @param {Element | null} button @param {unknown} options @returns {Effect} */
function sending(form, button, options) {
  const said = (/** @type {string} */ name) => (button && attributeOf(button, `form${name}`)) ?? attributeOf(form, name) ?? '';
  // Only closes a dialog.
  if (said('method').toLowerCase() === 'dialog') return { element: button, lead: STAYS };
  const action = said('action');
  const lead = action && leadOf(action, baseOf(form), form, options) === OFF_SITE ? OFF_SITE : STAYS;
  return { element: button, isSubmit: true, lead };
}

/** @param {Element} button @returns {Element | null} */
const formOfButton = (button) => ownerFormOf[localName(button) === 'input' ? 'input' : 'button'](button);

/** @param {Element} element @param {string} name @returns {string} */
const kindOf = (element, name) => (name === 'input' ? typeOf(element) : name === 'button' ? (attributeOf(element, 'type') ?? 'submit').toLowerCase() : '');

/** What an element itself does when it is pressed; nothing where that is for those above it. @param {Element} element @param {unknown} options @returns {Effect | undefined} */
function effectOf(element, options) {
  const name = localName(element);
  if ((name === 'a' || name === 'area') && addressOf(element) !== null) return { element, lead: linkLead(element, options) };
  if (name === 'summary' || name === 'select' || name === 'textarea' || name === 'option') return { element, isDisabled: matches(element, ':disabled'), lead: STAYS };
  if (name !== 'input' && name !== 'button') return undefined;
  if (matches(element, ':disabled')) return { element, isDisabled: true, lead: STAYS };
  const kind = kindOf(element, name);
  if (name === 'input' && kind === 'file') return { element, isPicker: true, lead: STAYS };
  // Of a button, what is neither is a submit button.
  const isSubmit = name === 'button' ? kind !== 'button' && kind !== 'reset' : kind === 'submit' || kind === 'image';
  const form = isSubmit ? formOfButton(element) : null;
  return form ? { ...sending(form, element, options), element } : { element, lead: STAYS };
}

/** What a press on an element sets off: the first on the way of its events that does something. @param {Element} pressed @param {unknown} options @returns {Effect} */
export function pressing(pressed, options) {
  for (let node = /** @type {Node | null} */ (pressed); node; node = bubblesTo(node)) {
    if (nodeType(node) !== 1) continue;
    const element = /** @type {Element} */ (node);
    const effect = effectOf(element, options);
    if (effect) return effect;
    if (localName(element) !== 'label') continue;
    const control = controlOf(element);
    return (control && effectOf(control, options)) ?? { element: control, lead: STAYS };
  }
  return { element: null, lead: STAYS };
}

/** The button that Enter in a field presses. @param {Element} form @returns {Element | undefined} */
export function defaultButton(form) {
  // Image buttons are not among a form's elements.
  for (const button of findAll(rootOf(form), 'button, input[type=submit i], input[type=image i]')) {
    if (formOfButton(button) !== form) continue;
    const kind = kindOf(button, localName(button));
    if (kind !== 'button' && kind !== 'reset') return button;
  }
  return undefined;
}

/** What Enter in a field sets off. @param {Element} field an `input` @param {unknown} options @returns {Effect} */
export function entering(field, options) {
  const nothing = { element: null, lead: STAYS };
  const form = ownerFormOf.input(field);
  if (!form || NO_ENTER.test(typeOf(field))) return nothing;
  const button = defaultButton(form);
  if (button) return matches(button, ':disabled') ? nothing : { ...sending(form, button, options), element: button };
  let alone = 0;
  for (const element of elementsOf(form)) if (localName(element) === 'input' && ALONE.test(typeOf(element))) alone += 1;
  return alone > 1 ? nothing : sending(form, null, options);
}

/** Whether what sends a form is to be held back: nothing tells beforehand what a script will do. @param {Event} event */
export const isSending = (event) => {
  const { submitter, target } = /** @type {SubmitEvent} */ (event);
  return Boolean(sending(/** @type {Element} */ (target), submitter, {}).isSubmit);
};

/** @param {Element} field */
export const isFile = (field) => localName(field) === 'input' && typeOf(field) === 'file';

