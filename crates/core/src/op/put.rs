//! Putting a file in: bytes are staged first, then one unit makes the file, its version, its links and its events.

use crate::numbers::Kind;
use crate::op::blob::Arrival;
use crate::op::place::{self, Fresh, placed};
use crate::op::version;
use crate::plan::{Clash, Duplicates, NewFile, Put};
use crate::settle::{Author, Change, settle};
use crate::sniff::{self, Facts, Hints};
use crate::staged::Staged;
use crate::table::{book, file, folder, link};
use crate::unit::{Outcome, Tenanted, tenanted};
use crate::{Edit, entropy, naming};
use attache_blobs::{Body, Expect};
use attache_model::error::{Code, Error, QuotaKind, What};
use attache_model::event::EventKind;
use attache_model::file::File;
use attache_model::link::Link;
use attache_model::{FileId, FileNo, FolderNo, Name, Result, Time};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Up to this number the smallest free one is taken for a name; past it, a free one.
const SMALLEST_FREE: u64 = 1000;

/// Everything that the unit needs, fixed before it runs, since it may run more than once.
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
        self.core.stage(body, expect).await
    }

    /// Refuses a put that cannot work before its body is read. A put that passes here can still be refused later.
    ///
    /// # Errors
    /// `NotFound(Folder)`, `Exists`, `Quota`, `TooLarge`, `Invalid`.
    pub async fn foresee(&self, new: &NewFile, len: Option<u64>) -> Result<()> {
        check_plan(self, new)?;
        let limit = self.core.limits().file_bytes;
        if len.is_some_and(|len| len > limit) {
            return Err(Error::TooLarge { code: Code::FileTooLarge, limit });
        }
        let (new, now) = (Arc::new(new.clone()), self.now());
        let look = tenanted::<(), _>(move |mut t| {
            let new = new.clone();
            Box::pin(async move { foresee(&mut t, &new, len, now).await })
        });
        self.read("foresee a put", look).await
    }

    /// Makes a file of staged bytes.
    ///
    /// # Errors
    /// `NotFound(Folder)`, `Exists` (a taken name or a duplicate, as the plan says), `Quota`, `Invalid`.
    pub async fn put_file(&self, new: NewFile, staged: Staged) -> Result<Put<File>> {
        check_plan(self, &new)?;
        let prepared = Arc::new(self.prepare(new, &staged).await?);
        let folder = prepared.new.folder.clone();
        let unit = placed::<Done, _>(move |mut t, fresh| {
            let prepared = prepared.clone();
            Box::pin(async move { put(&mut t, &prepared, &fresh).await })
        });
        let offered = staged.offer();
        let end = self.write_in("put a file", &folder, unit).await;
        offered.ended(&end);
        Ok(match end?.0 {
            Put::Created(row) => Put::Created(row.file),
            Put::Versioned(row) => Put::Versioned(row.file),
            Put::Existing(row) => Put::Existing(row.file),
        })
    }

    async fn prepare(&self, new: NewFile, staged: &Staged) -> Result<Prepared> {
        let account = self.caller().account();
        let name = naming::resolve(&new.name, staged.head(), &staged.md5().to_string())?;
        let facts = facts(staged, &name, new.media_type.as_deref(), new.charset.as_deref());
        let mut links = Vec::with_capacity(new.links.len());
        for _ in &new.links {
            links.push(self.link_number().await?);
        }
        let now = self.now();
        Ok(Prepared {
            no: FileNo(self.core.number(account, Kind::File).await?),
            id: FileId(entropy::uuid(now)),
            name,
            facts,
            arrival: Arrival::of(staged),
            links,
            author: self.author(),
            sees_hidden: self.caller().sees_hidden(),
            now,
            new,
        })
    }
}

/// What the bytes are.
pub(crate) fn facts(staged: &Staged, name: &Name, declared: Option<&str>, charset: Option<&str>) -> Facts {
    let ext = name.ext().to_ascii_lowercase();
    sniff::look(&Hints { head: staged.head(), ext: &ext, declared, charset })
}

