// @ts-check
// The visitor's page in a shared session: does what the visitor's half wants (`src/cobrowse/visitor.rs`), and tells it what happens.

import { Cobrowse, Wish } from 'alongside-wasm';
import { loadActor, loadMirror } from '../load.js';
import { isSet } from '../options.js';
import { failure } from '../queue.js';
import { Overlay } from './overlay.js';
import { Panel } from './panel.js';
import { eachWindow } from './box.js';
import { originsOf } from './origins.js';
import { areSame, joinedRules, NOTHING, ownRules } from './rules.js';
import { Surface } from '../surface/surface.js';
import { CSS } from './style.js';

/** Above so many bytes that wait for the network, the page is read when they have gone. */
const WAITING_LIMIT = 256 * 1024;

/** Esc takes control back; twice within so many milliseconds, it pauses. */
const TWICE = 600;

/**
 * What the core gives. `relay` sends a message and returns how many bytes wait then, `waiting` says it again; `kept` is what the visitor's
 * other pages and the next one are to know, null where there is none, and `changed` tells the customer's page of the session.
 * @typedef {{relay(message: string | Uint8Array): number, waiting(): number, visit(): string | null, isOnline(): boolean, isJson: boolean,
 *   masking: Record<string, any>, cobrowse: Record<string, any>, read(): string | null, keep(kept: string | null): void,
 *   changed(state: {stage: string, reason?: string}): void, fatal(error: unknown): void}} Link
 */

/**
 * The session for people. `told` is the protocol's session, with grants as this page knows them, or null; `reason` is why it is over.
 * Times are in milliseconds from now.
 * @typedef {{stage: string, reason?: string, told: any, isSharing: boolean, isPrivatePage: boolean, isOnline: boolean, latency?: number, objection?: string, retryAfter?: number,
 *   code?: string, codeEndsIn?: number}} View
 */

/**
 * What an agent did or proposes: of a field that is called `label`, where it is a text also which.
 * @typedef {{index: number, agent: number, label: string, isProposal: boolean, text?: string, element?: Element}} Change
 */

/**
 * What the panel can have done.
 * @typedef {{accept(): void, decline(): void, dismiss(): void, decide(isGranted: boolean): void, revoke(): void, pause(): void, goOn(): void, end(): void,
 *   stay(): void, useCode(code: string): void, draw(tool: string): void, erase(): void, undo(index: number): void,
 *   answerProposal(index: number, isAccepted: boolean): void}} Commands
 */

/** Page rules, one a line: the option is an array of them, or one text with semicolons. @param {unknown} option */
function pageRules(option) {
  const rules = Array.isArray(option) ? option : String(option ?? '').split(';');
  return rules.map((rule) => String(rule).trim()).filter(Boolean).join('\n');
}

export class Session {
  #link;
  #machine;
  #abort = new AbortController();
  #waiting = 0;
  /** Whether frames are wanted: what tells the page may not have come yet. */
  #isTold = false;
  /** Whether nobody follows now. */
  #isHeld = false;
  /** @type {import('../mirror/mirror.js').Told | undefined} */
  #mirror;
  /** The last one of the mirrors that were: after a pause the desks' replicas are the same. */
  #epoch = 0;
  /** @type {import('../mirror/press.js').Press | undefined} */
  #press;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** What the page itself has masked. */
  #own;
  /** What is masked, once the hub has told what it has masked besides. @type {import('./rules.js').Rules | undefined} */
  #rules;
  #surface = new Surface(CSS);
  /** @type {import('./act.js').Actor | undefined} */
  #actor;
  #overlay;
  #panel;
  /** What the customer's page was told last. */
  #stage = 'idle';
  #escapedAt = -Infinity;
  #pausePages;
  /** Origins of pages in frames that may tell themselves through this one. */
  #frames;
  /** Of the page that all rules were asked about last. */
  #address = '';

