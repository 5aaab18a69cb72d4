//! Passwords of intakes. People make them up, so each digest is slow (Argon2id), few are made at once, and wrong ones are
//! counted. Nothing here is ever logged.

use crate::entropy;
use argon2::{Algorithm, Argon2, Params, Version};
use attache_model::id::IntakeId;
use attache_model::{AccountNo, Error, Result, Time};
use lru::LruCache;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use subtle::ConstantTimeEq as _;
use tokio::sync::Semaphore;

/// Memory of one digest, in KiB; with five rounds it is as much work as with 47 MiB and one.
const MEMORY: u32 = 7 << 10;
const ROUNDS: u32 = 5;
/// Digests that are made at once.
const AT_ONCE: usize = 2;
/// How long somebody waits for a turn before being told to come again.
const WAIT: Duration = Duration::from_secs(10);
const MINUTE: i64 = 60;
/// Intakes whose wrong passwords are counted at once. Whoever came longest ago is forgotten first.
const ROOM: NonZeroUsize = NonZeroUsize::new(4096).unwrap();

/// Makes and compares the digests of one process.
#[derive(Clone, Debug)]
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
    wrong: Arc<Mutex<LruCache<(AccountNo, IntakeId), Wrong>>>,
    most: u64,
}

/// How many wrong passwords came in a minute since 1970.
#[derive(Clone, Copy, Debug, Default)]
struct Wrong {
    minute: i64,
    count: u64,
}

impl Passwords {
    /// With at most `most` wrong passwords of one intake in a minute.
    pub(crate) fn new(most: u64) -> Passwords {
        let wrong = Arc::new(Mutex::new(LruCache::new(ROOM)));
        Passwords { turns: Arc::new(Semaphore::new(AT_ONCE)), wrong, most }
    }

    /// The text that is kept of a password.
    ///
    /// # Errors
    /// `Busy` when no turn came.
    pub(crate) async fn digest(&self, password: String) -> Result<String> {
        let mut salt = [0; 16];
        salt.copy_from_slice(&entropy::secret()[..16]);
        let digest = self.in_turn(move || work(&password, &salt, MEMORY, ROUNDS)).await?;
        Ok(format!("argon2id${MEMORY}${ROUNDS}${}${}", hex::encode(salt), hex::encode(digest)))
    }

    /// Whether a password is that of an intake, of which `kept` is the digest.
    ///
    /// # Errors
    /// `Busy` when too many wrong ones came in this minute, or no turn came.
    pub(crate) async fn fits(
        &self,
        of: (AccountNo, IntakeId),
        kept: &str,
        password: String,
        now: Time,
    ) -> Result<bool> {
        let kept = Kept::read(kept).ok_or_else(|| Error::bug("a kept password cannot be read"))?;
        // A try counts from its beginning, so that many at once are not more than one after the other.
        self.begin(of, now)?;
        let salt = kept.salt.clone();
        let digest = self.in_turn(move || work(&password, &salt, kept.memory, kept.rounds)).await;
        let fits = digest.as_ref().is_ok_and(|digest| bool::from(digest[..].ct_eq(&kept.digest[..])));
        if fits || digest.is_err() {
            self.take_back(of, now);
        }
        digest.map(|_| fits)
    }

    async fn in_turn(&self, work: impl FnOnce() -> Result<[u8; 32]> + Send + 'static) -> Result<[u8; 32]> {
        let turn = tokio::time::timeout(WAIT, self.turns.clone().acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(Error::Busy { after: WAIT }) };
        let digested = tokio::task::spawn_blocking(move || {
            // The work goes on when its caller goes away; so does its turn.
            let _turn = turn;
            work()
        });
        digested.await.map_err(|error| Error::internal("digest a password", error))?
    }

    fn begin(&self, of: (AccountNo, IntakeId), now: Time) -> Result<()> {
        let minute = now.seconds().div_euclid(MINUTE);
        let mut all = self.lock();
        let wrong = all.get_or_insert_mut(of, Wrong::default);
        if wrong.minute != minute {
            *wrong = Wrong { minute, count: 0 };
        }
        if wrong.count >= self.most {
            let left = (MINUTE - now.seconds().rem_euclid(MINUTE)).unsigned_abs();
            return Err(Error::Busy { after: Duration::from_secs(left.max(1)) });
        }
        wrong.count += 1;
        Ok(())
    }

