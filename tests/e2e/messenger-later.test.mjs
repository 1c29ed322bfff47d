// What of the panel is fetched when it is needed: before it is there, where it does not come, and once it came. Its store is the test.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from './harness.mjs';
import { close, message, p, rows, settled, Site, TALK } from './messenger-page.mjs';

let site;
before(async () => (site = await Site.begin()));
after(() => site.end());

const EXTRAS = '**/js/extras.js*';
const FILE = { id: 'f1', name: 'offer.pdf', type: 'application/pdf', size: 2_048, scan: null, url: '/files/f1', preview: null };
const CHOICES = { choices: { choices: [{ label: 'Green' }, { label: 'Black' }] } };
const RICH = rows([
  message('bot', 'Which tea? Green, or black?', { rich: CHOICES, isOpen: true, key: 'c1' }),
  message('agent', [], { file: FILE, key: 'c2' }),
  message('agent', [], { file: { ...FILE, id: 'f2', name: 'bad.pdf', scan: 'infected' }, key: 'c3' }),
]);

/** A page whose extras do not come until `page.heal()`. */
async function broken(options = {}) {
  let isBroken = true;
  const page = await site.page({
    ...options,
    before: (page) => page.route(EXTRAS, (route) => (isBroken ? route.abort() : route.continue())),
  });
  page.heal = () => (isBroken = false);
  return page;
}

/** What the browser says of a script that it did not get is no fault of ours. */
const forgive = (page) => (page.faults = page.faults.filter((fault) => !/ERR_FAILED|Failed to load resource/.test(fault)));

test('nothing of it is fetched for a conversation of texts', async () => {
  const fetched = [];
  const page = await site.opened({ before: (page) => page.on('request', (request) => fetched.push(new URL(request.url()).pathname)) });
  await page.keyboard.type('Hello');
  await page.keyboard.press('Enter');
  await settled(page);
  assert.deepEqual(fetched.filter((path) => /extras|offers|emoji|uploads|menu/.test(path)), []);
  await page.locator('[data-name=options]').click();
  await page.locator('.menu').waitFor();
  assert.equal(fetched.filter((path) => path === '/js/extras.js').length, 1);
  await close(page);
});

test('where it does not come, the text says the same, and it is tried again', async () => {
  const page = await broken();
  await page.update({ rows: RICH });
  await page.launch();
  await page.getByText('Which tea? Green, or black?').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Green' }).count(), 0);
  const link = page.getByRole('link', { name: 'offer.pdf' });
  assert.equal(await link.getAttribute('href'), '/files/f1');
  assert.equal(await page.getByRole('link', { name: 'bad.pdf' }).count(), 0, 'what does harm is no link');
  const banner = page.locator('[part=banner]');
  await banner.getByText('Some of this did not load.').waitFor();
  await until('it is read out', async () => (await page.said()).some((line) => line.includes('did not load')));
  await page.picture('missed');
  await page.keyboard.type('Still here');
  await page.keyboard.press('Enter');
  assert.deepEqual(await page.calls('say'), [['Still here']]);
  await page.locator('[data-name=emoji]').click();
  await settled(page);
  assert.equal(await page.locator('.picker').count(), 0);
  await page.locator('[data-name=again]').click();
  await settled(page);
  assert.equal(await banner.count(), 1, 'still not there');
  page.heal();
  await page.locator('[data-name=again]').click();
  await page.locator('.picker').waitFor();
  await page.getByRole('button', { name: 'Green' }).waitFor();
  await page.locator('.file-name', { hasText: 'offer.pdf' }).waitFor();
  assert.equal(await banner.count(), 0);
  forgive(page);
  await close(page);
});

test('it is tried again when the link is back', async () => {
  const page = await broken();
  await page.update({ rows: RICH, link: 'offline' });
  await page.launch();
  await page.locator('[part=banner]', { hasText: 'You are offline' }).waitFor();
  assert.equal(await page.getByText('did not load').count(), 0, 'one trouble is enough');
  page.heal();
  await page.update({ link: 'online' });
  await page.getByRole('button', { name: 'Green' }).waitFor();
  forgive(page);
  await close(page);
});

test('it is tried again by itself', async () => {
  const page = await broken();
  await page.update({ rows: RICH });
  await page.launch();
  await page.getByText('Some of this did not load.').first().waitFor();
  page.heal();
  await page.getByRole('button', { name: 'Green' }).waitFor();
  forgive(page);
  await close(page);
});

test('what was pressed does not open once the panel is closed', async () => {
  const page = await broken();
  await page.update({ rows: TALK });
  await page.launch();
  await page.locator('[data-name=options]').click();
  await page.locator('[part=banner]', { hasText: 'Some of this did not load.' }).waitFor();
  await page.locator('[data-name=close]').click();
  page.heal();
  await page.launch();
  await settled(page);
  assert.equal(await page.locator('.menu').count(), 0);
  assert.equal(await page.locator('[part=banner]').count(), 0);
  await page.locator('[data-name=options]').click();
  await page.locator('.menu').waitFor();
  forgive(page);
  await close(page);
});

test('it says so in Japanese and Korean', async () => {
  for (const [language, expected] of [['ja', '一部を読み込めませんでした'], ['ko', '일부를 불러오지 못했습니다']]) {
    const page = await broken({ options: { language } });
    await page.update({ rows: [...RICH.slice(0, 1), ...rows([message('agent', [p('OK')], { key: 'c9' })], 'c1')] });
    await page.launch();
    await page.locator('[part=banner]', { hasText: expected }).waitFor();
    forgive(page);
    await close(page);
  }
});
