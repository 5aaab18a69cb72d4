//! Putting a file in: bytes are staged first, then one unit makes the file, its version, its links and its events.

use crate::numbers::Kind;
use crate::op::blob::Arrival;
use crate::op::foresee::check_plan;
use crate::op::place::{self, Fresh, placed};
use crate::op::reach::cover;
use crate::op::taken::{exists, free_name, free_name_below, held_taker, taker, trash_taker};
use crate::op::version;
use crate::plan::{Clash, Duplicates, NewFile, Put};
use crate::settle::{Author, Change, settle};
use crate::sniff::{self, Facts, Hints};
use crate::staged::Staged;
use crate::table::{file, folder, link};
use crate::unit::{Outcome, Tenanted, Work};
use crate::{Edit, entropy, naming};
use attache_blobs::{Body, Expect};
use attache_model::error::Error;
use attache_model::event::EventKind;
use attache_model::file::File;
use attache_model::link::Link;
use attache_model::{FileId, FileNo, FolderNo, Name, Result, Time, What};
use std::sync::Arc;

/// Everything that the unit needs, fixed before it runs, since it may run more than once.
#[derive(Clone)]
struct Prepared {
    new: NewFile,
    no: FileNo,
    id: FileId,
    name: Name,
    facts: Facts,
    arrival: Arrival,
    links: Vec<i64>,
    author: Author,
    sees_hidden: bool,
    now: Time,
}

/// What the unit did: the put, and whether the staged bytes are referred to now.
type Done = (Put<file::Row>, bool);

impl Edit<'_> {
    /// Takes bytes in: durable when this returns, and not yet a file.
    ///
    /// # Errors
    /// `TooLarge`, `Length`, `Checksum`, `Cut`, `StorageFull`, `Busy`, `Unavailable`; nothing is left behind.
    pub async fn stage(&self, body: Body, expect: &Expect) -> Result<Staged> {
        self.core.stage(self.caller.account(), body, expect).await
    }

    /// Makes a file of staged bytes.
    ///
    /// # Errors
    /// `NotFound(Folder)`, `Exists` (a taken name or a duplicate, as the plan says), `Quota`, `Invalid`.
    pub async fn put_file(&self, new: NewFile, staged: Staged) -> Result<Put<File>> {
        check_plan(self, &new)?;
        let prepared = Arc::new(self.prepare(new, &staged).await?);
        let folder = prepared.new.folder.clone();
        let unit = placed::<Done, _>(move |t, fresh| unit(t, prepared.clone(), fresh));
        let (core, account) = (self.core.clone(), self.caller().account());
        let commit = async move {
            attache_point::fail_point!("core.file_offered");
            let end = core.write_placed("put a file", account, &folder, Arc::new(unit)).await;
            attache_point::fail_point!("core.file_put");
            end
        };
        Ok(match self.core.commit_staged(staged, commit).await? {
            Put::Created(row) => Put::Created(row.file),
            Put::Versioned(row) => Put::Versioned(row.file),
            Put::Existing(row) => Put::Existing(row.file),
        })
    }

    async fn prepare(&self, new: NewFile, staged: &Staged) -> Result<Prepared> {
        let account = self.caller().account();
        let name = naming::resolve(&new.name, staged.head(), &staged.md5().to_string())?;
        let facts = facts(staged, &name, new.media_type.as_deref(), new.charset.as_deref());
        let links = self.numbers_for(&new).await?;
        let now = self.now();
        Ok(Prepared {
            no: FileNo(self.core.number(account, Kind::File).await?),
            id: FileId(entropy::uuid(now)),
            name,
            facts,
            arrival: Arrival::of(self.core, staged),
            links,
            author: self.author(),
            sees_hidden: self.caller().sees_hidden(),
            now,
            new,
        })
    }
}

