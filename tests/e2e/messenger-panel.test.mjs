// What the visitor sees of the messenger and does in it, under a policy that allows nothing inline. Its store is the test.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { after, before, test } from 'node:test';
import { until } from './harness.mjs';
import { AT, close, later, message, p, rows, scroll, settled, Site, TALK } from './messenger-page.mjs';

let site;
before(async () => (site = await Site.begin()));
after(() => site.end());

const clear = (page) => page.evaluate(() => (window.store.calls.length = window.store.said.length = 0));
const scrolled = (page) => page.locator('.scroller').evaluate(({ scrollTop, scrollHeight, clientHeight }) => ({ top: scrollTop, below: Math.round(scrollHeight - clientHeight - scrollTop) }));
const active = (page) => page.evaluate(() => {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element?.getAttribute('data-name') ?? element?.getAttribute('part') ?? element?.id ?? element?.localName;
});
const text = (page) => page.locator('textarea').inputValue();
const LONG = (count) => rows(Array.from({ length: count }, (_, at) => message(at % 3 ? 'agent' : 'visitor', `Message ${at}`)));

// ---- Opening and closing

test('the launcher opens the panel, whose text gets the focus; Esc closes it and gives the focus back', async () => {
  const page = await site.page();
  await page.update({ rows: TALK });
  const launcher = page.locator('[part=launcher]');
  assert.equal(await launcher.getAttribute('aria-expanded'), 'false');
  assert.equal(await page.locator('.panel').isVisible(), false);
  assert.deepEqual(await page.calls('seen'), [], 'nobody has seen what is not open');
  await launcher.focus();
  await page.keyboard.press('Enter');
  assert.equal(await active(page), 'composer');
  assert.equal(await launcher.getAttribute('aria-expanded'), 'true');
  assert.deepEqual(await page.calls('seen'), [[]]);
  await page.keyboard.press('Escape');
  await page.locator('.panel').waitFor({ state: 'hidden' });
  assert.equal(await active(page), 'launcher');
  assert.deepEqual(await page.calls('closed'), [[]]);
  assert.equal(await launcher.getAttribute('aria-expanded'), 'false');
  await close(page);
});

test('the launcher says how much was not read', async () => {
  const page = await site.page();
  const launcher = page.locator('[part=launcher]');
  const name = () => launcher.getAttribute('aria-label');
  assert.equal(await name(), 'Messages');
  await page.evaluate(() => window.store.launcher.setUnread(2));
  assert.equal(await name(), 'Messages, 2 unread');
  assert.equal(await page.locator('[part=badge]').innerText(), '2');
  await page.evaluate(() => window.store.launcher.setUnread(140));
  assert.equal(await page.locator('[part=badge]').innerText(), '99+');
  await page.evaluate(() => window.store.launcher.setUnread(0));
  assert.equal(await page.locator('[part=badge]').isVisible(), false);
  const { width, height } = await launcher.boundingBox();
  assert.deepEqual([width, height], [56, 56]);
  await page.evaluate(() => document.querySelectorAll('[data-alongside]').forEach((host) => host.remove()));
  await page.locator('[part=launcher]').waitFor();
  await page.evaluate(() => window.store.launcher.remove());
  await settled(page);
  assert.equal(await page.locator('[part=launcher]').count(), 0);
  await close(page);
});

test('they stand where the customer and the direction of the page say', async () => {
  for (const [attributes, position, side] of [
    ['lang="en"', undefined, 'right'], ['lang="en"', 'bottom-left', 'left'], ['lang="en"', 'bottom-start', 'left'],
    ['lang="ar" dir="rtl"', undefined, 'left'], ['lang="ar" dir="rtl"', 'bottom-right', 'right'],
  ]) {
    const page = await site.opened({ attributes, options: { position } });
    for (const part of ['launcher', 'panel']) {
      const { x, width } = await page.locator(`[part=${part}]`).boundingBox();
      assert.equal(side === 'left' ? x : 1100 - x - width, 20, `${part} ${attributes} ${position}`);
    }
    const { width, height } = await page.locator('.panel').boundingBox();
    assert.deepEqual([width, height], [384, 680]);
    await close(page);
  }
});

test('a script of the page presses nothing and types nothing', async () => {
  const page = await site.opened();
  await page.locator('textarea').fill('Mine');
  await clear(page);
  await page.evaluate(() => {
    const root = window.store.surface.root;
    for (const button of root.querySelectorAll('button')) button.click();
    const area = root.querySelector('textarea');
    for (const key of ['Enter', 'Escape']) area.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true }));
    area.dispatchEvent(new InputEvent('input', { bubbles: true }));
    window.store.launcher.host.shadowRoot.querySelector('button').click();
  });
  assert.deepEqual(await page.evaluate(() => window.store.calls.map(([name]) => name).filter((name) => name !== 'draft')), []);
  assert.equal(await page.locator('.panel').isVisible(), true);
  await close(page);
});

test('what is typed is no shortcut of the page', async () => {
  const page = await site.opened();
  await page.evaluate(() => {
    window.heard = [];
    for (const type of ['keydown', 'keyup', 'keypress', 'focusin']) document.addEventListener(type, (event) => window.heard.push(event.type));
  });
  await page.keyboard.type('j/');
  await page.keyboard.press('Tab');
  assert.deepEqual(await page.evaluate(() => window.heard), []);
  await close(page);
});

// ---- Writing

