//! Choices that a seed repeats.

use attache_model::Clock;

/// The seed of this run: `ATTACHE_SEED`, or another one each time.
pub fn seed() -> u64 {
    seed_or(Clock::System.now().0.unsigned_abs())
}

/// The seed of this run: `ATTACHE_SEED`, or the usual one.
pub fn seed_or(usual: u64) -> u64 {
    let given = std::env::var("ATTACHE_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or(usual)
}

/// A small generator (xorshift*).
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// Throws the same every time for one seed.
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Any number.
    #[expect(clippy::should_implement_trait, reason = "dice have no end")]
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// True in one of `of` cases.
    pub fn one_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }
}
