// @ts-check
// The button that opens the messenger. It comes with `core`, so it is small, and all that it needs is here.

/** Its name, and what is said of what was not read. @type {Record<string, [string, string]>} */
const WORDS = { __proto__: /** @type {any} */ (null), en: ['Messages', '{0} unread'], ja: ['メッセージ', '未読 {0} 件'], ko: ['메시지', '안 읽음 {0}'] };

/** What a page may be, as `data-pause-pages` has it. @type {Record<string, (page: string, text: string) => boolean>} */
const RULES = {
  equals: (page, text) => page === text,
  starts: (page, text) => page.startsWith(text),
  ends: (page, text) => page.endsWith(text),
  contains: (page, text) => page.includes(text),
  'contains-not': (page, text) => !page.includes(text),
};

const SVG = 'http://www.w3.org/2000/svg';

/** Styles for where something stands in the page, and for its theme: SIDE is a side, DARK a media condition. @param {string} css @param {string} [position] @param {string} [theme] */
export function placed(css, position, theme) {
  const isLeft = position === 'bottom-left' || position === (getComputedStyle(document.documentElement).direction === 'rtl' ? 'bottom-end' : 'bottom-start');
  return css.replace(/SIDE/g, isLeft ? 'left' : 'right').replace('DARK', theme === 'auto' ? '(prefers-color-scheme:dark)' : theme === 'dark' ? 'all' : 'not all');
}

export class Launcher {
  host = document.createElement('div');
  #button = document.createElement('button');
  #badge = document.createElement('span');
  /** What it is called. */
  label;
  #unread;
  #watch = new MutationObserver(() => this.#show());
  #when;
  #pages;
  /** What a command of the page's said. @type {boolean | undefined} */
  #wish;
  #isMade = false;
  #isShown = false;
  #hasTalk = false;
  /** @type {{position?: string, theme?: string}} */
  #look;

  /**
   * @param {() => void} press by a person
   * @param {{launcher?: string, launcherPages?: string | string[], position?: string, theme?: string, label?: string, unreadLabel?: string, language?: string}} [options] `position`: `bottom-right`, `bottom-left`,
   *   `bottom-start`, or by default `bottom-end`, in the page's direction; `unreadLabel`: {0} is their number; `launcher`: `always`, `demand`: once there
   *   is a conversation, or `never`; `launcherPages`: rules of which one holds for the page
   */
  constructor(press, { launcher, launcherPages = '', position = 'bottom-end', theme = 'auto', label, unreadLabel, language } = {}) {
    this.#when = launcher;
    this.#pages = [].concat(/** @type {any} */ (launcherPages)).join(';').split(';').filter((rule) => /\S/.test(rule));
    this.#look = { position, theme };
    const page = document.documentElement;
    const [name, unread] = [language, page.lang, ...navigator.languages].map((tag) => WORDS[`${tag}`.toLowerCase().split('-')[0]]).find(Boolean) ?? WORDS.en;
    this.label = label ?? name;
    this.#unread = unreadLabel ?? unread;
    this.#button.setAttribute('part', 'launcher');
    this.#badge.setAttribute('part', 'badge');
    this.#button.addEventListener('click', (event) => event.isTrusted && press());
    this.setOpen(false);
    this.setUnread(0);
  }

  /** Before it is shown for the first time. */
  #make() {
    const { position, theme } = this.#look;
    this.host.setAttribute('data-alongside', 'hide');
    this.host.setAttribute('popover', 'manual');
    const root = this.host.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(placed(CSS, position, theme));
    root.adoptedStyleSheets = [sheet];
    const icon = document.createElementNS(SVG, 'svg');
    icon.setAttribute('viewBox', '0 0 24 24');
    for (const d of ['M12 4.5c4.7 0 8.5 3.1 8.5 7s-3.8 7-8.5 7c-1 0-2-.2-2.9-.4L4.5 20l1.2-3.7a6.4 6.4 0 0 1-2.2-4.8c0-3.9 3.8-7 8.5-7Z', 'M6 9.5l6 6 6-6']) {
      const path = document.createElementNS(SVG, 'path');
      path.setAttribute('d', d);
      icon.append(path);
    }
    this.#button.append(icon, this.#badge);
    root.append(this.#button);
  }

