// Words that would be code where they are taken for it: through every field of both sides, into the messenger, the desk and transcripts.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as os from 'node:os';
import * as path from 'node:path';
import { after, before, test } from 'node:test';
import { accept, Agent, picture, until, World } from './harness.mjs';

/** Each would call `pwned` where it is taken for markup, an attribute, a template, an address or a style. */
const ATTACKS = [
  '<img src=x onerror=pwned(1)>',
  '"><script>pwned(2)</script>',
  "' onmouseover='pwned(3)' x='",
  '<svg/onload=pwned(4)>',
  'javascript:pwned(5)',
  '{{constructor.constructor("pwned(6)")()}}',
  '</style><style>*{background:url(https://evil.example/7)}</style>',
  '<iframe srcdoc="<script>parent.pwned(8)</script>">',
  '\u202Egnp.exe',
  '<a href="data:text/html,<script>pwned(9)</script>">x</a>',
  '<math><mtext></form><form><mglyph><style></math><img src onerror=pwned(10)>',
];
const all = ATTACKS.join(' ');
const short = (index) => ATTACKS[index % ATTACKS.length];

let world;
let bot;
let folder;
/** What the bot says next. */
let turns = [];

before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'alongside-words-'));
  fs.writeFileSync(path.join(folder, 'secret'), 'a secret of some length');
  bot = http.createServer((_request, response) => response.end(JSON.stringify(turns.shift() ?? {})));
  await new Promise((resolve) => bot.listen(0, 'localhost', resolve));
  world = await World.begin({
    site: {
      pages: { 'index.html': '<!doctype html><html lang="en"><meta charset="utf-8"><title>A shop</title><link rel="icon" href="data:,"><script>window.pwned = (n) => { (window.hits ??= []).push(n); };</script><main><h1>A shop</h1></main></html>' },
      attributes: { 'data-launcher': 'always', 'data-title': short(0), 'data-greeting': all },
    },
    flags: ['--bot', `http://localhost:${bot.address().port}/`, '--bot-secret-file', path.join(folder, 'secret'), '--bot-name', short(1)],
  });
});
/** What the hub calls its agent; until he has a page for it, his name is an operator's to write. */
function rename(name) {
  const quoted = `'${name.replaceAll("'", "''")}'`;
  world.sql(`UPDATE agent SET name = ${quoted}`);
}

