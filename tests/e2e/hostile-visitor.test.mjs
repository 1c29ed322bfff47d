// What a changed visitor's client can do to an agent: a client of our own sends a real desk, through the real hub, what no page would.
// Nothing runs, nobody is called, the desk answers, its memory is bounded, and it says what it cannot show.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as http from 'node:http';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import * as zlib from 'node:zlib';
import { asset, attribute, Client, ended, hashOf, insert, move, numbers, offer, patch, remove, reset, state, text } from './client.mjs';
import { Agent, picture, until, World } from './harness.mjs';

/** The desk answers within so many milliseconds, whatever is sent: what one frame may cost, on a slow machine. */
const ANSWERS = 4_000;

/**
 * Most memory of the desk's process, in MB, after any of this: an empty desk takes about 200; a replica holds 64 MB of what came, once in the
 * wasm module's tree and once in the document, and pictures take another 64.
 */
const MEMORY = 500;

const SCRIPT = '<script>window.ran = 1</script><img src=x onerror="window.ran = 1">';

let world;
let desk;
let agent;
let rogue;
let canary;
let called;
let said;
let epoch;

before(async () => {
  called = [];
  canary = http.createServer((request, response) => {
    called.push(request.url);
    response.end('window.ran = 1');
  });
  await new Promise((resolve) => canary.listen(0, 'localhost', resolve));
  canary.url = `http://localhost:${canary.address().port}`;
  await fetch(`${canary.url}/sings`);
  assert.deepEqual(called.splice(0), ['/sings']);
  world = await World.begin();
  desk = await world.desk();
  agent = new Agent(desk);
  said = [];
  desk.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
  desk.on('pageerror', (error) => said.push(`uncaught: ${error.message}`));
  desk.on('dialog', (dialog) => {
    said.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  desk.on('popup', () => said.push('popup'));
  desk.on('crash', () => said.push('crash'));
});
after(async () => {
  await world.end();
  canary.closeAllConnections();
  canary.close();
});

let guests = 0;
beforeEach(async () => {
  guests += 1;
  epoch = 0;
  said.length = 0;
  rogue = await Client.visitor(world, `${world.siteUrl}/?rogue=${guests}.&q=${SCRIPT}`, SCRIPT);
  const offered = agent.offer(`rogue=${guests}.`);
  await rogue.accept();
  await offered;
});
afterEach(async () => {
  rogue.end();
  await desk.goto('about:blank');
  await desk.goto(`${world.hubUrl}/desk/`);
});

/** Another page, with this in its body; nodes of it begin at 4. */
function page(nodes, { width, height } = {}) {
  epoch += 1;
  const ids = {};
  rogue.mirror(reset(epoch, width, height));
  rogue.mirror(patch(epoch, 1, insert(0, 1, [['html', {}, ['head'], ['body', {}, ...nodes]]], ids)));
  return ids;
}
const BODY = 3;
const pack = (frame) => Buffer.concat([Buffer.from([5]), zlib.deflateRawSync(frame)]);

/** A page that is none of this is shown, and soon. */
async function goesOn(word) {
  page([['h1', {}, word]]);
  await agent.replica.getByRole('heading', { name: word }).waitFor({ timeout: 10_000 });
  await agent.isLive();
}

/** How long the desk takes for an answer. */
async function answers() {
  const start = Date.now();
  let timer;
  const late = new Promise((_, fail) => (timer = setTimeout(() => fail(new Error('the desk does not answer')), 30_000)));
  await Promise.race([desk.evaluate(() => 1), late]).finally(() => clearTimeout(timer));
  return Date.now() - start;
}

/** While `attack` is sent and for a second more. */
async function isResponsive(attack) {
  attack();
  const end = Date.now() + 1_000;
  let longest = 0;
  while (Date.now() < end || longest === 0) {
    longest = Math.max(longest, await answers());
    await new Promise((done) => setTimeout(done, 50));
  }
  assert.ok(longest < ANSWERS, `the desk did not answer for ${longest} ms`);
  return longest;
}

/** The resident memory of the largest renderer, in MB: all visitors here are outside of the browser. */
async function memory() {
  const cdp = await desk.context().newCDPSession(desk);
  await cdp.send('HeapProfiler.collectGarbage');
  await cdp.detach();
  const browser = await (await world.chromium()).newBrowserCDPSession();
  const { processInfo } = await browser.send('SystemInfo.getProcessInfo');
  await browser.detach();
  const sizes = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => {
    const [, size] = /VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${id}/status`, 'utf8')) ?? [];
    return Number(size ?? 0) / 1_024;
  });
  return Math.max(...sizes);
}

/** Nothing of it ran, called anybody or went anywhere. */
async function isInert() {
  const ran = await Promise.all(desk.frames().map((frame) => frame.evaluate(() => window.ran).catch(() => undefined)));
  assert.deepEqual(ran.filter(Boolean), []);
  assert.deepEqual(called, []);
  assert.deepEqual(said.filter((line) => /^(dialog|popup|crash|uncaught)/.test(line)), []);
  assert.ok(desk.url().startsWith(`${world.hubUrl}/desk/`), desk.url());
}

test('texts of a visit with code in them are texts', async () => {
  await goesOn('Tea');
  assert.ok((await desk.locator('.who .title').textContent()).includes('window.ran = 1'));
  await desk.getByRole('link', { name: 'Live Now' }).click();
  await desk.getByRole('row').filter({ hasText: `rogue=${guests}.` }).waitFor();
  assert.equal(await desk.locator('main script, main img[src="x"]').count(), 0);
  await isInert();
});

const RUN = 'window.ran = 1; top.ran = 1; parent.ran = 1; alert(1)';
const CODE = `javascript:${RUN}`;

test('a patch with code, events, or addresses that lead elsewhere in it is refused as a whole', async () => {
  const html = `<script>${RUN}</script>`;
  const bad = [
    ...['base', 'meta', 'object', 'embed', 'applet', 'noscript', 'SCRIPT'].map((name) => [name, {}]),
    ['script', { src: `${canary.url}/code.js` }], ['#svg script', { href: `${canary.url}/svg.js` }], ['meta', { 'http-equiv': 'refresh', content: `0;url=${CODE}` }],
    ...['onload', 'onerror', 'ONCLICK', 'onbegin', 'ontoggle'].map((name) => ['img', { [name]: RUN }]),
    ['iframe', { srcdoc: html }], ['iframe', { sandbox: 'allow-scripts' }], ['form', { action: CODE }], ['button', { formaction: CODE }], ['a', { ping: `${canary.url}/ping` }],
    ...[CODE, ` ${CODE}`, `JaVaScRiPt:${RUN}`, `java\nscript:${RUN}`, `vbscript:${RUN}`, `data:text/html,${html}`, 'file:///etc/passwd', 'filesystem:http://localhost/x', 'intent://x',
      `view-source:${canary.url}`, 'about:srcdoc'].flatMap((address) => [['a', { href: address }], ['iframe', { src: address }], ['#svg a', { 'xlink:href': address }]]),
  ];
  for (const node of bad) {
    page([['p', {}, 'Before']]);
    await agent.replica.getByText('Before').waitFor();
    rogue.mirror(patch(epoch, 2, insert(BODY, 100, [node, ['p', {}, 'Beside it']])));
    rogue.mirror(patch(epoch, 3, insert(BODY, 200, [['p', {}, 'After it']])));
    await answers();
    assert.deepEqual([await agent.replica.getByText('Beside it').count(), await agent.replica.getByText('After it').count()], [0, 0], JSON.stringify(node));
  }
  const ids = {};
  page([]);
  rogue.mirror(patch(epoch, 2, insert(BODY, 100, [['a', { id: 'link' }, 'Link']], ids)));
  rogue.mirror(patch(epoch, 3, attribute(ids.link, 'href', CODE)));
  rogue.mirror(patch(epoch, 4, insert(BODY, 200, [['p', {}, 'After it']])));
  await agent.replica.getByText('Link').waitFor();
  assert.equal(await agent.replica.getByText('After it').count(), 0);
  await isInert();
  await goesOn('After the code');
});

test('nothing runs of what a page sends, and nobody is called', async () => {
  const [run, code] = [RUN, CODE];
  const html = `<script>${run}</script>`;
  const inData = `data:text/html,${html}`;
  const drawing = `data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" onload="${run}"><script>${run}</script></svg>`;
  const addresses = [code, ` ${code}`, 'JaVaScRiPt:' + run, `java\nscript:${run}`, `vbscript:${run}`, inData, drawing, `${canary.url}/address`, `//${canary.url.slice(7)}/relative`,
    'file:///etc/passwd', 'filesystem:http://localhost/x', 'blob:null/1', `view-source:${canary.url}`, 'intent://x', 'about:srcdoc'];
  const names = ['src', 'href', 'xlink:href', 'action', 'formaction', 'poster', 'background', 'data', 'srcset', 'imagesrcset', 'ping', 'cite', 'longdesc', 'manifest', 'codebase',
    'archive', 'classid', 'profile', 'usemap', 'dynsrc', 'lowsrc', 'icon', 'content', 'to', 'from', 'values', 'srcdoc', 'style'];
  const elements = ['a', 'area', 'img', 'image', 'input', 'button', 'form', 'iframe', 'frame', 'video', 'audio', 'source', 'track', 'link', 'portal', 'fencedframe', 'body', 'table', 'q', 'html',
    'x:script', 'html:iframe', 'a:object', 'b:base', 'c:meta', 'svg:script', 'IFRAME', 'template'];
  // What is refused with all that comes with it is the test before this one.
  const isTaken = (name, address) => !/^(action|formaction|ping|srcdoc)$/.test(name)
    && (!/^(background|cite|data|href|poster|src|srcset|usemap|xlink:href)$/.test(name) || /^(https?:|blob:|data:image|\/\/)/.test(address));
  page([]);
  let [number, first] = [1, 4];
  const add = (nodes, ids) => {
    rogue.mirror(patch(epoch, (number += 1), insert(BODY, first, nodes, ids)));
    first += 10_000;
  };
  for (const element of elements) {
    const nodes = [];
    for (const address of addresses) nodes.push([element, { ...Object.fromEntries(names.filter((name) => isTaken(name, address)).map((name) => [name, address])), autofocus: '', rel: 'stylesheet' }, run]);
    nodes.push([element, { content: `0;url=${code}`, rel: 'preload', as: 'script' }, html]);
    add(nodes);
  }
  const nodes = [];
  for (const rel of ['icon', 'prefetch', 'preconnect', 'dns-prefetch', 'modulepreload', 'manifest', 'import']) nodes.push(['link', { rel, href: `${canary.url}/${rel}` }]);
  const animated = ['animate', 'set', 'animateMotion'].map((name) => [`#svg ${name}`, { attributeName: 'href', to: code, values: code, begin: '0s' }]);
  nodes.push(['#svg svg', {}, ['#svg script', {}, run], ['#svg a', { 'xlink:href': `${canary.url}/a`, href: '#a' }, ...animated, ['#svg text', {}, 'Press']],
    ['#svg foreignObject', {}, ['script', {}, run], ['iframe', { src: `${canary.url}/frame` }]], ['#svg use', { href: `${drawing}#x` }], ['#svg image', { href: drawing, 'xlink:href': `${canary.url}/image` }],
    ['#svg style', {}, `@import "${canary.url}/svg.css"`], ['#svg handler', { type: 'text/javascript' }, run]]);
  nodes.push(['#math math', {}, ['#math maction', { actiontype: 'statusline', 'xlink:href': `${canary.url}/math`, to: code }, 'x']]);
  nodes.push(['style', {}, `@import "${canary.url}/import.css"; @import url(${canary.url}/import2.css); @font-face { font-family: x; src: url(${canary.url}/font) }
    body { width: expression(${run}); behavior: url(${canary.url}/htc); -moz-binding: url(${canary.url}/xbl); background: url("${canary.url}/css") , url(${canary.url}/css2);
    font-family: x; cursor: url(${canary.url}/cursor), auto; list-style: url(//${canary.url.slice(7)}/list); background-image: image-set("${canary.url}/set" 1x) }`]);
  nodes.push(['p', { style: `background: url(${canary.url}/style); width: expression(${run})` }, 'Styled'], ['a', { href: `${canary.url}/pressed`, id: 'link', target: '_top' }, 'Press me']);
  const ids = {};
  add(nodes, ids);
  const drawn = patch(epoch, (number += 1), attribute(ids.link, 'title', code), attribute(ids.link, 'sandbox', undefined), state(14, ids.link, text(`background: url(${canary.url}/look)`)),
    insert(0, 1_000_000, [['html', {}, ['script', {}, run]]]));
  rogue.mirror(drawn);
  const sheet = Buffer.concat([numbers(0, BODY, 0, 1), numbers(32 * 2 + 1, (2_000_000 - BODY) * 2), ended(''), ended(`@import "${canary.url}/adopted"; p { background: url("${canary.url}/adopted") }`)]);
  rogue.mirror(patch(epoch, (number += 1), sheet));
  await agent.replica.getByText('Press me').waitFor();
  await desk.locator('.glass').waitFor();
  await agent.click('text=Press me');
  await agent.replica.locator('#link').evaluate((link) => link.click());
  await desk.waitForTimeout(500);
  const left = await agent.replica.locator(':root').evaluate(() => {
    const bad = [];
    for (const element of document.querySelectorAll('*')) {
      if (/^(script|noscript|object|embed|applet|base)$/i.test(element.localName)) bad.push(element.localName);
      if (/^i?frame$/.test(element.localName) && element.getAttribute('sandbox') !== 'allow-same-origin') bad.push(`${element.localName} without sandbox`);
      for (const { name, value } of element.attributes) {
        const isAddress = /^(src|href|xlink:href|poster|background)$/i.test(name);
        if (/^on|^srcdoc$|^http-equiv$|action$|^ping$/i.test(name)) bad.push(`${element.localName} ${name}`);
        if (isAddress && !/^(https?:|blob:|data:image\/|data:,|#)/.test(value)) bad.push(`${element.localName} ${name}=${value.slice(0, 30)}`);
      }
    }
    return [...new Set(bad)];
  });
  assert.deepEqual(left, []);
  await picture(desk, 'hostile-code');
  await isInert();
  await goesOn('After the code');
});

test('frames that are none are asked about a few times only, and the desk says that the page cannot be shown', async () => {
  await goesOn('Before');
  rogue.heard.length = 0;
  const whole = page([['h1', {}, 'Cut']]);
  assert.deepEqual(whole, {});
  await isResponsive(() => {
    for (let at = 0; at < 300; at += 1) rogue.mirror(Buffer.from([9, 9, 9, at & 255]));
  });
  await desk.getByRole('heading', { name: 'This page cannot be shown' }).waitFor();
  await picture(desk, 'hostile-broken');
  const refreshes = () => rogue.heard.filter((body) => body.refresh).length;
  assert.ok(refreshes() >= 1 && refreshes() <= 4, `asked ${refreshes()} times`);
  await goesOn('After');
  assert.equal(await desk.getByText('This page cannot be shown').count(), 0);
  // Each of these ends an epoch that had begun.
  rogue.heard.length = 0;
  const bad = [
    patch(epoch + 1, 1, insert(77, 78, ['x'])), patch(epoch + 1, 1, remove(0)), patch(epoch + 1, 2), Buffer.alloc(700_000, 1), Buffer.from([]), Buffer.from([1]), Buffer.from([5, 255, 255]),
    patch(epoch + 1, 1, insert(0, 1, [['div', Object.fromEntries(Array.from({ length: 257 }, (_, at) => [`a${at}`, 'x']))]])), patch(epoch + 1, 1, insert(0, 1, [['div', { 'a b': 'x' }]])),
    patch(epoch + 1, 1, state(7, 0, numbers(1))), patch(epoch + 1, 1, state(13, 0, numbers(5_000))), patch(epoch + 1, 1, move(0, 0)),
  ];
  for (const frame of bad) {
    rogue.mirror(reset(epoch + 1));
    rogue.mirror(frame);
    epoch += 1;
  }
  await goesOn('After all');
  assert.ok(refreshes() <= 8, `asked ${refreshes()} times`);
  await isInert();
});

test('a page that no browser could lay out does not end the desk, which says so', async () => {
  page([]);
  let nested = [];
  for (let depth = 0; depth < 1_000; depth += 1) nested = [['div', {}, ...nested]];
  const frames = Array.from({ length: 30 }, (_, at) => patch(epoch, at + 2, insert(at === 0 ? BODY : 3 + at * 1_000, 4 + at * 1_000, nested)));
  await isResponsive(() => frames.forEach((frame) => rogue.mirror(frame)));
  await desk.getByRole('heading', { name: 'This page cannot be shown' }).waitFor();
  assert.deepEqual(said.filter((line) => line === 'crash'), []);
  await goesOn('A page again');
  page([['p', {}, 'As large as no screen']], { width: 0xffff_ffff, height: 0xffff_ffff });
  await agent.replica.getByText('As large as no screen').waitFor({ state: 'attached' });
  await goesOn('A page of a size');
});

test('nodes that do not fit each other do not stop the desk', async () => {
  const ids = page([['p', { id: 'p' }, 'Text'], ['input', { id: 'file', type: 'file' }], ['template', { id: 'template' }], ['canvas', { id: 'canvas' }], ['iframe', { id: 'frame' }], ['dialog', { id: 'dialog' }]]);
  const doctype = Buffer.concat([numbers(0, 0, 0, 1), numbers(5 * 2 + 1, 90 * 2), numbers(0), text('html'), ended(''), ended('')]);
  const span = (node, offset) => numbers(node, offset, node, offset);
  const strange = [
    doctype,
    state(12, 0, numbers(1), span(90, 0)),
    state(13, 0, numbers(1), text('found'), numbers(1), span(90, 0)),
    state(13, 0, numbers(1), text('found'), numbers(1), span(ids.p, 4_000_000_000)),
    state(0, ids.file, text('\n'.repeat(1_000) + 'name')),
    state(0, ids.p, text('no field')),
    state(1, ids.p, numbers(1)),
    state(4, ids.p, numbers(4_294_967_295, 4_294_967_294)),
    state(5, ids.p, numbers(2)),
    state(5, ids.dialog, numbers(2)),
    state(5, ids.dialog, numbers(1)),
    state(5, ids.frame, numbers(3)),
    state(10, ids.file, numbers(4_000_000_000, 1, 1)),
    state(14, ids.p, text('top: 1px; }; x'.repeat(1_000))),
    state(15, ids.p, numbers(7)),
    state(9, ids.p, text('"]x{}')),
    move(ids.template, ids.p),
    move(ids.p, ids.frame),
    insert(ids.canvas, 200, [['div', { 'a:b:c': 'x', 'xml:lang': 'x', 'xlink:x:y': 'x', 'xmlns': 'x', '1': 'x', '-': 'x', 'é': 'x' }, ['a:b:c'], ['1'], ['-'], ['é'], [':'], ['x:']]]),
    attribute(ids.p, 'slot', 'x'),
    remove(ids.frame),
  ];
  strange.forEach((operation, at) => rogue.mirror(patch(epoch, at + 2, operation)));
  await agent.replica.locator('div').first().waitFor({ state: 'attached' });
  await agent.isLive();
  await isInert();
  await goesOn('Fit');
});

test('what would take much memory or time is given up, and the desk goes on', async (t) => {
  await goesOn('Small');
  const before = await memory();
  const longest = {};
  let most = 0;
  const measured = async (name, attack) => {
    longest[name] = await isResponsive(attack);
    most = Math.max(most, await memory());
  };
  const zeros = pack(Buffer.alloc(16 * 1024 * 1024));
  await measured('bombs', () => {
    for (let at = 0; at < 200; at += 1) rogue.mirror(zeros);
  });
  await goesOn('After packed bombs');
  // Each id as far ahead of the one before as may be.
  await measured('ids', () => {
    page([]);
    for (let at = 1; at < 100; at += 1) rogue.mirror(patch(epoch, at + 1, insert(BODY, at * 15_900_000, ['x'])));
  });
  await goesOn('After high ids');
  // 600,000 nodes under one parent, then removed from the middle on.
  const row = (first, count) => Buffer.concat([numbers(0, BODY, 0, count), numbers(3 * 2 + 1, (first - BODY) * 2, 0), Buffer.alloc(2 * (count - 1), Buffer.from([6, 0]))]);
  await measured('wide', () => {
    page([]);
    for (let at = 0; at < 3; at += 1) rogue.mirror(pack(patch(epoch, at + 2, row(4 + at * 200_000, 200_000))));
    rogue.mirror(pack(patch(epoch, 5, ...Array.from({ length: 60_000 }, (_, at) => remove(300_000 + at)))));
  });
  await goesOn('After a wide page');
  // 250 MB of text in 400 kB.
  const long = 'x'.repeat(250_000);
  await measured('texts', () => {
    page([]);
    for (let at = 0; at < 500; at += 1) rogue.mirror(pack(patch(epoch, at + 2, insert(BODY, 4 + 2 * at, [['p', { style: 'display: none' }, long], ['p', { title: long, style: 'display: none' }]].slice(0, 1)))));
  });
  await goesOn('After long texts');
  // 256 attributes each, and styles that nest.
  const many = Object.fromEntries(Array.from({ length: 255 }, (_, at) => [`data-${at}`, 'y'.repeat(20)]));
  const style = 'background: linear-gradient(red, blue), '.repeat(500) + 'none; ' + '--x: var(--y, '.repeat(200) + ')'.repeat(200);
  await measured('attributes', () => page(Array.from({ length: 60 }, () => ['p', { ...many, style }, 'x'])));
  await goesOn('After many attributes');
  // Assets: without end, of another hash, of no offer, and one hash under very many addresses.
  const hash = hashOf('nothing of this');
  const right = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="parent.ran = 1"><script>parent.ran = 1</script></svg>');
  await measured('assets', () => {
    for (let at = 0; at < 200; at += 1) rogue.mirror(asset(hash, at, false, Buffer.alloc(32_000, at)));
    rogue.mirror(offer('https://shop.example/a.png', hash, 0));
    rogue.mirror(asset(hash, 0, true, Buffer.from('something else')));
    rogue.mirror(offer('https://shop.example/a.svg', hashOf(right), 5));
    rogue.mirror(asset(hashOf(right), 0, true, right));
    for (let at = 0; at < 300; at += 1) rogue.mirror(pack(offer(`https://shop.example/${at}${long}`, hash, 0)));
  });
  page([['h1', {}, 'Pictures'], ['img', { src: 'https://shop.example/a.png', alt: '' }], ['img', { src: 'https://shop.example/a.svg', alt: '' }], ['#svg svg', {}, ['#svg use', { href: 'https://shop.example/a.svg#x' }]]]);
  await agent.replica.getByRole('heading', { name: 'Pictures' }).waitFor();
  assert.equal(await agent.replica.locator('use[href], img[src^=blob]').count(), 0, 'neither the wrong picture nor a drawing with code as a part');
  await goesOn('After assets');
  const after = await memory();
  t.diagnostic(`the desk took ${before.toFixed(0)} MB before, at most ${most.toFixed(0)}, and ${after.toFixed(0)} MB after; it did not answer for at most ${JSON.stringify(longest)} ms`);
  assert.ok(Math.max(most, after) < MEMORY, `${most.toFixed(0)} MB`);
  await isInert();
});

test('a visitor who floods the desk with signs and foreign messages changes nothing for the agent', async () => {
  await goesOn('Quiet');
  await isResponsive(() => {
    for (let at = 0; at < 2_000; at += 1) rogue.relay({ point: { by: 1, node: 4_000_000_000, x: at, y: 10_000, pressed: at % 2 === 0 } });
    for (let at = 0; at < 500; at += 1) rogue.relay({ draw: { by: 1, number: at, tool: 'pen', points: Array.from({ length: 64 }, () => 1_000_000) } });
    for (let at = 0; at < 500; at += 1) rogue.relay({ done: { agent: 1, number: at, outcome: 'done' } });
  });
  await isInert();
});
