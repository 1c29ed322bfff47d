// What a visitor sees of a shared page and does in it. The hub is the test: it tells the page what a hub would tell, and looks at what it relays.

import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { picture, until } from './harness.mjs';
import { accept, AOI, Guest, isOnline, offered, session, SESSION } from './guest.mjs';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let guest;
before(async () => (guest = await Guest.begin()));
after(() => guest.end());

const isSeen = (page) => page.evaluate(() => {
  const root = document.querySelector('[data-alongside=hide]')?.shadowRoot;
  const shown = (selector) => root?.querySelector(selector)?.checkVisibility({ visibilityProperty: true, opacityProperty: true }) ?? false;
  return [shown('.state[data-state=sharing]'), shown('.seen')];
});
const state = (page) => page.locator('.bar .state').getAttribute('data-state');
const hosts = (page) => page.locator('[data-alongside=hide]').count();
const ask = { agent: 1, capability: 'control' };
/** Longer than buttons that appear take no click. */
const read = (page) => page.waitForTimeout(450);

async function close(page) {
  assert.deepEqual(page.faults.filter((fault) => !/favicon|404/.test(fault)), []);
  await page.context().close();
}

test('nothing is on the page before somebody asks', async () => {
  const page = await guest.page();
  assert.equal(await hosts(page), 0);
  await page.tell(offered());
  await page.getByRole('heading', { name: 'would like to see this page' }).waitFor();
  assert.equal(await page.locator('html > [data-alongside=hide]').count(), 1);
  await page.tell(session({ stage: 'ended', reason: 'withdrawn' }));
  await until('it is gone', async () => (await hosts(page)) === 0);
  await close(page);
});

test('who accepts is seen; who declines is not', async () => {
  const page = await guest.page();
  await page.tell(offered());
  await accept(page);
  const [answer] = await page.sent('answer');
  assert.equal(answer.session, SESSION);
  assert.match(answer.key, /^[0-9a-f]{32}$/);
  assert.equal(await page.pieces(), 0, 'nothing is told before there is a session');
  await page.tell(session());
  assert.equal(await state(page), 'waiting');
  await page.tell({ followed: { desks: 1 } });
  await page.getByText('sees this page').first().waitFor();
  assert.ok((await page.pieces()) > 0);
  await close(page);

  const other = await guest.page();
  await other.tell(offered());
  await read(other);
  await other.getByRole('button', { name: 'Decline' }).click();
  assert.deepEqual(await other.sent('answer'), [{ session: SESSION }]);
  assert.equal(await hosts(other), 0);
  await close(other);
});

test('by keyboard: Tab and Enter answer, Esc declines, and a key that was meant for the page does neither', async () => {
  const page = await guest.page();
  await page.locator('#name').focus();
  await page.atOnce(async () => {
    await page.tell(offered());
    await page.locator('dialog').waitFor();
    for (const key of ['Enter', 'Space', 'Escape']) await page.keyboard.press(key);
  });
  assert.deepEqual(await page.sent('answer'), [], 'nobody has read it yet');
  await read(page);
  await page.keyboard.press('Escape');
  assert.deepEqual(await page.sent('answer'), [{ session: SESSION }]);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'name', 'the focus is back');
  await page.tell(offered());
  await read(page);
  for (let tabs = 0; tabs < 3; tabs++) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  assert.ok((await page.sent('answer'))[1].key);
  await close(page);
});

test('a click that a script makes, or that comes at once, is none', async () => {
  const page = await guest.page();
  await page.atOnce(async () => {
    await page.tell(offered());
    await page.locator('[data-name=accept]').click();
  });
  await read(page);
  await page.evaluate(() => document.querySelector('[data-alongside=hide]').shadowRoot.querySelector('[data-name=accept]').click());
  assert.deepEqual(await page.sent('answer'), []);
  await accept(page);
  await page.atOnce(async () => {
    await page.tell(session({ request: ask }));
    await page.locator('[data-name=allow]').click();
  });
  assert.deepEqual(await page.sent('decide'), []);
  await read(page);
  await page.locator('[data-name=allow]').click();
  // What acts is fetched first.
  await until('the answer is sent', async () => (await page.sent('decide')).length > 0);
  assert.deepEqual(await page.sent('decide'), [{ agent: 1, capability: 'control', granted: true }]);
  await close(page);
});

