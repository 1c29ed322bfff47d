//! The texts of conversations.

words! { InboxWords:
    nothing: "No conversations yet", "会話はまだありません", "아직 대화가 없습니다";
    nothing_hint: "What visitors write on your site appears here at once.",
        "サイトで訪問者が書いたメッセージが、すぐここに表示されます。",
        "방문자가 사이트에서 쓴 메시지가 바로 여기에 나타납니다.";
    choose: "Choose a conversation.", "会話を選んでください。", "대화를 선택하세요.";
    list: "Conversations", "会話一覧", "대화 목록";
    conversation: "Conversation", "会話", "대화";
    messages: "Messages", "メッセージ", "메시지";
    own: "Mine", "自分の会話", "내 대화";
    waiting: "Waiting", "待機中", "대기 중";
    others: "With others", "他の担当者", "다른 상담원";
    ended: "Ended", "終了", "종료됨";
    rated: "How it was:", "評価:", "평가:";
    visitor: "Visitor", "訪問者", "방문자";
    you: "You", "あなた", "나";
    there: "On the site", "サイトにいます", "사이트에 있음";
    not_there: "Not on the site", "サイトにいません", "사이트에 없음";
    unread: "unread", "件の未読", "개 읽지 않음";
    waits_since: "Waits since", "待機開始:", "대기 시작:";
    yours: "Yours", "あなたが担当しています", "내가 담당 중";
    with: "With", "担当:", "담당:";
    is_over: "Ended", "終了しました", "종료됨";
    take: "Take it", "担当する", "담당하기";
    hand_back: "Hand back", "待機に戻す", "대기로 돌리기";
    end: "End", "終了する", "종료";
    see_page: "See the page", "ページを見る", "페이지 보기";
    earlier: "Earlier messages", "以前のメッセージ", "이전 메시지";
    beside: "In another conversation of this visitor", "この訪問者の別の会話", "이 방문자의 다른 대화";
    is_writing: "is writing…", "が入力しています…", "님이 입력 중…";
    take_to_answer: "Take the conversation to answer.", "返信するには、この会話を担当してください。", "답하려면 이 대화를 담당하세요.";
    of_another: "Another agent has this conversation.", "この会話は他の担当者が対応しています。", "다른 상담원이 이 대화를 맡고 있습니다.";
    over_hint: "The conversation has ended. What the visitor writes now begins another one.",
        "この会話は終了しました。訪問者が次に書くと、新しい会話が始まります。",
        "대화가 종료되었습니다. 방문자가 다시 쓰면 새 대화가 시작됩니다.";
    write: "Write a message", "メッセージを入力", "메시지 입력";
    send: "Send", "送信", "보내기";
    enter_sends: "Enter sends, Shift + Enter begins a new line.", "Enter で送信、Shift + Enter で改行します。", "Enter로 보내고 Shift + Enter로 줄을 바꿉니다.";
    bytes_left: "bytes left", "バイト残っています", "바이트 남음";
    attach: "Attach files", "ファイルを添付", "파일 첨부";
    uploads: "Files on their way", "送信中のファイル", "보내는 중인 파일";
    uploading: "Uploading", "アップロード中", "업로드 중";
    checking: "Checking the file…", "ファイルを確認しています…", "파일을 확인하는 중…";
    cancel: "Cancel", "キャンセル", "취소";
    file_too_large: "Not sent: a file may have 10 MB at most.", "送信できませんでした。ファイルは 10 MB までです。", "보내지 못했습니다. 파일은 최대 10 MB입니다.";
    file_empty: "Not sent: the file is empty.", "送信できませんでした。ファイルが空です。", "보내지 못했습니다. 빈 파일입니다.";
    file_kind: "Not sent: files of this kind are not accepted. Send a picture, a PDF, a text or an office document without macros.",
        "送信できませんでした。この種類のファイルは受け付けていません。画像、PDF、テキスト、マクロのないオフィス文書を送信してください。",
        "보내지 못했습니다. 이 종류의 파일은 받지 않습니다. 이미지, PDF, 텍스트, 매크로가 없는 오피스 문서를 보내세요.";
    file_harm: "This file was found to be harmful. It is not passed on.", "このファイルは有害と判定されたため、受け渡しできません。", "유해한 파일로 확인되어 전달하지 않습니다.";
    file_failed: "The file was not sent.", "ファイルを送信できませんでした。", "파일을 보내지 못했습니다.";
    queued: "Waits for the connection", "接続待ち", "연결 대기 중";
    sending: "Sending…", "送信中…", "보내는 중…";
    sent: "Sent", "送信済み", "보냄";
    delivered: "Delivered", "配信済み", "전달됨";
    read: "Read", "既読", "읽음";
    failed: "Not sent.", "送信できませんでした。", "보내지 못했습니다.";
    discard: "Delete", "削除", "삭제";
    joined: "joined", "が参加しました", "님이 참여했습니다";
    left: "left", "が担当を離れました", "님이 담당에서 나갔습니다";
    took_over: "took it over", "が引き継ぎました", "님이 이어받았습니다";
    handed_over: "handed over to a person", "が担当者に引き継ぎました", "이(가) 상담원에게 넘겼습니다";
    visitor_ended: "The visitor ended the conversation", "訪問者が会話を終了しました", "방문자가 대화를 종료했습니다";
    agent_ended: "ended the conversation", "が会話を終了しました", "님이 대화를 종료했습니다";
    not_permitted: "You may not handle conversations.", "会話を担当する権限がありません。", "대화를 담당할 권한이 없습니다.";
    taken: "Another agent has it.", "他の担当者が対応しています。", "다른 상담원이 맡고 있습니다.";
    was_ended: "The conversation has ended.", "会話は終了しています。", "대화가 종료되었습니다.";
    not_yours: "It is not yours.", "あなたの担当ではありません。", "담당 중인 대화가 아닙니다.";
    busy: "The hub cannot do it now. Try again.", "今は実行できません。もう一度お試しください。", "지금은 할 수 없습니다. 다시 시도하세요.";
    available: "Available", "対応可", "상담 가능";
    away: "Away", "離席中", "자리 비움";
    not_responding: "Not responding", "応答なし", "응답 없음";
    back_again: "I am back", "戻りました", "돌아왔습니다";
    presence_hint: "Whether conversations are offered to you", "会話を受け付けるかどうか", "대화를 배정받을지 여부";
    offered: "A conversation for you", "あなたへの会話です", "나에게 온 대화";
    accept: "Accept", "受ける", "수락";
    decline: "Decline", "辞退する", "거절";
    seconds: "s", "秒", "초";
    transfer: "Transfer", "引き継ぐ", "넘기기";
    colleagues: "Colleagues", "担当者", "상담원";
    queues: "Queues", "キュー", "대기열";
    nobody_else: "There are no other agents.", "他の担当者はいません。", "다른 상담원이 없습니다.";
    open_now: "open", "件対応中", "개 진행 중";
    key_accept: "Accept the conversation that is offered, where no field is in use",
        "提示された会話を受ける(入力中でないとき)", "제안된 대화 수락(입력 중이 아닐 때)";
    key_next: "Next or previous conversation", "次または前の会話", "다음 또는 이전 대화";
    wrap: "Wrap-up", "後処理", "후처리";
    wrap_code: "What was it about?", "会話の内容", "무엇에 관한 대화였나요?";
    wrap_none: "Choose…", "選択してください", "선택하세요";
    wrap_notes: "Notes for agents", "担当者向けのメモ", "상담원용 메모";
    wrap_done: "Done", "完了", "완료";
    wrap_hint: "Kept as you type. Visitors never see it.", "入力すると保存されます。訪問者には表示されません。", "입력하는 대로 저장됩니다. 방문자에게는 보이지 않습니다.";
    wrap_required: "A code is required", "コードの選択が必要です", "코드를 선택해야 합니다";
    wrap_left: "Closes by itself in", "自動終了まで", "자동 종료까지";
    wrap_long: "Too long: 4,096 bytes at most.", "長すぎます。4,096 バイトまでです。", "너무 깁니다. 최대 4,096바이트입니다.";
    note: "Note", "メモ", "메모";
    note_of: "Note for agents", "担当者向けメモ", "상담원용 메모";
    note_hint: "For agents only: the visitor does not see it.", "担当者だけが見られます。訪問者には表示されません。", "상담원만 볼 수 있습니다. 방문자에게는 보이지 않습니다.";
    write_note: "Write a note for agents", "担当者向けのメモを入力", "상담원용 메모 입력";
    keep: "Save", "保存", "저장";
    tools: "Tools for writing", "入力ツール", "입력 도구";
    bold: "Bold", "太字", "굵게";
    italic: "Italic", "斜体", "기울임꼴";
    code: "Code", "コード", "코드";
    bullets: "List", "箇条書き", "목록";
    link: "Link", "リンク", "링크";
    emoji: "Emoji", "絵文字", "이모지";
    smileys: "smile|laughter|tears of joy|wink|love|kiss|cool|thinking|surprised|neutral|sweat|sad|crying|angry|asleep|ill|hug|celebration|thumbs up|thumbs down|OK|hand wave|clapping|thanks|strength|fingers crossed|eyes|raised hands|red heart|broken heart|star|sparkles|fire|party|gift|sun|rainbow|flower|coffee|check mark|cross|question",
        "笑顔|大笑い|うれし泣き|ウインク|大好き|投げキス|サングラス|考え中|びっくり|無表情|冷や汗|悲しい|泣き顔|怒り|眠い|体調不良|ハグ|お祝いの顔|いいね|よくないね|OK|手を振る|拍手|ありがとう|力こぶ|幸運を祈る|目|ばんざい|赤いハート|失恋|星|きらきら|火|クラッカー|プレゼント|太陽|虹|花|コーヒー|チェック|バツ|疑問符",
        "미소|웃음|기쁨의 눈물|윙크|사랑|뽀뽀|멋짐|생각 중|놀람|무표정|식은땀|슬픔|울음|화남|졸림|아픔|포옹|축하|좋아요|싫어요|OK|손 흔들기|박수|감사|힘|행운|눈|만세|빨간 하트|상처받은 마음|별|반짝임|불|폭죽|선물|해|무지개|꽃|커피|체크|엑스|물음표";
    canned: "Saved replies", "定型文", "저장된 답변";
    canned_keys: "↑ ↓ choose, Enter inserts, Esc closes.", "↑ ↓ で選択、Enter で挿入、Esc で閉じます。", "↑ ↓로 선택, Enter로 삽입, Esc로 닫습니다.";
    canned_manage: "Manage saved replies", "定型文の管理", "저장된 답변 관리";
    canned_own: "Mine only", "自分用", "나만 사용";
    canned_shared: "For all agents", "全員用", "모든 상담원용";
    canned_none: "None yet.", "まだありません。", "아직 없습니다.";
    canned_shortcut: "Shortcut, typed after /", "ショートカット(/ の後に入力)", "단축어(/ 뒤에 입력)";
    canned_title: "Title", "タイトル", "제목";
    canned_hint: "Markdown. {visitor} and {agent} stand for names. One language is enough.",
        "Markdown を使えます。{visitor} と {agent} は名前に置き換わります。一つの言語だけでもかまいません。",
        "Markdown을 쓸 수 있습니다. {visitor}와 {agent}는 이름으로 바뀝니다. 한 언어만 써도 됩니다.";
    canned_share: "For all agents to use", "全員で使う", "모든 상담원이 사용";
    canned_conflict: "Somebody changed them meanwhile. Look at them, and try again.",
        "他の人が変更しました。確認してもう一度お試しください。",
        "다른 사람이 변경했습니다. 확인한 뒤 다시 시도하세요.";
    canned_bad: "Not saved: a shortcut has letters, digits, - and _ and is there once, and there is a title and a text.",
        "保存できませんでした。ショートカットは重複しない文字・数字・-・_ とし、タイトルと本文を入力してください。",
        "저장하지 못했습니다. 단축어는 중복되지 않는 글자, 숫자, -, _로 쓰고 제목과 본문을 입력하세요.";
    canned_not_permitted: "You may not change what all agents use.", "全員用の定型文を変更する権限がありません。", "모든 상담원용 답변을 변경할 권한이 없습니다.";
    change: "Change", "変更", "변경";
    really_remove: "Really delete?", "本当に削除しますか?", "정말 삭제할까요?";
    add_own: "Add one of mine", "自分用を追加", "내 답변 추가";
    add_shared: "Add one for all", "全員用を追加", "공용 답변 추가";
    offer: "Offer choices, cards, a form or a video", "選択肢・カード・フォーム・動画を送る", "선택지, 카드, 양식, 동영상 보내기";
    offer_kind: "Kind", "種類", "종류";
    offer_replies: "Quick replies", "クイック返信", "빠른 답장";
    offer_list: "List", "リスト", "목록";
    offer_cards: "Cards", "カード", "카드";
    offer_form: "Form", "フォーム", "양식";
    offer_video: "Video", "動画", "동영상";
    offer_text: "Message", "メッセージ", "메시지";
    video_title: "What it shows", "動画の説明", "동영상 설명";
    video_address: "Address (https)", "アドレス(https)", "주소(https)";
    row_label: "Choice", "選択肢", "선택지";
    row_more: "Description", "説明", "설명";
    card_title: "Title", "タイトル", "제목";
    card_image: "Picture, address (https)", "画像のアドレス(https)", "이미지 주소(https)";
    card_button: "Button", "ボタン", "버튼";
    card_link: "Where the button leads", "ボタンのリンク先", "버튼 링크";
    field_label: "Question", "質問", "질문";
    field_kind: "Answer", "回答の種類", "답변 종류";
    field_choices: "Choices, with commas between", "選択肢(コンマ区切り)", "선택지(쉼표로 구분)";
    field_required: "Required", "必須", "필수";
    field_text: "A line", "一行", "한 줄";
    field_long: "Several lines", "複数行", "여러 줄";
    field_email: "E-mail address", "メールアドレス", "이메일 주소";
    field_phone: "Telephone number", "電話番号", "전화번호";
    field_number: "Number", "数字", "숫자";
    field_date: "Day", "日付", "날짜";
    field_time: "Time", "時刻", "시각";
    field_choice: "One of several", "選択", "선택";
    field_check: "Yes or no", "はい・いいえ", "예/아니요";
    add_row: "Add another", "追加", "추가";
    remove_row: "Remove", "削除:", "삭제:";
    preview: "Preview", "プレビュー", "미리 보기";
    no_preview: "Shown here once it is complete.", "入力が完了すると表示されます。", "입력을 마치면 여기에 표시됩니다.";
    fault_text: "Write a message of at most 4,096 bytes.", "メッセージを 4,096 バイト以内で入力してください。", "메시지를 4,096바이트 이내로 입력하세요.";
    fault_label: "fill in the first line, not too long.", "最初の欄を入力してください(長すぎないこと)。", "첫 칸을 너무 길지 않게 입력하세요.";
    fault_address: "an address begins with https://.", "アドレスは https:// で始めてください。", "주소는 https://로 시작해야 합니다.";
    fault_link: "a link begins with https://, http://, mailto: or tel:.",
        "リンクは https://、http://、mailto:、tel: で始めてください。",
        "링크는 https://, http://, mailto:, tel:로 시작해야 합니다.";
    fault_button: "say what stands on the button.", "ボタンの文字を入力してください。", "버튼에 표시할 글자를 입력하세요.";
    fault_choices: "name two choices or more.", "選択肢を二つ以上入力してください。", "선택지를 둘 이상 입력하세요.";
    fault_other: "This cannot be sent. Check addresses and lengths.", "送信できません。アドレスと長さを確認してください。", "보낼 수 없습니다. 주소와 길이를 확인하세요.";
    person: "About the visitor", "訪問者について", "방문자 정보";
    person_button: "Visitor", "訪問者情報", "방문자 정보";
    journey: "Journey", "ジャーニー", "여정";
    journey_none: "Nothing yet.", "まだありません。", "아직 없습니다.";
    journey_more: "Earlier", "以前", "이전";
    journey_failed: "The journey could not be read.", "ジャーニーを読み込めませんでした。", "여정을 불러오지 못했습니다.";
    journey_not_permitted: "You may not see what visitors do.", "訪問者の行動を見る権限がありません。", "방문자의 활동을 볼 권한이 없습니다.";
    searched: "Searched for", "検索:", "검색:";
    pages: "Page views", "ページ閲覧", "페이지 조회";
    before_this: "Other conversations", "他の会話", "다른 대화";
    first_time: "This is the only one.", "他の会話はありません。", "다른 대화가 없습니다.";
    search: "Search conversations", "会話を検索", "대화 검색";
    filter: "Which conversations", "表示する会話", "표시할 대화";
    filter_all: "All", "すべて", "전체";
    nothing_found: "None like that.", "該当する会話はありません。", "해당하는 대화가 없습니다.";
    alerts: "Sound and notices", "音と通知", "소리와 알림";
    sound: "A sound for offers, and for messages that are not in view", "会話の割り当てと、表示していない会話のメッセージで音を鳴らす", "배정된 대화와 보고 있지 않은 대화의 메시지에 소리 내기";
    notices: "Notices of the system, while you look elsewhere", "他の画面を見ているとき、システム通知を表示する", "다른 화면을 볼 때 시스템 알림 표시";
    notices_hint: "They say who, never what was written.", "通知には相手だけが表示され、内容は表示されません。", "알림에는 상대만 표시되고 내용은 표시되지 않습니다.";
    notices_refused: "Your browser does not allow notices of this page.", "ブラウザーがこのページの通知を許可していません。", "브라우저가 이 페이지의 알림을 허용하지 않습니다.";
    to_end: "Newest messages", "最新のメッセージへ", "최신 메시지로";
    new_message: "New message", "新しいメッセージ", "새 메시지";
    key_take: "Take the conversation, offered or open", "提示中または表示中の会話を担当する", "제안되었거나 열린 대화 담당";
    key_write: "Write", "入力欄へ移動", "입력란으로 이동";
    key_note: "Note for agents, or message again", "メモとメッセージを切り替える", "메모와 메시지 전환";
    key_canned: "Saved replies", "定型文", "저장된 답변";
    key_offer: "Choices, cards, form, video", "選択肢・カード・フォーム・動画", "선택지, 카드, 양식, 동영상";
    key_transfer: "Transfer", "引き継ぐ", "넘기기";
    key_end: "End the conversation", "会話を終了する", "대화 종료";
    key_code: "Wrap-up code", "後処理コード", "후처리 코드";
    key_person: "Show or hide the visitor", "訪問者情報の表示を切り替える", "방문자 정보 표시 전환";
    key_search: "Search conversations", "会話を検索", "대화 검색";
    key_marks: "Bold, italic, link", "太字、斜体、リンク", "굵게, 기울임꼴, 링크";
    key_slash: "Saved replies, at the beginning of a word", "定型文(単語の先頭で)", "저장된 답변(단어 첫머리에서)";
}
