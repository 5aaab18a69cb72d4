//! Counting windows: how often each key came in the running second, minute or day, so that a dialect can tell its clients
//! and refuse what is too much.
//!
//! The counts are this process's own and in memory: a restart begins anew. Windows follow each other without a gap from
//! 1970 on, so a day begins at 00:00 UTC.

use attache_model::Time;
use lru::LruCache;
use std::hash::Hash;
use std::num::NonZeroUsize;

/// How many keys [`Windows`] count at once. Who came longest ago is forgotten first.
pub const ROOM: NonZeroUsize = NonZeroUsize::new(4096).unwrap();

/// A second, as the length of a window.
pub const SECOND: i64 = 1;
/// A minute, in seconds.
pub const MINUTE: i64 = 60;
/// A day, in seconds.
pub const DAY: i64 = 86_400;

/// `N` windows for each key.
#[derive(Debug)]
pub struct Windows<K: Hash + Eq, const N: usize>(LruCache<K, [Window; N]>);

/// One window of a row of them: which one it is since 1970, and what was counted in it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Window {
    no: i64,
    used: u64,
}

/// How long a window is and how much it lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// In seconds, at least 1.
    pub length: i64,
    /// The most that is counted in it; [`u64::MAX`] only counts.
    pub limit: u64,
}

/// One too many: a window was full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full {
    /// Of the full windows the longest one's, in seconds.
    pub length: i64,
    /// Seconds until that window ends, at least 1.
    pub after: u64,
}

impl<K: Hash + Eq, const N: usize> Default for Windows<K, N> {
    fn default() -> Windows<K, N> {
        Windows(LruCache::new(ROOM))
    }
}

impl<K: Hash + Eq, const N: usize> Windows<K, N> {
    /// The windows of `key`, for [`count`].
    pub fn of(&mut self, key: K) -> &mut [Window; N] {
        self.0.get_or_insert_mut(key, || [Window::default(); N])
    }

    /// How many keys are counted now.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nobody came yet.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Window {
    /// What was counted in the window that the last [`count`] was in.
    pub fn used(&self) -> u64 {
        self.used
    }

    /// Begins the window that `now` is in, unless it is this one.
    fn turn(&mut self, length: i64, now: Time) {
        let no = now.seconds().div_euclid(length);
        if self.no != no {
            *self = Window { no, used: 0 };
        }
    }
}

/// Counts one request in all of `windows`, or in none of them where one is full.
///
/// # Errors
/// [`Full`], of the window that is full the longest: it says when to come again.
pub fn count(windows: &mut [(&mut Window, Bound)], now: Time) -> Result<(), Full> {
    for (window, bound) in &mut *windows {
        window.turn(bound.length, now);
    }
    let full = windows.iter().filter(|(window, bound)| window.used >= bound.limit).map(|(_, bound)| bound.length).max();
    if let Some(length) = full {
        return Err(Full { length, after: left(length, now) });
    }
    windows.iter_mut().for_each(|(window, _)| window.used += 1);
    Ok(())
}

/// Seconds from `now` to the end of its window of this length, at least 1.
pub fn left(length: i64, now: Time) -> u64 {
    (length - now.seconds().rem_euclid(length)).unsigned_abs().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first second of a minute, at 08:00 UTC.
    const START: i64 = 1_800_000_000;

    fn at(second: i64) -> Time {
        Time::from_millis((START + second) * 1000)
    }

    fn minute(limit: u64) -> Bound {
        Bound { length: MINUTE, limit }
    }

    #[test]
    fn a_window_lets_its_limit_through_and_not_one_more_until_the_next_begins() {
        let mut windows = Windows::<_, 1>::default();
        let mut come = |second| {
            let [window] = windows.of("a");
            count(&mut [(window, minute(2))], at(second))
        };
        assert_eq!([come(0), come(30)], [Ok(()), Ok(())]);
        assert_eq!(come(59), Err(Full { length: MINUTE, after: 1 }));
        assert_eq!(come(60), Ok(()));
    }

    #[test]
    fn each_key_has_its_own_windows() {
        let mut windows = Windows::<_, 1>::default();
        for key in ["a", "b"] {
            let [window] = windows.of(key);
            assert_eq!(count(&mut [(window, minute(1))], at(0)), Ok(()), "{key}");
        }
    }

    #[test]
    fn what_one_window_refuses_is_counted_in_none() {
        let (mut short, mut long) = (Window::default(), Window::default());
        let mut come = |second| {
            let second_long = Bound { length: SECOND, limit: 1 };
            let counted = count(&mut [(&mut short, second_long), (&mut long, minute(2))], at(second));
            (counted, long.used())
        };
        assert_eq!(come(0), (Ok(()), 1));
        assert_eq!(come(0), (Err(Full { length: SECOND, after: 1 }), 1));
        assert_eq!(come(1), (Ok(()), 2));
        assert_eq!(come(1), (Err(Full { length: MINUTE, after: 59 }), 2), "the longest of the full windows says when");
    }

    #[test]
    fn a_window_without_a_limit_only_counts() {
        let mut window = Window::default();
        for used in 1..=1000 {
            assert_eq!(count(&mut [(&mut window, minute(u64::MAX))], at(0)), Ok(()));
            assert_eq!(window.used(), used);
        }
    }

    #[test]
    fn windows_take_bounded_memory() {
        let mut windows = Windows::<_, 1>::default();
        assert!(windows.is_empty());
        for key in 0..3 * ROOM.get() {
            windows.of(key);
        }
        assert_eq!(windows.len(), ROOM.get());
    }
}
