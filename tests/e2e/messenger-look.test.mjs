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

// ---- What the design says

const FORM = { form: { title: 'Where to?', fields: [{ name: 'name', label: 'Name', kind: 'text' }, { name: 'news', label: 'Send me news', kind: 'check' }], submit: 'Send it' } };
const CARDS = { cards: { cards: [{ title: 'Sencha', text: 'From Uji', buttons: [{ label: 'This one' }] }] } };
const LINK = { address: 'https://tea.example/uji', title: 'Uji', text: 'The slopes.', site: 'Tea & Co' };
const FILE = { id: 'f', name: 'offer.pdf', type: 'application/pdf', size: 2_048, scan: null, url: '/f', preview: null };
const LIST = [
  { conversation: 'c2', stage: 'open', unread: 2, name: 'Aoi', at: AT, author: 'agent', excerpt: 'It comes tomorrow' }, { conversation: 'c1', stage: 'open', unread: 0, name: 'Mio', at: AT, author: 'agent', excerpt: 'It does' },
];

/** All kinds of what is drawn, with all that is fetched later. */
const ALL = [
  ...TALK,
  ...rows([
    message('agent', 'Long enough to be as wide as a bubble may be, whatever the width of the panel is: it goes on and on, over several lines.', { key: 'long', isLast: false }), message('agent', 'In one group', { key: 'group', isFirst: false }),
    message('agent', [{ p: [{ code: 'ink' }] }], { key: 'link', link: LINK }), message('agent', [], { key: 'file', file: FILE }), message('bot', 'Cards', { key: 'cards', rich: CARDS, isOpen: true }), message('visitor', '👍', { key: 'large' }),
    message('visitor', 'No', { key: 'no', state: 'failed' }), message('visitor', 'Later', { key: 'later', state: 'queued', reason: 'too-fast', retryAfter: 20 }), message('bot', 'Form', { key: 'form', rich: FORM, isOpen: true }),
  ], 'k8'),
];

/** A page with all of it. */
async function everything(options = {}) {
  const page = await site.opened({ ...options, change: { rows: ALL, typing: 'Aoi' }, before: (page) => page.clock.setFixedTime(AT + 60_000) });
  for (const part of ['form.form', '.card', '.link-card', '.file']) await page.locator(part).waitFor({ state: 'attached' });
  return page;
}

/** What each of these elements has; a pseudo-element after a space. */
const looks = (page, wanted) => page.evaluate((wanted) => wanted.map(([selector, property]) => {
  const [name, pseudo] = selector.split('::');
  const element = window.store.surface.root.querySelector(name);
  return [selector, property, element ? getComputedStyle(element, pseudo ? `::${pseudo}` : undefined).getPropertyValue(property) : null];
}), wanted);

const rgb = (hex) => `rgb(${[1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)).join(', ')})`;
const COLOURS = {
  light: { accent: '#2f5bea', surface: '#ffffff', quiet: '#f5f6f8', ink: '#14161a', soft: '#5b6270' },
  dark: { accent: '#8ea8ff', surface: '#15171c', quiet: '#1e2128', ink: '#eceef2', soft: '#a4abb8' },
};

