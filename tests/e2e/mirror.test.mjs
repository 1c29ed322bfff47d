// The mirror in a real browser: traits of pages that it shows stay shown, and nothing private leaves a page that is private by
// default.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import * as ours from '../mirror/arms/ours.mjs';
import { corpus, inPage, Judge } from '../mirror/judge.mjs';
import { fill } from '../mirror/workloads.mjs';
import { FLAGS, root } from './harness.mjs';

/** Pages judged at the same time. */
const LANES = 2;

test('every trait that the mirror has shown is shown', async () => {
  const shown = JSON.parse(fs.readFileSync(path.join(root, 'tests/mirror/shown.json'), 'utf8'));
  const queue = corpus().filter(({ name }) => shown.includes(name));
  assert.equal(queue.length, shown.length, 'every page of shown.json is in the corpus');
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
  const context = await browser.newContext();
  const page = await context.newPage();
  await ours.prepare(page);
  await page.goto(`http://localhost:${server.address().port}/empty`);
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
  await desk.goto(`http://localhost:${server.address().port}/empty`);
  await ours.replay(desk, recorded);
  const drawn = await inPage(desk, `(${OUTLINE})(document.querySelector('iframe').contentDocument.body)`);
  const lines = outline.split('\n');
  const found = drawn.split('\n');
  const at = lines.findIndex((line, at) => line !== found[at]);
  assert.deepEqual(found.slice(at, at + 3), lines.slice(at, at + 3), `line ${at} of ${lines.length}`);
  assert.equal(found.length, lines.length);
  await context.close();
});

/** Not a word, and no four characters of it stand in any name that a page needs. */
const CANARY = 'Zq7vKw9x';

/** Where a canary is planted, `@` standing for it. */
const PLACES = [
  '<p>@</p>', '<p>a <b>@</b> c</p>', '<p title="@">x</p>', '<img alt="@" src="/@.png">', '<img srcset="/@.png 2x">',
  '<a href="/orders/@">x</a>', '<a href="?who=@">x</a>', '<a href="https://u:@shop.example/">x</a>', '<input value="@">',
  '<input placeholder="@">', '<input type="hidden" value="@">', '<input type="password" value="@">', '<input type="submit" value="@">',
  '<textarea>@</textarea>', '<select><option value="@">@</option></select>', '<optgroup label="@"></optgroup>',
  '<button value="@">@</button>', '<div data-customer="@">x</div>', '<div aria-label="@">x</div>', '<div aria-description="@">x</div>',
  '<x-card customer="@">x</x-card>', '<meta name="who" content="@">', '<!-- @ -->', '<template>@</template>', '<noscript>@</noscript>',
  '<script type="application/json">"@"</script>', '<style>p::after { content: "@" }</style>', '<style>:root { --who: "@"; --name: @ }</style>',
  '<style>div { background: url(/@.png) }</style>', '<style>/* @ */</style>', '<div style="background: url(/@.png)">x</div>',
  '<div style="--who: @">x</div>', '<iframe srcdoc="<p>@</p>"></iframe>', '<svg><title>@</title><text>@</text></svg>',
  '<svg><a href="/@"><text>x</text></a></svg>', '<details><summary>@</summary>@</details>', '<video poster="/@.png"></video>',
  '<form action="/@" name="@"></form>', '<datalist><option value="@"></datalist>', '<object data="/@"></object>',
  '<label for="x">@</label>', '<output>@</output>', '<p contenteditable>@</p>', '<math><mi>@</mi></math>',
];

const LATER = `(() => {
  const place = document.createElement('div');
  document.body.append(place);
  place.attachShadow({ mode: 'open' }).append('@');
  place.textContent = '@';
  place.setAttribute('title', '@');
  document.querySelector('input').value = '@';
  document.querySelector('textarea').value = '@';
  document.title = '@';
  history.replaceState(null, '', '?customer=@');
  const frame = document.querySelector('iframe').contentDocument;
  frame.body.append('@');
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('p::before { content: "@" }');
  document.adoptedStyleSheets = [sheet];
  document.styleSheets[0].insertRule('i::before { content: "@" }');
  document.querySelector('p').firstChild.data = '@@';
})()`;

/** Forms in which four characters could stand in bytes; frames are not compressed. */
function forms(four) {
  const bytes = Buffer.from(four);
  const url = encodeURIComponent(four);
  return [bytes, Buffer.from(four, 'utf16le'), Buffer.from(bytes.toString('hex')), Buffer.from(bytes.toString('hex').toUpperCase()), Buffer.from(url)];
}

let browser;
let server;
before(async () => {
  const html = `<!doctype html><title>${CANARY}</title>${PLACES.join('\n').replaceAll('@', CANARY)}`;
  server = http.createServer(({ url }, response) => {
    response.setHeader('content-type', 'text/html').end(url === '/empty' ? '<!doctype html><title>Empty</title>' : html);
  }).listen(0, 'localhost');
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
});
after(async () => {
  await browser.close();
  server.close();
});

async function wire(options) {
  const page = await (await browser.newContext()).newPage();
  await ours.prepare(page);
  await page.goto(`http://localhost:${server.address().port}/`);
  await inPage(page, `window.__record(${JSON.stringify(options)})`);
  await inPage(page, LATER.replaceAll('@', CANARY));
  await page.waitForTimeout(300);
  const frames = (await ours.take(page)).split(' ').map((frame) => Buffer.from(frame, 'base64'));
  await page.context().close();
  return Buffer.concat(frames);
}

function leaks(bytes) {
  const runs = Array.from({ length: CANARY.length - 3 }, (_, at) => CANARY.slice(at, at + 4));
  return runs.filter((run) => forms(run).some((form) => bytes.includes(form)));
}

test('of a page that is private by default no four characters of a secret leave', async () => {
  const bytes = await wire({ isPrivate: true });
  const masked = bytes.toString('latin1').split('Xx0xXx0x').length - 1;
  assert.ok(masked > 20, `the page was told, with ${masked} texts masked`);
  assert.deepEqual(leaks(bytes), []);
});

test('the search finds a leak where there is one', async () => {
  assert.equal(leaks(await wire({ isPrivate: true, selectors: { show: 'label' } })).length, CANARY.length - 3);
});
