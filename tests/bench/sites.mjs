// How faithfully the mirror shows pages that others have published: dashboards, forms, charts, editors, calendars and slides, made with Bootstrap,
// jQuery and some sixty plug-ins. The same judge as `./dev bench fidelity`, ours beside rrweb, every page with both in one run.
// ./dev bench sites [--json FILE] [--only REGEX] [--arm NAME[,NAME]]
// Sheets of sites that are not there (fonts) are judged by nobody. What differs stands in tests/e2e/report/sites/, with both pictures.

import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { arms, Judge, PIXEL_LIMIT, within } from '../mirror/judge.mjs';
import { flag, row, writeJson } from './report/report.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const packages = path.join(here, 'sites/node_modules');
const report = path.join(here, '../e2e/report/sites');

/** Where the pages of each package are, and which are none: parts of others, and charts that go on for ever. */
const SITES = { 'gentelella/dist': 'production/', 'material-dashboard': 'pages/', 'admin-lte': '(index|pages/|starter)', 'startbootstrap-sb-admin-2': '', 'reveal.js': 'demo' };
const NONE = /charts\/flot|\/node_modules\/|\/vendor\//;

/** Pages move when they have come: charts grow, messages fade. In milliseconds. */
const WAIT = 2_500;

/** Where plug-ins stand in admin-lte's pages, and where its own build takes them from. @type {Array<{from: string, to: string}>} */
const plugIns = Function(`${fs.readFileSync(path.join(packages, 'admin-lte/build/npm/Plugins.js'), 'utf8').replace(/module\.exports[^]*/, '')}; return Plugins`)()
  .sort((one, other) => other.to.length - one.to.length);

/** The file at a path: of the package whose pages are looked at, which is the site's root. */
let root = '';
function locate(pathname) {
  const found = within(root, pathname);
  if (found || !root.endsWith('admin-lte')) return found;
  const plugIn = plugIns.find(({ to }) => pathname.startsWith(`/${to}/`));
  if (!plugIn) return undefined;
  const rest = pathname.slice(plugIn.to.length + 1);
  const from = plugIn.from.replace(/^node_modules\//, '');
  return within(path.join(root, 'node_modules', from), rest) ?? within(path.join(packages, from), rest);
}

const only = new RegExp(flag('--only') ?? '');
const wanted = flag('--arm')?.split(',');
const chosen = (await arms()).filter(({ name }) => (wanted ? wanted.includes(name) : name === 'ours' || name === 'rrweb'));
fs.mkdirSync(report, { recursive: true });

/** All that differs but for sheets of sites that are not there. */
const differencesOf = (verdict) => verdict.differences.filter((one) => !one.endsWith('rule "(unreadable)" became nothing') && !one.endsWith('nothing became rule "(unreadable)"'));

const judge = await Judge.open(locate);
const verdicts = [];
try {
  for (const [site, pages] of Object.entries(SITES)) {
    root = path.join(packages, site);
    const files = fs.readdirSync(root, { recursive: true }).map((file) => file.replaceAll(path.sep, '/'))
      .filter((file) => file.endsWith('.html') && new RegExp(`^${pages}`).test(file) && !NONE.test(`/${file}`) && only.test(`${site}/${file}`)).sort();
    const queue = files.flatMap((file) => chosen.map((arm) => [file, arm]));
    const lane = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const [file, arm] = next;
        const verdict = await judge.verdict({ name: `${site}/${file}`, file, trait: '', flags: {}, hasClosedRoots: false, wait: WAIT }, arm);
        const differences = differencesOf(verdict);
        const dom = differences.length === 0;
        const pixels = verdict.share < PIXEL_LIMIT;
        verdicts.push({ page: verdict.page, arm: arm.name, dom, pixels });
        const base = path.join(report, `${verdict.page.replaceAll('/', '_')}.${arm.name}`);
        fs.writeFileSync(`${base}.txt`, differences.join('\n'));
        for (const side of ['source', 'replica']) if (verdict[`${side}Picture`]) fs.writeFileSync(`${base}.${side}.png`, verdict[`${side}Picture`]);
        console.log([verdict.page.padEnd(56), arm.name.padEnd(6), dom ? 'same' : 'DIFF', `${(verdict.share * 100).toFixed(2).padStart(6)} %`, pixels ? '    ' : 'DIFF', (differences[0] ?? '').slice(0, 240)].join(' ').trimEnd());
      }
    };
    await Promise.all(Array.from({ length: Math.min(3, os.cpus().length) }, lane));
  }
} finally {
  await judge.close();
}
if (!verdicts.length) throw new Error('no such arm or page');

const share = (arm, is) => {
  const own = verdicts.filter((verdict) => verdict.arm === arm);
  return Math.round((own.filter(is).length / own.length) * 1000) / 10;
};
const figures = (is) => Object.fromEntries(chosen.map(({ name }) => [name, share(name, is)]));
const rows = [
  row('sites-dom-equal', '%', figures(({ dom }) => dom)),
  row('sites-pixel-equal', '%', figures(({ pixels }) => pixels)),
  row('sites-both', '%', figures(({ dom, pixels }) => dom && pixels)),
];
console.log(`\n${new Set(verdicts.map(({ page }) => page)).size} pages`);
for (const { id, unit, ours, references } of rows) console.log(`${id.padEnd(20)} ${unit} ours ${ours ?? '-'} ${Object.entries(references).map(([name, figure]) => `${name} ${figure}`).join(' ')}`);
writeJson('sites', rows);