test('Enter sends, Shift and Enter begins a line', async () => {
  const page = await site.opened();
  await page.keyboard.type('One');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('Two');
  assert.deepEqual(await page.calls('say'), []);
  await page.keyboard.press('Enter');
  assert.deepEqual(await page.calls('say'), [['One\nTwo']]);
  assert.equal(await text(page), '');
  assert.equal(await active(page), 'composer');
  await page.keyboard.press('Enter');
  await page.keyboard.type('   ');
  await page.keyboard.press('Enter');
  assert.equal((await page.calls('say')).length, 1, 'nothing is no message');
  await page.locator('textarea').fill('Three');
  await page.locator('[data-name=send]').click();
  assert.deepEqual((await page.calls('say'))[1], ['Three']);
  assert.ok((await page.calls('typed')).length > 0);
  await close(page);
});

test('Enter that ends a composition sends nothing', async () => {
  const page = await site.opened();
  const session = await page.context().newCDPSession(page);
  await session.send('Input.imeSetComposition', { text: 'にほん', selectionStart: 3, selectionEnd: 3 });
  const press = (key, windowsVirtualKeyCode) => session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key, code: key, windowsVirtualKeyCode });
  await press('Enter', 13);
  await press('Escape', 27);
  assert.deepEqual(await page.calls('say'), []);
  assert.deepEqual(await page.calls('closed'), [], 'and Esc closes nothing');
  await session.send('Input.imeSetComposition', { text: '日本', selectionStart: 2, selectionEnd: 2 });
  await session.send('Input.insertText', { text: '日本' });
  // Safari: the composition has ended, and the key says only by its code what it was for.
  await press('Enter', 229);
  assert.deepEqual(await page.calls('say'), []);
  assert.equal(await text(page), '日本');
  await page.keyboard.press('Enter');
  assert.deepEqual(await page.calls('say'), [['日本']]);
  await close(page);
});

test('what is refused stays in the text', async () => {
  const page = await site.opened();
  await page.evaluate(() => (window.store.answers.say = false));
  await page.keyboard.type('Keep me');
  await page.keyboard.press('Enter');
  assert.equal(await text(page), 'Keep me');
  assert.deepEqual((await page.calls('draft')).at(-1), ['Keep me']);
  await close(page);

  const again = await site.opened({ options: { draft: 'Written before' } });
  assert.equal(await text(again), 'Written before');
  await close(again);
});

test('near the limit its bytes are counted, and over it nothing is sent', async () => {
  const page = await site.opened({ change: { rows: TALK, limit: 100 } });
  const count = page.locator('.count');
  const area = page.locator('textarea');
  await area.fill('a'.repeat(89));
  assert.equal(await count.innerText(), '');
  await area.fill('日本'.repeat(15));
  assert.equal(await count.innerText(), '10 left');
  await area.fill('日本'.repeat(17));
  assert.equal(await count.innerText(), 'Too long by 2. Shorten it, or send it in parts.');
  assert.equal(await area.getAttribute('aria-invalid'), 'true');
  await page.keyboard.press('Enter');
  assert.deepEqual(await page.calls('say'), []);
  assert.equal(await text(page), '日本'.repeat(17));
  await until('it is said', async () => (await page.said()).includes('Too long by 2. Shorten it, or send it in parts.'));
  await close(page);
});

test('the text grows to five lines', async () => {
  const page = await site.opened();
  const area = page.locator('textarea');
  const heights = [];
  for (const lines of [1, 2, 5, 6, 9]) {
    await area.fill(Array(lines).fill('a').join('\n'));
    heights.push((await area.boundingBox()).height);
  }
  assert.deepEqual(heights, [44, 66, 132, 132, 132]);
  assert.equal((await scrolled(page)).below, 0, 'the end stays in view');
  await close(page);
});

test('emoji are chosen by the arrow keys, and by their names', async () => {
  const page = await site.opened();
  await page.keyboard.type('ab');
  await page.keyboard.press('ArrowLeft');
  await page.locator('[data-name=emoji]').click();
  await page.locator('.picker').waitFor();
  const name = () => page.evaluate(() => window.store.surface.root.activeElement.getAttribute('aria-label'));
  assert.equal(await name(), 'smile');
  for (const key of ['ArrowDown', 'ArrowRight', 'ArrowUp', 'End', 'ArrowDown', 'Home', 'ArrowLeft']) await page.keyboard.press(key);
  assert.equal(await name(), 'cool');
  await page.keyboard.press('Enter');
  assert.equal(await text(page), 'a😎b');
  assert.equal(await active(page), 'composer');
  await page.locator('[data-name=emoji]').click();
  const cells = await page.getByRole('gridcell').evaluateAll((all) => all.map((cell) => [cell.getAttribute('aria-label'), cell.innerText.trim()]));
  assert.equal(cells.length, 42);
  assert.ok(cells.every(([name, emoji]) => name !== emoji && name), 'each has a name');
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('.picker').count(), 0);
  assert.equal(await page.locator('.panel').isVisible(), true);
  await close(page);
});

// ---- The menu

test('the menu is used by keyboard', async () => {
  const page = await site.opened();
  for (let tabs = 0; tabs < 12 && (await active(page)) !== 'options'; tabs++) await page.keyboard.press('Shift+Tab');
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  await press('Enter');
  await page.locator('.menu').waitFor();
  assert.equal(await active(page), 'sound');
  await press('ArrowDown', 'ArrowDown', 'ArrowDown');
  assert.equal(await active(page), 'forget');
  await press('ArrowDown');
  assert.equal(await active(page), 'sound', 'it goes round');
  await press('Escape');
  assert.equal(await active(page), 'options');
  assert.equal(await page.locator('.panel').isVisible(), true, 'Esc closes the menu only');
  await press('ArrowDown', 'Enter');
  assert.deepEqual(await page.calls('setSound'), [[true]]);
  await press('Enter', 'ArrowDown', 'Enter');
  assert.deepEqual(await page.calls('transcript'), [[]]);
  await press('Enter', 'End', 'ArrowUp', 'Enter');
  assert.deepEqual(await page.calls('end'), [[]]);
  await page.update({ stage: 'ended' });
  await press('Enter');
  assert.equal(await page.getByRole('menuitem', { name: 'End conversation' }).count(), 0, 'what has ended is not ended');
  await page.locator('h2').click();
  assert.equal(await page.locator('.menu').isVisible(), false, 'a click beside it closes it');
  assert.equal(await page.locator('textarea').getAttribute('placeholder'), 'Begin a new conversation');
  await close(page);
});

