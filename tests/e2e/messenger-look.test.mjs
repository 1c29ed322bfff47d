// How the messenger looks: under hostile styles, under themes, and in all states, each of which axe looks at and of which a picture is kept.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { AT, close, later, message, p, rows, scroll, settled, Site, TALK } from './messenger-page.mjs';

const require = createRequire(import.meta.url);
const { PNG } = require('pngjs');
const AXE = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

let site;
before(async () => (site = await Site.begin()));
after(() => site.end());

const HOSTILE = `
  * { all: unset !important; font-size: 40px !important; display: none !important; color: red !important; letter-spacing: 9px !important; visibility: hidden !important; --accent: red; --surface: red; --ink: red }
  html, body { display: block !important; direction: ltr } html { font: 62.5%/3 serif !important; opacity: .2 !important; filter: blur(9px); transform: rotate(9deg); letter-spacing: 1em; background: #fff !important; visibility: visible !important }
  [data-alongside], [popover] { display: none !important; opacity: 0 !important; transform: scale(0) !important; z-index: -1 !important; position: static !important; inset: 0 !important; width: 9px !important }
  *::before, *::after { content: "hostile" !important; display: block !important } ::backdrop { background: red !important; display: block !important }
  button, textarea, p, h2 { background: red !important; border: 9px solid red !important }
`;

test('no style of the page reaches it', async () => {
  const pictures = [];
  for (const style of ['html, body { background: #fff } main { display: none }', HOSTILE]) {
    const page = await site.page({ style, before: (page) => page.clock.setFixedTime(AT + 60_000) });
    await page.update({ rows: TALK });
    // Without a caret that blinks.
    await page.evaluate(() => {
      window.store.panel.open();
      window.store.surface.root.activeElement.blur();
    });
    await settled(page);
    await settled(page);
    pictures.push(await page.shot());
    await page.picture(pictures.length === 1 ? 'plain' : 'hostile');
    await close(page);
  }
  const [plain, hostile] = pictures.map((bytes) => PNG.sync.read(bytes));
  const differing = [];
  // The page itself is another one: what is ours stands to the right.
  for (let y = 0; y < plain.height; y++) for (let x = 690; x < plain.width; x++) {
    const at = (y * plain.width + x) * 4;
    if (!plain.data.subarray(at, at + 4).equals(hostile.data.subarray(at, at + 4))) differing.push([x, y]);
  }
  assert.deepEqual(differing.slice(0, 5), []);
});

test('themes reach it by variables and parts', async () => {
  const page = await site.opened({ style: 'html { --alongside-accent: #ffd400; --alongside-radius: 0px } [data-alongside]::part(title) { color: rgb(1, 2, 3) } [data-alongside]::part(bubble-out) { border-radius: 2px }' });
  const look = await page.locator('[part=send]').evaluate((send) => {
    const root = send.getRootNode();
    const of = (selector) => getComputedStyle(root.querySelector(selector));
    return { bubble: of('[data-author=visitor] .bubble').backgroundColor, corner: of('[data-author=visitor] .bubble').borderTopLeftRadius, panel: of('.panel').borderTopLeftRadius, title: of('h2').color };
  });
  assert.deepEqual(look, { bubble: 'rgb(255, 212, 0)', corner: '2px', panel: '0px', title: 'rgb(1, 2, 3)' });
  await page.picture('theme');
  await close(page);
});

test('nothing of it is printed', async () => {
  const page = await site.opened();
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.locator('.panel').isVisible(), false);
  assert.equal(await page.locator('[part=launcher]').isVisible(), false);
  await close(page);
});

const PAGES = {
  light: {}, dark: { context: { colorScheme: 'dark' } }, 'light-theme': { context: { colorScheme: 'dark' }, options: { theme: 'light' } }, forced: { context: { forcedColors: 'active' } },
  mobile: { context: { viewport: { width: 360, height: 720 } } }, 'mobile-dark': { context: { viewport: { width: 360, height: 720 }, colorScheme: 'dark' } },
  bright: { style: 'html { --alongside-accent: #ffd400 }' }, 'navy-dark': { context: { colorScheme: 'dark' }, style: 'html { --alongside-accent: #1a237e }' },
  rtl: { attributes: 'lang="ar" dir="rtl"' }, low: { context: { viewport: { width: 720, height: 360 } } },
  ja: { attributes: 'lang="ja"', context: { locale: 'ja-JP' } }, ko: { attributes: 'lang="ko"', context: { locale: 'ko-KR' } },
};

for (const [name, options] of Object.entries(PAGES)) {
  test(`nothing that axe knows is wrong in any state, ${name}`, async () => {
    const page = await site.page({ ...options, before: (page) => page.clock.setFixedTime(AT + 60_000) });
    await page.evaluate(AXE);
    const check = async (state) => {
      await settled(page);
      const found = await page.evaluate(() => window.axe.run({ include: [['[data-alongside=hide]']] }, { resultTypes: ['violations'] }));
      assert.deepEqual(found.violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => [html, failureSummary])]), [], state);
      await page.picture(`${state}-${name}`);
    };
    const press = (name) => page.locator(`[data-name=${name}]`).first().click();
    await page.update({ stage: 'none', who: null, isLoading: true });
    await page.evaluate(() => window.store.launcher.setUnread(2));
    await check('closed');
    await page.launch();
    await page.waitForTimeout(450);
    await check('loading');
    await page.update({ isLoading: false });
    await check('empty');
    await page.update({ stage: 'waiting', rows: TALK.slice(0, 3), place: 2, wait: [3, 6] });
    await check('waiting');
    await page.update({ stage: 'open', place: null, wait: null, who: { name: 'Aoi', kind: 'agent' }, rows: TALK, typing: 'Aoi' });
    await check('open');
    await press('options');
    await check('menu');
    await press('forget');
    await check('forget');
    await press('cancel');
    await press('emoji');
    await check('emoji');
    await page.keyboard.press('Escape');
    await page.update({
      link: 'offline', typing: null, limit: 60,
      rows: rows([
        message('visitor', 'Waits for a connection.', { state: 'queued', key: 's1' }), message('visitor', 'Goes.', { state: 'sending', key: 's2' }), message('visitor', 'Went.', { state: 'sent', key: 's3' }),
        message('visitor', 'Goes later.', { state: 'queued', reason: 'too-fast', retryAfter: 20, key: 's7' }), message('visitor', 'Did not go.', { state: 'failed', key: 's4' }),
        message('agent', [{ p: [{ text: 'Try ' }, { code: 'ink --blue' }, { text: ':' }] }, { quote: [p('It has not arrived.')] }, { code: 'order {\n  ink: 1\n}' }, { list: [[{ text: 'third' }], [{ text: 'fourth' }]], first: 3 }], { key: 's5' }),
        { kind: 'event', at: AT, event: 'ended', name: null, key: 's6' },
      ], 'k8'),
    });
    await page.locator('textarea').fill('Long enough to be counted, and then a little more than that.');
    await check('states');
    await page.locator('textarea').fill('Much longer than what is allowed, and so it says by how much it is too long.');
    await check('over');
    await page.update({ link: 'online', stage: 'ended', earlier: 'some' });
    await scroll(page, 0);
    await page.update({ rows: later('s6', 'New', 'Newer') });
    await check('pill');
    await close(page);
  });
}
