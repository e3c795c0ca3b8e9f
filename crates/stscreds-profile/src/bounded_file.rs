use std::fs::File;
use std::io::{self, Read};

use zeroize::Zeroizing;

/// What a file holds, up to a limit and one byte more, in a buffer that is wiped.
///
/// By its size as it is now, so that it is read without the buffer being moved; a file that
/// grows meanwhile is followed into a larger one.
pub(crate) fn read_bounded(mut file: File, limit: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let size = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
    let mut bytes = Zeroizing::new(vec![0; size.min(limit) + 1]);
    let mut filled = 0;
    loop {
        if filled == bytes.len() {
            if filled > limit {
                break;
            }
            let mut larger = Zeroizing::new(vec![0; (2 * filled).min(limit + 1)]);
            let (kept, _) = larger.split_at_mut(filled);
            kept.copy_from_slice(&bytes);
            bytes = larger;
        }
        let Some(room) = bytes.get_mut(filled..) else { break };
        match file.read(room) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[track_caller]
    fn check(size: usize, limit: usize, read: usize) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&vec![b'x'; size]).unwrap();

        let bytes = read_bounded(file.reopen().unwrap(), limit).unwrap();

        assert_eq!(bytes.len(), read);
    }

    #[test]
    fn a_file_is_read_up_to_one_byte_beyond_the_limit() {
        check(0, 10, 0);
        check(9, 10, 9);
        check(10, 10, 10);
        check(11, 10, 11);
        check(5000, 10, 11);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_file_that_is_longer_than_it_says_is_followed() {
        // Files of the kernel have no size.
        let maps = read_bounded(File::open("/proc/self/maps").unwrap(), 4 << 20).unwrap();
        let first = read_bounded(File::open("/proc/self/maps").unwrap(), 100).unwrap();

        assert!(maps.len() > 1000 && maps.ends_with(b"\n"), "{}", maps.len());
        assert_eq!(first.len(), 101);
    }
}
