use zeroize::Zeroize;

/// SHA-256 as [FIPS 180-4](https://doi.org/10.6028/NIST.FIPS.180-4) defines it.
///
/// Ours because the `sha2` crate brings eight others, which is as many as this
/// crate has (decision 0016). It hashes a few hundred bytes per session.
pub(super) struct Sha256 {
    state: [u32; 8],
    block: [u8; 64],
    /// Bytes of the block that are filled.
    filled: usize,
    /// Bytes hashed so far.
    length: u64,
}

impl Sha256 {
    pub(super) fn new() -> Self {
        Self { state: INITIAL, block: [0; 64], filled: 0, length: 0 }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        for byte in bytes {
            if let Some(place) = self.block.get_mut(self.filled) {
                *place = *byte;
            }
            self.filled += 1;
            if self.filled == self.block.len() {
                self.compress();
            }
        }
        self.length = self.length.wrapping_add(bytes.len() as u64);
    }

    pub(super) fn finish(mut self) -> [u8; 32] {
        let bits = self.length.wrapping_mul(8);
        self.update(&[0x80]);
        while self.filled != 56 {
            self.update(&[0]);
        }
        self.update(&bits.to_be_bytes());
        let mut digest = [0; 32];
        for (bytes, word) in digest.chunks_exact_mut(4).zip(self.state) {
            bytes.copy_from_slice(&word.to_be_bytes());
        }
        digest
    }

    fn compress(&mut self) {
        let mut schedule = [0_u32; 64];
        for (word, bytes) in schedule.iter_mut().zip(self.block.chunks_exact(4)) {
            *word = bytes.iter().fold(0, |word, byte| (word << 8) | u32::from(*byte));
        }
        for i in 16..64 {
            let [w16, w15, w7, w2] = [i - 16, i - 15, i - 7, i - 2].map(|at| schedule[at]);
            let s0 = w15.rotate_right(7) ^ w15.rotate_right(18) ^ (w15 >> 3);
            let s1 = w2.rotate_right(17) ^ w2.rotate_right(19) ^ (w2 >> 10);
            schedule[i] = w16.wrapping_add(s0).wrapping_add(w7).wrapping_add(s1);
        }
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = self.state;
        for (word, constant) in schedule.iter().zip(CONSTANTS) {
            let s1 = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
            let choice = (e & f) ^ (!e & g);
            let t1 = h.wrapping_add(s1).wrapping_add(choice).wrapping_add(constant);
            let t1 = t1.wrapping_add(*word);
            let s0 = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
            let majority = (a & b) ^ (a & c) ^ (b & c);
            (h, g, f, e) = (g, f, e, d.wrapping_add(t1));
            (d, c, b, a) = (c, b, a, t1.wrapping_add(s0.wrapping_add(majority)));
        }
        for (word, added) in self.state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
            *word = word.wrapping_add(added);
        }
        schedule.zeroize();
        self.filled = 0;
    }
}

/// The block may hold a part of a secret.
impl Drop for Sha256 {
    fn drop(&mut self) {
        self.block.zeroize();
    }
}

/// The first 32 bits of the fractional parts of the square roots of the first 8
/// primes.
const INITIAL: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// The first 32 bits of the fractional parts of the cube roots of the first 64
/// primes.
const CONSTANTS: [u32; 64] = [
    0x428a_2f98,
    0x7137_4491,
    0xb5c0_fbcf,
    0xe9b5_dba5,
    0x3956_c25b,
    0x59f1_11f1,
    0x923f_82a4,
    0xab1c_5ed5,
    0xd807_aa98,
    0x1283_5b01,
    0x2431_85be,
    0x550c_7dc3,
    0x72be_5d74,
    0x80de_b1fe,
    0x9bdc_06a7,
    0xc19b_f174,
    0xe49b_69c1,
    0xefbe_4786,
    0x0fc1_9dc6,
    0x240c_a1cc,
    0x2de9_2c6f,
    0x4a74_84aa,
    0x5cb0_a9dc,
    0x76f9_88da,
    0x983e_5152,
    0xa831_c66d,
    0xb003_27c8,
    0xbf59_7fc7,
    0xc6e0_0bf3,
    0xd5a7_9147,
    0x06ca_6351,
    0x1429_2967,
    0x27b7_0a85,
    0x2e1b_2138,
    0x4d2c_6dfc,
    0x5338_0d13,
    0x650a_7354,
    0x766a_0abb,
    0x81c2_c92e,
    0x9272_2c85,
    0xa2bf_e8a1,
    0xa81a_664b,
    0xc24b_8b70,
    0xc76c_51a3,
    0xd192_e819,
    0xd699_0624,
    0xf40e_3585,
    0x106a_a070,
    0x19a4_c116,
    0x1e37_6c08,
    0x2748_774c,
    0x34b0_bcb5,
    0x391c_0cb3,
    0x4ed8_aa4a,
    0x5b9c_ca4f,
    0x682e_6ff3,
    0x748f_82ee,
    0x78a5_636f,
    0x84c8_7814,
    0x8cc7_0208,
    0x90be_fffa,
    0xa450_6ceb,
    0xbef9_a3f7,
    0xc671_78f2,
];

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::{any, proptest};
    use sha2::Digest;

    use super::*;

    fn ours(pieces: &[Vec<u8>]) -> [u8; 32] {
        let mut hash = Sha256::new();
        pieces.iter().for_each(|piece| hash.update(piece));
        hash.finish()
    }

    /// At every length around the ends of two blocks, where the padding changes.
    #[test]
    fn every_length_up_to_three_blocks_has_the_digest_of_sha2() {
        for length in 0..=192_u8 {
            let bytes: Vec<u8> = (0..length).collect();
            let theirs: [u8; 32] = sha2::Sha256::digest(&bytes).into();
            assert_eq!(ours(&[bytes]), theirs, "{length}");
        }
    }

    proptest! {
        #[test]
        fn pieces_have_the_digest_of_sha2(pieces in vec(vec(any::<u8>(), 0..200), 0..5)) {
            let theirs: [u8; 32] = sha2::Sha256::digest(pieces.concat()).into();
            assert_eq!(ours(&pieces), theirs);
        }
    }
}
