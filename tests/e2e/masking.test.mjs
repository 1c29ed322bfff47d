// What the hub has masked is masked in pages that are shown, from the moment on in which it is said.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Canaries, search } from '../leak/search.mjs';
import { accept, AGENT, Agent, freePort, mirrorFrames, online, until, World } from './harness.mjs';

let world;
let desk;
let agent;
let visitor;
let page;
let token;
/** What the visitor's tab sent. */
const sent = [];
before(async () => {
  world = await World.begin({ site: { attributes: { 'data-format': 'json' } } });
  desk = await world.desk();
  agent = new Agent(desk);
  visitor = await world.visitor();
  page = await visitor.newPage();
  await page.routeWebSocket(/./, (socket) => {
    const hub = socket.connectToServer();
    socket.onMessage((message) => {
      sent.push(message);
      hub.send(message);
    });
  });
  // As in browsers that do not tell when a script changes the address.
  await page.addInitScript(() => delete window.navigation);
  await page.goto(`${world.siteUrl}/guide/?guest=masked`);
  await online(page);
  ({ token } = await ask('POST', '/api/agent/login', AGENT));
});
after(() => world.end());

const replica = () => agent.replica;
/** By their places: where text is masked, ids are told as others. */
const PLACES = { '#balance': 'h1 + div > p', '#other': 'h1 + div + p', '#own': 'h1 + div + p + p' };
const drawn = (id) => replica().locator(PLACES[id]).textContent({ timeout: 500 }).catch(() => '');
const change = (selector, text) => page.evaluate(([selector, text]) => document.querySelector(selector).replaceChildren(text), [selector, text]);

async function ask(method, path, body, token) {
  const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
  const response = await fetch(`${world.hubUrl}${path}`, { method, headers, body: JSON.stringify(body) });
  return response.status === 204 ? undefined : response.json();
}

/** As an agent does. */
async function mask(rules, isPrivate = false) {
  assert.equal(await ask('PUT', '/api/deployments/demo/masking', { masking: { private: isPrivate, rules } }, token), undefined);
}

const frames = () => mirrorFrames(sent);

const canaries = new Canaries();
const canary = canaries.word();
/** A canary as the mask writes it. */
const MASKED = /^[AI]0[aim][AI]0[aim][AI]0( |$)/;

test('before the visitor agrees, the preview shows what is masked by the hub, also when that changes or the page does', async () => {
  await page.evaluate((canary) => {
    document.querySelector('h1').insertAdjacentHTML('afterend', `<div class="account"><p id="balance">${canary}</p></div><p id="other">harmless</p>`);
  }, canary);
  await mask([{ mark: 'mask', selector: '.account p', page: 'starts /guide' }]);
  await agent.offer('guest=masked');
  await page.getByRole('button', { name: 'Show what my helper sees' }).click();
  const preview = (id) => page.frameLocator('iframe[title="What your helper sees"]').locator(PLACES[id]).textContent({ timeout: 500 }).catch(() => '');
  await until('it is masked', async () => MASKED.test(await preview('#balance')));
  assert.equal(await preview('#other'), 'harmless');
  await mask([{ mark: 'mask', selector: '#other' }, { mark: 'mask', selector: '.account p', page: 'starts /guide' }]);
  await until('what is masked later is, too', async () => (await preview('#other')) === 'iaaaaaaa');
  await page.evaluate(() => history.pushState(null, '', '/elsewhere'));
  await until('another page of the same document is shown', async () => (await preview('#balance')) === canary);
  await page.evaluate(() => history.pushState(null, '', '/guide/'));
  await until('and the first one masked again', async () => MASKED.test(await preview('#balance')));
  assert.deepEqual(frames(), [], 'nothing has left the page');
  await accept(page);
  await agent.isLive();
  await until('agents see the same', async () => MASKED.test(await drawn('#balance')) && (await drawn('#other')) === 'iaaaaaaa');
  assert.ok(frames().length > 0);
  assert.deepEqual(search(frames(), [['balance', canary]]), []);
  await mask([]);
});

