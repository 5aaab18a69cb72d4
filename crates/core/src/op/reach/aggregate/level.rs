//! One statement for each place in a tree of questions: the groups of files there, the fullest first in each group above.

use super::number::{Figures, HALF};
use super::{AGGREGATES_MAX, Aggregate, BUCKETS_DEEP, Bucket, Measure, PLACE};
use crate::op::list::built::Built;
use crate::op::reach::owned;
use crate::table::{link, unsigned};
use attache_db::Rec;
use attache_model::{Error, Owner, Result};
use std::collections::HashMap;

/// The numbers that stand at one place of the tree, and the groups that they are of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Level {
    /// Where the buckets stand: the place of each question in its list, from the top.
    at: Vec<usize>,
    /// What the files of a group have in common.
    path: Vec<Bucket>,
    measures: Vec<Measure>,
}

/// Files that have something in common.
#[derive(Clone, Debug)]
pub(super) struct Group {
    owner: Option<Owner>,
    /// What they have in common, from the top.
    pub(super) values: Vec<Option<String>>,
    pub(super) count: u64,
    pub(super) figures: HashMap<Measure, Figures>,
}

/// What a group is found by: where its question stands, whose files they are, and the values of the group around it.
type Around = (Vec<usize>, Option<Owner>, Vec<Option<String>>);

/// Every group of an answer.
#[derive(Debug, Default)]
pub(super) struct Groups(HashMap<Around, Vec<Group>>);

impl Groups {
    pub(super) fn keep(&mut self, level: &Level, groups: Vec<Group>) {
        for group in groups {
            let above = group.values.len().saturating_sub(1);
            let around = (level.at.clone(), group.owner, group.values[..above].to_vec());
            self.0.entry(around).or_default().push(group);
        }
    }

    /// All files of an owner, or all files.
    pub(super) fn top(&self, owner: Option<Owner>) -> Option<&Group> {
        self.within(&[], owner, &[]).first()
    }

    /// The groups of the question at `at` that are within the one with these values.
    pub(super) fn within(&self, at: &[usize], owner: Option<Owner>, values: &[Option<String>]) -> &[Group] {
        self.0.get(&(at.to_vec(), owner, values.to_vec())).map(Vec::as_slice).unwrap_or_default()
    }
}

/// The statements that a tree of questions takes.
///
/// # Errors
/// `Invalid` for a tree that is too large or too deep.
pub(super) fn levels(aggregates: &[Aggregate]) -> Result<Vec<Level>> {
    let mut levels = Vec::new();
    let mut left = AGGREGATES_MAX;
    let top = Level { at: Vec::new(), path: Vec::new(), measures: Vec::new() };
    add(&mut levels, &mut left, top, aggregates)?;
    // Without numbers of its own nothing asks for the group of all files.
    levels.retain(|level| !level.path.is_empty() || !level.measures.is_empty());
    Ok(levels)
}

fn add(levels: &mut Vec<Level>, left: &mut usize, mut level: Level, aggregates: &[Aggregate]) -> Result<()> {
    *left = left.checked_sub(aggregates.len()).ok_or_else(|| {
        Error::invalid(PLACE, format!("asks for more than {AGGREGATES_MAX} figures and groups at once; ask for fewer"))
    })?;
    for measure in [Measure::No, Measure::Size] {
        if aggregates.iter().any(|one| matches!(one, Aggregate::Number { of, .. } if *of == measure)) {
            level.measures.push(measure);
        }
    }
    let (at, path) = (level.at.clone(), level.path.clone());
    levels.push(level);
    for (place, aggregate) in aggregates.iter().enumerate() {
        let Aggregate::Buckets { by, within } = aggregate else { continue };
        if path.len() == BUCKETS_DEEP {
            let why = format!("has groups in more than {BUCKETS_DEEP} levels; ask for fewer levels");
            return Err(Error::invalid(PLACE, why));
        }
        let (at, path) = ([&at[..], &[place]].concat(), [&path[..], &[*by]].concat());
        add(levels, left, Level { at, path, measures: Vec::new() }, within)?;
    }
    Ok(())
}

/// What stands behind `FROM`: the files that are asked about.
pub(super) fn source(built: &mut Built, owners: Option<&[Owner]>) -> String {
    let files = match owners {
        Some(owners) => owned::owned(built, owners),
        None => {
            built.and(String::from("account_no = $1"));
            String::from("file")
        }
    };
    format!("{files} WHERE {}", built.conditions.join(" AND "))
}

impl Bucket {
    /// What the files in a bucket have in common, of a row of `file`.
    const fn column(self) -> &'static str {
        match self {
            Bucket::Title => "CASE WHEN title <> '' THEN title ELSE name END",
            Bucket::MediaType => "media_type",
            Bucket::OwnerKind => link::OWNER_KIND,
        }
    }
}

impl Measure {
    const fn column(self) -> &'static str {
        match self {
            Measure::No => "no",
            Measure::Size => "size",
        }
    }

    /// What [`Figures`] are made of.
    fn figures(self) -> String {
        let of = self.column();
        format!(
            ", MIN({of}) AS {of}_min, MAX({of}) AS {of}_max, CAST(SUM({of} / {HALF}) AS BIGINT) AS {of}_high, \
             CAST(SUM({of} % {HALF}) AS BIGINT) AS {of}_low"
        )
    }
}

impl Level {
    /// The statement, whose rows [`Level::read`] reads: `most` groups in each one above, and one more than `left` in all.
    pub(super) fn statement(&self, source: &str, owned: bool, most: u64, left: u64) -> String {
        let keys = self.keys(owned);
        let figures: String = self.measures.iter().map(|measure| measure.figures()).collect();
        let group = if keys.is_empty() { String::new() } else { format!(" GROUP BY {}", keys.join(", ")) };
        let list: String = keys.iter().map(|key| format!("{key}, ")).collect();
        let grouped =
            format!("SELECT {list}COUNT(*) AS counted{figures} FROM ({}) one{group}", self.files(source, owned));
        match self.path.len() {
            0 => grouped,
            _ => self.fullest(&grouped, owned, most, left),
        }
    }

