use std::task::Waker;

/// The wakers of those who wait, each in a seat that is its own until it leaves.
#[derive(Default)]
pub(super) struct Seats {
    wakers: Vec<Option<Waker>>,
    vacant: Vec<usize>,
}

impl Seats {
    /// A seat for somebody new.
    pub(super) fn take(&mut self, waker: Waker) -> usize {
        match self.vacant.pop() {
            Some(seat) => {
                self.wakers[seat] = Some(waker);
                seat
            }
            None => {
                self.wakers.push(Some(waker));
                self.wakers.len() - 1
            }
        }
    }

    /// Another waker for somebody who sits. Gives the one before back.
    pub(super) fn renew(&mut self, seat: usize, waker: Waker) -> Option<Waker> {
        self.wakers[seat].replace(waker)
    }

    /// Gives the waker back of somebody who leaves.
    pub(super) fn leave(&mut self, seat: usize) -> Option<Waker> {
        self.vacant.push(seat);
        self.wakers[seat].take()
    }

    /// All wakers, to be woken; everybody keeps their seat.
    pub(super) fn rouse(&mut self) -> Vec<Waker> {
        self.wakers.iter_mut().filter_map(Option::take).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_is_taken_again_once_it_was_left() {
        let mut seats = Seats::default();
        let waker = || Waker::noop().clone();
        let (first, second) = (seats.take(waker()), seats.take(waker()));
        assert_ne!(first, second);

        assert!(seats.leave(first).is_some());

        assert_eq!(seats.take(waker()), first);
        assert_eq!(seats.wakers.len(), 2);
    }

    #[test]
    fn whoever_was_roused_sits_on_and_can_be_roused_again() {
        let mut seats = Seats::default();
        let waker = || Waker::noop().clone();
        let (stays, leaves) = (seats.take(waker()), seats.take(waker()));

        assert_eq!(seats.rouse().len(), 2);
        assert!(seats.rouse().is_empty());
        assert!(seats.renew(stays, waker()).is_none());
        assert!(seats.leave(leaves).is_none());

        assert_eq!(seats.rouse().len(), 1);
        assert_eq!(seats.take(waker()), leaves);
    }
}
