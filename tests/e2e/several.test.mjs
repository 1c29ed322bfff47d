// Several conversations at a time: a visitor with two agents, in real browsers over the real hub; and how their list looks.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { online, picture, until, World } from './harness.mjs';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const page = (title, attributes = 'lang="en"') => `<!doctype html><html ${attributes}><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>
<link rel="icon" href="data:,"><main><h1>${title}</h1><p><a href="next.html">Next</a></p></main></html>`;
const BEN = 'ben@example.com';

let world;
let aki;
let ben;
let guests = [];
before(async () => {
  const pages = { 'index.html': page('A shop'), 'next.html': page('The next page'), 'rtl.html': page('From right to left', 'lang="ar" dir="rtl"') };
  world = await World.begin({ site: { pages, attributes: { 'data-launcher': 'always' } } });
  await world.put('/api/messenger', { several: true, rating: true });
  world.addAgent(BEN, 'Ben Other');
  [aki, ben] = [await world.desk(), await world.desk(BEN)];
  for (const desk of [aki, ben]) await desk.goto(`${world.hubUrl}/desk/#/inbox`);
});
after(() => world.end());
afterEach(async () => {
  for (const context of guests) await context.close();
  guests = [];
});

const field = (page) => page.locator('[part~=composer] textarea');
const bubbles = (page) => page.locator('[part~=bubble]:not([part~=greeting], [part~=typing])');
// Not as it is drawn: what comes in is not drawn yet.
const shown = (page) => bubbles(page).allTextContents();
const view = (page) => page.evaluate(() => window.alongside('messenger.view'));
const list = (page) => page.evaluate(() => window.alongside('messenger.conversations'));
const talk = (page, text) => page.locator('[part=home] .talk').filter({ hasText: text });
const home = async (page) => {
  await page.locator('[data-name=back]').click();
  await page.locator('[part=home]').waitFor();
};

async function visitor({ address = '/', ...options } = {}) {
  const context = await world.visitor(options);
  guests.push(context);
  const page = await context.newPage();
  await page.goto(world.siteUrl + address);
  await online(page);
  return page;
}

async function write(page, text, isKept = true) {
  await field(page).fill(text);
  await field(page).press('Enter');
  await bubbles(page).filter({ hasText: text }).waitFor();
  if (isKept) await until('it is kept', async () => ['sent', 'delivered', 'read'].includes((await view(page)).rows.at(-1).state));
}

async function begin(page, text, isKept) {
  await page.locator('[data-name=new-message]').click();
  await write(page, text, isKept);
}

async function take(desk, text) {
  await desk.locator('.inbox .list a').filter({ hasText: text }).click();
  await desk.getByRole('button', { name: 'Take it' }).click();
  await desk.locator('.composer textarea').waitFor();
}

async function reply(desk, text) {
  await desk.locator('.composer textarea').fill(text);
  await desk.keyboard.press('Enter');
  await desk.locator('.bubble', { hasText: text }).waitFor();
}

/** The same visitor in one more tab, which shows what this one shows. */
async function tab(page) {
  const other = await page.context().newPage();
  await other.goto(world.siteUrl);
  await online(other);
  await other.locator('.panel').waitFor();
  return other;
}

/** A visitor who has asked two things, the second of which is in front. */
async function withTwo(name, options) {
  const page = await visitor(options);
  await page.locator('[part~=launcher]').click();
  await write(page, `A return, ${name}`);
  await home(page);
  await begin(page, `A delivery, ${name}`);
  return page;
}

