//! The agent's half, told by a hub what it wants to hear.

use super::*;
use crate::protocol::FileId;
use crate::protocol::conversation::{Colleague, InboxNews, Offer, QueueName, Remarks, Withdrawn};

const VISITOR: VisitorId = VisitorId::from_bytes([0xaa; 16]);
const FIRST: ConversationId = ConversationId::from_bytes([1; 16]);

fn at(millis: u64) -> Instant {
    Instant::at(Duration::from_millis(millis))
}

fn row(conversation: u8, version: u64, stage: Stage, is_own: bool, unread: u32) -> Row {
    Row {
        conversation: ConversationId::from_bytes([conversation; 16]),
        version,
        visitor: if conversation == 1 { VISITOR } else { VisitorId::from_bytes([conversation; 16]) },
        visit: None,
        stage,
        agent: is_own.then(|| "Aki".into()),
        is_own,
        began: Timestamp::from_millis(1),
        since: Timestamp::from_millis(u64::from(conversation)),
        last_at: Timestamp::from_millis(u64::from(conversation)),
        last: 1,
        last_author: Author::Visitor,
        excerpt: "hello".into(),
        unread,
        delivered: 0,
        read: 0,
        is_there: true,
        wrap_until: None,
        channel: None,
        name: None,
        identity: None,
        sign_in: None,
    }
}

fn rows(rows: Vec<Row>) -> Inbox {
    Inbox::Rows(Rows { is_reset: false, rows, is_whole: true, gone: None })
}

fn entry(seq: u64, id: u8, author: Author) -> Entry {
    Entry {
        seq,
        id: MessageId::from_bytes([id; 16]),
        conversation: FIRST,
        at: Timestamp::from_millis(seq),
        author,
        name: None,
        text: MessageText::new("text").ok(),
        event: None,
        is_own: Some(author == Author::Agent),
        file: None,
        rich: None,
        preview: None,
        rating: None,
    }
}

#[test]
fn a_file_is_sent_under_its_name_and_its_line_says_nothing_else() {
    let mut inbox = open();
    let file = Attachment {
        id: FileId::from_bytes([5; 16]),
        name: "a.pdf".into(),
        media: "application/pdf".into(),
        size: 9,
        width: None,
        height: None,
        scan: None,
    };
    assert!(inbox.send_file(FIRST, file.clone(), MessageId::from_bytes([9; 16]), Timestamp::from_millis(5), at(0)));
    let (sent, _) = drain(&mut inbox);
    let replies: Vec<_> =
        sent.iter().filter_map(|sent| if let Inbox::Reply(reply) = sent { Some(reply) } else { None }).collect();
    assert_eq!((replies.len(), replies[0].text.as_str(), replies[0].file), (1, "a.pdf", Some(file.id)));
    let lines = inbox.thread(FIRST).expect("it is open").lines(None);
    let line = lines.last().expect("a line");
    assert_eq!((line.file.as_ref(), line.words(), line.state), (Some(&file), None, LineState::Sending));
}

fn told(entries: Vec<Entry>) -> Inbox {
    Inbox::Thread(InboxThread { conversation: FIRST, entries, before: None, has_earlier: false, has_later: false })
}

fn drain(inbox: &mut DeskInbox) -> (Vec<Inbox>, Vec<ConversationId>) {
    let (mut sent, mut incoming) = (Vec::new(), Vec::new());
    while let Some(output) = inbox.poll_output() {
        match output {
            DeskInboxOutput::Send(message) => sent.push(message),
            DeskInboxOutput::Incoming(conversation) => incoming.push(conversation),
            DeskInboxOutput::Changed | DeskInboxOutput::Offered(_) | DeskInboxOutput::Refused(_) => {}
        }
    }
    (sent, incoming)
}

/// A desk that has one conversation, and looks at it.
fn open() -> DeskInbox {
    let mut inbox = DeskInbox::default();
    inbox.handle_online(at(0));
    inbox.handle_inbox(rows(vec![row(1, 1, Stage::Open, true, 0)]), at(0));
    inbox.look(FIRST);
    inbox.handle_inbox(told(vec![entry(1, 1, Author::Visitor)]), at(0));
    drain(&mut inbox);
    inbox
}

fn states(inbox: &DeskInbox) -> Vec<LineState> {
    let thread = inbox.thread(FIRST).expect("it is open");
    thread.lines(inbox.row(FIRST)).into_iter().map(|line| line.state).collect()
}