  /** There is a conversation, or a message waits. @param {boolean} hasTalk */
  setTalk(hasTalk) {
    this.#hasTalk = hasTalk;
    this.look();
  }

  /** The page wants it, or wants it not, whatever the options say. @param {boolean} wish */
  wish(wish) {
    this.#wish = wish;
    this.look();
  }

  /** Shows it where it belongs: also after a navigation within the page. */
  look() {
    const { origin, pathname } = location;
    const isWanted = this.#when === 'always' || (this.#when === 'demand' && this.#hasTalk);
    const isHere = this.#pages.length === 0 || this.#pages.some((rule) => {
      const [, kind, text] = /^\s*(\S+)\s+(\S.*?)\s*$/.exec(rule) ?? [];
      return Object.hasOwn(RULES, kind) && RULES[kind](text[0] === '/' ? pathname : origin + pathname, text);
    });
    const isShown = this.#wish ?? (isWanted && isHere);
    if (isShown === this.#isShown) return;
    this.#isShown = isShown;
    if (!isShown) return this.#hide();
    if (!this.#isMade) this.#make();
    this.#isMade = true;
    this.#show();
    // Pages remove what they do not know.
    this.#watch.observe(document.documentElement, { childList: true });
  }

  /** @param {number} count */
  setUnread(count) {
    const shown = (this.#badge.textContent = count > 99 ? '99+' : count > 0 ? `${count}` : '');
    this.#button.setAttribute('aria-label', this.label + (shown && `, ${this.#unread.replace('{0}', shown)}`));
  }

  /** @param {boolean} isOpen */
  setOpen(isOpen) {
    this.#button.setAttribute('aria-expanded', `${isOpen}`);
  }

  focus() {
    this.#button.focus();
  }

  /** Off the page. */
  remove() {
    this.#isShown = true;
    this.#hide();
  }

  #hide() {
    this.#watch.disconnect();
    this.host.remove();
  }

  #show() {
    if (this.host.isConnected) return;
    document.documentElement.append(this.host);
    try {
      this.host.showPopover();
    } catch {
      // A browser without popovers: the highest `z-index` must do.
    }
  }
}

const CSS = `
:host{all:initial!important;display:block!important;position:fixed!important;inset:auto!important;SIDE:calc(20px + env(safe-area-inset-SIDE,0px))!important;bottom:calc(20px + env(safe-area-inset-bottom,0px))!important;z-index:2147483647!important;direction:ltr!important;overflow:visible!important;background:none!important}
:host::before,:host::after{content:none!important}
:host::backdrop{display:none!important}
button{all:unset;position:relative;display:block;width:56px;height:56px;border-radius:50%;cursor:pointer;touch-action:manipulation;--a:var(--alongside-accent,#2f5bea);background:var(--a);color:var(--alongside-on-accent,oklch(from var(--a) clamp(0,(.68 - l)*999,1) 0 0));box-shadow:0 12px 40px rgb(16 24 40/16%),0 2px 6px rgb(16 24 40/8%);transition:transform 120ms}
button:active{transform:scale(.96)}
button:focus-visible{outline:2px solid var(--a);outline-offset:2px}
svg{position:absolute;inset:14px;width:28px;height:28px;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}
path{transition:opacity 120ms}
[aria-expanded=false] path+path,[aria-expanded=true] path:first-child{opacity:0}
span{position:absolute;top:-4px;right:-4px;min-width:20px;box-sizing:border-box;padding:0 6px;border-radius:10px;background:#c4321c;color:#fff;font:600 12px/20px system-ui,sans-serif;text-align:center;box-shadow:0 0 0 2px #fff}
span:empty{display:none}
@media DARK{button{--a:var(--alongside-accent,#8ea8ff);box-shadow:none}span{box-shadow:0 0 0 2px #15171c}}
@media(max-width:479.98px),(max-height:420px){[aria-expanded=true]{display:none}}
@media(prefers-reduced-motion){*{transition:none!important}}
@media(forced-colors:active){button{border:1px solid}}
@media print{:host{display:none!important}}`;
