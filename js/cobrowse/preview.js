// @ts-check
// What an agent would see of this page, for the visitor: the same masking, the same replica, and nothing leaves the page.

import { loadMirror, loadReplay } from '../load.js';
import { make } from '../surface/make.js';

export class Preview {
  #box;
  #texts;
  #masking;
  /** What is masked in what is shown. @type {import('./rules.js').Rules | undefined} */
  #rules;
  /** @type {import('../mirror/mirror.js').Told | undefined} */
  #mirror;
  #hasEnded = false;

  /** @param {HTMLElement} box @param {import('./words.js').Texts} texts @param {() => import('./rules.js').Rules} masking */
  constructor(box, texts, masking) {
    this.#box = box;
    this.#texts = texts;
    this.#masking = masking;
  }

  async begin() {
    const note = make('p', { role: 'status' }, this.#texts.say('previewWaits'));
    this.#box.append(note);
    try {
      const [replay, { mirror, own }] = await Promise.all([loadReplay(), loadMirror()]);
      if (this.#hasEnded) return;
      const frame = /** @type {HTMLIFrameElement} */ (make('iframe', { title: this.#texts.say('previewTitle'), tabindex: '-1', inert: true }));
      this.#box.append(frame);
      // It is of the visitor's own browser, which has these pictures already.
      const { handle, ask } = replay(frame, { sources: 'https: http:' });
      // What the SDK shows is not told.
      own.host = /** @type {ShadowRoot} */ (this.#box.getRootNode()).host;
      this.#rules = this.#masking();
      this.#mirror = mirror((bytes) => {
        if (handle(bytes)) this.#mirror?.retell(ask());
        const scale = this.#box.clientWidth / innerWidth;
        frame.style.transform = `scale(${scale})`;
        this.#box.style.height = `${Math.round(innerHeight * scale)}px`;
      }, { ...this.#rules, hasTurned: () => this.#hasTurned(), fatal: () => this.#fail(note) });
      let isRefused = false;
      // After the first drawing, which begins the frame's document anew.
      frame.contentWindow?.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => (isRefused ||= effectiveDirective.startsWith('style')));
      await this.#mirror.whole();
      // A page whose policy forbids inline styles forbids them to its frames, too: it would look like nothing that anybody sees.
      await new Promise((done) => setTimeout(done, 100));
      if (this.#hasEnded) return;
      if (isRefused) this.#fail(note);
      else note.remove();
    } catch {
      this.#fail(note);
    }
  }

  /** Whether what is shown has begun anew, because something else is masked now. */
  #hasTurned() {
    const rules = this.#masking();
    if (rules === this.#rules) return false;
    this.#rules = rules;
    this.#mirror?.mask(rules);
    return true;
  }

  end() {
    this.#hasEnded = true;
    this.#mirror?.stop();
    this.#mirror = undefined;
  }

  /** @param {HTMLElement} note */
  #fail(note) {
    this.end();
    note.textContent = this.#texts.say('previewFails');
    this.#box.style.height = '';
    this.#box.replaceChildren(note);
  }
}
