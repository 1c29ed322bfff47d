// A visitor's page views, searches and navigation reach the desk: over every transport, through trouble.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { online, picture, status, until, World } from './harness.mjs';

let world;
let desk;
before(async () => {
  world = await World.begin();
  desk = await world.desk();
});
after(() => world.end());

const row = (text) => desk.locator('main').getByText(text, { exact: true }).first();
const shown = (text, within = 3_000) => row(text).waitFor({ timeout: within });
const views = async (visit) => {
  const rows = await desk.getByRole('row').allInnerTexts();
  return rows.find((text) => text.includes(visit)) ?? '';
};

test('a page view, a navigation within the page and a search each appear at the desk', async () => {
  const visitor = await world.visitor();
  const page = await visitor.newPage();
  await page.goto(`${world.siteUrl}/guide/`);
  await shown('Water first | Kaede & Co.', 6_000);
  await online(page);
  const start = Date.now();
  await page.getByRole('link', { name: 'Hojicha' }).click();
  await shown('Hojicha | Kaede & Co.');
  const took = Date.now() - start;
  assert.ok(took < 1_500, `the navigation was shown after ${took} ms`);
  await page.fill('input[type=search]', 'sencha ann@example.com');
  await page.keyboard.press('Enter');
  await shown('sencha [email]', 6_000);
  await picture(desk, 'desk-live-now');
  await picture(page, 'shop-search');
  const { visitor: id } = await status(page);
  // The search is told when the form is sent, the page view once the next page is there.
  await until('three page views: guide, hojicha, search', async () => /^3$/m.test(await views(id.slice(0, 8))));
  assert.deepEqual(visitor.heard, []);
  await visitor.close();
});

test('two tabs opened at the same moment share one visitor and one visit', async () => {
  const visitor = await world.visitor();
  const pages = await Promise.all([visitor.newPage(), visitor.newPage()]);
  await Promise.all(pages.map((page, index) => page.goto(`${world.siteUrl}/${['catalog', 'cart'][index]}.html`)));
  await Promise.all(pages.map(online));
  const [one, two] = await Promise.all(pages.map(status));
  assert.equal(one.visitor, two.visitor);
  assert.equal(one.visit, two.visit);
  await visitor.close();
});

test('calls made before the SDK is loaded are done in order', async () => {
  const visitor = await world.visitor();
  const page = await visitor.newPage();
  await page.route('**/core.js', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    await route.continue();
  });
  await page.goto(`${world.siteUrl}/cart.html`);
  await until('the loader is there', () => page.evaluate(() => typeof window.alongside === 'function'));
  const results = await page.evaluate(() =>
    Promise.all([
      window.alongside('journey.record', 'first', { kind: 'tea', grams: 12.5, gift: true }),
      window.alongside('journey.search', 'earl grey'),
      window.alongside('journey.record', '', {}).catch((error) => error.code),
      window.alongside('journey.record', 'x', { nested: {} }).catch((error) => error.code),
      window.alongside('no.such.command').catch((error) => error.code),
      window.alongside('journey.search').catch((error) => error.code),
    ]),
  );
  assert.deepEqual(results, [undefined, undefined, 'bad-name', 'bad-argument', 'unknown-command', 'bad-argument']);
  await shown('earl grey');
  await visitor.close();
});

test('what happens while the hub is down is told when it is back, also after a reload', async () => {
  const visitor = await world.visitor();
  const page = await visitor.newPage();
  await page.goto(`${world.siteUrl}/catalog.html`);
  await online(page);
  await world.stopHub('SIGKILL');
  await until('the page is offline', async () => (await status(page)).state !== 'online');
  await page.evaluate(() => window.alongside('journey.search', 'while the hub was down'));
  await page.waitForTimeout(400);
  await world.startHub();
  await page.reload();
  await online(page);
  await until('everything is acknowledged', async () => (await status(page)).queued === 0);
  desk = await world.desk();
  await shown('while the hub was down');
  await visitor.close();
});