test('the preview shows what is masked as agents see it, and sends nothing', async () => {
  const page = await guest.page();
  await page.tell(offered());
  await page.getByRole('button', { name: 'Show what my helper sees' }).click();
  const replica = page.frameLocator('iframe[title="What your helper sees"]');
  await replica.getByText('A quiet shop').waitFor();
  assert.equal(await replica.getByText('A secret of mine').count(), 0);
  assert.equal(await page.locator('iframe[title="What your helper sees"]').getAttribute('sandbox'), 'allow-same-origin');
  assert.deepEqual(await page.sent('mirror'), []);
  await read(page);
  await page.getByRole('button', { name: 'Decline' }).click();
  assert.equal(await hosts(page), 0);
  await close(page);
});

test('of a page that nobody is to see nothing is told, also where something else is masked there', async () => {
  const page = await guest.live({ options: { cobrowse: { pausePages: ['starts /private'] } } });
  const pieces = await page.pieces();
  await page.tell({ masking: { private: false, rules: [{ mark: 'mask', selector: 'h1' }, { mark: 'mask', selector: 'main', page: 'starts /private' }] } });
  await until('the page is told anew', async () => (await page.pieces()) > pieces);
  const before = await page.evaluate(() => {
    const count = window.hub.sent.filter((body) => body.mirror).length;
    history.pushState(null, '', '/private');
    document.querySelector('h1').textContent = 'Not for agents';
    return count;
  });
  await page.locator('.state[data-state=private]').waitFor();
  await page.waitForTimeout(700);
  assert.equal(await page.pieces(), before);
  await close(page);
});

test('"sees this page" is shown if and only if the page is told, whatever happens', async () => {
  const page = await guest.live();
  let seed = 20_261_121;
  const next = (below) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const told = { paused: false, desks: 1 };
  const button = async (name) => {
    const found = page.locator(`.bar [data-name=${name}]`);
    if (await found.isVisible()) await found.click();
  };
  const steps = {
    follow: () => page.tell({ followed: { desks: (told.desks = 1 + next(2)) } }),
    unfollow: () => page.tell({ followed: { desks: (told.desks = 0) } }),
    pause: () => button('pause'),
    resume: () => button('pause'),
    session: () => page.tell(session({ agents: [AOI, { number: 2, name: 'Ren', silent: true }].slice(0, 1 + next(2)), paused: next(2) === 1 })),
    cut: () => page.evaluate(() => { window.hub.isCut = true; window.hub.cut(); }),
    back: async () => {
      const isCut = await page.evaluate(() => { const was = window.hub.isCut; window.hub.isCut = false; return was; });
      if (!isCut) return;
      await isOnline(page);
      await page.tell(session());
    },
    refresh: () => page.tell({ refresh: {} }),
    request: () => page.tell(session({ request: ask })),
    escape: () => page.keyboard.press('Escape'),
    end: async () => {
      await button('end');
      await page.tell(session({ stage: 'ended', reason: 'visitor' }));
      if (await page.evaluate(() => window.hub.isCut)) return;
      const answers = (await page.sent('answer')).length;
      await page.tell(offered());
      await read(page);
      if (!(await page.locator('[data-name=accept]').isVisible())) return;
      await page.locator('[data-name=accept]').click();
      await until('it is answered', async () => (await page.sent('answer')).length > answers);
      await page.tell(session());
    },
  };
  const names = Object.keys(steps);
  const met = { seen: 0, unseen: 0 };
  for (let count = 0; count < 60; count++) {
    const isCut = await page.evaluate(() => window.hub.isCut);
    const name = next(3) === 0 ? (isCut ? 'back' : 'follow') : names[next(names.length)];
    const before = await page.pieces();
    await steps[name]();
    await page.waitForTimeout(30);
    const [isNamed, isFramed] = await isSeen(page);
    assert.equal(isNamed, isFramed);
    if ((await page.pieces()) > before && name !== 'end') assert.ok(isNamed || ['unfollow', 'pause', 'resume', 'cut'].includes(name), `${name}: told and not shown`);
    const still = await page.pieces();
    await page.evaluate((count) => (document.querySelector('h1').textContent = `A quiet shop ${count}`), count);
    if (isNamed) await until(`${name}: it is told`, async () => (await page.pieces()) > still, 2_000);
    else {
      await page.waitForTimeout(120);
      assert.equal(await page.pieces(), still, `${name}: not shown and told`);
    }
    assert.deepEqual(await isSeen(page), [isNamed, isNamed], 'nothing has changed meanwhile');
    met[isNamed ? 'seen' : 'unseen'] += 1;
  }
  assert.equal(await page.evaluate(() => window.hub.unseen), 0, 'no part was told in a moment in which it was not shown');
  assert.ok(met.seen > 10 && met.unseen > 10, `both were met: ${met.seen} and ${met.unseen} times`);
  await page.context().close();
});

