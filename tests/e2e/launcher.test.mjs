// When the launcher is drawn, and what else of a page opens the messenger.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { online, until, World } from './harness.mjs';

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>A shop</title><link rel="icon" href="data:,">
<main><h1>A shop</h1><p><a class="help" href="elsewhere.html">Get <b>help</b></a> <button class="help" type="button">Ask us</button> <a class="other" href="#other">Other</a></p></main></html>`;

let world;
before(async () => {
  world = await World.begin({
    site: {
      pages: { 'index.html': PAGE, 'shop.html': PAGE, 'account.html': PAGE, 'shop-ja.html': PAGE.replace('lang="en"', 'lang="ja"') },
      attributes: { 'data-launcher': 'demand', 'data-launcher-pages': ' starts /shop ; equals /;nonsense', 'data-open-selector': '.help' },
    },
  });
});
after(() => world.end());

const launcher = (page) => page.locator('[part~=launcher]');
const field = (page) => page.locator('[part~=composer] textarea');

async function guest(address = '/') {
  const context = await world.visitor();
  const page = await context.newPage();
  await page.goto(world.siteUrl + address);
  await online(page);
  return { context, page };
}

async function converse(page, text) {
  await page.locator('button.help').click();
  await field(page).fill(text);
  await field(page).press('Enter');
  await page.locator('[part~=bubble-out]', { hasText: text }).waitFor();
  await until('it was sent', async () => (await page.evaluate(() => window.alongside('messenger.view'))).rows.at(-1).state !== 'sending');
}

test('what the customer chose opens the messenger, leads nowhere, and nothing else is held back', async () => {
  const { context, page } = await guest();
  assert.equal(await launcher(page).count(), 0, 'there is no conversation yet');
  await page.locator('a.help b').click();
  await field(page).waitFor();
  assert.equal(new URL(page.url()).pathname, '/', 'the link was not followed');
  await page.keyboard.press('Escape');
  await field(page).waitFor({ state: 'hidden' });
  assert.equal(await page.evaluate(() => document.activeElement.className), 'help', 'the focus is back where it was');
  assert.equal(await launcher(page).count(), 0, 'to have looked is no conversation');
  await page.keyboard.press('Enter');
  await field(page).waitFor();
  await page.keyboard.press('Escape');
  await field(page).waitFor({ state: 'hidden' });
  await page.locator('a.other').click();
  assert.equal(new URL(page.url()).hash, '#other');
  assert.equal(await field(page).isVisible(), false);
  assert.deepEqual(context.heard.filter((line) => /uncaught|error/.test(line)), []);
  await context.close();
});

test('on demand it is drawn once there is a conversation, on the pages of its rules, until all is forgotten', async () => {
  const { context, page } = await guest();
  await converse(page, 'Hello there');
  await page.keyboard.press('Escape');
  await launcher(page).waitFor();
  await page.reload();
  await launcher(page).waitFor();
  await page.goto(`${world.siteUrl}/account.html`);
  await online(page);
  assert.equal(await launcher(page).count(), 0, 'no rule names this page');
  await page.evaluate(() => history.pushState(null, '', '/shop.html?from=/account#top'));
  await launcher(page).waitFor();
  await page.evaluate(() => history.pushState(null, '', '/account.html'));
  await launcher(page).waitFor({ state: 'detached' });
  await page.goBack();
  await launcher(page).waitFor();
  const fetched = [];
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
  await page.reload();
  await launcher(page).waitFor();
  assert.deepEqual(fetched.filter((path) => /messenger/.test(path)), [], 'nothing is fetched to draw it');
  await page.evaluate(() => window.alongside('visitor.forget'));
  await launcher(page).waitFor({ state: 'detached' });
  await page.reload();
  await online(page);
  assert.equal(await launcher(page).count(), 0);
  await context.close();
});

test('who presses wants it open, also where it is open in another tab', async () => {
  const { context, page } = await guest();
  const other = await context.newPage();
  await other.goto(world.siteUrl);
  await online(other);
  await page.locator('button.help').click();
  await field(page).waitFor();
  await other.bringToFront();
  assert.equal(await field(other).count(), 0, 'nothing comes up by itself');
  await other.evaluate(() => window.alongside('messenger.toggle'));
  await field(other).waitFor();
  await other.waitForTimeout(500);
  assert.equal(await field(other).isVisible(), true, 'and it stays');
  await other.evaluate(() => window.alongside('messenger.toggle'));
  await field(other).waitFor({ state: 'hidden' });
  await context.close();
});

test('a message that waits to be sent is a conversation, too', async () => {
  const { context, page } = await guest();
  await page.locator('button.help').click();
  await field(page).waitFor();
  await world.stopHub('SIGKILL');
  await field(page).fill('From under a bridge');
  await field(page).press('Enter');
  await launcher(page).waitFor({ state: 'attached' });
  await world.startHub();
  await context.close();
});

test('a command of the page counts more than rules, at once and before the visitor is known', async () => {
  const { context, page } = await guest('/account.html');
  await page.evaluate(() => window.alongside('messenger.showLauncher'));
  await launcher(page).waitFor();
  await launcher(page).click();
  await field(page).waitFor();
  await page.keyboard.press('Escape');
  assert.equal(await launcher(page).evaluate((button) => button.getRootNode().activeElement === button), true);
  await page.evaluate(() => window.alongside('messenger.hideLauncher'));
  await launcher(page).waitFor({ state: 'detached' });
  await page.evaluate(() => window.alongside('messenger.showLauncher'));
  await launcher(page).waitFor();
  await page.evaluate(() => window.alongside('stop'));
  await launcher(page).waitFor({ state: 'detached' });
  await context.close();
});

test('a selector that is none is told at the start', async () => {
  const { context, page } = await guest();
  const said = await page.evaluate(async (hub) => {
    const { start } = await import(`${hub}/sdk/index.js`);
    try {
      await start({ deployment: 'demo', hub, messenger: { openSelector: 'a[' } })('status');
      return 'taken';
    } catch (error) {
      return `${error.code}: ${error.message}`;
    }
  }, world.hubUrl);
  assert.match(said, /openSelector/);
  await context.close();
});

test('a visitor fetches the words of his language only, and reads English where they do not come', async () => {
  const { context, page } = await guest('/account.html');
  const fetched = [];
  context.on('request', (request) => fetched.push(new URL(request.url()).pathname));
  await page.locator('button.help').click();
  await page.getByPlaceholder('Write a message').waitFor();
  assert.deepEqual(fetched.filter((path) => path.includes('words')), []);
  await page.goto(`${world.siteUrl}/shop-ja.html`);
  await page.getByPlaceholder('メッセージを入力').waitFor();
  await page.locator('[data-name=options]').click();
  await page.getByRole('menuitem', { name: '会話をダウンロード' }).waitFor();
  assert.deepEqual(fetched.filter((path) => path.includes('words')), ['/sdk/words-ja.js']);
  await context.route('**/words-ja.js', (route) => route.abort());
  await page.reload();
  await page.getByPlaceholder('Write a message').waitFor();
  await page.locator('[data-name=options]').click();
  await page.getByRole('menuitem', { name: 'Download conversation' }).waitFor();
  await context.unroute('**/words-ja.js');
  await page.reload();
  await page.getByPlaceholder('メッセージを入力').waitFor();
  assert.deepEqual(context.heard.filter((line) => /uncaught/.test(line)), []);
  await context.close();
});
