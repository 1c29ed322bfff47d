// A hub of make-believe for one desk: signs anybody in, and tells of as many visits as a test wants.

import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as path from 'node:path';
import { root } from './harness.mjs';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm' };

function varint(value) {
  const bytes = [];
  let rest = BigInt(value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}
const number = (tag, value) => Buffer.concat([varint(tag * 2), varint(value)]);
const sized = (tag, ...parts) => {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  return Buffer.concat([varint(tag * 2 + 1), varint(content.length), content]);
};

/** Frames as the protocol's golden files have them. */
const welcome = () => sized(2, sized(1, randomBytes(16)), number(2, 0), number(3, 0), number(5, 300_000));
const visitRecord = (visit) => sized(3, sized(1, visit.id), sized(2, visit.visitor), sized(3, visit.url), sized(4, visit.title), number(5, visit.views),
  number(6, visit.started), number(7, visit.active), ...(visit.search ? [sized(8, visit.search)] : []), number(9, 1_280), number(10, 0));
const live = (seq, isReset, visits, gone) => sized(4, number(1, seq),
  sized(2, sized(3, number(1, Date.now()), number(2, Number(isReset)), ...visits.map(visitRecord), ...gone.map((visit) => sized(4, visit.id)))));

/** Most visits of one change, as the hub does it. */
const CHUNK = 64;

export class Feed {
  static async begin(count) {
    const feed = new Feed();
    feed.begun = 0;
    feed.seq = 0;
    feed.visits = Array.from({ length: count }, (_, index) => feed.visit(Date.now() - (count - index) * 100));
    feed.server = http.createServer((request, response) => feed.#serve(request, response));
    feed.server.on('upgrade', (request, socket) => feed.#upgrade(request, socket));
    await new Promise((resolve) => feed.server.listen(0, 'localhost', resolve));
    feed.url = `http://localhost:${feed.server.address().port}`;
    return feed;
  }

  end() {
    this.socket?.destroy();
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }

  /** A visit that nobody was told of yet. */
  visit(started = Date.now()) {
    this.begun += 1;
    const page = this.begun % 97;
    return { id: randomBytes(16), visitor: randomBytes(16), url: `https://shop.example/products/${page}?from=list`, title: `Product ${page} | Kaede & Co.`,
      views: 1, started, active: Date.now(), search: this.begun % 3 ? undefined : `tea ${page}` };
  }

  /** Some minutes of a busy shop in one moment: `changed` visits go on, `replaced` end and as many begin. */
  news(changed, replaced) {
    const some = Array.from({ length: changed }, () => this.visits[Math.floor(Math.random() * this.visits.length)]);
    for (const visit of some) Object.assign(visit, { views: visit.views + 1, active: Date.now(), url: `https://shop.example/products/${visit.views}` });
    const gone = this.visits.splice(0, replaced);
    const fresh = Array.from({ length: replaced }, () => this.visit());
    this.visits.push(...fresh);
    this.#tell([...new Set(some)].filter((visit) => !gone.includes(visit)).concat(fresh), gone);
  }

  #tell(visits, gone, isReset = false) {
    for (let start = 0; start === 0 || start < visits.length; start += CHUNK) {
      this.#send(live((this.seq += 1), isReset && start === 0, visits.slice(start, start + CHUNK), start === 0 ? gone : []));
    }
  }

  #send(bytes) {
    const length = bytes.length < 126 ? [bytes.length] : [126, bytes.length >> 8, bytes.length & 255];
    this.socket.write(Buffer.concat([Buffer.from([0x82, ...length]), bytes]));
  }

  #serve(request, response) {
    const { pathname } = new URL(request.url, this.url);
    if (request.method === 'POST') {
      const answer = pathname.endsWith('/login') ? { token: 'a', name: 'Agent' } : { ticket: '0'.repeat(32) };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      return;
    }
    const file = path.join(root, 'examples/desk/dist', pathname === '/desk/' ? 'index.html' : path.basename(pathname));
    response.writeHead(200, { 'content-type': TYPES[path.extname(file)] ?? 'text/plain' }).end(fs.readFileSync(file));
  }

  /** RFC 6455, as far as one desk needs it: of what the desk says, the first frame and the second matter, by their coming only. */
  #upgrade(request, socket) {
    const key = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`);
    socket.on('error', () => {});
    this.socket = socket;
    this.seq = 0;
    socket.once('data', () => {
      this.#send(welcome());
      socket.once('data', () => this.#tell(this.visits, [], true));
    });
  }
}
