// What a keyframe costs: main-thread time and bytes, on a page of 38,000 nodes and one of 250,000. Ours beside a bare walk of the tree in
// JavaScript, and three ways of reading it into numbers and a text, nothing masked or encoded: node by node through web-sys (`web-sys/`), from
// the browser's own serialiser with a walk for what that does not say (`serialised/`), and by our own reader alone; the browser's outerHTML
// alone, and rrweb's snapshot; interleaved. ./dev bench capture [--json FILE] [--runs N] [--nodes small]
// Warm: later calls in one page. Cold: the first call in a fresh page. Time is the main thread's own CPU time.

import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { Judge, arms, inPage } from '../mirror/judge.mjs';
import { fill } from '../mirror/workloads.mjs';
import { crateScript } from './report/crate.mjs';
import { mainThread } from './report/main-thread.mjs';
import { flag, median, row, wantedRuns, writeJson } from './report/report.mjs';

const runs = wantedRuns(5);
const SMALL = 38_000;
const LARGE = 250_000;

/** Name, attributes and text of every node are read, and nothing is done with them; of four ways to walk, the fastest: it makes no `Attr`. */
const WALK = `(() => {
  let length = 0;
  const walk = (node) => {
    for (; node; node = node.nextSibling) {
      if (node.nodeType === 1) {
        length += node.localName.length;
        for (const name of node.getAttributeNames()) length += name.length + node.getAttribute(name).length;
        const child = node.firstChild;
        if (child) walk(child);
      } else if (node.nodeType === 3) length += node.data.length;
    }
  };
  walk(document.documentElement);
  return window.__walked = length;
})()`;

/**
 * What the serialiser writes, and what it does not say: nodes have their places in document order as ids, and of texts side by side, or empty
 * ones, it is told where they are, how long, and in what. Shadow roots, form state and templates would come on top: the page has none.
 */
const SERIALISE = `(() => {
  const encoder = new TextEncoder();
  window.__serialise = () => {
    const walker = document.createTreeWalker(document);
    const nodes = [];
    const parts = [];
    const put = (place) => parts.push(place, encoder.encode(nodes[place].data).length, nodes.lastIndexOf(nodes[place].parentNode));
    let before = null;
    let last = -1;
    for (let node = walker.nextNode(), place = 0; node; node = walker.nextNode(), place += 1) {
      nodes[place] = node;
      if (node.nodeType !== 3) {
        before = null;
        continue;
      }
      const isBeside = before !== null && before.nextSibling === node;
      if (isBeside && last < place - 1) put(place - 1);
      if (isBeside || node.length === 0) {
        put(place);
        last = place;
      }
      before = node;
    }
    window.__nodes = nodes;
    return [document.documentElement.outerHTML, new Uint32Array(parts)];
  };
})()`;

/** Our own reader, which hands what it has read to nobody: with ids, marks, scroll positions, sheets and all else that it looks for. */
const READER = (await build({
  stdin: {
    contents: `import { Reader } from './mirror/reader.js';
      const reader = new Reader({ handle: (numbers, text) => { window.__walked += numbers.length + text.length; return new Uint32Array(); }, begin() {} }, () => {}, { show: 'html' });
      window.__reader = () => { window.__walked = 0; reader.begin(); };`,
    resolveDir: path.join(path.dirname(fileURLToPath(import.meta.url)), '../../js'),
  },
  bundle: true, format: 'iife', write: false, logLevel: 'error',
})).outputFiles[0].text;

const methods = {
  'bare-walk': { take: WALK },
  'web-sys': { script: `${await crateScript('web-sys', '__webSys')}; window.__webSys = __webSys;`, take: 'window.__walked = __webSys.walk()' },
  serialised: {
    script: `${await crateScript('serialised', '__serialised')}; window.__serialised = __serialised; ${SERIALISE}`,
    take: 'window.__walked = __serialised.read(...__serialise())',
  },
  reader: { script: READER, take: '__reader()' },
  'outer-html': { take: 'window.__html = document.documentElement.outerHTML, 0' },
};
const mirrors = (await arms()).filter(({ bench }) => bench?.keyframe);
for (const { name, bench } of mirrors) methods[name] = bench.keyframe;

const judge = await Judge.open();

async function open(nodes, scripts) {
  const context = await judge.browser.newContext();
  const page = await context.newPage();
  for (const script of scripts) if (script) await page.addInitScript({ content: script });
  await page.goto(`${judge.origins.agent}/replica`);
  const count = await page.evaluate(fill, nodes);
  const { time, sweep } = await mainThread(page);
  await inPage(page, 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 100))))');
  const timed = async (method) => {
    const before = await time();
    await inPage(page, `(async () => { await (${method.take}); })()`);
    return (await time()) - before;
  };
  return { page, count, sweep, timed, close: () => context.close() };
}

