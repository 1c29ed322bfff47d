// Bridges a channel to the hub by its public API alone: signed requests, both ways. Here the channel is a page that plays telephones
// (serve.mjs); with a provider of real ones only `deliver` and who calls `send` would be others.

import * as crypto from 'node:crypto';

/** What was signed longer ago is refused, in seconds. */
const AGE = 300;

/** Waits between tries, in milliseconds. */
const WAITS = [500, 2_000, 8_000, 30_000];

/** Deliveries that are remembered: each may come more than once. */
const REMEMBERED = 1_000;

const sign = (secret, timestamp, body) => `v1=${crypto.createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;

/** @param {string} secret @param {Record<string, any>} headers @param {string} body whether the hub signed it, some minutes ago at most */
export function isSigned(secret, headers, body, now = Date.now() / 1_000) {
  const timestamp = String(headers['x-alongside-timestamp']);
  const given = Buffer.from(String(headers['x-alongside-signature']));
  const right = Buffer.from(sign(secret, timestamp, body));
  return Math.abs(now - Number(timestamp)) <= AGE && given.length === right.length && crypto.timingSafeEqual(given, right);
}

/** A message as a telephone shows it: what it offers becomes numbered lines. @param {any} message @returns {{text: string, choices: string[]}} */
export function asText({ text = '', rich, file }) {
  const choices = [
    ...(rich?.choices?.choices ?? []).map(({ label }) => label),
    ...(rich?.cards?.cards ?? []).flatMap(({ buttons }) => buttons ?? []).filter(({ link }) => !link).map(({ label }) => label),
  ];
  const cards = (rich?.cards?.cards ?? []).map(({ title, text }) => [title, text].filter(Boolean).join(': '));
  const fields = (rich?.form?.fields ?? []).map(({ label }) => `${label}?`);
  const lines = [...cards, ...fields, ...choices.map((label, index) => `${index + 1} ${label}`), rich?.video?.address, file?.url];
  return { text: [text, ...lines].filter(Boolean).join('\n'), choices };
}

export class Bridge {
  /** @param {{hub: string, deployment: string, channel: string, secret: string, deliver(address: string, message: any): void}} options */
  constructor(options) {
    this.options = options;
    /** What the last message to each address offers. @type {Map<string, string[]>} */
    this.choices = new Map();
    /** @type {Set<string>} */
    this.delivered = new Set();
  }

  /** A request of the hub's. @param {Record<string, any>} headers @param {string} body @returns {number} the status to answer with */
  receive(headers, body) {
    if (!isSigned(this.options.secret, headers, body)) return 401;
    const delivery = String(headers['x-alongside-delivery']);
    if (this.delivered.has(delivery)) return 200;
    const message = JSON.parse(body);
    const { text, choices } = asText(message);
    if (message.event === 'message') this.choices.set(message.to, choices);
    this.options.deliver(message.to, { ...message, text });
    this.delivered.add(delivery);
    if (this.delivered.size > REMEMBERED) this.delivered.delete(this.delivered.values().next().value);
    return 200;
  }

  /** Somebody wrote; done when the hub has it. @param {{id: string, address: string, name?: string, language?: string, text: string}} message */
  async send({ id, address, name, language, text }) {
    // Who answers with a number means what stood beside it.
    const chosen = /^\d+$/.test(text.trim()) ? this.choices.get(address)?.[Number(text) - 1] : undefined;
    await this.#post('messages', { id, from: { address, name, language }, text: chosen ?? text });
  }

  /** Somebody has read up to this message. @param {string} address @param {number} seq */
  async read(address, seq) {
    await this.#post('receipts', { address, seq, state: 'read' });
  }

  /** @param {string} what @param {unknown} message */
  async #post(what, message) {
    const { hub, deployment, channel, secret } = this.options;
    const body = JSON.stringify(message);
    for (let tries = 0; ; tries += 1) {
      const timestamp = String(Math.floor(Date.now() / 1_000));
      const headers = { 'content-type': 'application/json', 'x-alongside-timestamp': timestamp, 'x-alongside-signature': sign(secret, timestamp, body) };
      const answer = await fetch(`${hub}/v1/deployments/${deployment}/channels/${channel}/${what}`, { method: 'POST', headers, body }).catch(() => undefined);
      if (answer?.ok) return;
      const isPassing = !answer || answer.status === 429 || answer.status >= 500;
      if (!isPassing || tries >= WAITS.length) throw new Error(answer ? `the hub answered ${answer.status}` : 'the hub does not answer');
      await new Promise((resolve) => setTimeout(resolve, WAITS[tries]));
    }
  }
}

/** Tells the hub of this channel, as who may edit channels. Other channels stay. @param {{hub: string, email: string, password: string, channel: {id: string, name: string, url: string, secret: string}}} options */
export async function register({ hub, email, password, channel }) {
  const json = { 'content-type': 'application/json' };
  const answered = async (answer) => (answer.ok ? answer : Promise.reject(new Error(`${answer.status} ${await answer.text()}`)));
  const login = await answered(await fetch(`${hub}/api/agent/login`, { method: 'POST', headers: json, body: JSON.stringify({ email, password }) }));
  const headers = { ...json, authorization: `Bearer ${(await login.json()).token}` };
  const { channels } = await (await answered(await fetch(`${hub}/api/channels`, { headers }))).json();
  const all = [...channels.filter(({ id }) => id !== channel.id), channel];
  await answered(await fetch(`${hub}/api/channels`, { method: 'PUT', headers, body: JSON.stringify({ channels: all }) }));
}
