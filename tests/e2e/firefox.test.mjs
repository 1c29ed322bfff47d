// The main path in Firefox: its visitor reaches the desk, also by navigation within the page and over a reload.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { By } from 'selenium-webdriver';
import { firefox, until, World } from './harness.mjs';

let world;
let desk;
let driver;
before(async () => {
  world = await World.begin();
  desk = await world.desk();
  driver = await firefox();
});
after(async () => {
  await driver?.quit();
  await world.end();
});

const shown = (text) => desk.locator('main').getByText(text, { exact: true }).first().waitFor({ timeout: 8_000 });
const status = () => driver.executeAsyncScript("window.alongside('status').then(arguments[0])");

test('a visitor in Firefox is seen, navigates within the page, searches and stays the same over a reload', async () => {
  await driver.get(`${world.siteUrl}/guide/`);
  await shown('Water first | Kaede & Co.');
  await driver.findElement(By.linkText('Sencha')).click();
  await shown('Sencha | Kaede & Co.');
  const first = await until('online', async () => {
    const now = await status();
    return now.state === 'online' && now;
  });
  await driver.get(`${world.siteUrl}/search.html?q=kettle`);
  await shown('kettle');
  await until('everything is acknowledged', async () => (await status()).queued === 0);
  const second = await status();
  assert.equal(second.visitor, first.visitor);
  assert.equal(second.visit, first.visit);
});
