// What the hub says of conversations in the panel: when somebody is there, what is asked before and after, what a link leads to. Its store
// is the test.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { until } from './harness.mjs';
import { AT, close, message, p, rows, settled, Site, TALK } from './messenger-page.mjs';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PIXEL = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

let site;
before(async () => (site = await Site.begin()));
after(() => site.end());

const HOUR = 3_600_000;
const NOBODY = { stage: 'none', who: null };
const FORM = {
  form: {
    title: 'Tell us about you',
    fields: [
      { name: 'name', label: 'Name', kind: 'text', autocomplete: 'name' },
      { name: 'email', label: 'E-mail', kind: 'email', required: true, autocomplete: 'email' },
      { name: 'topic', label: 'About', kind: 'choice', choices: [{ label: 'An order', value: 'order' }, { label: 'Tea' }] },
      { name: 'news', label: 'Send me news', kind: 'check' },
    ],
  },
};
const AWAY = { isOpen: false, opensAt: AT + 19 * HOUR };
const ended = (after) => rows([{ kind: 'event', at: AT, event: 'ended', name: null, key: 'e1' }, { kind: 'rate', best: 5, key: 'rate' }], after);
const RATE = ended('k8');
const LINK = { address: 'https://tea.example/uji', title: 'Uji, where sencha comes from', text: 'The slopes, the mist, the hands.', site: 'Tea & Co', image: PIXEL, width: 1_200, height: 630 };

const clock = (page) => page.clock.setFixedTime(AT + 60_000);

async function check(page, name) {
  await settled(page);
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run({ include: [['[data-alongside=hide]']] }, { resultTypes: ['violations'] }));
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html, failureSummary }) => [html, failureSummary])]), [], name);
  await page.picture(name);
}

const VARIANTS = {
  en: {}, dark: { context: { colorScheme: 'dark' } }, phone: { context: { viewport: { width: 360, height: 720 } } }, rtl: { attributes: 'lang="ar" dir="rtl"' },
  ja: { attributes: 'lang="ja"', context: { locale: 'ja-JP' } }, ko: { attributes: 'lang="ko"', context: { locale: 'ko-KR' } },
};

for (const [name, options] of Object.entries(VARIANTS)) {
  test(`hours, form, survey and link look well and are accessible, ${name}`, async () => {
    const page = await site.page({ images: 'data:', ...options, before: clock });
    await page.update({ ...NOBODY, ...AWAY, keptDays: 30, preChat: FORM });
    await page.launch();
    await page.locator('form').waitFor();
    await check(page, `terms-empty-${name}`);
    const said = rows([message('agent', [{ p: [{ text: 'Here it is: ' }, { link: LINK.address, label: [{ text: 'tea.example/uji' }] }] }], { key: 'l1', link: LINK })], 'k8');
    await page.update({ stage: 'ended', ...AWAY, preChat: null, rows: [...TALK, ...said, ...ended('l1')] });
    await page.locator('.survey').waitFor();
    await page.locator('.star').nth(3).click();
    await check(page, `terms-survey-${name}`);
    await page.update({ gone: ['rate'], rows: rows([message('visitor', 'Quick and kind.', { key: 'r1', score: 4, state: 'sent' })], 'e1') });
    await page.locator('.score').waitFor();
    await check(page, `terms-rated-${name}`);
    await close(page);
  });
}

