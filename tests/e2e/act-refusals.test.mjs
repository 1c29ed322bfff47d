// Each reason for which an agent's act is refused, on a page where the temptation exists: the page never changes.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CLICK, Stage, act, prepared, press } from '../act/stage.mjs';

let stage;
before(async () => (stage = await Stage.begin()));
after(() => stage.end());

/** All that an act could have changed, and each event that the page heard. */
const state = (page) => page.evaluate(() => {
  const roots = [document, ...[...document.querySelectorAll('*')].flatMap((one) => one.shadowRoot ?? one.contentDocument ?? [])];
  const told = roots.map((root) => [
    (root.documentElement ?? root).outerHTML ?? root.innerHTML,
    [...root.querySelectorAll('input, textarea, option, details')].map((one) => [one.value, one.checked, one.selected, one.open]),
    (root.activeElement ?? root).id,
  ]);
  return JSON.stringify([location.href, scrollX, scrollY, history.length, told, window.heard.length]);
});

const EVENTS = ['pointerdown', 'mousedown', 'click', 'keydown', 'keyup', 'beforeinput', 'input', 'change', 'focusin', 'submit'];

async function check(body, refused, { expected, allowed = {}, prepare = () => {}, app } = {}) {
  const page = await prepared(await stage.open(body, { app }));
  await page.evaluate((types) => window.record(types), EVENTS);
  await page.evaluate((options) => Object.assign(window.acting.options, options), allowed);
  for (const [selector, action, leave, change] of refused) {
    await prepare(page);
    const before = await state(page);
    const outcome = await page.evaluate(
      ([selector, action, leave, change]) => window.acting.perform(window.acting.act(window.find(selector), action, change), leave),
      [selector, action, leave, change],
    );
    assert.equal(outcome, expected, `${selector} ${JSON.stringify(action)}`);
    assert.equal(await state(page), before, `${selector} ${JSON.stringify(action)} changed the page`);
  }
  assert.deepEqual(stage.errors, []);
  return page;
}

const TYPE = { type: { text: 'abc' } };
const FILL = { fill: { text: 'abc' } };
const CHOOSE = { choose: { options: [1] } };
const BACK = { navigates: true };

test('what agents see masked, blocked or not at all takes no act', () =>
  check(`
    <p data-alongside=mask><button id=masked>Press</button><input id=field></p>
    <p data-alongside=block><button id=blocked>Press</button></p>
    <p data-alongside=private><input id=private value=old><textarea id=area>old</textarea><select id=choice><option>a<option>b</select><input id=password type=password></p>
    <p id=around>Here <b data-alongside=mask id=part style="display:inline-block;width:300px">stands</b></p>
    <label id=label>Agree <input type=checkbox id=hidden data-alongside=mask style="position:fixed;left:600px"></label>
    <my-field id=host></my-field><iframe id=frame srcdoc="<button id=framed data-alongside=mask>Press</button>"></iframe>`, [
    ['#masked', CLICK], ['#masked', press('Enter')], ['#field', TYPE], ['#field', FILL], ['#blocked', CLICK], ['#private', TYPE], ['#private', FILL],
    ['#private', press('Backspace')], ['#private', press('ArrowLeft')], ['#area', press('Enter')], ['#area', TYPE], ['#choice', CHOOSE],
    ['#choice', press('ArrowDown')], ['#password', TYPE], ['#around', { click: { x: 2000, y: 5000, count: 1 } }], ['#label', CLICK],
    ['#host>>>#inner', CLICK], ['#frame>>>#framed', CLICK],
  ], {
    expected: 'masked',
    app: `const root = document.querySelector('#host').attachShadow({ mode: 'open' });
      root.append(Object.assign(document.createElement('button'), { id: 'inner', textContent: 'Press' }));
      root.firstChild.dataset.alongside = 'mask';`,
    prepare: (page) => page.frameLocator('#frame').locator('#framed').waitFor(),
  }));

