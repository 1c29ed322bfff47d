// @ts-check
// What agents show on the page, and what the visitor shows them: pointers, outlines, drawings.

import { nameOf } from './dialogs.js';
import { Drawings, Pad } from './drawing.js';
import { button, make, makeSvg } from '../surface/make.js';
import { boxOf, eachWindow } from './box.js';

/** Of `src/protocol/cobrowse.rs`. */
const PLACE_PARTS = 10_000;

/** Each agent has one; white is read on all of them. */
const COLOURS = ['#7c3aed', '#c2410c', '#0369a1', '#be185d', '#4d7c0f', '#a16207'];
const OWN_COLOUR = '#0e6557';

/** A finger leaves nothing where it was, after so long, in milliseconds. */
const FINGER = 1_500;

/**
 * @typedef {{node: number, x: number, y: number, element: HTMLElement}} Pointer
 * @typedef {{element: HTMLElement, name: HTMLElement, node: number | Node}} Outline by id, or itself
 */

export class Overlay {
  #surface;
  #panel;
  #page;
  #abort = new AbortController();
  #drawings;
  #pad;
  #ground = make('div', { 'aria-hidden': 'true' });
  #hint = make('div', { class: 'card', hidden: true });
  /** By agent. @type {Map<number, Pointer>} */
  #pointers = new Map();
  /** By agent. @type {Map<number, Outline>} */
  #lights = new Map();
  /** Where a grant ends, or a request would. @type {Outline[]} */
  #scopes = [];
  /** What agents propose, where it would stand. @type {Outline[]} */
  #ghosts = [];
  /** @type {import('./session.js').View | undefined} */
  #view;
  #frame = 0;
  /** Where the visitor points, if that was not told yet. @type {{target: any, x: number, y: number, isPressed: boolean} | undefined} */
  #own;
  /** Whether agents see the visitor's pointer. */
  #isTold = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #lifting;
  /** The highlight that the hint is about. */
  #hinted = -1;

