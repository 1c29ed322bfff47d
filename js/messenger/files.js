// @ts-check
// A file as a person sees it: a picture where it is one and can be shown, otherwise a card with its name, its kind and its size.

import { icon, make } from '../surface/make.js';

/** Pictures are at most so large, in pixels. */
const WIDEST = 240;
const HIGHEST = 240;

/** A picture this much narrower than it is long, or the other way around, is cut. */
const THINNEST = 48;

/**
 * @typedef {import('./view.js').Attached} Attached
 * @typedef {import('./view.js').Kit} Kit
 */

/** @param {Kit} kit @param {Attached} file */
export function drawFile(kit, file) {
  const isThere = file.scan !== 'pending' && file.scan !== 'infected';
  const element = isThere && file.url
    ? make('a', { class: 'file', part: 'file', href: file.url, target: '_blank', rel: 'noopener noreferrer', referrerpolicy: 'no-referrer', title: file.name })
    : make('div', { class: 'file', part: 'file' });
  const source = isThere ? file.preview ?? (file.width ? file.url : null) : null;
  if (source) element.append(picture(file, source, () => element.replaceChildren(...card(kit, file))));
  else element.append(...card(kit, file));
  return element;
}

/** @param {Attached} file @param {string} source @param {() => void} failed the page's policy does not allow it, or it is none */
function picture({ name, width, height }, source, failed) {
  // Its place is there before it is: what stands below does not jump.
  const scale = width && height ? Math.min(WIDEST / width, HIGHEST / height, 1) : 0;
  const size = scale ? { width: String(Math.max(THINNEST, Math.round((width ?? 0) * scale))), height: String(Math.max(THINNEST, Math.round((height ?? 0) * scale))) } : {};
  const image = make('img', { class: 'thumbnail', part: 'thumbnail', alt: name, decoding: 'async', referrerpolicy: 'no-referrer', draggable: 'false', ...size });
  image.addEventListener('error', failed, { once: true });
  image.setAttribute('src', source);
  return image;
}

/** @param {Kit} kit @param {Attached} file */
function card({ say, texts }, { name, size, scan }) {
  const ending = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1].toUpperCase();
  const note = scan === 'pending' ? say('checking') : scan === 'infected' ? say('fileHarm') : [ending, texts.bytes(size)].filter(Boolean).join(' · ');
  return [
    make('span', { class: 'sheet-icon' }, icon(scan === 'infected' ? 'alert' : 'file')),
    make('span', { class: 'about' }, make('bdi', { class: 'file-name' }, name), make('span', { class: 'file-note' }, note)),
  ];
}
