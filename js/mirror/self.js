// @ts-check
// What the SDK itself puts into the page: no mirror reads it, whatever the page does to its marks.

/** @type {{host: Element | null}} */
export const own = { host: null };
