// Files between a visitor and an agent, in real browsers over the real hub.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { picture, until, World } from './harness.mjs';

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>A shop</title>
<link rel="icon" href="data:,"><main><h1>A shop</h1></main></html>`;

const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64');

let world;
let desk;
let guests = [];
before(async () => {
  world = await World.begin({ site: { pages: { 'index.html': PAGE }, attributes: { 'data-launcher': 'always' } } });
  for (const [name, content] of Object.entries({ 'お茶.png': PNG, 'notes.txt': 'Two cups, please.', 'wishes.txt': 'And a pot.', 'page.png': '<!doctype html><script>alert(1)</script>', 'offer.pdf': '%PDF-1.7\nnothing' })) {
    fs.writeFileSync(path.join(world.data, name), content);
  }
  desk = await world.desk();
  await desk.goto(`${world.hubUrl}/desk/#/inbox`);
});
after(() => world.end());
afterEach(async () => {
  for (const { context } of guests) await context.close();
  guests = [];
});

const file = (name) => path.join(world.data, name);
const bubbles = (page) => page.locator('.list [part~=bubble]');
const uploads = (page) => page.locator('.uploads [role=listitem]');

/** Whether a picture is there. */
const isDrawn = (image) => until('the picture is there', () => image.evaluate((image) => image.complete && image.naturalWidth > 0));

/** A visitor with the messenger open. */
async function visitor() {
  const guest = await world.guest('/');
  guests.push(guest);
  await guest.page.locator('[part~=launcher]').click();
  await guest.page.locator('[part~=composer] textarea').waitFor();
  return guest;
}

async function attach(page, ...names) {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.locator('[data-name=attach]').click()]);
  await chooser.setFiles(names.map(file));
}

test('who leaves before the hub has his file is asked, and nobody else', async () => {
  const { page } = await visitor();
  const asked = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.type());
    void dialog.dismiss();
  });
  let go;
  const held = new Promise((resolve) => (go = resolve));
  await page.route('**/v1/files', async (route) => {
    await held;
    await route.continue();
  });
  await attach(page, 'wishes.txt');
  await uploads(page).filter({ hasText: 'wishes.txt' }).waitFor();
  await page.evaluate(() => setTimeout(() => location.reload()));
  await until('he is asked', () => asked.length === 1);
  assert.deepEqual(asked, ['beforeunload']);
  go();
  await bubbles(page).filter({ hasText: 'wishes.txt' }).waitFor();
  await until('it is on no way any more', async () => (await uploads(page).count()) === 0);
  await page.reload();
  await bubbles(page).filter({ hasText: 'wishes.txt' }).waitFor();
  // What cannot be sent at all holds nobody.
  await attach(page, 'page.png');
  await uploads(page).filter({ hasText: 'not accepted' }).waitFor();
  await page.reload();
  assert.equal(asked.length, 1);
});

