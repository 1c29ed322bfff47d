// The mirror in a real browser: traits of pages that it shows stay shown. What it must not show is `leak.test.mjs`.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import * as ours from '../mirror/arms/ours.mjs';
import { corpus, Judge } from '../mirror/judge.mjs';
import { root } from './harness.mjs';

/** Pages judged at the same time. */
const LANES = 2;

test('every trait that the mirror has shown is shown', async () => {
  const shown = JSON.parse(fs.readFileSync(path.join(root, 'tests/mirror/shown.json'), 'utf8'));
  const queue = corpus().filter(({ name }) => shown.includes(name));
  assert.equal(queue.length, shown.length, 'every page of shown.json is in the corpus');
  const judge = await Judge.open();
  const lost = [];
  try {
    const judged = async (entry) => {
      const { dom, pixels, share, difference } = await judge.verdict(entry, ours);
      return dom && pixels ? '' : `${entry.name}: ${(share * 100).toFixed(2)} % of the picture, ${difference}`;
    };
    const lane = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        // Fonts and frames come when the machine has time: a page is judged once more before it counts.
        const fault = (await judged(next)) && (await judged(next));
        if (fault) lost.push(fault);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  } finally {
    await judge.close();
  }
  assert.deepEqual(lost, []);
});
