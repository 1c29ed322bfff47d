// How videos and audios of the visitor's page play, as the desk says it.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as ours from '../mirror/arms/ours.mjs';
import { inPage, Judge } from '../mirror/judge.mjs';
import { accept, Agent, picture, until, World } from './harness.mjs';

const film = path.join(path.dirname(fileURLToPath(import.meta.url)), '../mirror/corpus/assets/colours.webm');

/** `tone(seconds)`: the address of half a minute, or so much, of silence. */
const TONE = `const tone = (seconds = 30) => {
  const rate = 8000, bytes = new Uint8Array(44 + rate * seconds).fill(128), view = new DataView(bytes.buffer);
  const write = (at, text) => [...text].forEach((char, index) => { bytes[at + index] = char.charCodeAt(0); });
  write(0, 'RIFF'); view.setUint32(4, bytes.length - 8, true); write(8, 'WAVEfmt ');
  view.setUint32(16, 16, true); view.setUint16(20, 1, true); view.setUint16(22, 1, true); view.setUint32(24, rate, true); view.setUint32(28, rate, true);
  view.setUint16(32, 1, true); view.setUint16(34, 8, true); write(36, 'data'); view.setUint32(40, rate * seconds, true);
  return URL.createObjectURL(new Blob([bytes], { type: 'audio/wav' }));
};`;

