// @ts-check
// What the visitor's agreement to a session leaves behind for his other pages and the next one: by it they go on without asking again.

/** @param {{deployment: string}} options */
const name = ({ deployment }) => `alongside:${deployment}:session`;

/**
 * Whether something is kept: all that the core needs to know.
 * @param {{read(key: string): string | null}} host
 * @param {{deployment: string}} options
 */
export const isKept = (host, options) => Boolean(host.read(name(options)));

/** @param {{read(key: string): string | null}} host @param {{deployment: string}} options */
export const read = (host, options) => host.read(name(options)) || null;

/**
 * @param {{write(key: string, value: string): void, remove(key: string): void}} host
 * @param {{deployment: string}} options
 * @param {string | null} kept
 */
export function keep(host, options, kept) {
  if (kept === null) host.remove(name(options));
  else host.write(name(options), kept);
}
