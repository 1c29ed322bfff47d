// How the visitor's window shows his page: what its bars take, which part of it is seen, and what the browser's zoom makes of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chromium } from 'playwright-core';
import * as ours from '../mirror/arms/ours.mjs';
import { inPage, Judge } from '../mirror/judge.mjs';
import { FLAGS, picture, until, World } from './harness.mjs';

const launch = (...ignoreDefaultArgs) => chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS, ignoreDefaultArgs });

/** Browsers whose bars take room, and one whose bars do not. */
const BARS = '--hide-scrollbars';

const PAGE = (doctype, height, css = '') => `${doctype}<style>body { margin: 0 } #fixed { position: fixed; right: 0; bottom: 0; width: 20px; height: 20px }
  @media (width: 800px) { #fixed { width: 30px } } #inner { width: 300px; height: 50px; overflow: auto } ${css}</style>
  <div id="tall" style="height: ${height}px"></div><div id="fixed"></div><div id="inner"><p style="height: 300px">a</p></div>`;

/** Of the page in a document: where what is fixed ends, how wide it is, and what is left of what scrolls within. */
const LAYOUT = `(page) => [page.querySelector('#fixed').getBoundingClientRect().right, page.querySelector('#fixed').offsetWidth, page.querySelector('#inner').clientWidth]`;

/** Layouts of a visitor's page and of its replica, and the replica's page. */
async function both(judge, visitors, agents, html, device = {}) {
  const page = await (await visitors.newContext({ viewport: { width: 800, height: 600 }, ...device })).newPage();
  await ours.prepare(page);
  await page.goto(`${judge.origins.agent}/replica`);
  await page.setContent(html);
  await ours.record(page);
  const desk = await (await agents.newContext({ viewport: { width: 1000, height: 800 } })).newPage();
  await desk.goto(`${judge.origins.agent}/replica`);
  await ours.replay(desk, await ours.take(page));
  const source = await inPage(page, `(${LAYOUT})(document)`);
  const replica = () => inPage(desk, `(${LAYOUT})(document.querySelector('iframe').contentDocument)`);
  return { page, desk, source, replica };
}

test('a page is laid out beside bars of the width that the visitor has, whichever the agent has', async () => {
  const judge = await Judge.open();
  const [wide, none] = [await launch(BARS), await launch()];
  try {
    const strict = '<!doctype html>';
    const pages = [
      PAGE(strict, 2_000), PAGE(strict, 300), PAGE('', 2_000), PAGE(strict, 300, 'html { overflow-y: scroll; scrollbar-color: red blue }'),
      PAGE(strict, 2_000, 'html { overflow: hidden } body { overflow: auto; height: 100vh }'), PAGE(strict, 2_000, ':root::-webkit-scrollbar { width: 8px }'),
    ];
    for (const html of pages) {
      for (const [visitors, agents] of [[wide, none], [none, wide], [wide, wide]]) {
        const { page, desk, source, replica } = await both(judge, visitors, agents, html);
        const about = `${html} ${visitors === wide} ${agents === wide}`;
        const [right, width, inner] = await replica();
        assert.equal(right, source[0], about);
        // Where a browser draws no bars at all, it is the window that is narrower: media conditions are answered by that.
        if (agents === wide || right === 800) assert.equal(width, source[1], about);
        if (agents === visitors) assert.equal(inner, source[2], about);
        await page.context().close();
        await desk.context().close();
      }
    }
  } finally {
    await Promise.all([wide.close(), none.close(), judge.close()]);
  }
});

