// A shared session from end to end: the agent at the desk, the real hub, the visitor in his browser.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { after, afterEach, before, test } from 'node:test';
import { accept, Agent, calm, endShared, picture, until, World } from './harness.mjs';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const page = (title, body) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><link rel="icon" href="data:,">
<style>body { font: 16px sans-serif; margin: 24px } label, p { display: block; margin: 10px 0 } #box { height: 80px; width: 240px; overflow: auto; border: 1px solid } #box div { height: 900px }</style></head>
<body><h1>${title}</h1>${body}</body></html>`;

const FORM = page('Order tea', `
<form id="form" data-alongside="show">
  <label>Note <input id="note"></label> <label>City <input id="city"></label>
  <label><input type="checkbox" id="gift"> A gift</label>
  <label>Kind <select id="kind"><optgroup label="Green"><option>Sencha</option><option>Gyokuro</option></optgroup><option disabled>Sold out</option><option>Hojicha</option></select></label>
  <label>Day <input type="date" id="day"></label>
  <button id="add" type="button">Add</button> <button id="send">Send the order</button> <input type="file" id="file">
</form>
<p id="private" data-alongside="mask">Only for the visitor</p>
<p data-alongside="readonly"><button id="locked" type="button">Only to look at</button></p>
<div id="box"><div>Long</div></div>
<p><a id="next" href="next.html">The next page</a> <a id="away" href="https://other.example/">Elsewhere</a></p>
<div style="height: 1600px"></div><p id="end">The end</p>
<script src="form.js"></script>`);

const SCRIPT = `
document.getElementById('add').addEventListener('click', ({ target }) => (target.dataset.times = Number(target.dataset.times ?? 0) + 1));
document.getElementById('form').addEventListener('submit', (event) => { event.preventDefault(); document.body.dataset.sent = 'yes'; });`;

let world;
let desk;
before(async () => {
  const pages = {
    'index.html': FORM,
    'form.js': SCRIPT,
    'next.html': page('The next page', '<p id="here">You have arrived</p><a id="back" href="index.html">Back</a>'),
  };
  world = await World.begin({ site: { pages } });
  desk = await world.desk();
});
after(() => world.end());

/** Ends what a test has left. */
let shared;
afterEach(async () => {
  await endShared(shared, desk, world);
  shared = undefined;
});
const live = async (options) => (shared = await world.cobrowse({ desk, ...options }));

const toast = (text) => desk.locator('.toast', { hasText: text }).waitFor({ timeout: 5_000 });
const value = (page, selector) => page.locator(selector).inputValue();

test('an offer that is accepted shows the page within a second, masked as it is', async (t) => {
  const { context, page, name } = await world.guest();
  shared = { context };
  const agent = new Agent(desk);
  await agent.offer(name);
  await desk.getByRole('heading', { name: "Waiting for the visitor's answer" }).waitFor();
  await picture(desk, 'cobrowse-offered');
  await accept(page);
  const start = Date.now();
  await agent.replica.getByRole('heading', { name: 'Order tea' }).waitFor();
  const took = Date.now() - start;
  t.diagnostic(`the page was shown ${took} ms after the visitor agreed`);
  assert.ok(took < 1_000, `${took} ms`);
  await agent.isLive();
  assert.equal(await agent.replica.getByText('Only for the visitor').count(), 0);
  assert.equal(await page.locator('.bar .state').getAttribute('data-state'), 'sharing');
  await picture(desk, 'cobrowse-live');
});

test('the agent can take the offer back, and the visitor can decline', async () => {
  const { context, page, name } = await world.guest();
  shared = { context };
  const agent = new Agent(desk);
  await agent.offer(name);
  await page.locator('[data-name=accept]').waitFor();
  await desk.getByRole('button', { name: 'Withdraw' }).click();
  await until('the visitor is asked no more', async () => (await page.locator('[data-name=accept]').count()) === 0);
  await desk.getByText('The offer was withdrawn').waitFor();
  await desk.getByRole('button', { name: 'Offer again' }).click();
  await accept(page, 'decline');
  await desk.getByText('The visitor said no').waitFor();
  await picture(desk, 'cobrowse-declined');
  await desk.getByRole('button', { name: 'All sessions' }).click();
  await desk.getByRole('button', { name: 'Offer', exact: true }).waitFor();
});

test('a dialog of the browser is told while it is open', async () => {
  const { page, agent } = await live();
  const told = desk.locator('.dialog p');
  await agent.isLive();
  for (const [ask, words] of [['confirm', 'A confirm is open'], ['alert', 'An alert is open'], ['prompt', 'A prompt is open']]) {
    const opened = new Promise((resolve) => page.once('dialog', resolve));
    const answer = page.evaluate((ask) => {
      document.querySelector('h1').textContent = ask;
      return window[ask]('Pay with 4111 1111 1111 1111?', 'yes');
    }, ask);
    const dialog = await opened;
    await until('what was before is told', async () => (await agent.replica.locator('h1').textContent()) === ask);
    assert.equal(await told.textContent(), `${words}: Pay with 0000 0000 0000 0000?`);
    await dialog.accept(ask === 'prompt' ? 'yes' : undefined);
    assert.equal(await answer, { confirm: true, alert: undefined, prompt: 'yes' }[ask]);
    await told.waitFor({ state: 'detached' });
  }
  const chosen = page.waitForEvent('filechooser');
  await page.locator('#file').click();
  const chooser = await chosen;
  await told.getByText('A file picker is open').waitFor();
  await chooser.setFiles([]);
  await page.locator('h1').click();
  await told.waitFor({ state: 'detached' });
  const day = await page.locator('#day').boundingBox();
  await page.mouse.click(day.x + 20, day.y + day.height / 2);
  await page.waitForTimeout(1_200);
  assert.equal(await told.count(), 0, 'where it is typed into, nothing opens');
  for (const open of [() => page.mouse.click(day.x + day.width - 10, day.y + day.height / 2), () => page.keyboard.press('Space')]) {
    await open();
    await told.getByText('A date or colour picker is open').waitFor();
    await page.keyboard.press('Escape');
    await told.waitFor({ state: 'detached' });
  }
  await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
  await told.getByText('The print dialog is open').waitFor();
  await page.evaluate(() => window.dispatchEvent(new Event('afterprint')));
  await told.waitFor({ state: 'detached' });
  await page.evaluate(() => window.alongside('cobrowse.end'));
  await until('the page has its own functions again', () => page.evaluate(() => String(alert).includes('native') && String(HTMLInputElement.prototype.showPicker).includes('native')));
});

test('both see each other point, and what is highlighted and drawn', async () => {
  const { page, agent } = await live();
  await agent.point('#add');
  const pointer = page.locator('[data-alongside=hide] .pointer').first();
  await pointer.waitFor();
  const add = await page.locator('#add').boundingBox();
  await until('the pointer is on the same thing', async () => {
    const at = await pointer.boundingBox();
    return at && Math.abs(at.x - (add.x + add.width / 2)) < 20 && Math.abs(at.y - (add.y + add.height / 2)) < 20;
  });
  await page.mouse.move(add.x + 5, add.y + 5);
  await page.mouse.click(add.x + 5, add.y + 5);
  await desk.locator('.overlay .pointer[data-by="0"]').waitFor();
  await desk.locator('.overlay .ripple.by-visitor').waitFor();
  await desk.keyboard.press('h');
  await agent.click('#note');
  await desk.locator('.overlay .highlight').waitFor();
  await until('the visitor sees it', () => page.evaluate(() => document.querySelector('[data-alongside=hide]').shadowRoot.querySelectorAll('.outline, .light, .mark').length > 0));
  await desk.keyboard.press('a');
  await desk.mouse.move(...(await agent.spot('h1')));
  await desk.mouse.down();
  await desk.mouse.move(...(await agent.spot('#city')), { steps: 5 });
  await desk.mouse.up();
  await desk.locator('.overlay .drawing.arrow').waitFor();
  await until('the visitor sees the arrow', () => page.evaluate(() => document.querySelector('[data-alongside=hide]').shadowRoot.querySelectorAll('svg g path').length > 0));
  await picture(desk, 'cobrowse-signs');
  await picture(page, 'cobrowse-signs-visitor');
  await desk.keyboard.press('e');
  assert.equal(await desk.locator('.overlay .drawing').count(), 0);
  await desk.keyboard.press('v');
  await desk.mouse.move(2, 2);
});

test('with control the agent types, checks, chooses, sets and scrolls; without it he does not', async () => {
  const { page, agent } = await live();
  await agent.click('#add');
  await calm(page);
  assert.equal(await page.locator('#add').getAttribute('data-times'), null, 'he only points');
  await agent.ask(page);
  await calm(page);
  await agent.click('#add');
  await until('the button was pressed', async () => (await page.locator('#add').getAttribute('data-times')) === '1');
  await agent.click('#note');
  await desk.locator('textarea.typing').waitFor({ state: 'attached' });
  await desk.keyboard.type('Two bags');
  await until('it is typed', async () => (await value(page, '#note')) === 'Two bags');
  await desk.keyboard.press('Backspace');
  await desk.keyboard.press('Tab');
  await desk.keyboard.type('Uji');
  await until('the next field has what was meant for it', async () => (await value(page, '#city')) === 'Uji');
  assert.equal(await value(page, '#note'), 'Two bag');
  await picture(desk, 'cobrowse-typing');
  await desk.keyboard.press('Escape');
  await agent.click('#gift');
  await until('it is checked', () => page.locator('#gift').isChecked());
  await agent.click('#kind');
  const list = desk.getByRole('listbox');
  await list.waitFor();
  await picture(desk, 'cobrowse-choice');
  assert.deepEqual(await list.locator('option').allTextContents(), ['Sencha', 'Gyokuro', 'Sold out', 'Hojicha']);
  await list.selectOption('Hojicha');
  await desk.locator('.choice').getByRole('button', { name: 'Set' }).click();
  await until('it is chosen', async () => (await value(page, '#kind')) === 'Hojicha');
  await agent.click('#day');
  await desk.locator('.choice input').fill('2026-12-24');
  await desk.locator('.choice').getByRole('button', { name: 'Set' }).click();
  await until('it is set', async () => (await value(page, '#day')) === '2026-12-24');
  await desk.mouse.move(...(await agent.spot('#box')));
  await desk.mouse.wheel(0, 120);
  await until('the box is scrolled', async () => (await page.locator('#box').evaluate((box) => box.scrollTop)) >= 100);
  await desk.mouse.move(...(await agent.spot('h1')));
  await desk.mouse.wheel(0, 300);
  await until('the page is scrolled', async () => (await page.evaluate(() => scrollY)) >= 250);
});

test('an input method composes at the desk, and only the finished text is typed', async () => {
  const { page, agent } = await live();
  await agent.ask(page);
  await calm(page);
  await agent.click('#note');
  await desk.locator('textarea.typing').waitFor({ state: 'attached' });
  const cdp = await desk.context().newCDPSession(desk);
  for (const text of ['と', 'とう', 'とうきょう', '東京']) await cdp.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
  await desk.locator('textarea.typing.composing').waitFor();
  assert.equal(await value(page, '#note'), '');
  await cdp.send('Input.insertText', { text: '東京' });
  await until('it is typed once', async () => (await value(page, '#note')) === '東京');
  await cdp.detach();
});

test('what agents may not do is refused in plain words, and the page stays as it is', async () => {
  const { page, agent } = await live();
  await agent.ask(page);
  await calm(page);
  const before = await page.evaluate(() => document.body.innerHTML);
  await agent.click('#send');
  await toast('It would send a form');
  await picture(desk, 'cobrowse-refused');
  // What is masked has no names that the desk could know.
  await agent.click('p');
  await toast('It is private');
  await agent.click('#locked');
  await toast('only look at it');
  await agent.click('#next');
  await toast('has not let you do this');
  await agent.click('#file');
  await toast('Only the visitor can choose files');
  assert.equal(await page.evaluate(() => document.body.innerHTML), before);
  assert.equal(new URL(page.url()).pathname, '/');
});

test('the visitor takes control back by Esc, and the agent is told', async () => {
  const { page, agent } = await live();
  await agent.ask(page);
  await page.keyboard.press('Escape');
  await toast('You cannot act on the page any more');
  await calm(page);
  await agent.click('#add');
  await calm(page);
  assert.equal(await page.locator('#add').getAttribute('data-times'), null);
  await agent.ask(page);
  await agent.tool('Give back');
  await toast('You cannot act on the page any more');
});

test('a request can be declined, limited to an element, or to one action', async () => {
  const { page, agent } = await live();
  await agent.tool('Request control');
  await picture(desk, 'cobrowse-request');
  await desk.getByRole('button', { name: 'Ask', exact: true }).click();
  await desk.getByText('Waiting for the visitor').first().waitFor();
  await accept(page, 'deny');
  await toast('The visitor did not agree');
  await agent.tool('Request control');
  await desk.getByLabel('One action only').check();
  await desk.getByRole('button', { name: 'Ask', exact: true }).click();
  await accept(page, 'allow');
  await desk.getByText('one action').first().waitFor();
  await calm(page);
  await agent.click('#add');
  await until('it was pressed', async () => (await page.locator('#add').getAttribute('data-times')) === '1');
  await toast('You cannot act on the page any more');
  await agent.tool('Request control');
  await desk.getByLabel('Only within one element').check();
  await desk.getByRole('button', { name: 'Ask', exact: true }).click();
  await agent.click('#note');
  await accept(page, 'allow');
  await desk.locator('.overlay .within').waitFor();
  await calm(page);
  await agent.click('#add');
  await toast('has not let you do this');
  assert.equal(await page.locator('#add').getAttribute('data-times'), '1');
});

test('with navigation the agent follows links, goes back and to an address of the site', async () => {
  const { page, agent } = await live();
  await agent.ask(page);
  await agent.ask(page, 'navigation');
  await calm(page);
  await agent.click('#away');
  await toast('leads away from the site');
  await agent.click('#next');
  await page.waitForURL('**/next.html');
  await agent.replica.locator('#here').waitFor();
  await agent.isLive();
  assert.equal(await desk.getByText('You can act').count(), 0, 'on a new page he only looks on');
  await agent.ask(page, 'navigation');
  await calm(page);
  await desk.getByRole('button', { name: 'Back', exact: true }).click();
  await agent.replica.locator('#note').waitFor();
  await agent.isLive();
  await agent.ask(page, 'navigation');
  await calm(page);
  const address = desk.getByLabel('Address of the visitor');
  await address.fill('/next.html');
  await address.press('Enter');
  await page.waitForURL('**/next.html');
});

test('a page that is paused is not seen, and is seen again', async () => {
  const { page, agent } = await live();
  await page.locator('[data-name=pause]').click();
  await desk.getByRole('heading', { name: 'Paused by the visitor' }).waitFor();
  await page.evaluate(() => document.body.append('only for me'));
  await page.waitForTimeout(300);
  assert.equal(await agent.replica.getByText('only for me').count(), 0);
  await picture(desk, 'cobrowse-paused');
  await page.waitForTimeout(450);
  await page.locator('[data-name=pause]').click();
  await agent.isLive();
  await agent.replica.getByText('only for me').waitFor();
});

test('the desk stays with the visitor over reloads and tabs', async () => {
  const { context, page, agent } = await live();
  await page.reload();
  await agent.replica.locator('#note').waitFor();
  await agent.isLive();
  const second = await context.newPage();
  await second.goto(`${world.siteUrl}/next.html`);
  await second.bringToFront();
  await agent.replica.locator('#here').waitFor();
  await agent.isLive();
  await second.close();
  // As a browser with a window tells it.
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await agent.replica.locator('#note').waitFor({ timeout: 15_000 });
});

test('after the hub was gone the session goes on by itself, view-only', async () => {
  const { page, agent } = await live();
  await agent.ask(page);
  await world.stopHub('SIGKILL');
  await desk.getByText('Your desk is offline').waitFor({ timeout: 20_000 });
  await picture(desk, 'cobrowse-offline');
  await page.evaluate(() => document.querySelector('h1').append(', said meanwhile'));
  await world.startHub();
  await desk.getByRole('button', { name: 'Try again' }).click({ timeout: 2_000 }).catch(() => {});
  await agent.replica.getByText('said meanwhile').waitFor({ timeout: 60_000 });
  assert.equal(await desk.getByText('You can act').count(), 0);
});

test('either side ends it, and each is told why', async () => {
  const { page, agent } = await live();
  await page.locator('[data-name=end]').click();
  await desk.getByText('The visitor ended the session').waitFor();
  await picture(desk, 'cobrowse-over');
  const saved = desk.waitForEvent('download');
  await desk.getByRole('button', { name: 'Download the record' }).click();
  const record = JSON.parse(fs.readFileSync(await (await saved).path(), 'utf8'));
  assert.match(JSON.stringify(record), /"accepted"/);
  await page.evaluate(() => document.body.append('only for me'));
  await desk.getByRole('button', { name: 'Offer again' }).click();
  await accept(page);
  await agent.isLive();
  await agent.tool('End');
  await desk.getByText('The session was ended by an agent').waitFor();
  await until('the page is not shared', async () => !(await page.locator('.state[data-state=sharing]').isVisible()));
});

test('a code of the agent begins a session on the phone', async () => {
  const { context, page } = await world.guest();
  shared = { context };
  await desk.goto(`${world.hubUrl}/desk/#/cobrowse`);
  await desk.getByRole('button', { name: 'New code' }).click();
  const digits = (await desk.locator('.code').textContent()).replace(/\D/g, '');
  assert.match(digits, /^\d{6}$/);
  await picture(desk, 'cobrowse-code');
  await page.evaluate((code) => window.alongside('cobrowse.startWithCode', code), digits);
  await accept(page);
  await new Agent(desk).isLive();
});

