// What an agent writes is the visitor's to accept where he says so, and always his to take back.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CLICK, Stage, act, prepared, press } from '../act/stage.mjs';

let stage;
before(async () => (stage = await Stage.begin()));
after(() => stage.end());

const open = async (body, options) => prepared(await stage.open(body, options));
const type = (text) => ({ type: { text } });
const fill = (text) => ({ fill: { text } });
const PROPOSES = { proposes: true };

const changes = (page) => page.evaluate(() => window.acting.actor.changes().map(({ element, label, text, isProposal }) => [element.id, label, text, isProposal]));
const answer = (page, at, isAccepted) => page.evaluate(([at, isAccepted]) => window.acting.actor.answer(window.acting.actor.changes()[at].index, isAccepted), [at, isAccepted]);
const said = (page) => page.evaluate(() => window.acting.said);
const FORM = `<label for=name>Your <b>name</b></label><input id=name value=Bo><span id=title>Any</span> <span id=more>wishes</span><textarea id=note aria-labelledby="title more"></textarea>
  <select id=tea aria-label=Tea><option>Green<option>Black</select><button id=button>Press</button><input type=range id=range>`;

test('a proposal waits, grows key by key, and is done once it is accepted', async () => {
  const page = await open(FORM);
  for (const action of [type('A'), type('n'), press('Space'), type('茶x'), press('Backspace')]) assert.equal(await act(page, '#name', action, PROPOSES), 'proposed');
  assert.equal(await act(page, '#note', fill('new'), PROPOSES), 'proposed');
  assert.equal(await act(page, '#note', press('Enter'), PROPOSES), 'proposed');
  assert.equal(await act(page, '#tea', { choose: { options: [1] } }, PROPOSES), 'proposed');
  assert.deepEqual(await changes(page), [['name', 'Your name', 'An 茶', true], ['note', 'Any wishes', 'new\n', true], ['tea', 'Tea', 'Black', true]]);
  const values = () => page.evaluate(() => ['#name', '#note', '#tea'].map((selector) => window.find(selector).value));
  assert.deepEqual(await values(), ['Bo', '', 'Green']);
  await answer(page, 0, true);
  await answer(page, 0, true);
  await answer(page, 0, false);
  assert.deepEqual(await values(), ['BoAn 茶', 'new\n', 'Green']);
  assert.deepEqual(await said(page), ['1 1 done', '1 2 done', '1 3 done', '1 4 done', '1 5 done', '1 6 done', '1 7 done', '1 8 rejected']);
  assert.deepEqual(await changes(page), [['name', 'Your name', undefined, false], ['note', 'Any wishes', undefined, false]], 'what was accepted can be taken back');
  await page.evaluate(() => window.acting.actor.undoAll());
  assert.deepEqual(await values(), ['Bo', '', 'Green']);
});

test('where an agent only proposes, no key changes what is there', async () => {
  const page = await open(FORM);
  for (const [selector, key] of [['#name', 'Backspace'], ['#name', 'Delete'], ['#tea', 'ArrowDown'], ['#range', 'ArrowRight']]) assert.equal(await act(page, selector, press(key), PROPOSES), 'unsuited');
  assert.equal(await act(page, '#button', CLICK, PROPOSES), 'done');
  assert.equal(await act(page, '#name', press('Tab'), PROPOSES), 'done');
  assert.deepEqual(await changes(page), []);
  assert.equal(await act(page, '#name', type('x'.repeat(2000)), PROPOSES), 'proposed');
  assert.equal(await act(page, '#name', type('x'.repeat(2000)), PROPOSES), 'unsuited');
});

test('a proposal is rejected once its field is gone or another one, or another agent proposes', async () => {
  const page = await open(FORM);
  const propose = (selector, agent) => page.evaluate(([selector, agent]) => window.acting.perform(window.acting.act(window.find(selector), { type: { text: 'x' } }, { agent }), { proposes: true }), [selector, agent]);
  await propose('#name', 1);
  await propose('#name', 2);
  await propose('#note', 2);
  await page.evaluate(() => window.find('#note').remove());
  assert.deepEqual(await changes(page), [['name', 'Your name', 'x', true]]);
  await page.evaluate(() => (window.find('#name').type = 'search'));
  await answer(page, 0, true);
  assert.equal(await page.inputValue('#name'), 'Bo');
  assert.deepEqual(await said(page), ['1 1 rejected', '2 3 rejected', '2 2 rejected']);
});

test('what was changed by any way is taken back, to what was there first', async () => {
  const page = await open(`${FORM}<input type=checkbox id=box><label id=label for=box>Agree</label><input type=radio name=r id=one checked><input type=radio name=r id=two><input type=color id=color value="#112233">`);
  const state = () => page.evaluate(() => [...document.querySelectorAll('input, textarea, select')].map(({ value, checked }) => [value, checked]));
  const before = await state();
  await page.evaluate(() => window.record(['input', 'change']));
  for (const [selector, ...actions] of [['#name', type('x'), fill('y'), press('Backspace'), type('z')], ['#tea', press('ArrowDown')], ['#label', CLICK], ['#one', press('ArrowDown')], ['#color', fill('#445566')], ['#range', press('End')]]) {
    for (const action of actions) assert.equal(await act(page, selector, action), 'done');
  }
  assert.deepEqual((await changes(page)).map(([id]) => id), ['name', 'tea', 'box', 'one', 'color', 'range']);
  await page.evaluate(() => void (window.heard.length = 0));
  await page.evaluate(() => window.acting.actor.undoAll());
  assert.deepEqual(await state(), before);
  const heard = await page.evaluate(() => [...new Set(window.heard.map(({ type, target }) => `${target} ${type}`))]);
  assert.deepEqual(heard, ['range input', 'range change', 'color input', 'color change', 'one input', 'one change', 'box input', 'box change', 'tea input', 'tea change', 'name input', 'name change']);
});

test('what is as it was before is no change, and a hundred are kept', async () => {
  const page = await open(`<input type=checkbox id=box>${Array.from({ length: 102 }, (_, at) => `<input id=f${at}>`).join('')}`);
  await act(page, '#box', CLICK);
  await act(page, '#box', CLICK);
  assert.deepEqual(await changes(page), []);
  for (let at = 0; at < 102; at++) await act(page, `#f${at}`, fill('x'));
  const kept = await changes(page);
  assert.deepEqual([kept.length, kept[0][0], kept[99][0]], [100, 'f2', 'f101']);
  await page.evaluate(() => window.acting.actor.forget());
  assert.deepEqual(await changes(page), []);
});
