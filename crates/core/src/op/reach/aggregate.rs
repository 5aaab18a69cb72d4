//! Figures of many files: the least, the greatest, sums and averages, and how many there are of each kind, one within
//! another.

mod level;
mod number;

use super::Reach;
use super::owned::OWNERS_AT_ONCE;
use crate::op::list::asked;
use crate::query::{FileTest, Life};
use crate::sight::Sight;
use crate::unit::{Outcome, Tenanted, tenanted};
use attache_model::{Error, Owner, Result, Time};
use level::{Group, Groups, Level};
use number::Figures;
use std::collections::HashMap;
use std::sync::Arc;

/// Most figures and buckets that are asked for at once, those within others counted too.
pub const AGGREGATES_MAX: usize = 20;
/// How deep buckets stand within one another at most.
pub const BUCKETS_DEEP: usize = 4;
/// How many times `aggregate_buckets` an answer has in all, for every bucket that others are within, and every owner.
const BUCKETS_OVER: u64 = 100;

/// What is asked of many files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Aggregate {
    /// One number.
    Number {
        /// Of what.
        of: Measure,
        /// What makes one number of many.
        how: Summary,
    },
    /// The files by one of their properties, and how many are alike.
    Buckets {
        /// By what.
        by: Bucket,
        /// What is asked of the files in each bucket.
        within: Vec<Aggregate>,
    },
}

/// A number that files have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Its number in the account.
    No,
    /// Bytes.
    Size,
}

/// What makes one number of many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Summary {
    /// The greatest.
    Max,
    /// The least.
    Min,
    /// All together.
    Sum,
    /// The mean, rounded to four decimals.
    Avg,
}

/// What files have in common that are in one bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bucket {
    /// The title, with the same case.
    Title,
    /// The media type.
    MediaType,
    /// The type of the owner; none for files without one.
    OwnerKind,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Aggregated {
    /// The number in decimal digits; `None` where there is no file.
    Number(Option<String>),
    /// The fullest buckets, the fullest first, those that are as full in the order of their values.
    Buckets(Vec<Counted>),
}

/// A bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// What its files have in common; `None` for those that have no such thing.
    pub value: Option<String>,
    /// How many files are in it.
    pub count: u64,
    /// What was asked of them.
    pub within: Vec<Aggregated>,
}

/// What one unit asks for.
#[derive(Debug)]
struct Question {
    /// The owners whose files are asked about, each apart; `None` for all files together.
    owners: Option<Vec<Owner>>,
    tests: Vec<FileTest>,
    levels: Vec<Level>,
    /// Most buckets in a bucket.
    most: u64,
}

impl Reach<'_> {
    /// Figures of all files that the tests leave; one answer for each question, by one statement for all numbers and one
    /// for each set of buckets.
    ///
    /// # Errors
    /// `Invalid` for more than [`AGGREGATES_MAX`] questions or [`BUCKETS_DEEP`] levels, for an answer with too many
    /// buckets, and for a path that cannot be one.
    pub async fn aggregate(&self, tests: &[FileTest], aggregates: &[Aggregate]) -> Result<Vec<Aggregated>> {
        let groups = self.groups(None, tests, aggregates).await?;
        Ok(Asked { groups: &groups, owner: None }.answer(&[], groups.top(None), aggregates))
    }

    /// As [`Reach::aggregate`], of the files of each of some owners apart, by as many statements. A file counts for every
    /// owner that a link of it names. Every owner is answered for.
    ///
    /// # Errors
    /// As [`Reach::aggregate`].
    pub async fn aggregate_of(
        &self,
        owners: &[Owner],
        tests: &[FileTest],
        aggregates: &[Aggregate],
    ) -> Result<HashMap<Owner, Vec<Aggregated>>> {
        let mut all = HashMap::new();
        for some in owners.chunks(OWNERS_AT_ONCE) {
            let groups = self.groups(Some(some.to_vec()), tests, aggregates).await?;
            for owner in some {
                let asked = Asked { groups: &groups, owner: Some(*owner) };
                all.insert(*owner, asked.answer(&[], groups.top(asked.owner), aggregates));
            }
        }
        Ok(all)
    }

    async fn groups(&self, owners: Option<Vec<Owner>>, tests: &[FileTest], aggregates: &[Aggregate]) -> Result<Groups> {
        let levels = level::levels(aggregates)?;
        let most = self.edit.core.limits().aggregate_buckets;
        let question = Arc::new(Question { owners, tests: tests.to_vec(), levels, most });
        let (now, sight) = (self.now(), self.sight());
        let unit = tenanted::<Groups, _>(move |mut t| {
            let question = question.clone();
            Box::pin(async move { question.ask(&mut t, sight, now).await })
        });
        self.edit.read("count files by what they are", unit).await
    }
}

impl Question {
    async fn ask(&self, t: &mut Tenanted<'_>, sight: Sight, now: Time) -> Outcome<Groups> {
        let mut built = asked(t, &self.tests, Life::Living, sight, now).await?;
        let source = level::source(&mut built, self.owners.as_deref());
        let mut groups = Groups::default();
        let mut left = self.most.saturating_mul(BUCKETS_OVER);
        for level in &self.levels {
            let text = level.statement(&source, self.owners.is_some(), self.most, left);
            let rows = t.all(&text, &built.vals(), |rec| level.read(rec, self.owners.is_some())).await?;
            left = left.checked_sub(level.buckets(&rows)).ok_or_else(|| self.too_many())?;
            groups.keep(level, rows);
        }
        Ok(groups)
    }

    fn too_many(&self) -> Error {
        let most = self.most.saturating_mul(BUCKETS_OVER);
        Error::invalid(PLACE, format!("comes to more than {most} groups; ask for fewer owners, or for fewer levels"))
    }
}

/// Where a question is at fault.
const PLACE: &str = "aggregation";

/// The groups of one owner, or of all files, to be put together.
struct Asked<'g> {
    groups: &'g Groups,
    owner: Option<Owner>,
}

impl Asked<'_> {
    /// The answers to the questions that stand at `at` in the tree, about the files of one group.
    fn answer(&self, at: &[usize], group: Option<&Group>, aggregates: &[Aggregate]) -> Vec<Aggregated> {
        let one = |(place, aggregate): (usize, &Aggregate)| match aggregate {
            Aggregate::Number { of, how } => {
                let figures = group.and_then(|group| group.figures.get(of));
                Aggregated::Number(figures.map(|figures: &Figures| figures.tell(*how)))
            }
            Aggregate::Buckets { within, .. } => {
                let at = [at, &[place]].concat();
                let values = group.map(|group| group.values.as_slice()).unwrap_or_default();
                let some = self.groups.within(&at, self.owner, values);
                Aggregated::Buckets(some.iter().map(|group| self.counted(&at, group, within)).collect())
            }
        };
        aggregates.iter().enumerate().map(one).collect()
    }

    fn counted(&self, at: &[usize], group: &Group, within: &[Aggregate]) -> Counted {
        let value = group.values.last().cloned().flatten();
        Counted { value, count: group.count, within: self.answer(at, Some(group), within) }
    }
}
