// @ts-check
// The messenger in a page: does what the visitor's half wants (`src/messenger/`), and tells it what happens.

import { Conversation, Todo } from 'alongside-wasm';
import { loadExtras } from '../load.js';
import { failure } from '../queue.js';
import { Surface } from '../surface/surface.js';
import { idOf } from './front.js';
import { draftKey, filledKey, notifyKey, openKey, soundKey, talkKey, visitorKey, waitingKey } from './kept.js';
import { Later } from './later.js';
import { Panel } from './panel.js';
import { Voice } from './voice.js';

/**
 * What the core gives. `write` removes where the value is null; `emit` tells the customer's page.
 * @typedef {{isJson: boolean, options: import('../host/host.js').Options, launcher: import('../launcher.js').Launcher,
 *   relay(message: string | Uint8Array): void, status(): string, read(key: string): string | undefined, keys(prefix: string): string[],
 *   write(key: string, value: string | null): void, random(): Uint8Array, forget(): void, identity: import('../identity.js').Identity | undefined, notice?: {readonly isPossible: boolean, readonly isAllowed: boolean, ask(): unknown, tell: import('./notice.js').Notice['tell']}, emit(topic: string, state: unknown): void,
 *   fatal(error: unknown): void}} Link
 */

/** What the machine leaves out. */
const NO_TOP = { who: null, place: null, wait: null, typing: null, isOpen: null, opensAt: null, keptDays: null, preChat: null, front: null };
const NO_ROW = { after: null, name: null, state: null, reason: null, retryAfter: null, file: null, link: null, score: null };

/** Most fields that are asked before a conversation. */
const FIELDS = 20;

/** Most rows of a transcript that is downloaded. */
const TRANSCRIPT = 20_000;

export class Messenger {
  #link;
  #machine;
  #keys;
  #abort = new AbortController();
  /** @type {Surface | undefined} */
  #surface;
  /** @type {Panel | undefined} */
  #panel;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #later = new Later(loadExtras);
  #voice;
  /** @type {import('./uploads.js').Uploads | undefined} */
  #uploads;
  /** Files that are to be brought once it is known how. @type {{file: File, which: string}[]} */
  #brought = [];
  /** What of what is in front was kept for the next page. */
  #front = '';
  /** Whether there may be several conversations, as far as was told. */
  #hasSeveral = false;
  /** A conversation that was to begin. */
  #new = '';
  /** Where what is not sent yet was kept last. */
  #draft = '';
  /** @type {import('./notice.js').Notice | undefined} */
  #ownNotice;
  #isDrawing = false;
  /** @type {boolean | undefined} */
  #hasTalk;
  /** Whether a file of the whole thread is wanted. */
  #isWanted = false;
  /** What the customer's page was told last. */
  #told = '';

  /** @param {Link} link */
  constructor(link) {
    this.#link = link;
    const { options } = link;
    this.#keys = {
      open: openKey(options), draft: draftKey(options), filled: filledKey(options), talk: talkKey(options), waiting: waitingKey(options), sound: soundKey(options), notify: notifyKey(options),
    };
    this.#voice = new Voice(this.#keys.sound, this.#abort.signal);
    const stored = link.keys(this.#keys.waiting).map((key) => `${key.slice(this.#keys.waiting.length)} ${(link.read(key) ?? '').replace(/\n/g, '\0')}`);
    this.#machine = new Conversation(link.isJson, stored.join('\n'), -new Date().getTimezoneOffset());
    this.#fill(this.#filled);
    // It is what is seen first.
    if (this.#hasHome) this.#later.want('home', () => {});
    this.#choose(link.read(this.#keys.open) ?? '');
    addEventListener('storage', (event) => this.#stored(event), { signal: this.#abort.signal });
    this.handleStatus();
    if (link.read(this.#keys.open) !== undefined && !this.#isHeadless) this.#show(false);
  }

  get #isHeadless() {
    return this.#link.options.messenger.headless;
  }

  get #hasHome() {
    return !this.#isHeadless && this.#link.options.messenger.home;
  }

  /** How he is told who looks at something else. */
  get #notice() {
    const { now } = this.#later;
    return this.#link.notice ?? (now && (this.#ownNotice ??= new now.Notice(() => this.#show(true), this.#abort.signal)));
  }

  get #isNotifying() {
    return Boolean(this.#notice?.isAllowed) && this.#link.read(this.#keys.notify) !== undefined;
  }

  get #isOpen() {
    return this.#panel?.isOpen ?? false;
  }

