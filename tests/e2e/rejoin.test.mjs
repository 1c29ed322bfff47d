// What a replica lacks is told again, and nothing else: after a cut at either end, for one desk more, for a page that has another size.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { accept, Agent, cut, endShared, keepSockets, mirrorFrames, online, picture, until, World } from './harness.mjs';

const rows = Array.from({ length: 40 }, (_, list) => `<ul>${Array.from({ length: 50 }, (_, row) => `<li>row ${row} of list ${list}</li>`).join('')}</ul>`).join('');

const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Rows</title><link rel="icon" href="data:,">
<style>#secret { width: 50vw } h1 { color: rgb(0, 0, 200) } @media (max-width: 700px) { h1 { color: rgb(200, 0, 0) } }</style></head>
<body data-alongside="show"><h1>Rows</h1><p id="secret" data-alongside="block">Only for the visitor</p><p id="said">before</p>${rows}</body></html>`;

/** The first numbers of a mirror's frames. */
const RESET = 0, RETOLD = 7;

let world;
let desk;
let shared;
before(async () => {
  world = await World.begin({ site: { pages: { 'index.html': PAGE }, attributes: { 'data-format': 'json' } } });
  desk = await world.desk();
  await keepSockets(desk);
});
after(() => world.end());
afterEach(async () => {
  await endShared(shared, desk, world);
  shared = undefined;
});

/** A live session; `told` empties what the mirror has sent since. */
async function live() {
  const sent = [];
  const { context, page, name } = await world.guest('/', { viewport: { width: 900, height: 600 } });
  shared = { context };
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sent.push(String(payload))));
  await keepSockets(page);
  await online(page);
  const agent = new Agent(desk);
  await agent.offer(name);
  await accept(page);
  await agent.isLive();
  await agent.replica.getByText('row 49 of list 39').waitFor();
  return { page, agent, told: () => mirrorFrames(sent.splice(0)) };
}

/** Marks what is drawn, to see later whether it is still the same. @param {Agent} agent */
const remember = (agent) => agent.replica.locator('body').evaluate((body) => {
  body.querySelector('h1').isOld = true;
  body.lastElementChild.isOld = true;
});
const isOld = (agent) => agent.replica.locator('body').evaluate((body) => Boolean(body.querySelector('h1').isOld && body.lastElementChild.isOld));

const say = (page, text) => page.evaluate((text) => (document.getElementById('said').textContent = text), text);
const bytes = (frames) => frames.reduce((sum, frame) => sum + frame.length, 0);

/** What changes while nobody sees it. */
async function changeMeanwhile(page) {
  await say(page, 'said meanwhile');
  await page.evaluate(() => document.querySelector('ul').insertAdjacentHTML('beforeend', '<li>a row more</li>'));
}

/** The desk shows that, and nothing else was told or drawn; `whole`: bytes of the page. */
async function isToldTheRest({ page, agent, told }, whole) {
  await agent.replica.getByText('said meanwhile').waitFor({ timeout: 20_000 });
  await agent.replica.getByText('a row more').waitFor();
  assert.ok(await isOld(agent), 'nothing else was drawn again');
  const again = bytes(told());
  assert.ok(again > 0 && again * 10 < whole, `${again} bytes, of ${whole} in all`);
  await agent.isLive();
  await say(page, 'and goes on');
  await agent.replica.getByText('and goes on').waitFor();
}

test('a desk whose network was cut is told what has changed, and what it shows stays', async () => {
  const session = await live();
  const { page, agent, told } = session;
  const whole = bytes(told());
  await remember(agent);
  await cut(desk);
  await desk.getByText('Your desk is offline').waitFor({ timeout: 20_000 });
  assert.equal(await agent.replica.locator('#said').textContent(), 'before', 'what was there is kept');
  await page.waitForTimeout(300);
  told();
  await changeMeanwhile(page);
  await page.waitForTimeout(800);
  assert.equal(bytes(told()), 0, 'nothing is told to nobody');
  await desk.context().setOffline(false);
  await desk.getByRole('button', { name: 'Try again' }).click({ timeout: 2_000 }).catch(() => {});
  await isToldTheRest(session, whole);
  await picture(desk, 'rejoined');
});

test('a visitor whose network was cut goes on where he was, and what the desk shows stays', async () => {
  const session = await live();
  const { page, agent, told } = session;
  const whole = bytes(told());
  await remember(agent);
  await cut(page);
  await desk.locator('.curtain .card').waitFor();
  assert.equal(await agent.replica.locator('#said').textContent(), 'before', 'what was there is kept');
  await picture(desk, 'visitor-away');
  await changeMeanwhile(page);
  await page.context().setOffline(false);
  await isToldTheRest(session, whole);
});

test('what is masked while a visitor is away is not told when he is back', async () => {
  const { page, agent, told } = await live();
  await cut(page);
  await desk.locator('.curtain .card').waitFor();
  await say(page, 'from now on private');
  const masking = (...rules) => world.put('/api/deployments/demo/masking', { masking: { private: false, rules } });
  await masking({ mark: 'mask', selector: '#said' });
  try {
    await page.context().setOffline(false);
    // Names of what is masked are others, too.
    const said = () => agent.replica.locator('body > :nth-child(3)').textContent();
    await until('the text is another one', async () => (await said()) !== 'before');
    assert.match(await said(), /^[Aai]{4} [Aai]{3} [Aai]{2} [Aai]{7}$/);
    assert.ok(!told().some((frame) => frame.includes('private')));
    await agent.isLive();
  } finally {
    await masking();
  }
});

test('one desk more is told the page as it was told, and nothing changes for the first', async () => {
  const { page, agent, told } = await live();
  await remember(agent);
  told();
  const second = await world.desk();
  await second.goto(`${world.hubUrl}/desk/#/cobrowse`);
  await second.getByRole('button', { name: 'Look on silently' }).click();
  const supervisor = new Agent(second);
  await supervisor.isLive();
  await supervisor.replica.getByText('row 49 of list 39').waitFor();
  await say(page, 'to both');
  for (const { replica } of [agent, supervisor]) await replica.getByText('to both').waitFor();
  assert.ok(await isOld(agent));
  const kinds = new Set(told().map(([kind]) => kind));
  assert.ok(kinds.has(RETOLD), 'from what was told');
  await second.context().close();
});

