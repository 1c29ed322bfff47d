// A page with the messenger's panel and launcher, whose store is the test: it draws what it is told, and keeps the commands that come.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as path from 'node:path';
import { chromium } from 'playwright-core';
import { FLAGS, root } from './harness.mjs';

/** Nothing inline, no string that becomes code. */
const CSP = "default-src 'none'; script-src 'self'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

const SCRIPT = `
import { Launcher } from '/js/launcher.js';
import { Panel } from '/js/messenger/panel.js';
import { Surface } from '/js/surface/surface.js';
import { fetchWords } from '/js/messenger/words.js';
const top = { stage: 'open', link: 'online', who: { name: 'Aoi', kind: 'agent' }, place: null, wait: null, typing: null, unread: 0, earlier: 'none', isLoading: false, limit: 4096 };
const NAMES = ['say', 'attach', 'retry', 'discard', 'typed', 'earlier', 'seen', 'end', 'transcript', 'forget', 'closed', 'setSound', 'isSoundOn', 'draft', 'filled', 'rate', 'answer', 'conversations', 'choose', 'drafted'];
window.store = {
  calls: [],
  /** What commands return. */
  answers: {},
  said: [],
  async begin(options = {}) {
    await fetchWords(options.language);
    const commands = Object.fromEntries(NAMES.map((name) => [name, (...args) => {
      this.calls.push([name, ...args]);
      if (name === 'closed') launcher.setOpen(false);
      return this.answers[name];
    }]));
    const surface = new Surface('');
    surface.show('messenger');
    const panel = new Panel(surface.root, commands, options);
    const launcher = new Launcher(() => {
      if (panel.isOpen) panel.close();
      else panel.open();
      launcher.setOpen(panel.isOpen);
    }, { launcher: 'always', ...options });
    launcher.look();
    Object.assign(this, { surface, panel, launcher });
    const live = surface.root.querySelector('[aria-live]');
    new MutationObserver((changes) => changes.forEach(({ addedNodes }) => addedNodes.forEach((node) => this.said.push(node.textContent)))).observe(live, { childList: true });
  },
  update({ rows, gone, ...change } = {}) {
    this.panel.update({ top: { ...Object.assign(top, change) }, rows, gone });
  },
};
// Also of observers that go round in circles: a page's owner is told of those.
addEventListener('error', (event) => console.error('error: ' + event.message));
document.addEventListener('securitypolicyviolation', (event) => console.error('refused: ' + event.violatedDirective));
`;

const CONTENT = '<main><h1>A quiet shop</h1><p>Paper, ink and tea.</p><p><label>Search <input id="search"></label> <button id="buy">Buy</button></p></main>';

export class Site {
  #pages = new Map();

