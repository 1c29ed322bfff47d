// @ts-check
// Files on their way, below what was said: each with how far it is, and what can be done about it.

import { button, icon, make, Slot } from '../surface/make.js';
import { drawFile } from './files.js';

/**
 * @typedef {import('./view.js').Upload} Upload
 * @typedef {import('./view.js').Kit} Kit
 */

/** @type {Record<string, import('./words.js').Word>} */
const REASONS = {
  'too-large': 'fileTooLarge', 'empty-file': 'fileEmpty', 'kind-not-allowed': 'fileKind', 'too-many-files': 'fileMany', infected: 'fileHarm', offline: 'fileOffline',
};

/** Why a file was not sent, and what to do. @param {Kit} kit @param {Upload} upload @param {number} limit */
export function uploadFailure({ say, texts }, { reason }, limit) {
  return say(REASONS[reason ?? ''] ?? 'fileFailed', texts.bytes(limit));
}

export class UploadRows {
  element;
  #kit;
  /** @type {Map<string, {row: HTMLElement, bar: HTMLElement, meta: Slot}>} */
  #rows = new Map();

  /** @param {Kit} kit */
  constructor(kit) {
    this.#kit = kit;
    this.element = make('div', { class: 'uploads', role: 'list', 'aria-label': kit.say('uploads'), hidden: true });
  }

  /** @param {Upload[]} uploads @param {number} limit bytes of a file @returns {boolean} whether there is one more than before */
  update(uploads, limit) {
    const keys = new Set(uploads.map(({ key }) => key));
    for (const [key, { row }] of this.#rows) {
      if (keys.has(key)) continue;
      row.remove();
      this.#rows.delete(key);
    }
    let isMore = false;
    for (const upload of uploads) {
      const known = this.#rows.get(upload.key);
      isMore ||= !known;
      this.#draw(known ?? this.#add(upload), upload, limit);
    }
    this.element.hidden = uploads.length === 0;
    return isMore;
  }

  /** @param {Upload} upload */
  #add(upload) {
    const { say } = this.#kit;
    const { name, size, preview } = upload;
    const bar = make('progress', { class: 'bar', max: '1', 'aria-label': name });
    const meta = make('div', { class: 'meta', part: 'meta' });
    const file = drawFile(this.#kit, { name, size, preview, id: '', type: '', width: null, height: null, scan: null, url: null });
    const row = make('div', { class: 'row', role: 'listitem', 'data-kind': 'message', 'data-author': 'visitor', 'data-first': true, 'data-last': true },
      make('div', { class: 'stack' }, make('span', { class: 'unseen' }, say('you')), make('div', { class: 'bubble', part: 'bubble bubble-out upload' }, file, bar), meta));
    this.element.append(row);
    const parts = { row, bar, meta: new Slot(meta) };
    this.#rows.set(upload.key, parts);
    return parts;
  }

  /** @param {{row: HTMLElement, bar: HTMLElement, meta: Slot}} parts @param {Upload} upload @param {number} limit */
  #draw({ row, bar, meta }, upload, limit) {
    const { say, texts, commands } = this.#kit;
    const { key, state, done } = upload;
    const isFailed = state === 'failed';
    row.setAttribute('data-state', state);
    bar.hidden = isFailed;
    // Without a value it says that it does not know how long.
    if (state === 'sending') bar.setAttribute('value', String(done));
    else bar.removeAttribute('value');
    const percent = Math.floor(done * 20) * 5;
    const text = isFailed ? uploadFailure(this.#kit, upload, limit) : state === 'sending' ? say('uploading', texts.percent(percent / 100)) : say(state === 'checking' ? 'checking' : 'queued');
    meta.draw(JSON.stringify([state, text]), () => [
      make('span', { class: 'state' }, isFailed && icon('alert'), make('span', {}, text)),
      make('span', { class: 'ends' },
        isFailed && !upload.isFinal && button({ name: `retry-${key}`, label: say('retry'), kind: 'link', act: () => commands.retry(key) }),
        button({ name: `discard-${key}`, label: say(isFailed ? 'discard' : 'cancel'), kind: 'link', act: () => commands.discard(key) })),
    ]);
  }
}
