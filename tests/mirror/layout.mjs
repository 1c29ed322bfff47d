// How a document is laid out, so that a page and a replica of other letters can be compared.

/**
 * The elements that have a box, in order and with their depth: `[depth, name, x, y, width, height, lines, size]`, in CSS pixels of the viewport of their
 * document; `lines` of the text in the element itself, -1 where a box with words of its own may stand; `size` of its letters. Runs inside the judged page, in a world of its own: it may use nothing from outside.
 * What a replica may rightly leave out is not there (`describe.mjs`); of a badge and of what is blocked the box alone counts.
 *
 * @param {Document} source
 * @param {ShadowRoot[]} closed closed shadow roots, which a page cannot find by itself
 * @returns {Array<[number, string, number, number, number, number, number, number]>}
 */
export function layout(source, closed) {
  const boxes = [];
  // Read by the prototypes' own getters: a form's inputs may be called as these are.
  const getter = (owner, name) => { const { get } = Object.getOwnPropertyDescriptor(owner.prototype, name); return (node) => get.call(node); };
  const method = (owner, name) => { const own = owner.prototype[name]; return (node, ...given) => own.apply(node, given); };
  const read = {
    ...Object.fromEntries(['firstChild', 'nextSibling', 'nodeType'].map((name) => [name, getter(Node, name)])),
    ...Object.fromEntries(['localName', 'shadowRoot'].map((name) => [name, getter(Element, name)])),
    ...Object.fromEntries(['getAttribute', 'hasAttribute', 'getBoundingClientRect'].map((name) => [name, method(Element, name)])),
  };
  const hidden = new Map(closed.map((root) => [root.host, root]));
  const unseen = new Set(['script', 'noscript', 'meta', 'base', 'head', 'link', 'style', 'template', 'option', 'optgroup']);

  /** Lines are told by where they stand: a line may have several boxes, of writings in both directions. */
  function linesIn(element, isVertical) {
    let lines = 0;
    for (let node = read.firstChild(element); node; node = read.nextSibling(node)) {
      if (read.nodeType(node) !== 3 || !node.data.trim()) continue;
      const range = node.ownerDocument.createRange();
      range.selectNodeContents(node);
      const places = [...range.getClientRects()].filter(({ width, height }) => width && height).map(({ left, top }) => (isVertical ? left : top));
      places.sort((one, other) => one - other);
      // Letters of another font may stand a little higher in one line.
      lines += places.filter((place, at) => at === 0 || place - places[at - 1] > 3).length;
    }
    return lines;
  }

  function visitElement(depth, element) {
    const local = read.localName(element);
    const cover = read.getAttribute(element, 'data-alongside');
    if (unseen.has(local) || cover === 'hide') return;
    const { x, y, width, height } = read.getBoundingClientRect(element);
    const root = read.shadowRoot(element) ?? hidden.get(element);
    const isBadge = read.hasAttribute(element, 'data-badge') || cover === 'block';
    const style = getComputedStyle(element);
    boxes.push([depth, local, x, y, width, height, isBadge ? -1 : root ? 0 : linesIn(element, style.writingMode !== 'horizontal-tb'), parseFloat(style.fontSize)]);
    if (isBadge) return;
    let inner = null;
    try {
      inner = local === 'iframe' || local === 'frame' ? element.contentDocument : null;
    } catch {
      // Another origin: not to be seen from here.
    }
    for (const parent of [root, inner, inner ? null : element]) {
      if (!parent) continue;
      for (let node = read.firstChild(parent); node; node = read.nextSibling(node)) if (read.nodeType(node) === 1) visitElement(depth + 1, node);
    }
  }

  for (let node = read.firstChild(source); node; node = read.nextSibling(node)) if (read.nodeType(node) === 1) visitElement(0, node);
  return boxes;
}

/** Where nothing is to differ but how the browser rounds, in CSS pixels. */
const ROUNDING = 2;
/** Words are as wide as stand-ins of three widths make them, which fonts draw a little otherwise: so much of a line may a box differ along it. */
const SLACK = 0.05;
/** The step from one such width to the next, in sizes of the letters: a word alone may be half of it wider, in a font that is wide. */
const STEP = 0.3;

/**
 * How the layout of a replica differs from the page's: which elements and what of them (`differences`), and by how much (`details`).
 * @param {ReturnType<typeof layout>} source @param {ReturnType<typeof layout>} replica
 * @returns {{elements: number, differences: string[], details: string[]}}
 */
export function compareLayouts(source, replica) {
  const differences = [];
  const details = [];
  const parents = [];
  let here = 0;
  let there = 0;
  while (here < source.length) {
    const [depth, name, x, y, width, height, lines, size] = source[here];
    const parent = parents[depth - 1];
    const place = [...parents.slice(0, depth).map(([, name]) => name), name].join(' > ');
    parents[depth] = source[here];
    const other = replica[there];
    here += 1;
    if (!other || other[0] !== depth) {
      differences.push(`${place}: is not there`);
      details.push(`${place}: is not there`);
      while (source[here]?.[0] > depth) here += 1;
      continue;
    }
    there += 1;
    const along = Math.max(ROUNDING, SLACK * (parent?.[4] ?? width), STEP * size);
    const said = [
      ['x', x, other[2], along], ['y', y, other[3], ROUNDING], ['width', width, other[4], along], ['height', height, other[5], ROUNDING], ['lines', lines, lines < 0 || other[6] < 0 ? lines : other[6], 0],
    ].filter(([, one, other, most]) => Math.abs(one - other) > most);
    if (said.length) {
      differences.push(`${place}: ${said.map(([what]) => what).join(', ')}`);
      details.push(`${place}: ${said.map(([what, one, other]) => `${what} ${Math.round(one)} became ${Math.round(other)}`).join(', ')}`);
    }
    // What one of them does not show as a box of its own is beside what the other has in it.
    if (!(source[here]?.[0] > depth)) while (replica[there]?.[0] > depth) there += 1;
    while (replica[there] && source[here] && replica[there][0] > source[here][0]) there += 1;
    if (replica[there] === undefined || replica[there][0] <= depth) while (source[here]?.[0] > depth) here += 1;
  }
  return { elements: source.length, differences, details };
}
