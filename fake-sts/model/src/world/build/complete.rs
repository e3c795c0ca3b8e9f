use data_encoding::BASE32_NOPAD;

use crate::world::{Account, AccountId, ids};

/// 64 characters of base32, as the seeds of AWS have.
const SEED_BYTES: usize = 40;

/// As secret access keys have.
const SECRET_LENGTH: usize = 40;

/// Makes up the ids, keys and seeds that an account leaves out.
pub(super) fn account(account: &mut Account, id: AccountId, chance: &mut fastrand::Rng) {
    for user in &mut account.users {
        user.id.get_or_insert_with(|| ids::unique_id("AIDA", id, chance));
        for key in user.access_keys.iter_mut().filter(|key| key.id.is_empty()) {
            key.id = ids::unique_id("AKIA", id, chance);
            key.secret =
                std::iter::repeat_with(|| chance.alphanumeric()).take(SECRET_LENGTH).collect();
        }
        for device in &mut user.mfa_devices {
            if let Some(name) = device.serial.strip_prefix("mfa/") {
                device.serial = format!("arn:{}:iam::{id}:mfa/{name}", account.partition);
            }
            device.seed.get_or_insert_with(|| {
                let mut seed = [0; SEED_BYTES];
                chance.fill(&mut seed);
                BASE32_NOPAD.encode(&seed)
            });
        }
    }
    account.settle_trust();
    for role in &mut account.roles {
        role.id.get_or_insert_with(|| ids::unique_id("AROA", id, chance));
    }
}
