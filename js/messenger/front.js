// @ts-check
// Which conversation is meant, as the machine tells it: an id, with a `+` before that of one that the next message begins; nothing: the current one.

/** The same before and after it has begun. @param {string | null} [front] */
export const idOf = (front) => (front ?? '').replace('+', '');
