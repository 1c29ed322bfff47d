// What a document holds, as a flat list of facts, so that a page and its replica can be compared.

/**
 * A fact is `[depth, kind, name, value]`. Runs inside the judged page, in a world of its own: it may use nothing from outside.
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
  const hidden = new Map(closed.map((root) => [root.host, root]));
  const families = { 'http://www.w3.org/1999/xhtml': '', 'http://www.w3.org/2000/svg': 'svg ', 'http://www.w3.org/1998/Math/MathML': 'math ' };
  const addresses = new Set(['href', 'src', 'poster', 'action', 'formaction', 'data', 'cite', 'background', 'xlink:href']);
  const unjudged = new Set(['nonce', 'integrity', 'crossorigin', 'autofocus', 'autoplay', 'srcdoc', 'sandbox', 'csp', 'allow', 'loading', 'decoding',
    'fetchpriority', 'referrerpolicy', 'ping']);
  const states = new Set(['value', 'checked', 'selected']);
  const unseen = new Set(['script', 'noscript', 'meta', 'base']);
  /** Lone surrogates would not survive the way out of the browser. */
  const plain = (text) => String(text).replace(/[^\n\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const tell = (depth, kind, name, value = '') => facts.push([depth, kind, plain(name), plain(value)]);
  const isHtml = (element) => element.namespaceURI === 'http://www.w3.org/1999/xhtml';
  const masked = (element) => element?.closest?.('[data-alongside=mask],[data-alongside=show]')?.getAttribute('data-alongside') === 'mask';
  /** A masked text keeps its shape and nothing else. */
  const shape = (text) => text.replace(/\S/g, 'x');

  const absolute = (address, base) => {
    if (/^(#|data:|blob:|about:)/.test(address)) return address;
    try {
      const { href } = new URL(address, base);
      return href.startsWith(`${home}#`) ? href.slice(home.length) : href;
    } catch {
      return address;
    }
  };
  const css = (text, base) => text.startsWith('@namespace') ? text : text.replace(/url\("((?:[^"\\]|\\.)*)"\)/g, (_, address) => `url("${absolute(address, base)}")`);
  const isOn = (sheet) => sheet && !sheet.disabled;

  function rules(sheet, base) {
    const from = sheet.href ?? base;
    let list;
    try {
      list = [...sheet.cssRules];
    } catch {
      return ['(unreadable)'];
    }
    return list.flatMap((rule) => {
      if (rule.constructor.name !== 'CSSImportRule') return [css(rule.cssText, from)];
      if (!rule.styleSheet) return [];
      const inner = rules(rule.styleSheet, from);
      const wrapped = (head) => [`${head} {\n${inner.map((text) => `  ${text}`).join('\n')}\n}`];
      if (rule.layerName !== null) return wrapped(`@layer ${rule.layerName}`);
      return rule.media.length ? wrapped(`@media ${rule.media.mediaText}`) : inner;
    });
  }

  function sheet(depth, kind, one, base) {
    tell(depth, kind, one.media.mediaText, '');
    for (const rule of rules(one, base)) tell(depth + 1, 'rule', '', rule);
  }

  function attributes(depth, element, isControl) {
    const base = element.baseURI;
    const sorted = [...element.attributes].sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));
    for (const { name, namespaceURI, value } of sorted) {
      if (unjudged.has(name) || (/^on/.test(name) && isHtml(element)) || /^\s*javascript:/i.test(value)) continue;
      if (isControl && states.has(name)) continue;
      let said = value;
      if (masked(element) && ['title', 'alt', 'placeholder', 'aria-label'].includes(name)) said = shape(value);
      else if (name === 'style' && element.style) said = css(element.style.cssText, base);
      else if (addresses.has(name) && !(element.localName === 'iframe' || element.localName === 'frame')) said = absolute(value.trim(), base);
      else if (name === 'srcset') said = value.trim().split(/\s*,\s+/).map((one) => one.replace(/^\S+/, (address) => absolute(address, base))).join(', ');
      else if ((element.localName === 'iframe' || element.localName === 'frame') && name === 'src') continue;
      tell(depth, 'attribute', namespaceURI ? `${name} {${namespaceURI}}` : name, said);
    }
  }

  function state(depth, element) {
    const kind = element.localName;
    const hide = masked(element) ? shape : (text) => text;
    if (kind === 'input') {
      const type = element.type;
      if (type === 'file') tell(depth, 'value', '', [...element.files].map(({ name }) => name).join(', '));
      else if (type === 'checkbox' || type === 'radio') {
        tell(depth, 'checked', '', element.checked);
        if (element.indeterminate && type === 'checkbox') tell(depth, 'indeterminate', '');
      } else if (type !== 'hidden') tell(depth, 'value', '', hide(element.value));
    } else if (kind === 'textarea') tell(depth, 'value', '', hide(element.value));
    else if (kind === 'option') tell(depth, 'selected', '', element.selected);
    if (element.hasAttribute('data-caret')) tell(depth, 'caret', '', `${element.selectionStart}-${element.selectionEnd} ${element.selectionDirection}`);
    if (kind === 'dialog' && element.matches(':modal')) tell(depth, 'modal', '');
    if (element.hasAttribute('popover') && element.matches(':popover-open')) tell(depth, 'popover-open', '');
    if (kind === 'slot' && element.getRootNode().slotAssignment === 'manual') {
      const order = element.assignedNodes().map((node) => [...node.parentNode.childNodes].indexOf(node));
      tell(depth, 'assigned', '', order.join(' '));
    }
  }

  function scroll(depth, element) {
    const left = Math.round(element.scrollLeft);
    const top = Math.round(element.scrollTop);
    if (left || top) tell(depth, 'scroll', '', `${left} ${top}`);
  }

  function sheetOf(element) {
    const isSheet = element.localName === 'style' || (element.localName === 'link' && /(^|\s)stylesheet(\s|$)/i.test(element.rel));
    return isSheet ? element.sheet : undefined;
  }

  function visitElement(depth, element) {
    const cover = element.getAttribute('data-alongside');
    if (isHtml(element)) {
      if (unseen.has(element.localName) || cover === 'hide') return;
      if (element.localName === 'link' || element.localName === 'style') {
        const own = sheetOf(element);
        if (isOn(own)) sheet(depth, 'sheet', own, element.baseURI);
        return;
      }
    } else if (element.localName === 'style' && element.sheet !== undefined) {
      if (isOn(element.sheet)) sheet(depth, 'sheet', element.sheet, element.baseURI);
      return;
    } else if (element.localName === 'script') return;
    const family = families[element.namespaceURI] ?? `{${element.namespaceURI}} `;
    const name = (element.prefix ? `${element.prefix}:` : '') + element.localName;
    tell(depth, 'element', family + name);
    if (element.hasAttribute('data-badge') || cover === 'block') return;
    const isControl = isHtml(element) && ['input', 'textarea', 'option', 'select'].includes(element.localName);
    attributes(depth + 1, element, isControl);
    if (isHtml(element)) state(depth + 1, element);
    scroll(depth + 1, element);
    const root = element.shadowRoot ?? hidden.get(element);
    if (root) {
      tell(depth + 1, 'shadow', '', `${root.slotAssignment}${root.delegatesFocus ? ' delegates-focus' : ''}`);
      for (const one of root.adoptedStyleSheets) if (isOn(one)) sheet(depth + 2, 'adopted', one, element.baseURI);
      visitChildren(depth + 2, root);
    }
    if (element.localName === 'template' && element.content) {
      tell(depth + 1, 'content', '');
      visitChildren(depth + 2, element.content);
    }
    if (isControl && element.localName === 'textarea') return;
    if (element.localName === 'iframe' || element.localName === 'frame') {
      let inner = null;
      try {
        inner = element.contentDocument;
      } catch {
        // Another origin: not to be seen from here.
      }
      if (inner) visitDocument(depth + 1, inner);
      return;
    }
    visitChildren(depth + 1, element);
  }

  function visitChildren(depth, parent) {
    for (let node = parent.firstChild; node; node = node.nextSibling) {
      if (node.nodeType === 1) visitElement(depth, node);
      else if (node.nodeType === 3 || node.nodeType === 4) tell(depth, 'text', '', masked(node.parentElement) ? shape(node.data) : node.data);
    }
  }

  function visitDocument(depth, document) {
    const { doctype } = document;
    tell(depth, 'document', document.compatMode, doctype ? `${doctype.name} "${doctype.publicId}" "${doctype.systemId}"` : 'no doctype');
    for (const one of document.adoptedStyleSheets) if (isOn(one)) sheet(depth + 1, 'adopted', one, document.baseURI);
    visitChildren(depth + 1, document);
    const selection = document.getSelection();
    if (selection && !selection.isCollapsed && selection.toString()) tell(depth + 1, 'selection', '', selection.toString());
  }

  visitDocument(0, source);
  return facts;
}

/** The boxes that the picture comparison leaves out: badges (which may not be blank) and what masking changed. Runs in the page. */
export function covers(source) {
  const found = [];
  const look = (root, left, top) => {
    for (const element of root.querySelectorAll('*')) {
      const mark = element.hasAttribute('data-badge') ? 'badge' : /^(mask|block|hide)$/.test(element.getAttribute('data-alongside')) ? 'mask' : '';
      if (mark) {
        const box = element.getBoundingClientRect();
        found.push({ mark, left: left + box.left, top: top + box.top, width: box.width, height: box.height });
      }
      if (element.shadowRoot) look(element.shadowRoot, left, top);
    }
  };
  look(source, 0, 0);
  return found;
}

/** The first fact in which two lists differ, in words; `undefined` when there is none. */
export function firstDifference(source, replica) {
  const same = (one, other) => one && other && one[0] === other[0] && one[1] === other[1] && one[2] === other[2] && one[3] === other[3];
  const length = Math.max(source.length, replica.length);
  for (let at = 0; at < length; at += 1) {
    if (same(source[at], replica[at])) continue;
    return `${place(source, at)}: ${words(source[at], replica[at])} became ${words(replica[at], source[at])}`;
  }
  return undefined;
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
