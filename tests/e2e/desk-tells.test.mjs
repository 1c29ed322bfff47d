// What the desk tells an agent of a session besides its page: where the visitor looks, what becomes of proposals, that it is about to end, why it ended.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Client } from './client.mjs';
import { accept, Agent, calm, online, picture, until, World } from './harness.mjs';

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A form</title><link rel="icon" href="data:,"><h1>A form</h1>
<form data-alongside="show"><p><label>Name <input id="name"></label></p><p><label>Town <input id="town"></label></p></form></html>`;

let world;
let desk;
let shared;
before(async () => {
  world = await World.begin({ site: { pages: { 'index.html': PAGE }, attributes: { 'data-format': 'json' } } });
  desk = await world.desk();
});
after(() => world.end());
afterEach(async () => {
  await shared?.context.close();
  shared = undefined;
  await desk.goto('about:blank');
  await desk.goto(`${world.hubUrl}/desk/`);
});

const toast = (text) => desk.locator('.toast', { hasText: text });

test('the agent is told that the visitor looks at another tab, and that he is back', async () => {
  shared = await world.cobrowse({ desk });
  const { page, agent } = shared;
  // A browser without a window never hides a page.
  const look = (state) => page.evaluate((state) => {
    Object.defineProperty(document, 'hidden', { value: state === 'hidden', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
  await look('hidden');
  await desk.getByText('The visitor is on another tab').waitFor();
  assert.match(await desk.locator('.room .state').textContent(), /on another tab/);
  await page.evaluate(() => document.querySelector('h1').append(', changed meanwhile'));
  await agent.replica.getByText('changed meanwhile').waitFor();
  await picture(desk, 'desk-hidden');
  await look('visible');
  await until('nothing is said of it', async () => (await desk.getByText('on another tab').count()) === 0);
  await agent.isLive();
});

test('what is proposed waits for the visitor, who uses it or not', async () => {
  shared = await world.cobrowse({ desk });
  const { page, agent } = shared;
  await agent.tool('Request control');
  await desk.getByLabel('Only propose what I type').check();
  await desk.getByRole('button', { name: 'Ask', exact: true }).click();
  await accept(page, 'allow');
  await desk.getByText('typing is proposed').first().waitFor();
  await calm(page);
  const propose = async (selector, text) => {
    await agent.click(selector);
    await desk.locator('textarea.typing').waitFor({ state: 'attached' });
    await desk.keyboard.type(text);
    await toast('Proposed. The visitor decides.').waitFor();
    await page.locator('[data-alongside=hide]').getByText(text).first().waitFor();
    assert.equal(await page.locator(selector).inputValue(), '', 'nothing is typed yet');
  };
  await propose('#town', 'Kyoto');
  await page.locator('[data-name^="use "]').click();
  await until('it is used', async () => (await page.locator('#town').inputValue()) === 'Kyoto');
  await until('it waits no more', async () => (await toast('Proposed').count()) === 0);
  await calm(page);
  await desk.keyboard.press('Escape');
  await propose('#name', 'Ren');
  await page.locator('[data-name^="reject "]').click();
  await toast('The visitor rejected your proposal.').waitFor();
  assert.equal(await page.locator('#name').inputValue(), '');
  assert.equal(await toast('The visitor decides').count(), 0);
});

test('both are warned before an idle session ends, and the visitor can stay', async () => {
  // Nobody waits for two minutes: the hub's word that little is left is put between it and both sides.
  const context = await world.visitor();
  shared = { context };
  const page = await context.newPage();
  const sent = [];
  let told;
  let toPage;
  await page.routeWebSocket('**/v1/link', (socket) => {
    const hub = socket.connectToServer();
    toPage = (body) => socket.send(JSON.stringify({ relay: { body } }));
    socket.onMessage((message) => {
      sent.push(message.toString());
      hub.send(message);
    });
    hub.onMessage((message) => {
      told = JSON.parse(message.toString()).relay?.body.session ?? told;
      socket.send(message);
    });
  });
  let toDesk;
  await desk.routeWebSocket('**/v1/link', (socket) => {
    socket.connectToServer();
    toDesk = (body) => socket.send(JSON.stringify({ relay: { body } }));
  });
  await desk.reload();
  await page.goto(`${world.siteUrl}/?guest=idle.`);
  await online(page);
  const agent = new Agent(desk);
  await agent.offer('guest=idle.');
  await accept(page);
  await agent.isLive();
  await until('the session is live', () => told?.stage === 'live');
  const ending = { ...told, endsIn: 20_000 };
  toPage({ session: ending });
  toDesk({ session: { ...ending, you: 1, wish: 1 } });
  await desk.getByRole('alert').filter({ hasText: /ends? in/ }).waitFor();
  await page.locator('[data-name=stay]').waitFor();
  assert.match(await desk.locator('.notice .count').textContent(), /^(20|1\d)$/);
  await picture(desk, 'desk-idle');
  await picture(page, 'desk-idle-visitor');
  sent.length = 0;
  await accept(page, 'stay');
  await until('the hub is told', () => sent.some((frame) => frame.includes('"active":{"visible":true}')));
  // What the hub says then: it is known to be there no more to end.
  toPage({ session: told });
  toDesk({ session: { ...told, you: 1, wish: 1 } });
  await until('nothing is said of it', async () => (await desk.locator('.notice').count()) + (await page.locator('[data-name=stay]').count()) === 0);
  await desk.unrouteAll();
});

for (const [reason, atDesk, atPage] of [
  ['conversation', 'The conversation ended, and the session with it', /conversation/],
  ['transfer', 'The conversation was passed on to another agent', /./],
]) {
  test(`a session that ends with its ${reason} says so on both sides`, async () => {
    shared = await world.cobrowse({ desk });
    const { page } = shared;
    const other = await Client.agent(world);
    other.data({ watch: { topic: 'live' } });
    const visit = await until('the session is seen', () => [...other.visits.values()].find(({ url, session }) => session && url.includes(`guest=${world.guests}.`)));
    other.relay({ attend: { session: visit.session, silent: false } });
    await other.told('session', ({ you }) => you === 2);
    other.relay({ end: { reason } });
    await desk.getByText(atDesk).waitFor();
    await page.locator('[data-name=close]').waitFor();
    assert.match(await page.locator('[data-alongside=hide]').locator('section', { has: page.locator('[data-name=close]') }).textContent(), atPage);
    assert.equal(await page.locator('.state[data-state=sharing]').isVisible(), false);
    other.end();
  });
}
