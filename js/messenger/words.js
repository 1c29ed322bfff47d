// @ts-check
// What the visitor reads in the messenger, in his language. {0}, {1} are filled in.

import { loadWords } from '../load.js';
import { duration, filled, subtag } from '../surface/texts.js';

/** @satisfies {Record<string, import('../surface/texts.js').Phrase>} */
const en = {
  title: 'Messages',
  greeting: 'Hello. How can we help?',
  idle: 'Ask us anything',
  helping: 'Here to help',
  assistant: 'Automated assistant',
  waiting: 'Waiting for an answer',
  ended: 'Conversation ended',
  close: 'Close',
  options: 'Options',
  conversation: 'Conversation',
  write: 'Write a message',
  writeAnew: 'Begin a new conversation',
  send: 'Send',
  emoji: 'Emoji',
  attach: 'Attach files',
  drop: 'Drop files here',
  fileGone: 'Not sent: the file has waited too long. Delete this, and attach it again.',
  left: '{0} left',
  over: 'Too long by {0}. Shorten it, or send it in parts.',
  you: 'You',
  helper: 'Our team',
  bot: 'Bot',
  says: '{0}: {1}',
  next: 'You are next in line.',
  place: 'You are number {0} in line.',
  about: 'About {0}.',
  both: '{0} {1}',
  leave: 'You can close this. The answer waits here.',
  connecting: 'Connecting…',
  offline: 'You are offline. Messages are sent when you are back.',
  refused: 'Messages cannot be sent from this page. Reload it, or try later.',
  typing: '{0} is typing',
  unread: /** @type {import('../surface/texts.js').Phrase} */ ({ one: '{0} new message', other: '{0} new messages' }),
  new: 'New',
  earlier: 'Earlier messages',
  loading: 'Loading messages…',
  missed: 'Some of this did not load.',
  queued: 'Waiting to be sent',
  sending: 'Sending',
  sent: 'Sent',
  delivered: 'Delivered',
  read: 'Read',
  failed: 'Not sent. Try again, or delete it.',
  tooLong: 'Not sent: too long. Delete it, and send it in parts.',
  tooFast: 'Too many messages at once. Sent again in {0}.',
  sentAgain: 'Sent again in {0}.',
  full: 'Too many messages wait to be sent. Send this one once they have gone.',
  barred: 'Not sent: it was refused. Write it differently, or delete it.',
  retry: 'Try again',
  discard: 'Delete',
  joined: '{0} joined',
  gone: '{0} left',
  transferred: 'You are now talking to {0}',
  botAnswers: 'An automated assistant answers: {0}',
  inLine: 'Somebody will answer soon',
  signedIn: 'You signed in',
  notSignedIn: 'You did not sign in',
  signInOver: 'The request to sign in has expired',
  away: 'We are away at the moment.',
  backToday: 'We are back at {0}.',
  backTomorrow: 'We are back tomorrow at {0}.',
  backOn: 'We are back on {0} at {1}.',
  leaveOne: 'Leave a message, and the answer comes here.',
  kept: /** @type {import('../surface/texts.js').Phrase} */ ({ one: 'Messages are deleted after {0} day.', other: 'Messages are deleted after {0} days.' }),
  rateTitle: 'How was this conversation?',
  rating: 'Your rating',
  stars: '{0} of {1} stars',
  thanks: 'Thank you. This helps us to get better.',
};

/** Those that are here: each visitor fetches his own. @type {Record<string, Record<keyof typeof en, import('../surface/texts.js').Phrase>>} */
const LANGUAGES = { en };

/** Languages that are written from right to left. */
const LEFTWARDS = /^(ar|ckb|dv|fa|he|ps|sd|ug|ur|yi)$/;

/** @typedef {keyof typeof en | import('./more-words.js').MoreWord} Word */

/** A tag that `Intl` takes, or nothing. @param {unknown} tag */
function canonical(tag) {
  try {
    return typeof tag === 'string' ? Intl.getCanonicalLocales(tag)[0] : undefined;
  } catch {
    return undefined;
  }
}

/** What the visitor reads, what he reads best first. @param {string | undefined} language */
const tagsOf = (language) => [language, document.documentElement.lang, ...navigator.languages].map(canonical).filter((tag) => tag !== undefined);

/** Fetches the words that `words` needs then. Where they do not come, it speaks another language of the visitor's, or English. @param {string} [language] */
export async function fetchWords(language) {
  const found = tagsOf(language).map(subtag).find((tag) => Object.hasOwn(LANGUAGES, tag) || Object.hasOwn(loadWords, tag)) ?? 'en';
  try {
    if (!Object.hasOwn(LANGUAGES, found)) LANGUAGES[found] = (await loadWords[found]()).words;
  } catch {
    // The next page tries again.
  }
}