test('what is asked for is named with its limits; what was granted can be taken back by Esc, and by a button', async () => {
  const page = await guest.live();
  await page.tell(session({ request: { ...ask, within: 12, uses: 2, seconds: 120 } }));
  const card = page.getByRole('dialog', { name: 'asks to click and type on this page' });
  for (const text of ['Only in the marked area', 'Times: 2', 'For 2 minutes']) await card.getByText(text).waitFor();
  await page.locator('.light[data-kind=scope]').waitFor();
  await read(page);
  await card.getByRole('button', { name: 'Allow', exact: true }).click();
  await page.getByText('can click and type · in the marked area · 2×').waitFor();
  await page.locator('body').press('Escape');
  assert.deepEqual(await page.sent('revoke'), [{}]);
  assert.equal(await page.locator('.granted').count(), 0);
  assert.equal(await state(page), 'sharing', 'he still looks on');
  await page.tell(session({ request: { agent: 1, capability: 'navigation' } }));
  await read(page);
  await page.getByRole('button', { name: 'Allow', exact: true }).click();
  await page.getByRole('button', { name: 'Take back control' }).click();
  assert.equal((await page.sent('revoke')).length, 2);
  await page.tell(session({ request: { ...ask, proposes: true } }));
  await read(page);
  await page.getByRole('button', { name: 'Do not allow' }).click();
  assert.deepEqual((await page.sent('decide')).at(-1), { agent: 1, capability: 'control', granted: false });
  await close(page);
});

test('Esc within a frame of the page takes control back, too', async () => {
  const page = await guest.live({ html: '<h1>Frames</h1><iframe srcdoc="<input id=inner>" style="width: 300px; height: 100px"></iframe>' });
  await page.tell(session({ request: ask }));
  await read(page);
  await page.locator('[data-name=allow]').click();
  await page.frameLocator('iframe').locator('#inner').click();
  await page.keyboard.press('Escape');
  await until('it is taken back', async () => (await page.sent('revoke')).length === 1);
  await close(page);
});

test('Esc twice pauses: nothing is told until the visitor goes on', async () => {
  const page = await guest.live();
  await page.locator('body').press('Escape');
  await page.locator('body').press('Escape');
  assert.deepEqual(await page.sent('pause'), [{ paused: true }]);
  await page.getByText('Paused: nobody sees this page').first().waitFor();
  const before = await page.pieces();
  await page.evaluate(() => document.querySelector('h1').append('only for me'));
  await page.waitForTimeout(200);
  assert.equal(await page.pieces(), before);
  await page.getByRole('button', { name: 'Resume' }).click();
  await until('it is told again', async () => (await page.pieces()) > before);
  assert.equal(await state(page), 'sharing');
  await close(page);
});

test('F8 leads to the bar and back; the bar goes where the arrow keys send it', async () => {
  const page = await guest.live();
  await page.locator('#buy').focus();
  await page.keyboard.press('F8');
  await page.keyboard.press('Shift+Tab');
  for (const key of ['ArrowUp', 'ArrowLeft']) await page.keyboard.press(key);
  assert.equal(await page.locator('.dock').getAttribute('data-place'), 'top-left');
  const { x, y } = await page.locator('.bar').boundingBox();
  assert.ok(x < 20 && y < 20);
  await page.keyboard.press('F8');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'buy');
  const grip = await page.locator('.grip').boundingBox();
  await page.mouse.move(grip.x + 5, grip.y + 5);
  await page.mouse.down();
  await page.mouse.move(900, 600, { steps: 4 });
  await page.mouse.up();
  assert.equal(await page.locator('.dock').getAttribute('data-place'), 'bottom-right');
  await close(page);
});

