import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkImports } from '../build.mjs';

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