test('when nobody is there it says when somebody is again, in the zone of the visitor', async () => {
  for (const [opensAt, context, attributes, expected] of [
    [AT + 2 * HOUR, {}, 'lang="en"', 'We are back at 16:05.'],
    [AT + 19 * HOUR, {}, 'lang="en"', 'We are back tomorrow at 9:05.'],
    [AT + 2 * HOUR, { timezoneId: 'America/New_York' }, 'lang="en"', 'We are back at 2:05.'],
    [AT + 2 * 24 * HOUR, {}, 'lang="en"', 'We are back on Monday at 14:05.'],
    [AT + 9 * 24 * HOUR, {}, 'lang="en"', 'We are back on Monday 30 November at 14:05.'],
    [null, {}, 'lang="en"', 'We are away at the moment.'],
    [AT + 19 * HOUR, { locale: 'ja-JP' }, 'lang="ja"', '明日 9:05 に再開します。'],
    [AT + 19 * HOUR, { locale: 'ko-KR' }, 'lang="ko"', '내일 오전 9:05에 다시 시작합니다.'],
  ]) {
    const page = await site.opened({ before: clock, context, attributes, change: { ...NOBODY, isOpen: false, opensAt } });
    assert.equal((await page.locator('[part=status]').innerText()).replace(/\u202f/g, ' '), expected);
    assert.ok((await page.locator('.hints').innerText()).replace(/\u202f/g, ' ').startsWith(expected));
    await page.update({ stage: 'waiting', place: 1, rows: TALK.slice(0, 3) });
    assert.ok((await page.locator('[part=banner]').innerText()).replace(/\u202f/g, ' ').startsWith(expected), 'also who waits');
    await page.update({ isOpen: true, opensAt: null });
    assert.doesNotMatch(await page.locator('.panel').innerText(), /back|away|再開|다시 시작/);
    await close(page);
  }
});

test('a time that has come is not told any more', async () => {
  const page = await site.opened({ before: clock, change: { ...NOBODY, isOpen: false, opensAt: AT } });
  assert.equal(await page.locator('[part=status]').innerText(), 'Ask us anything');
  await close(page);
});

test('how long messages are kept is said before the first', async () => {
  const page = await site.opened({ change: { ...NOBODY, keptDays: 1 } });
  assert.equal(await page.locator('.hints').innerText(), 'Messages are deleted after 1 day.');
  await page.update({ keptDays: 30 });
  assert.equal(await page.locator('.hints').innerText(), 'Messages are deleted after 30 days.');
  await page.update({ rows: TALK });
  assert.equal(await page.locator('.hints').count(), 0);
  await close(page);
});

test('what is asked before a conversation is filled in before anything is sent, and kept', async () => {
  const page = await site.opened({ change: { ...NOBODY, preChat: FORM }, options: { filled: { name: 'Aoi', news: 'Yes', unknown: 'x' } } });
  await page.locator('form').waitFor();
  const field = (label) => page.locator('form').getByLabel(label, { exact: false });
  assert.equal(await field('Name').inputValue(), 'Aoi', 'from the page before');
  assert.equal(await field('Send me news').isChecked(), true);
  await page.locator('textarea').fill('Hello');
  await page.locator('textarea').press('Enter');
  assert.deepEqual(await page.calls('say'), []);
  assert.equal(await page.evaluate(() => window.store.surface.root.activeElement.type), 'email', 'what is missing gets the focus');
  await until('it is said', async () => (await page.said()).includes('Fill in the form first.'));
  await page.keyboard.type('not an address');
  await page.locator('[data-name=send]').click();
  assert.deepEqual(await page.calls('say'), [], 'an address is one');
  await field('E-mail').fill('aoi@shop.example');
  await field('About').selectOption('order');
  const calls = await page.calls('filled');
  assert.deepEqual(calls.at(-1), [{ name: 'Aoi', email: 'aoi@shop.example', topic: 'order', news: 'Yes' }]);
  await field('E-mail').press('Enter');
  assert.equal(await page.evaluate(() => window.store.surface.root.activeElement.getAttribute('data-name')), 'composer');
  await page.keyboard.press('Enter');
  assert.deepEqual(await page.calls('say'), [['Hello']]);
  await page.update({ stage: 'waiting', preChat: null, rows: TALK.slice(0, 2) });
  assert.equal(await page.locator('form').count(), 0);
  await close(page);
});

test('what is written while the form is on its way waits for it', async () => {
  let heal;
  const healed = new Promise((resolve) => (heal = resolve));
  const page = await site.page({ before: (page) => page.route('**/js/extras.js*', (route) => healed.then(() => route.continue())) });
  await page.update({ ...NOBODY, preChat: FORM });
  await page.launch();
  await page.locator('textarea').fill('Hel');
  await page.keyboard.press('Enter');
  await page.locator('textarea').pressSequentially('lo');
  assert.deepEqual(await page.calls('say'), []);
  heal();
  await until('it is said', async () => (await page.said()).includes('Fill in the form first.'));
  assert.deepEqual(await page.calls('say'), [], 'the form is first');
  await page.locator('form').getByLabel('E-mail').fill('aoi@shop.example');
  await page.locator('[data-name=send]').click();
  assert.deepEqual(await page.calls('say'), [['Hello']]);
  await close(page);
});

