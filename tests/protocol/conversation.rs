//! Every message of a conversation, with every field; the bytes of each are pinned.

use alongside::protocol::conversation::*;
use alongside::protocol::rich::*;
use alongside::protocol::{ConversationId, FileId, MessageId, SignIn, VisitId, VisitorId};
use alongside::time::Timestamp;

const CONVERSATION: ConversationId = ConversationId::from_bytes([0x0e; 16]);
const MESSAGE: MessageId = MessageId::from_bytes([0x0f; 16]);
const FILE: FileId = FileId::from_bytes([0x1f; 16]);

fn at(minute: u64) -> Timestamp {
    Timestamp::from_millis(1_795_238_400_000 + minute * 60_000)
}

fn text() -> MessageText {
    MessageText::new("お茶 \"sencha\"\n<b>").expect("a message")
}

fn entries() -> Vec<Entry> {
    let entry = Entry {
        seq: 300,
        id: MESSAGE,
        conversation: CONVERSATION,
        at: at(1),
        author: Author::Agent,
        name: Some("Aki".into()),
        text: Some(text()),
        event: None,
        is_own: None,
        file: None,
        rich: None,
        preview: None,
        rating: None,
    };
    let ended = Entry {
        seq: 301,
        author: Author::Hub,
        text: None,
        event: Some("ended".into()),
        is_own: Some(false),
        ..entry.clone()
    };
    vec![entry, ended]
}

fn with_files() -> Vec<Entry> {
    let file = Attachment {
        id: FILE,
        name: "お茶.png".into(),
        media: "image/png".into(),
        size: 2_048,
        width: Some(640),
        height: Some(480),
        scan: Some(Scan::Clean),
    };
    let other = Attachment { width: None, height: None, scan: None, ..file.clone() };
    entries().into_iter().zip([file, other]).map(|(entry, file)| Entry { file: Some(file), ..entry }).collect()
}

fn answer() -> Answer {
    let values = vec![
        AnswerValue { name: None, value: "order".into() },
        AnswerValue { name: Some("number".into()), value: "7".into() },
    ];
    Answer { to: MESSAGE, values }
}

/// A message for each kind of what it can offer.
fn rich_entries() -> Vec<Entry> {
    let choice = Choice { label: "お茶".into(), value: Some("tea".into()), description: Some("green".into()) };
    let buttons = vec![
        Button { label: "More".into(), value: Some("more".into()), link: None },
        Button { label: "Site".into(), value: None, link: Some("https://a.example/".into()) },
    ];
    let card = Card {
        title: "Sencha".into(),
        text: Some("100 g".into()),
        image: Some("https://a.example/sencha.png".into()),
        image_text: Some("A bowl".into()),
        buttons,
    };
    let field = Field {
        name: "day".into(),
        label: "Day".into(),
        kind: FieldKind::Date,
        is_required: Some(true),
        choices: Vec::new(),
        autocomplete: Some("bday".into()),
    };
    let kinds = [
        Rich::Choices(Choices { choices: vec![choice], style: Some(ChoiceStyle::List) }),
        Rich::Cards(Cards { cards: vec![card] }),
        Rich::Form(Form { title: Some("Order".into()), fields: vec![field], submit: Some("Send".into()) }),
        Rich::Video(Video { title: "How".into(), address: "https://v.example/1.mp4".into() }),
    ];
    let entry = |rich| Entry { rich: Some(Offered(Some(rich))), author: Author::Bot, ..entries().swap_remove(0) };
    kinds.into_iter().map(entry).collect()
}

fn preview() -> Preview {
    Preview {
        address: "https://a.example/sencha".into(),
        title: "Sencha".into(),
        text: Some("Green tea".into()),
        site: Some("A shop".into()),
        image: Some(FILE),
        width: Some(640),
        height: Some(480),
    }
}

fn terms() -> Terms {
    let form =
        rich_entries().into_iter().find_map(|entry| entry.rich.filter(|rich| matches!(rich.0, Some(Rich::Form(_)))));
    Terms {
        is_open: Some(false),
        opens_at: Some(at(60)),
        asks_rating: Some(true),
        pre_chat: form,
        kept_days: Some(365),
        several: None,
    }
}

fn standing() -> Standing {
    Standing {
        stage: Stage::Open,
        agent: Some("Aki".into()),
        is_bot: Some(false),
        first: 290,
        version: 7,
        delivered: 300,
        read: 299,
        seen: 298,
        last: 301,
        unread: 2,
        conversation: None,
    }
}