test('a rule masks what is shown within a second, and in the pages that it names', async () => {
  await replica().getByText(canary).waitFor();
  assert.equal(search(frames(), [['balance', canary]]).length, 1, 'the search finds what is on the wire');

  const start = Date.now();
  await mask([{ mark: 'mask', selector: '.account p', page: 'starts /guide' }]);
  await until('it is masked', async () => MASKED.test(await drawn('#balance')));
  assert.ok(Date.now() - start < 1_000, `${Date.now() - start} ms`);
  assert.equal(await drawn('#other'), 'harmless');

  sent.length = 0;
  await change('#balance', `${canary} again`);
  await page.evaluate((canary) => (document.querySelector('#balance').title = canary), canary);
  await change('#other', 'still shown');
  await until('what changes is told', async () => (await drawn('#other')) === 'still shown');
  await desk.reload();
  await desk.goto(`${world.hubUrl}/desk/#/cobrowse`);
  await desk.getByRole('button', { name: 'Join', exact: true }).click();
  await until('a desk that comes sees it, too', async () => (await drawn('#other')) === 'still shown');
  assert.ok(frames().length > 2);
  assert.deepEqual(search(frames(), [['balance', canary]]), []);

  await page.evaluate(() => history.pushState(null, '', '/elsewhere'));
  await change('#other', 'elsewhere');
  await until('another page of the same document shows it', async () => (await drawn('#balance')) === `${canary} again`);
  sent.length = 0;
  await page.evaluate((canary) => {
    history.pushState(null, '', '/guide/');
    document.querySelector('#balance').textContent = `${canary} back`;
  }, canary);
  await change('#other', 'back');
  await until('the first one does not', async () => MASKED.test(await drawn('#balance')));
  assert.ok(frames().length > 0);
  assert.deepEqual(search(frames(), [['balance', canary]]), [], 'not for a moment');
  assert.deepEqual(visitor.heard, []);
});

test('the hub can make a page private, and its rules show no more than the page allows', async () => {
  await page.evaluate(() => document.querySelector('#other').insertAdjacentHTML('afterend', '<p id="own" data-alongside="mask">secret</p>'));
  await mask([{ mark: 'show', selector: '#own, #balance' }], true);
  await until('all is masked', async () => (await drawn('#other')) === 'aaaa');
  assert.equal(await drawn('#own'), 'iiaaaa', 'the page says mask');
  assert.notEqual((await drawn('#balance')).slice(0, 3), 'A0a', 'the hub says show, and the page nothing');
  await mask([]);
  await until('all is shown', async () => (await drawn('#other')) === 'back');
});

test('of a page that cannot keep to a rule nothing is shown, and it is said why', async () => {
  await mask([{ mark: 'mask', selector: 'p::' }]);
  await until('nothing is shown', async () => (await replica().locator('body *').count()) === 0);
  assert.ok(visitor.heard.some((said) => said.includes("'p::' is not a valid selector")), visitor.heard.join('\n'));
  await mask([]);
  await until('it is shown again', async () => (await drawn('#other')) === 'back');
});

test('a selector that is not closed is refused: it would take in those that are joined to it', async () => {
  const port = await freePort();
  await world.startSite({ attributes: { 'data-mask': 'p:not(.x' }, port });
  const other = await visitor.newPage();
  await other.goto(`http://localhost:${port}/`);
  await other.waitForFunction(() => window.alongside);
  assert.equal(await other.evaluate(() => window.alongside('cobrowse.startWithCode').catch(({ code }) => code)), 'bad-options');
  const why = '[alongside] this page cannot be shared: masking.mask is not a valid selector';
  assert.ok(visitor.heard.some((said) => said.includes(why)), visitor.heard.join('\n'));
});

test('a password that the visitor made readable stays a secret, also after a pause', async () => {
  const password = canaries.word();
  await page.evaluate(() => document.querySelector('h1').insertAdjacentHTML('afterend', '<input id="password" type="password" data-alongside="show"><p id="mark">1</p>'));
  const mark = async (text) => {
    await change('#mark', text);
    await until('all before it is told', async () => (await replica().locator('h1 ~ p').allTextContents()).includes(text));
  };
  await page.fill('#password', password);
  await mark('typed');
  await page.evaluate(() => (document.querySelector('#password').type = 'text'));
  await mark('readable');
  await page.evaluate(() => window.alongside('cobrowse.pause'));
  await desk.getByText('paused', { exact: false }).first().waitFor();
  await page.evaluate(() => window.alongside('cobrowse.goOn'));
  await mark('after');
  assert.deepEqual(search(frames(), [['password', password]]), []);
});
