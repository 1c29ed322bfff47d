// What the page hears of an agent's act is what it hears of a person's: compared event by event with the browser's own.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CLICK, Stage, act, prepared, press } from '../act/stage.mjs';

const BODY = `
  <style>body { margin: 20px; font: 16px/1.5 sans-serif }</style>
  <p id=start>Here the pointer is.</p>
  <p id=line><button id=button>Press</button> <input id=field> <input id=box type=checkbox> <label id=label for=box>Label</label>
  <select id=choice><option>a<option>b</select></p>
  <p><input type=radio name=r id=one checked><input type=radio name=r id=two> <input type=range id=range></p>
  <textarea id=area></textarea>
  <div id=rich contenteditable>abc</div>`;

const POINTER = ['over', 'enter', 'move', 'down', 'up', 'out', 'leave'].flatMap((word) => [`pointer${word}`, `mouse${word}`]);
const TYPES = [...POINTER, 'click', 'dblclick', 'focus', 'blur', 'focusin', 'focusout', 'keydown', 'keypress', 'keyup', 'beforeinput', 'input', 'change',
  'compositionstart', 'compositionupdate', 'compositionend'];

let stage;
before(async () => (stage = await Stage.begin()));
after(() => stage.end());

/** What the page hears while something is done. */
async function heard(perform, types) {
  const page = await prepared(await stage.open(BODY));
  await page.evaluate((types) => window.record(types), types);
  await perform(page);
  assert.deepEqual(stage.errors, []);
  return page.evaluate(() => window.heard.map(({ clientX = 0, clientY = 0, ...event }) => ({ ...event, x: Math.round(clientX), y: Math.round(clientY) })));
}

/** `except`: facts that scripts cannot make as the browser does. */
async function compare(person, agent, { types = TYPES, except = () => false } = {}) {
  const alike = (events) => events.filter((event) => !except(event)).map((event) => JSON.stringify(event));
  const [theirs, ours] = [await heard(person, types), await heard(agent, types)];
  assert.ok(theirs.length > 1);
  assert.deepEqual(alike(ours), alike(theirs));
}

/** Both begin with the pointer over the first line. */
const pressed = (selector, count) => [
  async (page) => {
    await page.click('#start');
    await page.evaluate(() => void (window.heard.length = 0));
    await page.click(selector, { clickCount: count });
  },
  async (page) => {
    await act(page, '#start', CLICK);
    await page.evaluate(() => void (window.heard.length = 0));
    assert.equal(await act(page, selector, { click: { x: 5000, y: 5000, count } }), 'done');
  },
];

const keyed = (selector, action, key) => [
  async (page) => {
    await page.focus(selector);
    await key(page.keyboard, page);
  },
  async (page) => assert.equal(await act(page, selector, action), 'done'),
];

for (const [what, selector, count] of [
  ['a click', '#button', 1], ['two clicks in a row', '#button', 2], ['a click on a box', '#box', 1], ['a click on a label', '#label', 1],
  ['a click into a field', '#field', 1], ['a click on what has no focus', '#line', 1], ['a click on a radio button', '#two', 1],
]) {
  test(`${what} is told as a person's`, () => compare(...pressed(selector, count)));
}

test('what is typed is told key by key', async () => {
  await compare(...keyed('#field', { type: { text: 'aB 1' } }, (keyboard) => keyboard.type('aB 1')));
  await compare(...keyed('#area', { type: { text: 'x' } }, (keyboard) => keyboard.type('x')));
  await compare(...keyed('#rich', { type: { text: 'xy' } }, (keyboard) => keyboard.type('xy')));
});

test('keys are told with what the browser does at them', async () => {
  for (const [selector, key] of [['#area', 'Enter'], ['#rich', 'Enter'], ['#button', 'Enter'], ['#button', 'Space'], ['#box', 'Space'], ['#field', 'ArrowLeft'], ['#field', 'Tab'], ['#field', 'Escape'], ['#one', 'ArrowDown'], ['#range', 'ArrowRight'], ['#range', 'Home']]) {
    await compare(...keyed(selector, press(key), (keyboard) => keyboard.press(key)));
  }
  await compare(...keyed('#choice', press('Tab', true), (keyboard) => keyboard.press('Shift+Tab')), { except: ({ key }) => key === 'Shift' });
});

test('options are chosen as by a person, who tells the page with two events', () =>
  compare((page) => page.selectOption('#choice', { index: 1 }), (page) => act(page, '#choice', { choose: { options: [1] } }), { types: ['input', 'change'] }));

test('a change is told once the field is left', async () => {
  const types = ['input', 'change', 'blur'];
  const person = async (page) => {
    await page.focus('#field');
    await page.keyboard.type('ab');
    await page.keyboard.press('Tab');
  };
  const agent = async (page) => {
    await act(page, '#field', { type: { text: 'ab' } });
    await act(page, '#field', press('Tab'));
  };
  await compare(person, agent, { types });
});

test('Japanese, Chinese and Korean come as from an input method', async () => {
  for (const text of ['緑茶', '한국어', 'テスト']) {
    const person = async (page) => {
      await page.focus('#field');
      const session = await page.context().newCDPSession(page);
      await session.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
      await session.send('Input.insertText', { text });
    };
    // A person's text is composed before it is put in: the browser tells it twice.
    const once = (events) => [...new Map(events.map((event) => [`${event.type}`, event])).values()];
    const types = ['compositionstart', 'compositionupdate', 'beforeinput', 'compositionend'];
    const theirs = once(await heard(person, types));
    const ours = await heard((page) => act(page, '#field', { type: { text } }), types);
    assert.deepEqual(ours, theirs);
    const value = await stage.context.pages()[0].inputValue('#field');
    assert.equal(value, text);
  }
});