#[test]
fn ones_own_come_first_then_those_that_wait_in_their_order() {
    let mut inbox = DeskInbox::default();
    let all = vec![
        row(1, 1, Stage::Ended, false, 0),
        row(4, 1, Stage::Waiting, false, 1),
        row(2, 1, Stage::Open, false, 0),
        row(3, 1, Stage::Waiting, false, 1),
        row(5, 1, Stage::Open, true, 0),
        row(6, 1, Stage::Open, true, 0),
    ];
    inbox.handle_inbox(rows(all), at(0));
    let order: Vec<_> = inbox.rows().iter().map(|row| row.conversation.as_bytes()[0]).collect();
    assert_eq!(order, [6, 5, 3, 4, 2, 1]);
    assert_eq!(drain(&mut inbox).1, [], "what was there already is no news");
    inbox.handle_inbox(rows(vec![row(5, 2, Stage::Open, true, 1), row(2, 2, Stage::Open, false, 1)]), at(0));
    inbox.handle_inbox(rows(vec![row(5, 1, Stage::Open, true, 9)]), at(0));
    assert_eq!(
        drain(&mut inbox).1,
        [ConversationId::from_bytes([5; 16])],
        "others' are no news either, nor what is out of date"
    );
    assert_eq!(inbox.row(ConversationId::from_bytes([5; 16])).map(|row| row.unread), Some(1));
}

#[test]
fn a_reply_is_shown_at_once_and_once_over_a_cut() {
    let mut inbox = open();
    let id = MessageId::from_bytes([9; 16]);
    assert!(!inbox.reply(FIRST, " ", id, Timestamp::from_millis(5), at(0)));
    assert!(inbox.reply(FIRST, "good day", id, Timestamp::from_millis(5), at(0)));
    assert_eq!(states(&inbox), [LineState::None, LineState::Sending]);
    assert!(matches!(&drain(&mut inbox).0[..], [Inbox::Reply(reply)] if reply.id == id));
    inbox.handle_offline();
    inbox.handle_online(at(10));
    let sent = drain(&mut inbox).0;
    let [Inbox::Open(_), Inbox::Look(look), Inbox::Reply(again)] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!((look.after, again.id), (Some(1), id));
    let news = Inbox::News(InboxNews { visitor: VISITOR, entries: vec![entry(2, 9, Author::Agent)] });
    inbox.handle_inbox(news.clone(), at(10));
    inbox.handle_inbox(news, at(10));
    assert_eq!(states(&inbox), [LineState::None, LineState::Sent]);
    let seen = Row { delivered: 2, ..row(1, 3, Stage::Open, true, 0) };
    inbox.handle_inbox(rows(vec![seen]), at(10));
    assert_eq!(states(&inbox)[1], LineState::Delivered);
}

#[test]
fn what_the_agent_reads_is_told_once_and_only_of_his_own() {
    let mut inbox = open();
    inbox.handle_seen(FIRST);
    inbox.handle_seen(FIRST);
    let sent = drain(&mut inbox).0;
    assert_eq!(sent, [Inbox::Mark(InboxMark { conversation: FIRST, delivered: 1, read: 1 })]);
    inbox.handle_inbox(rows(vec![row(1, 2, Stage::Open, false, 0)]), at(0));
    let news = Inbox::News(InboxNews { visitor: VISITOR, entries: vec![entry(2, 2, Author::Visitor)] });
    inbox.handle_inbox(news, at(0));
    inbox.handle_seen(FIRST);
    assert_eq!(drain(&mut inbox).0, []);
}

#[test]
fn a_gap_is_filled_and_a_refused_reply_stays_with_its_reason() {
    let mut inbox = open();
    let news = Inbox::News(InboxNews { visitor: VISITOR, entries: vec![entry(4, 4, Author::Visitor)] });
    inbox.handle_inbox(news, at(0));
    assert_eq!(drain(&mut inbox).0, [Inbox::Look(Look { conversation: FIRST, after: Some(1), before: None })]);
    let missed = (2..=4).map(|seq| entry(seq, seq as u8, Author::Visitor)).collect();
    inbox.handle_inbox(told(missed), at(0));
    assert_eq!(states(&inbox).len(), 4);
    let id = MessageId::from_bytes([9; 16]);
    inbox.reply(FIRST, "late", id, Timestamp::from_millis(5), at(0));
    drain(&mut inbox);
    let refused =
        |objection| Inbox::Refused(InboxRefused { conversation: FIRST, id: Some(id), objection, retry_after: None });
    inbox.handle_inbox(refused(Objection::Busy), at(0));
    inbox.handle_timeout(at(1_999));
    assert_eq!(drain(&mut inbox).0, []);
    inbox.handle_timeout(at(2_000));
    assert_eq!(drain(&mut inbox).0.len(), 1);
    inbox.handle_inbox(refused(Objection::Ended), at(2_000));
    assert_eq!(states(&inbox)[4], LineState::Failed(Objection::Ended));
    inbox.discard(FIRST, id);
    assert_eq!(states(&inbox).len(), 4);
}