test('the own interface takes no act, wherever it lies', () =>
  check(`<alongside-panel id=panel><button id=accept>Allow</button></alongside-panel>
    <button id=under>Press</button>
    <alongside-panel id=over style="position:fixed;inset:50px 0 0 0;z-index:1;background:#eee"></alongside-panel><button id=covered style="position:absolute;top:100px">Press</button>`, [
    ['#panel', CLICK], ['#accept', CLICK], ['#accept', press('Enter')], ['#accept', press('Space')], ['#covered', CLICK],
  ], { expected: 'masked' }));

test('what the customer lets agents only see takes no act', () =>
  check(`<div data-alongside=readonly><button id=button>Press</button><input id=field><select id=choice><option>a<option>b</select><a id=link href="#x">x</a></div>
    <label id=label for=field>Name</label><div id=card style="width:300px"><b id=part data-alongside=readonly style="display:block">Press</b></div>`, [
    ['#button', CLICK], ['#button', press('Space')], ['#field', CLICK], ['#field', TYPE], ['#field', FILL], ['#choice', CHOOSE], ['#link', CLICK],
    ['#label', CLICK], ['#card', CLICK],
  ], { expected: 'read-only' }));

test('what is gone, of another epoch, or outside of what was granted, takes no act', async () => {
  const page = await check('<div id=form><input id=inside></div><button id=outside>Press</button><label id=label for=outside>x</label>', [
    ['#outside', CLICK, {}, { epoch: 2 }], ['#inside', TYPE, {}, { epoch: 0 }], ['#outside', CLICK, {}, { node: 99 }], ['#outside', CLICK, { within: 98 }],
    ['body', { go: { through: 'reload' } }, BACK, { epoch: 7 }],
  ], { expected: 'gone' });
  const within = await page.evaluate(() => window.acting.idOf(window.find('#form')));
  assert.equal(await act(page, '#outside', CLICK, { within }), 'gone');
  assert.equal(await act(page, '#inside', TYPE, { within }), 'done');
  await page.evaluate(() => window.find('#form').append(window.find('#label')));
  assert.equal(await act(page, '#label', CLICK, { within }), 'gone', 'the label presses what is outside');
  const removed = await page.evaluate(() => {
    const button = window.find('#outside');
    const act = window.acting.act(button, { click: { x: 5000, y: 5000, count: 1 } });
    button.remove();
    return window.acting.perform(act);
  });
  assert.equal(removed, 'gone');
});

test('what says something else than what the agent saw is not pressed, and what is another thing is not written into', async () => {
  const page = await prepared(await stage.open('<button id=button onclick="document.title=this.textContent">Add to cart</button><input id=field>'));
  const outcomes = await page.evaluate(() => {
    const button = window.find('#button');
    const click = window.acting.act(button, { click: { x: 5000, y: 5000, count: 1 } });
    button.textContent = 'Delete account';
    const field = window.find('#field');
    const type = window.acting.act(field, { type: { text: 'abc' } });
    field.type = 'search';
    return Promise.all([window.acting.perform(click), window.acting.perform(type), document.title, field.value]);
  });
  assert.deepEqual(outcomes, ['changed', 'changed', 'Shop', '']);
});

test('what the page has disabled, or nobody could reach, takes no act', () =>
  check(`<button id=button disabled>Press</button><button id=part disabled><b id=inner>Press</b></button><fieldset disabled><input id=fieldset><select id=choice><option>a<option>b</select></fieldset>
    <input id=readonly readonly><select id=some><option>a<option disabled>b</select>
    <div inert><button id=inert>Press</button><input id=inertfield></div><input id=none style="display:none"><input id=invisible style="visibility:hidden">
    <button id=empty style="width:0;height:0;padding:0;border:0;overflow:hidden"></button>`, [
    ['#button', CLICK], ['#inner', CLICK], ['#button', press('Enter')], ['#fieldset', TYPE], ['#fieldset', FILL], ['#choice', CHOOSE], ['#readonly', TYPE],
    ['#readonly', FILL], ['#some', CHOOSE], ['#inert', CLICK], ['#inertfield', TYPE], ['#none', FILL], ['#invisible', TYPE], ['#invisible', CLICK], ['#empty', CLICK],
  ], { expected: 'disabled' }));

