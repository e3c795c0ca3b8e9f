//! In which order entries leave a pool that is full.

use std::collections::VecDeque;

/// The keys of a pool in two queues: those that had no value when last looked at, and those
/// that had. The first leave first and never push out the second, as keys often come from
/// strangers.
pub(super) struct Rings<K> {
    without_value: VecDeque<K>,
    with_value: VecDeque<K>,
}

/// What became of a key that was looked at.
pub(super) enum Look {
    /// It is not in the pool any more.
    Gone,
    /// It has left just now.
    Left,
    /// It stays: it has a value or has not, was used, or cannot leave.
    Stays { has_value: bool },
}

impl<K> Rings<K> {
    pub(super) fn new() -> Self {
        Self { without_value: VecDeque::new(), with_value: VecDeque::new() }
    }

    pub(super) fn add(&mut self, key: K) {
        self.without_value.push_back(key);
    }

    /// Looks at each key without a value at most once, for as long as something has to leave.
    pub(super) fn sweep_without_value(
        &mut self,
        mut is_over: impl FnMut() -> bool,
        mut look: impl FnMut(&K) -> Look,
    ) {
        for _ in 0..self.without_value.len() {
            if !is_over() {
                return;
            }
            let Some(key) = self.without_value.pop_front() else { return };
            self.put_back(key, &mut look);
        }
    }

    /// The same for those with a value, twice: the first look clears the mark of use.
    ///
    /// Not more than `most` of them may stay.
    pub(super) fn sweep_with_value(&mut self, most: usize, mut look: impl FnMut(&K) -> Look) {
        for _ in 0..2 * self.with_value.len() {
            if self.with_value.len() <= most {
                return;
            }
            let Some(key) = self.with_value.pop_front() else { return };
            self.put_back(key, &mut look);
        }
    }

    /// Looks at a few, whether or not the pool is full: what nobody uses any more leaves.
    pub(super) fn look_at_some(&mut self, some: usize, mut look: impl FnMut(&K) -> Look) {
        for _ in 0..some.min(self.with_value.len()) {
            let Some(key) = self.with_value.pop_front() else { return };
            self.put_back(key, &mut look);
        }
        for _ in 0..some.min(self.without_value.len()) {
            let Some(key) = self.without_value.pop_front() else { return };
            self.put_back(key, &mut look);
        }
    }

    fn put_back(&mut self, key: K, look: &mut impl FnMut(&K) -> Look) {
        match look(&key) {
            Look::Gone | Look::Left => {}
            Look::Stays { has_value: true } => self.with_value.push_back(key),
            Look::Stays { has_value: false } => self.without_value.push_back(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_without_a_value_leave_first_and_never_push_out_the_others() {
        let mut rings = Rings::new();
        (0..10).for_each(|key| rings.add(key));
        rings.look_at_some(10, |key| Look::Stays { has_value: *key < 5 });
        let mut left = Vec::new();
        let mut entries = 10;

        rings.sweep_without_value(
            || entries > 3,
            |key| {
                left.push(*key);
                Look::Left
            },
        );
        entries -= left.len();

        assert_eq!(left, [5, 6, 7, 8, 9]);
        assert_eq!(entries, 5);
        assert_eq!(rings.with_value, [0, 1, 2, 3, 4]);
    }

    #[test]
    fn a_key_that_was_used_is_passed_over_once() {
        let mut rings = Rings::new();
        (0..4).for_each(|key| rings.add(key));
        rings.look_at_some(4, |_| Look::Stays { has_value: true });
        let mut used = vec![0, 1];

        let mut left = Vec::new();
        rings.sweep_with_value(1, |key| {
            if let Some(at) = used.iter().position(|other| other == key) {
                used.remove(at);
                return Look::Stays { has_value: true };
            }
            left.push(*key);
            Look::Left
        });

        assert_eq!(left, [2, 3, 0]);
        assert_eq!(rings.with_value, [1]);
    }

    #[test]
    fn what_cannot_leave_ends_no_sweep_in_a_loop() {
        let mut rings = Rings::new();
        (0..4).for_each(|key| rings.add(key));
        let mut looks = 0;

        rings.sweep_without_value(
            || true,
            |_| {
                looks += 1;
                Look::Stays { has_value: false }
            },
        );

        assert_eq!(looks, 4);
    }
}
