// Who the visitor is, from the token of the customer's page to the agent's shield; and that nothing of one is left for the next one.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { after, afterEach, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { AUDIENCE, Customers, ISSUER, rules } from '../../examples/shop/customers.mjs';
import { FLAGS, online, picture, until, World } from './harness.mjs';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const page = (title) => `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>
<link rel="icon" href="data:,"><main><h1>${title}</h1><p><a href="next.html">Next</a></p><p><label>Name <input id="name"></label></p></main></html>`;

const customers = new Customers(300);
let world;
let desk;
let guests = [];

/** Tells the hub how tokens are checked. */
const configure = (identity) => world.put('/api/deployments/demo/identity', { identity });

const OWN = { issuer: ISSUER, audience: AUDIENCE, algorithms: ['ES256'], keys: customers.keys };

before(async () => {
  const pages = { 'index.html': page('A shop'), 'next.html': page('The next page') };
  world = await World.begin({ site: { pages, attributes: { 'data-launcher': 'always' } } });
  await configure(OWN);
  desk = await world.desk();
});
after(() => world.end());
afterEach(async () => {
  for (const context of guests) await context.close();
  guests = [];
});

/**
 * A page whose `getToken` is the test's.
 * @param {(reason: string) => unknown} give @param {{context?: object, address?: string}} [options]
 */
async function visitor(give, { context, address = '/' } = {}) {
  const profile = context ?? (await world.visitor());
  if (!context) guests.push(profile);
  const page = await profile.newPage();
  page.reasons = [];
  page.give = give;
  await page.exposeFunction('give', ({ reason }) => {
    page.reasons.push(reason);
    return page.give(reason);
  });
  await page.addInitScript(() => {
    window.told = [];
    addEventListener('load', () => {
      window.alongside?.('on', 'identity', (state) => window.told.push(state));
      window.alongside?.('identity.provide', (wish) => window.give(wish));
    });
  });
  await page.goto(world.siteUrl + address);
  await online(page);
  return page;
}

const last = (page) => page.evaluate(() => window.told.at(-1));
const stands = (page, status) => until(`the visitor is ${status}`, async () => (await last(page))?.status === status);
const id = async (page) => (await page.evaluate(() => window.alongside('status'))).visitor;
const launcher = (page) => page.locator('[part~=launcher]');
const field = (page) => page.locator('[part~=composer] textarea');
const bubbles = (page) => page.locator('[part~=bubble]:not([part~=greeting], [part~=typing])');
/** What happened, in the thread. */
const note = (page, text) => page.locator('[part~=note]', { hasText: text });
const kept = (page) => page.evaluate(() => Object.entries(localStorage).map(([key, value]) => `${key}=${value}`).join('\n'));
const row = (text) => desk.locator('.inbox .list a').filter({ hasText: text });

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

async function checkAccessible(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run());
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`), []);
}

/** A new visitor has nothing of the old one: not in sight, not in the browser. */
async function isNew(page, old, texts) {
  await until('a new visitor', async () => (await id(page)) !== old && (await id(page)));
  for (const text of texts) {
    assert.equal(await page.getByText(text).count(), 0, `${text} is in sight`);
    assert.ok(!(await kept(page)).includes(text), `${text} is kept`);
  }
  await open(page);
  await until('the thread is empty', async () => {
    const { top, rows } = await page.evaluate(() => window.alongside('messenger.view'));
    return top.stage === 'none' && rows.length === 0 && !top.isLoading;
  });
  for (const text of texts) assert.equal(await page.getByText(text).count(), 0, `${text} came back`);
}

test('a token makes the visitor known to agents at once, and a page that is loaded again says so', async () => {
  const page = await visitor(() => customers.token('mika'));
  await stands(page, 'verified');
  assert.equal((await last(page)).name, 'Mika Tanaka');
  assert.ok((await last(page)).expires > Date.now());
  assert.ok(!(await kept(page)).includes('Mika'), 'no name is kept in the browser');
  const shield = desk.getByRole('row').filter({ hasText: 'Mika Tanaka' }).locator('.shield.verified');
  await shield.waitFor();
  assert.match(await shield.getAttribute('aria-label'), /Identified and verified[\s\S]*C-1001[\s\S]*mika@example.com[\s\S]*demo/);
  await picture(desk, 'identity/live-now');
  await checkAccessible(desk);

  await open(page);
  await write(page, 'I am Mika');
  await desk.goto(`${world.hubUrl}/desk/#/inbox`);
  await row('Mika Tanaka').locator('.shield.verified').waitFor();
  await row('Mika Tanaka').click();
  await desk.locator('.thread .about .shield.verified').waitFor();
  assert.match(await desk.locator('.thread .about').innerText(), /Mika Tanaka[\s\S]*Customer C-1001/);
  await picture(desk, 'identity/inbox');
  await checkAccessible(desk);

  const before = await id(page);
  await page.reload();
  await stands(page, 'verified');
  assert.equal(await id(page), before, 'the same visitor');
  page.give = () => null;
  await page.reload();
  await stands(page, 'verified');
  assert.deepEqual(page.reasons, ['start', 'start', 'start'], 'nothing is lost where the page knows nothing');
});

