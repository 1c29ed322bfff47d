// Alongside's mirror: `engage` in the visitor's page, `replay` in the agent's.

import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { inPage } from '../judge.mjs';

export const name = 'ours';

const dist = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../../js/dist');

/** An artefact as a classic script that puts its exports and its wasm module, being compiled, into one global. */
async function classic(artefact, global, folder = dist) {
  const { outputFiles } = await build({
    entryPoints: [path.join(folder, `${artefact}.js`)], bundle: true, format: 'iife', globalName: global, write: false,
    define: { 'import.meta.url': '"http://localhost/"' }, logLevel: 'error',
  });
  const wasm = fs.readFileSync(path.join(folder, `${artefact}_bg.wasm`)).toString('base64');
  const start = `${global}.ready = ${global}.default({ module_or_path: Uint8Array.from(atob('${wasm}'), (char) => char.charCodeAt(0)) });`;
  return `var ${global};\n${outputFiles[0].text}\n${start}`;
}

const engage = await classic('engage', '__engage');
const replayer = await classic('replay', '__replay');

const HELPERS = `(() => {
  const base64 = (bytes) => { let text = ''; for (const byte of bytes) text += String.fromCharCode(byte); return btoa(text); };
  window.__record = async (options) => {
    await __engage.ready;
    window.__frames = [];
    window.__mirror = __engage.mirror((frame) => { window.__frames[window.__frames.length] = base64(frame); }, options);
  };
  window.__take = () => { __mirror.flush(); __mirror.check(); return window.__frames.join(' '); };
})();`;

/** What `prepare` is with another build of `engage`. @param {string} [folder] */
export async function preparer(folder) {
  const script = folder ? await classic('engage', '__engage', folder) : engage;
  return (page) => page.addInitScript({ content: `if (top === window) { ${script}; window.__engage = __engage; ${HELPERS} }` });
}

export const prepare = await preparer();

export async function record(page) {
  await inPage(page, "window.__record({ selectors: { show: 'html' } })");
  return page;
}

export const take = (page) => inPage(page, 'window.__take()');

export async function replay(page, frames) {
  await page.addScriptTag({ content: `${replayer}; window.__replay = __replay;` });
  await page.evaluate(async (frames) => {
    await window.__replay.ready;
    document.body.style.margin = '0';
    const frame = document.createElement('iframe');
    frame.style.border = '0';
    document.body.append(frame);
    // The corpus lies on this machine; a desk asks nobody but the hub.
    const shown = window.__replay.replay(frame, { sources: 'http:' });
    const bytes = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    const asked = frames.split(' ').filter((one) => shown.handle(bytes(one)));
    if (asked.length > 0) throw new Error(`${asked.length} frames made the replica ask for a new epoch`);
  }, frames);
  await page.waitForTimeout(100);
  return 'iframe';
}

/** What the visitor's pointer and focus match stands in attributes, and the rules that ask for it ask for those; media conditions stand beside an answer. */
export function normalise(facts) {
  const own = /^data-alongside-(hover|active|focus|focus-visible|focus-within|target)$/;
  return facts
    .filter(([, kind, name]) => kind !== 'attribute' || !own.test(name))
    .map((fact) => fact.map((said) => (typeof said === 'string' ? said.replace(/\[data-alongside-([a-z-]+)\]/g, ':$1').replace(/color-scheme: (?:dark|light); --alongside-color-scheme: /g, 'color-scheme: ').replace(/\(\((?:min-width: 0px\) or|max-width: 0px\) and) (\([^()]*\))\)/g, '$1') : said)));
}

const COUNTER = `
  window.__parts = [];
  window.__count = (frame) => { window.__parts.push(frame); };
  window.__bytes = () => window.__parts.reduce((sum, part) => sum + part.length, 0);`;
const OPTIONS = "{ selectors: { show: 'html' } }";

/** For the benchmarks. */
export const bench = {
  prepare: (page) => page.addInitScript({ content: `${engage}; window.__engage = __engage; ${COUNTER}` }),
  start: (page) => inPage(page, `__engage.ready.then(() => { window.__mirror = __engage.mirror(__count, ${OPTIONS}); return 0; })`),
  bytes: (page) => inPage(page, '__bytes()'),
  settled: (page) => inPage(page, '__mirror.whole()'),
  keyframe: {
    script: `${engage}; window.__engage = __engage; ${COUNTER}`,
    take: `(window.__parts = [], window.__mirror ? window.__mirror.begin() : (window.__mirror = __engage.mirror(__count, ${OPTIONS})), __mirror.whole())`,
    bytes: '__bytes()',
    // As they are sent: frame by frame.
    compressed: `(async () => {
      let sum = 0;
      const press = new __engage.Press((frame) => { sum += frame.length; });
      for (const part of __parts) press.put(part);
      while (press.waiting > 0) await new Promise((resolve) => setTimeout(resolve));
      return sum;
    })()`,
  },
};
