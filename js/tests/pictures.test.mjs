// What stands in a replica's styles for pictures: a badge for one that nobody may read, where it would be shown.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { KINDS } from '../mirror/asset-kinds.js';
import { badgeDrawing } from '../mirror/badges.js';
import { Pictures, withAddresses } from '../mirror/pictures.js';

const SVG = KINDS.indexOf('image/svg+xml');

/** Styles as they are shown, where this drawing is at `https://a.test/a`. */
async function shown(drawing, css) {
  const pictures = new Pictures();
  const bytes = new TextEncoder().encode(drawing);
  const hash = createHash('sha256').update(bytes).digest('hex');
  pictures.offer('https://a.test/a', hash);
  await pictures.keep(hash, SVG, bytes);
  const own = `data:image/svg+xml;base64,${Buffer.from(bytes).toString('base64')}`;
  return withAddresses(css, (address, property) => pictures.resolved(address, '', () => {}, property)).replaceAll(own, 'A');
}

const BADGE = badgeDrawing('a reason', 200, 100);
const USES = ['cursor: url("https://a.test/a"), auto', 'a { top: 0; -webkit-mask: url("https://a.test/a") }', 'mask-image:url("https://a.test/a")',
  'b { border-image: url("https://a.test/a") 3 }', 'filter: url("https://a.test/a")'];

test('a badge stands for a picture that is shown', async () => {
  for (const css of ['background: #fff url("https://a.test/a") no-repeat', 'a:hover { --tile: url("https://a.test/a") }', 'content:url("https://a.test/a")',
    'background-image: url("data:image/gif;base64,AAAA"), url("https://a.test/a")']) {
    assert.equal(await shown(BADGE, css), css.replace('https://a.test/a', 'A'));
  }
});

test('none stands for what cuts out, frames or points', async () => {
  for (const css of USES) assert.equal(await shown(BADGE, css), css.replace('https://a.test/a', 'data:,'));
});

test('a drawing that is no badge does', async () => {
  for (const css of USES) assert.equal(await shown('<svg xmlns="http://www.w3.org/2000/svg"/>', css), css.replace('https://a.test/a', 'A'));
});

test('a badge has words where there is room for them', () => {
  assert.match(BADGE, /a reason/);
  assert.doesNotMatch(badgeDrawing('a reason', 60, 60), /a reason/);
  assert.match(badgeDrawing('a reason', 2_000, 1_000), /font-size="50"/);
});
