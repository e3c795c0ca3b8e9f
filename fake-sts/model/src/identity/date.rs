use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

use super::fault::AuthFault;
use super::rules::SignatureWindow;

/// Reads a date such as `20150830T123600Z`.
pub(super) fn parse(date: &str) -> Result<Timestamp, AuthFault> {
    basic(date).ok_or_else(|| {
        AuthFault::Incomplete(format!(
            "Date must be in ISO-8601 'basic format'. Got '{date}'. See http://en.wikipedia.org/wiki/ISO_8601"
        ))
    })
}

/// Whether the date of a signature is close enough to now.
pub(super) fn check_window(
    signed: Timestamp,
    now: Timestamp,
    SignatureWindow(minutes): SignatureWindow,
) -> Result<(), AuthFault> {
    // The service's dates have whole seconds, and so has its arithmetic.
    let (signed_at, now_at) = (signed.as_second(), now.as_second());
    let window = i64::from(minutes) * 60;
    if signed_at < now_at - window {
        return Err(AuthFault::DoesNotMatch(format!(
            "Signature expired: {} is now earlier than {} ({} - {minutes} min.)",
            format(signed_at),
            format(now_at - window),
            format(now_at),
        )));
    }
    if signed_at > now_at + window {
        return Err(AuthFault::DoesNotMatch(format!(
            "Signature not yet current: {} is still later than {} ({} + {minutes} min.)",
            format(signed_at),
            format(now_at + window),
            format(now_at),
        )));
    }
    Ok(())
}

/// Whether a presigned URL that is good for so many seconds is so still.
pub(super) fn check_lifetime(
    signed: Timestamp,
    now: Timestamp,
    lifetime: u32,
) -> Result<(), AuthFault> {
    if now.as_second() < signed.as_second().saturating_add(i64::from(lifetime)) {
        return Ok(());
    }
    Err(AuthFault::DoesNotMatch("Request has expired".to_owned()))
}

/// A date in the format of HTTP, such as `Sun, 06 Nov 1994 08:49:37 GMT`, in the basic format.
pub(super) fn basic_from_http(date: &str) -> Option<String> {
    let time = Timestamp::try_from(httpdate::parse_http_date(date).ok()?).ok()?;
    Some(format(time.as_second()))
}

fn format(second: i64) -> String {
    Timestamp::from_second(second)
        .map(|time| time.strftime("%Y%m%dT%H%M%SZ").to_string())
        .unwrap_or_default()
}

fn basic(date: &str) -> Option<Timestamp> {
    let bytes = date.as_bytes();
    if bytes.len() != 16 || bytes[8] != b'T' || bytes[15] != b'Z' {
        return None;
    }
    let number = |from: usize, to: usize| {
        let digits = &bytes[from..to];
        let value = |sum: i16, digit: &u8| {
            digit.is_ascii_digit().then(|| sum * 10 + i16::from(digit - b'0'))
        };
        digits.iter().try_fold(0, value)
    };
    let short = |from: usize| number(from, from + 2).and_then(|number| i8::try_from(number).ok());
    let civil =
        DateTime::new(number(0, 4)?, short(4)?, short(6)?, short(9)?, short(11)?, short(13)?, 0)
            .ok()?;
    Offset::UTC.to_timestamp(civil).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(date: &str, wanted: Option<i64>) {
        assert_eq!(parse(date).ok().map(Timestamp::as_second), wanted, "{date}");
    }

    #[test]
    fn only_the_basic_format_is_a_date() {
        check("20150830T123600Z", Some(1_440_938_160));
        check("19700101T000000Z", Some(0));
        check("20150830T123600", None);
        check("2015-08-30T12:36:00Z", None);
        check("20150230T123600Z", None);
        check("20150830t123600z", None);
        check("2015083éT12360Z", None);
        check("", None);
    }

    #[test]
    fn dates_of_http_are_understood_too() {
        assert_eq!(
            basic_from_http("Sun, 30 Aug 2015 12:36:00 GMT").as_deref(),
            Some("20150830T123600Z")
        );
        assert_eq!(basic_from_http("20150830T123600Z"), None);
    }

    #[track_caller]
    fn check_age(seconds: i64, wanted: Option<&str>) {
        let now = parse("20220127T015928Z").unwrap();
        let signed = Timestamp::from_second(now.as_second() - seconds).unwrap();
        assert_eq!(
            check_window(signed, now, SignatureWindow::default())
                .err()
                .map(|fault| fault.to_string())
                .as_deref(),
            wanted,
            "{seconds}"
        );
    }

    #[test]
    fn a_signature_lives_for_fifteen_minutes_either_way() {
        check_age(0, None);
        check_age(900, None);
        check_age(-900, None);
        check_age(
            6301,
            Some(
                "Signature expired: 20220127T001427Z is now earlier than 20220127T014428Z (20220127T015928Z - 15 min.)",
            ),
        );
        check_age(
            -901,
            Some(
                "Signature not yet current: 20220127T021429Z is still later than 20220127T021428Z (20220127T015928Z + 15 min.)",
            ),
        );
    }
}
