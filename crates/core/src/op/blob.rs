//! Giving staged bytes a home in the account: equal bytes are kept once.

use crate::Staged;
use crate::job::scrub;
use crate::sniff::Facts;
use crate::table::blob::{self, Twin};
use crate::unit::{Outcome, Tenanted};
use crate::{Core, entropy, table};
use attache_model::digest::{Md5, Sha256};
use attache_model::file::Version;
use attache_model::{Time, UserNo};
use bytes::Bytes;

/// Staged bytes as a unit needs them.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    /// The key that they get if nothing equal is there.
    key: String,
    inline: Option<Bytes>,
    /// Whether it is read again soon, as a sample of fresh bytes.
    sampled: bool,
    pub(crate) size: u64,
    pub(crate) sha256: Sha256,
    pub(crate) md5: Md5,
}

impl Arrival {
    pub(crate) fn of(core: &Core, staged: &Staged) -> Arrival {
        let key = staged.volume_key().map_or_else(entropy::row_key, |key| key.as_str().to_owned());
        Arrival {
            sampled: scrub::is_chosen(&key, core.limits().scrub_sample),
            key,
            inline: staged.inline(),
            size: staged.len(),
            sha256: staged.sha256(),
            md5: staged.md5(),
        }
    }

    /// The version that these bytes make.
    pub(crate) fn version(&self, no: i64, facts: &Facts, by: UserNo, now: Time) -> Version {
        Version {
            no,
            size: self.size,
            media_type: facts.media_type.clone(),
            kind: facts.kind,
            encoding: facts.encoding.clone(),
            width: facts.width,
            height: facts.height,
            sha256: self.sha256,
            md5: self.md5,
            created_by: by,
            created_at: now,
        }
    }

    /// A reference to a living blob of these bytes, made if there is no whole one: its key, and whether it is the staged one.
    pub(crate) async fn home(&self, t: &mut Tenanted<'_>, now: Time) -> Outcome<(String, bool)> {
        let size = table::signed(self.size);
        let twin = blob::attach(t, &self.sha256, size).await?;
        if let Some(Twin { key, damaged: false }) = twin {
            return Ok((key, false));
        }
        let again = self.sampled.then(|| scrub::first(now));
        blob::add(t, &self.key, self.inline.as_deref(), size, &self.sha256, now, again).await?;
        if let Some(Twin { key, .. }) = twin {
            // These bytes are what the damaged ones should be.
            blob::replace(t, &key, &self.key).await?;
            let account = t.account();
            t.after_commit(move || tracing::warn!(%account, key, "new bytes took the place of a damaged content"));
        }
        Ok((self.key.clone(), true))
    }
}