test('a visitor and an agent send each other files', async () => {
  const { page } = await visitor();
  await attach(page, 'お茶.png');
  const image = bubbles(page).locator('img');
  await isDrawn(image);
  assert.match(await image.getAttribute('src'), /^blob:/, 'what the page has itself is not fetched');
  await until('it is on no way any more', async () => (await uploads(page).count()) === 0);
  await attach(page, 'notes.txt');
  await bubbles(page).filter({ hasText: 'notes.txt' }).waitFor();
  await desk.locator('.inbox .list a').filter({ hasText: 'notes.txt' }).click();
  await desk.getByRole('button', { name: 'Take it' }).click();
  await isDrawn(desk.locator('.bubble img[alt="お茶.png"]'));
  await desk.locator('.composer input[type=file]').setInputFiles(file('offer.pdf'));
  const card = bubbles(page).locator('a', { hasText: 'offer.pdf' });
  await card.waitFor();
  const answer = await fetch(await card.getAttribute('href'));
  assert.deepEqual([answer.headers.get('content-type'), answer.headers.get('content-disposition')], ['application/pdf', 'attachment; filename="offer.pdf"; filename*=UTF-8\'\'offer%2Epdf']);
  await desk.locator('.bubble', { hasText: 'offer.pdf' }).waitFor();
  const session = await desk.context().newCDPSession(desk);
  const { x, y } = await desk.locator('.thread').boundingBox();
  for (const type of ['dragEnter', 'dragOver', 'drop']) {
    await session.send('Input.dispatchDragEvent', { type, x: x + 100, y: y + 200, data: { items: [], files: [file('notes.txt')], dragOperationsMask: 1 } });
    await until('it says so', async () => (await desk.locator('.thread.over').count()) === (type === 'drop' ? 0 : 1));
  }
  await desk.locator('.line.own', { hasText: 'notes.txt' }).waitFor();
  await desk.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await desk.evaluate(async () => {
    const canvas = new OffscreenCanvas(300, 200);
    canvas.getContext('2d').fillRect(0, 0, 100, 100);
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': await canvas.convertToBlob() })]);
  });
  await desk.locator('.composer textarea').press('Control+V');
  await isDrawn(desk.locator('.bubble img[alt="image.png"]'));
  await isDrawn(bubbles(page).locator('img[alt="image.png"]'));
  await picture(desk, 'desk-files');
  await picture(page, 'messenger-files');
  await page.reload();
  await isDrawn(bubbles(page).locator('img').first());
  assert.match(await bubbles(page).locator('img').first().getAttribute('src'), /^http.*\/v1\/files\/[0-9a-f]{32}$/);
});

test('what is not what it is called is no message, and says why', async () => {
  const { page } = await visitor();
  await attach(page, 'page.png');
  await uploads(page).filter({ hasText: 'not accepted' }).waitFor();
  assert.equal(await bubbles(page).count(), 0);
  await uploads(page).getByRole('button', { name: 'Delete' }).click();
  assert.equal(await uploads(page).count(), 0);
});

test('an upload goes on behind a closed panel, and can be given up', async () => {
  const { page } = await visitor();
  let go = () => {};
  await page.route('**/v1/files', async (route) => {
    await new Promise((resolve) => (go = resolve));
    await route.continue().catch(() => {});
  });
  await attach(page, 'notes.txt');
  await uploads(page).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.panel').waitFor({ state: 'hidden' });
  go();
  await page.locator('[part~=launcher]').click();
  await bubbles(page).filter({ hasText: 'notes.txt' }).waitFor();
  await attach(page, 'お茶.png');
  await uploads(page).getByRole('button', { name: 'Cancel' }).click();
  go();
  await page.waitForTimeout(300);
  assert.deepEqual([await uploads(page).count(), await bubbles(page).count()], [0, 1]);
});

test('what is attached before it is known how files are sent waits, and is sent when the link is back', async () => {
  const { page, context } = await visitor();
  await context.setOffline(true);
  await attach(page, 'notes.txt');
  await page.locator('[data-kind=event]', { hasText: 'notes.txt' }).getByText('Waiting to be sent').waitFor();
  const { uploads: held } = await page.evaluate(() => window.alongside('messenger.view'));
  assert.deepEqual(held.map(({ name, state }) => [name, state]), [['notes.txt', 'waiting']]);
  await context.setOffline(false);
  await bubbles(page).filter({ hasText: 'notes.txt' }).waitFor({ timeout: 30_000 });
  assert.equal(await page.locator('[data-kind=event]', { hasText: 'notes.txt' }).count(), 0);
});

test('what is attached offline is sent when the link is back', async () => {
  const { page, context } = await visitor();
  await page.locator('[data-name=emoji]').click();
  await page.locator('.picker').waitFor();
  await context.setOffline(true);
  await world.stopHub('SIGKILL');
  await attach(page, 'notes.txt');
  await uploads(page).filter({ hasText: 'You are offline' }).waitFor({ timeout: 20_000 });
  await world.startHub();
  await context.setOffline(false);
  await bubbles(page).filter({ hasText: 'notes.txt' }).waitFor({ timeout: 30_000 });
  assert.equal(await uploads(page).count(), 0);
});
