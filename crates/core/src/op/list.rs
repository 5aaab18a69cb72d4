//! Lists of files and folders: tests become one statement that walks an index, and pages go on by offset or cursor.

use crate::View;
use crate::cursor::{self, Key, Place};
use crate::op::link::with_paths;
use crate::op::place;
use crate::query::{FileQuery, FileSort, FileTest, FolderQuery, FolderSort, FolderTest, Query, Span, Start};
use crate::table::{file, folder};
use crate::unit::{Outcome, Tenanted, tenanted};
use attache_db::Val;
use attache_model::file::File;
use attache_model::folder::Folder;
use attache_model::name::{fold, split_path};
use attache_model::page::{Next, Page};
use attache_model::{FolderNo, Result, Time};
use std::fmt::Debug;
use std::sync::Arc;

/// A value of a built statement.
#[derive(Clone, Debug)]
enum Own {
    Int(i64),
    Text(String),
}

/// A statement being built: conditions and their values. `$1` is the account.
#[derive(Clone, Debug, Default)]
struct Built {
    conditions: Vec<String>,
    values: Vec<Own>,
}

impl Built {
    fn value(&mut self, value: Own) -> String {
        self.values.push(value);
        format!("${}", self.values.len() + 1)
    }

    fn int(&mut self, value: i64) -> String {
        self.value(Own::Int(value))
    }

    fn text(&mut self, value: impl Into<String>) -> String {
        self.value(Own::Text(value.into()))
    }

    fn and(&mut self, condition: String) {
        self.conditions.push(condition);
    }

    /// Matches nothing.
    fn never(&mut self) {
        self.and(String::from("1 = 0"));
    }

    fn span(&mut self, column: &str, span: Span) {
        match span {
            Span { from: Some(from), to: Some(to) } if from == to => {
                let value = self.int(from);
                self.and(format!("{column} = {value}"));
            }
            Span { from, to } => {
                if let Some(from) = from {
                    let value = self.int(from);
                    self.and(format!("{column} >= {value}"));
                }
                if let Some(to) = to {
                    let value = self.int(to);
                    self.and(format!("{column} <= {value}"));
                }
            }
        }
    }

    fn any(&mut self, column: &str, values: impl IntoIterator<Item = Own>) {
        let marks: Vec<String> = values.into_iter().map(|value| self.value(value)).collect();
        match marks.as_slice() {
            [] => self.never(),
            [one] => self.and(format!("{column} = {one}")),
            many => self.and(format!("{column} IN ({})", many.join(", "))),
        }
    }

    /// `needle` is somewhere in the folded name, ignoring case.
    fn contains(&mut self, column: &str, needle: &str) {
        let escaped = fold(needle).replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let value = self.text(format!("%{escaped}%"));
        self.and(format!("{column} LIKE {value} ESCAPE '\\'"));
    }

    fn vals(&self) -> Vec<Val<'_>> {
        self.values
            .iter()
            .map(|own| match own {
                Own::Int(int) => Val::Int(*int),
                Own::Text(text) => Val::Text(text),
            })
            .collect()
    }
}

