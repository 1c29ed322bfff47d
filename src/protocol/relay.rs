//! What passes between a visitor's page and the desks of a shared session, by way of the hub.
//!
//! It lives no longer than the sockets that carry it: nothing here is numbered, kept or sent again. After a cut both ends say anew
//! what they want, and the hub tells the session as it stands.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::asset::AssetHash;
use super::cobrowse;
use super::codec::{Input, Kind, Malformed, Output, Wire, wire_record, wire_union};
use super::masking::Masking;
use super::payload::Payload;
use super::{Encoding, FRAME_LIMIT, Message};

/// Most bytes of one [`MirrorPiece`]: in JSON they are a third more.
pub const PIECE_LIMIT: usize = 45_000;

wire_union! {
    /// One message of a shared session or a conversation.
    pub enum RelayBody {
        /// Hub to page: so many desks follow.
        5 Followed(Followed) "followed",
        /// Desk to hub, hub to page: tell again what is lost.
        6 Refresh(Refresh) "refresh",
        /// Hub to desk: whether there is a page to follow.
        7 Shown(Shown) "shown",
        /// Page to hub, hub to desk: a part of a frame of the mirror.
        8 Mirror(MirrorPiece) "mirror",
        /// Desk to hub, hub to page: give me this picture or font.
        9 Want(Want) "want",
        /// Desk to hub.
        10 Offer(cobrowse::Offer) "offer",
        /// Page or desk to hub.
        11 MakeCode(cobrowse::MakeCode) "makeCode",
        /// Hub to who made it.
        12 Code(cobrowse::Code) "code",
        /// Page or desk to hub.
        13 UseCode(cobrowse::UseCode) "useCode",
        /// Hub to who wished.
        14 Refused(cobrowse::Refused) "refused",
        /// Hub to page and desk.
        15 Session(cobrowse::Session) "session",
        /// Page to hub.
        16 Answer(cobrowse::Answer) "answer",
        /// Page to hub.
        17 Join(cobrowse::Join) "join",
        /// Desk to hub.
        18 Attend(cobrowse::Attend) "attend",
        /// Desk to hub.
        19 Leave(cobrowse::Leave) "leave",
        /// Page or desk to hub.
        20 End(cobrowse::End) "end",
        /// Desk to hub.
        21 Request(cobrowse::Request) "request",
        /// Page to hub.
        22 Decide(cobrowse::Decide) "decide",
        /// Page or desk to hub.
        23 Revoke(cobrowse::Revoke) "revoke",
        /// Page to hub.
        24 Pause(cobrowse::Pause) "pause",
        /// Page to hub.
        25 Active(cobrowse::Active) "active",
        /// Desk to hub, hub to page.
        26 Act(cobrowse::Act) "act",
        /// Page to hub, hub to desk.
        27 Done(cobrowse::Done) "done",
        /// Either way.
        28 Point(cobrowse::Point) "point",
        /// Desk to hub, hub to page and other desks.
        29 Highlight(cobrowse::Highlight) "highlight",
        /// Either way.
        30 Draw(cobrowse::Draw) "draw",
        /// Either way.
        31 Erase(cobrowse::Erase) "erase",
        /// Desk to hub, hub to page, and back.
        32 Probe(cobrowse::Probe) "probe",
        /// Hub to page, before the first session: what the customer has masked. Nothing is mirrored before it came.
        40 Masking(Masking) "masking",
        /// Page to hub, hub to page: a [`Talk`](super::conversation::Talk). Not looked into here, so that who takes part in no conversation
        /// holds no code for it.
        41 Talk(Payload) "talk",
        /// Desk to hub, hub to desk: an [`Inbox`](super::conversation::Inbox).
        42 Inbox(Payload) "inbox",
    }
}

wire_record! {
    /// How many desks follow.
    pub struct Followed {
        /// None: nothing more is to be told.
        1 desks "desks": u32,
        /// What the one that came now has of the page; absent: nothing. As in [`Refresh`].
        2 known "known": Option<Bytes>,
    }
}

wire_record! {
    /// A replica has lost something.
    pub struct Refresh {
        /// What it has, a [`Known`](super::mirror::Known): the rest is to be told again, and where it is empty, all that was told. Absent: what was
        /// told is of no use, and the page is to be read anew.
        1 known "known": Option<Bytes>,
    }
}

wire_record! {
    /// Whether the visit has a shared tab now.
    pub struct Shown {
        /// If not, what was shown is of the past.
        1 is_live "live": bool,
    }
}

wire_record! {
    /// A part of a [`super::mirror::MirrorFrame`].
    pub struct MirrorPiece {
        /// 0 for the first part of a frame, then 1, 2, 3 ...
        1 at "at": u32,
        /// Whether the frame is whole with it.
        2 is_last "last": bool,
        /// At most [`PIECE_LIMIT`].
        3 bytes "bytes": Bytes,
    }
}

wire_record! {
    /// A desk's wish for an asset that was offered, or for a newer one.
    pub struct Want {
        /// Which.
        1 hash "hash": AssetHash,
        /// Whether it is the picture of a video, and what that shows now is wanted in its place.
        2 is_newer "newer": Option<bool>,
    }
}

/// Bytes that are not looked into; in JSON they are base64.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl Wire for Bytes {
    const KIND: Kind = Kind::Sized;

    fn write(&self, out: &mut dyn Output) {
        match out.encoding() {
            Encoding::Binary => out.raw(&Message::Binary(self.0.clone())),
            Encoding::Json => out.text(&STANDARD.encode(&self.0)),
        }
    }

    fn read(input: &mut dyn Input) -> Result<Self, Malformed> {
        match input.encoding() {
            Encoding::Binary => match input.raw()? {
                Message::Binary(bytes) => Ok(Self(bytes)),
                Message::Text(_) => Err(Malformed::WrongKind),
            },
            Encoding::Json => {
                let text = input.text(FRAME_LIMIT)?;
                STANDARD.decode(text).map(Self).map_err(|_| Malformed::BadText)
            }
        }
    }
}
