// Records some pages of the corpus, for the fuzzer to begin with (./dev fuzz mirror): node tests/mirror/golden.mjs
//
// A file is what `tests/fuzz/targets/mirror.rs` reads: frames, each after its length; after a cut, the whole again.

import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as ours from './arms/ours.mjs';
import { corpus, Judge, runSteps } from './judge.mjs';

const PAGES = ['added-removed-one-batch', 'adopted-edited', 'canvas-2d', 'css-highlights', 'form-select-multiple', 'frame-srcdoc', 'nodes-moved', 'shadow-manual-slots', 'svg-camel-case'];

const golden = path.join(path.dirname(fileURLToPath(import.meta.url)), 'golden');
fs.mkdirSync(golden, { recursive: true });
const judge = await Judge.open();
try {
  for (const entry of corpus().filter(({ name }) => PAGES.includes(name))) {
    const page = await judge.browser.newPage();
    await ours.prepare(page, entry);
    await page.goto(`${judge.origins.site}/${entry.file}`);
    const handle = await ours.record(page, entry);
    await runSteps(page);
    const { frames } = await ours.take(handle);
    const again = await ours.again(handle);
    const parts = [...frames.split(' '), '', ...again.split(' ')].flatMap((text) => {
      const frame = Buffer.from(text, 'base64');
      const length = Buffer.alloc(4);
      length.writeUInt32LE(frame.length);
      return [length, frame];
    });
    fs.writeFileSync(path.join(golden, `${entry.name}.hex`), Buffer.concat(parts).toString('hex').replace(/.{1,120}/g, '$&\n'));
    await page.close();
  }
} finally {
  await judge.close();
}
