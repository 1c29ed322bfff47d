// A bot answers first: it greets, offers each kind of thing, and hands over to a person; the desk offers that to an agent.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { freePort, picture, root, until, World } from './harness.mjs';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A shop</title><link rel="icon" href="data:,"><main><h1>A shop</h1></main></html>`;

let world;
let desk;
let shop;
let folder;
before(async () => {
  const port = await freePort();
  shop = `http://localhost:${port}`;
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'alongside-flow-'));
  // As `./dev demo` does.
  fs.writeFileSync(path.join(folder, 'flow.json'), fs.readFileSync(path.join(root, 'examples/shop/flow.json'), 'utf8').replaceAll('https://shop.example', shop));
  world = await World.begin({
    site: { pages: { 'index.html': PAGE }, attributes: { 'data-launcher': 'always' } },
    flags: ['--flow', path.join(folder, 'flow.json'), '--link-preview-host', `localhost:${port}`],
  });
  await world.startSite({ port, args: ['--no-snippet'] });
  desk = await world.desk();
});
after(async () => {
  await world.end();
  fs.rmSync(folder, { recursive: true });
});

const field = (page) => page.locator('[part~=composer] textarea');
// In the conversation: what is read out says it, too.
const said = (page, text, options) => page.getByRole('region', { name: 'Conversation' }).getByText(text, options);
const choice = (page, name) => page.getByRole('button', { name, exact: false }).last();

async function checkAccessible(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run());
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`), []);
}

test('a bot leads through all that it can offer, and hands over to an agent who is asked', async () => {
  const { context, page } = await world.guest();
  const fetched = [];
  page.on('request', (request) => fetched.push(request.url()));
  await page.locator('[part~=launcher]').click();
  await field(page).fill('Hello');
  await field(page).press('Enter');
  await said(page, 'I am a program', { exact: false }).waitFor();
  await page.getByText('Bot', { exact: true }).first().waitFor();
  await picture(page, 'messenger/bot-choices');
  await checkAccessible(page);

  await choice(page, 'Our teas').click();
  await said(page, 'Sencha from Uji').waitFor();
  await until('its picture is there', () => page.getByRole('img', { name: 'A leaf' }).evaluate((image) => image.naturalWidth > 0));
  assert.equal(await page.getByRole('button', { name: 'Opening hours' }).count(), 0, 'what was answered offers nothing any more');
  await picture(page, 'messenger/bot-cards');
  await checkAccessible(page);
  await choice(page, 'How to make it').click();
  await said(page, 'Let the water cool', { exact: false }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'our guide' }).getAttribute('href'), `${shop}/guide/`);
  await page.locator('[part~=link-card], .link-card').getByText('Kaede & Co.').first().waitFor();
  await page.getByRole('button', { name: 'Play: How to make sencha' }).waitFor();
  assert.deepEqual(fetched.filter((url) => url.endsWith('.webm')), [], 'no video is fetched before it is wanted');
  await page.getByRole('button', { name: 'Play: How to make sencha' }).click();
  await until('it is there', () => page.locator('video').evaluate((video) => video.readyState > 0));
  await picture(page, 'messenger/bot-film');

  await choice(page, 'Opening hours').click();
  await said(page, 'Ends the conversation').waitFor();
  await picture(page, 'messenger/bot-list');
  await page.getByRole('button', { name: 'Yes', exact: false }).last().click();
  await field(page).fill('I have a question about my order');
  await field(page).press('Enter');
  await page.getByLabel('Order number').waitFor();
  await picture(page, 'messenger/bot-form');
  await checkAccessible(page);
  await page.locator('[part~=form] button[type=submit]').click();
  assert.equal(await page.getByLabel('Order number').count(), 1, 'what is required is required');
  await page.getByLabel('Order number').fill('A-7');
  await page.getByLabel('Ordered on').fill('2026-11-20');
  await page.getByLabel('What happened').selectOption({ label: 'Something is broken' });
  await page.locator('[part~=form] button[type=submit]').click();
  await said(page, 'Order number: A-7').waitFor();
  await page.locator('[part=banner]', { hasText: 'You are next in line' }).waitFor();

  // Wherever the agent is, he is asked.
  await desk.getByRole('button', { name: 'Accept' }).waitFor();
  await picture(desk, 'messenger/desk-offer');
  await checkAccessible(desk);
  await desk.getByRole('button', { name: 'Accept' }).click();
  await page.getByRole('heading', { name: 'Aki Agent' }).waitFor();
  await desk.locator('.bubble', { hasText: 'Order number: A-7' }).waitFor();
  await picture(desk, 'messenger/desk-after-bot');
  await desk.locator('.composer textarea').fill('I am sorry about that.');
  await desk.keyboard.press('Enter');
  await page.locator('[part~=bubble]', { hasText: 'I am sorry about that.' }).waitFor();
  await field(page).fill('person?');
  await field(page).press('Enter');
  await desk.locator('.bubble', { hasText: 'person?' }).waitFor();
  await page.waitForTimeout(300);
  assert.equal(await page.getByText('I get somebody.').count(), 0, 'the bot is silent now');
  await context.close();
});

test('a bot speaks the language of the page', async () => {
  const { context, page } = await world.guest();
  await page.evaluate(() => {
    document.documentElement.lang = 'ja';
    return window.alongside('journey.pageView', { title: '店' });
  });
  await page.locator('[part~=launcher]').click();
  await field(page).fill('こんにちは');
  await field(page).press('Enter');
  await page.getByRole('button', { name: 'お茶について' }).click();
  await page.getByRole('button', { name: 'いれ方' }).click();
  await page.getByRole('link', { name: 'いれ方の案内' }).waitFor();
  await picture(page, 'messenger/bot-link');
  await page.getByRole('button', { name: '担当者と話す' }).click();
  await until('it waits for an agent', async () => (await page.evaluate(() => window.alongside('messenger.view'))).top.stage === 'waiting');
  await context.close();
});
