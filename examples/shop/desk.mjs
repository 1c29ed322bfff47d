// Gives the demo's agents codes for conversations that are over and replies to share, by the public API; what is there already stays.
// node examples/shop/desk.mjs --hub http://localhost:7700

import * as fs from 'node:fs';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { hub: { type: 'string', default: 'http://localhost:7700' } } });
const { wrapUp, replies } = JSON.parse(fs.readFileSync(new URL('desk.json', import.meta.url), 'utf8'));

async function ask(method, path, { token, body } = {}) {
  const headers = { ...(token && { authorization: `Bearer ${token}` }), ...(body && { 'content-type': 'application/json' }) };
  const answer = await fetch(`${values.hub}${path}`, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.status === 204 ? null : answer.json();
}

const { token } = await ask('POST', '/api/agent/login', { body: { email: 'agent@example.com', password: 'alongside' } });
if ((await ask('GET', '/api/wrap-up', { token })).codes.length === 0) await ask('PUT', '/api/wrap-up', { token, body: wrapUp });
const { shared } = await ask('GET', '/api/replies', { token });
if (shared.version === 0) await ask('PUT', '/api/replies', { token, body: { shared: { version: 0, replies } } });
