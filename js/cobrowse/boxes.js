// @ts-check
// Where things are on the screen, also in frames of the same origin.

/** @typedef {{left: number, top: number, width: number, height: number}} Box */

/** The box of a node in this window; nothing where it has none. @param {Node | undefined} node @returns {Box | undefined} */
export function boxOf(node) {
  if (!node || !node.isConnected) return undefined;
  if (node.nodeType === 9) {
    const root = /** @type {Document} */ (node).documentElement;
    return root ? boxOf(root) : undefined;
  }
  let box;
  if (node.nodeType === 1) box = /** @type {Element} */ (node).getBoundingClientRect();
  else if (node.parentNode) {
    const range = /** @type {Document} */ (node.ownerDocument).createRange();
    range.selectNodeContents(node);
    box = range.getBoundingClientRect();
  }
  if (!box || (box.width === 0 && box.height === 0)) return undefined;
  let { left, top } = box;
  for (let view = /** @type {Window | null | undefined} */ (node.ownerDocument?.defaultView); view && view !== window; view = view.parent) {
    const frame = view.frameElement;
    if (!frame) return undefined;
    const outer = frame.getBoundingClientRect();
    left += outer.left + frame.clientLeft;
    top += outer.top + frame.clientTop;
  }
  return { left, top, width: box.width, height: box.height };
}

/** The size of the whole page, and how far its upper left lies from that of the window. */
export function pageBox() {
  const root = document.scrollingElement ?? document.documentElement;
  const { scrollWidth: width, scrollHeight: height, clientWidth } = root;
  // Where a page begins at the right, it is scrolled to the left by less than nothing.
  const isFromRight = getComputedStyle(document.documentElement).direction === 'rtl' || getComputedStyle(root).direction === 'rtl';
  const left = isFromRight ? root.scrollLeft + width - clientWidth : root.scrollLeft;
  return { left: -left, top: -root.scrollTop, width: Math.max(width, 1), height: Math.max(height, 1) };
}

/**
 * Calls `attach` for this window, and for each frame of the same origin once it gets the pointer or the focus: their events do not come here.
 * @param {AbortSignal} signal
 * @param {(view: Window) => void} attach
 */
export function eachWindow(signal, attach) {
  /** @type {WeakSet<Document>} */
  const known = new WeakSet();
  const look = (/** @type {any} */ frame) => {
    if (frame?.localName !== 'iframe' && frame?.localName !== 'frame') return;
    try {
      const view = frame.contentWindow;
      if (known.has(view.document)) return;
      known.add(view.document);
      watch(view);
    } catch {
      // Of another site.
    }
  };
  /** @param {Window} view */
  const watch = (view) => {
    attach(view);
    view.addEventListener('pointerover', (event) => look(event.target), { capture: true, passive: true, signal });
    view.addEventListener('blur', () => look(view.document.activeElement), { signal });
  };
  watch(window);
}
