//! Whom the customer's site says that a visitor is, as desks are told.

use super::codec::{wire_choice, wire_record};
use crate::time::Timestamp;

wire_record! {
    /// What a token of the customer's site says of a visitor. It stays when it is no longer verified: then he is identified only.
    pub struct Identity {
        /// The customer's own identifier of him, 1 to 128 bytes.
        1 subject "subject": String,
        /// As people call him.
        2 name "name": Option<String>,
        /// His e-mail address.
        3 email "email": Option<String>,
        /// How he signed in, in the words of the customer's site: its `amr`, or its `acr`.
        4 how "how": Option<String>,
        /// Since when he is, or was, verified without a break; by the hub's clock.
        5 since "since": Timestamp,
        /// Until when, where nothing happens meanwhile.
        6 until "until": Timestamp,
    }
}

wire_choice! {
    /// Whether the visitor of a conversation can be asked to sign in.
    pub enum SignIn {
        /// He can.
        1 Possible "possible",
        /// He was, and has not answered yet.
        2 Asked "asked",
    }
}

impl Identity {
    /// Whether he is identified and verified, or identified only.
    pub fn is_verified(&self, now: Timestamp) -> bool {
        now < self.until
    }
}
