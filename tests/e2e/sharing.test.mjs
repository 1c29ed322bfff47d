// A visitor's tab is shown at the desk as it is: through page loads, other tabs, and a hub that comes back.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { FLAGS, online, picture, root, until, World } from './harness.mjs';

let world;
let desk;
before(async () => {
  world = await World.begin({ site: { args: ['--switch'] } });
  desk = await world.desk();
});
after(() => world.end());
afterEach(async () => {
  await visitor?.close();
  await desk.goto(`${world.hubUrl}/desk/#/live`);
  await until('nothing is shared', async () => (await desk.getByRole('link', { name: 'Watch' }).count()) === 0);
});

let visitor;

/** A visitor whose tab is shown, and a desk that watches. What the tab sends goes through `change`; `script` runs before all others. */
async function watched(address, change, script) {
  visitor = await world.visitor();
  const page = await visitor.newPage();
  if (script) await page.addInitScript(script);
  if (change) {
    await page.routeWebSocket(/./, (socket) => {
      const hub = socket.connectToServer();
      socket.onMessage((message) => hub.send(change(message)));
    });
  }
  await page.goto(`${world.siteUrl}${address}`);
  await online(page);
  await page.getByRole('button', { name: 'Show this tab to agents' }).click();
  await desk.getByRole('link', { name: 'Watch' }).click();
  return page;
}

const replica = () => desk.frameLocator('.stage iframe');
const isLive = () => desk.getByText('Live view').waitFor({ timeout: 10_000 });
const isWaiting = () => desk.getByText('Waiting for the visitor').waitFor({ timeout: 10_000 });

test('a desk sees the page, what is typed and where it is scrolled, and nothing of a card', async () => {
  const page = await watched('/checkout.html');
  await isLive();
  await replica().getByRole('heading', { name: 'Checkout' }).waitFor();
  await page.getByLabel('Card number').fill('4111 1111 1111 1111');
  await page.getByLabel('Name', { exact: true }).fill('Ann Example');
  const value = (name) => replica().locator(`input[name=${name}]`).inputValue();
  await until('the card is there, and not as it is', async () => (await value('card')) === '••••••••');
  await until('the name is there', async () => (await value('name')).length > 0);
  assert.doesNotMatch(await value('name'), /Ann|Example/);
  await page.setViewportSize({ width: 800, height: 400 });
  await page.mouse.wheel(0, 150);
  const scrolled = () => replica().locator('html').evaluate((root) => root.scrollTop);
  await until('it is scrolled', async () => (await scrolled()) === (await page.evaluate(() => document.documentElement.scrollTop)) && (await scrolled()) > 0);
  assert.equal(await replica().locator('html').evaluate(() => innerWidth), 800);
  assert.equal(await replica().getByText('Agents see this tab').count(), 0, 'the switch is not shown');
  await picture(desk, 'desk-watching');
  assert.deepEqual(visitor.heard, []);
  await visitor.close();
  await isWaiting();
  await desk.getByRole('link', { name: 'All shared pages' }).click();
  await desk.getByText('No shared session').waitFor();
});

test('pictures come from the visitor, once, and the desk asks nobody else', async () => {
  const asked = [];
  const note = (request) => asked.push(request.url());
  desk.on('request', note);
  const page = await watched('/');
  const kettle = replica().locator('main img').first();
  const isDrawn = () => kettle.evaluate((image) => image.complete && image.naturalWidth > 0).catch(() => false);
  await until('the kettle is drawn', isDrawn);
  await picture(desk, 'desk-watching-pictures');
  let given = 0;
  const session = await desk.context().newCDPSession(desk);
  await session.send('Network.enable');
  session.on('Network.webSocketFrameSent', ({ response }) => (given += Number(Buffer.from(response.payloadData, 'base64').length > 36)));
  await page.reload();
  await until('the kettle is drawn again', isDrawn);
  assert.equal(given, 0, 'the desk has it already');
  await page.evaluate(() => document.body.append(Object.assign(new Image(), { id: 'late', src: URL.createObjectURL(new Blob(['<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'], { type: 'image/svg+xml' })) })));
  await until('what the page made itself is drawn', () => replica().locator('#late').evaluate((image) => image.naturalWidth === 9).catch(() => false));
  const font = fs.readFileSync(path.join(root, 'tests/mirror/corpus/assets/squares.woff2')).toString('base64');
  await page.evaluate((font) => {
    const bytes = Uint8Array.from(atob(font), (char) => char.charCodeAt(0));
    const address = URL.createObjectURL(new Blob([bytes], { type: 'font/woff2' }));
    document.head.append(Object.assign(document.createElement('style'), { textContent: `@font-face { font-family: squares; src: url("${address}") } body { font-family: squares }` }));
  }, font);
  await until('what is written is in the page’s own font', () =>
    replica().locator('html').evaluate(({ ownerDocument }) => [...ownerDocument.fonts].some(({ status }) => status === 'loaded')));
  desk.off('request', note);
  assert.deepEqual(asked.filter((url) => url.startsWith(world.siteUrl)), []);
});

