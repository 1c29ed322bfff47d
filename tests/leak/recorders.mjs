// What records: ours as it is built, and rrweb with every switch for masking on.

import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import * as alongside from '../mirror/arms/ours.mjs';
import { inPage } from '../mirror/judge.mjs';
import { OPTIONS } from './plant.mjs';

/** @param {string} [folder] where `engage` is, other than the built one */
export async function ours(folder) {
  const prepare = await alongside.preparer(folder);
  return {
    prepare,
    start: (page, mode) => inPage(page, `window.__record(${JSON.stringify(OPTIONS[mode])})`),
    take: async (page) => (await alongside.take(page)).frames.split(' ').map((frame) => Buffer.from(frame, 'base64')),
  };
}

/** What its guide names for privacy; no `blockSelector`, with which nothing would be recorded. */
const MASKED = `{
  maskAllInputs: true, maskTextSelector: '*', maskInputFn: (text) => '*'.repeat(text.length), maskTextFn: (text) => text.replace(/\\S/g, '*'),
  maskInputOptions: Object.fromEntries(['color', 'date', 'datetime-local', 'email', 'month', 'number', 'range', 'search', 'tel', 'text', 'time', 'url', 'week', 'textarea', 'select', 'password'].map((kind) => [kind, true])),
  slimDOMOptions: 'all', recordCanvas: false, collectFonts: false, inlineImages: false,
}`;

export const rrweb = {
  async prepare(page) {
    const dist = path.dirname(createRequire(import.meta.url).resolve('rrweb'));
    await page.addInitScript({ content: fs.readFileSync(path.join(dist, 'rrweb.umd.min.cjs'), 'utf8') });
  },
  start: (page) => inPage(page, `window.__events = []; window.rrweb.record({ ...${MASKED}, emit: (event) => { window.__events.push(event); } }); 0`),
  take: async (page) => [Buffer.from(await inPage(page, 'JSON.stringify(window.__events)'))],
};
