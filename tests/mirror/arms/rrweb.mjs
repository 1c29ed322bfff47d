// rrweb with the settings that keep the most of this corpus: canvases, fonts and sheets inlined, nothing masked but what a page asks for.
// Without `inlineImages`: with it, pictures that are added late are lost.

import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { inPage } from '../judge.mjs';

export const name = 'rrweb';

const dist = path.dirname(createRequire(import.meta.url).resolve('rrweb'));
const script = fs.readFileSync(path.join(dist, 'rrweb.umd.min.cjs'), 'utf8');
const styles = fs.readFileSync(path.join(dist, 'style.css'), 'utf8');

/** In every frame before the page's own scripts; frames of another site run it too when the page says `sdk=yes`. */
const starter = `(() => {
  const { stringify } = JSON;
  window.__take = () => stringify(window.__events);
  const options = {
    recordCanvas: true, inlineStylesheet: true, collectFonts: true, maskAllInputs: false, slimDOMOptions: false,
    maskTextSelector: '[data-alongside=mask]', blockSelector: '[data-alongside=block], [data-alongside=hide]',
    sampling: { mousemove: 20, mousemoveCallback: 50, scroll: 20, input: 'all' },
  };
  window.__events = [];
  window.__record = (more) => {
    window.rrweb.record({ ...options, ...more, emit: (event) => { window.__events[window.__events.length] = event; } });
  };
  let isTop = false;
  let isForeign = false;
  try { isTop = top === window; top.document; } catch { isForeign = true; }
  if (isForeign) addEventListener('load', () => { if (!/no-sdk/.test(location.href)) window.__record({ recordCrossOriginIframes: true }); });
  if (!isTop) return;
  let before = '';
  try { before = sessionStorage.getItem('__rrweb') ?? ''; } catch {}
  if (before) addEventListener('load', () => window.__record());
  // A visitor who goes to the next page: what was recorded so far outlives this one.
  addEventListener('pagehide', () => {
    try { if (window.__events.length) sessionStorage.setItem('__rrweb', (before ? before.slice(0, -1) + ',' : '[') + stringify(window.__events).slice(1)); } catch {}
  });
  window.__before = () => before;
})();`;

export async function prepare(page) {
  await page.addInitScript({ content: `${script};\n${starter}` });
}

export async function record(page, { flags }) {
  await inPage(page, `window.__record({ recordCrossOriginIframes: ${flags.sdk === 'yes'} })`);
  return page;
}

export async function take(page) {
  // Resizing is told at most every 200 ms.
  await new Promise((done) => setTimeout(done, 250));
  const before = await inPage(page, 'window.__before()');
  // By value first, whatever the page made of JSON; a tree too deep for that goes as text.
  const events = await inPage(page, 'window.__events').catch(async () => JSON.parse(await inPage(page, 'window.__take()')));
  return [...(before ? JSON.parse(before) : []), ...events];
}

export async function replay(page, events) {
  await page.addScriptTag({ content: script });
  await page.addStyleTag({ content: `${styles} .replayer-wrapper { float: none } .replayer-wrapper > iframe { border: 0 } .replayer-mouse, .replayer-mouse-tail { display: none !important }` });
  await page.evaluate(async (text) => {
    const replayer = new window.rrweb.Replayer(JSON.parse(text), { root: document.body, mouseTail: false, UNSAFE_replayCanvas: true, showWarning: false, skipInactive: false, triggerFocus: true, speed: 8 });
    // Played, not jumped to the end: a jump leaves out what was drawn on canvases and the last size of the window.
    await new Promise((done) => { replayer.on('finish', done); replayer.play(); });
  }, JSON.stringify(events));
  await page.waitForTimeout(250);
  return '.replayer-wrapper iframe';
}

/**
 * rrweb's own attributes, its own style sheet, the doctype that stands for quirks mode, `autocomplete="off"` on controls, the address of an
 * inlined picture, the order of inline declarations, and the twins that it gives to `:hover` rules.
 */
export function normalise(facts, side) {
  const isOwn = ([, kind, name]) => kind === 'attribute' && /^(rr_|_cssText$|data-rr-|rrweb-original-|autocomplete$)/.test(name);
  const kept = [];
  let original;
  for (let at = 0; at < facts.length; at += 1) {
    const [depth, kind, name, value, ...cover] = facts[at];
    if (kind === 'element') original = undefined;
    if (kind === 'attribute' && name === 'rrweb-original-src') original = value;
    if (isOwn(facts[at])) continue;
    const keep = (said) => kept.push([depth, kind, name, said, ...cover]);
    // What `:hover` leaves behind.
    if (kind === 'attribute' && name === 'class' && !value.trim()) continue;
    if (kind === 'attribute' && name === 'style') keep(value.split(/;\s*/).sort().join('; '));
    else if (side === 'source') kept.push(facts[at]);
    else if (kind === 'sheet' && /rr-block|rrweb-paused|^noscript/.test(facts[at + 1]?.[3] ?? '')) {
      while (facts[at + 1]?.[0] > depth) at += 1;
    } else if (kind === 'document' && name === 'BackCompat' && value.includes('"-//W3C//DTD HTML 4.0 Transitional//EN"')) keep('no doctype');
    else if (kind === 'attribute' && name === 'src' && original !== undefined && value.startsWith('data:')) keep(original);
    else if (kind === 'attribute' && name === 'class') {
      const classes = value.split(/\s+/).filter((one) => !/^(rrweb-paused|:hover|:active)$/.test(one));
      if (classes.length === value.split(/\s+/).length) keep(value);
      else if (classes.join('')) keep(classes.join(' '));
    } else if (kind === 'rule') keep(withoutTwins(value));
    else kept.push(facts[at]);
  }
  return kept;
}

const withoutTwins = (rule) => rule.replace(/^(\s*)([^{}@]*\.\\:(?:hover|active)[^{}]*)\{/gm, (_, indent, selectors) => {
  const own = selectors.split(/,\s*/).filter((one) => !/\.\\:(hover|active)/.test(one));
  return `${indent}${own.join(', ').trim()} {`;
});

/** For the benchmarks: rrweb as it comes, which is faster than with everything switched on. */
export const bench = {
  prepare: (page) => page.addInitScript({ content: script }),
  start: (page) => inPage(page, 'window.__events = []; window.rrweb.record({ emit: (event) => { window.__events.push(event); } }); 0'),
  bytes: (page) => inPage(page, `(() => { const encoder = new TextEncoder(); return window.__events.reduce((sum, event) => sum + encoder.encode(JSON.stringify(event)).length, 0); })()`),
  /** One snapshot, without what starting to record costs besides. */
  keyframe: {
    script: fs.readFileSync(path.join(path.dirname(createRequire(import.meta.url).resolve('rrweb-snapshot')), 'rrweb-snapshot.umd.min.cjs'), 'utf8'),
    take: 'window.__taken = rrwebSnapshot.snapshot(document)',
    bytes: 'new TextEncoder().encode(JSON.stringify(window.__taken)).length',
  },
};
