//! A clock that moves only when something happens, so that two equal stories give equal dumps.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use super::rows::Id;

/// 2026-11-20T10:00:00Z in Unix milliseconds.
const START: i64 = 1_795_168_800_000;

/// Ids hold the milliseconds since this moment above 23 other bits, which makes 19 digits.
const FIRST_ID: i64 = 1_567_191_600_000;

/// A moment in Unix milliseconds, shown as the API does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Time(i64);

impl Time {
    pub(super) fn plus(self, duration: Duration) -> Self {
        Self(self.0 + i64::try_from(duration.as_millis()).expect("a duration of this era"))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = Timestamp::from_millisecond(self.0).map_err(|_| fmt::Error)?;
        write!(formatter, "{time:.3}")
    }
}

pub(super) struct Clock {
    now: Time,
    last_id: u64,
}

impl Clock {
    pub(super) fn new() -> Self {
        Self {
            now: Time(START),
            last_id: 0,
        }
    }

    pub(super) fn now(&self) -> Time {
        self.now
    }

    /// The next moment; no two events share one.
    pub(super) fn tick(&mut self) -> Time {
        self.advance(Duration::from_millis(1));
        self.now
    }

    pub(super) fn advance(&mut self, duration: Duration) {
        self.now = self.now.plus(duration);
    }

    /// A fresh id, greater than all before.
    pub(super) fn next_id(&mut self) -> Id {
        let milliseconds = u64::try_from(self.now.0 - FIRST_ID).expect("after the first id");
        self.last_id = (milliseconds << 23).max(self.last_id + 1);
        Id::new(self.last_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_nineteen_digits_and_grow() {
        let mut clock = Clock::new();
        let first = clock.next_id();
        let second = clock.next_id();
        clock.tick();
        let third = clock.next_id();
        assert_eq!(first.to_string().len(), 19);
        assert!(first < second && second < third);
    }

    #[test]
    fn times_are_shown_to_the_millisecond() {
        let mut clock = Clock::new();
        assert_eq!(clock.now().to_string(), "2026-11-20T10:00:00.000Z");
        assert_eq!(clock.tick().to_string(), "2026-11-20T10:00:00.001Z");
    }
}
