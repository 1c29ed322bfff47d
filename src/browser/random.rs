//! Randomness for ids, secrets and jitter.

use super::window;

/// Sixteen bytes that are fit for secrets (`crypto.getRandomValues`).
///
/// Where a page broke `crypto`, `Math.random` stands in: ids stay unique, though they can be guessed.
pub fn bytes() -> [u8; 16] {
    let mut bytes = [0; 16];
    let is_filled = window()
        .and_then(|window| window.crypto().ok())
        .is_some_and(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).is_ok());
    if !is_filled || bytes == [0; 16] {
        bytes.fill_with(|| (js_sys::Math::random() * 256.0) as u8);
    }
    bytes
}

/// From 0 up to 1, for back-off.
pub fn jitter() -> f64 {
    js_sys::Math::random()
}
