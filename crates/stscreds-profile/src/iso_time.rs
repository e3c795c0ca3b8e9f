use stscreds_core::Timestamp;

/// A time as the programs of others write it: ISO 8601 with an offset, in the forms that
/// botocore's parser takes too.
///
/// `2026-07-13T12:00:00Z`, with a blank for the `T`, without seconds, without hyphens and
/// colons, and with `+0000`, `+00:00`, `+00`, `UTC` or `GMT` for the `Z`. A time without
/// an offset is refused: nobody knows whose clock it is.
pub(crate) fn parse_time(text: &str) -> Option<Timestamp> {
    let mut rest = Rest(text.trim());
    let year = rest.number(4)?;
    let hyphens = rest.skip("-");
    let month = rest.number(2)?;
    if hyphens != rest.skip("-") {
        return None;
    }
    let day = rest.number(2)?;
    if !(rest.skip("T") || rest.skip("t") || rest.skip(" ")) {
        return None;
    }
    let hour = rest.number(2)?;
    let colons = rest.skip(":");
    let minute = rest.number(2)?;
    let has_seconds = if colons { rest.skip(":") } else { rest.begins_with_digit() };
    let second = if has_seconds { rest.number(2)? } else { 0 };
    if has_seconds && (rest.skip(".") || rest.skip(",")) {
        // Cut off, so that it errs towards expired.
        rest.digits()?;
    }
    let offset = rest.offset()?;
    let valid = rest.0.is_empty()
        && (1..=12).contains(&month)
        && (1..=days_of(month, year)).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    let seconds = days_since_1970(year, month, day) * 86_400
        + i64::from(hour * 3600 + minute * 60 + second)
        - offset;
    // Before 1970 is expired, not absent.
    valid.then(|| Timestamp::from_unix_seconds(seconds))
}

/// What is left of the text.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    fn skip(&mut self, start: &str) -> bool {
        let rest = self.0.strip_prefix(start);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn begins_with_digit(&self) -> bool {
        self.0.starts_with(|c: char| c.is_ascii_digit())
    }

    /// So many digits and no sign.
    fn number(&mut self, digits: usize) -> Option<u32> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
        let number = number.parse().ok().filter(|_| is_number)?;
        self.0 = rest;
        Some(number)
    }

    /// At least one digit.
    fn digits(&mut self) -> Option<()> {
        let rest = self.0.trim_start_matches(|c: char| c.is_ascii_digit());
        let some = rest.len() < self.0.len();
        self.0 = rest;
        some.then_some(())
    }

    /// Seconds east of Greenwich.
    fn offset(&mut self) -> Option<i64> {
        self.0 = self.0.trim_start();
        if ["UTC", "GMT", "Z", "z"].iter().any(|zone| self.skip(zone)) {
            return Some(0);
        }
        let sign = if self.skip("+") {
            1
        } else if self.skip("-") {
            -1
        } else {
            return None;
        };
        let hours = self.number(2)?;
        let has_minutes = self.skip(":") || !self.0.is_empty();
        let minutes = if has_minutes { self.number(2)? } else { 0 };
        (hours < 24 && minutes < 60).then(|| sign * i64::from(hours * 3600 + minutes * 60))
    }
}

fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_of(month: u32, year: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// By the civil calendar, in years that begin in March, so that the leap day is the last.
fn days_since_1970(year: u32, month: u32, day: u32) -> i64 {
    let (year, month) = (i64::from(year) - i64::from(month < 3), i64::from(month));
    let since_march = (month + 9) % 12;
    let day_of_year = (153 * since_march + 2) / 5 + i64::from(day) - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year
        - DAYS_TO_1970
}

/// From the first of March of the year 0 to the first of January of 1970.
const DAYS_TO_1970: i64 = 719_468;

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::*;

    #[test]
    fn times_of_every_tool_are_read() {
        let noon = Some(Timestamp::from_unix_seconds(1_783_944_000));
        for text in [
            "2026-07-13T12:00:00Z",
            "2026-07-13t12:00:00z",
            "2026-07-13T12:00:00.9Z",
            "2026-07-13T12:00:00,123456789Z",
            "2026-07-13T12:00:00+00:00",
            "2026-07-13T12:00:00+0000",
            "2026-07-13T12:00:00-0000",
            "2026-07-13T12:00:00+00",
            "2026-07-13T14:00:00+02:00",
            "2026-07-13T14:00:00+0200",
            "2026-07-13T06:30:00-0530",
            "2026-07-13 12:00:00+00:00",
            "2026-07-13 12:00:00 +0000",
            "2026-07-13 12:00:00.5+00:00",
            "2026-07-13T12:00Z",
            "2026-07-13 12:00+00:00",
            "20260713T120000Z",
            "20260713T1200Z",
            "20260713T120000+0000",
            "20260713 120000Z",
            "2026-07-13T12:00:00UTC",
            "2026-07-13T12:00:00GMT",
            " 2026-07-13T12:00:00 UTC\n",
        ] {
            assert_eq!(parse_time(text), noon, "{text}");
        }
        assert_eq!(parse_time("1950-01-01T00:00:00Z"), Some(Timestamp::EPOCH));
        assert_eq!(parse_time("9999-12-31T23:59:59Z"), Some(Timestamp::MAX));
    }

    #[test]
    fn what_is_not_a_time_or_whose_is_unknown_is_refused() {
        for text in [
            "",
            "UTC",
            "soon",
            "2026-07-13",
            "2026-13-13T12:00:00Z",
            "2026-02-29T12:00:00Z",
            "2026-04-31T12:00:00Z",
            "2026-00-01T12:00:00Z",
            "2026-07-00T12:00:00Z",
            "1783944000",
            "2026-07-13T12:00:00",
            "2026-07-13T24:00:00Z",
            "2026-07-13T12:60:00Z",
            "2026-07-13T12:00:61Z",
            "2026-07-13T12:00:00+24:00",
            "2026-07-13T12:00:00+0060",
            "2026-07-13T12:00:00ZZ",
            "2026-07-13T12:00:00+000",
            "2026-0713T12:00:00Z",
            "2026-07-13T12:00:00.Z",
            "+026-07-13T12:00:00Z",
            "2026-07-13T1:00:00Z",
            "２０２６-07-13T12:00:00Z",
            "2026-07-13T12:00:00 CEST",
        ] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_instant_is_read_as_it_is_written(seconds in 0..253_402_300_799_i64) {
            let seconds = seconds.min(i64::try_from(Timestamp::MAX.unix_seconds()).unwrap());
            let time = Timestamp::from_unix_seconds(seconds);
            assert_eq!(parse_time(&time.to_string()), Some(time));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC*", digits in "[0-9T:+Z -]{0,30}") {
            parse_time(&text);
            parse_time(&digits);
        }
    }
}
