//! Which fresh contents are read again soon, and when. What is chosen follows from the key alone, so every node chooses the
//! same.

use attache_model::Time;
use sha2::{Digest as _, Sha256};
use std::time::Duration;

/// How long after its making a chosen content is read again, each time.
const AGES: [Duration; 3] = [Duration::from_secs(60), Duration::from_secs(3600), Duration::from_secs(24 * 3600)];

/// Whether the content under this key is one of the `permille` of a thousand.
pub(crate) fn is_chosen(key: &str, permille: u64) -> bool {
    let digest: [u8; 32] = Sha256::digest(key).into();
    let (first, _) = digest.split_at(8);
    let number = first.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    number % 1000 < permille
}

/// When a chosen content that is made now is read for the first time.
pub(crate) fn first(now: Time) -> Time {
    now.plus(AGES[0])
}

/// When a content is read again after `now`; `None` after the last time, and for one that is not chosen.
pub(super) fn next(key: &str, made: Time, now: Time, permille: u64) -> Option<Time> {
    let next = AGES.iter().map(|age| made.plus(*age)).find(|at| *at > now)?;
    is_chosen(key, permille).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy;

    #[test]
    fn of_many_keys_as_many_are_chosen_as_the_share_says() {
        let keys: Vec<String> = (0..20_000).map(|_| entropy::row_key()).collect();
        for (permille, wanted) in [(0, 0), (1, 20), (10, 200), (500, 10_000), (1000, 20_000)] {
            let chosen = keys.iter().filter(|key| is_chosen(key, permille)).count();
            // Five times the spread of a fair choice.
            let share = permille as f64 / 1000.0;
            let room = 5.0 * (20_000.0 * share * (1.0 - share)).sqrt();
            assert!((chosen as f64 - f64::from(wanted)).abs() <= room, "{permille}: {chosen}");
        }
    }

    #[test]
    fn every_node_chooses_the_same_and_a_larger_share_chooses_more_of_the_same() {
        // Fixed for ever: a node of the next release chooses what this one does.
        let chosen: Vec<u32> = (0..1000).filter(|no| is_chosen(&format!("row/{no:032x}"), 10)).collect();
        assert_eq!(chosen, CHOSEN);
        assert!((0..1000).all(|no| {
            let key = format!("row/{no:032x}");
            !is_chosen(&key, 10) || is_chosen(&key, 50)
        }));
    }

    #[test]
    fn a_chosen_content_is_read_after_a_minute_an_hour_and_a_day_and_then_no_more() {
        let made = Time::from_millis(1_800_000_000_000);
        let after = |seconds| made.plus(Duration::from_secs(seconds));
        let next = |now| next("any", made, now, 1000);
        assert_eq!(first(made), after(60));
        assert_eq!(next(made), Some(after(60)));
        assert_eq!(next(after(60)), Some(after(3600)));
        assert_eq!(next(after(3600)), Some(after(86_400)));
        assert_eq!(next(after(86_400)), None);
        // A server that was away does not make up for what it missed.
        assert_eq!(next(after(7200)), Some(after(86_400)));
    }

    const CHOSEN: [u32; 12] = [236, 265, 339, 380, 385, 413, 423, 451, 598, 676, 733, 990];
}
