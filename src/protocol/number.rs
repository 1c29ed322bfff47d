//! Decimal numbers.
//!
//! They cross the network as their digits: exact in every language, and the page needs no code that converts floats.

use core::fmt;

use super::codec::{Input, Kind, Malformed, Output, Wire};

/// Longest number, in bytes. The longest that JavaScript prints has 24.
const NUMBER_LIMIT: usize = 32;

/// A finite decimal number, written as JSON writes it: `-12.5e-3`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number(String);

impl Number {
    /// Takes a number that is written as in JSON; `None` for anything else, also for infinity and `NaN`.
    pub fn parse(digits: &str) -> Option<Self> {
        let unsigned = digits.strip_prefix('-').unwrap_or(digits);
        let (mantissa, exponent) = halves(unsigned.split_once(['e', 'E']), unsigned);
        let (whole, fraction) = halves(mantissa.split_once('.'), mantissa);
        let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_number = digits.len() <= NUMBER_LIMIT
            && is_digits(whole)
            && (whole.len() == 1 || !whole.starts_with('0'))
            && fraction.is_none_or(is_digits)
            && exponent.is_none_or(|exponent| is_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)));
        is_number.then(|| Self(digits.to_owned()))
    }

    /// Its digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What stands before and after a sign that may be absent.
fn halves<'a>(split: Option<(&'a str, &'a str)>, whole: &'a str) -> (&'a str, Option<&'a str>) {
    split.map_or((whole, None), |(left, right)| (left, Some(right)))
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Wire for Number {
    const KIND: Kind = Kind::Sized;
    fn write(&self, out: &mut dyn Output) {
        out.number(&self.0);
    }
    fn read(input: &mut dyn Input) -> Result<Self, Malformed> {
        Self::parse(&input.number(NUMBER_LIMIT)?).ok_or(Malformed::OutOfRange)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_what_json_calls_one() {
        for good in ["0", "-0", "12", "0.5", "1e+21", "-1.5E-7", "5e-324", "1.7976931348623157e+308"] {
            assert_eq!(Number::parse(good).map(|number| number.to_string()).as_deref(), Some(good));
        }
        for bad in [
            "",
            "-",
            "01",
            "1.",
            ".5",
            "1e",
            "1e+",
            "NaN",
            "Infinity",
            "0x1",
            "1 ",
            "123456789012345678901234567890123",
        ] {
            assert_eq!(Number::parse(bad), None, "{bad}");
        }
    }
}
