//! Reference desk of Alongside.

fn main() {}
