// A telephone is bridged by the public API alone: what is written on it comes to a bot and to the desk, and what they answer comes back.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { register } from '../../examples/sms/bridge.mjs';
import { channel } from '../../examples/sms/serve.mjs';
import { AGENT, picture, root, until, World } from './harness.mjs';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SECRET = 'a secret of some length';

let world;
let server;
let url;

async function serve(port = 0) {
  server = channel({ hub: world.hubUrl, deployment: 'demo', secret: SECRET });
  await new Promise((resolve) => server.listen(port, 'localhost', resolve));
  url = `http://localhost:${server.address().port}`;
}

/** Nobody answers there any more. */
function close() {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
}

before(async () => {
  world = await World.begin({
    site: { pages: { 'index.html': '<!doctype html><title>A shop</title>' } },
    flags: ['--flow', path.join(root, 'examples/shop/flow.json')],
  });
  await serve();
  await register({ hub: world.hubUrl, ...AGENT, channel: { id: 'sms', name: 'SMS', url: `${url}/hook`, secret: SECRET } });
});
after(async () => {
  await close();
  await world.end();
});

/** A telephone with this number. */
async function phone(number, name) {
  const context = await (await world.chromium()).newContext({ viewport: { width: 420, height: 760 }, locale: 'en-GB' });
  const page = await context.newPage();
  const problems = [];
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.goto(url);
  await page.getByLabel('Number').fill(number);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Name').blur();
  return { context, page, problems };
}

async function write(page, text) {
  await page.getByLabel('Message', { exact: true }).fill(text);
  await page.getByLabel('Message', { exact: true }).press('Enter');
}

async function checkAccessible(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run());
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`), []);
}

test('from a telephone to the bot, by a number to an agent, and back', async () => {
  const { context, page, problems } = await phone('+49 30 1234567', '<img src=x onerror=alert(1)>');
  await checkAccessible(page);
  await write(page, 'Hello from a telephone');
  await page.locator('.theirs', { hasText: 'I am a program' }).waitFor();
  const offer = page.locator('.theirs', { hasText: /\n1 / }).last();
  const lines = (await offer.locator('p').textContent()).split('\n');
  const person = lines.find((line) => /person/i.test(line));
  assert.ok(person, `the bot offers a person: ${lines}`);
  await picture(page, 'messenger/sms-bot');
  await write(page, person.split(' ')[0]);

  const desk = await world.desk();
  await desk.getByRole('button', { name: 'Accept' }).click();
  await desk.locator('.bubble', { hasText: 'Hello from a telephone' }).waitFor();
  await desk.locator('.bubble', { hasText: person.slice(2) }).waitFor();
  assert.equal(await desk.locator('img').count(), 0, 'a name is a name');
  assert.deepEqual(await desk.locator('.inbox .list a .chip').allTextContents(), ['SMS'], 'its channel, once');
  await desk.locator('.composer textarea').fill('Good morning to you');
  await desk.locator('.composer textarea').press('Enter');
  await page.locator('.theirs', { hasText: 'Good morning to you' }).waitFor();
  await desk.locator('.state:visible', { hasText: 'Read' }).first().waitFor();
  await picture(page, 'messenger/sms-agent');
  await picture(desk, 'messenger/desk-sms');
  await checkAccessible(page);
  await checkAccessible(desk);

  // The bridge is away: what is answered meanwhile comes in order when it is back.
  const { port } = server.address();
  await close();
  for (const text of ['first', 'second']) {
    await desk.locator('.composer textarea').fill(text);
    await desk.locator('.composer textarea').press('Enter');
  }
  await desk.locator('.bubble', { hasText: 'second' }).waitFor();
  await world.stopHub('SIGKILL');
  await serve(port);
  await world.startHub();
  await page.locator('.theirs', { hasText: 'second' }).waitFor({ timeout: 30_000 });
  const came = await page.locator('.theirs p').allTextContents();
  assert.deepEqual(came.slice(-2), ['first', 'second']);
  assert.deepEqual(problems.filter((problem) => !/ERR_|Failed to load resource/.test(problem)), []);
  await context.close();
  await desk.context().close();
});