test('each change is read out', async () => {
  const page = await guest.live();
  const polite = page.locator('[aria-live=polite]');
  const loud = page.locator('[aria-live=assertive]');
  const heard = (place, text) => until(`"${text}" is read out`, async () => (await place.textContent()).includes(text));
  await heard(polite, 'sees this page');
  await page.tell(session({ request: ask }));
  await heard(loud, 'asks to click and type');
  await read(page);
  await page.locator('[data-name=allow]').click();
  await heard(loud, 'can click and type');
  await page.locator('body').press('Escape');
  await heard(loud, 'The permission has ended');
  await page.tell(session({ endsIn: 20_000 }));
  await heard(loud, 'sharing ends in 0:20');
  await page.getByRole('button', { name: 'Pause' }).click();
  await heard(polite, 'Paused');
  await page.tell(session({ stage: 'ended', reason: 'transfer' }));
  await heard(loud, 'passed on to somebody else');
  await close(page);
});

test('a code is typed as one likes, and what is wrong with it is said', async () => {
  const page = await guest.page();
  await page.evaluate(() => window.alongside('cobrowse.startWithCode'));
  const enter = page.getByRole('button', { name: 'Continue' });
  const alert = page.getByRole('alert');
  await page.getByLabel('Code, six digits').fill('12345');
  await enter.click();
  assert.equal(await alert.textContent(), 'The code has six digits.');
  await page.getByLabel('Code, six digits').fill('１２３ 456');
  await page.keyboard.press('Enter');
  assert.deepEqual((await page.sent('useCode')).map(({ code }) => code), ['123456']);
  await page.getByRole('button', { name: 'Checking…' }).waitFor();
  for (const [objection, said] of [['wrong-code', /not right/], ['nobody-there', /Nobody can be reached/], ['busy', /shared already/]]) {
    await page.tell({ refused: { objection } });
    await until(objection, async () => said.test(await alert.textContent()));
    await enter.click();
  }
  await page.tell({ refused: { objection: 'too-many', retryAfter: 90_000 } });
  await until('it says how long', async () => /Please try again in 1:(30|29)/.test(await alert.textContent()));
  assert.ok(await enter.isDisabled());
  await read(page);
  await page.keyboard.press('Escape');
  await until('nothing of ours is left', async () => (await hosts(page)) === 0);
  await close(page);
});

test('a code to tell is shown with its time, and what it leads to is asked', async () => {
  const page = await guest.page();
  await page.evaluate(() => window.alongside('cobrowse.showCode'));
  await page.getByText('Getting a code…').waitFor();
  assert.equal((await page.sent('makeCode')).length, 1);
  await page.tell({ code: { code: '031415', expiresIn: 600_000 } });
  await page.getByText('031 415').waitFor();
  await page.getByText(/Good for (10:00|9:59)/).waitFor();
  await page.tell(offered());
  await page.getByRole('heading', { name: 'would like to see this page' }).waitFor();
  assert.equal(await page.locator('dialog').count(), 1);
  await close(page);
});

test('the page hears how far it is, and can pause and end by command', async () => {
  const page = await guest.live();
  await page.evaluate(() => window.alongside('cobrowse.pause'));
  assert.equal(await state(page), 'paused');
  await page.evaluate(() => window.alongside('cobrowse.goOn'));
  assert.equal(await state(page), 'sharing');
  await page.evaluate(() => window.alongside('cobrowse.end'));
  assert.deepEqual(await page.sent('end'), [{ reason: 'visitor' }]);
  await until('all was heard', () => page.evaluate(() => window.hub.events.length === 4));
  assert.deepEqual(await page.evaluate(() => window.hub.events), [{ stage: 'asked' }, { stage: 'joining' }, { stage: 'live' }, { stage: 'over', reason: 'visitor' }]);
  const wrong = await page.evaluate(() => window.alongside('cobrowse.fly').catch(({ code }) => code));
  assert.equal(wrong, 'unknown-command');
  await page.evaluate(() => window.alongside('stop'));
  assert.equal(await hosts(page), 0);
  await close(page);
});