/** @returns {Promise<Record<string, number>>} medians */
async function warm(nodes) {
  const { count, sweep, timed, close } = await open(nodes, Object.values(methods).map(({ script }) => script));
  const times = Object.fromEntries(Object.keys(methods).map((name) => [name, []]));
  for (let run = 0; run < runs; run += 1) {
    for (const [name, method] of Object.entries(methods)) {
      // What the others left is swept first; that takes the nodes' wrappers along, which the call before the timed one makes again.
      await sweep();
      await timed(method);
      times[name].push(await timed(method));
    }
  }
  await close();
  process.stderr.write(`${count} nodes, warm\n`);
  return Object.fromEntries(Object.entries(times).map(([name, own]) => [name, median(own)]));
}

async function cold(nodes) {
  const times = Object.fromEntries(Object.keys(methods).map((name) => [name, []]));
  for (let run = 0; run < runs; run += 1) {
    for (const [name, method] of Object.entries(methods)) {
      const { timed, close } = await open(nodes, [method.script]);
      times[name].push(await timed(method));
      await close();
    }
  }
  process.stderr.write(`${nodes} nodes, cold\n`);
  return Object.fromEntries(Object.entries(times).map(([name, own]) => [name, median(own)]));
}

async function bytes(nodes) {
  const { page, timed, close } = await open(nodes, Object.values(methods).map(({ script }) => script));
  // Texts as only scripts leave them: a way that loses one of them is not a way.
  await inPage(page, "document.body.append('one', '', 'two & three', ''); document.body.prepend('', 'four'); document.querySelector('div').after('')");
  const digests = [await inPage(page, '__webSys.digest()'), await inPage(page, '__serialised.digest(...__serialise())')];
  if (digests[0] !== digests[1]) throw new Error(`the serialised page is another: ${digests.join(' became ')}`);
  const plain = {};
  const packed = {};
  await timed(methods['outer-html']);
  const html = await inPage(page, 'window.__html');
  plain['outer-html'] = Buffer.byteLength(html);
  packed['outer-html-gzip'] = gzipSync(html).length;
  for (const { name, bench } of mirrors) {
    await timed(bench.keyframe);
    plain[name] = await inPage(page, bench.keyframe.bytes);
    if (bench.keyframe.compressed) packed[name] = await inPage(page, bench.keyframe.compressed);
    else if (name === 'rrweb') packed[name] = gzipSync(await inPage(page, 'JSON.stringify(window.__taken)')).length;
  }
  await close();
  return { plain, packed };
}

/** The longest task on any page's main thread while an arm starts to record. */
async function longestTask(nodes, { bench }) {
  const context = await judge.browser.newContext();
  const tab = await context.newPage();
  await bench.prepare?.(tab);
  await tab.goto(`${judge.origins.agent}/replica`);
  await tab.evaluate(fill, nodes);
  await inPage(tab, 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 500))))');
  const browser = await judge.browser.newBrowserCDPSession();
  const events = [];
  browser.on('Tracing.dataCollected', ({ value }) => events.push(...value));
  await browser.send('Tracing.start', { traceConfig: { includedCategories: ['disabled-by-default-devtools.timeline', '__metadata'] }, transferMode: 'ReportEvents' });
  await bench.start(tab);
  await tab.waitForTimeout(1500);
  const done = new Promise((resolve) => browser.once('Tracing.tracingComplete', resolve));
  await browser.send('Tracing.end');
  await done;
  await browser.detach();
  await context.close();
  const mains = new Set(events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain').map(({ pid, tid }) => `${pid}/${tid}`));
  // The task's own CPU time: the wall clock would count what other programs did meanwhile.
  const tasks = events.filter(({ name, ph, pid, tid }) => name === 'RunTask' && ph === 'X' && mains.has(`${pid}/${tid}`)).map(({ tdur, dur }) => (tdur ?? dur ?? 0) / 1000);
  return Math.max(0, ...tasks);
}

const rows = [];
try {
  rows.push(row('keyframe-warm-38k', 'ms', await warm(SMALL)));
  rows.push(row('keyframe-cold-38k', 'ms', await cold(SMALL)));
  const { plain, packed } = await bytes(SMALL);
  rows.push(row('keyframe-bytes-38k', 'bytes', plain));
  rows.push(row('keyframe-compressed-38k', 'bytes', packed));
  if (flag('--nodes') !== 'small') {
    rows.push(row('keyframe-warm-250k', 'ms', await warm(LARGE)));
    const longest = {};
    for (const arm of mirrors) {
      const found = [];
      for (let run = 0; run < runs; run += 1) found.push(await longestTask(LARGE, arm));
      longest[arm.name] = median(found);
    }
    rows.push(row('longest-task-250k', 'ms', longest));
  }
} finally {
  await judge.close();
}

for (const { id, unit, ours, references } of rows) {
  const shown = Object.entries({ ours, ...references }).map(([name, figure]) => `${name} ${figure === null ? '-' : Math.round(figure * 10) / 10}`);
  console.log(`${id.padEnd(26)} ${unit.padEnd(6)} ${shown.join('   ')}`);
}
writeJson('capture', rows, { runs });