test('the hub is down at first: the console says so once, the page works, nothing is lost', async () => {
  await world.stopHub();
  const visitor = await world.visitor();
  const page = await visitor.newPage();
  // The SDK itself comes from elsewhere in this test, as from a CDN.
  const dist = path.resolve(import.meta.dirname, '../../js/dist');
  await page.route('**/sdk/*', (route) => {
    const file = path.join(dist, path.basename(new URL(route.request().url()).pathname));
    const type = file.endsWith('.wasm') ? 'application/wasm' : 'text/javascript';
    return route.fulfill({ body: fs.readFileSync(file), contentType: type, headers: { 'access-control-allow-origin': '*' } });
  });
  await page.goto(`${world.siteUrl}/search.html?q=patience`);
  await until('the warning', () => visitor.heard.some((line) => line.includes('cannot reach')), 15_000);
  assert.equal(visitor.heard.filter((line) => line.includes('[alongside]')).length, 1);
  assert.match(visitor.heard.find((line) => line.includes('[alongside]')), /Is the hub running.*connect-src/);
  await world.startHub();
  desk = await world.desk();
  await shown('patience', 70_000);
  await visitor.close();
});

test('the visitor leaves before the SDK is loaded and is counted all the same', async () => {
  const visitor = await world.visitor();
  const page = await visitor.newPage();
  await page.route('**/core.js', () => {});
  await page.goto(`${world.siteUrl}/account.html`);
  await until('the loader is there', () => page.evaluate(() => typeof window.alongside === 'function'));
  await page.goto('about:blank');
  await shown('/account.html');
  await visitor.close();
});

test('forgetting erases the visitor at the hub and in the browser, in all its tabs', async () => {
  const visitor = await world.visitor();
  const page = await visitor.newPage();
  const tab = await visitor.newPage();
  await tab.goto(`${world.siteUrl}/cart.html`);
  await online(tab);
  await page.goto(`${world.siteUrl}/search.html?q=forget-me`);
  await shown('forget-me', 6_000);
  const before = (await status(page)).visitor;
  await page.evaluate(() => window.alongside('visitor.forget'));
  await row('forget-me').waitFor({ state: 'detached', timeout: 5_000 });
  await until('another visitor begins', async () => {
    const { state, visitor } = await status(page);
    return state === 'online' && visitor !== before;
  });
  await until('the other tab follows', async () => {
    const { state, visitor } = await status(tab);
    return state === 'online' && visitor === (await status(page)).visitor;
  });
  await visitor.close();
});

test('an outbox of another visitor in the storage is left behind, not fought over', async () => {
  const visitor = await world.visitor();
  const page = await visitor.newPage();
  await page.goto(`${world.siteUrl}/cart.html`);
  await online(page);
  await page.evaluate(() => localStorage.setItem('alongside:demo:visitor', 'ab'.repeat(16)));
  await page.goto(`${world.siteUrl}/search.html?q=another-visitor`);
  await shown('another-visitor', 6_000);
  await online(page);
  await visitor.close();
});

test('stop leaves the page as it was', async () => {
  const visitor = await world.visitor();
  const page = await visitor.newPage();
  await page.goto(`${world.siteUrl}/cart.html`);
  await online(page);
  await page.evaluate(() => window.alongside('stop'));
  await page.evaluate(() => history.pushState(null, '', '/cart.html?x=1'));
  await page.waitForTimeout(400);
  assert.equal((await status(page)).state, 'stopped');
  assert.equal(await page.evaluate(() => window.alongside('journey.search', 'late').catch((error) => error.code)), 'stopped');
  assert.deepEqual(visitor.heard, []);
  await visitor.close();
});

test('the npm package starts, stops and starts again', async () => {
  const visitor = await world.visitor();
  const page = await visitor.newPage();
  await page.goto(`${world.siteUrl}/cart.html`);
  await online(page);
  const states = await page.evaluate(async (hub) => {
    await window.alongside('stop');
    const { start } = await import(`${hub}/sdk/index.js`);
    const options = { deployment: 'demo', hub };
    const settled = async (call) => {
      for (let tries = 0; tries < 100; tries++) {
        const { state } = await call('status');
        if (state !== 'connecting') return state;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    const first = start(options);
    const states = [start(options) === first, await settled(first)];
    await first('stop');
    const second = start(options);
    return [...states, second !== first, await settled(second)];
  }, world.hubUrl);
  assert.deepEqual(states, [true, 'online', true, 'online']);
  assert.deepEqual(visitor.heard, []);
  await visitor.close();
});
