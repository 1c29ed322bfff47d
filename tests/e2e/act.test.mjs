// What agents do on the visitor's page comes about as if a person did it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CLICK, SITE, Stage, act, prepared, press } from '../act/stage.mjs';

let stage;
before(async () => (stage = await Stage.begin()));
after(() => stage.end());

const open = async (body, options) => prepared(await stage.open(body, options));
const type = (text) => ({ type: { text } });
const fill = (text) => ({ fill: { text } });

async function done(page, selector, ...actions) {
  for (const action of actions) assert.equal(await act(page, selector, action), 'done', `${selector} ${JSON.stringify(action)}`);
}

const focused = (page) => page.evaluate(() => {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement ?? active?.contentDocument?.activeElement) active = active.shadowRoot?.activeElement ?? active.contentDocument.activeElement;
  return active.id || active.localName;
});

test('boxes, radio buttons, labels, details and dialogs do what they do', async () => {
  const page = await open(`<input type=checkbox id=box><label><span id=label>Other</span> <input type=checkbox id=other></label>
    <input type=radio name=r id=one checked><input type=radio name=r id=two><details id=details><summary id=summary>More</summary>x</details>
    <dialog id=dialog><form method=dialog><input id=field><button id=close value=ok>Close</button></form></dialog><button id=open onclick="dialog.showModal()">Open</button>
    <button id=menu popovertarget=popover>Menu</button><div id=popover popover>x</div>`);
  const state = () => page.evaluate(() => [window.find('#box').checked, window.find('#other').checked, window.find('#two').checked, window.find('#details').open, window.find('#dialog').open]);
  for (const selector of ['#box', '#label', '#two', '#summary', '#open']) await done(page, selector, CLICK);
  assert.deepEqual(await state(), [true, true, true, true, true]);
  await done(page, '#close', CLICK);
  assert.equal(await page.evaluate(() => window.find('#dialog').returnValue), 'ok', 'closing a dialog sends nothing');
  await done(page, '#box', press('Space'));
  await done(page, '#summary', press('Enter'));
  await done(page, '#two', press('ArrowDown'));
  await done(page, '#open', press('Enter'));
  await done(page, '#field', press('Escape'));
  assert.deepEqual(await state(), [false, true, false, false, false]);
  await done(page, '#menu', CLICK);
  assert.equal(await page.locator('#popover').isVisible(), true);
  await done(page, '#menu', press('Escape'));
  assert.equal(await page.locator('#popover').isVisible(), false);
});

test('values without a caret are filled where the field takes them', async () => {
  const page = await open(`<input id=date type=date max=2030-01-01><input id=time type=time><input id=local type=datetime-local><input id=color type=color><input id=range type=range min=0 max=10 step=2><input id=month type=month><input id=number type=number><input id=mail type=email>
    <select id=several multiple><option>a<option selected>b<option>c</select>`);
  for (const [selector, value] of [['#date', '2029-12-24'], ['#time', '09:30'], ['#local', '2029-12-24T09:30'], ['#color', '#00ff88'], ['#range', '4'], ['#month', '2029-12'], ['#number', '-1.5'], ['#mail', 'a@b.example']]) {
    await done(page, selector, fill(value));
    assert.equal(await page.inputValue(selector), value);
  }
  await done(page, '#number', fill(''), type('12'), type('.5'), press('ArrowUp'));
  assert.equal(await page.inputValue('#number'), '13');
  await done(page, '#range', press('End'), press('ArrowLeft'));
  assert.equal(await page.inputValue('#range'), '8');
  await done(page, '#several', { choose: { options: [0, 2] } });
  assert.deepEqual(await page.locator('#several').evaluate((one) => [...one.selectedOptions].map(({ text }) => text)), ['a', 'c']);
});