  /** What the customer's page wants. @param {string} name @param {any[]} values @returns {any} */
  command(name, values) {
    switch (name) {
      case 'open': return this.#show(true);
      case 'close': return this.#hide();
      case 'toggle': return this.#isOpen ? this.#hide() : this.#show(true);
      case 'say': return this.#say(values[0]);
      case 'attach': return this.#attach(checkedFiles(values[0]));
      case 'answer': return this.#answer(values);
      case 'rate': return this.#rate(values[0], values[1]);
      case 'choose': return this.#chosen(values[0]);
      case 'conversations': return this.#conversations;
      case 'view': return this.#view();
      case 'earlier': return this.#tell(() => this.#machine.earlier());
      case 'seen': return this.#tell(() => this.#machine.handleSeen());
      case 'typing': return this.#tell(() => this.#machine.typed(performance.now()));
      case 'retry': return this.#retry(String(values[0]));
      case 'discard': return this.#discard(String(values[0]));
      case 'end': return this.#tell(() => this.#machine.finish());
      case 'signIn': return this.#commands().signIn?.();
      case 'notNow': return this.#tell(() => this.#machine.declineSignIn());
      default: throw failure('unknown-command', `there is no command 'messenger.${name}'`);
    }
  }

  /** A message of the hub's came. @param {string | Uint8Array} message */
  handleRelayed(message) {
    const now = performance.now();
    this.#tell(() => (typeof message === 'string' ? this.#machine.handleText(message, now) : this.#machine.handleBytes(message, now)));
  }

  /** The link is up or down. */
  handleStatus() {
    this.#tell(() => (this.#link.status() === 'online' ? this.#machine.handleOnline(performance.now()) : this.#machine.handleOffline()));
    if (this.#link.status() === 'online') {
      this.#later.again();
      this.#uploads?.handleOnline();
    }
    this.#draw();
  }

  /** Off the page. */
  end() {
    this.#abort.abort();
    this.#later.end();
    this.#uploads?.end();
    clearTimeout(this.#timer);
    this.#panel?.end();
    this.#surface?.hide('panel');
    this.#link.launcher.setOpen(false);
  }

  /** How the link is doing, for the visitor. */
  get #word() {
    const state = this.#link.status();
    if (state === 'online' || state === 'refused') return state;
    return navigator.onLine ? 'connecting' : 'offline';
  }

