// Opens the visitor's page a second time and makes the same edits: the judge must pass it everywhere, or the page is not deterministic.

import { rest, runSteps } from '../judge.mjs';

export const name = 'perfect';
export const device = 'visitor';
export const record = () => null;
export const take = () => null;

export async function replay(page, _, { url }) {
  page.on('dialog', (dialog) => dialog.dismiss().catch(() => {}));
  await page.goto(url);
  await rest(page);
  await runSteps(page);
  return null;
}
