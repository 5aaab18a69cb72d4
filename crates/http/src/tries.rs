//! Unknown tokens, counted by the address they come from. Guessing one is hopeless; this keeps whoever tries all the same,
//! or a script that lost its token, from keeping the server busy and its log full.
//!
//! A valid token is never held up: behind a proxy everybody has the same address.

use crate::window::{Bound, Full, MINUTE, Windows, count};
use attache_model::{Error, Result, Time};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The counts of one listener.
#[derive(Debug)]
pub(crate) struct Tries {
    most: u64,
    begun: Instant,
    counts: Mutex<Windows<IpAddr, 1>>,
}

impl Tries {
    /// With at most `most` unknown tokens of one address in a minute.
    pub(crate) fn new(most: u64) -> Tries {
        Tries { most, begun: Instant::now(), counts: Mutex::default() }
    }

    /// Counts an unknown token from `address`.
    ///
    /// # Errors
    /// [`Error::Tries`] for one too many.
    pub(crate) fn add(&self, address: IpAddr) -> Result<()> {
        let since = i64::try_from(self.begun.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.add_at(address, Time::from_millis(since))
    }

    fn add_at(&self, address: IpAddr, now: Time) -> Result<()> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let [window] = counts.of(network(address));
        let bound = Bound { length: MINUTE, limit: self.most };
        count(&mut [(window, bound)], now)
            .map_err(|Full { after, .. }| Error::Tries { after: Duration::from_secs(after) })
    }
}

/// What one sender may choose its addresses from: of IPv6 that is a /64.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => {
            let [a, b, c, d, ..] = six.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        four @ IpAddr::V4(_) => four,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Time {
        Time::from_millis(second * 1000)
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn unknown_tokens_of_the_limit_pass_and_one_more_waits_for_the_next_minute() {
        let tries = Tries::new(3);
        let from = address("192.0.2.1");
        assert!((0..3).all(|_| tries.add_at(from, at(0)).is_ok()));
        let told = tries.add_at(from, at(10)).unwrap_err();
        assert!(matches!(told, Error::Tries { after } if after.as_secs() == 50), "{told:?}");
        assert!(tries.add_at(address("192.0.2.2"), at(10)).is_ok(), "another address has its own count");
        assert!(tries.add_at(from, at(60)).is_ok());
    }

    #[test]
    fn the_addresses_of_one_network_of_ipv6_share_a_count() {
        let tries = Tries::new(1);
        assert!(tries.add_at(address("2001:db8:1:2::1"), at(0)).is_ok());
        assert!(tries.add_at(address("2001:db8:1:2:ffff::1"), at(0)).is_err());
        assert!(tries.add_at(address("2001:db8:1:3::1"), at(0)).is_ok());
        assert!(tries.add_at(address("::ffff:192.0.2.1"), at(0)).is_ok());
        assert!(tries.add_at(address("192.0.2.1"), at(0)).is_err(), "a mapped address is the one that it holds");
    }
}
