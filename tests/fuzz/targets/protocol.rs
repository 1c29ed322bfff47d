//! Bytes that anybody may send, as a frame and as a payload, in both encodings.
//!
//! Nothing panics. What was understood can be said again in the same encoding, and a body in the other one too, and
//! then means the same. Nothing is allocated that the input's own length does not pay for.

#![no_main]

use alongside::protocol::{Body, Encoding, FRAME_LIMIT, Frame, Malformed, Message, Payload, RelayBody};
use alongside_fuzz::measure;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    try_frame(&Message::Binary(bytes.to_vec()));
    try_body(Payload::from_message(Message::Binary(bytes.to_vec())));
    if let Ok(text) = str::from_utf8(bytes) {
        try_frame(&Message::Text(text.to_owned()));
        try_body(Payload::from_message(Message::Text(text.to_owned())));
    }
});

fn try_frame(message: &Message) {
    let (decoded, held) = measure(|| Frame::decode(message));
    check_held(message.len(), held);
    let Ok(frame) = decoded else { return };
    let again = frame.encode(message.encoding());
    assert_eq!(Frame::decode(&again), Ok(frame.clone()), "said again as {again:?}");
    match frame {
        Frame::Data(data) => try_body(data.body),
        Frame::Relay(relay) => try_body(relay.body),
        _ => {}
    }
}

fn try_body(payload: Payload) {
    let (decoded, held) = measure(|| payload.decode());
    check_held(payload.len(), held);
    let (relayed, held) = measure(|| payload.decode_relay());
    check_held(payload.len(), held);
    for encoding in [Encoding::Binary, Encoding::Json] {
        if let Ok(body) = &decoded {
            let again = Payload::encode(body, encoding);
            assert_eq!(again.decode(), Ok::<Body, Malformed>(body.clone()), "said again as {again:?}");
        }
        if let Ok(body) = &relayed
            && (!is_carried(body) || encoding == payload.encoding())
        {
            let again = Payload::encode_relay(body, encoding);
            assert_eq!(again.decode_relay(), Ok::<RelayBody, Malformed>(body.clone()), "said again as {again:?}");
        }
    }
    let (talk, held) = measure(|| payload.decode_talk());
    check_held(payload.len(), held);
    let (inbox, held) = measure(|| payload.decode_inbox());
    check_held(payload.len(), held);
    for encoding in [Encoding::Binary, Encoding::Json] {
        if let Ok(body) = &talk {
            assert_eq!(Payload::encode_talk(body, encoding).decode_talk().as_ref(), Ok(body));
        }
        if let Ok(body) = &inbox {
            assert_eq!(Payload::encode_inbox(body, encoding).decode_inbox().as_ref(), Ok(body));
        }
    }
}

/// Whether it holds a message that it does not look into, which has one encoding.
fn is_carried(body: &RelayBody) -> bool {
    matches!(body, RelayBody::Talk(_) | RelayBody::Inbox(_))
}

fn check_held(length: usize, held: usize) {
    let most = if length > FRAME_LIMIT { HELD_AT_ONCE } else { HELD_AT_ONCE + HELD_FOR_EACH_BYTE * length };
    assert!(held <= most, "{held} bytes held for {length} bytes of input; {most} is the limit");
}

/// What may be held for any input at all: the first items of a list.
const HELD_AT_ONCE: usize = 4_096;

/// What each byte of input may cost. A decoded visit takes nearly 3 times its shortest encoding, and a list that grows
/// holds its old and its doubled room at one time.
const HELD_FOR_EACH_BYTE: usize = 8;
