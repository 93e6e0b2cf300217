//! Dates and times to ISO 8601 text that PostgreSQL reads back as the same value.
//!
//! Years have at least four digits and more where they need them; years before 1 carry the suffix
//! ` BC`, which ISO 8601 has no form for but PostgreSQL reads.

use std::io::Write;

use super::digits::{write_four, write_integer, write_two};
use super::{DecodeError, Result, fixed, literal};

const MICROS_PER_SECOND: i64 = 1_000_000;
const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;
/// Days from 1970-01-01 to 2000-01-01, PostgreSQL's epoch.
const EPOCH: i64 = 10_957;

/// Appends `2024-01-15T10:15:00.5Z`, without the `Z` for a timestamp without time zone.
pub(super) fn write_timestamp(raw: &[u8], zone: bool, out: &mut Vec<u8>) -> Result {
    let micros = i64::from_be_bytes(fixed(raw, "timestamp")?);
    match micros {
        i64::MAX => return literal(b"infinity", out),
        i64::MIN => return literal(b"-infinity", out),
        _ => {}
    }
    let era = write_day(micros.div_euclid(MICROS_PER_DAY), out);
    out.push(b'T');
    write_clock(micros.rem_euclid(MICROS_PER_DAY), out);
    if zone {
        out.push(b'Z');
    }
    out.extend_from_slice(era);
    Ok(())
}

/// Appends `2024-01-15`.
pub(super) fn write_date(raw: &[u8], out: &mut Vec<u8>) -> Result {
    match i32::from_be_bytes(fixed(raw, "date")?) {
        i32::MAX => out.extend_from_slice(b"infinity"),
        i32::MIN => out.extend_from_slice(b"-infinity"),
        days => {
            let era = write_day(days.into(), out);
            out.extend_from_slice(era);
        }
    }
    Ok(())
}

/// Appends `10:15:00.5`.
pub(super) fn write_time(raw: &[u8], out: &mut Vec<u8>) -> Result {
    let micros = i64::from_be_bytes(fixed(raw, "time")?);
    if !(0..=MICROS_PER_DAY).contains(&micros) {
        return Err(DecodeError::Malformed("time"));
    }
    write_clock(micros, out);
    Ok(())
}

/// Appends `P1Y2M3DT4H5M6.7S`; every part has its own sign, zero is `PT0S`.
pub(super) fn write_interval(raw: &[u8], out: &mut Vec<u8>) -> Result {
    let raw: [u8; 16] = fixed(raw, "interval")?;
    let micros = i64::from_be_bytes(fixed(&raw[..8], "interval")?);
    let days = i32::from_be_bytes(fixed(&raw[8..12], "interval")?);
    let months = i32::from_be_bytes(fixed(&raw[12..], "interval")?);
    // From PostgreSQL 17 on.
    match (micros, days, months) {
        (i64::MAX, i32::MAX, i32::MAX) => return literal(b"infinity", out),
        (i64::MIN, i32::MIN, i32::MIN) => return literal(b"-infinity", out),
        (0, 0, 0) => return literal(b"PT0S", out),
        _ => {}
    }
    out.push(b'P');
    for (value, unit) in [(months / 12, 'Y'), (months % 12, 'M'), (days, 'D')] {
        if value != 0 {
            let _ = write!(out, "{value}{unit}");
        }
    }
    if micros != 0 {
        out.push(b'T');
        let seconds = micros / MICROS_PER_SECOND;
        for (value, unit) in [(seconds / 3600, 'H'), (seconds / 60 % 60, 'M')] {
            if value != 0 {
                let _ = write!(out, "{value}{unit}");
            }
        }
        let rest = micros % (60 * MICROS_PER_SECOND);
        if rest != 0 {
            if rest < 0 {
                out.push(b'-');
            }
            let rest = rest.unsigned_abs();
            let _ = write!(out, "{}", rest / 1_000_000);
            write_fraction(rest % 1_000_000, out);
            out.push(b'S');
        }
    }
    Ok(())
}

/// Appends a day given in days since 2000-01-01 and returns the suffix of its era.
///
/// The proleptic Gregorian calendar, counted in 400-year eras that begin on 1 March; see
/// <https://howardhinnant.github.io/date_algorithms.html#civil_from_days>.
fn write_day(days: i64, out: &mut Vec<u8>) -> &'static [u8] {
    let days = days + EPOCH + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (year, suffix): (i64, &[u8]) = if year > 0 { (year, b"") } else { (1 - year, b" BC") };
    if year < 10_000 {
        write_four(year, out);
    } else {
        write_integer(year, out);
    }
    out.push(b'-');
    write_two(month, out);
    out.push(b'-');
    write_two(day, out);
    suffix
}

fn write_clock(micros: i64, out: &mut Vec<u8>) {
    let seconds = micros / MICROS_PER_SECOND;
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    write_two(hours, out);
    out.push(b':');
    write_two(minutes, out);
    out.push(b':');
    write_two(rest, out);
    write_fraction((micros % MICROS_PER_SECOND).unsigned_abs(), out);
}

/// Appends `.5` for half a second, nothing for zero.
fn write_fraction(micros: u64, out: &mut Vec<u8>) {
    if micros != 0 {
        let micros = micros.cast_signed();
        out.push(b'.');
        write_two(micros / 10_000, out);
        write_four(micros % 10_000, out);
        while out.last() == Some(&b'0') {
            out.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timestamp(micros: i64) -> String {
        let mut out = Vec::new();
        write_timestamp(&micros.to_be_bytes(), true, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn date(days: i32) -> String {
        let mut out = Vec::new();
        write_date(&days.to_be_bytes(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn interval(micros: i64, days: i32, months: i32) -> String {
        let mut raw = micros.to_be_bytes().to_vec();
        raw.extend_from_slice(&days.to_be_bytes());
        raw.extend_from_slice(&months.to_be_bytes());
        let mut out = Vec::new();
        write_interval(&raw, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn timestamps_count_from_2000() {
        assert_eq!(timestamp(0), "2000-01-01T00:00:00Z");
        assert_eq!(timestamp(-1), "1999-12-31T23:59:59.999999Z");
        assert_eq!(timestamp(500_000), "2000-01-01T00:00:00.5Z");
        assert_eq!(timestamp(i64::MAX), "infinity");
    }

    #[test]
    fn dates_cover_leap_years_eras_and_long_years() {
        assert_eq!(date(59), "2000-02-29");
        assert_eq!(date(60), "2000-03-01");
        assert_eq!(date(-36_524), "1900-01-01");
        assert_eq!(date(-730_119), "0001-01-01");
        assert_eq!(date(-730_120), "0001-12-31 BC");
        assert_eq!(date(2_921_940), "10000-01-01");
    }

    #[test]
    fn intervals_keep_the_sign_of_each_part() {
        assert_eq!(interval(0, 0, 0), "PT0S");
        assert_eq!(interval(14_706_700_000, 3, 14), "P1Y2M3DT4H5M6.7S");
        assert_eq!(interval(-500_000, 1, -1), "P-1M1DT-0.5S");
        assert_eq!(interval(-3_600_000_000, 0, 0), "PT-1H");
    }
}
