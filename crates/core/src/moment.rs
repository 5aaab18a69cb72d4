//! Whether the clock can be believed. What ends by the clock is removed for good, so a clock that jumps must not be taken
//! at its word: by a jump of more than a day, purges stop until somebody confirms the time or the clock is right again.
//!
//! While a process runs, its clock is compared with the steady one, which nobody can set. Over a start, and between nodes,
//! it is compared with the newest moment that a server has worked at, which the database keeps.

use crate::table::moment;
use crate::unit::bare;
use crate::{Core, Operator};
use attache_model::{Result, Time};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A jump that is longer than this is not believed.
const DOUBT: Duration = Duration::from_secs(24 * 3600);

/// What a process knows of its clock.
#[derive(Debug, Default)]
pub(crate) struct Watch(Mutex<Belief>);

#[derive(Clone, Copy, Debug, Default)]
struct Belief {
    /// A moment that was believed, and the steady clock then.
    known: Option<(Time, Duration)>,
    /// A moment that is over for certain, and the steady clock when that was known.
    over: Option<(Time, Duration)>,
    doubted: bool,
}

/// The clock of this machine, and the newest moment that the installation has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moments {
    /// By the clock.
    pub now: Time,
    /// By the database; `None` when no server has worked yet.
    pub seen: Option<Time>,
}

impl Moments {
    /// Whether a server that starts now believes its clock.
    pub fn are_near(&self) -> bool {
        self.seen.is_none_or(|seen| is_near(self.now, seen))
    }
}

fn is_near(one: Time, other: Time) -> bool {
    one.0.abs_diff(other.0) <= u64::try_from(DOUBT.as_micros()).unwrap_or(u64::MAX)
}

impl Watch {
    /// Whether `now` fits what is known. `seen` is what the database has seen, where it was asked.
    fn judge(&self, now: Time, passed: Duration, seen: Option<Time>) -> (bool, bool) {
        let mut belief = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = match belief.known {
            // A database that was away has seen nothing for long, which says nothing against this clock.
            Some((then, at)) => {
                is_near(now, then.plus(passed.saturating_sub(at))) && seen.is_none_or(|seen| seen <= now.plus(DOUBT))
            }
            None => seen.is_none_or(|seen| is_near(now, seen)),
        };
        let turned = belief.doubted == fits;
        // A process that starts knows from the database how late it is at least. One whose clock is right again starts
        // from there.
        let start = seen.filter(|_| belief.over.is_none() && !turned);
        let over = belief.over.filter(|_| !turned).map(|(then, at)| then.plus(passed.saturating_sub(at))).or(start);
        if fits {
            belief.over = Some((over.map_or(now, |over| over.max(now)), passed));
        } else if belief.over.is_none() {
            belief.over = seen.map(|seen| (seen, passed));
        }
        belief.doubted = !fits;
        match fits {
            true if belief.known.is_none() => belief.known = Some((now, passed)),
            true => {}
            false => belief.known = None,
        }
        (fits, turned)
    }

    /// The later one of `now` and what is over for certain.
    fn at_least(&self, now: Time, passed: Duration) -> Time {
        let belief = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let over = belief.over.map(|(then, at)| then.plus(passed.saturating_sub(at)));
        over.map_or(now, |over| over.max(now))
    }

    fn doubted(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).doubted
    }
}

impl Core {
    /// Asks the database whether the clock can be believed, and lets it know how late it is where it can. Housekeeping
    /// begins with this.
    pub(crate) async fn watch_clock(&self) -> Result<bool> {
        let now = self.now();
        let look = bare::<Option<Time>, _>(|tx| Box::pin(moment::get(tx)));
        let seen = self.read_all("look at the newest moment", look).await?;
        if !self.judge(now, seen) {
            return Ok(false);
        }
        let see = bare::<(), _>(move |tx| Box::pin(moment::see(tx, now)));
        self.write_all("keep the newest moment", see).await?;
        Ok(true)
    }

    /// Now, for what is removed for good when its time is over; `None` while the clock is doubted.
    pub(crate) fn sure_now(&self) -> Option<Time> {
        let now = self.now();
        (!self.doubts_clock() && self.judge(now, None)).then_some(now)
    }

    /// Now, for what lets somebody in until its time is over: a clock that is set back opens nothing again.
    pub(crate) fn closing_now(&self) -> Time {
        self.0.moment.at_least(self.0.clock.now(), self.clock().passed())
    }

    /// As [`Core::watch_clock`] before there is any housekeeping; changes nothing.
    pub(crate) async fn meet_clock(&self) -> Result<()> {
        let look = bare::<Option<Time>, _>(|tx| Box::pin(moment::get(tx)));
        let seen = self.read_all("look at the newest moment", look).await?;
        self.judge(self.now(), seen);
        Ok(())
    }

    /// Whether the clock is doubted: then nothing is purged until the time is confirmed.
    pub fn doubts_clock(&self) -> bool {
        self.0.moment.doubted()
    }

    fn judge(&self, now: Time, seen: Option<Time>) -> bool {
        let (fits, turned) = self.0.moment.judge(now, self.clock().passed(), seen);
        match (fits, turned) {
            (false, _) => tracing::error!(
                %now,
                seen = seen.map(|seen| seen.to_string()),
                "the clock has jumped by more than a day, so nothing is purged; set it right, or say 'attache clock confirm'"
            ),
            (true, true) => tracing::warn!(%now, "the clock is believed again, and what is over is purged"),
            (true, false) => {}
        }
        fits
    }
}

