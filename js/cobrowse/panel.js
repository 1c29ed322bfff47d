// @ts-check
// What the visitor sees of a session and does in it. It decides nothing: it draws the view that it is given.

import { Bar, stateOf } from './bar.js';
import { changed, joining, over, request, warning } from './cards.js';
import { asked, enter, nameOf, show } from './dialogs.js';
import { make, Slot } from '../surface/make.js';
import { isModal } from '../surface/surface.js';
import { texts } from './words.js';

/** Times are drawn so often, in milliseconds. */
const TICK = 250;

/** Screen readers take a text that comes a moment after its place, in milliseconds. */
const SAID_AFTER = 80;

/** What the visitor ended himself needs no answer, in milliseconds. */
const OVER_FOR = 8_000;

/**
 * @typedef {import('./session.js').View} View
 * @typedef {import('./session.js').Change} Change
 * @typedef {import('./session.js').Commands} Commands
 * @typedef {{toggleList(): void, toggleTools(): void, choose(tool: string): void, dismiss(): void}} Own
 * @typedef {{endsAt: number, codeEndsAt: number, retryAt: number, grants: Map<string, number>}} Times in `performance.now()`; NaN: none
 * @typedef {{texts: import('./words.js').Texts, say: import('./words.js').Texts['say'], commands: Commands & Own, times: Times, names(view: View): string,
 *   clock(until: () => number, text: (left: number) => string): HTMLElement, redraw(): void,
 *   masking(): import('./rules.js').Rules}} Kit what all parts of the panel use
 */

export class Panel {
  #surface;
  /** @type {Kit} */
  #kit;
  #all;
  #seen = make('div', { class: 'seen', 'aria-hidden': 'true', hidden: true });
  #polite = make('div', { class: 'unseen', 'aria-live': 'polite' });
  #loud = make('div', { class: 'unseen', 'aria-live': 'assertive' });
  #dock = make('div', { class: 'dock' });
  #bar;
  /** Warning, request, changes, joining, over. */
  #cards = [0, 1, 2, 3, 4].map(() => make('div', { class: 'slot' }));
  #slots = this.#cards.map((card) => new Slot(card));
  /** What was read out of each. @type {string[]} */
  #said = [];
  /** @type {import('./dialogs.js').Dialog & {kind: string} | undefined} */
  #dialog;
  /** What the visitor wants with codes. @type {'' | 'enter' | 'show'} */
  #wish = '';
  /** @type {View | undefined} */
  #view;
  /** @type {Change[]} */
  #changes = [];
  #isListOpen = false;
  #isDrawing = false;
  #tool = '';
  /** @type {Array<{place: HTMLElement, until: () => number, text: (left: number) => string}>} */
  #clocks = [];
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #ticking;
  /** What had the focus before the panel took it. @type {Element | null} */
  #before = null;
  #overSince = NaN;

