use data_encoding::BASE32_NOPAD;

use super::AccountId;

/// The bit above the account in the first six bytes of an id.
const TOP: u64 = 1 << 47;

/// How far the account is shifted in these six bytes.
const SHIFT: u32 = 7;

/// A stable id or an access key id of an account.
///
/// Four letters say what it is: `AKIA` and `ASIA` are access keys, of 20 characters; the ids of users (`AIDA`), roles (`AROA`) and others have 21.
/// The account stands in the characters that follow, as in real ids: base32 of six bytes `1 | account (40 bits) | 7 bits`, the rest by chance.
pub(crate) fn unique_id(prefix: &str, account: AccountId, chance: &mut fastrand::Rng) -> String {
    let head = TOP | account.number() << SHIFT | chance.u64(..1 << SHIFT);
    let mut bytes = [0; 10];
    bytes[..6].copy_from_slice(&head.to_be_bytes()[2..]);
    bytes[6..].copy_from_slice(&chance.u32(..).to_be_bytes());
    let mut id = prefix.to_owned() + &BASE32_NOPAD.encode(&bytes);
    if !matches!(prefix, "AKIA" | "ASIA") {
        id.push(char::from(ALPHABET[chance.usize(..ALPHABET.len())]));
    }
    id
}

/// The account that stands in an id, if it has the form.
pub fn account_of_id(id: &str) -> Option<AccountId> {
    let bytes = BASE32_NOPAD.decode(id.get(4..20)?.as_bytes()).ok()?;
    let head = bytes.iter().take(6).fold(0, |head, byte| head << 8 | u64::from(*byte));
    AccountId::from_number((head & !TOP) >> SHIFT)
}

/// A new request id.
pub fn request_id(chance: &mut fastrand::Rng) -> String {
    uuid::Builder::from_random_bytes(chance.u128(..).to_be_bytes()).into_uuid().to_string()
}

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_account_of_a_real_id_is_read() {
        let account = account_of_id("AIDA3TM7R3RLBCMLQ2A7J").map(|account| account.to_string());

        assert_eq!(account.as_deref(), Some("797587922006"));
    }

    #[track_caller]
    fn check_unreadable(id: &str) {
        assert_eq!(account_of_id(id), None, "{id}");
    }

    #[test]
    fn other_texts_have_no_account() {
        check_unreadable("");
        check_unreadable("AKIA");
        check_unreadable("AKIA0000000000000000");
        check_unreadable("AKIAéééééééééééééééé");
        check_unreadable("AKIA7777777777777777");
    }

    proptest! {
        #[test]
        fn an_id_gives_its_account_back(number in 0_u64..1_000_000_000_000, seed: u64) {
            let account = AccountId::from_number(number).unwrap();
            let mut chance = fastrand::Rng::with_seed(seed);

            let (key, role) = (unique_id("ASIA", account, &mut chance), unique_id("AROA", account, &mut chance));

            prop_assert_eq!((key.len(), role.len()), (20, 21));
            prop_assert_eq!((account_of_id(&key), account_of_id(&role)), (Some(account), Some(account)));
            prop_assert!(role.bytes().all(|byte| ALPHABET.contains(&byte)));
        }
    }
}
