// @ts-check
// The messenger, as the visitor sees and uses it. It decides nothing: it draws the view that it is given (`view.js`), and calls commands.

import { loadExtras } from '../load.js';
import { focused } from '../surface/focused.js';
import { button, icon, make, Slot } from '../surface/make.js';
import { shown } from '../surface/texts.js';
import { Announcer } from './announcer.js';
import { Composer } from './composer.js';
import { awayNote, face } from './face.js';
import { idOf } from './front.js';
import { Full } from './full.js';
import { Later } from './later.js';
import { spoken } from './rich.js';
import { failureOf, heldFor, isHeld, noteOf } from './rows.js';
import { CSS } from './style.js';
import { Transcript } from './transcript.js';
import { words } from './words.js';

/** A connection that is back sooner is not missed, in milliseconds. */
const MISSED_AFTER = 3_000;

/** What waits for `later` because a person pressed a button. */
const PRESSED = ['menu', 'emoji'];

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
  /** @type {import('./menu.js').Menu | undefined} */
  #menu;
  #menuPlace;
  #options;
  #transcript;
  #composer;
  #announcer = new Announcer();
  /** What is asked before the next message. @type {import('./pre-chat.js').PreChat | undefined} */
  #preChat;
  #asked = '';
  /** What he did while that was on its way. @type {(() => void) | undefined} */
  #again;
  #filled;
  /** Where the panel begins, if that is wanted. @type {import('./home.js').Home | undefined} */
  #home;
  #hasHome;
  /** What is shown; where there is one at a time: a conversation of before by itself. @type {'home' | 'thread' | import('./home.js').Known} */
  #place = 'thread';
  #greeting;
  #headerPlace;
  #full;
  #abort = new AbortController();
  /** @type {Top} */
  #top = { stage: 'none', link: 'online', who: null, place: null, wait: null, typing: null, unread: 0, earlier: 'none', isLoading: true, limit: Infinity };
  #isOpen = false;
  #isLoading = true;
  /** Whether a person opened it. */
  #isAsked = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #connecting;
  #isLate = false;
  #said = '';
  /** What had the focus before the panel took it. @type {HTMLElement | undefined} */
  #before;
  /** Failures that were read out. @type {Set<string>} */
  #failed = new Set();
  /** Messages of which it was read out that the hub does not take them yet: once for each, however often it is tried. @type {Set<string>} */
  #held = new Set();

  /**
   * @param {ShadowRoot} root of a host of its own, which `Surface` makes
   * @param {import('./view.js').Commands} commands
   * @param {import('./view.js').Options} [options]
   * @param {Later} [later] what is fetched when it is needed
   */
  constructor(root, commands, { language, labels, position = 'bottom-end', theme = 'auto', title, greeting, draft, filled = {}, home = false } = {}, later = new Later(loadExtras)) {
    const texts = words({ language, labels });
    const { say } = texts;
    this.#kit = { texts, say, commands, later };
    this.#title = title ?? say('title');
    this.#filled = filled;
    this.#hasHome = home !== false;
    this.#greeting = greeting ?? say('greeting');
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    later.listen((extras) => {
      if (extras) {
        const more = new CSSStyleSheet();
        more.replaceSync(extras.CSS);
        root.adoptedStyleSheets = [...root.adoptedStyleSheets, more];
        texts.learn(extras.WORDS);
      }
      this.#drawBanner();
      if (!later.isMissed) return;
      // Without it there is the thread, and a conversation.
      if (this.#place === 'home' && !this.#home) this.#go('thread');
      this.#again?.();
    });

    this.#transcript = new Transcript(this.#kit, this.#greeting);
    this.#composer = new Composer(this.#kit, { draft, said: () => this.#transcript.toEnd(), changed: () => this.#ask(), mayBegin: (again) => this.#mayBegin(again), announce: (text) => this.#announcer.say(text) });
    this.#options = button({ name: 'options', label: say('options'), icon: 'more', kind: 'round', isBare: true, act: () => (this.#menu?.isOpen ? this.#menu.close() : this.#openMenu()) });
    this.#options.setAttribute('aria-haspopup', 'menu');
    this.#options.setAttribute('aria-expanded', 'false');
    this.#options.addEventListener('keydown', (event) => {
      if (!event.isTrusted || event.key !== 'ArrowDown') return;
      event.preventDefault();
      if (!this.#menu?.isOpen) this.#openMenu();
    });
    this.#menuPlace = make('div', { class: 'menu-place' }, this.#options);
    const close = button({ name: 'close', label: say('close'), icon: 'end', kind: 'round', isBare: true, act: () => this.#leave() });
    const header = this.#headerPlace = make('header', { class: 'header', part: 'header' }, this.#header, this.#menuPlace, close);
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
    if (top.link === 'online' && this.#top.link !== 'online') this.#kit.later.again();
    const isTurned = idOf(top.front) !== idOf(this.#top.front);
    const elsewhere = top.elsewhere ?? 0;
    const isNews = elsewhere > (this.#top.elsewhere ?? 0) && !isTurned && !isHistory && this.#isOpen && this.#place !== 'home';
    const hadHome = this.#isListed;
    this.#top = top;
    if (isTurned) this.#transcript.turn(typeof this.#place === 'string');
    // It was not known yet which one is in front.
    if (isTurned && top.several && !this.#composer.isTouched) this.#composer.put(this.#kit.commands.drafted?.() ?? '');
    const incoming = this.#transcript.update(top, rows, gone);
    this.#composer.update(top);
    this.#ask();
    // It has just been heard that there may be several, or not any more.
    if (hadHome !== this.#isListed && this.#isOpen) this.#go('thread');
    // Who has opened it before anything was known is where he would be now, if he has not begun.
    const to = isHistory && !top.isLoading && top.several && this.#isOpen && this.#isAsked && !this.#composer.isTouched ? this.#begins : 'thread';
    if (to !== 'thread') {
      const hadFocus = this.#panel.contains(this.#focused);
      this.#go(to);
      if (hadFocus) this.focus();
    }
    if (this.#place === 'home') this.#home?.update(top, this.#list);
    this.#home?.mark(elsewhere);
    this.#draw();
    this.#tell(incoming);
    if (isNews) this.#announcer.say(this.#kit.say('elsewhere', elsewhere));
    for (const row of rows) {
      if (row.kind !== 'message') continue;
      if (row.state === 'failed' && !isHistory && !this.#failed.has(row.key)) this.#announcer.say(failureOf(this.#kit, row));
      if (row.state === 'failed') this.#failed.add(row.key);
      else this.#failed.delete(row.key);
      if (!isHeld(row) || this.#held.has(row.key)) continue;
      this.#held.add(row.key);
      this.#announcer.say(heldFor(this.#kit, row, row.retryAfter ?? 0));
    }
    for (const key of gone) this.#failed.delete(key);
  }

  /** @param {import('./view.js').Upload[]} uploads files on their way, all of them */
  updateUploads(uploads) {
    const limit = this.#top.fileLimit ?? 0;
    this.#transcript.updateUploads(uploads, limit);
    const failed = uploads.filter(({ state }) => state === 'failed');
    for (const upload of failed) {
      const reason = this.#failed.has(upload.key) ? undefined : this.#kit.later.now?.uploadFailure(this.#kit, upload, limit);
      if (reason) this.#announcer.say(reason);
    }
    for (const { key } of uploads) this.#failed.delete(key);
    for (const { key } of failed) this.#failed.add(key);
  }

  /** As a file of text. @param {Row[]} rows */
  download(rows) {
    this.#kit.later.want('download', ({ download }) => download(this.#kit, rows, (row) => noteOf(this.#kit, row)));
  }

  /** @param {boolean} [isAsked] by a person: then it takes the focus */
  open(isAsked = true) {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#isAsked = isAsked;
    this.#before = focused();
    this.#panel.hidden = this.#panel.inert = false;
    this.#full.begin();
    this.#kit.later.again();
    this.#go(isAsked ? this.#begins : 'thread');
    if (isAsked) this.focus();
  }

  /** Whether there is a list of conversations to go back to. */
  get #isListed() {
    return this.#hasHome || this.#top.several === true;
  }

  /** Whether none of several conversations is in front. */
  get #isAtList() {
    return this.#place === 'home' && this.#top.several === true;
  }

  get #list() {
    return this.#kit.commands.conversations?.() ?? [];
  }

  /** Where who opens it wants to be: where he was writing, where he has something to read, else at home. */
  get #begins() {
    const { unread, elsewhere = 0 } = this.#top;
    if (!this.#isListed || !this.#composer.isEmpty || unread > elsewhere) return 'thread';
    if (elsewhere > 0) return this.#list.find((known) => known.unread > 0) ?? 'home';
    return this.#hasHome || this.#list.length > 1 ? 'home' : 'thread';
  }

  /** The customer's page has put another conversation in front. @param {string} draft of that */
  turn(draft) {
    this.#composer.put(draft);
    if (this.#isOpen) this.#go('thread');
  }

  /** The focus goes back to what had it before. */
  close() {
    this.#close(() => {});
  }

  /** To the text, or where that would bring up a keyboard, to the panel. */
  focus() {
    if (this.#place === 'home' && this.#home) this.#home.focus();
    else if (this.#place !== 'thread' || matchMedia('(pointer: coarse)').matches) this.#panel.focus({ preventScroll: true });
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
    if (type === 'drop' && dataTransfer.files.length > 0) this.#dropped([...dataTransfer.files]);
  }

  /** @param {File[]} files */
  #dropped(files) {
    if (this.#mayBegin(() => this.#dropped(files))) this.#kit.commands.attach(files);
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
    this.#before = this.#again = undefined;
    this.#menu?.close(false);
    // What was pressed does not open once he is gone.
    for (const key of PRESSED) this.#kit.later.drop(key);
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

  #openMenu() {
    this.#kit.later.want('menu', ({ confirmation, itemsOf, Menu }) => {
      const confirm = () => {
        this.#content.inert = true;
        this.#slots.sheet.draw('forget', () => [confirmation(this.#kit, () => this.#dismiss())]);
        /** @type {HTMLElement} */ (this.#sheet.querySelector('[data-name=cancel]')).focus();
      };
      this.#menu ??= new Menu(this.#menuPlace, this.#options, () => itemsOf(this.#kit, this.#top, this.#isAtList, confirm));
      this.#menu.open();
    });
  }

  /** @param {'home' | 'thread' | 'new' | import('./home.js').Known} to */
  #go(to) {
    this.#again = undefined;
    const { later } = this.#kit;
    const { several } = this.#top;
    const known = typeof to === 'string' ? undefined : to;
    // Where there is one at a time, what goes on is shown with all that was before it.
    const wasPast = typeof this.#place !== 'string';
    const isPast = known && !several && known.stage === 'ended';
    const place = this.#place = isPast ? known : to === 'home' ? to : 'thread';
    if (known && (several || place !== 'thread')) this.#choose(known.conversation);
    else if (several && to === 'new') this.#choose('new');
    else if (wasPast) this.#choose('');
    if (this.#isListed) {
      later.want('home', ({ Home }) => {
        if (!this.#home) {
          this.#home = new Home(this.#kit, this.#greeting, (to) => {
            this.#go(to);
            this.focus();
          });
          this.#headerPlace.prepend(this.#home.back);
          this.#content.append(this.#home.element, this.#home.past);
          if (this.#panel.contains(this.#focused) && this.#place === 'home') queueMicrotask(() => this.focus());
        }
        this.#home.update(this.#top, this.#list);
        this.#home.mark(this.#top.elsewhere ?? 0);
        this.#show();
      });
    }
    this.#show();
    if (place === 'home') this.#transcript.close();
    else {
      this.#transcript.open(place === 'thread' ? this.#top.unread - (this.#top.elsewhere ?? 0) : 0);
      this.#composer.fit();
    }
    this.#draw();
  }

  /** @param {string} which */
  #choose(which) {
    const { choose, drafted } = this.#kit.commands;
    if (!choose || which === (this.#top.front ?? '')) return;
    choose(which);
    this.#transcript.turn(typeof this.#place === 'string');
    if (this.#top.several) this.#composer.put(drafted?.() ?? '');
  }

  get #focused() {
    return /** @type {ShadowRoot} */ (this.#all.getRootNode()).activeElement;
  }

  /** What belongs to the place. */
  #show() {
    const isHome = this.#place === 'home';
    this.#transcript.element.hidden = isHome;
    this.#composer.element.hidden = this.#place !== 'thread';
    if (!this.#home) return;
    this.#home.element.hidden = !isHome;
    this.#home.back.hidden = isHome || !this.#isListed;
    this.#home.past.hidden = typeof this.#place === 'string';
  }

  /** What is to be filled in before the next message stands above it: after an end only once he writes. @param {boolean} [isMeant] he does */
  #ask(isMeant = !this.#composer.isEmpty) {
    const { preChat, stage } = this.#top;
    const form = preChat?.form;
    const asked = form && (stage === 'none' || isMeant) ? JSON.stringify(form) : '';
    if (asked === this.#asked || (asked === '' && form)) return;
    this.#asked = asked;
    if (!form || asked === '') {
      if (this.#preChat) this.#transcript.setForm((this.#filled = {}, null));
      this.#preChat = undefined;
      this.#kit.later.drop('before');
      return this.#again?.();
    }
    this.#kit.later.want('before', ({ PreChat }) => {
      this.#preChat = new PreChat(this.#kit, form, this.#filled, () => this.#composer.focus());
      this.#transcript.setForm(this.#preChat.element);
      this.#again?.();
    });
  }

  /** Whether nothing is to be filled in first. Where that is on its way, or does not come: `again` once that is known. @param {() => void} again */
  #mayBegin(again) {
    this.#ask(true);
    const isComing = this.#asked !== '' && !this.#preChat && !this.#kit.later.isMissed;
    this.#again = isComing ? again : undefined;
    if (isComing) return false;
    if (!this.#preChat || this.#preChat.check()) return true;
    this.#announcer.say(this.#kit.say('fillFirst'));
    return false;
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
    const { say, texts } = this.#kit;
    const { stage } = this.#top;
    const past = typeof this.#place === 'string' ? undefined : this.#place;
    const who = this.#place === 'home' ? null : past ? { name: past.name ?? '', kind: past.name ? /** @type {const} */ ('agent') : /** @type {const} */ ('team') } : this.#top.who;
    const named = who ? (who.name ? shown(who.name) : say('helper')) : this.#title;
    const away = who ? '' : awayNote(this.#kit, this.#top);
    const now = stage === 'waiting' ? say('waiting') : stage === 'ended' ? say('ended') : who ? say(who.kind === 'bot' ? 'assistant' : 'helping') : say('idle');
    const status = past ? named : away || (this.#place === 'home' ? say('idle') : now);
    const name = past ? texts.day(past.at ?? 0) : named;
    this.#slots.header.draw(JSON.stringify([name, who, status]), () => [
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
    const isWaiting = stage === 'waiting' && !this.#isAtList && (place !== null || wait !== null || awayNote(this.#kit, this.#top) !== '');
    const { later } = this.#kit;
    const isMissed = later.isMissed && link === 'online';
    const trouble = link === 'offline' || link === 'refused' ? say(link) : this.#isLate ? say('connecting') : isMissed ? say('missed') : '';
    const isLine = trouble === '' && isWaiting;
    const spot = place === null ? '' : place <= 1 ? say('next') : say('place', texts.number(place));
    const span = wait ? say('about', texts.minutes(...wait)) : '';
    // A place in a line that does not move says nothing.
    const line = awayNote(this.#kit, this.#top) || (spot && span ? say('both', spot, span) : spot || span);
    const text = trouble || (isLine ? line : '');
    this.#slots.banner.draw(text && `${link} ${text}`, () => [
      make('div', { class: 'banner', part: 'banner', 'data-kind': trouble ? link : 'line' },
        make('p', {}, text, isMissed && button({ name: 'again', label: say('retry'), kind: 'link', act: () => later.again() })), isLine && make('p', { class: 'note' }, say('leave'))),
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
      else if (row.kind === 'rate') this.#announcer.say(say('rateTitle'));
      else if (row.kind === 'message' && row.author !== 'visitor' && messages.length <= READ_OUT) {
        this.#announcer.say(say('says', row.name === null ? say('helper') : shown(row.name), spoken(row)));
      }
    }
  }
}
