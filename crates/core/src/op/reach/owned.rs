//! Files by owner: a page of each of several owners, read together.

use super::Reach;
use crate::op::link::with_paths;
use crate::op::list::built::Built;
use crate::op::list::{asked, file_order};
use crate::query::{FileQuery, Start};
use crate::sight::Sight;
use crate::table::{self, file};
use crate::unit::{Outcome, Tenanted, tenanted};
use attache_model::file::File;
use attache_model::{Error, Owner, Result, Time};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Most owners that one statement asks about: each is a value of it, and SQLite takes 32766.
pub(super) const OWNERS_AT_ONCE: usize = 10_000;

/// The files of an owner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnerFiles {
    /// The page that was asked for.
    pub files: Vec<File>,
    /// How many there are on all pages, where that was asked.
    pub total: Option<u64>,
}

/// The question for the pages of some owners.
#[derive(Clone, Debug)]
struct Pages {
    owners: Vec<Owner>,
    query: FileQuery,
    offset: u64,
    total: bool,
}

/// A row of the answer: whose file, its place among the owner's files from 1, and how many those are.
type Placed = (Owner, u64, u64, file::Row);

impl Reach<'_> {
    /// The same page of the files of each of some owners, by one statement. A file counts for every owner that a link
    /// of it names, whichever link is the newest. Every owner is answered for.
    ///
    /// # Errors
    /// `Invalid` for a path that cannot be one. Such a list goes on by offset: a cursor is `Internal`.
    pub async fn files_of(
        &self,
        owners: &[Owner],
        query: &FileQuery,
        total: bool,
    ) -> Result<HashMap<Owner, OwnerFiles>> {
        let offset = match query.start {
            Start::First => 0,
            Start::Offset(offset) => offset,
            Start::Cursor(_) => return Err(Error::bug("lists of several owners go on by offset")),
        };
        let none = OwnerFiles { files: Vec::new(), total: total.then_some(0) };
        let mut all: HashMap<Owner, OwnerFiles> = owners.iter().map(|owner| (*owner, none.clone())).collect();
        let (now, sight) = (self.now(), self.sight());
        for some in owners.chunks(OWNERS_AT_ONCE) {
            let pages = Arc::new(Pages { owners: some.to_vec(), query: query.clone(), offset, total });
            let unit = tenanted::<Vec<(Owner, OwnerFiles)>, _>(move |mut t| {
                let pages = pages.clone();
                Box::pin(async move { pages.read(&mut t, sight, now).await })
            });
            all.extend(self.edit.read("list the files of owners", unit).await?);
        }
        Ok(all)
    }
}

impl Pages {
    async fn read(&self, t: &mut Tenanted<'_>, sight: Sight, now: Time) -> Outcome<Vec<(Owner, OwnerFiles)>> {
        let mut built = asked(t, &self.query.tests, self.query.life, sight, now).await?;
        let text = self.statement(&mut built);
        let placed = t.all(&text, &built.vals(), placed).await?;
        let mut totals = HashMap::new();
        let (mut whose, mut rows) = (Vec::new(), Vec::new());
        for (owner, place, total, row) in placed {
            totals.insert(owner, total);
            if place > self.offset && place <= self.end() {
                whose.push(owner);
                rows.push(row);
            }
        }
        let mut pages: HashMap<Owner, OwnerFiles> = totals
            .into_iter()
            .map(|(owner, total)| (owner, OwnerFiles { files: Vec::new(), total: self.total.then_some(total) }))
            .collect();
        for (owner, file) in whose.into_iter().zip(with_paths(t, rows).await?) {
            pages.entry(owner).or_default().files.push(file);
        }
        Ok(pages.into_iter().collect())
    }

    /// Orders what each owner has by numbers and keys alone, and then reads the files of the pages.
    fn statement(&self, built: &mut Built) -> String {
        let owned = owned(built, &self.owners);
        let order = file_order(&self.query.order);
        let (mut keys, mut by) = (Vec::new(), Vec::new());
        for (at, (column, down)) in order.into_iter().enumerate() {
            keys.push(format!("{column} AS owner_sort_{at}"));
            by.push(format!("owner_sort_{at}{}", if down { " DESC" } else { "" }));
        }
        let total = if self.total { "COUNT(*) OVER (PARTITION BY owner_kind, owner_key)" } else { "0" };
        let placed = format!(
            "SELECT owner_kind, owner_key, owner_file, {total} AS owner_total, \
             ROW_NUMBER() OVER (PARTITION BY owner_kind, owner_key ORDER BY {by}) AS owner_place \
             FROM (SELECT owner_kind, owner_key, owner_file, {keys} FROM {owned} WHERE {conditions}) sorted",
            by = by.join(", "),
            keys = keys.join(", "),
            conditions = built.conditions.join(" AND "),
        );
        format!(
            "SELECT owner_kind, owner_key, owner_place, owner_total, {} FROM ({placed}) placed \
             CROSS JOIN file WHERE account_no = $1 AND no = owner_file AND {} \
             ORDER BY owner_kind, owner_key, owner_place",
            file::COLUMNS,
            self.places(),
        )
    }

    /// The last place on the page.
    fn end(&self) -> u64 {
        self.offset.saturating_add(u64::from(self.query.limit))
    }

    /// The places on the page. The first file tells how many there are, also where the page is beyond the last one.
    fn places(&self) -> String {
        let (offset, end) = (table::signed(self.offset), table::signed(self.end()));
        let page = format!("owner_place > {offset} AND owner_place <= {end}");
        if self.total { format!("(owner_place = 1 OR ({page}))") } else { page }
    }
}

fn placed(rec: &attache_db::Rec<'_>) -> Result<Placed, attache_db::Error> {
    Ok((owner(rec)?, table::unsigned(rec, 2)?, table::unsigned(rec, 3)?, file::read_at(rec, 4)?))
}

/// The owner that the first two columns name.
pub(super) fn owner(rec: &attache_db::Rec<'_>) -> Result<Owner, attache_db::Error> {
    Owner::read(&rec.text(0)?, &rec.text(1)?).ok_or_else(|| table::foreign(1, "an owner"))
}

/// What stands behind `FROM` and before the conditions on `file`: the files of some owners, each once for each of them.
pub(super) fn owned(built: &mut Built, owners: &[Owner]) -> String {
    let mut kinds: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    for owner in owners {
        kinds.entry(owner.kind()).or_default().push(owner.id().to_string());
    }
    let each: Vec<String> = kinds.into_iter().map(|(kind, ids)| of_kind(built, kind, &ids)).collect();
    // The limit cuts nothing off. It keeps the conditions out of the join: an engine that knows little of its tables
    // would begin with all files that they leave, and look through the owners for each.
    format!(
        "(SELECT owned.*, file.* FROM ({}) owned CROSS JOIN file WHERE account_no = $1 AND no = owner_file LIMIT {}) file",
        each.join(" UNION ALL "),
        i64::MAX,
    )
}

/// The files of owners of one type.
fn of_kind(built: &mut Built, kind: &str, ids: &[String]) -> String {
    let kind = built.text(kind);
    let ids: Vec<String> = table::padded(ids).map(|id| built.text(id.as_str())).collect();
    format!(
        "SELECT DISTINCT record_type AS owner_kind, record_id AS owner_key, file_no AS owner_file FROM link \
         WHERE account_no = $1 AND record_type = {kind} AND record_id IN ({})",
        ids.join(", ")
    )
}
