use data_encoding::BASE32_NOPAD;
use totp_rs::{Algorithm, Builder};

use crate::wire::constraint::SERIAL_NUMBER;
use crate::world::records::DeviceRecord;
use crate::world::{MfaDevice, World, WorldError, WorldProblem as Problem};

const STEP_SECONDS: u64 = 30;
const DIGITS: u8 = 6;

/// A device, ready to make codes.
pub(super) fn record(
    place: &str,
    device: &MfaDevice,
    world: &World,
) -> Result<DeviceRecord, WorldError> {
    let fail =
        |problem: fn(String) -> Problem| WorldError::new(place, problem(device.serial.clone()));
    if SERIAL_NUMBER.is_broken_by(&device.serial) {
        return Err(fail(Problem::Serial));
    }
    let seed = device.seed.clone().unwrap_or_default().to_ascii_uppercase().replace([' ', '-'], "");
    let seed = BASE32_NOPAD
        .decode(seed.trim_end_matches('=').as_bytes())
        .map_err(|_| fail(Problem::Seed))?;
    if seed.is_empty() {
        return Err(fail(Problem::Seed));
    }
    // Seeds that are shorter than the RFC asks for occur in tests, and do no harm there.
    let totp = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(DIGITS)
        .with_step_duration(STEP_SECONDS)
        .with_skew(world.switches.mfa_window.0)
        .with_secret(seed)
        .build_noncompliant();
    Ok(DeviceRecord::new(device.serial.clone(), totp))
}