test('a code of the visitor begins one too; a wrong one does not', async () => {
  const { context, page } = await world.guest();
  shared = { context };
  await desk.goto(`${world.hubUrl}/desk/#/cobrowse`);
  await desk.getByLabel("A visitor's code").fill('000 000');
  await desk.getByRole('button', { name: 'Connect' }).click();
  await desk.getByText('There is no such code').waitFor();
  await page.evaluate(() => window.alongside('cobrowse.showCode'));
  const shown = page.locator('[data-alongside=hide]').getByText(/\d{3}\s?\d{3}/).first();
  const digits = (await shown.textContent()).match(/\d{3}\s?\d{3}/)[0].replace(/\s/, '');
  await desk.getByLabel("A visitor's code").fill(digits);
  await desk.getByRole('button', { name: 'Connect' }).click();
  await accept(page).catch(() => {});
  await new Agent(desk).isLive();
});

test('a supervisor looks on in silence, and the visitor sees that two watch', async () => {
  const { page } = await live();
  const second = await world.desk();
  await second.goto(`${world.hubUrl}/desk/#/cobrowse`);
  await second.getByRole('button', { name: 'Look on silently' }).click();
  const supervisor = new Agent(second);
  await supervisor.isLive();
  assert.equal(await second.getByRole('button', { name: 'Request control' }).getAttribute('aria-disabled'), 'true');
  assert.match(await second.getByRole('button', { name: 'Request control' }).getAttribute('title'), /only look on/);
  await until('the visitor sees how many watch', async () => /2/.test(await page.locator('.bar .facts').textContent()));
  await picture(second, 'cobrowse-silent');
  await second.getByRole('button', { name: 'Leave', exact: true }).click();
  await until('one is left', async () => /1/.test(await page.locator('.bar .facts').textContent()));
  await second.context().close();
});

