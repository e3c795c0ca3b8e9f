/// The shortest list that can be found which still fails: pieces are left out, large ones
/// first, for as long as what is left fails.
///
/// [Delta debugging](https://doi.org/10.1109/32.988498), without its last refinement: what
/// remains fails, and no single item of it can be left out.
pub(crate) fn shortest<T: Clone>(items: &[T], mut fails: impl FnMut(&[T]) -> bool) -> Vec<T> {
    let mut left = items.to_vec();
    let mut piece = left.len().div_ceil(2);
    while piece > 0 && !left.is_empty() {
        let mut at = 0;
        let mut became_shorter = false;
        while at < left.len() {
            let mut without = left.clone();
            without.drain(at..(at + piece).min(left.len()));
            if fails(&without) {
                left = without;
                became_shorter = true;
            } else {
                at += piece;
            }
        }
        if piece == 1 && !became_shorter {
            break;
        }
        piece = if piece == 1 { 1 } else { piece.div_ceil(2) };
    }
    left
}

/// The same list with each item as simple as it can be found and still fails.
///
/// `simpler` are those that may take the place of an item, the simplest first; none of them
/// may ever lead back to it.
pub(crate) fn simplest<T: Clone>(
    items: &[T],
    simpler: impl Fn(&T) -> Vec<T>,
    mut fails: impl FnMut(&[T]) -> bool,
) -> Vec<T> {
    let mut left = items.to_vec();
    let mut at = 0;
    while at < left.len() {
        let found = simpler(&left[at]).into_iter().find(|item| {
            let mut other = left.clone();
            other[at] = item.clone();
            fails(&other)
        });
        match found {
            Some(item) => left[at] = item,
            None => at += 1,
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(items: usize, needed: &[usize], most_runs: usize) {
        let items: Vec<usize> = (0..items).collect();
        let mut runs = 0;

        let left = shortest(&items, |left| {
            runs += 1;
            needed.iter().all(|item| left.contains(item))
        });

        assert_eq!(left, needed);
        assert!(runs <= most_runs, "{runs} runs");
    }

    #[test]
    fn what_is_needed_is_left_and_nothing_else() {
        check(0, &[], 0);
        check(1, &[0], 3);
        check(1, &[], 1);
        check(100, &[], 2);
        check(100, &[99], 20);
        check(100, &[0, 50, 99], 60);
        check(8, &[0, 1, 2, 3, 4, 5, 6, 7], 40);
    }

    #[test]
    fn what_is_needed_is_as_simple_as_it_may_be() {
        let halves = |number: &u32| match number {
            0 => Vec::new(),
            number => vec![number / 2, number - 1],
        };
        let mut runs = 0;

        let left = simplest(&[900, 7, 0], halves, |left| {
            runs += 1;
            left[0] >= 101 && left[1] >= 7
        });

        assert_eq!(left, [101, 7, 0]);
        assert!(runs < 40, "{runs} runs");
    }
}
