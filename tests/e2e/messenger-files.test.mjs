// Files in the visitor's panel: how they come in, how they look on their way and as messages. Its store is the test.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { close, message, p, rows, settled, Site, TALK } from './messenger-page.mjs';

/** One red pixel, and one that no browser draws. */
const PIXEL = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const BROKEN = 'data:image/png;base64,AAAA';

let site;
let folder;
before(async () => {
  site = await Site.begin();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'alongside-files-'));
  for (const name of ['a.txt', 'b.txt']) fs.writeFileSync(path.join(folder, name), name);
});
after(async () => {
  await site.end();
  fs.rmSync(folder, { recursive: true });
});

const FILE = { id: 'f1', name: 'photo.png', type: 'image/png', size: 2_048, width: 640, height: 480, scan: null, url: '/none', preview: PIXEL };
const withFile = (author, file, change = {}) => message(author, [], { file: { ...FILE, ...file }, ...change });
const upload = (key, change = {}) => ({ key, name: 'notes.txt', size: 1_536, preview: null, state: 'sending', done: 0.5, reason: null, isFinal: false, ...change });
const bring = (page, ...uploads) => page.evaluate((uploads) => window.store.panel.updateUploads(uploads), uploads);

/** Names of the files that were attached, each time. */
const attached = async (page) => {
  await settled(page);
  return page.evaluate(() => window.store.calls.filter(([name]) => name === 'attach').map(([, files]) => files.map((file) => file.name)));
};

test('files come by the button, by drop and by paste, and never by a script', async () => {
  const page = await site.opened({ context: { permissions: ['clipboard-read', 'clipboard-write'] } });
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.locator('[data-name=attach]').click()]);
  assert.equal(chooser.isMultiple(), true);
  await chooser.setFiles(['a.txt', 'b.txt'].map((name) => path.join(folder, name)));
  assert.deepEqual(await attached(page), [['a.txt', 'b.txt']]);
  const session = await page.context().newCDPSession(page);
  const { x, y } = await page.locator('.panel').boundingBox();
  const drag = (type, files, at = 100) => session.send('Input.dispatchDragEvent', { type, x: x + at, y: y + 100, data: { items: [], files, dragOperationsMask: 1 } });
  const files = [path.join(folder, 'b.txt')];
  const drop = page.locator('[part=drop]');
  await drag('dragEnter', files);
  await drag('dragOver', files);
  await drop.waitFor();
  await drag('dragOver', files, -200);
  await drop.waitFor({ state: 'hidden' });
  await drag('dragOver', files);
  await drop.waitFor();
  await drag('dragCancel', files);
  await page.mouse.move(x + 90, y + 90);
  await drop.waitFor({ state: 'hidden' });
  for (const type of ['dragEnter', 'dragOver', 'drop']) await drag(type, files);
  assert.deepEqual((await attached(page))[1], ['b.txt']);
  assert.equal(await drop.isVisible(), false);
  await page.evaluate(async (pixel) => {
    const bytes = Uint8Array.from(atob(pixel.split(',')[1]), (char) => char.charCodeAt(0));
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': new Blob([bytes], { type: 'image/png' }) })]);
  }, PIXEL);
  await page.locator('textarea').focus();
  await page.keyboard.press('Control+V');
  assert.deepEqual((await attached(page))[2], ['image.png']);
  await page.evaluate(() => {
    const root = window.store.surface.root;
    const data = new DataTransfer();
    data.items.add(new File(['x'], 'x.txt'));
    root.querySelector('input[type=file]').files = data.files;
    root.querySelector('input[type=file]').dispatchEvent(new Event('change', { bubbles: true }));
    root.querySelector('textarea').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, composed: true }));
    root.querySelector('.panel').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, composed: true }));
  });
  assert.equal((await attached(page)).length, 3);
  await close(page);
});

