//! Every text of the desk, in three languages.
//!
//! Invariant: a text that a person reads comes from here, or from the hub or a visitor's page.

/// A language that the desk speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Japanese.
    Japanese,
    /// Korean.
    Korean,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::English, Self::Japanese, Self::Korean];

    /// The first of a browser's language tags that is spoken here; else English.
    pub fn choose<'a>(tags: impl IntoIterator<Item = &'a str>) -> Self {
        let spoken = |tag: &str| {
            let primary = tag.split('-').next()?;
            Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
        };
        tags.into_iter().find_map(spoken).unwrap_or(Self::English)
    }

    /// For `lang` attributes and storage.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Japanese => "ja",
            Self::Korean => "ko",
        }
    }

    /// Its name in itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Japanese => "日本語",
            Self::Korean => "한국어",
        }
    }

    /// Its texts.
    pub fn words(self) -> &'static Words {
        &WORDS[self as usize]
    }

    /// Its texts of a shared session.
    pub fn cobrowse(self) -> &'static CobrowseWords {
        &COBROWSE[self as usize]
    }

    /// Its texts of who visitors are.
    pub fn identity(self) -> &'static IdentityWords {
        &IDENTITY[self as usize]
    }

    /// Its texts of conversations.
    pub fn inbox(self) -> &'static InboxWords {
        &INBOX[self as usize]
    }
}

/// Declares a struct of texts and its three values from one table: a text that lacks a language does not compile.
macro_rules! words {
    ($words:ident: $($name:ident: $english:literal, $japanese:literal, $korean:literal;)*) => {
        /// The texts of one language, each named for its place.
        #[derive(Debug)]
        #[allow(missing_docs, reason = "the table is the explanation")]
        pub struct $words {
            $(pub $name: &'static str,)*
        }

        impl $words {
            /// In English, Japanese and Korean.
            pub(super) const ALL: [Self; 3] = [
                Self { $($name: $english,)* },
                Self { $($name: $japanese,)* },
                Self { $($name: $korean,)* },
            ];

            #[cfg(test)]
            pub(super) fn texts(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($name), self.$name),)*]
            }
        }
    };
}

mod cobrowse;
mod identity;
mod inbox;
mod outcome;

pub use cobrowse::CobrowseWords;
pub use identity::IdentityWords;
pub use inbox::InboxWords;

static WORDS: [Words; 3] = Words::ALL;
static COBROWSE: [CobrowseWords; 3] = CobrowseWords::ALL;
static INBOX: [InboxWords; 3] = InboxWords::ALL;
static IDENTITY: [IdentityWords; 3] = IdentityWords::ALL;

