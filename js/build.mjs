// Builds the artefacts: node build.mjs [loader|core|engage|messenger|framed|inside|extras|words-ja|words-ko|mirror|act|replay|desk|all] [--json FILE]
// Fails when an artefact is over its budget or imports what no browser has.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const js = path.dirname(fileURLToPath(import.meta.url));
const root = path.dirname(js);
const dist = path.join(js, 'dist');
const desk = path.join(root, 'examples/desk/dist');

/** Brotli bytes that a visitor may have to download. The design's budgets. */
export const BUDGETS = { loader: 2_000, core: 45_000, engage: 80_000, messenger: 82_000, framed: 12_000, inside: 4_000, frame: 48_000, extras: 25_000, 'words-ja': 6_000, 'words-ko': 6_000, mirror: 110_000, act: 15_000, desk: 700_000 };

const FILES = {
  loader: [path.join(dist, 'alongside.js')],
  core: [path.join(dist, 'core.js'), path.join(dist, 'core_bg.wasm')],
  engage: [path.join(dist, 'engage.js'), path.join(dist, 'engage_bg.wasm')],
  messenger: [path.join(dist, 'messenger.js'), path.join(dist, 'messenger_bg.wasm')],
  framed: [path.join(dist, 'framed.js')],
  inside: [path.join(dist, 'inside.js')],
  frame: [path.join(dist, 'frame.js'), path.join(dist, 'core_bg.wasm')],
  extras: [path.join(dist, 'extras.js')],
  'words-ja': [path.join(dist, 'words-ja.js')],
  'words-ko': [path.join(dist, 'words-ko.js')],
  mirror: [path.join(dist, 'mirror.js'), path.join(dist, 'mirror_bg.wasm')],
  act: [path.join(dist, 'act.js')],
  desk: [path.join(desk, 'desk.js'), path.join(desk, 'desk_bg.wasm')],
};

/** All scripts of this folder that an artefact may hold. */
const scripts = () =>
  [js, path.join(js, 'host'), path.join(js, 'mirror'), path.join(js, 'cobrowse'), path.join(js, 'messenger'), path.join(js, 'frame'), path.join(js, 'surface')].flatMap((folder) => fs.readdirSync(folder).filter((name) => name.endsWith('.js')).map((name) => path.join(folder, name)));

function run(command, args, { cwd = root, env = process.env } = {}) {
  const result = spawnSync(command, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] });
  if (result.error?.code === 'ENOENT') throw new Error(`${command} is not installed: run ./dev setup`);
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')} failed`);
}

