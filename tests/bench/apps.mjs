// What a running mirror costs applications: a list of things to do in React, in Vue and without a framework; a hundred are added, done and
// deleted, as Speedometer does it. ./dev bench apps [--json FILE] [--runs N] [--only APP] [--rounds N]
// The score is the application's own main-thread time as a part of that with a mirror running: 1 is none. Ours beside rrweb, and beside an
// observer of the browser's that does nothing, below which nobody comes who is told of changes; interleaved.

import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Judge, arms, inPage } from '../mirror/judge.mjs';
import { bare, mirrored, observer } from './report/main-thread.mjs';
import { flag, median, row, wantedRuns, writeJson } from './report/report.mjs';

const runs = wantedRuns(7);

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), 'apps');
const apps = ['react.jsx', 'vue.js', 'plain.js'].filter((name) => name.includes(flag('--only') ?? ''));

async function bundled(name) {
  const define = { 'process.env.NODE_ENV': '"production"', __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' };
  const { outputFiles } = await build({ entryPoints: [path.join(folder, name)], bundle: true, minify: true, format: 'iife', jsx: 'automatic', write: false, define, logLevel: 'error' });
  return outputFiles[0].text;
}

/** In the page: what people do, with a frame after each kind of it; how many were there, done, and left. */
const WORK = `(async () => {
  const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value');
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const all = (selector) => [...document.querySelectorAll(selector)];
  const counts = [];
  const input = document.querySelector('.new-todo');
  for (let at = 0; at < 100; at += 1) {
    set.call(input, 'Something to do ' + at);
    input.dispatchEvent(new Event('input', { bubbles: true }));
    await null;
    input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    await null;
  }
  await frame();
  counts.push(all('.todo-list li').length);
  for (const toggle of all('.toggle')) {
    toggle.click();
    await null;
  }
  await frame();
  counts.push(all('.completed').length);
  for (const button of all('.destroy')) {
    button.click();
    await null;
  }
  await frame();
  counts.push(all('.todo-list li').length);
  return counts;
})()`;
/** So often: once is over too soon to be measured. With more, code that runs for the first time counts for less. */
const ROUNDS = Number(flag('--rounds') ?? 5);

const chosen = [bare, observer, ...(await arms()).filter(({ bench }) => bench)];
const judge = await Judge.open();

async function set(page, app) {
  await page.evaluate(app);
  await page.locator('.new-todo').waitFor();
}

async function work(page) {
  for (let round = 0; round < ROUNDS; round += 1) {
    const counts = await inPage(page, WORK);
    if (String(counts) !== '100,100,0') throw new Error(`the application counts ${counts}`);
  }
}

const measure = async (arm, app) => (await mirrored(judge, arm, (page) => set(page, app), work)).milliseconds;

const rows = [];
try {
  for (const name of apps) {
    const app = await bundled(name);
    const times = Object.fromEntries(chosen.map((arm) => [arm.name, []]));
    for (const arm of chosen) await measure(arm, app);
    for (let run = 0; run < runs; run += 1) for (const arm of chosen) times[arm.name].push(await measure(arm, app));
    const of = (arm) => median(times[arm]);
    process.stderr.write(`${name}: ${chosen.map((arm) => `${arm.name} ${of(arm.name).toFixed(0)} ms`).join(', ')}\n`);
    rows.push(row(`score-${name.replace(/\..*/, '')}`, 'score', Object.fromEntries(chosen.slice(1).map((arm) => [arm.name, of('bare') / of(arm.name)]))));
  }
} finally {
  await judge.close();
}

const round = (number) => (number === null ? '-' : number.toFixed(3)).padStart(10);
for (const { id, ours, references } of rows) {
  console.log(`${id.padEnd(14)} ours ${round(ours)}   ${Object.entries(references).map(([name, figure]) => `${name} ${round(figure)}`).join('   ')}`);
}
writeJson('apps', rows, { runs });
