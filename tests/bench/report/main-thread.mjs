// The main thread's own time, so that a busy machine does not change it, and what a running mirror takes of it.

import { inPage } from '../../mirror/judge.mjs';

/** So long after a page was set up, and after its work, what an arm has put off is done; in milliseconds. */
const DRAIN = 400;

/** Without a recorder. */
export const bare = { name: 'bare', bench: { start: () => {}, bytes: () => 0 } };

const OBSERVE = 'new MutationObserver(() => {}).observe(document, { subtree: true, childList: true, attributes: true, characterData: true }), 0';
/** An observer of the browser's that does nothing: nobody who is told of changes comes below it. */
export const observer = { name: 'observer', bench: { ...bare.bench, start: (page) => inPage(page, OBSERVE) } };

/** From now on: `time` is in milliseconds, `sweep` collects what is no longer used. @param {import('playwright-core').Page} page */
export async function mainThread(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return {
    time: async () => (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration').value * 1000,
    sweep: () => session.send('HeapProfiler.collectGarbage'),
  };
}

/**
 * What work takes in a page that an arm mirrors: milliseconds of the main thread, and bytes that the arm would send of it.
 * @param {(page: import('playwright-core').Page) => Promise<unknown>} set makes the page, before the arm is started
 * @param {(page: import('playwright-core').Page) => Promise<unknown>} work
 */
export async function mirrored(judge, { bench }, set, work) {
  const context = await judge.browser.newContext();
  try {
    const page = await context.newPage();
    await bench.prepare?.(page);
    await page.goto(`${judge.origins.agent}/replica`);
    await set(page);
    await bench.start(page);
    const { time, sweep } = await mainThread(page);
    await page.waitForTimeout(DRAIN);
    await sweep();
    const bytesBefore = await bench.bytes(page);
    const timeBefore = await time();
    await work(page);
    await page.waitForTimeout(DRAIN);
    await bench.settled?.(page);
    const milliseconds = (await time()) - timeBefore;
    return { milliseconds, bytes: (await bench.bytes(page)) - bytesBefore };
  } finally {
    await context.close();
  }
}
