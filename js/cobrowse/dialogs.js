// @ts-check
// What is asked of the visitor while nothing else is to be done: whether to share, an agent's code, a code for the agent.

import { button, icon, make } from '../surface/make.js';
import { Preview } from './preview.js';
import { clock, shown } from '../surface/texts.js';

/** Nobody waits longer than that for the answer to a code, in milliseconds. */
const ANSWERED_WITHIN = 10_000;

/** What came unasked is not dismissed by a key that was meant for the page, in milliseconds. */
const READ_FIRST = 400;

/**
 * @typedef {import('./panel.js').Kit} Kit
 * @typedef {import('./session.js').View} View
 * @typedef {{element: HTMLDialogElement, first?: HTMLElement, draw(view: View): void, end?(): void}} Dialog `first` gets the focus, otherwise no button
 */

/** @param {string} title @param {() => void} dismiss by Esc @param {Array<Node>} parts */
function dialog(title, dismiss, ...parts) {
  const since = performance.now();
  const heading = make('h2', { id: 'title' }, title);
  const element = /** @type {HTMLDialogElement} */ (make('dialog', { 'aria-labelledby': 'title', tabindex: '-1' }, heading, ...parts));
  element.classList.add('stack');
  element.addEventListener('cancel', (event) => {
    event.preventDefault();
    if (event.isTrusted && performance.now() - since >= READ_FIRST) dismiss();
  });
  return element;
}

/** @param {Kit} kit @param {View} view @returns {Dialog} */
export function asked(kit, view) {
  const { say, commands } = kit;
  const since = performance.now();
  const name = kit.names(view);
  const promise = (/** @type {import('../surface/make.js').IconName} */ shape, /** @type {string} */ text) => make('li', {}, icon(shape), make('span', {}, text));
  const promises = make('ul', { class: 'promises' },
    promise('eye', say('askedSees', location.host)), promise('hidden', say('askedHidden')), promise('hand', say('askedActs')), promise('pause', say('askedEnd')));
  const box = make('div', { class: 'preview', hidden: true });
  const preview = new Preview(box, kit.texts, kit.masking);
  const show = button({
    name: 'preview', label: say('previewShow'), icon: 'eye', kind: 'framed',
    act: () => {
      show.hidden = true;
      box.hidden = false;
      element.setAttribute('data-wide', '');
      void preview.begin();
    },
  });
  const filled = make('i');
  const total = Math.max(view.told?.endsIn ?? 0, 1);
  const left = kit.clock(() => kit.times.endsAt, (milliseconds) => {
    filled.style.transform = `scaleX(${Math.min(1, Math.max(0, milliseconds / total))})`;
    return say('offerEnds', clock(milliseconds));
  });
  const hasEnd = view.told?.endsIn !== undefined;
  const element = dialog(say('askedTitle', name), commands.decline,
    make('div', { class: 'columns' }, make('div', { class: 'stack' }, promises, make('div', {}, show)), box),
    ...(hasEnd ? [make('div', { class: 'meter', 'aria-hidden': 'true' }, filled)] : []),
    make('div', { class: 'ends' },
      hasEnd && make('span', { class: 'soft number' }, left),
      button({ name: 'decline', label: say('decline'), kind: 'framed', act: commands.decline, since }),
      button({ name: 'accept', label: say('accept'), kind: 'main', act: commands.accept, since })));
  return { element, draw() {}, end: () => preview.end() };
}

