// @ts-check
// What the browser keeps for us, or memory where it does not. Nothing here fails: the visitor is a new one on the next page.

const PROBE = 'alongside:probe';

/** Most keys that are listed. */
const LIMIT = 100;

/** The part of `Storage` that is used, gone with the page. */
class Memory {
  /** @type {Map<string, string>} */
  #values = new Map();
  get length() {
    return this.#values.size;
  }
  /** @param {number} index */
  key(index) {
    return [...this.#values.keys()][index] ?? null;
  }
  /** @param {string} key */
  getItem(key) {
    return this.#values.get(key) ?? null;
  }
  /** @param {string} key @param {string} value */
  setItem(key, value) {
    this.#values.set(key, value);
  }
  /** @param {string} key */
  removeItem(key) {
    this.#values.delete(key);
  }
}

/** `localStorage` where it can really be written to. */
function usable() {
  try {
    localStorage.setItem(PROBE, '1');
    localStorage.removeItem(PROBE);
    return localStorage;
  } catch {
    return new Memory();
  }
}

/** First-party storage, by key. */
export class Store {
  /** @type {Storage | Memory} */
  #storage;

  /** @param {Storage | Memory} storage */
  constructor(storage = usable()) {
    this.#storage = storage;
  }

  /** The twin, for tests. */
  static memory() {
    return new Store(new Memory());
  }

  /** @template T @param {(storage: Storage | Memory) => T} use @returns {T | undefined} */
  #use(use) {
    try {
      return use(this.#storage);
    } catch {
      // Refused since, or full: what was there stays.
    }
  }

  /** @param {string} key */
  read(key) {
    return this.#use((storage) => storage.getItem(key)) ?? undefined;
  }

  /** @param {string} key @param {string} value */
  write(key, value) {
    this.#use((storage) => storage.setItem(key, value));
  }

  /** @param {string} key */
  remove(key) {
    this.#use((storage) => storage.removeItem(key));
  }

  /** At most 100 keys that begin with `prefix`. @param {string} prefix @returns {string[]} */
  keys(prefix) {
    const all = this.#use((storage) => Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? ''));
    return (all ?? []).filter((key) => key.startsWith(prefix)).slice(0, LIMIT);
  }
}
