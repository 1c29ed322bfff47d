// The mirror in a real browser: traits of pages that it shows stay shown. What it must not show is `leak.test.mjs`.

import assert from 'node:assert/strict';
import * as http from 'node:http';
import { test } from 'node:test';
import { chromium } from 'playwright-core';
import * as ours from '../mirror/arms/ours.mjs';
import { corpus, inPage, Judge, layoutMisses, misses, PIXEL_LIMIT } from '../mirror/judge.mjs';
import { fill } from '../mirror/workloads.mjs';
import { FLAGS } from './harness.mjs';

/** Pages judged at the same time. */
const LANES = 2;

/** Judges every page of the corpus: what `fault` says of a page, if it says so twice. @param {Record<string, object>} missed @param {(judge: Judge, entry: any) => Promise<string>} fault */
async function faults(missed, fault) {
  const queue = corpus();
  assert.deepEqual(Object.keys(missed).filter((name) => !queue.some((entry) => entry.name === name)), [], 'every miss is of a page');
  const judge = await Judge.open();
  const found = [];
  try {
    const lane = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        // Fonts and frames come when the machine has time: a page is judged once more before it counts.
        const said = (await fault(judge, next)) && (await fault(judge, next));
        if (said) found.push(said);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  } finally {
    await judge.close();
  }
  return found;
}

test('every trait is shown, but for what is listed as a miss', async () => {
  const missed = misses();
  assert.deepEqual(await faults(missed, async (judge, entry) => {
    const { differences: expected = [], share: most = PIXEL_LIMIT } = missed[entry.name] ?? {};
    const { differences, share } = await judge.verdict(entry, ours);
    const isAsExpected = differences.join('\n') === expected.join('\n');
    return isAsExpected && share <= most ? '' : `${entry.name}: ${(share * 100).toFixed(2)} % of the picture, ${JSON.stringify(differences)}`;
  }), []);
});

