// @ts-check
// Reads the page, and notices what the visitor does with it. The page is not patched: where the Navigation API is absent, the
// address is compared a few times a second.

/** Applications set the title after the address; so long after a navigation the page view is taken, in milliseconds. */
const SETTLE = 120;

/** How often the address is compared where the Navigation API is absent, in milliseconds. */
const COMPARE_EVERY = 250;

/** A page may put anything in the place of a text (`<form name="title">`). @param {unknown} value */
const text = (value) => (typeof value === 'string' ? value : '');

/** @param {string} address @param {boolean} keepsFragment */
const significant = (address, keepsFragment) => (keepsFragment ? address : address.split('#')[0]);

/**
 * The values of the query parameters that hold a search term.
 * @param {string} address
 * @param {string[]} parameters
 */
export function searchTerms(address, parameters) {
  try {
    const pairs = [...new URL(address, location.href).searchParams].slice(0, 100);
    return pairs.filter(([name, term]) => parameters.includes(name) && term.trim()).map(([, term]) => term);
  } catch {
    return [];
  }
}

/**
 * Tells of the page that is shown, and of the search that its address is.
 * @param {import('./host.js').Host} host
 * @param {{referrer?: string, url?: string, title?: string}} [page]
 */
export function view(host, { referrer = document.referrer, url = location.href, title = document.title } = {}) {
  const language = text(document.documentElement?.lang);
  const isAutomated = navigator.webdriver === true;
  host.tell('handleView', url, text(title), text(referrer), language, innerWidth, innerHeight, isAutomated);
  for (const term of searchTerms(url, host.options.searchParameters)) host.tell('search', term);
}

/** The term of a search form: one with `role=search`, or with an `input[type=search]`. @param {EventTarget | null} target */
function formTerm(target) {
  if (!(target instanceof HTMLFormElement)) return '';
  // A field may be called `querySelector` or `closest`, and then stands in for the form's own.
  const find = (/** @type {string} */ selector) => Element.prototype.querySelector.call(target, selector);
  const isSearch = Element.prototype.closest.call(target, '[role=search], search');
  const field = find('input[type=search]') ?? (isSearch && find('input[type=text], input:not([type])'));
  return field instanceof HTMLInputElement ? field.value.trim() : '';
}

/**
 * Watches for navigation within the page: `navigated` gets the address before, once the new one has settled.
 * @param {boolean} keepsFragment whether a change behind the `#` alone is a navigation
 * @param {AbortSignal} signal
 * @param {(before: string) => void} navigated
 */
export function watchNavigation(keepsFragment, signal, navigated) {
  let seen = location.href;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let settling;
  const compare = () => {
    const before = seen;
    seen = location.href;
    if (significant(before, keepsFragment) === significant(seen, keepsFragment)) return;
    clearTimeout(settling);
    settling = setTimeout(() => navigated(before), SETTLE);
  };
  const { navigation } = /** @type {any} */ (window);
  const polling = navigation instanceof EventTarget ? undefined : setInterval(compare, COMPARE_EVERY);
  if (polling === undefined) navigation.addEventListener('currententrychange', compare, { signal });
  signal.addEventListener('abort', () => {
    clearTimeout(settling);
    clearInterval(polling);
  });
}

/**
 * Watches the page until the host's signal.
 * @param {import('./host.js').Host} host
 */
export function watch(host) {
  const { signal, options } = host;
  /** @param {EventTarget} target @param {string} event @param {(event: any) => void} act */
  const on = (target, event, act) => target.addEventListener(event, act, { signal, passive: true });
  on(window, 'pagehide', () => host.tell('handlePageHide'));
  on(window, 'pageshow', ({ persisted }) => persisted && host.tell('handlePageShow'));
  on(window, 'storage', () => host.tell('handleStorage'));
  on(window, 'online', () => host.tell('handleOnline'));
  on(document, 'visibilitychange', () => host.tell(document.hidden ? 'handleHidden' : 'handleOnline'));
  on(document, 'submit', ({ target }) => {
    const term = formTerm(target);
    if (term) host.tell('search', term);
  });
  if (options.pageViews === 'auto') {
    watchNavigation(options.keepFragment, signal, (referrer) => view(host, { referrer }));
  }
}
