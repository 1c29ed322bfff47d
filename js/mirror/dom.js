// @ts-check
// The prototypes' own properties and functions: a form's fields may be called `attributes` or `insertBefore`, and stand in for them.
// They serve nodes of every frame, whose own classes are others.

/** @param {any} owner @param {string} name @returns {(node: any) => any} */
const getter = (owner, name) => {
  const { get } = /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(owner.prototype, name));
  return (node) => /** @type {() => any} */ (get).call(node);
};

/** @param {any} owner @param {string} name @returns {(node: any, ...values: any[]) => any} */
const method = (owner, name) => {
  const own = owner.prototype[name];
  return (node, ...values) => own.apply(node, values);
};

export const firstChild = getter(Node, 'firstChild');
export const nextSibling = getter(Node, 'nextSibling');
export const nodeType = getter(Node, 'nodeType');
export const parentOf = getter(Node, 'parentNode');
export const documentOf = getter(Node, 'ownerDocument');
export const isConnected = getter(Node, 'isConnected');
export const baseOf = getter(Node, 'baseURI');
export const insertBefore = method(Node, 'insertBefore');
export const removeChild = method(Node, 'removeChild');
export const attributesOf = getter(Element, 'attributes');
export const localName = getter(Element, 'localName');
export const namespaceOf = getter(Element, 'namespaceURI');
export const scrollTop = getter(Element, 'scrollTop');
export const scrollLeft = getter(Element, 'scrollLeft');
export const shadowRoot = getter(Element, 'shadowRoot');
export const attributeOf = method(Element, 'getAttribute');
export const attributeNodeOf = method(Element, 'getAttributeNodeNS');
export const setAttribute = method(Element, 'setAttribute');
export const setAttributeNS = method(Element, 'setAttributeNS');
export const removeAttribute = method(Element, 'removeAttribute');
const findInDocument = method(Document, 'querySelectorAll');
const findInRoot = method(DocumentFragment, 'querySelectorAll');
/** @param {Node} root @param {string} selector @returns {NodeListOf<Element>} */
export const findAll = (root, selector) => (nodeType(root) === 9 ? findInDocument : findInRoot)(root, selector);
export const matches = method(Element, 'matches');
export const boxOf = method(Element, 'getBoundingClientRect');
