// The home screen, and earlier conversations one by one: in the panel, whose store is the test, and over the real hub.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { online, picture, until, World } from './harness.mjs';
import { AT, close, message, rows, settled, Site, TALK } from './messenger-page.mjs';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PAGE = '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>A shop</title><link rel="icon" href="data:,"><main><h1>A shop</h1></main></html>';

let site;
let world;
before(async () => {
  site = await Site.begin();
  world = await World.begin({ site: { pages: { 'index.html': PAGE }, attributes: { 'data-launcher': 'always', 'data-home': '' } } });
});
after(async () => {
  await site.end();
  await world.end();
});

const DAY = 86_400_000;
const LIST = [
  { conversation: 'c3', stage: 'open', unread: 0, name: 'Aoi', at: AT, author: 'agent', excerpt: 'It comes tomorrow, between nine and twelve in the morning' },
  { conversation: 'c2', stage: 'ended', unread: 0, name: 'Kumo', at: AT - DAY, author: 'visitor', excerpt: 'Thanks' },
  { conversation: 'c1', stage: 'ended', unread: 0, at: AT - 40 * DAY, author: 'visitor', excerpt: 'Do you sell ink?' },
];
/** What was said in each. */
const OF = {
  c1: [{ kind: 'day', at: AT - 40 * DAY, key: 'd1' }, message('visitor', 'Do you sell ink?', { key: 'a1' })],
  c2: [message('agent', 'We do', { key: 'b1' }), message('visitor', 'Thanks', { key: 'b2' })],
  c3: [{ kind: 'day', at: AT, key: 'd3' }, message('agent', 'It comes tomorrow', { key: 'x1' })],
};
const THREAD = rows(Object.values(OF).flat());
/** As the machine shows one of them alone, or all. */
const alone = (front) => ({ front, stage: 'ended', who: null, rows: rows(OF[front]), gone: THREAD.map(({ key }) => key).filter((key) => OF[front].every((row) => row.key !== key)) });
const ALL = { front: null, stage: 'open', rows: THREAD };

const active = (page) => page.evaluate(() => {
  const element = window.store.surface.root.activeElement;
  return element?.getAttribute('data-name') ?? element?.getAttribute('part');
});
// Not as it is drawn: what is out of view is not drawn yet.
const shown = (page) => page.locator('.list .row:visible .bubble').allTextContents();

/** A page whose panel is open at home. */
async function home({ list = LIST, change = { rows: THREAD }, ...options } = {}) {
  const page = await site.page({ before: (page) => page.clock.setFixedTime(AT + 60_000), ...options, options: { home: true, ...options.options } });
  await page.evaluate((list) => (window.store.answers.conversations = list), list);
  await page.update(change);
  await page.launch();
  await page.locator('[part=home]').waitFor();
  return page;
}

const VARIANTS = {
  en: {}, dark: { context: { colorScheme: 'dark' } }, phone: { context: { viewport: { width: 360, height: 720 } } }, rtl: { attributes: 'lang="ar" dir="rtl"' },
  ja: { attributes: 'lang="ja"', context: { locale: 'ja-JP' } }, ko: { attributes: 'lang="ko"', context: { locale: 'ko-KR' } },
};

for (const [name, options] of Object.entries(VARIANTS)) {
  test(`home looks well and is accessible, ${name}`, async () => {
    const page = await home({ ...options, change: { rows: THREAD, isOpen: false, opensAt: AT + 19 * 3_600_000, earlier: 'some' } });
    const check = async (state) => {
      await settled(page);
      await page.evaluate(AXE);
      const { violations } = await page.evaluate(() => window.axe.run({ include: [['[data-alongside=hide]']] }, { resultTypes: ['violations'] }));
      assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => [html, failureSummary])]), [], state);
      await page.picture(`${state}-${name}`);
    };
    await check('home');
    await page.locator('[data-name=talk-c2]').click();
    await page.update(alone('c2'));
    await check('home-past');
    await page.locator('[data-name=back]').click();
    await page.update(ALL);
    await page.evaluate(() => (window.store.answers.conversations = []));
    await page.update({ stage: 'none', who: null, earlier: 'none', gone: THREAD.map(({ key }) => key) });
    await check('home-empty');
    await close(page);
  });
}

test('the panel begins at home, leads to the conversation that goes on, and back', async () => {
  const page = await home();
  assert.equal(await active(page), 'talk-c3', 'the first thing to do has the focus');
  assert.equal(await page.locator('.scroller').isVisible(), false);
  assert.deepEqual(await page.calls('seen'), [], 'nobody has seen what is not shown');
  assert.equal(await page.locator('[data-name=new-message]').count(), 0, 'what is written goes to the one that goes on');
  await page.keyboard.press('Enter');
  assert.equal(await active(page), 'composer');
  assert.deepEqual(await shown(page), ['Do you sell ink?', 'We do', 'Thanks', 'It comes tomorrow']);
  assert.deepEqual(await page.calls('seen'), [[]]);
  for (let tabs = 0; tabs < 14 && (await active(page)) !== 'back'; tabs++) await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  assert.equal(await active(page), 'talk-c3');
  assert.equal(await page.locator('[data-name=back]').isVisible(), false);
  await page.keyboard.press('Escape');
  await page.locator('.panel').waitFor({ state: 'hidden' });
  await close(page);
});

