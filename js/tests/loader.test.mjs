// The loader in a browser made of fakes: what it does before, with and without the core.

import assert from 'node:assert/strict';
import * as path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { build } from 'esbuild';

const js = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

async function bundle(name) {
  const { outputFiles } = await build({
    absWorkingDir: js,
    entryPoints: [name],
    bundle: true,
    format: 'iife',
    write: false,
    target: 'es2022',
    // vm has no module loader: the test gives the core instead.
    supported: { 'dynamic-import': true },
  });
  return outputFiles[0].text.replaceAll('import(', 'importForTest(');
}
const loader = await bundle('loader.js');
const snippet = await bundle('snippet.js');

/** Lets everything that is due happen. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 10));

function browser({ data = { deployment: 'demo' }, core, storage } = {}) {
  const listeners = new Map();
  const said = [];
  const beacons = [];
  const idle = [];
  const values = new Map();
  const window = {
    console: { warn: (text) => said.push(`warn ${text}`), error: (text) => said.push(`error ${text}`) },
    crypto: globalThis.crypto,
    URL,
    setTimeout,
    setInterval: () => 0,
    WebAssembly,
    location: { href: 'https://ann:pw@shop.example/tea/ann@example.com?q=secret#x' },
    innerWidth: 1280,
    innerHeight: 800,
    navigator: { sendBeacon: (url, body) => beacons.push({ url, body }) > 0 },
    document: {
      readyState: 'complete',
      currentScript: { src: 'https://hub.example/sdk/alongside.js', dataset: data },
    },
    requestIdleCallback: (start) => idle.push(start),
    addEventListener: (type, listen) => listeners.set(type, [...(listeners.get(type) ?? []), listen]),
    removeEventListener: (type, listen) => listeners.set(type, (listeners.get(type) ?? []).filter((other) => other !== listen)),
    navigation: { addEventListener: (type, listen) => window.addEventListener(`navigation ${type}`, listen) },
    localStorage: storage ?? { getItem: (key) => values.get(key) ?? null, setItem: (key, value) => values.set(key, value) },
    importForTest: async (url) => {
      said.push(`import ${url}`);
      if (core instanceof Error) throw core;
      return { default: async (options) => said.push(`init ${options.module_or_path}`), start: (options, fatal) => core(options, fatal) };
    },
  };
  window.window = window;
  vm.createContext(window);
  return {
    window,
    said,
    beacons,
    values,
    run: (code = loader) => vm.runInContext(code, window),
    idle: async () => {
      for (const start of idle.splice(0)) start();
      await settle();
    },
    fire: (type) => (listeners.get(type) ?? []).forEach((listen) => listen({})),
  };
}

/** A core that writes down what it is asked. */
function recorder() {
  const calls = [];
  const core = (options, fatal) => {
    core.options = options;
    return {
      call: async (command, args) => {
        calls.push([command, ...args]);
        if (command === 'trap') {
          fatal(new WebAssembly.RuntimeError('unreachable'));
          throw Object.assign(new Error('unreachable'), { code: 'fatal' });
        }
        if (command === 'hang') return new Promise(() => {});
        if (command === 'bad') throw Object.assign(new Error('no'), { code: 'bad-argument' });
        return `${command} done`;
      },
    };
  };
  return { core, calls };
}

test('calls before the core are replayed in order, and each has its promise', async () => {
  const { core, calls } = recorder();
  const page = browser({ core });
  page.run();
  const { alongside } = page.window;
  const promises = [alongside('one', 1), alongside('bad'), alongside('two', { a: 2 })];
  assert.deepEqual(calls, []);
  await page.idle();
  assert.deepEqual(JSON.parse(JSON.stringify(calls)), [['one', 1], ['bad'], ['two', { a: 2 }]]);
  assert.equal(await promises[0], 'one done');
  await assert.rejects(promises[1], { code: 'bad-argument' });
  assert.equal(await alongside('three'), 'three done');
  assert.deepEqual(page.said, ['import https://hub.example/sdk/core.js', 'init https://hub.example/sdk/core_bg.wasm']);
  page.fire('pagehide');
  assert.deepEqual(page.beacons, [], 'the core tells page views once it runs');
});

test('options come from the script tag', async () => {
  const { core } = recorder();
  const data = { deployment: 'd', hub: 'https://other.example', global: 'helper', transport: 'http', format: 'json', pageViews: 'once', searchParameters: 'q, term', excludedParameters: 'customer', keepFragment: '' };
  const page = browser({ core, data });
  page.run();
  await page.idle();
  assert.equal(typeof page.window.helper, 'function');
  assert.equal(page.window.alongside, undefined);
  const { global, ...options } = data;
  assert.deepEqual(JSON.parse(JSON.stringify(core.options)), { ...options, searchParameters: ['q', 'term'], excludedParameters: ['customer'], keepFragment: true, masking: data, cobrowse: data, messenger: data });
});

test('the queue is bounded: the oldest call is rejected', async () => {
  const { core, calls } = recorder();
  const page = browser({ core });
  page.run();
  const promises = Array.from({ length: 102 }, (_, index) => page.window.alongside('call', index));
  await assert.rejects(promises[0], { code: 'queue-full' });
  await assert.rejects(promises[1], { code: 'queue-full' });
  await page.idle();
  assert.equal(calls.length, 100);
  assert.equal(calls[0][1], 2);
});