test('data is deleted after a second question', async () => {
  const page = await site.opened();
  const ask = async () => {
    await page.locator('[data-name=options]').click();
    await page.locator('[data-name=forget]').click();
    assert.equal(await active(page), 'cancel');
  };
  await ask();
  await page.keyboard.press('Escape');
  assert.equal(await page.getByRole('alertdialog').count(), 0);
  assert.equal(await page.locator('.panel').isVisible(), true);
  await ask();
  for (let tabs = 0; tabs < 3; tabs++) await page.keyboard.press('Shift+Tab');
  assert.notEqual(await active(page), 'composer', 'the rest waits for the answer');
  await page.locator('[data-name=cancel]').click();
  assert.deepEqual(await page.calls('forget'), []);
  await ask();
  await page.locator('[data-name=forget-now]').click();
  assert.deepEqual(await page.calls('forget'), [[]]);
  assert.equal(await active(page), 'composer');
  await close(page);
});

// ---- The transcript

test('rows stand in order, also when they come between, move, change or go', async () => {
  const page = await site.opened({ change: { rows: LONG(200), earlier: 'none' } });
  const keys = () => page.locator('.row').evaluateAll((all) => all.map((row) => (row.querySelector('.bubble') ?? row).textContent));
  const wanted = Array.from({ length: 200 }, (_, at) => `Message ${at}`);
  assert.deepEqual(await keys(), wanted);
  // Many between two others.
  const between = rows(Array.from({ length: 90 }, (_, at) => message('agent', `Between ${at}`, { key: `b${at}` })), 'k10');
  await page.update({ rows: between });
  wanted.splice(11, 0, ...between.map((_, at) => `Between ${at}`));
  assert.deepEqual(await keys(), wanted);
  // One moves to the end, one goes, one is of a kind that nobody knows yet, and one stands after that.
  await page.update({
    rows: [message('agent', 'Message 20', { key: 'k20', after: 'k199' }), { key: 'x', after: 'k20', kind: 'carousel' }, message('agent', 'Last', { key: 'y', after: 'x' })],
    gone: ['k30'],
  });
  wanted.splice(wanted.indexOf('Message 20'), 1);
  wanted.splice(wanted.indexOf('Message 30'), 1);
  wanted.push('Message 20', '', 'Last');
  assert.deepEqual(await keys(), wanted);
  assert.equal(await page.locator('.row:visible').filter({ hasText: /^$/ }).count(), 0);
  await close(page);
});

test('a row that changes stays the same element, and its focus', async () => {
  const failed = message('visitor', 'Hello', { key: 'f', after: null, state: 'failed' });
  const page = await site.opened({ change: { rows: [failed] } });
  await page.locator('[data-name=discard]').focus();
  await page.evaluate(() => (window.row = window.store.surface.root.querySelector('[data-kind=message]')));
  await page.update({ rows: [{ ...failed, reason: 'refused' }] });
  assert.equal(await active(page), 'discard');
  assert.equal(await page.getByText('Write it differently').count(), 1);
  await page.locator('[data-name=retry]').click();
  await page.locator('[data-name=discard]').click();
  assert.deepEqual([await page.calls('retry'), await page.calls('discard')], [[['f']], [['f']]]);
  await page.update({ rows: [{ ...failed, state: 'sent' }] });
  assert.equal(await page.evaluate(() => window.row === window.store.surface.root.querySelector('[data-kind=message]') && window.row.isConnected), true);
  await page.update({ rows: [], gone: ['f'] });
  assert.equal(await page.locator('.row[data-kind=message]').count(), 0);
  await close(page);
});

test('every state of a message is a text, too', async () => {
  const page = await site.opened({ change: { rows: [] } });
  const said = { queued: 'Waiting to be sent', sending: 'Sending', sent: 'Sent', delivered: 'Delivered', read: 'Read', failed: 'Not sent. Try again, or delete it.' };
  for (const [state, wanted] of Object.entries(said)) {
    await page.update({ rows: [message('visitor', 'Hello', { key: 'one', after: null, state })] });
    assert.match(await page.locator('.meta').evaluate((meta) => meta.textContent), new RegExp(wanted.replace('.', '\\.')), state);
  }
  await close(page);
});

test('a message that the hub does not take now says when it is sent again, and is read out once', async () => {
  for (const [language, fast, busy, left] of [
    ['en', 'Too many messages at once. Sent again in 12 seconds.', 'Sent again in 3 seconds.', /in (10|11) seconds/],
    ['ja', '続けて送信されたため、12 秒後に再送します。', '3 秒後に再送します。', /(10|11) 秒/],
    ['ko', '한꺼번에 너무 많이 보냈습니다. 12초 후에 다시 보냅니다.', '3초 후에 다시 보냅니다.', /(10|11)초/],
  ]) {
    const held = message('visitor', 'Held', { key: 'h', after: null, state: 'queued', reason: 'too-fast', retryAfter: 12 });
    const behind = message('visitor', 'Behind', { key: 'b', after: 'h', state: 'queued' });
    const page = await site.opened({ options: { language }, change: { rows: [{ ...held, reason: null, retryAfter: null }, behind] } });
    const meta = (at) => page.locator('.meta .state').nth(at);
    const plain = await meta(1).innerText();
    await page.update({ rows: [held, behind] });
    assert.equal((await meta(0).innerText()).trim(), fast);
    assert.equal(await meta(1).innerText(), plain, 'what waits behind it is plain');
    await page.picture(`held-${language}`);
    await until('it counts', async () => left.test(await meta(0).innerText()));
    await page.update({ rows: [{ ...held, state: 'sending', reason: null, retryAfter: null }] });
    await page.update({ rows: [{ ...held, reason: 'busy', retryAfter: 3 }] });
    assert.equal((await meta(0).innerText()).trim(), busy);
    await until('it has come', async () => !/\d 초|\d초|\d 秒|second/.test(await meta(0).innerText()));
    assert.deepEqual(await page.said(), [fast]);
    await close(page);
  }
});

