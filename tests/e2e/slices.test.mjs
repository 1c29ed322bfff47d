// A large page is told in slices: none of them tells the beginning of a number whose end comes with the next one.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as ours from '../mirror/arms/ours.mjs';
import { inPage, Judge } from '../mirror/judge.mjs';

/** So many characters of each, so that there are many slices. */
const MUCH = 600_000;

let judge;
before(async () => {
  judge = await Judge.open();
});
after(() => judge.close());

/** Numbers over several nodes: of each kind one stands in `words`, which is found where it is told. */
const SPLIT = {
  'lines of text': '<p>4111 1111<br>1111 1111</p>',
  'a button between': '<p>4111 1111<button>1111</button>1111</p>',
  'a picture between': '<p>4111 1111 <img>1111 1111</p>',
  'inline elements': '<p><b>4111 <i>1111</i></b><u>1111 1111</u></p>',
  'inline elements, some of them put off before others': '<p><b>words <i>more</i> 4111 <u>1111</u></b>1111 1111</p>',
  'an account': '<p>GB82 WEST <b>1234</b> <b>5698</b> <b>7654</b> <i>32</i></p>',
  'boxes': '<section><div>4111</div><div>1111</div><div>1111</div><div>1111</div></section>',
  'boxes in boxes': '<section><div><p>4111</p></div><div><p>1111</p></div><div><p>1111</p></div><div><p>1111</p></div></section>',
  'fields': '<section><label>Card</label><input value=4111><span><input value=1111></span><input value=1111><input value=1111></section>',
  'boxes with much white space': ['4111', '1111', '1111', '1111'].map((part) => `\n${' '.repeat(60)}<div>\n${' '.repeat(64)}<p>${part}</p>\n${' '.repeat(60)}</div>`).join(''),
  'fields with a box between': '<section><input value=4111><input type=checkbox><input value=1111><input value=1111><input value=1111></section>',
  'inline elements of a template': '<template><p>4111 <b>1111</b> <i>1111</i> 1111</p></template>',
  'a line with a hidden part': '<p><b>4111 1111</b><i data-alongside=hide>words</i><b>1111 1111</b></p>',
  'boxes with code in them': '<section><div>4111<script></script></div><div>1111<noscript></noscript></div><div>1111</div><div>1111</div></section>',
  'fields with a password between': '<section><input value=4111><input type=password value=1><input value=1111><input type=button value=7><input value=1111><input value=1111></section>',
  'fields far from each other': `<section>${['4111', '1111', '1111', '1111'].map((part) => `<input value=${part}>${'<i></i>'.repeat(20)}`).join('')}</section>`,
  'custom elements': '<p><x-part><b>4111</b></x-part><x-part><b>1111</b></x-part> <x-part>1111</x-part><x-part>1111</x-part></p>',
};

const WORDS = ['4111', '1111', 'GB82', '1234', '5698', '7654'];

/** What becomes a number while it is told: a page, and a function of each of its parts that is called in one task for all. */
const BECOMES = {
  'texts alone': ['<p><b>words</b><i>words</i></p>', (part) => {
    part.firstChild.firstChild.data = '4111 1111';
    part.lastChild.firstChild.data = '1111 1111';
  }],
  'a text and what comes before it': ['<p>words</p>', (part) => {
    part.firstChild.data = '1111 1111';
    part.insertAdjacentHTML('afterbegin', '<b>4111 1111</b>');
  }],
  'a text and what comes before it in an element with others': ['<p><x-part><u></u></x-part><b>words</b></p>', (part) => {
    part.lastChild.textContent = '1111 1111';
    part.firstChild.insertAdjacentText('afterbegin', '4111 1111');
  }],
  'a text and what comes before it in a shadow root': ['<p><x-part></x-part><b>words</b></p>', (part) => {
    part.lastChild.firstChild.data = '1111 1111';
    part.firstChild.attachShadow({ mode: 'open' }).innerHTML = '<i>4111 1111</i>';
  }],
  'a field and those that come after it': ['<section><input value=words></section>', (part) => {
    part.firstChild.value = '4111';
    part.insertAdjacentHTML('beforeend', `${'<input value=1111>'.repeat(3)}<p>${'<i></i>'.repeat(20)}</p>`);
  }, 1_200],
};

/** Whether something was told. */
const TOLD = `((word) => {
  const decoder = new TextDecoder();
  return __parts.some((part) => decoder.decode(part).includes(word));
})`;

async function isTold(page, word) {
  for (let tries = 0; tries < 300; tries++) {
    await ours.bench.settled(page);
    if (await inPage(page, `${TOLD}(${JSON.stringify(word)})`)) return;
    await page.waitForTimeout(100);
  }
  assert.fail(`${word} is never told`);
}

/** What of a page with many of this is told, as it is loaded or once it is there: which words, and in how many frames. */
async function told(html, isLater, { many = Math.ceil(MUCH / html.length), becomes = undefined } = {}) {
  const context = await judge.browser.newContext();
  try {
    const page = await context.newPage();
    await ours.bench.prepare(page);
    await page.goto(`${judge.origins.agent}/replica`);
    const become = () => page.evaluate((becomes) => {
      const act = Function(`return ${becomes}`)();
      for (const part of document.querySelector('main').children) act(part);
      document.body.lastChild.data = ' Words after all. ';
    }, String(becomes));
    const add = () => page.evaluate(([html, many]) => {
      const all = document.createElement('main');
      all.innerHTML = html.repeat(many);
      document.body.append('Words before. ', all, ' Words after.');
    }, [html, many]);
    if (!isLater) await add();
    await ours.bench.start(page);
    if (isLater) await add();
    await isTold(page, 'Words after.');
    if (becomes) {
      await become();
      await isTold(page, 'Words after all.');
    }
    await ours.bench.settled(page);
    return await inPage(page, `({ frames: __parts.length, found: ${JSON.stringify(WORDS)}.filter(${TOLD}) })`);
  } finally {
    await context.close();
  }
}

test('what is searched for is found, where it is no part of a number', async () => {
  const { frames, found } = await told('<p>Orders 4111, 1111 and GB82</p><p>Total 1234.00</p>');
  assert.ok(frames > 4, `${frames} frames`);
  assert.deepEqual(found, ['4111', '1111', 'GB82', '1234']);
});

test('numbers that begin in a part that takes several slices', async () => {
  for (const isLater of [false, true]) {
    const { frames, found } = await told(`<x-list>${'<p>Some words</p>'.repeat(8_000)}4111 1111</x-list><b>1111 1111</b>`, isLater, { many: 4 });
    assert.ok(frames > 8, `${frames} frames`);
    assert.deepEqual(found, [], isLater ? 'added later' : 'there from the start');
  }
});

for (const [name, html] of Object.entries(SPLIT)) {
  test(`numbers over ${name}`, async () => {
    for (const isLater of [false, true]) {
      const { frames, found } = await told(html, isLater);
      assert.ok(frames > 4, `${frames} frames: it is told in slices`);
      assert.deepEqual(found, [], isLater ? 'added later' : 'there from the start');
    }
  });
}

for (const [name, [html, becomes, many]] of Object.entries(BECOMES)) {
  test(`numbers that come of ${name}`, async () => {
    const { frames, found } = await told(html, false, { becomes, many });
    assert.ok(frames > 4, `${frames} frames: it is told in slices`);
    assert.deepEqual(found, []);
  });
}
