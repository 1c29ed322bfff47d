// The mirror in a real browser: traits of pages that it shows stay shown. What it must not show is `leak.test.mjs`.

import assert from 'node:assert/strict';
import * as http from 'node:http';
import { test } from 'node:test';
import { chromium } from 'playwright-core';
import * as ours from '../mirror/arms/ours.mjs';
import { corpus, inPage, Judge, misses, PIXEL_LIMIT } from '../mirror/judge.mjs';
import { fill } from '../mirror/workloads.mjs';
import { FLAGS } from './harness.mjs';

/** Pages judged at the same time. */
const LANES = 2;

test('every trait is shown, but for what is listed as a miss', async () => {
  const missed = misses();
  const queue = corpus();
  assert.deepEqual(Object.keys(missed).filter((name) => !queue.some((entry) => entry.name === name)), [], 'every miss is of a page');
  const judge = await Judge.open();
  const faults = [];
  try {
    const judged = async (entry) => {
      const { differences: expected = [], share: most = PIXEL_LIMIT } = missed[entry.name] ?? {};
      const { differences, share } = await judge.verdict(entry, ours);
      const isAsExpected = differences.join('\n') === expected.join('\n');
      return isAsExpected && share <= most ? '' : `${entry.name}: ${(share * 100).toFixed(2)} % of the picture, ${JSON.stringify(differences)}`;
    };
    const lane = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        // Fonts and frames come when the machine has time: a page is judged once more before it counts.
        const fault = (await judged(next)) && (await judged(next));
        if (fault) faults.push(fault);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  } finally {
    await judge.close();
  }
  assert.deepEqual(faults, []);
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

/** Elements whose root is closed to scripts; each holds words that are shown. */
const CLOSED = `
  <div class="closed" style="width: 200px; height: 40px"><template shadowrootmode="closed">in a box of a given size</template></div>
  <div class="closed"><template shadowrootmode="closed"><p>in a block</p></template></div>
  <p>in a line <x-word class="closed"><template shadowrootmode="closed">of words</template></x-word> and on</p>
  <x-card class="closed"><template shadowrootmode="closed"><b>instead</b></template><i>of what is in no slot</i></x-card>
  <x-card class="closed" style="display: flex"><template shadowrootmode="closed"><b>instead</b></template>of a text in no slot</x-card>
  <div style="display: flex"><x-part class="closed" style="height: 30px"><template shadowrootmode="closed"><img width="20" height="20"></template></x-part></div>
  <x-open><template shadowrootmode="open"><div class="closed"><template shadowrootmode="closed">within an open one</template></div></template></x-open>`;

/** Elements without one that look as if they had, or whose root shows what is in them. */
const PLAIN = `
  <style>.before::before { content: 'before' } .after::after { content: 'after' } .box { display: block; width: 60px; height: 30px; background: #ccc }</style>
  words <x-word class="before"></x-word> words <x-word class="after" style="user-select: none"></x-word> <span style="padding: 5px 20px; background: red"></span>
  <x-word style="display: inline-block; width: 30px; height: 20px"></x-word> words <x-word class="before" style="display: inline-block; width: 80px"></x-word>
  <x-word style='content: url("data:image/gif;base64,R0lGODlhAQABAAAAACw="); width: 30px; height: 20px'></x-word> <x-word> </x-word> <x-word></x-word>
  <div></div> <div style="padding: 10px"></div> <div class="before"></div> <div class="box" style="user-select: none"></div> <div class="box" style="float: left"></div>
  <div class="box" style="clear: both" contenteditable></div> <div style="display: flex; height: 30px"><div style="flex: 1"></div><x-part class="before"></x-part><x-part>  </x-part></div>
  <div contenteditable>words <x-word class="box" style="display: inline-block" contenteditable="false"></x-word><div class="box" contenteditable="false"></div></div>
  <div style="columns: 2"><div class="box"></div><div class="box"></div></div> <button><span style="display: inline-block; width: 20px; height: 20px"></span></button>
  <x-list style="display: block; height: 30px"><x-part hidden></x-part></x-list> <x-list><x-part>words</x-part></x-list> <x-list>words</x-list>
  <x-card><template shadowrootmode="closed"><slot></slot> and more</template><i>what is in a slot</i></x-card> <x-open><template shadowrootmode="open">open</template></x-open>`;

test('a badge stands for each closed shadow root that was there before, and for nothing else', async () => {
  const judge = await Judge.open();
  try {
    const page = await judge.browser.newPage({ viewport: { width: 800, height: 1400 } });
    await ours.prepare(page);
    await page.goto(`${judge.origins.agent}/replica`);
    await page.evaluate((html) => document.body.setHTMLUnsafe(html), `<main>${CLOSED}</main>${PLAIN}`);
    await ours.record(page);
    for (let look = 0; look < 3; look += 1) await inPage(page, '__mirror.flush()');
    const recorded = await ours.take(page);
    const desk = await judge.browser.newPage();
    await desk.goto(`${judge.origins.agent}/replica`);
    await ours.replay(desk, recorded);
    const badges = await inPage(desk, `(() => {
      const page = document.querySelector('iframe').contentDocument;
      const count = (root) => root.querySelectorAll('[data-badge="6"]').length;
      const left = (root) => [...root.querySelectorAll('.closed')].map(({ outerHTML }) => outerHTML);
      const inner = page.querySelector('x-open').shadowRoot;
      return { within: count(page.querySelector('main')), open: count(inner), all: count(page), left: [...left(page), ...left(inner)] };
    })()`);
    assert.deepEqual(badges, { within: 6, open: 1, all: 6, left: [] });
    // What is to be left out, or blocked, is no badge that says what is in it.
    await page.evaluate(() => document.querySelectorAll('.closed').forEach((element, at) => element.setAttribute('data-alongside', at % 2 ? 'hide' : 'block')));
    await inPage(page, '__mirror.begin()');
    const other = await judge.browser.newPage();
    await other.goto(`${judge.origins.agent}/replica`);
    await inPage(page, 'window.__frames.splice(0, window.__frames.findLastIndex((frame) => atob(frame).charCodeAt(0) === 0))');
    await ours.replay(other, await ours.take(page));
    assert.deepEqual(await inPage(other, "[...document.querySelector('iframe').contentDocument.querySelectorAll('main [data-badge]')].map((badge) => badge.dataset.badge)"), ['0', '0', '0']);
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
