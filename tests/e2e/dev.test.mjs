// The demo as people start and stop it: `./dev demo`, Ctrl-C, a port that is taken, a site of one's own.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { root, until } from './harness.mjs';

const MINUTE = 60_000;
const state = fs.mkdtempSync(path.join(os.tmpdir(), 'alongside-dev-'));
const own = path.join(state, 'own site');
const started = [];

before(() => {
  fs.mkdirSync(own);
  fs.writeFileSync(path.join(own, 'index.html'), '<!doctype html><html><head><title>My own</title></head><body>Hello</body></html>');
});
after(() => {
  for (const { group } of started) if (left(group)) process.kill(-group, 'SIGKILL');
  fs.rmSync(state, { recursive: true, force: true });
});

/** The processes of a group, one a line; without those that ended and that nobody has asked for their result. */
function left(group) {
  const all = spawnSync('ps', ['-eo', 'pgid=,stat=,pid=,args='], { encoding: 'utf8' }).stdout.split('\n').map((line) => line.trim());
  return all.filter((line) => line.startsWith(`${group} `) && !/^\d+ Z/.test(line)).join('\n');
}

/** `./dev demo` as the leader of a process group, as in a terminal. */
function demo(...args) {
  const { HUB_PORT, SITE_PORT, ...env } = process.env;
  const child = spawn('./dev', ['demo', ...args], { cwd: root, detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...env, ALONGSIDE_STATE: state } });
  const run = { group: child.pid, said: '', ended: new Promise((resolve) => child.once('close', resolve)), isOver: false };
  run.ended.then(() => (run.isOver = true));
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (run.said += text));
  started.push(run);
  run.isUp = (within) => until('the demo is up', () => {
    assert.ok(!run.isOver, run.said);
    return run.said.includes('Ctrl-C stops everything');
  }, within);
  return run;
}

function listen(port) {
  const server = http.createServer((_request, response) => response.end('not the hub'));
  return new Promise((resolve, reject) => server.once('error', reject).listen(port, 'localhost', () => resolve(server)));
}

/** Three free ports beside each other: the hub's, the site's, the telephones'. */
async function freeRow() {
  for (;;) {
    const first = await listen(0);
    const { port } = first.address();
    const others = await Promise.all([1, 2].map((next) => listen(port + next).catch(() => undefined)));
    await Promise.all([first, ...others].map((server) => server && new Promise((resolve) => server.close(resolve))));
    if (others.every(Boolean)) return port;
  }
}

test('a taken port is named, with what to do', async () => {
  const hub = await freeRow();
  for (const taken of [hub, hub + 1, hub + 2]) {
    const other = await listen(taken);
    const run = demo('--port', `${hub}`);
    assert.equal(await run.ended, 1);
    assert.equal(run.said.trim(), `dev: port ${taken} is in use: stop what runs there, or ./dev demo --port N`);
    await new Promise((resolve) => other.close(resolve));
  }
});

test('Ctrl-C stops everything, and the next demo is up at once with a site of one’s own', async (t) => {
  const hub = await freeRow();
  const first = demo('--port', `${hub}`);
  await first.isUp(15 * MINUTE);
  assert.equal((await fetch(`http://localhost:${hub}/health`)).status, 200);
  assert.match(await (await fetch(`http://localhost:${hub + 1}/`)).text(), /tea/i);
  process.kill(-first.group, 'SIGINT');
  assert.equal(await first.ended, 130);
  assert.equal(left(first.group), '');

  const start = Date.now();
  const second = demo('--site', own, '--port', `${hub}`);
  await second.isUp(MINUTE);
  t.diagnostic(`the second demo was up after ${Date.now() - start} ms`);
  const page = await (await fetch(`http://localhost:${hub + 1}/`)).text();
  assert.equal(page, `<!doctype html><html><head><title>My own</title><script async src="http://localhost:${hub}/sdk/alongside.js" `
    + 'data-deployment="demo" data-launcher="always"></script></head><body>Hello</body></html>');
  process.kill(-second.group, 'SIGINT');
  assert.equal(await second.ended, 130);
  assert.equal(left(second.group), '');
});
