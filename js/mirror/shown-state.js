// @ts-check
// What elements of a replica show besides their attributes.

/** How an element that fills the screen looks. */
const LARGE = {
  position: 'fixed', inset: '0', margin: '0', boxSizing: 'border-box', minWidth: '0', maxWidth: 'none', minHeight: '0', maxHeight: 'none', width: '100%',
  height: '100%', transform: 'none', objectFit: 'contain', zIndex: '2147483647',
};

/** @param {any} field @param {number} start @param {number} end @param {boolean} isBackward */
export function setCaret(field, start, end, isBackward) {
  try {
    field.setSelectionRange(start, end, isBackward ? 'backward' : 'forward');
  } catch {
    // Of a kind that has none here.
  }
}

/** @param {any} field @param {string} value */
export function setValue(field, value) {
  // Its options tell.
  if (field.localName === 'select') return;
  if (field.type === 'file') {
    const files = new DataTransfer();
    for (const name of value.split('\n')) if (name) files.items.add(new File([], name));
    field.files = files.files;
    return;
  }
  // Its steps begin at its default where it has no least value.
  if (field.type === 'range') field.defaultValue = value;
  const { selectionStart, selectionEnd, selectionDirection } = field;
  field.value = value;
  if (typeof selectionStart === 'number') setCaret(field, selectionStart, selectionEnd, selectionDirection === 'backward');
}

/** @param {any} node @param {'checked' | 'indeterminate' | 'selected' | 'disabled'} name @param {boolean} is */
export function setFlag(node, name, is) {
  if (name === 'disabled' && node.localName === 'style') {
    if (node.sheet) node.sheet.disabled = is;
    return;
  }
  // A list that shows one choice chooses the first where none is: not where nothing is chosen.
  const list = name === 'selected' && !is && node.selected ? node.closest('select:not([multiple])') : null;
  if (list) list.selectedIndex = -1;
  else node[name] = is;
}

/** Puts it into the top layer, or takes it out; returns what lasts as long as it is there. @param {any} element @param {number} layer @returns {Animation | undefined} */
export function showLayer(element, layer) {
  let shown;
  try {
    if (element.matches?.(':popover-open')) element.hidePopover();
    if (layer === 3) shown = element.animate([LARGE, LARGE], { duration: 1, fill: 'both' });
    if (element.matches?.(':modal')) {
      const isOpen = element.hasAttribute('open');
      // Without its attribute it counts as closed and stays where it is.
      element.setAttribute('open', '');
      element.close();
      if (isOpen) element.setAttribute('open', '');
    }
    if (layer === 1) element.showPopover();
    if (layer === 2) {
      element.removeAttribute('open');
      element.showModal();
    }
  } catch {
    // Not connected, or of another kind here.
  }
  return shown;
}

/** Declarations that win over all rules. @param {any} element @param {string} css @returns {Animation} */
export function showLook(element, css) {
  const { style } = document.createElement('i');
  style.cssText = css;
  /** @type {Record<string, string>} */
  const frame = {};
  for (const name of style) frame[name.replace(/^-|-(\w)/g, (_, letter) => letter?.toUpperCase() ?? '')] = style.getPropertyValue(name);
  return element.animate([frame, frame], { duration: 1, fill: 'both' });
}
