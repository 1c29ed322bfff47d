// The mirror in a real browser: traits of pages that it shows stay shown. What it must not show is `leak.test.mjs`.

import assert from 'node:assert/strict';
import * as http from 'node:http';
import { test } from 'node:test';
import { chromium } from 'playwright-core';
import * as ours from '../mirror/arms/ours.mjs';
import { corpus, inPage, Judge, misses } from '../mirror/judge.mjs';
import { fill } from '../mirror/workloads.mjs';
import { FLAGS } from './harness.mjs';

/** Pages judged at the same time. */
const LANES = 2;

test('every trait is shown that is not listed as a miss', async () => {
  const missed = Object.keys(misses());
  const queue = corpus().filter(({ name }) => !missed.includes(name));
  assert.equal(queue.length, corpus().length - missed.length, 'every page of misses.json is in the corpus');
  const judge = await Judge.open();
  const lost = [];
  try {
    const judged = async (entry) => {
      const { dom, pixels, share, difference } = await judge.verdict(entry, ours);
      return dom && pixels ? '' : `${entry.name}: ${(share * 100).toFixed(2)} % of the picture, ${difference}`;
    };
    const lane = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        // Fonts and frames come when the machine has time: a page is judged once more before it counts.
        const fault = (await judged(next)) && (await judged(next));
        if (fault) lost.push(fault);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  } finally {
    await judge.close();
  }
  assert.deepEqual(lost, []);
});

test('a canvas gives pictures where it is shown only, and says why elsewhere', async () => {
  const judge = await Judge.open();
  try {
    const page = await judge.browser.newPage();
    await ours.prepare(page);
    await page.goto(`${judge.origins.agent}/replica`);
    await page.setContent(`<canvas></canvas><div data-alongside="mask"><canvas></canvas></div><div data-alongside="block"><canvas></canvas></div>
      <script>for (const canvas of document.querySelectorAll('canvas')) canvas.getContext('2d').fillRect(0, 0, 50, 50);</script>`);
    await ours.record(page);
    await page.evaluate(() => document.querySelector('canvas').getContext('2d').fillRect(50, 50, 50, 50));
    const recorded = await ours.take(page);
    const desk = await judge.browser.newPage();
    await desk.goto(`${judge.origins.agent}/replica`);
    await ours.replay(desk, recorded);
    const contents = await inPage(desk, "[...document.querySelector('iframe').contentDocument.querySelectorAll('canvas')].map(({ style }) => style.content.slice(0, 24))");
    assert.deepEqual(contents.map((content) => content.slice(5, 9)), ['blob', 'data']);
    await page.evaluate(() => document.querySelector('canvas').parentElement.setAttribute('data-alongside', 'mask'));
    await inPage(page, '__mirror.begin()');
    const after = await ours.take(page);
    const other = await judge.browser.newPage();
    await other.goto(`${judge.origins.agent}/replica`);
    await ours.replay(other, after);
    assert.match(await inPage(other, "document.querySelector('iframe').contentDocument.querySelector('canvas').style.content"), /^url\("data:image\/svg/);
  } finally {
    await judge.close();
  }
});

/** Edits at random, in the page: what is read and what is not yet, within and across both. */
const EDIT = `(() => {
  let seed = 7;
  const next = (below) => (seed = (seed * 48271) % 2147483647) % below;
  const all = [...document.querySelectorAll('main, main *')];
  const place = (node, parent) => {
    if (!node.contains(parent)) parent.insertBefore(node, parent.childNodes[next(parent.childNodes.length + 1)] ?? null);
  };
  return () => {
    for (let count = 0; count < 12; count++) {
      const [one, other] = [all[1 + next(all.length - 1)], all[next(all.length)]];
      const kind = next(6);
      if (kind === 0) place(one, other);
      else if (kind === 1) place(one.cloneNode(true), other);
      else if (kind === 2) one.remove();
      else if (kind === 3) place(document.createTextNode('text'), other);
      else if (kind === 4) one.className = 'c' + seed;
      else place(all[1 + next(40)], all[0]);
    }
  };
})()`;

/** Names, classes and texts of a document's body, in order. */
const OUTLINE = `(root) => {
  const told = [];
  for (const walker = document.createTreeWalker(root); walker.nextNode();) {
    const node = walker.currentNode;
    let depth = 0;
    for (let above = node; above !== root; above = above.parentNode) depth += 1;
    told.push(depth + (node.nodeType === 1 ? node.localName + '.' + (node.getAttribute('class') ?? '') : ' ' + node.data));
  }
  return told.join('\\n');
}`;

test('a page that changes while it is read in slices is the page at the end', async () => {
  const server = http.createServer((_, response) => response.setHeader('content-type', 'text/html').end('<!doctype html>')).listen(0, 'localhost');
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
  const address = `http://localhost:${server.address().port}/`;
  try {
    await slices(await browser.newContext(), address);
  } finally {
    await browser.close();
    server.close();
  }
});

async function slices(context, address) {
  const page = await context.newPage();
  await ours.prepare(page);
  await page.goto(address);
  await page.evaluate(fill, 60_000);
  const rounds = await inPage(page, `(async () => {
    const edit = ${EDIT};
    await __record({ selectors: { show: 'html' } });
    let isWhole = false;
    __mirror.whole().then(() => { isWhole = true; });
    let rounds = 0;
    for (; !isWhole; rounds++) {
      edit();
      await new Promise((done) => setTimeout(done));
    }
    return rounds;
  })()`);
  assert.ok(rounds > 2, `the page changed ${rounds} times while it was read`);
  const recorded = await ours.take(page);
  const outline = await inPage(page, `(${OUTLINE})(document.body)`);
  const desk = await context.newPage();
  await desk.goto(address);
  await ours.replay(desk, recorded);
  const drawn = await inPage(desk, `(${OUTLINE})(document.querySelector('iframe').contentDocument.body)`);
  const lines = outline.split('\n');
  const found = drawn.split('\n');
  const at = lines.findIndex((line, at) => line !== found[at]);
  assert.deepEqual(found.slice(at, at + 3), lines.slice(at, at + 3), `line ${at} of ${lines.length}`);
  assert.equal(found.length, lines.length);
}
