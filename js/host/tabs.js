// @ts-check
// Whoever holds a lock leads: one tab at a time makes the visitor and the visit, and each outbox belongs to one tab. A lock
// dies with its page, so nobody has to be asked whether a tab still lives.

/** Longest wait for another tab that makes the visitor, in milliseconds. */
const WAIT = 1000;

/**
 * A lock that is held until `release` is called; undefined where it is not to be had.
 * @param {string} name
 * @param {LockOptions} options
 * @returns {Promise<{release(): void} | undefined>}
 */
const take = (name, options) =>
  new Promise((taken) => {
    const hold = (/** @type {Lock | null} */ lock) =>
      new Promise((release) => {
        taken(lock ? { release: () => release(undefined) } : undefined);
        if (!lock) release(undefined);
      });
    navigator.locks.request(name, options, hold).catch(() => taken(undefined));
  });

/** Takes the lock where nobody holds it. @param {string} name */
export const claim = (name) => take(name, { ifAvailable: true });

/** Takes the lock when whoever holds it is done, but waits no longer than a second. @param {string} name */
export const takeTurn = (name) => take(name, { signal: AbortSignal.timeout(WAIT) });

/**
 * Claims the first free one of `keys` and, while it has the turn, calls `begin` with it. Locks need a secure context: without
 * them nobody can tell who lives, and `begin` is called without a key.
 * @param {string[]} keys
 * @param {string} turn
 * @param {(key: string, slot: {release(): void}) => void} begin
 */
export async function takeSlot(keys, turn, begin) {
  let free = '';
  /** @type {{release(): void} | undefined} */
  let slot;
  /** @type {{release(): void} | undefined} */
  let held;
  try {
    for (const key of keys) {
      slot = await claim(key);
      if (slot) {
        free = key;
        break;
      }
    }
    held = await takeTurn(turn);
  } catch {
    // No locks here, or the page broke them.
  }
  begin(free, slot ?? { release() {} });
  held?.release();
}
