// @ts-check
// The visitor's page in a shared session: does what the visitor's half wants (`src/cobrowse/visitor.rs`), and tells it what happens.

import { Cobrowse, Wish } from 'alongside-wasm';
import { mirror } from '../mirror/mirror.js';
import { MARK_WORDS } from '../mirror/walk.js';
import { failure } from '../queue.js';
import { Actor } from './act.js';
import { Overlay } from './overlay.js';
import { Panel } from './panel.js';

/** Above so many bytes that wait for the network, the page is read when they have gone. */
const WAITING_LIMIT = 256 * 1024;

/**
 * What the core gives. `relay` sends a message and returns how many bytes wait then, `waiting` says it again; `kept` is what the visitor's
 * other pages and the next one are to know, null where there is none, and `changed` tells the customer's page of the session.
 * @typedef {{relay(message: string | Uint8Array): number, waiting(): number, visit(): string | null, isOnline(): boolean, isJson: boolean,
 *   masking: Record<string, any>, cobrowse: Record<string, any>, read(): string | null, keep(kept: string | null): void,
 *   changed(state: {stage: string, reason?: string}): void, fatal(error: unknown): void}} Link
 */

/**
 * The session for people. `told` is the protocol's session, with grants as this page knows them, or null; `reason` is why it is over.
 * @typedef {{stage: string, reason?: string, told: any, isSharing: boolean, isOnline: boolean, latency?: number, objection?: string, code?: string}} View
 */

/** @param {Record<string, any>} masking @returns {import('./walk.js').Selectors} */
function selectors(masking) {
  /** @type {import('./walk.js').Selectors} */
  const checked = {};
  for (const word of MARK_WORDS) {
    const selector = masking[word];
    if (selector === undefined) continue;
    try {
      document.createElement('p').matches(selector);
    } catch {
      // Better nothing is shown than what was to be masked.
      throw failure('bad-options', `masking.${word} is not a valid selector: ${selector}`);
    }
    checked[word] = selector;
  }
  return checked;
}

export class Session {
  #link;
  #machine;
  #abort = new AbortController();
  #waiting = 0;
  /** @type {ReturnType<typeof mirror> | undefined} */
  #mirror;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #options;
  #actor;
  #overlay;
  #panel;
  /** What the customer's page was told last. */
  #stage = 'idle';

