//! Owners as links and cards name them. They are the account's: whoever works with files may know that a record is there,
//! and what is on it is asked about file by file.

use super::Reach;
use crate::op::list::built::Built;
use crate::query::{OwnerQuery, OwnerTest, Span};
use crate::table::link::NUMBERED;
use crate::table::{self, account, one_of};
use crate::unit::{Outcome, Tenanted, tenanted};
use attache_db::{Rec, Val};
use attache_model::{Named, Owner, Result, User};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Most owners that one statement asks about: each is a value of it, and SQLite takes 32766.
const OWNERS_AT_ONCE: usize = 4096;

impl Reach<'_> {
    /// Some owners; one that no link and no card names is missing.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn owners(&self, owners: &[Owner]) -> Result<HashMap<Owner, Named>> {
        let mut all = HashMap::new();
        for some in owners.chunks(OWNERS_AT_ONCE) {
            let some = Arc::new(some.to_vec());
            let unit = tenanted::<HashMap<Owner, Named>, _>(move |mut t| {
                let some = some.clone();
                Box::pin(async move { named(&mut t, &some).await })
            });
            all.extend(self.edit.read("read owners", unit).await?);
        }
        Ok(all)
    }

    /// A page of the owners of one type that a link or a card names, by number.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn owner_page(&self, query: &OwnerQuery) -> Result<Vec<Named>> {
        let (query, kind) = (Arc::new(query.clone()), query.kind);
        let unit = tenanted::<Vec<Named>, _>(move |mut t| {
            let query = query.clone();
            Box::pin(async move {
                let mut built = Built::default();
                let down = if query.descending { " DESC" } else { "" };
                let text = format!(
                    "SELECT id, since, changed FROM {} ORDER BY id{down} LIMIT {} OFFSET {}",
                    of_kind(&mut built, query.kind, &query.tests),
                    query.limit,
                    query.offset
                );
                let page = t.all(&text, &built.vals(), |rec| Ok((rec.int(0)?, times(rec, 1)?))).await?;
                Ok(page.into_iter().filter_map(|(id, times)| Some(told(Owner::new(kind, id)?, times))).collect())
            })
        });
        self.edit.read("list owners", unit).await
    }

    /// How many owners of one type the tests leave.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn count_owners(&self, kind: &'static str, tests: &[OwnerTest]) -> Result<u64> {
        let tests = Arc::new(tests.to_vec());
        let unit = tenanted::<u64, _>(move |mut t| {
            let tests = tests.clone();
            Box::pin(async move {
                let mut built = Built::default();
                let text = format!("SELECT COUNT(*) FROM {}", of_kind(&mut built, kind, &tests));
                let count = t.one(&text, &built.vals(), |rec| table::unsigned(rec, 0)).await?;
                Ok(count.unwrap_or_default())
            })
        });
        self.edit.read("count owners", unit).await
    }

    /// The account's users, by number.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn users(&self) -> Result<Vec<User>> {
        let unit = tenanted::<Vec<User>, _>(|mut t| Box::pin(async move { account::users(&mut t).await }));
        self.edit.read("list users", unit).await
    }
}

/// When an owner was first named, and last.
type Times = (attache_model::Time, attache_model::Time);

fn times(rec: &Rec<'_>, at: usize) -> Result<Times, attache_db::Error> {
    Ok((table::time(rec, at)?, table::time(rec, at + 1)?))
}

fn told(owner: Owner, (since, changed): Times) -> Named {
    Named { owner, since, changed }
}

