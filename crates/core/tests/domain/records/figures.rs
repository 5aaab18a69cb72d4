//! For random files, links and rights: pages and figures of owners are those that somebody gets who lists every file and
//! works them out.

use crate::home::{Home, admit};
use crate::property::each;
use crate::records::acts::record;
use attache_core::{
    AGGREGATES_MAX, Aggregate, Aggregated, Body, Bucket, Caller, Core, Counted, Destination, Expect, FileQuery,
    FileSort, FileTest, Life, Measure, NewFile, NewLink, NewName, Order, OwnerFiles, Pattern, Reach, Span, Start,
    Summary,
};
use attache_model::file::File;
use attache_model::link::Origin;
use attache_model::{Error, FileNo, FolderRef, Name, Owner, Scope, UserNo};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A file and the records that it is on.
#[derive(Clone, Debug)]
struct Made {
    maker: i64,
    name: &'static str,
    bytes: usize,
    personal: bool,
    trashed: bool,
    on: Vec<(&'static str, Origin)>,
}

#[derive(Clone, Debug)]
struct Case {
    files: Vec<Made>,
    user: i64,
    scopes: Vec<Scope>,
    tests: Vec<FileTest>,
    order: Vec<Order<FileSort>>,
    offset: u64,
    limit: u32,
    ask: Vec<Aggregate>,
}

const SCOPES: [Scope; 7] = [
    Scope::FilesRead,
    Scope::FilesPersonal,
    Scope::FilesContact,
    Scope::FilesCompany,
    Scope::FilesLinked,
    Scope::FilesOwnWrite,
    Scope::FilesOthers,
];

/// Owners, and what is none: records of other types, and numbers in another spelling.
const RECORDS: [&str; 7] = ["account/1", "account/2", "account/01", "contact/7", "job/1", "ticket/1", "ticket/x"];

fn owners() -> [Owner; 5] {
    [("account", 1), ("account", 2), ("job", 1), ("ticket", 1), ("ticket", 9)]
        .map(|(kind, id)| Owner::new(kind, id).unwrap())
}

fn files() -> impl Strategy<Value = Vec<Made>> {
    let name = select(vec!["a.txt", "A.txt", "a", "b.png", "\u{e9}.png", "c.bin"]);
    let on = vec((select(RECORDS.to_vec()), select(vec![Origin::Attached, Origin::Intake])), 0..4);
    let made = (1_i64..3, name, 0_usize..4, proptest::bool::weighted(0.2), proptest::bool::weighted(0.1), on);
    let made =
        made.prop_map(|(maker, name, bytes, personal, trashed, on)| Made { maker, name, bytes, personal, trashed, on });
    vec(made, 0..14)
}

fn tests() -> impl Strategy<Value = FileTest> {
    prop_oneof![
        (0_i64..3).prop_map(|from| FileTest::Size(Span { from: Some(from), to: None })),
        any::<bool>().prop_map(FileTest::Owned),
        Just(FileTest::TitleMatches(Pattern::containing("A"))),
        Just(FileTest::TitleMatches(Pattern::exactly("a.txt"))),
        Just(FileTest::OnRecord(record("account/1"))),
        Just(FileTest::OwnerIs { kinds: vec!["ticket", "job"], id: Span::default() }),
        Just(FileTest::Not(Box::new(FileTest::MediaType(String::from("image/png"))))),
        Just(FileTest::AnyOf(vec![FileTest::Owned(false), FileTest::Maker(Span::exactly(1))])),
    ]
}

fn orders() -> impl Strategy<Value = Vec<Order<FileSort>>> {
    let by = select(vec![FileSort::No, FileSort::Size, FileSort::Title, FileSort::OwnerKind, FileSort::Maker]);
    vec((by, any::<bool>()).prop_map(|(by, descending)| Order { by, descending }), 0..3)
}

fn asks() -> impl Strategy<Value = Vec<Aggregate>> {
    let how = select(vec![Summary::Max, Summary::Min, Summary::Sum, Summary::Avg]);
    let number = (select(vec![Measure::No, Measure::Size]), how).prop_map(|(of, how)| Aggregate::Number { of, how });
    let by = || select(vec![Bucket::Title, Bucket::MediaType, Bucket::OwnerKind]);
    let tree = number.prop_recursive(3, 8, 3, move |within| {
        (by(), vec(within, 0..3)).prop_map(|(by, within)| Aggregate::Buckets { by, within })
    });
    vec(tree, 0..4)
}

fn cases() -> impl Strategy<Value = Case> {
    let scopes = prop_oneof![Just(vec![Scope::FilesRead]), subsequence(SCOPES.to_vec(), 1..5)];
    let page = (orders(), option::of(0_u64..4), select(vec![0_u32, 1, 2, 100]));
    (files(), 1_i64..3, scopes, vec(tests(), 0..2), page, asks()).prop_map(|(files, user, scopes, tests, page, ask)| {
        let (order, offset, limit) = page;
        Case { files, user, scopes, tests, order, offset: offset.unwrap_or(0), limit, ask }
    })
}

/// Puts the files of a case into an account of their own.
async fn make(core: &Core, account: &str, files: &[Made]) -> Caller {
    core.operator().make_account(account).await.unwrap();
    let owner = admit(core, account, UserNo(1), Scope::ALL.iter().copied().collect()).await;
    let other = admit(core, account, UserNo(2), Scope::ALL.iter().copied().collect()).await;
    for made in files {
        let reach = core.reach(if made.maker == 1 { &owner } else { &other }).unwrap();
        let to = if made.personal { Destination::User } else { Destination::Company };
        let new = NewFile::new(FolderRef::ROOT, NewName::Exact(Name::parse(made.name).unwrap()));
        let staged = reach.stage(Body::from(vec![b'x'; made.bytes]), &Expect::at_most(100)).await.unwrap();
        let no = reach.put_file(new, to, staged).await.unwrap().file.no;
        for (on, origin) in &made.on {
            let link = NewLink { origin: *origin, ..NewLink::attached(record(on)) };
            core.edit(&owner).unwrap().link(no, link).await.unwrap();
        }
        if made.trashed {
            reach.trash_file(no).await.unwrap();
        }
    }
    owner
}

/// Everything that a caller can list, and what is known of it.
struct Listed {
    files: Vec<File>,
    /// The owner that each shows.
    shown: HashMap<FileNo, Owner>,
    /// All owners that each is on.
    on: HashMap<FileNo, HashSet<Owner>>,
}

impl Listed {
    async fn of(core: &Core, owner: &Caller, reach: &Reach<'_>, case: &Case) -> Listed {
        let (tests, order) = (case.tests.clone(), case.order.clone());
        let query = FileQuery { tests, order, start: Start::Offset(0), limit: 1000, life: Life::Living };
        let files = reach.list_files(&query).await.unwrap().items;
        let nos: Vec<FileNo> = files.iter().map(|file| file.no).collect();
        let shown = reach.owners_of(&nos).await.unwrap();
        let mut on = HashMap::new();
        for no in nos {
            let links = core.view(owner).unwrap().links_of(no).await.unwrap();
            on.insert(no, links.iter().filter_map(|link| Owner::of(&link.record)).collect());
        }
        Listed { files, shown, on }
    }

