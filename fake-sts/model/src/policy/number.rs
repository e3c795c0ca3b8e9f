use std::cmp::Ordering;

use jiff::civil::DateTime;

/// A number of a policy or a request, compared exactly when both sides are whole.
#[derive(Clone, Copy, Debug)]
pub(super) enum Number {
    Whole(i128),
    Decimal(f64),
}

/// An instant, in nanoseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Instant(i128);

impl Number {
    pub(super) fn parse(text: &str) -> Option<Self> {
        if let Ok(whole) = text.parse() {
            return Some(Self::Whole(whole));
        }
        // `f64` would also read words such as `inf`.
        let numeric = text
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
        let decimal = text.parse::<f64>().ok().filter(|number| numeric && number.is_finite())?;
        Some(Self::Decimal(decimal))
    }

    pub(super) fn compare(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Whole(left), Self::Whole(right)) => Some(left.cmp(&right)),
            (left, right) => left.approximate().partial_cmp(&right.approximate()),
        }
    }

    fn approximate(self) -> f64 {
        match self {
            #[expect(
                clippy::cast_precision_loss,
                reason = "only met when the other side is a decimal already"
            )]
            Self::Whole(whole) => whole as f64,
            Self::Decimal(decimal) => decimal,
        }
    }
}

impl Instant {
    /// Reads an ISO 8601 month, date, date and time (UTC unless it says otherwise), or seconds since 1970 with an optional fraction.
    ///
    /// See [the formats of the W3C](https://www.w3.org/TR/NOTE-datetime), of which the bare year is taken for seconds.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::from_epoch(text)
            .or_else(|| Self::from_iso_8601(text))
            .or_else(|| Self::of_month(text))
    }

    fn from_epoch(text: &str) -> Option<Self> {
        let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits =
            fraction.len() <= NANO_DIGITS && fraction.bytes().all(|byte| byte.is_ascii_digit());
        if fraction.is_empty() || !digits {
            return None;
        }
        let whole = i128::from(seconds.parse::<i64>().ok()?) * 1_000_000_000;
        let nanos = format!("{fraction:0<NANO_DIGITS$}").parse::<i128>().ok()?;
        Some(Self(if seconds.starts_with('-') { whole - nanos } else { whole + nanos }))
    }

    fn from_iso_8601(text: &str) -> Option<Self> {
        if let Ok(timestamp) = text.parse::<jiff::Timestamp>() {
            return Some(Self(timestamp.as_nanosecond()));
        }
        // Also the last day of 9999, with which policies say "never", and which is beyond what a timestamp holds.
        let utc = text.strip_suffix('Z').filter(|text| text.contains('T')).unwrap_or(text);
        let civil = utc.parse::<DateTime>().ok()?;
        Some(Self(civil.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0)).as_nanos()))
    }

    /// The beginning of a month such as `2026-07`.
    fn of_month(text: &str) -> Option<Self> {
        let is_month = text.len() == "2026-07".len() && text.as_bytes()[4] == b'-';
        is_month.then(|| Self::from_iso_8601(&format!("{text}-01"))).flatten()
    }
}

const NANO_DIGITS: usize = 9;

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_number(left: &str, right: &str, wanted: Option<Ordering>) {
        let compared = Number::parse(left)
            .zip(Number::parse(right))
            .and_then(|(left, right)| left.compare(right));
        assert_eq!(compared, wanted, "{left} against {right}");
    }

    #[test]
    fn numbers_compare_by_value() {
        check_number("900", "0900", Some(Ordering::Equal));
        check_number("+900", "900.0", Some(Ordering::Equal));
        check_number("-1", "0", Some(Ordering::Less));
        check_number("1e3", "999", Some(Ordering::Greater));
        check_number("9007199254740993", "9007199254740992", Some(Ordering::Greater));
        check_number("inf", "1", None);
        check_number("NaN", "NaN", None);
        check_number("", "1", None);
        check_number("0x10", "16", None);
        check_number("1e999", "1", None);
    }

    #[track_caller]
    fn check_instant(left: &str, right: &str, wanted: Option<Ordering>) {
        let compared =
            Instant::parse(left).zip(Instant::parse(right)).map(|(left, right)| left.cmp(&right));
        assert_eq!(compared, wanted, "{left} against {right}");
    }

    #[test]
    fn dates_compare_as_instants_however_they_are_written() {
        check_instant("1970-01-01T00:00:00Z", "0", Some(Ordering::Equal));
        check_instant("2026-07-13", "2026-07-13T00:00:00Z", Some(Ordering::Equal));
        check_instant("9999-12-31T23:59:59Z", "9999-12-31T23:59:59", Some(Ordering::Equal));
        check_instant("9999-12-31T23:59:59Z", "2026-07-13T10:00:00Z", Some(Ordering::Greater));
        check_instant("9999-12-31", "253402214400", Some(Ordering::Equal));
        check_instant("2026-07", "2026-07-01T00:00:00Z", Some(Ordering::Equal));
        check_instant("2026-07-13T10:00Z", "2026-07-13T10:00:00Z", Some(Ordering::Equal));
        check_instant("2026-07-13T10:00:00+02:00", "2026-07-13T08:00:00Z", Some(Ordering::Equal));
        check_instant("2026-07-13T08:00:00.5Z", "2026-07-13T08:00:00Z", Some(Ordering::Greater));
        check_instant("1783929600.25", "1783929600", Some(Ordering::Greater));
        check_instant("-1.5", "-1", Some(Ordering::Less));
        check_instant("2026-02-30T00:00:00Z", "0", None);
        check_instant("2026-13", "0", None);
        check_instant("2026-07-13Z", "0", None);
        check_instant("2026é-1", "0", None);
        check_instant("tomorrow", "0", None);
        check_instant("99999999999999999999", "0", None);
        check_instant("1.", "0", None);
    }
}
