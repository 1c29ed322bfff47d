// @ts-check
// Drawings over the page, by whoever draws, and the visitor's own pen.

import { make, makeSvg } from '../surface/make.js';
import { pageBox } from './box.js';

/** Of `src/protocol/cobrowse.rs`: a place on a page is told in so many parts, and a message has so many points. */
const PAGE_PARTS = 1_000_000, POINTS = 32;

/** Most drawings at a time, and most points of one. */
const DRAWINGS = 64, LENGTH = 2_000;

/** How long each stays after its last point, in milliseconds, and how long it takes to go. */
const STAYS = { laser: 500, pen: 6_000, arrow: 30_000, rectangle: 30_000 };
const GOES = 600;

/** Points of a laser's tail. */
const TAIL = 14;

/** A pen's points lie so far apart at least, in CSS pixels. */
const APART = 2;

/**
 * @typedef {keyof typeof STAYS} Tool
 * @typedef {{by: number, number: number, tool: Tool, points: number[], until: number, group: SVGElement}} Drawing `points` are of `PAGE_PARTS`
 */

export class Drawings {
  #svg = makeSvg('svg', { class: 'layer', 'aria-hidden': 'true' });
  #page = makeSvg('g');
  /** By who draws and his number. @type {Map<string, Drawing>} */
  #all = new Map();
  #colour;
  #size = '';

