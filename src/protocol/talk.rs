//! The two directions of [`Talk`]: a page decodes only what a hub says, and encodes only what a page says. That is less code in it, and no
//! way to be told by a hub what pages say.

use super::codec::wire_union;
use super::conversation::{
    Ask, Finish, Mark, News, NotNow, Place, Previewed, Refused, Say, Standing, Talk, Terms, Thread, Typing,
};

wire_union! {
    /// What of [`Talk`] a page may say.
    pub enum PageTalk {
        /// See [`Talk::Ask`].
        1 Ask(Ask) "ask",
        /// See [`Talk::Say`].
        2 Say(Say) "say",
        /// See [`Talk::Mark`].
        3 Mark(Mark) "mark",
        /// See [`Talk::Typing`].
        4 Typing(Typing) "typing",
        /// See [`Talk::Finish`].
        5 Finish(Finish) "finish",
        /// See [`Talk::NotNow`].
        20 NotNow(NotNow) "notNow",
    }
}

wire_union! {
    /// What of [`Talk`] a hub may say.
    pub enum HubTalk {
        /// See [`Talk::Typing`].
        4 Typing(Typing) "typing",
        /// See [`Talk::Thread`].
        8 Thread(Thread) "thread",
        /// See [`Talk::News`].
        9 News(News) "news",
        /// See [`Talk::Standing`].
        10 Standing(Standing) "standing",
        /// See [`Talk::Refused`].
        11 Refused(Refused) "refused",
        /// See [`Talk::Place`].
        12 Place(Place) "place",
        /// See [`Talk::Terms`].
        13 Terms(Terms) "terms",
        /// See [`Talk::Preview`].
        14 Preview(Previewed) "preview",
    }
}

wire_union! {
    /// As [`TalkBody`](super::conversation::TalkBody), from a page.
    pub enum PageTalkBody {
        /// See [`TalkBody::Talk`](super::conversation::TalkBody::Talk).
        41 Talk(PageTalk) "talk",
    }
}

wire_union! {
    /// As [`TalkBody`](super::conversation::TalkBody), from a hub.
    pub enum HubTalkBody {
        /// See [`TalkBody::Talk`](super::conversation::TalkBody::Talk).
        41 Talk(HubTalk) "talk",
    }
}

impl From<HubTalk> for Talk {
    fn from(talk: HubTalk) -> Self {
        match talk {
            HubTalk::Typing(it) => Self::Typing(it),
            HubTalk::Thread(it) => Self::Thread(it),
            HubTalk::News(it) => Self::News(it),
            HubTalk::Standing(it) => Self::Standing(it),
            HubTalk::Refused(it) => Self::Refused(it),
            HubTalk::Place(it) => Self::Place(it),
            HubTalk::Terms(it) => Self::Terms(it),
            HubTalk::Preview(it) => Self::Preview(it),
        }
    }
}

impl PageTalk {
    /// What a page says of this; nothing where only a hub does.
    pub fn of(talk: Talk) -> Option<Self> {
        Some(match talk {
            Talk::Ask(it) => Self::Ask(it),
            Talk::Say(it) => Self::Say(it),
            Talk::Mark(it) => Self::Mark(it),
            Talk::Typing(it) => Self::Typing(it),
            Talk::Finish(it) => Self::Finish(it),
            Talk::NotNow(it) => Self::NotNow(it),
            Talk::Thread(_)
            | Talk::News(_)
            | Talk::Standing(_)
            | Talk::Refused(_)
            | Talk::Place(_)
            | Talk::Terms(_)
            | Talk::Preview(_) => return None,
        })
    }
}