  /**
   * @param {import('../surface/surface.js').Surface} surface
   * @param {import('./panel.js').Panel} panel
   * @param {{node(id: number): Node | undefined, idOf(node: Node): number, point(node: number | undefined, x: number, y: number, isPressed: boolean): void,
   *   draw(number: number, tool: string, points: Uint32Array): void, erase(): void}} page
   */
  constructor(surface, panel, page) {
    this.#surface = surface;
    this.#panel = panel;
    this.#page = page;
    this.#drawings = new Drawings(panel.ground, (by) => colourOf(by));
    this.#pad = new Pad(panel.ground, (number, tool, points) => {
      this.#drawings.add(0, number, tool, points);
      page.draw(number, tool, Uint32Array.from(points));
    });
    panel.ground.prepend(this.#ground);
    panel.dock.prepend(this.#hint);
    eachWindow(this.#abort.signal, (view) => this.#listen(view));
  }

  /** What the protocol calls `point`, `highlight`, `draw`, `erase`, or `{gone: agent}`. @param {any} sign */
  show(sign) {
    if (sign.point) this.#point(sign.point);
    else if (sign.highlight) this.#highlight(sign.highlight);
    else if (sign.draw) this.#drawings.add(sign.draw.by, sign.draw.number, sign.draw.tool, sign.draw.points);
    else if (sign.erase) this.#drawings.erase(sign.erase.by);
    else if (sign.gone !== undefined) this.#forget(sign.gone);
    this.#schedule();
  }

  /** The visitor draws with this, or not any more. @param {string} tool */
  draw(tool) {
    this.#pad.use(/** @type {any} */ (tool));
    this.#schedule();
  }

  /** The visitor's drawings go. */
  erase() {
    this.#drawings.erase(0);
    this.#page.erase();
  }

  /** @param {import('./session.js').View} view @param {import('./session.js').Change[]} changes */
  handleView(view, changes) {
    this.#view = view;
    for (const { element } of this.#ghosts) element.remove();
    this.#ghosts = [];
    if (view.stage === 'live') {
      for (const { agent, element, text, isProposal } of changes) {
        if (!isProposal || !element || text === undefined) continue;
        const ghost = this.#outline(element, text, 'ghost');
        ghost.element.style.setProperty('--mine', colourOf(agent));
        this.#ghosts.push(ghost);
      }
    }
    if (!view.isSharing) {
      this.#clear();
      return;
    }
    const scopes = [view.told?.request?.within, ...(view.told?.grants ?? []).map((/** @type {any} */ { within }) => within)];
    const wanted = [...new Set(scopes.filter((node) => node !== undefined))];
    if (wanted.join() !== this.#scopes.map(({ node }) => node).join()) {
      for (const { element } of this.#scopes) element.remove();
      this.#scopes = wanted.map((node) => this.#outline(node, '', 'scope'));
    }
    this.#schedule();
  }

  /** Off the page. */
  end() {
    this.#abort.abort();
    this.#clear();
    this.#drawings.end();
    this.#ground.remove();
    this.#hint.remove();
  }

  #clear() {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#lifting);
    this.#frame = 0;
    this.#own = undefined;
    this.#isTold = false;
    this.#pad.use('');
    this.#drawings.clear();
    for (const agent of [...this.#pointers.keys(), ...this.#lights.keys()]) this.#forget(agent);
    for (const { element } of this.#scopes) element.remove();
    this.#scopes = [];
    this.#hide();
  }

  /** @param {number} agent */
  #forget(agent) {
    this.#pointers.get(agent)?.element.remove();
    this.#pointers.delete(agent);
    this.#lights.get(agent)?.element.remove();
    this.#lights.delete(agent);
    this.#drawings.erase(agent);
  }

  /** @param {number} agent */
  #name(agent) {
    const otherwise = this.#panel.texts.say('helper');
    return this.#view ? nameOf(this.#view, agent, otherwise) : otherwise;
  }

  /** @param {{by: number, node?: number, x: number, y: number, pressed: boolean}} point */
  #point({ by, node, x, y, pressed }) {
    if (node === undefined) {
      this.#pointers.get(by)?.element.remove();
      this.#pointers.delete(by);
      return;
    }
    let pointer = this.#pointers.get(by);
    if (!pointer) {
      const arrow = makeSvg('svg', { viewBox: '0 0 22 24' });
      arrow.append(makeSvg('path', { d: 'M3 2l15.5 11-7.2 1L7.5 21z' }));
      const element = make('div', { class: 'pointer' }, arrow, make('span', { class: 'name' }, this.#name(by)));
      element.style.setProperty('--mine', colourOf(by));
      this.#ground.append(element);
      pointer = { node, x, y, element };
      this.#pointers.set(by, pointer);
    }
    Object.assign(pointer, { node, x, y });
    if (!pressed) return;
    const ripple = make('span', { class: 'ripple' });
    ripple.style.position = 'absolute';
    ripple.addEventListener('animationend', () => ripple.remove());
    pointer.element.querySelector('.ripple')?.remove();
    pointer.element.append(ripple);
  }

  /** @param {{by: number, node?: number}} highlight */
  #highlight({ by, node }) {
    this.#lights.get(by)?.element.remove();
    this.#lights.delete(by);
    if (node === undefined) return;
    const light = this.#outline(node, this.#name(by), '');
    light.element.style.setProperty('--mine', colourOf(by));
    this.#lights.set(by, light);
  }

  /** @param {number | Node} node @param {string} label @param {'' | 'scope' | 'ghost'} kind @returns {Outline} */
  #outline(node, label, kind) {
    const name = make('span', { class: 'name', hidden: label === '' }, label);
    const element = make('div', { class: 'light', hidden: true, 'data-kind': kind || undefined }, name);
    this.#ground.append(element);
    return { element, name, node };
  }

  #schedule() {
    const isIdle = this.#pointers.size + this.#lights.size + this.#scopes.length + this.#ghosts.length === 0 && this.#drawings.isEmpty && !this.#pad.isActive && !this.#own;
    if (isIdle) this.#hide();
    if (isIdle || this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#step();
      this.#schedule();
    });
  }

  /** One frame: everything is where its element is now. */
  #step() {
    this.#tell();
    this.#pad.frame();
    this.#drawings.frame();
    for (const { node, x, y, element } of this.#pointers.values()) {
      const box = boxOf(this.#page.node(node));
      element.hidden = !box;
      if (!box) continue;
      const left = box.left + (x / PLACE_PARTS) * box.width;
      element.style.transform = `translate(${left}px, ${box.top + (y / PLACE_PARTS) * box.height}px)`;
      element.toggleAttribute('data-flipped', left > innerWidth - 160);
    }
    for (const outline of [...this.#scopes, ...this.#ghosts]) this.#fit(outline);
    let far;
    for (const [agent, light] of this.#lights) {
      const box = this.#fit(light);
      if (box && (box.top + box.height < 0 || box.top > innerHeight)) far = { agent, node: /** @type {number} */ (light.node), isAbove: box.top < 0 };
    }
    if (far) this.#pointOut(far);
    else this.#hide();
  }

  /** @param {Outline} outline */
  #fit({ element, node }) {
    const box = boxOf(typeof node === 'number' ? this.#page.node(node) : node);
    element.hidden = !box;
    if (!box) return undefined;
    element.style.transform = `translate(${box.left - 5}px, ${box.top - 5}px)`;
    element.style.width = `${box.width + 10}px`;
    element.style.height = `${box.height + 10}px`;
    element.toggleAttribute('data-low', box.top < 32);
    return box;
  }

  /** What is shown is out of sight: the visitor is asked whether he wants to go there. @param {{agent: number, node: number, isAbove: boolean}} far */
  #pointOut({ agent, node, isAbove }) {
    if (this.#hinted === node) return;
    this.#hinted = node;
    const { say } = this.#panel.texts;
    const go = () => {
      const target = this.#page.node(node);
      const element = target instanceof Element ? target : target?.parentElement;
      element?.scrollIntoView({ block: 'center', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'instant' : 'smooth' });
    };
    this.#hint.replaceChildren(make('p', {}, say('pointsAt', this.#name(agent))),
      make('div', { class: 'ends' }, button({ name: 'show', label: say('showIt'), icon: isAbove ? 'up' : 'down', kind: 'main', act: go })));
    this.#hint.hidden = false;
  }

  #hide() {
    this.#hinted = -1;
    this.#hint.hidden = true;
  }

  /** @param {Window} view */
  #listen(view) {
    const { signal } = this.#abort;
    const on = (/** @type {string} */ type, /** @type {(event: any) => void} */ act) =>
      view.addEventListener(type, (event) => event.isTrusted && this.#view?.isSharing && act(event), { capture: true, passive: true, signal });
    const moved = (/** @type {PointerEvent} */ event, isPressed = false) => {
      clearTimeout(this.#lifting);
      const target = event.composedPath()[0];
      if (this.#surface.isOwn(target)) return this.#left();
      this.#own = { target, x: event.clientX, y: event.clientY, isPressed: isPressed || Boolean(this.#own?.isPressed) };
      this.#schedule();
    };
    on('pointermove', (event) => moved(event));
    on('pointerdown', (event) => moved(event, true));
    on('pointerup', (event) => {
      if (event.pointerType === 'touch') this.#lifting = setTimeout(() => this.#left(), FINGER);
    });
    on('pointerout', (event) => event.relatedTarget === null && event.pointerType !== 'touch' && this.#left());
    on('pointercancel', () => this.#left());
  }

  #left() {
    this.#own = undefined;
    if (!this.#isTold) return;
    this.#isTold = false;
    this.#page.point(undefined, 0, 0, false);
  }

  /** Tells where the visitor points: on the innermost thing that agents know of. */
  #tell() {
    const own = this.#own;
    this.#own = undefined;
    if (!own) return;
    for (let node = own.target; node?.nodeType; node = node.parentNode ?? node.host ?? node.defaultView?.frameElement) {
      const id = this.#page.idOf(node);
      if (id < 0 || node.nodeType !== 1) continue;
      const box = node.getBoundingClientRect();
      if (box.width === 0 || box.height === 0) continue;
      const part = (/** @type {number} */ place, /** @type {number} */ size) => Math.min(PLACE_PARTS, Math.max(0, Math.round((place / size) * PLACE_PARTS)));
      this.#isTold = true;
      this.#page.point(id, part(own.x - box.left, box.width), part(own.y - box.top, box.height), own.isPressed);
      return;
    }
    this.#left();
  }
}

/** @param {number} by */
const colourOf = (by) => (by === 0 ? OWN_COLOUR : COLOURS[(by - 1) % COLOURS.length]);
