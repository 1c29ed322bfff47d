// From a change in the visitor's page to its frame at the agent's desk, through the real hub: ./dev bench latency [--json FILE] [--runs N]
// A run is one changed text, at a moment that no frame knows of. Its end is the desk's next frame after the replica has changed.
// The reference is one frame of a 60 Hz screen.

import { online, until, World } from '../e2e/harness.mjs';
import { row, wantedRuns, writeJson } from './report/report.mjs';

const runs = wantedRuns(300);
const FRAME = 1000 / 60;

const world = await World.begin({ site: { args: ['--switch'] } });
const times = [];
try {
  const desk = await world.desk();
  const page = await (await world.visitor()).newPage();
  await page.goto(`${world.siteUrl}/catalog.html`);
  await online(page);
  await page.evaluate(() => document.body.append(Object.assign(document.createElement('p'), { id: 'probe', textContent: 'probe-0' })));
  await page.getByRole('button', { name: 'Show this tab to agents' }).click();
  await desk.getByRole('link', { name: 'Watch' }).click();
  await desk.frameLocator('.stage iframe').locator('#probe').waitFor();
  await desk.evaluate(() => {
    window.__drawn = {};
    const page = document.querySelector('.stage iframe').contentDocument;
    const text = page.getElementById('probe').firstChild;
    new MutationObserver(() => {
      const { data } = text;
      requestAnimationFrame(() => (window.__drawn[data] = performance.timeOrigin + performance.now()));
    }).observe(text, { characterData: true });
  });
  for (let run = 1; run <= runs; run += 1) {
    const changed = await page.evaluate(async (name) => {
      await new Promise((done) => setTimeout(done, 30 + Math.random() * 30));
      document.getElementById('probe').firstChild.data = name;
      return performance.timeOrigin + performance.now();
    }, `probe-${run}`);
    const drawn = await until(`change ${run} is drawn`, () => desk.evaluate((name) => window.__drawn[name], `probe-${run}`));
    times.push(drawn - changed);
  }
} finally {
  await world.end();
}

times.sort((one, other) => one - other);
const share = (part) => times[Math.min(times.length - 1, Math.floor(times.length * part))];
const rows = [['mirror-p50', share(0.5)], ['mirror-p99', share(0.99)]].map(([id, ours]) => row(id, 'ms', { ours, frame: FRAME }));
console.log(`from a change to its frame at the desk, ${runs} runs`);
for (const { id, ours, ratios } of rows) console.log(`${id.padEnd(12)} ${ours.toFixed(1).padStart(7)} ms   ${ratios.frame.toFixed(2)} frames of 60 Hz`);
writeJson('latency', rows);
