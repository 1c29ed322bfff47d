// The messenger in a frame of the hub's: all that it does in a page, and nothing of it for the page's scripts.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { after, afterEach, before, test } from 'node:test';
import { AUDIENCE, Customers, ISSUER } from '../../examples/shop/customers.mjs';
import { accept, Agent, calm, freePort, online, picture, status, until, World } from './harness.mjs';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const page = (title, language = 'lang="en"') => `<!doctype html><html ${language}><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>
<link rel="icon" href="data:,"><main><h1>${title}</h1><p><a href="next.html">Next</a> <button id="own" class="help">Help</button></p>
<form role="search"><input type="search" name="q" aria-label="Search"></form><p id="secret">Shown to agents once it is shared</p></main></html>`;

const customers = new Customers(300);
let world;
let desk;
let guests = [];
/** Where a page of another policy is served. */
let port;
let attributes;

before(async () => {
  port = await freePort();
  attributes = { 'data-isolation': 'frame', 'data-launcher': 'always', 'data-open-selector': '.help' };
  world = await World.begin({ site: { pages: { 'index.html': page('A bank'), 'next.html': page('The next page'), 'rtl.html': page('From right to left', 'lang="ar" dir="rtl"') }, attributes }, flags: ['--allow-origin', `http://localhost:${port}`] });
  await world.put('/api/deployments/demo/identity', { identity: { issuer: ISSUER, audience: AUDIENCE, algorithms: ['ES256'], keys: customers.keys } });
  desk = await world.desk();
});
after(() => world.end());
afterEach(async () => {
  for (const context of guests) await context.close();
  guests = [];
});

async function visitor({ address = '/', site = world.siteUrl, ...options } = {}) {
  const context = await world.visitor(options);
  guests.push(context);
  const page = await context.newPage();
  await page.goto(site + address);
  await online(page);
  return page;
}

/** The same site by another server, while `use` runs. @param {string[]} args @param {(site: string) => Promise<void>} use */
async function withSite(args, use) {
  const server = await world.startSite({ dir: world.pages, args, attributes, port });
  try {
    await use(`http://localhost:${port}`);
  } finally {
    server.kill('SIGKILL');
  }
}

const launcher = (page) => page.locator('[part~=launcher]');
const frame = (page) => page.locator('iframe[part~=frame]');
const inside = (page) => page.frameLocator('iframe[part~=frame]');
const field = (page) => inside(page).locator('[part~=composer] textarea');
const bubbles = (page) => inside(page).locator('[part~=bubble]:not([part~=greeting], [part~=typing])');
const row = (text) => desk.locator('.inbox .list a').filter({ hasText: text });
const refused = (page, command, ...args) => page.evaluate(([command, args]) => window.alongside(command, ...args).then(() => 'done', ({ code }) => code), [command, args]);
const focus = (page) => page.evaluate(() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element?.localName === 'iframe' ? 'frame' : element?.id || element?.getAttribute('part') || element?.localName;
});

async function open(page) {
  await launcher(page).click();
  await field(page).waitFor();
}

async function write(page, text) {
  await field(page).fill(text);
  await field(page).press('Enter');
  await bubbles(page).filter({ hasText: text }).waitFor();
}

async function take(text) {
  await desk.goto(`${world.hubUrl}/desk/#/inbox`);
  await row(text).click();
  await desk.getByRole('button', { name: 'Take it' }).click();
  await desk.locator('.composer textarea').waitFor();
}

async function reply(text) {
  await desk.locator('.composer textarea').fill(text);
  await desk.keyboard.press('Enter');
}

