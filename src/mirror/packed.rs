//! Large frames come compressed by the visitor's browser.
//!
//! Invariant: no more is unpacked than a frame may have, whatever the bytes say.

use std::borrow::Cow;

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

use crate::protocol::Malformed;
use crate::protocol::mirror::{MIRROR_FRAME_LIMIT, PACKED};

/// The bytes of the frame that came: as they are, or unpacked where they begin with [`PACKED`].
///
/// # Errors
/// [`Malformed::Oversize`] above [`MIRROR_FRAME_LIMIT`], and what is no compressed frame from its second to its last byte.
pub fn unpack(bytes: &[u8]) -> Result<Cow<'_, [u8]>, Malformed> {
    let Some((&PACKED, packed)) = bytes.split_first() else { return Ok(Cow::Borrowed(bytes)) };
    let mut inflate = Box::<DecompressorOxide>::default();
    // Most frames are about three times what they are packed.
    let mut frame = vec![0; (4 * packed.len()).min(MIRROR_FRAME_LIMIT)];
    let (mut read, mut written) = (0, 0);
    loop {
        let rest = packed.get(read..).unwrap_or_default();
        let (status, taken, made) =
            decompress(&mut inflate, rest, &mut frame, written, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF);
        read += taken;
        written += made;
        match status {
            TINFLStatus::Done if read < packed.len() => return Err(Malformed::Trailing),
            TINFLStatus::Done => {
                frame.truncate(written);
                return Ok(Cow::Owned(frame));
            }
            TINFLStatus::HasMoreOutput if frame.len() < MIRROR_FRAME_LIMIT => {
                let length = (2 * frame.len()).clamp(1_024, MIRROR_FRAME_LIMIT);
                // Otherwise it would make room for twice of what it has, also above the limit.
                frame.reserve_exact(length - frame.len());
                frame.resize(length, 0);
            }
            TINFLStatus::HasMoreOutput => return Err(Malformed::Oversize { limit: MIRROR_FRAME_LIMIT }),
            TINFLStatus::FailedCannotMakeProgress => return Err(Malformed::Truncated),
            _ => return Err(Malformed::OutOfRange),
        }
    }
}

#[cfg(test)]
mod tests {
    use miniz_oxide::deflate::compress_to_vec;

    use super::*;

    fn packed(frame: &[u8]) -> Vec<u8> {
        [&[PACKED], &compress_to_vec(frame, 6)[..]].concat()
    }

    #[test]
    fn a_frame_is_what_it_was_packed_or_not() {
        for length in [0, 1, 5_000, MIRROR_FRAME_LIMIT] {
            let frame: Vec<u8> = (0..length).map(|at| (at * at / 7) as u8).collect();
            assert_eq!(unpack(&packed(&frame)).as_deref(), Ok(&frame[..]));
        }
        assert!(matches!(unpack(&[1, 2, 3]), Ok(Cow::Borrowed(&[1, 2, 3]))));
        assert_eq!(unpack(&[]).as_deref(), Ok(&[][..]));
    }

    #[test]
    fn what_would_be_more_than_a_frame_is_refused() {
        let bomb = packed(&vec![0; MIRROR_FRAME_LIMIT + 1]);
        assert!(bomb.len() < 1_024);
        assert_eq!(unpack(&bomb), Err(Malformed::Oversize { limit: MIRROR_FRAME_LIMIT }));
    }

    #[test]
    fn no_more_room_is_made_than_a_frame_may_take() {
        let mut number = 1u32;
        let noise = (0..115_000).map(|_| {
            number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (number >> 24) as u8
        });
        let mut frame: Vec<u8> = noise.collect();
        frame.resize(MIRROR_FRAME_LIMIT, 0);
        let packed = packed(&frame);
        let Ok(Cow::Owned(unpacked)) = unpack(&packed) else { panic!("it was packed") };
        assert!(unpacked == frame && unpacked.capacity() <= MIRROR_FRAME_LIMIT);
    }

    #[test]
    fn bytes_that_are_missing_or_follow_are_refused() {
        let whole = packed(b"a frame that is packed");
        let longer = [&whole[..], &[0]].concat();
        assert_eq!(unpack(&longer), Err(Malformed::Trailing));
        assert_eq!(unpack(&whole[..whole.len() - 1]), Err(Malformed::Truncated));
        assert_eq!(unpack(&[PACKED, 0xff, 0xff]), Err(Malformed::OutOfRange));
    }
}
