// Serves a folder of static HTML with the SDK's script tag in it: the demo shop, or any site of your own.

import * as fs from 'node:fs';
import * as http from 'node:http';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Customers } from './customers.mjs';

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.gif': 'image/gif',
  '.html': 'text/html; charset=utf-8',
  '.htm': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webm': 'video/webm',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

const escape = (text) => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);

/** The tag for `hub`, with further attributes. */
export function tag(hub, deployment, attributes = []) {
  const all = [['data-deployment', deployment], ...attributes].map(([name, value]) => ` ${name}="${escape(value)}"`);
  return `<script async src="${escape(hub)}/sdk/alongside.js"${all.join('')}></script>`;
}

/** Puts `snippet` before the real `</head>`: not one in a comment or script. Without a head, after the doctype. */
export function inject(html, snippet) {
  const skip = /<!--[\s\S]*?(?:-->|$)|<(script|style|title|noscript)\b[\s\S]*?(?:<\/\1\s*>|$)/gi;
  const visible = html.replace(skip, (hidden) => ' '.repeat(hidden.length));
  const end = visible.search(/<\/head\s*>/i);
  if (end >= 0) return html.slice(0, end) + snippet + html.slice(end);
  const doctype = /^\uFEFF?\s*(?:<!--[\s\S]*?-->\s*)*<!doctype[^>]*>/i.exec(html);
  const at = doctype ? doctype[0].length : html.startsWith('\uFEFF') ? 1 : 0;
  return html.slice(0, at) + snippet + html.slice(at);
}

/** @param {string} hub @param {'wasm' | 'no-wasm' | 'frame'} kind what the SDK is allowed: to be in the page, without wasm, or in a frame */
function policy(hub, kind) {
  const socket = hub.replace(/^http/, 'ws');
  return [
    "default-src 'self'",
    `script-src 'self' ${hub}${kind === 'wasm' ? " 'wasm-unsafe-eval'" : ''}`,
    kind === 'frame' ? "connect-src 'self'" : `connect-src 'self' ${hub} ${socket}`,
    "img-src 'self' data:",
    "style-src 'self'",
    kind === 'frame' ? `frame-src ${hub}` : "frame-src 'self'",
    "require-trusted-types-for 'script'; trusted-types 'none'",
    "object-src 'none'",
    "base-uri 'none'",
  ].join('; ');
}

/** The file for an address, or undefined: below `root` only, a folder's index, or the index that stands in below it. */
function find(root, address) {
  let name;
  try {
    name = decodeURIComponent(address);
  } catch {
    return undefined;
  }
  if (name.includes('\0')) return undefined;
  const wanted = path.join(root, path.normalize('/' + name));
  const isBelow = (file) => file === root || file.startsWith(root + path.sep);
  if (!isBelow(wanted)) return undefined;
  const candidates = name.endsWith('/') ? [path.join(wanted, 'index.html')] : [wanted, `${wanted}.html`];
  for (const file of candidates) {
    if (fs.statSync(file, { throwIfNoEntry: false })?.isFile() && isBelow(fs.realpathSync(file))) return file;
  }
  for (let folder = path.dirname(wanted); isBelow(folder) && folder !== root; folder = path.dirname(folder)) {
    const index = path.join(folder, 'index.html');
    if (fs.existsSync(index) && /<meta name="spa-fallback"/i.test(fs.readFileSync(index, 'utf8'))) return index;
  }
  return undefined;
}

/** @param {{dir: string, hub: string, deployment: string, csp?: 'wasm' | 'no-wasm' | 'frame', snippet?: boolean, attributes?: string[][], customers?: Customers}} options */
export function site({ dir, hub, deployment, csp, snippet = true, attributes = [], customers }) {
  const root = fs.realpathSync(dir);
  return http.createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://site');
    if (await customers?.answer(request, response, pathname)) return;
    const wanted = fs.statSync(path.join(root, path.normalize(pathname)), { throwIfNoEntry: false });
    if (wanted?.isDirectory() && !pathname.endsWith('/')) {
      response.writeHead(302, { location: `${pathname}/${search}`.replace(/^\/+/, '/') }).end();
      return;
    }
    const file = find(root, pathname);
    const headers = { 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' };
    if (csp) headers['content-security-policy'] = policy(hub, csp);
    if (!file) {
      response.writeHead(404, { ...headers, 'content-type': TYPES['.txt'] }).end('There is no such page.\n');
      return;
    }
    headers['content-type'] = TYPES[path.extname(file).toLowerCase()] ?? 'application/octet-stream';
    if (headers['content-type'] === TYPES['.html'] && snippet) {
      const html = fs.readFileSync(file, 'utf8');
      response.writeHead(200, headers).end(inject(html, (customers ? '<meta name="customers">' : '') + tag(hub, deployment, attributes)));
      return;
    }
    response.writeHead(200, headers);
    fs.createReadStream(file).pipe(response);
  });
}

function flags(args) {
  const options = { dir: '.', port: 7701, hub: 'http://localhost:7700', deployment: 'demo', attributes: [] };
  const value = (name) => args.shift() ?? fail(`${name} needs a value`);
  while (args.length > 0) {
    const name = args.shift();
    if (name === '--dir') options.dir = value(name);
    else if (name === '--port') options.port = Number(value(name));
    else if (name === '--hub') options.hub = value(name).replace(/\/$/, '');
    else if (name === '--deployment') options.deployment = value(name);
    else if (name === '--attr') options.attributes.push(value(name).split(/=(.*)/s).slice(0, 2));
    else if (name === '--csp') options.csp = 'wasm';
    else if (name === '--csp-no-wasm') options.csp = 'no-wasm';
    else if (name === '--csp-frame') options.csp = 'frame';
    else if (name === '--no-snippet') options.snippet = false;
    else if (name === '--customers') options.customers = new Customers(Number(value(name)) || fail('--customers needs the seconds that a token is good for'));
    else fail(`unknown flag ${name}`);
  }
  return options;
}

function fail(message) {
  console.error(`serve: ${message}`);
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const options = flags(process.argv.slice(2));
  if (!fs.statSync(options.dir, { throwIfNoEntry: false })?.isDirectory()) fail(`there is no folder ${options.dir}`);
  if (!Number.isInteger(options.port)) fail('--port needs a number');
  const server = site(options);
  server.on('error', (error) => fail(error.code === 'EADDRINUSE' ? `port ${options.port} is in use` : error.message));
  server.listen(options.port, 'localhost', () => console.log(`site http://localhost:${server.address().port}`));
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
}