test('what a page gives instead of a token is survived, and said by an event', async () => {
  const page = await visitor(() => {
    throw new Error('the shop is closed');
  });
  const fails = (code) => until(code, async () => (await last(page))?.error?.code === code);
  await fails('token-failed');
  assert.match((await last(page)).error.message, /the shop is closed/);
  for (const [given, code] of [['number', 'no-token'], ['object', 'no-token'], ['junk', 'rejected'], ['huge', 'rejected'], ['code', 'rejected'], ['throws', 'token-failed'], ['refuses', 'token-failed']]) {
    await page.evaluate(() => (window.told.length = 0));
    await page.evaluate((given) => window.alongside('identity.provide', () => {
      if (given === 'throws') throw new Error('at once');
      if (given === 'refuses') return Promise.reject(undefined);
      return { number: 7, object: {}, junk: 'a.b.c', huge: 'a'.repeat(10_000), code: { code: 'a', verifier: 'b', redirectUri: 'https://shop.example/' } }[given];
    }), given);
    await fails(code);
    assert.equal((await last(page)).status, 'anonymous');
  }
  const refused = await page.evaluate(() => window.alongside('identity.provide', 'a string').catch(({ code }) => code));
  assert.equal(refused, 'bad-argument');
  assert.deepEqual(page.context().heard.filter((line) => line.startsWith('uncaught')), []);

  page.give = (reason) => (reason === 'rejected' ? customers.token('jun') : customers.token('jun', { aud: 'other' }));
  page.reasons.length = 0;
  await page.evaluate(() => window.alongside('identity.provide', (wish) => window.give(wish)));
  await stands(page, 'verified');
  assert.deepEqual(page.reasons, ['start', 'rejected'], 'the page is asked once more');
});

test('a page that never answers is given up, and asked again when it says so', async () => {
  const profile = await world.visitor();
  guests.push(profile);
  await profile.clock.install();
  const page = await visitor(() => new Promise(() => {}), { context: profile });
  await until('it is asked', () => page.reasons.length === 1);
  await profile.clock.fastForward(31_000);
  await until('it is given up', async () => (await last(page))?.error?.code === 'token-failed');
  page.give = () => customers.token('mika');
  const state = await page.evaluate(() => window.alongside('identity.signIn'));
  assert.equal(state.status, 'verified');
});

test('a token that did not reach the hub is brought again once the link is back', async () => {
  const profile = await world.visitor();
  guests.push(profile);
  await profile.route('**/v1/identity', (route) => route.abort());
  const page = await visitor(() => customers.token('mika'), { context: profile });
  await until('it failed', async () => (await last(page))?.error?.code === 'failed');
  await world.stopHub();
  await until('the page is cut off', async () => (await page.evaluate(() => window.alongside('status'))).state !== 'online');
  await profile.unroute('**/v1/identity');
  await world.startHub();
  await stands(page, 'verified');
  assert.deepEqual(page.reasons, ['start', 'start']);
});

test('a page without getToken is as it was', async () => {
  const context = await world.visitor();
  guests.push(context);
  const page = await context.newPage();
  const asked = [];
  page.on('request', (request) => request.url().includes('/v1/identity') && asked.push(request.url()));
  await page.addInitScript(() => {
    window.told = [];
    addEventListener('load', () => window.alongside('on', 'identity', (state) => window.told.push(state)));
  });
  await page.goto(world.siteUrl);
  await online(page);
  await page.keyboard.press('Tab');
  await open(page);
  await write(page, 'nobody in particular');
  await page.reload();
  await online(page);
  assert.deepEqual([asked, await page.evaluate(() => window.told)], [[], []]);
});

