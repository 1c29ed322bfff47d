// The agent's inbox: what helps to write, what is noted for agents, who the visitor is; in real browsers over the real hub.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { after, afterEach, before, test } from 'node:test';
import { AGENT, picture, until, World } from './harness.mjs';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const page = (title) => `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>
<link rel="icon" href="data:,"><main><h1>${title}</h1><p><a href="next.html">Next</a></p></main></html>`;

const CODES = { codes: [{ id: 'sold', name: { en: 'Sold', ja: '販売' } }, { id: 'lost', name: 'Lost' }], required: false, seconds: 600 };

let world;
let desk;
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

const field = (page) => page.locator('[part~=composer] textarea');
const bubbles = (page) => page.locator('[part~=bubble]:not([part~=greeting], [part~=typing])');
const writer = () => desk.locator('.composer textarea[data-key=write]');
const row = (text) => desk.locator('.inbox .list a').filter({ hasText: text });

const put = (path, body) => world.put(path, body);

/** A visitor who has written; `heard` gets all that his page is sent. */
async function visitor(text, heard = []) {
  const context = await world.visitor();
  const page = await context.newPage();
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => heard.push(Buffer.from(payload).toString('latin1'))));
  page.on('response', (response) => void response.body().then((body) => heard.push(body.toString('latin1')), () => {}));
  await page.goto(world.siteUrl);
  guests.push({ context });
  await page.locator('[part~=launcher]').click();
  await write(page, text);
  return { context, page };
}

async function write(page, text) {
  await field(page).fill(text);
  await field(page).press('Enter');
  await bubbles(page).filter({ hasText: text }).waitFor();
}

async function take(text) {
  await row(text).click();
  await desk.getByRole('button', { name: 'Take it' }).click();
  await writer().waitFor();
}