const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>A talk</title><link rel="icon" href="data:,"><body style="margin: 24px; font: 16px sans-serif">
<h1>A talk</h1><p><audio id="talk" controls muted></audio></p><p data-alongside="mask"><audio id="private" controls muted></audio></p>
<p><video id="film" width="320" height="240" muted src="colours.webm"></video> <audio id="hidden" muted></audio></p>
<script>${TONE}
for (const id of ['talk', 'private', 'hidden']) document.getElementById(id).src = tone();
</script></html>`;

let world;
before(async () => {
  world = await World.begin({ site: { pages: { 'index.html': PAGE, 'colours.webm': fs.readFileSync(film) } } });
});
after(() => world.end());

test('the desk says how each plays, and goes on counting by itself', async () => {
  const { context, page, name } = await world.guest();
  const desk = await world.desk();
  const act = (act, id = 'talk') => page.evaluate(`(async () => { const medium = document.getElementById('${id}'); ${act} })()`);
  // Plays before anybody looks.
  await act('medium.currentTime = 10; await medium.play();');
  await act('medium.currentTime = 17; await medium.play();', 'private');
  const agent = new Agent(desk);
  await agent.offer(name);
  await accept(page);
  await agent.isLive();
  const strips = desk.locator('.media p');
  await until('each that has a box has a strip', async () => (await strips.count()) === 3);
  const told = async (at = 0) => (await strips.nth(at).locator('span').allTextContents()).join('|');
  const seconds = async () => Number(/0:(\d\d) \//.exec(await told())?.[1]);
  assert.match(await told(), /^▶\|Playing\|0:1\d \/ 0:30 · muted$/);
  assert.equal(await told(1), '▶|Playing|muted', 'of what is masked no times are told');
  assert.match(await told(2), /^❚❚\|Paused\|0:00 \/ 0:0\d · muted$/);
  const before = await seconds();
  await desk.waitForTimeout(2_200);
  assert.ok((await seconds()) >= before + 2, `${before} and 2 seconds later ${await seconds()}`);
  await picture(desk, 'player');
  await act('medium.playbackRate = 1.5; medium.muted = false;');
  await until('it is heard, and faster', async () => /^▶\|Playing\|0:\d\d \/ 0:30 · 1.5×$/.test(await told()));
  await act('medium.pause(); medium.playbackRate = 1; medium.currentTime = 21.3;');
  await until('it stands where it was put', async () => (await told()) === '❚❚|Paused|0:21 / 0:30');
  await act('medium.muted = true; medium.currentTime = 29.8; await medium.play();');
  await until('it has ended', async () => (await told()) === '■|Ended|0:30 / 0:30 · muted');
  await act("medium.src = 'data:audio/wav;base64,AAAA';");
  await until('it has failed', async () => /^×\|Cannot be played\|/.test(await told()));
  await act("medium.removeAttribute('src'); medium.innerHTML = '<source src=\"data:audio/wav;base64,AAAA\">'; medium.load();");
  await until('its source has failed', async () => /^×\|Cannot be played\|/.test(await told()));
  await act('medium.remove();');
  await until('it is gone', async () => (await strips.count()) === 2);
  const box = await agent.replica.locator('#film').boundingBox();
  const strip = await strips.nth(1).boundingBox();
  assert.ok(strip.x >= box.x && strip.y >= box.y && strip.x + strip.width <= box.x + box.width && strip.y + strip.height <= box.y + box.height);
  await context.close();
});

test('an agent has what a video shows now by a button, where it goes on', async () => {
  const { context, page, name } = await world.guest();
  const desk = await world.desk();
  const agent = new Agent(desk);
  await agent.offer(name);
  await accept(page);
  await agent.isLive();
  const film = agent.replica.locator('#film');
  const shown = () => film.evaluate((video) => video.poster);
  await until('its first picture is there', async () => (await shown()).startsWith('blob:'));
  const button = agent.look();
  assert.equal(await button.count(), 0, 'what stands is shown as it is');
  // It goes on, and its picture changes: by itself that is told after four seconds, once it was looked at three times.
  await page.evaluate(() => {
    const video = document.getElementById('film');
    video.loop = true;
    return video.play();
  });
  await button.waitFor();
  await desk.waitForTimeout(4_000);
  const time = await agent.timeOfLook(film);
  await picture(desk, 'player-look');
  assert.ok(time < 2_000, `there is one each four seconds by itself, and it came after ${time} ms`);
  const box = await film.boundingBox();
  const at = await button.boundingBox();
  assert.ok(at.x >= box.x && at.y >= box.y && at.x + at.width <= box.x + box.width && at.y + at.height <= box.y + box.height);
  await page.evaluate(() => document.getElementById('film').pause());
  await until('it stands, and there is no button', async () => (await button.count()) === 0);
  await page.evaluate(() => document.getElementById('film').setAttribute('data-alongside', 'mask'));
  await page.evaluate(() => document.getElementById('film').play());
  await desk.waitForTimeout(1_500);
  assert.equal(await button.count(), 0, 'of what is masked there are no pictures');
  await context.close();
});

test('one that plays tells nothing as it goes on, and what is shown after a jump is told at once', async () => {
  const judge = await Judge.open();
  try {
    const page = await judge.browser.newPage();
    await ours.prepare(page);
    await page.goto(`${judge.origins.site}/video-frame.html`);
    await page.evaluate(`${TONE} document.body.innerHTML += '<audio muted></audio>'; document.querySelector('audio').src = tone();`);
    await page.evaluate(() => document.querySelector('video').remove());
    await page.evaluate(() => document.querySelector('audio').play());
    await ours.record(page);
    const count = () => inPage(page, '__frames.length');
    await page.waitForTimeout(1_000);
    const before = await count();
    let ticks = page.evaluate(() => new Promise((done) => {
      let ticks = 0;
      document.querySelector('audio').addEventListener('timeupdate', () => (ticks += 1) === 6 && done(ticks));
    }));
    assert.equal(await ticks, 6);
    // A check of what was told before may be one.
    assert.ok((await count()) <= before + 1, `${(await count()) - before} frames`);

    await page.goto(`${judge.origins.site}/video-frame.html`);
    // This server gives no parts of files, and without those nothing can be jumped to.
    await page.evaluate(async () => {
      const video = document.querySelector('video');
      video.src = URL.createObjectURL(await (await fetch('assets/colours.webm')).blob());
      await new Promise((done) => (video.onloadeddata = done));
    });
    await ours.record(page);
    await inPage(page, `(() => { const { told } = __mirror; const own = told.picture; window.__pictures = 0; told.picture = function (...given) { window.__pictures += 1; return own.apply(this, given); }; })()`);
    // By now it is looked at each four seconds.
    await page.waitForTimeout(4_500);
    const pictures = await inPage(page, '__pictures');
    await page.evaluate(() => new Promise((done) => {
      const video = document.querySelector('video');
      video.onseeked = done;
      video.currentTime = 0.5;
    }));
    await page.waitForTimeout(700);
    assert.equal(await inPage(page, '__pictures'), pictures + 1);
  } finally {
    await judge.close();
  }
});