for (const way of ['the browser’s editing', 'the fields’ setters']) {
  const app = way === 'the fields’ setters' ? 'Document.prototype.execCommand = () => false;' : '';

  test(`text goes in at the caret, by ${way}`, async () => {
    const page = await open('<input id=field value="ab"><textarea id=area>one\ntwo</textarea><input id=short maxlength=3 value=12><input id=guarded>', { app });
    await page.evaluate(() => {
      window.changes = [];
      addEventListener('change', ({ target }) => window.changes.push(target.value));
      window.find('#guarded').addEventListener('beforeinput', (event) => event.data === 'x' && event.preventDefault());
      window.find('#field').setSelectionRange(1, 1);
    });
    await page.focus('#field');
    await done(page, '#field', type('-茶-'), press('ArrowLeft'), press('Backspace'), press('Delete'), press('Home'), type('>'), press('End'), type('<'), press('Enter'));
    assert.equal(await page.inputValue('#field'), '>a-b<');
    await done(page, '#area', press('ArrowUp'), press('End'), type('!'), press('Enter'), press('ArrowDown'), press('Home'), press('ArrowRight', true), type('T'));
    assert.equal(await page.inputValue('#area'), 'one!\n\nTwo');
    await done(page, '#area', fill('🍵茶\nx'), press('Backspace'), press('Backspace'), press('Backspace'), press('Backspace'));
    assert.equal(await page.inputValue('#area'), '');
    await done(page, '#short', type('345'));
    assert.equal(await page.inputValue('#short'), '123');
    await done(page, '#guarded', type('xyx'), press('Tab'));
    assert.equal(await page.inputValue('#guarded'), 'y');
    const changes = await page.evaluate(() => window.changes);
    assert.ok(changes.includes('>a-b<') && changes.includes('123') && changes.includes('y'), `${changes}`);
    const long = 'long '.repeat(100);
    await done(page, '#field', fill(long));
    assert.equal(await page.inputValue('#field'), long);
    assert.deepEqual(stage.errors, []);
  });
}

test('what is edited in place is written into, also from within', async () => {
  const page = await open('<div id=rich contenteditable><p id=first>one</p><p id=second>two</p></div>');
  await done(page, '#first', CLICK, press('End'), type(' 茶'), press('Enter'), type('new'), press('Backspace'));
  assert.equal(await page.locator('#rich').innerText(), 'one 茶\n\nne\n\ntwo');
  await done(page, '#rich', fill('all'));
  assert.equal((await page.locator('#rich').innerText()).trim(), 'all');
  await page.evaluate(() => window.acting.actor.undoAll());
  assert.equal(await page.locator('#rich').innerHTML(), '<p id="first">one</p><p id="second">two</p>');
});

test('the page decides what a press does: it may keep the focus, or take the thing away', async () => {
  const page = await open('<input id=field><button id=keeps onmousedown="event.preventDefault()">Keep</button><button id=takes onpointerdown="this.remove()" onclick="document.title=1">Take</button><div id=plain>plain</div><div id=focusable tabindex=-1><b id=inner>x</b></div>');
  await done(page, '#field', CLICK);
  await done(page, '#keeps', CLICK);
  assert.equal(await focused(page), 'field');
  await done(page, '#inner', CLICK);
  assert.equal(await focused(page), 'focusable');
  await done(page, '#plain', CLICK);
  assert.equal(await focused(page), 'body');
  await done(page, '#takes', CLICK);
  assert.equal(await page.title(), 'Shop');
});

test('what is out of sight is scrolled there and pressed at its place', async () => {
  const page = await open(`<div style="height:3000px"></div><div id=box style="height:100px;overflow:auto"><div style="height:900px"></div><button id=button onclick="this.dataset.pressed=1">Press</button></div>
    <div id=large style="height:5000px;background:linear-gradient(red,blue)"></div>`);
  await done(page, '#button', CLICK);
  assert.equal(await page.getAttribute('#button', 'data-pressed'), '1');
  await page.evaluate(() => window.find('#large').addEventListener('click', ({ offsetY }) => (document.title = Math.round(offsetY))));
  await done(page, '#large', { click: { x: 5000, y: 8000, count: 1 } });
  assert.equal(await page.title(), '4000');
});

