// @ts-check
// The messenger, as the visitor sees and uses it. It decides nothing: it draws the view that it is given (`view.js`), and calls commands.

import { button, icon, make, Slot } from '../surface/make.js';
import { shown } from '../surface/texts.js';
import { Announcer } from './announcer.js';
import { Composer } from './composer.js';
import { Full } from './full.js';
import { Menu } from './menu.js';
import { spoken } from './rich.js';
import { face, failureOf, noteOf } from './rows.js';
import { OFFERS } from './offers.js';
import { CSS } from './style.js';
import { Transcript } from './transcript.js';
import { uploadFailure } from './upload-rows.js';
import { words } from './words.js';

/** A connection that is back sooner is not missed, in milliseconds. */
const MISSED_AFTER = 3_000;

/** More messages at once are only counted out loud. */
const READ_OUT = 3;

/**
 * @typedef {import('./view.js').Top} Top
 * @typedef {import('./view.js').Row} Row
 */

export class Panel {
  #kit;
  #title;
  #all;
  #panel;
  #content;
  #sheet = make('div', { class: 'slot' });
  #drop = make('div', { class: 'drop', part: 'drop', hidden: true });
  #header = make('div', { class: 'who' });
  #banner = make('div', { class: 'slot' });
  #slots = { header: new Slot(this.#header), banner: new Slot(this.#banner), sheet: new Slot(this.#sheet) };
  #menu;
  #transcript;
  #composer;
  #announcer = new Announcer();
  #full;
  #abort = new AbortController();
  /** @type {Top} */
  #top = { stage: 'none', link: 'online', who: null, place: null, wait: null, typing: null, unread: 0, earlier: 'none', isLoading: true, limit: Infinity };
  #isOpen = false;
  #isLoading = true;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #connecting;
  #isLate = false;
  #said = '';
  /** What had the focus before the panel took it. @type {HTMLElement | undefined} */
  #before;
  /** Failures that were read out. @type {Set<string>} */
  #failed = new Set();

