// How long things take between the visitor's page and the agent's desk, through the real hub: ./dev bench latency [--json FILE] [--runs N]
// mirror: from a changed text, at a moment that no frame knows of, to the desk's next frame after the replica has changed.
// pointer: from a move of the agent's pointer to the visitor's next frame after it was drawn over the page.
// typing: from the agent's key to the desk's next frame after the text has changed in the replica, by way of the visitor's page.
// The reference is one frame of a 60 Hz screen.

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { until, World } from '../e2e/harness.mjs';
import { row, wantedRuns, writeJson } from './report/report.mjs';

const runs = wantedRuns(300);
const FRAME = 1000 / 60;
const PAGE = `<!doctype html><html lang="en"><title>Bench</title><link rel="icon" href="data:,"><h1>Bench</h1>
<p id="probe">probe-0</p><p><textarea id="field" data-alongside="show" rows="4" cols="60"></textarea></p>${'<p>A line of text.</p>'.repeat(40)}</html>`;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'alongside-bench-'));
fs.writeFileSync(path.join(folder, 'index.html'), PAGE);
const world = await World.begin({ site: { dir: folder } });
const times = { mirror: [], pointer: [], typing: [] };
const pause = () => new Promise((done) => setTimeout(done, 30 + Math.random() * 30));

try {
  const { page, desk, agent } = await world.cobrowse();
  await agent.replica.locator('#probe').waitFor();

  await desk.evaluate(() => {
    window.__drawn = {};
    const page = document.querySelector('.stage iframe').contentDocument;
    const note = (name) => requestAnimationFrame(() => (window.__drawn[name] = performance.timeOrigin + performance.now()));
    const text = page.getElementById('probe').firstChild;
    new MutationObserver(() => note(text.data)).observe(text, { characterData: true });
    window.__pressed = {};
    addEventListener('keydown', () => (window.__pressed.key = performance.timeOrigin + performance.now()), true);
    addEventListener('pointermove', () => (window.__pressed.move = performance.timeOrigin + performance.now()), true);
    // A field's value is no node: it is looked at with each frame.
    const look = () => {
      window.__drawn[`typed-${page.getElementById('field').value.length}`] ??= performance.timeOrigin + performance.now();
      requestAnimationFrame(look);
    };
    look();
  });
  for (let run = 1; run <= runs; run += 1) {
    await pause();
    const changed = await page.evaluate((name) => {
      document.getElementById('probe').firstChild.data = name;
      return performance.timeOrigin + performance.now();
    }, `probe-${run}`);
    const drawn = await until(`change ${run} is drawn`, () => desk.evaluate((name) => window.__drawn[name], `probe-${run}`));
    times.mirror.push(drawn - changed);
  }

  await agent.point('h1');
  await page.locator('[data-alongside=hide] .pointer').first().waitFor({ state: 'attached' });
  await page.evaluate(() => {
    const pointer = () => document.querySelector('[data-alongside=hide]')?.shadowRoot.querySelector('.pointer');
    const place = () => {
      const { x, y } = pointer()?.getBoundingClientRect() ?? {};
      return `${x} ${y}`;
    };
    let last = place();
    window.__moves = [];
    const look = () => {
      if (place() !== last) window.__moves.push(performance.timeOrigin + performance.now());
      last = place();
      requestAnimationFrame(look);
    };
    look();
  });
  const [x, y] = await agent.spot('h1');
  for (let run = 1; run <= runs; run += 1) {
    await pause();
    const before = await page.evaluate(() => window.__moves.length);
    await desk.mouse.move(x + (run % 2) * 40, y + (run % 7) * 20 + 40);
    const moved = await desk.evaluate(() => window.__pressed.move);
    const drawn = await until(`move ${run} is drawn`, () => page.evaluate((before) => window.__moves[before], before));
    times.pointer.push(drawn - moved);
  }

  await agent.ask(page);
  await page.waitForTimeout(700);
  await agent.click('#field');
  await desk.locator('textarea.typing').waitFor({ state: 'attached' });
  for (let run = 1; run <= runs; run += 1) {
    await pause();
    await desk.keyboard.type('a');
    const pressed = await desk.evaluate(() => window.__pressed.key);
    const drawn = await until(`key ${run} is drawn`, () => desk.evaluate((name) => window.__drawn[name], `typed-${run}`));
    times.typing.push(drawn - pressed);
  }
} finally {
  await world.end();
  fs.rmSync(folder, { recursive: true });
}

const share = (numbers, part) => numbers.sort((one, other) => one - other)[Math.min(numbers.length - 1, Math.floor(numbers.length * part))];
const rows = Object.entries(times).flatMap(([name, numbers]) =>
  [['p50', 0.5], ['p99', 0.99]].map(([id, part]) => row(`${name}-${id}`, 'ms', { ours: share(numbers, part), frame: FRAME })));
console.log(`from one side to the other, ${runs} runs each`);
for (const { id, ours, ratios } of rows) console.log(`${id.padEnd(12)} ${ours.toFixed(1).padStart(7)} ms   ${ratios.frame.toFixed(2)} frames of 60 Hz`);
writeJson('latency', rows);
