//! How long a client tries before it gives up.

use std::time::Duration;

/// How often something is tried, and how long the pauses are: each is twice as long as the one before.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// Most tries.
    pub tries: u32,
    /// The first pause.
    pub first: Duration,
    /// The longest pause.
    pub most: Duration,
}

impl Patience {
    /// For one request: about three seconds in all.
    pub const SHORT: Patience = Patience { tries: 5, first: Duration::from_millis(200), most: Duration::from_secs(2) };
    /// For what has begun and would be sad to lose, such as a large upload: about two minutes without any progress.
    pub const LONG: Patience = Patience { tries: 12, first: Duration::from_millis(200), most: Duration::from_secs(20) };

    /// The pause after this try, counted from 1; `None` when that was the last one. A random part keeps many clients from
    /// coming back at once.
    pub fn pause(&self, tried: u32) -> Option<Duration> {
        if tried >= self.tries {
            return None;
        }
        let full = self.first.saturating_mul(1 << (tried - 1).min(16)).min(self.most);
        let mut dice = [0_u8; 1];
        // Without randomness every pause is whole.
        let share = getrandom::fill(&mut dice).map_or(u8::MAX, |()| dice[0]);
        Some(full.mul_f64(0.5 + f64::from(share) / 510.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let patience = Patience::SHORT;
        for tried in 1..5 {
            let full = Duration::from_millis(200 << (tried - 1));
            let pause = patience.pause(tried).unwrap();
            assert!(pause >= full / 2 && pause <= full, "{pause:?} after try {tried}");
        }
        assert_eq!(patience.pause(5), None);
        assert!(Patience::LONG.pause(11).unwrap() <= Patience::LONG.most);
    }
}
