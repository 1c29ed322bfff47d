// @ts-check
// Where the visitor writes. What he wrote stays until the machine has taken it.

import { button, icon, make } from '../surface/make.js';

/** The counter appears from this share of the limit on. */
const NEAR = 0.9;

/** What the hub takes: for the browser's window, the hub looks for itself. */
const KINDS = 'image/png,image/jpeg,image/gif,image/webp,.pdf,.txt,.csv,.log,.md,.tsv,.docx,.xlsx,.pptx,.odt,.ods,.odp';

/** Lines that are shown at once. */
const LINES = 5;

const encoder = new TextEncoder();

export class Composer {
  element;
  #kit;
  #area;
  #send;
  #smile;
  #count = make('span', { class: 'count', id: 'count' });
  #limit = Infinity;
  /** @type {import('./emoji.js').Picker | undefined} */
  #picker;
  #isOpen = false;
  #isTouched = false;
  #said;
  #changes;
  #mayBegin;

  /**
   * @param {import('./view.js').Kit} kit
   * @param {{draft?: string, said(): void, changed(): void, mayBegin(again: () => void): boolean, announce(text: string): void}} options `said`: something was sent;
   *   `mayBegin`: whether nothing is to be filled in first; where that is not known yet, `again` is called once it is
   */
  constructor(kit, { draft = '', said, changed, mayBegin, announce }) {
    this.#kit = kit;
    this.#said = said;
    this.#changes = changed;
    this.#mayBegin = mayBegin;
    this.announce = announce;
    const { say } = kit;
    this.#area = /** @type {HTMLTextAreaElement} */ (make('textarea', {
      class: 'area', part: 'input', rows: '1', 'aria-label': say('write'), placeholder: say('write'), 'aria-describedby': 'count', enterkeyhint: 'send',
      autocomplete: 'off', 'data-name': 'composer',
    }));
    this.#area.value = draft;
    this.#smile = button({ name: 'emoji', label: say('emoji'), icon: 'smile', kind: 'round', isBare: true, act: () => (this.#isOpen ? this.#close() : this.#open()) });
    this.#smile.setAttribute('aria-expanded', 'false');
    this.#send = button({ name: 'send', label: say('send'), icon: 'up', kind: 'round send', isBare: true, act: () => this.#submit() });
    this.#send.setAttribute('part', 'send');
    const chosen = /** @type {HTMLInputElement} */ (make('input', { type: 'file', multiple: true, accept: KINDS, hidden: true, tabindex: '-1', 'data-name': 'files' }));
    const attach = button({ name: 'attach', label: say('attach'), icon: 'clip', kind: 'round', isBare: true, act: () => chosen.click() });
    chosen.addEventListener('change', (event) => {
      if (event.isTrusted) this.#attach([...(chosen.files ?? [])]);
      // The same file can be chosen again.
      chosen.value = '';
    });
    this.#area.addEventListener('paste', (event) => {
      const { files, types } = event.clipboardData ?? new DataTransfer();
      // Office programs add a picture of the text that was copied.
      if (!event.isTrusted || files.length === 0 || types.includes('text/plain')) return;
      event.preventDefault();
      this.#attach([...files]);
    });
    const box = make('div', { class: 'box' }, chosen, attach, this.#area, this.#smile, this.#send);
    this.element = make('div', { class: 'composer', part: 'composer' }, box, this.#count);
    // A click beside the text is meant for it.
    box.addEventListener('click', ({ target }) => target === box && this.focus());
    this.#area.addEventListener('input', (event) => {
      this.#changed();
      if (event.isTrusted) this.#kit.commands.typed();
    });
    this.#area.addEventListener('keydown', (event) => this.#pressed(event));
    this.element.addEventListener('focusout', ({ relatedTarget }) => {
      if (this.#isOpen && relatedTarget instanceof Node && !this.element.contains(relatedTarget)) this.#close(false);
    });
    this.#changed(false);
  }

  /** @param {import('./view.js').Top} top */
  update({ limit, stage }) {
    const placeholder = this.#kit.say(stage === 'ended' ? 'writeAnew' : 'write');
    if (this.#area.placeholder !== placeholder) this.#area.placeholder = placeholder;
    if (limit === this.#limit) return;
    this.#limit = limit;
    this.#drawCount();
  }

  /** What was not sent yet in another conversation. @param {string} draft */
  put(draft) {
    this.#isTouched = false;
    this.#close(false);
    this.#area.value = draft;
    this.#changed(false);
  }

  /** Whether he has written since it was put there, and has not sent it. */
  get isTouched() {
    return this.#isTouched && !this.isEmpty;
  }

  get isEmpty() {
    return this.#area.value.trim() === '';
  }

  focus() {
    this.#area.focus({ preventScroll: true });
  }

  /** As high as its text, once it is in view. */
  fit() {
    const area = this.#area;
    area.style.setProperty('height', 'auto');
    const { lineHeight, paddingTop, paddingBottom } = getComputedStyle(area);
    const most = LINES * parseFloat(lineHeight) + parseFloat(paddingTop) + parseFloat(paddingBottom);
    area.style.setProperty('height', `${Math.min(area.scrollHeight, most)}px`);
    area.toggleAttribute('data-full', area.scrollHeight > most + 1);
  }

  /** Closes what is open over it; whether something was. */
  dismiss() {
    if (!this.#isOpen) return false;
    this.#close();
    return true;
  }

  /** @param {File[]} files */
  #attach(files) {
    if (files.length === 0 || !this.#mayBegin(() => this.#attach(files))) return;
    this.#kit.commands.attach(files);
    this.focus();
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    // The key that ends a composition is no Enter, though Safari says so: it has this code then.
    const isComposing = event.isComposing || event.keyCode === 229;
    if (!event.isTrusted || event.key !== 'Enter' || event.shiftKey || event.altKey || isComposing) return;
    event.preventDefault();
    if (!event.repeat) this.#submit();
  }

  #submit() {
    const text = this.#area.value.trim();
    if (text === '') return this.focus();
    if (encoder.encode(text).length > this.#limit) {
      this.announce(this.#count.textContent ?? '');
      return this.focus();
    }
    if (!this.#mayBegin(() => this.#submit())) return;
    /** @type {unknown} */
    let taken = false;
    try {
      taken = this.#kit.commands.say(text) ?? true;
    } catch {
      // As if it said no.
    }
    if (taken !== true) return this.#refuse(taken);
    this.#area.value = '';
    this.#close(false);
    this.#changed();
    this.focus();
    this.#said();
  }

  /** Says why the text stays, where that is known, until it is changed or sent. @param {unknown} code */
  #refuse(code) {
    if (code === 'too-many-waiting') {
      const why = this.#kit.say('full');
      this.#count.textContent = why;
      this.#count.toggleAttribute('data-over', true);
      this.announce(why);
    }
    this.focus();
  }

  /** @param {boolean} [isNew] whether to keep it */
  #changed(isNew = true) {
    // Without a text that has a direction, the page's.
    this.#area.dir = this.#area.value ? 'auto' : this.#kit.texts.direction;
    this.#drawCount();
    this.fit();
    if (!isNew) return;
    this.#isTouched = true;
    this.#kit.commands.draft?.(this.#area.value);
    this.#changes();
  }

  #drawCount() {
    const { say, texts } = this.#kit;
    const text = this.#area.value.trim();
    const bytes = encoder.encode(text).length;
    const left = this.#limit - bytes;
    const isNear = bytes >= this.#limit * NEAR;
    this.#count.textContent = !isNear ? '' : left < 0 ? say('over', texts.number(-left)) : say('left', texts.number(left));
    this.#count.toggleAttribute('data-over', left < 0);
    this.#area.setAttribute('aria-invalid', String(left < 0));
    this.#send.toggleAttribute('data-ready', text !== '' && left >= 0);
  }

  #open() {
    this.#kit.later.want('emoji', ({ Picker }) => {
      this.#picker ??= new Picker(this.#kit, (emoji) => this.#insert(emoji), () => this.#close());
      this.#isOpen = true;
      this.#smile.setAttribute('aria-expanded', 'true');
      this.element.prepend(this.#picker.element);
      this.#picker.focus();
    });
  }

  /** @param {boolean} [isBack] whether the focus goes back to the text */
  #close(isBack = true) {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#smile.setAttribute('aria-expanded', 'false');
    this.#picker?.element.remove();
    if (isBack) this.focus();
  }

  /** @param {string} emoji */
  #insert(emoji) {
    const { selectionStart, selectionEnd } = this.#area;
    this.#area.setRangeText(emoji, selectionStart, selectionEnd, 'end');
    this.#close();
    this.#changed();
    this.#kit.commands.typed();
  }
}