test('the keys are listed where the others are', async () => {
  await live();
  await desk.keyboard.press('?');
  await desk.getByRole('dialog').getByText('Request navigation').waitFor();
  await picture(desk, 'cobrowse-help');
  await desk.keyboard.press('p');
  await desk.keyboard.press('Escape');
  assert.equal(await desk.getByRole('button', { name: 'Pen' }).getAttribute('aria-pressed'), 'false', 'a dialog has its keys');
  await desk.keyboard.press('p');
  assert.equal(await desk.getByRole('button', { name: 'Pen' }).getAttribute('aria-pressed'), 'true');
  await desk.getByRole('link', { name: 'Live Now' }).click();
  await picture(desk, 'cobrowse-live-now');
  await desk.getByRole('link', { name: 'Co-browse' }).first().click();
  await until('the session went on', () => desk.locator('.glass').count());
});

test('the view is usable by everybody: axe finds nothing, in dark, narrow and Japanese too', async () => {
  const { agent } = await live();
  const check = async (name) => {
    await desk.evaluate(AXE);
    const found = await desk.evaluate(() => window.axe.run(document, { iframes: false, rules: { region: { enabled: false } } }));
    assert.deepEqual(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 120)}`), [], name);
    await picture(desk, `cobrowse-${name}`);
  };
  await check('light');
  await desk.emulateMedia({ colorScheme: 'dark' });
  await check('dark');
  await desk.setViewportSize({ width: 390, height: 844 });
  await check('narrow');
  const wide = await desk.evaluate(() => [...document.querySelectorAll('html, main')].filter((element) => element.scrollWidth > element.clientWidth).map((element) => element.localName));
  assert.deepEqual(wide, []);
  await desk.emulateMedia({ colorScheme: 'light' });
  await desk.setViewportSize({ width: 1280, height: 800 });
  await desk.getByRole('button', { name: 'Device' }).click();
  await desk.waitForTimeout(200);
  await picture(desk, 'cobrowse-device');
  await desk.evaluate(() => localStorage.setItem('alongside-desk:language', 'ja'));
  await desk.reload();
  await desk.goto(`${world.hubUrl}/desk/#/cobrowse`);
  await desk.getByRole('button', { name: '参加', exact: true }).click();
  await until('it is live', () => desk.locator('.glass').count());
  await agent.replica.locator('#note').waitFor();
  await check('japanese');
  await desk.evaluate(() => localStorage.removeItem('alongside-desk:language'));
});
