//! Randomness from the operating system.

/// Sixteen bytes that are fit for secrets.
pub fn bytes() -> [u8; 16] {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    bytes
}
