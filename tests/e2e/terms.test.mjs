// What the hub says of conversations, from its document to the visitor's rating, in real browsers over the real hub.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { online, picture, until, World } from './harness.mjs';

const PAGE = '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>A shop</title><link rel="icon" href="data:,"><main><h1>A shop</h1></main></html>';
const TERMS = {
  hours: { timeZone: 'Asia/Tokyo', week: {} },
  rating: true,
  keptDays: 30,
  preChat: { title: 'Tell us about you', fields: [{ name: 'email', label: 'E-mail', kind: 'email', required: true }, { name: 'name', label: 'Name', kind: 'text' }] },
};

let world;
let desk;
before(async () => {
  world = await World.begin({ site: { pages: { 'index.html': PAGE }, attributes: { 'data-launcher': 'always' } } });
  await change(TERMS);
  desk = await world.desk();
  await desk.goto(`${world.hubUrl}/desk/#/inbox`);
});
after(() => world.end());

const change = (terms) => world.put('/api/messenger', terms);

const field = (page) => page.locator('[part~=composer] textarea');
const open = (page) => page.locator('[part~=launcher]').click();
const view = (page) => page.evaluate(() => window.alongside('messenger.view'));

async function written(page, text) {
  await field(page).fill(text);
  await field(page).press('Enter');
  await page.locator('[part~=bubble-out]', { hasText: text }).waitFor();
}

async function ended(page, text) {
  await desk.locator('.inbox .list a').filter({ hasText: text }).click();
  await desk.getByRole('button', { name: 'Take it' }).click();
  await desk.locator('.composer textarea').fill('It is');
  await desk.keyboard.press('Enter');
  await page.getByText('It is', { exact: true }).waitFor();
  await desk.getByRole('button', { name: 'End', exact: true }).click();
  await page.locator('[part="note note-event"]', { hasText: 'ended' }).waitFor();
}

test('hours and a form before, kept over a reload; stars after, in all tabs, once, over a hub that is gone', async () => {
  const { context, page } = await world.guest();
  const said = [];
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => said.push(Buffer.from(payload).toString('latin1'))));
  await open(page);
  await page.locator('[part=status]', { hasText: 'We are away at the moment.' }).waitFor();
  await page.getByText('Messages are deleted after 30 days.').waitFor();
  await field(page).fill('Is the sencha in stock?');
  await field(page).press('Enter');
  assert.deepEqual((await view(page)).rows, [], 'nothing is sent before the form');
  await page.getByLabel('E-mail *').fill('mori@shop.example');
  await picture(page, 'messenger/hub-before');
  await page.reload();
  await online(page);
  await page.getByLabel('E-mail *').waitFor();
  assert.equal(await page.getByLabel('E-mail *').inputValue(), 'mori@shop.example');
  assert.equal(await field(page).inputValue(), 'Is the sencha in stock?');
  await field(page).press('Enter');
  await page.locator('[part~=bubble-out]', { hasText: 'sencha' }).waitFor();
  await page.locator('form').waitFor({ state: 'detached' });
  await until('it went with the message', () => said.some((frame) => frame.includes('sencha') && frame.includes('mori@shop.example')));
  await page.getByText('You can close this. The answer waits here.').waitFor();

  const other = await context.newPage();
  await other.goto(world.siteUrl);
  await online(other);
  await other.locator('.panel').waitFor();
  await ended(page, 'Is the sencha in stock?');
  for (const tab of [page, other]) await tab.getByRole('group', { name: 'How was this conversation?' }).waitFor();
  await world.stopHub('SIGKILL');
  await page.getByRole('radio', { name: '4 of 5 stars' }).check({ force: true });
  await page.getByLabel('What was good', { exact: false }).fill('Quick');
  await page.locator('[data-name=rate]').click();
  for (const tab of [page, other]) await tab.locator('.score').waitFor();
  await page.goto('about:blank');
  await world.startHub();
  await page.goto(world.siteUrl);
  for (const tab of [page, other]) {
    await tab.locator('.score').waitFor({ timeout: 30_000 });
    assert.equal(await tab.locator('.survey').count(), 0);
    await until('it is kept', async () => (await view(tab)).rows.some(({ score, state }) => score === 4 && state !== 'queued' && state !== 'sending'), 30_000);
  }
  await picture(page, 'messenger/hub-rated');
  assert.equal((await view(page)).rows.filter(({ score }) => score !== undefined && score !== null).length, 1);
  assert.equal((await view(page)).top.stage, 'ended', 'a rating begins no conversation');
  await field(page).fill('Another question');
  await page.getByLabel('E-mail *').waitFor();
  assert.equal(await page.getByLabel('E-mail *').inputValue(), '', 'of another conversation');
  await context.close();
});

test('what is changed at the hub is told at once', async () => {
  const { context, page } = await world.guest();
  await open(page);
  await page.locator('[part=status]', { hasText: 'We are away' }).waitFor();
  await page.locator('form').waitFor();
  await change({ rating: false });
  await page.locator('[part=status]', { hasText: 'Ask us anything' }).waitFor();
  await page.locator('form').waitFor({ state: 'detached' });
  await written(page, 'Is matcha tea?');
  await ended(page, 'Is matcha tea?');
  assert.equal(await page.locator('.survey').count(), 0, 'nobody asks');
  await change({ rating: true });
  await page.locator('.survey').waitFor();
  await context.close();
});
