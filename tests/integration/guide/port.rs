//! Ports that nobody has.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};

/// From here on, below what outgoing connections get; the same number and 10,000 is free as well, for SeaweedFS takes
/// both.
const FIRST: u16 = 12_000;
const COUNT: u16 = 10_000;

/// A port of this machine that is free now.
pub(super) fn free() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = u16::try_from(RandomState::new().build_hasher().finish() % u64::from(COUNT)).unwrap();
    // Each call goes on behind the one before, so that no port is given out twice.
    let _ = NEXT.compare_exchange(0, start, Ordering::Relaxed, Ordering::Relaxed);
    let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    (0..COUNT)
        .map(|_| FIRST + NEXT.fetch_add(1, Ordering::Relaxed) % COUNT)
        .find(|port| is_free(*port) && is_free(port + 10_000))
        .expect("a free port")
}
