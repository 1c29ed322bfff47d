//! A shared session: the visitor's half, the agent's half, and the hub's part between them.
//!
//! Invariants: a mirror's frame leaves the page only from a live session that is not paused and that somebody follows, and not before the
//! hub has told what is masked; an act is done only with a grant that the visitor's own page holds; whoever comes back after a cut, a reload
//! or another page only looks on.

mod agent;
mod grant;
mod masking;
mod page_rule;
mod policy;
mod session;
mod stream;
#[cfg(test)]
mod tests;
mod visitor;

pub use agent::{AgentOutput, AgentSession, AgentStage};
pub use grant::{Grants, Permit, needed};
pub use masking::{BadMasking, MASK_RULES, MASK_SELECTOR, MaskRules};
pub use page_rule::PageRule;
pub use policy::{Lead, Leave, Target, refusal};
pub use session::{Entry, OFFER, REJOIN, REQUEST, SessionOutput, SharedSession, WARNING};
pub use visitor::{Kept, Sign, Task, VisitorOutput, VisitorSession, VisitorStage};
