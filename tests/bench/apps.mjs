// What a running mirror costs applications: lists of things to do, as the TodoMVC project publishes them (with them Speedometer 1 and 2 were
// made), and of our own in today's React, Vue and without a framework. A hundred are added, done and deleted.
// ./dev bench apps [--json FILE] [--runs N] [--only APP] [--rounds N]
// The score is as Speedometer 3 has it: the time from the beginning of each kind of work until the browser has drawn it and comes to its next
// task, without a mirror as a part of that with one running; 1 is no cost. What a mirror puts off until later is none of that, so beside it stands the
// main thread's time of all. Ours beside rrweb, and beside an observer of the browser's that does nothing, below which nobody comes who is told of
// changes; interleaved.

import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { Judge, arms, inPage } from '../mirror/judge.mjs';
import { bare, mirrored, observer } from './report/main-thread.mjs';
import { flag, median, row, wantedRuns, writeJson } from './report/report.mjs';

const runs = wantedRuns(7);

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), 'apps');
const published = path.join(path.dirname(createRequire(path.join(folder, 'package.json')).resolve('todomvc/package.json')), 'examples');
const apps = ['react.jsx', 'vue.js', 'plain.js', 'angularjs', 'backbone', 'emberjs', 'knockback', 'knockoutjs', 'ractive'].filter((name) => name.startsWith(flag('--only') ?? ''));

async function bundled(name) {
  const define = { 'process.env.NODE_ENV': '"production"', __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' };
  const { outputFiles } = await build({ entryPoints: [path.join(folder, name)], bundle: true, minify: true, format: 'iife', jsx: 'automatic', write: false, define, logLevel: 'error' });
  return outputFiles[0].text;
}

/**
 * In the page: what people do, with all the events by which these applications notice it. Each kind of it begins with a frame and ends with the
 * first task after it (Speedometer's RAFTestInvoker). How many were there, done, and left; and how long all took, in milliseconds.
 */
const WORK = `(async () => {
  const { set } = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value');
  const all = (selector) => [...document.querySelectorAll(selector)];
  const counts = [];
  let took = 0;
  const step = (act, count) => new Promise((done, failed) => {
    let start;
    requestAnimationFrame(() => {
      start = performance.now();
      act().catch(failed);
    });
    requestAnimationFrame(() => setTimeout(() => {
      document.body.getBoundingClientRect();
      took += performance.now() - start;
      counts.push(count());
      setTimeout(done);
    }));
  });
  const things = () => all('.todo-list li, #todo-list li').length;
  const input = document.querySelector('.new-todo, #new-todo');
  await step(async () => {
    for (let at = 0; at < 100; at += 1) {
      set.call(input, 'Something to do ' + at);
      for (const name of ['input', 'change']) if (input.value) input.dispatchEvent(new Event(name, { bubbles: true }));
      await null;
      for (const name of ['keydown', 'keypress', 'keyup']) if (input.value) input.dispatchEvent(new KeyboardEvent(name, { key: 'Enter', keyCode: 13, charCode: 13, bubbles: true }));
      if (input.value) input.form?.dispatchEvent(new Event('submit', { cancelable: true }));
      await null;
    }
  }, things);
  await step(async () => {
    for (let at = 0; at < 100; at += 1) {
      all('.toggle')[at].click();
      await null;
    }
  }, () => all('.completed').length);
  await step(async () => {
    for (let at = 0; at < 100; at += 1) {
      document.querySelector('.destroy').click();
      await null;
    }
  }, things);
  return { counts: String(counts), took };
})()`;
/** So often: once is over too soon to be measured. With more, code that runs for the first time counts for less. */
const ROUNDS = Number(flag('--rounds') ?? 5);

const chosen = [bare, observer, ...(await arms()).filter(({ bench }) => bench)];
const judge = await Judge.open();

const serve = (route) => {
  const file = path.join(published, decodeURIComponent(new URL(route.request().url()).pathname));
  return fs.existsSync(file) ? route.fulfill({ path: file }) : route.fulfill({ status: 404 });
};

/** One of our own, or one that is published. */
async function app(name) {
  if (name.includes('.')) {
    const script = await bundled(name);
    return (page) => page.evaluate(script);
  }
  return async (page) => {
    await page.route('http://localhost:1/**', serve);
    await page.goto(`http://localhost:1/${name}/index.html`);
  };
}

async function measure(arm, set) {
  let took = 0;
  const opened = async (page) => {
    await set(page);
    await page.locator('.new-todo, #new-todo').waitFor();
  };
  const work = async (page) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const said = await inPage(page, WORK);
      if (said.counts !== '100,100,0') throw new Error(`the application counts ${said.counts}`);
      took += said.took;
    }
  };
  const { milliseconds } = await mirrored(judge, arm, opened, work);
  return { took, milliseconds };
}

const rows = [];
try {
  for (const name of apps) {
    const set = await app(name);
    const found = Object.fromEntries(chosen.map((arm) => [arm.name, []]));
    for (const arm of chosen) await measure(arm, set);
    for (let run = 0; run < runs; run += 1) for (const arm of chosen) found[arm.name].push(await measure(arm, set));
    const short = name.replace(/\..*/, '');
    for (const [what, unit] of [['took', 'score'], ['milliseconds', 'main']]) {
      const of = (arm) => median(found[arm].map((one) => one[what]));
      process.stderr.write(`${short}, ${unit}: ${chosen.map((arm) => `${arm.name} ${of(arm.name).toFixed(0)} ms`).join(', ')}\n`);
      rows.push(row(`${unit}-${short}`, 'score', Object.fromEntries(chosen.slice(1).map((arm) => [arm.name, of('bare') / of(arm.name)]))));
    }
  }
} finally {
  await judge.close();
}

const round = (number) => (number === null ? '-' : number.toFixed(3)).padStart(10);
for (const { id, ours, references } of rows) {
  console.log(`${id.padEnd(16)} ours ${round(ours)}   ${Object.entries(references).map(([name, figure]) => `${name} ${round(figure)}`).join('   ')}`);
}
writeJson('apps', rows, { runs });