test('a file on its way says how far it is, can be given up, and says what is wrong', async () => {
  const page = await site.opened();
  const list = page.locator('.uploads');
  assert.equal(await list.isVisible(), false);
  await bring(page, upload('u1'), upload('u2', { state: 'waiting', done: 0 }));
  assert.equal(await list.getAttribute('role'), 'list');
  const row = list.locator('[role=listitem]').first();
  assert.match(await row.innerText(), /notes\.txt\s+TXT · 1.5 kB\s+Uploading, 50%/);
  assert.equal(await row.locator('progress').getAttribute('value'), '0.5');
  await bring(page, upload('u1', { state: 'checking', done: 1 }));
  assert.match(await row.innerText(), /Checking the file/);
  assert.equal(await row.locator('progress').getAttribute('value'), null);
  await row.locator('[data-name=discard-u1]').click();
  assert.deepEqual(await page.calls('discard'), [['u1']]);
  await page.update({ fileLimit: 10 * 1024 * 1024 });
  for (const [reason, isFinal, expected] of [
    ['too-large', true, /at most|10 MB at most/], ['kind-not-allowed', true, /not accepted/], ['infected', true, /harmful/], ['too-many-files', true, /tomorrow/],
    ['empty-file', true, /empty/], ['offline', false, /You are offline/], ['failed', false, /Try again/], ['what-else', false, /Try again/],
  ]) {
    await bring(page, upload('u1', { state: 'failed', done: 0, reason, isFinal }));
    assert.match(await row.innerText(), expected, reason);
    assert.equal(await row.locator('[data-name=retry-u1]').count(), isFinal ? 0 : 1, reason);
    assert.equal(await row.locator('progress').isVisible(), false);
  }
  await row.locator('[data-name=retry-u1]').click();
  assert.deepEqual(await page.calls('retry'), [['u1']]);
  await page.waitForTimeout(100);
  const said = await page.said();
  assert.equal(said.length, 1, 'failures are read out once');
  await bring(page);
  assert.equal(await list.isVisible(), false);
  await close(page);
});

test('what is wrong with a file is said in Japanese and Korean', async () => {
  for (const [language, expected] of [['ja', /10 MB までです/], ['ko', /최대 10\s?MB/]]) {
    const page = await site.opened({ options: { language }, change: { rows: TALK, fileLimit: 10 * 1024 * 1024 } });
    await bring(page, upload('u1', { state: 'failed', reason: 'too-large', isFinal: true }));
    assert.match(await page.locator('.uploads').innerText(), expected);
    await close(page);
  }
});

test('a picture is shown where it may be, and otherwise there is a card', async () => {
  // The policy allows pictures of this page only; without that the card remains.
  const page = await site.page({ images: 'data:' });
  await page.update({
    rows: rows([
      withFile('agent', {}),
      withFile('visitor', { preview: BROKEN, name: 'お茶.png' }),
      withFile('agent', { name: 'offer.pdf', type: 'application/pdf', width: null, height: null, preview: null, size: 123_456 }),
      withFile('agent', { name: 'x.pdf', scan: 'pending', preview: null, width: null }),
      withFile('agent', { name: 'y.pdf', scan: 'infected', preview: null, width: null }),
      message('agent', [p('See this')], { file: { ...FILE, preview: null, width: null, name: 'z.csv' } }),
      withFile('visitor', {}, { state: 'failed', reason: 'not-found' }),
    ]),
  });
  await page.launch();
  await settled(page);
  const row = (at) => page.locator('.list .row').nth(at);
  const image = row(0).locator('a > img');
  assert.equal(await image.getAttribute('alt'), 'photo.png');
  const { width, height } = await image.boundingBox();
  assert.deepEqual([width, height], [240, 180], 'its place is known before it is there');
  const link = row(0).locator('a');
  assert.deepEqual(await link.evaluate((link) => [link.target, link.rel, link.getAttribute('href')]), ['_blank', 'noopener noreferrer', '/none']);
  await row(1).locator('.file-name').waitFor();
  assert.equal(await row(1).locator('img').count(), 0);
  assert.match(await row(1).innerText(), /お茶\.png\s+PNG · 2 kB/);
  assert.match(await row(2).innerText(), /offer\.pdf\s+PDF · 120.6 kB/);
  for (const [at, expected] of [[3, /Checking the file/], [4, /harmful/]]) {
    assert.match(await row(at).innerText(), expected);
    assert.equal(await row(at).locator('a').count(), 0);
  }
  assert.match(await row(5).innerText(), /z\.csv[^]*See this/);
  assert.match(await row(6).innerText(), /waited too long/);
  assert.equal(await row(6).locator('[data-name=retry]').count(), 0);
  await page.picture('files');
  page.faults = page.faults.filter((fault) => !/ERR_INVALID_URL|Failed to load resource/.test(fault));
  await close(page);
});

test('without img-src there are cards, and the rest goes on', async () => {
  const page = await site.opened({ change: { rows: rows([withFile('agent', {}), message('agent', 'Hello')]) } });
  await page.locator('.file-name').waitFor();
  assert.equal(await page.locator('.list img').count(), 0);
  assert.ok(page.faults.every((fault) => /img-src|refused/.test(fault)), page.faults.join('\n'));
  page.faults = [];
  await close(page);
});