test('bars that come and go take their room at the agent', async () => {
  const judge = await Judge.open();
  const wide = await launch(BARS);
  try {
    const { page, desk, source, replica } = await both(judge, wide, wide, PAGE('<!doctype html>', 300));
    assert.equal(source[0], 800);
    for (const [height, right] of [[2_000, 785], [300, 800]]) {
      await inPage(page, `__frames = []; document.querySelector('#tall').style.height = '${height}px';`);
      const { frames } = await ours.take(page);
      await desk.evaluate((frames) => window.__draw(frames), frames);
      assert.equal((await replica())[0], right);
    }
    // What comes into the replica later, such as a picture, may bring its bar; the page stays as wide.
    await inPage(page, `__frames = []; document.querySelector('#tall').style.height = '2000px';`);
    const { frames } = await ours.take(page);
    await desk.evaluate((frames) => window.__draw(frames), frames);
    for (const height of [10, 2_000]) {
      await inPage(desk, `document.querySelector('iframe').contentDocument.querySelector('#tall').style.height = '${height}px'`);
      await until('it is as wide as it was', async () => (await replica())[0] === 785);
    }
    assert.equal(await inPage(desk, "document.querySelector('iframe').style.width"), '800px');
  } finally {
    await Promise.all([wide.close(), judge.close()]);
  }
});

test('where bars lie over the page at the visitor, what scrolls within it has all its room at the agent', async () => {
  const judge = await Judge.open();
  const wide = await launch(BARS);
  try {
    const phone = { isMobile: true, hasTouch: true };
    const { source, replica } = await both(judge, wide, wide, `<meta name="viewport" content="width=device-width">${PAGE('<!doctype html>', 2_000)}`, phone);
    assert.deepEqual([source[0], source[2]], [800, 300]);
    await until('it has', async () => (await replica())[2] === 300);
    assert.equal((await replica())[0], 800);
  } finally {
    await Promise.all([wide.close(), judge.close()]);
  }
});

const SITE = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Tea</title><link rel="icon" href="data:,">
<style>body { margin: 24px; font: 18px sans-serif } @media (width < 300px) { h1::after { content: ', narrow' } }</style>
<h1>Tea</h1><p>${'Sencha, gyokuro, hojicha and others. '.repeat(40)}</p></html>`;

test('the desk shows which part of the page the visitor has zoomed in to, and a page that the browser zooms as large as it is', async () => {
  const world = await World.begin({ site: { pages: { 'index.html': SITE } } });
  try {
    const { page, agent, desk } = await world.cobrowse({ visitor: { viewport: { width: 400, height: 700 }, isMobile: true, hasTouch: true } });
    const session = await page.context().newCDPSession(page);
    const said = desk.locator('.dialog p');
    assert.equal(await said.count(), 0);
    // What two fingers do.
    const pinch = (pageScaleFactor) => session.send('Emulation.setPageScaleFactor', { pageScaleFactor });
    await pinch(2);
    await said.getByText('Zoomed in: 2.0×').waitFor();
    const seen = () => page.evaluate(() => [visualViewport.offsetLeft, visualViewport.offsetTop, visualViewport.width, visualViewport.height].map(Math.round));
    const outlined = () => desk.locator('.overlay .seen').evaluate((element) => ['x', 'y', 'width', 'height'].map((name) => Number(element.getAttribute(name))));
    assert.deepEqual(await outlined(), [0, 0, 200, 350]);
    assert.deepEqual(await seen(), [0, 0, 200, 350]);
    await picture(desk, 'window-zoomed');
    await page.mouse.move(100, 100);
    await page.mouse.wheel(60, 90);
    await until('another part is seen', async () => (await seen())[0] > 0 && (await seen())[1] > 0);
    await until('it follows', async () => String(await outlined()) === String(await seen()));
    await pinch(1);
    await said.waitFor({ state: 'detached' });
    assert.equal(await desk.locator('.overlay .seen').count(), 0);
    // What Ctrl and plus do: fewer CSS pixels, each of more of the device.
    await session.send('Emulation.setDeviceMetricsOverride', { width: 200, height: 350, deviceScaleFactor: 2, mobile: false });
    const heading = () => agent.replica.locator('h1').evaluate((element) => getComputedStyle(element, '::after').content);
    await until('it is as wide', async () => (await desk.locator('.stage iframe').evaluate((frame) => frame.clientWidth)) === (await page.evaluate(() => innerWidth)));
    await until('it is laid out so', async () => (await heading()) === '", narrow"');
  } finally {
    await world.end();
  }
});
