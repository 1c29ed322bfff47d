// What a link leads to, and how a conversation was: at the visitor and at the agent, over a real hub.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as http from 'node:http';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { calm, picture, root, World } from './harness.mjs';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PAGE = '<!doctype html><html lang="en"><meta charset="utf-8"><title>A shop</title><link rel="icon" href="data:,"><main><h1>A shop</h1></main></html>';

let world;
let site;
let asked;
before(async () => {
  asked = [];
  site = http.createServer((request, response) => {
    asked.push([request.url, request.headers['user-agent']]);
    if (request.url === '/live-now.png') {
      response.writeHead(200, { 'content-type': 'image/png' });
      fs.createReadStream(path.join(root, 'examples/desk/live-now.png')).pipe(response);
    } else {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end('<title>Tea</title><meta property="og:title" content="煎茶 &lt;b&gt;Sencha"><meta name=description content="Green tea from Uji, 100 g"><meta property="og:image" content="/live-now.png">');
    }
  });
  await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
  world = await World.begin({
    site: { pages: { 'index.html': PAGE }, attributes: { 'data-launcher': 'always' } },
    flags: ['--link-preview-host', `127.0.0.1:${site.address().port}`],
  });
  await world.put('/api/messenger', { rating: true });
});
after(async () => {
  await world.end();
  site.close();
});

async function checkAccessible(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run());
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`), []);
}

test('a link has a card at both sides, whose picture comes from the hub; stars come to the agent', async () => {
  const { context, page } = await world.guest();
  const others = [];
  page.on('request', (request) => request.url().includes(`:${site.address().port}`) && others.push(request.url()));
  const field = page.locator('[part~=composer] textarea');
  await page.locator('[part~=launcher]').click();
  await field.fill(`Is it this one? http://127.0.0.1:${site.address().port}/sencha?size=100`);
  await field.press('Enter');
  const drawn = (image) => image.evaluate((image) => image.decode().then(() => image.naturalWidth > 0));
  const card = page.locator('a[href*="/sencha?size=100"]', { hasText: '煎茶 <b>Sencha' });

  await card.waitFor();
  assert.ok(await drawn(card.locator('img')));
  assert.ok((await card.locator('img').getAttribute('src')).startsWith(`${world.hubUrl}/v1/files/`));
  await calm(page);
  await picture(page, 'messenger/preview');
  await checkAccessible(page);

  const desk = await world.desk();
  await desk.getByRole('button', { name: 'Accept' }).click();
  const atDesk = desk.locator('a.preview', { hasText: '煎茶 <b>Sencha' });
  await atDesk.waitFor();
  assert.ok(await drawn(atDesk.locator('img')));
  await desk.locator('.composer textarea').fill('It is.');
  await desk.locator('.composer textarea').press('Enter');
  await page.getByRole('region', { name: 'Conversation' }).getByText('It is.').waitFor();
  await desk.getByRole('button', { name: 'End', exact: true }).click();
  await page.getByRole('radio', { name: '4 of 5 stars' }).check({ force: true });
  await page.locator('[data-name=rate]').click();
  await desk.getByRole('img', { name: 'How it was: 4 / 5' }).waitFor();
  assert.equal(await desk.locator('.bubble', { hasText: '★' }).count(), 0, 'stars without words are said once');
  await calm(page);
  await picture(page, 'messenger/rated');
  await picture(desk, 'messenger/desk-preview-and-stars');
  await checkAccessible(desk);
  assert.deepEqual(others, [], 'the visitor’s browser asks only the hub');
  assert.deepEqual(asked.map(([url]) => url), ['/sencha?size=100', '/live-now.png']);
  await context.close();
  await desk.context().close();
});
