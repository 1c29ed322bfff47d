//! What passes between a visitor's page and the desks that follow it, by way of the hub.
//!
//! It lives no longer than the sockets that carry it: nothing here is numbered, kept or sent again. After a cut both ends say anew
//! what they want.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::asset::AssetHash;
use super::codec::{Input, Kind, Malformed, Output, Wire, wire_record, wire_union};
use super::id::VisitId;
use super::{Encoding, FRAME_LIMIT, Message};

/// Most bytes of one [`MirrorPiece`]: in JSON they are a third more.
pub const PIECE_LIMIT: usize = 45_000;

wire_union! {
    /// One message of a shared page.
    pub enum RelayBody {
        /// Page to hub: desks may follow this tab.
        1 Share(Share) "share",
        /// Page to hub: no longer.
        2 Unshare(Unshare) "unshare",
        /// Desk to hub: show me this visit's shared tab, also later, and instead of any other.
        3 Follow(Follow) "follow",
        /// Desk to hub: no longer.
        4 Unfollow(Unfollow) "unfollow",
        /// Hub to page: so many desks follow.
        5 Followed(Followed) "followed",
        /// Desk to hub, hub to page: tell the page from its start.
        6 Refresh(Refresh) "refresh",
        /// Hub to desk: whether there is a tab to follow.
        7 Shown(Shown) "shown",
        /// Page to hub, hub to desk: a part of a frame of the mirror.
        8 Mirror(MirrorPiece) "mirror",
        /// Desk to hub, hub to page: give me this picture or font.
        9 Want(Want) "want",
    }
}

wire_record! {
    /// A tab that desks may follow. The tab of a visit that said so last is the one that is shown.
    pub struct Share {
        /// The visit, by the page's own id.
        1 visit "visit": VisitId,
    }
}

wire_record! {
    /// The tab is not to be followed any more.
    pub struct Unshare {}
}

wire_record! {
    /// A desk's wish to see a visit's shared tab.
    pub struct Follow {
        /// The visit, by the hub's id.
        1 visit "visit": VisitId,
    }
}

wire_record! {
    /// The desk looks away.
    pub struct Unfollow {}
}

wire_record! {
    /// How many desks follow. One that came now knows nothing of the page yet.
    pub struct Followed {
        /// None: nothing more is to be told.
        1 desks "desks": u32,
    }
}

wire_record! {
    /// A replica has lost something.
    pub struct Refresh {}
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
    /// A desk's wish for an asset that was offered.
    pub struct Want {
        /// Which.
        1 hash "hash": AssetHash,
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
