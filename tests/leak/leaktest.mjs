// The leak test for a site of your own: ./dev leaktest --site DIR [--selector CSS] [--show CSS] [--private] [--json FILE]
//
// Opens each page of the folder with a mirror running, types canaries into fields that are masked, plants them in masked texts and
// attributes, and searches what would have been sent. Ends with 1 where something leaked, with 2 where nothing could be tested.

import * as fs from 'node:fs';
import * as http from 'node:http';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import * as alongside from '../mirror/arms/ours.mjs';
import { inPage } from '../mirror/judge.mjs';
import { Canaries, search } from './search.mjs';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-background-networking', '--no-first-run',
  '--disable-component-update', '--disable-sync', '--disable-quic'];

const TYPES = { css: 'text/css', gif: 'image/gif', htm: 'text/html', html: 'text/html', ico: 'image/x-icon', jpg: 'image/jpeg', jpeg: 'image/jpeg', js: 'text/javascript',
  json: 'application/json', mjs: 'text/javascript', png: 'image/png', svg: 'image/svg+xml', txt: 'text/plain', wasm: 'application/wasm', webp: 'image/webp', woff2: 'font/woff2' };

/** A page that has more is tested in part, and says so. */
const MOST = 200;

/** In milliseconds: a page that asks for what never comes is tested as it is then. */
const PATIENCE = 15_000;

/** Why nothing could be tested. */
export class Refusal extends Error {}

