//! Identifiers: 16 random bytes each, a type of its own for each thing they name.

use core::fmt;
use core::str::FromStr;

use super::codec::{Input, Kind, Malformed, Output, Wire};

/// A text that should be an id is not 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id has 32 hexadecimal digits")
    }
}

impl core::error::Error for NotAnId {}

macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// Takes 16 bytes from a source of randomness that is fit for secrets.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The 16 bytes.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                {
                let mut text = String::with_capacity(32);
                super::codec::push_hex(&mut text, &self.0);
                f.write_str(&text)
                }
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                super::codec::parse_hex(text).map(Self).ok_or(NotAnId)
            }
        }

        impl Wire for $name {
            const KIND: Kind = Kind::Sized;
            const LIST_LIMIT: usize = 512;
            fn write(&self, out: &mut dyn Output) {
                out.id(&self.0);
            }
            fn read(input: &mut dyn Input) -> Result<Self, Malformed> {
                input.id().map(Self)
            }
        }
    };
}

id! {
    /// One sender of numbered frames: a tab, or a desk. It outlives sockets and reloads.
    SourceId
}
id! {
    /// One life of the receiving half of a link; a new one means that what was in flight to the client is gone.
    Epoch
}
id! {
    /// A visitor as the hub and the desk know it. It grants nothing.
    VisitorId
}
id! {
    /// One visit of a visitor: all page views until 30 minutes without activity.
    VisitId
}
id! {
    /// The secret by which a browser proves which visitor it is. Who has it is that visitor, so it is never shown or logged.
    VisitorToken
}
id! {
    /// A session that a visitor shares with agents.
    SessionId
}
id! {
    /// The secret by which a page proves that its visitor agreed to a session. Made by the page that asked him.
    ConsentKey
}
id! {
    /// A conversation of a visitor with a company.
    ConversationId
}
id! {
    /// A message, named by who wrote it, so that it is known when it comes again.
    MessageId
}
id! {
    /// A file of a message. Who has it may read the file, so it is in no log.
    FileId
}
id! {
    /// A secret that lets an agent open one socket, once, within 30 seconds.
    Ticket
}

macro_rules! plain_debug {
    ($($name:ident),*) => { $(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
    )* };
}
plain_debug!(SourceId, Epoch, VisitorId, VisitId, SessionId, ConversationId, MessageId);

macro_rules! secret_debug {
    ($($name:ident),*) => { $(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(secret)"))
            }
        }
    )* };
}
secret_debug!(VisitorToken, ConsentKey, FileId, Ticket);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_back_from_its_text() {
        let id = VisitId::from_bytes(*b"0123456789abcdef");
        assert_eq!(id.to_string(), "30313233343536373839616263646566");
        assert_eq!(id.to_string().parse(), Ok(id));
        for bad in ["", "30", "3031323334353637383961626364656g", "+0313233343536373839616263646566"] {
            assert_eq!(bad.parse::<VisitId>(), Err(NotAnId));
        }
    }

    #[test]
    fn a_secret_does_not_show_in_debug_output() {
        assert_eq!(format!("{:?}", Ticket::from_bytes([7; 16])), "Ticket(secret)");
    }
}
