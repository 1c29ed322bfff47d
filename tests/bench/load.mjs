// What an SDK costs a page: bytes, requests, main-thread time, time until it is ready. Ours beside posthog-js and Snowplow's tracker,
// interleaved in one run, all served brotli-compressed by the same local server. ./dev bench load [--json FILE] [--runs N]

import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';

const tests = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const root = path.dirname(tests);
const flag = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);
const runs = Math.max(5, Number(flag('--runs') ?? 7));
/** Every arm is watched for so long after navigation. */
const WATCH = 4_000;

const median = (numbers) => {
  const sorted = [...numbers].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** An ordinary page: 1,500 nodes of text, links and boxes. */
const body = Array.from({ length: 300 }, (_, index) => `<section><h2>Item ${index}</h2><p>Some words about item ${index}.</p><a href="#${index}">More</a></section>`).join('');
const page = (script) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,">${script}</head><body>${body}</body></html>`;

/** A server whose files are all in memory and compressed; what it does not know it takes, as a collector does. */
async function serve(files) {
  const packed = new Map(
    Object.entries(files).map(([name, [type, content]]) => [name, [type, brotliCompressSync(Buffer.from(content))]]),
  );
  const server = http.createServer((request, response) => {
    const name = new URL(request.url, 'http://x').pathname;
    const headers = { 'access-control-allow-origin': request.headers.origin ?? '*', 'access-control-allow-headers': 'content-type, sp-anonymous', 'access-control-allow-credentials': 'true', 'cache-control': 'no-store' };
    const file = packed.get(name);
    if (!file) {
      response.writeHead(200, { ...headers, 'content-type': 'application/json' }).end('{}');
      return;
    }
    response.writeHead(200, { ...headers, 'content-type': file[0], 'content-encoding': 'br' }).end(file[1]);
  });
  await new Promise((resolve) => server.listen(0, 'localhost', resolve));
  const add = (name, type, content) => packed.set(name, [type, brotliCompressSync(Buffer.from(content))]);
  return { port: server.address().port, close: () => server.close(), add };
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

const read = (file) => fs.readFileSync(file);
const js = 'text/javascript; charset=utf-8';
const dist = path.join(root, 'js/dist');

const collector = await serve({});
const posthogHost = `http://localhost:${collector.port}`;
const server = await serve({
  '/nothing.html': ['text/html', page('')],
  '/posthog.html': ['text/html', page('<script src="/posthog-init.js"></script><script async src="/array.js"></script>')],
  '/snowplow.html': ['text/html', page('<script async src="/sp.js"></script>')],
  '/sdk/alongside.js': [js, read(path.join(dist, 'alongside.js'))],
  '/sdk/core.js': [js, read(path.join(dist, 'core.js'))],
  '/sdk/core_bg.wasm': ['application/wasm', read(path.join(dist, 'core_bg.wasm'))],
  '/array.js': [js, read(path.join(tests, 'node_modules/posthog-js/dist/array.js'))],
  '/sp.js': [js, await snowplow(`http://localhost:${collector.port}`)],
  // Both measured SDKs say when they are ready in the same variable.
  '/ready.js': [js, `addEventListener('DOMContentLoaded', () => { const look = () => { if (!window.alongside) return setTimeout(look, 5);
    window.alongside('on', 'status', ({ state }) => { if (state === 'online') window.__ready ??= performance.now(); }); }; look(); });`],
  '/posthog-init.js': [js, `window.posthog = window.posthog || []; (function (p) { if (p.__SV) return; p._i = []; p.init = function (token, config, name) {
    p._i.push([token, config, name || 'posthog']); }; p.__SV = 1; })(window.posthog);
    window.posthog.init('bench', { api_host: '${posthogHost}', loaded: () => { window.__ready ??= performance.now(); } });`],
});
const origin = `http://localhost:${server.port}`;

const data = fs.mkdtempSync(path.join(os.tmpdir(), 'alongside-bench-'));
const hub = spawn(path.join(root, 'target/release/alongside-hub'), ['--port', '0', '--data', data, '--allow-origin', origin], { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] });
const hubUrl = await new Promise((resolve) => hub.stdout.once('data', (line) => resolve(/http:\S+/.exec(line)[0])));

server.add('/alongside.html', 'text/html', page(`<script src="/ready.js"></script>
  <script async src="/sdk/alongside.js" data-deployment="demo" data-hub="${hubUrl}"></script>`));

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--no-first-run', '--disable-component-update', '--disable-sync', '--disable-quic',
    // Nothing but this machine exists.
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost'],
});