impl Edit<'_> {
    /// Numbers for the links of a file that is put in. Those on a file that is there come after the links that
    /// it has.
    async fn numbers_for(&self, new: &NewFile) -> Result<Vec<i64>> {
        let account = self.caller().account();
        if new.clash == Clash::Version || new.duplicates.is_some() {
            return self.core.link_numbers(account, new.links.len()).await;
        }
        let mut links = Vec::with_capacity(new.links.len());
        for _ in &new.links {
            links.push(self.core.number(account, Kind::Link).await?);
        }
        Ok(links)
    }
}

/// What the bytes are.
pub(crate) fn facts(staged: &Staged, name: &Name, declared: Option<&str>, charset: Option<&str>) -> Facts {
    let ext = name.ext().to_ascii_lowercase();
    sniff::look(&Hints { head: staged.head(), ext: &ext, declared, charset })
}

/// The folder that a new file is for; `None` when its path is still to be made.
pub(crate) async fn folder_there(t: &mut Tenanted<'_>, new: &NewFile) -> Outcome<Option<FolderNo>> {
    let may_be_made = new.make_folders && matches!(new.folder, attache_model::FolderRef::Path(_));
    match place::find(t, &new.folder).await {
        Ok(folder) => Ok(Some(folder.no)),
        Err(crate::unit::Fault::Rule(Error::NotFound(_))) if may_be_made => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// The unit. A function and no closure: what closures do is compiled again in every crate that calls what they are in.
fn unit(mut t: Tenanted<'_>, prepared: Arc<Prepared>, fresh: Fresh) -> Work<'_, Done> {
    Box::pin(async move {
        match &prepared.author.intake {
            None => put(&mut t, &prepared, &fresh).await,
            Some(claim) => {
                let name = claim.take(&mut t, prepared.now).await?;
                put(&mut t, &Prepared { name, ..(*prepared).clone() }, &fresh).await
            }
        }
    })
}

async fn put(t: &mut Tenanted<'_>, p: &Prepared, fresh: &Fresh) -> Outcome<Done> {
    // Before any folder is made: an answer with the file that is there leaves nothing behind.
    if let Some(duplicates) = p.new.duplicates
        && let Some(twin) = twin(t, p, duplicates).await?
    {
        if duplicates.return_existing {
            return Ok((Put::Existing(whole(t, twin).await?), false));
        }
        return Err(exists(&twin.file).into());
    }
    let (folder, made) = place::take(t, &p.new.folder, p.new.make_folders, fresh, p.now).await?;
    let mut change = Change::default();
    for no in made {
        change = change.and_folder(EventKind::FolderCreated, no);
    }
    if p.new.clash == Clash::Version
        && let Some(row) = held_taker(t, folder, &p.name, p.now).await?
    {
        return append(t, p, row, change).await;
    }
    create(t, p, folder, change).await
}

/// A living file of the same bytes: one of the same name first, then one in the same folder, then the oldest.
async fn twin(t: &mut Tenanted<'_>, p: &Prepared, look: Duplicates) -> Outcome<Option<file::Row>> {
    // Of several that look at once, each sees what the one before it made. The lock comes first in its unit.
    folder::lock_tree(t).await?;
    let folder = folder_there(t, &p.new).await?;
    let sha256 = p.arrival.sha256.to_string();
    let twins = file::twins(t, &sha256, p.arrival.size, p.now, p.sees_hidden).await?;
    let best = twins
        .iter()
        .filter(|twin| !look.in_folder_only || Some(twin.folder) == folder)
        .min_by_key(|twin| (twin.name != p.name.full(), Some(twin.folder) != folder, twin.no));
    match best {
        Some(twin) => file::find(t, twin.no.into()).await,
        None => Ok(None),
    }
}

/// The bytes become a version of a file that is there.
async fn append(t: &mut Tenanted<'_>, p: &Prepared, mut row: file::Row, change: Change) -> Outcome<Done> {
    let adopted = version::append(t, &mut row, &p.arrival, &p.facts, p.author.user, p.now).await?;
    row.file.upload = p.author.upload.map(|ending| ending.no);
    version::save(t, &mut row, p.author.user, p.now).await?;
    let change = change.and_file(EventKind::FileReplaced, row.file.no).with(crate::table::signed(p.arrival.size), 0);
    let change = put_links(t, p, row.file.no, change).await?;
    if row.file.cover {
        // With another owner it is nobody's picture.
        row = file::find(t, row.file.no.into()).await?.ok_or(Error::NotFound(What::File))?;
    }
    settle(t, &p.author, p.now, &change).await?;
    Ok((Put::Versioned(whole(t, row).await?), adopted))
}

async fn create(t: &mut Tenanted<'_>, p: &Prepared, folder: FolderNo, mut change: Change) -> Outcome<Done> {
    let (key, adopted) = p.arrival.home(t, p.now).await?;
    let mut row = file::Row { file: file_of(p, folder), blob: key };
    let mut replaced = None;
    while !file::add(t, &row, p.new.claim_by).await? {
        let Some(taker) = taker(t, folder, &row.file.name, p.now).await? else { continue };
        match p.new.clash {
            Clash::Number => row.file.name = free_name(t, folder, &p.name).await?,
            Clash::Title => {
                row.file.name = free_name_below(t, folder, &p.name, p.no).await?;
                row.file.called = Some(p.name.clone());
            }
            Clash::Refuse => return Err(exists(&taker.file).into()),
            // It came while we looked: the next look finds it.
            Clash::Version => return Err(attache_db::Error::Retry.into()),
            Clash::Replace => {
                replaced = trash_taker(t, folder, &p.name, p.author.user, p.now).await?.or(replaced);
            }
        }
    }
    crate::table::version::add(t, row.file.no, &row.file.version, &row.blob).await?;
    change = change.and_file(EventKind::FileCreated, row.file.no).with(crate::table::signed(p.arrival.size), 1);
    if let Some((old, bytes)) = replaced {
        change = change.and_file(EventKind::FileTrashed, old).with(-bytes, -1);
    }
    let change = put_links(t, p, row.file.no, change).await?;
    settle(t, &p.author, p.now, &change).await?;
    Ok((Put::Created(whole(t, row).await?), adopted))
}

fn file_of(p: &Prepared, folder: FolderNo) -> File {
    File {
        no: p.no,
        id: p.id,
        folder,
        folder_path: String::from("/"),
        name: p.name.clone(),
        called: None,
        personal: p.new.personal,
        description: p.new.description.clone(),
        cover: false,
        access: p.new.access,
        usable_in_content: p.new.usable_in_content,
        expires_at: p.new.expires_at,
        trashed_at: None,
        created_at: p.now,
        updated_at: p.now,
        created_by: p.author.user,
        updated_by: p.author.user,
        trashed_by: None,
        legal_hold: None,
        versions: 1,
        upload: p.author.upload.map(|end| end.no),
        source: p.new.source,
        revision: 1,
        metadata: p.new.metadata.clone(),
        version: p.arrival.version(1, &p.facts, p.author.user, p.now),
    }
}

async fn put_links(t: &mut Tenanted<'_>, p: &Prepared, file: FileNo, mut change: Change) -> Outcome<Change> {
    for (new, no) in p.new.links.iter().zip(&p.links) {
        let made = Link {
            no: *no,
            file,
            record: new.record.clone(),
            origin: new.origin,
            role: new.role.clone(),
            visible: new.visible,
            created_at: p.now,
            created_by: p.author.user,
        };
        if link::add(t, &made).await? {
            cover::follow(t, (file, &made.record), made.no, p.author.user, p.now).await?;
            change = change.and_record(EventKind::FileLinked, file, &new.record);
        }
    }
    if let Some(claim) = &p.author.intake {
        change = change.and_record(EventKind::IntakeReceived, file, &claim.record);
    }
    Ok(change)
}

/// A row with its folder's path.
pub(crate) async fn whole(t: &mut Tenanted<'_>, mut row: file::Row) -> Outcome<file::Row> {
    row.file.folder_path = place::path_of(t, row.file.folder).await?;
    Ok(row)
}
