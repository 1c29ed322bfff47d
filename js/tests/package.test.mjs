// The packed package, installed for real: by a bundler's user, and by a type checker.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const js = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const app = fs.mkdtempSync(path.join(os.tmpdir(), 'alongside-app-'));

before(() => {
  assert.ok(fs.existsSync(path.join(js, 'dist/core_bg.wasm')), 'build first: ./dev build');
  const packed = JSON.parse(execFileSync('npm', ['pack', '--json', '--pack-destination', app], { cwd: js, encoding: 'utf8' }));
  const [{ filename, files }] = Array.isArray(packed) ? packed : Object.values(packed);
  const names = files.map((file) => file.path).sort();
  assert.ok(!names.some((name) => name.includes('tests') || name.endsWith('.rs')), names.join());
  for (const name of ['dist/alongside.js', 'dist/core.js', 'dist/core_bg.wasm', 'dist/index.d.ts', 'dist/index.js', 'package.json']) {
    assert.ok(names.includes(name), `${name} is packed`);
  }
  fs.writeFileSync(path.join(app, 'package.json'), '{"name":"app","private":true,"type":"module"}');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', `./${filename}`], { cwd: app, stdio: 'pipe' });
});
after(() => fs.rmSync(app, { recursive: true }));

test('a bundler finds the core and the wasm file', async () => {
  fs.writeFileSync(path.join(app, 'main.js'), "import { start } from 'alongside-sdk';\nwindow.start = start;\n");
  const { outputFiles, errors } = await build({
    absWorkingDir: app,
    entryPoints: ['main.js'],
    bundle: true,
    splitting: true,
    format: 'esm',
    outdir: 'out',
    write: false,
    logLevel: 'silent',
  });
  assert.deepEqual(errors, []);
  assert.ok(outputFiles.length >= 2, 'the core is a chunk of its own');
  assert.ok(outputFiles.some(({ text }) => text.includes('core_bg.wasm')));
});

test('importing does nothing, also without a page', async () => {
  const script = "import { start } from 'alongside-sdk'; try { start({}) } catch (error) { console.log(error.code) }";
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: app, encoding: 'utf8' });
  assert.equal(said, 'no-page\n');
});

test('the types are found by a consumer', () => {
  fs.writeFileSync(
    path.join(app, 'main.ts'),
    "import { start } from 'alongside-sdk';\nconst alongside = start({ deployment: 'demo', hub: 'https://h.example' });\nvoid alongside('status').then(({ queued }) => queued + 1);\n",
  );
  const flags = ['--strict', '--noEmit', '--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler', '--lib', 'es2022,dom', 'main.ts'];
  execFileSync(path.join(js, 'node_modules/.bin/tsc'), flags, { cwd: app, stdio: 'inherit' });
});
