// Applications take what an agent does for what a person does: React, Vue, and elements of their own.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CLICK, Stage, act, bundled, prepared, press } from '../act/stage.mjs';

let stage;
before(async () => (stage = await Stage.begin()));
after(() => stage.end());

const opened = async (script) => prepared(await stage.open('<div id=app></div>', { app: await bundled(script) }));
const state = (page) => page.evaluate(() => JSON.parse(JSON.stringify(window.state)));

async function all(page, acts) {
  for (const [selector, action] of acts) assert.equal(await act(page, selector, action), 'done', `${selector} ${JSON.stringify(action)}`);
}

const type = (text) => ({ type: { text } });
const fill = (text) => ({ fill: { text } });
const COMMON = [
  ['#name', type('Ann')], ['#name', type(' 緑茶 한국')], ['#note', fill('new\nlines')], ['#note', press('Enter')], ['#note', type('more')], ['#note', press('Backspace')],
  ['#agree', CLICK], ['#agreeing', CLICK], ['#agree', press('Space')], ['#l', CLICK], ['#tea', { choose: { options: [1] } }], ['#day', fill('2030-12-24')], ['#count', fill('12')], ['#count', press('ArrowUp')],
  ['#menu', CLICK], ['#menu', { click: { x: 1, y: 1, count: 2 } }],
];
const KNOWN = { name: 'Ann 緑茶 한국', note: 'new\nlines\nmor', agree: true, size: 'l', tea: 'black', day: '2030-12-24', hovered: true, down: true, doubled: true };

test('a React application knows all that an agent does', async () => {
  const page = await opened('react.jsx');
  await all(page, [...COMMON, ['#upper', type('abc')], ['#digits', type('a1b2')], ['#fixed', type('x')]]);
  const known = await state(page);
  assert.deepEqual(known, { ...KNOWN, count: '13', open: 3, upper: 'ABC', digits: '12', left: true });
  assert.equal(await page.inputValue('#fixed'), 'fixed', 'React keeps what it does not let change');
  assert.equal(await page.inputValue('#upper'), 'ABC');
  assert.equal(await act(page, '#send', CLICK), 'submit');
  await page.evaluate(() => (window.acting.options.agentsSubmit = true));
  await all(page, [['#name', press('Enter')]]);
  assert.equal((await state(page)).sent, true);
  assert.deepEqual(stage.errors, []);
});

test('a Vue application knows all that an agent does', async () => {
  const page = await opened('vue.js');
  await all(page, [...COMMON, ['#several', { choose: { options: [0, 2] } }], ['#lazy', type('late')], ['#lazy', press('Tab')]]);
  assert.deepEqual(await state(page), { ...KNOWN, count: 13, opened: 3, several: ['a', 'c'], lazy: 'late' });
  assert.deepEqual(stage.errors, []);
});

test('what an agent did is undone as the application sees it', async () => {
  for (const script of ['react.jsx', 'vue.js']) {
    const page = await opened(script);
    const before = await state(page);
    await all(page, [['#name', type('Ann')], ['#name', type('茶')], ['#note', fill('new')], ['#agree', CLICK], ['#l', CLICK], ['#tea', { choose: { options: [1] } }], ['#day', fill('2030-12-24')], ['#count', fill('12')]]);
    const changes = await page.evaluate(() => window.acting.actor.changes().map(({ element, label, agent, isProposal }) => [element.id, label, agent, isProposal]));
    assert.deepEqual(changes, [['name', '', 1, false], ['note', '', 1, false], ['agree', 'I agree', 1, false], ['l', 'size', 1, false], ['tea', '', 1, false], ['day', '', 1, false], ['count', '', 1, false]]);
    const note = await page.evaluate(() => window.acting.actor.changes()[1].index);
    await page.evaluate((note) => window.acting.actor.undo(note), note);
    assert.equal((await state(page)).note, 'old');
    assert.equal((await state(page)).name, 'Ann茶');
    await page.evaluate(() => window.acting.actor.undoAll());
    const { left, ...after } = await state(page);
    assert.deepEqual(after, before);
    assert.deepEqual(await page.evaluate(() => window.acting.actor.changes()), []);
    assert.deepEqual(await page.evaluate(() => window.acting.said.filter((said) => said.endsWith('undone'))), ['1 3 undone', '1 8 undone', '1 7 undone', '1 6 undone', '1 5 undone', '1 4 undone', '1 1 undone', '1 2 undone']);
  }
});

test('elements of a page’s own, with open and closed shadow roots, are pressed and written into', async () => {
  const page = await prepared(await stage.open('<my-field id=open></my-field><my-field id=closed></my-field><my-link id=link>Press</my-link><iframe id=frame srcdoc="<input id=field><button id=button onclick=\'top.document.title += 1\'>b</button>"></iframe>', {
    app: `window.inner = {};
      class Field extends HTMLElement {
        connectedCallback() {
          const root = this.attachShadow({ mode: this.id, delegatesFocus: true });
          window.inner[this.id] = root;
          const field = Object.assign(document.createElement('input'), { id: 'field' });
          const button = Object.assign(document.createElement('button'), { id: 'button', textContent: 'b' });
          button.onclick = () => (document.title += ' ' + this.id);
          root.append(field, button);
        }
      }
      class Link extends HTMLElement {
        connectedCallback() {
          const link = Object.assign(document.createElement('a'), { href: '/next' });
          link.append(document.createElement('slot'));
          this.attachShadow({ mode: 'open' }).append(link);
        }
      }
      customElements.define('my-field', Field);
      customElements.define('my-link', Link);`,
  }));
  await page.frameLocator('#frame').locator('#field').waitFor();
  await all(page, [['#open>>>#field', type('Ann 茶')], ['#open>>>#button', CLICK], ['#frame>>>#field', type('Ann 茶')], ['#frame>>>#field', press('Backspace')], ['#frame>>>#button', CLICK]]);
  const closed = await page.evaluate(() => {
    window.find = (selector) => window.inner.closed.querySelector(selector);
    const type = window.acting.do(window.find('#field'), { type: { text: 'x' } });
    return Promise.all([type, window.acting.do(window.find('#button'), { click: { x: 5000, y: 5000, count: 1 } })]);
  });
  assert.deepEqual(closed, ['done', 'done']);
  const values = await page.evaluate(() => [window.inner.open.querySelector('input').value, window.inner.closed.querySelector('input').value, document.querySelector('iframe').contentDocument.querySelector('input').value, document.title]);
  assert.deepEqual(values, ['Ann 茶', 'x', 'Ann ', 'Shop open1 closed']);
  const link = await page.evaluate(() => window.acting.do(document.querySelector('#link'), { click: { x: 5000, y: 5000, count: 1 } }));
  assert.equal(link, 'not-granted', 'a link around a slot is a link of what is in it');
  assert.deepEqual(stage.errors, []);
});
