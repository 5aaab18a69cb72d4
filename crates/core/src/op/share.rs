//! Signed links: making, listing, taking back, and following them.

use crate::cursor::{Key, Place};
use crate::errand::{self, By};
use crate::op::audit::NOBODY;
use crate::op::get;
use crate::plan::{NewShare, Signed};
use crate::query::Start;
use crate::settle::{Change, settle};
use crate::table::file_use::Look;
use crate::table::{panel, share, token};
use crate::unit::{Outcome, Tenanted, tenanted};
use crate::{Content, Core, Edit, View, entropy};
use attache_model::error::{Code, What};
use attache_model::event::EventKind;
use attache_model::id::{ShareId, TokenId};
use attache_model::link::Record;
use attache_model::listing::LabelledShare;
use attache_model::page::Page;
use attache_model::share::{PreviewSize, Share};
use attache_model::{AccountNo, Error, FileNo, FileRef, Result, Time};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

const PURPOSE: &str = "share";

/// What is sealed in a link. Nothing outside of it is believed.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Claim {
    #[serde(rename = "a")]
    account: AccountNo,
    #[serde(rename = "f")]
    file: FileNo,
    #[serde(rename = "v", default, skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
    #[serde(rename = "e")]
    expires_at: Time,
    /// The box of a preview, in pixels.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    side: Option<u32>,
    #[serde(rename = "u", default, skip_serializing_if = "std::ops::Not::not")]
    upscale: bool,
    #[serde(rename = "d", default, skip_serializing_if = "std::ops::Not::not")]
    download: bool,
    /// The row of a listed link.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    listed: Option<Uuid>,
    /// The token that it was made with; the link ends with it.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    token: Option<TokenId>,
    /// The record whose panel shows it; the link ends when that does not show the file any more.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    panel: Option<Record>,
}

/// A link that was followed to its file.
#[derive(Clone, Debug)]
pub struct Redeemed {
    /// Whose file it is.
    pub account: AccountNo,
    /// The file's bytes.
    pub content: Content,
    /// A picture in this size is wanted instead of the original.
    pub size: Option<PreviewSize>,
    /// Smaller pictures are to grow to it.
    pub upscale: bool,
    /// To be downloaded instead of shown.
    pub download: bool,
    /// When the link ends: no answer may be kept longer.
    pub expires_at: Time,
    /// Bound to one version, so that its bytes never change.
    pub bound: bool,
    /// Pages of other sites may show what it gives: a panel stands in one.
    pub embed: bool,
}

impl View<'_> {
    /// A link that is not listed: it ends with its time, its file or the token it was made with.
    ///
    /// # Errors
    /// `NotFound(File)`, for a sensitive file too; `ExpiryInvalid`.
    pub async fn sign(&self, file: impl Into<FileRef>, new: &NewShare) -> Result<Signed> {
        let file = self.shareable(file.into(), new).await?;
        Ok(self.sign_for(file, new))
    }

    /// As [`View::sign`], for a file that was looked at already.
    pub(crate) fn sign_for(&self, file: FileNo, new: &NewShare) -> Signed {
        let expires_at = self.now().plus(new.life);
        let claim = self.claim(file, new, expires_at, None);
        Signed { token: self.core.seal_claim(&claim), expires_at, share: None, file }
    }

    /// As [`View::sign_for`], for the panel of a record, until `end` at the latest.
    pub(crate) fn sign_in_panel(&self, record: &Record, file: FileNo, new: &NewShare, end: Time) -> Signed {
        let expires_at = self.now().plus(new.life).min(end);
        let claim = Claim { panel: Some(record.clone()), ..self.claim(file, new, expires_at, None) };
        Signed { token: self.core.seal_claim(&claim), expires_at, share: None, file }
    }

    /// Working links that are listed, newest first: of one file, or of all.
    ///
    /// # Errors
    /// `NotFound(File)`; `CursorInvalid`.
    pub async fn shares(&self, file: Option<FileRef>, start: Start, limit: u32) -> Result<Page<LabelledShare>> {
        let file = match file {
            Some(file) => Some(self.file(file).await?.no),
            None => None,
        };
        let list = format!("{}|shares|{file:?}", self.caller.account());
        let (at, id) = match self.place(&list, &start)? {
            None => (i64::MAX, String::new()),
            Some(Place { key: Key::Int(at), tie: Key::Text(id) }) => (at, id),
            Some(_) => return Err(Error::bug("a cursor of links holds something else")),
        };
        let (id, look) = (Arc::new(id), Look { now: self.now(), sees_hidden: self.caller.sees_hidden() });
        let unit = tenanted::<Vec<LabelledShare>, _>(move |mut t| {
            let id = id.clone();
            Box::pin(async move { share::list(&mut t, file, look, (at, &id), limit + 1).await })
        });
        let items = self.read("list signed links", unit).await?;
        let place = |LabelledShare { share, .. }: &LabelledShare| Place {
            key: Key::Int(share.created_at.0),
            tie: Key::Text(share.id.to_string()),
        };
        Ok(self.cut(&list, limit, items, place))
    }

    /// The file of a link to be made, if one may be made.
    async fn shareable(&self, file: FileRef, new: &NewShare) -> Result<FileNo> {
        if new.life.is_zero() {
            return Err(Error::refuse(Code::ExpiryInvalid, "expires_in", "a link works for at least a second"));
        }
        let found = self.file(file).await?;
        if found.access.is_sensitive() {
            return Err(Error::NotFound(What::File));
        }
        if new.version.is_some() {
            self.open(file, new.version).await?;
        }
        Ok(found.no)
    }

    fn claim(&self, file: FileNo, new: &NewShare, expires_at: Time, listed: Option<ShareId>) -> Claim {
        Claim {
            account: self.caller.account(),
            file,
            version: new.version,
            expires_at,
            side: new.size.map(PreviewSize::side),
            upscale: new.upscale,
            download: new.download,
            listed: listed.map(|id| id.0),
            token: self.caller.token(),
            panel: None,
        }
    }
}