async function checkAccessible(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run());
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`), []);
}

test('notes and what a conversation was about stay with agents: kept as they are typed, shown to later ones, never to the visitor', async () => {
  await put('/api/wrap-up', CODES);
  const heard = [];
  const { page } = await visitor('Is the kettle in stock?', heard);
  await take('Is the kettle in stock?');
  await desk.keyboard.press('Alt+n');
  await writer().fill('SECRET-NOTE: pays late');
  await picture(desk, 'desk/note');
  await writer().press('Enter');
  await desk.locator('.line.noted', { hasText: 'SECRET-NOTE' }).waitFor();
  assert.equal(await desk.getByRole('button', { name: 'Note', exact: true }).getAttribute('aria-pressed'), 'false', 'the next one is for the visitor again');
  await writer().fill('Yes, it is.');
  await writer().press('Enter');
  await bubbles(page).filter({ hasText: 'Yes, it is.' }).waitFor();
  await desk.keyboard.press('Alt+x');
  const form = desk.locator('form.wrap');
  await form.waitFor();
  await form.locator('select').selectOption({ label: 'Sold' });
  await form.locator('textarea').pressSequentially('SECRET-WRAP: buys two');
  await desk.locator('.line.noted', { hasText: 'SECRET-WRAP: buys two' }).waitFor();
  await picture(desk, 'desk/wrap-up');
  await checkAccessible(desk);
  // In the middle of it.
  await desk.reload();
  await form.waitFor();
  await until('what was typed is there again', async () => (await form.locator('textarea').inputValue()) === 'SECRET-WRAP: buys two');
  assert.equal(await form.locator('select').inputValue(), 'sold');
  await form.getByRole('button', { name: 'Done' }).click();
  await desk.getByText('The conversation has ended.', { exact: false }).waitFor();
  await write(page, 'One more thing');
  await row('One more thing').click();
  const noted = desk.locator('.line.noted');
  await noted.filter({ hasText: 'SECRET-WRAP' }).waitFor();
  assert.deepEqual(await noted.locator('.chip').allTextContents(), ['Sold']);
  await desk.locator('.person .before .chip', { hasText: 'Sold' }).waitFor();
  await picture(desk, 'desk/wrapped');
  await checkAccessible(desk);
  // Also of what the visitor's page asks for anew.
  await page.reload();
  await page.locator('[part~=launcher]').or(field(page)).first().waitFor();
  await bubbles(page).filter({ hasText: 'One more thing' }).waitFor();
  const all = heard.join('\n');
  assert.ok(all.includes('Yes, it is.'), 'what the visitor is told is heard here');
  for (const secret of ['SECRET-NOTE', 'SECRET-WRAP', 'Sold', 'sold']) assert.ok(!all.includes(secret), secret);
});

test('where a code is required, the conversation stays until one is chosen', async () => {
  await put('/api/wrap-up', { ...CODES, required: true });
  const { page } = await visitor('required?');
  await take('required?');
  // The visitor ends it: his agent is asked all the same.
  await page.evaluate(() => window.alongside('messenger.end'));
  const form = desk.locator('form.wrap');
  await form.waitFor({ timeout: 15_000 });
  assert.ok(await form.getByRole('button', { name: 'Done' }).isDisabled());
  await desk.keyboard.press('Alt+c');
  await desk.keyboard.press('ArrowDown');
  await until('one is chosen', async () => (await form.locator('select').inputValue()) !== '');
  await form.getByRole('button', { name: 'Done' }).click();
  await form.waitFor({ state: 'detached' });
  await put('/api/wrap-up', { codes: [] });
});

test('saved replies: made in the desk, opened by a slash, filled in, and in the visitor\'s language', async () => {
  const { page } = await visitor('canned?');
  await take('canned?');
  await desk.getByRole('button', { name: 'Manage saved replies' }).click();
  const manager = desk.locator('dialog.saved');
  for (const [kind, shortcut, title, text] of [['Add one of mine', 'hello', 'Greeting', 'Hello {visitor}, I am {agent}.'], ['Add one for all', 'hours', 'Opening hours', 'We are there from **9 to 5**.']]) {
    await manager.getByRole('button', { name: kind }).click();
    await manager.getByLabel('Shortcut').fill(shortcut);
    await manager.getByLabel('Title').fill(title);
    await manager.getByLabel('English').fill(text);
    if (shortcut === 'hello') await manager.getByLabel('日本語').fill('こんにちは');
    await picture(desk, 'desk/replies-form');
    await checkAccessible(desk);
    await manager.getByRole('button', { name: 'Save' }).click();
    await manager.getByText(title).waitFor();
  }
  await manager.getByRole('button', { name: 'Add one of mine' }).click();
  await manager.getByLabel('Shortcut').fill('hello');
  await manager.getByLabel('Title').fill('Again');
  await manager.getByLabel('English').fill('Again');
  await manager.getByRole('button', { name: 'Save' }).click();
  await manager.getByText('Not saved', { exact: false }).waitFor();
  await manager.getByRole('button', { name: 'Cancel' }).click();
  await picture(desk, 'desk/replies');
  await checkAccessible(desk);
  await manager.getByRole('button', { name: 'Close' }).click();

  await writer().pressSequentially('and/or ');
  assert.equal(await desk.getByRole('listbox').count(), 0, 'a slash within a word is a slash');
  await writer().fill('');
  await writer().pressSequentially('/h');
  const list = desk.getByRole('listbox');
  await list.waitFor();
  assert.deepEqual(await list.getByRole('option').allTextContents(), ['/hello Greeting', '/hours Opening hours']);
  await picture(desk, 'desk/slash');
  await checkAccessible(desk);
  await writer().press('Escape');
  await list.waitFor({ state: 'detached' });
  assert.equal(await writer().inputValue(), '/h');
  await writer().fill('');
  await writer().pressSequentially('/h');
  await writer().press('ArrowDown');
  assert.equal(await writer().getAttribute('aria-activedescendant'), await list.getByRole('option', { selected: true }).getAttribute('id'));
  await writer().press('ArrowUp');
  await writer().press('Enter');
  assert.equal(await writer().inputValue(), 'Hello, I am Aki Agent.');
  await writer().press('Enter');
  await bubbles(page).filter({ hasText: 'Hello, I am Aki Agent.' }).waitFor();
  await desk.getByRole('button', { name: 'Saved replies', exact: true }).click();
  await list.getByRole('option', { name: 'Opening hours' }).click();
  await writer().press('Enter');
  await page.locator('strong', { hasText: '9 to 5' }).waitFor();

  await page.evaluate(() => {
    document.documentElement.lang = 'ja';
    return window.alongside('journey.pageView', { title: '店' });
  });
  await desk.locator('.person .page', { hasText: '店' }).waitFor();
  await desk.reload();
  await writer().waitFor();
  await desk.locator('.person dd', { hasText: 'ja' }).waitFor();
  await writer().pressSequentially('/hello');
  await list.waitFor();
  await writer().press('Enter');
  assert.equal(await writer().inputValue(), 'こんにちは');
  await writer().fill('');

  await desk.getByRole('button', { name: 'Manage saved replies' }).click();
  await manager.getByRole('button', { name: 'Delete Opening hours' }).click();
  await manager.getByRole('button', { name: 'Really delete? Opening hours' }).click();
  await manager.getByText('Opening hours').waitFor({ state: 'detached' });
  await manager.getByRole('button', { name: 'Close' }).click();
});

test('an agent offers what bots can: answers, a card, a form, a video; and hears the answers', async () => {
  const { page } = await visitor('offer me something');
  await take('offer me something');
  const builder = desk.locator('dialog.builder:not(.saved)');
  const begin = async (kind, text) => {
    await desk.keyboard.press('Alt+o');
    await builder.getByLabel(kind, { exact: true }).check();
    await builder.getByLabel(kind === 'Video' ? 'What it shows' : 'Message', { exact: true }).fill(text);
  };
  const send = () => builder.getByRole('button', { name: 'Send' }).click();

  await begin('Quick replies', 'Green or black?');
  await send();
  await builder.getByText('fill in the first line', { exact: false }).waitFor();
  await builder.getByLabel('Choice').nth(0).fill('Green');
  await builder.getByLabel('Choice').nth(1).fill('Black');
  await builder.locator('.look .offer', { hasText: 'Green' }).waitFor();
  await picture(desk, 'desk/offer-replies');
  await checkAccessible(desk);
  await send();
  await page.getByRole('button', { name: 'Green' }).click();
  await desk.locator('.line:not(.own) .bubble', { hasText: 'Green' }).waitFor();

  await begin('Cards', 'This one:');
  await builder.getByLabel('Title').fill('Sencha');
  await builder.getByLabel('Description').fill('100 g');
  await builder.getByLabel('Button', { exact: true }).fill('Look');
  await builder.getByLabel('Where the button leads').fill('javascript:alert(1)');
  await send();
  await builder.getByText('a link begins with', { exact: false }).waitFor();
  await builder.getByLabel('Where the button leads').fill('https://shop.example/sencha');
  await picture(desk, 'desk/offer-card');
  await checkAccessible(desk);
  await send();
  await page.getByRole('link', { name: 'Look' }).waitFor();

  await begin('Form', 'Tell me:');
  await builder.getByLabel('Question').fill('Order number');
  await builder.getByLabel('Required').check();
  await builder.getByRole('button', { name: 'Add another' }).click();
  await builder.getByLabel('Question').nth(1).fill('Size');
  await builder.getByLabel('Answer').nth(1).selectOption({ label: 'One of several' });
  await builder.getByLabel('Choices', { exact: false }).fill('Small, Large');
  await picture(desk, 'desk/offer-form');
  await checkAccessible(desk);
  await send();
  await page.getByLabel('Order number').fill('A-7');
  await page.getByLabel('Size').selectOption({ label: 'Large' });
  await page.locator('[part~=form] button[type=submit]').click();
  await desk.locator('.line:not(.own) .bubble', { hasText: 'Order number: A-7' }).waitFor();

  await begin('Video', 'How to make it');
  await builder.getByLabel('Address (https)').fill('https://media.example/tea.mp4');
  await send();
  await page.getByRole('button', { name: 'Play: How to make it' }).waitFor();
  await picture(desk, 'desk/offered');
  await checkAccessible(desk);
});

test('a conversation is passed on to a colleague who is there, and to a queue', async () => {
  const BEN = 'ben@example.com';
  await put('/api/routing', { routing: { queues: [{ id: 'main', name: 'Main' }, { id: 'returns', name: 'Returns' }] } });
  world.addAgent(BEN, 'Ben Other');
  const { page } = await visitor('pass me on');
  await take('pass me on');
  const other = await world.desk(BEN);
  guests.push({ context: other.context() });
  await other.goto(`${world.hubUrl}/desk/#/inbox`);
  const open = (desk) => desk.locator('[data-key=transfer]').click();
  const turn = () => other.locator('.presence [role=switch]').click();
  await open(desk);
  await turn();
  // Who is away cannot be given anything.
  await desk.locator('button:disabled', { hasText: 'Ben Other' }).waitFor();
  await turn();
  await desk.locator('button:enabled', { hasText: 'Ben Other' }).waitFor();
  await picture(desk, 'messenger/desk-transfer');
  await checkAccessible(desk);
  await desk.getByRole('button', { name: /Ben Other/ }).click();
  await other.getByRole('button', { name: 'Accept' }).click();
  await page.getByRole('heading', { name: 'Ben Other' }).waitFor();
  await other.locator('.bubble', { hasText: 'pass me on' }).waitFor();

  // Nobody is there: it waits in the queue that was chosen.
  await turn();
  await open(other);
  await other.getByRole('button', { name: 'Returns', exact: true }).click();
  await page.locator('[part=banner]', { hasText: 'You are next in line' }).waitFor();
  await take('pass me on');
  await page.getByRole('heading', { name: 'Aki Agent' }).waitFor();
});

