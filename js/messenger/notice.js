// @ts-check
// Tells a visitor who looks at something else that a message came: in the tab's title, and where he wants it by the browser.

/** Longest text in a notification, in characters. */
const BODY = 120;

export class Notice {
  #open;
  #count = 0;
  /** What stands before the page's own title. */
  #mark = '';

  /** @param {() => void} open what is shown when he comes by the notification @param {AbortSignal} signal */
  constructor(open, signal) {
    this.#open = open;
    document.addEventListener('visibilitychange', () => document.hidden || this.clear(), { signal });
    signal.addEventListener('abort', () => this.clear());
  }

  /** Whether he can have notifications: some browsers have none for pages. */
  get isPossible() {
    return 'Notification' in window && Notification.permission !== 'denied';
  }

  get isAllowed() {
    return 'Notification' in window && Notification.permission === 'granted';
  }

  /** Only when he wants it: by a press of his. */
  async ask() {
    if (this.isPossible && !this.isAllowed) await Promise.resolve(Notification.requestPermission()).catch(() => {});
  }

  /** @param {string} name empty: nobody is named @param {string} text @param {boolean} notifies */
  tell(name, text, notifies) {
    if (!document.hidden) return;
    this.#count += 1;
    const own = this.#own();
    this.#mark = `(${this.#count}) `;
    document.title = this.#mark + own;
    if (!notifies) return;
    try {
      const notice = new Notification(name || document.title, { body: [...text].slice(0, BODY).join(''), tag: 'alongside' });
      notice.onclick = () => {
        window.focus();
        notice.close();
        this.#open();
      };
    } catch {
      // Phones want a service worker for it, which is the page's.
    }
  }

  /** The page's own title: it may have changed it meanwhile. */
  #own() {
    return this.#mark && document.title.startsWith(this.#mark) ? document.title.slice(this.#mark.length) : document.title;
  }

  /** There is nothing more to tell of. */
  clear() {
    if (this.#mark) document.title = this.#own();
    this.#mark = '';
    this.#count = 0;
  }
}