async function step(name, work) {
  const start = Date.now();
  process.stdout.write(`${name} ... `);
  const said = await work();
  console.log(`${said ?? 'done'} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
}

/** Names of the modules that a wasm binary imports from. */
export function importedModules(bytes) {
  return new Set(WebAssembly.Module.imports(new WebAssembly.Module(bytes)).map((entry) => entry.module));
}

/** What rustc's wasm target uses today; every browser of the last three years has it. */
export const FEATURES = ['bulk-memory', 'bulk-memory-opt', 'multivalue', 'mutable-globals', 'nontrapping-float-to-int', 'reference-types', 'sign-ext']
  .map((feature) => `--enable-${feature}`);

/** Every import must come from the glue beside the binary: anything else fails in the browser only. */
export function checkImports(bytes, glue) {
  const strange = [...importedModules(bytes)].filter((module) => module !== `./${glue}_bg.js` && module !== 'alongside-painter');
  if (strange.length > 0) throw new Error(`the wasm imports from ${strange.join(', ')}, which no browser provides`);
}

/** What is fetched by itself. */
const APART = ['./engage.js', './messenger.js', './mirror.js', './act.js', './extras.js', './words-ja.js', './words-ko.js', './replay.js'];

/** One minified module of `entry` and all that it imports; `alongside-wasm` is the glue. */
async function bundle(entry, glue, outfile) {
  await build({ entryPoints: [entry], alias: { 'alongside-wasm': glue, 'alongside-painter': path.join(js, 'mirror/painter.js') }, bundle: true, minify: true, format: 'esm', target: 'es2022', outfile, absWorkingDir: js, external: APART, logLevel: 'warning' });
}

/**
 * What an artefact is optimised for: the name of its cargo profile, what LLVM is told, and how wasm-opt is called. Inlined as much as LLVM would, the
 * mirror was 4 kB larger and no faster.
 */
const SMALL = { profile: 'wasm-release', llvm: '', optimization: ['-Oz', '--converge'] };
const FAST = { profile: 'wasm-fast', llvm: '-Cllvm-args=-inline-threshold=60 ', optimization: ['-O3'] };

/**
 * cargo, wasm-bindgen, wasm-opt: one cargo call for each artefact, because cargo unifies features within a call. `entry` is
 * the JavaScript around the glue, where there is some; `others`: names of scripts that are around the same glue, for the same wasm.
 */
async function wasm(name, cargoArgs, library, out, entry, { profile, llvm, optimization } = SMALL, others = []) {
  const flags = ['--profile', profile, '--target', 'wasm32-unknown-unknown', '--locked'];
  // What visitors download names no folder of the machine that built it.
  const home = process.env.CARGO_HOME ?? path.join(os.homedir(), '.cargo');
  // A folder for each: with one for all, cargo takes each artefact's features for a change of the other's, and builds both anew.
  const target = path.join(process.env.CARGO_TARGET_DIR ?? path.join(root, 'target'), name);
  const env = { ...process.env, CARGO_TARGET_DIR: target, RUSTFLAGS: `${llvm}--remap-path-prefix=${home}=/cargo --remap-path-prefix=${root}=/alongside` };
  await step(`${name}: cargo build (a minute when new)`, () => run('cargo', ['build', '--quiet', ...flags, ...cargoArgs], { env }));
  const binary = path.join(target, 'wasm32-unknown-unknown', profile, library);
  const stamp = path.join(out, `.${name}.sha256`);
  const optimizer = path.join(js, 'node_modules/.bin/wasm-opt');
  const sources = [binary, fileURLToPath(import.meta.url), ...scripts()];
  const digest = sources.reduce((hash, file) => hash.update(fs.readFileSync(file)), createHash('sha256'))
    .update(String(spawnSync('wasm-bindgen', ['--version']).stdout)).digest('hex');
  const finished = path.join(out, `${name}_bg.wasm`);
  if (fs.existsSync(finished) && fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === digest) {
    console.log(`${name}: unchanged`);
    return;
  }
  const work = fs.mkdtempSync(path.join(os.tmpdir(), 'alongside-build-'));
  fs.mkdirSync(out, { recursive: true });
  try {
    await step(`${name}: wasm-bindgen`, () =>
      run('wasm-bindgen', ['--target', 'web', '--no-typescript', '--remove-name-section', '--remove-producers-section',
        '--out-name', name, '--out-dir', work, binary]));
    await step(`${name}: wasm-opt`, () =>
      run(optimizer, [...optimization, ...FEATURES, '--strip-debug', '--strip-producers', '--strip-target-features',
        path.join(work, `${name}_bg.wasm`), '-o', path.join(work, 'small.wasm')]));
    const glue = path.join(work, `${name}.js`);
    await bundle(entry ?? glue, glue, path.join(work, 'small.js'));
    for (const other of others) await bundle(path.join(js, `${other}.js`), glue, path.join(out, `${other}.js`));
    checkImports(fs.readFileSync(path.join(work, 'small.wasm')), name);
    fs.copyFileSync(path.join(work, 'small.wasm'), finished);
    fs.copyFileSync(path.join(work, 'small.js'), path.join(out, `${name}.js`));
    fs.writeFileSync(stamp, digest);
  } finally {
    fs.rmSync(work, { recursive: true });
  }
}

/** An artefact without wasm. @param {string} name */
const script = (name) =>
  step(name, async () => {
    await build({ entryPoints: [`${name}.js`], bundle: true, minify: true, format: 'esm', target: 'es2022', outfile: `dist/${name}.js`, absWorkingDir: js, external: APART });
  });

const ARTEFACTS = {
  loader: () =>
    step('loader', async () => {
      const common = { bundle: true, minify: true, target: 'es2022', absWorkingDir: js };
      await build({ ...common, entryPoints: ['loader.js'], format: 'iife', outfile: 'dist/alongside.js' });
      await build({ ...common, entryPoints: ['index.js'], format: 'esm', outfile: 'dist/index.js', external: ['./core.js', './framed.js', './inside.js'] });
      await build({ ...common, bundle: false, entryPoints: ['snippet.js'], outfile: 'dist/snippet.js' });
      fs.copyFileSync(path.join(js, 'index.d.ts'), path.join(dist, 'index.d.ts'));
    }),
  core: () => wasm('core', ['-p', 'alongside', '--no-default-features', '--features', 'core'], 'alongside.wasm', dist, path.join(js, 'core.js'), SMALL, ['frame']),
  engage: () =>
    wasm('engage', ['-p', 'alongside', '--no-default-features', '--features', 'engage'], 'alongside.wasm', dist, path.join(js, 'engage.js')),
  messenger: () =>
    wasm('messenger', ['-p', 'alongside', '--no-default-features', '--features', 'messenger'], 'alongside.wasm', dist, path.join(js, 'messenger.js')),
  mirror: () =>
    wasm('mirror', ['-p', 'alongside', '--no-default-features', '--features', 'mirror'], 'alongside.wasm', dist, path.join(js, 'mirror.js'), FAST),
  framed: () => script('framed'),
  inside: () => script('inside'),
  extras: () => script('extras'),
  'words-ja': () => script('words-ja'),
  'words-ko': () => script('words-ko'),
  act: () => script('act'),
  replay: () =>
    wasm('replay', ['-p', 'alongside', '--no-default-features', '--features', 'replay'], 'alongside.wasm', dist, path.join(js, 'replay.js')),
  desk: async () => {
    await wasm('desk', ['-p', 'alongside-desk'], 'alongside-desk.wasm', desk);
    fs.cpSync(path.join(root, 'examples/desk/static'), desk, { recursive: true });
  },
};

/** Subresource Integrity of each file that a page may name. */
function integrity() {
  const names = fs.readdirSync(dist).filter((name) => /\.(js|wasm)$/.test(name)).sort();
  const hash = (name) => 'sha384-' + createHash('sha384').update(fs.readFileSync(path.join(dist, name))).digest('base64');
  const table = Object.fromEntries(names.map((name) => [name, hash(name)]));
  fs.writeFileSync(path.join(dist, 'sri.json'), JSON.stringify(table, null, 2) + '\n');
  for (const [name, value] of Object.entries(table)) console.log(`  ${name.padEnd(14)} ${value}`);
}

/** Sizes of what is built, beside the budgets. */
export function sizes() {
  return Object.entries(FILES)
    .filter(([, files]) => files.every((file) => fs.existsSync(file)))
    .map(([id, files]) => {
      const sum = (measure) => files.reduce((total, file) => total + measure(fs.readFileSync(file)), 0);
      const brotli = sum((bytes) => brotliCompressSync(bytes).length);
      return { id, raw: sum((bytes) => bytes.length), gzip: sum((bytes) => gzipSync(bytes, { level: 9 }).length), brotli };
    });
}

function report(json) {
  const rows = sizes();
  console.log('artefact      raw      gzip    brotli    budget');
  for (const { id, raw, gzip, brotli } of rows) {
    const cells = [raw, gzip, brotli, BUDGETS[id]].map((number) => String(number).padStart(9));
    const over = brotli - BUDGETS[id];
    console.log(`${id.padEnd(9)}${cells.join(' ')}  ${over > 0 ? `OVER BUDGET by ${over}` : 'ok'}`);
  }
  if (json) {
    const machine = { cpu: os.cpus()[0]?.model, cores: os.cpus().length, memory: os.totalmem(), node: process.version };
    const entries = rows.map(({ id, brotli }) => ({
      id,
      unit: 'bytes brotli',
      ours: brotli,
      references: { budget: BUDGETS[id] },
      ratios: { budget: brotli / BUDGETS[id] },
    }));
    fs.writeFileSync(json, JSON.stringify({ bench: 'size', machine, rows: entries }, null, 2) + '\n');
  }
  const over = rows.filter(({ id, brotli }) => brotli > BUDGETS[id]).map(({ id }) => id);
  if (over.length > 0) throw new Error(`too large: ${over.join(', ')}`);
}

async function main([what = 'all', ...flags]) {
  const json = flags.includes('--json') ? flags[flags.indexOf('--json') + 1] : undefined;
  const names = what === 'all' || what === 'size' ? Object.keys(ARTEFACTS) : [what];
  if (!names.every((name) => name in ARTEFACTS)) throw new Error(`unknown artefact ${what}: ${Object.keys(ARTEFACTS).join(', ')}, all`);
  if (what !== 'size') {
    fs.mkdirSync(dist, { recursive: true });
    for (const name of names) await ARTEFACTS[name]();
    integrity();
  }
  report(json);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(process.argv.slice(2)).catch((error) => {
    console.error(`build: ${error.message}`);
    process.exitCode = 1;
  });
}
