// Builds the crate beside this file, and gives it as a classic script: `__webSys.walk()` reads the page it is in.

import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { FEATURES } from '../../../js/build.mjs';
import { classic } from '../../mirror/arms/ours.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(here, '../../..');

export async function webSysWalk() {
  const target = path.join(process.env.CARGO_TARGET_DIR ?? path.join(root, 'target'), 'bench-web-sys');
  const options = { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, CARGO_TARGET_DIR: target } };
  execFileSync('cargo', ['build', '--quiet', '--locked', '--release', '--target', 'wasm32-unknown-unknown', '--manifest-path', path.join(here, 'Cargo.toml')], options);
  const out = fs.mkdtempSync(path.join(os.tmpdir(), 'alongside-bench-'));
  try {
    const binary = path.join(target, 'wasm32-unknown-unknown/release/alongside_bench_web_sys.wasm');
    execFileSync('wasm-bindgen', ['--target', 'web', '--no-typescript', '--out-name', 'web-sys', '--out-dir', out, binary], options);
    // As the artefacts: the optimiser saves calls between the two languages nothing, and all else a little.
    execFileSync(path.join(root, 'js/node_modules/.bin/wasm-opt'), ['-O3', ...FEATURES, path.join(out, 'web-sys_bg.wasm'), '-o', path.join(out, 'web-sys_bg.wasm')], options);
    return await classic('web-sys', '__webSys', out);
  } finally {
    fs.rmSync(out, { recursive: true });
  }
}