/// Rules that need no look at the database.
fn check_plan(edit: &Edit<'_>, new: &NewFile) -> Result<()> {
    if new.access.is_hidden() {
        edit.caller().require(attache_model::Scope::FilesHiddenWrite)?;
    }
    if let Some(declared) = &new.media_type {
        sniff::check_type(declared)?;
    }
    if new.expires_at.is_some_and(|end| end <= edit.now()) {
        return Err(Error::refuse(Code::ExpiryInvalid, "expires_at", "it must lie in the future"));
    }
    check_metadata(&new.metadata, edit.core.limits())
}

/// Bounds custom metadata, and keeps our own key space free.
pub(crate) fn check_metadata(
    metadata: &BTreeMap<String, String>,
    limits: &attache_model::limits::Limits,
) -> Result<()> {
    let bytes: usize = metadata.iter().map(|(key, value)| key.len() + value.len()).sum();
    if metadata.len() as u64 > limits.metadata_keys {
        return Err(Error::TooLarge { code: Code::MetadataTooLarge, limit: limits.metadata_keys });
    }
    if bytes as u64 > limits.metadata_bytes {
        return Err(Error::TooLarge { code: Code::MetadataTooLarge, limit: limits.metadata_bytes });
    }
    for (key, value) in metadata {
        if key.starts_with("x-internal-") || key.starts_with("attache-") {
            let why = format!("keys that begin with 'x-internal-' or 'attache-' are ours, and '{key}' does");
            return Err(Error::refuse(Code::ReservedKey, "metadata", why));
        }
        if key.is_empty() || key.contains('\0') || value.contains('\0') {
            return Err(Error::invalid("metadata", "a key has at least one character, and nothing contains NUL"));
        }
    }
    Ok(())
}

/// The folder that a new file is for; `None` when its path is still to be made.
async fn folder_there(t: &mut Tenanted<'_>, new: &NewFile) -> Outcome<Option<FolderNo>> {
    let may_be_made = new.make_folders && matches!(new.folder, attache_model::FolderRef::Path(_));
    match place::find(t, &new.folder).await {
        Ok(folder) => Ok(Some(folder.no)),
        Err(crate::unit::Fault::Rule(Error::NotFound(_))) if may_be_made => Ok(None),
        Err(fault) => Err(fault),
    }
}

async fn foresee(t: &mut Tenanted<'_>, new: &NewFile, len: Option<u64>, now: Time) -> Outcome<()> {
    let folder = folder_there(t, new).await?;
    if let (Some(folder), Clash::Refuse, crate::NewName::Exact(name)) = (folder, new.clash, &new.name) {
        refuse_taken(t, folder, name, now).await?;
    }
    let Some((usage, quota)) = book::get(t).await? else { return Ok(()) };
    match (quota.files, quota.bytes) {
        (Some(limit), _) if usage.files >= limit => Err(Error::Quota { which: QuotaKind::Files, limit }.into()),
        (_, Some(limit)) if usage.bytes.saturating_add(len.unwrap_or(0)) > limit => {
            Err(Error::Quota { which: QuotaKind::Bytes, limit }.into())
        }
        _ => Ok(()),
    }
}

/// Refuses a name that a living file of the folder has.
async fn refuse_taken(t: &mut Tenanted<'_>, folder: FolderNo, name: &Name, now: Time) -> Outcome<()> {
    match file::by_name(t, folder, name.full()).await? {
        Some(row) if row.in_sight(now, true) => Err(exists(&row.file).into()),
        _ => Ok(()),
    }
}

/// The living file that has a name in a folder. One whose time is over gives its name up: it goes to the trash, where
/// nobody sees it, until housekeeping removes it.
pub(crate) async fn taker(
    t: &mut Tenanted<'_>,
    folder: FolderNo,
    name: &Name,
    now: Time,
) -> Outcome<Option<file::Row>> {
    match file::by_name(t, folder, name.full()).await? {
        Some(row) if !row.in_sight(now, true) => {
            file::trash(t, row.file.no, now).await?;
            Ok(None)
        }
        found => Ok(found),
    }
}

