//! The texts of who visitors are.

words! { IdentityWords:
    verified: "Identified and verified", "本人確認済み", "본인 확인됨";
    identified: "Identified only: no longer verified", "識別のみ（本人確認は期限切れ）", "식별만 됨(본인 확인 만료)";
    customer: "Customer", "お客様番号:", "고객";
    by: "Signed in by", "サインイン方法:", "로그인 방법:";
    since: "Since", "開始:", "시작:";
    until: "until", "期限:", "만료:";
    ask: "Ask to sign in", "サインインを依頼", "로그인 요청";
    asked: "Asked to sign in", "サインインを依頼中", "로그인 요청함";
    signed_in: "signed in", "がサインインしました", "님이 로그인했습니다";
    declined: "The visitor did not sign in", "訪問者はサインインしませんでした", "방문자가 로그인하지 않았습니다";
    expired: "The request to sign in has expired", "サインインの依頼は期限切れになりました", "로그인 요청이 만료되었습니다";
}
