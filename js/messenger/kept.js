// @ts-check
// What the messenger leaves behind for the visitor's other pages and the next one.

/** @typedef {{deployment: string}} Options */

/** Each message that waits has a key of its own, so that tabs share them without a turn. @param {Options} options */
export const waitingKey = ({ deployment }) => `alongside:${deployment}:message:`;

/** The visitor's token, which the core keeps there. @param {Options} options */
export const visitorKey = ({ deployment }) => `alongside:${deployment}:visitor`;

/** Set while there is a thread. @param {Options} options */
export const talkKey = ({ deployment }) => `alongside:${deployment}:talk`;

/** Set while the panel is open, to the conversation in front where there are several. @param {Options} options */
export const openKey = ({ deployment }) => `alongside:${deployment}:messenger`;

/** Those of conversations of several have the same beginning. @param {Options} options */
export const draftKey = ({ deployment }) => `alongside:${deployment}:draft`;

/** What was filled in before a conversation. @param {Options} options */
export const filledKey = ({ deployment }) => `alongside:${deployment}:filled`;

/** @param {Options} options */
export const soundKey = ({ deployment }) => `alongside:${deployment}:sound`;

/** @param {Options} options */
export const notifyKey = ({ deployment }) => `alongside:${deployment}:notify`;

/**
 * Whether there is something to go on with: all that the core needs to know.
 * @param {{read(key: string): string | undefined, keys(prefix: string): string[]}} host
 * @param {Options} options
 */
export const isKept = (host, options) => host.read(openKey(options)) !== undefined || host.keys(waitingKey(options)).length > 0;
