// A shared session that goes on at another sub-domain of the site: two names of this machine.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accept, Agent, online, until, World } from './harness.mjs';

const HOSTS = ['www.shop.localhost', 'account.shop.localhost'];

let world;
let desk;
let agent;
before(async () => {
  world = await World.begin({ hosts: HOSTS, site: { attributes: { 'data-cookie-domain': 'shop.localhost' } } });
  desk = await world.desk();
  agent = new Agent(desk);
});
after(() => world.end());

const address = (host, path = '/') => `http://${host}:${world.sitePort}${path}`;

test('a session goes on at another sub-domain, view-only, and the agent follows', async () => {
  const context = await world.visitor();
  const page = await context.newPage();
  await page.goto(address(HOSTS[0], '/?guest=sub.'));
  await online(page);
  await agent.offer('guest=sub.');
  await accept(page);
  await agent.isLive();
  await agent.ask(page);
  await page.goto(address(HOSTS[1], '/?guest=other.'));
  await page.locator('[data-name=end]').waitFor();
  const bar = desk.locator('.room input[inputmode=url]');
  await until('the desk says where the visitor is', async () => (await bar.inputValue()).includes(HOSTS[1]));
  await desk.getByText('You can act', { exact: false }).waitFor({ state: 'detached' });
  assert.deepEqual(context.heard.filter((line) => /uncaught|error/.test(line)), []);
  // It ends at both.
  await page.evaluate(() => window.alongside('cobrowse.end'));
  await desk.getByText('The visitor ended', { exact: false }).first().waitFor();
  const cookies = await context.cookies();
  assert.deepEqual(cookies.map(({ name }) => name), [], 'the key is gone');
  await context.close();
});
