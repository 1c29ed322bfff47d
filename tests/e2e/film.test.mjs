// One whole case as pictures of both sides, for people to look at: tests/e2e/report/film/index.html.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { accept, Agent, calm, root, until, World } from './harness.mjs';

const page = (title, body) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title} | Kaede &amp; Co.</title><link rel="icon" href="data:,">
<style>body { font: 16px/1.5 system-ui, sans-serif; margin: 0; color: #223 } header { background: #1d4d3a; color: #fff; padding: 14px 32px; font-size: 20px } main { max-width: 760px; margin: 24px 32px }
label { display: block; margin: 14px 0 } input, textarea { display: block; width: 320px; font: inherit; padding: 6px 8px; border: 1px solid #889; border-radius: 4px } button { font: inherit; padding: 8px 18px }
a { color: #1d4d3a }</style></head>
<body><header>Kaede &amp; Co.</header><main><h1>${title}</h1>${body}</main></body></html>`;

const FORM = page('Your order', `<p>Sencha from Uji, two bags. <a id="next" href="delivery.html">Delivery times</a></p>
<form data-alongside="show"><label>Name <input id="name"></label> <label>Town <input id="town"></label> <label>Note <input id="note"></label></form>
<label>Card number <input id="card" autocomplete="cc-number" value="4111 1111 1111 1111"></label>
<p data-alongside="mask">Your last order: 3 June, 48.20 EUR</p> <button id="add" type="button">Add another bag</button>`);

let world;
const film = path.join(root, 'tests/e2e/report/film');
before(async () => {
  fs.rmSync(film, { recursive: true, force: true });
  fs.mkdirSync(film, { recursive: true });
  const pages = {
    'index.html': FORM,
    'delivery.html': page('Delivery', '<p id="here">Two to three days, within Japan the next day.</p><p><a href="index.html">Back to your order</a></p>'),
  };
  world = await World.begin({ site: { pages } });
});
after(() => world.end());

/** Takes a step of both sides, under a name that sorts. */
class Film {
  steps = [];

  constructor(visitor, desk) {
    this.sides = { visitor, desk };
  }

  async step(caption) {
    const number = String(this.steps.length + 1).padStart(2, '0');
    for (const [side, page] of Object.entries(this.sides)) await page.screenshot({ path: path.join(film, `${number}-${side}.png`) });
    this.steps.push(caption);
  }

  finish() {
    const rows = this.steps.map((caption, at) => {
      const number = String(at + 1).padStart(2, '0');
      const side = (name) => `<td><img src="${number}-${name}.png" alt="${name}" loading="lazy"></td>`;
      return `<tr><th colspan="2">${number} ${caption}</th></tr><tr>${side('visitor')}${side('desk')}</tr>`;
    });
    fs.writeFileSync(path.join(film, 'index.html'), `<!doctype html><html lang="en"><meta charset="utf-8"><title>One case</title>
<style>body { font: 15px system-ui, sans-serif; margin: 24px } table { width: 100%; table-layout: fixed } th { text-align: left; padding-top: 24px } td { vertical-align: top } img { width: 100%; border: 1px solid #999 }</style>
<h1>One case, both sides</h1><table><tr><th>The visitor</th><th>The agent</th></tr>${rows.join('\n')}</table></html>\n`);
  }
}

test('one case from the offer to its end by code, on both sides', async () => {
  const { page, name } = await world.guest('/', { viewport: { width: 1280, height: 800 } });
  const desk = await world.desk();
  const agent = new Agent(desk);
  const shot = new Film(page, desk);
  await desk.getByRole('row').filter({ hasText: name }).waitFor();
  await shot.step('Somebody is on the site');
  await agent.offer(name);
  await page.locator('[data-name=accept]').waitFor();
  await shot.step('The agent offers help');
  await page.locator('[data-name=preview]').click();
  await page.locator('[data-alongside=hide] iframe').waitFor();
  await page.waitForTimeout(500);
  await shot.step('The visitor looks at what the agent would see');
  await accept(page);
  await agent.isLive();
  await agent.replica.getByRole('heading', { name: 'Your order' }).waitFor();
  await calm(page);
  await shot.step('View only');
  await agent.point('#town');
  await page.mouse.move(400, 300);
  await page.locator('[data-alongside=hide] .pointer').first().waitFor();
  await desk.locator('.overlay .pointer[data-by="0"]').waitFor();
  await calm(page);
  await shot.step('Both point');
  await desk.keyboard.press('h');
  await agent.click('#note');
  await desk.locator('.overlay .highlight').waitFor();
  await calm(page);
  await shot.step('The agent highlights a field');
  await desk.keyboard.press('a');
  await desk.mouse.move(...(await agent.spot('h1')));
  await desk.mouse.down();
  await desk.mouse.move(...(await agent.spot('#name')), { steps: 6 });
  await desk.mouse.up();
  await desk.locator('.overlay .drawing.arrow').waitFor();
  await page.waitForTimeout(200);
  await shot.step('and draws an arrow');
  await desk.keyboard.press('e');
  await desk.keyboard.press('v');
  await agent.tool('Request control');
  await desk.waitForTimeout(200);
  await shot.step('The agent asks for control');
  await desk.getByRole('button', { name: 'Ask', exact: true }).click();
  await page.locator('[data-name=allow]').waitFor();
  await page.waitForTimeout(300);
  await shot.step('The visitor is asked');
  await accept(page, 'allow');
  await desk.getByText('You can act').first().waitFor();
  await calm(page);
  await agent.click('#name');
  await desk.locator('textarea.typing').waitFor({ state: 'attached' });
  await desk.keyboard.type('Kaede Mori');
  await until('it is typed', async () => (await page.locator('#name').inputValue()) === 'Kaede Mori');
  await calm(page);
  await shot.step('The agent types');
  await desk.keyboard.press('Escape');
  await page.locator('[data-name=list]').click();
  await calm(page);
  await shot.step('The visitor looks at what was changed');
  await page.locator('[data-name^="undo "]').first().click();
  await until('it is taken back', async () => (await page.locator('#name').inputValue()) === '');
  await calm(page);
  await shot.step('and takes it back');
  await agent.tool('Give back');
  await calm(page);
  await agent.tool('Request control');
  await desk.getByLabel(/propos/i).check();
  await desk.getByRole('button', { name: 'Ask', exact: true }).click();
  await accept(page, 'allow');
  await desk.getByText('You can act').first().waitFor();
  await calm(page);
  await agent.click('#town');
  await desk.locator('textarea.typing').waitFor({ state: 'attached' });
  await desk.keyboard.type('Kyoto');
  await page.locator('[data-alongside=hide]').getByText('Kyoto').first().waitFor();
  await calm(page);
  await shot.step('The agent proposes a text');
  await page.locator('[data-name^="use "]').first().click();
  await until('it is accepted', async () => (await page.locator('#town').inputValue()) === 'Kyoto');
  await calm(page);
  await shot.step('The visitor accepts it');
  await desk.keyboard.press('Escape');
  await agent.ask(page, 'navigation');
  await calm(page);
  await agent.click('#next');
  await page.waitForURL('**/delivery.html');
  await agent.replica.locator('#here').waitFor();
  await agent.isLive();
  await calm(page);
  await shot.step('The agent leads to another page; there he only looks on');
  await page.locator('[data-name=pause]').click();
  await desk.getByRole('heading', { name: 'Paused by the visitor' }).waitFor();
  await calm(page);
  await shot.step('The visitor pauses');
  await page.locator('[data-name=pause]').click();
  await agent.isLive();
  await calm(page);
  await shot.step('and goes on');
  await page.locator('[data-name=end]').click();
  await desk.getByText('The visitor ended the session').waitFor();
  await calm(page);
  await shot.step('The visitor ends it');
  await desk.goto(`${world.hubUrl}/desk/#/cobrowse`);
  await page.evaluate(() => window.alongside('cobrowse.startWithCode'));
  await desk.getByRole('button', { name: 'All sessions' }).click();
  await desk.getByRole('button', { name: 'New code' }).click();
  const digits = (await desk.locator('.code').textContent()).replace(/\D/g, '');
  await page.waitForTimeout(300);
  await shot.step('On the phone: the agent reads out a code');
  await page.keyboard.type(digits);
  await page.waitForTimeout(300);
  await shot.step('The visitor types it');
  await page.keyboard.press('Enter');
  await accept(page);
  await agent.isLive();
  await calm(page);
  await shot.step('They look at the page together');
  await agent.tool('End');
  await desk.getByText('The session was ended by an agent').waitFor();
  await calm(page);
  await shot.step('The agent ends it');
  shot.finish();
  assert.equal(fs.readdirSync(film).length, 2 * shot.steps.length + 1);
});