test('the desk stays with the visitor over page loads, reloads and tabs', async () => {
  const page = await watched('/');
  await isLive();
  await page.getByRole('link', { name: 'Shop', exact: true }).click();
  await replica().getByRole('heading', { name: 'Shop' }).waitFor({ timeout: 10_000 });
  await page.reload();
  await isLive();
  await replica().getByRole('heading', { name: 'Shop' }).waitFor({ timeout: 10_000 });
  const second = await visitor.newPage();
  await second.goto(`${world.siteUrl}/cart.html`);
  await second.getByRole('button', { name: 'Show this tab to agents' }).click();
  await replica().getByRole('heading', { name: 'Basket' }).waitFor({ timeout: 10_000 });
  await second.close();
  await isWaiting();
  assert.deepEqual(visitor.heard, []);
});

test('after the hub was gone the page is shown again, by itself', async () => {
  const page = await watched('/guide/');
  await isLive();
  await world.stopHub('SIGKILL');
  await page.evaluate(() => document.body.append('said meanwhile'));
  await isWaiting();
  await world.startHub();
  // Unless it has tried again by itself.
  await desk.getByRole('button', { name: 'Try again' }).click({ timeout: 2_000 }).catch(() => {});
  await online(page);
  await replica().getByText('said meanwhile').waitFor({ timeout: 40_000 });
});

test('what is large crosses compressed, where the browser can', async () => {
  const sent = {};
  for (const isAble of [true, false]) {
    let bytes = 0;
    const page = await watched('/', (message) => {
      bytes += message.length;
      return message;
    }, isAble ? '' : 'delete window.CompressionStream');
    await isLive();
    await replica().getByRole('heading').first().waitFor();
    bytes = 0;
    await page.evaluate(() => {
      for (let count = 0; count < 3_000; count += 1) document.body.append(Object.assign(document.createElement('p'), { textContent: `paragraph ${count}` }));
      document.body.append('the end');
    });
    await replica().getByText('the end').waitFor();
    sent[isAble] = bytes;
    assert.deepEqual(visitor.heard, []);
    await visitor.close();
    await isWaiting();
    await desk.getByRole('link', { name: 'All shared pages' }).click();
  }
  assert.ok(sent.false > 45_000 && sent.true < sent.false / 2, `${sent.true} bytes, and ${sent.false} as they are`);
});

test('a replica that has drifted from the page heals within seconds', async () => {
  let damaged = 0;
  const page = await watched('/', (message) => {
    const at = message.indexOf('drifts not');
    if (at < 0 || damaged > 0) return message;
    damaged += 1;
    const other = Buffer.from(message);
    other.write('has gone..', at);
    return other;
  });
  await isLive();
  await replica().getByRole('heading').first().waitFor();
  await page.evaluate(() => document.querySelector('h1').replaceChildren('drifts not'));
  await replica().getByRole('heading', { name: 'has gone..' }).waitFor();
  await replica().getByRole('heading', { name: 'drifts not' }).waitFor({ timeout: 10_000 });
  assert.equal(damaged, 1);
  assert.deepEqual(visitor.heard, []);
});

test('who stops sharing is not seen any more, and nothing of the SDK is left in the page', async () => {
  const page = await watched('/catalog.html');
  await isLive();
  await page.getByRole('button', { name: 'Agents see this tab: stop' }).click();
  await isWaiting();
  await page.evaluate(() => document.body.append('only for me'));
  await page.waitForTimeout(300);
  assert.equal(await replica().getByText('only for me').count(), 0);
  assert.equal(await page.evaluate(() => String(Element.prototype.attachShadow)), 'function attachShadow() { [native code] }');
  await page.getByRole('button', { name: 'Show this tab to agents' }).click();
  await replica().getByText('only for me').waitFor();
});

test('a site that is not on this machine cannot be shared without consent', async () => {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: [...FLAGS, '--host-resolver-rules=MAP shop.test localhost'] });
  try {
    const page = await browser.newPage();
    await page.goto(`http://shop.test:${world.sitePort}/`);
    await page.waitForFunction(() => window.alongside);
    assert.equal(await page.evaluate(() => window.alongside('cobrowse.share').catch((error) => error.code)), 'not-permitted');
  } finally {
    await browser.close();
  }
});
