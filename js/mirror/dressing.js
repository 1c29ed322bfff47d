// @ts-check
// Attributes and rules as a replica shows them: with the pictures that came from the visitor's page, and media conditions as his device answers.

import { PICTURES, setAllowed } from './allowed.js';
import { withPseudo } from './answers.js';
import { missingPicture } from './badges.js';
import { scaleOf } from './canvas-size.js';
import { withDevice, withPictures, withScheme } from './device.js';
import { localName, removeAttribute, setAttribute } from './dom.js';
import { candidates, Pictures, withAddresses } from './pictures.js';

export class Dressing {
  /** @type {(id: number) => any} */
  #node;
  /** What media queries ask of the visitor's device. */
  #device = 0;
  #ratio = 100;
  /** What the visitor's page gives; absent where pictures come from elsewhere. */
  #pictures;
  /** Pictures of canvases, where those of the page come from elsewhere. @type {Pictures | undefined} */
  #drawn;
  /** Values that name pictures, as they were told, by node and name. @type {Map<string, string>} */
  #values = new Map();
  /** Of canvases: what stands in their styles beside the page's own. @type {Map<number, string>} */
  #dressed = new Map();
  /** Canvases of which a badge is shown, and why. @type {Map<number, number>} */
  #missing = new Map();

  /** @param {(id: number) => any} node @param {boolean} isGiven whether the visitor's page gives pictures */
  constructor(node, isGiven) {
    this.#node = node;
    if (isGiven) this.#pictures = new Pictures();
  }

  /** For another page. @param {number} device @param {number} ratio */
  clear(device, ratio) {
    this.#device = device;
    this.#ratio = ratio;
    this.#values = new Map();
    this.#dressed = new Map();
    this.#missing = new Map();
  }

  /** @param {number} id */
  forget(id) {
    this.#missing.delete(id);
    this.#dressed.delete(id);
  }