impl Operator {
    /// This machine's clock, and what the installation has seen of time.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn moments(&self) -> Result<Moments> {
        let look = bare::<Option<Time>, _>(|tx| Box::pin(moment::get(tx)));
        let seen = self.0.read_all("look at the newest moment", look).await?;
        Ok(Moments { now: self.0.now(), seen })
    }

    /// Confirms this machine's clock: servers whose clocks are near it believe them from their next housekeeping on.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn confirm_clock(&self) -> Result<Time> {
        let now = self.0.now();
        let set = bare::<(), _>(move |tx| Box::pin(moment::set(tx, now)));
        self.0.write_all("confirm the clock", set).await?;
        Ok(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = DOUBT;
    const START: Time = Time::from_millis(1_800_000_000_000);

    /// Whether a process that has believed `START` believes its clock when `passed` has passed and it shows `now`.
    fn believes(now: Time, passed: Duration, seen: Option<Time>) -> bool {
        let watch = Watch::default();
        assert!(watch.judge(START, Duration::ZERO, None).0);
        watch.judge(now, passed, seen).0
    }

    #[test]
    fn a_clock_that_goes_with_the_steady_one_is_believed_for_ever() {
        for days in [0, 1, 40, 4000] {
            let passed = DAY * days;
            assert!(believes(START.plus(passed), passed, Some(START)), "after {days} days");
        }
    }

    #[test]
    fn a_jump_of_a_day_is_believed_and_a_longer_one_is_not() {
        let (hour, more) = (Duration::from_secs(3600), Duration::from_secs(1));
        for (now, believed) in [
            (START.plus(hour + DAY), true),
            (START.plus(hour + DAY + more), false),
            (START.plus(hour).minus(DAY), true),
            (START.plus(hour).minus(DAY + more), false),
            (START.plus(DAY * 3650), false),
        ] {
            assert_eq!(believes(now, hour, None), believed, "{now}");
        }
    }

    #[test]
    fn small_jumps_add_up() {
        let watch = Watch::default();
        let step = Duration::from_secs(13 * 3600);
        let beliefs = [0, 1, 2].map(|jumps| watch.judge(START.plus(step * jumps), Duration::ZERO, None).0);
        assert_eq!(beliefs, [true, true, false]);
    }

    #[test]
    fn a_process_that_starts_believes_a_clock_near_the_newest_moment_alone() {
        for (seen, believed) in [
            (None, true),
            (Some(START), true),
            (Some(START.minus(DAY)), true),
            (Some(START.minus(DAY * 2)), false),
            (Some(START.plus(DAY * 2)), false),
        ] {
            assert_eq!(Watch::default().judge(START, Duration::ZERO, seen).0, believed, "{seen:?}");
            assert_eq!(Moments { now: START, seen }.are_near(), believed, "{seen:?}");
        }
    }

    #[test]
    fn a_clock_that_is_set_back_opens_nothing_again() {
        let (watch, minute) = (Watch::default(), Duration::from_secs(60));
        assert_eq!(watch.at_least(START, minute), START, "nothing is known yet");
        watch.judge(START, Duration::ZERO, None);
        for back in [minute * 10, DAY * 3650] {
            let now = START.minus(back);
            assert_eq!(watch.at_least(now, minute), START.plus(minute));
            watch.judge(now, minute, None);
            assert_eq!(watch.at_least(now, minute * 2), START.plus(minute * 2));
        }
        assert_eq!(watch.at_least(START.plus(DAY * 3650), minute), START.plus(DAY * 3650), "a clock may be ahead");
        assert_eq!(watch.at_least(START, minute * 3), START.plus(minute * 3), "and what it opened early is closed");
        let started = Watch::default();
        started.judge(START.minus(DAY * 3650), Duration::ZERO, Some(START));
        assert_eq!(started.at_least(START.minus(DAY * 3650), minute), START.plus(minute), "over a start, too");
    }

    #[test]
    fn a_node_that_is_behind_the_others_is_doubted_and_one_whose_database_was_away_is_not() {
        assert!(!believes(START, Duration::ZERO, Some(START.plus(DAY * 2))));
        assert!(believes(START.plus(DAY * 3), DAY * 3, Some(START)));
    }

    #[test]
    fn a_clock_is_believed_again_once_its_time_is_confirmed_or_right() {
        let watch = Watch::default();
        let far = START.plus(DAY * 100);
        assert_eq!(watch.judge(START, Duration::ZERO, None), (true, false));
        assert_eq!(watch.judge(far, Duration::ZERO, Some(START)), (false, true));
        assert_eq!(watch.judge(far, Duration::ZERO, Some(START)), (false, false), "and stays so");
        assert_eq!(watch.judge(START, Duration::ZERO, Some(START)), (true, true), "it was set right");
        assert_eq!(watch.judge(far, Duration::ZERO, Some(START)), (false, true));
        assert_eq!(watch.judge(far, Duration::ZERO, Some(far)), (true, true), "it was confirmed");
    }
}