for (const scheme of ['light', 'dark']) {
  test(`colours, sizes, radii and times are those of the design, ${scheme}`, async () => {
    const page = await everything({ context: { colorScheme: scheme, reducedMotion: 'no-preference' } });
    await page.locator('textarea').fill('Ready');
    await page.update({ link: 'offline' });
    const { accent, surface, quiet, ink, soft } = COLOURS[scheme];
    const type = (selector, size, line, weight = 400) => [[selector, 'font-size', `${size}px`], [selector, 'line-height', `${line}px`], [selector, 'font-weight', String(weight)]];
    const incoming = '.row[data-author=agent]';
    const wanted = [
      ['.send::after', 'background-color', rgb(accent)], ['.panel', 'background-color', rgb(surface)], [`${incoming} .bubble`, 'background-color', rgb(quiet)], ['.panel', 'color', rgb(ink)],
      ['[part=status]', 'color', rgb(soft)], ['.meta', 'color', rgb(soft)],
      ...type('.bubble p', 15, 22), ...type('textarea', 15, 22), ...type('.meta', 13, 18), ...type('.name', 13, 18), ...type('.row[data-kind=day]', 13, 18), ...type('h2', 17, 24, 600),
      ['.panel', 'border-top-left-radius', '16px'], ['.row[data-author=visitor][data-last] .bubble', 'border-bottom-right-radius', '18px'], ['.row[data-author=visitor]:not([data-last]) .bubble', 'border-bottom-right-radius', '6px'],
      [`${incoming}:not([data-last]) .bubble`, 'border-bottom-left-radius', '6px'], ['.card', 'border-top-left-radius', '12px'], ['.form', 'border-top-left-radius', '12px'], ['.link-card', 'border-top-left-radius', '12px'],
      ['.stack', 'max-width', '82%'], ['.avatar', 'width', '28px'],
      ['.panel', 'transition-property', 'opacity, transform, display'], ['.panel', 'transition-duration', '0.2s, 0.2s, 0.2s'], ['.send::after', 'transition-duration', '0.12s'], ['.banner', 'animation-duration', '0.2s'],
    ];
    assert.deepEqual(await looks(page, wanted), wanted);
    const { bubble, row } = await page.locator('.row', { hasText: 'Long enough to be' }).evaluate((row) => ({ row: row.getBoundingClientRect().width, bubble: row.querySelector('.bubble').getBoundingClientRect().width }));
    assert.ok(bubble > row * 0.7 && bubble <= row * 0.82 + 0.5, `${bubble} of ${row}`);
    await page.locator('[data-name=close]').click();
    const hidden = [['.panel', 'transition-duration', '0.12s']];
    assert.deepEqual(await looks(page, hidden), hidden);
    await close(page);
  });
}

test('texts have one of three sizes, and titles alone are bold', async () => {
  const sizes = (page) => page.evaluate(() => {
    const found = [];
    const isText = (node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== '';
    // What is drawn with letters is no text: faces, emoji, stars; and code is of another face.
    const isDrawn = (element) => element.closest('.face, .cell, .score, .star, .unseen, [data-large] .bubble');
    for (const element of window.store.surface.root.querySelectorAll('.panel *')) {
      if (![...element.childNodes].some(isText) || isDrawn(element) || !element.checkVisibility()) continue;
      const { fontSize, lineHeight, fontWeight } = getComputedStyle(element);
      const isTitle = element.closest('h2, h3, h4, .card-title, .link-title, strong, .talk:has(.talk-unread) .talk-name') !== null;
      found.push([`${parseFloat(fontSize)}/${parseFloat(lineHeight)}`, isTitle || Number(fontWeight) === 400, `${element.localName}.${element.className}`]);
    }
    return found;
  });
  const page = await everything();
  await page.picture('scale');
  const home = await site.page({ options: { home: true } });
  await home.evaluate((list) => (window.store.answers.conversations = list), LIST);
  await home.update({ rows: TALK, several: true });
  await home.launch();
  await home.locator('.talk-name').first().waitFor();
  await home.picture('scale-home');
  for (const each of [page, home]) {
    const found = await sizes(each);
    assert.deepEqual(found.filter(([size, isLight]) => !['15/22', '13/18', '17/24'].includes(size) || !isLight), []);
    assert.ok(found.length > 8);
    await close(each);
  }
});

test('who waits for his messages sees where they will be after 200 ms, and nobody who wants no motion sees any', async () => {
  const page = await site.opened({ context: { reducedMotion: 'no-preference' }, change: { isLoading: true } });
  const wanted = [['.skeleton', 'animation-delay', '0.2s'], ['.skeleton', 'animation-duration', '0.2s'], ['.skeleton', 'animation-fill-mode', 'forwards']];
  assert.deepEqual(await looks(page, wanted), wanted);
  await close(page);

  const still = await everything({ context: { reducedMotion: 'reduce' } });
  const moving = await still.evaluate(() => {
    const times = (style) => [style.animationName === 'none' ? '0s' : style.animationDuration, style.transitionDuration].flatMap((list) => list.split(', ')).map(parseFloat);
    return [...window.store.surface.root.querySelectorAll('.panel, .panel *')].flatMap((element) =>
      ['', '::before', '::after'].filter((pseudo) => Math.max(...times(getComputedStyle(element, pseudo || undefined))) > 0.001).map((pseudo) => element.className + pseudo));
  });
  assert.deepEqual(moving, []);
  const dots = [['.dots > i', 'animation-name', 'none']];
  assert.deepEqual(await looks(still, dots), dots);
  await close(still);
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
