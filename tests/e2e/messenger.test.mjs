// A conversation from the launcher to its end, in real browsers over the real hub: and what happens when something breaks in its middle.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { after, afterEach, before, test } from 'node:test';
import { Client } from './client.mjs';
import { accept, Agent, online, picture, until, World } from './harness.mjs';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const page = (title) => `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>
<link rel="icon" href="data:,"><main><h1>${title}</h1><p><a href="next.html">Next</a></p><p><label>Name <input id="name"></label></p></main></html>`;

let world;
let desk;
/** What a test has opened. */
let guests = [];
before(async () => {
  const pages = { 'index.html': page('A shop'), 'next.html': page('The next page') };
  world = await World.begin({ site: { pages, attributes: { 'data-launcher': 'always' } } });
  desk = await world.desk();
  await desk.goto(`${world.hubUrl}/desk/#/inbox`);
});
after(() => world.end());
afterEach(async () => {
  for (const { context } of guests) await context.close();
  guests = [];
});

const launcher = (page) => page.locator('[part~=launcher]');
const field = (page) => page.locator('[part~=composer] textarea');
const bubbles = (page) => page.locator('[part~=bubble]:not([part~=greeting], [part~=typing])');

/** A visitor with the messenger open. */
async function visitor(options) {
  const guest = await world.guest('/', options);
  guests.push(guest);
  await open(guest.page);
  return guest;
}

async function open(page) {
  await launcher(page).click();
  await field(page).waitFor();
}

async function write(page, text) {
  await field(page).fill(text);
  await field(page).press('Enter');
  await bubbles(page).filter({ hasText: text }).waitFor();
}

/** The visitor's row at the desk; his last message is unique. */
const row = (text) => desk.locator('.inbox .list a').filter({ hasText: text });

async function take(text) {
  await row(text).click();
  await desk.getByRole('button', { name: 'Take it' }).click();
  await desk.locator('.composer textarea').waitFor();
}

async function reply(text) {
  await desk.locator('.composer textarea').fill(text);
  await desk.keyboard.press('Enter');
}

const view = (page) => page.evaluate(() => window.alongside('messenger.view'));
const messages = async (page) => (await view(page)).rows.filter(({ kind }) => kind === 'message');
const texts = async (page) => (await messages(page)).map(({ blocks }) => blocks.map(({ p }) => p.map(({ text }) => text).join('')).join(''));
const states = async (page) => (await messages(page)).map(({ state }) => state);

