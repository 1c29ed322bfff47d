// @ts-check
// Words of the SDK's own in the visitor's language, and what others wrote among them.

/**
 * A text with {0}, {1} to be filled in; where it depends on the number {0}, one for each of the language's plural forms.
 * @typedef {string | {[form in Intl.LDMLPluralRule]?: string} & {other: string}} Phrase
 */

/**
 * The texts of the first language of these that there is.
 * @template {string} Word
 * @param {Record<string, Record<Word, Phrase>>} languages one of them is `en`
 * @param {Array<string | null | undefined>} wanted such as `ja-JP`
 */
export function textsOf(languages, wanted) {
  const known = wanted.map(subtag).find((tag) => Object.hasOwn(languages, tag)) ?? 'en';
  const words = languages[known];
  return {
    language: known,
    /** @param {Word} word @param {Array<string | number>} values */
    say: (word, ...values) => filled(words[word], known, values),
    /** Names, with "and". @param {string[]} names */
    all: (names) => new Intl.ListFormat(known).format(names),
    /** @param {number} seconds */
    duration: (seconds) => duration(known, seconds),
    /** @param {number} milliseconds */
    milliseconds: (milliseconds) => new Intl.NumberFormat(known, { style: 'unit', unit: 'millisecond' }).format(milliseconds),
  };
}

/** The language of a tag, without its region. @param {string | null | undefined} tag */
export const subtag = (tag) => String(tag ?? '').split('-')[0].toLowerCase();

/** @param {Phrase} phrase @param {string} locale @param {Array<string | number>} values */
export function filled(phrase, locale, values) {
  const text = typeof phrase === 'string' ? phrase : phrase[new Intl.PluralRules(locale).select(Number(values[0]))] ?? phrase.other;
  return text.replace(/\{(\d)\}/g, (_, at) => String(values[at]));
}

/** Minutes where they are whole. @param {string} locale @param {number} seconds */
export function duration(locale, seconds) {
  const isWhole = seconds >= 60 && seconds % 60 === 0;
  const unit = { style: /** @type {const} */ ('unit'), unit: isWhole ? 'minute' : 'second', unitDisplay: /** @type {const} */ ('long') };
  return new Intl.NumberFormat(locale, unit).format(isWhole ? seconds / 60 : seconds);
}

/** Longest name that is shown. */
const NAME = 40;

/** A name of somebody, which cannot disturb the text around it. @param {string} name */
export function shown(name) {
  const plain = name.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  const short = [...plain].slice(0, NAME).join('');
  return `\u2068${short}${short === plain ? '' : '…'}\u2069`;
}

/** As a clock shows it: 1:05. @param {number} milliseconds */
export function clock(milliseconds) {
  if (!Number.isFinite(milliseconds)) return '';
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
