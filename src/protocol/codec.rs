//! One description of each type, two encodings of it.
//!
//! A type says once which fields it has ([`wire_record!`], [`wire_union!`], [`wire_choice!`]); the binary and the JSON
//! encoding both follow from that. Neither ever allocates more than the input's own length allows: every text, list and
//! nesting has a limit that is checked before anything is stored.

mod binary;
mod json;

pub(super) use binary::{BinaryInput, BinaryOutput};
pub(super) use json::{JsonInput, parse_hex};
pub(crate) use json::{JsonOutput, push_hex};

use core::fmt;

/// Deepest nesting of records that either decoder follows.
pub const DEPTH_LIMIT: usize = 16;

/// Longest plain text, in bytes of UTF-8.
pub const TEXT_LIMIT: usize = 2_048;

/// Why bytes are not a frame of this protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Malformed {
    /// The input ends in the middle of a value.
    Truncated,
    /// Something follows the end of the frame.
    Trailing,
    /// The whole frame, a text or a list is longer than its limit.
    Oversize {
        /// The limit in bytes, or in items for a list.
        limit: usize,
    },
    /// Records are nested deeper than [`DEPTH_LIMIT`].
    TooDeep,
    /// A value has another type than its field.
    WrongKind,
    /// A number is out of its type's range.
    OutOfRange,
    /// A text is not UTF-8, or not valid JSON.
    BadText,
    /// A required field is absent.
    Missing {
        /// The field's name as in the JSON encoding.
        field: &'static str,
    },
    /// A union holds no variant, or one that this version does not know.
    Unknown,
    /// A field or a union's variant comes twice.
    Repeated,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => f.write_str("the frame ends in the middle of a value"),
            Self::Trailing => f.write_str("something follows the end of the frame"),
            Self::Oversize { limit } => write!(f, "longer than the limit of {limit}"),
            Self::TooDeep => f.write_str("nested too deeply"),
            Self::WrongKind => f.write_str("a value has another type than its field"),
            Self::OutOfRange => f.write_str("a number is out of range"),
            Self::BadText => f.write_str("a text is not valid"),
            Self::Missing { field } => write!(f, "the field {field} is missing"),
            Self::Unknown => f.write_str("unknown frame or variant"),
            Self::Repeated => f.write_str("a field comes twice"),
        }
    }
}

impl core::error::Error for Malformed {}

/// How a value is laid out in the binary encoding; what is needed to skip a field that is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Unsigned LEB128, at most 10 bytes.
    Varint = 0,
    /// A varint length, then so many bytes: texts, numbers, ids, records.
    Sized = 1,
}

/// One field of a record: its number in the binary encoding and its name in JSON.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub(crate) tag: u32,
    pub(crate) name: &'static str,
}

/// Where a description writes itself to.
///
/// Used as `dyn`, so that two encodings do not mean two copies of every type's code in the artefact.
pub(crate) trait Output {
    fn encoding(&self) -> super::Encoding;
    fn key(&mut self, field: Field, kind: Kind);
    fn unsigned(&mut self, value: u64);
    /// A decimal number that [`super::Number`] has checked.
    fn number(&mut self, digits: &str);
    fn flag(&mut self, value: bool);
    fn choice(&mut self, field: Field);
    fn text(&mut self, value: &str);
    fn id(&mut self, value: &[u8; 16]);
    fn record(&mut self, write: &mut dyn FnMut(&mut dyn Output));
    /// A record that is encoded already, in this encoding.
    fn raw(&mut self, record: &super::Message);
    /// `count` values of one field; `write` is called with each index in order.
    fn list(&mut self, field: Field, kind: Kind, count: usize, write: &mut dyn FnMut(usize, &mut dyn Output));
}

/// Where a description reads itself from.
pub(super) trait Input {
    fn encoding(&self) -> super::Encoding;
    /// Steps into a record.
    fn enter(&mut self) -> Result<(), Malformed>;
    /// Moves to the next field of the record that is in `fields`, skipping others; `None` steps out of the record.
    fn next(&mut self, fields: &[Field]) -> Result<Option<u32>, Malformed>;
    fn unsigned(&mut self) -> Result<u64, Malformed>;
    /// A decimal number as it stands; not checked, at most `limit` bytes.
    fn number(&mut self, limit: usize) -> Result<String, Malformed>;
    fn flag(&mut self) -> Result<bool, Malformed>;
    fn choice(&mut self, fields: &[Field]) -> Result<u32, Malformed>;
    fn text(&mut self, limit: usize) -> Result<String, Malformed>;
    fn id(&mut self) -> Result<[u8; 16], Malformed>;
    /// A record as it stands, not looked into.
    fn raw(&mut self) -> Result<super::Message, Malformed>;
    /// Reads the values of a list that stand here: one in the binary encoding, all of them in JSON.
    fn items(&mut self, read: &mut dyn FnMut(&mut dyn Input) -> Result<(), Malformed>) -> Result<(), Malformed>;
}

