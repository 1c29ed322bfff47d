// @ts-check
// What the visitor's agreement to a session leaves behind for his other pages and the next one: by it they go on without asking again.
//
// Where the customer names a domain, it is a cookie, too: the pages of his other sub-domains have a storage of their own.

/** A cookie is kept so long after a page of the session was loaded, in seconds. */
const KEPT_FOR = 3_600;

/** @typedef {{deployment: string, cobrowse: Record<string, any>}} Options */

/** @param {Options} options */
const name = ({ deployment }) => `alongside:${deployment}:session`;

/** As a cookie has it: `;` and `=` are of its own. @param {Options} options */
const cookieName = (options) => encodeURIComponent(name(options)) + '=';

/**
 * Whether something is kept: all that the core needs to know.
 * @param {{read(key: string): string | undefined}} host
 * @param {Options} options
 */
export const isKept = (host, options) => Boolean(host.read(name(options))) || document.cookie.includes(cookieName(options));

/**
 * @param {{read(key: string): string | undefined}} host
 * @param {Options} options
 */
export const read = (host, options) =>
  host.read(name(options)) || decodeURIComponent(document.cookie.split(cookieName(options))[1]?.split(';')[0] ?? '');

/**
 * @param {{write(key: string, value: string): void, remove(key: string): void}} host
 * @param {Options} options
 * @param {string | null} kept
 */
export function keep(host, options, kept) {
  const { cookieDomain } = options.cobrowse;
  if (kept === null) host.remove(name(options));
  else host.write(name(options), kept);
  if (!cookieDomain) return;
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  document.cookie = `${cookieName(options)}${encodeURIComponent(kept ?? '')}; Path=/; Domain=${cookieDomain}; SameSite=Lax; Max-Age=${kept === null ? 0 : KEPT_FOR}${secure}`;
}
