// Judges a recorder and its replica ("an arm") on the corpus: is the final DOM the same, and does it look the same?
//
// An arm is a module in `arms/` that exports
//   name
//   prepare(page, about)          optional; before the visitor's page is opened
//   record(page, about)           starts the recorder in the opened page and returns a handle
//   take(handle)                  after the last step: what was recorded, settled
//   replay(page, recorded, about) draws it in an empty page of another origin; returns the selector of the frame that holds the replica, or
//                                 `null` when the page itself is the replica
//   normalise(facts, side)        optional; takes the arm's own artefacts out of the facts (see describe.mjs); side is `source` or `replica`
//   bench                         optional; for the benchmarks: `{prepare(page), start(page), bytes(page), settled(page), keyframe: {script, take, bytes, compressed}}`:
//                                 start records, bytes says how many were made so far, settled (optional) waits for what was put off; the keyframe's script goes before the page, the rest
//                                 are expressions in the page (promises are awaited), timed is `take` alone
//   device                        optional; `visitor` opens the replica with the visitor's preferences (dark mode and the like)
// `about` is `{name, file, url, origin, flags}` of the corpus page.

import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import pixelmatch from 'pixelmatch';
import { chromium } from 'playwright-core';
import { PNG } from 'pngjs';
import { covers, describe, differences } from './describe.mjs';
import { compareLayouts, layout } from './layout.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const folder = path.join(here, 'corpus');

export const VIEWPORT = { width: 800, height: 600 };
/** A larger share of differing pixels means that something is missing. */
export const PIXEL_LIMIT = 0.005;
/** No page may take longer with any arm. */
const PATIENCE = 60_000;

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--no-first-run',
  '--disable-component-update', '--disable-sync', '--disable-quic', '--enable-unsafe-swiftshader',
  // Nothing but this machine exists.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1'];

const TYPES = { html: 'text/html; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml', png: 'image/png', woff2: 'font/woff2', webm: 'video/webm', js: 'text/javascript; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8', json: 'application/json', jpg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp', woff: 'font/woff', ttf: 'font/ttf' };

/**
 * The pages: name, trait (the leading comment) and flags, written in a second comment, `<!-- judge: colorScheme=dark start=loading -->`:
 * colorScheme, reducedMotion, forcedColors, contrast, scale (device pixels); `start=loading` records before the page has arrived;
 * `late=yes`: what records comes after the page's own scripts, and finds what they have replaced.
 */
export function corpus() {
  return fs.readdirSync(folder).filter((file) => file.endsWith('.html')).sort().map((file) => {
    const text = fs.readFileSync(path.join(folder, file), 'utf8');
    const trait = /^<!--\s*([^]*?)\s*-->/.exec(text)?.[1];
    if (!trait) throw new Error(`${file} does not begin with a comment that names its trait`);
    const flags = Object.fromEntries((/<!-- judge: (.*?) -->/.exec(text)?.[1] ?? '').split(/\s+/).filter(Boolean).map((one) => one.split('=')));
    return { name: file.replace(/\.html$/, ''), file, trait, flags, hasClosedRoots: /closed/.test(text) };
  });
}

/**
 * Pages that ours does not show as they are: why not, in what the replica differs, and which share of the picture may (none, where it is
 * not named). All else is shown. @returns {Record<string, {reason: string, differences: string[], share?: number}>}
 */
export const misses = () => JSON.parse(fs.readFileSync(path.join(here, 'misses.json'), 'utf8'));

/** Pages whose layout ours does not keep where they are private by default: why not, and what is otherwise. @returns {Record<string, {reason: string, differences: string[]}>} */
export const layoutMisses = () => JSON.parse(fs.readFileSync(path.join(here, 'layout-misses.json'), 'utf8'));

export async function arms() {
  const names = fs.readdirSync(path.join(here, 'arms')).filter((file) => file.endsWith('.mjs')).map((file) => file.replace(/\.mjs$/, ''));
  return Promise.all(names.map((name) => import(`./arms/${name}.mjs`)));
}

/** Evaluates in the page's own world, whatever the page did to its built-ins. */
export async function inPage(page, expression) {
  const session = await sessionOf(page);
  return value(await session.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true, userGesture: true }));
}

function value({ result, exceptionDetails }) {
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
}

const sessions = new WeakMap();
function sessionOf(page) {
  if (!sessions.has(page)) sessions.set(page, page.context().newCDPSession(page));
  return sessions.get(page);
}

/** A world beside the page's: the same DOM, built-ins of its own. */
async function aside(page) {
  const session = await sessionOf(page);
  const { frameTree } = await session.send('Page.getFrameTree');
  const { executionContextId } = await session.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id, worldName: 'judge' });
  return executionContextId;
}

