// @ts-check
// What the visitor reads in the messenger, in his language. {0}, {1} are filled in.

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
  tooFast: 'Not sent: too many messages at once. Try again in a moment.',
  tooFastFor: 'Not sent: too many messages at once. Try again in {0}.',
  barred: 'Not sent: it was refused. Write it differently, or delete it.',
  retry: 'Try again',
  discard: 'Delete',
  joined: '{0} joined',
  gone: '{0} left',
  transferred: 'You are now talking to {0}',
  botAnswers: 'An automated assistant answers: {0}',
  inLine: 'Somebody will answer soon',
  away: 'We are away at the moment.',
  backToday: 'We are back at {0}.',
  backTomorrow: 'We are back tomorrow at {0}.',
  backOn: 'We are back on {0} at {1}.',
  leaveOne: 'Leave a message, and the answer comes here.',
  kept: /** @type {import('../surface/texts.js').Phrase} */ ({ one: 'Messages are deleted after {0} day.', other: 'Messages are deleted after {0} days.' }),
  fillFirst: 'Fill in the form first.',
  rateTitle: 'How was this conversation?',
  rating: 'Your rating',
  stars: '{0} of {1} stars',
  thanks: 'Thank you. This helps us to get better.',
};

/** @type {Record<keyof typeof en, import('../surface/texts.js').Phrase>} */
const ja = {
  title: 'メッセージ',
  greeting: 'こんにちは。ご用件をお聞かせください。',
  idle: 'お気軽にご質問ください',
  helping: '担当しています',
  assistant: '自動応答アシスタント',
  waiting: '返信をお待ちください',
  ended: '会話は終了しました',
  close: '閉じる',
  options: 'メニュー',
  conversation: '会話',
  write: 'メッセージを入力',
  writeAnew: '入力すると新しい会話が始まります',
  send: '送信',
  emoji: '絵文字',
  attach: 'ファイルを添付',
  drop: 'ここにファイルをドロップ',
  fileGone: '時間がたちすぎたため送信できませんでした。削除して、もう一度添付してください。',
  left: '残り {0}',
  over: '{0} 超過しています。短くするか、分けて送信してください。',
  you: 'あなた',
  helper: '担当者',
  bot: 'ボット',
  says: '{0}：{1}',
  next: '次にご案内します。',
  place: '{0} 番目にご案内します。',
  about: '目安は{0}です。',
  both: '{0}{1}',
  leave: '閉じてもかまいません。返信はここに届きます。',
  connecting: '接続しています…',
  offline: 'オフラインです。メッセージは再接続後に送信されます。',
  refused: 'このページからは送信できません。再読み込みするか、しばらくしてからお試しください。',
  typing: '{0}が入力しています',
  unread: '新着メッセージ {0} 件',
  new: '新着',
  earlier: '以前のメッセージ',
  loading: 'メッセージを読み込んでいます…',
  missed: '一部を読み込めませんでした。',
  queued: '送信待ち',
  sending: '送信中',
  sent: '送信済み',
  delivered: '配信済み',
  read: '既読',
  failed: '送信できませんでした。再送するか、削除してください。',
  tooLong: '長すぎるため送信できませんでした。削除して、分けて送信してください。',
  tooFast: '続けて送信したため、送信できませんでした。少し待ってから再送してください。',
  tooFastFor: '続けて送信したため、送信できませんでした。{0}後に再送してください。',
  barred: '受け付けられませんでした。書き直すか、削除してください。',
  retry: '再送する',
  discard: '削除',
  joined: '{0}が参加しました',
  gone: '{0}が退出しました',
  transferred: '担当が{0}に変わりました',
  botAnswers: '自動応答アシスタントがお答えします：{0}',
  inLine: 'まもなく担当者がお答えします',
  away: 'ただいま営業時間外です。',
  backToday: '{0} に再開します。',
  backTomorrow: '明日 {0} に再開します。',
  backOn: '{0} {1} に再開します。',
  leaveOne: 'メッセージを残してください。返信はここに届きます。',
  kept: 'メッセージは {0} 日後に削除されます。',
  fillFirst: '先にフォームに入力してください。',
  rateTitle: '今回の対応はいかがでしたか？',
  rating: 'あなたの評価',
  stars: '{1} 段階中 {0}',
  thanks: 'ありがとうございます。改善に役立てます。',
};

