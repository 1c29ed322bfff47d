//! Programs that speak for the company: the first to answer, where there is one.

mod flow;

pub use flow::{Flow, FlowError, Heard, Place, Said, Turn};