#[test]
fn a_visitor_who_was_forgotten_is_gone_with_all_he_said() {
    let mut inbox = open();
    let gone = Rows { is_reset: false, rows: Vec::new(), is_whole: false, gone: Some(VISITOR) };
    inbox.handle_inbox(Inbox::Rows(gone), at(0));
    assert!(inbox.rows().is_empty() && inbox.thread(FIRST).is_none());
}

#[test]
fn twenty_threads_are_open_and_none_is_closed_from_which_something_waits() {
    let mut inbox = DeskInbox::default();
    inbox.handle_inbox(rows((1..=30).map(|number| row(number, 1, Stage::Open, true, 0)).collect()), at(0));
    let conversation = |number| ConversationId::from_bytes([number; 16]);
    inbox.look(conversation(1));
    inbox.reply(FIRST, "offline", MessageId::from_bytes([9; 16]), Timestamp::from_millis(5), at(0));
    (2..=30).for_each(|number| inbox.look(conversation(number)));
    let open: Vec<_> = (1..=30).filter(|number| inbox.thread(conversation(*number)).is_some()).collect();
    assert_eq!(open, [1].into_iter().chain(12..=30).collect::<Vec<_>>());
}

fn offer(conversation: u8, expires_in: u32) -> Inbox {
    Inbox::Offer(Offer { conversation: ConversationId::from_bytes([conversation; 16]), expires_in })
}

fn floor(presence: Presence) -> Inbox {
    let ben = Colleague { id: "ben@example.com".into(), name: "Ben".into(), presence: Presence::Away, load: 0 };
    let queues = vec![QueueName { id: "main".into(), name: "Main".into() }];
    Inbox::Floor(Floor { presence, colleagues: vec![ben], queues })
}

fn wish(is_available: bool) -> Inbox {
    Inbox::Presence(PresenceWish { is_available })
}

/// A desk whose agent is available, and who has nothing to do.
fn idle() -> DeskInbox {
    let mut inbox = DeskInbox::default();
    inbox.be_available();
    inbox.handle_online(at(0));
    inbox.handle_inbox(rows(Vec::new()), at(0));
    inbox.handle_inbox(floor(Presence::Available), at(0));
    drain(&mut inbox);
    inbox
}

fn offered(inbox: &DeskInbox) -> Vec<u8> {
    inbox.offers().iter().map(|offered| offered.conversation.as_bytes()[0]).collect()
}

#[test]
fn what_the_agent_said_of_himself_is_said_again_on_each_link() {
    let mut inbox = DeskInbox::default();
    inbox.handle_online(at(0));
    assert_eq!((drain(&mut inbox).0, inbox.presence()), (vec![Inbox::Open(Open {})], None), "who says nothing is away");
    inbox.be_available();
    assert_eq!((drain(&mut inbox).0, inbox.presence()), (vec![wish(true)], Some(Presence::Available)));
    inbox.handle_inbox(floor(Presence::Away), at(0));
    assert_eq!(inbox.presence(), Some(Presence::Available), "that was before he said it");
    inbox.handle_inbox(floor(Presence::Available), at(0));
    for _ in 0..2 {
        inbox.handle_offline();
        inbox.handle_online(at(10));
        assert_eq!(drain(&mut inbox).0, [Inbox::Open(Open {}), wish(true)]);
        inbox.handle_inbox(floor(Presence::Away), at(10));
    }
    inbox.handle_offline();
    inbox.be_away();
    assert_eq!(drain(&mut inbox).0, []);
    inbox.handle_online(at(20));
    assert_eq!(drain(&mut inbox).0, [Inbox::Open(Open {}), wish(false)]);
}

#[test]
fn who_does_not_respond_does_so_no_more_only_when_he_says_so() {
    let mut inbox = idle();
    inbox.handle_inbox(floor(Presence::NotResponding), at(0));
    assert_eq!(inbox.presence(), Some(Presence::NotResponding));
    inbox.handle_offline();
    inbox.handle_online(at(10));
    assert_eq!(drain(&mut inbox).0, [Inbox::Open(Open {}), wish(false)]);
    inbox.be_available();
    assert_eq!((drain(&mut inbox).0, inbox.presence()), (vec![wish(true)], Some(Presence::Available)));
}

