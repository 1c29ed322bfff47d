// The main path in Firefox: its visitor reaches the desk, also by navigation within the page and over a reload.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { Browser, Builder, By } from 'selenium-webdriver';
import firefox from 'selenium-webdriver/firefox.js';
import { until, World } from './harness.mjs';

let world;
let desk;
let driver;
before(async () => {
  world = await World.begin();
  desk = await world.desk();
  const geckodriver = execFileSync('sh', ['-c', 'command -v geckodriver'], { encoding: 'utf8' }).trim();
  driver = await new Builder()
    .forBrowser(Browser.FIREFOX)
    .setFirefoxOptions(new firefox.Options().addArguments('-headless').setBinary('/usr/bin/firefox-esr'))
    .setFirefoxService(new firefox.ServiceBuilder(geckodriver))
    .build();
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