test('two conversations have an agent each, who sees whose lines are whose; the end of one leaves the other', async () => {
  const page = await withTwo('two agents');
  assert.deepEqual(await shown(page), ['A delivery, two agents']);
  await take(aki, 'A return, two agents');
  await take(ben, 'A delivery, two agents');
  await reply(ben, 'Where to?');
  await bubbles(page).filter({ hasText: 'Where to?' }).waitFor();
  await reply(aki, 'Which order?');
  await until('the way back says that something waits', async () => (await page.locator('[data-name=back]').getAttribute('aria-label')) === 'Back, 1 new message in another conversation');
  await until('and it is read out', async () => (await page.locator('.panel ~ * [aria-live], [aria-live]').allTextContents()).join().includes('1 new message in another conversation'));
  await picture(page, 'messenger/several-thread');
  assert.deepEqual(await shown(page), ['A delivery, two agents', 'Where to?']);
  assert.equal(await page.locator('[part=title]').innerText(), '⁨Ben Other⁩');
  await home(page);
  await talk(page, 'Which order?').locator('.talk-unread', { hasText: '1' }).waitFor();
  assert.equal(await talk(page, 'Where to?').locator('.talk-unread').count(), 0, 'that was seen');
  await picture(page, 'messenger/several-list');
  await talk(page, 'Which order?').click();
  await bubbles(page).filter({ hasText: 'Which order?' }).waitFor();
  assert.deepEqual(await shown(page), ['A return, two agents', 'Which order?']);
  assert.equal(await page.locator('[part=title]').innerText(), '⁨Aki Agent⁩');
  await until('nothing is unread', async () => (await view(page)).top.unread === 0);
  await write(page, 'Number 7');
  const beside = aki.locator('.line.beside .bubble');
  assert.deepEqual(await beside.allInnerTexts(), ['A delivery, two agents', 'Where to?']);
  assert.deepEqual(await aki.locator('.line:not(.beside) .bubble').allInnerTexts(), ['A return, two agents', 'Which order?', 'Number 7']);
  await picture(aki, 'desk/several');
  await aki.evaluate(AXE);
  assert.deepEqual((await aki.evaluate(() => window.axe.run())).violations.map(({ id }) => id), []);

  await aki.getByRole('button', { name: 'End', exact: true }).click();
  await page.getByRole('group', { name: 'How was this conversation?' }).waitFor();
  await home(page);
  await page.getByRole('region', { name: 'Continue your conversation' }).getByText('Where to?').waitFor();
  await page.getByRole('region', { name: 'Earlier conversations' }).getByText('You: Number 7').waitFor();
  await talk(page, 'Where to?').click();
  await write(page, 'To Kobe');
  await ben.locator('.bubble', { hasText: 'To Kobe' }).waitFor();
  assert.equal(await page.getByRole('group', { name: 'How was this conversation?' }).count(), 0, 'this one is not over');
  // What is written to the one that is over begins another one, with that in front.
  await home(page);
  await talk(page, 'Number 7').click();
  await write(page, 'Once more');
  assert.deepEqual(await shown(page), ['Once more']);
  assert.deepEqual((await list(page)).map(({ stage }) => stage), ['waiting', 'open', 'ended']);
});

test('what is not sent yet stays with its conversation, over a reload too, and an open one is open on the next page', async () => {
  const page = await withTwo('drafts');
  await field(page).fill('not yet about the delivery');
  await home(page);
  await talk(page, 'A return').click();
  assert.equal(await field(page).inputValue(), '');
  await field(page).fill('not yet about the return');
  await home(page);
  await page.locator('[data-name=new-message]').click();
  assert.equal(await field(page).inputValue(), '');
  await field(page).fill('a third thing');
  await home(page);
  await talk(page, 'A return').click();
  assert.equal(await field(page).inputValue(), 'not yet about the return');
  await page.getByRole('link', { name: 'Next' }).click();
  await page.waitForURL(/next/);
  await online(page);
  await bubbles(page).filter({ hasText: 'A return' }).waitFor();
  assert.deepEqual(await shown(page), ['A return, drafts']);
  assert.equal(await field(page).inputValue(), 'not yet about the return');
  await page.locator('[data-name=back]').waitFor();
  await home(page);
  await talk(page, 'A delivery').click();
  assert.equal(await field(page).inputValue(), 'not yet about the delivery');
  await home(page);
  await page.locator('[data-name=new-message]').click();
  assert.equal(await field(page).inputValue(), 'a third thing');
  await field(page).press('Enter');
  await until('it has begun', async () => (await list(page)).length === 3);
  await home(page);
  await page.locator('[data-name=new-message]').click();
  assert.equal(await field(page).inputValue(), '', 'it was sent');
});

test('who opens it before the hub has answered is where he was writing, else at the list', async () => {
  const page = await withTwo('early');
  const again = async () => {
    await page.locator('[data-name=close]').click();
    await page.reload();
    await online(page);
    await page.locator('[part~=launcher]').click();
  };
  await field(page).fill('still about the delivery');
  await again();
  await until('it is there', async () => (await field(page).inputValue()) === 'still about the delivery');
  assert.deepEqual(await shown(page), ['A delivery, early']);
  await field(page).press('End');
  await page.keyboard.type('!');
  await page.reload();
  await online(page);
  await until('it was kept', async () => (await field(page).inputValue()) === 'still about the delivery!');
  await field(page).fill('');
  await again();
  await page.getByRole('region', { name: 'Continue your conversations' }).waitFor();
  assert.equal(await talk(page, 'early').count(), 2);
});