test('an earlier conversation is read by itself, and nothing is written to it', async () => {
  const page = await home({ change: { rows: THREAD, earlier: 'some' } });
  await page.locator('[data-name=talk-c2]').click();
  await page.update({ ...alone('c2'), earlier: 'none' });
  assert.deepEqual(await shown(page), ['We do', 'Thanks']);
  assert.equal(await page.locator('h2').innerText(), 'Yesterday');
  assert.equal(await page.locator('textarea').isVisible(), false);
  assert.deepEqual(await page.calls('earlier'), [], 'what is before it is known');
  await page.update({ unread: 1 });
  assert.deepEqual(await shown(page), ['We do', 'Thanks']);
  assert.equal(await page.locator('[data-name=pill]').count(), 0);
  await page.evaluate((list) => (window.store.answers.conversations = list), LIST.map((known) => ({ ...known, unread: Number(known.conversation === 'c3') })));
  await page.locator('[data-name=back]').click();
  assert.deepEqual(await page.calls('choose'), [['c2'], ['']]);
  await page.update({ ...ALL, earlier: 'some' });
  await page.locator('.talk-unread', { hasText: '1' }).waitFor();
  await page.locator('[data-name=talk-c1]').click();
  await page.update({ ...alone('c1'), earlier: 'some' });
  assert.deepEqual(await shown(page), ['Do you sell ink?']);
  assert.equal((await page.calls('earlier')).length, 1, 'its beginning may not be known');
  await page.locator('[data-name=write-on]').click();
  assert.deepEqual((await page.calls('choose')).at(-1), ['']);
  await page.update({ ...ALL, unread: 1, rows: rows([...Object.values(OF).flat(), message('agent', 'One more', { key: 'x2' })]) });
  assert.equal(await active(page), 'composer');
  assert.deepEqual((await shown(page)).at(-1), 'One more');
  await close(page);
});

test('without a conversation that goes on there is a button for a new one, and earlier ones come when they are asked for', async () => {
  const page = await home({ list: LIST.map((known) => ({ ...known, stage: 'ended' })), change: { stage: 'ended', who: null, rows: THREAD, earlier: 'some' } });
  assert.equal(await active(page), 'new-message');
  assert.equal(await page.locator('.talks .talk').count(), 3);
  await page.locator('[data-name=more-talks]').click();
  assert.deepEqual(await page.calls('earlier'), [[]]);
  await page.update({ earlier: 'loading' });
  await page.locator('.home', { hasText: 'Loading' }).waitFor();
  await page.evaluate((list) => (window.store.answers.conversations = [...list, { ...list[2], conversation: 'c0' }].map((known) => ({ ...known, stage: 'ended' }))), LIST);
  await page.update({ earlier: 'none' });
  assert.equal(await page.locator('.talks .talk').count(), 4);
  await page.locator('[data-name=new-message]').click();
  assert.equal(await active(page), 'composer');
  await close(page);
});

test('who has something to read, or has begun to write, begins in the conversation', async () => {
  for (const options of [{ change: { rows: THREAD, unread: 1 } }, { change: { rows: THREAD }, options: { home: true, draft: 'I was' } }]) {
    const page = await site.opened({ options: { home: true }, ...options });
    assert.equal(await page.locator('textarea').isVisible(), true);
    assert.equal(await page.locator('[part=home]').isVisible(), false);
    await page.locator('[data-name=back]').click();
    await page.locator('[part=home]').waitFor();
    await close(page);
  }
});

test('where it does not come, there is the conversation', async () => {
  const page = await site.page({ options: { home: true }, before: (page) => page.route('**/js/extras.js*', (route) => route.abort()) });
  await page.update({ rows: TALK });
  await page.launch();
  await page.locator('textarea').fill('Hello');
  await page.keyboard.press('Enter');
  assert.deepEqual(await page.calls('say'), [['Hello']]);
  page.faults = page.faults.filter((fault) => !/ERR_FAILED|Failed to load/.test(fault));
  await close(page);
});

test('over the hub: a conversation ends, another begins, both are at home', async () => {
  const { context, page } = await world.guest();
  const field = page.locator('[part~=composer] textarea');
  const write = async (text) => {
    await field.fill(text);
    await field.press('Enter');
    await page.locator('[part~=bubble-out]', { hasText: text }).waitFor();
    await until('it is kept', async () => (await page.evaluate(() => window.alongside('messenger.view'))).rows.at(-1).state === 'sent');
  };
  await page.locator('[part~=launcher]').click();
  await page.locator('[data-name=new-message]').click();
  await write('Is the sencha in stock?');
  await page.evaluate(() => window.alongside('messenger.end'));
  await page.locator('[part="note note-event"]', { hasText: 'ended' }).waitFor();
  await write('And the matcha?');
  await page.locator('[data-name=back]').click();
  await page.getByRole('region', { name: 'Continue your conversation' }).getByText('You: And the matcha?').waitFor();
  const earlier = page.getByRole('region', { name: 'Earlier conversations' });
  await earlier.getByText('You: Is the sencha in stock?').waitFor();
  await picture(page, 'messenger/hub-home');
  await earlier.getByRole('button').click();
  assert.deepEqual(await page.locator('.list .row:visible .bubble').allInnerTexts(), ['Is the sencha in stock?']);
  await picture(page, 'messenger/hub-past');
  await page.reload();
  await online(page);
  await field.waitFor();
  await until('an open panel is open on the next page, at the conversation', async () => (await page.locator('.list .row:visible .bubble').count()) === 2);
  await page.locator('[data-name=close]').click();
  await page.locator('[part~=launcher]').click();
  await page.locator('[part=home]').waitFor();
  assert.deepEqual(context.heard.filter((line) => /uncaught|error/.test(line)), []);
  await context.close();
});
