//! A shared page: the visitor's half, which lets its page be followed, and the agent's half, which follows.
//!
//! Invariant: the mirror runs only while somebody follows and the link is up. After each cut both halves say anew what they want.

mod agent;
mod visitor;

pub use agent::{AgentOutput, AgentSession, Following};
pub use visitor::{VisitorOutput, VisitorSession};

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::*;
    use crate::protocol::{AssetHash, Bytes, Followed, MirrorPiece, PIECE_LIMIT, RelayBody, Shown, VisitId};
    use crate::time::Instant;

    const VISIT: VisitId = VisitId::from_bytes([7; 16]);

    fn at(milliseconds: u64) -> Instant {
        Instant::at(Duration::from_millis(milliseconds))
    }

    /// A page and a desk with the hub between them, which has nothing to decide here.
    struct Pair {
        page: VisitorSession,
        desk: AgentSession,
        now: u64,
        /// What the page's mirror was told to do.
        mirror: Vec<&'static str>,
        /// What the desk was given to show.
        frames: Vec<Vec<u8>>,
    }

    impl Pair {
        fn new() -> Self {
            let (page, desk) = (VisitorSession::new(), AgentSession::new());
            Self { page, desk, now: 0, mirror: Vec::new(), frames: Vec::new() }
        }

        fn following() -> Self {
            let mut pair = Self::new();
            pair.page.handle_online();
            pair.desk.handle_online();
            pair.page.share(VISIT);
            pair.desk.follow(VISIT);
            pair.settle();
            pair
        }

        fn settle(&mut self) {
            loop {
                let to_desk = match self.page.poll_output() {
                    Some(VisitorOutput::Send(body)) => Some(body),
                    Some(VisitorOutput::Begin) => {
                        self.mirror.push("begin");
                        continue;
                    }
                    Some(VisitorOutput::End) => {
                        self.mirror.push("end");
                        continue;
                    }
                    Some(VisitorOutput::Give(_)) => {
                        self.mirror.push("give");
                        continue;
                    }
                    None => None,
                };
                let to_page = match self.desk.poll_output() {
                    Some(AgentOutput::Send(body)) => Some(body),
                    Some(AgentOutput::Show(frame)) => {
                        self.frames.push(frame);
                        None
                    }
                    Some(AgentOutput::Begin) => {
                        self.frames.clear();
                        None
                    }
                    Some(AgentOutput::Changed) => None,
                    None if to_desk.is_none() => return,
                    None => None,
                };
                if let Some(body) = to_desk {
                    match body {
                        RelayBody::Share(_) => self.desk.handle_body(RelayBody::Shown(Shown { is_live: true })),
                        RelayBody::Unshare(_) => self.desk.handle_body(RelayBody::Shown(Shown { is_live: false })),
                        body => self.desk.handle_body(body),
                    }
                }
                if let Some(body) = to_page {
                    let body = match body {
                        RelayBody::Follow(_) => RelayBody::Followed(Followed { desks: 1 }),
                        RelayBody::Unfollow(_) => RelayBody::Followed(Followed { desks: 0 }),
                        body => body,
                    };
                    self.page.handle_body(body, at(self.now));
                }
            }
        }
    }

    #[test]
    fn the_mirror_begins_with_a_desk_that_follows_and_ends_with_the_last_one() {
        let mut pair = Pair::following();
        assert_eq!(pair.mirror, ["begin"]);
        assert_eq!(pair.desk.following(), Following::Live);
        pair.desk.unfollow();
        pair.settle();
        assert_eq!(pair.mirror, ["begin", "end"]);
        assert_eq!(pair.desk.following(), Following::Nothing);
    }

    #[test]
    fn a_frame_of_any_size_arrives_whole() {
        let mut pair = Pair::following();
        let frames: Vec<Vec<u8>> =
            [0, 1, PIECE_LIMIT, PIECE_LIMIT + 1, 3 * PIECE_LIMIT].map(|length| vec![length as u8; length]).into();
        for frame in &frames {
            pair.page.handle_frame(frame);
        }
        pair.settle();
        assert_eq!(pair.frames, frames);
    }

    #[test]
    fn of_a_frame_that_lost_a_piece_nothing_is_shown() {
        let mut desk = AgentSession::new();
        desk.handle_online();
        desk.follow(VISIT);
        desk.handle_body(RelayBody::Shown(Shown { is_live: true }));
        let piece = |at, is_last| RelayBody::Mirror(MirrorPiece { at, is_last, bytes: Bytes(vec![at as u8]) });
        for body in [piece(0, false), piece(2, true), piece(1, true), piece(0, false), piece(0, true)] {
            desk.handle_body(body);
        }
        let shown: Vec<_> = core::iter::from_fn(|| desk.poll_output())
            .filter_map(|output| if let AgentOutput::Show(frame) = output { Some(frame) } else { None })
            .collect();
        assert_eq!(shown, [[0]], "the last one, which is whole");
    }

    #[test]
    fn a_frame_without_end_is_dropped_at_its_limit() {
        let mut desk = AgentSession::new();
        desk.handle_online();
        desk.follow(VISIT);
        desk.handle_body(RelayBody::Shown(Shown { is_live: true }));
        for at in 0..100 {
            let bytes = Bytes(vec![0; PIECE_LIMIT]);
            desk.handle_body(RelayBody::Mirror(MirrorPiece { at, is_last: at == 99, bytes }));
        }
        assert!(desk.held() <= crate::protocol::mirror::MIRROR_FRAME_LIMIT);
        assert!(!core::iter::from_fn(|| desk.poll_output()).any(|output| matches!(output, AgentOutput::Show(_))));
    }

    #[test]
    fn after_a_cut_both_say_again_what_they_want() {
        let mut pair = Pair::following();
        pair.page.handle_offline();
        pair.desk.handle_offline();
        pair.page.handle_frame(b"of the time before");
        pair.settle();
        assert_eq!((pair.mirror.as_slice(), pair.desk.following()), (&["begin", "end"][..], Following::Waiting));
        pair.now = 1_000;
        pair.desk.handle_online();
        pair.page.handle_online();
        pair.settle();
        assert_eq!((pair.mirror.as_slice(), pair.desk.following()), (&["begin", "end", "begin"][..], Following::Live));
        assert_eq!(pair.frames, Vec::<Vec<u8>>::new());
    }

    #[test]
    fn a_page_is_told_anew_twice_a_second_at_most() {
        let mut pair = Pair::following();
        for milliseconds in [100, 200, 300] {
            pair.now = milliseconds;
            pair.desk.refresh();
            pair.settle();
        }
        assert_eq!(pair.mirror, ["begin"]);
        assert_eq!(pair.page.poll_timeout(), Some(at(500)));
        pair.page.handle_timeout(at(499));
        pair.settle();
        assert_eq!(pair.mirror, ["begin"]);
        pair.page.handle_timeout(at(500));
        pair.settle();
        assert_eq!((pair.mirror.as_slice(), pair.page.poll_timeout()), (&["begin", "begin"][..], None));
    }

    #[test]
    fn nobody_is_shown_a_page_that_is_not_shared() {
        let mut page = VisitorSession::new();
        page.handle_online();
        page.handle_body(RelayBody::Followed(Followed { desks: 1 }), at(0));
        page.handle_frame(b"secret");
        assert_eq!(page.poll_output(), None);
        page.share(VISIT);
        page.handle_body(RelayBody::Followed(Followed { desks: 1 }), at(0));
        page.unshare();
        page.handle_frame(b"secret");
        let outputs: Vec<_> = core::iter::from_fn(|| page.poll_output()).collect();
        assert!(matches!(
            &outputs[..],
            [
                VisitorOutput::Send(RelayBody::Share(_)),
                VisitorOutput::Begin,
                VisitorOutput::End,
                VisitorOutput::Send(RelayBody::Unshare(_)),
            ]
        ));
    }

    #[test]
    fn another_page_begins_where_one_was_gone() {
        let mut desk = AgentSession::new();
        desk.handle_online();
        desk.follow(VISIT);
        let begins = |desk: &mut AgentSession| {
            core::iter::from_fn(|| desk.poll_output()).filter(|output| *output == AgentOutput::Begin).count()
        };
        for (is_live, expected) in [(true, 1), (true, 0), (false, 0), (true, 1)] {
            desk.handle_body(RelayBody::Shown(Shown { is_live }));
            assert_eq!(begins(&mut desk), expected);
        }
    }

    #[test]
    fn a_desk_is_given_the_assets_that_it_wants_while_it_follows() {
        let mut pair = Pair::following();
        pair.desk.want(AssetHash([1; 32]));
        pair.settle();
        pair.desk.unfollow();
        pair.desk.want(AssetHash([2; 32]));
        pair.settle();
        assert_eq!(pair.mirror, ["begin", "give", "end"]);
    }

    #[test]
    fn a_desk_shows_nothing_of_a_page_that_it_left() {
        let mut pair = Pair::following();
        pair.desk.unfollow();
        pair.page.handle_frame(b"on its way");
        pair.settle();
        assert_eq!(pair.frames, Vec::<Vec<u8>>::new());
    }
}