/** @param {Kit} kit @returns {Dialog} */
export function enter(kit) {
  const { say, commands } = kit;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  let isLate = false;
  const input = /** @type {HTMLInputElement} */ (make('input', {
    id: 'code', type: 'text', inputmode: 'numeric', autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', maxlength: '20', 'aria-describedby': 'hint problem',
    'data-name': 'code',
  }));
  const problem = make('p', { class: 'problem', id: 'problem', role: 'alert' });
  const go = button({ name: 'enter', label: say('enter'), kind: 'main', act: () => submit() });
  const stop = () => {
    clearTimeout(waiting);
    waiting = undefined;
  };
  const mark = (/** @type {string} */ text) => {
    if (problem.textContent !== text) problem.textContent = text;
    input.setAttribute('aria-invalid', String(text !== ''));
  };
  const submit = () => {
    if (waiting !== undefined || go.hasAttribute('disabled')) return;
    // Also as a Japanese keyboard types them.
    const code = input.value.normalize('NFKC').replace(/\D/g, '');
    isLate = false;
    if (code.length !== 6) {
      mark(say('sixDigits'));
      input.focus();
      return;
    }
    mark('');
    waiting = setTimeout(() => {
      stop();
      isLate = true;
      kit.redraw();
    }, ANSWERED_WITHIN);
    commands.useCode(code);
    kit.redraw();
  };
  input.addEventListener('keydown', (event) => {
    if (event.isTrusted && event.key === 'Enter' && !event.isComposing) submit();
  });
  const element = dialog(say('enterTitle'), commands.dismiss,
    make('p', { class: 'soft', id: 'hint' }, say('enterHint')),
    make('div', { class: 'field' }, make('label', { for: 'code' }, say('enterLabel')), input, problem),
    make('div', { class: 'ends' }, button({ name: 'cancel', label: say('cancel'), kind: 'framed', act: commands.dismiss }), go));
  return {
    element,
    first: input,
    draw({ objection }) {
      if (objection) stop();
      const wait = kit.times.retryAt - performance.now();
      const isBarred = objection === 'too-many' && wait > 0;
      const text = isBarred ? say('tooManyFor', clock(wait)) : objection ? say(OBJECTIONS[objection] ?? 'notPermitted') : isLate ? say('nobodyThere') : '';
      if (text || waiting !== undefined) mark(text);
      const isBusy = waiting !== undefined || isBarred;
      // A disabled button loses the focus, and until then keys, Esc too.
      if (isBusy && /** @type {ShadowRoot} */ (go.getRootNode()).activeElement === go) input.focus();
      go.toggleAttribute('disabled', isBusy);
      /** @type {HTMLElement} */ (go.firstElementChild).textContent = say(waiting !== undefined ? 'entering' : 'enter');
    },
    end: stop,
  };
}

/** @param {Kit} kit @returns {Dialog} */
export function show(kit) {
  const { say, commands } = kit;
  const digits = make('output', { class: 'code', role: 'status' });
  const text = make('p', { class: 'soft' }, say('showHint'));
  const left = kit.clock(() => kit.times.codeEndsAt, (milliseconds) => (Number.isFinite(milliseconds) ? say('showEnds', clock(milliseconds)) : ''));
  const element = dialog(say('showTitle'), commands.dismiss, digits, text,
    make('div', { class: 'ends' }, make('span', { class: 'soft number' }, left), button({ name: 'close', label: say('close'), kind: 'main', act: commands.dismiss })));
  let shownCode = '';
  return {
    element,
    draw({ code, objection }) {
      const now = code ?? (objection ? say(OBJECTIONS[objection] ?? 'notPermitted') : say('showWaits'));
      if (now === shownCode) return;
      shownCode = now;
      digits.className = code ? 'code' : objection ? 'problem' : 'soft';
      digits.textContent = code ? `${code.slice(0, 3)} ${code.slice(3)}` : now;
    },
  };
}

/** @type {Record<string, import('./words.js').Word>} */
const OBJECTIONS = { 'wrong-code': 'wrongCode', 'too-many': 'tooMany', 'not-permitted': 'notPermitted', 'nobody-there': 'nobodyThere', busy: 'busy' };

/** The name of an agent in a session. @param {View} view @param {number} number @param {string} otherwise */
export const nameOf = (view, number, otherwise) => {
  const agent = view.told?.agents?.find((/** @type {{number: number}} */ agent) => agent.number === number);
  return agent?.name ? shown(agent.name) : otherwise;
};
