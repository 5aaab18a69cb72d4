//! Lists of files and folders: tests become one statement that walks an index, and pages go on by offset or cursor.

pub(crate) mod built;
mod order;
mod pattern;
mod test;
#[cfg(any(test, feature = "fuzz"))]
pub(crate) mod trial;
mod words;

use crate::View;
use crate::cursor::{self, Key, Place};
use crate::op::link::with_paths;
use crate::query::{FileQuery, FileSort, FileTest, FolderQuery, FolderSort, Life, Order, Query, Start};
use crate::sight::Sight;
use crate::table::{file, folder};
use crate::unit::{Outcome, Tenanted, tenanted};
use attache_model::file::File;
use attache_model::folder::Folder;
use attache_model::listing::FolderCount;
use attache_model::page::{Next, Page};
use attache_model::{FolderNo, Result, Time};
use built::Built;
use order::{file_column, file_key, folder_column, folder_key};
use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::Arc;
use test::{file_test, folder_test, leaves_few};

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
        let keys: Vec<String> = whole(self.order.clone())
            .into_iter()
            .map(|(column, down)| format!("{column}{}", if down { " DESC" } else { "" }))
            .collect();
        let mut end = format!(" ORDER BY {} LIMIT {}", keys.join(", "), u64::from(self.limit) + 1);
        if self.offset > 0 {
            end.push_str(&format!(" OFFSET {}", self.offset));
        }
        end
    }
}

/// An order with what breaks its ties. Numbers are unique: what comes after them orders nothing.
fn whole(mut order: Vec<(&'static str, bool)>) -> Vec<(&'static str, bool)> {
    match order.iter().position(|(column, _)| *column == "no") {
        Some(at) => order.truncate(at + 1),
        None => order.push(("no", false)),
    }
    order
}

/// The columns of a list's order, and whether each runs downwards.
pub(crate) fn file_order(order: &[Order<FileSort>]) -> Vec<(&'static str, bool)> {
    whole(order.iter().map(|order| (file_column(order.by), order.descending)).collect())
}

impl View<'_> {
    /// A page of files. Hidden and expired files are in no list.
    ///
    /// # Errors
    /// `CursorInvalid`, `NameInvalid` for a path that cannot be one.
    pub async fn files(&self, query: &FileQuery) -> Result<Page<File>> {
        self.listed(query, Sight::everything()).await
    }

    /// As [`View::files`], of what is in sight.
    pub(crate) async fn listed(&self, query: &FileQuery, sight: Sight) -> Result<Page<File>> {
        let now = self.now();
        let unit_query = Arc::new(query.clone());
        let paging = Arc::new(self.paging(query, file_column)?);
        let (inner, shared) = (unit_query.clone(), paging.clone());
        let unit = tenanted::<Vec<File>, _>(move |mut t| {
            let (query, paging) = (inner.clone(), shared.clone());
            Box::pin(async move {
                let mut built = asked(&mut t, &query.tests, query.life, sight, now).await?;
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
                built.only(query.life);
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

    /// How much is directly in each of some folders. Hidden files count for those who see them.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn count_in(
        &self,
        folders: impl IntoIterator<Item = FolderNo>,
    ) -> Result<HashMap<FolderNo, FolderCount>> {
        let folders: Arc<Vec<FolderNo>> = Arc::new(folders.into_iter().collect());
        let sees = self.caller.sees_hidden();
        let unit = tenanted::<HashMap<FolderNo, FolderCount>, _>(move |mut t| {
            let folders = folders.clone();
            Box::pin(async move { folder::counts(&mut t, &folders, sees).await })
        });
        self.read("count what is in folders", unit).await
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
        format!("{}|{list}|{:?}|{:?}|{:?}", self.caller.account(), query.tests, query.order, query.life)
    }
}

/// The conditions that a list of files has: hidden and expired files, and those out of sight, are in no list.
pub(crate) async fn asked(
    t: &mut Tenanted<'_>,
    tests: &[FileTest],
    life: Life,
    sight: Sight,
    now: Time,
) -> Outcome<Built> {
    let mut built = Built::default();
    built.only(life);
    let at = built.int(now.0);
    built.and(format!("expires_at > {at} AND hidden = 0"));
    if let Some(condition) = sight.condition(|user| built.int(user)) {
        built.and(condition);
    }
    let (few, rest): (Vec<_>, Vec<_>) = tests.iter().partition(|test| leaves_few(test));
    built.few = !few.is_empty();
    for test in few.into_iter().chain(rest) {
        file_test(t, &mut built, test).await?;
    }
    Ok(built)
}

/// Fills in the folders' paths, by one statement.
async fn folder_paths(t: &mut Tenanted<'_>, mut folders: Vec<Folder>) -> Outcome<Vec<Folder>> {
    let nos: Vec<FolderNo> = folders.iter().map(|folder| folder.no).collect();
    let paths: HashMap<FolderNo, String> = folder::paths(t, &nos).await?.into_iter().collect();
    for folder in &mut folders {
        if let Some(path) = paths.get(&folder.no) {
            folder.path.clone_from(path);
        }
    }
    Ok(folders)
}