test('where too many messages wait, the next one stays in the text, and it is said why', async () => {
  for (const [language, why] of [['en', 'Too many messages wait to be sent. Send this one once they have gone.'], ['ja', '送信待ちのメッセージが多すぎます'], ['ko', '보내기를 기다리는 메시지가 너무 많습니다']]) {
    const page = await site.opened({ options: { language } });
    await page.evaluate(() => (window.store.answers.say = 'too-many-waiting'));
    await page.keyboard.type('One more');
    await page.keyboard.press('Enter');
    assert.equal(await text(page), 'One more');
    assert.ok((await page.locator('.count').innerText()).startsWith(why));
    await until('it is read out', async () => (await page.said()).some((said) => said.startsWith(why)));
    assert.equal(await active(page), 'composer');
    await page.picture(`full-${language}`);
    await page.evaluate(() => (window.store.answers.say = undefined));
    await page.keyboard.press('Enter');
    assert.equal(await text(page), '');
    assert.equal(await page.locator('.count').innerText(), '');
    await close(page);
  }
});

test('earlier messages come above without a jump', async () => {
  const page = await site.opened({ change: { rows: LONG(120), earlier: 'some' } });
  assert.deepEqual(await page.calls('earlier'), [], 'not before somebody wants them');
  await scroll(page, 0);
  assert.deepEqual(await page.calls('earlier'), [[]]);
  const spot = () => page.getByText('Message 2', { exact: true }).boundingBox().then(({ y }) => Math.round(y));
  const before = await spot();
  await page.update({ earlier: 'loading' });
  await settled(page);
  assert.ok(Math.abs((await spot()) - before) <= 1);
  const history = rows(Array.from({ length: 25 }, (_, at) => message(at % 2 ? 'agent' : 'visitor', `Earlier ${at} `.repeat(1 + (at % 9) * 6), { key: `e${at}` })));
  await page.update({ rows: [...history, { ...LONG(1)[0], after: 'e24' }], earlier: 'some' });
  await settled(page);
  assert.ok(Math.abs((await spot()) - before) <= 1, `${await spot()} was ${before}`);
  assert.deepEqual((await page.said()).filter((said) => said.includes('Earlier')), [], 'history is not read out');
  assert.equal((await page.calls('earlier')).length, 1, 'once for each page');
  await scroll(page, 0);
  assert.equal((await page.calls('earlier')).length, 2);
  await close(page);
});

test('by a button, too, and a short history fills the view', async () => {
  const page = await site.opened({ change: { rows: LONG(3), earlier: 'some' } });
  assert.equal((await page.calls('earlier')).length, 1);
  await page.update({ earlier: 'loading' });
  await page.update({ earlier: 'some' });
  assert.equal((await page.calls('earlier')).length, 1, 'what failed is not asked for again and again');
  await page.getByRole('button', { name: 'Earlier messages' }).click();
  assert.equal((await page.calls('earlier')).length, 2);
  await close(page);
});

test('who is near the end stays there; who is not is told what came', async () => {
  const page = await site.opened({ change: { rows: LONG(60) } });
  assert.equal((await scrolled(page)).below, 0);
  await page.update({ rows: later('k59', 'At the end') });
  await settled(page);
  assert.equal((await scrolled(page)).below, 0);
  const { clientHeight, scrollHeight } = await page.locator('.scroller').evaluate(({ clientHeight, scrollHeight }) => ({ clientHeight, scrollHeight }));
  await scroll(page, scrollHeight - clientHeight - 70);
  await page.update({ rows: later('k59-0', 'Still') });
  await settled(page);
  assert.equal((await scrolled(page)).below, 0, 'within 80 px');

  await scroll(page, 300);
  await clear(page);
  const { top } = await scrolled(page);
  await page.update({ rows: later('k59-0-0', 'Below') });
  const pill = page.locator('[data-name=pill]');
  assert.equal(await pill.innerText(), '1 new message');
  await page.update({ rows: later('k59-0-0-0', 'Further') });
  assert.equal(await pill.innerText(), '2 new messages');
  assert.equal((await scrolled(page)).top, top);
  assert.deepEqual(await page.calls('seen'), []);
  await pill.click();
  assert.equal((await scrolled(page)).below, 0);
  assert.equal(await pill.count(), 0);
  assert.equal(await active(page), 'transcript');
  assert.deepEqual(await page.calls('seen'), [[]]);

  await scroll(page, 300);
  await page.locator('textarea').fill('Mine');
  await page.keyboard.press('Enter');
  assert.equal((await scrolled(page)).below, 0, 'who writes goes to the end');
  await close(page);
});

