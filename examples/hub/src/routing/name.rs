//! Names of what is routed by.

use std::fmt;
use std::sync::Arc;

macro_rules! name {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// It as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name! {
    /// An agent, by his e-mail address. Clones share the text.
    AgentId
}
name! {
    /// A queue. Clones share the text.
    QueueId
}
name! {
    /// What an agent may be good at, such as `returns`. Clones share the text.
    Skill
}
name! {
    /// A language, as the customer names it: `ja`. Compared as it is. Clones share the text.
    Language
}
