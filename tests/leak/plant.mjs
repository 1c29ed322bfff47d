// Opens a page with a canary in each place while a recorder runs, and says which places leaked.

import { inPage } from '../mirror/judge.mjs';
import { ACTS, ALWAYS, BODY, HEAD, LATE, OPEN, PAGE } from './places.mjs';
import { Canaries, search } from './search.mjs';

const groups = (text, sign) => text.match(/.{1,4}/g).join(sign);

/** How a canary is written, by its kind. */
const WRITTEN = {
  groups: (card) => groups(card, ' '),
  dashes: (card) => groups(card, '-'),
  dots: (card) => groups(card, '.'),
  lines: (card) => groups(card, '\n    '),
  tabs: (card) => groups(card, '\t'),
  unseen: (card) => groups(card, '\u200b'),
  soft: (card) => groups(card, '\u00ad'),
  accountGroups: (account) => groups(account, ' '),
  accountLines: (account) => groups(account, '\n    '),
  accountFixed: (account) => groups(account, '\u00a0'),
};

/** A canary for a place of this kind. */
function canaryOf(canaries, kind = 'word') {
  if (kind === 'number' || kind === 'word') return canaries[kind]();
  return kind.startsWith('account') ? canaries.account() : canaries.card();
}

/** `text` with the canary in it; `@1` and so on are its quarters. */
function planted(text, canary, kind) {
  const quarter = Math.ceil(canary.length / 4);
  const parts = text.replace(/@([1-4])/g, (_, which) => canary.slice((which - 1) * quarter, kind === 'account' && which === '2' ? undefined : which * quarter));
  return parts.replaceAll('@@', `${canary}@`).replace(/@(?!(import|namespace|font-face|keyframes|layer|container|property|supports|shop\.example)\b)/g, WRITTEN[kind]?.(canary) ?? canary);
}

/**
 * What is planted in a mode: `private`, a page where nothing is shown; `masked`, `blocked`, `hidden`, an open page with the places in such parts;
 * `shown`, the same with nothing masked; `open`, what is filled in where nothing is marked; `late`, an open page where classes mask; `always`, secrets in a page where everything is shown.
 */
export function placesOf(mode) {
  if (mode === 'late') return LATE.map(([name, html, later]) => ({ name, html, later }));
  if (mode === 'always') return ALWAYS.map(([name, html, kind, later, act]) => ({ name, html, kind, later, act }));
  if (mode === 'open') {
    const acts = ACTS.map(([name, html, act, later, kind]) => ({ name, html, act, later, kind }));
    return OPEN.map(([name, html, later]) => ({ name, html, later })).concat(acts);
  }
  const places = BODY.map(([name, html, later, kind]) => ({ name, html, later, kind }));
  places.push(...ACTS.map(([name, html, act, later, kind]) => ({ name, html, act, later, kind })));
  places.push(...HEAD.map(([name, head]) => ({ name, head })));
  return places.concat(PAGE.map(([name, later]) => (/^\w+$/.test(later) ? { name, address: later } : { name, later })));
}

export const OPTIONS = {
  private: { isPrivate: true },
  masked: { selectors: { mask: 'title' } },
  blocked: { selectors: { mask: 'title' } },
  hidden: { selectors: { mask: 'title' } },
  shown: { selectors: { show: 'html' } },
  open: {},
  late: { selectors: { mask: '.late, .private .inner' } },
  always: { selectors: { show: 'html' } },
};

/** In which modes parts are marked, and how. */
const MARKS = { masked: 'mask', blocked: 'block', hidden: 'hide' };

const HELPERS = `const wait = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 60))));`;

/** A name, since the digits of a port could be those of a number that is searched for. */
const SITE = 'http://site.example';

/** Answers every address with `html`; `/empty` and `/sheet.css` are what pages of places ask for. */
function answer(route, html) {
  const { pathname, search: query } = new URL(route.request().url());
  if (pathname === '/empty') return route.fulfill({ contentType: 'text/html', body: '<p>x' });
  if (pathname === '/sheet.css') return route.fulfill({ contentType: 'text/css', body: `p.linked::after { content: "${query.slice(1)}" }` });
  if (/\.\w+$/.test(pathname)) return route.fulfill({ status: 404, body: '' });
  return route.fulfill({ contentType: 'text/html; charset=utf-8', body: html });
}

/**
 * @param {import('playwright-core').Browser} browser
 * @param {{prepare(page): Promise<void>, start(page, mode: string): Promise<void>, take(page): Promise<Buffer[]>}} recorder
 * @param {'private' | 'masked' | 'blocked' | 'hidden' | 'shown' | 'open' | 'late' | 'always'} mode
 * @returns {Promise<{places: string[], leaks: {name: string, run: string, form: string}[], frames: Buffer[]}>}
 */
export async function plant(browser, recorder, mode) {
  const canaries = new Canaries();
  const places = placesOf(mode).map((place) => ({ ...place, canary: canaryOf(canaries, place.kind) }));
  const mask = MARKS[mode] ? ` data-alongside="${MARKS[mode]}"` : '';
  const put = (text, { canary, kind }) => planted(text.replaceAll('{mask}', mask), canary, kind);
  const parts = places.map((place, at) => (place.html === undefined ? '' : `<div data-place="${at}"${mask}>${put(place.html, place)}</div>\n`));
  const heads = places.filter(({ head }) => head !== undefined).map((place) => put(place.head, place));
  const at = (part) => places.find(({ address }) => address === part)?.canary ?? 'x';
  const document = `<!doctype html${mode === 'private' ? ` PUBLIC "${at('doctype')}"` : ''}><html><head><link rel="icon" href="data:,">${heads.join('\n')}</head><body>\n${parts.join('')}</body></html>`;
  const page = await (await browser.newContext()).newPage();
  try {
    await page.route('**/*', (route) => answer(route, document));
    await recorder.prepare(page);
    await page.goto(`${SITE}/${at('path')}?who=${at('query')}#${at('fragment')}`);
    await recorder.start(page, mode);
    await inPage(page, `(async () => { ${HELPERS} await wait(); })()`);
    const scripts = places.flatMap((place, index) => (place.later && !place.act ? [script(index, place, put)] : []));
    await inPage(page, `(async () => { ${HELPERS} await Promise.all([${scripts.join(',\n')}]); await wait(); })()`);
    for (const [index, place] of places.entries()) if (place.act) await act(page, index, place, put);
    await inPage(page, `(async () => { ${HELPERS} await wait(); await new Promise((done) => setTimeout(done, 600)); })()`);
    const frames = await recorder.take(page);
    return { places: places.map(({ name }) => name), leaks: search(frames, places.map(({ name, canary, kind }) => [name, kind === 'tail' ? canary.slice(-4) : canary])), frames };
  } finally {
    await page.context().close();
  }
}

const script = (index, place, put) =>
  `(async () => { const place = document.querySelector('[data-place="${index}"]'); try { ${put(place.later, place)} } catch (error) { throw new Error(${JSON.stringify(place.name)} + ': ' + error.message); } })()`;

async function act(page, index, place, put) {
  await page.locator(`[data-place="${index}"] > *`).first().focus();
  const text = put('@', place);
  if (place.act === 'paste') await page.keyboard.insertText(text);
  else await page.keyboard.type(text);
  if (place.later) await inPage(page, `(async () => { ${HELPERS} await wait(); await ${script(index, place, put)}; })()`);
}
