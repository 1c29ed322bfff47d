//! Reference hub of Alongside.

fn main() {}
