// Pages of other sites in frames: they tell themselves through the page around them where both owners have said so, masked by both.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inflateRawSync } from 'node:zlib';
import { Canaries, search } from '../leak/search.mjs';
import { accept, Agent, freePort, mirrorFrames, online, picture, until, World } from './harness.mjs';

const assets = path.join(path.dirname(fileURLToPath(import.meta.url)), '../mirror/corpus/assets');
const canaries = new Canaries();
const [secret, byPage, typed, later] = [1, 2, 3, 4].map(() => canaries.word());

const head = (title) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><link rel="icon" href="data:,"><style>body { margin: 10px; font: 16px sans-serif } .around { color: rgb(200, 0, 0) }</style></head>`;
const PAY = `${head('Pay')}<body><h2>Pay here</h2><p id="shown">Total 12</p><p data-alongside="mask">${secret}</p><p class="private">${byPage}</p>
<input id="name"><img src="blue.png" width="40" height="30" alt=""><button onclick="this.textContent = 'Paid'">Pay</button><a href="next.html">Next</a></body></html>`;

let world;
let desk;
let agent;
let page;
let ports;
const folders = [];
const sent = [];

const folder = (files, pictures = []) => {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'alongside-inner-'));
  folders.push(made);
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(made, name), text);
  for (const name of pictures) fs.copyFileSync(path.join(assets, name), path.join(made, name));
  return made;
};
const origin = (name) => `http://localhost:${ports[name]}`;

before(async () => {
  ports = { pay: await freePort(), closed: await freePort(), plain: await freePort(), unnamed: await freePort() };
  const frames = `<iframe id="pay" src="${origin('pay')}" width="400" height="260"></iframe><iframe id="closed" src="${origin('closed')}" width="300" height="60"></iframe>
<iframe id="unnamed" src="${origin('unnamed')}" width="300" height="60"></iframe>`;
  world = await World.begin({ site: {
    pages: { 'index.html': `${head('A shop')}<body><h1 class="around">A shop</h1>${frames}</body></html>` },
    attributes: { 'data-frames': `${origin('pay')} ${origin('closed')}`, 'data-mask': '.private', 'data-format': 'json' },
  } });
  const pay = folder({ 'index.html': PAY, 'next.html': `${head('Next')}<body><h2>The next page</h2><a href="${origin('plain')}">On</a></body></html>` }, ['blue.png', 'colours.webm']);
  const inside = (around) => ({ 'data-inside': around, 'data-show': '#name' });
  await world.startSite({ dir: pay, port: ports.pay, attributes: inside(`https://other.example, ${world.siteUrl}`) });
  // Its owner has named somebody else.
  await world.startSite({ dir: folder({ 'index.html': `${head('Closed')}<body><p>Not for the shop</p></body></html>` }), port: ports.closed, attributes: inside('https://other.example') });
  // This one would, and the shop has not named it.
  await world.startSite({ dir: folder({ 'index.html': `${head('Unnamed')}<body><p>Not wanted</p></body></html>` }), port: ports.unnamed, attributes: inside(world.siteUrl) });
  await world.startSite({ dir: folder({ 'index.html': `${head('Plain')}<body><p>Without the SDK</p></body></html>` }), port: ports.plain, args: ['--no-snippet'] });
  desk = await world.desk();
  agent = new Agent(desk);
  const visitor = await world.visitor();
  page = await visitor.newPage();
  await page.routeWebSocket(/./, (socket) => {
    const hub = socket.connectToServer();
    socket.onMessage((message) => {
      sent.push(message);
      hub.send(message);
    });
  });
  await page.goto(`${world.siteUrl}/?guest=inner`);
  await online(page);
  await agent.offer('guest=inner');
  await accept(page);
  await agent.isLive();
});
after(async () => {
  await world.end();
  for (const made of folders) fs.rmSync(made, { recursive: true });
});

const pay = () => page.frameLocator('#pay');
const shown = () => agent.replica.frameLocator('iframe >> nth=0');
const badge = (at) => agent.replica.frameLocator(`iframe >> nth=${at}`).locator('[data-badge="1"]');

/** Frames of the mirror, also those within. */
const frames = () => mirrorFrames(sent).flatMap((frame) => (frame[0] === 6 ? [frame, unpacked(frame)] : [frame]));

/** What is packed in a frame of an inner page: after three numbers and a length. */
function unpacked(frame) {
  let at = 1;
  for (let numbers = 0; numbers < 3; at += 1) if (frame[at] < 128) numbers += 1;
  return frame[at] === 5 ? inflateRawSync(frame.subarray(at + 1)) : frame.subarray(at);
}