async function checkAccessible(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run());
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`), []);
}

test('nothing of the messenger is fetched before somebody wants it', async () => {
  const context = await world.visitor();
  guests.push({ context });
  const page = await context.newPage();
  const fetched = [];
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
  await page.goto(world.siteUrl);
  await online(page);
  await launcher(page).waitFor();
  await page.waitForTimeout(300);
  assert.deepEqual(fetched.filter((path) => /messenger|engage|mirror/.test(path)), []);
  await open(page);
  assert.deepEqual(fetched.filter((path) => /messenger|engage|mirror/.test(path)).sort(), ['/sdk/messenger.js', '/sdk/messenger_bg.wasm']);
});

test('a conversation: written, taken, answered, read, ended, begun anew', async () => {
  const { page } = await visitor();
  assert.ok(await field(page).evaluate((element) => element === element.getRootNode().activeElement), 'the visitor can write at once');
  await write(page, 'Is the sencha in stock?');
  await page.locator('[part=banner]', { hasText: 'You are next in line' }).waitFor();
  await picture(page, 'messenger/waiting');
  await row('Is the sencha in stock?').waitFor();
  await take('Is the sencha in stock?');
  await page.getByRole('heading', { name: 'Aki Agent' }).waitFor();
  await until('the agent has read it', async () => (await states(page)).at(-1) === 'read');
  await desk.locator('.composer textarea').pressSequentially('Yes, **it is**');
  await page.locator('[part~=typing]').waitFor();
  await picture(page, 'messenger/typing');
  await desk.keyboard.press('Enter');
  await page.locator('strong', { hasText: 'it is' }).waitFor();
  await desk.locator('.line.own .state', { hasText: 'Read' }).waitFor();
  await field(page).pressSequentially('Than');
  await desk.getByText('Visitor is writing').waitFor();
  await picture(desk, 'messenger/desk-typing');
  await write(page, 'Thanks');
  await picture(desk, 'messenger/desk');
  await checkAccessible(desk);
  await checkAccessible(page);
  await desk.getByRole('button', { name: 'End', exact: true }).click();
  await page.locator('[part="note note-event"]', { hasText: 'ended' }).waitFor();
  await picture(page, 'messenger/ended');
  await desk.getByText('The conversation has ended.', { exact: false }).waitFor();
  await write(page, 'One more thing');
  await row('One more thing').waitFor();
  assert.equal(await desk.locator('.inbox .list a').filter({ hasText: 'Thanks' }).count(), 1, 'the one that ended is still there');
  await row('One more thing').click();
  await desk.locator('.thread hr').waitFor();
  await desk.locator('.bubble', { hasText: 'Is the sencha in stock?' }).waitFor();
});

test('unread messages are counted while the panel is closed, over a page load, and read in one tab for all', async () => {
  const { context, page } = await visitor();
  await write(page, 'counted');
  await take('counted');
  await page.locator('[data-name=close]').click();
  await reply('one');
  await reply('two');
  const badge = page.locator('[part~=badge]');
  await until('two are unread', async () => (await badge.textContent()) === '2');
  await picture(page, 'messenger/unread');
  await page.goto(`${world.siteUrl}/next.html`);
  await until('they are unread on the next page', async () => (await badge.textContent()) === '2');
  const other = await context.newPage();
  await other.goto(world.siteUrl);
  await until('and in another tab', async () => (await other.locator('[part~=badge]').textContent()) === '2');
  await open(other);
  await other.getByRole('separator').or(other.locator('[data-kind=new]')).first().waitFor();
  await until('reading it there reads it here', async () => (await badge.textContent()) === '');
  await desk.locator('.line.own .state', { hasText: 'Read' }).last().waitFor();
});

test('an open panel is open on the next page, and does not take the focus', async () => {
  const { page } = await visitor();
  await write(page, 'before the link');
  await field(page).fill('a draft');
  await page.locator('a').first().click();
  await page.waitForURL('**/next.html');
  await bubbles(page).filter({ hasText: 'before the link' }).waitFor();
  assert.equal(await field(page).inputValue(), 'a draft');
  assert.equal(await page.evaluate(() => document.activeElement?.localName), 'body');
});

test('what is written while the hub is gone survives a reload, and comes once and in order', async () => {
  const { page } = await visitor();
  await write(page, 'before the cut');
  await until('it is sent', async () => (await states(page)).at(-1) === 'sent');
  await world.stopHub('SIGKILL');
  for (const text of ['first', 'second', 'third']) await write(page, text);
  assert.deepEqual((await states(page)).slice(1).filter((state) => !['queued', 'sending'].includes(state)), []);
  await picture(page, 'messenger/offline');
  // The script itself comes from the hub: the page after it is loaded when the hub is back.
  await world.startHub();
  await page.reload();
  await until('all are sent', async () => (await states(page)).every((state) => state === 'sent'));
  assert.deepEqual(await texts(page), ['before the cut', 'first', 'second', 'third']);
  await desk.reload();
  await row('third').click();
  await desk.locator('.bubble', { hasText: 'third' }).waitFor();
  assert.deepEqual(await desk.locator('.bubble').allTextContents(), ['before the cut', 'first', 'second', 'third']);
});

test('two tabs write at the same time while the hub comes back: each sees all, once', async () => {
  const { context, page } = await visitor();
  const other = await context.newPage();
  await other.goto(world.siteUrl);
  await online(other);
  if ((await field(other).count()) === 0) await open(other);
  await world.stopHub('SIGKILL');
  await Promise.all([write(page, 'from one'), write(other, 'from two')]);
  await world.startHub();
  for (const tab of [page, other]) {
    await until('all are sent', async () => (await states(tab)).length === 2 && (await states(tab)).every((state) => state === 'sent'));
    assert.deepEqual((await texts(tab)).sort(), ['from one', 'from two']);
  }
  assert.deepEqual(await texts(page), await texts(other), 'in one order');
});

test('over the limits the visitor is told why and until when, nothing is lost, and all comes once and in order', async () => {
  const { page } = await visitor();
  const wanted = Array.from({ length: 112 }, (_, number) => `number ${number}`);
  // Sixty in a minute go, fifty wait.
  await page.evaluate(async (wanted) => {
    for (const text of wanted) {
      const isRefused = () => window.alongside('messenger.say', text).then(() => false, ({ code }) => code === 'too-many-waiting');
      for (let tries = 0; (await isRefused()) && tries < 100; tries++) await new Promise((done) => setTimeout(done, 250));
    }
  }, wanted.slice(0, 109));
  const held = page.locator('.held');
  await held.waitFor({ timeout: 20_000 });
  // Not as it is drawn: it may be out of view.
  assert.match(await held.textContent(), /^Too many messages at once\. Sent again in \d+ seconds\.$/);
  assert.equal(await held.count(), 1, 'those behind it are plain');
  await picture(page, 'messenger/limits');
  const last = wanted.slice(109);
  for (const text of last) {
    await field(page).fill(text);
    await field(page).press('Enter');
    if ((await field(page).inputValue()) !== '') break;
  }
  const kept = await field(page).inputValue();
  assert.ok(last.includes(kept), `what is too much stays in the text: ${kept}`);
  await page.getByText('Too many messages wait to be sent. Send this one once they have gone.').first().waitFor();
  await until('all that waited is sent', async () => (await states(page)).every((state) => state === 'sent'), 120_000);
  for (const text of last.slice(last.indexOf(kept))) await write(page, text);
  await until('all is sent', async () => (await states(page)).every((state) => state === 'sent'), 70_000);
  assert.deepEqual(await texts(page), wanted);
});

const ATTACKS = [
  '<img src=x onerror="window.hit=1">', '<script>window.hit=1</script>', '"><svg onload=window.hit=1>', '[x](javascript:window.hit=1)',
  '[x](data:text/html,<script>window.hit=1</script>)', '<a href="javascript:window.hit=1">x</a>', '![x](x" onerror="window.hit=1)', "';window.hit=1;//",
  '`<img src=x onerror=window.hit=1>`', '> <iframe srcdoc="<script>parent.hit=1</script>">', '{{constructor.constructor("window.hit=1")()}}', '\u202ejavascript:window.hit=1',
  '<https://a.example/"onmouseover="window.hit=1>', '</textarea><script>window.hit=1</script>', '<style>*{background:url(javascript:window.hit=1)}</style>',
];

test('what people write is text, at both sides', async () => {
  const { page } = await visitor();
  await write(page, 'begin');
  await take('begin');
  for (const attack of ATTACKS) {
    await page.waitForTimeout(260);
    await write(page, attack);
    await reply(attack);
  }
  await until('all is there', async () => (await messages(page)).length === 1 + 2 * ATTACKS.length);
  await desk.locator('.bubble').nth(2 * ATTACKS.length).waitFor();
  const made = (root) => [...new Set([...root.querySelectorAll('[part~=bubble] *, .bubble *')].map((element) => element.localName))].sort();
  const links = (root) => [...root.querySelectorAll('[part~=bubble] a, .bubble a')].map((link) => link.protocol);
  const closed = ['a', 'bdi', 'blockquote', 'br', 'code', 'div', 'em', 'li', 'ol', 'p', 'pre', 's', 'span', 'strong', 'ul'];
  for (const [where, find] of [[page, (read) => page.evaluate(`(${read})([...document.documentElement.children].map((child) => child.shadowRoot).find((root) => root?.querySelector('[part~=bubble]')))`)], [desk, (read) => desk.evaluate(`(${read})(document)`)]]) {
    assert.deepEqual((await find(made)).filter((name) => !closed.includes(name)), []);
    assert.deepEqual((await find(links)).filter((protocol) => protocol !== 'https:'), []);
    assert.equal(await where.evaluate(() => window.hit), undefined);
  }
  const [download] = await Promise.all([page.waitForEvent('download'), menu(page, 'transcript')]);
  const file = fs.readFileSync(await download.path(), 'utf8');
  assert.ok(file.includes('<script>window.hit=1</script>') && download.suggestedFilename().endsWith('.txt'), 'plain text');
});

async function menu(page, name) {
  await page.locator('[data-name=options]').click();
  await page.locator(`[data-name=${name}]`).click();
}

test('a visitor who wants to be forgotten is, also at the desk', async () => {
  const { page } = await visitor();
  await write(page, 'forget this');
  await row('forget this').waitFor();
  await menu(page, 'forget');
  await page.locator('[data-name=forget-now]').click();
  await row('forget this').waitFor({ state: 'detached' });
  await open(page);
  assert.deepEqual(await texts(page), []);
  await write(page, 'somebody else now');
  await row('somebody else now').waitFor();
});

test('an agent sees the page from a conversation, until the conversation ends', async () => {
  const { page } = await visitor();
  await write(page, 'please look');
  await take('please look');
  await desk.getByRole('button', { name: 'See the page' }).click();
  await accept(page);
  const agent = new Agent(desk);
  await agent.isLive();
  assert.equal(await agent.replica.getByText('please look').count(), 0, 'the messenger is no part of the page');
  await desk.goto(`${world.hubUrl}/desk/#/inbox`);
  await row('please look').click();
  await desk.getByRole('button', { name: 'End', exact: true }).click();
  await page.locator('[data-name=end]').waitFor({ state: 'hidden' });
  await desk.goto(`${world.hubUrl}/desk/#/cobrowse`);
  await desk.getByText('conversation', { exact: false }).first().waitFor();
  await desk.goto(`${world.hubUrl}/desk/#/inbox`);
});