words! { Words:
    app_name: "Alongside",
        "Alongside",
        "Alongside";
    nav_label: "Views",
        "ビュー",
        "보기";
    live_now: "Live Now",
        "ライブ",
        "실시간";
    journey: "Journey",
        "ジャーニー",
        "여정";
    inbox: "Inbox",
        "受信トレイ",
        "받은 대화";
    cobrowse: "Co-browse",
        "コブラウズ",
        "코브라우즈";
    settings: "Settings",
        "設定",
        "설정";
    sign_in: "Sign in",
        "サインイン",
        "로그인";
    signing_in: "Signing in…",
        "サインインしています…",
        "로그인하는 중…";
    sign_out: "Sign out",
        "サインアウト",
        "로그아웃";
    email: "E-mail address",
        "メールアドレス",
        "이메일 주소";
    password: "Password",
        "パスワード",
        "비밀번호";
    login_lead: "See who is on your site, as it happens.",
        "サイトを訪れている人を、リアルタイムで確認できます。",
        "지금 사이트에 있는 방문자를 실시간으로 확인하세요.";
    development_login: "Development login:",
        "開発用ログイン:",
        "개발용 로그인:";
    use_it: "Fill in",
        "入力する",
        "입력하기";
    wrong_login: "The e-mail address or password is wrong. Check both and try again.",
        "メールアドレスまたはパスワードが正しくありません。確認してもう一度お試しください。",
        "이메일 주소 또는 비밀번호가 올바르지 않습니다. 확인한 후 다시 시도하세요.";
    too_many_tries: "Too many tries. Wait a minute, then try again.",
        "試行回数が多すぎます。1 分待ってからもう一度お試しください。",
        "시도 횟수가 너무 많습니다. 1분 후 다시 시도하세요.";
    hub_unreachable: "The hub does not answer. Check that it is running, then try again.",
        "ハブが応答しません。起動していることを確認して、もう一度お試しください。",
        "허브가 응답하지 않습니다. 실행 중인지 확인한 후 다시 시도하세요.";
    session_over: "Your session has ended. Sign in again.",
        "セッションが終了しました。もう一度サインインしてください。",
        "세션이 종료되었습니다. 다시 로그인하세요.";
    connecting: "Connecting…",
        "接続しています…",
        "연결하는 중…";
    online: "Connected",
        "接続済み",
        "연결됨";
    offline: "Offline: reconnecting… What you see may be out of date.",
        "オフライン: 再接続しています… 表示内容が古い可能性があります。",
        "오프라인: 다시 연결하는 중… 표시된 내용이 최신이 아닐 수 있습니다.";
    offline_short: "Offline",
        "オフライン",
        "오프라인";
    refused: "The hub refused the connection:",
        "ハブが接続を拒否しました:",
        "허브가 연결을 거부했습니다:";
    try_again: "Try again",
        "再試行",
        "다시 시도";
    live: "Live",
        "アクティブ",
        "활동 중";
    quiet: "Quiet",
        "静止中",
        "조용함";
    inactive: "Inactive",
        "非アクティブ",
        "비활성";
    filter: "Filter by visitor, page or search",
        "訪問者、ページ、検索語で絞り込み",
        "방문자, 페이지, 검색어로 필터";
    status: "Status",
        "状態",
        "상태";
    visitor: "Visitor",
        "訪問者",
        "방문자";
    page: "Current page",
        "現在のページ",
        "현재 페이지";
    page_views: "Page views",
        "ページ数",
        "페이지 조회";
    arrived: "Arrived",
        "到着",
        "도착";
    time_on_site: "Time on site",
        "滞在時間",
        "체류 시간";
    last_search: "Last search",
        "最後の検索",
        "마지막 검색";
    device: "Device",
        "デバイス",
        "기기";
    unknown: "Unknown",
        "不明",
        "알 수 없음";
    automated: "automated",
        "自動操作",
        "자동화";
    phone: "Phone",
        "スマートフォン",
        "휴대전화";
    tablet: "Tablet",
        "タブレット",
        "태블릿";
    desktop: "Desktop",
        "デスクトップ",
        "데스크톱";
    untitled: "Untitled page",
        "無題のページ",
        "제목 없는 페이지";
    none: "None",
        "なし",
        "없음";
    sort_by: "Sort by",
        "並べ替え",
        "정렬";
    table_label: "Visits on the site, scrolls",
        "サイトへの訪問の一覧（スクロール可）",
        "사이트 방문 목록(스크롤 가능)";
    nobody: "Nobody is on the site",
        "サイトには誰もいません",
        "사이트에 아무도 없습니다";
    nobody_hint: "Open the shop in another window. The visit appears here within a second.",
        "別のウィンドウでショップを開くと、1 秒以内にその訪問がここに表示されます。",
        "다른 창에서 쇼핑몰을 열면 1초 안에 방문이 여기에 표시됩니다.";
    no_match: "No visit matches the filter",
        "条件に合う訪問はありません",
        "필터와 일치하는 방문이 없습니다";
    clear_filter: "Clear the filter",
        "絞り込みを解除",
        "필터 지우기";
    loading: "Waiting for the list of visits",
        "訪問の一覧を待っています",
        "방문 목록을 기다리는 중";
    journey_empty: "No journey to show yet",
        "表示できるジャーニーはまだありません",
        "아직 표시할 여정이 없습니다";
    journey_hint: "This view is not built yet. It will show one visitor's pages, searches and outcomes in the order they happened.",
        "このビューはまだ実装されていません。訪問者のページ、検索、成果を、起きた順に表示する予定です。",
        "이 보기는 아직 구현되지 않았습니다. 방문자의 페이지, 검색, 성과를 일어난 순서대로 보여 줄 예정입니다.";
    see_live: "See who is on the site",
        "サイトにいる人を見る",
        "사이트 방문자 보기";
    language: "Language",
        "言語",
        "언어";
    language_hint: "Kept in this browser.",
        "このブラウザーに保存されます。",
        "이 브라우저에 저장됩니다.";
    signed_in_as: "Signed in as",
        "サインイン中:",
        "로그인한 계정:";
    account: "Account",
        "アカウント",
        "계정";
    shortcuts: "Keyboard shortcuts",
        "キーボードショートカット",
        "키보드 단축키";
    use_shortcuts: "Use keyboard shortcuts",
        "キーボードショートカットを使う",
        "키보드 단축키 사용";
    show_help: "Show this help",
        "このヘルプを表示",
        "이 도움말 표시";
    close: "Close",
        "閉じる",
        "닫기";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_that_is_spoken_is_chosen() {
        assert_eq!(Language::choose(["fr-FR", "ko-KR", "ja"]), Language::Korean);
        assert_eq!(Language::choose(["JA-jp"]), Language::Japanese);
        assert_eq!(Language::choose(["de"]), Language::English);
        assert_eq!(Language::choose([]), Language::English);
    }

    #[test]
    fn no_text_is_empty_or_left_in_english() {
        for language in [Language::Japanese, Language::Korean] {
            let texts = |language: Language| {
                [
                    language.words().texts(),
                    language.cobrowse().texts(),
                    language.inbox().texts(),
                    language.identity().texts(),
                ]
                .concat()
            };
            for ((name, english), (_, text)) in texts(Language::English).into_iter().zip(texts(language)) {
                assert!(
                    !text.trim().is_empty() && (text != english || name == "app_name"),
                    "{} {name}",
                    language.tag()
                );
            }
        }
    }
}