test('a core that cannot start: page views are sent, once each, without anything private', async () => {
  const page = browser({ core: new Error("Refused by Content Security Policy: 'unsafe-eval'") });
  page.run();
  const told = [];
  const early = page.window.alongside('journey.search', 'x');
  const listening = page.window.alongside('on', 'fatal', (error) => told.push(error.code));
  await page.idle();
  await listening;
  await page.window.alongside('on', 'fatal', (error) => told.push(`late ${error.code}`));
  await settle();
  assert.deepEqual(told, ['fatal', 'late fatal'], 'also who listened before it failed');
  await assert.rejects(early, { code: 'fatal' });
  await assert.rejects(page.window.alongside('status'), { code: 'fatal' });
  assert.equal(page.said.filter((line) => line.startsWith('warn')).length, 1);
  assert.match(page.said.at(-1), /'wasm-unsafe-eval' to script-src/);
  assert.equal(page.beacons.length, 1);
  page.fire('pagehide');
  page.fire('navigation currententrychange');
  assert.equal(page.beacons.length, 1, 'the same page is told once');
  page.window.location.href = 'https://shop.example/next';
  page.fire('navigation currententrychange');
  assert.equal(page.beacons.length, 2);
  for (const { url, body } of page.beacons) {
    assert.equal(url, 'https://hub.example/v1/beacon');
    assert.ok(!/secret|ann|pw/.test(body), body);
  }
});

test('another failure is not blamed on the policy', async () => {
  const page = browser({ core: new TypeError('Failed to fetch dynamically imported module') });
  page.run();
  await page.idle();
  assert.match(page.said.at(-1), /Failed to fetch/);
  assert.doesNotMatch(page.said.at(-1), /Content-Security-Policy/);
});

test('a beacon has the frames that the hub expects, and the visitor that the core will find', async () => {
  const page = browser({ core: new Error('x') });
  page.run();
  await page.idle();
  const [hello, data] = page.beacons[0].body.split('\n').map((line) => JSON.parse(line));
  const { token } = hello.hello.party.visitor;
  const event = data.data.body.journey;
  assert.deepEqual(hello, {
    hello: { version: 1, now: event.at, source: hello.hello.source, party: { visitor: { deployment: 'demo', token } } },
  });
  assert.deepEqual(data, {
    data: {
      seq: 1,
      body: {
        journey: {
          visit: event.visit,
          at: event.at,
          kind: { pageViewed: { url: 'https://shop.example/tea/[email]', title: '', width: 1280, height: 800 } },
        },
      },
    },
  });
  for (const id of [token, event.visit, hello.hello.source]) assert.match(id, /^[0-9a-f]{32}$/);
  assert.equal(page.values.get('alongside:demo:visitor'), token);
  assert.equal(page.values.get('alongside:demo:visit'), `${event.visit} ${event.at} ${event.at}`);
});

test('a visitor who leaves before the core is there is told of once', async () => {
  const { core } = recorder();
  const page = browser({ core });
  page.run();
  page.fire('pagehide');
  page.fire('pagehide');
  assert.equal(page.beacons.length, 1);
});

test('a trap ends the core: calls in flight are rejected, no further one reaches it, listeners are told once', async () => {
  const { core, calls } = recorder();
  const page = browser({ core });
  page.run();
  await page.idle();
  const told = [];
  await page.window.alongside('on', 'fatal', (error) => told.push(error.code));
  const hanging = page.window.alongside('hang');
  await assert.rejects(page.window.alongside('trap'), { code: 'fatal' });
  await assert.rejects(hanging, { code: 'fatal' });
  await assert.rejects(page.window.alongside('after'), { code: 'fatal' });
  await settle();
  assert.deepEqual(told, ['fatal']);
  assert.match(page.said.at(-1), /^warn .*only page views are sent: unreachable/);
  assert.ok(!calls.some(([command]) => command === 'after'));
  assert.deepEqual(page.beacons, [], 'this page was the core’s to tell');
});

test('storage that throws changes nothing else', async () => {
  const storage = { getItem() { throw new Error('refused'); }, setItem() { throw new Error('refused'); } };
  const page = browser({ core: new Error('x'), storage });
  page.run();
  await page.idle();
  assert.equal(page.beacons.length, 1);
});

test('a second tag and a missing deployment are said on the console, and nothing else happens', () => {
  const page = browser({ core: recorder().core });
  page.run();
  const first = page.window.alongside;
  page.run();
  assert.equal(page.window.alongside, first);
  assert.match(page.said.at(-1), /^warn .*twice/);
  const bare = browser({ data: {} });
  bare.run();
  assert.match(bare.said.at(-1), /^error .*data-deployment/);
  assert.equal(bare.window.alongside, undefined);
});

test('the snippet lets the page call at once, and its stub goes on working', async () => {
  const { core, calls } = recorder();
  const page = browser({ core });
  page.run(snippet);
  const stub = page.window.alongside;
  const early = stub('early');
  page.run();
  await page.idle();
  assert.equal(await early, 'early done');
  assert.equal(await stub('late'), 'late done');
  assert.deepEqual(calls.map(([command]) => command), ['early', 'late']);
});