/// A type that crosses the network.
pub(super) trait Wire: Sized {
    const KIND: Kind;
    /// Most values of this type in one list.
    const LIST_LIMIT: usize = 64;
    fn write(&self, out: &mut dyn Output);
    fn read(input: &mut dyn Input) -> Result<Self, Malformed>;
}

/// What a record's field may hold: a value, an optional value, or a list.
pub(super) trait Slot: Sized {
    fn write_field(&self, field: Field, out: &mut dyn Output);
    fn read_field(slot: &mut Option<Self>, input: &mut dyn Input) -> Result<(), Malformed>;
    fn absent(field: Field) -> Result<Self, Malformed>;
}

impl<T: Wire> Slot for T {
    fn write_field(&self, field: Field, out: &mut dyn Output) {
        out.key(field, T::KIND);
        self.write(out);
    }

    fn read_field(slot: &mut Option<Self>, input: &mut dyn Input) -> Result<(), Malformed> {
        if slot.is_some() {
            return Err(Malformed::Repeated);
        }
        *slot = Some(T::read(input)?);
        Ok(())
    }

    fn absent(field: Field) -> Result<Self, Malformed> {
        Err(Malformed::Missing { field: field.name })
    }
}

impl<T: Wire> Slot for Option<T> {
    fn write_field(&self, field: Field, out: &mut dyn Output) {
        if let Some(value) = self {
            value.write_field(field, out);
        }
    }

    fn read_field(slot: &mut Option<Self>, input: &mut dyn Input) -> Result<(), Malformed> {
        if slot.is_some() {
            return Err(Malformed::Repeated);
        }
        *slot = Some(Some(T::read(input)?));
        Ok(())
    }

    fn absent(_: Field) -> Result<Self, Malformed> {
        Ok(None)
    }
}

impl<T: Wire> Slot for Vec<T> {
    fn write_field(&self, field: Field, out: &mut dyn Output) {
        if !self.is_empty() {
            out.list(field, T::KIND, self.len(), &mut |index, out| self[index].write(out));
        }
    }

    fn read_field(slot: &mut Option<Self>, input: &mut dyn Input) -> Result<(), Malformed> {
        let list = slot.get_or_insert_with(Vec::new);
        input.items(&mut |input| {
            if list.len() == T::LIST_LIMIT {
                return Err(Malformed::Oversize { limit: T::LIST_LIMIT });
            }
            list.push(T::read(input)?);
            Ok(())
        })
    }

    fn absent(_: Field) -> Result<Self, Malformed> {
        Ok(Self::new())
    }
}

impl Wire for u64 {
    const KIND: Kind = Kind::Varint;
    fn write(&self, out: &mut dyn Output) {
        out.unsigned(*self);
    }
    fn read(input: &mut dyn Input) -> Result<Self, Malformed> {
        input.unsigned()
    }
}

impl Wire for u32 {
    const KIND: Kind = Kind::Varint;
    fn write(&self, out: &mut dyn Output) {
        out.unsigned(u64::from(*self));
    }
    fn read(input: &mut dyn Input) -> Result<Self, Malformed> {
        u32::try_from(input.unsigned()?).map_err(|_| Malformed::OutOfRange)
    }
}

impl Wire for bool {
    const KIND: Kind = Kind::Varint;
    fn write(&self, out: &mut dyn Output) {
        out.flag(*self);
    }
    fn read(input: &mut dyn Input) -> Result<Self, Malformed> {
        input.flag()
    }
}

impl Wire for String {
    const KIND: Kind = Kind::Sized;
    fn write(&self, out: &mut dyn Output) {
        out.text(self);
    }
    fn read(input: &mut dyn Input) -> Result<Self, Malformed> {
        input.text(TEXT_LIMIT)
    }
}

impl Wire for crate::time::Timestamp {
    const KIND: Kind = Kind::Varint;
    fn write(&self, out: &mut dyn Output) {
        out.unsigned(self.as_millis());
    }
    fn read(input: &mut dyn Input) -> Result<Self, Malformed> {
        Ok(Self::from_millis(input.unsigned()?))
    }
}