/// How a page goes on, besides its tests.
struct Paging {
    order: Vec<(&'static str, bool)>,
    after: Option<Place>,
    offset: u64,
    limit: u32,
}

impl Paging {
    /// The end of the statement: where the page begins, its order and its length, one item more than asked.
    fn close(&self, built: &mut Built) -> String {
        if let (Some(place), Some((column, descending))) = (&self.after, self.order.first()) {
            let key = match &place.key {
                Key::Int(int) => built.int(*int),
                Key::Text(text) => built.text(text.clone()),
            };
            let tie = match &place.tie {
                Key::Int(int) => built.int(*int),
                Key::Text(text) => built.text(text.clone()),
            };
            let (reach, pass) = if *descending { ("<=", "<") } else { (">=", ">") };
            built.and(format!("{column} {reach} {key} AND ({column} {pass} {key} OR no > {tie})"));
        }
        let mut keys: Vec<String> =
            self.order.iter().map(|(column, down)| format!("{column}{}", if *down { " DESC" } else { "" })).collect();
        // Numbers are unique: what comes after them orders nothing.
        if let Some(at) = self.order.iter().position(|(column, _)| *column == "no") {
            keys.truncate(at + 1);
        } else {
            keys.push(String::from("no"));
        }
        let mut end = format!(" ORDER BY {} LIMIT {}", keys.join(", "), u64::from(self.limit) + 1);
        if self.offset > 0 {
            end.push_str(&format!(" OFFSET {}", self.offset));
        }
        end
    }
}

impl View<'_> {
    /// A page of files. Hidden and expired files are in no list.
    ///
    /// # Errors
    /// `CursorInvalid`, `NameInvalid` for a path that cannot be one.
    pub async fn files(&self, query: &FileQuery) -> Result<Page<File>> {
        let now = self.now();
        let unit_query = Arc::new(query.clone());
        let paging = Arc::new(self.paging(query, file_column)?);
        let (inner, shared) = (unit_query.clone(), paging.clone());
        let unit = tenanted::<Vec<File>, _>(move |mut t| {
            let (query, paging) = (inner.clone(), shared.clone());
            Box::pin(async move {
                let mut built = Built::default();
                built.and(String::from(if query.trashed { "trashed_at > 0" } else { "trashed_at = 0" }));
                let at = built.int(now.0);
                built.and(format!("expires_at > {at} AND hidden = 0"));
                for test in &query.tests {
                    file_test(&mut t, &mut built, test).await?;
                }
                let end = paging.close(&mut built);
                let text =
                    format!("{} WHERE account_no = $1 AND {}{end}", file::SELECT, built.conditions.join(" AND "));
                let rows = t.all(&text, &built.vals(), file::read).await?;
                with_paths(&mut t, rows).await
            })
        });
        let items = self.read("list files", unit).await?;
        let by = query.order.first().map_or(FileSort::No, |order| order.by);
        Ok(self.page(query, &paging, items, |file| (file_key(file, by), file.no.0)))
    }

    /// A page of folders. The root is in no list.
    ///
    /// # Errors
    /// As [`View::files`].
    pub async fn folders(&self, query: &FolderQuery) -> Result<Page<Folder>> {
        let unit_query = Arc::new(query.clone());
        let paging = Arc::new(self.paging(query, folder_column)?);
        let (inner, shared) = (unit_query.clone(), paging.clone());
        let unit = tenanted::<Vec<Folder>, _>(move |mut t| {
            let (query, paging) = (inner.clone(), shared.clone());
            Box::pin(async move {
                let mut built = Built::default();
                built.and(String::from(if query.trashed { "trashed_at > 0" } else { "trashed_at = 0" }));
                built.and(String::from("parent_no IS NOT NULL"));
                for test in &query.tests {
                    folder_test(&mut t, &mut built, test).await?;
                }
                let end = paging.close(&mut built);
                let text =
                    format!("{} WHERE account_no = $1 AND {}{end}", folder::SELECT, built.conditions.join(" AND "));
                let folders = t.all(&text, &built.vals(), folder::read).await?;
                folder_paths(&mut t, folders).await
            })
        });
        let items = self.read("list folders", unit).await?;
        let by = query.order.first().map_or(FolderSort::No, |order| order.by);
        Ok(self.page(query, &paging, items, |folder| (folder_key(folder, by), folder.no.0)))
    }

    /// Reads where a page begins.
    fn paging<T: Debug, S: Copy + Debug>(
        &self,
        query: &Query<T, S>,
        column: impl Fn(S) -> &'static str,
    ) -> Result<Paging> {
        let mut order: Vec<(&'static str, bool)> =
            query.order.iter().map(|order| (column(order.by), order.descending)).collect();
        if order.is_empty() {
            order.push(("no", false));
        }
        let (after, offset) = match &query.start {
            Start::First => (None, 0),
            Start::Offset(offset) => (None, *offset),
            Start::Cursor(text) => {
                let account = self.caller.account();
                (Some(cursor::open(&self.core.0.keys, account, &self.describe(query), text)?), 0)
            }
        };
        Ok(Paging { order, after, offset, limit: query.limit })
    }

    /// Makes a page of what was read, one item more than asked when there is another page.
    fn page<T: Debug, S: Copy + Debug, I>(
        &self,
        query: &Query<T, S>,
        paging: &Paging,
        mut items: Vec<I>,
        key: impl Fn(&I) -> (Key, i64),
    ) -> Page<I> {
        let limit = query.limit as usize;
        let more = items.len() > limit;
        items.truncate(limit);
        let next = match (&query.start, items.last().filter(|_| more)) {
            (_, None) => None,
            (Start::Offset(_), Some(_)) => Some(Next::Offset(paging.offset + u64::from(query.limit))),
            (_, Some(last)) => {
                let (key, no) = key(last);
                let place = Place { key, tie: Key::Int(no) };
                let account = self.caller.account();
                Some(Next::Cursor(cursor::seal(&self.core.0.keys, account, &self.describe(query), &place)))
            }
        };
        Page { items, next }
    }

    /// What a cursor is bound to: account, tests and order.
    fn describe<T: Debug, S: Copy + Debug>(&self, query: &Query<T, S>) -> String {
        let list = std::any::type_name::<S>();
        format!("{}|{list}|{:?}|{:?}|{}", self.caller.account(), query.tests, query.order, query.trashed)
    }
}

const fn file_column(by: FileSort) -> &'static str {
    match by {
        FileSort::No => "no",
        FileSort::Name => "name_key",
        FileSort::Extension => "ext",
        FileSort::Kind => "kind",
        FileSort::Size => "size",
        FileSort::Width => "COALESCE(width, 0)",
        FileSort::Height => "COALESCE(height, 0)",
        FileSort::Created => "created_at",
        FileSort::Updated => "updated_at",
        FileSort::Expires => "expires_at",
        FileSort::Trashed => "trashed_at",
    }
}

