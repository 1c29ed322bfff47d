// How a busy agent's inbox feels: ./dev bench inbox [--json FILE] [--runs N]
// A desk with 20 open conversations, one of them of 10,000 messages: frames a second while it is scrolled back through by the wheel, and the
// main thread's time for switching to another conversation and for one message more. References: a page without anything to scroll, and one
// frame of a 60 Hz screen. It fills the hub's database with sqlite3.

import { execFileSync } from 'node:child_process';
import * as path from 'node:path';
import { AGENT, until, World } from '../e2e/harness.mjs';
import { frames } from './report/frames.mjs';
import { mainThread } from './report/main-thread.mjs';
import { median, row, wantedRuns, writeJson } from './report/report.mjs';

const runs = wantedRuns(3);
const MESSAGES = 10_000;
const CONVERSATIONS = 20;
/** Wheel turns of one run, so far in CSS pixels each. */
const TURNS = 120;
const FAR = 400;
const BEGAN = Date.now() - MESSAGES * 1_000;

const hex = (number, byte) => `x'${byte}${String(number).padStart(4, '0')}${'0'.repeat(26)}'`;

/** Conversations of the agent: the first is the long one. */
function* rows() {
  yield 'BEGIN;';
  for (let number = 1; number <= CONVERSATIONS; number += 1) {
    const [visitor, conversation, count] = [hex(number, 'aa'), hex(number, 'bb'), number === 1 ? MESSAGES : 40];
    yield `INSERT INTO thread (tenant, visitor, last_seq, delivered, read) VALUES ('demo', ${visitor}, ${count}, ${count}, ${count});`;
    yield `INSERT INTO conversation (tenant, id, visitor, stage, agent, agent_name, began, since, first_seq, last_seq, last_at, agent_delivered, agent_read)
      VALUES ('demo', ${conversation}, ${visitor}, 'open', '${AGENT.email}', 'Aki Agent', ${BEGAN}, ${BEGAN}, 1, ${count}, ${Date.now() - number * 1_000}, ${count}, ${count});`;
    for (let seq = 1; seq <= count; seq += 1) {
      const by = seq % 3 ? "'visitor', NULL, NULL" : `'agent', '${AGENT.email}', 'Aki Agent'`;
      yield `INSERT INTO entry (tenant, visitor, seq, id, conversation, at, author, agent, name, text)
        VALUES ('demo', ${visitor}, ${seq}, randomblob(16), ${conversation}, ${BEGAN + seq * 1_000}, ${by}, 'Message ${seq} of ${number}. ${'Some words of a line. '.repeat(seq % 5)}');`;
    }
  }
  yield 'COMMIT;';
}

const world = await World.begin();
const found = { bare: [], loading: [], scroll: [], toLong: [], toShort: [], one: [] };
try {
  await world.stopHub();
  execFileSync('sqlite3', [path.join(world.data, 'alongside.db')], { input: [...rows()].join('\n'), maxBuffer: 1 << 28 });
  await world.startHub();
  for (let run = 0; run < runs; run += 1) {
    const desk = await world.desk();
    found.bare.push(await frames(desk, { x: 600, y: 400, by: -FAR, turns: TURNS }));
    await desk.goto(`${world.hubUrl}/desk/#/inbox`);
    const list = desk.locator('.inbox .list a');
    await until('all are listed', async () => (await list.count()) === CONVERSATIONS);
    const open = async (number) => {
      await desk.locator(`.inbox .list a[href*=bb${String(number).padStart(4, '0')}]`).evaluate((link) => link.click());
      await desk.locator('.bubble', { hasText: ` of ${number}. ` }).first().waitFor();
      await desk.waitForTimeout(500);
    };
    const { time, sweep } = await mainThread(desk);
    const timed = async (work) => {
      await sweep();
      const before = await time();
      await work();
      return (await time()) - before;
    };
    await open(1);
    const { x, y, width, height } = await desk.locator('.thread .lines').boundingBox();
    found.loading.push(await frames(desk, { x: x + width / 2, y: y + height / 2, by: -FAR, turns: TURNS }));
    // All of it, as a patient agent would: then it is scrolled through without waiting for the hub.
    await until('the first message is there', async () => {
      await desk.locator('.thread .lines').evaluate((lines) => void (lines.scrollTop = 0));
      return (await desk.getByText('Message 1 of 1.', { exact: false }).count()) > 0;
    }, 240_000);
    found.scroll.push(await frames(desk, { x: x + width / 2, y: y + height / 2, by: FAR, turns: TURNS }));
    found.toShort.push(await timed(() => open(2)));
    found.toLong.push(await timed(() => open(1)));
    await desk.locator('.composer textarea[data-key=write]').fill('One message more.');
    found.one.push(
      await timed(async () => {
        await desk.keyboard.press('Enter');
        await desk.locator('.line.own .bubble', { hasText: 'One message more.' }).last().waitFor();
        await desk.waitForTimeout(500);
      }),
    );
    await desk.context().close();
  }
} finally {
  await world.end();
}
const rowsOut = [
  row('scroll-back-loading-fps', 'frames/s', { ours: median(found.loading), 'bare-page': median(found.bare) }),
  row('scroll-10k-fps', 'frames/s', { ours: median(found.scroll), 'bare-page': median(found.bare) }),
  row('switch-to-short', 'ms', { ours: median(found.toShort) }),
  row('switch-to-10k', 'ms', { ours: median(found.toLong) }),
  row('append-10k', 'ms', { ours: median(found.one), frame: 1000 / 60 }),
];
for (const { id, unit, ours, references } of rowsOut) {
  console.log(`${id.padEnd(26)}${ours.toFixed(1).padStart(8)} ${unit}   ${Object.entries(references).map(([name, value]) => `${name} ${value.toFixed(1)}`).join('   ')}`);
}
writeJson('inbox', rowsOut);