test('a window that is resized is the same page in another size', async () => {
  const { page, agent, told } = await live();
  const width = () => desk.locator('.stage iframe').evaluate((frame) => frame.clientWidth);
  const box = () => agent.replica.locator('body > :nth-child(2)').evaluate((box) => Math.round(box.getBoundingClientRect().width));
  const colour = () => agent.replica.locator('h1').evaluate((title) => getComputedStyle(title).color);
  assert.deepEqual([await width(), await box(), await colour()], [900, 450, 'rgb(0, 0, 200)']);
  await remember(agent);
  told();
  await page.setViewportSize({ width: 600, height: 500 });
  await until('it has another size', async () => (await width()) === 600);
  await until('the rules for that are in effect', async () => (await colour()) === 'rgb(200, 0, 0)');
  await until('what stands for a blocked part has its size, too', async () => (await box()) === 300);
  assert.ok(await isOld(agent));
  const frames = told();
  assert.ok(frames.every((frame) => frame[0] !== RESET), 'nothing begins anew');
  assert.ok(bytes(frames) < 500, `${bytes(frames)} bytes`);
  await page.setViewportSize({ width: 900, height: 600 });
  await until('it has its size again', async () => (await width()) === 900);
});

test('of thousands of blocked parts each stands there in its size, some time after it has changed', async () => {
  const { page, agent } = await live();
  await page.evaluate(() => {
    const box = '<i data-alongside="block" style="display: inline-block; width: var(--width); height: 5px"></i>';
    document.body.insertAdjacentHTML('beforeend', `<div id="boxes" style="--width: 10px">${box.repeat(2_500)}</div>`);
  });
  const widths = () => agent.replica.locator('#boxes').evaluate((all) => {
    const widths = [...all.children].map((box) => Math.round(box.getBoundingClientRect().width));
    return `${widths.length} of ${[...new Set(widths)]}`;
  }).catch(() => '');
  await until('they are there', async () => (await widths()) === '2500 of 10');
  await page.evaluate(() => document.getElementById('boxes').style.setProperty('--width', '20px'));
  await until('all are as wide as they are now', async () => (await widths()) === '2500 of 20');
});