test('what is written while a form is on its way goes once it is known that nothing must be filled in, or that it does not come', async () => {
  const optional = { form: { fields: [{ name: 'name', label: 'Name', kind: 'text' }] } };
  for (const [form, ends] of [[optional, (route) => route.continue()], [FORM, (route) => route.abort()]]) {
    let end;
    const ended = new Promise((resolve) => (end = resolve));
    const page = await site.page({ before: (page) => page.route('**/js/extras.js*', (route) => ended.then(() => ends(route))) });
    await page.update({ ...NOBODY, preChat: form });
    await page.launch();
    await page.locator('textarea').fill('Hello');
    await page.keyboard.press('Enter');
    await settled(page);
    assert.deepEqual(await page.calls('say'), []);
    end();
    await until('it goes', async () => (await page.calls('say')).length > 0);
    assert.deepEqual(await page.calls('say'), [['Hello']]);
    assert.equal(await page.locator('textarea').inputValue(), '');
    page.faults = page.faults.filter((fault) => !/ERR_FAILED|Failed to load/.test(fault));
    await close(page);
  }
});

test('a file that is chosen while the form is on its way goes after it', async () => {
  let heal;
  const healed = new Promise((resolve) => (heal = resolve));
  const page = await site.page({ before: (page) => page.route('**/js/extras.js*', (route) => healed.then(() => route.continue())) });
  await page.update({ ...NOBODY, preChat: { form: { fields: [{ name: 'name', label: 'Name', kind: 'text' }] } } });
  await page.launch();
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.locator('[data-name=attach]').click()]);
  await chooser.setFiles(import.meta.filename);
  await settled(page);
  assert.equal((await page.calls('attach')).length, 0);
  heal();
  await until('it goes', async () => (await page.calls('attach')).length > 0);
  await page.locator('form').waitFor();
  await close(page);
});

test('a form in which nothing must be filled in holds nobody back', async () => {
  const optional = { form: { fields: [{ name: 'name', label: 'Name', kind: 'text' }] } };
  const page = await site.opened({ change: { ...NOBODY, preChat: optional } });
  await page.getByText('Before we begin').waitFor();
  await page.locator('.composer textarea').fill('Hello');
  await page.keyboard.press('Enter');
  assert.deepEqual(await page.calls('say'), [['Hello']]);
  await close(page);
});

test('after an end it is asked again only once he writes', async () => {
  const page = await site.opened({ change: { stage: 'ended', rows: TALK, preChat: FORM } });
  await settled(page);
  assert.equal(await page.locator('form').count(), 0);
  await page.locator('textarea').fill('O');
  await page.locator('form').waitFor();
  assert.equal(await page.evaluate(() => window.store.surface.root.activeElement.getAttribute('data-name')), 'composer', 'he writes on');
  await page.locator('form').getByLabel('Name').fill('Aoi');
  await page.update({ isOpen: true });
  assert.equal(await page.locator('form').getByLabel('Name').inputValue(), 'Aoi', 'what is filled in stays');
  await close(page);
});

test('where the form does not come, one can write all the same', async () => {
  const page = await site.page({ before: (page) => page.route('**/js/extras.js*', (route) => route.abort()) });
  await page.update({ ...NOBODY, preChat: FORM });
  await page.launch();
  await page.locator('[part=banner]').waitFor();
  await page.locator('textarea').fill('Hello');
  await page.keyboard.press('Enter');
  assert.deepEqual(await page.calls('say'), [['Hello']]);
  page.faults = page.faults.filter((fault) => !/ERR_FAILED|Failed to load/.test(fault));
  await close(page);
});

