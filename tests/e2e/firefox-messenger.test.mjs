// A conversation in Firefox: its agent is at the real desk, in Chromium.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { By, Key } from 'selenium-webdriver';
import { firefox, freePort, root, until, World } from './harness.mjs';

const PAGE = `<!doctype html><html lang="ja"><meta charset="utf-8"><title>店</title><link rel="icon" href="data:,"><h1>店</h1></html>`;

let world;
let desk;
let driver;
let framed;
before(async () => {
  framed = await freePort();
  world = await World.begin({ site: { pages: { 'index.html': PAGE }, attributes: { 'data-launcher': 'always' } }, flags: ['--allow-origin', `http://localhost:${framed}`] });
  desk = await world.desk();
  await desk.goto(`${world.hubUrl}/desk/#/inbox`);
  driver = await firefox();
});
after(async () => {
  await driver?.quit();
  await world.end();
});

/** An element of what the SDK shows; nothing where it is not there. */
async function own(selector) {
  for (const host of await driver.findElements(By.css('[data-alongside=hide]'))) {
    const [found] = await (await host.getShadowRoot()).findElements(By.css(selector));
    if (found) return found;
  }
}

const shown = (selector) => until(`${selector} is shown`, async () => {
  const found = await own(selector);
  return (await found?.isDisplayed()) && found;
});
const view = () => driver.executeAsyncScript("window.alongside('messenger.view').then(arguments[0])");
const states = async () => (await view()).rows.filter(({ kind }) => kind === 'message').map(({ author, state }) => `${author} ${state ?? ''}`);

async function picture(name) {
  const folder = path.join(root, 'tests/e2e/report/messenger');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, `${name}.png`), await driver.takeScreenshot(), 'base64');
}

test('in Firefox a visitor writes, is answered, and goes on after a reload', async () => {
  await driver.get(world.siteUrl);
  await (await shown('[part~=launcher]')).click();
  const field = await shown('[part~=composer] textarea');
  await field.sendKeys('煎茶はありますか', Key.ENTER);
  await until('it is sent', async () => (await states()).join() === 'visitor sent');
  await desk.locator('.inbox .list a', { hasText: '煎茶はありますか' }).click();
  await desk.getByRole('button', { name: 'Take it' }).click();
  await desk.locator('.composer textarea').fill('**はい**、あります');
  await desk.keyboard.press('Enter');
  await until('the answer is here', async () => (await states()).length === 2);
  assert.equal(await (await shown('strong')).getText(), 'はい');
  await desk.locator('.line.own .state', { hasText: 'Read' }).waitFor();
  await picture('firefox');
  await driver.navigate().refresh();
  await until('it is there again', async () => (await states()).join() === 'visitor read,agent ');
  await shown('[part~=panel]');
});

test('in Firefox, too, the messenger lives in a frame where the page wants that', async () => {
  await world.startSite({ dir: world.pages, attributes: { 'data-launcher': 'always', 'data-isolation': 'frame' }, port: framed });
  await driver.get(`http://localhost:${framed}`);
  await (await shown('[part~=launcher]')).click();
  const frame = await shown('iframe');
  await driver.switchTo().frame(frame);
  await (await shown('[part~=composer] textarea')).sendKeys('枠の中から', Key.ENTER);
  await desk.locator('.inbox .list a', { hasText: '枠の中から' }).click();
  await desk.getByRole('button', { name: 'Take it' }).click();
  await desk.locator('.composer textarea').fill('**聞こえます**');
  await desk.keyboard.press('Enter');
  await until('the answer is here', async () => (await (await own('strong'))?.getText()) === '聞こえます');
  await driver.switchTo().defaultContent();
  await picture('firefox-frame');
  await driver.navigate().refresh();
  await driver.switchTo().frame(await shown('iframe'));
  await until('it is there again', async () => (await (await own('strong'))?.getText()) === '聞こえます');
});
