// Builds a crate of a bench, and gives it as a classic script that puts its functions into one global.

import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { FEATURES } from '../../../js/build.mjs';
import { classic } from '../../mirror/arms/ours.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(here, '../../..');

/** @param {string} name of the folder in tests/bench @param {string} global */
export async function crateScript(name, global) {
  const target = path.join(process.env.CARGO_TARGET_DIR ?? path.join(root, 'target'), `bench-${name}`);
  const options = { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, CARGO_TARGET_DIR: target } };
  const manifest = path.join(here, '..', name, 'Cargo.toml');
  execFileSync('cargo', ['build', '--quiet', '--locked', '--release', '--target', 'wasm32-unknown-unknown', '--manifest-path', manifest], options);
  const out = fs.mkdtempSync(path.join(os.tmpdir(), 'alongside-bench-'));
  try {
    const binary = path.join(target, `wasm32-unknown-unknown/release/alongside_bench_${name.replaceAll('-', '_')}.wasm`);
    execFileSync('wasm-bindgen', ['--target', 'web', '--no-typescript', '--out-name', name, '--out-dir', out, binary], options);
    // As the artefacts: the optimiser saves calls between the two languages nothing, and all else a little.
    execFileSync(path.join(root, 'js/node_modules/.bin/wasm-opt'), ['-O3', ...FEATURES, path.join(out, `${name}_bg.wasm`), '-o', path.join(out, `${name}_bg.wasm`)], options);
    return await classic(name, global, out);
  } finally {
    fs.rmSync(out, { recursive: true });
  }
}
