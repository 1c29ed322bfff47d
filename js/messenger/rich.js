// @ts-check
// Messages as nodes: a closed set of elements, made from the blocks that the machine parsed. Text is only ever text.

import { make } from '../surface/make.js';

/** What is nested deeper is left out. */
const DEEPEST = 12;

/** Where a link may lead. */
const SCHEMES = ['http:', 'https:', 'mailto:', 'tel:'];

/** @typedef {import('./view.js').Block} Block @typedef {import('./view.js').Inline} Inline */

/** @param {Block[]} blocks @param {number} [depth] @returns {Node[]} */
export function drawn(blocks, depth = 0) {
  if (depth > DEEPEST) return [];
  return blocks.map((block) => drawBlock(block, depth)).filter((node) => node !== null);
}

/** @param {Block} block @param {number} depth */
function drawBlock(block, depth) {
  if ('p' in block) return make('p', { dir: 'auto' }, ...inlines(block.p, depth));
  if ('list' in block) {
    const items = block.list.map((item) => make('li', {}, ...inlines(item, depth)));
    // Its numbers stand where its texts begin.
    return typeof block.first !== 'number' ? make('ul', { dir: 'auto' }, ...items) : make('ol', { dir: 'auto', start: String(block.first) }, ...items);
  }
  if ('quote' in block) return make('blockquote', {}, ...drawn(block.quote, depth + 1));
  if ('code' in block) return make('pre', { dir: 'ltr' }, make('code', {}, block.code));
  return null;
}

/** @param {Inline[]} parts @param {number} depth @returns {Array<Node | string>} */
function inlines(parts, depth) {
  if (depth > DEEPEST) return [];
  return parts.flatMap((part) => drawInline(part, depth + 1));
}

/** @param {Inline} part @param {number} depth @returns {Array<Node | string>} */
function drawInline(part, depth) {
  if ('text' in part) return [part.text];
  if ('strong' in part) return [make('strong', {}, ...inlines(part.strong, depth))];
  if ('em' in part) return [make('em', {}, ...inlines(part.em, depth))];
  if ('strike' in part) return [make('s', {}, ...inlines(part.strike, depth))];
  if ('code' in part) return [make('code', {}, part.code)];
  if ('link' in part) return link(part.link, part.label, depth);
  return 'br' in part ? [make('br')] : [];
}

/** @param {string} address @param {Inline[]} label @param {number} depth */
function link(address, label, depth) {
  const children = inlines(label, depth);
  const url = leading(address);
  if (!url) return children;
  const text = plainInlines(label).trim();
  const named = hostIn(text);
  const isWeb = url.protocol.startsWith('http');
  const anchor = make('a', { href: url.href, target: '_blank', rel: 'noopener noreferrer', title: url.href, dir: 'auto' }, ...(text ? children : [url.href]));
  // Who reads one host and gets to another is told.
  return named && isWeb && named !== url.host ? [anchor, ` (${url.host})`] : [anchor];
}

/** @param {string} address */
function leading(address) {
  try {
    const url = new URL(address);
    return SCHEMES.includes(url.protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}

/** The host that a text seems to name. @param {string} text */
function hostIn(text) {
  const found = /^(?:https?:\/\/)?((?:[\p{L}\p{N}-]+\.)+\p{L}{2,}(?::\d+)?)(?:[/?#]|$)/iu.exec(text);
  return found ? leading(`https://${found[1]}`)?.host : undefined;
}

/** What a message says, to be read out. @param {Block[]} blocks @param {number} [depth] @returns {string} */
export function plain(blocks, depth = 0) {
  if (depth > DEEPEST) return '';
  const texts = blocks.map((block) => {
    if ('p' in block) return plainInlines(block.p);
    if ('list' in block) return block.list.map((item) => plainInlines(item)).join('\n');
    if ('quote' in block) return plain(block.quote, depth + 1);
    return 'code' in block ? block.code : '';
  });
  return texts.filter(Boolean).join('\n');
}

/** What a message says, its file's name included. @param {import('./view.js').Message} message */
export const spoken = ({ file, score, blocks }) => [file?.name, score && stars(score), plain(blocks)].filter(Boolean).join('\n');

/** @param {number} score from 1 to 5 */
export const stars = (score) => '★★★★★☆☆☆☆☆'.slice(5 - score, 10 - score);

/** @param {Inline[]} parts @param {number} [depth] @returns {string} */
function plainInlines(parts, depth = 0) {
  if (depth > DEEPEST) return '';
  const texts = parts.map((part) => {
    if ('text' in part) return part.text;
    if ('code' in part) return part.code;
    if ('br' in part) return '\n';
    const inner = 'strong' in part ? part.strong : 'em' in part ? part.em : 'strike' in part ? part.strike : 'label' in part ? part.label : [];
    return plainInlines(inner, depth + 1);
  });
  return texts.join('');
}

/** One to three emoji and nothing else are drawn large. @param {Block[]} blocks */
export function isEmojiOnly(blocks) {
  const [block] = blocks;
  if (blocks.length !== 1 || !('p' in block) || block.p.length !== 1 || !('text' in block.p[0])) return false;
  return EMOJI.test(block.p[0].text.trim());
}

const EMOJI = /^(?:(?:\p{RI}{2}|(?![\d#*])\p{Emoji}(?:\p{EMod}|\uFE0F\u20E3?)?(?:\u200D\p{Emoji}(?:\p{EMod}|\uFE0F)?)*)\s?){1,3}$/u;
