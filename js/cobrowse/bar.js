// @ts-check
// The bar of a shared page: who sees it, what they may do, and how to end that.

import { nameOf } from './dialogs.js';
import { button, icon, make, Slot } from '../surface/make.js';
import { clock } from '../surface/texts.js';

/** Where it can stand. */
const PLACES = [['top-left', 'top', 'top-right'], ['bottom-left', 'bottom', 'bottom-right']];

/** A delay from which a person notices, and one that disturbs him, in milliseconds. */
const NOTICED = 150, DISTURBING = 400;

/** @type {Array<'pen' | 'arrow' | 'rectangle'>} */
const TOOLS = ['pen', 'arrow', 'rectangle'];

/**
 * What the state of a shared page is called. "Sharing" is said if and only if the mirror flows: by nothing else.
 * @param {import('./session.js').View} view
 */
export function stateOf(view) {
  if (view.isSharing) return 'sharing';
  if (!view.isOnline) return 'reconnecting';
  if (view.isPrivatePage) return 'private';
  return view.told?.paused ? 'paused' : 'waiting';
}

/** @type {Record<ReturnType<typeof stateOf>, import('../surface/make.js').IconName>} */
const STATE_ICONS = { sharing: 'eye', reconnecting: 'clock', paused: 'pause', private: 'pause', waiting: 'clock' };

export class Bar {
  #kit;
  #dock;
  #row;
  #column;
  /** @type {Slot[]} */
  #slots;
  #bar;

  /** @param {import('./panel.js').Kit} kit @param {HTMLElement} dock is moved about */
  constructor(kit, dock) {
    this.#kit = kit;
    this.#dock = dock;
    this.#row = 1;
    this.#column = 1;
    const parts = [make('div', { class: 'state' }), make('div', { class: 'facts' }), make('div', { class: 'actions' }), make('div', { class: 'slot' }), make('div', { class: 'slot' })];
    this.#slots = parts.map((part) => new Slot(part));
    this.#bar = make('section', { class: 'bar', 'aria-label': kit.say('region'), 'aria-describedby': 'keys' }, this.#grip(), ...parts,
      make('span', { class: 'unseen', id: 'keys' }, kit.say('keys')));
    this.#bar.title = kit.say('keys');
    this.#state = parts[0];
    dock.append(this.#bar);
    this.#place();
  }

  #state;

