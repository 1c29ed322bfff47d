// @ts-check
// The artefact `inside`: what a page loads in the place of the core where it is in a frame and has named the sites that may show it. It has no
// visitor of its own then: it tells itself through the page around it, masked by its own rules and by that page's, while somebody is shown that.

import { originsOf } from './cobrowse/origins.js';
import { joinedRules, ownRules } from './cobrowse/rules.js';
import { loadMirror } from './load.js';
import { AGAIN, ANNOUNCEMENT, INVITATION, PING } from './mirror/invitation.js';
import { isSet } from './options.js';
import { failure } from './queue.js';

/** Above so many bytes that the page around it has not taken, the page is read when it has. */
const WAITING_LIMIT = 256 * 1024;

/** What another page's rules can do here: it shows nothing that this one's do not. */
const STRICTER = ['mask', 'block', 'hide', 'readonly'];

/** Nothing is to be compiled here. */
export default async () => {};

/**
 * @param {Record<string, any>} options as for `start`
 * @param {(error: unknown) => void} fatal
 * @returns {import('./queue.js').Core}
 */
export function start({ inside, masking = {}, cobrowse = {} }, fatal) {
  const around = originsOf('inside', inside);
  const origins = originsOf('frames', cobrowse.frames);
  const own = ownRules(masking, isSet(masking.privateByDefault));
  let telling = { stop() {} };
  const abort = new AbortController();

  const heard = (/** @type {MessageEvent} */ { source, origin, data, ports: [port] }) => {
    const invitation = data?.[INVITATION];
    if (source !== parent || !around.includes(origin) || !invitation || !port) return;
    telling.stop();
    telling = tell(port, { ...rulesFor(own, invitation), origins }, (error) => {
      abort.abort();
      fatal(error);
    });
  };
  addEventListener('message', heard, { signal: abort.signal });
  // Where the browser says who that is, nobody else hears of it.
  const parents = /** @type {any} */ (location).ancestorOrigins;
  for (const origin of around) if (!parents || parents[0] === origin) parent.postMessage(ANNOUNCEMENT, origin);

  return {
    async call(command) {
      if (command === 'on') return;
      if (command !== 'stop') throw failure('inside', `this page is a part of the page around it, and has no visitor of its own: '${command}' is for that page`);
      abort.abort();
      telling.stop();
    },
  };
}

/** @param {import('./cobrowse/rules.js').Rules} own @param {any} invitation of the page around it */
function rulesFor(own, { isPrivate, selectors }) {
  const lines = STRICTER.filter((word) => typeof selectors?.[word] === 'string').map((word) => `${word} ${selectors[word].replace(/\s+/g, ' ')}`);
  const rules = joinedRules(own, Boolean(isPrivate), lines.join('\n'));
  if (rules.fault) console.error(`[alongside] nothing of this page is shown in the page around it, because that page's masking rules cannot be kept to: ${rules.fault}`);
  return rules;
}

/** @param {MessagePort} port @param {import('./cobrowse/rules.js').Rules & {origins: string[]}} options @param {(error: unknown) => void} fatal */
function tell(port, options, fatal) {
  /** @type {import('./mirror/mirror.js').Told | undefined} */
  let mirror;
  /** @type {import('./mirror/press.js').Press | undefined} */
  let press;
  let waiting = 0;
  let isOver = false;
  const stop = () => {
    isOver = true;
    port.close();
    mirror?.stop();
    press?.clear();
  };
  port.onmessage = ({ data }) => {
    if (data === null) stop();
    else if (data === PING) port.postMessage(PING);
    else if (data === AGAIN) mirror?.retell();
    else if (typeof data === 'number') waiting -= data;
    else if (typeof data === 'string') mirror?.want(data);
    else if (typeof data?.draw === 'string') mirror?.draw(data.draw);
  };
  loadMirror().then((loaded) => {
    if (isOver) return;
    const line = press = new loaded.Press((frame) => {
      waiting += frame.length;
      port.postMessage(frame, [frame.buffer]);
    });
    mirror = loaded.mirror((frame, hasMore) => line.put(frame, hasMore), { ...options, isBusy: () => waiting + line.waiting > WAITING_LIMIT, fatal });
  }).catch((error) => {
    stop();
    fatal(error);
  });
  return { stop };
}
