// @ts-check
// Calls that wait until the core is there.

/** Most calls that wait; the oldest is rejected above that. */
export const LIMIT = 100;

/**
 * @typedef {{command: string, args: unknown[], resolve: (value: unknown) => void, reject: (error: Error) => void}} Call
 * @typedef {{call(command: string, args: unknown[]): Promise<unknown>}} Core
 */

/**
 * An error with a stable code.
 * @param {string} code
 * @param {string} message
 * @returns {Error & {code: string}}
 */
export function failure(code, message) {
  return Object.assign(new Error(message), { code });
}

/** Keeps calls in order until somebody takes them. */
export class Queue {
  /** @param {Call[]} waiting */
  constructor(waiting = []) {
    this.waiting = waiting;
    /** @type {((call: Call) => void) | undefined} */
    this.take = undefined;
  }

  /**
   * @param {string} command
   * @param {unknown[]} args
   * @returns {Promise<unknown>}
   */
  call(command, args) {
    const promise = new Promise((resolve, reject) => this.add({ command, args, resolve, reject }));
    // A rejection that the page does not look at is no error of the page.
    promise.catch(() => {});
    return promise;
  }

  /** @param {Call} call */
  add(call) {
    if (this.take) {
      this.take(call);
      return;
    }
    this.waiting.push(call);
    if (this.waiting.length > LIMIT) {
      this.waiting.shift()?.reject(failure('queue-full', `more than ${LIMIT} calls wait for Alongside to load`));
    }
  }

  /**
   * Hands over what waits, in order, and all that follows.
   * @param {(call: Call) => void} take
   */
  drain(take) {
    this.take = take;
    for (const call of this.waiting.splice(0)) take(call);
  }
}
