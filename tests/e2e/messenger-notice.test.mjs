// A message that comes while the visitor looks at something else: title, sound and notification, of one tab of those that he has open.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { online, until, World } from './harness.mjs';

const PAGE = '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>A shop</title><link rel="icon" href="data:,"><main><h1>A shop</h1></main></html>';

let world;
let desk;
let guests = [];
before(async () => {
  world = await World.begin({ site: { pages: { 'index.html': PAGE }, args: ['--no-snippet'] } });
  desk = await world.desk();
  await desk.goto(`${world.hubUrl}/desk/#/inbox`);
});
after(() => world.end());
afterEach(async () => {
  for (const context of guests) await context.close();
  guests = [];
});

const field = (page) => page.locator('[part~=composer] textarea');
const menu = async (page, name) => {
  await page.locator('[data-name=options]').click();
  await page.locator(`[data-name=${name}]`).click();
};

/** A visitor whose tabs say what they do. @param {Record<string, string>} attributes of the script tag */
async function visitor(attributes = {}) {
  const context = await world.visitor();
  guests.push(context);
  await context.addInitScript(([hub, attributes]) => {
    const told = (window.told = { notices: [], sounds: 0, isHidden: false });
    window.Notification = class {
      static permission = 'granted';
      static requestPermission = async () => 'granted';
      constructor(title, { body }) {
        told.notices.push([title, body]);
      }
      close() {}
    };
    window.AudioContext = class {
      constructor() {
        told.sounds += 1;
      }
      close() {}
    };
    for (const [name, value] of [['hidden', () => told.isHidden], ['visibilityState', () => (told.isHidden ? 'hidden' : 'visible')]]) Object.defineProperty(document, name, { get: value });
    document.addEventListener('DOMContentLoaded', () => {
      const script = document.createElement('script');
      Object.assign(script, { async: true, src: `${hub}/sdk/alongside.js` });
      for (const [name, value] of Object.entries({ 'data-deployment': 'demo', 'data-launcher': 'always', ...attributes })) script.setAttribute(name, value);
      document.head.append(script);
    });
  }, [world.hubUrl, attributes]);
  return context;
}

async function tab(context) {
  const page = await context.newPage();
  await page.goto(world.siteUrl);
  await page.waitForFunction(() => window.alongside);
  await online(page);
  if (!(await field(page).isVisible())) await page.locator('[part~=launcher]').click();
  await field(page).waitFor();
  return page;
}

const look = (page, isHidden) => page.evaluate((isHidden) => {
  window.told.isHidden = isHidden;
  document.dispatchEvent(new Event('visibilitychange'));
}, isHidden);

/** The messages that a tab has, with all that it did of them: title, sounds, notifications. */
const told = async (page) => [await page.title(), ...(await page.evaluate(() => [window.told.sounds, window.told.notices]))];

async function write(page, text) {
  await field(page).fill(text);
  await field(page).press('Enter');
  await desk.locator('.inbox .list a').filter({ hasText: text }).click();
  await desk.getByRole('button', { name: 'Take it' }).click();
  await desk.locator('.composer textarea').waitFor();
}

/** The agent says something, and each of these pages has it. */
async function reply(text, ...pages) {
  await desk.locator('.composer textarea').fill(text);
  await desk.keyboard.press('Enter');
  for (const page of pages) await page.locator('[part~=bubble]').filter({ hasText: text.replaceAll('*', '') }).waitFor({ state: 'attached' });
}

/** What the tabs tell in the end, which is not more a moment later. */
async function tell(pages, expected, message) {
  const all = () => Promise.all(pages.map(told));
  await until(message, async () => isDeepStrictEqual(await all(), expected)).catch(() => {});
  await pages[0].waitForTimeout(150);
  assert.deepEqual(await all(), expected, message);
}

test('of several tabs one tells of a message: none where one is seen, else the one that was seen last', async () => {
  const context = await visitor();
  const one = await tab(context);
  await menu(one, 'sound');
  await menu(one, 'notify');
  await write(one, 'Is anybody there?');
  await look(one, true);
  const two = await tab(context);
  await reply('Yes, I am', one, two);
  await tell([one, two], [['A shop', 0, []], ['A shop', 0, []]], 'he sees it');

  await look(two, true);
  await reply('Still *here*', one, two);
  await tell([one, two], [['A shop', 0, []], ['(1) A shop', 1, [['Aki Agent', 'Still here']]]], 'the one that he saw last');

  await look(one, false);
  await until('it was read in the other tab', async () => (await two.title()) === 'A shop');
  await look(one, true);
  await reply('And again', one, two);
  await reply('And once more', one, two);
  await tell([one, two], [['(2) A shop', 2, [['Aki Agent', 'And again'], ['Aki Agent', 'And once more']]], ['A shop', 1, [['Aki Agent', 'Still here']]]], 'the other one');

  await one.close();
  // The browser gives the turn on once the closed page is gone, which it does not wait for.
  await until('nobody waits for the turn', () => two.evaluate(async () => (await navigator.locks.query()).pending.every(({ name }) => !name.endsWith(':sound'))));
  await reply('Are you there?', two);
  await tell([two], [['(1) A shop', 2, [['Aki Agent', 'Still here'], ['Aki Agent', 'Are you there?']]]], 'the one that is left');
});

test('a notification says who wrote what, or where the page wants it so, only that somebody did', async () => {
  for (const [attributes, expected] of [[{}, ['Aki Agent', 'Your order is on its way']], [{ 'data-notifications': 'plain' }, ['(1) A shop', '']]]) {
    const page = await tab(await visitor(attributes));
    await menu(page, 'notify');
    await write(page, `Where is it, ${expected[0]}?`);
    await look(page, true);
    await reply('Your order is **on its way**', page);
    await tell([page], [['(1) A shop', 0, [expected]]], expected[0]);
    await look(page, false);
    assert.equal(await page.title(), 'A shop');
  }
});
