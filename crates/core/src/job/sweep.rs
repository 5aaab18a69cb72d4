//! Housekeeping, every few minutes on every node: what is over goes. Each step is safe to repeat and to run twice at
//! once.

use crate::Core;
use crate::table::{blob, delivery, file, grant, legal_hold, once, task, token, upload};
use crate::unit::{bare, tenanted};
use attache_model::account::Account;
use attache_model::limits::Limits;
use attache_model::{AccountNo, Error, FileNo, Result, UploadNo, UserNo};
use std::collections::BTreeMap;
use std::time::Duration;

/// Most items that one unit touches, so that no change waits for housekeeping.
const CHUNK: u32 = 200;
/// How many files one commit moves to the trash: a few milliseconds of the writer's time.
const COMMIT: usize = 16;
/// Age at which what a crashed upload left on the volume is removed.
const LEFTOVER_AGE: Duration = Duration::from_secs(24 * 3600);
/// How long revoked and expired tokens and grants stay listed for the operator.
const TOKEN_AGE: Duration = Duration::from_secs(30 * 24 * 3600);

/// Does all of it. What is over by the clock alone stays while the clock is doubted.
pub(crate) async fn run(core: Core) -> Result<()> {
    core.watch_clock().await?;
    purge_expired(&core).await?;
    end_claims(&core).await?;
    purge_trash(&core).await?;
    tell_kept(&core).await?;
    bury_dying(&core).await?;
    end_uploads(&core).await?;
    clear_fields(&core).await?;
    super::webhook::revive(&core).await?;
    core.operator().trim_audits().await?;
    forget_old(&core).await?;
    // While a store is away each question takes its time, so the rest does not wait for the answers.
    core.look_for_all().await?;
    attache_point::fail_point!("core.swept");
    Ok(())
}

/// What crashed uploads left on the volume. It walks over the whole volume, so it runs seldom.
pub(crate) async fn remove_orphans(core: Core) -> Result<()> {
    // By a clock that jumped, what is written now would be old.
    if !core.watch_clock().await? {
        return Ok(());
    }
    let removed = core.operator().remove_orphans(LEFTOVER_AGE).await?;
    if removed > 0 {
        tracing::info!(removed, "removed what interrupted uploads had left on the volume");
    }
    Ok(())
}

/// Files whose own time is over are gone for good.
async fn purge_expired(core: &Core) -> Result<()> {
    while let Some(now) = core.sure_now() {
        let find = bare::<Vec<(i64, FileNo)>, _>(move |tx| Box::pin(file::expired(tx, now, CHUNK)));
        let over = core.read_all("find expired files", find).await?;
        let mut purged = 0;
        for (account, no) in over {
            purged += core.purge_files(AccountNo(account), &[no], now, UserNo::OWNER).await?;
        }
        if purged == 0 {
            break;
        }
    }
    Ok(())
}

/// Files that nobody claimed in time go to the trash.
async fn end_claims(core: &Core) -> Result<()> {
    while let Some(now) = core.sure_now() {
        let find = bare::<Vec<(i64, FileNo)>, _>(move |tx| Box::pin(file::unclaimed(tx, now, CHUNK)));
        let over = core.read_all("find unclaimed files", find).await?;
        let mut by_account: BTreeMap<i64, Vec<FileNo>> = BTreeMap::new();
        for (account, no) in &over {
            by_account.entry(*account).or_default().push(*no);
        }
        for (account, files) in by_account {
            for few in files.chunks(COMMIT) {
                core.end_claims(AccountNo(account), few).await?;
            }
        }
        if over.len() < CHUNK as usize {
            break;
        }
    }
    Ok(())
}

/// Files whose time in the trash is over are gone for good.
async fn purge_trash(core: &Core) -> Result<()> {
    for account in core.operator().accounts().await? {
        let Some(now) = core.sure_now() else { return Ok(()) };
        super::trash::empty(core, account.no, now.minus(trash_life(&account)), UserNo::OWNER).await?;
    }
    Ok(())
}

/// How long a file stays in an account's trash.
fn trash_life(account: &Account) -> Duration {
    Duration::from_secs(u64::from(account.trash_days) * 24 * 3600)
}

/// Says how many files stay although their time is over, because they are under legal hold.
async fn tell_kept(core: &Core) -> Result<()> {
    let Some(now) = core.sure_now() else { return Ok(()) };
    let mut files = 0;
    for account in core.operator().accounts().await? {
        let before = now.minus(trash_life(&account));
        let count =
            tenanted::<u64, _>(move |mut t| Box::pin(async move { legal_hold::kept(&mut t, before, now).await }));
        files += core.read("count what is under legal hold", account.no, count).await?;
    }
    if files > 0 {
        tracing::info!(files, "files whose time is over stay, because they are under legal hold");
    }
    Ok(())
}

/// Bytes of blobs that died with a commit whose process did not live to remove them, or while a backup ran.
async fn bury_dying(core: &Core) -> Result<()> {
    let mut before = Vec::new();
    while !core.is_held().await? {
        let find = bare::<Vec<(i64, String)>, _>(move |tx| Box::pin(blob::dying(tx, i64::from(CHUNK))));
        let dying = core.read_all("find dying blobs", find).await?;
        // What could not be removed now is tried again by the next sweep.
        if dying.is_empty() || dying == before {
            return Ok(());
        }
        for (account, key) in &dying {
            core.bury(AccountNo(*account), vec![key.clone()]).await;
        }
        before = dying;
    }
    Ok(())
}

/// Uploads whose time is over: their bytes and what they had reserved. Their rows stay a while, to tell it.
async fn end_uploads(core: &Core) -> Result<()> {
    while let Some(now) = core.sure_now() {
        let find = bare::<Vec<(AccountNo, UploadNo)>, _>(move |tx| Box::pin(upload::due(tx, now, CHUNK)));
        let due = core.read_all("find uploads whose time is over", find).await?;
        for (account, no) in &due {
            match core.end_upload(*account, *no).await {
                Ok(()) | Err(Error::Superseded) => {}
                Err(error) => return Err(error),
            }
        }
        if due.len() < CHUNK as usize {
            break;
        }
    }
    Ok(())
}

/// Values of fields that were removed by a process that did not live to remove them too.
async fn clear_fields(core: &Core) -> Result<()> {
    for account in core.operator().accounts().await? {
        core.clear_fields(account.no).await?;
    }
    Ok(())
}

/// Rows that nobody can ask for any more.
async fn forget_old(core: &Core) -> Result<()> {
    let Some(now) = core.sure_now() else { return Ok(()) };
    let ended = now.minus(Limits::seconds(core.limits().task_life));
    let (tokens, uploads) = (now.minus(TOKEN_AGE), now.minus(LEFTOVER_AGE));
    let deliveries = now.minus(Limits::seconds(core.limits().delivery_life));
    let unit = bare::<u64, _>(move |tx| {
        Box::pin(async move {
            let gone = once::forget(tx, now).await? + task::forget(tx, ended).await?;
            let gone = gone + upload::forget_old(tx, uploads).await? + grant::forget(tx, now, tokens).await?;
            Ok(gone + token::forget(tx, tokens, now).await? + delivery::forget(tx, deliveries).await?)
        })
    });
    core.write_all("forget what is over", unit).await.map(|_| ())
}