test('who signs out is a new visitor in all tabs, also in one that comes back from the cache', async () => {
  // What Playwright turns off otherwise.
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS, ignoreDefaultArgs: ['--disable-back-forward-cache'] });
  try {
    const context = await browser.newContext({ locale: 'en-GB' });
    let isSignedIn = true;
    const give = () => (isSignedIn ? customers.token('mika') : null);
    const first = await visitor(give, { context });
    await stands(first, 'verified');
    const old = await id(first);
    await open(first);
    await write(first, 'my address is 7 Tea Lane');
    await field(first).fill('and my phone');
    const second = await visitor(give, { context, address: '/next.html' });
    await stands(second, 'verified');
    await bubbles(second).filter({ hasText: '7 Tea Lane' }).waitFor();

    // The first one rests in the cache, as it was.
    await first.evaluate(() => (window.isTheSame = true));
    await first.locator('a', { hasText: 'Next' }).click();
    await first.waitForURL('**/next.html');
    await online(first);
    const third = await visitor(give, { context });
    await bubbles(third).filter({ hasText: '7 Tea Lane' }).waitFor();

    isSignedIn = false;
    await second.evaluate(() => window.alongside('identity.signOut'));
    await stands(second, 'anonymous');
    await isNew(second, old, ['7 Tea Lane', 'and my phone']);
    assert.equal(await field(third).isVisible(), false, 'in another tab it does not come up by itself');
    await isNew(third, old, ['7 Tea Lane', 'and my phone']);
    assert.equal(await id(third), await id(second), 'one visitor in all tabs');
    // No load follows where a page comes from the cache.
    await first.evaluate(() => history.back());
    await until('the first page is back', () => first.evaluate(() => location.pathname === '/').catch(() => false));
    assert.equal(await first.evaluate(() => window.isTheSame), true, 'it came from the cache');
    assert.equal(await first.getByText('7 Tea Lane').count(), 0, 'not for a moment');
    await isNew(first, old, ['7 Tea Lane', 'and my phone']);

    await desk.goto(`${world.hubUrl}/desk/#/inbox`);
    const left = row('7 Tea Lane');
    await left.locator('.shield:not(.verified)').waitFor();
    assert.match(await left.innerText(), /Mika Tanaka/, 'the conversation stays with the agent');
    await desk.goto(`${world.hubUrl}/desk/#/live`);
    await desk.getByRole('row').filter({ hasText: (await id(second)).slice(0, 4) }).first().waitFor();
    await second.reload();
    await online(second);
    await stands(second, 'anonymous');
    const told = await second.evaluate(() => window.alongside('status'));
    assert.equal(told.state, 'online');
  } finally {
    await browser.close();
  }
});

test('somebody else at the same computer is another visitor', async () => {
  const page = await visitor(() => customers.token('mika'));
  await stands(page, 'verified');
  const old = await id(page);
  await open(page);
  await write(page, 'this is between us');
  page.give = () => customers.token('jun');
  await page.evaluate(() => window.alongside('identity.signIn'));
  await until('he is known', async () => (await last(page))?.name === 'Jun Park');
  await isNew(page, old, ['this is between us']);
  await page.evaluate(() => window.alongside('messenger.close'));
  await write2(page, 'Jun here');
  await desk.goto(`${world.hubUrl}/desk/#/inbox`);
  await row('this is between us').locator('.shield:not(.verified)').waitFor();
  assert.match(await row('this is between us').innerText(), /Mika/);
  await row('Jun here').locator('.shield.verified').waitFor();
  assert.match(await row('Jun here').innerText(), /Jun Park/);
});

async function write2(page, text) {
  await open(page);
  await write(page, text);
}

test('a token is asked for before it expires where the visitor is there, and when he is back', async () => {
  const soon = () => Math.floor(Date.now() / 1000) + 5;
  const page = await visitor(() => customers.token('mika', { exp: soon() }));
  await stands(page, 'verified');
  page.give = () => customers.token('mika', { exp: soon() });
  await page.keyboard.press('Tab');
  await until('it is asked for', () => page.reasons.at(-1) === 'refresh');
  // Nobody touches it now.
  await stands(page, 'identified');
  await desk.goto(`${world.hubUrl}/desk/#/live`);
  await desk.getByRole('row').filter({ hasText: 'Mika Tanaka' }).locator('.shield:not(.verified)').first().waitFor();
  assert.equal(page.reasons.filter((reason) => reason === 'refresh').length, 1);
  page.give = () => customers.token('mika');
  await page.keyboard.press('Tab');
  await stands(page, 'verified');
  assert.equal(page.reasons.at(-1), 'expired');
});

