// @ts-check

/**
 * What is fetched once something needs it.
 * @template {{end(): void}} T
 */
export class Part {
  /** What was fetched. @type {T | undefined} */
  now;
  /** @type {Promise<T> | undefined} */
  #fetching;
  #fetch;

  /** @param {() => Promise<T>} fetch @param {() => boolean} isStopped */
  constructor(fetch, isStopped) {
    this.#fetch = async () => {
      this.now = await fetch();
      if (isStopped()) this.now.end();
      return this.now;
    };
  }

  fetch() {
    return (this.#fetching ??= this.#fetch().catch((error) => {
      this.drop();
      throw error;
    }));
  }

  /** It has ended; the next one who needs it fetches it anew. */
  drop() {
    this.now = this.#fetching = undefined;
  }
}