async function asideValue(page, expression) {
  const session = await sessionOf(page);
  return value(await session.send('Runtime.evaluate', { expression, contextId: await aside(page), awaitPromise: true, returnByValue: true }));
}

/** Two animation frames and 60 ms: what a recorder gets after each step. */
export const rest = (page) => asideValue(page, 'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 60))))');

/** Pictures, fonts and frames have arrived. */
const settled = (page, root) => asideValue(page, `(async () => {
  const limit = new Promise((done) => setTimeout(done, 2000));
  const loaded = async (document) => {
    await document.fonts.ready;
    for (const image of document.images) if (!image.complete) await new Promise((done) => { image.onload = image.onerror = done; });
    for (const frame of document.querySelectorAll('iframe, frame')) {
      const inner = frame.contentDocument;
      if (!inner) continue;
      for (let tries = 0; tries < 40 && inner.readyState === 'loading'; tries += 1) await new Promise((done) => setTimeout(done, 25));
      await loaded(frame.contentDocument ?? inner);
    }
  };
  await Promise.race([loaded(${root}), limit]);
})()`);

/**
 * Makes the page's edits, one step after another. A step may return `{ask: {...}}` to be given what a script cannot do:
 * `input: [[device, method, ...arguments], ...]` (real mouse and keyboard), `viewport: [width, height]`, `load: true` (await a navigation).
 */
export async function runSteps(page) {
  const count = await inPage(page, 'window.steps ? window.steps.length : 0');
  for (let index = 0; index < count; index += 1) {
    const address = page.url();
    const ask = await inPage(page, `(async () => { const said = await window.steps[${index}](); return said && said.ask ? said.ask : null; })()`);
    if (ask?.load) await page.waitForURL((url) => url.href !== address);
    if (ask?.viewport) await page.setViewportSize({ width: ask.viewport[0], height: ask.viewport[1] });
    for (const [device, method, ...given] of ask?.input ?? []) await page[device][method](...given);
    await rest(page);
  }
  await settled(page, 'document');
  await rest(page);
}

/** What a function of `(document, closed roots, address)` finds in a document. */
async function lookAt(page, look, root, { hasClosedRoots, url }) {
  const session = await sessionOf(page);
  const contextId = await aside(page);
  const closed = [];
  if (hasClosedRoots) {
    const seek = async (node) => {
      if (node.shadowRootType === 'closed') {
        closed.push((await session.send('DOM.resolveNode', { backendNodeId: node.backendNodeId, executionContextId: contextId })).object.objectId);
      }
      for (const inner of [...(node.children ?? []), ...(node.shadowRoots ?? []), node.contentDocument].filter(Boolean)) await seek(inner);
    };
    await seek((await session.send('DOM.getDocument', { depth: -1, pierce: true })).root);
  }
  const seen = await session.send('Runtime.callFunctionOn', {
    functionDeclaration: `function (...closed) { return (${look})(${root}, closed, ${JSON.stringify(url)}); }`,
    executionContextId: contextId,
    arguments: closed.map((objectId) => ({ objectId })),
    returnByValue: true,
  });
  return value(seen);
}

/** A picture of what is visible at the top left, one pixel to a CSS pixel. */
async function picture(page, { width, height }) {
  const session = await sessionOf(page);
  const { cssVisualViewport } = await session.send('Page.getLayoutMetrics');
  const clip = { x: cssVisualViewport.pageX, y: cssVisualViewport.pageY, width, height, scale: 1 };
  // With a clip, media conditions are those of a screen of one device pixel to a CSS pixel.
  const isPlain = (await asideValue(page, 'devicePixelRatio')) === 1;
  const { data } = await session.send('Page.captureScreenshot', { format: 'png', optimizeForSpeed: true, ...(isPlain ? { clip } : {}) });
  const image = Buffer.from(data, 'base64');
  const factor = image.readUInt32BE(16) / width;
  if (factor === 1) return image;
  const large = PNG.sync.read(image);
  const small = new PNG({ width, height });
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) small.data.writeUInt32LE(large.data.readUInt32LE((y * factor * large.width + x * factor) * 4), (y * width + x) * 4);
  }
  return PNG.sync.write(small);
}

