import assert from 'node:assert/strict';
import * as path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { checkImports } from '../build.mjs';

const js = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** The files that an artefact is made of. */
async function parts(entry) {
  const { metafile } = await build({ absWorkingDir: js, entryPoints: [entry], bundle: true, format: 'esm', write: false, metafile: true, outdir: 'out', external: ['alongside-wasm', './extras.js', './words-ja.js', './words-ko.js', './mirror.js', './act.js', './replay.js'] });
  return Object.keys(metafile.inputs).filter((name) => name.startsWith('messenger/'));
}

test('what is fetched later is not in the messenger as well', async () => {
  const first = new Set(await parts('messenger.js'));
  assert.ok(first.has('messenger/panel.js'), [...first].join());
  // Both need to say what a message says, and who is there.
  assert.deepEqual((await parts('extras.js')).filter((name) => first.has(name)).sort(), ['messenger/face.js', 'messenger/rich.js']);
});

/** A wasm module with one imported function. */
function importing(module) {
  const name = [module.length, ...Buffer.from(module)];
  const section = [1, ...name, 1, 102, 0, 0];
  return Uint8Array.from([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 2, section.length, ...section]);
}

test('an import that no browser provides fails the build', () => {
  assert.throws(() => checkImports(importing('env'), 'core'), /imports from env/);
  assert.throws(() => checkImports(importing('./desk_bg.js'), 'core'), /desk_bg/);
  checkImports(importing('./core_bg.js'), 'core');
});