test('marks and emoji go to where the caret is', async () => {
  const { page } = await visitor('marks');
  await take('marks');
  await writer().fill('some tea 茶 now');
  await writer().evaluate((field) => field.setSelectionRange(9, 10));
  await writer().press('Control+b');
  assert.equal(await writer().inputValue(), 'some tea **茶** now');
  await writer().press('Control+b');
  assert.equal(await writer().inputValue(), 'some tea 茶 now');
  await writer().evaluate((field) => field.setSelectionRange(5, 8));
  await writer().press('Control+k');
  await desk.keyboard.type('https://shop.example/');
  assert.equal(await writer().inputValue(), 'some [tea](https://shop.example/) 茶 now');
  await writer().press('End');
  await desk.locator('.emoji summary').click();
  await desk.getByRole('grid', { name: 'Emoji' }).waitFor();
  await picture(desk, 'desk/emoji');
  await checkAccessible(desk);
  await desk.keyboard.press('ArrowRight');
  await desk.keyboard.press('ArrowDown');
  await desk.waitForTimeout(100);
  await desk.keyboard.press('Enter');
  await until('it is there', async () => (await writer().inputValue()).endsWith('now😮'));
  await writer().press('Enter');
  await page.getByRole('link', { name: 'tea' }).waitFor();
});