test('who comes back begins at what is new', async () => {
  const page = await site.page();
  await page.update({ rows: LONG(40) });
  await page.update({ rows: rows([{ kind: 'new', key: 'mark' }, ...LONG(20).map(({ key, after, ...row }) => ({ ...row, author: 'agent', state: null, key: `u${key}` }))], 'k39'), unread: 20 });
  await page.launch();
  await settled(page);
  const mark = await page.locator('.row[data-kind=new]').boundingBox();
  const view = await page.locator('.scroller').boundingBox();
  assert.ok(mark.y > view.y && mark.y < view.y + 160, JSON.stringify([mark, view]));
  assert.equal(await page.locator('[data-name=pill]').innerText(), '20 new messages');
  await close(page);

  // Where the panel is opened first and the history comes then.
  const other = await site.page();
  await other.update({ isLoading: true });
  await other.launch();
  await other.update({ rows: [...LONG(40), ...rows([{ kind: 'new', key: 'mark' }], 'k39'), ...later('mark', ...Array(20).fill('Later'))], isLoading: false, unread: 20 });
  await settled(other);
  assert.equal(await other.locator('[data-name=pill]').innerText(), '20 new messages');
  await close(other);
});

test('each message that comes is read out once, and history is not', async () => {
  const page = await site.page();
  await page.update({ isLoading: true });
  await page.update({ rows: TALK, isLoading: false });
  await page.launch();
  await page.update({ rows: later('k8', 'One', 'Two') });
  await page.update({ rows: later('k8-1', [{ p: [{ text: 'See ' }, { link: 'https://a.example', label: [{ strong: [{ text: 'this' }] }] }] }, { list: [[{ text: 'a' }], [{ text: 'b' }]], first: 1 }]) });
  const wanted = ['\u2068Aoi\u2069: One', '\u2068Aoi\u2069: Two', '\u2068Aoi\u2069: See this\na\nb'];
  await until('all is said', async () => (await page.said()).length >= 3);
  assert.deepEqual(await page.said(), wanted);
  // The same again, read by somebody, an own one, and typing: no news.
  await page.update({ rows: [...later('k8', 'One'), message('visitor', 'Mine', { key: 'm', after: 'k8-1-0' })], typing: 'Aoi' });
  await page.update({ rows: [message('visitor', 'Mine', { key: 'm', after: 'k8-1-0', state: 'failed' })], typing: null });
  await page.update({ rows: [{ key: 'gone', after: 'm', kind: 'event', at: AT, event: 'left', name: 'Aoi' }, ...later('gone', 'a', 'b', 'c', 'd')] });
  await until('all is said', async () => (await page.said()).length >= 6);
  assert.deepEqual((await page.said()).slice(3), ['Not sent. Try again, or delete it.', '4 new messages', '\u2068Aoi\u2069 left']);
  // What comes before messages that wait to be sent came just now, too.
  await page.update({ rows: [message('visitor', 'Waits', { key: 'w', after: 'gone-3', state: 'queued' })] });
  await page.update({ rows: [message('agent', 'Between', { key: 'x', after: 'gone-3' }), message('visitor', 'Waits', { key: 'w', after: 'x', state: 'queued' })] });
  await until('it is said', async () => (await page.said()).at(-1) === '\u2068Aoi\u2069: Between');
  assert.equal(await page.locator('[aria-live], [role=status], [role=log], [role=alert]').count(), 1, 'one place speaks');
  await close(page);
});

test('one row more touches a few nodes, after ten thousand', async () => {
  const page = await site.opened({ change: { rows: LONG(10_000) } });
  await settled(page);
  const touched = await page.evaluate(async ([row, older, state]) => {
    const root = window.store.surface.root;
    const list = root.querySelector('.list');
    const touched = [];
    const observer = new MutationObserver((changes) => {
      for (const { target, addedNodes, removedNodes } of changes) for (const node of [target, ...addedNodes, ...removedNodes]) rows.add(node.closest?.('.row') ?? node.parentElement?.closest('.row') ?? node);
    });
    const rows = new Set();
    observer.observe(list, { childList: true, subtree: true, attributes: true, characterData: true });
    const step = async (change) => {
      rows.clear();
      window.store.update(change);
      await new Promise((done) => setTimeout(done));
      touched.push(rows.size);
    };
    await step({ rows: [row] });
    await step({ rows: [state] });
    await step({ rows: [older] });
    await step({ gone: ['k5000'] });
    // Which chunks the browser draws.
    const drawn = [...root.querySelectorAll('.chunk')].filter((chunk) => chunk.firstElementChild.firstElementChild.checkVisibility({ contentVisibilityAuto: true })).length;
    return { touched, drawn, chunks: root.querySelectorAll('.chunk').length };
  }, [later('k9999', 'One more')[0], message('agent', 'Older', { key: 'o', after: null }), { ...LONG(10_000)[9_999], state: 'read' }]);
  assert.ok(touched.touched.every((count) => count <= 4), JSON.stringify(touched));
  assert.ok(touched.chunks > 300 && touched.drawn <= 4, JSON.stringify(touched));
  await close(page);
});

// ---- What else it tells

test('a lost connection is told after a while, and no connection at once', async () => {
  const page = await site.opened({ before: (page) => page.clock.install({ time: AT }) });
  const banner = page.locator('.banner');
  await page.update({ link: 'connecting' });
  await page.clock.runFor(2_900);
  assert.equal(await banner.count(), 0);
  await page.update({ link: 'online' });
  await page.clock.runFor(5_000);
  assert.equal(await banner.count(), 0);
  await page.update({ link: 'connecting' });
  await page.clock.runFor(1_500);
  await page.update({ link: 'connecting', typing: 'Aoi' });
  await page.clock.runFor(1_600);
  assert.equal(await banner.innerText(), 'Connecting…');
  await page.update({ link: 'offline', typing: null });
  assert.equal(await banner.innerText(), 'You are offline. Messages are sent when you are back.');
  await page.update({ link: 'refused' });
  assert.match(await banner.innerText(), /^Messages cannot be sent/);
  await page.update({ link: 'online' });
  assert.equal(await banner.count(), 0);
  await page.clock.runFor(200);
  assert.deepEqual(await page.said(), ['Connecting…', 'You are offline. Messages are sent when you are back.', 'Messages cannot be sent from this page. Reload it, or try later.']);
  await close(page);
});

