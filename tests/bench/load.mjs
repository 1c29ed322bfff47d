// What an SDK costs the shop's catalogue: bytes, requests, main-thread time, time until it is ready. Ours beside posthog-js and Snowplow's
// tracker, interleaved in one run; the scripts served brotli-compressed by one local server. ./dev bench load [--json FILE] [--runs N]

import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { inject, site } from '../../examples/shop/serve.mjs';
import { median, row, wantedRuns, writeJson } from './report/report.mjs';

const tests = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const root = path.dirname(tests);
const shop = path.join(root, 'examples/shop');
const dist = path.join(root, 'js/dist');
const runs = wantedRuns(7);
/** The page of the shop that every arm loads. */
const PAGE = 'catalog.html';
/** Every arm is watched for so long after navigation, in milliseconds. */
const WATCH = 4_000;
/** The hub is up within so many milliseconds, or never. */
const START = 15_000;

/** What is undone at the end, last first; also where the beginning failed. */
const endings = [];

async function listen(server) {
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, 'localhost', resolve));
  endings.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://localhost:${server.address().port}`;
}

function folder() {
  const name = fs.mkdtempSync(path.join(os.tmpdir(), 'alongside-bench-'));
  endings.push(() => fs.rmSync(name, { recursive: true, force: true }));
  return name;
}

/** The scripts, in memory and compressed; what it does not know it takes, as a collector does. */
function scripts(files) {
  const packed = new Map([...files].map(([name, [type, content]]) => [name, [type, brotliCompressSync(Buffer.from(content))]]));
  return http.createServer((request, response) => {
    const headers = { 'access-control-allow-origin': request.headers.origin ?? '*', 'access-control-allow-headers': 'content-type, sp-anonymous', 'access-control-allow-credentials': 'true', 'cache-control': 'no-store' };
    const file = packed.get(new URL(request.url, 'http://x').pathname);
    if (file) response.writeHead(200, { ...headers, 'content-type': file[0], 'content-encoding': 'br' }).end(file[1]);
    else response.writeHead(200, { ...headers, 'content-type': 'application/json' }).end('{}');
  });
}