/**
 * The words of the first language that there is, and times and numbers as its people write them. With labels, a language that is asked for
 * is taken as it is: they are in it.
 * @param {{language?: string, labels?: Record<string, import('../surface/texts.js').Phrase>}} options
 */
export function words({ language, labels = {} }) {
  const asked = canonical(language);
  const tags = tagsOf(language);
  const hasOwn = asked !== undefined && Object.keys(labels).length > 0;
  const tag = hasOwn ? asked : tags.find((tag) => Object.hasOwn(LANGUAGES, subtag(tag))) ?? 'en';
  // A page in English says little of how its visitor writes a date, his browser says more.
  const locale = tags.find((other) => subtag(other) === subtag(tag) && other !== subtag(other)) ?? tag;
  const known = Object.hasOwn(LANGUAGES, subtag(tag)) ? subtag(tag) : 'en';
  /** @type {Record<string, import('../surface/texts.js').Phrase>} */
  const table = { ...LANGUAGES[known] };
  const isLeftwards = LEFTWARDS.test(subtag(tag));
  const direction = asked ? (LEFTWARDS.test(subtag(asked)) ? 'rtl' : 'ltr') : getComputedStyle(document.documentElement).direction === 'rtl' ? 'rtl' : 'ltr';
  // Words of another direction than the page's keep their full stops where they belong.
  const isTurned = (direction === 'rtl') !== isLeftwards;

  const clock = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' });
  const date = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' });
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'long' });
  const longDate = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric' });
  const whole = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'short' });
  const near = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const number = new Intl.NumberFormat(locale);
  const minutes = new Intl.NumberFormat(locale, { style: 'unit', unit: 'minute', unitDisplay: 'long' });
  const percent = new Intl.NumberFormat(locale, { style: 'percent' });
  const bytes = ['byte', 'kilobyte', 'megabyte'].map((unit) => new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: unit === 'byte' ? 'narrow' : 'short', maximumFractionDigits: 1 }));
  const midnight = (/** @type {number} */ at) => new Date(at).setHours(0, 0, 0, 0);
  const daysTo = (/** @type {number} */ at) => Math.round((midnight(at) - midnight(Date.now())) / 86_400_000);
  const isDate = (/** @type {number} */ at) => typeof at === 'number' && !Number.isNaN(new Date(at).getTime());

  return {
    language: tag,
    /** Of numbers and times. */
    locale,
    direction: /** @type {'ltr' | 'rtl'} */ (direction),
    /** Words that came later. @param {Record<string, Record<string, import('../surface/texts.js').Phrase>>} languages */
    learn: (languages) => void Object.assign(table, languages[known]),
    /** @param {Word} word @param {Array<string | number>} values */
    say(word, ...values) {
      const label = Object.hasOwn(labels, word) ? labels[word] : undefined;
      const isPhrase = typeof label === 'string' || typeof label?.other === 'string';
      const text = filled(/** @type {import('../surface/texts.js').Phrase} */ (isPhrase ? label : table[word] ?? ''), tag, values);
      return isTurned ? `\u2068${text}\u2069` : text;
    },
    /** @param {number} at */
    time: (at) => (isDate(at) ? clock.format(at) : ''),
    /** Date and time. @param {number} at */
    stamp: (at) => (isDate(at) ? whole.format(at) : ''),
    /** Such as "Today". @param {number} at */
    day(at) {
      if (!isDate(at)) return '';
      const days = daysTo(at);
      if (days !== 0 && days !== -1) return (new Date(at).getFullYear() === new Date().getFullYear() ? date : longDate).format(at);
      const text = near.format(days, 'day');
      return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
    },
    /** When somebody is there again. @param {number | null | undefined} at */
    back(at) {
      if (typeof at !== 'number' || !isDate(at)) return this.say('away');
      const days = daysTo(at);
      if (days < 2) return this.say(days < 1 ? 'backToday' : 'backTomorrow', clock.format(at));
      return this.say('backOn', (days < 7 ? weekday : date).format(at), clock.format(at));
    },
    /** @param {number} value */
    number: (value) => number.format(value),
    /** @param {number} share from 0 to 1 */
    percent: (share) => percent.format(share),
    /** As file systems count: by 1,024. @param {number} count */
    bytes(count) {
      const power = count < 1_000 ? 0 : count < 1_000_000 ? 1 : 2;
      return bytes[power].format(count / 1_024 ** power);
    },
    /** @param {number} seconds */
    duration: (seconds) => duration(locale, seconds),
    /** @param {number} from @param {number} to */
    minutes: (from, to) => (from === to || !minutes.formatRange ? minutes.format(to) : minutes.formatRange(from, to)),
  };
}

/** @typedef {ReturnType<typeof words>} Texts */
