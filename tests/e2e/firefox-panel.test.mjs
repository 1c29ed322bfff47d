// What the visitor is shown of a session, in Firefox: its agent is at the real desk, in Chromium.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { By, Key } from 'selenium-webdriver';
import { Agent, firefox, root, until, World } from './harness.mjs';

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A form</title><link rel="icon" href="data:,"><h1>A form</h1>
<form data-alongside="show"><p><label>Name <input id="name"></label></p></form><p data-alongside="mask">Only for me</p><p><button id="add" type="button">Add</button></p>
<script src="page.js"></script></html>`;

let world;
let desk;
let driver;
before(async () => {
  const pages = {
    'index.html': PAGE,
    'page.js': "document.getElementById('add').addEventListener('click', ({ target }) => (target.dataset.times = Number(target.dataset.times ?? 0) + 1));",
  };
  world = await World.begin({ site: { pages } });
  desk = await world.desk();
  driver = await firefox();
});
after(async () => {
  await driver?.quit();
  await world.end();
});

/** An element of what the SDK shows; nothing where it is not there. */
const shown = (selector) => driver.executeScript((selector) => {
  const found = document.querySelector('[data-alongside=hide]')?.shadowRoot.querySelector(selector);
  return found?.checkVisibility() ? found : null;
}, selector);

/** Presses a button, once it has been there for as long as one needs to read it. */
async function press(name) {
  const button = await until(`${name} is shown`, () => shown(`[data-name=${name}]`));
  await driver.sleep(500);
  await button.click();
}
const value = () => driver.executeScript("return document.getElementById('name').value");
const times = () => driver.executeScript("return document.getElementById('add').dataset.times ?? '0'");
const state = () => driver.executeScript("return document.querySelector('[data-alongside=hide]')?.shadowRoot.querySelector('.bar .state')?.dataset.state ?? ''");
const keep = async (name) => {
  const folder = path.join(root, 'tests/e2e/report');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, `${name}.png`), await driver.takeScreenshot(), 'base64');
};
/** As long as the visitor's own hand outranks the agent's, and longer. */
const calm = () => driver.sleep(800);

test('in Firefox the visitor looks at the preview, shares, lets the agent act, takes it back, pauses and ends', async () => {
  await driver.get(`${world.siteUrl}/?guest=firefox.`);
  await until('online', async () => (await driver.executeAsyncScript("window.alongside('status').then(arguments[0])")).state === 'online', 20_000);
  const agent = new Agent(desk);
  await agent.offer('guest=firefox.');
  await press('preview');
  const preview = await until('the preview is shown', () => shown('iframe'));
  await driver.switchTo().frame(preview);
  const text = await until('the preview has the page', async () => {
    const [body] = await driver.findElements(By.css('body'));
    const text = await body?.getText();
    return text?.includes('A form') && text;
  });
  assert.ok(!text.includes('Only for me'), text);
  await driver.switchTo().defaultContent();
  await keep('firefox-consent');
  await press('accept');
  await agent.isLive();
  await agent.replica.getByRole('heading', { name: 'A form' }).waitFor();
  assert.equal(await state(), 'sharing');
  await agent.tool('Request control');
  await desk.getByRole('button', { name: 'Ask', exact: true }).click();
  await press('allow');
  await desk.getByText('You can act').first().waitFor();
  await calm();
  await agent.click('#add');
  await until('the button was pressed', async () => (await times()) === '1');
  await agent.click('#name');
  await desk.locator('textarea.typing').waitFor({ state: 'attached' });
  await desk.keyboard.type('Kaede 楓');
  await until('it is typed', async () => (await value()) === 'Kaede 楓');
  await keep('firefox-control');
  await desk.keyboard.press('Escape');
  await driver.actions().sendKeys(Key.ESCAPE).perform();
  await desk.locator('.toast', { hasText: 'You cannot act on the page any more' }).waitFor();
  await calm();
  await agent.click('#add');
  await calm();
  assert.equal(await times(), '1');
  await press('pause');
  await desk.getByRole('heading', { name: 'Paused by the visitor' }).waitFor();
  assert.equal(await state(), 'paused');
  await press('pause');
  await agent.isLive();
  await press('end');
  await desk.getByText('The visitor ended the session').waitFor();
  await until('nobody sees it', async () => (await shown('.state[data-state=sharing]')) === null);
});