  /**
   * @param {import('./session.js').View} view
   * @param {{changes: number, isListOpen: boolean, isDrawing: boolean, tool: string}} own what is open of the bar itself
   */
  draw(view, { changes, isListOpen, isDrawing, tool }) {
    const { say, commands } = this.#kit;
    const isLive = view.stage === 'live';
    this.#bar.hidden = !isLive;
    if (!isLive) return;
    const [state, facts, actions, granted, tools] = this.#slots;
    const now = stateOf(view);
    const text = now === 'sharing' ? say('sharing', this.#kit.names(view)) : say(now);
    state.draw(`${now} ${text}`, () => [icon(STATE_ICONS[now]), make('span', {}, text)]);
    this.#state.setAttribute('data-state', now);

    const agents = view.told?.agents ?? [];
    const silent = agents.filter((/** @type {{silent: boolean}} */ { silent }) => silent).length;
    const isKnown = now === 'sharing' && view.latency !== undefined;
    const level = !isKnown ? 0 : /** @type {number} */ (view.latency) < NOTICED ? 3 : /** @type {number} */ (view.latency) < DISTURBING ? 2 : 1;
    // Ten milliseconds more or less are no news.
    const latency = isKnown ? Math.ceil(/** @type {number} */ (view.latency) / 10) * 10 : 0;
    const isWatched = now === 'sharing' && agents.length > 0;
    facts.draw(isWatched || level ? `${isWatched} ${agents.length} ${silent} ${level} ${latency}` : '', () => {
      const watching = silent ? say('silent', agents.length, silent) : say('watching', agents.length);
      const delay = `${level === 1 ? `${say('slow')}. ` : ''}${say('latency', this.#kit.texts.milliseconds(latency))}`;
      return [
        isWatched && make('span', { class: 'number', title: watching, role: 'img', 'aria-label': watching }, icon('eye'), String(agents.length)),
        level > 0 && make('span', { class: 'bars', title: delay, role: 'img', 'aria-label': delay, 'data-level': String(level) }, make('i'), make('i'), make('i')),
      ];
    });

    const isPaused = Boolean(view.told?.paused);
    actions.draw(`${now} ${isPaused} ${isDrawing} ${changes} ${isListOpen}`, () => [
      changes > 0 && button({ name: 'list', label: `${say('changes')} (${changes})`, icon: 'list', isPressed: isListOpen, act: commands.toggleList }),
      now === 'sharing' && button({ name: 'draw', label: say('draw'), icon: 'pen', isPressed: isDrawing, act: commands.toggleTools }),
      now === 'private' ? false : isPaused
        ? button({ name: 'pause', label: say('goOn'), icon: 'go', act: commands.goOn })
        : button({ name: 'pause', label: say('pause'), icon: 'pause', act: commands.pause }),
      make('span', { class: 'rule', 'aria-hidden': 'true' }),
      button({ name: 'end', label: say('end'), icon: 'end', kind: 'danger', act: commands.end }),
    ]);

    const grants = view.told?.grants ?? [];
    const key = grants.map((/** @type {any} */ grant) => [grant.agent, grant.capability, grant.within, grant.uses, grant.proposes].join(' ')).join('\n');
    granted.draw(key, () => [
      make('div', { class: 'row granted' },
        make('div', {}, ...grants.map((/** @type {any} */ grant) => make('div', { class: 'number' }, ...this.#grant(view, grant)))),
        button({ name: 'revoke', label: say('revoke'), icon: 'hand', kind: 'small', act: commands.revoke })),
    ]);

    tools.draw(isDrawing && now === 'sharing' ? `tools ${tool}` : '', () => [
      make('div', { class: 'row', role: 'group', 'aria-label': say('tools') },
        ...TOOLS.map((name) => button({ name, label: say(name), icon: name, kind: 'small tool', isPressed: name === tool, act: () => commands.choose(name === tool ? '' : name) })),
        button({ name: 'erase', label: say('erase'), icon: 'erase', kind: 'small tool', act: commands.erase })),
    ]);
  }

  /** The first thing that can be pressed. */
  focus() {
    /** @type {HTMLElement | null} */ (this.#bar.querySelector('.actions button'))?.focus();
  }

  /** @param {import('./session.js').View} view @param {{agent: number, capability: string, within?: number, uses?: number, expiresIn?: number, proposes?: boolean}} grant */
  #grant(view, { agent, capability, within, uses, expiresIn, proposes }) {
    const { say, times } = this.#kit;
    const what = say(capability === 'navigation' ? 'mayNavigate' : proposes ? 'maySuggest' : 'mayControl', nameOf(view, agent, say('helper')));
    const limits = [within !== undefined && say('isLimited'), uses !== undefined && say('uses', uses)].filter((limit) => typeof limit === 'string');
    const left = expiresIn !== undefined && this.#kit.clock(() => times.grants.get(`${agent} ${capability}`) ?? NaN, (milliseconds) => clock(milliseconds));
    return [[what, ...limits].join(' · '), left && ' · ', left];
  }

  #grip() {
    const grip = button({ name: 'grip', label: this.#kit.say('move'), icon: 'grip', kind: 'grip', isBare: true, act() {} });
    /** @type {{x: number, y: number} | undefined} */
    let from;
    grip.addEventListener('pointerdown', (event) => {
      from = { x: event.clientX, y: event.clientY };
      grip.setPointerCapture(event.pointerId);
    });
    grip.addEventListener('pointermove', ({ clientX, clientY }) => {
      if (!from) return;
      this.#dock.setAttribute('data-dragged', '');
      this.#dock.style.transform = `translate(${clientX - from.x}px, ${clientY - from.y}px)`;
    });
    const dropped = () => {
      if (!from) return;
      from = undefined;
      const { left, top, width, height } = this.#dock.getBoundingClientRect();
      this.#dock.removeAttribute('data-dragged');
      this.#dock.style.transform = '';
      this.#row = top + height / 2 < innerHeight / 2 ? 0 : 1;
      this.#column = Math.min(2, Math.max(0, Math.floor(((left + width / 2) / innerWidth) * 3)));
      this.#place();
    };
    grip.addEventListener('pointerup', dropped);
    grip.addEventListener('pointercancel', dropped);
    grip.addEventListener('keydown', (event) => {
      if (!event.isTrusted || !Object.hasOwn(STEPS, event.key)) return;
      event.preventDefault();
      const [rows, columns] = STEPS[event.key];
      this.#row = Math.min(1, Math.max(0, this.#row + rows));
      this.#column = Math.min(2, Math.max(0, this.#column + columns));
      this.#place();
    });
    return grip;
  }

  #place() {
    this.#dock.setAttribute('data-place', PLACES[this.#row][this.#column]);
  }
}

/** @type {Record<string, [number, number]>} */
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
