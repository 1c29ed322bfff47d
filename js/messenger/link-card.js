// @ts-check
// What an address in a message leads to, as the hub found it: nothing is fetched from there.

import { make } from '../surface/make.js';

/** A picture is at least this much wider than high: what is higher is cut. */
const HIGHEST = 0.75;

/** @param {import('./view.js').Linked} link */
export function linkCard({ address, title, text, site, image, width, height }) {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (!url || !/^https?:$/.test(url.protocol)) return null;
  const card = make('a', { class: 'link-card', part: 'link', href: url.href, target: '_blank', rel: 'noopener noreferrer', referrerpolicy: 'no-referrer' });
  if (image && width && height) {
    // Its place is there before it is.
    const picture = make('img', { alt: '', decoding: 'async', referrerpolicy: 'no-referrer', draggable: 'false' });
    picture.style.setProperty('aspect-ratio', `${width} / ${Math.min(height, width * HIGHEST)}`);
    picture.addEventListener('error', () => picture.remove(), { once: true });
    picture.setAttribute('src', image);
    card.append(picture);
  }
  card.append(make('span', { class: 'link-about' },
    make('bdi', { class: 'link-title' }, title), text ? make('bdi', { class: 'link-text' }, text) : null,
    // The host cannot be chosen by the page.
    make('span', { class: 'link-site' }, site && site !== url.hostname.replace(/^www\./, '') ? make('bdi', {}, `${site} · `) : null, make('bdi', {}, url.host))));
  return card;
}