#[test]
fn what_was_said_at_another_desk_of_his_is_so_here_too() {
    let mut inbox = idle();
    inbox.handle_inbox(floor(Presence::Away), at(0));
    assert_eq!(inbox.presence(), Some(Presence::Away));
    inbox.handle_offline();
    inbox.handle_online(at(10));
    assert_eq!(drain(&mut inbox).0, [Inbox::Open(Open {}), wish(false)]);
}

#[test]
fn an_offer_is_there_until_it_is_answered_withdrawn_or_runs_out() {
    let mut inbox = idle();
    for (number, expires_in) in [(1, 20_000), (2, 10_000), (3, 20_000), (4, 20_000), (5, 20_000)] {
        inbox.handle_inbox(rows(vec![row(number, 1, Stage::Waiting, false, 1)]), at(0));
        inbox.handle_inbox(offer(number, expires_in), at(0));
    }
    assert_eq!((offered(&inbox), inbox.poll_timeout()), (vec![1, 2, 3, 4, 5], Some(at(10_000))));
    inbox.handle_timeout(at(9_999));
    assert_eq!(offered(&inbox).len(), 5);
    inbox.handle_timeout(at(10_000));
    assert_eq!(offered(&inbox), [1, 3, 4, 5]);
    inbox.handle_inbox(Inbox::Withdrawn(Withdrawn { conversation: ConversationId::from_bytes([3; 16]) }), at(10_000));
    inbox.handle_inbox(rows(vec![row(4, 2, Stage::Open, false, 1)]), at(10_000));
    assert_eq!(offered(&inbox), [1, 5], "another agent took it");
    drain(&mut inbox);
    inbox.take(FIRST);
    inbox.decline(ConversationId::from_bytes([5; 16]));
    let sent = drain(&mut inbox).0;
    let fifth = ConversationId::from_bytes([5; 16]);
    assert_eq!(sent, [Inbox::Take(Take { conversation: FIRST }), Inbox::Decline(Decline { conversation: fifth })]);
    assert_eq!((inbox.offers(), inbox.poll_timeout()), (&[][..], None));
}

#[test]
fn an_offer_is_news_once_and_none_is_left_on_a_link_that_is_gone() {
    let mut inbox = idle();
    inbox.handle_inbox(offer(1, 20_000), at(0));
    inbox.handle_inbox(offer(1, 19_000), at(1_000));
    let news = std::iter::from_fn(|| inbox.poll_output());
    assert_eq!(news.filter(|output| matches!(output, DeskInboxOutput::Offered(_))).count(), 1);
    inbox.handle_offline();
    assert!(inbox.offers().is_empty());
    inbox.handle_online(at(0));
    inbox.handle_inbox(offer(1, 20_000), at(0));
    inbox.be_away();
    assert!(inbox.offers().is_empty());
    inbox.handle_inbox(rows(vec![row(1, 1, Stage::Waiting, false, 1)]), at(0));
    inbox.handle_inbox(offer(1, 20_000), at(0));
    let gone = Rows { is_reset: false, rows: Vec::new(), is_whole: false, gone: Some(VISITOR) };
    inbox.handle_inbox(Inbox::Rows(gone), at(0));
    assert!(inbox.offers().is_empty());
}

#[test]
fn ones_own_is_passed_on_to_a_colleague_or_a_queue() {
    let mut inbox = open();
    inbox.handle_inbox(floor(Presence::Available), at(0));
    let told = inbox.floor().expect("it was told").clone();
    inbox.transfer_to_agent(FIRST, &told.colleagues[0].id);
    inbox.transfer_to_queue(FIRST, &told.queues[0].id);
    let to = |agent: Option<&str>, queue: Option<&str>| {
        let (agent, queue) = (agent.map(str::to_owned), queue.map(str::to_owned));
        Inbox::Transfer(Transfer { conversation: FIRST, agent, queue })
    };
    assert_eq!(drain(&mut inbox).0, [to(Some("ben@example.com"), None), to(None, Some("main"))]);
}