test('beside the conversation: where the visitor is, live, what he did, what was said before', async () => {
  const { page } = await visitor('where am I?');
  await take('where am I?');
  const person = desk.locator('.person');
  await person.locator('.page', { hasText: 'A shop' }).waitFor();
  await page.goto(`${world.siteUrl}/next.html`);
  await person.locator('.page', { hasText: 'The next page' }).waitFor();
  await until('and in his journey', async () => (await person.locator('.visits li').allTextContents()).some((text) => text.includes('The next page')));
  await person.getByText('This is the only one.').waitFor();
  await picture(desk, 'desk/person');
  await checkAccessible(desk);
  await desk.keyboard.press('Alt+j');
  await person.waitFor({ state: 'detached' });
  await desk.reload();
  await writer().waitFor();
  assert.equal(await person.count(), 0, 'that is remembered');
  await desk.keyboard.press('Alt+j');
  await person.waitFor();
  await desk.setViewportSize({ width: 700, height: 800 });
  assert.equal(await person.isVisible(), false, 'there is no room beside');
  await desk.getByRole('button', { name: 'Visitor', exact: true }).click();
  await person.waitFor();
  await picture(desk, 'desk/person-narrow');
  await checkAccessible(desk);
  await desk.keyboard.press('Escape');
  assert.equal(await person.isVisible(), false);
  await picture(desk, 'desk/narrow');
  await checkAccessible(desk);
  await desk.setViewportSize({ width: 1280, height: 800 });
});

