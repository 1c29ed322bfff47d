// Nothing private leaves a page: canaries in every place that holds text, and the search for them in what was sent.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import * as zlib from 'node:zlib';
import { chromium } from 'playwright-core';
import { broken, FAULTS } from '../leak/broken.mjs';
import { leaktest, pagesOf } from '../leak/leaktest.mjs';
import { plant } from '../leak/plant.mjs';
import { ours, rrweb } from '../leak/recorders.mjs';
import { Canaries, isLuhn, search } from '../leak/search.mjs';
import { FLAGS } from './harness.mjs';

/** Fewer would be another test. */
const PLACES = 85;

let browser;
before(async () => (browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS })));
after(() => browser.close());

const told = (leaks) => leaks.map(({ name, run, form }) => `${name}: ${run} as ${form}`);

test('the search finds four characters in every form', () => {
  const canary = new Canaries().word();
  const four = canary.slice(2, 6);
  const bytes = (text) => Buffer.from(text);
  const wide = Buffer.from(four, 'utf16le');
  const codes = [...four].map((char) => char.charCodeAt(0).toString(16));
  const forms = {
    text: bytes(`...${four}...`),
    'text in lower case': bytes(four.toLowerCase()),
    'UTF-16': wide,
    'UTF-16, big-endian': Buffer.from(wide).swap16(),
    ...Object.fromEntries([0, 1, 2].map((before) => [`base64, ${before} before`, bytes(bytes(`${'-'.repeat(before)}${four}--`).toString('base64'))])),
    'base64 of UTF-16': bytes(Buffer.concat([bytes('-'), wide]).toString('base64')),
    hex: bytes(bytes(four).toString('hex')),
    'hex in upper case': bytes(bytes(four).toString('hex').toUpperCase()),
    'URL-encoding': bytes(codes.map((code) => `%${code}`).join('')),
    'JSON escapes': bytes(codes.map((code) => `\\u00${code}`).join('')),
    gzip: Buffer.concat([bytes('head'), zlib.gzipSync(`a ${four} b`)]),
    zlib: Buffer.concat([bytes('head'), zlib.deflateSync(four)]),
    deflate: zlib.deflateRawSync(`a ${four} b`),
    'deflate after a mark': Buffer.concat([Buffer.from([5]), zlib.deflateRawSync(`a ${four} b`)]),
    brotli: zlib.brotliCompressSync(`a ${four} b`),
    'a stream that goes on': zlib.gzipSync(`a ${four} b ${'c'.repeat(100)}`).subarray(0, -9),
    'gzip in base64': bytes(`{"data":"${zlib.gzipSync(`a ${four} b`).toString('base64')}"}`),
    'base64 in gzip': zlib.gzipSync(bytes(`a ${four} b`).toString('base64')),
  };
  for (const [form, frame] of Object.entries(forms)) {
    assert.deepEqual(search([bytes('before'), frame], [['here', canary]]).map(({ name }) => name), ['here'], form);
  }
  const others = { 'three characters': bytes(four.slice(1)), 'in two frames that have others between': bytes(`${four.slice(0, 2)}-${four.slice(2)}`), nothing: bytes('') };
  for (const [form, frame] of Object.entries(others)) assert.deepEqual(search([frame], [['here', canary]]), [], form);
});

test('no two canaries share four characters, and numbers pass their checks', () => {
  const canaries = new Canaries({ present: 'abcd' });
  const all = Array.from({ length: 400 }, () => canaries.word());
  const runs = all.flatMap((canary) => [0, 1, 2, 3, 4].map((at) => canary.slice(at, at + 4).toLowerCase()));
  assert.equal(new Set(runs).size, runs.length);
  assert.ok(isLuhn(canaries.card()) && isLuhn('4111111111111111') && !isLuhn('4111111111111112'));
});

test('of a page that is private by default nothing leaks', async (t) => {
  const { places, leaks, frames } = await plant(browser, await ours(), 'private');
  assert.ok(places.length >= PLACES && new Set(places).size === places.length, `${places.length} places`);
  // A canary as the mask writes it.
  const masked = Buffer.concat(frames).toString('latin1').split(/[AI]0[aim][AI]0[aim][AI]0/).length - 1;
  assert.ok(masked > 100, `the page was told, with ${masked} texts masked`);
  const theirs = await plant(browser, rrweb, 'private');
  t.diagnostic(`leaks in ${places.length} places, everything masked: ours ${leaks.length}, rrweb ${theirs.leaks.length}`);
  assert.deepEqual(told(leaks), []);
});

test('of masked parts of an open page nothing leaks', async () => {
  const { places, leaks } = await plant(browser, await ours(), 'masked');
  assert.ok(places.length >= PLACES, `${places.length} places`);
  assert.deepEqual(told(leaks), []);
});