/// As [`taker`], and nobody else changes it until the unit ends.
///
/// # Errors
/// `Retry` when it lost the name meanwhile.
async fn held_taker(t: &mut Tenanted<'_>, folder: FolderNo, name: &Name, now: Time) -> Outcome<Option<file::Row>> {
    let Some(found) = taker(t, folder, name, now).await? else { return Ok(None) };
    let held = file::hold(t, found.file.no.into()).await?;
    let same =
        held.filter(|row| row.visible(now, true) && (row.file.folder, &row.file.name) == (folder, &found.file.name));
    Ok(Some(same.ok_or(attache_db::Error::Retry)?))
}

pub(crate) fn exists(file: &File) -> Error {
    Error::Exists { what: What::File, no: file.no.0, id: file.id.to_string() }
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
    version::save(t, &mut row, p.now).await?;
    let change = change.and_file(EventKind::FileReplaced, row.file.no).with(crate::table::signed(p.arrival.size), 0);
    let change = put_links(t, p, row.file.no, change).await?;
    settle(t, &p.author, p.now, &change).await?;
    Ok((Put::Versioned(whole(t, row).await?), adopted))
}

async fn create(t: &mut Tenanted<'_>, p: &Prepared, folder: FolderNo, mut change: Change) -> Outcome<Done> {
    let (key, adopted) = p.arrival.home(t, p.now).await?;
    let mut row = file::Row { file: file_of(p, folder), blob: key };
    let mut replaced = None;
    while !file::add(t, &row).await? {
        let Some(taker) = taker(t, folder, &row.file.name, p.now).await? else { continue };
        match p.new.clash {
            Clash::Number => row.file.name = free_name(t, folder, &p.name).await?,
            Clash::Refuse => return Err(exists(&taker.file).into()),
            // It came while we looked: the next look finds it.
            Clash::Version => return Err(attache_db::Error::Retry.into()),
            Clash::Replace => replaced = trash_taker(t, folder, &p.name, p.now).await?.or(replaced),
        }
    }
    crate::table::version::add(t, row.file.no, &row.file.version, &row.blob).await?;
    change = change.and_file(EventKind::FileCreated, row.file.no).with(crate::table::signed(p.arrival.size), 1);
    if let Some(old) = replaced {
        change = change.and_file(EventKind::FileTrashed, old);
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
        access: p.new.access,
        usable_in_content: p.new.usable_in_content,
        expires_at: p.new.expires_at,
        trashed_at: None,
        created_at: p.now,
        updated_at: p.now,
        created_by: p.author.user,
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
            change = change.and_record(EventKind::FileLinked, file, &new.record);
        }
    }
    Ok(change)
}

/// Moves the file that has a name to the trash, so that another can have it.
async fn trash_taker(t: &mut Tenanted<'_>, folder: FolderNo, name: &Name, now: Time) -> Outcome<Option<FileNo>> {
    let Some(taker) = held_taker(t, folder, name, now).await? else { return Ok(None) };
    file::trash(t, taker.file.no, now).await?;
    Ok(Some(taker.file.no))
}

/// The first free of `name-1`, `name-2`, ... in a folder.
pub(crate) async fn free_name(t: &mut Tenanted<'_>, folder: FolderNo, name: &Name) -> Outcome<Name> {
    for number in 1..=SMALLEST_FREE {
        let candidate = name.numbered(number);
        if !file::name_taken(t, folder, candidate.full()).await? {
            return Ok(candidate);
        }
    }
    // Thousands of files of one name: the end of the unbroken row is found by halving instead of step by step.
    let (mut taken, mut free) = (SMALLEST_FREE, SMALLEST_FREE * 2);
    while file::name_taken(t, folder, name.numbered(free).full()).await? {
        (taken, free) = (free, free * 2);
    }
    while free - taken > 1 {
        let middle = taken + (free - taken) / 2;
        if file::name_taken(t, folder, name.numbered(middle).full()).await? {
            taken = middle;
        } else {
            free = middle;
        }
    }
    Ok(name.numbered(free))
}

/// A row with its folder's path.
pub(crate) async fn whole(t: &mut Tenanted<'_>, mut row: file::Row) -> Outcome<file::Row> {
    row.file.folder_path = place::path_of(t, row.file.folder).await?;
    Ok(row)
}
