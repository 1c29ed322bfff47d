// Alongside's mirror: `mirror` in the visitor's page, `replay` in the agent's.

import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { inPage } from '../judge.mjs';

export const name = 'ours';

const dist = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../../js/dist');

/** An artefact as a classic script that puts its exports and its wasm module, being compiled, into one global. */
export async function classic(artefact, global, folder = dist) {
  const { outputFiles } = await build({
    entryPoints: [path.join(folder, `${artefact}.js`)], bundle: true, format: 'iife', globalName: global, write: false,
    define: { 'import.meta.url': '"http://localhost/"' }, logLevel: 'error',
  });
  const wasm = fs.readFileSync(path.join(folder, `${artefact}_bg.wasm`)).toString('base64');
  const start = `${global}.ready = ${global}.default({ module_or_path: Uint8Array.from(atob('${wasm}'), (char) => char.charCodeAt(0)) });`;
  return `var ${global};\n${outputFiles[0].text}\n${start}`;
}

const told = await classic('mirror', '__ours');
const replayer = await classic('replay', '__replay');

const HELPERS = `(() => {
  const base64 = (bytes) => { let text = ''; for (const byte of bytes) text += String.fromCharCode(byte); return btoa(text); };
  window.__record = async (options) => {
    await __ours.ready;
    window.__frames = [];
    window.__mirror = __ours.mirror((frame) => { window.__frames[window.__frames.length] = base64(frame); }, options);
  };
  window.__take = () => { __mirror.flush(); __mirror.check(); };
})();`;

/** In a frame of another site: what `js/inside.js` does with an invitation. */
const INSIDE = `addEventListener('message', async ({ data, ports: [port] }) => {
  const options = data?.['alongside:tell'];
  if (!options) return;
  await __ours.ready;
  const mirror = __ours.mirror((frame) => port.postMessage(frame), options);
  port.onmessage = ({ data }) => typeof data === 'string' && mirror.want(data);
});`;

/** What `prepare` is with another build of `mirror`. @param {string} [folder] */
export async function preparer(folder) {
  const script = folder ? await classic('mirror', '__ours', folder) : told;
  const isForeign = "(() => { try { return !top.document; } catch { return !location.search.includes('no-sdk'); } })()";
  return (page) => page.addInitScript({ content: `if (top === window || ${isForeign}) { ${script}; window.__ours = __ours; ${HELPERS} if (top !== window) { ${INSIDE} } }` });
}

const early = await preparer();

export const prepare = (page, about) => (about?.flags.late ? undefined : early(page));

/** As a page imports it: whatever its scripts have done by then. */
async function load(page) {
  const script = fs.readFileSync(path.join(dist, 'mirror.js')).toString('base64');
  const wasm = fs.readFileSync(path.join(dist, 'mirror_bg.wasm')).toString('base64');
  await inPage(page, `(async () => {
    const loaded = await import('data:text/javascript;base64,${script}');
    await loaded.default({ module_or_path: Uint8Array.from(atob('${wasm}'), (char) => char.charCodeAt(0)) });
    window.__ours = { mirror: loaded.mirror, ready: true };
  })()`);
  await inPage(page, HELPERS);
}

async function recordBy(options, page, { flags = {}, other } = {}) {
  if (flags.late) await load(page);
  await inPage(page, `window.__record(${JSON.stringify({ ...options, origins: flags.sdk === 'yes' ? [other] : [] })})`);
  return page;
}

export const record = (page, about) => recordBy({ selectors: { show: 'html' } }, page, about);

/** Frames, in base64, and the page that still gives pictures. */
export async function take(page) {
  await inPage(page, 'window.__take()');
  return { frames: await quiet(page), page };
}

/** Frames for a replica that has lost everything. */
export async function again(page) {
  await inPage(page, 'window.__frames = []; __mirror.retell(new Uint8Array())');
  return quiet(page);
}

/** All frames once no more come: pictures are read while nobody waits. */
async function quiet(page) {
  const count = () => inPage(page, 'window.__frames.length');
  for (let before = -1, now = await count(); before !== now; now = await count()) {
    before = now;
    await new Promise((done) => setTimeout(done, 120));
  }
  return inPage(page, "window.__frames.join(' ')");
}

export async function replay(page, { frames, page: visitor }) {
  await page.addScriptTag({ content: `${replayer}; window.__replay = __replay;` });
  await page.evaluate(async () => {
    await window.__replay.ready;
    document.body.style.margin = '0';
    const frame = document.createElement('iframe');
    frame.setAttribute('sandbox', 'allow-same-origin');
    frame.style.border = '0';
    document.body.append(frame);
    const shown = window.__replay.replay(frame);
    const bytes = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    window.__draw = (frames) => {
      // None, where what was wanted is not shown any more.
      const asked = frames.split(' ').filter((one) => one && shown.handle(bytes(one)));
      if (asked.length > 0) throw new Error(`${asked.length} frames made the replica ask for a new epoch`);
      return shown.wants();
    };
  });
  const wanted = await page.evaluate((frames) => window.__draw(frames), frames);
  // As a desk does: what it does not have it asks the visitor's page for.
  if (wanted.length > 0) {
    await inPage(visitor, `window.__frames = []; for (const hash of ${JSON.stringify(wanted)}) __mirror.want(hash);`);
    await page.evaluate((frames) => window.__draw(frames), await quiet(visitor));
  }
  await page.waitForTimeout(100);
  return 'iframe';
}