/** The page and what is in the frame. */
async function checkAccessible(page, documents = page.frames()) {
  for (const document of documents) {
    await document.evaluate(AXE);
    const { violations } = await document.evaluate(() => window.axe.run());
    assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`), [], document.url());
  }
}

test('a conversation goes both ways, over pages and reloads, and agents see the visitor on the site as ever', async () => {
  const page = await visitor({ address: '/?guest=journey' });
  await desk.goto(`${world.hubUrl}/desk/#/live`);
  await desk.getByRole('row').filter({ hasText: 'guest=journey' }).waitFor();
  await page.locator('[type=search]').fill('mortgage');
  await page.locator('[type=search]').press('Enter');
  await page.waitForURL(/q=mortgage/);
  await online(page);
  await desk.getByRole('row').filter({ hasText: 'mortgage' }).waitFor();
  await open(page);
  await picture(page, 'frame/empty');
  await write(page, 'Is my card blocked?');
  await take('Is my card blocked?');
  await reply('It is not.');
  await bubbles(page).filter({ hasText: 'It is not.' }).waitFor();
  await picture(page, 'frame/open');
  await checkAccessible(page);

  await page.getByRole('link', { name: 'Next' }).click();
  await bubbles(page).filter({ hasText: 'It is not.' }).waitFor();
  assert.equal(await frame(page).evaluate((frame) => getComputedStyle(frame).visibility), 'visible', 'it stays open from page to page');
  assert.notEqual(await focus(page), 'frame', 'and takes no focus by itself');
  await write(page, 'Thanks');
  await desk.locator('.bubble', { hasText: 'Thanks' }).waitFor();
  await launcher(page).click();
  await until('it is closed', async () => (await frame(page).evaluate((frame) => getComputedStyle(frame).visibility)) === 'hidden');
  await reply('Anything else?');
  await until('the button tells', async () => /1 unread/.test(await launcher(page).getAttribute('aria-label')));
  await picture(page, 'frame/unread');
  await page.reload();
  await online(page);
  await until('also after a reload', async () => /1 unread/.test(await launcher(page).getAttribute('aria-label')));
  await open(page);
  await bubbles(page).filter({ hasText: 'Anything else?' }).waitFor();
  await until('it is read', async () => (await launcher(page).getAttribute('aria-label')) === 'Messages');
  assert.deepEqual(page.context().heard.filter((line) => /^(uncaught|error)/.test(line)), []);
});

test("the page's scripts find no token and no word of it, and can write none", async () => {
  const page = await visitor();
  await page.evaluate(() => {
    window.told = [];
    for (const topic of ['message', 'messenger', 'status', 'identity']) window.alongside('on', topic, (state) => window.told.push([topic, state]));
    addEventListener('message', ({ data }) => window.told.push(['window', data]));
  });
  await open(page);
  await write(page, 'canary-of-the-visitor');
  await take('canary-of-the-visitor');
  await reply('canary-of-the-agent');
  await bubbles(page).filter({ hasText: 'canary-of-the-agent' }).waitFor();
  await launcher(page).click();
  await reply('canary-while-closed');
  await until('the page hears that one is unread', () => page.evaluate(() => window.told.some(([topic, state]) => topic === 'messenger' && state.unread === 1)));
  const seen = await page.evaluate(() => {
    const frame = [...document.documentElement.children].map((host) => host.shadowRoot?.querySelector('iframe')).find(Boolean);
    const read = (get) => {
      try {
        return String(get());
      } catch {
        return 'refused';
      }
    };
    return {
      kept: JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]), told: JSON.stringify(window.told), document: read(() => frame.contentDocument), inner: read(() => frame.contentWindow.document),
      kept2: read(() => frame.contentWindow.localStorage), page: document.documentElement.getHTML({ serializableShadowRoots: true }),
    };
  });
  assert.ok(!JSON.stringify(seen).includes('canary'), JSON.stringify(seen.told));
  assert.deepEqual([seen.document, seen.inner, seen.kept2], ['null', 'refused', 'refused']);
  assert.ok(!/:visitor/.test(seen.kept), seen.kept);
  assert.ok(!/"message"/.test(seen.told));
  for (const command of ['messenger.view', 'messenger.say', 'messenger.answer', 'messenger.earlier', 'messenger.attach', 'messenger.rate', 'messenger.seen', 'messenger.notNow']) {
    assert.equal(await refused(page, command, 'forged'), 'isolated', command);
  }
  assert.equal(await refused(page, 'nothing.such'), 'unknown-command');
  // The frame takes the first who speaks to it, and nothing from anybody later.
  await page.evaluate(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => window.told.push(['stolen', data]);
    const frame = [...document.documentElement.children].map((host) => host.shadowRoot?.querySelector('iframe')).find(Boolean);
    frame.contentWindow.postMessage('alongside', '*', [port2]);
    port1.postMessage({ do: 'call', id: 1, command: 'status', args: [] });
  });
  await open(page);
  assert.ok(!(await page.evaluate(() => JSON.stringify(window.told))).includes('stolen'));
  assert.equal(await bubbles(page).filter({ hasText: 'forged' }).count(), 0);
});