fn file_key(file: &File, by: FileSort) -> Key {
    match by {
        FileSort::No => Key::Int(file.no.0),
        FileSort::Name => Key::Text(file::name_key(&file.name)),
        FileSort::Extension => Key::Text(file.name.ext().to_ascii_lowercase()),
        FileSort::Kind => Key::Int(file.version.kind.code()),
        FileSort::Size => Key::Int(crate::table::signed(file.version.size)),
        FileSort::Width => Key::Int(file.version.width.map_or(0, i64::from)),
        FileSort::Height => Key::Int(file.version.height.map_or(0, i64::from)),
        FileSort::Created => Key::Int(file.created_at.0),
        FileSort::Updated => Key::Int(file.updated_at.0),
        FileSort::Expires => Key::Int(file.expires_at.unwrap_or(Time::NEVER).0),
        FileSort::Trashed => Key::Int(file.trashed_at.map_or(0, |at| at.0)),
    }
}

const fn folder_column(by: FolderSort) -> &'static str {
    match by {
        FolderSort::No => "no",
        FolderSort::Name => "name_key",
        FolderSort::Created => "created_at",
        FolderSort::Updated => "updated_at",
    }
}

fn folder_key(folder: &Folder, by: FolderSort) -> Key {
    match by {
        FolderSort::No => Key::Int(folder.no.0),
        FolderSort::Name => Key::Text(fold(&folder.name)),
        FolderSort::Created => Key::Int(folder.created_at.0),
        FolderSort::Updated => Key::Int(folder.updated_at.0),
    }
}

/// Adds one test on files.
async fn file_test(t: &mut Tenanted<'_>, built: &mut Built, test: &FileTest) -> Outcome<()> {
    match test {
        FileTest::NoIn(nos) => built.any("no", nos.iter().map(|no| Own::Int(*no))),
        FileTest::IdIn(ids) => built.any("id", ids.iter().map(|id| Own::Text(id.to_string()))),
        FileTest::No(span) => built.span("no", *span),
        FileTest::Created(span) => built.span("created_at", *span),
        FileTest::Updated(span) => built.span("updated_at", *span),
        FileTest::Expires(span) => {
            built.span("expires_at", *span);
            built.and(format!("expires_at < {}", Time::NEVER.0));
        }
        FileTest::Size(span) => built.span("size", *span),
        FileTest::Width(span) => built.span("width", *span),
        FileTest::Height(span) => built.span("height", *span),
        // The key has a tab where the name has the dot before its extension.
        FileTest::NameContains(needle) => built.contains("REPLACE(name_key, '\t', '.')", needle),
        FileTest::NameIs(name) => {
            let value = built.text(name);
            built.and(format!("name = {value}"));
        }
        FileTest::PathIs(path) => path_test(t, built, path).await?,
        FileTest::InFolder(folders) => built.any("folder_no", folders.iter().map(|no| Own::Int(no.0))),
        FileTest::Under(folder) => {
            let value = built.int(folder.0);
            built.and(under(&value));
        }
        FileTest::ExtensionIn(list) => built.any("ext", list.iter().map(|ext| Own::Text(ext.to_ascii_lowercase()))),
        FileTest::KindIn(kinds) => built.any("kind", kinds.iter().map(|kind| Own::Int(kind.code()))),
        FileTest::MediaType(media_type) => media_type_test(built, media_type),
        FileTest::Encoding(encoding) => {
            let value = built.text(encoding);
            built.and(format!("encoding = {value}"));
        }
        FileTest::Usable(usable) => {
            let value = built.int(i64::from(*usable));
            built.and(format!("usable = {value}"));
        }
        FileTest::Public(public) => {
            let levels = attache_model::Access::ALL.into_iter().filter(|access| access.is_public() == *public);
            built.any("access", levels.map(|access| Own::Int(access.code())));
        }
        FileTest::AccessIn(levels) => built.any("access", levels.iter().map(|access| Own::Int(access.code()))),
        FileTest::Md5(md5) => {
            let value = built.text(md5.to_string());
            built.and(format!("md5 = {value}"));
        }
        FileTest::Sha256(sha256) => {
            let value = built.text(sha256.to_string());
            built.and(format!(
                "no IN (SELECT v.file_no FROM blob b JOIN version v ON v.account_no = $1 AND v.blob_key = b.key \
                 WHERE b.account_no = $1 AND b.sha256 = {value}) AND sha256 = {value}"
            ));
        }
        FileTest::CreatedBy(users) => built.any("created_by", users.iter().map(|user| Own::Int(user.0))),
        FileTest::OnRecord(record) => {
            let (kind, id) = (built.text(record.kind()), built.text(record.id()));
            built.and(format!(
                "no IN (SELECT file_no FROM link WHERE account_no = $1 AND record_type = {kind} AND record_id = {id})"
            ));
        }
    }
    Ok(())
}

