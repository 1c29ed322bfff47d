// How faithfully the mirror shows the corpus in tests/mirror/corpus: the same DOM, the same picture. Ours beside rrweb, every page with every
// arm in one run; and of ours, where pages are private by default, the same layout. ./dev bench fidelity [--json FILE] [--only NAME] [--arm NAME[,NAME]]
// `--only` takes a regular expression; `--arm perfect` and `--arm nothing` check the judge itself. Pictures: tests/e2e/report/fidelity/.

import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { privately } from '../mirror/arms/ours.mjs';
import { arms, corpus, Judge, layoutMisses, misses } from '../mirror/judge.mjs';
import { flag, row, writeJson } from './report/report.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Pages judged at the same time. */
const LANES = Math.min(3, os.cpus().length);
/** They try the judge, not a mirror. */
const CONTROLS = ['perfect', 'nothing'];

const wanted = flag('--arm')?.split(',');
const chosen = (await arms()).filter(({ name }) => (wanted ? wanted.includes(name) : !CONTROLS.includes(name)));
const pages = corpus().filter(({ name }) => new RegExp(flag('--only') ?? '').test(name));
if (!chosen.length || !pages.length) throw new Error('no such arm or page');

const report = path.join(root, 'tests/e2e/report/fidelity');
fs.mkdirSync(report, { recursive: true });

const judge = await Judge.open();
const verdicts = [];
const layouts = [];
try {
  const isOurs = chosen.some(({ name }) => name === 'ours');
  const queue = pages.flatMap((entry) => [...chosen, ...(isOurs ? [privately] : [])].map((arm) => [entry, arm]));
  const total = queue.length;
  const lane = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const isLayout = next[1] === privately;
      const { sourcePicture, replicaPicture, ...verdict } = await (isLayout ? judge.layout(...next) : judge.verdict(...next));
      for (const [side, image] of Object.entries({ source: sourcePicture, replica: replicaPicture })) {
        if (image) fs.writeFileSync(path.join(report, `${verdict.page}.${verdict.arm}.${side}.png`), image);
      }
      (isLayout ? layouts : verdicts).push(verdict);
      if (process.stderr.isTTY) process.stderr.write(`\r${verdicts.length + layouts.length} of ${total} `);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
} finally {
  await judge.close();
}

verdicts.sort((one, other) => (one.page + one.arm < other.page + other.arm ? -1 : 1));
/** A recorder that changes the page that it records is at fault too; only beside `perfect`, which records nothing, can that be told. */
const untouched = new Map(verdicts.filter(({ arm }) => arm === 'perfect').map(({ page, sourceDigest }) => [page, sourceDigest]));
for (const { page, arm, dom, pixels, share, difference, uncaught, sourceDigest } of verdicts) {
  const isDisturbed = sourceDigest && untouched.has(page) && untouched.get(page) !== sourceDigest;
  const notes = [difference, isDisturbed && '(the recorder changed the page)', uncaught && `(page error: ${uncaught})`].filter(Boolean).join(' ');
  console.log([page.padEnd(32), arm.padEnd(8), dom ? 'same' : 'DIFF', `${(share * 100).toFixed(2).padStart(6)} %`, pixels ? '    ' : 'DIFF', notes.slice(0, 300)].join(' ').trimEnd());
}

const share = (arm, key) => {
  const own = verdicts.filter((verdict) => verdict.arm === arm);
  return own.filter((verdict) => verdict[key]).length / own.length;
};
console.log();
for (const { name } of chosen) {
  const own = verdicts.filter(({ arm }) => arm === name);
  const both = own.filter(({ dom, pixels }) => dom && pixels).length;
  console.log(`${name}: ${own.length} pages, dom-equal ${(share(name, 'dom') * 100).toFixed(1)} %, pixel-equal ${(share(name, 'pixels') * 100).toFixed(1)} %, both ${both}`);
}

const reasons = misses();
for (const { page, arm, dom, pixels } of verdicts) {
  if (arm !== 'ours') continue;
  if (!dom || !pixels) console.log(`miss: ${page} - ${reasons[page]?.reason ?? 'NOT LISTED in misses.json'}`);
  else if (reasons[page]) console.log(`shown, and listed as a miss: ${page}`);
}

// The worst first.
const reasonsOfLayout = layoutMisses();
const part = ({ differences, elements }) => (elements ? differences.length / elements : 1);
for (const verdict of layouts.filter(({ layout }) => !layout).sort((one, other) => part(other) - part(one))) {
  const { page, differences, details = differences, elements } = verdict;
  console.log(`layout: ${page}, ${differences.length} of ${elements} elements - ${reasonsOfLayout[page]?.reason ?? 'NOT LISTED in layout-misses.json'} (${details[0]})`);
}
const kept = layouts.filter(({ layout }) => layout).length;
if (layouts.length) console.log(`ours, private by default: ${layouts.length} pages, layout kept ${((kept / layouts.length) * 100).toFixed(1)} %, ${kept}`);

const escape = (text) => String(text ?? '').replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
fs.writeFileSync(path.join(report, 'index.html'), `<!doctype html><meta charset="utf-8"><title>Fidelity</title>
<style>body { font: 14px sans-serif; margin: 20px } table { border-collapse: collapse } td { border-top: 1px solid #ccc; padding: 6px; vertical-align: top; max-width: 420px; overflow-wrap: anywhere }
.no { background: #fdd } img { width: 320px; border: 1px solid #888 }</style>
<h1>Fidelity</h1><p>Left: the visitor's page. Right: its replica.</p><table>${verdicts.map((verdict) => `
<tr class="${verdict.dom && verdict.pixels ? '' : 'no'}"><td><b>${escape(verdict.page)}</b><br>${escape(verdict.trait)}<td>${escape(verdict.arm)}<td>dom ${verdict.dom ? 'same' : 'differs'}<br>pixels ${(verdict.share * 100).toFixed(2)} %
<td>${['source', 'replica'].map((side) => `<img loading="lazy" src="${escape(encodeURIComponent(`${verdict.page}.${verdict.arm}.${side}.png`))}">`).join(' ')}<td>${escape(verdict.difference)}`).join('')}</table>`);

const rows = [['dom-equal', 'dom'], ['pixel-equal', 'pixels']].map(([id, key]) => (
  row(id, 'share of the corpus', Object.fromEntries(chosen.map(({ name }) => [name, share(name, key)])))));
if (layouts.length) rows.push(row('layout-kept-private', 'share of the corpus', { ours: kept / layouts.length }));
writeJson('fidelity', rows, { pages: pages.length });
if (wanted?.includes('perfect') && share('perfect', 'dom') < 1) process.exitCode = 1;