  /** @param {HTMLElement} ground @param {(by: number) => string} colour */
  constructor(ground, colour) {
    this.#colour = colour;
    this.#svg.append(this.#page);
    ground.prepend(this.#svg);
  }

  get isEmpty() {
    return this.#all.size === 0;
  }

  /** @param {number} by @param {number} number @param {Tool} tool @param {number[]} points x and y in turn */
  add(by, number, tool, points) {
    if (!Object.hasOwn(STAYS, tool)) return;
    const key = `${by} ${number}`;
    let drawing = this.#all.get(key);
    if (drawing && drawing.tool !== tool) return;
    if (!drawing) {
      const [oldest] = this.#all.keys();
      if (this.#all.size >= DRAWINGS) this.#drop(oldest);
      const group = makeSvg('g');
      group.style.setProperty('--mine', this.#colour(by));
      group.append(makeSvg('path', { class: 'edge' }), makeSvg('path'));
      this.#page.append(group);
      drawing = { by, number, tool, points: [], until: 0, group };
      this.#all.set(key, drawing);
    }
    const joined = [...drawing.points, ...points];
    if (tool === 'pen') drawing.points = joined.slice(0, 2 * LENGTH);
    else if (tool === 'laser') drawing.points = joined.slice(-2 * TAIL);
    else drawing.points = [...joined.slice(0, 2), ...joined.slice(-2)];
    drawing.until = performance.now() + STAYS[tool];
    drawing.group.removeAttribute('data-fading');
    this.#shape(drawing, pageBox());
  }

  /** All that somebody drew. @param {number} by */
  erase(by) {
    for (const [key, drawing] of this.#all) if (drawing.by === by) this.#drop(key);
  }

  clear() {
    for (const key of [...this.#all.keys()]) this.#drop(key);
  }

  end() {
    this.clear();
    this.#svg.remove();
  }

  /** Moves with the page; what has had its time goes. */
  frame() {
    if (this.isEmpty) return;
    const page = pageBox();
    this.#page.setAttribute('transform', `translate(${page.left} ${page.top})`);
    const size = `${page.width} ${page.height}`;
    const isResized = size !== this.#size;
    this.#size = size;
    const now = performance.now();
    for (const [key, drawing] of this.#all) {
      if (isResized) this.#shape(drawing, page);
      if (now > drawing.until) drawing.group.setAttribute('data-fading', '');
      if (now > drawing.until + GOES) this.#drop(key);
    }
  }

  /** @param {string} key */
  #drop(key) {
    this.#all.get(key)?.group.remove();
    this.#all.delete(key);
  }

  /** @param {Drawing} drawing @param {{width: number, height: number}} page */
  #shape({ tool, points, group }, { width, height }) {
    const at = (/** @type {number} */ index) => {
      const scale = index % 2 === 0 ? width : height;
      return Math.round((points[index] / PAGE_PARTS) * scale * 10) / 10;
    };
    const d = outline(tool, points.map((_, index) => at(index)));
    for (const path of group.children) path.setAttribute('d', d);
  }
}

/** @param {Tool} tool @param {number[]} points */
function outline(tool, points) {
  const [x, y] = points;
  const [toX, toY] = points.slice(-2);
  if (tool === 'rectangle') return `M${x} ${y}H${toX}V${toY}H${x}Z`;
  if (tool === 'arrow') {
    const turn = Math.atan2(toY - y, toX - x);
    const head = Math.min(18, Math.hypot(toX - x, toY - y));
    const wing = (/** @type {number} */ angle) => `${toX - head * Math.cos(turn + angle)} ${toY - head * Math.sin(turn + angle)}`;
    return `M${x} ${y}L${toX} ${toY}M${wing(0.5)}L${toX} ${toY}L${wing(-0.5)}`;
  }
  // A line of one point is a dot.
  let d = `M${x} ${y}`;
  for (let at = points.length > 2 ? 2 : 0; at + 1 < points.length; at += 2) d += `L${points[at]} ${points[at + 1]}`;
  return d;
}

/** What the visitor draws with: takes the pointer while it is there. */
export class Pad {
  #pad = make('div', { class: 'pad' });
  /** @type {Tool | ''} */
  #tool = '';
  #number = 0;
  /** What was not told yet. @type {number[]} */
  #points = [];
  #isDown = false;
  #last = { x: 0, y: 0 };

  /** @param {HTMLElement} ground @param {(number: number, tool: Tool, points: number[]) => void} tell at most once a frame */
  constructor(ground, tell) {
    this.ground = ground;
    this.tell = tell;
    this.#pad.addEventListener('pointerdown', (event) => {
      if (!event.isTrusted || event.button !== 0) return;
      this.#isDown = true;
      this.#number += 1;
      this.#points = [];
      this.#pad.setPointerCapture(event.pointerId);
      this.#add(event, true);
    });
    this.#pad.addEventListener('pointermove', (event) => {
      if (!this.#isDown || !event.isTrusted) return;
      for (const one of event.getCoalescedEvents?.() ?? []) this.#add(one, false);
      this.#add(event, false);
    });
    const up = () => {
      if (!this.#isDown) return;
      this.frame();
      this.#isDown = false;
    };
    this.#pad.addEventListener('pointerup', up);
    this.#pad.addEventListener('pointercancel', up);
  }

  get isActive() {
    return this.#tool !== '';
  }

  /** @param {Tool | ''} tool none: the page has its pointer again */
  use(tool) {
    this.#tool = tool;
    this.#isDown = false;
    if (tool === '') this.#pad.remove();
    else if (!this.#pad.isConnected) this.ground.prepend(this.#pad);
  }

  frame() {
    if (this.#points.length === 0 || this.#tool === '') return;
    // Of what is more than a message holds, the first part; the rest comes with the next frame.
    const points = this.#tool === 'pen' ? this.#points.splice(0, 2 * POINTS) : this.#points.splice(0).slice(-2);
    this.tell(this.#number, this.#tool, points);
  }

  /** @param {PointerEvent} event @param {boolean} isFirst */
  #add({ clientX, clientY }, isFirst) {
    if (!isFirst && Math.hypot(clientX - this.#last.x, clientY - this.#last.y) < APART) return;
    if (this.#points.length >= 2 * LENGTH) return;
    this.#last = { x: clientX, y: clientY };
    const { left, top, width, height } = pageBox();
    const part = (/** @type {number} */ place, /** @type {number} */ whole) => Math.min(PAGE_PARTS, Math.max(0, Math.round((place / whole) * PAGE_PARTS)));
    this.#points.push(part(clientX - left, width), part(clientY - top, height));
    // Where a shape begins is told by itself: of the rest only the last point counts.
    if (isFirst) this.frame();
  }
}
