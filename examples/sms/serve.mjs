// A page that plays telephones: what is written on one comes to the desk by open messaging, and what is answered comes back.

import * as crypto from 'node:crypto';
import * as fs from 'node:fs';
import * as http from 'node:http';
import { fileURLToPath } from 'node:url';
import { Bridge, register } from './bridge.mjs';

const FILES = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/phone.js': ['phone.js', 'text/javascript; charset=utf-8'],
  '/style.css': ['style.css', 'text/css; charset=utf-8'],
};

const POLICY = "default-src 'none'; img-src data:; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Largest body, in bytes; most telephones, and most messages of one. */
const BODY = 64 * 1024;
const PHONES = 100;
const MESSAGES = 200;

/** @param {http.IncomingMessage} request @returns {Promise<string | undefined>} the body, or nothing where it is too large */
async function bodyOf(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > BODY) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The telephones: what each shows, and who looks at it. */
class Phones {
  constructor() {
    /** @type {Map<string, {messages: any[], listeners: Set<http.ServerResponse>}>} */
    this.all = new Map();
  }

  /** @param {string} address */
  of(address) {
    const known = this.all.get(address) ?? { messages: [], listeners: new Set() };
    this.all.delete(address);
    this.all.set(address, known);
    if (this.all.size > PHONES) this.all.delete(this.all.keys().next().value);
    return known;
  }

  /** @param {string} address @param {any} message shown, or shown otherwise where its id is known */
  show(address, message) {
    const phone = this.of(address);
    const at = phone.messages.findIndex(({ id }) => id === message.id);
    if (at >= 0) phone.messages[at] = message;
    else phone.messages.push(message);
    phone.messages.splice(0, phone.messages.length - MESSAGES);
    for (const listener of phone.listeners) listener.write(`data: ${JSON.stringify(message)}\n\n`);
  }
}

/** @param {{hub: string, deployment: string, secret: string}} options */
export function channel({ hub, deployment, secret }) {
  const phones = new Phones();
  const bridge = new Bridge({
    hub, deployment, secret, channel: 'sms',
    deliver(address, { event, id, seq, at, author, name, text }) {
      // A telephone has no lines for who came and went.
      if (event === 'message') phones.show(address, { id, seq, at, from: name ?? author, text });
      else if (event === 'ended') phones.show(address, { id, at, event });
    },
  });
  const routes = {
    'POST /hook': async (request, response, body) => response.writeHead(bridge.receive(request.headers, body)).end(),
    'POST /send': async (_request, response, body) => {
      const { id, address, name, language, text } = JSON.parse(body);
      if (![id, address, text].every((value) => typeof value === 'string' && value.trim())) return response.writeHead(400).end();
      const message = { id, at: Date.now(), text, state: 'sending' };
      phones.show(address, message);
      response.writeHead(202).end();
      const state = await bridge.send({ id, address, name: name || undefined, language, text }).then(() => 'sent', () => 'failed');
      phones.show(address, { ...message, state });
    },
    'POST /read': async (_request, response, body) => {
      const { address, seq } = JSON.parse(body);
      response.writeHead(202).end();
      await bridge.read(address, seq).catch(() => {});
    },
    'GET /messages': async (request, response) => {
      const address = new URL(request.url, 'http://phone').searchParams.get('address') ?? '';
      const phone = phones.of(address);
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write('retry: 1000\n\n');
      for (const message of phone.messages) response.write(`data: ${JSON.stringify(message)}\n\n`);
      phone.listeners.add(response);
      request.on('close', () => phone.listeners.delete(response));
    },
  };
  return http.createServer(async (request, response) => {
    try {
      const { pathname } = new URL(request.url ?? '/', 'http://phone');
      const route = routes[`${request.method} ${pathname}`];
      const isOwn = pathname === '/hook' || request.method === 'GET' || request.headers['sec-fetch-site'] === 'same-origin';
      const file = FILES[pathname];
      if (route && isOwn) {
        const body = request.method === 'POST' ? await bodyOf(request) : '';
        if (body === undefined) response.writeHead(413).end();
        else await route(request, response, body);
      } else if (file && request.method === 'GET') {
        response.writeHead(200, { 'content-type': file[1], 'content-security-policy': POLICY, 'x-content-type-options': 'nosniff', 'cache-control': 'no-cache' });
        response.end(fs.readFileSync(new URL(file[0], import.meta.url)));
      } else {
        response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('There is nothing here.\n');
      }
    } catch {
      // What is no JSON.
      if (!response.headersSent) response.writeHead(400);
      response.end();
    }
  });
}

function fail(message) {
  console.error(`sms: ${message}`);
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const flag = (name, otherwise) => {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? otherwise : process.argv[at + 1];
  };
  const hub = flag('hub', 'http://localhost:7700');
  // Made at each start: nobody else has to know it.
  const secret = crypto.randomBytes(24).toString('hex');
  const server = channel({ hub, deployment: flag('deployment', 'demo'), secret });
  server.on('error', (error) => fail(error.message));
  server.listen(Number(flag('port', 7702)), 'localhost', async () => {
    const url = `http://localhost:${server.address().port}`;
    const login = { email: flag('email', 'agent@example.com'), password: process.env.ALONGSIDE_PASSWORD ?? 'alongside' };
    await register({ hub, ...login, channel: { id: 'sms', name: 'SMS', url: `${url}/hook`, secret } })
      .catch((error) => fail(`the hub does not take the channel: ${error.message}`));
    console.log(`sms ${url}`);
  });
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
}