test('while he writes, the end of the conversation and a new one in another tab leave him there', async () => {
  const page = await withTwo('stays');
  const other = await tab(page);
  await field(other).fill('in the middle');
  await take(ben, 'A delivery, stays');
  await ben.getByRole('button', { name: 'End', exact: true }).click();
  await other.locator('[part="note note-event"]', { hasText: 'ended' }).waitFor();
  await home(page);
  await begin(page, 'A third, stays');
  await until('the other tab knows', async () => (await list(other)).length === 3);
  assert.deepEqual(await shown(other), ['A delivery, stays']);
  assert.equal(await field(other).inputValue(), 'in the middle');
});

test('what is begun offline is there once, in two tabs, after the hub was killed and the page loaded again', async () => {
  const page = await withTwo('offline');
  const other = await tab(page);
  await world.stopHub('SIGKILL');
  await until('the link is down', async () => (await view(page)).top.link !== 'online');
  await home(page);
  await begin(page, 'A third, offline', false);
  await write(page, 'And more of it', false);
  await until('the other tab has it', async () => (await list(other)).some(({ excerpt }) => excerpt === 'And more of it'));
  await home(page);
  await talk(page, 'And more of it').click();
  assert.deepEqual(await shown(page), ['A third, offline', 'And more of it']);
  await picture(page, 'messenger/several-offline');
  await page.goto('about:blank');
  await world.startHub();
  await page.goto(world.siteUrl);
  await online(page);
  for (const tab of [page, other]) {
    await until('all is kept', async () => (await list(tab)).filter(({ conversation }) => !conversation.startsWith('+')).length === 3, 30_000);
    assert.deepEqual((await list(tab)).map(({ excerpt }) => excerpt).sort(), ['A delivery, offline', 'A return, offline', 'And more of it']);
  }
  assert.deepEqual(await shown(page), ['A third, offline', 'And more of it'], 'it is in front again');
  for (const desk of [aki, ben]) await desk.locator('.inbox .list a').filter({ hasText: 'And more of it' }).waitFor({ timeout: 30_000 });
});

test('a file goes to the conversation for which it was chosen', async () => {
  const page = await withTwo('files');
  let go;
  const held = new Promise((resolve) => (go = resolve));
  await page.route('**/v1/files', async (route) => {
    await held;
    await route.continue();
  });
  const file = path.join(world.data, 'receipt.txt');
  fs.writeFileSync(file, 'two teas');
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.locator('[data-name=attach]').click()]);
  await chooser.setFiles(file);
  await page.getByText('receipt.txt').waitFor();
  await home(page);
  await talk(page, 'A return').click();
  assert.deepEqual(await shown(page), ['A return, files']);
  assert.equal(await page.getByText('receipt.txt').count(), 0, 'it is on its way elsewhere');
  go();
  await until('it has come', async () => (await list(page)).some(({ excerpt }) => excerpt === 'receipt.txt'));
  assert.deepEqual(await shown(page), ['A return, files']);
  await home(page);
  await talk(page, 'receipt.txt').click();
  await bubbles(page).filter({ hasText: 'receipt.txt' }).getByRole('link').waitFor();
});

test('with five that go on the list says to end one, and what is written too much is kept until then', async () => {
  const page = await visitor();
  await page.locator('[part~=launcher]').click();
  await write(page, 'Number 1');
  for (let number = 2; number <= 5; number += 1) {
    await home(page);
    await begin(page, `Number ${number}`);
  }
  await home(page);
  await page.getByText('End a conversation to begin another one.').waitFor();
  assert.equal(await page.locator('[data-name=new-message]').count(), 0);
  await picture(page, 'messenger/several-full');
  // A page of the customer's own may try.
  await page.evaluate(() => window.alongside('messenger.choose', 'new'));
  await page.evaluate(() => window.alongside('messenger.say', 'Number 6'));
  await until('it is refused', async () => (await view(page)).rows.at(-1).reason === 'too-many');
  assert.deepEqual(await shown(page), ['Number 6'], 'it is in front of him, too');
  // In the conversation: what is read out says it, too.
  await page.getByRole('region', { name: 'Conversation' }).getByText('Not sent: too many conversations are open. End one, then try again.').waitFor();
  await home(page);
  await talk(page, 'Number 2').click();
  await page.locator('[data-name=options]').click();
  await page.getByRole('menuitem', { name: 'End conversation' }).click();
  await page.locator('[part="note note-event"]', { hasText: 'ended' }).waitFor();
  await home(page);
  await talk(page, 'Number 6').click();
  await page.locator('[data-name=retry]').click();
  await until('it is kept', async () => (await view(page)).rows.at(-1).state === 'sent');
});