  /** @param {boolean} isAsked by the visitor or the page, not by the page before: then the focus stays where it is */
  #show(isAsked) {
    if (this.#isHeadless) throw failure('bad-options', 'the messenger is headless: the page draws it');
    const { options } = this.#link;
    if (!this.#panel) {
      this.#surface = new Surface('');
      this.#panel = new Panel(this.#surface.root, this.#commands(), {
        language: options.cobrowse.language, ...options.messenger, draft: this.#drafted, filled: this.#filled, home: this.#hasHome,
      }, this.#later);
    }
    if (this.#isOpen) {
      if (isAsked) this.#panel.focus();
      return;
    }
    // Also once it is closed: what is read out to the visitor is in it.
    this.#surface?.show('panel');
    this.#tell(() => this.#machine.handleShown());
    this.#drawNow();
    this.#panel.open(isAsked);
    this.#keepFront();
    this.#link.launcher.setOpen(true);
    this.#tellPage();
  }

  #hide() {
    this.#panel?.close();
    this.#closed();
    this.#link.launcher.focus();
  }

  #closed() {
    this.#link.write(this.#keys.open, null);
    this.#front = '';
    this.#tell(() => this.#machine.handleHidden());
    this.#link.launcher.setOpen(false);
    this.#tellPage();
  }

  /** For the next page. Where there is one at a time, only that it is open. */
  #keepFront() {
    // As long as nothing is known, what the page before kept holds.
    if (!this.#hasSeveral && this.#link.read(this.#keys.open) !== undefined) return;
    const front = (this.#hasSeveral && this.#machine.front()) || '1';
    // Not where nothing changed here: other tabs keep theirs in the same place.
    if (front !== this.#front) this.#link.write(this.#keys.open, front);
    this.#front = front;
  }

  /** What is in front from now on; whether that could be read. @param {string} which as the machine has it, or `new` */
  #choose(which) {
    if (which === 'new') {
      // What he began to write or to bring before is still there.
      const isSaid = this.#conversations.some(({ conversation }) => idOf(conversation) === idOf(this.#new));
      if (isSaid || this.#new === '') this.#new = `+${hex(this.#link.random())}`;
    }
    const isRead = this.#tell(() => this.#machine.choose(which === 'new' ? this.#new : which));
    this.#draft = this.#draftKey;
    return isRead;
  }

  /** What the customer's page wants in front. @param {unknown} which @returns {string} */
  #chosen(which) {
    const wish = String(which ?? '');
    const hasSeveral = this.#view().top.several === true;
    // Where there is one at a time there is none to begin, and the widget has its own way to earlier ones.
    const mayBe = hasSeveral || wish === '' || (this.#isHeadless && wish !== 'new');
    if (!mayBe || !this.#choose(wish)) throw failure('bad-argument', "messenger.choose takes a conversation of messenger.conversations, or where there are several, 'new'; or nothing");
    if (hasSeveral) this.#panel?.turn(this.#drafted);
    return this.#machine.front();
  }

  /** @returns {import('./home.js').Known[]} */
  get #conversations() {
    return JSON.parse(this.#machine.conversations()).list;
  }

  /** Each conversation of several has its own; what begins one, and what is said where there is one at a time, is kept in the same place. */
  get #draftKey() {
    const which = this.#machine.front();
    return which === '' || which.startsWith('+') ? this.#keys.draft : `${this.#keys.draft}:${which}`;
  }

  /** What was not sent yet in the conversation in front. */
  get #drafted() {
    return this.#link.read(this.#draftKey) ?? '';
  }

  /** @param {string | null} text */
  #keepDraft(text) {
    // The conversation has begun since, or another one in its place.
    if (this.#draft !== this.#draftKey) this.#link.write(this.#draft, null);
    this.#draft = this.#draftKey;
    this.#link.write(this.#draft, text);
  }

  /** @param {unknown} text @returns {void} */
  #say(text) {
    const refused = this.#tell(() => this.#machine.say(String(text ?? ''), this.#link.random(), Date.now(), performance.now()));
    if (refused) throw failure(refused, REFUSED[/** @type {keyof typeof REFUSED} */ (refused)] ?? refused);
  }

  /** @param {any[]} values a row's key, values, a text */
  #answer([key, values, text]) {
    const answer = JSON.stringify({ to: String(key), values: [].concat(values ?? []) });
    const refused = this.#tell(() => this.#machine.answer(answer, String(text ?? ''), this.#link.random(), Date.now(), performance.now()));
    if (refused) throw failure(refused, REFUSED[/** @type {keyof typeof REFUSED} */ (refused)] ?? 'an answer has a key, an array of { name?, value } and a text');
  }

  /** How the conversation was. @param {unknown} score @param {unknown} [comment] */
  #rate(score, comment) {
    const refused = this.#tell(() => this.#machine.rate(Number(score), String(comment ?? ''), this.#link.random(), Date.now(), performance.now()));
    if (refused) throw failure(refused, REFUSED[/** @type {keyof typeof REFUSED} */ (refused)] ?? refused);
  }

  /** What was filled in before a conversation, by the names of the fields. @returns {Record<string, string>} */
  get #filled() {
    try {
      const all = JSON.parse(this.#link.read(this.#keys.filled) ?? '{}');
      return Object.fromEntries(Object.entries(all).filter(([, value]) => typeof value === 'string').slice(0, FIELDS));
    } catch {
      return {};
    }
  }

  /** @param {Record<string, string>} filled */
  #fill(filled) {
    const values = Object.entries(filled).map(([name, value]) => ({ name, value }));
    this.#tell(() => this.#machine.fill(JSON.stringify({ to: '0'.repeat(32), values })));
  }

  /** What is on its way, or waits to be, in the conversation in front. @returns {import('./view.js').Upload[]} */
  get #files() {
    const held = this.#brought.map(({ file: { name, size }, which }, at) => ({ key: `held-${at}`, name, size, preview: null, which, state: /** @type {const} */ ('waiting'), done: 0, reason: null, isFinal: false }));
    const front = this.#machine.front();
    return [...(this.#uploads?.rows ?? []), ...held].filter(({ which }) => front === '' || which === '' || idOf(which) === idOf(front));
  }

  /** @param {File[]} files */
  #attach(files) {
    const which = this.#machine.front();
    this.#brought.push(...files.map((file) => ({ file, which })));
    this.#later.want('files', ({ Uploads }) => {
      const { options, read, status } = this.#link;
      this.#uploads ??= new Uploads({
        address: `${options.hub}/v1/files`,
        headers: () => ({ 'x-alongside-deployment': options.deployment, 'x-alongside-visitor': read(visitorKey(options)) ?? '' }),
        limit: () => this.#machine.fileLimit(),
        isOnline: () => status() === 'online',
        changed: () => this.#draw(),
        brought: (file, which) => this.#send(file, which),
      });
      this.#uploads.add(this.#brought.splice(0));
    });
    this.#draw();
  }

  /** A message for a file that the hub has; whether it is one now. @param {import('./uploads.js').Brought} file @param {string} which */
  #send({ file, name, type, size, width = 0, height = 0 }, which) {
    const { random } = this.#link;
    const refused = this.#tell(() => this.#machine.sendFile([file, name, type, which].join('\n'), size, new Uint32Array([width, height]), random(), Date.now(), performance.now()));
    return !refused;
  }

  /** @param {string} key */
  #retry(key) {
    if (this.#uploads?.has(key)) this.#uploads.retry(key);
    else this.#tell(() => this.#machine.retry(key, performance.now()));
  }

  /** @param {string} key */
  #discard(key) {
    if (this.#uploads?.has(key)) this.#uploads.discard(key);
    else this.#tell(() => this.#machine.discard(key));
  }

  /** All that there is to see. */
  #view() {
    const { top, rows } = JSON.parse(this.#machine.whole(this.#word, performance.now()));
    return { top, rows: rows.map((/** @type {any} */ row) => this.#placed(row)), uploads: this.#files };
  }

  /** A row whose file says where it is. @param {any} row */
  #placed(row) {
    const at = (/** @type {string} */ id) => `${this.#link.options.hub}/v1/files/${id}`;
    if (row.link?.image) row.link.image = at(row.link.image);
    if (row.file) Object.assign(row.file, { url: at(row.file.id), preview: this.#uploads?.preview(row.file.id) ?? null });
    return row;
  }

  /** @returns {import('./view.js').Commands} */
  #commands() {
    const { identity } = this.#link;
    return {
      say: (text) => {
        try {
          // Before: it may be another conversation's then.
          const draft = this.#draftKey;
          this.#say(text);
          this.#link.write(draft, null);
          return true;
        } catch (error) {
          // The composer keeps the text, and says why.
          return /** @type {{code: string}} */ (error).code;
        }
      },
      answer: (...values) => {
        try {
          this.#answer(values);
        } catch {
          // What was filled in stays where it is.
        }
      },
      conversations: () => this.#conversations,
      choose: (which) => void this.#choose(which),
      drafted: () => this.#drafted,
      rate: (score, comment) => {
        try {
          this.#rate(score, comment);
        } catch {
          // Somebody was faster: he is not asked any more.
        }
      },
      filled: (values) => {
        this.#link.write(this.#keys.filled, JSON.stringify(values));
        this.#fill(values);
      },
      // Looked at when it is drawn: the page may provide it later.
      get signIn() {
        return identity?.isProvided ? async () => !('error' in (await identity.ask('step-up'))) : undefined;
      },
      notNow: () => this.#tell(() => this.#machine.declineSignIn()),
      draft: (text) => this.#keepDraft(text || null),
      attach: (files) => this.#attach(files),
      retry: (key) => this.#retry(key),
      discard: (key) => this.#discard(key),
      typed: () => this.#tell(() => this.#machine.typed(performance.now())),
      earlier: () => this.#tell(() => this.#machine.earlier()),
      seen: () => this.#tell(() => this.#machine.handleSeen()),
      end: () => this.#tell(() => this.#machine.finish()),
      transcript: () => {
        this.#isWanted = true;
        this.#download();
      },
      forget: () => {
        this.#hide();
        for (const prefix of [this.#keys.waiting, this.#keys.draft, this.#keys.filled]) for (const key of this.#link.keys(prefix)) this.#link.write(key, null);
        this.#brought = [];
        this.#uploads?.end();
        this.#link.forget();
      },
      closed: () => this.#closed(),
      setSound: (isOn) => this.#link.write(this.#keys.sound, isOn ? '1' : null),
      canNotify: () => Boolean(this.#notice?.isPossible),
      isNotifying: () => this.#isNotifying,
      notify: () => {
        const isOn = this.#isNotifying;
        this.#link.write(this.#keys.notify, isOn ? null : '1');
        if (!isOn) void this.#notice?.ask();
      },
      isSoundOn: () => this.#link.read(this.#keys.sound) !== undefined,
    };
  }

  /** The whole thread as a file: first what is not here yet is asked for. */
  #download() {
    if (!this.#isWanted) return;
    const { top, rows } = JSON.parse(this.#machine.whole(this.#word, performance.now()));
    const canLoad = top.link === 'online' && rows.length < TRANSCRIPT;
    if (top.earlier === 'some' && canLoad) return void this.#tell(() => this.#machine.earlier());
    if (top.earlier === 'loading' && canLoad) return;
    this.#isWanted = false;
    this.#panel?.download(rows.map((/** @type {any} */ row) => ({ ...NO_ROW, ...row })));
  }

  /** Another tab has stored or removed something. @param {StorageEvent} event */
  #stored({ key, newValue }) {
    if (key === null || !key.startsWith(this.#keys.waiting)) return;
    this.#tell(() => this.#machine.handleStored(key.slice(this.#keys.waiting.length), newValue ?? undefined, performance.now()));
  }

  /** Calls the machine, then does what it wants. A fault ends the messenger quietly. @template T @param {() => T} fact @returns {T | undefined} */
  #tell(fact) {
    if (this.#abort.signal.aborted) return undefined;
    try {
      const result = fact();
      this.#perform();
      return result;
    } catch (error) {
      this.end();
      this.#link.fatal(error);
      return undefined;
    }
  }

  #perform() {
    for (;;) {
      switch (this.#machine.poll()) {
        case Todo.Send: {
          const message = this.#link.isJson ? this.#machine.text() : this.#machine.bytes();
          if (message !== undefined) this.#link.relay(message);
          break;
        }
        case Todo.Keep:
          // It goes with the first message.
          this.#link.write(this.#keys.filled, null);
          this.#link.write(this.#keys.waiting + this.#machine.id(), this.#machine.kept() ?? null);
          break;
        case Todo.Drop:
          this.#link.write(this.#keys.waiting + this.#machine.id(), null);
          break;
        case Todo.Announce:
          this.#announce(this.#machine.incoming());
          break;
        case Todo.Draw:
          this.#draw();
          break;
        default:
          clearTimeout(this.#timer);
          this.#wake();
          return;
      }
    }
  }

  #wake() {
    const wait = this.#machine.pollTimeout(performance.now());
    if (wait !== undefined) this.#timer = setTimeout(() => this.#tell(() => this.#machine.handleTimeout(performance.now())), wait);
  }

  /** @param {string} incoming a conversation, a name and a text, a line break between them */
  #announce(incoming) {
    const [conversation, name, ...text] = incoming.split('\n');
    this.#link.emit('message', { name: name || null, text: text.join('\n'), conversation });
    if (!this.#voice.isOwn) return;
    if (this.#link.read(this.#keys.sound) !== undefined && (!this.#isOpen || document.hidden)) this.#later.want('sound', ({ chime }) => chime());
    const isPlain = this.#link.options.messenger.notifications === 'plain';
    const notify = () => this.#notice?.tell(isPlain ? '' : name, isPlain ? '' : text.join('\n'), this.#isNotifying);
    if (this.#link.notice) notify();
    // Each by itself: they are counted.
    else if (document.hidden) this.#later.want(notify, notify);
  }

  /** Once for all that happens now. */
  #draw() {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    queueMicrotask(() => {
      this.#isDrawing = false;
      if (!this.#abort.signal.aborted) this.#drawNow();
    });
  }

  #drawNow() {
    const unread = this.#machine.unread();
    this.#link.launcher.setUnread(unread);
    // Read, perhaps in another tab.
    if (unread === 0) this.#ownNotice?.clear();
    this.#showTalk();
    if (this.#panel) {
      const { top, rows, gone } = JSON.parse(this.#machine.changes(this.#word, performance.now()));
      this.#hasSeveral = top.several === true;
      if (this.#isOpen) this.#keepFront();
      this.#panel.update({ top: { ...NO_TOP, ...top }, rows: rows.map((/** @type {any} */ row) => ({ ...NO_ROW, ...this.#placed(row) })), gone });
      this.#panel.updateUploads(this.#files);
    }
    this.#tellPage();
    this.#download();
  }

  /** Whether there is a thread, for the launcher that is wanted then only; also on the next page. */
  #showTalk() {
    const hasTalk = this.#machine.hasTalk();
    if (hasTalk === undefined || hasTalk === this.#hasTalk) return;
    this.#hasTalk = hasTalk;
    this.#link.write(this.#keys.talk, hasTalk ? '1' : null);
    this.#link.launcher.setTalk(hasTalk);
  }

  /** The customer's page hears of what changed. */
  #tellPage() {
    const [stage, agent = null] = this.#machine.standing().split('\n');
    const state = { unread: this.#machine.unread(), isOpen: this.#isOpen, stage, agent };
    const told = JSON.stringify(state);
    if (told === this.#told && !this.#isHeadless) return;
    this.#told = told;
    this.#link.emit('messenger', state);
  }
}

/** @param {Uint8Array} bytes */
const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** What a page wants to send. @param {unknown} files a file or several @returns {File[]} */
function checkedFiles(files) {
  const all = files instanceof File ? [files] : Array.isArray(files) || files instanceof FileList ? [...files] : [];
  if (all.length > 0 && all.every((file) => file instanceof File)) return all;
  throw failure('bad-argument', 'messenger.attach takes a File, or a list of them');
}

const REFUSED = {
  'empty-message': 'a message has something to read in it',
  'too-long': 'a message has at most 4,096 bytes',
  'too-many-waiting': 'too many messages wait to be sent',
  'not-asked': 'there is no conversation to rate, or the score is not 1 to 5',
};
