// @ts-check
// The prototypes' own properties and functions: a form's fields may be called `attributes` or `insertBefore`, and stand in for them.
// They serve nodes of every frame, whose own classes are others.

import { propertyOf } from './own.js';

/** @param {any} owner @param {string} name @returns {(node: any) => any} */
export const getter = (owner, name) => {
  const { get } = propertyOf(owner, name);
  return (node) => /** @type {() => any} */ (get).call(node);
};

// One for each number of values: a list of them would cost more than the call itself.

/** @param {any} owner @param {string} name @returns {(node: any) => any} */
export const method = (owner, name) => {
  const { value: own } = propertyOf(owner, name);
  return (node) => own.call(node);
};

/** @param {any} owner @param {string} name @returns {(node: any, value: any) => any} */
export const method1 = (owner, name) => {
  const { value: own } = propertyOf(owner, name);
  return (node, value) => own.call(node, value);
};

/** @param {any} owner @param {string} name @returns {(node: any, one: any, other: any) => any} */
export const method2 = (owner, name) => {
  const { value: own } = propertyOf(owner, name);
  return (node, one, other) => own.call(node, one, other);
};

/** @param {any} owner @param {string} name @returns {(node: any, first: any, second: any, third: any) => any} */
export const method3 = (owner, name) => {
  const { value: own } = propertyOf(owner, name);
  return (node, first, second, third) => own.call(node, first, second, third);
};

export const firstChild = getter(Node, 'firstChild');
export const lastChild = getter(Node, 'lastChild');
export const nextSibling = getter(Node, 'nextSibling');
export const previousSibling = getter(Node, 'previousSibling');
export const nodeType = getter(Node, 'nodeType');
export const parentOf = getter(Node, 'parentNode');
export const documentOf = getter(Node, 'ownerDocument');
export const hostOf = getter(ShadowRoot, 'host');
/** What is in a template. @param {any} node @returns {DocumentFragment | undefined} */
export const contentOf = (node) => (namespaceOf(node) === 'http://www.w3.org/1999/xhtml' ? ownContent(node) : undefined);
const ownContent = getter(HTMLTemplateElement, 'content');
export const rootOf = method(Node, 'getRootNode');
export const isConnected = getter(Node, 'isConnected');
export const baseOf = getter(Node, 'baseURI');
export const insertBefore = method2(Node, 'insertBefore');
export const removeChild = method1(Node, 'removeChild');
export const textOf = getter(CharacterData, 'data');
export const attributesOf = getter(Element, 'attributes');
export const attributeNames = method(Element, 'getAttributeNames');
export const localName = getter(Element, 'localName');
export const namespaceOf = getter(Element, 'namespaceURI');
export const scrollTop = getter(Element, 'scrollTop');
export const scrollLeft = getter(Element, 'scrollLeft');
export const shadowRoot = getter(Element, 'shadowRoot');
export const attributeOf = method1(Element, 'getAttribute');
export const attributeNodeOf = method2(Element, 'getAttributeNodeNS');
export const setAttribute = method2(Element, 'setAttribute');
export const setAttributeNS = method3(Element, 'setAttributeNS');
export const removeAttribute = method1(Element, 'removeAttribute');
/** The first in a document. */
export const find = method1(Document, 'querySelector');
const findInDocument = method1(Document, 'querySelectorAll');
const findInRoot = method1(DocumentFragment, 'querySelectorAll');
/** @param {Node} root @param {string} selector @returns {NodeListOf<Element>} */
export const findAll = (root, selector) => (nodeType(root) === 9 ? findInDocument : findInRoot)(root, selector);
export const matches = method1(Element, 'matches');
export const boxOf = method(Element, 'getBoundingClientRect');
