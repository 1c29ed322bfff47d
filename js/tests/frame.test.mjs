// What crosses between a page and the messenger's frame is looked at where it arrives.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMMANDS, FROM_FRAME, FROM_PAGE, wire } from '../frame/wire.js';

const view = { page: ['https://shop.example/', 'Shop', '', 'en', 800, 600, false], terms: ['tea'] };

/** What comes through of what is sent. */
async function heard(shapes, messages) {
  const { port1, port2 } = new MessageChannel();
  const through = [];
  const warned = [];
  const warn = console.warn;
  console.warn = (text) => warned.push(text);
  wire(port1, shapes, (message) => through.push(message.do));
  for (const message of messages) port2.postMessage(message);
  port2.postMessage({ do: 'begun' });
  await new Promise((resolve) => setTimeout(resolve, 50));
  console.warn = warn;
  port1.close();
  return { through: through.filter((name) => name !== 'begun'), passedOver: warned.length - (shapes === FROM_FRAME ? 0 : 1) };
}

test('what fits is heard', async () => {
  const start = { do: 'start', options: { format: 'json' }, looks: {}, view, isAgain: false, theme: { '--alongside-accent': '#123456' }, language: 'en', canSignIn: true, notice: {} };
  const good = [
    start, { ...start, view: undefined }, { do: 'view', view }, { do: 'call', id: 1, command: 'journey.record', args: ['a', { b: 1 }] }, { do: 'canSignIn' },
    { do: 'token', id: 1, token: 'a.b.c' }, { do: 'token', id: 1, token: { code: 'a' } }, { do: 'token', id: 1, token: null, error: 'closed' }, { do: 'active' },
    { do: 'relay', message: new Uint8Array([1]) }, { do: 'relay', message: '{}' }, { do: 'waiting' }, { do: 'theme', theme: {} }, { do: 'notice', isPossible: true, isAllowed: false },
  ];
  const { through, passedOver } = await heard(FROM_PAGE, good);
  assert.deepEqual([through.length, passedOver], [good.length, 0]);
});

test('what does not fit is passed over, and said', async () => {
  const bad = [
    null, 7, 'start', {}, { do: '__proto__' }, { do: 'constructor' }, { do: 'nothing' }, { do: 'start' }, { do: 'view', view: { page: [], terms: [] } },
    { do: 'view', view: { ...view, terms: [7] } }, { do: 'view', view: { ...view, page: [...view.page.slice(0, 4), NaN, 600, false] } }, { do: 'call', id: 1, command: 'messenger.view', args: [] },
    { do: 'call', id: 1, command: 'messenger.say', args: ['forged'] }, { do: 'call', id: '1', command: 'status', args: [] }, { do: 'call', id: 1, command: 'status', args: 'a' },
    { do: 'call', id: 1, command: 'status', args: Array(2_000) }, { do: 'relay', message: 7 }, { do: 'relay', message: 'a'.repeat(100_001) }, { do: 'theme', theme: { a: {} } }, { do: 'notice', isPossible: 1, isAllowed: 0 },
  ];
  const { through, passedOver } = await heard(FROM_PAGE, bad);
  assert.deepEqual([through, passedOver], [[], bad.length]);
  const told = [{ do: 'emit', topic: 'message', state: {} }, { do: 'emit', topic: 'status', state: null }, { do: 'launcher', unread: '1' }, { do: 'token', id: 1, reason: 'whatever' }, { do: 'answer', id: 1, value: 1, code: 7 }];
  assert.deepEqual(await heard(FROM_FRAME, told), { through: [], passedOver: told.length });
});

test('no command of a page reads a conversation or writes in it', () => {
  for (const command of COMMANDS) assert.doesNotMatch(command, /view$|say|answer|attach|earlier|rate|seen|typing|retry|discard/i);
});