test('who waits is told his place and how long', async () => {
  const page = await site.opened({ change: { stage: 'waiting', who: null, place: 3, wait: [3, 6], rows: TALK.slice(0, 2) } });
  const banner = page.locator('.banner');
  assert.equal(await banner.locator('p').first().innerText(), 'You are number 3 in line. About 3–6 minutes.');
  await page.update({ place: 1, wait: [1, 1] });
  assert.equal(await banner.locator('p').first().innerText(), 'You are next in line. About 1 minute.');
  await page.update({ place: null, wait: null });
  assert.equal(await banner.count(), 0);
  assert.equal(await page.locator('h2').innerText(), 'Messages');
  await page.update({ stage: 'open', who: { name: 'Kumo', kind: 'bot' } });
  assert.deepEqual([await page.locator('h2').textContent(), await page.locator('[part=status]').innerText()], ['\u2068Kumo\u2069', 'Automated assistant']);
  assert.equal(await page.getByText('Bot', { exact: true }).count(), 0);
  await page.update({ rows: [message('bot', 'Hello', { key: 'b', after: 'k1' })] });
  assert.equal(await page.getByText('Bot', { exact: true }).count(), 1, 'a bot is named as one');
  await page.update({ typing: 'Aoi' });
  await page.getByRole('img', { name: /Aoi\P{L}* is typing/u }).waitFor();
  await close(page);
});

test('it speaks English, Japanese and Korean, and whatever the customer says', async () => {
  const wanted = { 'en-GB': ['Write a message', 'Today', '14:05'], 'ja-JP': ['メッセージを入力', '今日', '14:05'], 'ko-KR': ['메시지 입력', '오늘', '오후 2:05'] };
  for (const [locale, [write, day, time]] of Object.entries(wanted)) {
    const page = await site.opened({ attributes: '', context: { locale }, before: (page) => page.clock.setFixedTime(AT + 60_000) });
    assert.equal(await page.locator('textarea').getAttribute('aria-label'), write);
    assert.equal(await page.locator('.row[data-kind=day]').innerText(), day);
    assert.equal(await page.locator('time').first().textContent(), time);
    await page.locator('[data-name=emoji]').click();
    const unnamed = await page.getByRole('gridcell').evaluateAll((all) => all.filter((cell) => cell.getAttribute('aria-label') === cell.textContent).length);
    assert.equal(unnamed, 0, 'each emoji has a name');
    await close(page);
  }
  const labels = { write: 'Nachricht schreiben', unread: { one: '{0} neue Nachricht', other: '{0} neue Nachrichten' }, send: 7, constructor: 'x' };
  const page = await site.opened({ options: { language: 'de-DE', labels, title: 'Tinte', greeting: 'Guten Tag.' }, change: { who: null, stage: 'none', rows: [] } });
  assert.equal(await page.locator('textarea').getAttribute('placeholder'), 'Nachricht schreiben');
  assert.deepEqual([await page.locator('h2').innerText(), await page.locator('.greeting').innerText()], ['Tinte', 'Guten Tag.']);
  assert.equal(await page.locator('.all').getAttribute('lang'), 'de-DE');
  await page.update({ rows: LONG(60) });
  await scroll(page, 0);
  await page.update({ rows: later('k59', 'a', 'b') });
  assert.equal(await page.locator('[data-name=pill]').innerText(), '2 neue Nachrichten');
  await close(page);
});

// ---- Narrow screens

test('on a narrow screen it is all there is, and the page behind rests', async () => {
  const page = await site.opened({ context: { viewport: { width: 360, height: 640 } } });
  const box = await page.locator('.panel').boundingBox();
  assert.deepEqual([box.x, box.y, box.width, box.height], [0, 0, 360, 640]);
  assert.equal(await page.locator('textarea').evaluate((area) => getComputedStyle(area).fontSize), '16px');
  assert.equal(await page.locator('.panel').getAttribute('aria-modal'), 'true');
  assert.equal(await page.evaluate(() => document.body.inert), true);
  assert.equal(await page.locator('[part=launcher]').isVisible(), false);
  // As a keyboard that comes up.
  await page.evaluate(() => {
    Object.defineProperty(visualViewport, 'height', { value: 340, configurable: true });
    Object.defineProperty(visualViewport, 'offsetTop', { value: 20, configurable: true });
    visualViewport.dispatchEvent(new Event('resize'));
  });
  const { y, height } = await page.locator('.panel').boundingBox();
  assert.deepEqual([y, height], [20, 340]);
  await page.setViewportSize({ width: 800, height: 640 });
  await until('the page is used again', () => page.evaluate(() => !document.body.inert));
  await page.setViewportSize({ width: 360, height: 640 });
  await until('the page rests', () => page.evaluate(() => document.body.inert));
  await page.locator('[data-name=close]').click();
  assert.equal(await page.evaluate(() => document.body.inert), false);
  assert.equal(await active(page), 'launcher');
  await close(page);
});

test('a page that rests already stays so', async () => {
  const page = await site.opened({ context: { viewport: { width: 360, height: 640 } }, html: '<body inert><p>Busy</p></body>' });
  await page.keyboard.press('Escape');
  assert.equal(await page.evaluate(() => document.body.inert), true);
  await close(page);
});

test('by finger the panel gets the focus, not the text: no keyboard comes up', async () => {
  const page = await site.opened({ context: { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true } });
  assert.equal(await active(page), 'panel');
  const small = await page.locator('.panel button:visible').evaluateAll((all) => all.filter((button) => {
    const { width, height } = button.getBoundingClientRect();
    return width < 44 || height < 44;
  }).map((button) => button.getAttribute('data-name')));
  assert.deepEqual(small, []);
  await close(page);
});

