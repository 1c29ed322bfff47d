// @ts-check
// Brings files to the hub. Each is a row of its own until the hub has it: only then the machine hears of it, as of a message.

/** Files that are on their way at once. */
const AT_ONCE = 2;

/** The hub itself gives up a little earlier, in milliseconds. */
const PATIENCE = 330_000;

/** Kinds that a page shows itself. */
const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

/** What makes no sense a second time. */
const FINAL = ['too-large', 'empty-file', 'kind-not-allowed', 'too-many-files', 'infected'];

/**
 * What the hub says of a file that it has.
 * @typedef {{file: string, name: string, type: string, size: number, width?: number, height?: number, scan?: string}} Brought
 * @typedef {import('./view.js').Upload} Upload
 * @typedef {{upload: Upload, file: File, request?: XMLHttpRequest}} Item `upload.which`: for which conversation it was chosen
 */

export class Uploads {
  #to;
  /** @type {Map<string, Item>} */
  #items = new Map();
  /** Pictures that this page has itself, by the file's id. @type {Map<string, string>} */
  #previews = new Map();
  #count = 0;
  #asks = (/** @type {Event} */ event) => event.preventDefault();

  /**
   * @param {{address: string, headers(): Record<string, string>, limit(): number, isOnline(): boolean, changed(): void,
   *   brought(file: Brought, which: string): boolean}} to `brought`: false where no message can be made of it now
   */
  constructor(to) {
    this.#to = to;
  }

  /** What is on its way, in the order in which it was added. */
  get rows() {
    return [...this.#items.values()].map(({ upload }) => ({ ...upload }));
  }

  /** @param {string} key */
  has(key) {
    return this.#items.has(key);
  }

  /** The picture of a file that this page brought. @param {string} id */
  preview(id) {
    return this.#previews.get(id) ?? null;
  }

  /** @param {Iterable<{file: File, which: string}>} files */
  add(files) {
    for (const { file, which } of files) {
      const key = `upload-${++this.#count}`;
      const isShown = PICTURES.includes(file.type) && file.size <= this.#to.limit();
      const preview = isShown ? URL.createObjectURL(file) : null;
      const upload = { key, name: file.name, size: file.size, preview, which, state: /** @type {const} */ ('waiting'), done: 0, reason: null, isFinal: false };
      this.#items.set(key, { upload, file });
      // What the hub would say after ten megabytes.
      if (file.size > this.#to.limit()) this.#fail(key, 'too-large');
      else if (file.size === 0) this.#fail(key, 'empty-file');
    }
    this.#pump();
  }

  /** @param {string} key */
  retry(key) {
    const item = this.#items.get(key);
    if (item?.upload.state !== 'failed' || item.upload.isFinal) return;
    Object.assign(item.upload, { state: 'waiting', done: 0, reason: null });
    this.#pump();
  }

  /** Gives one up, also while it is on its way. @param {string} key */
  discard(key) {
    const item = this.#items.get(key);
    if (!item) return;
    this.#items.delete(key);
    item.request?.abort();
    if (item.upload.preview) URL.revokeObjectURL(item.upload.preview);
    this.#pump();
  }

  /** The link is up: what failed without it goes on. */
  handleOnline() {
    for (const { upload } of this.#items.values()) if (upload.reason === 'offline') this.retry(upload.key);
  }

  /** Gives all up. */
  end() {
    for (const { request, upload } of this.#items.values()) {
      request?.abort();
      if (upload.preview) URL.revokeObjectURL(upload.preview);
    }
    for (const preview of this.#previews.values()) URL.revokeObjectURL(preview);
    this.#items.clear();
    this.#previews.clear();
    removeEventListener('beforeunload', this.#asks);
  }

  #pump() {
    const all = [...this.#items.values()];
    const free = AT_ONCE - all.filter(({ request }) => request).length;
    for (const item of all.filter(({ upload }) => upload.state === 'waiting').slice(0, Math.max(0, free))) this.#begin(item);
    // The next page has no file of this one's: who leaves before the hub has it is asked, and only then.
    const isOnItsWay = all.some(({ upload: { state, reason } }) => state !== 'failed' || reason === 'offline');
    if (isOnItsWay) addEventListener('beforeunload', this.#asks);
    else removeEventListener('beforeunload', this.#asks);
    this.#to.changed();
  }

  /** @param {Item} item */
  #begin(item) {
    const { upload, file } = item;
    const request = new XMLHttpRequest();
    item.request = request;
    upload.state = 'sending';
    // Of one that was given up nothing is told.
    const on = (/** @type {XMLHttpRequestEventTarget} */ target, /** @type {string} */ type, /** @type {(event: any) => void} */ act) =>
      target.addEventListener(type, (event) => item.request === request && this.#items.has(upload.key) && act(event));
    on(request.upload, 'progress', ({ loaded, total }) => {
      upload.done = total > 0 ? loaded / total : 0;
      this.#to.changed();
    });
    on(request.upload, 'load', () => {
      Object.assign(upload, { state: 'checking', done: 1 });
      this.#to.changed();
    });
    on(request, 'load', () => this.#answered(item, request));
    for (const type of ['error', 'timeout']) on(request, type, () => this.#fail(upload.key, this.#to.isOnline() ? 'failed' : 'offline'));
    request.open('POST', this.#to.address);
    request.timeout = PATIENCE;
    for (const [name, value] of Object.entries(this.#to.headers())) request.setRequestHeader(name, value);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.setRequestHeader('x-alongside-name', encodeURIComponent(upload.name.replace(/\p{Cs}/gu, '_')));
    request.send(file);
  }

  /** @param {Item} item @param {XMLHttpRequest} request */
  #answered({ upload }, request) {
    /** @type {any} */
    let answer;
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      // Not the hub: something between it and the page.
    }
    if (request.status !== 200 || typeof answer?.file !== 'string') return this.#fail(upload.key, typeof answer?.code === 'string' ? answer.code : 'failed');
    if (!this.#to.brought(answer, upload.which)) return this.#fail(upload.key, 'failed');
    this.#items.delete(upload.key);
    if (upload.preview) this.#previews.set(answer.file, upload.preview);
    this.#pump();
  }

  /** @param {string} key @param {string} reason */
  #fail(key, reason) {
    const item = this.#items.get(key);
    if (!item) return;
    item.request = undefined;
    Object.assign(item.upload, { state: 'failed', done: 0, reason, isFinal: FINAL.includes(reason) });
    this.#pump();
  }
}