test('a session goes on at the next page without a question, and at other sub-domains where a cookie says so', async () => {
  for (const [cookieDomain, joins] of [['shop.test', 1], [undefined, 0]]) {
    const page = await guest.page({ host: 'www.shop.test', options: { cobrowse: { cookieDomain } } });
    await page.tell(offered());
    await accept(page);
    const [{ key }] = await page.sent('answer');
    await page.reload();
    await isOnline(page);
    await page.getByText('Connecting…').first().waitFor();
    const visit = async () => (await page.evaluate(() => window.alongside('status'))).visit;
    assert.deepEqual(await page.sent('join'), [{ session: SESSION, key, visit: await visit() }]);
    await page.goto(page.at('pay.shop.test'));
    await isOnline(page);
    await page.waitForTimeout(500);
    assert.deepEqual(await page.sent('join'), Array(joins).fill({ session: SESSION, key, visit: await visit() }));
    if (joins) {
      await page.getByRole('button', { name: 'Cancel' }).click();
      assert.equal((await page.context().cookies()).length, 0, 'what is over is not kept');
    }
    await close(page);
  }
});

test('agents’ pointers, outlines and drawings lie where they belong, also when the page scrolls', async () => {
  const page = await guest.live();
  const ids = await page.evaluate(() => window.hub.sent.length);
  await page.locator('#buy').hover();
  const own = await until('the visitor’s pointer is told', async () => (await page.sent('point')).at(-1));
  assert.ok(ids > 0 && Math.abs(own.x - 5_000) < 200 && Math.abs(own.y - 5_000) < 400, `in the middle of the button: ${own.x} ${own.y}`);
  await page.tell({ point: { by: 1, node: own.node, x: 0, y: 0, pressed: true } });
  const places = async () => [await page.locator('.pointer').boundingBox(), await page.locator('#buy').boundingBox()];
  const near = async () => {
    const [pointer, button] = await places();
    return Math.abs(pointer.x - button.x) < 3 && Math.abs(pointer.y - button.y) < 3;
  };
  await until('it points at the button', near);
  await page.tell({ draw: { by: 1, number: 1, tool: 'rectangle', points: [100_000, 100_000, 200_000, 200_000] } });
  await page.tell({ highlight: { by: 1, node: own.node } });
  const top = async () => (await page.locator('.layer path').last().boundingBox()).y;
  const before = await until('it is drawn', top);
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  assert.ok(Math.abs(before - height / 10) < 4, `a tenth down the page: ${before} of ${height}`);
  await page.evaluate(() => scrollTo(0, 400));
  await until('both have moved', async () => (await near()) && Math.abs((await top()) - before + 400) < 3);
  await page.getByRole('button', { name: 'Show it' }).click();
  await until('it is in sight', async () => (await page.locator('#buy').boundingBox()).y > 0);
  await page.tell(session({ agents: [{ number: 2, name: 'Ren', silent: false }] }));
  await until('what he showed goes with him', async () => (await page.locator('.pointer, .light, .layer path').count()) === 0);
  await close(page);
});

test('the visitor draws, in messages of at most 32 points, and takes it back', async () => {
  const page = await guest.live();
  await page.getByRole('button', { name: 'Draw', exact: true }).click();
  await page.mouse.move(100, 200);
  await page.mouse.down();
  for (let step = 0; step < 90; step++) await page.mouse.move(100 + step * 4, 200 + (step % 10) * 8);
  await page.mouse.up();
  const sent = await until('all is told', async () => {
    const draws = await page.sent('draw');
    return draws.flatMap(({ points }) => points).length > 100 && draws;
  });
  assert.ok(sent.every(({ by, number, tool, points }) => by === 0 && number === 1 && tool === 'pen' && points.length <= 64));
  assert.equal(await page.locator('.layer path').count(), 2);
  await page.getByRole('button', { name: 'Erase my drawings' }).click();
  assert.equal(await page.locator('.layer path').count(), 0);
  assert.equal((await page.sent('erase')).length, 1);
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('.pad').count(), 0);
  assert.equal((await page.sent('pause')).length, 0);
  await close(page);
});

test('what agents draw without end is bounded', async () => {
  const page = await guest.live();
  await page.evaluate(() => {
    for (let number = 0; number < 300; number++) window.hub.tell({ draw: { by: 1, number, tool: 'arrow', points: [1, 2, 3, 4] } });
    for (let part = 0; part < 300; part++) window.hub.tell({ draw: { by: 1, number: 999, tool: 'pen', points: Array(64).fill(part) } });
  });
  await until('it is drawn', async () => (await page.locator('.layer path').count()) > 0);
  assert.ok((await page.locator('.layer path').count()) <= 2 * 64);
  const longest = await page.locator('.layer path').evaluateAll((paths) => Math.max(...paths.map((path) => path.getAttribute('d').split('L').length)));
  assert.ok(longest <= 2_001, String(longest));
  await close(page);
});