after(async () => {
  await world.end();
  bot.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const choices = (label) => ({ choices: { choices: [{ label, value: label, description: label }], style: 'list' } });
const OFFERS = [
  { text: all, rich: choices(short(0)) },
  { text: all, rich: { cards: { cards: ATTACKS.map((title, index) => ({ title, text: short(index + 1), imageText: short(index + 2), image: `https://evil.example/${encodeURIComponent(short(index))}.png`, buttons: [{ label: short(index + 3), value: title }, { label: title, link: `https://evil.example/?${encodeURIComponent(title)}` }] })) } } },
  { text: all, rich: { form: { title: short(3), submit: short(4), fields: [
    { name: '__proto__', label: short(5), kind: 'text', autocomplete: short(6) },
    { name: 'constructor', label: short(2), kind: 'choice', choices: ATTACKS.map((label) => ({ label, value: label })) },
    ...ATTACKS.map((label, index) => ({ name: `field ${index} ${label}`, label, kind: 'check' })),
  ] } } },
  { text: all, rich: { video: { title: short(7), address: 'https://evil.example/1.mp4' } } },
];

/** What an attack would leave behind, in a page and all that the SDK draws in it. */
async function traces(page) {
  return page.evaluate(() => {
    const found = [...(window.hits ?? [])];
    const visit = (root) => {
      for (const element of root.querySelectorAll('*')) {
        const handlers = element.getAttributeNames().filter((name) => name.startsWith('on') || name === 'srcdoc');
        if (handlers.length > 0) found.push(`${element.localName} ${handlers}`);
        const address = element.getAttribute('href') ?? element.getAttribute('src') ?? '';
        if (/^\s*(javascript|data:text)/i.test(address)) found.push(`${element.localName} ${address}`);
        if (element.localName === 'iframe' || element.localName === 'object' || element.localName === 'math') found.push(element.localName);
        if (element.shadowRoot) visit(element.shadowRoot);
      }
    };
    visit(document);
    return found;
  });
}

/** Tells what a page asks other hosts for, and what it refused. */
function watch(page) {
  const problems = [];
  page.on('request', (request) => {
    // A card's picture is asked for: its address is the bot's to choose, and holds no words unescaped.
    if (request.url().includes('evil.example') && !(request.resourceType() === 'image' && request.url().includes('.png'))) problems.push(request.url());
  });
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  return problems;
}

test('words in every field are words, at the visitor, at the agent and in transcripts', async () => {
  const { context, page } = await world.guest();
  const problems = watch(page);
  const field = page.locator('[part~=composer] textarea');
  await page.locator('[part~=launcher]').click();
  await page.getByText(ATTACKS[0], { exact: false }).first().waitFor();
  for (const [index, offer] of OFFERS.entries()) {
    turns = [{ say: [offer], collected: { [short(index)]: all, __proto__: all } }];
    await field.fill(`${index} ${all}`);
    await field.press('Enter');
    await until(`offer ${index} is there`, async () => (await page.locator('[part~=bubble]').count()) >= 2 * (index + 1));
    await page.waitForTimeout(300);
    await picture(page, `messenger/hostile-words-${index}`);
    assert.deepEqual(await traces(page), []);
  }
  // What a file is called, its sender says.
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.locator('[data-name=attach]').click()]);
  const named = path.join(folder, `${short(0)}.txt`);
  fs.writeFileSync(named, 'hello');
  await chooser.setFiles(named);
  await page.locator('[part~=bubble]', { hasText: '.txt' }).last().locator('a').waitFor();
  turns = [{ say: [{ text: 'I get somebody.' }], then: 'handsOver' }];
  await field.fill('please');
  await field.press('Enter');

  const desk = await world.desk();
  const atDesk = watch(desk);
  await desk.evaluate(() => { window.pwned = (n) => { (window.hits ??= []).push(n); }; });
  await desk.getByRole('button', { name: 'Accept' }).click();
  await desk.locator('.bubble', { hasText: 'please' }).waitFor();
  await desk.waitForTimeout(500);
  await picture(desk, 'messenger/hostile-words-desk');
  assert.deepEqual(await traces(desk), []);
  await desk.locator('.composer textarea').fill(all);
  await desk.locator('.composer textarea').press('Enter');
  await desk.locator('.bubble', { hasText: 'pwned(10)' }).last().waitFor();
  await page.locator('[part~=bubble]', { hasText: 'pwned(10)' }).last().waitFor();
  assert.deepEqual(await traces(page), []);
  assert.deepEqual(await traces(desk), []);

  await desk.locator('.bubble a', { hasText: '.txt' }).first().waitFor();

  await page.locator('[data-name=options]').click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('[data-name=transcript]').click()]);
  assert.ok(download.suggestedFilename().endsWith('.txt'));
  const file = fs.readFileSync(await download.path(), 'utf8');
  for (const attack of ATTACKS) assert.ok(file.includes(attack), attack);
  assert.deepEqual([problems, atDesk], [[], []]);
  await context.close();
  await desk.context().close();
});

test("an agent's own name is a name, wherever it stands", async () => {
  rename(all);
  const { context, page } = await world.guest();
  const problems = watch(page);
  await page.locator('[part~=launcher]').click();
  turns = [{ say: [{ text: 'I get somebody.' }], then: 'handsOver' }];
  await page.locator('[part~=composer] textarea').fill('who is there?');
  await page.locator('[part~=composer] textarea').press('Enter');
  const desk = await world.desk();
  const atDesk = watch(desk);
  await desk.evaluate(() => { window.pwned = (n) => { (window.hits ??= []).push(n); }; });
  await desk.getByRole('button', { name: 'Accept' }).click();
  await desk.locator('.bubble', { hasText: 'who is there?' }).waitFor();
  await desk.locator('.composer textarea').fill('It is me.');
  await desk.locator('.composer textarea').press('Enter');
  await page.locator('[part~=bubble]', { hasText: 'It is me.' }).waitFor();
  await page.locator('[part~=title]', { hasText: 'pwned(1)' }).waitFor();
  await picture(page, 'messenger/hostile-name');
  // In a shared session it stands in a dialog, in a bar and at his pointer.
  await desk.getByRole('button', { name: /see .*page/i }).click();
  await page.locator('[data-name=accept]').waitFor();
  assert.deepEqual(await traces(page), []);
  await accept(page);
  await new Agent(desk).isLive();
  await new Agent(desk).point('h1');
  await page.locator('.label', { hasText: 'onerror' }).or(page.getByText('pwned(1)').last()).first().waitFor();
  await picture(page, 'messenger/hostile-name-shared');
  await picture(desk, 'messenger/hostile-name-desk');
  // The desk's stage is a frame of its own, with nothing in it but what is allowed.
  assert.deepEqual((await traces(desk)).filter((found) => found !== 'iframe'), []);
  assert.deepEqual(await traces(page), []);
  assert.deepEqual([problems, atDesk], [[], []]);
  await context.close();
  await desk.context().close();
});
