// @ts-check
// An element that the SDK adds to a page, and only while it has something to show. All pixels are in its shadow root.

/** Other things of the page come to the top now and then; it is looked at so often, in milliseconds. */
const LOOK_EVERY = 500;

export class Surface {
  host = document.createElement('div');
  root = this.host.attachShadow({ mode: 'open' });
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #looking;
  #abort = new AbortController();
  /** What of it is shown. @type {Set<string>} */
  #uses = new Set();

  #stays;

  /** @param {string} css of what is on it @param {{stays?: boolean}} [options] `stays`: where it is, also when a dialog of the page makes it inert: a frame that is moved begins anew */
  constructor(css, { stays = false } = {}) {
    this.#stays = stays;
    // A mirror passes it by because it is ours; the mark says so to everybody else.
    this.host.setAttribute('data-alongside', 'hide');
    this.host.setAttribute('popover', 'manual');
    // Not by an attribute or an element: a Content-Security-Policy may refuse those.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(HOST + css);
    this.root.adoptedStyleSheets = [sheet];
  }

  /** Whether a node is a part of it. @param {any} node */
  isOwn(node) {
    return node === this.host || node?.getRootNode?.() === this.root;
  }

  /** On the page from now on, for this use of it. @param {string} use */
  show(use) {
    this.#uses.add(use);
    if (this.#looking !== undefined) return;
    this.#looking = setInterval(() => this.look(), LOOK_EVERY);
    const { signal } = this.#abort;
    for (const type of ['toggle', 'close', 'fullscreenchange']) document.addEventListener(type, () => this.look(type === 'fullscreenchange'), { capture: true, signal });
    this.look();
  }

  /** Off the page, when it is of no other use. @param {string} use */
  hide(use) {
    this.#uses.delete(use);
    if (this.#uses.size > 0 || this.#looking === undefined) return;
    clearInterval(this.#looking);
    this.#looking = undefined;
    this.#abort.abort();
    this.#abort = new AbortController();
    this.host.remove();
  }

  /**
   * Stays over everything: pages remove what they do not know, and a modal dialog of theirs makes all else inert but what is in it.
   * @param {boolean} [isCovered]
   */
  look(isCovered = false) {
    if (this.#looking === undefined) return;
    const modals = [...document.querySelectorAll('dialog[open]')].filter(isModal);
    const home = (!this.#stays && modals[modals.length - 1]) || document.documentElement;
    // What is moved loses its own dialog.
    const isAsking = this.host.isConnected && this.root.querySelector('dialog') !== null;
    if (this.host.parentNode !== home && !isAsking) home.append(this.host);
    try {
      // The one that is shown last lies on top.
      if (isCovered && !isAsking) this.host.hidePopover();
      if (!this.host.matches(':popover-open')) this.host.showPopover();
    } catch {
      // A browser without popovers: the highest `z-index` must do.
    }
  }
}

/** @param {Element} dialog that is open */
export function isModal(dialog) {
  try {
    return dialog.matches(':modal');
  } catch {
    // A browser that cannot tell.
    return true;
  }
}

/** `!important` on the host wins over whatever the page says of it. */
const HOST = `
:host {
  all: initial !important; position: fixed !important; inset: 0 !important; width: auto !important; height: auto !important; max-width: none !important;
  max-height: none !important; z-index: 2147483647 !important; display: block !important; overflow: visible !important; pointer-events: none !important;
  direction: ltr !important; unicode-bidi: isolate !important; border: 0 !important; padding: 0 !important; margin: 0 !important;
  background: none !important; contain: none !important; color-scheme: light dark !important;
}
:host::before, :host::after { content: none !important; display: none !important }
:host::backdrop { display: none !important }
`;