test('it speaks English, Japanese and Korean, and the page’s language goes before the browser’s', async () => {
  for (const [lang, heading, seen] of [['en', 'would like to see', 'sees this page'], ['ja', '一緒に見たい', 'がこのページを見ています'], ['ko', '함께 보려고', '이 페이지를 보고 있습니다']]) {
    const page = await guest.page({ head: `<!doctype html><html lang="${lang}"><title>Shop</title>` });
    await page.tell(offered());
    await page.getByRole('heading', { name: heading }).waitFor();
    await picture(page, `panel-asked-${lang}`);
    await accept(page);
    await page.tell(session());
    await page.tell({ followed: { desks: 1 } });
    await page.locator('.bar').getByText(seen).waitFor();
    await close(page);
  }
  const chosen = await guest.page({ options: { cobrowse: { language: 'ko' } } });
  await chosen.tell(offered());
  await chosen.getByRole('heading', { name: '함께 보려고' }).waitFor();
  await close(chosen);
});

test('what an agent is called cannot disturb the text around it', async () => {
  const page = await guest.page();
  await page.tell(offered({ agents: [{ ...AOI, name: `<img src=x onerror="hacked=1">\u202Eabc\n\n${'x'.repeat(500)}` }] }));
  const title = await page.locator('dialog h2').textContent();
  assert.ok(title.startsWith('\u2068<img src=x onerror="hacked=1"> abc') && title.length < 90, JSON.stringify(title));
  assert.equal(await page.locator('dialog img').count(), 0);
  await close(page);
});

for (const colorScheme of ['light', 'dark']) {
  test(`nothing that axe knows is wrong in any state, ${colorScheme}`, async () => {
    for (const viewport of [{ width: 1100, height: 700 }, { width: 360, height: 640 }]) {
      const page = await guest.page({ context: { colorScheme, viewport } });
      await page.evaluate(AXE);
      const check = async (name) => {
        await page.waitForTimeout(200);
        const found = await page.evaluate(() => window.axe.run({ include: [['[data-alongside=hide]']] }, { resultTypes: ['violations'] }));
        assert.deepEqual(found.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), [], name);
        await picture(page, `panel-${name}-${colorScheme}-${viewport.width}`);
      };
      await page.evaluate(() => window.alongside('cobrowse.startWithCode'));
      await page.getByRole('button', { name: 'Continue' }).click();
      await check('code');
      await page.keyboard.press('Escape');
      await page.evaluate(() => window.alongside('cobrowse.showCode'));
      await page.tell({ code: { code: '031415', expiresIn: 600_000 } });
      await check('shown-code');
      await page.tell(offered());
      await check('asked');
      await accept(page);
      await check('joining');
      await page.tell(session());
      await check('waiting');
      await page.tell({ followed: { desks: 1 } });
      await page.tell({ probe: { agent: 1, number: 1, latency: 500 } });
      await check('sharing');
      await page.tell(session({ request: { ...ask, within: 12, uses: 1, seconds: 120 } }));
      await read(page);
      await check('request');
      await page.locator('[data-name=allow]').click();
      await page.locator('[data-name=draw]').click();
      await check('granted');
      await page.keyboard.press('Escape');
      await page.tell(session({ endsIn: 15_000 }));
      await check('warning');
      await page.locator('[data-name=pause]').click();
      await check('paused');
      await page.tell(session({ stage: 'ended', reason: 'agent' }));
      await check('over');
      await close(page);
    }
  });
}

