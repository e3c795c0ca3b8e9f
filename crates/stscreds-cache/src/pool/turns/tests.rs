use proptest::prelude::*;

use super::*;

fn turns(rate: f64, slots: usize) -> Turns {
    Turns::new(Bucket::new(rate, rate), slots, slots.div_ceil(4), Duration::from_secs(30))
}

fn at(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn granted(turns: &mut Turns, now: Duration) -> Vec<Ticket> {
    std::iter::from_fn(|| turns.grant(now)).map(|(ticket, _)| ticket).collect()
}

const A: Tenant = Tenant(1);
const B: Tenant = Tenant(2);

#[test]
fn tenants_take_turns_however_many_one_of_them_queues() {
    let mut turns = turns(1_000.0, 1_000);
    let flood: Vec<_> = (0..100).map(|_| turns.enter(at(0), A, Rank::Waiting).unwrap()).collect();
    let quiet: Vec<_> = (0..10).map(|_| turns.enter(at(0), B, Rank::Waiting).unwrap()).collect();

    let order = granted(&mut turns, at(0));

    for (place, ticket) in quiet.iter().enumerate() {
        let turn = order.iter().position(|granted| granted == ticket).unwrap() + 1;
        assert!(turn <= 2 * (place + 1), "the {place}th of the quiet tenant began as the {turn}th");
    }
    assert_eq!(order[0], flood[0]);
}

#[test]
fn within_a_tenant_need_decides_and_a_tenth_goes_to_what_nobody_waits_for() {
    let mut turns = turns(1_000.0, 1_000);
    let warm: Vec<_> = (0..50).map(|_| turns.enter(at(0), A, Rank::Warm).unwrap()).collect();
    let waiting: Vec<_> = (0..50).map(|_| turns.enter(at(0), A, Rank::Waiting).unwrap()).collect();

    let order = granted(&mut turns, at(0));

    let first: Vec<_> = order.iter().take(20).collect();
    assert_eq!(first.iter().filter(|ticket| warm.contains(**ticket)).count(), 2);
    assert_eq!(order[0], waiting[0]);
    assert_eq!(order.len(), 100);
}

#[test]
fn a_ticket_moves_up_in_place_when_somebody_wants_it_more() {
    let mut turns = turns(1_000.0, 1_000);
    let warm = turns.enter(at(0), A, Rank::Warm).unwrap();
    let later = turns.enter(at(0), A, Rank::Waiting).unwrap();

    turns.raise(warm, Rank::Waiting);
    turns.raise(warm, Rank::Advisory);

    assert_eq!(granted(&mut turns, at(0)), [warm, later]);
}

#[test]
fn one_tenant_holds_a_quarter_of_the_slots_at_most() {
    let mut turns = turns(1_000.0, 8);
    for _ in 0..20 {
        turns.enter(at(0), A, Rank::Waiting).unwrap();
    }
    let quiet = turns.enter(at(0), B, Rank::Waiting).unwrap();

    let order = granted(&mut turns, at(0));

    assert_eq!(order.len(), 3, "two of the hanging tenant and one of the quiet one");
    assert!(order.contains(&quiet));
    assert_eq!(turns.next_token(at(0)), None, "only the end of a request helps");
    turns.done(A);
    assert_eq!(granted(&mut turns, at(0)).len(), 1);
}

#[test]
fn what_would_wait_for_too_long_is_refused_at_once_with_the_reason() {
    let mut turns = Turns::new(Bucket::new(10.0, 1.0), 100, 100, Duration::from_secs(2));
    for _ in 0..21 {
        turns.enter(at(0), A, Rank::Waiting).unwrap();
    }

    let refused = turns.enter(at(0), A, Rank::Waiting).unwrap_err();

    assert_eq!(refused.queued, 21);
    assert!(refused.wait > Duration::from_secs(2), "{refused:?}");
    turns.enter(at(0), B, Rank::Waiting).unwrap();
    turns.enter(at(0), A, Rank::Warm).unwrap();
}

#[test]
fn what_left_the_queue_takes_no_turn() {
    let mut turns = turns(1_000.0, 10);
    let first = turns.enter(at(0), A, Rank::Waiting).unwrap();
    let second = turns.enter(at(0), A, Rank::Waiting).unwrap();

    turns.leave(first);
    turns.leave(first);

    assert_eq!(granted(&mut turns, at(0)), [second]);
    turns.done(A);
    assert_eq!(granted(&mut turns, at(0)), []);
    assert!(turns.tenants.is_empty() && turns.rounds.iter().all(VecDeque::is_empty));
}

/// Each key is a tenant if nothing is said, and a warm-up has many.
#[test]
fn a_caller_waits_for_no_round_of_tenants_that_are_only_warmed_up() {
    let mut turns = Turns::new(Bucket::new(10.0, 1.0), 100, 100, Duration::from_secs(2));
    for tenant in 10..10_010 {
        turns.enter(at(0), Tenant(tenant), Rank::Warm).unwrap();
    }

    let caller = turns.enter(at(0), A, Rank::Waiting).unwrap();

    assert_eq!(turns.grant(at(0)), Some((caller, A)));
}

#[test]
fn a_quiet_tenant_keeps_every_other_turn_also_beside_work_ahead_of_need() {
    let mut turns = turns(1_000_000.0, 1_000_000);
    for _ in 0..20_000 {
        turns.enter(at(0), A, Rank::Waiting).unwrap();
        turns.enter(at(0), Tenant(3), Rank::Warm).unwrap();
    }
    // The flood has had some turns by then, and a turn of the others is due at any moment.
    for already in 0..30 {
        for _ in 0..already {
            turns.grant(at(0)).unwrap();
        }
        let quiet: Vec<_> =
            (0..40).map(|_| turns.enter(at(0), B, Rank::Waiting).unwrap()).collect();
        let mut turn = 0;
        for (k, wanted) in (1..).zip(quiet) {
            while turns.queued.contains_key(&wanted) {
                turns.grant(at(0)).unwrap();
                turn += 1;
            }
            assert!(turn <= 2 * k, "request {k} began as number {turn}");
        }
    }
}

proptest! {
    #[test]
    fn slots_and_queues_are_conserved_and_nobody_starves(
        steps in proptest::collection::vec((0u8..6, 0u64..4, 0usize..4, 1u64..400), 1..400),
    ) {
        let mut turns = Turns::new(Bucket::new(20.0, 5.0), 8, 3, Duration::from_secs(600));
        let (mut now, mut queued, mut flying) = (0, Vec::new(), Vec::new());
        for (step, tenant, rank, pause) in steps {
            match step {
                0..3 => {
                    let entered = turns.enter(at(now), Tenant(tenant), Rank::ALL[rank]);
                    queued.extend(entered);
                }
                3 if !queued.is_empty() => {
                    let ticket = queued.remove(usize::try_from(pause).unwrap() % queued.len());
                    turns.leave(ticket);
                }
                4 if !queued.is_empty() => turns.raise(queued[0], Rank::ALL[rank]),
                _ if !flying.is_empty() => turns.done(flying.remove(0)),
                _ => now += pause,
            }
            while let Some((ticket, tenant)) = turns.grant(at(now)) {
                prop_assert!(queued.contains(&ticket), "granted twice or never queued");
                queued.retain(|other| *other != ticket);
                flying.push(tenant);
            }
            prop_assert_eq!(turns.queued(), queued.len());
            prop_assert_eq!(turns.in_flight(), flying.len());
            prop_assert!(flying.len() <= 8);
            for tenant in 0..4 {
                prop_assert!(flying.iter().filter(|of| of.0 == tenant).count() <= 3);
            }
        }
        // With time and ends, everybody gets a turn.
        for _ in 0..2_000 {
            now += 100;
            flying.drain(..).for_each(|tenant| turns.done(tenant));
            while let Some((_, tenant)) = turns.grant(at(now)) {
                flying.push(tenant);
            }
        }
        prop_assert_eq!(turns.queued(), 0);
    }
}
