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
  comment: 'What was good, or not? (optional)',
  smileys: 'smile|laughter|tears of joy|wink|love|kiss|cool|thinking|surprised|neutral|sweat|sad|crying|angry|asleep|ill|hug|celebration|thumbs up|thumbs down|OK|hand wave|clapping|thanks|strength|fingers crossed|eyes|raised hands|red heart|broken heart|star|sparkles|fire|party|gift|sun|rainbow|flower|coffee|check mark|cross|question',
};

/** @type {Record<keyof typeof en, import('../surface/texts.js').Phrase>} */
const ja = {
  sound: '通知音',
  notify: '通知',
  play: '再生: {0}',
  yes: 'はい',
  no: 'いいえ',
  transcript: '会話をダウンロード',
  end: '会話を終了',
  forget: '自分のデータを削除',
  forgetTitle: 'データを削除しますか？',
  forgetText: 'メッセージと閲覧の記録が削除されます。元に戻すことはできません。',
  forgetYes: '削除する',
  cancel: 'キャンセル',
  uploads: '送信中のファイル',
  uploading: 'アップロード中 {0}',
  checking: 'ファイルを確認しています',
  fileTooLarge: '送信できませんでした。ファイルの大きさは {0} までです。',
  fileEmpty: '送信できませんでした。ファイルが空です。',
  fileKind: '送信できませんでした。この種類のファイルは受け付けていません。画像、PDF、テキスト、オフィス文書をお送りください。',
  fileMany: '送信できませんでした。1 日に送信できるファイルの数を超えました。明日もう一度お試しください。',
  fileHarm: 'このファイルは有害と判定されたため、お届けできません。',
  fileOffline: 'オフラインです。ファイルは再接続後に送信されます。',
  fileFailed: 'ファイルを送信できませんでした。再送するか、削除してください。',
  before: 'はじめにお聞かせください',
  comment: 'よかった点や気になった点（任意）',
  smileys: '笑顔|大笑い|うれし泣き|ウインク|大好き|投げキス|サングラス|考え中|びっくり|無表情|冷や汗|悲しい|泣き顔|怒り|眠い|体調不良|ハグ|お祝いの顔|いいね|よくないね|OK|手を振る|拍手|ありがとう|力こぶ|幸運を祈る|目|ばんざい|赤いハート|失恋|星|きらきら|火|クラッカー|プレゼント|太陽|虹|花|コーヒー|チェック|バツ|疑問符',
};

/** @type {Record<keyof typeof en, import('../surface/texts.js').Phrase>} */
const ko = {
  sound: '알림음',
  notify: '알림',
  play: '재생: {0}',
  yes: '예',
  no: '아니요',
  transcript: '대화 내려받기',
  end: '대화 끝내기',
  forget: '내 데이터 삭제',
  forgetTitle: '데이터를 삭제할까요?',
  forgetText: '메시지와 방문 기록이 삭제됩니다. 되돌릴 수 없습니다.',
  forgetYes: '삭제',
  cancel: '취소',
  uploads: '보내는 중인 파일',
  uploading: '업로드 중 {0}',
  checking: '파일을 확인하는 중',
  fileTooLarge: '보내지 못했습니다. 파일 크기는 최대 {0}입니다.',
  fileEmpty: '보내지 못했습니다. 빈 파일입니다.',
  fileKind: '보내지 못했습니다. 이 종류의 파일은 받지 않습니다. 이미지, PDF, 텍스트 또는 오피스 문서를 보내세요.',
  fileMany: '보내지 못했습니다. 하루에 보낼 수 있는 파일 수를 넘었습니다. 내일 다시 시도하세요.',
  fileHarm: '유해한 파일로 확인되어 전달하지 않습니다.',
  fileOffline: '오프라인입니다. 다시 연결되면 파일을 보냅니다.',
  fileFailed: '파일을 보내지 못했습니다. 다시 시도하거나 삭제하세요.',
  before: '시작하기 전에',
  comment: '좋았던 점이나 아쉬운 점 (선택)',
  smileys: '미소|웃음|기쁨의 눈물|윙크|사랑|뽀뽀|멋짐|생각 중|놀람|무표정|식은땀|슬픔|울음|화남|졸림|아픔|포옹|축하|좋아요|싫어요|OK|손 흔들기|박수|감사|힘|행운|눈|만세|빨간 하트|상처받은 마음|별|반짝임|불|폭죽|선물|해|무지개|꽃|커피|체크|엑스|물음표',
};

/** @typedef {keyof typeof en} MoreWord */

/** @type {Record<string, Record<MoreWord, import('../surface/texts.js').Phrase>>} */
export const MORE = { en, ja, ko };
