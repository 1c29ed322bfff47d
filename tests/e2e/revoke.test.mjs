// The visitor takes control back while the agent acts as fast as he can: a client that is not ours, the real hub, a real page.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from './client.mjs';
import { accept, online, until, World } from './harness.mjs';

const ROUNDS = 200;

/** From the visitor's key or click to the last act on the page. */
const LIMIT = 100;

/** The hub lets through one message of an agent in 5 ms, for long. */
const EVERY = 6;

/** Acts that are seen on the page before the visitor takes control back. */
const ACTS = 3;

const PAGE = `<!doctype html><html lang="en"><title>Long</title><link rel="icon" href="data:,"><h1>Long</h1><div style="height: 60000px"></div></html>`;

/**
 * In the page, before the SDK: notes when it is scrolled by a call, which only agents' acts do here, and when the visitor presses something. The
 * page's clock can be put forward, so that nobody waits until buttons take clicks and the visitor's own input outranks no more.
 */
function watch() {
  const now = performance.now.bind(performance);
  let ahead = 0;
  performance.now = () => now() + ahead;
  const look = (found) => new Promise((done) => {
    const again = () => (found() ? done(found()) : setTimeout(again, 2));
    again();
  });
  const button = (name) => document.querySelector('[data-alongside=hide]')?.shadowRoot.querySelector(`[data-name=${name}]`)?.getBoundingClientRect();
  const seen = {
    acts: [], pressed: 0,
    forward: () => (ahead += 700),
    reaches: (count) => look(() => seen.acts.length >= count),
    /** Where a button is that takes clicks. */
    place: async (name) => {
      const { left, top, width, height } = await look(() => button(name)?.width && button(name));
      seen.forward();
      return [left + width / 2, top + height / 2];
    },
  };
  window.seen = seen;
  const own = Element.prototype.scrollTo;
  const noted = function (...values) {
    own.apply(this, values);
    seen.acts.push(now());
  };
  Element.prototype.scrollTo = noted;
  // What the SDK sees to be the page's it takes from elsewhere.
  const { toString } = Function.prototype;
  Function.prototype.toString = function () {
    return toString.call(this === noted ? own : this);
  };
  for (const name of ['keydown', 'pointerdown']) addEventListener(name, () => (seen.pressed = now()), { capture: true });
}

let world;
before(async () => {
  world = await World.begin({ site: { pages: { 'index.html': PAGE }, attributes: { 'data-format': 'json' } } });
});
after(() => world.end());

/** A real click, without waiting until the button rests. */
async function press(page, name) {
  await page.mouse.click(...(await page.evaluate((name) => window.seen.place(name), name)));
}

/** What the hub relays to a page, in order. */
function relayed(page) {
  const bodies = [];
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => {
    const { relay } = JSON.parse(payload.toString());
    if (relay) bodies.push(relay.body);
  }));
  return bodies;
}

test('no act is done once the visitor has taken control back, 200 times', async (t) => {
  const context = await world.visitor();
  const page = await context.newPage();
  await page.addInitScript(watch);
  const bodies = relayed(page);
  await page.goto(world.siteUrl);
  await online(page);
  const agent = await Client.agent(world);
  agent.data({ watch: { topic: 'live' } });
  const visit = await until('the visit is seen', () => agent.visits.keys().next().value);
  agent.relay({ offer: { visit, channel: 'voice' } });
  await accept(page);
  const { you } = await agent.told('session', ({ stage }) => stage === 'live');

  let number = 0;
  const act = () => {
    number += 1;
    agent.relay({ act: { agent: you, number, epoch: 1, node: 0, fingerprint: 0, action: { scroll: { x: 0, y: number % 50_000 } } } });
  };
  agent.onRelay = (body) => 'mirror' in body || 'probe' in body || 'done' in body;
  const flood = setInterval(act, EVERY);
  const took = [];
  let late = 0;
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      agent.relay({ request: { agent: you, capability: 'control' } });
      await press(page, 'allow');
      await agent.told('session', ({ grants }) => grants?.length === 1);
      const before = await page.evaluate(() => {
        window.seen.forward();
        return window.seen.acts.length;
      });
      await page.evaluate((count) => window.seen.reaches(count), before + ACTS);
      if (round % 2) await page.keyboard.press('Escape');
      else await press(page, 'revoke');
      await agent.told('session', ({ grants }) => !grants?.length);
      // What is still on its way has come by then.
      await page.evaluate(() => new Promise((done) => setTimeout(done, 50)));
      const seen = await page.evaluate(() => ({ pressed: window.seen.pressed, last: window.seen.acts.at(-1) }));
      took.push(Math.max(0, seen.last - seen.pressed));
      late += Number(seen.last > seen.pressed);
    }
  } finally {
    clearInterval(flood);
    agent.end();
  }

  const sorted = took.toSorted((one, other) => one - other);
  const [p50, p99, max] = [0.5, 0.99, 1].map((part) => sorted[Math.min(ROUNDS - 1, Math.floor(ROUNDS * part))]);
  t.diagnostic(`${number} acts sent; from the press to the last act: p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)}, max ${max.toFixed(1)} ms; ${late} of ${ROUNDS} with an act after the press`);
  assert.ok(max < LIMIT, `${max} ms`);

  // The browser tells of what its page received when it has time.
  const news = ({ session }) => session?.stage === 'live' && !session.grants?.length && !session.request;
  await until('all is told', () => bodies.filter(news).length > ROUNDS);
  let granted = false;
  let [passed, revoked] = [0, 0];
  for (const body of bodies) {
    if (body.session) {
      const holds = Boolean(body.session.grants?.length);
      revoked += Number(granted && !holds);
      granted = holds;
    } else if (body.act) {
      passed += 1;
      assert.ok(granted, `act ${body.act.number} came after the hub had said that nothing is granted`);
    }
  }
  assert.equal(revoked, ROUNDS);
  assert.ok(passed >= ROUNDS * ACTS, `${passed} acts came to the page`);
});