  /** A media condition. @param {string} text */
  media(text) {
    return withDevice(text, this.#device, this.#ratio);
  }

  /** Declarations with the pictures that are there. @param {string} css */
  look(css) {
    // What is at an address of the mirror's own only a desk is given.
    const own = (/** @type {string} */ address) => (this.#pictures || address.startsWith('blob:') ? undefined : address);
    return withAddresses(css, (address, property) => this.#pictures?.resolved(address, '', () => {}, property) ?? own(address));
  }

  /** Whether the bytes of this picture or font are wanted. @param {string} address @param {string} hash */
  offer(address, hash) {
    return this.#pictures?.offer(address, hash) ?? false;
  }

  /** @param {string} hash @param {number} kind @param {Uint8Array} bytes */
  keep(hash, kind, bytes) {
    (this.#pictures ?? this.#drawn)?.keep(hash, kind, bytes).catch(() => {});
  }

  /** @param {number} id @param {any} element @param {string} name @param {string | undefined} value absent: taken away */
  attribute(id, element, name, value) {
    if (value === undefined) {
      this.#values.delete(`${id} ${name}`);
      removeAttribute(element, name);
      if (name === 'style') this.#dress(id);
      return;
    }
    // Icons and the like ask for pictures that nobody sees.
    if (this.#pictures && name === 'href' && localName(element) === 'link') return;
    if (name === 'media') value = withDevice(value, this.#device, this.#ratio);
    if (name === 'style') this.styled(id, name, value, (shown) => {
      setAttribute(element, name, shown);
      this.#dress(id);
    });
    else if (this.#pictures && localName(element) === 'use' && /(^|:)href$/.test(name) && !value.startsWith('#')) this.#part(id, name, value);
    else if (this.#pictures && namesPictures(element, name)) this.#picture(id, name, value);
    else setAllowed(element, name, value);
    const reason = name === 'width' || name === 'height' ? this.#missing.get(id) : undefined;
    if (reason !== undefined) this.missing(id, reason);
  }

  /** An attribute that names pictures, with what is there of them. @param {number} id @param {string} name @param {string} value */
  #picture(id, name, value) {
    const place = `${id} ${name}`;
    this.#values.set(place, value);
    const draw = () => {
      const element = this.#node(id);
      if (!element || this.#values.get(place) !== value) return;
      // What a video shows, it shows instead.
      if (name === 'poster' && this.#dressed.has(id)) return;
      const resolve = (/** @type {string} */ address) => (/^https?:|^blob:/.test(address) ? this.#pictures?.resolved(address, place, draw) : address);
      const shown = name === 'srcset' ? candidates(value, resolve) : resolve(value);
      if (name === 'srcset' && element.getAttribute('src') === 'data:,') removeAttribute(element, 'src');
      if (shown) setAllowed(element, name, shown);
      // Its words stand in for it, as those of a picture that is broken.
      else if (name === 'src' && localName(element) === 'img' && !this.#values.has(`${id} srcset`)) setAttribute(element, name, 'data:,');
      else removeAttribute(element, name);
    };
    draw();
  }

  /** A part of a drawing that has a file of its own. @param {number} id @param {string} name @param {string} value */
  #part(id, name, value) {
    const place = `${id} ${name}`;
    const [address, part] = value.split('#');
    this.#values.set(place, value);
    const draw = () => {
      if (this.#values.get(place) !== value) return;
      const url = this.#pictures?.drawing(address, place, draw);
      if (url) setAllowed(this.#node(id), name, `${url}#${part ?? ''}`);
      else removeAttribute(this.#node(id), name);
    };
    draw();
  }

  /** The picture of a canvas; whether its bytes are wanted. @param {number} id @param {string} hash */
  picture(id, hash) {
    const place = `${id} picture`;
    this.#missing.delete(id);
    this.#values.set(place, hash);
    const pictures = this.#pictures ?? (this.#drawn ??= new Pictures());
    const draw = () => {
      if (this.#values.get(place) !== hash || !this.#node(id)) return;
      const url = pictures.resolved(hash, place, draw);
      // Until it has come, the one before is shown.
      if (url) this.#undress(id, url);
    };
    const isWanted = pictures.offer(hash, hash);
    draw();
    return isWanted;
  }

  /** A canvas has no picture. @param {number} id @param {number} reason */
  missing(id, reason) {
    this.#missing.set(id, reason);
    this.#values.delete(`${id} picture`);
    this.#undress(id, missingPicture(reason, ...sizeOf(this.#node(id))));
  }

  /** @param {number} id @param {string} url */
  #undress(id, url) {
    this.#dressed.set(id, url);
    this.#dress(id);
  }

  /** Where nothing runs a canvas paints nothing: its picture is its content, beside what the page says of its style. @param {number} id */
  #dress(id) {
    const url = this.#dressed.get(id);
    if (!url) return;
    const canvas = this.#node(id);
    if (localName(canvas) === 'video') return setAttribute(canvas, 'poster', url);
    const [width, height] = sizeOf(canvas);
    const scale = scaleOf(width, height);
    canvas.style.setProperty('content', scale === 1 || url.startsWith('data:') ? `url("${url}")` : `image-set(url("${url}") ${scale}x)`, 'important');
  }

  /** Style rules or declarations, with what is there of their pictures. @param {number} id @param {string} name @param {string} css @param {(shown: string) => void} show */
  styled(id, name, css, show) {
    const pictures = this.#pictures;
    css = withPictures(withScheme(name === '' ? withDevice(withPseudo(css), this.#device, this.#ratio) : css, this.#device), this.#ratio);
    if (!pictures) return show(css);
    const place = `${id} ${name}`;
    this.#values.set(place, css);
    const draw = () => {
      if (this.#node(id) && this.#values.get(place) === css) show(withAddresses(css, (address, property) => pictures.resolved(address, place, draw, property)));
    };
    draw();
  }
}

/** Whether what the attribute says is shown as a picture. @param {any} element @param {string} name */
function namesPictures(element, name) {
  const kind = localName(element);
  if (name === 'href' || name === 'xlink:href') return kind === 'image' || kind === 'feImage';
  return name === 'srcset' || name === 'poster' || name === 'background' || (name === 'src' && PICTURES.test(kind));
}

/** Of a canvas: its own pixels. @param {Element} canvas @returns {[number, number]} */
function sizeOf(canvas) {
  const own = (/** @type {string} */ name, /** @type {number} */ otherwise) => {
    const value = parseInt(canvas.getAttribute(name) ?? '', 10);
    return value >= 0 ? value : otherwise;
  };
  return [own('width', 300), own('height', 150)];
}