async fn path_test(t: &mut Tenanted<'_>, built: &mut Built, path: &str) -> Outcome<()> {
    let mut names = split_path(path)?;
    let Some(name) = names.pop() else {
        built.never();
        return Ok(());
    };
    match place::walk(t, &names).await? {
        (folder, 0) => {
            let (folder, name) = (built.int(folder.0), built.text(name));
            built.and(format!("folder_no = {folder} AND name = {name}"));
        }
        _ => built.never(),
    }
    Ok(())
}

fn media_type_test(built: &mut Built, media_type: &str) {
    match media_type.strip_suffix("/*") {
        Some(family) => {
            let (from, to) = (built.text(format!("{family}/")), built.text(format!("{family}0")));
            // '0' is the character after '/'.
            built.and(format!("media_type >= {from} AND media_type < {to}"));
        }
        None => {
            let value = built.text(media_type);
            built.and(format!("media_type = {value}"));
        }
    }
}

/// The condition that a file is in a folder or anywhere below it.
fn under(folder: &str) -> String {
    format!(
        "folder_no IN (WITH RECURSIVE down(no) AS (SELECT CAST({folder} AS BIGINT) UNION ALL \
         SELECT f.no FROM folder f JOIN down ON f.parent_no = down.no WHERE f.account_no = $1 AND f.trashed_at = 0) \
         SELECT no FROM down)"
    )
}

/// Adds one test on folders.
async fn folder_test(t: &mut Tenanted<'_>, built: &mut Built, test: &FolderTest) -> Outcome<()> {
    match test {
        FolderTest::NoIn(nos) => built.any("no", nos.iter().map(|no| Own::Int(*no))),
        FolderTest::No(span) => built.span("no", *span),
        FolderTest::Created(span) => built.span("created_at", *span),
        FolderTest::Updated(span) => built.span("updated_at", *span),
        FolderTest::NameContains(needle) => built.contains("name_key", needle),
        FolderTest::NameIs(name) => {
            let value = built.text(name);
            built.and(format!("name = {value}"));
        }
        FolderTest::PathIs(path) => match place::walk(t, &split_path(path)?).await? {
            (no, 0) => built.span("no", Span::exactly(no.0)),
            _ => built.never(),
        },
        FolderTest::InFolder(folders) => built.any("parent_no", folders.iter().map(|no| Own::Int(no.0))),
    }
    Ok(())
}

/// Fills in the folders' paths, by one statement.
async fn folder_paths(t: &mut Tenanted<'_>, mut folders: Vec<Folder>) -> Outcome<Vec<Folder>> {
    let nos: Vec<FolderNo> = folders.iter().map(|folder| folder.no).collect();
    let paths: std::collections::HashMap<FolderNo, String> = folder::paths(t, &nos).await?.into_iter().collect();
    for folder in &mut folders {
        if let Some(path) = paths.get(&folder.no) {
            folder.path.clone_from(path);
        }
    }
    Ok(folders)
}