impl Edit<'_> {
    /// A link that its owner can list and take back.
    ///
    /// # Errors
    /// As [`View::sign`].
    pub async fn share(&self, file: impl Into<FileRef>, new: &NewShare) -> Result<Signed> {
        let file = self.shareable(file.into(), new).await?;
        let (now, expires_at) = (self.now(), self.now().plus(new.life));
        let made = Share {
            id: ShareId(entropy::uuid(now)),
            file,
            version: new.version,
            expires_at,
            created_at: now,
            created_by: self.caller().actor(),
            revoked_at: None,
        };
        let fixed = Arc::new((made.clone(), self.author()));
        let unit = tenanted::<(), _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                share::add(&mut t, &fixed.0).await?;
                settle(&mut t, &fixed.1, now, &Change::file(EventKind::ShareCreated, file)).await
            })
        });
        self.write("keep a signed link", unit).await?;
        let token = self.core.seal_claim(&self.claim(file, new, expires_at, Some(made.id)));
        Ok(Signed { token, expires_at, share: Some(made), file })
    }

    /// Takes a listed link back. One that was taken back already stays so.
    ///
    /// # Errors
    /// `NotFound(Share)`.
    pub async fn revoke_share(&self, id: ShareId) -> Result<()> {
        let (now, author) = (self.now(), Arc::new(self.author()));
        let unit = tenanted::<(), _>(move |mut t| {
            let author = author.clone();
            Box::pin(async move {
                let found = share::get(&mut t, id).await?.ok_or(Error::NotFound(What::Share))?;
                if share::revoke(&mut t, id, now).await? == 0 {
                    return Ok(());
                }
                settle(&mut t, &author, now, &Change::file(EventKind::ShareRevoked, found.file)).await
            })
        });
        self.write("take a signed link back", unit).await
    }
}

impl Core {
    fn seal_claim(&self, claim: &Claim) -> String {
        self.0.keys.seal(PURPOSE, &serde_json::to_vec(claim).unwrap_or_default())
    }

    /// Follows a signed link.
    ///
    /// # Errors
    /// `Forged` for anything we did not seal; `Expired` after its time, or when it or its token was taken back;
    /// `NotFound(File)` when the file is in the trash, erased or expired.
    pub async fn redeem(&self, sealed: &str) -> Result<Redeemed> {
        let payload = self.0.keys.open(PURPOSE, sealed).ok_or(Error::Forged)?;
        let claim: Claim = serde_json::from_slice(&payload).map_err(|_| Error::Forged)?;
        let now = self.closing_now();
        errand::comes_from(By { account: claim.account, user: NOBODY, token: claim.token }, &self.0.refusals);
        if claim.expires_at <= now {
            return Err(Error::Expired);
        }
        let fixed = Arc::new(claim.clone());
        let unit = tenanted::<get::Opened, _>(move |mut t| {
            let claim = fixed.clone();
            Box::pin(async move { follow(&mut t, &claim, now).await })
        });
        let (file, version, key, bytes) = self.read("follow a signed link", claim.account, unit).await?;
        let size = |side| PreviewSize::ALL.iter().find(|(_, _, own)| *own == side).map(|(size, _, _)| *size);
        Ok(Redeemed {
            account: claim.account,
            content: Content::new(self, file, version, &key, bytes)?,
            size: claim.side.and_then(size),
            upscale: claim.upscale,
            download: claim.download,
            expires_at: claim.expires_at,
            bound: claim.version.is_some(),
            embed: claim.panel.is_some(),
        })
    }
}

async fn follow(t: &mut Tenanted<'_>, claim: &Claim, now: Time) -> Outcome<get::Opened> {
    if let Some(id) = claim.token
        && token::by_id(t.bare(), id).await?.is_none()
    {
        return Err(Error::Expired.into());
    }
    if let Some(id) = claim.listed {
        let row = share::get(t, ShareId(id)).await?;
        if row.is_none_or(|row| row.revoked_at.is_some()) {
            // A row that is gone went with its file.
            get::visible(t, claim.file.into(), now, true).await?;
            return Err(Error::Expired.into());
        }
    }
    let row = get::visible(t, claim.file.into(), now, true).await?;
    let shown = match &claim.panel {
        Some(record) => !row.file.access.is_hidden() && panel::link_of(t, record, row.file.no).await?.is_some(),
        None => true,
    };
    if row.file.access.is_sensitive() || !shown {
        return Err(Error::NotFound(What::File).into());
    }
    get::open(t, row, claim.version).await
}
