// @ts-check
// Elements of the SDK's own, made one by one: text is only ever text.

const SVG = 'http://www.w3.org/2000/svg';

/** Buttons that appear unasked take no click before a person can have read them, in milliseconds. */
const READ_FIRST = 400;

/** Outlines of 24 by 24, drawn with a line. */
const ICONS = {
  eye: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12ZM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z',
  hidden: 'M4 4l16 16M9.9 5.8A9 9 0 0 1 12 5.5c6 0 9.5 6.5 9.5 6.5a16 16 0 0 1-3 3.6M6 7.6A16 16 0 0 0 2.5 12S6 18.5 12 18.5a9 9 0 0 0 4-1',
  hand: 'M8 12V6a1.5 1.5 0 0 1 3 0v5M11 11V4.5a1.5 1.5 0 0 1 3 0V11M14 11V6a1.5 1.5 0 0 1 3 0v8a6.5 6.5 0 0 1-6.5 6.5c-3 0-4.2-1.5-5.5-4l-1.8-3.3a1.5 1.5 0 0 1 2.6-1.5L8 14.5',
  pause: 'M8.5 5.5v13M15.5 5.5v13',
  go: 'M7.5 5v14l11-7z',
  end: 'M6 6l12 12M18 6 6 18',
  pen: 'M4 20l1-4.5L16.5 4a2.1 2.1 0 0 1 3 3L8.5 18.5z',
  arrow: 'M5 19 19 5M9.5 5H19v9.5',
  rectangle: 'M4.5 6.5h15v11h-15z',
  erase: 'M9 19.5h11M4.5 14.5l9-9a2 2 0 0 1 2.8 0l3.2 3.2a2 2 0 0 1 0 2.8l-8 8H8.5l-4-4a.7.7 0 0 1 0-1z',
  list: 'M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5h.01M4.5 12h.01M4.5 17.5h.01',
  undo: 'M8.5 5 4 9.5 8.5 14M4.5 9.5H14a5 5 0 0 1 0 10h-3',
  grip: 'M9 6.5h.01M15 6.5h.01M9 12h.01M15 12h.01M9 17.5h.01M15 17.5h.01',
  clock: 'M12 7v5l3 2M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Z',
  down: 'M12 5v14M6 13l6 6 6-6',
  up: 'M12 19V5M6 11l6-6 6 6',
  back: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  more: 'M5.5 12h.01M12 12h.01M18.5 12h.01',
  smile: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM8.5 14.2c1.8 2.6 5.2 2.6 7 0M9 9.8h.01M15 9.8h.01',
  sent: 'M5 12.5l4.5 4.5L19 7.5',
  delivered: 'M2 12.5 6.5 17 16 7.5M11 16l1 1 9.5-9.5',
  alert: 'M12 7.5v5.5M12 16.5h.01M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Z',
  bell: 'M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 2h-15zM10 21.5h4',
  sound: 'M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11',
  download: 'M12 4v11M7 10.5l5 5 5-5M5 19.5h14',
  bin: 'M4.5 6.5h15M9 6.5V4.5h6v2M6.5 6.5l.8 13h9.4l.8-13M10 10.5v5M14 10.5v5',
  leave: 'M14 4.5H5.5v15H14M10 12h10M16.5 8.5 20 12l-3.5 3.5',
  chat: 'M12 4.5c4.7 0 8.5 3.1 8.5 7s-3.8 7-8.5 7c-1 0-2-.2-2.9-.4L4.5 20l1.2-3.7a6.4 6.4 0 0 1-2.2-4.8c0-3.9 3.8-7 8.5-7Z',
  clip: 'M19.5 11.5 12 19a4.6 4.6 0 0 1-6.5-6.5l7.8-7.8a3.1 3.1 0 0 1 4.4 4.4l-7.8 7.8a1.5 1.5 0 0 1-2.2-2.2l7.1-7.1',
  file: 'M6.5 3.5h7l4 4v13h-11zM13.5 3.5v4h4',
  bot: 'M5 9.5h14v9.5H5zM12 9.5V5.5M12 5.5h.01M9 13.5h.01M15 13.5h.01M9.5 16.2h5M2.5 13v3M21.5 13v3',
};

/** @typedef {keyof typeof ICONS} IconName */

/**
 * @param {string} name
 * @param {Record<string, string | boolean | undefined>} [attributes] false and undefined: without it
 * @param {Array<Node | string | null | undefined | false>} children
 * @returns {HTMLElement}
 */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined && value !== false) element.setAttribute(key, value === true ? '' : value);
  for (const child of children) if (child) element.append(child);
  return element;
}

/** @param {string} name @param {Record<string, string | number>} attributes */
export function makeSvg(name, attributes = {}) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/** @param {IconName} name */
export function icon(name) {
  const svg = makeSvg('svg', { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true', focusable: 'false' });
  svg.append(makeSvg('path', { d: ICONS[name] }));
  return svg;
}

/**
 * A button that only a person presses: what scripts dispatch is no press. `data-name` is what it is found by again when it is drawn anew.
 * @param {{name: string, label: string, act: () => void, icon?: IconName, kind?: string, isPressed?: boolean, isBare?: boolean, since?: number}} options
 *   `isBare`: its label is read out and shown as a hint, the icon stands for it; `since`: when it came unasked
 */
export function button({ name, label, act, icon: shape, kind = '', isPressed, isBare = false, since }) {
  const element = make(
    'button',
    {
      type: 'button', class: `button ${kind}`, 'data-name': name, title: isBare && label, 'aria-label': isBare && label,
      'aria-pressed': isPressed === undefined ? undefined : String(isPressed),
    },
    shape && icon(shape),
    !isBare && make('span', {}, label),
  );
  element.addEventListener('click', (event) => {
    if (event.isTrusted && (since === undefined || performance.now() - since >= READ_FIRST)) act();
  });
  return element;
}

/** A part of the surface that is made again when its key changes; the focus stays where it was. */
export class Slot {
  #key = '';
  #element;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#element = element;
  }

  /** @param {string} key empty: nothing @param {() => Array<Node | null | undefined | false>} build whether it was made anew */
  draw(key, build) {
    if (key === this.#key) return false;
    this.#key = key;
    const root = /** @type {ShadowRoot} */ (this.#element.getRootNode());
    const name = root.activeElement && this.#element.contains(root.activeElement) ? root.activeElement.getAttribute('data-name') : null;
    this.#element.replaceChildren(...(key ? build() : []).filter((child) => child instanceof Node));
    if (name) /** @type {HTMLElement | null} */ (this.#element.querySelector(`[data-name="${name}"]`))?.focus({ preventScroll: true });
    return true;
  }
}
