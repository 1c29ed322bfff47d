// Starts the real hub, sites and browsers for one test file, and ends them all.

import { execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { inflateRawSync } from 'node:zlib';
import { chromium } from 'playwright-core';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const AGENT = { email: 'agent@example.com', password: 'alongside' };

export const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--no-first-run',
  '--disable-component-update', '--disable-sync', '--disable-quic'];

/** @returns {Promise<number>} a port that nobody uses now */
export function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer();
    // Below those that systems give to who connects: while a hub is gone, nobody who looks for it can take its port.
    server.on('error', () => resolve(freePort()));
    server.listen(20_000 + Math.floor(Math.random() * 10_000), 'localhost', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Waits until `check` gives something true; fails with `what` after `within` milliseconds. */
export async function until(what, check, within = 10_000) {
  const end = Date.now() + within;
  for (;;) {
    const result = await check();
    if (result) return result;
    if (Date.now() > end) throw new Error(`${what}: not within ${within} ms`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** A process whose first line on standard output says that it is ready. */
async function started(command, args) {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let complained = '';
  child.stdout.on('data', (text) => (said += text));
  child.stderr.on('data', (text) => (complained += text));
  await until(`${command} starts`, () => {
    if (child.exitCode !== null) throw new Error(`${command} ended: ${complained}`);
    return said.includes('\n');
  });
  child.said = () => said + complained;
  return child;
}

function ended(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill(signal);
  });
}

/** Everything that a test needs; `await world.end()` afterwards. */
export class World {
  /**
   * @param {{site?: object, hub?: boolean, hosts?: string[]}} [options] `site`: as for `startSite`, but `pages`, by their names, instead of
   * its folder; `hosts`: further names of the site, whose pages the hub takes; `flags`: of the hub
   */
  static async begin({ site = {}, hub = true, hosts = [], flags = [] } = {}) {
    const world = new World();
    world.data = fs.mkdtempSync(path.join(os.tmpdir(), 'alongside-e2e-'));
    world.hubPort = await freePort();
    world.sitePort = await freePort();
    world.hubUrl = `http://localhost:${world.hubPort}`;
    world.siteUrl = `http://localhost:${world.sitePort}`;
    world.origins = [world.siteUrl, ...hosts.map((host) => `http://${host}:${world.sitePort}`)];
    world.processes = [];
    world.flags = flags;
    if (hub) await world.startHub();
    const { pages, ...rest } = site;
    if (pages) {
      world.pages = fs.mkdtempSync(path.join(os.tmpdir(), 'alongside-site-'));
      for (const [name, text] of Object.entries(pages)) fs.writeFileSync(path.join(world.pages, name), text);
      rest.dir = world.pages;
    }
    await world.startSite(rest);
    return world;
  }

  async startHub() {
    const args = ['--port', `${this.hubPort}`, '--data', this.data, ...this.flags, ...this.origins.flatMap((origin) => ['--allow-origin', origin])];
    this.hub = await started(path.join(root, 'target/release/alongside-hub'), args);
    this.processes.push(this.hub);
  }

  /** @param {'SIGTERM' | 'SIGKILL'} signal */
  async stopHub(signal = 'SIGTERM') {
    await ended(this.hub, signal);
    return this.hub.exitCode;
  }

  /** @param {{dir?: string, args?: string[], attributes?: Record<string, string>}} options */
  async startSite({ dir = path.join(root, 'examples/shop'), args = [], attributes = {}, port = this.sitePort } = {}) {
    const extra = Object.entries(attributes).flatMap(([name, value]) => ['--attr', `${name}=${value}`]);
    const serve = path.join(root, 'examples/shop/serve.mjs');
    const site = await started(process.execPath, [serve, '--dir', dir, '--port', `${port}`, '--hub', this.hubUrl, ...args, ...extra]);
    this.processes.push(site);
    return site;
  }

  async chromium() {
    this.browser ??= await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
    return this.browser;
  }

  /** A visitor with a browser profile of his own. */
  async visitor(options = {}) {
    const context = await (await this.chromium()).newContext({ locale: 'en-GB', ...options });
    context.heard = [];
    context.on('page', (page) => {
      page.on('console', (message) => context.heard.push(`${message.type()}: ${message.text()}`));
      page.on('pageerror', (error) => context.heard.push(`uncaught: ${error.message}`));
    });
    return context;
  }

  /** Changes the hub's database behind its back. @param {string} statement */
  sql(statement) {
    execFileSync('sqlite3', ['-cmd', '.timeout 10000', path.join(this.data, 'alongside.db'), statement]);
  }

  /** One more agent, with the first one's password and rights. @param {string} email @param {string} name */
  addAgent(email, name) {
    this.sql(`INSERT INTO agent (email, tenant, name, password, permissions) SELECT '${email}', tenant, '${name}', password, permissions FROM agent WHERE email = '${AGENT.email}'`);
  }

  /** A desk that shows Live Now. @param {string} [email] of its agent */
  async desk(email = AGENT.email) {
    const context = await (await this.chromium()).newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    await page.goto(`${this.hubUrl}/desk/`);
    await page.getByLabel(/e-mail/i).fill(email);
    await page.getByLabel(/password/i).fill(AGENT.password);
    await page.getByRole('button', { name: /sign in/i }).click();
    await page.getByRole('heading', { name: /live now/i }).waitFor();
    return page;
  }

  /** Changes a document at the hub, as an agent who may; fails where the hub does not take it. @param {string} path @param {unknown} body */
  async put(path, body) {
    const headers = { 'content-type': 'application/json' };
    const login = await fetch(`${this.hubUrl}/api/agent/login`, { method: 'POST', headers, body: JSON.stringify(AGENT) });
    headers.authorization = `Bearer ${(await login.json()).token}`;
    const answer = await fetch(`${this.hubUrl}${path}`, { method: 'PUT', headers, body: JSON.stringify(body) });
    if (answer.status !== 204) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  }

  /** A visitor who is on the site; by `name`, a part of his page's address, desks find him among those who were there. */
  async guest(address = '/', options = {}) {
    const context = await this.visitor(options);
    const page = await context.newPage();
    const name = `guest=${(this.guests = (this.guests ?? 0) + 1)}.`;
    await page.goto(`${this.siteUrl}${address}?${name}`);
    await online(page);
    return { context, page, name };
  }

  /**
   * A live session: what the visitor has, what the agent has, and how the agent's hand finds things on the visitor's page.
   * @param {{address?: string, desk?: import('playwright-core').Page, visitor?: object}} [options] `visitor`: of the browser's profile
   */
  async cobrowse({ address = '/', desk, visitor = {} } = {}) {
    const { context, page, name } = await this.guest(address, visitor);
    const agent = new Agent(desk ?? (await this.desk()));
    await agent.offer(name);
    await accept(page);
    await agent.isLive();
    return { context, page, agent, desk: agent.desk };
  }

  async end() {
    await this.browser?.close();
    await Promise.all(this.processes.map((child) => ended(child, 'SIGKILL')));
    for (const folder of [this.data, this.pages]) if (folder) fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Firefox, driven: `quit` it before the world ends. */
export async function firefox() {
  const { Browser, Builder } = await import('selenium-webdriver');
  const { default: driven } = await import('selenium-webdriver/firefox.js');
  const geckodriver = execFileSync('sh', ['-c', 'command -v geckodriver'], { encoding: 'utf8' }).trim();
  return new Builder()
    .forBrowser(Browser.FIREFOX)
    .setFirefoxOptions(new driven.Options().addArguments('-headless').setBinary('/usr/bin/firefox-esr'))
    .setFirefoxService(new driven.ServiceBuilder(geckodriver))
    .build();
}

/** As long as the visitor's own hand outranks the agent's, and longer. */
export const calm = (page) => page.waitForTimeout(700);

/** What the page says of its link. */
export const status = (page) => page.evaluate(() => window.alongside('status'));

export const online = (page) => until('the page is online', async () => (await status(page)).state === 'online');

/** Keeps a picture for people to look at. */
export async function picture(page, name) {
  const folder = path.join(root, 'tests/e2e/report');
  fs.mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
}

/** The visitor agrees; buttons that appear take no click before one can have read them. */
export async function accept(page, name = 'accept') {
  const button = page.locator(`[data-name=${name}]`);
  await button.waitFor();
  await page.waitForTimeout(450);
  await button.click();
}

/** Ends the session of a visitor, and all that is open of him; the desk is as it is at first. @param {{context: import('playwright-core').BrowserContext} | undefined} shared */
export async function endShared(shared, desk, world) {
  const [page] = shared?.context.pages() ?? [];
  await page?.evaluate(() => window.alongside('cobrowse.end')).catch(() => {});
  await desk.waitForTimeout(100);
  await shared?.context.close();
  await desk.goto('about:blank');
  await desk.goto(`${world.hubUrl}/desk/`);
}

/** Keeps a page's sockets from now on, in `__sockets`: a cut closes them, where the browser leaves open ones as they are. @param {import('playwright-core').Page} page */
export async function keepSockets(page) {
  await page.addInitScript(() => {
    const Own = window.WebSocket;
    window.__sockets = [];
    window.WebSocket = class extends Own {
      constructor(...how) {
        super(...how);
        window.__sockets.push(this);
      }
    };
  });
  await page.reload();
}

/** Cuts a page's network, where {@link keepSockets} was called. @param {import('playwright-core').Page} page */
export async function cut(page) {
  await page.context().setOffline(true);
  await page.evaluate(() => window.__sockets.forEach((socket) => socket.close()));
}

/** What the mirror has sent, by the messages of a page that speaks JSON: whole frames, unpacked. @param {string[]} sent */
export function mirrorFrames(sent) {
  const whole = [];
  let parts = [];
  for (const message of sent) {
    const { at, last, bytes } = JSON.parse(message).relay?.body?.mirror ?? {};
    if (bytes === undefined) continue;
    if (at === 0) parts = [];
    parts.push(Buffer.from(bytes, 'base64'));
    if (!last) continue;
    const frame = Buffer.concat(parts);
    whole.push(frame[0] === 5 ? inflateRawSync(frame.subarray(1)) : frame);
  }
  return whole;
}

/** The agent's side of a session, with its desk. */
export class Agent {
  /** @param {import('playwright-core').Page} desk */
  constructor(desk) {
    this.desk = desk;
    this.replica = desk.frameLocator('.stage iframe');
  }

  /** Offers a session to a visitor, in a chat. @param {string} name as `World.guest` gives it */
  async offer(name) {
    await this.desk.goto(new URL('#/live', this.desk.url()).href);
    await this.desk.getByRole('row').filter({ hasText: name }).getByRole('link', { name: 'Co-browse', exact: true }).click();
    await this.desk.getByRole('button', { name: 'Offer', exact: true }).click();
  }

  async isLive() {
    await this.desk.locator('.room .state', { hasText: 'Live' }).waitFor();
    await this.replica.locator('body').waitFor();
    await until('the page is shown', () => this.desk.locator('.glass').count());
  }

  tool = (name) => this.desk.locator('.toolbar').getByRole('button', { name, exact: true }).click();

  /** Where something of the visitor's page is in the desk's window. @param {string} selector @param {number} [across] @param {number} [down] parts of its box */
  async spot(selector, across = 0.5, down = 0.5) {
    const box = await this.replica.locator(selector).first().evaluate((element) => {
      const { left, top, width, height } = element.getBoundingClientRect();
      return { left, top, width, height };
    });
    const frame = await this.desk.locator('.stage iframe').evaluate((element) => {
      const { left, top, width } = element.getBoundingClientRect();
      return { left, top, scale: width / element.clientWidth };
    });
    return [frame.left + (box.left + box.width * across) * frame.scale, frame.top + (box.top + box.height * down) * frame.scale];
  }

  async point(selector) {
    await this.desk.mouse.move(...(await this.spot(selector)));
  }

  /** The button over a video that plays. */
  look = () => this.desk.getByRole('button', { name: 'Show the video as it is now' });

  /** Presses it again and again: how long another picture took, in milliseconds, in the middle. @param {import('playwright-core').Locator} film */
  async timeOfLook(film) {
    const shown = () => film.evaluate((video) => video.poster);
    const times = [];
    for (let round = 0; round < 5; round += 1) {
      const before = await shown();
      const begun = performance.now();
      await this.look().click();
      await until('there is another picture', async () => (await shown()) !== before);
      times.push(performance.now() - begun);
      await this.desk.waitForTimeout(300);
    }
    return times.sort((one, other) => one - other)[2];
  }

  async click(selector) {
    await this.desk.mouse.click(...(await this.spot(selector)));
  }

  /** Asks for `control` or `navigation`, which the visitor of `page` allows. */
  async ask(page, what = 'control') {
    await this.tool(`Request ${what}`);
    await this.desk.getByRole('button', { name: 'Ask', exact: true }).click();
    await accept(page, 'allow');
    await this.desk.getByText(what === 'control' ? 'You can act' : 'You can navigate', { exact: false }).first().waitFor();
  }
}