  static async begin() {
    const site = new Site();
    site.server = http.createServer((request, response) => site.#serve(request, response));
    await new Promise((resolve) => site.server.listen(0, 'localhost', resolve));
    site.url = `http://localhost:${site.server.address().port}`;
    site.browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
    return site;
  }

  async end() {
    await this.browser.close();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  #serve(request, response) {
    const { pathname } = new URL(request.url, this.url);
    const page = this.#pages.get(pathname);
    if (page) return void response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': page.policy }).end(page.html);
    if (pathname === '/page.js') return void response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8' }).end(SCRIPT);
    const file = path.join(root, path.normalize(pathname));
    if (!pathname.startsWith('/js/') || !fs.existsSync(file)) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8' }).end(fs.readFileSync(file));
  }

  /**
   * @param {{html?: string, attributes?: string, style?: string, images?: string, options?: object, context?: object, before?: (page: object) => unknown}} [options]
   * `attributes`: of `<html>`; `style`: of the page, which its policy allows then; `images`: from where its policy allows them; `options`: of the panel and the launcher; `before`: it is loaded
   */
  async page({ html = CONTENT, attributes = 'lang="en"', style, images, options = {}, context = {}, before } = {}) {
    const address = `/${this.#pages.size}.html`;
    const policy = [CSP, style && "style-src 'unsafe-inline'", images && `img-src ${images}`].filter(Boolean).join('; ');
    const head = `<title>Shop</title><meta name="viewport" content="width=device-width, initial-scale=1">${style ? `<style>${style}</style>` : ''}`;
    this.#pages.set(address, { policy, html: `<!doctype html><html ${attributes}>${head}<script type="module" src="/page.js"></script>${html}` });
    const visitor = await this.browser.newContext({ locale: 'en-GB', timezoneId: 'Asia/Tokyo', viewport: { width: 1100, height: 800 }, reducedMotion: 'reduce', ...context });
    const page = await visitor.newPage();
    page.faults = [];
    page.on('pageerror', (error) => page.faults.push(error.message));
    page.on('console', (message) => /error|warning/.test(message.type()) && page.faults.push(message.text()));
    page.on('request', (request) => new URL(request.url()).origin !== this.url && page.faults.push(`asks for ${request.url()}`));
    await before?.(page);
    await page.goto(this.url + address);
    await page.waitForFunction(() => window.store);
    await page.evaluate((options) => window.store.begin(options), options);
    page.update = (change) => page.evaluate((change) => window.store.update(change), change);
    page.launch = () => page.locator('[part=launcher]').click();
    page.calls = (name) => page.evaluate((name) => window.store.calls.filter(([called]) => called === name).map(([, ...args]) => args), name);
    page.said = () => page.evaluate(() => window.store.said);
    /** Without what Playwright adds to a page for a picture: its policy refuses that. */
    page.shot = async () => {
      const session = await visitor.newCDPSession(page);
      const { data } = await session.send('Page.captureScreenshot', { format: 'png' });
      await session.detach();
      return Buffer.from(data, 'base64');
    };
    page.picture = async (name) => {
      const folder = path.join(root, 'tests/e2e/report/messenger');
      fs.mkdirSync(folder, { recursive: true });
      fs.writeFileSync(path.join(folder, `${name}.png`), await page.shot());
    };
    return page;
  }

  /** A page whose panel is open and shows a conversation. @param {object} [options] as for `page`; `change`: what it is told first */
  async opened({ change = { rows: TALK }, ...options } = {}) {
    const page = await this.page(options);
    await page.update(change);
    await page.launch();
    await page.locator('.panel').waitFor();
    await settled(page);
    return page;
  }
}

/** Nothing was thrown, refused or fetched from elsewhere. */
export async function close(page) {
  assert.deepEqual(page.faults, []);
  await page.context().close();
}

/** Two frames: what was to be laid out is. */
export const settled = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));

/** Scrolls the transcript. */
export async function scroll(page, to) {
  await page.locator('.scroller').evaluate((scroller, to) => (scroller.scrollTop = to), to);
  await settled(page);
}

/** 21 November 2026, 14:05 in Tokyo. */
export const AT = Date.UTC(2026, 10, 21, 5, 5);

/** Rows, each after the one before. @param {object[]} list @param {string | null} after */
export function rows(list, after = null) {
  return list.map((row, at) => ({ key: `k${at}`, ...row })).map((row, at, all) => ({ after: at === 0 ? after : all[at - 1].key, ...row }));
}

/** Later messages of an agent. */
export const later = (after, ...texts) => rows(texts.map((text, at) => message('agent', text, { key: `${after}-${at}` })), after);

export const p = (text) => ({ p: [{ text }] });

/** A message in a group of its own. */
export const message = (author, text, change = {}) => ({
  kind: 'message', at: AT, author, name: author === 'visitor' ? null : author === 'bot' ? 'Kumo' : 'Aoi', isFirst: true, isLast: true, state: author === 'visitor' ? 'delivered' : null,
  reason: null, retryAfter: null, blocks: typeof text === 'string' ? [p(text)] : text, ...change,
});

/** What people say to each other, with all kinds of rows. */
export const TALK = rows([
  { kind: 'day', at: AT },
  message('visitor', 'Hello, I ordered the blue ink last week and it has not arrived yet.', { isLast: false, state: 'read' }),
  message('visitor', 'The number is 20417.', { isFirst: false, at: AT + 20_000, state: 'read' }),
  message('bot', 'Thank you. I look for your order and hand you over to somebody who can help.', { at: AT + 30_000 }),
  { kind: 'event', at: AT, event: 'joined', name: 'Aoi' },
  message('agent', 'Hello, this is Aoi.', { isLast: false, at: AT + 60_000 }),
  message('agent', [
    { p: [{ text: 'Your parcel is ' }, { strong: [{ text: 'on its way' }] }, { text: '. You can follow it at ' }, { link: 'https://parcel.example/track/20417', label: [{ text: 'parcel.example' }] }, { text: '.' }] },
    { list: [[{ text: 'It left us on Thursday' }], [{ text: 'It comes ' }, { em: [{ text: 'tomorrow' }] }]], first: null },
  ], { isFirst: false, at: AT + 90_000 }),
  { kind: 'new' },
  message('visitor', 'That is good to hear, thank you.', { at: AT + 120_000 }),
]);
