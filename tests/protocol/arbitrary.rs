//! Bytes that anybody may send.

use alongside::protocol::{Ack, Data, Encoding, FRAME_LIMIT, Frame, Message, Payload};
use proptest::prelude::*;

fn try_all(message: &Message) {
    if let Ok(frame) = Frame::decode(message) {
        // What was understood can be said again, and then means the same.
        let encoding = message.encoding();
        assert_eq!(Frame::decode(&frame.encode(encoding)), Ok(frame.clone()));
        if let Frame::Data(data) = frame {
            let _ = data.body.decode();
        }
    }
    let payload = Payload::from_message(message.clone());
    let _ = payload.decode();
    if let Ok(body) = payload.decode_relay() {
        let encoding = message.encoding();
        assert_eq!(Payload::encode_relay(&body, encoding).decode_relay(), Ok(body));
    }
    if let Ok(body) = payload.decode_talk() {
        assert_eq!(Payload::encode_talk(&body, message.encoding()).decode_talk(), Ok(body));
    }
    if let Ok(body) = payload.decode_inbox() {
        assert_eq!(Payload::encode_inbox(&body, message.encoding()).decode_inbox(), Ok(body));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        try_all(&Message::Binary(bytes));
    }

    #[test]
    fn arbitrary_text_never_panics(text in "\\PC{0,200}") {
        try_all(&Message::Text(text));
    }

    #[test]
    fn text_made_of_json_pieces_never_panics(pieces in proptest::collection::vec(prop_oneof![
        Just("{".to_owned()), Just("}".into()), Just("[".into()), Just("]".into()), Just(",".into()), Just(":".into()),
        Just("\"data\"".into()), Just("\"body\"".into()), Just("\"journey\"".into()), Just("\"seq\"".into()), Just("null".into()),
        Just("\"\\ud83d\"".into()), Just("\"\\ud83d\\u0041\"".into()), Just("-1e9".into()), Just("\"".into()), Just("\\".into()),
        any::<u64>().prop_map(|number| number.to_string()),
    ], 0..40)) {
        try_all(&Message::Text(pieces.concat()));
    }

    #[test]
    fn a_damaged_frame_never_panics(seq in any::<u64>(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let body = Payload::from_message(Message::Binary(vec![0x05, 2, 0x02, 1]));
        for frame in [Frame::Data(Data { seq, body }), Frame::Ack(Ack { received: seq })] {
            let Message::Binary(mut bytes) = frame.encode(Encoding::Binary) else { unreachable!("binary was asked for") };
            let at = at.index(bytes.len());
            bytes[at] = byte;
            try_all(&Message::Binary(bytes));
        }
    }
}

#[test]
fn a_list_cannot_make_the_decoder_allocate_beyond_its_limit() {
    let visit = format!("\"{}\"", "0".repeat(32));
    let many = vec![visit.as_str(); 1_500].join(",");
    let text = format!(r#"{{"live":{{"now":1,"reset":false,"gone":[{many}]}}}}"#);
    assert!(text.len() < FRAME_LIMIT);
    let refused = Payload::from_message(Message::Text(text)).decode();
    assert_eq!(refused, Err(alongside::protocol::Malformed::Oversize { limit: 512 }));
}
