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
}