test('an agent asks the visitor to sign in; he declines, then he does', async () => {
  const page = await visitor((reason) => (reason === 'step-up' ? customers.token('mika') : null));
  await open(page);
  await write(page, 'please change my card');
  await take('please change my card');
  const ask = desk.getByRole('button', { name: 'Ask to sign in' });
  await ask.click();
  await desk.getByRole('button', { name: 'Asked to sign in' }).waitFor();
  const group = page.getByRole('group', { name: 'Sign in' });
  await group.getByRole('button', { name: 'Sign in' }).waitFor();
  await picture(page, 'identity/asked');
  await picture(desk, 'identity/asking');
  await checkAccessible(page);
  await checkAccessible(desk);
  assert.deepEqual(page.reasons, ['start'], 'nothing happens before he wants it');
  await page.reload();
  await group.getByRole('button', { name: 'Not now' }).click();
  await note(page, 'You did not sign in').waitFor();
  await group.waitFor({ state: 'detached' });
  await desk.getByText('The visitor did not sign in').waitFor();

  await ask.click();
  await group.waitFor();
  page.give = () => null;
  await group.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('That did not work. Try again.').waitFor();
  page.give = (reason) => customers.token('mika', { amr: [reason] });
  await group.getByRole('button', { name: 'Sign in' }).focus();
  await page.keyboard.press('Enter');
  await note(page, 'You signed in').waitFor();
  await group.waitFor({ state: 'detached' });
  await desk.getByText('Mika Tanaka signed in').waitFor();
  await desk.locator('.thread .about .shield.verified[aria-label*=step-up]').waitFor();
  await picture(page, 'identity/signed-in');
  await picture(desk, 'identity/told');
  await checkAccessible(page);
});

test('a page that cannot sign anybody in says where to, and a token of the next page answers', async () => {
  const context = await world.visitor();
  guests.push(context);
  const plain = await context.newPage();
  await plain.goto(world.siteUrl);
  await online(plain);
  await open(plain);
  await write(plain, 'who am I');
  await take('who am I');
  await desk.getByRole('button', { name: 'Ask to sign in' }).click();
  await plain.getByText('Sign in on this site as you always do.').waitFor();
  assert.equal(await plain.getByRole('group', { name: 'Sign in' }).getByRole('button', { name: 'Sign in' }).count(), 0);
  await visitor(() => customers.token('jun'), { context, address: '/next.html' });
  await note(plain, 'You signed in').waitFor();
  await desk.getByText('Jun Park signed in').waitFor();
});

test('in the shop, a customer signs in, confirms that it is he, and signs out', async () => {
  const port = world.sitePort + 1;
  const site = `http://localhost:${port}`;
  world.origins.push(site);
  world.flags = ['--identity-keys-from', site];
  await world.stopHub();
  await world.startHub();
  await world.startSite({ port, args: ['--customers', '300'], attributes: { 'data-launcher': 'always' } });
  await configure(rules(`${site}/keys.json`).identity);
  const context = await world.visitor();
  guests.push(context);
  const page = await context.newPage();
  await page.goto(site);
  await online(page);
  await page.locator('#customer summary').click();
  await page.getByRole('button', { name: 'Mika Tanaka' }).click();
  await page.locator('#customer summary', { hasText: 'Mika Tanaka' }).waitFor();
  await open(page);
  await write(page, 'where is my parcel');
  await take('where is my parcel');
  await desk.locator('.thread .about .shield.verified').waitFor();
  await desk.getByRole('button', { name: 'Ask to sign in' }).click();
  await page.getByRole('group', { name: 'Sign in' }).getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Yes, it is me' }).waitFor();
  await picture(page, 'identity/shop');
  await page.getByRole('button', { name: 'Yes, it is me' }).click();
  await note(page, 'You signed in').waitFor();
  await desk.getByText('Mika Tanaka signed in').waitFor();
  await desk.locator('.thread .about .shield.verified[aria-label*=confirmed]').waitFor();
  const old = await id(page);
  await page.locator('#customer summary').click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await isNew(page, old, ['where is my parcel']);
  await page.reload();
  await page.locator('#customer summary', { hasText: 'Sign in' }).waitFor();
  assert.deepEqual(context.heard.filter((line) => /^(error|uncaught)/.test(line)), []);
});