  /**
   * @param {ShadowRoot} root of a host of its own, which `Surface` makes
   * @param {import('./view.js').Commands} commands
   * @param {import('./view.js').Options} [options]
   */
  constructor(root, commands, { language, labels, position = 'bottom-end', theme = 'auto', title, greeting, draft } = {}) {
    const texts = words({ language, labels });
    const { say } = texts;
    this.#kit = { texts, say, commands };
    this.#title = title ?? say('title');
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS + OFFERS);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];

    this.#transcript = new Transcript(this.#kit, greeting ?? say('greeting'));
    this.#composer = new Composer(this.#kit, { draft, said: () => this.#transcript.toEnd(), announce: (text) => this.#announcer.say(text) });
    this.#menu = new Menu(say('options'), () => this.#items());
    const close = button({ name: 'close', label: say('close'), icon: 'end', kind: 'round', isBare: true, act: () => this.#leave() });
    const header = make('header', { class: 'header', part: 'header' }, this.#header, this.#menu.element, close);
    this.#content = make('div', { class: 'content' }, header, this.#banner, this.#transcript.element, this.#composer.element);
    this.#panel = make('section', { class: 'panel', part: 'panel', role: 'dialog', 'aria-labelledby': 'title', tabindex: '-1', hidden: true, inert: true }, this.#content, this.#sheet, this.#drop);
    this.#drop.append(icon('clip'), make('span', {}, say('drop')));
    const isLeft = position === 'bottom-left' || (position === 'bottom-start') === (texts.direction === 'ltr') && position !== 'bottom-right';
    this.#all = make('div', {
      class: 'all', lang: texts.language, dir: texts.direction, 'data-theme': theme, 'data-side': isLeft === (texts.direction === 'ltr') ? 'start' : 'end',
    }, this.#panel, this.#announcer.element);
    root.append(this.#all);
    this.#full = new Full(this.#panel, root.host, () => this.#panel.setAttribute('aria-modal', String(this.#full.isFull)));

    const { signal } = this.#abort;
    this.#panel.addEventListener('keydown', (event) => this.#pressed(event));
    // What is typed here is no shortcut of the page, and its dialogs do not take the focus back.
    for (const type of ['dragenter', 'dragover', 'dragleave', 'drop']) this.#panel.addEventListener(type, (event) => this.#dragged(/** @type {DragEvent} */ (event)));
    // Not every browser says that what was dragged was given up; none moves the pointer before.
    this.#panel.addEventListener('pointermove', () => (this.#drop.hidden = true));
    for (const type of ['keydown', 'keyup', 'keypress', 'focusin', 'paste', 'dragenter', 'dragover', 'dragleave', 'drop']) this.#all.addEventListener(type, (event) => event.stopPropagation());
    document.addEventListener('visibilitychange', () => this.#transcript.tellSeen(), { signal });
    this.#draw();
  }

  get isOpen() {
    return this.#isOpen;
  }

  /** @param {import('./view.js').Change} change */
  update({ top, rows = [], gone = [] }) {
    const isHistory = this.#isLoading;
    this.#isLoading = top.isLoading;
    this.#top = top;
    const incoming = this.#transcript.update(top, rows, gone);
    this.#composer.update(top);
    this.#draw();
    this.#tell(incoming);
    for (const row of rows) {
      if (row.kind !== 'message') continue;
      if (row.state === 'failed' && !isHistory && !this.#failed.has(row.key)) this.#announcer.say(failureOf(this.#kit, row));
      if (row.state === 'failed') this.#failed.add(row.key);
      else this.#failed.delete(row.key);
    }
    for (const key of gone) this.#failed.delete(key);
  }

  /** @param {import('./view.js').Upload[]} uploads files on their way, all of them */
  updateUploads(uploads) {
    const limit = this.#top.fileLimit ?? 0;
    this.#transcript.updateUploads(uploads, limit);
    const failed = uploads.filter(({ state }) => state === 'failed');
    for (const upload of failed) if (!this.#failed.has(upload.key)) this.#announcer.say(uploadFailure(this.#kit, upload, limit));
    for (const { key } of uploads) this.#failed.delete(key);
    for (const { key } of failed) this.#failed.add(key);
  }

  /** @param {boolean} [isAsked] by a person: then it takes the focus */
  open(isAsked = true) {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#before = focused();
    this.#panel.hidden = this.#panel.inert = false;
    this.#full.begin();
    this.#composer.fit();
    this.#transcript.open(this.#top.unread);
    if (isAsked) this.focus();
  }

  /** The focus goes back to what had it before. */
  close() {
    this.#close(() => {});
  }

  /** To the text, or where that would bring up a keyboard, to the panel. */
  focus() {
    if (matchMedia('(pointer: coarse)').matches) this.#panel.focus({ preventScroll: true });
    else this.#composer.focus();
  }

  /** Off the page. */
  end() {
    this.close();
    clearTimeout(this.#connecting);
    this.#abort.abort();
    this.#transcript.end();
    this.#all.remove();
  }

  /** Files over the panel, or dropped on it. @param {DragEvent} event */
  #dragged(event) {
    const { type, dataTransfer, relatedTarget } = event;
    if (type === 'dragleave') {
      if (!(relatedTarget instanceof Node && this.#panel.contains(relatedTarget))) this.#drop.hidden = true;
      return;
    }
    if (!event.isTrusted || !dataTransfer?.types.includes('Files') || this.#content.inert) return;
    event.preventDefault();
    dataTransfer.dropEffect = 'copy';
    this.#drop.hidden = type === 'drop';
    if (type === 'drop' && dataTransfer.files.length > 0) this.#kit.commands.attach([...dataTransfer.files]);
  }

  #leave() {
    this.#close(() => this.#kit.commands.closed());
  }

  /** @param {() => void} told once it is closed: what gets the focus may be hidden until then */
  #close(told) {
    if (!this.#isOpen) return;
    const before = this.#before;
    const hadFocus = this.#panel.contains(/** @type {ShadowRoot} */ (this.#all.getRootNode()).activeElement);
    this.#isOpen = false;
    this.#before = undefined;
    this.#menu.close(false);
    this.#composer.dismiss();
    this.#drop.hidden = true;
    this.#slots.sheet.draw('', () => []);
    this.#content.inert = false;
    this.#transcript.close();
    this.#full.end();
    this.#panel.hidden = this.#panel.inert = true;
    told();
    // What is hidden keeps the focus until the browser looks.
    const now = focused();
    if (hadFocus && before?.isConnected && (!now || this.#all.contains(now))) before.focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    // A composition that is given up is not the panel.
    if (!event.isTrusted || event.key !== 'Escape' || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (this.#content.inert) this.#dismiss();
    else if (!this.#composer.dismiss()) this.#leave();
  }

  /** @returns {import('./menu.js').Item[]} */
  #items() {
    const { say, commands } = this.#kit;
    const isOn = commands.isSoundOn();
    const canEnd = this.#top.stage === 'waiting' || this.#top.stage === 'open';
    return [
      { name: 'sound', label: say('sound'), icon: 'sound', isOn, act: () => commands.setSound(!isOn) },
      ...(commands.canNotify?.() ? [{ name: 'notify', label: say('notify'), icon: /** @type {const} */ ('bell'), isOn: commands.isNotifying?.() ?? false, act: () => commands.notify?.() }] : []),
      { name: 'transcript', label: say('transcript'), icon: 'download', act: () => commands.transcript() },
      ...(canEnd ? [{ name: 'end', label: say('end'), icon: /** @type {const} */ ('leave'), act: () => commands.end() }] : []),
      { name: 'forget', label: say('forget'), icon: 'bin', kind: 'danger', act: () => this.#confirm() },
    ];
  }

  #confirm() {
    const { say, commands } = this.#kit;
    this.#content.inert = true;
    this.#slots.sheet.draw('forget', () => {
      const cancel = button({ name: 'cancel', label: say('cancel'), kind: 'framed', act: () => this.#dismiss() });
      const go = button({
        name: 'forget-now', label: say('forgetYes'), kind: 'fatal',
        act: () => {
          this.#dismiss();
          commands.forget();
        },
      });
      return [
        make('div', { class: 'shade' },
          make('div', { class: 'sheet', part: 'sheet', role: 'alertdialog', 'aria-labelledby': 'sheet-title', 'aria-describedby': 'sheet-text' },
            make('h2', { id: 'sheet-title' }, say('forgetTitle')), make('p', { id: 'sheet-text' }, say('forgetText')), make('div', { class: 'ends' }, cancel, go))),
      ];
    });
    /** @type {HTMLElement} */ (this.#sheet.querySelector('[data-name=cancel]')).focus();
  }

  #dismiss() {
    this.#content.inert = false;
    this.#slots.sheet.draw('', () => []);
    this.focus();
  }

  #draw() {
    this.#drawHeader();
    this.#drawBanner();
  }

  #drawHeader() {
    const { say } = this.#kit;
    const { who, stage } = this.#top;
    const name = who ? (who.name ? shown(who.name) : say('helper')) : this.#title;
    const status = stage === 'waiting' ? say('waiting') : stage === 'ended' ? say('ended') : who ? say(who.kind === 'bot' ? 'assistant' : 'helping') : say('idle');
    this.#slots.header.draw(JSON.stringify([name, who?.kind, status]), () => [
      face(who?.kind ?? 'team', who?.name ?? ''),
      make('div', { class: 'names' }, make('h2', { id: 'title', part: 'title', dir: 'auto' }, name), make('p', { class: 'note', part: 'status' }, status)),
    ]);
  }

  #drawBanner() {
    const { link, place, wait, stage } = this.#top;
    if (link !== 'connecting') {
      clearTimeout(this.#connecting);
      this.#connecting = undefined;
      this.#isLate = false;
    } else this.#connecting ??= setTimeout(() => {
      this.#isLate = true;
      this.#drawBanner();
    }, MISSED_AFTER);

    const { say, texts } = this.#kit;
    const isWaiting = stage === 'waiting' && (place !== null || wait !== null);
    const trouble = link === 'offline' || link === 'refused' ? say(link) : this.#isLate ? say('connecting') : '';
    const isLine = trouble === '' && isWaiting;
    const spot = place === null ? '' : place <= 1 ? say('next') : say('place', texts.number(place));
    const span = wait ? say('about', texts.minutes(...wait)) : '';
    const line = spot && span ? say('both', spot, span) : spot || span;
    const text = trouble || (isLine ? line : '');
    this.#slots.banner.draw(text && `${link} ${text}`, () => [
      make('div', { class: 'banner', part: 'banner', 'data-kind': trouble ? link : 'line' }, make('p', {}, text), isLine && make('p', { class: 'note' }, say('leave'))),
    ]);
    if (text !== this.#said) this.#announcer.say(text);
    this.#said = text;
  }

  /** Reads out what has come, once. @param {Row[]} incoming */
  #tell(incoming) {
    const { say } = this.#kit;
    const messages = incoming.filter((row) => row.kind === 'message' && row.author !== 'visitor');
    if (messages.length > READ_OUT) this.#announcer.say(say('unread', messages.length));
    for (const row of incoming) {
      if (row.kind === 'event') this.#announcer.say(noteOf(this.#kit, row));
      else if (row.kind === 'message' && row.author !== 'visitor' && messages.length <= READ_OUT) {
        this.#announcer.say(say('says', row.name === null ? say('helper') : shown(row.name), spoken(row)));
      }
    }
  }
}

/** What has the focus, also in a shadow root that is open. */
function focused() {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element instanceof HTMLElement && element !== document.body ? element : undefined;
}
