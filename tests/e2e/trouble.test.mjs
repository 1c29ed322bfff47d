// Pages that make it hard: policies, blocked sockets, refused storage, wrong ids, hostile scripts. The page never breaks.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { accept, Agent, freePort, online, picture, status, until, World } from './harness.mjs';

let world;
let desk;
before(async () => {
  world = await World.begin();
  desk = await world.desk();
});
after(() => world.end());

const shown = (text, within = 6_000) => desk.locator('main').getByText(text, { exact: true }).first().waitFor({ timeout: within });

/** The shop served again with other options, on the one origin that the hub allows. */
async function withSite(options, use) {
  const first = world.processes.at(-1);
  await new Promise((resolve) => {
    first.once('exit', resolve);
    first.kill('SIGKILL');
  });
  await world.startSite(options);
  const visitor = await world.visitor();
  try {
    await use(await visitor.newPage(), visitor);
  } finally {
    await visitor.close();
  }
}

const ours = (visitor) => visitor.heard.filter((line) => line.includes('[alongside]'));

for (const transport of ['websocket', 'http']) {
  for (const format of ['binary', 'json']) {
    test(`${transport} with ${format} frames carries a search to the desk`, async () => {
      await withSite({ attributes: { 'data-transport': transport, 'data-format': format } }, async (page, visitor) => {
        await page.goto(`${world.siteUrl}/search.html?q=${transport}-${format}`);
        await shown(`${transport}-${format}`);
        assert.equal((await status(page)).transport, transport);
        await until('all is acknowledged', async () => (await status(page)).queued === 0);
        assert.deepEqual(ours(visitor), []);
      });
    });
  }
}

test('an object of the page carries frames', async () => {
  await withSite({ args: ['--no-snippet'] }, async (page, visitor) => {
    await page.goto(`${world.siteUrl}/search.html?q=custom-transport`);
    await page.evaluate(async (hub) => {
      const core = await import(`${hub}/sdk/core.js`);
      await core.default({ module_or_path: `${hub}/sdk/core_bg.wasm` });
      let socket;
      const transport = {
        open({ url, format, onopen, onmessage, onclose }) {
          if (format !== 'json') throw new Error(format);
          socket = new WebSocket(url);
          socket.onopen = onopen;
          socket.onmessage = ({ data }) => onmessage(data);
          socket.onclose = () => onclose('closed');
        },
        send: (message) => socket.send(message),
        close: () => socket.close(),
      };
      window.handle = core.start({ deployment: 'demo', hub, transport, format: 'json' });
    }, world.hubUrl);
    await shown('custom-transport');
    const { transport, state } = await page.evaluate(() => window.handle.call('status', []));
    assert.deepEqual([transport, state], ['custom', 'online']);
    assert.deepEqual(visitor.heard, []);
  });
});

test('an object of the page that throws does not break the page', async () => {
  await withSite({ args: ['--no-snippet'] }, async (page, visitor) => {
    await page.goto(`${world.siteUrl}/cart.html`);
    await page.evaluate(async (hub) => {
      const core = await import(`${hub}/sdk/core.js`);
      await core.default({ module_or_path: `${hub}/sdk/core_bg.wasm` });
      const transport = { open() { throw new Error('no'); }, send() {}, close() { throw new Error('no'); } };
      window.handle = core.start({ deployment: 'demo', hub, transport });
      window.bad = [];
      for (const options of [{}, { deployment: 'x y', hub }, { deployment: 'demo', hub: 'ftp://x' }, { deployment: 'demo', hub, transport: {} }, { deployment: 'demo', hub, format: 'xml' }]) {
        try {
          core.start(options);
        } catch (error) {
          window.bad.push(`${error.code}: ${error.message}`);
        }
      }
    }, world.hubUrl);
    await until('it is offline', async () => (await page.evaluate(() => window.handle.call('status', []))).state === 'offline');
    assert.deepEqual(visitor.heard.filter((line) => !line.includes('cannot reach')), []);
    const bad = await page.evaluate(() => window.bad);
    assert.equal(bad.length, 5);
    for (const line of bad) assert.match(line, /^bad-options: (deployment|hub|transport|format) /);
  });
});

test('where WebSockets are blocked, long polling takes over', async () => {
  await withSite({}, async (page) => {
    await page.addInitScript(() => {
      window.WebSocket = class extends EventTarget {
        constructor() {
          super();
          setTimeout(() => this.dispatchEvent(new CloseEvent('close')), 5);
        }
        close() {}
        send() {}
      };
    });
    await page.goto(`${world.siteUrl}/search.html?q=blocked-socket`);
    await shown('blocked-socket', 15_000);
    assert.equal((await status(page)).transport, 'http');
  });
});

test('a strict policy without inline code is enough', async () => {
  await withSite({ args: ['--csp'] }, async (page, visitor) => {
    await page.goto(`${world.siteUrl}/search.html?q=strict-policy`);
    await shown('strict-policy');
    assert.deepEqual(visitor.heard, []);
  });
});