pub fn talks() -> Vec<(&'static str, Talk)> {
    vec![
        ("talk-ask", Talk::Ask(Ask { after: Some(300), before: None })),
        ("talk-say", Talk::Say(Say::new(MESSAGE, text()))),
        ("talk-say-answer", Talk::Say(Say { answer: Some(answer()), ..Say::new(MESSAGE, text()) })),
        ("talk-news-rich", Talk::News(News { entries: rich_entries() })),
        ("talk-say-file", Talk::Say(Say { file: Some(FILE), ..Say::new(MESSAGE, text()) })),
        ("talk-mark", Talk::Mark(Mark { delivered: 300, read: 299, conversation: None })),
        ("talk-typing", Talk::Typing(Typing { name: Some("Aki".into()), conversation: None })),
        ("talk-finish", Talk::Finish(Finish { conversation: None })),
        (
            "talk-thread",
            Talk::Thread(Thread {
                standing: standing(),
                entries: entries(),
                before: Some(302),
                has_earlier: true,
                has_later: false,
            }),
        ),
        ("talk-news", Talk::News(News { entries: entries() })),
        ("talk-say-filled", Talk::Say(Say { filled: answer().values, ..Say::new(MESSAGE, text()) })),
        (
            "talk-say-rating",
            Talk::Say(Say {
                rating: Some(Rating { conversation: CONVERSATION, score: 4 }),
                ..Say::new(MESSAGE, text())
            }),
        ),
        ("talk-terms", Talk::Terms(terms())),
        ("talk-preview", Talk::Preview(Previewed { seq: 300, preview: preview() })),
        (
            "talk-news-preview",
            Talk::News(News {
                entries: entries()
                    .into_iter()
                    .take(1)
                    .map(|entry| Entry { preview: Some(preview()), rating: Some(5), ..entry })
                    .collect(),
            }),
        ),
        ("talk-news-file", Talk::News(News { entries: with_files() })),
        ("talk-standing", Talk::Standing(standing())),
        ("talk-refused", Talk::Refused(Refused { id: MESSAGE, objection: Objection::TooFast, retry_after: Some(900) })),
        ("talk-not-now", Talk::NotNow(NotNow { conversation: None })),
        ("talk-place", Talk::Place(Place { place: 3, wait_from: Some(60), wait_to: Some(300), conversation: None })),
    ]
    .into_iter()
    .chain(several())
    .collect()
}

/// Where several conversations of a visitor go on.
fn several() -> Vec<(&'static str, Talk)> {
    let conversation = Some(CONVERSATION);
    let other = Standing { conversation, ..standing() };
    vec![
        ("talk-say-conversation", Talk::Say(Say { conversation, begins: Some(true), ..Say::new(MESSAGE, text()) })),
        ("talk-mark-conversation", Talk::Mark(Mark { delivered: 300, read: 299, conversation })),
        ("talk-typing-conversation", Talk::Typing(Typing { name: Some("Aki".into()), conversation })),
        ("talk-finish-conversation", Talk::Finish(Finish { conversation })),
        ("talk-not-now-conversation", Talk::NotNow(NotNow { conversation })),
        ("talk-terms-several", Talk::Terms(Terms { pre_chat: None, several: Some(true), ..terms() })),
        ("talk-standing-conversation", Talk::Standing(other)),
        (
            "talk-refused-too-many",
            Talk::Refused(Refused { id: MESSAGE, objection: Objection::TooMany, retry_after: None }),
        ),
        ("talk-place-conversation", Talk::Place(Place { place: 1, wait_from: None, wait_to: None, conversation })),
    ]
}