test('behind a modal dialog nothing takes an act', () =>
  check('<button id=button>Press</button><input id=field><dialog id=dialog><input id=inside></dialog>', [['#button', CLICK], ['#field', TYPE]],
    { expected: 'disabled', app: "document.querySelector('#dialog').showModal()" }));

test('what something else lies over is not pressed, nor scrolled to', () =>
  check(`<div style="height:2000px"></div><div style="position:relative"><button id=low>Press</button><div style="position:absolute;inset:0;background:#fff"></div></div>
    <button id=button style="position:absolute;top:10px;left:10px">Press</button><div id=overlay style="position:fixed;top:0;left:0;width:400px;height:80px;background:#fffa;z-index:1"></div>
    <iframe id=frame style="position:absolute;top:0;left:0" srcdoc="<button id=framed>Press</button>"></iframe>`, [
    ['#button', CLICK], ['#low', CLICK], ['#frame>>>#framed', CLICK],
  ], { expected: 'covered', prepare: (page) => page.frameLocator('#frame').locator('#framed').waitFor() }));

test('a file picker is not opened, by no way', () =>
  check(`<input type=file id=file><label id=label for=file>Choose</label><label id=around><b id=inner>Choose</b><input type=file hidden></label>`, [
    ['#file', CLICK], ['#label', CLICK], ['#inner', CLICK], ['#around', CLICK], ['#file', press('Enter')], ['#file', press('Space')], ['#file', TYPE], ['#file', FILL],
  ], { expected: 'file-picker' }));

test('a form is not sent, by no way', () =>
  check(`<form id=form action="/sent"><input id=field name=a><input id=box type=checkbox><button id=button>Send</button><input id=input type=submit><input type=image id=image alt=Go width=30 height=30><label id=label for=button>Send</label></form>
    <button id=far form=form>Send</button><form action="/sent"><input id=alone></form><button id=inner form=form><b id=bold>Send</b></button>`, [
    ['#button', CLICK], ['#input', CLICK], ['#image', CLICK], ['#far', CLICK], ['#bold', CLICK], ['#label', CLICK], ['#button', press('Enter')], ['#button', press('Space')],
    ['#input', press('Enter')], ['#field', press('Enter')], ['#box', press('Enter')], ['#alone', press('Enter')],
  ], { expected: 'submit' }));

test('what leads elsewhere is not followed, whatever is granted', () =>
  check(`<a id=script href="javascript:document.title='run'">x</a><a id=mail href="mailto:a@b.c">x</a><a id=foreign href="https://evil.test/">x</a><a id=data href="data:text/html,x">x</a>
    <a id=blank href="https://evil.test/" target=_blank><b id=bold>x</b></a><a id=download href="/file" download>x</a><a id=bad href="http://[">x</a><a id=name href="http://user:pass@shop.test/">x</a>
    <svg width=50 height=20><a id=svg href="https://evil.test/"><rect id=rect width=50 height=20 /></a></svg><form action="https://evil.test/"><button id=send>Send</button><input id=field></form>
    <form action="/ok"><button id=formaction formaction="https://evil.test/">Send</button></form>
    <img id=image usemap="#map" width=60 height=60 src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="><map name=map><area href="https://evil.test/" coords="0,0,60,60" shape=rect></map>`, [
    ['#script', CLICK, BACK], ['#mail', CLICK, BACK], ['#foreign', CLICK, BACK], ['#data', CLICK, BACK], ['#bold', CLICK, BACK], ['#download', CLICK, BACK], ['#bad', CLICK, BACK],
    ['#name', CLICK, BACK], ['#rect', CLICK, BACK], ['#foreign', press('Enter'), BACK], ['#send', CLICK, BACK], ['#field', press('Enter'), BACK], ['#formaction', CLICK, BACK],
    ['#image', CLICK, BACK],
    ...['javascript:alert(1)', 'https://evil.test/', 'data:text/html,x', 'http://[', '//evil.test', 'blob:http://shop.test/x', 'file:///etc/passwd', `/${'x'.repeat(3000)}`]
      .map((address) => ['body', { go: { address } }, BACK]),
  ], { expected: 'off-site', allowed: { agentsSubmit: true } }));

