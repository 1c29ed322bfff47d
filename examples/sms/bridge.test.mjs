import assert from 'node:assert/strict';
import * as crypto from 'node:crypto';
import * as http from 'node:http';
import { test } from 'node:test';
import { Bridge, asText, isSigned } from './bridge.mjs';

const secret = '0123456789abcdef';
const signed = (body, seconds = Math.floor(Date.now() / 1_000)) => ({
  'x-alongside-timestamp': String(seconds),
  'x-alongside-signature': `v1=${crypto.createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`,
});

test('what nobody signed, or long ago, is refused', () => {
  assert.ok(isSigned(secret, signed('{}'), '{}'));
  assert.ok(!isSigned(secret, signed('{}'), '[]'));
  assert.ok(!isSigned(secret, signed('{}', 1_795_238_400), '{}'));
  assert.ok(!isSigned(secret, {}, '{}'));
  assert.ok(!isSigned(secret, { ...signed('{}'), 'x-alongside-timestamp': 'NaN' }, '{}'));
});

test('what a message offers is numbered, and a number is an answer', async () => {
  const rich = { choices: { choices: [{ label: 'Tea' }, { label: 'Coffee' }] } };
  assert.deepEqual(asText({ text: 'Which?', rich }), { text: 'Which?\n1 Tea\n2 Coffee', choices: ['Tea', 'Coffee'] });
  const came = [];
  const hub = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk)).on('end', () => {
      came.push([request.url, JSON.parse(body), isSigned(secret, request.headers, body)]);
      // The first one is lost: it is sent again.
      response.writeHead(came.length === 1 ? 503 : 202).end();
    });
  });
  await new Promise((resolve) => hub.listen(0, 'localhost', resolve));
  const shown = [];
  const bridge = new Bridge({ hub: `http://localhost:${hub.address().port}`, deployment: 'demo', channel: 'sms', secret, deliver: (to, message) => shown.push([to, message.text]) });
  const body = JSON.stringify({ event: 'message', to: '+49', text: 'Which?', rich });
  const headers = { ...signed(body), 'x-alongside-delivery': 'a' };
  assert.deepEqual([bridge.receive(headers, body), bridge.receive(headers, body), bridge.receive({}, body)], [200, 200, 401]);
  assert.deepEqual(shown, [['+49', 'Which?\n1 Tea\n2 Coffee']]);
  await bridge.send({ id: '1', address: '+49', text: ' 2 ' });
  await bridge.send({ id: '2', address: '+49', text: '3' });
  assert.deepEqual(came.map(([url, { id, text }, isRight]) => [url, id, text, isRight]), [
    ['/v1/deployments/demo/channels/sms/messages', '1', 'Coffee', true],
    ['/v1/deployments/demo/channels/sms/messages', '1', 'Coffee', true],
    ['/v1/deployments/demo/channels/sms/messages', '2', '3', true],
  ]);
  hub.close();
});