test('who looks at something else is told by the title, and by a notice where he wants one, which names nobody', async () => {
  const context = await world.visitor();
  guests.push(context);
  await context.addInitScript(() => {
    window.notices = [];
    window.Notification = class {
      static permission = 'default';
      static requestPermission = async () => (this.permission = 'granted');
      constructor(title, options) {
        window.notices.push({ title, ...options });
        window.shownLast = this;
      }
      close() {}
    };
  });
  const page = await context.newPage();
  await page.goto(world.siteUrl);
  await online(page);
  await open(page);
  await inside(page).locator('[data-name=options]').click();
  await inside(page).locator('[data-name=notify]').click();
  await until('the page asked', () => page.evaluate(() => Notification.permission === 'granted'));
  await write(page, 'call me');
  await take('call me');
  await launcher(page).click();
  await page.evaluate(() => Object.defineProperty(document, 'hidden', { configurable: true, get: () => true }));
  await reply('a canary for the notice');
  await until('the title tells', async () => (await page.title()) === '(1) A bank');
  assert.deepEqual(await page.evaluate(() => window.notices), [{ title: '(1) A bank', body: '', tag: 'alongside' }]);
  await page.evaluate(() => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => false });
    document.dispatchEvent(new Event('visibilitychange'));
    window.shownLast.onclick();
  });
  await bubbles(page).filter({ hasText: 'a canary for the notice' }).waitFor();
  await until('it is open', async () => (await frame(page).evaluate((frame) => getComputedStyle(frame).visibility)) === 'visible');
  assert.equal(await page.title(), 'A bank');
});

test('a page with a strict policy allows the script and the frame, and nothing else', async () => {
  await withSite(['--csp-frame'], async (site) => {
    const page = await visitor({ site });
    await open(page);
    await write(page, 'under a strict policy');
    await take('under a strict policy');
    await reply('**heard**');
    await inside(page).locator('strong', { hasText: 'heard' }).waitFor();
    assert.deepEqual(page.context().heard, []);
  });
});

test('where the frame may not be, page views are counted and the console says what to do', async () => {
  await withSite(['--csp'], async (site) => {
    const context = await world.visitor();
    guests.push(context);
    await context.clock.install();
    const page = await context.newPage();
    await page.goto(`${site}/next.html`);
    await until('it looks for the frame', () => context.heard.some((line) => /frame-src/.test(line)));
    const counted = page.waitForRequest(/v1\/beacon/);
    await context.clock.fastForward(31_000);
    await counted;
    await until('it says so', () => context.heard.some((line) => /only page views are sent.*frame-src/.test(line)));
    assert.equal(await launcher(page).count(), 0, 'a button that opens nothing is not there');
    assert.equal(await refused(page, 'messenger.open'), 'fatal');
    assert.deepEqual(context.heard.filter((line) => /^uncaught/.test(line)), []);
  });
});

test('a page that has the SDK from npm says so by an option', async () => {
  const script = `import { start } from '${world.hubUrl}/sdk/index.js';
    window.alongside = start({ deployment: 'demo', hub: '${world.hubUrl}', isolation: 'frame', messenger: { launcher: 'always', title: 'Your bank', labels: { write: 'Ask us' } } });`;
  fs.writeFileSync(`${world.pages}/npm.html`, `<!doctype html><html lang="en"><title>npm</title><body><script type="module">${script}</script></body></html>`);
  await withSite(['--no-snippet'], async (site) => {
    const page = await visitor({ site, address: '/npm.html' });
    await open(page);
    await inside(page).getByRole('heading', { name: 'Your bank' }).waitFor();
    assert.equal(await page.evaluate((hub) => import(`${hub}/sdk/index.js`).then(({ start }) => start({ deployment: 'demo', hub, isolation: 'frame' }) === window.alongside), world.hubUrl), true);
    await page.evaluate(() => window.alongside('stop'));
    for (const options of [{ messenger: { headless: true } }, { transport: { open() {}, send() {}, close() {} } }]) {
      const code = await page.evaluate(([hub, isHeadless]) => import(`${hub}/sdk/index.js`).then(async ({ start }) => {
        const options = isHeadless ? { messenger: { headless: true } } : { transport: { open() {}, send() {}, close() {} } };
        const alongside = start({ deployment: 'demo', hub, isolation: 'frame', ...options });
        const reason = await alongside('status').catch(({ message }) => message);
        await alongside('stop').catch(() => {});
        return reason;
      }), [world.hubUrl, 'messenger' in options]);
      assert.match(code, /isolation/);
    }
  });
});

