// @ts-check
// What stands in the place of what is not shown, and says why: a box of its size, or a picture.

const REASONS = ['blocked by the site', 'a page of another site', 'a plug-in', 'masked', 'a drawing with parts of another site', 'a drawing that cannot be read',
  'a part that is closed to scripts'];

/** What stands for a picture that the page itself may not read, or that is too large to be sent. */
export const FOREIGN_PICTURE = 'a picture of another site', LARGE_PICTURE = 'a picture that is too large';

const CLOSED_ROOT = 6;

/** @param {Document} page @param {number} reason @param {number} width @param {number} height */
export function badgeOf(page, reason, width, height) {
  const badge = page.createElement('span');
  badge.setAttribute('data-badge', String(reason));
  badge.title = REASONS[reason] ?? '';
  badge.style.cssText = `display:inline-block;box-sizing:border-box;width:${width}px;height:${height}px;overflow:hidden;` +
    'background:repeating-linear-gradient(45deg,#d5d9e0 0 6px,#e6e9ee 6px 12px);color:#3b4252;font:12px sans-serif' +
    // What stands there may be a block, which leaves no room beneath it for letters.
    (reason === CLOSED_ROOT ? ';vertical-align:top' : '');
  if (hasRoom(width, height)) badge.textContent = badge.title;
  return badge;
}

/** The picture of a drawing that has none: an address. @param {number} reason @param {number} width @param {number} height */
export const missingPicture = (reason, width, height) => `data:image/svg+xml,${encodeURIComponent(badgeDrawing(REASONS[reason] ?? '', width, height))}`;

/** What every badge as a picture begins with. */
export const BADGE = '<svg xmlns="http://www.w3.org/2000/svg" class="badge"';

/** A badge as a picture: SVG. Its words are not smaller where it is a large picture that is shown small. @param {string} words @param {number} width @param {number} height */
export const badgeDrawing = (words, width, height) =>
  `${BADGE} width="${width}" height="${height}"><pattern id="p" width="12" height="12" ` +
  'patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path fill="#d5d9e0" d="M0 0h6v12H0z"/></pattern>' +
  `<path fill="#e6e9ee" d="M0 0h${width}v${height}H0z"/><path fill="url(#p)" d="M0 0h${width}v${height}H0z"/>` +
  (hasRoom(width, height) ? `<text x="4" y="1.2em" font-family="sans-serif" font-size="${Math.max(12, width / 40)}" fill="#3b4252">${words}</text></svg>` : '</svg>');

/** Whether words have room: where a small one stands many times, they would be parts of words. @param {number} width @param {number} height */
const hasRoom = (width, height) => width > 90 && height > 20;