/** The HTML files below a folder, as addresses. */
export function pagesOf(site) {
  if (!site) throw new Refusal('which folder? ./dev leaktest --site DIR');
  if (!fs.existsSync(site)) throw new Refusal(`there is no folder ${site}`);
  if (!fs.statSync(site).isDirectory()) throw new Refusal(`${site} is a file: --site takes the folder that it is in`);
  const pages = fs.readdirSync(site, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.html?$/i.test(entry.name))
    .map((entry) => path.relative(site, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .filter((page) => !/(^|\/)(node_modules|\.[^/]*)\//.test(page))
    .sort();
  if (pages.length === 0) throw new Refusal(`${site} has no .html files`);
  return pages;
}

async function serve(site) {
  const root = fs.realpathSync(site);
  const server = http.createServer((request, response) => {
    let file;
    try {
      file = path.join(root, decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
      if (fs.statSync(file).isDirectory()) file = path.join(file, 'index.html');
      file = fs.realpathSync(file);
      if (!file.startsWith(root + path.sep)) throw new Error('outside');
      const type = TYPES[path.extname(file).slice(1).toLowerCase()] ?? 'application/octet-stream';
      response.writeHead(200, { 'content-type': /^text|json/.test(type) ? `${type}; charset=utf-8` : type }).end(fs.readFileSync(file));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, 'localhost', done));
  return server;
}

/**
 * What the page holds, found in the page: fields with what the rules say of them, elements whose text is masked, texts that are shown. Marks each
 * with a number on its own (`__leak`), for later. Shadow roots and frames of the site included.
 */
function survey({ selector, show, isPrivate, most }) {
  const roots = [document];
  for (let at = 0; at < roots.length; at += 1) {
    for (const element of roots[at].querySelectorAll('*')) {
      if (element.shadowRoot) roots.push(element.shadowRoot);
      try {
        if (/^i?frame$/.test(element.localName) && element.contentDocument) roots.push(element.contentDocument);
      } catch {
        // A frame of another site.
      }
    }
  }
  const above = (node) => node.parentElement ?? node.getRootNode().host ?? node.ownerDocument.defaultView?.frameElement;
  const has = (element, word, css) => (element.getAttribute('data-alongside') ?? '').split(/\s+/).includes(word) || Boolean(css && element.matches(css));
  const path = (element) => {
    const around = [];
    for (let at = element; at; at = above(at)) around.push(at);
    return around.reverse();
  };
  /** As `src/mask/policy.rs` says. */
  const treatment = (element) => path(element).reduce((treated, at) => {
    if (treated === 'gone' || has(at, 'block') || has(at, 'hide')) return 'gone';
    if (has(at, 'mask', selector) || (treated === 'masked' && !isPrivate)) return 'masked';
    return has(at, 'show', show) ? 'shown' : treated;
  }, isPrivate ? 'masked' : 'open');
  const isField = (element) => (element.localName === 'input' && !/^(hidden|submit|button|reset|image|file|checkbox|radio)$/.test(element.type)) || element.localName === 'textarea' || element.isContentEditable;
  const isSecret = (element) => element.type === 'password' || /(^|\s)(cc-\S+|one-time-code|new-password|current-password)(\s|$)/i.test(element.getAttribute('autocomplete') ?? '');
  const named = (element) => {
    const name = element.getAttribute('name');
    return element.localName + (element.id ? `#${element.id}` : name ? `[name="${name}"]` : element.classList.length ? `.${[...element.classList].join('.')}` : '');
  };
  const label = (element) => (element.labels?.[0]?.textContent ?? element.getAttribute('aria-label') ?? element.getAttribute('placeholder') ?? '').trim().replace(/\s+/g, ' ').slice(0, 40);
  const all = roots.flatMap((root) => [...root.querySelectorAll('*')]);
  let next = 0;
  const tag = (element) => ((element.__leak = next), (next += 1), element.__leak);
  const fields = all.filter(isField).filter((element) => !element.parentElement?.isContentEditable).map((element) => {
    const treated = treatment(element);
    return {
      id: tag(element), element: named(element), label: label(element), type: element.type ?? 'text', isEditable: element.isContentEditable,
      hints: [element.getAttribute('name'), element.id, element.getAttribute('autocomplete'), label(element), element.getAttribute('placeholder'), element.type].filter(Boolean).join(' '),
      treatment: treated, matches: Boolean(selector) && path(element).some((at) => at.matches(selector)),
      isMasked: treated === 'gone' || isSecret(element) || (element.isContentEditable ? treated === 'masked' : treated !== 'shown'),
      room: element.maxLength > 0 ? element.maxLength : 1000,
    };
  });
  const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
  const isUnseen = (element) => /^(script|style|noscript|template|title|textarea|option)$/.test(element.localName) || isField(element);
  const bodies = all.filter((element) => !isUnseen(element) && element.closest('body'));
  const chosen = bodies.filter((element) => (selector ? path(element).some((at) => at.matches(selector)) : treatment(element) === 'masked') && (hasText(element) || (selector && element.matches(selector))));
  const texts = chosen.slice(0, most).map((element) => ({ id: tag(element), element: named(element) }));
  const shown = bodies.filter((element) => hasText(element) && ['open', 'shown'].includes(treatment(element)))
    .map((element) => ({ element: named(element), text: [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data).join(' ') }));
  const matched = selector ? all.filter((element) => element.matches(selector)).length : 0;
  const present = roots.map((root) => (root.documentElement ?? root).outerHTML ?? root.innerHTML).join(' ') + location.href + all.filter(isField).map((element) => element.value ?? '').join(' ');
  window.__leaks = { find: (id) => all.find((element) => element.__leak === id) };
  return { fields, texts, shown, matched, present, left: chosen.length - texts.length };
}

/** What looks private: a pattern for names, labels and types, and what it is. Latin and Japanese. */
const PRIVATE = [
  [/passw|passcode|kennwort|パスワード|\bpin\b/i, 'a password', 'type="password"'],
  [/card.?(n|no|num|holder)|\bcc-|cvc|cvv|credit|カード/i, 'a card', 'autocomplete="cc-number" (or cc-csc, cc-exp, cc-name)'],
  [/iban|account.?(n|no)|\bbic\b|sort.?code|routing|bank|口座/i, 'a bank account'],
  [/ssn|social.?sec|my.?number|national.?id|passport|tax.?id|insurance|マイナンバー/i, 'a number of a person'],
  [/e-?mail|メール/i, 'an e-mail address'],
  [/phone|mobile|\btel\b|fax|電話/i, 'a telephone number'],
  [/birth|\bbday|\bdob\b|生年月日/i, 'a date of birth'],
  [/street|address|city|zip|postal|post.?code|住所|郵便/i, 'an address'],
  [/(first|last|full|given|family|user|sur|your).?name|^name\b|\bname$|氏名|お名前/i, 'a name'],
  [/secret|token|otp|one.?time|security.?code/i, 'a secret', 'autocomplete="one-time-code"'],
  [/gender|\bsex\b|religion|health|diagnos|salary|income/i, 'something personal'],
];

const TEXTS = [
  [/[^\s@]+@[^\s@]+\.[a-z]{2,}/i, 'an e-mail address'],
  // Not a date, and no card number, which is masked anyway.
  [/(^|[^\d. -])\s?(\+\d{1,3}[ -]?)?\(?\d{2,4}\)?[ -]\d{2,4}[ -]\d{3,4}($|[^\d. -]|[ .-](\D|$))/, 'a telephone number'],
];

const looks = (patterns, text) => patterns.find(([pattern]) => pattern.test(text));

/** A canary that the field takes. */
function canaryFor({ type, room }, canaries) {
  if (room < 4 || /^(date|month|week|time|datetime-local|color|range)$/.test(type)) return undefined;
  const canary = /^(number|tel)$/.test(type) || room < 8 ? canaries.number(Math.min(8, room)) : canaries.word();
  if (type === 'email' && room > 20) return { canary, text: `${canary}@example.com` };
  return type === 'url' && room > 20 ? { canary, text: `https://${canary}/` } : { canary, text: canary };
}

async function fill(page, field, text) {
  const handle = await page.evaluateHandle((id) => window.__leaks.find(id), field.id);
  const element = handle.asElement();
  const isFocused = await element?.evaluate((own) => {
    if (own.readOnly || own.disabled) return false;
    own.focus();
    return own.getRootNode().activeElement === own;
  }).catch(() => false);
  if (isFocused) {
    await page.keyboard.press('End');
    await page.keyboard.type(text);
    // The page may have changed what was typed, or the field taken none of it.
    if (await element.evaluate((own, text) => (own.value ?? own.textContent).includes(text), text)) return 'typed';
  }
  const isThere = await element?.evaluate((own, text) => {
    if (own.isContentEditable) own.append(text);
    else own.value = text;
    own.dispatchEvent(new Event('input', { bubbles: true }));
    return (own.value ?? own.textContent).includes(text);
  }, text);
  return isThere ? 'filled in by a script' : undefined;
}

/** Plants in an element that is masked: text and attributes. @returns what was planted where */
async function plantIn(page, { id }, canaries) {
  const places = ['text', 'title', 'aria-label', 'data-leaktest', 'class'].map((where) => [where, canaries.word()]);
  await page.evaluate(([id, places]) => {
    const element = window.__leaks.find(id);
    const given = Object.fromEntries(places);
    element?.append(` ${given.text}`);
    element?.classList.add(given.class);
    for (const where of ['title', 'aria-label', 'data-leaktest']) element?.setAttribute(where, given[where]);
  }, [id, places]);
  return places;
}

async function testPage(browser, address, options) {
  const context = await browser.newContext({ bypassCSP: true });
  try {
    const page = await context.newPage();
    page.on('dialog', (dialog) => dialog.dismiss().catch(() => {}));
    await alongside.prepare(page);
    await page.goto(address, { timeout: PATIENCE }).catch((error) => {
      if (!/Timeout/.test(error.message)) throw error;
    });
    await page.waitForTimeout(300);
    if (options.selector) {
      const fault = await page.evaluate((selector) => { try { document.createDocumentFragment().querySelector(selector); return ''; } catch { return 'invalid'; } }, options.selector);
      if (fault) throw new Refusal(`${options.selector} is not a CSS selector`);
    }
    const found = await page.evaluate(survey, { ...options, most: MOST });
    const canaries = new Canaries({ present: found.present });
    const selectors = { ...(options.selector && { mask: options.selector }), ...(options.show && { show: options.show }) };
    await inPage(page, `window.__record(${JSON.stringify({ isPrivate: options.isPrivate, selectors })})`);
    const planted = [];
    const untried = [];
    for (const field of found.fields.slice(0, MOST)) {
      if (options.selector && !field.matches && field.isMasked) continue;
      const given = canaryFor(field, canaries);
      const how = given && (await fill(page, field, given.text).catch(() => undefined));
      if (how) planted.push({ ...field, where: how, canary: given.canary });
      else untried.push(field.element);
    }
    for (const text of found.texts) {
      for (const [where, canary] of await plantIn(page, text, canaries)) planted.push({ ...text, isMasked: true, where, canary });
    }
    await page.waitForTimeout(700);
    const frames = (await alongside.take(page)).frames.split(' ').map((frame) => Buffer.from(frame, 'base64'));
    if (Buffer.concat(frames).length < 10) throw new Error('the mirror told nothing');
    const hits = search(frames, planted.map(({ canary }) => [canary, canary]));
    const formOf = new Map(hits.map(({ name, form }) => [name, form]));
    const leaks = planted.filter(({ canary, isMasked }) => isMasked && formOf.has(canary)).map(({ element, where, canary }) => ({ element, where, form: formOf.get(canary) }));
    const fields = planted.filter(({ isMasked, canary }) => !isMasked && formOf.has(canary)).flatMap((field) => {
      const look = looks(PRIVATE, field.hints);
      return look ? [{ element: field.element, looks: look[1], write: look[2] ?? 'data-alongside="mask"' }] : [];
    });
    const texts = found.shown.flatMap(({ element, text }) => {
      const look = looks(TEXTS, text);
      return look ? [{ element, looks: `${look[1]} in a text`, write: 'data-alongside="mask"' }] : [];
    });
    return { matched: found.matched, fields: found.fields.length, masked: found.fields.filter(({ isMasked }) => isMasked).length, planted: planted.length, untried, left: found.left, leaks, private: [...fields, ...texts] };
  } finally {
    await context.close();
  }
}

function parse(given) {
  const options = { isPrivate: false };
  for (let at = 0; at < given.length; at += 1) {
    const name = given[at];
    if (name === '--private') {
      options.isPrivate = true;
      continue;
    }
    if (!['--site', '--selector', '--show', '--json'].includes(name)) throw new Refusal(`leaktest knows --site DIR, --selector CSS, --show CSS, --private and --json FILE, not ${name}`);
    at += 1;
    if (!given[at]) throw new Refusal(`${name} needs a value`);
    options[name.slice(2)] = given[at];
  }
  return options;
}

const plural = (number, word) => `${number} ${word}${number === 1 ? '' : word.endsWith('x') ? 'es' : 's'}`;

/** Columns as wide as what is in them. */
function table(head, rows) {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => String(row[column]).length)));
  return [head, ...rows].map((row) => `  ${row.map((cell, column) => String(cell).padEnd(widths[column])).join('  ').trimEnd()}`).join('\n');
}

/** @returns {Promise<{pages: object[], leaks: number}>} */
export async function leaktest(given, say = console.log) {
  const options = parse(given);
  const pages = pagesOf(options.site);
  const server = await serve(options.site);
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
  const results = [];
  try {
    for (const [index, page] of pages.entries()) {
      const address = `http://localhost:${server.address().port}/${page.split('/').map(encodeURIComponent).join('/')}`;
      const result = await testPage(browser, address, options).catch((error) => {
        if (error instanceof Refusal) throw error;
        return { error: error.message.split('\n')[0], leaks: [], private: [], matched: 0, planted: 0 };
      });
      results.push({ page, ...result });
      const said = result.error ? `not tested: ${result.error}`
        : `${plural(result.fields, 'field')}, ${result.masked} masked; ${plural(result.planted, 'canary').replace('canarys', 'canaries')}; ${plural(result.leaks.length, 'leak')}`;
      say(`  ${String(index + 1).padStart(String(pages.length).length)}/${pages.length}  ${page}: ${said}`);
      if (result.left > 0) say(`        ${result.left} more masked elements were not tried`);
      if (result.untried?.length) say(`        holds no text to search for: ${result.untried.join(', ')}`);
    }
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
  if (options.selector && results.every(({ matched }) => !matched)) throw new Refusal(`${options.selector} matches nothing on ${plural(pages.length, 'page')}`);
  if (results.every(({ error }) => error)) throw new Refusal('no page could be tested');
  if (results.every(({ planted }) => !planted)) throw new Refusal('nothing is masked on these pages but what is always masked: name it with --selector, or test with --private');
  const leaks = results.flatMap(({ page, leaks }) => leaks.map((leak) => ({ page, ...leak })));
  const unmasked = results.flatMap(({ page, private: found }) => found.map((one) => ({ page, ...one })));
  say('');
  if (leaks.length > 0) say(`Leaks: what is masked was sent\n${table(['page', 'element', 'where', 'form'], leaks.map((leak) => [leak.page, leak.element, leak.where, leak.form]))}\n`);
  if (unmasked.length > 0) say(`Shown, and looks private\n${table(['page', 'element', 'looks like', 'to mask it write'], unmasked.map((one) => [one.page, one.element, one.looks, one.write]))}\n`);
  const planted = results.reduce((sum, result) => sum + result.planted, 0);
  say(`${plural(leaks.length, 'leak')} of ${planted} canaries on ${plural(pages.length, 'page')}; ${unmasked.length} shown that look private`);
  const report = { options: { selector: options.selector, show: options.show, isPrivate: options.isPrivate }, pages: results, leaks: leaks.length };
  if (options.json) fs.writeFileSync(options.json, JSON.stringify(report, null, 2) + '\n');
  return report;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const { leaks, pages } = await leaktest(process.argv.slice(2));
    process.exitCode = leaks > 0 ? 1 : pages.some(({ error }) => error) ? 2 : 0;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    console.error(`leaktest: ${error.message}`);
    process.exitCode = 2;
  }
}
