use std::task::Waker;

/// The wakers of the waiters, each in a place that is its own until it leaves.
#[derive(Default)]
pub(super) struct Waiters {
    wakers: Vec<Option<Waker>>,
    vacant: Vec<usize>,
}

impl Waiters {
    /// A place for somebody new.
    pub(super) fn take(&mut self, waker: Waker) -> usize {
        match self.vacant.pop() {
            Some(place) => {
                self.wakers[place] = Some(waker);
                place
            }
            None => {
                self.wakers.push(Some(waker));
                self.wakers.len() - 1
            }
        }
    }

    /// Another waker for somebody that waits. Gives the one before back.
    pub(super) fn renew(&mut self, place: usize, waker: Waker) -> Option<Waker> {
        self.wakers[place].replace(waker)
    }

    /// Gives the waker back of somebody that leaves.
    pub(super) fn leave(&mut self, place: usize) -> Option<Waker> {
        self.vacant.push(place);
        self.wakers[place].take()
    }

    /// All wakers, to be woken; everybody keeps their place.
    pub(super) fn rouse(&mut self) -> Vec<Waker> {
        self.wakers.iter_mut().filter_map(Option::take).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_taken_again_once_it_was_left() {
        let mut places = Waiters::default();
        let waker = || Waker::noop().clone();
        let (first, second) = (places.take(waker()), places.take(waker()));
        assert_ne!(first, second);

        assert!(places.leave(first).is_some());

        assert_eq!(places.take(waker()), first);
        assert_eq!(places.wakers.len(), 2);
    }

    #[test]
    fn a_waiter_that_was_roused_keeps_its_place_and_can_be_roused_again() {
        let mut places = Waiters::default();
        let waker = || Waker::noop().clone();
        let (stays, leaves) = (places.take(waker()), places.take(waker()));

        assert_eq!(places.rouse().len(), 2);
        assert!(places.rouse().is_empty());
        assert!(places.renew(stays, waker()).is_none());
        assert!(places.leave(leaves).is_none());

        assert_eq!(places.rouse().len(), 1);
        assert_eq!(places.take(waker()), leaves);
    }
}
