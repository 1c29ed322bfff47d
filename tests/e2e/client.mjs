// A client of the hub that is not ours: speaks the protocol over a socket of its own, in JSON, and says whatever a test wants.

import { createHash, randomBytes } from 'node:crypto';
import * as http from 'node:http';
import { AGENT, until } from './harness.mjs';

const hex = () => randomBytes(16).toString('hex');

/** RFC 6455, as far as a client needs it. */
export class Client {
  /** All relayed bodies that came and were not taken. @type {object[]} */
  heard = [];
  /** Who is on the site, by the hub's id, where that is watched. @type {Map<string, object>} */
  visits = new Map();
  #rest = Buffer.alloc(0);
  #parts = [];
  #waiting = [];
  #seq = 0;

  /** @param {string} hub @param {string} origin @param {object} party */
  static async connect(hub, origin, party) {
    const client = new Client();
    const key = randomBytes(16).toString('base64');
    const headers = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': key, origin };
    client.socket = await new Promise((resolve, reject) => {
      const request = http.get(`${hub}/v1/link`, { headers });
      request.on('upgrade', (_, socket, head) => {
        client.#take(head);
        resolve(socket);
      });
      request.on('response', ({ statusCode }) => reject(new Error(`the hub answers ${statusCode}`)));
      request.on('error', reject);
    });
    client.socket.setNoDelay(true);
    client.socket.on('data', (bytes) => client.#take(bytes));
    client.socket.on('error', () => {});
    client.socket.on('close', () => (client.isClosed = true));
    const version = 1;
    client.say({ hello: { version, now: Date.now(), source: hex(), party } });
    await until('the hub welcomes a client', () => client.welcome);
    return client;
  }

  /** A page of a visitor on a site, whose first page view has this address and title. @param {import('./harness.mjs').World} world */
  static async visitor(world, url, title) {
    const client = await Client.connect(world.hubUrl, world.siteUrl, { visitor: { deployment: 'demo', token: hex() } });
    client.visit = hex();
    client.view(url, title);
    return client;
  }

  /** An agent's desk. @param {import('./harness.mjs').World} world */
  static async agent(world) {
    const post = async (path, body, token) => {
      const headers = { 'content-type': 'application/json', origin: world.hubUrl, ...(token && { authorization: `Bearer ${token}` }) };
      const answer = await fetch(world.hubUrl + path, { method: 'POST', headers, body: JSON.stringify(body) });
      return answer.json();
    };
    const { token } = await post('/api/agent/login', AGENT);
    const { ticket } = await post('/api/agent/ticket', {}, token);
    return Client.connect(world.hubUrl, world.hubUrl, { agent: { ticket } });
  }

  say(frame) {
    const body = Buffer.from(JSON.stringify(frame));
    const length = body.length < 126 ? [128 | body.length] : body.length < 65_536 ? [254, body.length >> 8, body.length & 255] : undefined;
    if (!length) throw new Error(`${body.length} bytes are no frame`);
    // The mask is all zeros: no proxy is between.
    this.socket.write(Buffer.concat([Buffer.from([0x81, ...length, 0, 0, 0, 0]), body]));
  }

  relay(body) {
    this.say({ relay: { body } });
  }

  data(body) {
    this.say({ data: { seq: (this.#seq += 1), body } });
  }

  view(url, title) {
    this.data({ journey: { visit: this.visit, at: Date.now(), kind: { pageViewed: { url, title } } } });
  }

  /** The next relayed body that has this name and passes `check`. */
  async told(name, check = () => true, within = 10_000) {
    return until(`${name} is told`, () => {
      const at = this.heard.findIndex((body) => name in body && check(body[name]));
      return at < 0 ? undefined : this.heard.splice(at, 1)[0][name];
    }, within);
  }

  /** Takes an offer once it comes; the session. */
  async accept() {
    const { session } = await this.told('session', ({ stage }) => stage === 'offered');
    this.relay({ answer: { session, key: hex() } });
    await this.told('followed', ({ desks }) => desks > 0);
    return session;
  }

  /** A frame of the mirror. @param {Buffer} bytes */
  mirror(bytes) {
    for (let start = 0, at = 0; start === 0 || start < bytes.length; start += PIECE, at += 1) {
      const piece = bytes.subarray(start, start + PIECE);
      this.relay({ mirror: { at, last: start + PIECE >= bytes.length, bytes: piece.toString('base64') } });
    }
  }

  end() {
    this.socket.destroy();
  }

  #take(bytes) {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    for (;;) {
      const rest = this.#rest;
      if (rest.length < 2) return;
      const short = rest[1] & 127;
      const head = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (rest.length < head) return;
      const length = short < 126 ? short : short === 126 ? rest.readUInt16BE(2) : Number(rest.readBigUInt64BE(2));
      if (rest.length < head + length) return;
      this.#hear(rest[0], rest.subarray(head, head + length));
      this.#rest = rest.subarray(head + length);
    }
  }

  #hear(first, body) {
    const kind = first & 15;
    if (kind === 8) return this.socket?.end();
    if (kind > 2) return;
    this.#parts.push(body);
    if (!(first & 128)) return;
    const frame = JSON.parse(Buffer.concat(this.#parts.splice(0)).toString());
    if (frame.welcome) this.welcome = frame.welcome;
    else if (frame.ping) this.say({ pong: {} });
    else if (frame.relay) this.onRelay?.(frame.relay.body) || this.heard.push(frame.relay.body);
    else if (frame.data?.body.live) for (const visit of frame.data.body.live.visits ?? []) this.visits.set(visit.visit, visit);
    else if (frame.refusal) this.refusal = frame.refusal;
  }
}

/** Most bytes of one part of a frame. */
const PIECE = 45_000;

// ---- Frames of the mirror, as its codec has them; nothing is checked.

/** @param {number | bigint} value */
export function varint(value) {
  const bytes = [];
  let rest = BigInt(value);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}
export const numbers = (...values) => Buffer.concat(values.map(varint));
export const text = (value) => Buffer.concat([varint(Buffer.byteLength(value)), Buffer.from(value)]);
/** A text of new nodes: they stand after all nodes. */
export const ended = (value) => Buffer.concat([Buffer.from(value), Buffer.from([0xff])]);
/** The index plus one of a name that has one is not used here: any name can be said in full. */
const name = (value) => Buffer.concat([varint(0), text(value)]);

export const reset = (epoch, width = 800, height = 600) => numbers(0, epoch, 1, 0, width, height, 0, 0, 0, 100);
export const patch = (epoch, number, ...operations) => Buffer.concat([numbers(1, epoch, number), ...operations]);
export const remove = (node) => numbers(2, node);
export const move = (node, parent, before) => numbers(1, node, parent, before === undefined ? 0 : before + 1);
export const attribute = (node, key, value) => (value === undefined ? Buffer.concat([numbers(4, node), name(key)]) : Buffer.concat([numbers(3, node), name(key), text(value)]));
export const state = (slot, node, ...values) => Buffer.concat([numbers(6 + slot, node), ...values]);
export const hashOf = (bytes) => createHash('sha256').update(bytes).digest();
export const offer = (address, hash, kind) => Buffer.concat([numbers(3, 0, kind), numbers(hash.length), hash, text(address)]);
export const asset = (hash, at, isLast, bytes) => Buffer.concat([numbers(4, 0), numbers(hash.length), hash, numbers(at, Number(isLast), bytes.length), bytes]);

/** Attributes with other names than common ones have so many columns. */
const COLUMNS = 64;

/**
 * Nodes in a row under `parent`: `['name', {attributes}, ...children]` or a text; `#svg name` and `#math name` are of those namespaces. Ids count
 * from `first`; each node that has an `id` attribute is found by it in `ids`.
 */
export function insert(parent, first, nodes, ids = {}) {
  const parts = [];
  /** Texts, and then the values of each attribute: each with a byte at its end that no text has. */
  const columns = new Map([['', []]]);
  const say = (column, value) => {
    // More names than these have no column of their own.
    if (!columns.has(column) && columns.size <= COLUMNS) columns.set(column, []);
    (columns.get(column) ?? columns.get('')).push(ended(value));
  };
  let count = 0;
  const write = (node) => {
    const gap = count === 0 ? first - parent : 0;
    const zigzag = gap === 0 ? Buffer.alloc(0) : varint(gap > 0 ? gap * 2 : -gap * 2 - 1);
    const begin = (tag) => parts.push(varint(tag * 2 + Number(gap !== 0)), zigzag);
    const id = first + count;
    count += 1;
    if (typeof node === 'string') {
      begin(3);
      say('', node);
      return;
    }
    const [kind, attributes = {}, ...children] = node;
    if (attributes.id) ids[attributes.id] = id;
    const [, space, local] = /^(?:#(svg|math) )?(.*)$/s.exec(kind);
    begin(space === 'svg' ? 1 : space === 'math' ? 2 : 0);
    parts.push(name(local), varint(Object.keys(attributes).length));
    for (const [key, value] of Object.entries(attributes)) {
      parts.push(name(key));
      say(key, value);
    }
    parts.push(varint(children.length));
    children.forEach(write);
  };
  nodes.forEach(write);
  return Buffer.concat([numbers(0, parent, 0, count), ...parts, ...[...columns.values()].flat()]);
}
