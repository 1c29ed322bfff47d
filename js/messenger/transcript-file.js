// @ts-check
// The thread as a file of plain text, for the visitor to keep.

import { shown } from '../surface/texts.js';
import { spoken } from './rich.js';

/** @typedef {import('./view.js').Row} Row @typedef {import('./view.js').Kit} Kit */

/** All that an editor begins a line at. */
const BREAKS = /\r\n|[\n\v\f\r\x85\u2028\u2029]/g;

/**
 * What the file says, in the visitor's language: a line for each message and each event, its time and its author before it.
 * @param {Kit} kit
 * @param {Row[]} rows
 * @param {(row: Row) => string} noteOf what a row says that is no message
 */
function written({ say, texts }, rows, noteOf) {
  const time = new Intl.DateTimeFormat(texts.locale, { dateStyle: 'medium', timeStyle: 'short' });
  const lines = rows.flatMap((row) => {
    if (row.kind !== 'message' && row.kind !== 'event') return [];
    const said = row.kind === 'event' ? `(${noteOf(row)})` : `${row.author === 'visitor' ? say('you') : row.name === null ? say('helper') : shown(row.name)}: ${spoken(row)}`;
    // What is said in several lines begins further in, so that no line of it looks like another's.
    return [`[${time.format(row.at)}] ${said.replace(BREAKS, '\n    ')}`];
  });
  return lines.join('\n') + '\n';
}

/** @param {Kit} kit @param {Row[]} rows @param {(row: Row) => string} noteOf */
export function download(kit, rows, noteOf) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([written(kit, rows, noteOf)], { type: 'text/plain;charset=utf-8' }));
  link.download = `conversation-${new Date().toISOString().slice(0, 10)}.txt`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