test('no style of the page reaches it, not in quirks mode, and not from right to left', async () => {
  const hostile = `<style>
    * { all: unset !important; display: none !important; color: red !important; font-size: 40px !important; visibility: hidden !important; --accent: red; --surface: red }
    html, head, body, main, h1 { display: block !important } html { opacity: .01 !important; filter: blur(9px); transform: rotate(90deg); letter-spacing: 3em }
    [data-alongside] { display: none !important; opacity: 0 !important; transform: scale(0) !important; z-index: -1 !important; position: static !important }
    *::before, *::after { content: "hostile" !important; display: block !important } ::backdrop { background: red !important }
  </style><h1>Hostile</h1>`;
  for (const head of ['<!doctype html><html lang="en"><title>Shop</title>', '<html lang="en" dir="rtl"><title>Shop</title>']) {
    const calm = await guest.live({ head });
    const wanted = await calm.locator('.bar').boundingBox();
    const looks = (page) => page.locator('.bar .state').evaluate((element) => {
      const { color, fontSize, direction, letterSpacing, visibility } = getComputedStyle(element);
      return [color, fontSize, direction, letterSpacing, visibility].join();
    });
    const look = await looks(calm);
    await close(calm);
    const page = await guest.live({ head, html: hostile });
    assert.equal(await looks(page), look);
    const box = await page.locator('.bar').boundingBox();
    assert.ok(Math.abs(box.width - wanted.width) < 2 && Math.abs(box.y - wanted.y) < 2, JSON.stringify([box, wanted]));
    await picture(page, `panel-hostile-${head.includes('rtl') ? 'rtl' : 'ltr'}`);
    await page.getByRole('button', { name: 'Pause' }).click();
    assert.equal(await state(page), 'paused');
    await close(page);
  }
});

test('a strict policy with Trusted Types is no hindrance', async () => {
  const headers = {
    'content-security-policy': "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'",
  };
  const page = await guest.page({ headers, html: '<h1>Strict</h1>' });
  await page.tell(offered());
  await page.getByRole('button', { name: 'Show what my helper sees' }).click();
  await page.getByText('The preview cannot be shown on this page.').waitFor();
  await accept(page);
  await page.tell(session());
  await page.tell({ followed: { desks: 1 } });
  await page.getByText('sees this page').first().waitFor();
  const { width } = await page.locator('.bar').boundingBox();
  assert.ok(width > 300 && width < 800, 'its styles hold');
  const refused = page.faults.filter((fault) => !/404|document|write|TrustedHTML/i.test(fault));
  assert.deepEqual(refused, []);
  await page.context().close();
});

test('a preview whose styles the page’s policy refuses is not shown: nobody sees the page like that', async () => {
  const headers = { 'content-security-policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" };
  const page = await guest.page({ headers, html: '<link rel="stylesheet" href="/page.css"><h1>Strict</h1>' });
  await page.tell(offered());
  await page.getByRole('button', { name: 'Show what my helper sees' }).click();
  await page.getByText('The preview cannot be shown on this page.').waitFor();
  await page.context().close();
});

test('a modal dialog of the page does not take the bar away, nor does a page that removes what it does not know', async () => {
  const page = await guest.live({ html: '<h1>Modal</h1><dialog id="modal"><button id="inside">Inside</button></dialog>' });
  await page.evaluate(() => document.getElementById('modal').showModal());
  await page.getByRole('button', { name: 'Pause' }).click();
  assert.equal(await state(page), 'paused');
  await page.evaluate(() => document.getElementById('modal').close());
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.evaluate(() => document.querySelector('[data-alongside=hide]').remove());
  await page.getByRole('button', { name: 'Pause' }).click();
  await close(page);
});

test('a question that the page removes is asked again, and after "stop" nothing is asked', async () => {
  const page = await guest.page();
  await page.tell(offered());
  await page.locator('dialog:modal').waitFor();
  await page.evaluate(() => document.querySelector('[data-alongside=hide]').remove());
  await page.locator('dialog:modal').waitFor();
  await accept(page);
  await page.evaluate(() => window.alongside('stop'));
  assert.equal(await hosts(page), 0);
  await close(page);
});

test('the mirror tells nothing of what the SDK shows', async () => {
  const page = await guest.live();
  await page.tell(session({ request: ask }));
  await page.locator('[data-name=deny]').waitFor();
  await page.evaluate(() => document.querySelector('[data-alongside=hide]').removeAttribute('data-alongside'));
  await page.tell({ refresh: {} });
  await page.waitForTimeout(700);
  const told = await page.evaluate(() => window.hub.sent.filter(({ mirror }) => mirror).map(({ mirror }) => atob(mirror.bytes)).join(''));
  assert.ok(told.includes('Paper, ink and tea'));
  for (const text of ['Aoi', 'Do not allow', 'sees this page', 'popover']) assert.ok(!told.includes(text), text);
  await page.context().close();
});
