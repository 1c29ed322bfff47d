// Sets up the demo's hub by its public API: node configure.mjs HUB [KEYS]
//
// How the shop's tokens are checked is said each time, since its server makes a new key: KEYS is where. All else is in demo.json, and only where nobody has
// said anything yet: who tries the demo may change it.

import * as fs from 'node:fs';
import { rules } from './customers.mjs';

const [hub, keys] = process.argv.slice(2);
const demo = JSON.parse(fs.readFileSync(new URL('demo.json', import.meta.url), 'utf8'));

async function ask(method, path, { token, body } = {}) {
  const headers = { ...(token && { authorization: `Bearer ${token}` }), ...(body && { 'content-type': 'application/json' }) };
  const answer = await fetch(`${hub}${path}`, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.status === 204 ? null : answer.json();
}

try {
  const { token } = await ask('POST', '/api/agent/login', { body: { email: 'agent@example.com', password: 'alongside' } });
  if (keys) await ask('PUT', '/api/deployments/demo/identity', { token, body: rules(keys) });
  if (Object.keys(await ask('GET', '/api/messenger', { token })).every((name) => name === 'rating')) {
    await ask('PUT', '/api/messenger', { token, body: demo.messenger });
  }
  if ((await ask('GET', '/api/wrap-up', { token })).codes.length === 0) await ask('PUT', '/api/wrap-up', { token, body: demo.wrapUp });
  const { shared } = await ask('GET', '/api/replies', { token });
  if (shared.version === 0) await ask('PUT', '/api/replies', { token, body: { shared: { version: 0, replies: demo.replies } } });
} catch (error) {
  console.error(`configure: ${error.message}`);
  process.exit(1);
}