test('another page of the site takes a grant of its own', () =>
  check('<a id=link href="/next">x</a><a id=partner href="https://partner.test/">x</a>', [['#link', CLICK], ['#link', press('Enter')], ['#partner', CLICK]], { expected: 'not-granted', allowed: { allowedOrigins: ['https://partner.test'] } }));

test('what takes no such act is told so', () =>
  check(`<p id=text>text</p><button id=button>b</button><input type=checkbox id=box><input type=date id=date><input type=number id=number><input type=range id=range max=10><input type=color id=color>
    <select id=choice><option>a<option>b</select><div id=box2>x</div><input id=field>`, [
    ['#text', TYPE], ['#button', FILL], ['#box', FILL], ['#box', TYPE], ['#choice', FILL], ['#date', TYPE], ['#date', FILL], ['#number', FILL], ['#range', { fill: { text: '11' } }],
    ['#color', { fill: { text: 'red' } }], ['#field', CHOOSE], ['#choice', { choose: { options: [2] } }], ['#choice', { choose: { options: [] } }], ['#choice', { choose: { options: [0, 1] } }],
    ['#text', { scroll: { x: 0, y: 9 } }], ['#field', { click: { x: 0, y: 0, count: 3 } }], ['#field', { fill: { text: '茶'.repeat(683) } }], ['#field', { dance: {} }], ['body', { go: { through: 'away' } }, BACK],
  ], { expected: 'unsuited' }));

test('what a script makes of a press is held back too: a form that it sends, a file picker that it opens', async () => {
  const page = await prepared(await stage.open(`<form id=form action="/sent"><input id=file type=file></form><div id=send>Send</div><div id=choose>Choose</div>`, {
    app: `document.querySelector('#send').onclick = () => document.querySelector('#form').requestSubmit();
      document.querySelector('#choose').onclick = () => document.querySelector('#file').click();`,
  }));
  let chosen = 0;
  page.on('filechooser', () => (chosen += 1));
  // The visitor's own press lets scripts open a picker for some seconds.
  await page.mouse.click(700, 500);
  assert.equal(await act(page, '#send', CLICK), 'submit');
  assert.equal(await act(page, '#choose', CLICK), 'file-picker');
  assert.equal(new URL(page.url()).pathname, '/');
  assert.equal(chosen, 0);
});

test('a page that has replaced what it could gets no exception, and is acted on all the same', async () => {
  const page = await prepared(await stage.open('<form id=form><input name=matches><input name=getRootNode><input id=field name=elements><button id=button type=button onclick="document.title=\'pressed\'">b</button></form>'));
  await page.evaluate(() => {
    for (const owner of [Element, HTMLElement]) for (const name of ['matches', 'closest', 'getBoundingClientRect', 'getAttribute', 'focus']) owner.prototype[name] = () => { throw new Error('replaced'); };
    EventTarget.prototype.dispatchEvent = () => { throw new Error('replaced'); };
  });
  assert.equal(await act(page, '#button', CLICK), 'done');
  assert.equal(await act(page, '#field', { type: { text: 'a茶' } }), 'done');
  assert.equal(await page.evaluate(() => document.title + window.find('#field').value), 'presseda茶');
  const faults = await page.evaluate(() => [window.acting.actor.perform({ action: {} }, false), window.acting.actor.examine({}, 3), window.acting.actor.examine({ epoch: 1, node: 0, action: {} })]);
  assert.deepEqual(faults, ['gone', { facts: 1, lead: 0 }, { facts: 1, lead: 0 }]);
  assert.deepEqual(stage.errors, []);
});