  /**
   * @param {import('../surface/surface.js').Surface} surface
   * @param {Commands} commands
   * @param {{language?: string, masking: Kit['masking']}} options
   */
  constructor(surface, commands, { language, masking }) {
    this.#surface = surface;
    const words = texts([language, document.documentElement.lang, ...navigator.languages]);
    const own = {
      toggleList: () => this.#change(() => (this.#isListOpen = !this.#isListOpen)),
      toggleTools: () => this.#change(() => {
        this.#isListOpen = false;
        this.#draws(!this.#isDrawing, this.#isDrawing ? '' : 'pen');
      }),
      choose: (/** @type {string} */ tool) => this.#change(() => this.#draws(true, tool)),
      dismiss: () => {
        this.#wish = '';
        commands.dismiss();
      },
    };
    this.#kit = {
      texts: words,
      say: words.say,
      commands: { ...commands, ...own },
      times: { endsAt: NaN, codeEndsAt: NaN, retryAt: NaN, grants: new Map() },
      names: (view) => this.#names(view),
      clock: (until, text) => this.#clock(until, text),
      redraw: () => this.#redraw(),
      masking,
    };
    this.#all = make('div', { class: 'all', lang: words.language }, this.#seen, this.#dock, this.#polite, this.#loud);
    this.#dock.append(...this.#cards);
    this.#bar = new Bar(this.#kit, this.#dock);
    surface.root.append(this.#all);
  }

  /** Where the overlay draws: under everything else. */
  get ground() {
    return this.#all;
  }

  /** The bar and what stands over it. */
  get dock() {
    return this.#dock;
  }

  get texts() {
    return this.#kit.texts;
  }

  /** A dialog for an agent's code. */
  askForCode() {
    this.#change(() => (this.#wish = 'enter'));
  }

  /** A dialog that shows the visitor's own code. */
  showCode() {
    this.#change(() => (this.#wish = 'show'));
  }

  /** The visitor draws no more. Whether he did. */
  stopDrawing() {
    if (this.#tool === '') return false;
    this.#change(() => this.#draws(false, ''));
    return true;
  }

  /** To the panel, and back to the page. */
  moveFocus() {
    if (!this.#view || this.#dialog) return;
    if (this.#surface.root.activeElement) return this.#giveBack();
    this.#before = document.activeElement;
    const heading = /** @type {HTMLElement | null} */ (this.#cards[1].querySelector('h2'));
    if (heading) heading.focus();
    else this.#bar.focus();
  }

  /** @param {View} view @param {Change[]} changes */
  draw(view, changes) {
    const before = this.#view;
    this.#view = view;
    this.#changes = changes;
    const isFree = view.stage === 'idle' || view.stage === 'over';
    if (!isFree) this.#wish = '';
    // A code that the page itself used, without a dialog.
    else if (view.objection && !this.#wish) this.#wish = 'enter';
    if (view.objection && !before?.objection) this.#kit.times.retryAt = performance.now() + (view.retryAfter ?? 0);
    const isShown = view.stage !== 'idle' || this.#wish !== '';
    if (!isShown) {
      this.#isListOpen = false;
      this.#takeDown();
      return;
    }
    this.#surface.show('panel');
    this.#ticking ??= setInterval(() => this.#tick(), TICK);
    this.#measure(view);
    if (!view.isSharing && this.#isDrawing) this.#draws(false, '');
    if (changes.some(({ isProposal, index }) => isProposal && !this.#knew.has(index))) this.#isListOpen = true;
    this.#knew = new Set(changes.map(({ index }) => index));
    this.#drawAll(view);
    this.#tell(before, view);
  }

  /** Changes that were shown. @type {Set<number>} */
  #knew = new Set();

  /** Off the page. */
  end() {
    this.#takeDown();
    this.#all.remove();
  }

  /** @param {View} view */
  #drawAll(view) {
    this.#seen.hidden = !view.isSharing;
    this.#seen.toggleAttribute('data-granted', (view.told?.grants ?? []).length > 0);
    const cards = [
      warning(this.#kit, view), request(this.#kit, view), changed(this.#kit, view, this.#changes, this.#isListOpen), joining(this.#kit, view), over(this.#kit, view),
    ];
    cards.forEach(({ key, build, said, isLoud }, at) => {
      const hadFocus = this.#cards[at].contains(this.#surface.root.activeElement);
      const isNew = this.#slots[at].draw(key, build);
      if (key && said && this.#said[at] !== key) this.#say(said, isLoud);
      this.#said[at] = key;
      if (!isNew) return;
      if (at === 1 && key) this.#bringTo(/** @type {HTMLElement | null} */ (this.#cards[at].querySelector('h2')));
      else if (hadFocus && !this.#surface.root.activeElement) this.#giveBack();
    });
    this.#bar.draw(view, { changes: this.#changes.length, isListOpen: this.#isListOpen, isDrawing: this.#isDrawing, tool: this.#tool });
    if (view.stage === 'over') this.#overSince = Number.isNaN(this.#overSince) ? performance.now() : this.#overSince;
    else this.#overSince = NaN;
    this.#drawDialog(view);
    this.#drawClocks();
  }

  /** @param {View} view */
  #drawDialog(view) {
    const kind = view.stage === 'asked' ? `asked ${view.told?.session}` : this.#wish;
    if (this.#dialog?.kind !== kind) {
      this.#close();
      if (kind) {
        const made = kind === 'enter' ? enter(this.#kit) : kind === 'show' ? show(this.#kit) : asked(this.#kit, view);
        this.#dialog = { kind, ...made };
        this.#surface.look();
        this.#all.append(made.element);
        made.element.showModal();
        // Not a button: who is typing now would press it.
        (made.first ?? made.element).focus();
      }
    }
    if (!this.#dialog) return;
    this.#dialog.draw(view);
    const { element } = this.#dialog;
    // A page that took it away took its rank, too.
    if (!element.isConnected || isModal(element)) return;
    element.close();
    element.showModal();
  }

  #close() {
    this.#dialog?.end?.();
    this.#dialog?.element.close();
    this.#dialog?.element.remove();
    this.#dialog = undefined;
  }

  #takeDown() {
    this.#close();
    clearInterval(this.#ticking);
    this.#ticking = undefined;
    this.#clocks = [];
    for (const slot of this.#slots) slot.draw('', () => []);
    this.#said = [];
    this.#seen.hidden = true;
    this.#polite.textContent = this.#loud.textContent = '';
    this.#giveBack();
    this.#surface.hide('panel');
  }

  /** Ends of what ends by itself. @param {View} view */
  #measure(view) {
    const now = performance.now();
    const { times } = this.#kit;
    times.endsAt = view.told?.endsIn === undefined ? NaN : now + view.told.endsIn;
    times.codeEndsAt = view.codeEndsIn === undefined ? NaN : now + view.codeEndsIn;
    times.grants = new Map((view.told?.grants ?? []).map((/** @type {any} */ { agent, capability, expiresIn }) => [`${agent} ${capability}`, now + expiresIn]));
  }

  #tick() {
    const view = this.#view;
    if (!view) return;
    // A warning comes when its time comes.
    this.#drawAll(view);
    if (view.stage === 'over' && view.reason === 'visitor' && performance.now() - this.#overSince > OVER_FOR) this.#kit.commands.dismiss();
  }

  /** @param {() => number} until @param {(left: number) => string} text */
  #clock(until, text) {
    const place = make('span');
    this.#clocks.push({ place, until, text });
    return place;
  }

  #drawClocks() {
    this.#clocks = this.#clocks.filter(({ place }) => place.isConnected);
    for (const { place, until, text } of this.#clocks) {
      const now = text(until() - performance.now());
      if (place.textContent !== now) place.textContent = now;
    }
  }

  /** Who helps, by name. @param {View} view */
  #names(view) {
    const agents = (view.told?.agents ?? []).filter((/** @type {{silent: boolean}} */ { silent }) => !silent);
    const names = agents.slice(0, 3).map((/** @type {{number: number}} */ { number }) => nameOf(view, number, this.#kit.say('helper')));
    if (agents.length > 3) names.push(`+${agents.length - 3}`);
    return names.length > 0 ? this.#kit.texts.all(names) : this.#kit.say('helper');
  }

  /** Reads out what has changed. @param {View | undefined} before @param {View} view */
  #tell(before, view) {
    if (view.stage !== 'live') return;
    const state = stateOf(view);
    const { say } = this.#kit;
    if (before?.stage !== 'live' || stateOf(before) !== state) this.#say(state === 'sharing' ? say('sharing', this.#names(view)) : say(state));
    const known = new Set((before?.told?.grants ?? []).map((/** @type {any} */ { agent, capability }) => `${agent} ${capability}`));
    const grants = view.told?.grants ?? [];
    for (const { agent, capability, proposes } of grants) {
      if (known.has(`${agent} ${capability}`)) continue;
      this.#say(say(capability === 'navigation' ? 'mayNavigate' : proposes ? 'maySuggest' : 'mayControl', nameOf(view, agent, say('helper'))), true);
    }
    if (known.size > 0 && grants.length === 0) this.#say(say('wasRevoked'), true);
  }

  /** @param {string} text @param {boolean} [isLoud] before everything else */
  #say(text, isLoud = false) {
    const place = isLoud ? this.#loud : this.#polite;
    const line = make('p', {}, text);
    setTimeout(() => {
      place.append(line);
      if (place.childElementCount > 3) place.firstElementChild?.remove();
    }, SAID_AFTER);
  }

  /** @param {() => void} change */
  #change(change) {
    change();
    this.#redraw();
  }

  #redraw() {
    if (this.#view) this.draw(this.#view, this.#changes);
  }

  /** @param {boolean} isDrawing @param {string} tool */
  #draws(isDrawing, tool) {
    this.#isDrawing = isDrawing;
    this.#tool = tool;
    this.#kit.commands.draw(tool);
  }

  /** The focus goes there, unless somebody is typing. @param {HTMLElement | null} place */
  #bringTo(place) {
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    if (!place || focused?.isContentEditable || /^(input|textarea|select|iframe)$/i.test(focused?.localName ?? '')) return;
    if (!this.#surface.root.activeElement) this.#before = focused;
    place.focus({ preventScroll: true });
  }

  #giveBack() {
    const before = /** @type {HTMLElement | null} */ (this.#before);
    this.#before = null;
    if (before?.isConnected && before !== document.body) before.focus({ preventScroll: true });
    else /** @type {HTMLElement | null} */ (this.#surface.root.activeElement)?.blur();
  }
}
