// The shop's customers: who is signed in, and a signed token that says so to the hub. The key is made at each start.

import * as crypto from 'node:crypto';

/** Nobody asks them for a password: it is a demo. */
const CUSTOMERS = {
  mika: { sub: 'C-1001', name: 'Mika Tanaka', email: 'mika@example.com' },
  jun: { sub: 'C-1002', name: 'Jun Park', email: 'jun@example.com' },
};

export const ISSUER = 'kaede-shop';
export const AUDIENCE = 'alongside';

/** What the hub is told of how to check the tokens; `keysUrl` is this server's `/keys.json`. @param {string} keysUrl */
export const rules = (keysUrl) => ({
  identity: { issuer: ISSUER, audience: AUDIENCE, algorithms: ['ES256'], keysUrl, stepUp: { acr: ['confirmed'], maxAgeMinutes: 5 } },
});

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

export class Customers {
  #key;
  #public;
  #seconds;
  /** Who is signed in, by what his cookie holds. @type {Map<string, {customer: string, at: number}>} */
  #sessions = new Map();

  /** @param {number} seconds for which a token is good */
  constructor(seconds) {
    const { privateKey, publicKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#key = privateKey;
    this.#public = { ...publicKey.export({ format: 'jwk' }), kid: crypto.randomUUID(), alg: 'ES256', use: 'sig' };
    this.#seconds = seconds;
  }

  get keys() {
    return { keys: [this.#public] };
  }

  /** A token for a customer. @param {string} name @param {object} [change] */
  token(name, change = {}) {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: ISSUER, aud: AUDIENCE, iat: now, exp: now + this.#seconds, jti: crypto.randomUUID(), amr: ['demo'], ...CUSTOMERS[name], ...change };
    const text = `${encode({ alg: 'ES256', typ: 'JWT', kid: this.#public.kid })}.${encode(claims)}`;
    return `${text}.${crypto.sign('sha256', Buffer.from(text), { key: this.#key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  }

  /** Answers what is asked of it; false where the address is another one. */
  async answer(request, response, pathname) {
    const send = (status, body, headers = {}) =>
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers }).end(body === undefined ? '' : JSON.stringify(body));
    if (pathname === '/keys.json') return void send(200, this.keys) ?? true;
    if (pathname !== '/session' && pathname !== '/token') return false;
    const { method, headers } = request;
    const cookie = /(?:^|;\s*)shop=([\w-]+)/.exec(headers.cookie ?? '')?.[1] ?? '';
    const session = this.#sessions.get(cookie);
    // Only this site's own pages sign anybody in or out.
    if (method !== 'GET' && headers.origin !== `http://${headers.host}`) send(403, {});
    else if (pathname === '/token' && method === 'POST') this.#tell(session, await read(request), send);
    else if (method === 'GET') send(200, { name: session ? CUSTOMERS[session.customer].name : null });
    else if (method === 'POST') {
      const { customer } = await read(request);
      if (!Object.hasOwn(CUSTOMERS, customer)) return void send(400, {}) ?? true;
      const id = crypto.randomUUID();
      this.#sessions.delete(cookie);
      this.#sessions.set(id, { customer, at: Date.now() });
      if (this.#sessions.size > 1000) this.#sessions.delete(this.#sessions.keys().next().value);
      send(200, { name: CUSTOMERS[customer].name }, { 'set-cookie': `shop=${id}; Path=/; HttpOnly; SameSite=Strict` });
    } else if (method === 'DELETE') {
      this.#sessions.delete(cookie);
      send(200, { name: null }, { 'set-cookie': 'shop=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0' });
    } else send(405, {});
    return true;
  }

  /** `isConfirmed`: the customer has just said once more that it is he. */
  #tell(session, { isConfirmed }, send) {
    if (!session) return send(200, { token: null });
    const more = isConfirmed ? { acr: 'confirmed', amr: ['demo', 'confirmed'], auth_time: Math.floor(Date.now() / 1000) } : {};
    send(200, { token: this.token(session.customer, more) });
  }
}

/** A small object, or nothing. */
async function read(request) {
  let text = '';
  for await (const piece of request) {
    text += piece;
    if (text.length > 1000) return {};
  }
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
