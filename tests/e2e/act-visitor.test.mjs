// The whole way of an act through the visitor's page as it is delivered: the hub is the test, and knows of the page what an agent would.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Guest, session } from './guest.mjs';
import { until } from './harness.mjs';

let guest;
before(async () => (guest = await Guest.begin()));
after(() => guest.end());

const cut = (number) => BigInt.asUintN(64, number);

/** As `Mix` in `src/mirror/hash.rs`. */
class Mix {
  #hash = 1n;

  word(word) {
    const product = cut((this.#hash ^ word) * 0x9e3779b97f4a7c15n);
    this.#hash = product ^ (product >> 32n);
  }

  text(text) {
    const bytes = new TextEncoder().encode(text);
    this.word(BigInt(bytes.length));
    for (let at = 0; at < bytes.length; at += 8) this.word(bytes.slice(at, at + 8).reduceRight((word, byte) => (word << 8n) | BigInt(byte), 0n));
  }

  end() {
    let hash = cut(this.#hash * 0xff51afd7ed558ccdn);
    hash = cut((hash ^ (hash >> 29n)) * 0xc4ceb9fe1a85ec53n);
    return Number((hash ^ (hash >> 32n)) & 0xffffffffn);
  }
}

/** What an agent sees of an element that has no attributes: what it is, and for a press also what it says. */
function seen(name, text) {
  const mix = new Mix();
  mix.word(0n);
  mix.text(name);
  mix.word(0n);
  if (text !== undefined) mix.text(text);
  return mix.end();
}

/** Nodes have the numbers in which they are read. */
const numberOf = (page, selector) => page.evaluate((selector) => {
  const walker = document.createTreeWalker(document);
  for (let at = 0, node = walker.currentNode; node; node = walker.nextNode(), at++) if (node === document.querySelector(selector)) return at;
}, selector);

const HTML = `<main><button>Buy</button><div data-alongside="show"><input></div><p data-alongside="mask"><textarea></textarea></p></main><div style="height:3000px"></div>
  <script>for (const type of ['click', 'input']) addEventListener(type, ({ target, isTrusted }) => isTrusted && type === 'click' || (document.title += ' ' + type + ':' + target.localName))</script>`;
const ASK = { agent: 1, capability: 'control' };

let count = 0;
async function act(page, selector, fingerprint, action, change = {}) {
  const number = (count += 1);
  const node = selector === null ? 0 : await numberOf(page, selector);
  await page.tell({ act: { agent: 1, number, epoch: 1, node, fingerprint, action, ...change } });
  return until('the act is answered', async () => (await page.sent('done')).find((done) => done.number === number)?.outcome);
}

async function granted(change = {}) {
  const page = await guest.live({ html: HTML });
  await page.tell(session({ request: { ...ASK, ...change } }));
  await page.locator('[data-name=allow]').waitFor();
  // Neither does a button take a click that nobody can have meant, nor an agent act while the visitor does.
  await page.waitForTimeout(450);
  await page.locator('[data-name=allow]').click();
  await page.waitForTimeout(600);
  return page;
}

const CLICK = { click: { x: 5000, y: 5000, count: 1 } };
const TYPE = { type: { text: 'An茶' } };

test('an agent does on the page what the visitor granted, and nothing else', async () => {
  const page = await guest.live({ html: HTML });
  assert.equal(await act(page, 'button', seen('button', 'Buy'), CLICK), 'not-granted');
  await page.close();
  const shared = await granted();
  assert.equal(await act(shared, 'button', seen('button', 'Sell'), CLICK), 'changed');
  assert.equal(await act(shared, 'button', seen('button', 'Buy'), CLICK, { epoch: 9 }), 'gone');
  assert.equal(await act(shared, 'textarea', seen('textarea'), TYPE), 'masked');
  assert.equal(await act(shared, null, 0, { go: { through: 'reload' } }), 'not-granted');
  assert.equal(await shared.title(), 'Shop');
  assert.equal(await act(shared, 'button', seen('button', 'Buy'), CLICK), 'done');
  assert.equal(await act(shared, 'input', seen('input'), TYPE), 'done');
  assert.equal(await act(shared, null, 0, { scroll: { x: 0, y: 700 } }), 'done');
  assert.equal(await shared.title(), 'Shop click:button input:input input:input input:input');
  assert.equal(await shared.locator('input').inputValue(), 'An茶');
  assert.equal(await shared.evaluate(() => scrollY), 700);
  await shared.keyboard.press('Escape');
  assert.equal(await act(shared, 'button', seen('button', 'Buy'), CLICK), 'not-granted');
  assert.deepEqual(shared.faults, []);
});

test('acts that come together are done one after the other, each answered once', async () => {
  const page = await granted();
  const node = await numberOf(page, 'input');
  await page.evaluate(([node, fingerprint]) => {
    for (let number = 101; number < 121; number++) window.hub.tell({ act: { agent: 1, number, epoch: 1, node, fingerprint, action: { type: { text: String(number % 10) } } } });
  }, [node, seen('input')]);
  await until('all are answered', async () => (await page.sent('done')).length === 20);
  assert.equal(await page.locator('input').inputValue(), '12345678901234567890');
  assert.deepEqual((await page.sent('done')).map(({ number, outcome }) => `${number} ${outcome}`), Array.from({ length: 20 }, (_, at) => `${101 + at} done`));
  assert.deepEqual(page.faults, []);
});

test('what an agent proposes waits for the visitor', async () => {
  const page = await granted({ proposes: true });
  assert.equal(await act(page, 'input', seen('input'), TYPE), 'proposed');
  assert.equal(await page.locator('input').inputValue(), '');
  await page.locator('[data-name^="use "]').click();
  await until('it is done', async () => (await page.sent('done')).some(({ number, outcome }) => number === count && outcome === 'done'));
  assert.equal(await page.locator('input').inputValue(), 'An茶');
  assert.deepEqual(page.faults, []);
});