  /** @param {Link} link */
  constructor(link) {
    this.#link = link;
    this.#own = ownRules(link.masking, isSet(link.masking.privateByDefault));
    this.#pausePages = pageRules(link.cobrowse.pausePages);
    this.#frames = originsOf('frames', link.cobrowse.frames);
    this.#machine = new Cobrowse(link.isJson);
    // Better nothing is shown than a page that was not to be seen.
    if (!this.#lookAtPage()) throw failure('bad-options', `cobrowse.pausePages has a rule that is none: ${this.#pausePages}`);
    const surface = this.#surface;
    this.#panel = new Panel(surface, this.#commands(), { language: link.cobrowse.language, masking: () => this.#masking() });
    const machine = this.#machine;
    const now = () => performance.now();
    this.#overlay = new Overlay(surface, this.#panel, {
      ...this.#nodes(),
      point: (node, x, y, isPressed) => this.#tell(() => machine.point(node, x, y, isPressed, now())),
      draw: (number, tool, points) => this.#tell(() => machine.draw(number, tool, points)),
      erase: () => this.#tell(() => machine.erase()),
    });
    const { signal } = this.#abort;
    eachWindow(signal, (view) => this.#listen(view));
    document.addEventListener('visibilitychange', () => this.#cameOrWent(), { signal });
    // Another page of the visitor agreed, or ended it.
    addEventListener('storage', () => this.#resume(), { signal });
    const moved = () => this.#tell(() => this.#lookAtPage());
    for (const type of ['popstate', 'hashchange']) addEventListener(type, moved, { signal });
    /** @type {any} */ (globalThis).navigation?.addEventListener('currententrychange', moved, { signal });
    const kept = link.read();
    // What is kept for a time is kept from now on.
    if (kept !== null) link.keep(kept);
    this.handleStatus();
    this.#resume();
    this.#tell(() => this.#draw());
  }

  /** @returns {Commands} */
  #commands() {
    const machine = this.#machine;
    const now = () => performance.now();
    return {
      accept: () => this.#tell(() => machine.accept(crypto.getRandomValues(new Uint8Array(16)))),
      decline: () => this.#tell(() => machine.decline()),
      dismiss: () => this.#tell(() => machine.dismiss()),
      decide: (isGranted) => void this.#decide(isGranted),
      revoke: () => this.#tell(() => machine.revoke()),
      pause: () => this.#tell(() => machine.pause(now())),
      goOn: () => this.#tell(() => machine.goOn(now())),
      end: () => this.#tell(() => machine.end()),
      // To press a button is to do something.
      stay: () => this.#tell(() => machine.handleInput(now())),
      useCode: (code) => this.#tell(() => machine.useCode(code, this.#link.visit() ?? '')),
      draw: (tool) => this.#overlay.draw(tool),
      erase: () => this.#overlay.erase(),
      undo: (index) => this.#tell(() => this.#actor?.undo(index)),
      answerProposal: (index, isAccepted) => this.#tell(() => this.#actor?.answer(index, isAccepted)),
    };
  }

  /** The visitor's own hands, not what an agent's act or a script causes. @param {Window} view */
  #listen(view) {
    const { signal } = this.#abort;
    for (const type of ['pointerdown', 'keydown', 'wheel', 'touchstart']) {
      const heard = (/** @type {Event} */ event) => {
        if (event.isTrusted) this.#tell(() => this.#machine.handleInput(performance.now()));
      };
      view.addEventListener(type, heard, { capture: true, passive: true, signal });
    }
    // Wherever the focus is, and whatever the page makes of the key: first this, then the page.
    view.addEventListener('keydown', (event) => this.#pressed(event), { capture: true, signal });
  }

  /** @param {KeyboardEvent} event */
  #pressed({ isTrusted, key, repeat }) {
    if (!isTrusted || repeat) return;
    if (key === 'F8') this.#panel.moveFocus();
    if (key !== 'Escape') return;
    const now = performance.now();
    const isSecond = now - this.#escapedAt < TWICE;
    this.#escapedAt = now;
    this.#panel.stopDrawing();
    this.#tell(() => (isSecond ? this.#machine.pause(performance.now()) : this.#machine.revoke()));
  }

