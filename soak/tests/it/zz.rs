use soak::{Cast, Schedule, play};
#[test]
fn zz() {
    for seed in 0..3 {
        let s = Schedule::of(seed, 12);
        let a: Vec<String> = (0..4).map(|_| format!("{:?}", play(&s, &Cast::Real))).collect();
        for x in &a { eprintln!("{seed} {}", x.chars().take(900).collect::<String>()); }
    }
}
