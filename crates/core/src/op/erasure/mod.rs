//! The ledger of erasures: listed, shown, and proved by a certificate.

pub(crate) mod certificate;
pub(crate) mod ledger;
pub(crate) mod look;
pub(crate) mod sealed;

use crate::cursor::{Key, Place};
use crate::query::Start;
use crate::table::erasure;
use crate::unit::tenanted;
use crate::{Core, Remove, entropy, table};
use attache_model::erasure::{Erasure, ErasureKind};
use attache_model::id::ErasureId;
use attache_model::page::Page;
use attache_model::{AccountNo, Error, Result, Time, UserNo, What};
use certificate::{Certificate, Signer};
use sealed::Opener;
use std::sync::Arc;

/// A removal for good that is about to be committed: under which id it is written down, and for whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish {
    pub(crate) id: ErasureId,
    pub(crate) kind: ErasureKind,
    pub(crate) actor: UserNo,
    pub(crate) asked_at: Time,
    /// Seals the digests of what goes.
    pub(crate) opener: Opener,
}

impl Wish {
    pub(crate) fn new(core: &Core, account: AccountNo, kind: ErasureKind, actor: UserNo, now: Time) -> Wish {
        Wish::again(core, account, ErasureId(entropy::uuid(now)), kind, actor, now)
    }

    /// One that was written down before.
    pub(crate) fn again(
        core: &Core,
        account: AccountNo,
        id: ErasureId,
        kind: ErasureKind,
        actor: UserNo,
        asked_at: Time,
    ) -> Wish {
        Wish { id, kind, actor, asked_at, opener: Opener::newest(&core.0.keys, account, id) }
    }
}

impl Remove<'_> {
    /// What was removed for good, newest first.
    ///
    /// # Errors
    /// `CursorInvalid`.
    pub async fn erasures(&self, start: Start, limit: u32) -> Result<Page<Erasure>> {
        let list = "erasures";
        let before = match self.place(list, &start)? {
            // Ids are UUIDs of one length: every one of them comes before this.
            None => String::from("g"),
            Some(Place { key: Key::Text(id), .. }) => id,
            Some(_) => return Err(Error::bug("a cursor of erasures holds something else")),
        };
        let before = Arc::new(before);
        let unit = tenanted::<Vec<Erasure>, _>(move |mut t| {
            let before = before.clone();
            Box::pin(async move { erasure::list(&mut t, &before, limit + 1).await })
        });
        let items = self.read("list erasures", unit).await?;
        let place = |erasure: &Erasure| {
            let id = erasure.id.to_string();
            Place { key: Key::Text(id.clone()), tie: Key::Text(id) }
        };
        Ok(self.cut(list, limit, items, place))
    }

    /// One erasure.
    ///
    /// # Errors
    /// `NotFound(Erasure)`.
    pub async fn erasure(&self, id: ErasureId) -> Result<Erasure> {
        let unit = tenanted::<Erasure, _>(move |mut t| {
            Box::pin(async move { Ok(erasure::get(&mut t, id).await?.ok_or(Error::NotFound(What::Erasure))?) })
        });
        self.read("read an erasure", unit).await
    }

    /// The signed certificate of an erasure.
    ///
    /// # Errors
    /// `NotFound(Erasure)`; `State` while not all of it was seen to be gone, and for what was never asked to be erased.
    pub async fn certificate(&self, id: ErasureId) -> Result<Certificate> {
        let found = self.erasure(id).await?;
        let refuse = |why: String| Err(Error::State { what: What::Erasure, why });
        if found.kind == ErasureKind::Purge {
            let why =
                "its file's time was over, and records keep the name; only what somebody erases has a certificate";
            return refuse(why.to_owned());
        }
        if found.gone_at.is_none() {
            let left: Vec<&str> = found.waits_for.iter().map(|trace| trace.word()).collect();
            let left = if left.is_empty() { String::from("nobody has looked yet") } else { left.join(", ") };
            return refuse(format!("not all of it is gone yet ({left}); ask again in some minutes"));
        }
        self.core.sign_erasure(&found).await
    }
}

impl Core {
    /// The keys that certificates of erasures are signed with, the one that signs first. Anybody may have them.
    pub fn erasure_keys(&self) -> Vec<certificate::PublicKey> {
        Signer::all(&self.0.keys).map(|signer| signer.public()).collect()
    }

    async fn sign_erasure(&self, erasure: &Erasure) -> Result<Certificate> {
        let installation = self.installation().await?;
        let opener = Opener::of(&self.0.keys, erasure.parts.key, erasure.account, erasure.id)
            .ok_or_else(|| Error::bug("the key that an erasure was sealed with is not here"))?;
        Ok(Signer::newest(&self.0.keys).sign(&installation, erasure, &opener))
    }

    /// The id of this installation.
    pub(crate) async fn installation(&self) -> Result<String> {
        let find = self.read_all("name the installation", |tx| Box::pin(table::installation::get(tx))).await?;
        find.ok_or_else(|| Error::bug("the installation has no id"))
    }
}
