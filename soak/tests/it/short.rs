use soak::{Cast, Schedule, play};

/// A run from this seed, at its shortest if something is objected to.
#[track_caller]
fn check(seed: u64, steps: usize) {
    let schedule = Schedule::of(seed, steps);
    let played = play(&schedule, &Cast::Real);

    if let Some(violation) = played.violation {
        let rule = violation.rule;
        let shortest = schedule.shortest(|left| {
            let again = play(left, &Cast::Real);
            again.violation.is_some_and(|violation| violation.rule == rule)
        });
        panic!("{violation}\nthe shortest schedule that leads there: {shortest}");
    }
    assert!(played.contacts > 100, "{played:?}");
}

#[test]
fn nothing_that_goes_wrong_makes_ours_break_a_rule() {
    check(1, 20);
}

#[test]
fn a_run_follows_from_its_seed() {
    // Long enough for calls to be repeated until the SDK's retry tokens run short.
    let schedule = Schedule::of(2, 12);

    let once = play(&schedule, &Cast::Real);
    let again = play(&schedule, &Cast::Real);

    assert_eq!(format!("{once:?}"), format!("{again:?}"));
}
