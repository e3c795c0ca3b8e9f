//! What may happen, and how often.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::sample::select;
use stscreds_core::ErrorKind;

use super::naive::{Handler, Preset, Setting};

#[derive(Debug, Clone, Copy)]
pub(super) enum Op {
    Advance(u64),
    /// To about when one of the things happens that lie ahead.
    AdvanceTo(usize, i64),
    SetBack(u64),
    /// So many callers at once; each third one wants a new value.
    Call(usize),
    Refresh,
    /// The same, also during a pause.
    RefreshNow,
    /// A call whose future is dropped after its first poll.
    Glance,
    /// One of those who wait is dropped.
    Leave(usize),
    With,
    Read,
    Peek,
    /// The contact that is under way, if one is, ends.
    Land(Lands),
    Invalidate,
    InvalidateCached,
    InvalidateOther,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Lands {
    New(u64),
    /// With the key that is cached.
    Same(u64),
    Forever,
    Expired(u64),
    Fails(ErrorKind),
    Panics,
    Never,
}

pub(super) fn schedule() -> impl Strategy<Value = Vec<Op>> {
    vec(op(), 1..60)
}

fn kind() -> impl Strategy<Value = ErrorKind> {
    select(vec![
        ErrorKind::Throttled,
        ErrorKind::ServiceUnavailable,
        ErrorKind::ConnectionFailed,
        ErrorKind::TimedOut,
        ErrorKind::IdentityProviderUnreachable,
        ErrorKind::SourceCredentialsExpired,
        ErrorKind::AccessDenied,
        ErrorKind::IdentityRejected,
        ErrorKind::IdentityTokenMissing,
        ErrorKind::MalformedPolicy,
        ErrorKind::PolicyTooLarge,
        ErrorKind::RegionDisabled,
        ErrorKind::InvalidConfiguration,
    ])
}

fn lifetime() -> impl Strategy<Value = u64> {
    prop_oneof![
        Just(900_u64),
        Just(3_600),
        Just(43_200),
        1_199..1_202_u64,
        5_399..5_401_u64,
        1..4_000_u64
    ]
}

fn lands() -> impl Strategy<Value = Lands> {
    prop_oneof![
        5 => lifetime().prop_map(Lands::New),
        2 => lifetime().prop_map(Lands::Same),
        1 => Just(Lands::Forever),
        1 => (0..100_u64).prop_map(Lands::Expired),
        6 => kind().prop_map(Lands::Fails),
        1 => Just(Lands::Panics),
        1 => Just(Lands::Never),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        4 => prop_oneof![1..10_u64, 1..700_u64, 1..4_000_u64].prop_map(Op::Advance),
        8 => (0..8_usize, -1..2_i64).prop_map(|(which, later)| Op::AdvanceTo(which, later)),
        1 => prop_oneof![1..10_u64, 1..700_u64, 1..90_000_u64].prop_map(Op::SetBack),
        6 => (1..5_usize).prop_map(Op::Call),
        1 => Just(Op::Refresh),
        1 => Just(Op::RefreshNow),
        1 => Just(Op::Glance),
        1 => (0..8_usize).prop_map(Op::Leave),
        2 => Just(Op::With),
        2 => Just(Op::Read),
        1 => Just(Op::Peek),
        9 => lands().prop_map(Op::Land),
        1 => Just(Op::Invalidate),
        3 => Just(Op::InvalidateCached),
        1 => Just(Op::InvalidateOther),
    ]
}

pub(super) fn setting() -> impl Strategy<Value = Setting> {
    let preset = select(vec![Preset::Ours, Preset::Sdk, Preset::Go]);
    let handler =
        prop_oneof![(1..4_000_i64).prop_map(Handler::Yields), kind().prop_map(Handler::Fails)];
    let handler = option::weighted(0.2, handler);
    let adjusted = option::weighted(0.2, 0..4_000_i64);
    (preset, 0..=4_i64, handler, adjusted).prop_map(|(preset, quarters, handler, adjusted)| {
        Setting { preset, quarters, handler, adjusted }
    })
}