test('a shared page ends when its conversation is handed back to others', async () => {
  const { page } = await visitor();
  await write(page, 'look, then pass me on');
  await take('look, then pass me on');
  await desk.getByRole('button', { name: 'See the page' }).click();
  await accept(page);
  await new Agent(desk).isLive();
  await desk.goto(`${world.hubUrl}/desk/#/inbox`);
  await row('look, then pass me on').click();
  await desk.getByRole('button', { name: 'Hand back' }).click();
  await page.getByText('passed on to somebody else', { exact: false }).first().waitFor();
  await page.locator('[data-name=end]').waitFor({ state: 'hidden' });
});

test('a page that draws the messenger itself has the same conversation', async () => {
  const client = await Client.agent(world);
  const guest = await world.guest();
  guests.push(guest);
  const { page } = guest;
  await page.evaluate(() => {
    window.told = [];
    window.came = [];
    window.alongside('on', 'messenger', (state) => window.told.push(state));
    window.alongside('on', 'message', (message) => window.came.push(message));
  });
  await page.evaluate(() => window.alongside('messenger.say', 'from the page'));
  await until('it is sent', async () => (await states(page)).at(-1) === 'sent');
  await row('from the page').waitFor();
  await take('from the page');
  await reply('to **the** page');
  await until('it comes', async () => (await page.evaluate(() => window.came)).length === 1);
  const [{ conversation }] = await page.evaluate(() => window.alongside('messenger.conversations'));
  assert.deepEqual(await page.evaluate(() => window.came), [{ name: 'Aki Agent', text: 'to the page', conversation }]);
  const { agent, isOpen, stage, unread } = await page.evaluate(() => window.told.at(-1));
  assert.deepEqual([agent, isOpen, stage, unread], ['Aki Agent', false, 'open', 1]);
  const refused = (command, ...args) => page.evaluate(([command, ...args]) => window.alongside(command, ...args).catch(({ code }) => code), [command, ...args]);
  assert.equal(await refused('messenger.say', ' '), 'empty-message');
  assert.equal(await refused('messenger.say', 'x'.repeat(5_000)), 'too-long');
  assert.equal(await refused('messenger.sing'), 'unknown-command');
  client.socket.destroy();
});

test('on a phone the panel is the whole screen, and the page behind it is inert', async () => {
  const { page } = await visitor({ viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true });
  await write(page, 'from a phone');
  await picture(page, 'messenger/phone');
  await until('it fills the screen', async () => {
    const { x, y, width } = await page.locator('[part~=panel]').boundingBox();
    return x === 0 && y === 0 && width === 390;
  });
  assert.ok(await page.evaluate(() => document.body.inert));
  await checkAccessible(page);
  await page.locator('[data-name=close]').click();
  assert.ok(!(await page.evaluate(() => document.body.inert)));
});