test('most places would leak if nothing were masked', async (t) => {
  const { places, leaks } = await plant(browser, await ours(), 'shown');
  t.diagnostic(`of ${places.length} places, ${leaks.length} are sent where all is shown`);
  assert.ok(leaks.length > 200, `${leaks.length} of ${places.length} places`);
});

test('of what is blocked or hidden nothing leaks', async () => {
  for (const mode of ['blocked', 'hidden']) assert.deepEqual(told((await plant(browser, await ours(), mode)).leaks), [], mode);
});

test('of what is filled in nothing leaks where nothing is marked', async (t) => {
  const { places, leaks } = await plant(browser, await ours(), 'open');
  t.diagnostic(`${places.length} places of what is filled in, in a page that marks nothing`);
  assert.ok(places.length > 50, `${places.length} places`);
  assert.deepEqual(told(leaks), []);
});

test('what a class masks late does not leak', async () => {
  assert.deepEqual(told((await plant(browser, await ours(), 'late')).leaks), []);
});

test('secrets do not leak where everything is shown', async (t) => {
  const { places, leaks } = await plant(browser, await ours(), 'always');
  t.diagnostic(`${places.length} places of secrets in a page that shows everything`);
  assert.deepEqual(told(leaks), []);
});

test('the leaks of a broken build are found', async (t) => {
  const recorder = await ours(await broken());
  const found = {};
  for (const mode of ['private', 'always', 'late']) found[mode] = (await plant(browser, recorder, mode)).leaks.map(({ name }) => name);
  t.diagnostic(`leaks of a build with ${FAULTS.length} faults: ${Object.values(found).flat().length}`);
  for (const [file, from, , place, mode = 'private'] of FAULTS) {
    assert.ok(found[mode].includes(place), `the fault in ${file} (${from}) is not found in "${place}"`);
  }
  for (const [mode, place] of [['private', 'text'], ['always', 'password'], ['late', 'new frame in what a class masks']]) {
    assert.ok(!found[mode].includes(place), `what is masked as it should be is not found: ${place}`);
  }
});

/** The report on a site of these pages, and what was said. */
async function tested(pages, ...given) {
  const site = fs.mkdtempSync(path.join(os.tmpdir(), 'alongside-leaktest-'));
  const said = [];
  try {
    for (const [name, html] of Object.entries(pages)) fs.writeFileSync(path.join(site, name), `<!doctype html><link rel="icon" href="data:,">${html}`);
    return { report: await leaktest(['--site', site, ...given], (line) => said.push(line)), said: said.join('\n') };
  } finally {
    fs.rmSync(site, { recursive: true });
  }
}

test('the command finds what a site leaks, and what it shows that looks private', async () => {
  const { report, said } = await tested({
    'a.html': '<p class="who">Ann</p><label>E-mail <input name="mail" data-alongside="show"></label><input type="password" data-alongside="show">',
    'b.html': '<p>Write to ann@shop.example</p><input id="name" oninput="document.title = this.value"><div><template shadowrootmode="open"><textarea></textarea></template></div>',
  }, '--selector', '.who');
  const [a, b] = report.pages;
  assert.deepEqual([a.leaks, a.private.map(({ element }) => element)], [[], ['input[name="mail"]']]);
  assert.deepEqual([b.planted, b.private.map(({ element }) => element)], [0, ['p']], said);
  const { report: open, said: table } = await tested({ 'b.html': '<input id="name" oninput="document.title = this.value"><p data-alongside="mask">Ann</p>' });
  assert.deepEqual(open.pages[0].leaks, [{ element: 'input#name', where: 'typed', form: 'UTF-8' }]);
  assert.match(table, /b\.html +input#name +typed +UTF-8/);
  const { report: hidden } = await tested({ 'b.html': '<input id="name" oninput="document.title = this.value"><p>Ann</p>' }, '--private');
  assert.deepEqual([hidden.leaks, hidden.pages[0].planted], [0, 6]);
});

test('the command says why it tested nothing', async () => {
  assert.throws(() => pagesOf(), /which folder/);
  assert.throws(() => pagesOf('/nowhere'), /no folder \/nowhere/);
  assert.throws(() => pagesOf(path.join(import.meta.dirname, '../leak')), /no \.html files/);
  await assert.rejects(tested({ 'a.html': '<p>x' }, '--selector', 'a[['), /not a CSS selector/);
  await assert.rejects(tested({ 'a.html': '<p>x' }, '--selector', '.b'), /matches nothing on 1 page/);
  await assert.rejects(tested({ 'a.html': '<p>x' }), /nothing is masked/);
  await assert.rejects(tested({}, '--foo'), /not --foo/);
});
