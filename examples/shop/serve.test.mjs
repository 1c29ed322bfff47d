import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { request } from 'node:http';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inject, site, tag } from './serve.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'alongside-site-'));
const servers = [];

function serve(options = {}) {
  const server = site({ dir: folder, hub: 'http://localhost:1', deployment: 'demo', ...options });
  servers.push(server);
  return new Promise((resolve) => server.listen(0, 'localhost', () => resolve(server.address().port)));
}

/** Unlike fetch, sends the path as it is. */
function get(port, address) {
  return new Promise((resolve, reject) => {
    request({ host: 'localhost', port, path: address }, (response) => {
      const parts = [];
      response.on('data', (part) => parts.push(part));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text: Buffer.concat(parts).toString() }));
    })
      .on('error', reject)
      .end();
  });
}

before(() => {
  fs.mkdirSync(path.join(folder, 'app'));
  fs.writeFileSync(path.join(folder, 'index.html'), '<!doctype html><title>a</title><p>front');
  fs.writeFileSync(path.join(folder, 'style.css'), 'p{}');
  fs.writeFileSync(path.join(folder, 'app/index.html'), '<head><meta name="spa-fallback"></head>app');
});
after(() => {
  servers.forEach((server) => server.close());
  fs.rmSync(folder, { recursive: true });
});

test('the tag goes before the real end of the head', () => {
  for (const [html, expected] of [
    ['<head><title>x</title></head><body>', '<head><title>x</title>TAG</head><body>'],
    ['<HEAD></HEAD >', '<HEAD>TAG</HEAD >'],
    ['<head><!-- </head> --></head>', '<head><!-- </head> -->TAG</head>'],
    ['<head><script>"</head>"</script></head>', '<head><script>"</head>"</script>TAG</head>'],
    ['<!doctype html><p>no head', '<!doctype html>TAG<p>no head'],
    ['<p>nothing', 'TAG<p>nothing'],
    ['\uFEFF<p>mark', '\uFEFFTAG<p>mark'],
    ['', 'TAG'],
  ]) {
    assert.equal(inject(html, 'TAG'), expected);
  }
});

test('attributes cannot break out of the tag', () => {
  assert.ok(!tag('http://h', '"><script>', [['data-x', '"']]).includes('"><script>'));
});

test('pages get the tag, other files are as they are', async () => {
  const port = await serve();
  const page = await get(port, '/');
  assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
  assert.match(page.text, /<script async src="http:\/\/localhost:1\/sdk\/alongside.js" data-deployment="demo"><\/script>/);
  assert.equal((await get(port, '/style.css')).text, 'p{}');
  assert.equal((await get(port, '/nothing')).status, 404);
});

test('nothing outside of the folder is served', async () => {
  const port = await serve();
  const outside = path.join(path.dirname(folder), 'alongside-outside.txt');
  fs.writeFileSync(outside, 'secret');
  fs.symlinkSync(outside, path.join(folder, 'link.txt'));
  for (const address of ['/../alongside-outside.txt', '/%2e%2e/alongside-outside.txt', '/..%2falongside-outside.txt', '/link.txt', '/%00', '/%zz']) {
    const answer = await get(port, address);
    assert.equal(answer.status, 404, address);
    assert.ok(!answer.text.includes('secret'));
  }
  fs.rmSync(outside);
});

test('a single-page section answers for every address below it', async () => {
  const port = await serve();
  assert.match((await get(port, '/app/some/where')).text, /app$/);
  assert.equal((await get(port, '/app')).headers.location, '/app/');
});

test('a strict policy is sent when asked for', async () => {
  const port = await serve({ csp: 'wasm' });
  const policy = (await get(port, '/')).headers['content-security-policy'];
  assert.match(policy, /script-src 'self' http:\/\/localhost:1 'wasm-unsafe-eval'/);
  assert.match(policy, /connect-src 'self' http:\/\/localhost:1 ws:\/\/localhost:1/);
  const strict = (await get(await serve({ csp: 'no-wasm' }), '/')).headers['content-security-policy'];
  assert.ok(!strict.includes('wasm-unsafe-eval'));
});

test('what cannot work is said in one line', () => {
  const script = fileURLToPath(new URL('serve.mjs', import.meta.url));
  for (const [args, message] of [
    [['--dir', '/no/such/folder'], 'serve: there is no folder /no/such/folder\n'],
    [['--wrong'], 'serve: unknown flag --wrong\n'],
    [['--port'], 'serve: --port needs a value\n'],
  ]) {
    const { status, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
    assert.deepEqual([status, stderr], [1, message]);
  }
});
