// What a running mirror costs while the page changes: added main-thread time and bytes, for six workloads. Ours beside rrweb, beside an
// observer that does nothing, and beside the same page without a recorder, interleaved. ./dev bench mutations [--json FILE] [--runs N] [--only WORKLOAD]
// Time is the main thread's own CPU time, so that a busy machine does not change it. Bytes are what the arm would send (for rrweb: its
// events as JSON), from the first mutation on.

import { Judge, arms, inPage } from '../mirror/judge.mjs';
import { WORKLOADS } from '../mirror/workloads.mjs';
import { bare, mirrored, observer } from './report/main-thread.mjs';
import { flag, median, row, wantedRuns, writeJson } from './report/report.mjs';

const runs = wantedRuns(5);
const chosen = [bare, observer, ...(await arms()).filter(({ bench }) => bench)];
const workloads = Object.entries(WORKLOADS).filter(([name]) => name.includes(flag('--only') ?? ''));

const judge = await Judge.open();

const measure = (arm, { before, work }) =>
  mirrored(judge, arm, (page) => page.evaluate(before), (page) => inPage(page, `(${work.toString().replace(/^work/, 'function work')})()`));

const results = {};
try {
  for (const [name, workload] of workloads) {
    results[name] = Object.fromEntries(chosen.map((arm) => [arm.name, []]));
    for (const arm of chosen) await measure(arm, workload);
    for (let run = 0; run < runs; run += 1) {
      for (const arm of chosen) results[name][arm.name].push(await measure(arm, workload));
    }
    const shown = chosen.map((arm) => `${arm.name} ${median(results[name][arm.name].map(({ milliseconds }) => milliseconds)).toFixed(1)} ms`);
    process.stderr.write(`${name}: ${shown.join(', ')}\n`);
  }
} finally {
  await judge.close();
}

const of = (workload, arm, key) => median(results[workload][arm].map((result) => result[key]));
const names = chosen.slice(1).map(({ name }) => name);
/** It tells nobody. */
const withoutObserver = ({ observer: _, ...rest }) => rest;
const figures = (value) => Object.fromEntries(names.map((name) => [name, value(name)]));
const rows = [
  ...workloads.map(([name]) => row(`time-${name}`, 'ms', figures((arm) => Math.max(0, of(name, arm, 'milliseconds') - of(name, 'bare', 'milliseconds'))))),
  ...workloads.map(([name]) => row(`bytes-${name}`, 'bytes', withoutObserver(figures((arm) => of(name, arm, 'bytes'))))),
];

const round = (number) => (number === null ? '-' : String(Math.round(number * 100) / 100)).padStart(12);
const others = names.filter((name) => name !== 'ours');
console.log(`${''.padEnd(18)}${['ours', ...others].map((name) => name.padStart(13)).join('')}`);
for (const { id, ours, references } of rows) console.log(`${id.padEnd(18)} ${[ours, ...others.map((name) => references[name] ?? null)].map(round).join(' ')}`);
writeJson('mutations', rows, { runs });