    /// A try that was begun at `now` was not a wrong one.
    fn take_back(&self, of: (AccountNo, IntakeId), now: Time) {
        let minute = now.seconds().div_euclid(MINUTE);
        if let Some(wrong) = self.lock().peek_mut(&of).filter(|wrong| wrong.minute == minute) {
            wrong.count = wrong.count.saturating_sub(1);
        }
    }

    fn lock(&self) -> MutexGuard<'_, LruCache<(AccountNo, IntakeId), Wrong>> {
        self.wrong.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A digest with what it was made with, which later releases may choose otherwise.
struct Kept {
    memory: u32,
    rounds: u32,
    salt: Vec<u8>,
    digest: Vec<u8>,
}

impl Kept {
    fn read(text: &str) -> Option<Kept> {
        let mut parts = text.strip_prefix("argon2id$")?.split('$');
        let (memory, rounds) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let (salt, digest) = (hex::decode(parts.next()?).ok()?, hex::decode(parts.next()?).ok()?);
        parts.next().is_none().then_some(Kept { memory, rounds, salt, digest })
    }
}

fn work(password: &str, salt: &[u8], memory: u32, rounds: u32) -> Result<[u8; 32]> {
    let mut digest = [0; 32];
    let params = Params::new(memory, rounds, 1, Some(digest.len()));
    let fault = |_| Error::bug("a password cannot be digested");
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.map_err(fault)?);
    argon2.hash_password_into(password.as_bytes(), salt, &mut digest).map_err(fault)?;
    Ok(digest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const OF: (AccountNo, IntakeId) = (AccountNo(1), IntakeId(Uuid::nil()));
    const NOW: Time = Time::from_millis(1_800_000_030_000);

    async fn fits(passwords: &Passwords, kept: &str, text: &str, now: Time) -> Result<bool> {
        passwords.fits(OF, kept, text.to_owned(), now).await
    }

    #[tokio::test]
    async fn a_password_fits_its_own_digest_alone_and_no_two_digests_are_equal() {
        let passwords = Passwords::new(10);
        let kept = passwords.digest("open sesame".into()).await.unwrap();
        assert!(!kept.contains("sesame"));
        assert_ne!(kept, passwords.digest("open sesame".into()).await.unwrap());
        assert!(fits(&passwords, &kept, "open sesame", NOW).await.unwrap());
        assert!(!fits(&passwords, &kept, "open sesam", NOW).await.unwrap());
        assert!(fits(&passwords, "nonsense", "open sesame", NOW).await.is_err());
    }

    #[tokio::test]
    async fn wrong_ones_are_counted_by_the_minute_and_right_ones_are_not() {
        let passwords = Passwords::new(2);
        let kept = passwords.digest("right".into()).await.unwrap();
        for _ in 0..4 {
            assert!(fits(&passwords, &kept, "right", NOW).await.unwrap());
        }
        for _ in 0..2 {
            assert!(!fits(&passwords, &kept, "wrong", NOW).await.unwrap());
        }
        let told = fits(&passwords, &kept, "right", NOW).await.unwrap_err();
        assert!(matches!(told, Error::Busy { after } if after.as_secs() == 30), "{told:?}");
        let other = (AccountNo(2), OF.1);
        assert!(passwords.fits(other, &kept, "right".into(), NOW).await.unwrap(), "each intake has its own count");
        assert!(fits(&passwords, &kept, "right", NOW.plus(Duration::from_secs(30))).await.unwrap());
    }

    #[tokio::test]
    async fn many_tries_at_once_are_no_more_than_one_after_the_other() {
        let passwords = Passwords::new(3);
        let kept = passwords.digest("right".into()).await.unwrap();
        let tries = (0..12).map(|_| fits(&passwords, &kept, "wrong", NOW));
        let came = futures_util::future::join_all(tries).await;
        assert_eq!(came.iter().filter(|came| matches!(came, Ok(false))).count(), 3);
        assert_eq!(came.iter().filter(|came| matches!(came, Err(Error::Busy { .. }))).count(), 9);
    }
}
