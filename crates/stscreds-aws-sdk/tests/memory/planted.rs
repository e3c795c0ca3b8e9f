use std::fs::{self, File};
use std::hint::black_box;
use std::io::BufRead;
use std::os::unix::fs::FileExt;
use std::sync::Mutex;

/// A secret of which this keeps no readable copy: each byte is masked.
pub struct Planted(Vec<u8>);

impl Planted {
    /// So many random letters. More than eighty, so that what an allocator writes into a freed
    /// piece of memory does not hide it.
    pub fn new(chars: usize) -> Self {
        Self((0..chars).map(|_| black_box(fastrand::alphanumeric() as u8 ^ MASK)).collect())
    }

    /// The same of the letters of base32.
    pub fn base32(chars: usize) -> Self {
        let letter = || fastrand::choice(*b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567").unwrap();
        Self((0..chars).map(|_| black_box(letter() ^ MASK)).collect())
    }

    /// The secret, in the one allocation that is handed out.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.0.len());
        self.write_to(&mut text);
        text
    }

    /// Appends the secret to a text that has the room.
    pub fn write_to(&self, text: &mut String) {
        assert!(text.capacity() - text.len() >= self.0.len(), "moving the text would leave a copy");
        text.extend(self.0.iter().map(|byte| char::from(black_box(byte ^ MASK))));
    }

    /// In how many places of this process's memory the secret, or a good part of it, stands.
    ///
    /// All that is writable: heap, stacks, statics. What is freed is part of it.
    pub fn copies(&self) -> usize {
        let parts = [40, self.0.len() / 2, self.0.len() - PART];
        let mut found = [0; 3];
        let memory = File::open("/proc/self/mem").unwrap();
        let mut window = WINDOW.lock().unwrap();
        window.resize(WINDOW_BYTES, 0);
        let own = window.as_ptr().addr()..window.as_ptr().addr() + window.len();
        for (from, to) in writable_ranges() {
            let mut at = from;
            while at < to {
                let wanted = WINDOW_BYTES.min(to - at);
                // A range may be gone since it was listed.
                let Ok(read) = memory.read_at(&mut window[..wanted], at as u64) else { break };
                for (count, part) in found.iter_mut().zip(parts) {
                    let is_elsewhere = |place: &usize| !own.contains(&(at + place));
                    *count += self
                        .places(part, &window[..read])
                        .iter()
                        .filter(|at| is_elsewhere(at))
                        .count();
                }
                // Overlapping, so that a part across two windows is seen; only once, as it is whole in one of them.
                at += if read == WINDOW_BYTES { WINDOW_BYTES - PART + 1 } else { read.max(1) };
            }
        }
        found.into_iter().max().unwrap()
    }

    /// Where a part of the secret stands in a piece of memory.
    fn places(&self, part: usize, memory: &[u8]) -> Vec<usize> {
        let masked = &self.0[part..part + PART];
        let first = masked[0] ^ MASK;
        let is_part = |piece: &[u8]| piece.iter().zip(masked).all(|(a, b)| a ^ MASK == *b);
        let (mut rest, mut places) = (memory, Vec::new());
        // The standard library's search for a byte, which is fast in a build without optimisation too.
        while rest.skip_until(first).unwrap() > 0 {
            let at = memory.len() - rest.len() - 1;
            places.extend(memory.get(at..at + PART).filter(|piece| is_part(piece)).map(|_| at));
        }
        places
    }
}

const MASK: u8 = 0xa5;

/// As much of a secret as nobody has by accident.
const PART: usize = 24;

/// Where memory is looked at. One for all, never freed, and looked for in by nobody: it holds
/// a copy of whatever was found.
static WINDOW: Mutex<Vec<u8>> = Mutex::new(Vec::new());

const WINDOW_BYTES: usize = 1 << 20;

fn writable_ranges() -> Vec<(usize, usize)> {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let range = |line: &str| {
        let (range, rest) = line.split_once(' ')?;
        let (from, to) = range.split_once('-')?;
        let address = |text| usize::from_str_radix(text, 16).ok();
        rest.starts_with("rw").then_some((address(from)?, address(to)?))
    };
    maps.lines().filter_map(range).collect()
}
