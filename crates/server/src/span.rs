//! Lengths of time as people write them on a command line: `90d`, `12h`, `0s`.

use std::time::Duration;

/// Units by their letter, in seconds.
const UNITS: [(char, u64); 5] = [('s', 1), ('m', 60), ('h', 3600), ('d', 86_400), ('w', 7 * 86_400)];

/// Reads a whole number and a unit.
///
/// # Errors
/// A sentence that says what would be right.
pub fn parse(text: &str) -> Result<Duration, String> {
    let wrong = || format!("'{text}' is no length of time; write a whole number and s, m, h, d or w, such as 90d");
    let unit = text.chars().next_back().ok_or_else(wrong)?;
    let seconds = UNITS.iter().find(|(letter, _)| *letter == unit).map(|(_, seconds)| seconds).ok_or_else(wrong)?;
    let number = &text[..text.len() - unit.len_utf8()];
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let number: u64 = number.parse().map_err(|_| wrong())?;
    number.checked_mul(*seconds).map(Duration::from_secs).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_a_number_and_a_unit() {
        assert_eq!(parse("90d"), Ok(Duration::from_secs(90 * 86_400)));
        assert_eq!(parse("0s"), Ok(Duration::ZERO));
        assert_eq!(parse("15m"), Ok(Duration::from_secs(900)));
        assert_eq!(parse("2w"), Ok(Duration::from_secs(14 * 86_400)));
    }

    #[test]
    fn anything_else_is_refused_with_an_example() {
        for text in [
            "",
            "d",
            "90",
            "-1d",
            "+1d",
            "1.5h",
            "1 d",
            "90days",
            "1y",
            "1dé",
            "99999999999999999999s",
            "9999999999999999999w",
        ] {
            let why = parse(text).expect_err(text);
            assert!(why.contains("90d"), "{why}");
        }
    }
}
