// @ts-check
// Kinds of pictures and fonts that are shown, by their number in `protocol::AssetKind`.

export const KINDS = [
  'image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/svg+xml', 'font/woff2', 'font/woff', 'font/ttf', 'font/otf',
];

/** What fonts begin with. @type {Record<string, string>} */
const FONTS = { '774f4632': 'font/woff2', '774f4646': 'font/woff', '00010000': 'font/ttf', '74727565': 'font/ttf', '4f54544f': 'font/otf' };

/** The kind of font that these bytes are; -1 where they are none. @param {Uint8Array} bytes */
export const fontKind = (bytes) => KINDS.indexOf(FONTS[hex(bytes.subarray(0, 4))]);

/** @param {ArrayBuffer | Uint8Array} digest */
export function hex(digest) {
  let text = '';
  for (const byte of new Uint8Array(digest)) text += byte.toString(16).padStart(2, '0');
  return text;
}
