// @ts-check
// Page views without the core: where it cannot run, and for visitors who leave before it is there.

const VISIT_ENDS_AFTER = 30 * 60 * 1000;

/** @returns {string} 32 hexadecimal digits */
function random() {
  const bytes = new Uint8Array(16);
  crypto.getRandomValues(bytes);
  return Array.from(bytes, (byte) => (byte < 16 ? '0' : '') + byte.toString(16)).join('');
}

/** Storage that is refused is no storage. @param {(storage: Storage) => void} use */
function stored(use) {
  try {
    use(localStorage);
  } catch {
    // The visitor is a new one on the next page.
  }
}

/**
 * Who the visitor is and which visit goes on, as the core stores it.
 * @param {string} deployment
 */
function visitor(deployment) {
  const now = Date.now();
  let token = random();
  let [visit, started] = [random(), now];
  stored((storage) => {
    const keys = [`alongside:${deployment}:visitor`, `alongside:${deployment}:visit`];
    const known = storage.getItem(keys[0]) || '';
    if (/^[0-9a-f]{32}$/.test(known)) token = known;
    const [id, first, last] = (storage.getItem(keys[1]) || '').split(' ');
    if (/^[0-9a-f]{32}$/.test(id) && now - +last < VISIT_ENDS_AFTER) [visit, started] = [id, +first];
    storage.setItem(keys[0], token);
    storage.setItem(keys[1], `${visit} ${started} ${now}`);
  });
  return { token, visit, now };
}

/**
 * What of an address may leave the page without the core's mask: neither query nor fragment, no user, no long number.
 * @param {string} address
 */
export function plain(address) {
  return address
    .replace(/[?#].*$/s, '')
    .replace(/^(\w+:\/\/)[^/]*@/, '$1')
    .replace(/[^/]*(@|%40)[^/]*/g, '[email]')
    .replace(/\d[\d\s-]{7,}\d/g, '[number]');
}

/**
 * Sends one page view by a beacon. Never throws.
 * @param {string} hub
 * @param {string} deployment
 */
export function beacon(hub, deployment) {
  try {
    const { token, visit, now } = visitor(deployment);
    const kind = { pageViewed: { url: plain(location.href), title: '', width: innerWidth, height: innerHeight } };
    const frames = [
      { hello: { version: 1, now, source: random(), party: { visitor: { deployment, token } } } },
      { data: { seq: 1, body: { journey: { visit, at: now, kind } } } },
    ];
    navigator.sendBeacon(`${hub}/v1/beacon`, frames.map((frame) => JSON.stringify(frame)).join('\n'));
  } catch {
    // A page view that cannot be told is not worth an error in the page.
  }
}
