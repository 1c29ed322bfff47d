//! The texts of shared sessions.

words! { CobrowseWords:
    start_lead: "You and a visitor look at the visitor's page together. The visitor agrees first, sees what you do, and can stop at any time.",
        "訪問者のページを一緒に見ます。訪問者の同意が必要で、訪問者はあなたの操作を見ることができ、いつでも終了できます。",
        "방문자의 페이지를 함께 봅니다. 방문자가 먼저 동의해야 하며, 방문자는 상담원의 동작을 보고 언제든지 끝낼 수 있습니다.";
    on_the_phone: "On the phone",
        "電話で",
        "전화로";
    new_code_hint: "Read six digits to the visitor, who types them on the site.",
        "6 桁の数字を訪問者に読み上げ、サイトで入力してもらいます。",
        "방문자에게 여섯 자리 숫자를 읽어 주면 방문자가 사이트에 입력합니다.";
    new_code: "New code",
        "新しいコード",
        "새 코드";
    visitor_code: "A visitor's code",
        "訪問者のコード",
        "방문자의 코드";
    visitor_code_hint: "Six digits that the visitor reads to you.",
        "訪問者が読み上げる 6 桁の数字です。",
        "방문자가 읽어 주는 여섯 자리 숫자입니다.";
    use_code: "Connect",
        "接続",
        "연결";
    code_title: "Code for the visitor",
        "訪問者に伝えるコード",
        "방문자에게 알려 줄 코드";
    code_hint: "The visitor types these digits on the site. They are good for one use.",
        "訪問者がサイトでこの数字を入力します。1 回だけ使えます。",
        "방문자가 사이트에 이 숫자를 입력합니다. 한 번만 쓸 수 있습니다.";
    code_left: "Good for another",
        "残り時間",
        "남은 시간";
    copy: "Copy",
        "コピー",
        "복사";
    copied: "Copied",
        "コピーしました",
        "복사됨";
    in_writing: "In messages or a chat",
        "メッセージまたはチャットで",
        "메시지 또는 채팅으로";
    in_writing_hint: "Find the visitor in Live Now and press “Co-browse”.",
        "「ライブ」で訪問者を探し、「コブラウズ開始」を押してください。",
        "실시간 보기에서 방문자를 찾아 “코브라우즈 시작”을 누르세요.";
    offer_short: "Co-browse",
        "コブラウズ開始",
        "코브라우즈 시작";
    in_session: "In a session",
        "共有中",
        "공유 중";
    sessions_now: "Sessions on the site now",
        "現在サイトで行われているセッション",
        "지금 사이트에서 진행 중인 세션";
    no_sessions: "Nobody is in a session.",
        "進行中のセッションはありません。",
        "진행 중인 세션이 없습니다.";
    join: "Join",
        "参加",
        "참여";
    look_on: "Look on silently",
        "見るだけで参加",
        "조용히 지켜보기";
    offer_title: "Offer co-browse",
        "コブラウズを提案",
        "코브라우즈 제안";
    offer_lead: "The visitor sees your offer on the page and decides. You see the page only after they agree.",
        "訪問者のページに提案が表示され、訪問者が決めます。同意されるまでページは見えません。",
        "방문자의 페이지에 제안이 표시되고 방문자가 결정합니다. 동의한 후에만 페이지가 보입니다.";
    channel: "The conversation you are in",
        "現在の会話の種類",
        "지금 진행 중인 대화";
    chat: "Chat",
        "チャット",
        "채팅";
    chat_hint: "Ends after 15 minutes without activity.",
        "15 分間操作がないと終了します。",
        "15분 동안 활동이 없으면 끝납니다.";
    messaging: "Messages",
        "メッセージ",
        "메시지";
    messaging_hint: "Ends after 2 minutes without activity.",
        "2 分間操作がないと終了します。",
        "2분 동안 활동이 없으면 끝납니다.";
    send_offer: "Offer",
        "提案する",
        "제안하기";
    visit_over: "This visit is over. The visitor is not on the site any more.",
        "この訪問は終了しました。訪問者はもうサイトにいません。",
        "이 방문은 끝났습니다. 방문자는 더 이상 사이트에 없습니다.";
    to_start: "All sessions",
        "セッション一覧",
        "모든 세션";
    asking: "Asking the hub…",
        "ハブに問い合わせています…",
        "허브에 요청하는 중…";
    asking_slow: "The hub has not answered yet. You can go on waiting, or cancel and try again.",
        "ハブからまだ応答がありません。このまま待つか、キャンセルしてやり直してください。",
        "허브가 아직 응답하지 않았습니다. 계속 기다리거나 취소하고 다시 시도하세요.";
    offered: "Waiting for the visitor's answer",
        "訪問者の返事を待っています",
        "방문자의 답을 기다리는 중";
    offer_expires: "The offer expires in",
        "提案の有効期限まで",
        "제안 만료까지";
    withdraw: "Withdraw",
        "取り下げる",
        "철회";
    cancel: "Cancel",
        "キャンセル",
        "취소";
    over_visitor: "The visitor ended the session",
        "訪問者がセッションを終了しました",
        "방문자가 세션을 끝냈습니다";
    over_agent: "The session was ended by an agent",
        "担当者がセッションを終了しました",
        "상담원이 세션을 끝냈습니다";
    over_conversation: "The conversation ended, and the session with it",
        "会話とともにセッションが終了しました",
        "대화가 끝나 세션도 종료되었습니다";
    over_transfer: "The conversation was passed on to another agent",
        "会話が別の担当者に引き継がれました",
        "대화가 다른 상담원에게 이관되었습니다";
    over_idle: "The session ended because nobody did anything",
        "操作がなかったためセッションが終了しました",
        "활동이 없어 세션이 종료되었습니다";
    over_declined: "The visitor said no",
        "訪問者は同意しませんでした",
        "방문자가 거절했습니다";
    over_unanswered: "The visitor did not answer in time",
        "時間内に返事がありませんでした",
        "방문자가 제시간에 답하지 않았습니다";
    over_lost: "The visitor did not come back",
        "訪問者が戻りませんでした",
        "방문자가 돌아오지 않았습니다";
    over_withdrawn: "The offer was withdrawn",
        "提案を取り下げました",
        "제안을 철회했습니다";
    over_hint: "The conversation goes on.",
        "会話は続けられます。",
        "대화는 계속됩니다.";
    offer_again: "Offer again",
        "もう一度提案",
        "다시 제안";
    download_record: "Download the record",
        "記録をダウンロード",
        "기록 내려받기";
    record_failed: "The record could not be fetched.",
        "記録を取得できませんでした。",
        "기록을 가져오지 못했습니다.";
    live_view: "Live",
        "ライブ",
        "실시간";
    waiting_page: "Waiting for the visitor's page",
        "訪問者のページを待っています",
        "방문자의 페이지를 기다리는 중";
    waiting_page_hint: "It is loading, or its first picture is on the way.",
        "読み込み中か、最初の画面を受信しています。",
        "불러오는 중이거나 첫 화면이 오는 중입니다.";
    broken: "This page cannot be shown",
        "このページは表示できません",
        "이 페이지를 표시할 수 없습니다";
    broken_hint: "What the visitor's browser sends does not make a page. It is asked again from time to time; the session goes on.",
        "訪問者のブラウザーから届く内容をページとして表示できません。ときどき再取得します。セッションは続いています。",
        "방문자의 브라우저가 보내는 내용으로 페이지를 만들 수 없습니다. 가끔 다시 요청하며, 세션은 계속됩니다.";
    hidden: "on another tab",
        "別のタブを表示中",
        "다른 탭을 보는 중";
    hidden_note: "The visitor is on another tab or in another window, and does not see what you show.",
        "訪問者は別のタブまたはウィンドウを見ているため、あなたが示すものは見えていません。",
        "방문자가 다른 탭이나 창을 보고 있어 상담원이 보여 주는 것을 볼 수 없습니다.";
    away: "The visitor's page cannot be reached",
        "訪問者のページに接続できません",
        "방문자의 페이지에 연결할 수 없습니다";
    away_hint: "The visitor loads a page, went elsewhere, or lost the connection. The session goes on as soon as they are back.",
        "訪問者がページを読み込んでいるか、離れたか、接続が切れています。戻りしだいセッションは再開します。",
        "방문자가 페이지를 불러오는 중이거나, 떠났거나, 연결이 끊겼습니다. 돌아오는 즉시 세션이 이어집니다.";
    ends_in: "The session ends in",
        "セッション終了まで",
        "세션 종료까지";
    paused: "Paused by the visitor",
        "訪問者が一時停止しました",
        "방문자가 일시 중지했습니다";
    paused_hint: "Nothing leaves the visitor's page, and nothing you do reaches it, until they go on.",
        "訪問者が再開するまで、ページの内容は送られず、あなたの操作も届きません。",
        "방문자가 다시 시작할 때까지 페이지의 내용이 전송되지 않고 상담원의 조작도 전달되지 않습니다.";
    desk_offline: "Your desk is offline",
        "デスクがオフラインです",
        "데스크가 오프라인입니다";
    desk_offline_hint: "It reconnects by itself. The session waits for you for five minutes.",
        "自動的に再接続します。セッションは 5 分間待機します。",
        "자동으로 다시 연결합니다. 세션은 5분 동안 기다립니다.";
    idle_warning: "Nobody is doing anything. Point at the page to stay; else the session ends in",
        "操作がありません。続けるにはページを指してください。終了まで",
        "활동이 없습니다. 계속하려면 페이지를 가리키세요. 종료까지";
    seconds: "s",
        "秒",
        "초";
    latency: "Delay to the visitor's page and back",
        "訪問者のページとの往復遅延",
        "방문자 페이지까지의 왕복 지연";
    measuring: "measuring…",
        "測定中…",
        "측정 중…";
    others: "In this session",
        "このセッションの参加者",
        "이 세션의 참가자";
    you: "you",
        "あなた",
        "나";
    looks_on: "looks on",
        "閲覧のみ",
        "보기만";
    visitor: "Visitor",
        "訪問者さん",
        "방문 고객";
    silent_note: "You look on silently. The visitor sees that somebody does.",
        "閲覧のみで参加しています。誰かが見ていることは訪問者にも表示されます。",
        "조용히 지켜보고 있습니다. 누군가 보고 있다는 것은 방문자에게 표시됩니다.";
    leave: "Leave",
        "退出",
        "나가기";
    tools: "Tools",
        "ツール",
        "도구";
    tool_look: "Point",
        "ポインター",
        "포인터";
    tool_act: "Point and act",
        "操作",
        "조작";
    tool_highlight: "Highlight",
        "強調",
        "강조";
    tool_laser: "Laser",
        "レーザー",
        "레이저";
    tool_pen: "Pen",
        "ペン",
        "펜";
    tool_arrow: "Arrow",
        "矢印",
        "화살표";
    tool_rectangle: "Rectangle",
        "四角",
        "사각형";
    tool_erase: "Erase",
        "消去",
        "지우기";
    tool_control: "Request control",
        "操作を依頼",
        "조작 요청";
    tool_navigation: "Request navigation",
        "ページ移動を依頼",
        "이동 요청";
    tool_give_back: "Give back",
        "返却",
        "반납";
    tool_end: "End",
        "終了",
        "종료";
    bar_not_live: "Not while the page is not shown",
        "ページが表示されていない間は使えません",
        "페이지가 표시되지 않는 동안에는 사용할 수 없습니다";
    bar_silent: "You only look on",
        "閲覧のみで参加しています",
        "보기만 하고 있습니다";
    bar_asking: "The visitor is still being asked",
        "訪問者の返事を待っています",
        "방문자의 답을 기다리고 있습니다";
    bar_granted: "You have it already",
        "すでに許可されています",
        "이미 허용되었습니다";
    bar_nothing: "Nothing is granted to you",
        "許可されているものはありません",
        "허용된 것이 없습니다";
    ask_control: "Ask the visitor for control",
        "訪問者に操作の許可を求める",
        "방문자에게 조작 권한 요청";
    ask_control_hint: "With it you can click, type, choose and scroll on the visitor's page.",
        "訪問者のページでクリック、入力、選択、スクロールができるようになります。",
        "방문자의 페이지에서 클릭, 입력, 선택, 스크롤할 수 있습니다.";
    ask_navigation: "Ask the visitor for navigation",
        "訪問者にページ移動の許可を求める",
        "방문자에게 이동 권한 요청";
    ask_navigation_hint: "With it you can follow links, go back and forward, reload, and go to an address of the site.",
        "リンクを開く、戻る、進む、再読み込み、サイト内のアドレスへの移動ができるようになります。",
        "링크 열기, 뒤로, 앞으로, 새로 고침, 사이트 내 주소로 이동할 수 있습니다.";
    scope: "Where",
        "範囲",
        "범위";
    scope_page: "On the whole page",
        "ページ全体",
        "페이지 전체";
    scope_element: "Only within one element, which I pick next",
        "次に選ぶ要素の中だけ",
        "다음에 고르는 요소 안에서만";
    scope_once: "One action only",
        "1 回の操作だけ",
        "한 번의 동작만";
    time: "How long",
        "期間",
        "기간";
    time_session: "Until the session ends",
        "セッション終了まで有効",
        "세션이 끝날 때까지";
    time_minutes: "For 2 minutes",
        "2 分間",
        "2분 동안";
    proposes: "Only propose what I type; the visitor accepts each field",
        "入力は提案のみとし、訪問者が項目ごとに承認する",
        "입력은 제안만 하고 방문자가 항목마다 수락";
    ask: "Ask",
        "依頼する",
        "요청하기";
    pick: "Click the element on the page. Esc: cancel.",
        "ページ上の要素をクリックしてください。Esc でキャンセルします。",
        "페이지에서 요소를 클릭하세요. Esc: 취소.";
    waiting_answer: "Waiting for the visitor's answer",
        "訪問者の応答待ち",
        "방문자의 응답 대기 중";
    granted_control: "The visitor let you act on the page",
        "訪問者が操作を許可しました",
        "방문자가 조작을 허용했습니다";
    granted_navigation: "The visitor let you navigate",
        "訪問者がページ移動を許可しました",
        "방문자가 이동을 허용했습니다";
    declined: "The visitor did not agree",
        "訪問者は許可しませんでした",
        "방문자가 허용하지 않았습니다";
    ended_control: "You cannot act on the page any more",
        "操作の許可が終了しました",
        "조작 권한이 끝났습니다";
    ended_navigation: "You cannot navigate any more",
        "ページ移動の許可が終了しました",
        "이동 권한이 끝났습니다";
    control_on: "You can act",
        "操作できます",
        "조작 가능";
    navigation_on: "You can navigate",
        "移動できます",
        "이동 가능";
    within_note: "within one element",
        "要素内のみ",
        "요소 안에서만";
    uses_note: "one action",
        "1 回のみ",
        "한 번만";
    proposes_note: "typing is proposed",
        "入力は提案",
        "입력은 제안";
    back: "Back",
        "戻る",
        "뒤로";
    forward: "Forward",
        "進む",
        "앞으로";
    reload: "Reload",
        "再読み込み",
        "새로 고침";
    address: "Address of the visitor's page",
        "訪問者のページのアドレス",
        "방문자 페이지의 주소";
    address_bad: "This is no address of a web page.",
        "ウェブページのアドレスではありません。",
        "웹 페이지의 주소가 아닙니다.";
    needs_navigation: "Needs the visitor's leave: request navigation",
        "訪問者の許可が必要です。ページ移動を依頼してください",
        "방문자의 허용이 필요합니다. 이동을 요청하세요";
    zoom: "Zoom",
        "表示倍率",
        "확대/축소";
    fit: "Fit",
        "全体",
        "맞춤";
    original_size: "1:1",
        "等倍",
        "원본";
    device_size: "Device",
        "端末枠",
        "기기";
    viewport: "Size of the visitor's window",
        "訪問者のウィンドウサイズ",
        "방문자 창 크기";
    replica_label: "The visitor's page, as the visitor sees it",
        "訪問者に見えているページ",
        "방문자에게 보이는 페이지";
    typing_label: "Text for the visitor's page",
        "訪問者のページに入力する文字",
        "방문자 페이지에 입력할 텍스트";
    typing_note: "You type on the visitor's page. Esc: back to the tools.",
        "訪問者のページに入力中です。Esc でツールに戻ります。",
        "방문자의 페이지에 입력하고 있습니다. Esc: 도구로 돌아가기.";
    choose_title: "Choose for the visitor",
        "訪問者の代わりに選択",
        "방문자 대신 선택";
    fill_title: "Set for the visitor",
        "訪問者の代わりに設定",
        "방문자 대신 입력";
    apply: "Set",
        "設定する",
        "적용";
    dialog_alert: "An alert is open",
        "アラートが開いています",
        "알림 창이 열려 있습니다";
    dialog_confirm: "A confirm is open",
        "確認ダイアログが開いています",
        "확인 창이 열려 있습니다";
    dialog_prompt: "A prompt is open",
        "入力ダイアログが開いています",
        "입력 창이 열려 있습니다";
    dialog_print: "The print dialog is open",
        "印刷ダイアログが開いています",
        "인쇄 창이 열려 있습니다";
    dialog_file: "A file picker is open",
        "ファイル選択が開いています",
        "파일 선택 창이 열려 있습니다";
    dialog_choice: "A date or colour picker is open",
        "日付や色の選択が開いています",
        "날짜나 색상 선택 창이 열려 있습니다";
    zoomed: "Zoomed in",
        "拡大表示中",
        "확대해서 보는 중";
    media_playing: "Playing",
        "再生中",
        "재생 중";
    media_paused: "Paused",
        "一時停止",
        "일시정지";
    media_waiting: "Loading",
        "読み込み中",
        "불러오는 중";
    media_ended: "Ended",
        "終了",
        "끝남";
    media_failed: "Cannot be played",
        "再生できません",
        "재생할 수 없음";
    media_muted: "muted",
        "ミュート",
        "음소거";
    media_look: "Show the video as it is now",
        "現在の画面を表示",
        "지금 화면 보기";
    guard_masked: "Masked in the visitor's browser: nobody at the desk sees it or acts on it",
        "訪問者のブラウザーで隠されています。表示も操作もできません",
        "방문자의 브라우저에서 가려져 있어 볼 수도 조작할 수도 없습니다";
    guard_value: "What is typed here is hidden from you",
        "ここに入力された内容は表示されません",
        "여기에 입력된 내용은 보이지 않습니다";
    guard_read_only: "For looking at only: the site does not let agents act here",
        "閲覧のみ: サイトの設定により操作できません",
        "보기 전용: 사이트가 상담원의 조작을 허용하지 않습니다";
    objection_wrong_code: "There is no such code, or it is not good any more. Ask for a new one.",
        "そのコードは存在しないか、無効になっています。新しいコードを確認してください。",
        "그런 코드가 없거나 더 이상 유효하지 않습니다. 새 코드를 요청하세요.";
    objection_too_many: "Too many wrong codes. Wait a minute, then try again.",
        "間違ったコードが多すぎます。1 分待ってからやり直してください。",
        "잘못된 코드를 너무 많이 입력했습니다. 1분 후 다시 시도하세요.";
    objection_not_permitted: "You are not permitted to do this.",
        "この操作は許可されていません。",
        "이 작업을 할 권한이 없습니다.";
    objection_nobody: "Nobody is there any more: the visitor has left, or your desk is offline.",
        "相手がいません。訪問者が離れたか、デスクがオフラインです。",
        "아무도 없습니다. 방문자가 떠났거나 데스크가 오프라인입니다.";
    objection_busy: "The visitor is in another session, or is being asked something.",
        "訪問者は別のセッション中か、応答待ちです。",
        "방문자가 다른 세션에 있거나 다른 요청에 답하는 중입니다.";
    key_leave: "Back from typing to the tools",
        "入力からツールに戻る",
        "입력에서 도구로 돌아가기";
    key_escape: "Esc on the visitor's page",
        "訪問者のページで Esc",
        "방문자 페이지에서 Esc";
    outcome_done: "Done.",
        "完了しました。",
        "완료되었습니다.";
    outcome_not_granted: "The visitor has not let you do this here.",
        "ここでの操作は訪問者に許可されていません。",
        "방문자가 여기에서 이 동작을 허용하지 않았습니다.";
    outcome_paused: "The visitor has paused.",
        "訪問者が一時停止しています。",
        "방문자가 일시 중지했습니다.";
    outcome_gone: "It is not there any more.",
        "対象はもうありません。",
        "대상이 더 이상 없습니다.";
    outcome_changed: "It changed while you acted. Look again, then try once more.",
        "操作の間に内容が変わりました。確認してもう一度お試しください。",
        "조작하는 동안 바뀌었습니다. 확인하고 다시 시도하세요.";
    outcome_covered: "Something else lies over it on the visitor's screen.",
        "訪問者の画面では別のものが重なっています。",
        "방문자 화면에서 다른 것이 가리고 있습니다.";
    outcome_masked: "It is private. Agents do not act on what they cannot see.",
        "非公開の部分です。見えないものは操作できません。",
        "비공개 항목입니다. 볼 수 없는 것은 조작할 수 없습니다.";
    outcome_read_only: "The site lets agents only look at it.",
        "サイトの設定により閲覧のみ可能です。",
        "사이트가 보기만 허용합니다.";
    outcome_submit: "It would send a form. The site leaves that to the visitor.",
        "フォームが送信されるため、訪問者本人が操作する必要があります。",
        "양식이 전송되므로 방문자가 직접 해야 합니다.";
    outcome_file_picker: "Only the visitor can choose files.",
        "ファイルを選べるのは訪問者だけです。",
        "파일은 방문자만 선택할 수 있습니다.";
    outcome_off_site: "It leads away from the site.",
        "サイトの外に移動するため実行できません。",
        "사이트 밖으로 이동하므로 실행할 수 없습니다.";
    outcome_disabled: "The page has switched it off.",
        "ページ側で無効になっています。",
        "페이지에서 비활성화되어 있습니다.";
    outcome_unsuited: "This cannot be done to it.",
        "この対象にはその操作ができません。",
        "이 대상에는 그 동작을 할 수 없습니다.";
    outcome_too_fast: "Too much at once. Try again more slowly.",
        "操作が速すぎます。少し間を置いてお試しください。",
        "너무 빠릅니다. 조금 천천히 다시 시도하세요.";
    outcome_rejected: "The visitor rejected your proposal.",
        "訪問者が提案を却下しました。",
        "방문자가 제안을 거절했습니다.";
    outcome_proposed: "Proposed. The visitor decides.",
        "提案しました。訪問者が決めます。",
        "제안했습니다. 방문자가 결정합니다.";
    outcome_outranked: "The visitor is doing something. Try again in a moment.",
        "訪問者が操作中です。少し待ってお試しください。",
        "방문자가 조작하고 있습니다. 잠시 후 다시 시도하세요.";
    outcome_undone: "The visitor took your change back.",
        "訪問者が変更を元に戻しました。",
        "방문자가 변경을 되돌렸습니다.";
}
