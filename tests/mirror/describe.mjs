// What a document holds, as a flat list of facts, so that a page and its replica can be compared.

/**
 * A fact is `[depth, kind, name, value, cover]`. `cover` is there for what a replica shows otherwise: `masked` (the same shape of text),
 * `renamed` (as many names), `blocked`, `badge` (a box in its place; what is in it does not count). Runs inside the judged page, in a world of its own: it may use nothing from outside.
 * Not described, because a replica may rightly leave it out: scripts, `noscript`, comments, `meta`, `base`, links that are not style
 * sheets, event attributes, and whatever carries `data-badge` (only its box is judged).
 *
 * @param {Document} source
 * @param {ShadowRoot[]} closed closed shadow roots, which a page cannot find by itself
 * @param {string} home the visitor's page: a link within it is the same in short and in full
 * @returns {Array<[number, string, string, string]>}
 */
export function describe(source, closed, home) {
  const facts = [];
  // Read by the prototypes' own getters: a form's inputs and a document's pictures may be called `attributes` or `body`.
  const getter = (owner, name) => { const { get } = Object.getOwnPropertyDescriptor(owner.prototype, name); return (node) => get.call(node); };
  const method = (owner, name) => { const own = owner.prototype[name]; return (node, ...given) => own.apply(node, given); };
  const read = {
    ...Object.fromEntries(['firstChild', 'nextSibling', 'nodeType', 'baseURI'].map((name) => [name, getter(Node, name)])),
    ...Object.fromEntries(['attributes', 'localName', 'namespaceURI', 'prefix', 'shadowRoot', 'scrollLeft', 'scrollTop'].map((name) => [name, getter(Element, name)])),
    ...Object.fromEntries(['getAttribute', 'hasAttribute', 'closest'].map((name) => [name, method(Element, name)])),
    ...Object.fromEntries(['doctype', 'compatMode', 'adoptedStyleSheets'].map((name) => [name, getter(Document, name)])),
    getSelection: method(Document, 'getSelection'),
    style: (element) => (element instanceof HTMLFormElement ? getter(HTMLElement, 'style')(element) : element.style),
  };
  const hidden = new Map(closed.map((root) => [root.host, root]));
  const families = { 'http://www.w3.org/1999/xhtml': '', 'http://www.w3.org/2000/svg': 'svg ', 'http://www.w3.org/1998/Math/MathML': 'math ' };
  const addresses = new Set(['href', 'src', 'poster', 'data', 'cite', 'background', 'xlink:href']);
  // Among them where a form goes, which never leaves the page.
  const unjudged = new Set(['action', 'formaction', 'nonce', 'integrity', 'crossorigin', 'autofocus', 'autoplay', 'srcdoc', 'sandbox', 'csp', 'allow', 'loading', 'decoding',
    'fetchpriority', 'referrerpolicy', 'ping']);
  const states = new Set(['value', 'checked', 'selected']);
  const unseen = new Set(['script', 'noscript', 'meta', 'base']);
  /** Lone surrogates would not survive the way out of the browser. */
  const plain = (text) => String(text).replace(/[^\n\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const tell = (depth, kind, name, value = '', cover = undefined) => facts.push([depth, kind, plain(name), plain(value), ...(cover ? [cover] : [])]);
  const isHtml = (element) => read.namespaceURI(element) === 'http://www.w3.org/1999/xhtml';
  /** Whatever further in says `show`: `mask` wins, where the page is not private by default. */
  const masked = (element) => Boolean(element && read.closest(element, '[data-alongside=mask]'));
  const absolute = (address, base) => {
    if (/^(#|data:|about:)/.test(address)) return address;
    // A new one at every visit.
    if (/^blob:/.test(address)) return 'blob:';
    try {
      const { href } = new URL(address, base);
      return href.startsWith(`${home}#`) ? href.slice(home.length) : href;
    } catch {
      return address;
    }
  };
  const css = (text, base) => text.startsWith('@namespace') ? text : text.replace(/url\("((?:[^"\\]|\\.)*)"\)/g, (_, address) => `url("${absolute(address, base)}")`);
  /** Browsers write the important ones after the others where they have parsed them, and as they came where a script has set them. */
  const declarations = (text) => {
    const all = text.replace(/;$/, '').split(/; (?=[-a-z0-9]+: )/);
    const isImportant = (one) => / !important$/.test(one);
    return text && `${[...all.filter((one) => !isImportant(one)), ...all.filter(isImportant)].join('; ')};`;
  };
  const UNREADABLE = '(unreadable)';
  const isOn = (sheet) => sheet && !sheet.disabled;

  function rules(sheet, base) {
    const from = sheet.href ?? base;
    let list;
    try {
      list = [...sheet.cssRules];
    } catch {
      return [UNREADABLE];
    }
    return list.flatMap((rule) => {
      if (rule.constructor.name !== 'CSSImportRule') return [css(rule.cssText, from)];
      if (!rule.styleSheet) return [];
      const inner = rules(rule.styleSheet, from);
      const wrapped = (head) => [`${head} {\n${inner.map((text) => `  ${text}`).join('\n')}\n}`];
      if (rule.layerName !== null) return wrapped(`@layer ${rule.layerName}`.trim());
      return rule.media.length ? wrapped(`@media ${rule.media.mediaText}`) : inner;
    });
  }

  function sheet(depth, kind, one, base) {
    tell(depth, kind, one.media.mediaText, '');
    // How it looks tells whether the replica has its rules.
    for (const rule of rules(one, base)) tell(depth + 1, 'rule', '', rule, rule === UNREADABLE ? 'badge' : undefined);
  }

  const isLink = (name) => name === 'href' || name === 'xlink:href';

  function attributes(depth, element, isControl) {
    const base = read.baseURI(element);
    const local = read.localName(element);
    const sorted = [...read.attributes(element)].sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));
    for (const { name, namespaceURI, value } of sorted) {
      if (unjudged.has(name) || name === 'data-alongside' || (/^on/.test(name) && isHtml(element)) || (!isLink(name) && /^\s*javascript:/i.test(value))) continue;
      if (isControl && states.has(name)) continue;
      let said = value;
      let cover;
      if (masked(element) && ['title', 'alt', 'placeholder', 'aria-label'].includes(name)) cover = 'masked';
      else if (masked(element) && ['class', 'id', 'for'].includes(name)) cover = 'renamed';
      else if (name === 'style' && read.style(element)) said = css(declarations(read.style(element).cssText), base);
      // Where a link leads that is not to a page is nobody's business: that it is one, and of which kind, is seen.
      else if (isLink(name) && /^\s*(?!https?:|blob:|data:)[a-z][-+.\w]*:/i.test(value)) said = /^\s*(mailto:|tel:|sms:|)/i.exec(value)[1].toLowerCase() || '#';
      else if (addresses.has(name) && !(local === 'iframe' || local === 'frame')) said = absolute(value.trim(), base);
      else if (name === 'srcset') said = value.trim().split(/\s*,\s+/).map((one) => one.replace(/^\S+/, (address) => absolute(address, base))).join(', ');
      else if ((local === 'iframe' || local === 'frame') && name === 'src') continue;
      // What declares a namespace is one to a parser only, and does nothing.
      tell(depth, 'attribute', namespaceURI && !/^xmlns(:|$)/.test(name) ? `${name} {${namespaceURI}}` : name, said, cover);
    }
  }

  function state(depth, element) {
    const kind = read.localName(element);
    const cover = masked(element) ? 'masked' : undefined;
    if (kind === 'input') {
      const type = element.type;
      if (type === 'file') tell(depth, 'value', '', [...element.files].map(({ name }) => name).join(', '));
      else if (type === 'checkbox' || type === 'radio') {
        tell(depth, 'checked', '', element.checked);
        if (element.indeterminate && type === 'checkbox') tell(depth, 'indeterminate', '');
      } else if (type !== 'hidden') tell(depth, 'value', '', element.value, cover);
    } else if (kind === 'textarea') tell(depth, 'value', '', element.value, cover);
    else if (kind === 'option') tell(depth, 'selected', '', element.selected);
    if (read.hasAttribute(element, 'data-caret')) tell(depth, 'caret', '', `${element.selectionStart}-${element.selectionEnd} ${element.selectionDirection}`);
    if (kind === 'dialog' && element.matches(':modal')) tell(depth, 'modal', '');
    if (read.hasAttribute(element, 'popover') && element.matches(':popover-open')) tell(depth, 'popover-open', '');
    if (kind === 'slot' && element.getRootNode().slotAssignment === 'manual') {
      const order = element.assignedNodes().map((node) => [...node.parentNode.childNodes].indexOf(node));
      tell(depth, 'assigned', '', order.join(' '));
    }
  }

  function scroll(depth, element) {
    const left = Math.round(read.scrollLeft(element));
    const top = Math.round(read.scrollTop(element));
    if (left || top) tell(depth, 'scroll', '', `${left} ${top}`);
  }

  function sheetOf(element) {
    const isSheet = element.localName === 'style' || (element.localName === 'link' && /(^|\s)stylesheet(\s|$)/i.test(element.rel));
    return isSheet ? element.sheet : undefined;
  }

  function visitElement(depth, element) {
    const cover = read.getAttribute(element, 'data-alongside');
    const local = read.localName(element);
    if (isHtml(element)) {
      if (unseen.has(local) || cover === 'hide') return;
      if (local === 'link' || local === 'style') {
        const own = sheetOf(element);
        if (isOn(own)) sheet(depth, 'sheet', own, read.baseURI(element));
        return;
      }
    } else if (local === 'style' && element.sheet !== undefined) {
      if (isOn(element.sheet)) sheet(depth, 'sheet', element.sheet, read.baseURI(element));
      return;
    } else if (local === 'script') return;
    const family = families[read.namespaceURI(element)] ?? `{${read.namespaceURI(element)}} `;
    const name = (read.prefix(element) ? `${read.prefix(element)}:` : '') + local;
    const isFrame = isHtml(element) && (local === 'iframe' || local === 'frame');
    let inner = null;
    try {
      if (isFrame) inner = element.contentDocument;
    } catch {
      // Another origin: not to be seen from here.
    }
    const isBadge = read.hasAttribute(element, 'data-badge') || (isFrame && !inner);
    tell(depth, 'element', family + name, '', isBadge ? 'badge' : cover === 'block' ? 'blocked' : undefined);
    if (isBadge || cover === 'block') return;
    const isControl = isHtml(element) && ['input', 'textarea', 'option', 'select'].includes(local);
    attributes(depth + 1, element, isControl);
    if (isHtml(element)) state(depth + 1, element);
    scroll(depth + 1, element);
    const root = read.shadowRoot(element) ?? hidden.get(element);
    if (root) {
      tell(depth + 1, 'shadow', '', `${root.slotAssignment}${root.delegatesFocus ? ' delegates-focus' : ''}`);
      for (const one of root.adoptedStyleSheets) if (isOn(one)) sheet(depth + 2, 'adopted', one, read.baseURI(element));
      visitChildren(depth + 2, root);
    }
    if (local === 'template' && element.content) {
      tell(depth + 1, 'content', '');
      visitChildren(depth + 2, element.content);
    }
    if (isControl && local === 'textarea') return;
    if (isFrame) {
      visitDocument(depth + 1, inner);
      return;
    }
    visitChildren(depth + 1, element);
  }

  function visitChildren(depth, parent) {
    for (let node = read.firstChild(parent); node; node = read.nextSibling(node)) {
      const type = read.nodeType(node);
      if (type === 1) visitElement(depth, node);
      else if (type === 3 || type === 4) tell(depth, 'text', '', node.data, masked(node.parentElement) ? 'masked' : undefined);
    }
  }

  function visitDocument(depth, document) {
    const doctype = read.doctype(document);
    tell(depth, 'document', read.compatMode(document), doctype ? `${doctype.name} "${doctype.publicId}" "${doctype.systemId}"` : 'no doctype');
    for (const one of read.adoptedStyleSheets(document)) if (isOn(one)) sheet(depth + 1, 'adopted', one, read.baseURI(document));
    visitChildren(depth + 1, document);
    const selection = read.getSelection(document);
    if (selection && !selection.isCollapsed && selection.toString()) tell(depth + 1, 'selection', '', selection.toString());
  }

  visitDocument(0, source);
  return facts;
}

/** The boxes that the picture comparison leaves out: badges (which may not be blank) and what masking changed. Runs in the page. */
export function covers(source) {
  const find = (root, selector) => [...(root === source ? Document : DocumentFragment).prototype.querySelectorAll.call(root, selector)];
  const within = (root) => [
    ...find(root, '[data-badge], [data-alongside=mask], [data-alongside=block], [data-alongside=hide]'),
    ...find(root, '*').flatMap(({ shadowRoot }) => (shadowRoot instanceof ShadowRoot ? within(shadowRoot) : [])),
  ];
  return within(source).map((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return { mark: element.dataset.badge ? 'badge' : 'mask', left, top, width, height };
  });
}

/** So far what is the same again is looked for. */
const WINDOW = 60;

/** Adopted sheets one after the other, for the same media, are as one: a large one may be several in a replica, and an empty one none. */
function joined(facts) {
  let open;
  return facts.filter((fact, at) => {
    const [depth, kind, media] = fact;
    if (kind !== 'adopted') {
      if (kind !== 'rule') open = undefined;
      return true;
    }
    if (facts[at + 1]?.[1] !== 'rule' || (open?.[0] === depth && open[2] === media)) return false;
    open = fact;
    return true;
  });
}

/** In what two lists differ, in words. */
export function differences(original, drawn) {
  const [source, replica] = [joined(original), joined(drawn)];
  const found = [];
  for (let here = 0, there = 0; here < source.length || there < replica.length;) {
    if (isSame(source[here], replica[there])) {
      // A box of its own stands there.
      if (source[here][4] === 'badge' || source[here][4] === 'blocked') {
        while (replica[there + 1]?.[0] > source[here][0]) there += 1;
      }
      here += 1;
      there += 1;
      continue;
    }
    const [gone, come] = apart(source, here, replica, there);
    for (let at = 0; at < Math.max(gone, come); at += 1) {
      const [one, other] = [at < gone ? source[here + at] : undefined, at < come ? replica[there + at] : undefined];
      found.push(`${place(source, here)}: ${words(one, other)} became ${words(other, one)}`);
    }
    here += gone;
    there += come;
  }
  return found;
}

/** How many facts of each list stand before the next that both have. */
function apart(source, here, replica, there) {
  for (let sum = 1; sum < WINDOW; sum += 1) {
    for (let gone = Math.min(sum, source.length - here); gone >= 0 && sum - gone <= replica.length - there; gone -= 1) {
      if (isSame(source[here + gone], replica[there + sum - gone])) return [gone, sum - gone];
    }
  }
  return [source.length - here, replica.length - there];
}

function isSame(source, replica) {
  if (!source && !replica) return true;
  if (!source || !replica || source[0] !== replica[0] || source[1] !== replica[1]) return false;
  if (source[4] === 'badge' || source[4] === 'blocked') return true;
  const shape = (text) => (source[4] === 'masked' ? text.replace(/\S/g, 'x') : source[4] === 'renamed' ? text.replace(/\S+/g, 'x') : text);
  return source[2] === replica[2] && shape(source[3]) === shape(replica[3]);
}

function words(fact, other) {
  if (!fact) return 'nothing';
  const [, kind, name, value] = fact;
  return [kind, name, value && JSON.stringify(excerpt(value, other?.[3]))].filter(Boolean).join(' ');
}

/** A long value from where it begins to differ. */
function excerpt(value, other = '') {
  let at = 0;
  while (at < value.length && value[at] === other[at]) at += 1;
  const from = value.length > 120 && at > 40 ? at - 30 : 0;
  return (from ? '...' : '') + value.slice(from, from + 120) + (value.length > from + 120 ? '...' : '');
}

/** Names of the elements around a fact, outermost first. */
function place(facts, at) {
  const names = [];
  let depth = (facts[at] ?? facts.at(-1) ?? [0])[0];
  for (let index = Math.min(at, facts.length) - 1; index >= 0 && depth > 0; index -= 1) {
    const [own, kind, name] = facts[index];
    if (own < depth) {
      names.unshift(kind === 'element' ? name : kind === 'document' ? 'document' : `(${kind})`);
      depth = own;
    }
  }
  return names.slice(-6).join(' > ') || 'document';
}
