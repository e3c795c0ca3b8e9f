use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use stscreds_core::Timestamp;

/// A time as AWS's tools write it to files: RFC 3339 with any offset, or with `UTC` in
/// its place, as botocore's cache has it.
pub(crate) fn parse_time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let named = text.strip_suffix("UTC").map(|time| format!("{}Z", time.trim_end()));
    let time = DateTime::from_str(named.as_deref().unwrap_or(text), Format::DateTimeWithOffset);
    // Before 1970 is expired, not absent.
    time.ok().map(|time| Timestamp::from_unix_seconds(time.secs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_every_tool_are_read() {
        let noon = Some(Timestamp::from_unix_seconds(1_783_944_000));
        for text in [
            "2026-07-13T12:00:00Z",
            "2026-07-13T12:00:00.9Z",
            "2026-07-13T12:00:00+00:00",
            "2026-07-13T14:00:00+02:00",
            "2026-07-13T12:00:00UTC",
            " 2026-07-13T12:00:00 UTC\n",
        ] {
            assert_eq!(parse_time(text), noon, "{text}");
        }
        assert_eq!(parse_time("1950-01-01T00:00:00Z"), Some(Timestamp::EPOCH));
        for text in ["", "UTC", "soon", "2026-07-13", "2026-13-13T12:00:00Z", "1783944000"] {
            assert_eq!(parse_time(text), None, "{text}");
        }
    }
}