    /// What a group is told apart by.
    fn keys(&self, owned: bool) -> Vec<String> {
        let owner = owned.then_some(["owner_kind", "owner_key"]).into_iter().flatten().map(str::to_owned);
        owner.chain((1..=self.path.len()).map(|depth| format!("value_{depth}"))).collect()
    }

    /// The files, each with what its groups are told apart by and what is to be summed up.
    fn files(&self, source: &str, owned: bool) -> String {
        let owner = owned.then_some(["owner_kind", "owner_key"]).into_iter().flatten().map(str::to_owned);
        let values = self.path.iter().zip(1..).map(|(by, depth)| format!("{} AS value_{depth}", by.column()));
        let measures = self.measures.iter().map(|measure| measure.column().to_owned());
        let columns: Vec<String> = owner.chain(values).chain(measures).chain([String::from("1 AS one")]).collect();
        format!("SELECT {} FROM {source}", columns.join(", "))
    }

    /// The fullest groups in each group above that is among the fullest itself.
    fn fullest(&self, grouped: &str, owned: bool, most: u64, left: u64) -> String {
        let (keys, depth) = (self.keys(owned), self.path.len());
        let above = |level: usize| match &keys[..keys.len() - depth + level] {
            [] => String::new(),
            keys => format!("PARTITION BY {} ", keys.join(", ")),
        };
        let weights: String =
            (1..depth).map(|level| format!(", SUM(counted) OVER ({}) AS weight_{level}", above(level))).collect();
        // Engines do not agree on where NULL stands in an order.
        let rank = |level: usize| {
            let weight = if level == depth { String::from("counted") } else { format!("weight_{level}") };
            format!(
                ", DENSE_RANK() OVER ({}ORDER BY {weight} DESC, value_{level} IS NULL, value_{level}) AS rank_{level}",
                above(level - 1)
            )
        };
        let ranks: String = (1..=depth).map(rank).collect();
        let among: Vec<String> = (1..=depth).map(|level| format!("rank_{level} <= {most}")).collect();
        let figures: String = self.measures.iter().map(|measure| shown(*measure)).collect();
        format!(
            "SELECT {}, counted{figures} FROM (SELECT weighed.*{ranks} FROM (SELECT grouped.*{weights} \
             FROM ({grouped}) grouped) weighed) ranked WHERE {} ORDER BY rank_{depth} LIMIT {}",
            keys.join(", "),
            among.join(" AND "),
            left.saturating_add(1),
        )
    }

    /// How many of the groups that were read are buckets.
    pub(super) fn buckets(&self, rows: &[Group]) -> u64 {
        if self.path.is_empty() { 0 } else { rows.len() as u64 }
    }

    /// Reads a group.
    pub(super) fn read(&self, rec: &Rec<'_>, owned: bool) -> Result<Group, attache_db::Error> {
        let owner = if owned { Some(owned::owner(rec)?) } else { None };
        let mut at = if owned { 2 } else { 0 };
        let mut values = Vec::with_capacity(self.path.len());
        for _ in &self.path {
            values.push(rec.text_or_null(at)?);
            at += 1;
        }
        let count = unsigned(rec, at)?;
        at += 1;
        let mut figures = HashMap::new();
        for measure in &self.measures {
            // There are none where there is no file.
            if let Some(min) = rec.int_or_null(at)? {
                let (max, high, low) = (rec.int(at + 1)?, rec.int(at + 2)?, rec.int(at + 3)?);
                figures.insert(*measure, Figures { count, min, max, high, low });
            }
            at += 4;
        }
        Ok(Group { owner, values, count, figures })
    }
}

/// The columns that [`Measure::figures`] makes.
fn shown(measure: Measure) -> String {
    let of = measure.column();
    format!(", {of}_min, {of}_max, {of}_high, {of}_low")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::reach::aggregate::Summary;

    fn number() -> Aggregate {
        Aggregate::Number { of: Measure::Size, how: Summary::Sum }
    }

    fn deep(levels: usize) -> Vec<Aggregate> {
        (0..levels).fold(Vec::new(), |within, _| vec![Aggregate::Buckets { by: Bucket::Title, within }])
    }

    #[test]
    fn a_tree_has_so_many_questions_and_no_more() {
        assert_eq!(levels(&vec![number(); AGGREGATES_MAX]).unwrap().len(), 1, "one statement has all numbers");
        assert!(matches!(levels(&vec![number(); AGGREGATES_MAX + 1]), Err(Error::Invalid { .. })));
        let within = vec![number(); AGGREGATES_MAX - 1];
        assert_eq!(levels(&[Aggregate::Buckets { by: Bucket::Title, within: within.clone() }]).unwrap().len(), 1);
        let one_more = [Aggregate::Buckets { by: Bucket::Title, within }, number()];
        assert!(matches!(levels(&one_more), Err(Error::Invalid { .. })));
    }

    #[test]
    fn a_tree_is_so_deep_and_no_deeper() {
        assert_eq!(levels(&deep(BUCKETS_DEEP)).unwrap().len(), BUCKETS_DEEP);
        assert!(matches!(levels(&deep(BUCKETS_DEEP + 1)), Err(Error::Invalid { .. })));
        assert!(matches!(levels(&deep(10_000)), Err(Error::Invalid { .. })));
    }

    #[test]
    fn nothing_asked_takes_no_statement() {
        assert_eq!(levels(&[]).unwrap(), []);
    }
}
