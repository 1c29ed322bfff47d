// @ts-check
// The thread as a file of plain text, for the visitor to keep.

import { spoken } from './rich.js';

/** @typedef {import('./view.js').Row} Row */

/**
 * What the file says: a line for each message, its time and its author before it.
 * @param {Row[]} rows
 * @param {string} [language]
 */
export function written(rows, language) {
  const time = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  const lines = rows.flatMap((row) => {
    if (row.kind === 'message') return [`[${time.format(row.at)}] ${row.name ?? row.author}: ${spoken(row)}`];
    return row.kind === 'event' ? [`[${time.format(row.at)}] (${row.event}${row.name ? ` ${row.name}` : ''})`] : [];
  });
  return lines.join('\n') + '\n';
}

/** @param {Row[]} rows @param {{cobrowse: Record<string, any>}} options */
export function download(rows, { cobrowse }) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([written(rows, cobrowse.language)], { type: 'text/plain;charset=utf-8' }));
  link.download = `conversation-${new Date().toISOString().slice(0, 10)}.txt`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