    fn of_owner(&self, owner: Owner) -> Vec<&File> {
        self.files.iter().filter(|file| self.on[&file.no].contains(&owner)).collect()
    }

    fn page(&self, owner: Owner, case: &Case, total: bool) -> OwnerFiles {
        let all = self.of_owner(owner);
        let page = all.iter().skip(usize::try_from(case.offset).unwrap()).take(case.limit as usize);
        OwnerFiles { files: page.map(|file| (*file).clone()).collect(), total: total.then_some(all.len() as u64) }
    }

    fn answer(&self, files: &[&File], ask: &[Aggregate]) -> Vec<Aggregated> {
        let one = |ask: &Aggregate| match ask {
            Aggregate::Number { of, how } => Aggregated::Number(number(files, *of, *how)),
            Aggregate::Buckets { by, within } => Aggregated::Buckets(self.buckets(files, *by, within)),
        };
        ask.iter().map(one).collect()
    }

    fn buckets(&self, files: &[&File], by: Bucket, within: &[Aggregate]) -> Vec<Counted> {
        let mut alike: BTreeMap<Option<String>, Vec<&File>> = BTreeMap::new();
        for file in files {
            let value = match by {
                Bucket::Title => Some(file.title().full().to_owned()),
                Bucket::MediaType => Some(file.version.media_type.clone()),
                Bucket::OwnerKind => self.shown.get(&file.no).map(|owner| owner.kind().to_owned()),
            };
            alike.entry(value).or_default().push(file);
        }
        let counted = |(value, files): (Option<String>, Vec<&File>)| {
            let within = self.answer(&files, within);
            Counted { value, count: files.len() as u64, within }
        };
        let mut all: Vec<Counted> = alike.into_iter().map(counted).collect();
        // The map is in the order of its values, with none first.
        all.sort_by_key(|bucket| (std::cmp::Reverse(bucket.count), bucket.value.is_none()));
        all
    }
}

fn number(files: &[&File], of: Measure, how: Summary) -> Option<String> {
    let of = |file: &&File| match of {
        Measure::No => file.no.0,
        Measure::Size => i64::try_from(file.version.size).unwrap(),
    };
    let sum: i64 = files.iter().map(of).sum();
    match how {
        Summary::Max => files.iter().map(of).max().map(|max| max.to_string()),
        Summary::Min => files.iter().map(of).min().map(|min| min.to_string()),
        Summary::Sum => (!files.is_empty()).then(|| sum.to_string()),
        Summary::Avg => {
            let tenth_more = (sum * 100_000).checked_div(files.len() as i64)?;
            let digits = format!("{:05}", (tenth_more + 5) / 10);
            let (whole, rest) = digits.split_at(digits.len() - 4);
            let rest = rest.trim_end_matches('0');
            Some(if rest.is_empty() { whole.to_owned() } else { format!("{whole}.{rest}") })
        }
    }
}

/// How many questions are in a tree.
fn size(ask: &[Aggregate]) -> usize {
    let within = |ask: &Aggregate| match ask {
        Aggregate::Number { .. } => 1,
        Aggregate::Buckets { within, .. } => 1 + size(within),
    };
    ask.iter().map(within).sum()
}

async fn figures_are_those_of_the_list(home: &Home, account: String, case: &Case) {
    let core = &home.core;
    let owner = make(core, &account, &case.files).await;
    let caller = admit(core, &account, UserNo(case.user), case.scopes.iter().copied().collect()).await;
    let Ok(reach) = core.reach(&caller) else {
        assert_eq!(case.scopes, [Scope::FilesOthers], "opens something");
        return;
    };
    let listed = Listed::of(core, &owner, &reach, case).await;
    assert_eq!(reach.count(&case.tests).await.unwrap(), listed.files.len() as u64);

    let start = Start::Offset(case.offset);
    let query = FileQuery {
        tests: case.tests.clone(),
        order: case.order.clone(),
        start,
        limit: case.limit,
        life: Life::Living,
    };
    for total in [false, true] {
        let found = reach.files_of(&owners(), &query, total).await.unwrap();
        assert_eq!(found, owners().map(|owner| (owner, listed.page(owner, case, total))).into());
    }

    let all = reach.aggregate(&case.tests, &case.ask).await;
    let each = reach.aggregate_of(&owners(), &case.tests, &case.ask).await;
    if size(&case.ask) > AGGREGATES_MAX {
        assert!(matches!((all, each), (Err(Error::Invalid { .. }), Err(Error::Invalid { .. }))));
        return;
    }
    let files: Vec<&File> = listed.files.iter().collect();
    assert_eq!(all.unwrap(), listed.answer(&files, &case.ask));
    let wanted = owners().map(|owner| (owner, listed.answer(&listed.of_owner(owner), &case.ask)));
    assert_eq!(each.unwrap(), HashMap::from(wanted));
}

#[test]
fn pages_and_figures_of_owners_are_those_of_a_list_of_all_files_on_sqlite() {
    each(async || Some(Home::sqlite().await), 60, &cases(), &figures_are_those_of_the_list);
}

#[test]
fn pages_and_figures_of_owners_are_those_of_a_list_of_all_files_on_postgresql() {
    each(async || Home::postgres().await, 15, &cases(), &figures_are_those_of_the_list);
}