test('no other site shows the messenger in a frame', async () => {
  const elsewhere = await freePort();
  fs.writeFileSync(`${world.pages}/evil.html`, `<!doctype html><title>Evil</title><iframe src="${world.hubUrl}/frame?deployment=demo"></iframe>`);
  const server = await world.startSite({ dir: world.pages, args: ['--no-snippet'], port: elsewhere });
  const context = await world.visitor();
  guests.push(context);
  const page = await context.newPage();
  await page.goto(`http://localhost:${elsewhere}/evil.html`);
  await until('it is refused', () => context.heard.some((line) => /frame-ancestors/.test(line)));
  server.kill('SIGKILL');
});

test('the keyboard goes in and out; own elements open it; a page that takes the frame off gets it back', async () => {
  const page = await visitor();
  await page.locator('#own').focus();
  await page.keyboard.press('Enter');
  await field(page).waitFor();
  await until('the field has the focus', async () => (await focus(page)) === 'frame' && (await inside(page).locator('textarea:focus').count()) === 1);
  await page.keyboard.type('typed at once');
  await page.keyboard.press('Escape');
  await until('it is closed', async () => (await frame(page).evaluate((frame) => getComputedStyle(frame).visibility)) === 'hidden');
  assert.equal(await focus(page), 'own', 'the focus is where it was');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  assert.notEqual(await focus(page), 'frame', 'what is closed cannot be reached');
  await launcher(page).focus();
  await page.keyboard.press('Enter');
  await until('the field has the focus again', async () => (await focus(page)) === 'frame');
  assert.equal(await field(page).inputValue(), 'typed at once', 'the draft is there');
  await page.keyboard.press('Enter');
  await bubbles(page).filter({ hasText: 'typed at once' }).waitFor();

  await page.evaluate(() => [...document.documentElement.children].find((host) => host.shadowRoot?.querySelector('iframe')).remove());
  await bubbles(page).filter({ hasText: 'typed at once' }).waitFor();
  await online(page);
  await write(page, 'and on');
  assert.equal(await page.evaluate(() => window.alongside('messenger.close').then(() => 'closed')), 'closed');
  await page.evaluate(() => window.alongside('stop'));
  assert.equal(await frame(page).count(), 0);
  assert.equal(await launcher(page).count(), 0);
  assert.equal(await refused(page, 'messenger.open'), 'stopped');
});

test('what is written while the hub is gone arrives once, from two tabs, over a reload', async () => {
  const page = await visitor();
  await open(page);
  await write(page, 'before');
  await world.stopHub('SIGKILL');
  await inside(page).locator('[part~=banner]').waitFor();
  await write(page, 'in between');
  await world.startHub();
  await until('it was sent', async () => (await inside(page).locator('[part~=bubble]', { hasText: 'in between' }).count()) === 1 && (await status(page)).state === 'online', 30_000);
  const other = await page.context().newPage();
  await other.goto(`${world.siteUrl}/next.html`);
  await bubbles(other).filter({ hasText: 'in between' }).waitFor();
  await write(other, 'from the other tab');
  await bubbles(page).filter({ hasText: 'from the other tab' }).waitFor();
  assert.equal((await status(page)).visitor, (await status(other)).visitor);
  await page.reload();
  await bubbles(page).filter({ hasText: 'from the other tab' }).waitFor();
  assert.deepEqual(await bubbles(page).allTextContents(), ['before', 'in between', 'from the other tab']);
});

test('the page says who the visitor is, and signing out leaves nothing behind', async () => {
  const page = await visitor();
  await page.exposeFunction('give', () => customers.token('mika'));
  const verified = () => page.evaluate(() => window.alongside('identity.signIn').then(({ status }) => status));
  await page.evaluate(() => {
    window.reasons = [];
    return window.alongside('identity.provide', ({ reason }) => {
      window.reasons.push(reason);
      return window.give();
    });
  });
  assert.equal(await verified(), 'verified');
  await open(page);
  await write(page, 'I am Mika');
  await desk.goto(`${world.hubUrl}/desk/#/inbox`);
  await row('Mika Tanaka').locator('.shield.verified').waitFor();
  await take('Mika Tanaka');
  const before = (await status(page)).visitor;
  await page.evaluate(() => window.alongside('identity.signOut'));
  await until('a new visitor', async () => {
    const { visitor } = await status(page);
    return visitor && visitor !== before;
  });
  await until('it is closed', async () => (await frame(page).evaluate((frame) => getComputedStyle(frame).visibility)) === 'hidden');
  await open(page);
  assert.equal(await bubbles(page).count(), 0);
  await page.evaluate(() => window.alongside('identity.provide', () => Promise.reject(new Error('closed'))));
  assert.match(await page.evaluate(() => window.alongside('identity.signIn').then(({ error }) => `${error.code} ${error.message}`)), /token-failed .*closed/);
});

