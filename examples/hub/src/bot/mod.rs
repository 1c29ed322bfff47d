//! Programs that speak for the company: the first to answer, where there is one.

mod flow;
mod web;

pub use flow::{Flow, FlowError, Heard, Place, Said, Turn};
pub use web::{Asked, Web};

/// The bot of a hub.
#[derive(Debug)]
pub enum Bot {
    /// It is led by a file.
    Flow(Flow),
    /// It is another system's.
    Web(Web),
}

impl Bot {
    /// Its name, as visitors see it.
    pub fn name(&self) -> &str {
        match self {
            Self::Flow(flow) => &flow.name,
            Self::Web(web) => &web.name,
        }
    }
}