test('the messenger in the page needs no more of a strict policy with Trusted Types', async () => {
  await withSite({ args: ['--csp'], attributes: { 'data-launcher': 'always' } }, async (page, visitor) => {
    const answer = await page.goto(`${world.siteUrl}/cart.html`);
    assert.match(answer.headers()['content-security-policy'], /require-trusted-types-for 'script'; trusted-types 'none'/);
    const field = page.locator('[part~=composer] textarea');
    const write = async (text) => {
      await field.fill(text);
      await field.press('Enter');
    };
    await page.locator('[part~=launcher]').click();
    await field.waitFor();
    await write('under a strict policy');
    const agent = await world.desk();
    await agent.goto(`${world.hubUrl}/desk/#/inbox`);
    await agent.locator('.inbox .list a').filter({ hasText: 'under a strict policy' }).click();
    await agent.getByRole('button', { name: 'Take it' }).click();
    await agent.locator('.composer textarea').fill('**heard**, and `seen`:\n* one\n* two');
    await agent.keyboard.press('Enter');
    await page.locator('strong', { hasText: 'heard' }).waitFor();
    await page.locator('[data-name=emoji]').click();
    await page.getByRole('gridcell').first().click();
    await field.press('Enter');
    await agent.locator('.bubble').nth(2).waitFor();
    await page.locator('[data-name=options]').click();
    await page.locator('.menu').waitFor();
    await picture(page, 'messenger/strict');
    await page.locator('[data-name=end]').click();
    await page.locator('[part="note note-event"]', { hasText: 'ended' }).waitFor();
    await page.reload();
    await page.locator('strong', { hasText: 'heard' }).waitFor();
    assert.deepEqual(visitor.heard, []);
    await agent.context().close();
  });
});

test('where the policy refuses wasm, page views arrive and the console says once what to add', async () => {
  await withSite({ args: ['--csp-no-wasm'] }, async (page, visitor) => {
    await page.goto(`${world.siteUrl}/guide/`);
    await shown('/guide/');
    await page.getByRole('link', { name: 'Matcha' }).click();
    await shown('/guide/matcha');
    assert.equal(ours(visitor).length, 1);
    assert.match(ours(visitor)[0], /'wasm-unsafe-eval' to script-src/);
    assert.equal(await page.evaluate(() => window.alongside('journey.search', 'x').catch((error) => error.code)), 'fatal');
    assert.deepEqual(visitor.heard.filter((line) => line.startsWith('uncaught')), []);
  });
});

test('a wrong deployment id is refused with what to check, and not tried again', async () => {
  await withSite({ args: ['--deployment', 'nowhere'] }, async (page, visitor) => {
    await page.goto(`${world.siteUrl}/cart.html`);
    await until('the refusal', async () => (await status(page)).state === 'refused');
    const { code, reason } = await status(page);
    assert.equal(code, 'deployment');
    assert.match(reason, /no deployment 'nowhere' allows pages from http:\/\/localhost:\d+: check .*data-deployment.*--allow-origin/);
    assert.equal(ours(visitor).length, 1);
    assert.match(ours(visitor)[0], /the hub refused this page \(deployment\)/);
  });
});

test('a page of another origin is refused in the same words', async () => {
  const port = await freePort();
  const other = await world.startSite({ port });
  const visitor = await world.visitor();
  const page = await visitor.newPage();
  await page.goto(`http://localhost:${port}/cart.html`);
  await until('the refusal', async () => (await status(page)).state === 'refused');
  assert.match((await status(page)).reason, /no deployment 'demo' allows pages from/);
  await visitor.close();
  // The site that other tests serve again is the last process.
  world.processes.splice(world.processes.indexOf(other), 1);
  other.kill('SIGKILL');
});

test('the hostile page is tracked and not disturbed', async () => {
  await withSite({}, async (page, visitor) => {
    await page.goto(`${world.siteUrl}/hostile.html`);
    await shown('A hostile page');
    await page.click('#storm');
    await page.waitForTimeout(600);
    await online(page);
    await page.click('#calm');
    assert.deepEqual(await page.evaluate(() => window.errors), []);
    assert.deepEqual(visitor.heard, []);
    await picture(page, 'hostile');
  });
});

test('the hostile page is shared, and what is masked meanwhile is masked', async () => {
  await withSite({}, async (page, visitor) => {
    await page.goto(`${world.siteUrl}/hostile.html?guest=hostile`);
    await online(page);
    const agent = new Agent(await world.desk());
    await agent.offer('guest=hostile');
    await accept(page);
    const heading = agent.replica.getByRole('heading');
    await agent.replica.getByRole('heading', { name: 'A hostile page' }).waitFor();
    await page.evaluate(() => (document.querySelector('h1').textContent = 'A changed page'));
    await until('what changes is shown', async () => (await heading.textContent()) === 'A changed page');
    await world.put('/api/deployments/demo/masking', { masking: { private: false, rules: [{ mark: 'mask', selector: 'h1' }] } });
    await until('what the hub masks is masked', async () => (await heading.textContent()) === 'A aaaaaaa aaaa');
    await world.put('/api/deployments/demo/masking', { masking: { private: false, rules: [] } });
    assert.deepEqual(await page.evaluate(() => window.errors), []);
    assert.deepEqual(visitor.heard, []);
    await agent.desk.context().close();
  });
});

test('any folder of static pages can be the site', async () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'alongside-folder-'));
  fs.writeFileSync(path.join(dir, 'index.html'), '<title>My own page</title><h1>Hello</h1>');
  await withSite({ dir }, async (page) => {
    await page.goto(`${world.siteUrl}/`);
    await shown('My own page');
  });
  fs.rmSync(dir, { recursive: true });
});

test('the dot turns yellow after 45 s and grey after 60 s', async () => {
  await withSite({}, async (page) => {
    await page.goto(`${world.siteUrl}/search.html?q=stillness`);
    await shown('stillness');
    await desk.clock.install({ time: Date.now() });
    const row = desk.getByRole('row').filter({ hasText: 'stillness' });
    await row.getByText('Live', { exact: true }).waitFor();
    await desk.clock.runFor(46_000);
    await row.getByText('Quiet', { exact: true }).waitFor({ timeout: 3_000 });
    await desk.clock.runFor(15_000);
    await row.getByText('Inactive', { exact: true }).waitFor({ timeout: 3_000 });
  });
});