  /** A command of the page: its name without `cobrowse.`. @param {string} name @param {any[]} args */
  command(name, args) {
    const machine = this.#machine;
    switch (name) {
      case 'startWithCode': {
        const [code] = args;
        if (code === undefined) return this.#panel.askForCode();
        const visit = this.#visit();
        return this.#tell(() => machine.useCode(String(code), visit));
      }
      case 'showCode': {
        const visit = this.#visit();
        this.#panel.showCode();
        return this.#tell(() => machine.makeCode(visit));
      }
      case 'pause':
        return this.#tell(() => machine.pause(performance.now()));
      case 'goOn':
        return this.#tell(() => machine.goOn(performance.now()));
      case 'end':
        return this.#tell(() => machine.end());
      default:
        throw failure('unknown-command', `there is no command 'cobrowse.${name}'`);
    }
  }

  /** The link is up or down. */
  handleStatus() {
    this.#tellVisit();
    this.#tell(() => (this.#link.isOnline() ? this.#machine.handleOnline() : this.#machine.handleOffline(performance.now())));
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
    this.#endMirror();
    this.#overlay.end();
    this.#panel.end();
  }

  /** Agents find the page in the visit that it is of. */
  #tellVisit() {
    this.#tell(() => this.#machine.handleVisit(this.#link.visit() ?? undefined));
  }

  /** The visit that codes name. */
  #visit() {
    const visit = this.#link.visit();
    if (visit === null) throw failure('no-visit', 'agents find a page by its visit: record a page view first');
    return visit;
  }

  /** The page came to the front, or went from there. */
  #cameOrWent() {
    this.#tell(() => this.#machine.handleVisibility(!document.hidden, performance.now()));
    this.#resume();
  }

  /** Another page of the visitor may have changed what is kept. */
  #resume() {
    const kept = this.#link.read();
    this.#tell(() => {
      if (kept === null) this.#machine.handleForgotten();
      else if (!document.hidden) this.#machine.resume(kept, performance.now());
    });
  }

  /** Whether the page may be seen, and what of it, is asked anew for each address; false where the page's own rules are none. */
  #lookAtPage() {
    const { href } = location;
    if (href === this.#address) return true;
    this.#address = href;
    // Another page may be another visit, once the core has heard of it.
    setTimeout(() => this.#tellVisit());
    // First whether at all: a mirror that begins anew tells at once.
    const areRules = this.#machine.handlePage(this.#pausePages, href, performance.now());
    if (this.#rules) this.#mask();
    return areRules;
  }

  /** Looks at the rules of masking again. Where others hold now, a mirror begins anew. */
  #mask() {
    const { href } = location;
    const rules = joinedRules(this.#own, this.#machine.isPrivate(), this.#machine.selectors(href));
    if (areSame(this.#rules, rules)) return;
    this.#rules = rules;
    if (rules.fault) console.error(`[alongside] agents see nothing of this page, because the hub's masking rules cannot be kept to: ${rules.fault}`);
    // What was read by other rules and waits is never sent.
    this.#press?.clear();
    this.#mirror?.mask(rules);
  }

  /** What is masked in the page as it is now. */
  #masking() {
    this.#tell(() => this.#lookAtPage());
    return this.#rules ?? NOTHING;
  }

  /** Not every browser tells when a script changes the address. Whether, by that, the mirror has begun anew or ended. */
  #hasTurned() {
    if (location.href === this.#address) return false;
    const epoch = this.#mirror?.told.epoch();
    this.#tell(() => this.#lookAtPage());
    return this.#mirror?.told.epoch() !== epoch;
  }

  /**
   * Whatever fails here ends quietly, and the page goes on.
   * @param {() => void} act
   */
  #tell(act) {
    if (this.#abort.signal.aborted) return;
    try {
      act();
      this.#perform();
    } catch (error) {
      this.#fail(error);
    }
  }

  #perform() {
    const machine = this.#machine;
    for (let wish = machine.poll(); wish !== Wish.None; wish = machine.poll()) {
      if (wish === Wish.Send) {
        const message = this.#link.isJson ? machine.text() : machine.bytes();
        if (message !== undefined) this.#waiting = this.#link.relay(message);
      } else if (wish === Wish.Begin) {
        this.#isHeld = false;
        if (this.#mirror) this.#mirror.begin();
        else void this.#begin();
      } else if (wish === Wish.Retell) {
        this.#isHeld = false;
        this.#mirror?.retell(machine.known());
      } else if (wish === Wish.Hold) {
        this.#isHeld = true;
        this.#mirror?.hold();
      } else if (wish === Wish.End) {
        this.#endMirror();
      } else if (wish === Wish.Mask) this.#mask();
      else if (wish === Wish.Give) this.#mirror?.want(machine.hash());
      else if (wish === Wish.Draw) this.#mirror?.draw(machine.hash());
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
    if (!this.#actor) return machine.done('not-granted');
    const { facts, lead } = this.#actor.examine(act, machine.within());
    const refused = machine.judge(facts, lead, isSet(this.#link.cobrowse.agentsSubmit));
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
      isPrivatePage: machine.isPrivatePage(),
      isOnline: machine.isOnline(),
      latency: machine.latency(),
      objection: machine.objection(),
      retryAfter: machine.retryAfter(),
      code: machine.code(),
      codeEndsIn: machine.codeEndsIn(performance.now()),
    };
    const changes = this.#actor?.changes() ?? [];
    // The code that tells a page is fetched while the visitor is asked: it would be most of what the agent waits for. It tells nothing yet.
    if (stage === 'asked' || stage === 'joining') void loadMirror().catch(() => {});
    this.#panel.draw(view, changes);
    this.#overlay.handleView(view, changes);
    if (stage !== this.#stage) {
      this.#stage = stage;
      // What was changed in a session can be taken back as long as it lasts.
      if (stage !== 'live') this.#actor?.forget();
      this.#link.changed(reason ? { stage, reason } : { stage });
    }
  }

  /** @param {Uint8Array} frame */
  #send(frame) {
    // What was read of another page by other rules is not sent.
    if (!this.#hasTurned()) this.#machine.handleFrame(frame);
  }

  #endMirror() {
    this.#isTold = false;
    this.#epoch = this.#mirror?.told.epoch() ?? this.#epoch;
    this.#mirror?.stop();
    this.#mirror = undefined;
    this.#press?.clear();
  }

  async #begin() {
    this.#isTold = true;
    try {
      const { mirror, own, Press } = await loadMirror();
      this.#tell(() => this.#lookAtPage());
      if (!this.#isTold || this.#mirror || this.#abort.signal.aborted) return;
      own.host = this.#surface.host;
      // Large frames are compressed before the page is asked whether it is still shared.
      this.#press ??= new Press((frame) => this.#tell(() => this.#send(frame)));
      this.#mirror = mirror((frame, hasMore) => this.#press?.put(frame, hasMore), {
        ...(this.#rules ?? NOTHING),
        origins: this.#frames,
        epoch: this.#epoch,
        hasTurned: () => this.#hasTurned(),
        isBusy: () => this.#isBusy(),
        fatal: (error) => this.#fail(error),
      });
      if (this.#isHeld) this.#mirror.hold();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** What acts is fetched once the visitor lets somebody act. @param {boolean} isGranted */
  async #decide(isGranted) {
    try {
      if (isGranted) this.#actor ??= this.#made(await loadActor());
    } catch {
      // Without it nothing can be done here, so nothing is granted.
      isGranted = false;
    }
    this.#tell(() => this.#machine.decide(isGranted, performance.now()));
  }

  /** @param {typeof import('./act.js').Actor} Actor */
  #made(Actor) {
    const { agentsSubmit, allowedOrigins } = this.#link.cobrowse;
    return new Actor({
      ...this.#nodes(),
      told: () => this.#mirror?.told,
      isOwn: (/** @type {Node} */ node) => this.#surface.isOwn(node),
      options: { submits: isSet(agentsSubmit), allowedOrigins },
      later: (agent, number, outcome) => this.#tell(() => this.#machine.doneLater(agent, number, outcome)),
      changed: () => this.#tell(() => this.#draw()),
    });
  }

  #nodes() {
    return {
      node: (/** @type {number} */ id) => this.#mirror?.node(id),
      idOf: (/** @type {Node} */ node) => this.#mirror?.idOf(node) ?? -1,
    };
  }

  /** @param {unknown} error */
  #fail(error) {
    this.end();
    this.#link.fatal(error);
  }

  #isBusy() {
    if (this.#waiting > WAITING_LIMIT) this.#waiting = this.#link.waiting();
    return this.#waiting + (this.#press?.waiting ?? 0) > WAITING_LIMIT;
  }
}
