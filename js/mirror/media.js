// @ts-check
// How videos and audios play: told when that changes, and not as they go on, so that one that runs costs nothing. Who shows it counts on.

import { localName, parentOf } from './dom.js';
import { isElement } from './kinds.js';

/** The number of `src/browser/mirror.rs`. */
const PLAYBACK = 16;

/** The numbers of `protocol::mirror::PlayStage`. */
const PAUSED = 0, PLAYING = 1, WAITING = 2, ENDED = 3, FAILED = 4;

/** What tells of a change; none of it bubbles. */
export const PLAYS = ['play', 'playing', 'pause', 'ended', 'waiting', 'seeked', 'volumechange', 'ratechange', 'durationchange', 'emptied', 'error'];

/** After these another frame is there, with no more to come. */
export const STANDS = /^(pause|seeked|ended|emptied)$/;

/** Of a duration that nobody knows. */
const NONE = 0xffff_ffff;

/** The video or audio that an event is of; one of its sources may say that it failed. @param {any} target @returns {any} */
export function mediumOf(target) {
  if (!isElement(target)) return undefined;
  const medium = localName(target) === 'source' ? parentOf(target) : target;
  return isElement(medium) && /^(audio|video)$/.test(localName(medium)) ? medium : undefined;
}

/** In tenths of a second, as far as a number goes. @param {number} seconds */
const tenths = (seconds) => Math.min(Math.round(seconds * 10), NONE - 1);

/** @param {any} medium */
function stageOf({ error, networkState, NETWORK_NO_SOURCE, ended, paused, readyState, HAVE_FUTURE_DATA }) {
  if (error || networkState === NETWORK_NO_SOURCE) return FAILED;
  if (ended) return ENDED;
  return paused ? PAUSED : readyState < HAVE_FUTURE_DATA ? WAITING : PLAYING;
}

/** @param {import('./pack.js').Pack} pack @param {any} medium */
export function putPlayback(pack, medium) {
  const { duration, muted, volume, playbackRate, currentTime } = medium;
  pack.put(PLAYBACK);
  pack.put(stageOf(medium));
  pack.put(Number(muted || volume === 0));
  pack.put(Math.round(playbackRate * 100));
  pack.put(tenths(currentTime));
  pack.put(duration < Infinity ? tenths(duration) : NONE);
}