/**
 * What the visitor's pointer and focus match stands in attributes, and the rules that ask for it ask for those; media conditions stand beside an
 * answer, pictures of a set beside the one that is taken; fonts that scripts added stand in a sheet of their own; pictures have addresses of the replica's own, and are judged by how they look; a canvas has its picture in its style; below all sheets lies one of the replica's own.
 */
export function normalise(facts) {
  let element = '';
  const names = (fact) => {
    if (fact[1] === 'element') element = fact[2];
    return fact[1] === 'attribute' && (/^(src|srcset|poster|background)$/.test(fact[2]) || (/^(svg )?(image|use|feImage)$/.test(element) && /^(xlink:)?href/.test(fact[2]) && !fact[3].startsWith('#')));
  };
  // A sheet of fonts alone is judged by how the page looks.
  const isFont = (fact) => fact?.[1] === 'rule' && fact[3].startsWith('@font-face ');
  const isOfFonts = (at) => {
    while (isFont(facts[at])) at += 1;
    return facts[at]?.[1] !== 'rule';
  };
  let sheet = -1;
  facts = facts.filter(([, kind], at) => {
    if (kind === 'adopted') sheet = at;
    else if (kind !== 'rule') sheet = -1;
    return sheet < 0 || !isOfFonts(sheet + 1) || !isFont(facts[sheet + 1]);
  });
  const own = /^data-alongside-(hover|active|focus|focus-visible|focus-within|target|is)$/;
  const said = (fact, at) => fact?.[1] === 'rule' && fact[3].startsWith('@layer alongside {') ? 'own' : facts[at];
  return facts
    .filter((fact, at) => said(fact, at) !== 'own' && said(facts[at + 1], at + 1) !== 'own')
    .filter((fact) => !names(fact) && (fact[1] !== 'attribute' || !own.test(fact[2])))
    .filter(([, kind, name, value]) => kind !== 'attribute' || name !== 'style' || !/^content: (url|image-set)\([^;]*\) !important;$/.test(value))
    .map((fact) => fact.map((said) => (typeof said === 'string' ? said.replace(/ ?content: (url|image-set)\([^;]*\) !important;$/, '').replaceAll(' type("image/none")', '').replace(/url\("[^"#](?:[^"\\]|\\.)*"\)/g, 'url()').replace(/\[data-alongside-is~="state-([-\w]+)"\]/g, ':state($1)').replaceAll(':not([data-alongside-is~="undefined"])', ':defined').replaceAll(':-webkit-autofill', ':autofill').replace(/\[data-alongside-is~="([-a-z]+)"\]/g, ':$1').replace(/\[data-alongside-([a-z-]+)\]/g, ':$1').replace(/color-scheme: (?:dark|light); --alongside-color-scheme: /g, 'color-scheme: ').replace(/\(\((?:min-width: 0px\) or|max-width: 0px\) and) (\([^()]*\))\)/g, '$1') : said)));
}

/** The same, of pages that are private by default. */
export const privately = { name: 'ours, private', prepare, record: (page, about) => recordBy({ isPrivate: true }, page, about), take, replay };

const COUNTER = `
  window.__parts = [];
  window.__more = [];
  window.__count = (frame, hasMore) => { __more[__parts.length] = hasMore; __parts.push(frame); };
  window.__bytes = () => window.__parts.reduce((sum, part) => sum + part.length, 0);`;
const OPTIONS = "{ selectors: { show: 'html' } }";

/** For the benchmarks. */
export const bench = {
  prepare: (page) => page.addInitScript({ content: `${told}; window.__ours = __ours; ${COUNTER}` }),
  start: (page) => inPage(page, `__ours.ready.then(() => { window.__mirror = __ours.mirror(__count, ${OPTIONS}); return 0; })`),
  bytes: (page) => inPage(page, '__bytes()'),
  settled: (page) => inPage(page, '__mirror.whole()'),
  keyframe: {
    script: `${told}; window.__ours = __ours; ${COUNTER}`,
    take: `(window.__parts = [], window.__mirror ? window.__mirror.begin() : (window.__mirror = __ours.mirror(__count, ${OPTIONS})), __mirror.whole())`,
    bytes: '__bytes()',
    // As they are sent.
    compressed: `(async () => {
      let sum = 0;
      const press = new __ours.Press((frame) => { sum += frame.length; });
      for (let at = 0; at < __parts.length; at++) press.put(__parts[at], __more[at]);
      while (press.waiting > 0) await new Promise((resolve) => setTimeout(resolve));
      return sum;
    })()`,
  },
};
