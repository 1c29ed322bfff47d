// How a long conversation feels: ./dev bench messenger [--json FILE] [--runs N]
// A thread of 10,000 messages in the messenger's panel: frames a second while it is scrolled through by the wheel, and the main thread's time
// for one message more. References: the same page's frames a second without the panel, and one frame of a 60 Hz screen.

import { Site } from '../e2e/messenger-page.mjs';
import { frames } from './report/frames.mjs';
import { mainThread } from './report/main-thread.mjs';
import { median, row, wantedRuns, writeJson } from './report/report.mjs';

const runs = wantedRuns(5);
const MESSAGES = 10_000;
/** Wheel turns of one run, so far in CSS pixels each. */
const TURNS = 60;
const FAR = 400;

const rows = Array.from({ length: MESSAGES }, (_, index) => ({
  key: `m${index}`, after: index ? `m${index - 1}` : null, kind: 'message', at: 1_795_238_400_000 + index * 60_000, author: index % 3 ? 'visitor' : 'agent',
  name: index % 3 ? null : 'Aki', isFirst: true, isLast: true, state: index % 3 ? 'read' : null, reason: null, retryAfter: null,
  blocks: [{ p: [{ text: `Message ${index}. ${'Some words of a line. '.repeat(index % 5)}` }] }],
}));

const site = await Site.begin();
const found = { scroll: [], bare: [], one: [], all: [] };
try {
  for (let run = 0; run < runs; run += 1) {
    const bare = await site.page();
    found.bare.push(await frames(bare, { x: 300, y: 300, by: FAR, turns: TURNS }));
    await bare.context().close();
    const page = await site.opened({ change: {} });
    const { time, sweep } = await mainThread(page);
    const before = await time();
    await page.update({ rows });
    await page.waitForTimeout(500);
    found.all.push((await time()) - before);
    const { x, y, width, height } = await page.locator('[part~=transcript]').boundingBox();
    found.scroll.push(await frames(page, { x: x + width / 2, y: y + height / 2, by: -FAR, turns: TURNS }));
    await sweep();
    const beforeOne = await time();
    const last = { ...rows.at(-1), key: 'one-more', after: rows.at(-1).key, author: 'agent', name: 'Aki', state: null };
    await page.update({ rows: [last] });
    await page.waitForTimeout(500);
    found.one.push((await time()) - beforeOne);
    await page.context().close();
  }
} finally {
  await site.end();
}
const rowsOut = [
  row('scroll-fps', 'frames/s', { ours: median(found.scroll), 'bare-page': median(found.bare) }),
  row('append-10k', 'ms', { ours: median(found.one), frame: 1000 / 60 }),
  row('draw-10k', 'ms', { ours: median(found.all) }),
];
for (const { id, unit, ours, references } of rowsOut) {
  console.log(`${id.padEnd(14)}${ours.toFixed(1).padStart(8)} ${unit}   ${Object.entries(references).map(([name, value]) => `${name} ${value.toFixed(1)}`).join('   ')}`);
}
writeJson('messenger', rowsOut);
