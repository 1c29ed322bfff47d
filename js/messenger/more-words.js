// @ts-check
// Words of what is fetched later (`later.js`), as those in `words.js`.

/** @satisfies {Record<string, import('../surface/texts.js').Phrase>} */
const en = {
  sound: 'Sound',
  notify: 'Notifications',
  play: 'Play: {0}',
  yes: 'Yes',
  no: 'No',
  transcript: 'Download conversation',
  end: 'End conversation',
  forget: 'Delete my data',
  forgetTitle: 'Delete your data?',
  forgetText: 'Your messages and what was recorded of your visits are deleted. This cannot be undone.',
  forgetYes: 'Delete',
  cancel: 'Cancel',
  uploads: 'Files on their way',
  uploading: 'Uploading, {0}',
  checking: 'Checking the file',
  fileTooLarge: 'Not sent: a file may have {0} at most.',
  fileEmpty: 'Not sent: the file is empty.',
  fileKind: 'Not sent: files of this kind are not accepted. Send a picture, a PDF, a text or an office document.',
  fileMany: 'Not sent: these are too many files for today. Try again tomorrow.',
  fileHarm: 'This file was found to be harmful. It is not passed on.',
  fileOffline: 'You are offline. The file is sent when you are back.',
  fileFailed: 'The file was not sent. Try again, or delete it.',
  before: 'Before we begin',
  fillFirst: 'Fill in the form first.',
  comment: 'What was good, or not? (optional)',
  back: 'Back',
  isOver: 'This conversation is over.',
  newMessage: 'New message',
  continueTalk: /** @type {import('../surface/texts.js').Phrase} */ ({ one: 'Continue your conversation', other: 'Continue your conversations' }),
  earlierTalks: 'Earlier conversations',
  elsewhere: /** @type {import('../surface/texts.js').Phrase} */ ({ one: '{0} new message in another conversation', other: '{0} new messages in other conversations' }),
  tooManyOpen: 'Not sent: too many conversations are open. End one, then try again.',
  endOne: 'End a conversation to begin another one.',
  signIn: 'Sign in',
  notNow: 'Not now',
  signInFailed: 'That did not work. Try again.',
  signInHere: 'Sign in on this site as you always do.',
  smileys: 'smile|laughter|tears of joy|wink|love|kiss|cool|thinking|surprised|neutral|sweat|sad|crying|angry|asleep|ill|hug|celebration|thumbs up|thumbs down|OK|hand wave|clapping|thanks|strength|fingers crossed|eyes|raised hands|red heart|broken heart|star|sparkles|fire|party|gift|sun|rainbow|flower|coffee|check mark|cross|question',
};

/** @typedef {keyof typeof en} MoreWord */

/** By language: others have them with the rest. @type {Record<string, Record<MoreWord, import('../surface/texts.js').Phrase>>} */
export const MORE = { en };
