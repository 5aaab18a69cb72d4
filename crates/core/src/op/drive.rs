//! Addresses that need no token: an account's drive has a name that nobody can guess, a file in it has its id, and who
//! knows both gets the bytes. Vendors call such a URL the secret.

use crate::op::get::{self, Opened};
use crate::unit::tenanted;
use crate::{Content, Core};
use attache_model::{AccountNo, Error, FileId, Result, VersionId, What};
use uuid::Uuid;

const PURPOSE: &[u8] = b"drive";
/// Bits of the account's number in front; what follows, less the bits that make it a UUID, proves them.
const ACCOUNT_BITS: u32 = 48;

impl Core {
    /// The name of an account's drive: the same for ever, as long as the installation keeps its signing key.
    pub fn drive(&self, account: AccountNo) -> Uuid {
        self.0.keys.with_each(|mark| name(account, mark)).next().unwrap_or_default()
    }

    /// The account whose drive has this name.
    fn account_of(&self, drive: Uuid) -> Option<AccountNo> {
        let account = AccountNo(i64::try_from(drive.as_u128() >> (128 - ACCOUNT_BITS)).ok()?);
        self.0.keys.with_each(|mark| name(account, mark)).any(|own| own == drive).then_some(account)
    }

    /// A living file's bytes for anybody who has its address.
    ///
    /// # Errors
    /// `NotFound(File)` whatever is wrong with the address; for a file that is hidden, sensitive, expired or in the trash
    /// too.
    pub async fn open_drive(&self, drive: Uuid, file: FileId, version: Option<VersionId>) -> Result<Content> {
        let gone = || Error::NotFound(What::File);
        let account = self.account_of(drive).ok_or_else(gone)?;
        let version = version.map(|id| id.no_in(file).ok_or_else(gone)).transpose()?;
        let now = self.now();
        let unit = tenanted::<Opened, _>(move |mut t| {
            Box::pin(async move {
                let row = get::visible(&mut t, file.into(), now, false).await?;
                if row.file.access.is_sensitive() {
                    return Err(Error::NotFound(What::File).into());
                }
                get::open(&mut t, row, version).await
            })
        });
        let opened = self.read("open a file by its address", account, unit).await;
        let (file, version, key, bytes) = opened.map_err(|error| match error {
            Error::NotFound(_) => gone(),
            error => error,
        })?;
        Content::new(self, file, version, &key, bytes)
    }
}

fn name(account: AccountNo, mark: impl Fn(&[&[u8]]) -> [u8; 16]) -> Uuid {
    let proof = u128::from_be_bytes(mark(&[PURPOSE, &account.0.to_be_bytes()]));
    let front = (account.0 as u128) << (128 - ACCOUNT_BITS);
    uuid::Builder::from_u128(front | (proof >> ACCOUNT_BITS)).with_version(uuid::Version::Custom).into_uuid()
}