pub fn inboxes() -> Vec<(&'static str, Inbox)> {
    let conversation = CONVERSATION;
    let row = Row {
        conversation,
        version: 7,
        visitor: VisitorId::from_bytes([5; 16]),
        visit: Some(VisitId::from_bytes([4; 16])),
        stage: Stage::Waiting,
        agent: Some("Aki".into()),
        is_own: true,
        began: at(0),
        since: at(1),
        last_at: at(2),
        last: 301,
        last_author: Author::Visitor,
        excerpt: "お茶".into(),
        unread: 3,
        delivered: 300,
        read: 299,
        is_there: true,
        wrap_until: None,
        channel: Some("SMS".into()),
        name: Some("Mika".into()),
        identity: None,
        sign_in: None,
    };
    let known = Row { identity: Some(crate::golden::identity()), sign_in: Some(SignIn::Asked), ..row.clone() };
    let wrapping = Row { stage: Stage::Ended, wrap_until: Some(at(3)), ..row.clone() };
    let visitor = VisitorId::from_bytes([5; 16]);
    let note = Remark {
        id: MESSAGE,
        conversation,
        after: 300,
        at: at(2),
        name: "Aki".into(),
        is_own: true,
        text: Some(text()),
        code: None,
        code_name: None,
        is_wrap: false,
    };
    let wrap = Remark { code: Some("sold".into()), code_name: Some("Sold".into()), is_wrap: true, ..note.clone() };
    let rich = rich_entries().swap_remove(0).rich;
    vec![
        ("inbox-rows-identity", Inbox::Rows(Rows { is_reset: false, rows: vec![known], is_whole: false, gone: None })),
        ("inbox-ask-sign-in", Inbox::AskSignIn(AskSignIn { conversation })),
        ("inbox-open", Inbox::Open(Open {})),
        ("inbox-look", Inbox::Look(Look { conversation, after: None, before: Some(300) })),
        ("inbox-reply", Inbox::Reply(Reply { conversation, id: MESSAGE, text: text(), file: None, rich: None })),
        (
            "inbox-reply-file",
            Inbox::Reply(Reply { conversation, id: MESSAGE, text: text(), file: Some(FILE), rich: None }),
        ),
        ("inbox-reply-rich", Inbox::Reply(Reply { conversation, id: MESSAGE, text: text(), file: None, rich })),
        ("inbox-note", Inbox::Note(Note { conversation, id: MESSAGE, text: text() })),
        (
            "inbox-wrap",
            Inbox::Wrap(Wrap { conversation, code: Some("sold".into()), text: Some(text()), is_done: true }),
        ),
        ("inbox-remarks", Inbox::Remarks(Remarks { visitor, remarks: vec![note, wrap] })),
        ("inbox-rows-wrap", Inbox::Rows(Rows { is_reset: false, rows: vec![wrapping], is_whole: false, gone: None })),
        ("inbox-mark", Inbox::Mark(InboxMark { conversation, delivered: 300, read: 299 })),
        ("inbox-typing", Inbox::Typing(InboxTyping { conversation, name: Some("Ben".into()) })),
        ("inbox-take", Inbox::Take(Take { conversation })),
        ("inbox-release", Inbox::Release(Release { conversation })),
        ("inbox-close", Inbox::Close(Close { conversation })),
        ("inbox-presence", Inbox::Presence(PresenceWish { is_available: true })),
        ("inbox-decline", Inbox::Decline(Decline { conversation })),
        (
            "inbox-transfer",
            Inbox::Transfer(Transfer {
                conversation,
                agent: Some("ben@example.com".into()),
                queue: Some("returns".into()),
            }),
        ),
        (
            "inbox-rows",
            Inbox::Rows(Rows {
                is_reset: true,
                rows: vec![row],
                is_whole: true,
                gone: Some(VisitorId::from_bytes([6; 16])),
            }),
        ),
        (
            "inbox-thread",
            Inbox::Thread(InboxThread {
                conversation,
                entries: entries(),
                before: None,
                has_earlier: false,
                has_later: true,
            }),
        ),
        ("inbox-news", Inbox::News(InboxNews { visitor: VisitorId::from_bytes([5; 16]), entries: entries() })),
        (
            "inbox-refused",
            Inbox::Refused(InboxRefused {
                conversation,
                id: Some(MESSAGE),
                objection: Objection::Taken,
                retry_after: None,
            }),
        ),
        ("inbox-offer", Inbox::Offer(Offer { conversation, expires_in: 20_000 })),
        (
            "inbox-preview",
            Inbox::Preview(InboxPreviewed { visitor: VisitorId::from_bytes([5; 16]), seq: 300, preview: preview() }),
        ),
        ("inbox-withdrawn", Inbox::Withdrawn(Withdrawn { conversation })),
        (
            "inbox-floor",
            Inbox::Floor(Floor {
                presence: Presence::NotResponding,
                colleagues: vec![
                    Colleague {
                        id: "ben@example.com".into(),
                        name: "Ben".into(),
                        presence: Presence::Available,
                        load: 3,
                    },
                    Colleague {
                        id: "noa@example.com".into(), name: "のあ".into(), presence: Presence::Away, load: 0
                    },
                ],
                queues: vec![QueueName { id: "main".into(), name: "Main".into() }],
            }),
        ),
    ]
}