/// As [`Reach::owners`], by one statement.
pub(super) async fn named(t: &mut Tenanted<'_>, owners: &[Owner]) -> Outcome<HashMap<Owner, Named>> {
    let mut kinds: BTreeMap<&'static str, BTreeSet<i64>> = BTreeMap::new();
    for owner in owners {
        kinds.entry(owner.kind()).or_default().insert(owner.id());
    }
    if kinds.is_empty() {
        return Ok(HashMap::new());
    }
    let (mut vals, mut parts) = (Vec::new(), Vec::new());
    for (kind, ids) in &kinds {
        vals.push(kind.to_string());
        let which = format!("record_type = ${}", vals.len() + 1);
        let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
        parts.push(naming(
            "record_type, record_id",
            &format!("{which} AND record_id {}", one_of(ids.len(), vals.len() + 2)),
        ));
        vals.extend(table::padded(&ids).cloned());
    }
    let text = format!(
        "SELECT record_type, record_id, MIN(since), MAX(changed) FROM ({}) named GROUP BY record_type, record_id",
        parts.join(" UNION ALL ")
    );
    let vals: Vec<Val<'_>> = vals.iter().map(|text| Val::Text(text)).collect();
    let all = t.all(&text, &vals, |rec| Ok((rec.text(0)?, rec.text(1)?, times(rec, 2)?))).await?;
    let told =
        |(kind, id, times): (String, String, Times)| Owner::read(&kind, &id).map(|owner| (owner, told(owner, times)));
    Ok(all.into_iter().filter_map(told).collect())
}

/// What links and cards tell of records: what is asked of each, and when it was named and changed.
fn naming(what: &str, which: &str) -> String {
    format!(
        "SELECT {what}, created_at AS since, created_at AS changed FROM link WHERE account_no = $1 AND {which} \
         UNION ALL SELECT {what}, created_at, updated_at FROM card WHERE account_no = $1 AND {which}"
    )
}

/// The owners of one type that some tests leave, with the beginning of a condition.
fn of_kind(built: &mut Built, kind: &'static str, tests: &[OwnerTest]) -> String {
    let kind = built.text(kind);
    let mut which = format!("record_type = {kind} AND {NUMBERED}");
    // One that is named is looked up.
    let exact = tests.iter().find_map(|test| match test {
        OwnerTest::Id(Span { from: Some(from), to: Some(to) }) if from == to => Some(*from),
        _ => None,
    });
    if let Some(id) = exact {
        let id = built.text(id.to_string());
        which.push_str(&format!(" AND record_id = {id}"));
    }
    // The number is read of no other text, in whatever order an engine asks its conditions.
    let id = format!("CASE WHEN {NUMBERED} THEN CAST(record_id AS BIGINT) END AS id");
    built.and(String::from("id > 0"));
    for test in tests {
        owner_test(built, test);
    }
    format!(
        "(SELECT id, MIN(since) AS since, MAX(changed) AS changed FROM ({}) named GROUP BY id) owner WHERE {}",
        naming(&id, &which),
        built.conditions.join(" AND ")
    )
}

fn owner_test(built: &mut Built, test: &OwnerTest) {
    match test {
        OwnerTest::Id(span) => built.span("id", *span),
        OwnerTest::Created(span) => built.span("since", *span),
        OwnerTest::Updated(span) => built.span("changed", *span),
        OwnerTest::Not(test) => {
            let denied = each(built, std::slice::from_ref(test.as_ref())).join(" AND ");
            built.and(format!("NOT {denied}"));
        }
        OwnerTest::AnyOf(tests) => match each(built, tests).as_slice() {
            [] => built.never(),
            some => built.and(format!("({})", some.join(" OR "))),
        },
        OwnerTest::AllOf(tests) => {
            let all = each(built, tests);
            all.into_iter().for_each(|condition| built.and(condition));
        }
    }
}

/// The condition of each of some tests, in brackets, taken off those that are built.
fn each(built: &mut Built, tests: &[OwnerTest]) -> Vec<String> {
    let condition = |test| {
        let first = built.conditions.len();
        owner_test(built, test);
        let all = built.conditions.split_off(first);
        if all.is_empty() { String::from("(1 = 1)") } else { format!("({})", all.join(" AND ")) }
    };
    tests.iter().map(condition).collect()
}
