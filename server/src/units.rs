//! Values of settings: durations, and connection strings that must not be shown.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A text that is never printed.
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Secret(String);

impl Secret {
    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::from(text))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "none" } else { "set, not shown" })
    }
}

/// Connection strings, separated by commas or white space.
///
/// One string may itself hold commas (`postgres://one,two/db`) or spaces (`host=one dbname=db`), so
/// only the start of another address separates.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Secrets(Vec<Secret>);

impl Secrets {
    /// The texts themselves.
    pub fn expose(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(Secret::expose)
    }
}

impl FromStr for Secrets {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let is_separator = |c: char| c == ',' || c.is_whitespace();
        let mut rest = text.trim_matches(is_separator);
        let mut secrets = Vec::new();
        while !rest.is_empty() {
            let next = rest
                .match_indices(is_separator)
                .map(|(at, separator)| at + separator.len())
                .find(|&at| {
                    rest[at..].starts_with("postgres://") || rest[at..].starts_with("postgresql://")
                })
                .unwrap_or(rest.len());
            secrets.push(Secret::from(rest[..next].trim_matches(is_separator)));
            rest = &rest[next..];
        }
        Ok(Self(secrets))
    }
}

/// Reads `30`, `30s`, `500ms` or `2m`; zero is refused, for it would mean "at once" in one place and
/// "never" in another.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let scale = match &text[digits..] {
        "ms" => 1,
        "" | "s" => 1_000,
        "m" => 60_000,
        _ => return Err("write a whole number of seconds, or 500ms, 30s, 2m".to_owned()),
    };
    match text[..digits].parse::<u64>().ok().and_then(|number| number.checked_mul(scale)) {
        Some(0) => Err("must be longer than zero".to_owned()),
        // PostgreSQL's own limit for statement_timeout.
        Some(ms) if ms <= i32::MAX as u64 => Ok(Duration::from_millis(ms)),
        _ => Err("must be a whole number of at most 24 days".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<String> {
        let Ok(secrets) = text.parse::<Secrets>();
        secrets.expose().map(str::to_owned).collect()
    }

    #[test]
    fn addresses_are_split_where_another_one_starts() {
        assert_eq!(split(" , "), [""; 0]);
        assert_eq!(
            split("postgres://a/x, postgresql://b/x postgres://c/x\n"),
            ["postgres://a/x", "postgresql://b/x", "postgres://c/x"]
        );
        assert_eq!(split("postgres://a,b/x"), ["postgres://a,b/x"]);
        assert_eq!(split("host=/run dbname=x"), ["host=/run dbname=x"]);
    }

    #[test]
    fn durations_have_units() {
        assert_eq!(parse_duration("30"), Ok(Duration::from_secs(30)));
        assert_eq!(parse_duration("30s"), Ok(Duration::from_secs(30)));
        assert_eq!(parse_duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(parse_duration("2m"), Ok(Duration::from_secs(120)));
        for wrong in ["", "0", "s", "-1", "1.5", "1h", "99999999999999999999", "é"] {
            assert!(parse_duration(wrong).is_err(), "{wrong}");
        }
    }
}
