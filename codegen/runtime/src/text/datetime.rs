//! Dates, times and intervals from text to the numbers that PostgreSQL keeps.

const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;
/// Days from 1970-01-01 to 2000-01-01, PostgreSQL's epoch.
const EPOCH: i64 = 10_957;
/// The first year of PostgreSQL's calendar, 4713 BC, counted with a year 0.
const FIRST_YEAR: i64 = -4712;

/// Days since 2000-01-01 of `2024-01-15`, `0044-03-15 BC` or `infinity`.
pub(super) fn date(text: &str) -> Option<i32> {
    match text {
        "infinity" => Some(i32::MAX),
        "-infinity" => Some(i32::MIN),
        text => {
            let (text, era) = split_era(text);
            i32::try_from(day(text, era, 5_874_897)?).ok()
        }
    }
}

/// Microseconds since 2000-01-01 of `2024-01-15T10:15:00.5`, with an offset (`Z`, `+02:00`) if
/// there is to be one; a blank may stand for the `T`.
pub(super) fn timestamp(text: &str, zone: bool) -> Option<i64> {
    match text {
        "infinity" => return Some(i64::MAX),
        "-infinity" => return Some(i64::MIN),
        _ => {}
    }
    let (text, era) = split_era(text);
    let (date, time) = text.split_once(['T', ' '])?;
    let (time, offset) = match time.find(['Z', '+', '-']) {
        Some(at) if zone => (&time[..at], offset(&time[at..])?),
        None if !zone => (time, 0),
        _ => return None,
    };
    Some(day(date, era, 294_276)? * MICROS_PER_DAY + clock(time)? - offset)
}

/// Microseconds since midnight of `10:15:00.5`; `24:00:00` is the end of a day.
pub(super) fn clock(text: &str) -> Option<i64> {
    let [hours, minutes, seconds] = parts(text, ':')?;
    let (seconds, fraction) =
        seconds.split_once('.').map_or((seconds, None), |(s, f)| (s, Some(f)));
    let [hours, minutes, seconds] = [hours, minutes, seconds].map(two_digits);
    let (hours, minutes, seconds) = (hours?, minutes?, seconds?);
    let micros = fraction.map_or(Some(0), micros)?;
    let total = ((hours * 60 + minutes) * 60 + seconds) * MICROS_PER_SECOND + micros;
    (minutes < 60 && seconds < 60 && total <= MICROS_PER_DAY).then_some(total)
}

/// The binary form of `P1Y2M3DT4H5M6.7S`, or of `1 year 2 mons 3 days 04:05:06.7`, as PostgreSQL
/// prints it.
pub(super) fn interval(text: &str) -> Option<[u8; 16]> {
    let (months, days, micros) = match text {
        "infinity" => (i32::MAX, i32::MAX, i64::MAX),
        "-infinity" => (i32::MIN, i32::MIN, i64::MIN),
        _ => match text.strip_prefix('P') {
            Some(text) => iso_interval(text)?,
            None => printed_interval(text)?,
        },
    };
    let mut raw = [0; 16];
    raw[..8].copy_from_slice(&micros.to_be_bytes());
    raw[8..12].copy_from_slice(&days.to_be_bytes());
    raw[12..].copy_from_slice(&months.to_be_bytes());
    Some(raw)
}

fn iso_interval(text: &str) -> Option<(i32, i32, i64)> {
    let (mut months, mut days, mut micros) = (0_i32, 0_i32, 0_i64);
    let (date, time) = text.split_once('T').map_or((text, None), |(date, time)| (date, Some(time)));
    for (number, unit) in units(date)? {
        let number: i32 = number.parse().ok()?;
        match unit {
            'Y' => months = months.checked_add(number.checked_mul(12)?)?,
            'M' => months = months.checked_add(number)?,
            'W' => days = days.checked_add(number.checked_mul(7)?)?,
            'D' => days = days.checked_add(number)?,
            _ => return None,
        }
    }
    let time = time.map_or(Some(Vec::new()), units)?;
    for (number, unit) in &time {
        let unit = match unit {
            'H' => 3600,
            'M' => 60,
            'S' => 1,
            _ => return None,
        };
        let (whole, fraction) = number.split_once('.').map_or((*number, "0"), |parts| parts);
        let whole = whole.parse::<i64>().ok()?.checked_mul(unit * MICROS_PER_SECOND)?;
        let fraction = self::micros(fraction)? * unit;
        let fraction = if number.starts_with('-') { -fraction } else { fraction };
        micros = micros.checked_add(whole)?.checked_add(fraction)?;
    }
    let is_empty = text.is_empty() || text.ends_with('T');
    (!is_empty).then_some((months, days, micros))
}

/// Numbers with the letters that follow them.
fn units(text: &str) -> Option<Vec<(&str, char)>> {
    let mut found = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
        found.push((&rest[..end], char::from(rest.as_bytes()[end])));
        rest = &rest[end + 1..];
    }
    Some(found)
}

fn printed_interval(text: &str) -> Option<(i32, i32, i64)> {
    let (mut months, mut days, mut micros) = (0_i32, 0_i32, 0_i64);
    let mut words = text.split(' ').peekable();
    while let Some(word) = words.next() {
        if word.contains(':') {
            let (negative, digits) = match word.strip_prefix('-') {
                Some(digits) => (true, digits),
                None => (false, word.strip_prefix('+').unwrap_or(word)),
            };
            // The hours of an interval are not those of a day.
            let (hours, rest) = digits.split_once(':')?;
            let hours = hours.parse::<i64>().ok()?.checked_mul(3600 * MICROS_PER_SECOND)?;
            let time = hours.checked_add(clock(&format!("00:{rest}"))?)?;
            micros = if negative { -time } else { time };
            if words.peek().is_some() {
                return None;
            }
            break;
        }
        let number: i32 = word.parse().ok()?;
        match words.next()? {
            "year" | "years" => months = months.checked_add(number.checked_mul(12)?)?,
            "mon" | "mons" => months = months.checked_add(number)?,
            "day" | "days" => days = days.checked_add(number)?,
            _ => return None,
        }
    }
    Some((months, days, micros))
}