/// Describes a record: `tag field "jsonName": Type`.
///
/// A tag is never given to another field again; new fields are optional, so that older peers skip them.
macro_rules! wire_record {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $( $(#[$field_meta:meta])* $tag:literal $field:ident $json:literal : $type:ty, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name { $( $(#[$field_meta])* pub $field: $type, )* }

        impl $crate::protocol::codec::Wire for $name {
            const KIND: $crate::protocol::codec::Kind = $crate::protocol::codec::Kind::Sized;

            #[allow(unused_variables)]
            fn write(&self, out: &mut dyn $crate::protocol::codec::Output) {
                out.record(&mut |out| {
                    $( $crate::protocol::codec::Slot::write_field(
                        &self.$field,
                        $crate::protocol::codec::Field { tag: $tag, name: $json },
                        out,
                    ); )*
                });
            }

            fn read(
                input: &mut dyn $crate::protocol::codec::Input,
            ) -> Result<Self, $crate::protocol::codec::Malformed> {
                const FIELDS: &[$crate::protocol::codec::Field] =
                    &[ $( $crate::protocol::codec::Field { tag: $tag, name: $json }, )* ];
                $( let mut $field: Option<$type> = None; )*
                input.enter()?;
                while let Some(tag) = input.next(FIELDS)? {
                    match tag {
                        $( $tag => $crate::protocol::codec::Slot::read_field(&mut $field, input)?, )*
                        _ => return Err($crate::protocol::codec::Malformed::Unknown),
                    }
                }
                Ok(Self { $( $field: match $field {
                    Some(value) => value,
                    None => $crate::protocol::codec::Slot::absent(
                        $crate::protocol::codec::Field { tag: $tag, name: $json },
                    )?,
                }, )* })
            }
        }
    };
}

/// Describes a union, exactly one of several values: `tag Variant(Type) "jsonName"`.
macro_rules! wire_union {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$variant_meta:meta])* $tag:literal $variant:ident($type:ty) $json:literal, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum $name { $( $(#[$variant_meta])* $variant($type), )* }

        impl $crate::protocol::codec::Wire for $name {
            const KIND: $crate::protocol::codec::Kind = $crate::protocol::codec::Kind::Sized;

            fn write(&self, out: &mut dyn $crate::protocol::codec::Output) {
                out.record(&mut |out| match self {
                    $( Self::$variant(value) => $crate::protocol::codec::Slot::write_field(
                        value,
                        $crate::protocol::codec::Field { tag: $tag, name: $json },
                        out,
                    ), )*
                });
            }

            fn read(
                input: &mut dyn $crate::protocol::codec::Input,
            ) -> Result<Self, $crate::protocol::codec::Malformed> {
                const VARIANTS: &[$crate::protocol::codec::Field] =
                    &[ $( $crate::protocol::codec::Field { tag: $tag, name: $json }, )* ];
                input.enter()?;
                let value = match input.next(VARIANTS)? {
                    $( Some($tag) => Self::$variant(<$type as $crate::protocol::codec::Wire>::read(input)?), )*
                    _ => return Err($crate::protocol::codec::Malformed::Unknown),
                };
                match input.next(VARIANTS)? {
                    None => Ok(value),
                    Some(_) => Err($crate::protocol::codec::Malformed::Repeated),
                }
            }
        }
    };
}

/// Describes a closed choice: a number in the binary encoding, a word in JSON.
macro_rules! wire_choice {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $( $(#[$variant_meta:meta])* $tag:literal $variant:ident $json:literal, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name { $( $(#[$variant_meta])* $variant, )* }

        impl $name {
            /// The word that stands for it in JSON and in logs.
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $json, )* }
            }

            /// The choice that the word stands for.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $( $json => Some(Self::$variant), )* _ => None }
            }
        }

        impl $crate::protocol::codec::Wire for $name {
            const KIND: $crate::protocol::codec::Kind = $crate::protocol::codec::Kind::Varint;

            fn write(&self, out: &mut dyn $crate::protocol::codec::Output) {
                out.choice(match self {
                    $( Self::$variant => $crate::protocol::codec::Field { tag: $tag, name: $json }, )*
                });
            }

            fn read(
                input: &mut dyn $crate::protocol::codec::Input,
            ) -> Result<Self, $crate::protocol::codec::Malformed> {
                const CHOICES: &[$crate::protocol::codec::Field] =
                    &[ $( $crate::protocol::codec::Field { tag: $tag, name: $json }, )* ];
                match input.choice(CHOICES)? {
                    $( $tag => Ok(Self::$variant), )*
                    _ => Err($crate::protocol::codec::Malformed::Unknown),
                }
            }
        }
    };
}

pub(super) use {wire_choice, wire_record, wire_union};
