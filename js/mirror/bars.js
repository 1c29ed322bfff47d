// @ts-check
// Scroll bars of a replica. The agent's system may have wider ones than the visitor's, or such as lie over the page and take no room of it.

/** Beneath a page's own rules for its bars. */
const PAINT = (/** @type {string} */ of) => `${of}::-webkit-scrollbar-track, ${of}::-webkit-scrollbar-corner { background: #f1f1f1; } ` +
  `${of}::-webkit-scrollbar-thumb { background: #b8bcc4; }`;

/** Rules for the bars of a window: as wide and as high as the visitor's, in CSS pixels; those that take nothing are not there. @param {[number, number]} bars */
export const windowBars = ([width, height]) => (width || height
  ? ':root { scrollbar-width: auto !important; scrollbar-color: auto !important; } ' +
    `:root::-webkit-scrollbar { width: ${width}px !important; height: ${height}px !important; } ${PAINT(':root')}`
  : ':root { scrollbar-width: none !important; } :root::-webkit-scrollbar { display: none !important; }');

/** Rules for those of all that scrolls within a page. @param {number | undefined} width in CSS pixels; absent: as this browser has them */
export const innerBars = (width) => (width === undefined ? ''
  : `::-webkit-scrollbar { width: ${width}px; height: ${width}px; } ${width
    ? PAINT('') : '@supports not selector(::-webkit-scrollbar) { * { scrollbar-width: none; } }'}`);

/** @type {number | undefined} */
let own;

/** What a bar takes in this browser. */
export function ownBar() {
  if (own !== undefined) return own;
  const box = document.createElement('div');
  box.style.cssText = 'all: initial; position: fixed; visibility: hidden; overflow: scroll; width: 99px; height: 99px';
  document.documentElement.append(box);
  own = box.offsetWidth - box.clientWidth;
  box.remove();
  return own;
}