test('where a page is private by default its layout stays, but for what is listed as a miss', async () => {
  const missed = layoutMisses();
  assert.deepEqual(await faults(missed, async (judge, entry) => {
    const { differences: expected = [] } = missed[entry.name] ?? {};
    const { differences, details = differences } = await judge.layout(entry, ours.privately);
    return differences.join('\n') === expected.join('\n') ? '' : `${entry.name}: ${JSON.stringify(details)}`;
  }), []);
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

/** What a page sees of its `FontFace`: what it returns, throws and refuses, and what it asks of what it is given. */
const FACES = `(async () => {
  const said = [];
  const attempt = async (act) => {
    try {
      said.push(String(await act()));
    } catch (error) {
      said.push(error.name + ': ' + error.message);
    }
  };
  const asking = (name) => ({ toString() { said.push('asked for ' + name); return 'local("x")'; } });
  const failing = { toString() { throw new RangeError('of the page'); } };
  class Own extends FontFace {
    mine = true;
  }
  class Other extends Own {
    constructor() { super('other', 'local("x")', { weight: '700' }); }
  }
  await attempt(() => FontFace('a', 'local("x")'));
  await attempt(() => new FontFace());
  await attempt(() => new FontFace('a'));
  await attempt(() => new FontFace(Symbol(), 'local("x")'));
  await attempt(() => new FontFace(failing, 'local("x")'));
  await attempt(() => new FontFace('a', failing));
  await attempt(() => new FontFace('a', 'local("x")', { get weight() { throw new RangeError('of the page'); } }));
  await attempt(() => new FontFace('a', 'local("x")', 1));
  await attempt(() => new FontFace(asking('family'), asking('source'), { weight: asking('weight') }).status);
  await attempt(() => new FontFace('a', 'no source').status);
  await attempt(() => new FontFace('a', 'no source').load());
  await attempt(() => new FontFace('a', 'url(/none.woff2)', { weight: 'heavy' }).loaded);
  await attempt(() => new FontFace('a', new ArrayBuffer(8)).loaded);
  await attempt(() => new FontFace('a', new Uint8Array(8).subarray(2)).loaded);
  await attempt(() => new FontFace('a', new SharedArrayBuffer(8)));
  await attempt(() => new FontFace('a', new ArrayBuffer(3 * 1024 * 1024)).status);
  await attempt(() => new FontFace('a', {}).status);
  await attempt(() => new FontFace('a', null).status);
  await attempt(() => document.fonts.add({}));
  await attempt(() => Reflect.construct(FontFace, ['a', 'local("x")'], Array) instanceof Array);
  const face = new FontFace('a b', 'local("x")', { style: 'italic' });
  const other = new Other();
  said.push([face instanceof FontFace, face instanceof Own, Object.prototype.toString.call(face), face.family, face.style, face.status].join());
  said.push([other instanceof FontFace, other instanceof Own, other.constructor === Other, other.mine, other.weight].join());
  said.push([FontFace.name, FontFace.length, typeof FontFace, Object.getPrototypeOf(FontFace) === Function.prototype, Object.getPrototypeOf(face) === FontFace.prototype].join());
  said.push(JSON.stringify([Object.getOwnPropertyDescriptors(FontFace), Object.getOwnPropertyDescriptor(window, 'FontFace')], (key, value) => (key === 'value' ? typeof value : value)), Object.getOwnPropertyNames(FontFace).join());
  said.push([document.fonts.add(face) === document.fonts, document.fonts.has(face), document.fonts.delete(face), [...document.fonts].length].join());
  return said;
})()`;

test('a page finds its FontFace as it was, while it is mirrored and afterwards', async () => {
  const judge = await Judge.open();
  try {
    const page = await judge.browser.newPage();
    const errors = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    await ours.prepare(page);
    await page.goto(`${judge.origins.agent}/replica`);
    await page.setContent('<iframe></iframe>');
    const before = await inPage(page, FACES);
    assert.ok(before.length > 25, before.join('\n'));
    assert.deepEqual(before.filter((said) => said === 'asked for source'), ['asked for source']);
    await inPage(page, 'window.before = [FontFace, frames[0].FontFace]; 0');
    const isAsBefore = () => inPage(page, '[FontFace, frames[0].FontFace].map((face, at) => face === before[at])');
    await ours.record(page);
    assert.deepEqual(await isAsBefore(), [false, false], 'what faces are made of is noted');
    assert.deepEqual(await inPage(page, FACES), before);
    await inPage(page, "window.kept = FontFace; window.early = new FontFace('Early', 'url(/early.woff2)'); 0");
    await inPage(page, '__mirror.stop()');
    assert.deepEqual(await isAsBefore(), [true, true]);
    assert.deepEqual(await inPage(page, FACES), before);
    // The next mirror knows what the one before has noted, and nothing of what was made between them.
    await inPage(page, "document.fonts.add(new kept('Between', 'url(/between.woff2)')).add(new FontFace('Between', 'url(/between.woff2)')); 0");
    await ours.record(page);
    await inPage(page, "document.fonts.add(new FontFace('Late', 'local(\"x\")')).add(early); 0");
    const desk = await judge.browser.newPage();
    await desk.goto(`${judge.origins.agent}/replica`);
    await ours.replay(desk, await ours.take(page));
    const rules = await inPage(desk, "[...document.querySelector('iframe').contentDocument.adoptedStyleSheets[1].cssRules].map(({ cssText }) => cssText)");
    assert.deepEqual(rules, ['@font-face { font-family: Late; src: local("x"); }', '@font-face { font-family: Early; src: url("data:,"); }']);
    // What the page itself has put there meanwhile stays.
    await inPage(page, "window.theirs = class Theirs extends FontFace {}; window.FontFace = theirs; 0");
    await inPage(page, '__mirror.stop()');
    assert.ok(await inPage(page, 'FontFace === theirs && new FontFace("a", "local(x)") instanceof theirs'));
    assert.deepEqual(errors, []);
  } finally {
    await judge.close();
  }
});

test('a page that has replaced, frozen or lost what fonts are read by is mirrored all the same', async () => {
  const judge = await Judge.open();
  try {
    for (const [script, stays] of [
      ['window.FontFace = function () { return {}; }; delete window.FontFaceSet;', 'String(new FontFace("a", "url(x)"))'],
      ['delete window.FontFace; delete Document.prototype.fonts; window.FontFaceSet = () => {};', 'typeof FontFace'],
      ['Object.defineProperty(window, "FontFace", { writable: false });', 'new FontFace("a", "local(x)").status'],
      ['FontFaceSet.prototype.forEach = Map.prototype.forEach = WeakMap.prototype.set = () => { throw new Error("not here"); }; window.Blob = window.Proxy = undefined;', 'new FontFace("a", new ArrayBuffer(8)).family'],
      ['Object.defineProperty(Document.prototype, "fonts", { get() { throw new Error("not here"); } });', 'new FontFace("a", "local(x)").status'],
    ]) {
      const page = await judge.browser.newPage();
      const errors = [];
      page.on('pageerror', ({ message }) => errors.push(message));
      await page.addInitScript({ content: script });
      await ours.prepare(page);
      await page.goto(`${judge.origins.agent}/replica`);
      const said = await inPage(page, stays);
      await ours.record(page);
      assert.equal(await inPage(page, stays), said, script);
      await inPage(page, "document.body.append('told'); 0");
      const desk = await judge.browser.newPage();
      await desk.goto(`${judge.origins.agent}/replica`);
      await ours.replay(desk, await ours.take(page));
      assert.equal(await inPage(desk, "document.querySelector('iframe').contentDocument.body.textContent"), 'told', script);
      await inPage(page, '__mirror.stop()');
      assert.deepEqual(errors, [], script);
      await page.context().close();
    }
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