/** Paints the covered boxes in both; returns the badges that are blank in the replica. */
function cover(boxes, source, replica) {
  const blank = [];
  for (const { mark, left, top, width, height } of boxes) {
    const right = Math.min(source.width, Math.ceil(left + width));
    const bottom = Math.min(source.height, Math.ceil(top + height));
    const seen = new Set();
    for (let y = Math.max(0, Math.floor(top)); y < bottom; y += 1) {
      for (let x = Math.max(0, Math.floor(left)); x < right; x += 1) {
        const at = (y * source.width + x) * 4;
        seen.add(replica.data.readUInt32LE(at));
        source.data.writeUInt32LE(0xff808080, at);
        replica.data.writeUInt32LE(0xff808080, at);
      }
    }
    if (mark === 'badge' && seen.size < 2) blank.push(`${Math.round(left)},${Math.round(top)}`);
  }
  return blank;
}

/** @returns {{share: number, blank: string[]}} share: of the pixels that differ */
export function comparePictures(sourceImage, replicaImage, boxes = []) {
  // Decoding is what judging costs most, and most replicas are the same to the byte.
  if (!boxes.length && sourceImage.equals(replicaImage)) return { share: 0, blank: [] };
  const source = PNG.sync.read(sourceImage);
  const replica = PNG.sync.read(replicaImage);
  if (source.width !== replica.width || source.height !== replica.height) return { share: 1, blank: [] };
  const blank = cover(boxes, source, replica);
  return { share: pixelmatch(source.data, replica.data, undefined, source.width, source.height, { threshold: 0.1 }) / (source.width * source.height), blank };
}

export class Judge {
  /** Agents' pages that show nothing that is still judged, by device. @type {Record<string, import('playwright-core').Page[]>} */
  #desks = {};

  /** One browser and three origins: the visitor's site, somebody else's site, the agent's. @param {(pathname: string) => string | undefined} [locate] the file at a path */
  static async open(locate = inCorpus) {
    const judge = new Judge();
    judge.servers = await Promise.all(['site', 'other', 'agent'].map((role) => serve(role, () => judge.origins, locate)));
    const [site, other, agent] = judge.servers.map((server) => server.address().port);
    judge.origins = { site: `http://localhost:${site}`, other: `http://127.0.0.1:${other}`, agent: `http://localhost:${agent}` };
    judge.browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
    return judge;
  }

  async close() {
    await this.browser.close();
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
    }
  }

  /** Never throws: an arm that breaks has lost the page. */
  verdict(entry, arm) {
    return this.#patiently(entry, arm, { dom: false, pixels: false, share: 1 }, (verdict) => this.#judge(entry, arm, verdict));
  }

  /** As `verdict`, of the layout alone: what an arm that masks texts is to keep. */
  layout(entry, arm) {
    return this.#patiently(entry, arm, { layout: false, elements: 0 }, (verdict) => this.#judgeLayout(entry, arm, verdict));
  }

  async #patiently(entry, arm, begin, act) {
    const begun = Date.now();
    const verdict = { page: entry.name, arm: arm.name, trait: entry.trait, ...begin, differences: [] };
    let timer;
    try {
      const late = new Promise((_, fail) => { timer = setTimeout(() => fail(new Error(`took longer than ${PATIENCE / 1000} s`)), PATIENCE); });
      await Promise.race([act(verdict), late]);
    } catch (error) {
      verdict.differences.unshift(`error: ${error.message.split('\n')[0]}`);
    } finally {
      clearTimeout(timer);
      await Promise.all((verdict.contexts ?? []).map((context) => context.close().catch(() => {})));
      delete verdict.contexts;
    }
    return { ...verdict, difference: verdict.differences[0], milliseconds: Date.now() - begun };
  }

  /** Opens the page, records it and makes its edits; then `look` at it, and draw its replica: returns the pages, and where the replica is. */
  async #mirror(entry, arm, verdict, look) {
    const { scale = 1, start, late, ...preferences } = entry.flags;
    const device = { viewport: VIEWPORT, locale: 'en-GB', ...preferences, deviceScaleFactor: Number(scale) };
    const about = { ...entry, url: `${this.origins.site}/${entry.file}`, origin: this.origins.site, other: this.origins.other };
    const visitor = await this.browser.newContext(device);
    verdict.contexts = [visitor];

    const page = await visitor.newPage();
    page.on('pageerror', (error) => (verdict.uncaught ??= error.message.split('\n')[0]));
    page.on('dialog', (dialog) => dialog.dismiss().catch(() => {}));
    await arm.prepare?.(page, about);
    const early = start === 'loading';
    await page.goto(about.url, { waitUntil: early ? 'commit' : 'load' });
    const handle = await arm.record(page, about);
    if (early) await page.waitForLoadState('load');
    await rest(page);
    await runSteps(page);
    // Pages that move when they have come.
    if (entry.wait) await page.waitForTimeout(entry.wait);
    const recorded = await arm.take(handle);

    const source = await look(page, 'document', about);
    verdict.sourcePicture = await picture(page, page.viewportSize());

    const [desk, release] = await this.#desk(arm.device === 'visitor' ? device : { viewport: VIEWPORT, locale: 'en-GB' }, verdict);
    await desk.goto(`${this.origins.agent}/replica`);
    const selector = await arm.replay(desk, recorded, about);
    const root = selector ? `document.querySelector(${JSON.stringify(selector)}).contentDocument` : 'document';
    await settled(desk, root);
    await rest(desk);
    verdict.replicaPicture = await picture(desk, page.viewportSize());
    const replica = await look(desk, root, about);
    release();
    return { source, about, replica };
  }

  /** An agent's page, of an earlier replica where there is one: to open a window is a fifth of what judging costs. One that is not released is closed with the verdict. */
  async #desk(device, verdict) {
    const key = JSON.stringify(device);
    const idle = (this.#desks[key] ??= []);
    const page = idle.pop() ?? (await (await this.browser.newContext(device)).newPage());
    const context = page.context();
    verdict.contexts.push(context);
    return [page, () => {
      verdict.contexts = verdict.contexts.filter((one) => one !== context);
      idle.push(page);
    }];
  }

  async #judge(entry, arm, verdict) {
    let boxes;
    const look = async (page, root, about) => {
      boxes ??= await asideValue(page, `(${covers})(document)`);
      return lookAt(page, describe, root, about);
    };
    const { source, about, replica: facts } = await this.#mirror(entry, arm, verdict, look);
    const normalise = arm.normalise ?? ((facts) => facts);
    const replica = normalise(facts, 'replica', about);

    const placed = (text) => text.replaceAll(this.origins.site, 'site:').replaceAll(this.origins.agent, 'agent:');
    verdict.differences = differences(normalise(source, 'source', about), replica).map(placed);
    verdict.dom = verdict.differences.length === 0;
    const { share, blank } = comparePictures(verdict.sourcePicture, verdict.replicaPicture, boxes);
    if (blank.length) verdict.differences.push(`no badge at ${blank.join(' and ')}`);
    verdict.share = share;
    verdict.pixels = share < PIXEL_LIMIT && !blank.length;
    verdict.sourceDigest = createHash('sha256').update(JSON.stringify(source)).digest('hex');
  }

  async #judgeLayout(entry, arm, verdict) {
    const { source, replica } = await this.#mirror(entry, arm, verdict, (page, root, about) => lookAt(page, layout, root, about));
    Object.assign(verdict, compareLayouts(source, replica));
    verdict.layout = verdict.differences.length === 0;
  }
}