test('what is pressed in a form and below a message that failed takes a finger of 44 px, too', async () => {
  const fields = [{ name: 'name', label: 'Name', kind: 'text' }, { name: 'about', label: 'About', kind: 'choice', choices: [{ label: 'Tea' }] }, { name: 'news', label: 'Send me news', kind: 'check' }, { name: 'ads', label: 'Ads', kind: 'check' }];
  const page = await site.opened({
    context: { viewport: { width: 360, height: 720 }, hasTouch: true, isMobile: true },
    change: { rows: rows([message('visitor', 'Before'), message('visitor', 'No', { state: 'failed' }), message('visitor', 'No again', { state: 'failed', reason: 'too-long' }), message('bot', 'Form', { rich: { form: { fields } }, isOpen: true })]) },
  });
  await page.locator('form').waitFor();
  await settled(page);
  // A point is one of an element's where a finger there presses it.
  const missed = await page.evaluate(() => {
    const { root } = window.store.surface;
    const all = [...root.querySelectorAll('.meta .link, form .field .input, form button')].map((element) => element.closest('.check') ?? element);
    return all.flatMap((element) => {
      element.scrollIntoView({ block: 'center' });
      const { left, top, width, height } = element.getBoundingClientRect();
      const points = [[0, -21], [0, 21], [-21, 0], [21, 0]].filter(([x, y]) => !element.contains(root.elementFromPoint(left + width / 2 + x, top + height / 2 + y)));
      return points.map((point) => [element.textContent || element.localName, ...point]);
    });
  });
  assert.deepEqual(missed, []);
  await page.picture('targets');
  await close(page);
});

// ---- What he keeps

test('the file of a conversation is in the visitor\'s language, and no line of a message looks like another\'s', async () => {
  const forged = ['Hello', '\n[2026/11/21 14:06] Aoi: We pay you back 10,000 yen.', '\u2028[2026/11/21 14:07] あなた: Thank you', '\r[x] y'].join('');
  const kept = rows([
    { kind: 'day', at: AT }, message('visitor', forged), message('agent', 'Two\nlines', { name: 'Aoi\n[2026/11/21 14:08] Forged' }), message('agent', 'No name', { name: null }), message('bot', 'Beep'),
    message('visitor', [], { file: { id: 'f', name: 'a.pdf', type: 'application/pdf', size: 1 } }), message('visitor', [], { score: 4 }), { kind: 'event', at: AT, event: 'ended', name: null }, { kind: 'event', at: AT, event: 'joined', name: 'Aoi' },
  ]);
  for (const [locale, expected] of [
    ['ja-JP', ['あなた: Hello', 'Aoi [2026/11/21 14:08] Forged: Two', '担当者: No name', 'Kumo: Beep', 'あなた: a.pdf', 'あなた: ★★★★☆', '(会話は終了しました)', '(Aoiが参加しました)']],
    ['en-GB', ['You: Hello', 'Aoi [2026/11/21 14:08] Forged: Two', 'Our team: No name', 'Kumo: Beep', 'You: a.pdf', 'You: ★★★★☆', '(Conversation ended)', '(Aoi joined)']],
  ]) {
    const page = await site.opened({ attributes: '', context: { locale } });
    const [download] = await Promise.all([page.waitForEvent('download'), page.evaluate((rows) => window.store.panel.download(rows), kept)]);
    const lines = fs.readFileSync(await download.path(), 'utf8').replace(/[\u2068\u2069]/g, '').trimEnd().split(/\r\n|[\n\v\f\r\x85\u2028\u2029]/);
    const time = locale === 'ja-JP' ? '2026/11/21 14:05' : '21 Nov 2026, 14:05';
    assert.deepEqual(lines.filter((line) => !line.startsWith('    ')), expected.map((line) => `[${time}] ${line}`));
    assert.deepEqual(lines.filter((line) => line.startsWith('    ')).map((line) => line.trim()), ['[2026/11/21 14:06] Aoi: We pay you back 10,000 yen.', '[2026/11/21 14:07] あなた: Thank you', '[x] y', 'lines']);
    await close(page);
  }
});

// ---- Strangers

const EVIL = [
  '<img src=x onerror="window.hacked = 1">', '<script>window.hacked = 1</script>', '"><svg onload=window.hacked=1>', '{{constructor.constructor("window.hacked=1")()}}',
  '</style><style>*{display:none}', '${window.hacked=1}', '&lt;b&gt;', '\u202Eabc\u2066def', 'javascript:window.hacked=1', 'x'.repeat(5_000), '\u0000\uFFFD\uD800', '__proto__', '{0}{1}{9}',
];
const LINKS = ['javascript:window.hacked=1', 'JaVaScRiPt:window.hacked=1', '\u0001javascript:alert(1)', ' javascript:alert(1)', 'java\nscript:window.hacked=1', 'data:text/html,<script>1</script>', 'vbscript:x', 'blob:x', 'file:///etc', '', 'about:blank', '//host', '/path', 'http://', null, {}];