  /** @param {Link} link */
  constructor(link) {
    this.#link = link;
    const { privateByDefault } = link.masking;
    this.#options = { isPrivate: privateByDefault !== undefined && privateByDefault !== false, selectors: selectors(link.masking) };
    this.#machine = new Cobrowse(link.isJson);
    const { signal } = this.#abort;
    const machine = this.#machine;
    const now = () => performance.now();
    this.#panel = new Panel(
      {
        accept: () => this.#tell(() => machine.accept(crypto.getRandomValues(new Uint8Array(16)))),
        decline: () => this.#tell(() => machine.decline()),
        dismiss: () => this.#tell(() => machine.dismiss()),
        decide: (/** @type {boolean} */ isGranted) => this.#tell(() => machine.decide(isGranted, now())),
        revoke: () => this.#tell(() => machine.revoke()),
        pause: () => this.#tell(() => machine.pause(now())),
        goOn: () => this.#tell(() => machine.goOn(now())),
        end: () => this.#tell(() => machine.end()),
        useCode: (/** @type {string} */ code) => this.#tell(() => machine.useCode(code, this.#visit())),
        draw: (/** @type {string} */ tool) => this.#overlay.draw(tool),
        erase: () => this.#overlay.erase(),
        undo: (/** @type {number} */ index) => this.#actor.undo(index),
        answerProposal: (/** @type {number} */ index, /** @type {boolean} */ isAccepted) => this.#actor.answer(index, isAccepted),
      },
      link.cobrowse.language,
    );
    this.#overlay = new Overlay(this.#panel.root, {
      node: (id) => this.#mirror?.node(id),
      idOf: (node) => this.#mirror?.idOf(node) ?? -1,
      point: (node, x, y, isPressed) => this.#tell(() => machine.point(node, x, y, isPressed, now())),
      draw: (number, tool, points) => this.#tell(() => machine.draw(number, tool, points)),
      erase: () => this.#tell(() => machine.erase()),
    });
    this.#actor = new Actor({
      node: (id) => this.#mirror?.node(id),
      idOf: (node) => this.#mirror?.idOf(node) ?? -1,
      told: () => this.#mirror?.told,
      isOwn: (node) => this.#panel.isOwn(node),
      options: link.cobrowse,
      /** What became later of an act that was proposed or done. */
      later: (agent, number, outcome) => this.#tell(() => machine.doneLater(agent, number, outcome)),
      changed: () => this.#draw(),
    });
    // The visitor's own hands, not what an agent's act or a script causes.
    for (const type of ['pointerdown', 'keydown', 'wheel', 'touchstart']) {
      const heard = (/** @type {Event} */ event) => {
        if (event.isTrusted) this.#tell(() => machine.handleInput(now()));
      };
      addEventListener(type, heard, { capture: true, passive: true, signal });
    }
    // By Esc, wherever the focus is, and whatever the page makes of it: first this, then the page.
    const escaped = (/** @type {KeyboardEvent} */ event) => {
      if (event.isTrusted && event.key === 'Escape') this.#tell(() => machine.revoke());
    };
    addEventListener('keydown', escaped, { capture: true, signal });
    document.addEventListener('visibilitychange', () => this.#cameOrWent(), { signal });
    // Another page of the visitor agreed, or ended it.
    addEventListener('storage', () => this.#cameOrWent(), { signal });
    this.handleStatus();
    this.#cameOrWent();
  }

  /** A command of the page: its name without `cobrowse.`. @param {string} name @param {any[]} args */
  command(name, args) {
    switch (name) {
      case 'startWithCode':
        if (args[0] === undefined) this.#panel.askForCode();
        else this.#tell(() => this.#machine.useCode(String(args[0]), this.#visit()));
        return;
      case 'showCode':
        return this.#tell(() => this.#machine.makeCode(this.#visit()), true);
      case 'pause':
        return this.#tell(() => this.#machine.pause(performance.now()));
      case 'goOn':
        return this.#tell(() => this.#machine.goOn(performance.now()));
      case 'end':
        return this.#tell(() => this.#machine.end());
      default:
        throw failure('unknown-command', `there is no command 'cobrowse.${name}'`);
    }
  }

  /** The link is up or down. */
  handleStatus() {
    this.#tell(() => (this.#link.isOnline() ? this.#machine.handleOnline() : this.#machine.handleOffline()));
  }

  /** @param {string | Uint8Array} message */
  handleRelayed(message) {
    this.#tell(() => {
      if (typeof message === 'string') this.#machine.handleText(message, performance.now());
      else this.#machine.handleBytes(message, performance.now());
    });
  }

  /** Takes everything off the page. */
  end() {
    this.#abort.abort();
    clearTimeout(this.#timer);
    this.#mirror?.stop();
    this.#mirror = undefined;
    this.#overlay.end();
    this.#panel.end();
  }

  /** The visit that codes name. */
  #visit() {
    const visit = this.#link.visit();
    if (visit === null) throw failure('no-visit', 'agents find a page by its visit: record a page view first');
    return visit;
  }

  /** The page came to the front or went from there, or another page of the visitor changed what is kept. */
  #cameOrWent() {
    const kept = this.#link.read();
    this.#tell(() => {
      if (kept === null) this.#machine.handleForgotten();
      else if (!document.hidden) this.#machine.resume(kept, performance.now());
      this.#machine.handleVisibility(!document.hidden, performance.now());
    });
  }

  /**
   * Whatever fails here ends quietly, and the page goes on; only what a command asks for wrongly is thrown.
   * @param {() => void} act
   * @param {boolean} [isCommand]
   */
  #tell(act, isCommand = false) {
    if (this.#abort.signal.aborted) return;
    try {
      act();
      this.#perform();
    } catch (error) {
      if (isCommand && /** @type {any} */ (error)?.code) throw error;
      this.end();
      this.#link.fatal(error);
    }
  }

  #perform() {
    const machine = this.#machine;
    for (let wish = machine.poll(); wish !== Wish.None; wish = machine.poll()) {
      if (wish === Wish.Send) {
        const message = this.#link.isJson ? machine.text() : machine.bytes();
        if (message !== undefined) this.#waiting = this.#link.relay(message);
      } else if (wish === Wish.Begin) {
        if (this.#mirror) this.#mirror.begin();
        else this.#mirror = this.#begun();
      } else if (wish === Wish.End) {
        this.#mirror?.stop();
        this.#mirror = undefined;
        this.#actor.forget();
      } else if (wish === Wish.Give) this.#mirror?.want(machine.hash());
      else if (wish === Wish.Remember) this.#link.keep(machine.kept());
      else if (wish === Wish.Forget) this.#link.keep(null);
      else if (wish === Wish.Perform) this.#act();
      else if (wish === Wish.Show) this.#overlay.show(JSON.parse(machine.sign()));
      else this.#draw();
    }
    clearTimeout(this.#timer);
    const wait = machine.pollTimeout(performance.now());
    if (wait !== undefined) this.#timer = setTimeout(() => this.#tell(() => machine.handleTimeout(performance.now())), wait);
  }

  /** An agent's act: what it would meet is found, judged, and only then done. */
  #act() {
    const machine = this.#machine;
    const { act } = JSON.parse(machine.act());
    // What has changed since the last frame is told first, so that both sides speak of the same page.
    this.#mirror?.flush();
    const { facts, lead } = this.#actor.examine(act, machine.within());
    const refused = machine.judge(facts, lead, Boolean(this.#link.cobrowse.submits));
    machine.done(refused ?? this.#actor.perform(act, machine.proposes()));
  }

  #draw() {
    const machine = this.#machine;
    const [stage, reason] = machine.stage().split(' ');
    const told = machine.told(performance.now());
    /** @type {View} */
    const view = {
      stage,
      reason,
      told: told ? JSON.parse(told).session : null,
      isSharing: machine.isSharing(),
      isOnline: machine.isOnline(),
      latency: machine.latency(),
      objection: machine.objection(),
      code: machine.code(),
    };
    this.#overlay.handleView(view);
    this.#panel.draw(view, this.#actor.changes());
    if (stage !== this.#stage) {
      this.#stage = stage;
      this.#link.changed(reason ? { stage, reason } : { stage });
    }
  }

  #begun() {
    return mirror((frame) => this.#tell(() => this.#machine.handleFrame(frame)), {
      ...this.#options,
      isBusy: () => this.#isBusy(),
      fatal: (error) => {
        this.end();
        this.#link.fatal(error);
      },
    });
  }

  #isBusy() {
    if (this.#waiting > WAITING_LIMIT) this.#waiting = this.#link.waiting();
    return this.#waiting > WAITING_LIMIT;
  }
}