test('a conversation is rated by keyboard, with words or without', async () => {
  const page = await site.opened({ change: { stage: 'ended', rows: TALK } });
  await page.update({ rows: RATE });
  const group = page.getByRole('group', { name: 'How was this conversation?' });
  await group.waitFor();
  await until('it is read out', async () => (await page.said()).includes('How was this conversation?'));
  assert.equal(await page.getByRole('button', { name: 'Send', exact: true }).count(), 1, 'there is nothing to send yet but a message');
  await page.getByRole('radio').first().focus();
  for (const key of ['Space', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
  assert.equal(await page.getByRole('radio', { name: '3 of 5 stars' }).isChecked(), true);
  assert.equal(await page.locator('.star[data-lit]').count(), 3);
  await page.update({ rows: RATE, unread: 0 });
  assert.equal(await page.getByRole('radio', { name: '3 of 5 stars' }).isChecked(), true, 'what he has begun stays');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Slow, but kind.');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  assert.deepEqual(await page.calls('rate'), [[3, 'Slow, but kind.']]);
  assert.deepEqual(await page.calls('say'), []);
  await page.update({ gone: ['rate'], rows: rows([message('visitor', [], { key: 'r1', score: 3, state: 'queued' })], 'e1') });
  assert.match(await page.locator('.row').last().innerText(), /Your rating\s+★★★☆☆\s+Thank you/);
  await page.evaluate(() => window.store.surface.root.querySelector('.row .score').click());
  await close(page);
});

test('a script of the page rates nothing', async () => {
  const page = await site.opened({ change: { stage: 'ended', rows: [...TALK, ...RATE] } });
  await page.locator('.survey').waitFor();
  await page.evaluate(() => {
    const { root } = window.store.surface;
    root.querySelectorAll('.star input')[4].click();
    root.querySelector('[data-name=rate]').click();
    root.querySelector('.survey').requestSubmit();
  });
  assert.deepEqual(await page.calls('rate'), []);
  await close(page);
});

test('what a link leads to stands below it: safely, and in a place that is known', async () => {
  const page = await site.page({ images: 'data:' });
  await page.update({ rows: rows([
    message('agent', 'One', { link: LINK }),
    message('agent', 'Two', { link: { ...LINK, image: undefined, site: 'paypal.example', text: undefined } }),
    message('agent', 'Three', { link: { ...LINK, address: 'javascript:alert(1)' } }),
    message('agent', 'Four', { link: { ...LINK, address: 'ftp://tea.example' } }),
    message('agent', 'Five', { link: { ...LINK, width: 600, height: 6_000 } }),
    message('agent', 'Six', { link: { ...LINK, image: 'data:image/png;base64,AAAA' } }),
  ]) });
  await page.launch();
  const card = (at) => page.locator('.list .row').nth(at).locator('.link-card');
  await card(0).waitFor();
  assert.deepEqual(await card(0).evaluate((link) => [link.href, link.target, link.rel]), [LINK.address, '_blank', 'noopener noreferrer']);
  assert.match(await card(0).innerText(), /Uji, where sencha comes from\s+The slopes, the mist, the hands\.\s+Tea & Co · tea\.example/);
  const { width, height } = await card(0).locator('img').boundingBox();
  assert.ok(Math.abs(width / height - 1_200 / 630) < 0.05, `${width} x ${height}`);
  assert.match(await card(1).innerText(), /tea\.example/, 'whatever it calls itself');
  assert.equal(await card(1).locator('img').count(), 0);
  assert.equal(await card(2).count() + (await card(3).count()), 0);
  const tall = await card(4).locator('img').boundingBox();
  assert.ok(tall.height <= tall.width * 0.76);
  await until('what is no picture goes', async () => (await card(5).locator('img').count()) === 0);
  page.faults = page.faults.filter((fault) => !/ERR_INVALID_URL|Failed to load resource/.test(fault));
  await close(page);
});

test('the row of a link that comes later is the same element', async () => {
  const page = await site.opened({ images: 'data:', change: { rows: rows([message('agent', 'One', { key: 'l1' })]) } });
  await page.evaluate(() => (window.was = window.store.surface.root.querySelector('.bubble')));
  await page.update({ rows: rows([message('agent', 'One', { key: 'l1', link: LINK })]) });
  await page.locator('.link-card').waitFor();
  assert.equal(await page.evaluate(() => window.was === window.store.surface.root.querySelector('.bubble')), true);
  const below = await page.locator('.scroller').evaluate(({ scrollTop, scrollHeight, clientHeight }) => scrollHeight - clientHeight - scrollTop);
  assert.ok(below <= 1, 'the end stays in view');
  await close(page);
});