test('with the keyboard and for screen readers: into a conversation, back, and into another', async () => {
  const page = await withTwo('keyboard');
  const focus = () => page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element?.dataset.name ?? element?.localName;
  });
  assert.equal(await focus(), 'composer');
  for (let tabs = 0; tabs < 10 && (await focus()) !== 'back'; tabs += 1) await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  assert.match(await focus(), /^talk-/);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await bubbles(page).filter({ hasText: 'A return' }).waitFor();
  assert.equal(await focus(), 'composer');
  await page.keyboard.press('Escape');
  await page.locator('.panel').waitFor({ state: 'hidden' });
  await page.locator('[part~=launcher]').click();
  assert.match(await focus(), /^talk-/, 'with several it opens at the list');
});

for (const [name, options] of Object.entries({
  light: {}, dark: { colorScheme: 'dark' }, phone: { viewport: { width: 360, height: 720 } }, rtl: { address: '/rtl.html' }, ja: { locale: 'ja-JP' }, ko: { locale: 'ko-KR' },
})) {
  test(`list and thread look well and are accessible, ${name}`, async () => {
    const language = { ja: 'ja', ko: 'ko' }[name];
    const page = await visitor({ ...options, address: options.address ?? '/' });
    if (language) await page.evaluate((language) => (document.documentElement.lang = language), language);
    await page.locator('[part~=launcher]').click();
    await write(page, `One, ${name}`);
    await take(aki, `One, ${name}`);
    await home(page);
    await begin(page, `Two, ${name}`);
    await reply(aki, 'A moment, please.');
    await page.locator('[data-name=back][data-count]').waitFor();
    const check = async (state) => {
      await page.waitForTimeout(400);
      await page.evaluate(AXE);
      const { violations } = await page.evaluate(() => window.axe.run({ include: [['[data-alongside=hide]']] }, { resultTypes: ['violations'] }));
      assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => [html, failureSummary])]), [], state);
      await picture(page, `messenger/${state}-${name}`);
    };
    await check('several-thread');
    await home(page);
    await check('several-list');
  });
}

test('a page that draws it itself has one in front, is told which it is of, and refuses what is none', async () => {
  const headless = await World.begin({ site: { pages: { 'index.html': page('Headless') }, attributes: { 'data-headless': '' } } });
  try {
    await headless.put('/api/messenger', { several: true });
    const { page } = await headless.guest();
    await page.evaluate(() => {
      window.heard = [];
      window.alongside('on', 'message', (message) => window.heard.push(message));
    });
    const call = (name, ...args) => page.evaluate(([name, args]) => window.alongside(`messenger.${name}`, ...args).catch(({ code }) => code), [name, args]);
    await call('say', 'first');
    await until('it is kept', async () => (await call('view')).top.front);
    const first = (await call('view')).top.front;
    const made = await call('choose', 'new');
    assert.match(made, /^\+[0-9a-f]{32}$/);
    assert.deepEqual((await call('view')).rows, []);
    await call('say', 'second');
    await until('it is kept', async () => (await call('view')).rows.at(-1)?.state === 'sent');
    const { top } = await call('view');
    assert.deepEqual([top.front, top.several, top.elsewhere, top.isFull], [made.slice(1), true, 0, false]);
    assert.equal(await call('choose', first), first);
    assert.deepEqual((await call('view')).rows.filter(({ kind }) => kind === 'message').map(({ blocks }) => blocks[0].p[0].text), ['first']);
    assert.equal(await call('choose', 'nonsense'), 'bad-argument');
    const desk = await headless.desk();
    await desk.goto(`${headless.hubUrl}/desk/#/inbox`);
    await take(desk, 'second');
    await reply(desk, 'for the second');
    await until('the page is told', async () => (await page.evaluate(() => window.heard.length)) === 1);
    assert.deepEqual(await page.evaluate(() => window.heard), [{ name: 'Aki Agent', text: 'for the second', conversation: made.slice(1) }]);
    const { top: now } = await call('view');
    assert.deepEqual([now.unread, now.elsewhere], [1, 1]);
    await call('end');
    await until('only the one in front has ended', async () => (await call('conversations')).map(({ conversation, stage }) => [conversation === first, stage].join()).sort().join(' ') === 'false,open true,ended');
    // Switched off, there is one thread again.
    await call('choose');
    await headless.put('/api/messenger', {});
    await until('one thread', async () => !(await call('view')).top.several);
  } finally {
    await headless.end();
  }
});