test('a page of another site in a frame is shown, with what is in it and as it changes', async () => {
  await shown().getByText('Pay here').waitFor();
  assert.equal(await shown().locator('h2').evaluate((element) => getComputedStyle(element).fontFamily), 'sans-serif');
  await until('its picture comes from its page', () => shown().locator('img').evaluate((element) => element.naturalWidth > 0));
  await pay().getByRole('button').click();
  await shown().getByText('Paid').waitFor();
  await pay().locator('#name').fill('Aoi Mori');
  await until('what its own page shows is shown', async () => (await shown().locator('input').inputValue()) === 'Aoi Mori');
  await pay().locator('#shown').evaluate((element) => (element.textContent = 'Total 13'));
  await shown().getByText('Total 13').waitFor();
  const { width } = await agent.replica.locator('iframe').first().evaluate((element) => element.getBoundingClientRect());
  assert.equal(width, 404);
  await picture(desk, 'inner/desk');
});

test('what a video in it shows now comes by a button', async () => {
  await pay().locator('body').evaluate((body) => {
    body.insertAdjacentHTML('beforeend', '<video src="colours.webm" width="160" height="120" muted loop autoplay></video>');
  });
  const film = shown().locator('video');
  await agent.look().waitFor();
  // Looked at less and less often by now, each four seconds.
  await desk.waitForTimeout(4_000);
  const time = await agent.timeOfLook(film);
  assert.ok(time < 2_000, `after ${time} ms`);
  await pay().locator('video').evaluate((video) => video.remove());
  await until('it is gone with the video', async () => (await agent.look().count()) === 0);
});

test('where one of both owners has not said so, a badge stands there', async () => {
  await badge(1).waitFor();
  await badge(2).waitFor();
  assert.match(await badge(1).innerText(), /a page of another site/);
  assert.equal(await agent.replica.locator('iframe').count(), 3);
});

test('what either page has masked is not told', async () => {
  await pay().locator('body').evaluate((body, [typed, later]) => {
    body.insertAdjacentHTML('beforeend', `<div class="private">${later}</div><input type="password" value="${typed}">`);
  }, [typed, later]);
  await until('it is drawn', () => shown().locator('input[type=password]').count());
  const places = [['mask', secret], ['the selector of the page around it', byPage], ['password', typed], ['later', later]];
  assert.deepEqual(search(frames(), places), []);
  await pay().locator('#shown').evaluate((element, typed) => (element.textContent = typed), typed);
  await shown().getByText(typed).waitFor();
  assert.deepEqual(search(frames(), places).map(({ name }) => name), ['password'], 'the search sees what is told');
  await pay().locator('#shown').evaluate((element) => (element.textContent = 'Total 13'));
  await shown().getByText('Total 13').waitFor();
});

test('it has no visitor of its own, and says so to its scripts', async () => {
  const inner = page.frames().find((frame) => frame.url().startsWith(origin('pay')));
  await until('it has begun', () => inner.evaluate(() => window.alongside('on', 'fatal', () => {}).then(() => true)));
  assert.equal(await inner.evaluate(() => window.alongside('identify', {}).catch((error) => error.code)), 'inside');
  await desk.getByRole('link', { name: 'Live', exact: false }).first().waitFor();
  assert.equal(sent.filter((message) => message.includes(origin('pay'))).length, 0, 'nor is its address told');
});

test('nothing that an agent points at in it is taken for something of the page around it', async () => {
  const [x, y] = await agent.spot('iframe >> nth=0');
  await desk.mouse.move(x, y);
  await desk.mouse.click(x, y);
  await shown().getByText('Paid').waitFor();
  assert.equal(await page.locator('#pay').evaluate((frame) => frame.isConnected), true);
});

test('an agent who comes anew sees it anew', async () => {
  await desk.reload();
  await desk.getByRole('button', { name: 'Join', exact: true }).click();
  await shown().getByText('Total 13').waitFor();
  await badge(1).waitFor();
});

test('another page of the same owner comes in its place, and where one does not run the SDK, the badge', async () => {
  await pay().getByText('Next', { exact: true }).click();
  await shown().getByText('The next page').waitFor();
  assert.equal(await shown().getByText('Pay here').count(), 0);
  await pay().getByText('On').click();
  await badge(0).waitFor();
  assert.equal(await shown().getByText('The next page').count(), 0);
  await page.locator('#pay').evaluate((frame, address) => (frame.src = address), origin('pay'));
  await shown().getByText('Pay here').waitFor();
  await page.locator('#pay').evaluate((frame) => frame.remove());
  await until('it is gone', async () => (await agent.replica.locator('iframe').count()) === 2);
});

test('by itself, out of a frame, it is a page as any other', async () => {
  const own = await page.context().newPage();
  await own.goto(`${origin('pay')}/?guest=alone`);
  await until('it has a core', () => own.evaluate(() => window.alongside('status').then(() => true, (error) => error.code !== 'inside')));
  await own.close();
});
