// A visitor's page whose hub is the test: what the page relays is kept, and it is told what a test says. No hub, no desk.

import * as fs from 'node:fs';
import * as http from 'node:http';
import * as path from 'node:path';
import { chromium } from 'playwright-core';
import { FLAGS, root, until } from './harness.mjs';

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.wasm': 'application/wasm', '.css': 'text/css' };

/** The page's own code: the SDK with a transport that is an object of the page. */
const PAGE = `
import { start } from '/sdk/index.js';
const sent = [];
let socket;
let knowsRules = false;
const say = (frame) => socket.onmessage(JSON.stringify(frame));
window.hub = {
  sent,
  /** As the hub does: before the first session, what is masked. */
  tell(body) {
    if (body.session && !knowsRules) say({ relay: { body: { masking: { private: false, rules: [] } } } });
    knowsRules ||= Boolean(body.session ?? body.masking);
    say({ relay: { body } });
  },
  cut: () => socket.onclose('cut'),
  isCut: false,
  /** Parts of the page that were told while the visitor did not see it said. */
  unseen: 0,
  events: [],
};
const transport = {
  open(opened) {
    socket = opened;
    knowsRules = false;
    if (window.hub.isCut) setTimeout(() => opened.onclose('cut'), 10);
    else setTimeout(() => opened.onopen());
  },
  send(message) {
    const frame = JSON.parse(message);
    if (frame.hello) say({ welcome: { epoch: '08'.repeat(16), received: 0, resumed: false, visitor: '05'.repeat(16), heartbeat: 600000 } });
    else if (frame.ping) say({ pong: frame.ping });
    else if (frame.relay) {
      sent.push(frame.relay.body);
      const state = document.querySelector('[data-alongside=hide]')?.shadowRoot.querySelector('.state[data-state=sharing]');
      if (frame.relay.body.mirror && !state?.checkVisibility()) window.hub.unseen += 1;
    }
  },
  close() {},
};
window.alongside = start({ deployment: 'demo', hub: location.origin, transport, format: 'json', ...window.options });
window.alongside('on', 'cobrowse', (state) => window.hub.events.push(state));
`;

export const SESSION = '0c'.repeat(16);
export const AOI = { number: 1, name: 'Aoi', silent: false };

/** A session as the hub tells it to a page. */
export const session = (change = {}) => ({
  session: { session: SESSION, visit: '04'.repeat(16), channel: 'chat', stage: 'live', agents: [AOI], grants: [], paused: false, there: true, ...change },
});
export const offered = (change = {}) => session({ stage: 'offered', endsIn: 60_000, ...change });

const CONTENT = `<main><h1>A quiet shop</h1><p>Paper, ink and tea.</p>
<form id="form"><label>Name <input id="name" data-alongside="show" value="Ann"></label> <label>Card <input id="card" autocomplete="cc-number"></label></form>
<button id="buy">Buy</button><p id="private" data-alongside="mask">A secret of mine</p><div style="height: 1500px"></div><p id="far">Far below</p></main>`;

export class Guest {
  static async begin() {
    const guest = new Guest();
    guest.pages = new Map();
    guest.server = http.createServer((request, response) => guest.#serve(request, response));
    await new Promise((resolve) => guest.server.listen(0, 'localhost', resolve));
    guest.url = `http://localhost:${guest.server.address().port}`;
    guest.browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: [...FLAGS, '--host-resolver-rules=MAP *.shop.test localhost'] });
    return guest;
  }

  async end() {
    await this.browser.close();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #serve(request, response) {
    const { pathname } = new URL(request.url, this.url);
    const found = this.pages.get(pathname);
    if (found) {
      response.writeHead(200, { 'content-type': TYPES['.html'], ...found.headers }).end(found.html);
      return;
    }
    if (pathname === '/page.js') {
      response.writeHead(200, { 'content-type': TYPES['.js'] }).end(PAGE);
      return;
    }
    if (pathname === '/page.css') {
      response.writeHead(200, { 'content-type': TYPES['.css'] }).end('h1 { color: green }');
      return;
    }
    const file = path.join(root, 'js/dist', path.basename(pathname));
    if (!pathname.startsWith('/sdk/') || !fs.existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': TYPES[path.extname(file)] }).end(fs.readFileSync(file));
  }

  /**
   * A page that is online; `page.hub` speaks to it.
   * @param {{html?: string, head?: string, headers?: Record<string, string>, options?: object, context?: object, host?: string}} options
   */
  async page({ host, html = CONTENT, head = '<!doctype html><html lang="en"><title>Shop</title>', headers = {}, options = {}, context = {} } = {}) {
    const address = `/${this.pages.size}.html`;
    this.pages.set(address, { headers, html: `${head}<script type="module" src="/page.js"></script>${html}` });
    const visitor = await this.browser.newContext({ locale: 'en-GB', viewport: { width: 1100, height: 700 }, ...context });
    const page = await visitor.newPage();
    page.faults = [];
    page.on('pageerror', (error) => page.faults.push(error.message));
    page.on('console', (message) => /error|warning/.test(message.type()) && page.faults.push(message.text()));
    await page.addInitScript((options) => {
      window.options = options;
      const now = performance.now.bind(performance);
      performance.now = () => window.frozen ?? now();
    }, options);
    /** Does something in no time at all, as the page sees it: this machine may be slow. */
    page.atOnce = async (act) => {
      await page.evaluate(() => (window.frozen = performance.now()));
      await act();
      await page.evaluate(() => (window.frozen = undefined));
    };
    page.at = (host) => this.url.replace('localhost', host ?? 'localhost') + address;
    await page.goto(page.at(host));
    await isOnline(page);
    page.tell = (body) => page.evaluate((body) => window.hub.tell(body), body);
    /** What the page has relayed under this name. */
    page.sent = (name) => page.evaluate((name) => window.hub.sent.filter((body) => name in body).map((body) => body[name]), name);
    page.pieces = async () => (await page.sent('mirror')).length;
    return page;
  }

  /** A page that is shared with Aoi. */
  async live(options) {
    const page = await this.page(options);
    await page.tell(offered());
    await accept(page);
    await page.tell(session());
    await page.tell({ followed: { desks: 1 } });
    await page.locator('.state[data-state=sharing]').waitFor();
    return page;
  }
}

export const isOnline = (page) =>
  until('the page is online', () => page.evaluate(() => window.alongside?.('status').then(({ state }) => state === 'online')), 40_000);

/** Buttons that appear take no click before one can have read them. */
export async function accept(page) {
  await page.locator('[data-name=accept]').waitFor();
  await page.waitForTimeout(450);
  await page.locator('[data-name=accept]').click();
  await until('the answer is sent', async () => (await page.sent('answer')).length > 0);
}