test('pages and boxes are scrolled, also by keys', async () => {
  const page = await open('<div id=box style="height:100px;width:100px;overflow:auto"><div id=inner style="height:900px;width:900px"></div></div><div id=rtl dir=rtl style="width:100px;overflow:auto"><div style="width:900px;height:9px"></div></div><button id=button>b</button><div style="height:3000px"></div>');
  await done(page, '#box', { scroll: { x: 20, y: 300 } });
  await done(page, '#rtl', { scroll: { x: 20, y: 0 } });
  await done(page, 'html', { scroll: { x: 0, y: 500 } });
  const places = () => page.evaluate(() => [window.find('#box').scrollLeft, window.find('#box').scrollTop, window.find('#rtl').scrollLeft, scrollY].map(Math.round));
  assert.deepEqual(await places(), [20, 300, -20, 500]);
  assert.equal(await page.evaluate(() => window.acting.do(document, { scroll: { x: 0, y: 40 } })), 'done');
  await done(page, '#inner', press('PageDown'), press('ArrowRight'));
  await done(page, '#button', press('PageDown'), press('ArrowUp'));
  assert.deepEqual(await places(), [60, 388, -20, 525], 'seven eighths of what is seen, and a line');
  await done(page, '#button', press('End'));
  assert.ok((await places())[3] > 2000);
});

test('the focus moves through shadow roots and frames, and not into what takes none', async () => {
  const page = await open('<input id=a><button disabled>x</button><input hidden><input tabindex=-1><div inert><input></div><my-part id=part></my-part><iframe id=frame srcdoc="<input id=c>"></iframe><alongside-panel><button>own</button></alongside-panel><a>none</a><a href="#" id=d>d</a>', {
    app: "document.querySelector('#part').attachShadow({ mode: 'open' }).append(Object.assign(document.createElement('input'), { id: 'b' }))",
  });
  await page.frameLocator('#frame').locator('#c').waitFor();
  const path = ['#a', '#part>>>#b', '#frame', '#frame>>>#c', '#d'];
  const seen = [];
  for (const selector of path.slice(0, -1)) {
    await done(page, selector, press('Tab'));
    seen.push(await focused(page));
  }
  assert.deepEqual(seen, ['b', 'body', 'c', 'd']);
  await done(page, '#d', press('Tab', true));
  assert.equal(await focused(page), 'c');
  await done(page, '#part>>>#b', press('Tab', true));
  assert.equal(await focused(page), 'a');
});

test('where the visitor granted it, links are followed, and the history is gone through', async () => {
  const page = await open('<a id=link href="/next">Next</a><a id=place href="#there">There</a><p id=there></p>');
  await done(page, '#place', CLICK);
  assert.equal(page.url(), `${SITE}/#there`);
  const go = (action) => page.evaluate((action) => window.acting.do(document, { go: action }, { navigates: true }), action);
  assert.equal(await go({ address: '#' }), 'done');
  assert.equal(await go({ through: 'back' }), 'done');
  await page.waitForURL(`${SITE}/#there`);
  assert.equal(await go({ through: 'forward' }), 'done');
  await page.waitForURL(`${SITE}/#`);
  assert.equal(await go({ through: 'forward' }), 'off-site', 'nothing of this site lies there');
  assert.equal(await act(page, '#link', CLICK, { navigates: true }), 'done');
  await page.waitForURL(`${SITE}/next`);
  const again = await open('<a id=link href="/next">Next</a>');
  assert.equal(await again.evaluate(() => window.acting.do(document, { go: { address: '/next?a=1' } }, { navigates: true })), 'done');
  await again.waitForURL(`${SITE}/next?a=1`);
});

test('forms are sent where the customer lets agents do it', async () => {
  const page = await open('<form action="/sent"><input id=field name=a><input name=b><button id=button name=by value=button>Send</button></form>');
  await page.evaluate(() => (window.acting.options.agentsSubmit = true));
  await done(page, '#field', type('x'), press('Enter'));
  await page.waitForURL(`${SITE}/sent?a=x&b=&by=button`);
});