async function measure(arm) {
  const context = await browser.newContext();
  const tab = await context.newPage();
  const cdp = await context.newCDPSession(tab);
  await cdp.send('Network.enable');
  await cdp.send('Performance.enable');
  let bytes = 0;
  let requests = 0;
  const isDocument = new Set();
  cdp.on('Network.requestWillBeSent', ({ requestId, type, request }) => {
    if (type === 'Document') isDocument.add(requestId);
    else if (!request.url.startsWith('data:')) requests += 1;
  });
  cdp.on('Network.webSocketCreated', () => (requests += 1));
  cdp.on('Network.webSocketFrameReceived', ({ response }) => (bytes += response.payloadData.length));
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (!isDocument.has(requestId)) bytes += encodedDataLength;
  });
  await tab.goto(`${origin}/${arm}.html`, { waitUntil: 'load' });
  await tab.waitForTimeout(WATCH);
  const ready = await tab.evaluate(() => window.__ready ?? null);
  const { metrics } = await cdp.send('Performance.getMetrics');
  const task = metrics.find(({ name }) => name === 'TaskDuration').value * 1000;
  await context.close();
  if (arm !== 'nothing' && ready === null) throw new Error(`${arm} did not become ready in ${WATCH} ms`);
  return { bytes, requests, task, ready };
}

const arms = ['nothing', 'alongside', 'posthog', 'snowplow'];
const results = Object.fromEntries(arms.map((arm) => [arm, []]));
try {
  for (const arm of arms) await measure(arm);
  for (let run = 1; run <= runs; run += 1) {
    process.stderr.write(`run ${run} of ${runs}\n`);
    for (const arm of arms) results[arm].push(await measure(arm));
  }
} finally {
  await browser.close();
  hub.kill('SIGKILL');
  server.close();
  collector.close();
  fs.rmSync(data, { recursive: true, force: true });
}

const of = (arm, key) => median(results[arm].map((result) => result[key]));
const values = {
  'transfer-bytes': ['bytes', (arm) => of(arm, 'bytes') - of('nothing', 'bytes')],
  requests: ['requests', (arm) => of(arm, 'requests') - of('nothing', 'requests')],
  'main-thread-ms': ['ms', (arm) => Math.max(0, of(arm, 'task') - of('nothing', 'task'))],
  'ready-ms': ['ms', (arm) => of(arm, 'ready')],
};
const rows = Object.entries(values).map(([id, [unit, value]]) => {
  const ours = value('alongside');
  const references = { posthog: value('posthog'), snowplow: value('snowplow') };
  const ratios = Object.fromEntries(Object.entries(references).map(([name, figure]) => [name, ours / figure]));
  return { id, unit, ours, references, ratios };
});
const round = (number) => String(Math.round(number * 100) / 100).padStart(10);
console.log(`${''.padEnd(16)}${['ours', 'posthog', 'snowplow', 'x posthog', 'x snowplow'].map((name) => name.padStart(11)).join('')}`);
for (const { id, ours, references, ratios } of rows) {
  console.log(`${id.padEnd(16)} ${[ours, references.posthog, references.snowplow, ratios.posthog, ratios.snowplow].map(round).join(' ')}`);
}
if (flag('--json')) {
  const machine = { cpu: os.cpus()[0]?.model, cores: os.cpus().length, memory: os.totalmem(), node: process.version, runs };
  fs.writeFileSync(flag('--json'), JSON.stringify({ bench: 'load', machine, rows }, null, 2) + '\n');
}