/** @type {Record<keyof typeof en, import('../surface/texts.js').Phrase>} */
const ko = {
  title: '메시지',
  greeting: '안녕하세요. 무엇을 도와드릴까요?',
  idle: '무엇이든 물어보세요',
  helping: '상담하고 있습니다',
  assistant: '자동 응답 도우미',
  waiting: '답변을 기다리는 중',
  ended: '대화가 끝났습니다',
  close: '닫기',
  options: '메뉴',
  conversation: '대화',
  write: '메시지 입력',
  writeAnew: '입력하면 새 대화가 시작됩니다',
  send: '보내기',
  emoji: '이모지',
  attach: '파일 첨부',
  drop: '여기에 파일을 놓으세요',
  fileGone: '시간이 너무 지나 보내지 못했습니다. 삭제하고 다시 첨부하세요.',
  left: '{0} 남음',
  over: '{0} 초과했습니다. 줄이거나 나누어 보내세요.',
  you: '나',
  helper: '상담원',
  bot: '봇',
  says: '{0}: {1}',
  next: '다음 차례입니다.',
  place: '대기 순서는 {0}번째입니다.',
  about: '예상 대기 시간은 {0}입니다.',
  both: '{0} {1}',
  leave: '닫아도 됩니다. 답변은 여기에 남습니다.',
  connecting: '연결하는 중…',
  offline: '오프라인입니다. 다시 연결되면 메시지를 보냅니다.',
  refused: '이 페이지에서는 메시지를 보낼 수 없습니다. 새로 고치거나 나중에 다시 시도하세요.',
  typing: '{0}님이 입력하고 있습니다',
  unread: '새 메시지 {0}개',
  new: '새 메시지',
  earlier: '이전 메시지',
  loading: '메시지를 불러오는 중…',
  missed: '일부를 불러오지 못했습니다.',
  queued: '보내기 대기 중',
  sending: '보내는 중',
  sent: '보냄',
  delivered: '전달됨',
  read: '읽음',
  failed: '보내지 못했습니다. 다시 시도하거나 삭제하세요.',
  tooLong: '너무 길어서 보내지 못했습니다. 삭제하고 나누어 보내세요.',
  tooFast: '한꺼번에 너무 많이 보냈습니다. 잠시 후 다시 시도하세요.',
  tooFastFor: '한꺼번에 너무 많이 보냈습니다. {0} 후에 다시 시도하세요.',
  barred: '받아들여지지 않았습니다. 고쳐 쓰거나 삭제하세요.',
  retry: '다시 시도',
  discard: '삭제',
  joined: '{0}님이 들어왔습니다',
  gone: '{0}님이 나갔습니다',
  transferred: '이제 {0}님이 상담합니다',
  botAnswers: '자동 응답 도우미가 답합니다: {0}',
  inLine: '곧 상담원이 답변합니다',
  away: '지금은 상담 시간이 아닙니다.',
  backToday: '{0}에 다시 시작합니다.',
  backTomorrow: '내일 {0}에 다시 시작합니다.',
  backOn: '{0} {1}에 다시 시작합니다.',
  leaveOne: '메시지를 남겨 주세요. 답변은 여기에 남습니다.',
  kept: '메시지는 {0}일 후에 삭제됩니다.',
  fillFirst: '먼저 양식을 작성하세요.',
  rateTitle: '이번 상담은 어떠셨나요?',
  rating: '나의 평가',
  stars: '별 {1}개 중 {0}개',
  thanks: '감사합니다. 더 나은 상담에 참고하겠습니다.',
};

/** @type {Record<string, Record<keyof typeof en, import('../surface/texts.js').Phrase>>} */
const LANGUAGES = { en, ja, ko };

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

/**
 * The words of the first language that there is, and times and numbers as its people write them. With labels, a language that is asked for
 * is taken as it is: they are in it.
 * @param {{language?: string, labels?: Record<string, import('../surface/texts.js').Phrase>}} options
 */
export function words({ language, labels = {} }) {
  const asked = canonical(language);
  const page = canonical(document.documentElement.lang);
  const tags = [asked, page, ...navigator.languages.map(canonical)].filter((tag) => tag !== undefined);
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