/** @param {string} pathname @returns {string | undefined} */
export function within(root, pathname) {
  const file = path.join(root, pathname);
  return file.startsWith(root + path.sep) && fs.existsSync(file) && fs.statSync(file).isFile() ? file : undefined;
}

const inCorpus = (pathname) => within(folder, pathname);

/** Files, of the corpus or elsewhere; `/replica` is the agent's empty page. `?delay=MS` answers late, `<!--pause-->` splits a page in two halves. */
async function serve(role, origins, locate) {
  const server = http.createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://localhost');
    const headers = { 'access-control-allow-origin': '*', 'cache-control': 'no-store' };
    if (role === 'agent' && pathname === '/replica') {
      response.writeHead(200, { ...headers, 'content-type': TYPES.html }).end('<!doctype html><title>Replica</title><link rel="icon" href="data:,"><style>body { margin: 0 }</style>');
      return;
    }
    const file = locate(decodeURIComponent(pathname));
    const isPrivate = pathname.includes('/private');
    // The other site grants nobody its pictures: a canvas that draws one is tainted.
    if (role === 'other' && !pathname.includes('/given')) delete headers['access-control-allow-origin'];
    if (isPrivate) delete headers['access-control-allow-origin'];
    if (!file || (isPrivate && !/login=yes/.test(request.headers.cookie ?? ''))) {
      response.writeHead(404, headers).end();
      return;
    }
    if (searchParams.has('delay')) await new Promise((done) => setTimeout(done, Number(searchParams.get('delay'))));
    response.writeHead(200, { ...headers, 'content-type': TYPES[path.extname(file).slice(1)] ?? 'application/octet-stream' });
    if (!file.endsWith('.html')) {
      response.end(fs.readFileSync(file));
      return;
    }
    const [first, ...later] = fs.readFileSync(file, 'utf8').replaceAll('{{other}}', origins().other).split('<!--pause-->');
    response.write(first);
    for (const part of later) {
      await new Promise((done) => setTimeout(done, 300));
      response.write(part);
    }
    response.end();
  });
  await new Promise((done) => server.listen(0, done));
  return server;
}
