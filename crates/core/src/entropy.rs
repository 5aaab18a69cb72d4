//! Randomness as a parameter: ids, keys and secrets all come from here.

use crate::node::Node;
use attache_model::Time;
use uuid::Uuid;

/// Fills `bytes` from the system's generator.
///
/// A machine that cannot give randomness cannot run this server: the process ends.
pub(crate) fn fill(bytes: &mut [u8]) {
    #[expect(clippy::expect_used, reason = "without randomness no secret is one; nothing sane can go on")]
    getrandom::fill(bytes).expect("the system's random generator does not answer");
}

/// 32 random bytes, for secrets.
pub(crate) fn secret() -> [u8; 32] {
    let mut bytes = [0; 32];
    fill(&mut bytes);
    bytes
}

/// A random name for a node.
pub(crate) fn node() -> Node {
    let mut random = [0; 16];
    fill(&mut random);
    Node(random)
}

/// A fresh id (RFC 9562, version 7): its time part keeps index pages close together, its 74 random bits make it
/// unguessable enough for something that is never authority.
pub(crate) fn uuid(now: Time) -> Uuid {
    let mut random = [0; 10];
    fill(&mut random);
    let millis = u64::try_from(now.millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// The key of contents that live in the database. Kept contents get theirs from the volume; both are random.
pub(crate) fn row_key() -> String {
    let mut random = [0; 16];
    fill(&mut random);
    format!("{ROW_KEY_PREFIX}{}", hex::encode(random))
}

/// What the keys of contents in the database begin with; no volume key does.
pub(crate) const ROW_KEY_PREFIX: &str = "row/";