/// Whether the text ends in ` BC`, and what comes before.
fn split_era(text: &str) -> (&str, bool) {
    text.strip_suffix(" BC").map_or((text, false), |text| (text, true))
}

/// Days since 2000-01-01 of a day of the proleptic Gregorian calendar; see
/// <https://howardhinnant.github.io/date_algorithms.html#days_from_civil>.
fn day(text: &str, before_christ: bool, last_year: i64) -> Option<i64> {
    let [year, month, day] = parts(text, '-')?;
    let is_year = (4..=7).contains(&year.len()) && year.bytes().all(|byte| byte.is_ascii_digit());
    let year = year.parse::<i64>().ok().filter(|year| is_year && *year > 0)?;
    let (month, day) = (two_digits(month)?, two_digits(day)?);
    let year = if before_christ { 1 - year } else { year };
    let leap = year.rem_euclid(4) == 0 && (year.rem_euclid(100) != 0 || year.rem_euclid(400) == 0);
    let days = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=days).contains(&day) || !(FIRST_YEAR..=last_year).contains(&year) {
        return None;
    }
    let year = year - i64::from(month <= 2);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(year.div_euclid(400) * 146_097 + day_of_era - 719_468 - EPOCH)
}

/// Microseconds that local time is ahead of UTC: `Z`, `+02`, `-03:30`.
fn offset(text: &str) -> Option<i64> {
    if text == "Z" {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let mut seconds = 0;
    let mut unit = 3600;
    for part in text[1..].split(':') {
        seconds += two_digits(part).filter(|_| unit > 0)? * unit;
        unit /= 60;
    }
    Some(sign * seconds * MICROS_PER_SECOND)
}

fn parts(text: &str, separator: char) -> Option<[&str; 3]> {
    let parts: Vec<&str> = text.split(separator).collect();
    parts.try_into().ok()
}

fn two_digits(text: &str) -> Option<i64> {
    (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())?
}

/// The microseconds of the digits behind a point.
fn micros(digits: &str) -> Option<i64> {
    let fits = (1..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| format!("{digits:0<6}").parse().ok())?
}

#[cfg(test)]
mod tests {
    use crate::model::Type;

    fn json(ty: &Type, text: &str) -> Option<String> {
        let mut out = Vec::new();
        super::super::write(ty, text, &mut out).and_then(|()| String::from_utf8(out).ok())
    }

    #[test]
    fn what_is_written_reads_back() {
        for text in ["2024-02-29", "0001-01-01", "0044-03-15 BC", "5874897-12-31", "-infinity"] {
            assert_eq!(json(&Type::Date, text), Some(format!("\"{text}\"")));
        }
        for text in ["2024-01-15T10:15:00.5Z", "4713-01-01T00:00:00Z BC", "infinity"] {
            assert_eq!(json(&Type::Timestamptz, text), Some(format!("\"{text}\"")));
        }
        for text in ["PT0S", "P1Y2M3DT4H5M6.7S", "P-1M1DT-0.5S", "PT-1H", "P178956970Y7M"] {
            assert_eq!(json(&Type::Interval, text), Some(format!("\"{text}\"")));
        }
        for text in ["00:00:00", "23:59:59.999999", "24:00:00"] {
            assert_eq!(json(&Type::Time, text), Some(format!("\"{text}\"")));
        }
    }

    #[test]
    fn other_notations_become_the_usual_one() {
        for (ty, text, expected) in [
            (Type::Timestamptz, "2024-01-01T01:30:00+02:00", "\"2023-12-31T23:30:00Z\""),
            (Type::Timestamptz, "2024-01-01 00:00:00-03:30", "\"2024-01-01T03:30:00Z\""),
            (Type::Timestamp, "2024-01-01 00:00:00.100", "\"2024-01-01T00:00:00.1\""),
            (Type::Interval, "1 year 2 mons -3 days +04:05:06.7", "\"P1Y2M-3DT4H5M6.7S\""),
            (Type::Interval, "-100:00:01", "\"PT-100H-1S\""),
            (Type::Interval, "P2W", "\"P14D\""),
        ] {
            assert_eq!(json(&ty, text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for (ty, text) in [
            (Type::Date, "2023-02-29"),
            (Type::Date, "2023-13-01"),
            (Type::Date, "tomorrow"),
            (Type::Date, "4714-01-01 BC"),
            (Type::Date, "2023-1-1"),
            (Type::Timestamptz, "2024-01-01T00:00:00"),
            (Type::Timestamp, "2024-01-01T00:00:00Z"),
            (Type::Timestamp, "294277-01-01T00:00:00"),
            (Type::Time, "24:00:01"),
            (Type::Time, "10:60:00"),
            (Type::Interval, ""),
            (Type::Interval, "P"),
            (Type::Interval, "P1YT"),
            (Type::Interval, "1 fortnight"),
            (Type::Interval, "P99999999999Y"),
        ] {
            assert_eq!(json(&ty, text), None, "{text}");
        }
    }
}