test('nothing that anybody writes is markup or a script', async () => {
  for (const evil of EVIL) {
    const inline = [{ text: evil }, { strong: [{ text: evil }] }, { code: evil }, { link: evil, label: [{ text: evil }] }, { link: 'https://a.example/?' + evil, label: [{ text: evil }] }];
    const blocks = [{ p: inline }, { list: [inline], first: evil }, { quote: [{ p: inline }] }, { code: evil }, { unknown: evil }];
    const change = {
      who: { name: evil, kind: 'agent' }, typing: evil,
      rows: rows([
        message('agent', blocks, { name: evil, key: evil }), message('visitor', blocks, { state: 'failed', reason: evil, key: `2${evil}` }), message(evil, blocks, { name: evil, state: evil }),
        { kind: 'event', at: AT, event: evil, name: evil }, { kind: 'event', at: AT, event: 'joined', name: evil }, { kind: evil }, { kind: 'day', at: evil }, { kind: 'event', at: NaN, event: 'constructor', name: null },
      ]),
    };
    const labels = Object.fromEntries(['write', 'close', 'options', 'forget', 'send', 'emoji', 'smileys', 'you', 'failed', 'typing', 'joined'].map((word) => [word, evil]));
    const page = await site.opened({ options: { language: evil, labels, title: evil, greeting: evil, position: evil, theme: evil, draft: evil, label: evil, unreadLabel: evil }, change: { ...change, rows: [] } });
    await page.update(change);
    await page.evaluate(() => window.store.launcher.setUnread(1));
    await page.locator('[data-name=options]').click();
    const odd = await page.evaluate(() => {
      const elements = [...document.querySelectorAll('[data-alongside]')].flatMap((host) => [...host.shadowRoot.querySelectorAll('*')]);
      return elements.filter((element) => /^(script|img|iframe|object|embed|style|form|base|meta)$/.test(element.localName) || [...element.attributes].some(({ name }) => /^on|^src|^action|^formaction/.test(name))
        || (element.localName === 'a' && !/^https:\/\/a\.example\/\?/.test(element.href))).map((element) => element.outerHTML.slice(0, 200));
    });
    assert.deepEqual(odd, [], evil);
    assert.equal(await page.evaluate(() => window.hacked), undefined, evil);
    await close(page);
  }
});

test('links lead to pages, mail and telephones, in a tab of their own, and say where', async () => {
  const label = [{ text: 'label' }];
  const page = await site.opened({ change: { rows: rows(LINKS.map((link) => message('agent', [{ p: [{ link, label }] }]))) } });
  assert.equal(await page.locator('.bubble a').count(), 0);
  assert.equal(await page.locator('.bubble').filter({ hasText: 'label' }).count(), LINKS.length, 'the text is kept');
  const good = ['https://a.example/b', 'http://a.example/', 'mailto:a@b.example', 'tel:+81312345678'];
  const told = [['https://bank.example', 'https://evil.example/'], ['bank.example/login', 'https://evil.example/'], ['evil.example', 'https://evil.example/x'], ['bank', 'https://evil.example/']];
  await page.update({ rows: rows([message('agent', [{ p: good.map((link) => ({ link, label })) }, ...told.map(([text, link]) => ({ p: [{ link, label: [{ text }] }] }))], { key: 'good' })], `k${LINKS.length - 1}`) });
  const found = await page.locator('.bubble a').evaluateAll((all) => all.map(({ href, target, rel }) => [href, target, rel].join(' ')));
  assert.deepEqual(found.slice(0, 4), good.map((link) => `${link} _blank noopener noreferrer`));
  const texts = await page.locator('.bubble').last().locator('p').allInnerTexts();
  assert.deepEqual(texts.slice(1), ['https://bank.example (evil.example)', 'bank.example/login (evil.example)', 'evil.example', 'bank']);
  await close(page);
});

test('what cannot be drawn is a text, and takes nothing else with it', async () => {
  const video = (address) => ({ video: { title: 'Brewing', address } });
  const addresses = ['https://', 'https://[', 'https://a:99999/x'];
  const page = await site.opened({ change: { rows: [] } });
  await page.update({ rows: rows([
    message('agent', 'Before'), ...addresses.map((address) => message('agent', `At ${address}`, { rich: video(address) })), message('bot', 'Green,\nor black?', { rich: { choices: { choices: null } }, isOpen: true }),
    message('agent', 'After', { rich: video('https://v.example/1.mp4') }),
  ]) });
  await page.getByRole('button', { name: 'Play: Brewing' }).waitFor();
  assert.deepEqual(await page.locator('.bubble').allInnerTexts(), ['Before', ...addresses.map((address) => `At ${address}`), 'Green,\nor black?', 'After']);
  assert.equal(await page.getByRole('button', { name: 'Play: Brewing' }).count(), 1);
  assert.equal(await page.locator('.video .note').innerText(), 'v.example');
  await page.picture('not-drawn');
  // The next one is drawn, and so is the one that can be now.
  await page.update({ rows: [message('bot', 'Green, or black?', { rich: { choices: { choices: [{ label: 'Green' }] } }, isOpen: true, key: 'k4', after: 'k3' }), ...later('k5', 'And on')] });
  await page.getByRole('button', { name: 'Green' }).waitFor();
  await page.locator('textarea').fill('Still here');
  await page.keyboard.press('Enter');
  assert.deepEqual(await page.calls('say'), [['Still here']]);
  assert.ok(page.faults.every((fault) => fault.startsWith('[alongside] a message was not drawn')), page.faults.join('\n'));
  page.faults = [];
  await close(page);
});

test('what is nested without end is cut', async () => {
  let quote = p('deep');
  let strong = { text: 'deep' };
  for (let depth = 0; depth < 2_000; depth++) {
    quote = { quote: [quote] };
    strong = { strong: [strong] };
  }
  const page = await site.opened();
  await page.evaluate(([row]) => {
    let quote = { p: [] };
    let strong = { text: 'deep' };
    for (let depth = 0; depth < 2_000; depth++) {
      quote = { quote: [quote] };
      strong = { strong: [strong] };
    }
    window.store.update({ rows: [{ ...row, blocks: [quote, { p: [strong] }] }] });
  }, [message('agent', 'x', { key: 'deep', after: 'k8' })]);
  assert.ok((await page.locator('.row').last().locator('*').count()) < 80);
  await close(page);
});