#[test]
fn a_reply_behind_one_that_is_held_wakes_nobody_before_its_time() {
    let mut inbox = open();
    for number in [8, 9] {
        inbox.reply(FIRST, "good day", MessageId::from_bytes([number; 16]), Timestamp::from_millis(5), at(0));
    }
    let id = Some(MessageId::from_bytes([8; 16]));
    let busy = InboxRefused { conversation: FIRST, id, objection: Objection::Busy, retry_after: Some(3_000) };
    inbox.handle_inbox(Inbox::Refused(busy), at(0));
    inbox.handle_offline();
    inbox.handle_online(at(10));
    assert_eq!(inbox.poll_timeout(), Some(at(3_000)), "the second waits for the first");
}

fn remark(id: u8, after: u64, at: u64, is_wrap: bool) -> Remark {
    Remark {
        id: MessageId::from_bytes([id; 16]),
        conversation: FIRST,
        after,
        at: Timestamp::from_millis(at),
        name: "Aki".into(),
        is_own: true,
        text: MessageText::new("noted").ok(),
        code: is_wrap.then(|| "sold".into()),
        code_name: is_wrap.then(|| "Sold".into()),
        is_wrap,
    }
}

fn ids(inbox: &DeskInbox) -> Vec<u8> {
    let lines = inbox.thread(FIRST).expect("it is open").lines(inbox.row(FIRST));
    lines.iter().map(|line| line.id.as_bytes()[0]).collect()
}

#[test]
fn what_agents_noted_stands_where_it_was_noted_and_takes_the_place_of_what_it_was_before() {
    let mut inbox = open();
    let news = Inbox::News(InboxNews { visitor: VISITOR, entries: vec![entry(2, 2, Author::Visitor)] });
    inbox.handle_inbox(news, at(0));
    let told = |remarks| Inbox::Remarks(Remarks { visitor: VISITOR, remarks });
    inbox.handle_inbox(told(vec![remark(21, 2, 9, true), remark(20, 1, 5, false), remark(22, 0, 1, false)]), at(0));
    assert_eq!(ids(&inbox), [1, 20, 2, 21], "one before the first line has no place yet");
    inbox.handle_inbox(told(vec![Remark { code: None, ..remark(21, 2, 12, true) }]), at(0));
    assert_eq!(ids(&inbox), [1, 20, 2, 21]);
    assert_eq!(
        inbox.thread(FIRST).and_then(|thread| thread.wrapped(FIRST)).map(|remark| remark.code.clone()),
        Some(None)
    );
    inbox.handle_inbox(Inbox::Remarks(Remarks { visitor: VisitorId::from_bytes([3; 16]), remarks: Vec::new() }), at(0));
}

#[test]
fn a_part_of_a_thread_is_drawn_with_what_was_noted_in_it() {
    let mut inbox = open();
    let entries = (2..=9).map(|seq| entry(seq, seq as u8, Author::Visitor)).collect();
    inbox.handle_inbox(Inbox::News(InboxNews { visitor: VISITOR, entries }), at(0));
    let remarks = vec![remark(20, 3, 5, false), remark(21, 5, 5, false), remark(22, 6, 5, false)];
    inbox.handle_inbox(Inbox::Remarks(Remarks { visitor: VISITOR, remarks }), at(0));
    inbox.reply(FIRST, "later", MessageId::from_bytes([30; 16]), Timestamp::from_millis(5), at(0));
    let thread = inbox.thread(FIRST).expect("it is open");
    let part = |from, to| thread.lines_in(None, from..to).iter().map(|line| line.id.as_bytes()[0]).collect::<Vec<_>>();
    assert_eq!(part(4, 7), [4, 5, 21, 6, 22]);
    assert_eq!((part(9, 10), part(0, 3)), (vec![9, 30], vec![1, 2]));
    assert_eq!((thread.first(), thread.last(), part(40, 50)), (1, 9, vec![30]));
}

#[test]
fn a_note_waits_like_a_message_and_is_said_as_a_note_until_it_is_told() {
    let mut inbox = open();
    let id = MessageId::from_bytes([9; 16]);
    inbox.handle_offline();
    assert!(inbox.note(FIRST, "careful", id, Timestamp::from_millis(5), at(0)));
    drain(&mut inbox);
    for _ in 0..2 {
        inbox.handle_online(at(10));
        let sent = drain(&mut inbox).0;
        assert!(
            matches!(&sent[2..], [Inbox::Note(note)] if note.id == id && note.text.as_str() == "careful"),
            "{sent:?}"
        );
    }
    let lines = inbox.thread(FIRST).expect("it is open").lines(None);
    assert_eq!(
        lines.last().map(|line| (line.noted.clone(), line.state)),
        Some((Some(Noted::Then), LineState::Sending))
    );
    inbox.handle_inbox(Inbox::Remarks(Remarks { visitor: VISITOR, remarks: vec![remark(9, 1, 7, false)] }), at(10));
    assert_eq!(ids(&inbox), [1, 9]);
}

