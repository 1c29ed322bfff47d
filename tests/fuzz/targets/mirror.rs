//! Bytes that anybody may send, as frames of a mirror: decoded, said again, and built into a replica.
//!
//! An input is several frames, each after its length as u32 little endian, so that a replica gets somewhere; one without bytes is a cut.

#![no_main]

use alongside::mirror::{Replica, unpack};
use alongside::protocol::mirror::{Known, MIRROR_FRAME_LIMIT, MirrorFrame, frames_in};
use alongside_fuzz::measure;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut replica = Replica::new();
    let mut rest = bytes;
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let length = (u32::from_le_bytes(*length) as usize).min(after.len());
        let (frame, after) = after.split_at(length);
        rest = after;
        if frame.is_empty() {
            replica.handle_cut();
            let asked = replica.ask().unwrap_or_default();
            assert!(Known::decode(&asked).is_ok_and(|known| known.encode() == asked));
            continue;
        }
        if let Ok(known) = Known::decode(frame) {
            assert_eq!(Known::decode(&known.encode()).map(|known| known.parts), Ok(known.parts));
        }
        let (frame, held) = measure(|| unpack(frame));
        assert!(held <= HELD_TO_UNPACK, "{held} bytes held to unpack");
        let Ok(unpacked) = frame else { continue };
        for frame in frames_in(&unpacked).flatten() {
            let length = frame.len();
            let (decoded, held) = measure(|| MirrorFrame::decode(frame));
            assert!(
                held <= HELD_AT_ONCE + HELD_FOR_EACH_BYTE * length,
                "{held} bytes held for {length} bytes of input"
            );
            let Ok(decoded) = decoded else { continue };
            assert_eq!(MirrorFrame::decode(&decoded.encode()), Ok(decoded.clone()));
            replica.handle_frame(decoded);
            while replica.poll_output().is_some() {}
        }
        // Everything in the tree can be reached once.
        assert!(replica.tree().walk(alongside::protocol::mirror::NodeId::DOCUMENT).count() <= replica.tree().len());
        replica.tree().hash();
    }
});

/// What may be held for any input at all: the first items of a list.
const HELD_AT_ONCE: usize = 4_096;

/// What it may take to unpack one: a frame of any size, its half while it grows, and the state of the decoder.
const HELD_TO_UNPACK: usize = 2 * MIRROR_FRAME_LIMIT + 64 * 1024;

/// What each byte of input may cost: a comment takes one byte, and a list that grows holds its old and its doubled room.
const HELD_FOR_EACH_BYTE: usize = 512;