test('the list is searched and filtered, and keys do what buttons do', async () => {
  await visitor('find me');
  const other = await visitor('leave me');
  await row('find me').waitFor();
  await row('leave me').waitFor();
  await row('find me').click();
  await desk.keyboard.press('Alt+a');
  await writer().waitFor();
  await desk.keyboard.press('Alt+s');
  await desk.keyboard.type('FIND');
  await row('leave me').waitFor({ state: 'detached' });
  assert.equal(await row('find me').count(), 1);
  await picture(desk, 'desk/search');
  await checkAccessible(desk);
  await desk.keyboard.type('nothing like that');
  await desk.getByText('None like that.').waitFor();
  await desk.getByLabel('Search conversations').fill('');
  await desk.getByRole('button', { name: 'Waiting', exact: true }).click();
  await row('find me').waitFor({ state: 'detached' });
  await row('leave me').waitFor();
  await desk.getByRole('button', { name: 'All', exact: true }).click();
  await desk.keyboard.press('Alt+w');
  assert.ok(await writer().evaluate((field) => field === document.activeElement));
  await desk.keyboard.press('Alt+m');
  await desk.getByText('Colleagues').waitFor();
  await desk.keyboard.press('Escape');
  await desk.locator('h2').first().click();
  await desk.keyboard.press('?');
  await desk.locator('dialog[open]').getByText('End the conversation').waitFor();
  await picture(desk, 'desk/keys');
  await desk.keyboard.press('Escape');
  await other.context.close();
});

test('a sound and a notice tell of what is not in view, once they are switched on', async () => {
  const context = await (await world.chromium()).newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 }, permissions: ['notifications'] });
  guests.push({ context });
  const aki = await context.newPage();
  await aki.addInitScript(() => {
    window.tones = 0;
    window.notices = [];
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...args) {
      window.tones += 1;
      return start.apply(this, args);
    };
    window.Notification = class extends EventTarget {
      static permission = 'granted';
      static requestPermission = async () => 'granted';
      constructor(title, { body }) {
        super();
        window.notices.push(`${title}: ${body}`);
      }
    };
  });
  await aki.goto(`${world.hubUrl}/desk/`);
  await aki.getByLabel(/e-mail/i).fill(AGENT.email);
  await aki.getByLabel(/password/i).fill(AGENT.password);
  await aki.getByRole('button', { name: /sign in/i }).click();
  await aki.getByRole('heading', { name: /live now/i }).waitFor();
  const { page } = await visitor('silent');
  await row('silent').waitFor();
  await aki.locator('nav .badge').first().waitFor();
  assert.equal(await aki.evaluate(() => window.tones), 0, 'nothing before it is switched on');
  await aki.goto(`${world.hubUrl}/desk/#/settings`);
  await aki.getByLabel('A sound for offers', { exact: false }).check();
  await aki.getByLabel('Notices of the system', { exact: false }).check();
  await picture(aki, 'desk/settings');
  await checkAccessible(aki);
  const before = await aki.evaluate(() => window.tones);
  assert.ok(before > 0, 'he hears what it is like');
  await aki.evaluate(() => Object.defineProperty(document, 'hidden', { value: true }));
  await write(page, 'now you hear me');
  await until('it sounds', () => aki.evaluate((before) => window.tones > before, before));
  await until('and is shown', () => aki.evaluate(() => window.notices.length > 0));
  const notices = await aki.evaluate(() => window.notices);
  assert.match(notices[0], /^New message: Visitor [0-9a-f]{8}$/, 'who, and not what');
});

test('what is noted while the hub is gone arrives once, and what a conversation was about is not lost', async () => {
  await put('/api/wrap-up', CODES);
  await visitor('cut');
  await take('cut');
  await world.stopHub('SIGKILL');
  await desk.getByText('Offline').or(desk.getByText('Connecting')).first().waitFor();
  await desk.getByRole('button', { name: 'Note', exact: true }).click();
  await writer().fill('noted in between');
  await writer().press('Enter');
  await desk.locator('.line.noted .state', { hasText: 'Waits for the connection' }).waitFor();
  await picture(desk, 'desk/note-offline');
  await world.startHub();
  const kept = desk.locator('.line.noted', { hasText: 'noted in between' });
  await until('it is kept', async () => (await kept.count()) === 1 && (await kept.locator('.state').count()) === 0, 30_000);
  await desk.keyboard.press('Alt+x');
  const form = desk.locator('form.wrap');
  await form.waitFor();
  await world.stopHub('SIGKILL');
  await desk.getByText('Offline').or(desk.getByText('Connecting')).first().waitFor();
  await form.locator('select').selectOption({ label: 'Lost' });
  await form.locator('textarea').fill('they were angry');
  await form.getByRole('button', { name: 'Done' }).click();
  await form.getByText('Try again', { exact: false }).waitFor();
  await world.startHub();
  await desk.getByText('Connected').waitFor({ timeout: 30_000 });
  assert.equal(await form.locator('textarea').inputValue(), 'they were angry');
  await form.getByRole('button', { name: 'Done' }).click();
  await form.waitFor({ state: 'detached' });
  await desk.locator('.line.noted', { hasText: 'they were angry' }).waitFor();
  await put('/api/wrap-up', { codes: [] });
});

