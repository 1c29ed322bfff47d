// In the page under test: an actor, and what stands in for the mirror that it asks.

import { Actor } from '../../js/cobrowse/act.js';

const epoch = 1;
/** @type {any[]} */
const nodes = [document];
/** @type {string[]} */
const said = [];
/** Acts that are still being done. */
const waiting = new Map();

/** What an agent would have to name who knows more than he was told. */
const numberOf = (node) => (nodes.includes(node) ? nodes.indexOf(node) : nodes.push(node) - 1);
const isTold = (node) => !isOwn(node) && !insideOf(node, (one) => /block|hide/.test(one.dataset?.alongside ?? ''));
const idOf = (node) => (isTold(node) ? numberOf(node) : -1);
const upOf = (node) => node.parentNode ?? node.host ?? node.defaultView?.frameElement ?? null;
const insideOf = (node, is) => {
  for (let at = node; at; at = upOf(at)) if (is(at)) return true;
  return false;
};
const isOwn = (node) => insideOf(node, (one) => one.localName === 'alongside-panel');
const hash = (text) => [...text].reduce((sum, char) => (Math.imul(sum, 31) + char.codePointAt(0)) >>> 0, 7);
const outline = (id) => hash(`${nodes[id].localName} ${nodes[id].type} ${nodes[id].id}`);
const fingerprint = (id) => hash(`${outline(id)} ${nodes[id].textContent}`);
const guards = (id) => {
  const node = nodes[id];
  if (!node || !isTold(node)) return undefined;
  const marked = (word) => insideOf(node, (one) => one.dataset?.alongside === word);
  return Number(marked('mask')) + 2 * Number(marked('private') || node.type === 'password') + 4 * Number(marked('readonly'));
};

const options = {};
const actor = new Actor({
  node: (id) => nodes[id],
  idOf,
  told: () => ({ epoch: () => epoch, guards, fingerprint, outline }),
  isOwn,
  options,
  later(agent, number, outcome) {
    said.push(`${agent} ${number} ${outcome}`);
    waiting.get(number)?.(outcome);
    waiting.delete(number);
  },
  changed() {},
});

// As `refusal` in `src/cobrowse/policy.rs`.
const REASONS = [[1, 'gone'], [4, 'masked'], [8, 'read-only'], [2, 'changed'], [16, 'disabled'], [256, 'file-picker'], [64, 'unsuited'], [32, 'covered'], [128, 'submit']];
const judge = ({ facts, lead }, navigates) => {
  for (const [bit, reason] of REASONS) {
    if (facts & bit && !(bit === 128 && options.agentsSubmit)) return reason;
  }
  return lead === 2 ? 'off-site' : lead === 1 && !navigates ? 'not-granted' : undefined;
};

let number = 0;
window.acting = {
  actor,
  said,
  options,
  nodes,
  idOf,
  /** The act as a desk would send it: what it saw, it saw now. */
  act(node, action, more = {}) {
    const id = numberOf(node);
    const print = action.click ? fingerprint : outline;
    return { agent: 1, number: (number += 1), epoch, node: id, fingerprint: print(id), action, ...more };
  },
  /** Judged, and done where nothing refuses it. */
  async perform(act, { within, navigates = false, proposes = false } = {}) {
    const found = actor.examine(act, within);
    const outcome = judge(found, navigates) ?? actor.perform(act, proposes);
    return outcome || new Promise((resolve) => waiting.set(act.number, resolve));
  },
  do(node, action, leave) {
    return this.perform(this.act(node, action), leave);
  },
};
