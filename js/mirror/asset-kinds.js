// @ts-check
// Kinds of pictures and fonts that are shown, by their number in `protocol::AssetKind`.

export const KINDS = [
  'image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/svg+xml', 'font/woff2', 'font/woff', 'font/ttf', 'font/otf',
];

/** @param {ArrayBuffer | Uint8Array} digest */
export function hex(digest) {
  let text = '';
  for (const byte of new Uint8Array(digest)) text += byte.toString(16).padStart(2, '0');
  return text;
}