async function snowplow(collector) {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { newTracker, trackPageView, enableActivityTracking } from '@snowplow/browser-tracker';
        newTracker('sp', ${JSON.stringify(collector)}, { appId: 'bench', bufferSize: 1, onRequestSuccess: () => { window.__ready ??= performance.now(); } });
        enableActivityTracking({ minimumVisitLength: 10, heartbeatDelay: 10 });
        trackPageView();`,
      resolveDir: tests,
    },
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
  });
  return outputFiles[0].text;
}

/** As PostHog's own snippet does, without the method stubs that nothing here calls. */
const posthog = (host) => `<script>window.posthog = window.posthog || []; (function (p) { if (p.__SV) return; p._i = []; p.init = function (token, config, name) {
  p._i.push([token, config, name || 'posthog']); }; p.__SV = 1; })(window.posthog);
  window.posthog.init('bench', { api_host: '${host}', loaded: () => { window.__ready ??= performance.now(); } });</script><script async src="${host}/array.js"></script>`;

/** A copy of the shop with another script in every page. */
function shopWith(snippet) {
  const copy = folder();
  fs.cpSync(shop, copy, { recursive: true });
  const file = path.join(copy, PAGE);
  fs.writeFileSync(file, inject(fs.readFileSync(file, 'utf8'), snippet));
  return copy;
}

/** Starts the hub; says why where it does not start. */
function startHub(origin) {
  const hub = spawn(path.join(root, 'target/release/alongside-hub'), ['--port', '0', '--data', folder(), '--allow-origin', origin], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  endings.push(() => hub.kill('SIGKILL'));
  let said = '';
  let complained = '';
  return new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`the hub did not start: ${why}\n${complained}`.trim()));
    const limit = setTimeout(() => fail(`nothing heard of it in ${START} ms`), START);
    hub.once('error', (error) => fail(error.message));
    hub.once('close', (code) => fail(`it ended with ${code}`));
    hub.stderr.on('data', (text) => (complained = (complained + text).slice(-2_000)));
    hub.stdout.on('data', (text) => {
      const url = /http:\S+/.exec((said += text))?.[0];
      if (url) resolve(url);
    });
    endings.push(() => clearTimeout(limit));
  });
}

/** Bytes of a frame's payload as the socket carried it. */
const frameBytes = ({ opcode, payloadData }) => Buffer.from(payloadData, opcode === 2 ? 'base64' : 'utf8').length;

/** Bytes of a request's body. */
const bodyBytes = ({ postDataEntries = [] }) => postDataEntries.reduce((sum, { bytes = '' }) => sum + Buffer.from(bytes, 'base64').length, 0);

async function measure(browser, { name, url, script }) {
  const context = await browser.newContext();
  const tab = await context.newPage();
  if (script) await tab.addInitScript(script);
  const cdp = await context.newCDPSession(tab);
  await cdp.send('Network.enable');
  await cdp.send('Performance.enable');
  let bytes = 0;
  let requests = 0;
  const isDocument = new Set();
  cdp.on('Network.requestWillBeSent', ({ requestId, type, request }) => {
    if (type === 'Document') isDocument.add(requestId);
    else if (!request.url.startsWith('data:')) {
      requests += 1;
      bytes += bodyBytes(request);
    }
  });
  cdp.on('Network.webSocketCreated', () => (requests += 1));
  cdp.on('Network.webSocketFrameReceived', ({ response }) => (bytes += frameBytes(response)));
  cdp.on('Network.webSocketFrameSent', ({ response }) => (bytes += frameBytes(response)));
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (!isDocument.has(requestId)) bytes += encodedDataLength;
  });
  await tab.goto(url, { waitUntil: 'load' });
  await tab.waitForTimeout(WATCH);
  const ready = await tab.evaluate(() => window.__ready ?? null);
  const { metrics } = await cdp.send('Performance.getMetrics');
  const task = metrics.find((metric) => metric.name === 'TaskDuration').value * 1000;
  await context.close();
  if (name !== 'nothing' && ready === null) throw new Error(`${name} was not ready in ${WATCH} ms`);
  return { bytes, requests, task, ready };
}

async function bench() {
  const read = (file) => fs.readFileSync(file);
  const js = 'text/javascript; charset=utf-8';
  const files = new Map([
    ...fs.readdirSync(dist).filter((name) => name.endsWith('.js')).map((name) => [`/sdk/${name}`, [js, read(path.join(dist, name))]]),
    ['/sdk/core_bg.wasm', ['application/wasm', read(path.join(dist, 'core_bg.wasm'))]],
    ['/array.js', [js, read(path.join(tests, 'node_modules/posthog-js/dist/array.js'))]],
  ]);
  const collector = await listen(scripts(new Map()));
  files.set('/sp.js', [js, await snowplow(collector)]);
  const assets = await listen(scripts(files));
  const serve = (options) => listen(site({ dir: shop, hub: assets, deployment: 'demo', snippet: false, ...options }));
  // Ours is the shop as `./dev demo` serves it, only that scripts come from the compressing server; the hub must know the origin first.
  const attributes = [];
  const ours = await serve({ snippet: true, attributes });
  attributes.push(['data-hub', await startHub(ours)]);
  const arms = [
    { name: 'nothing', url: await serve({}) },
    // Listens from outside the page, so that nothing of it is downloaded.
    { name: 'alongside', url: ours, script: `${read(path.join(dist, 'snippet.js'))}
      window.alongside('on', 'status', ({ state }) => { if (state === 'online') window.__ready ??= performance.now(); });` },
    { name: 'posthog', url: await serve({ dir: shopWith(posthog(assets)) }) },
    { name: 'snowplow', url: await serve({ dir: shopWith(`<script async src="${assets}/sp.js"></script>`) }) },
  ].map((arm) => ({ ...arm, url: `${arm.url}/${PAGE}` }));
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--no-first-run', '--disable-component-update', '--disable-sync', '--disable-quic',
      // Nothing but this machine exists.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost'],
  });
  endings.push(() => browser.close());
  const results = Object.fromEntries(arms.map(({ name }) => [name, []]));
  for (const arm of arms) await measure(browser, arm);
  for (let run = 1; run <= runs; run += 1) {
    process.stderr.write(`run ${run} of ${runs}\n`);
    for (const arm of arms) results[arm.name].push(await measure(browser, arm));
  }
  return results;
}

function tell(results) {
  const of = (arm, key) => median(results[arm].map((result) => result[key]));
  const values = {
    'transfer-bytes': ['bytes', (arm) => of(arm, 'bytes') - of('nothing', 'bytes')],
    requests: ['requests', (arm) => of(arm, 'requests') - of('nothing', 'requests')],
    'main-thread-ms': ['ms', (arm) => Math.max(0, of(arm, 'task') - of('nothing', 'task'))],
    'ready-ms': ['ms', (arm) => of(arm, 'ready')],
  };
  const rows = Object.entries(values).map(([id, [unit, value]]) => (
    row(id, unit, { ours: value('alongside'), posthog: value('posthog'), snowplow: value('snowplow') })));
  const round = (number) => String(Math.round(number * 100) / 100).padStart(10);
  console.log(`${''.padEnd(16)}${['ours', 'posthog', 'snowplow', 'x posthog', 'x snowplow'].map((name) => name.padStart(11)).join('')}`);
  for (const { id, ours, references, ratios } of rows) {
    console.log(`${id.padEnd(16)} ${[ours, references.posthog, references.snowplow, ratios.posthog, ratios.snowplow].map(round).join(' ')}`);
  }
  writeJson('load', rows, { runs });
}

try {
  tell(await bench());
} catch (error) {
  console.error(`load: ${error.message}`);
  process.exitCode = 1;
} finally {
  for (const end of endings.reverse()) await end();
}
