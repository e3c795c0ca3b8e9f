use crate::resource::fault::Fault;

/// The bytes of a body in chunks of `aws-chunked`, without sizes, signatures and trailers.
///
/// The signatures of the chunks are not verified; that of the request is. See
/// [the form](https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html).
pub(super) fn decoded(body: &[u8]) -> Result<Vec<u8>, Fault> {
    read(body).ok_or_else(|| {
        Fault::new(
            400,
            "IncompleteBody",
            "The request body terminated unexpectedly, or its chunks are wrong",
        )
    })
}

fn read(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    loop {
        let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
        let head = std::str::from_utf8(&rest[..end]).ok()?;
        let size = head.split(';').next().unwrap_or_default();
        let size = usize::from_str_radix(size.trim(), 16).ok()?;
        rest = &rest[end + 2..];
        if size == 0 {
            return Some(out);
        }
        out.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size..)?.strip_prefix(b"\r\n")?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_put_together() {
        let signed = b"3;chunk-signature=00\r\nabc\r\n2;chunk-signature=11\r\nde\r\n0;chunk-signature=22\r\n\r\n";
        assert_eq!(read(signed).as_deref(), Some(&b"abcde"[..]));
        let trailing = b"a\r\n0123456789\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n";
        assert_eq!(read(trailing).as_deref(), Some(&b"0123456789"[..]));
        assert_eq!(read(b"0\r\n\r\n").as_deref(), Some(&b""[..]));
        for bad in
            [&b""[..], b"3\r\nab", b"3\r\nabcd\r\n0\r\n", b"x\r\n\r\n", b"ffffffffffffffff\r\n"]
        {
            assert_eq!(read(bad), None);
        }
    }
}