#[test]
fn what_is_offered_goes_with_its_message_and_nothing_unsound_is_sent() {
    let mut inbox = open();
    let id = MessageId::from_bytes([9; 16]);
    let video = |address: &str| Rich::Video(rich::Video { title: "How".into(), address: address.into() });
    assert!(!inbox.offer(FIRST, "How", video("javascript:alert(1)"), id, Timestamp::from_millis(5), at(0)));
    assert!(inbox.offer(FIRST, "How", video("https://v.example/1"), id, Timestamp::from_millis(5), at(0)));
    let sent = drain(&mut inbox).0;
    let [Inbox::Reply(reply)] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!(reply.rich, Some(rich::Offered(Some(video("https://v.example/1")))));
    let lines = inbox.thread(FIRST).expect("it is open").lines(None);
    assert_eq!(lines.last().and_then(|line| line.rich.clone()), Some(video("https://v.example/1")));
}

#[test]
fn a_conversation_whose_agent_has_to_say_what_it_was_about_stays_among_his_own() {
    let mut inbox = idle();
    let wrapping = Row { wrap_until: Some(Timestamp::from_millis(9)), ..row(2, 1, Stage::Ended, false, 0) };
    inbox.handle_inbox(rows(vec![row(1, 1, Stage::Waiting, false, 0), wrapping]), at(0));
    let order: Vec<_> = inbox.rows().iter().map(|row| row.conversation.as_bytes()[0]).collect();
    assert_eq!(order, [2, 1]);
    let wrap = Wrap { conversation: ConversationId::from_bytes([2; 16]), code: None, text: None, is_done: true };
    assert!(inbox.wrap(wrap.clone()));
    assert_eq!(drain(&mut inbox).0, [Inbox::Wrap(wrap.clone())]);
    inbox.handle_offline();
    assert!(!inbox.wrap(wrap));
}

#[test]
fn that_the_agent_writes_is_told_every_five_seconds() {
    let mut inbox = open();
    let tell = |inbox: &mut DeskInbox, millis| {
        inbox.typed(FIRST, at(millis));
        drain(inbox).0.iter().filter(|sent| matches!(sent, Inbox::Typing(_))).count()
    };
    assert_eq!([0, 4_999].map(|millis| tell(&mut inbox, millis)), [1, 0]);
    inbox.reply(FIRST, "one", MessageId::from_bytes([9; 16]), Timestamp::from_millis(5), at(5_000));
    assert_eq!([5_000, 5_001].map(|millis| tell(&mut inbox, millis)), [1, 0]);
    // Also where a message went meanwhile, or the link is a new one.
    inbox.reply(FIRST, "two", MessageId::from_bytes([8; 16]), Timestamp::from_millis(6), at(6_000));
    assert_eq!(tell(&mut inbox, 6_000), 0);
    inbox.handle_offline();
    inbox.handle_online(at(7_000));
    assert_eq!([7_000, 10_000].map(|millis| tell(&mut inbox, millis)), [0, 1]);
}

#[test]
fn who_writes_in_a_conversation_beside_this_one_is_not_said_to_write_here() {
    let mut inbox = DeskInbox::default();
    inbox.handle_online(at(0));
    let beside = |stage| Row { visitor: VISITOR, ..row(2, 1, stage, true, 0) };
    inbox.handle_inbox(rows(vec![row(1, 1, Stage::Open, false, 0), beside(Stage::Open)]), at(0));
    let here = ConversationId::from_bytes([2; 16]);
    inbox.look(here);
    let is_typing = |inbox: &mut DeskInbox, conversation| {
        inbox.handle_inbox(Inbox::Typing(InboxTyping { conversation, name: None }), at(0));
        inbox.thread(here).is_some_and(|thread| thread.typing().is_some())
    };
    assert!(!is_typing(&mut inbox, FIRST));
    assert!(is_typing(&mut inbox, here));
    // What is over is looked at with all that comes after it.
    inbox.handle_timeout(at(TYPING.as_millis() as u64));
    inbox.handle_inbox(rows(vec![Row { version: 2, ..beside(Stage::Ended) }]), at(0));
    assert!(is_typing(&mut inbox, FIRST));
}