test('of a long thread only what is about the view is drawn, and it is scrolled through to its beginning and back', async () => {
  await visitor('the very first');
  await take('the very first');
  const COUNT = 240;
  for (let number = 1; number <= COUNT; number += 1) {
    await writer().fill(`Line ${number}.`);
    await writer().press('Enter');
    if (number % 40 === 0) await until('they are kept', async () => (await desk.locator('.state', { hasText: /Waits|Sending/ }).count()) === 0);
  }
  const lines = desk.locator('.thread .lines');
  await desk.getByText(`Line ${COUNT}.`, { exact: true }).waitFor();
  await desk.reload();
  await desk.getByText(`Line ${COUNT}.`, { exact: true }).waitFor();
  const { x, y, width, height } = await lines.boundingBox();
  await desk.mouse.move(x + width / 2, y + height / 2);
  // Every line that was ever drawn, however fast it went.
  await lines.evaluate((lines) => {
    const drawn = () => lines.querySelectorAll('.bubble').forEach((bubble) => window.drawn.add(bubble.textContent));
    window.drawn = new Set();
    drawn();
    new MutationObserver(drawn).observe(lines, { childList: true });
  });
  // At the very top, too, lines come above what is read, and what is read stays.
  const top = await lines.evaluate(async (lines) => {
    const first = lines.querySelector('.line + .line .bubble');
    lines.scrollTop = 0;
    for (let frame = 0; frame < 20; frame += 1) await new Promise(requestAnimationFrame);
    return { text: first.textContent, isDrawn: first.isConnected, from: first.getBoundingClientRect().top - lines.getBoundingClientRect().top, scrolled: lines.scrollTop };
  });
  assert.ok(top.isDrawn && top.from >= 0 && top.from < 200 && top.scrolled > 1_000, JSON.stringify(top));
  await until('the first line is there', async () => {
    await desk.mouse.wheel(0, -300);
    return (await desk.getByText('the very first', { exact: true }).count()) > 0;
  }, 60_000);
  assert.equal(await desk.evaluate(() => window.drawn.size), COUNT + 1, 'none is left out');
  assert.ok((await lines.locator('.line').count()) < 200, 'only what is about the view is drawn');
  assert.equal(await lines.locator('.day').count(), 1);
  assert.ok(await lines.evaluate((lines) => lines.scrollTop < lines.scrollHeight - 2 * lines.clientHeight), 'it stays where the agent reads');
  await picture(desk, 'desk/long');
  await checkAccessible(desk);
  await desk.getByRole('button', { name: 'Newest messages' }).click();
  await desk.getByText(`Line ${COUNT}.`, { exact: true }).waitFor();
  await until('it is at its end', () => lines.evaluate((lines) => lines.scrollHeight - lines.scrollTop - lines.clientHeight < 80));
});

test('the desk is complete in Japanese and in the dark', async () => {
  await put('/api/wrap-up', CODES);
  await visitor('日本語で');
  await take('日本語で');
  await writer().fill('メモ');
  await desk.evaluate(() => localStorage.setItem('alongside-desk:language', 'ja'));
  await desk.emulateMedia({ colorScheme: 'dark' });
  await desk.reload();
  await writer().waitFor();
  await desk.locator('.person').waitFor();
  await picture(desk, 'desk/dark-ja');
  await checkAccessible(desk);
  await desk.keyboard.press('Alt+n');
  await writer().fill('注意');
  await writer().press('Enter');
  await desk.locator('.line.noted').waitFor();
  await desk.keyboard.press('Alt+x');
  await desk.locator('form.wrap').waitFor();
  await desk.locator('form.wrap option', { hasText: '販売' }).waitFor({ state: 'attached' });
  await picture(desk, 'desk/dark-ja-wrap');
  await checkAccessible(desk);
  await desk.evaluate(() => localStorage.setItem('alongside-desk:language', 'en'));
  await desk.emulateMedia({ colorScheme: 'light' });
  await put('/api/wrap-up', { codes: [] });
});
