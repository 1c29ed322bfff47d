// @ts-check
// The artefact `extras`: what of the messenger not every visitor needs. It is fetched when one does.

import { CARDS } from './messenger/cards.js';
import { MORE } from './messenger/more-words.js';

export { Picker } from './messenger/emoji.js';
export { drawFile } from './messenger/files.js';
export { Home } from './messenger/home.js';
export { linkCard } from './messenger/link-card.js';
export { confirmation, itemsOf, Menu } from './messenger/menu.js';
export { Notice } from './messenger/notice.js';
export { offered } from './messenger/offers.js';
export { PreChat } from './messenger/pre-chat.js';
export { chime } from './messenger/sound.js';
export { signIn } from './messenger/step-up.js';
export { survey } from './messenger/survey.js';
export { download } from './messenger/transcript-file.js';
export { uploadFailure, UploadRows } from './messenger/upload-rows.js';
export { Uploads } from './messenger/uploads.js';

/** Its style sheet. */
export const CSS = CARDS;

/** Its words, by language. */
export const WORDS = MORE;