test('several conversations have their list in the frame, and the page hears nothing of it', async () => {
  await world.put('/api/messenger', { several: true });
  try {
    const page = await visitor();
    await open(page);
    await write(page, 'About my card');
    await inside(page).locator('[data-name=back]').click();
    await inside(page).locator('[data-name=new-message]').click();
    await write(page, 'About a mortgage');
    assert.deepEqual(await bubbles(page).allTextContents(), ['About a mortgage']);
    await take('About my card');
    await reply('It is safe.');
    await inside(page).locator('[data-name=back][data-count="1"]').click();
    const talk = inside(page).locator('[part=home] .talk').filter({ hasText: 'It is safe.' });
    await talk.locator('.talk-unread').waitFor();
    await picture(page, 'frame/several');
    await checkAccessible(page);
    for (const command of ['messenger.choose', 'messenger.conversations']) assert.equal(await refused(page, command), 'isolated');
    await talk.click();
    await bubbles(page).filter({ hasText: 'It is safe.' }).waitFor();
    await page.reload();
    await bubbles(page).filter({ hasText: 'It is safe.' }).waitFor();
    assert.deepEqual(await bubbles(page).allTextContents(), ['About my card', 'It is safe.'], 'it is in front again');
  } finally {
    await world.put('/api/messenger', {});
  }
});

test('an agent sees the page from the conversation, without the messenger, and helps on it', async () => {
  const page = await visitor({ address: '/?guest=shared' });
  await open(page);
  await write(page, 'please look');
  await take('please look');
  await desk.getByRole('button', { name: /see .*page|ask to see/i }).click();
  await accept(page);
  const agent = new Agent(desk);
  await agent.isLive();
  await agent.replica.locator('#secret', { hasText: 'Shown to agents' }).waitFor();
  assert.equal(await agent.replica.locator('iframe').count(), 0, 'the messenger is not shown');
  await launcher(page).click();
  await agent.ask(page);
  await calm(page);
  await agent.click('#own');
  await until('his click opens it', async () => (await frame(page).evaluate((frame) => getComputedStyle(frame).visibility)) === 'visible');
  await picture(page, 'frame/shared');
  await page.reload();
  await agent.isLive();
  await agent.replica.locator('#secret').waitFor();
  const ended = page.evaluate(() => new Promise((end) => window.alongside('on', 'cobrowse', ({ stage }) => stage === 'over' && end(stage))));
  await page.evaluate(() => window.alongside('cobrowse.end'));
  assert.equal(await ended, 'over');
});

for (const [name, options, look] of [
  ['phone', { viewport: { width: 390, height: 780 }, isMobile: true, hasTouch: true }, {}],
  ['dark', { colorScheme: 'dark' }, {}],
  ['themed', {}, { '--alongside-accent': '#0a7d55', '--alongside-surface': '#fffbe8', '--alongside-font': 'serif', '--alongside-text': 'url(https://evil.test/)' }],
  ['rtl', {}, {}],
]) {
  test(`it looks as it does in a page: ${name}`, async () => {
    const page = await visitor({ ...options, address: name === 'rtl' ? '/rtl.html' : '/' });
    await page.evaluate((look) => {
      for (const [name, value] of Object.entries(look)) document.documentElement.style.setProperty(name, value);
    }, look);
    await (name === 'phone' ? launcher(page).tap() : launcher(page).click());
    await field(page).waitFor();
    await write(page, 'How it looks');
    await picture(page, `frame/${name}`);
    // Behind a messenger that fills the screen the page rests: nothing of it is there to be judged.
    await checkAccessible(page, name === 'phone' ? page.frames().slice(1) : undefined);
    const box = await frame(page).boundingBox();
    if (name === 'phone') {
      assert.deepEqual([box.x, box.y, box.width, box.height], [0, 0, 390, 780]);
      assert.ok(await page.evaluate(() => document.body.inert), 'the page behind rests');
      await inside(page).locator('[data-name=close]').tap();
      await until('and is back', () => page.evaluate(() => !document.body.inert));
    } else {
      assert.deepEqual([box.x, box.width], [name === 'rtl' ? 20 : 1280 - 404, 384]);
    }
    const colour = (name) => inside(page).locator('.all').evaluate((all, name) => getComputedStyle(all).getPropertyValue(name).trim(), name);
    if (name === 'themed') assert.deepEqual([await colour('--accent'), await colour('--surface'), await colour('--ink')], ['#0a7d55', '#fffbe8', '#14161a']);
  });
}
