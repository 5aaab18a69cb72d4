//! Fresh places in buckets for tests, on the object stores that a whole run shares; and stores of a test's own making.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use object_store::{ObjectStore, multipart::MultipartStore};

use crate::{
    BucketKind, Cloud, CloudOptions, Error, InlineLimit, StorageUrl,
    cloud::{PART_LEN, Store, connect_as},
};

/// The storage URL of the object store for tests; its credentials are in the environment too.
const STORE: &str = "ATTACHE_TEST_S3";
/// The same of a second store, of another maker.
const SECOND: &str = "ATTACHE_TEST_S3_SECOND";
/// Set to 1, a missing object store is a failure instead of a skip.
const REQUIRED: &str = "ATTACHE_REQUIRE_S3";

/// A place of its own for the test `name`; `None` after a loud skip where no object store was started.
///
/// # Panics
/// If the URL in the environment is none, or if there is none and `ATTACHE_REQUIRE_S3=1`.
#[must_use]
pub fn storage(name: &str) -> Option<StorageUrl> {
    fresh(STORE, name)
}

/// The same in the second store.
///
/// # Panics
/// As [`storage`].
#[must_use]
pub fn second_storage(name: &str) -> Option<StorageUrl> {
    fresh(SECOND, name)
}

/// A store over `bucket`, which cuts contents into parts of `part_len` bytes.
///
/// # Errors
/// As [`Cloud::open`].
pub fn over<S>(bucket: &Arc<S>, part_len: u64, inline_limit: InlineLimit) -> Result<Cloud, Error>
where
    S: ObjectStore + MultipartStore,
{
    let (objects, parts) = (Arc::clone(bucket) as _, Arc::clone(bucket) as _);
    let store = Store { objects, parts, signer: None, counts: Default::default() };
    Cloud::over(store, "", inline_limit, &CloudOptions::default(), part_len)
}

/// A store in a bucket with credentials of a test's own: a key and its secret.
///
/// # Errors
/// As [`Cloud::open`].
pub fn with_options(
    url: &StorageUrl,
    credentials: (&str, &str),
    inline_limit: InlineLimit,
    options: &CloudOptions,
) -> Result<Cloud, Error> {
    let StorageUrl::Bucket(bucket) = url else { return Err(Error::Settings { why: format!("{url} is a folder") }) };
    let store = connect_as(bucket, options, credentials.0, credentials.1)?;
    Cloud::over(store, &bucket.prefix, inline_limit, options, PART_LEN)
}

fn fresh(variable: &str, name: &str) -> Option<StorageUrl> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let Some(url) = std::env::var(variable).ok().filter(|url| !url.is_empty()) else {
        skip(variable, name);
        return None;
    };
    let mut url = StorageUrl::parse(&url).expect("the URL of the object store");
    let StorageUrl::Bucket(bucket) = &mut url else { panic!("{variable} names no bucket") };
    assert_eq!(bucket.kind, BucketKind::S3, "{variable} names another kind of store");
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    let name: String = name.chars().map(plain).collect();
    let key = crate::Key::spread().expect("random bytes");
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    bucket.prefix = format!("{}test/{name}-{}-{count}-{}/", bucket.prefix, std::process::id(), &key.name()[..8]);
    Some(url)
}

#[expect(clippy::print_stderr, reason = "a skip is said where people and the test runner look")]
fn skip(variable: &str, name: &str) {
    assert!(std::env::var(REQUIRED).as_deref() != Ok("1"), "{REQUIRED}=1, but {variable} names no object store");
    eprintln!("SKIPPED (s3) {variable} is not set: {name}");
}
