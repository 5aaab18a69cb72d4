//! For random files and random rights: a list has what a look at each file would show, and nothing else; counts agree.

use crate::home::{Home, admit};
use crate::property::each;
use crate::records::acts::record;
use attache_core::{
    Caller, Core, Destination, FileChange, FileQuery, FileTest, Life, NewFile, NewName, Pattern, Reach, Span, Start,
};
use attache_model::link::Record;
use attache_model::page::Next;
use attache_model::{Access, Audience, Error, FileNo, FolderRef, Name, Owner, Scope, Time, UserNo};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::subsequence;
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

/// A file and what happened to it.
#[derive(Clone, Copy, Debug)]
struct Made {
    maker: i64,
    place: Place,
    public: bool,
    fate: Fate,
    /// Other records that it is put on.
    also: &'static [&'static str],
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Contact(u32),
    User,
    Company,
    Owner(i64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Lives,
    Trashed,
    Hidden,
    Expired,
}

/// Files, who asks, with which scopes, and for what.
type Case = (Vec<Made>, i64, Vec<Scope>, Vec<FileTest>);

const SCOPES: [Scope; 13] = [
    Scope::FilesRead,
    Scope::FilesWrite,
    Scope::FilesDelete,
    Scope::FilesPersonal,
    Scope::FilesContact,
    Scope::FilesCompany,
    Scope::FilesCompanyWrite,
    Scope::FilesLinked,
    Scope::FilesCreate,
    Scope::FilesOwnWrite,
    Scope::FilesOwnDelete,
    Scope::FilesOthers,
    Scope::Settings,
];

fn cases() -> impl Strategy<Value = Case> {
    let place = prop_oneof![
        prop_oneof![Just(7_u32), Just(8), Just(9)].prop_map(Place::Contact),
        Just(Place::User),
        Just(Place::Company),
        (1_i64..3).prop_map(Place::Owner),
    ];
    let fate = prop_oneof![6 => Just(Fate::Lives), 1 => Just(Fate::Trashed), 1 => Just(Fate::Hidden), 1 => Just(Fate::Expired)];
    let also = prop_oneof![
        3 => Just(&[][..]),
        1 => Just(&["deal/1"][..]),
        1 => Just(&["contact/8"][..]),
        1 => Just(&["contact/anna"][..]),
        1 => Just(&["contact/9", "deal/7"][..]),
        1 => Just(&["account/1"][..]),
        1 => Just(&["ticket/2", "account/x"][..]),
        1 => Just(&["account/2", "contact/7", "ticket/1"][..]),
    ];
    let made = (1_i64..3, place, any::<bool>(), fate, also).prop_map(|(maker, place, public, fate, also)| Made {
        maker,
        place,
        public,
        fate,
        also,
    });
    (vec(made, 0..9), 1_i64..3, subsequence(SCOPES.to_vec(), 1..7), vec(tests(), 0..3))
}

fn tests() -> impl Strategy<Value = FileTest> {
    let audiences = subsequence(vec![Audience::Contact, Audience::User, Audience::Company], 0..3);
    let test = prop_oneof![
        (0_i64..10).prop_map(|no| FileTest::Contact(Span::exactly(no))),
        (6_i64..10).prop_map(|from| FileTest::Contact(Span { from: Some(from), to: None })),
        Just(FileTest::ContactMatches(Pattern::new("%", '%'))),
        Just(FileTest::ContactMatches(Pattern::exactly("8"))),
        audiences.prop_map(FileTest::AudienceIn),
        any::<bool>().prop_map(FileTest::Public),
        Just(FileTest::TitleMatches(Pattern::at_ends("same*", '*'))),
        Just(FileTest::ExtensionMatches(Pattern::exactly("txt"))),
        (1_i64..3).prop_map(|user| FileTest::CreatedBy(vec![UserNo(user)])),
        vec(0_i64..12, 0..4).prop_map(FileTest::NoIn),
        any::<bool>().prop_map(FileTest::Owned),
        owner_tests(),
        (1_i64..3).prop_map(|user| FileTest::Maker(Span::exactly(user))),
        (1_i64..4).prop_map(|id| FileTest::AnyOf(vec![FileTest::Owned(false), on("ticket", id)])),
        (1_i64..4).prop_map(|id| FileTest::AllOf(vec![FileTest::Public(true), on("account", id)])),
    ];
    test.prop_flat_map(|test| prop_oneof![Just(test.clone()), Just(FileTest::Not(Box::new(test)))])
}

fn on(kind: &'static str, id: i64) -> FileTest {
    FileTest::OwnerIs { kinds: vec![kind], id: Span::exactly(id) }
}

fn owner_tests() -> impl Strategy<Value = FileTest> {
    let span = prop_oneof![
        (1_i64..4).prop_map(Span::exactly),
        (1_i64..4).prop_map(|from| Span { from: Some(from), to: None }),
        Just(Span::default()),
    ];
    (subsequence(vec!["account", "ticket", "job"], 0..3), span).prop_map(|(kinds, id)| FileTest::OwnerIs { kinds, id })
}

impl Made {
    /// The records that it is on, oldest link first.
    fn records(&self) -> Vec<Record> {
        let first = match self.place {
            Place::Contact(no) => Some(record(&format!("contact/{no}"))),
            Place::Owner(no) => Some(record(&format!("account/{no}"))),
            Place::User | Place::Company => None,
        };
        first.into_iter().chain(self.also.iter().map(|also| record(also))).collect()
    }

    /// Its owners, the one that shows last.
    fn owners(&self) -> Vec<Owner> {
        self.records().iter().filter_map(Owner::of).collect()
    }

    fn audience(&self) -> Audience {
        let on_contact = self.records().iter().any(|record| record.kind() == "contact");
        match self.place {
            Place::User => Audience::User,
            _ if on_contact => Audience::Contact,
            _ => Audience::Company,
        }
    }

    fn is_own(&self, user: i64, scopes: &[Scope]) -> bool {
        self.maker == user || (self.audience() != Audience::User && scopes.contains(&Scope::FilesOthers))
    }

    /// Whether a user sees it, as the documentation of the scopes says.
    fn shows(&self, user: i64, scopes: &[Scope]) -> bool {
        let has = |scope| scopes.contains(&scope);
        let by_kind = match self.audience() {
            Audience::User => self.maker == user && has(Scope::FilesPersonal),
            Audience::Contact => has(Scope::FilesContact),
            Audience::Company => has(Scope::FilesCompany) || has(Scope::FilesCompanyWrite),
        };
        let linked = self.audience() != Audience::User && !self.records().is_empty();
        has(Scope::FilesRead) || by_kind || (has(Scope::FilesLinked) && (linked || self.is_own(user, scopes)))
    }

    /// Whether a user may change it.
    fn yields(&self, user: i64, scopes: &[Scope]) -> bool {
        let has = |scope| scopes.contains(&scope);
        let by_kind = match self.audience() {
            Audience::User => self.maker == user && has(Scope::FilesPersonal),
            Audience::Contact => has(Scope::FilesContact),
            Audience::Company => has(Scope::FilesCompanyWrite),
        };
        has(Scope::FilesWrite) || by_kind || (has(Scope::FilesOwnWrite) && self.is_own(user, scopes))
    }
}

/// An account with the files of a case.
struct Account {
    core: Core,
    name: String,
    owner: Caller,
    nos: Vec<FileNo>,
}

impl Account {
    async fn of(home: &Home, name: String, files: &[Made]) -> Account {
        let core = home.core.clone();
        core.operator().make_account(&name).await.unwrap();
        let owner = admit(&core, &name, UserNo(1), Scope::ALL.iter().copied().collect()).await;
        let other = admit(&core, &name, UserNo(2), Scope::ALL.iter().copied().collect()).await;
        let mut nos = Vec::new();
        for (at, made) in files.iter().enumerate() {
            let maker = if made.maker == 1 { &owner } else { &other };
            let reach = core.reach(maker).unwrap();
            let to = match made.place {
                Place::Contact(no) => Destination::Contact(record(&format!("contact/{no}"))),
                Place::User => Destination::User,
                Place::Company => Destination::Company,
                Place::Owner(no) => Destination::Owner(Owner::new("account", no).unwrap()),
            };
            let called = if at % 3 == 0 { format!("{at}.pdf") } else { String::from("same.txt") };
            let new = NewFile {
                access: if made.public { Access::PublicNotIndexable } else { Access::Private },
                expires_at: (made.fate == Fate::Expired).then(|| Time(home.clock.now().0 + 1_000_000)),
                ..NewFile::new(FolderRef::ROOT, NewName::Exact(Name::parse(&called).unwrap()))
            };
            let staged = reach.stage(called.into_bytes().into(), &attache_core::Expect::at_most(100)).await.unwrap();
            let file = reach.put_file(new, to, staged).await.unwrap().file;
            nos.push(file.no);
            for also in made.also {
                core.edit(&owner).unwrap().link_files(&record(also), &[file.id]).await.unwrap();
            }
            match made.fate {
                Fate::Lives | Fate::Expired => {}
                Fate::Trashed => reach.trash_file(file.no).await.unwrap(),
                Fate::Hidden => {
                    let hide = FileChange { access: Some(Access::HiddenPrivate), ..FileChange::default() };
                    core.edit(&owner).unwrap().change_file(file.no, hide).await.unwrap();
                }
            }
        }
        home.clock.advance(Duration::from_secs(2));
        Account { core, name, owner, nos }
    }
}

/// The numbers of all pages of a list.
async fn listed(reach: &Reach<'_>, tests: &[FileTest]) -> BTreeSet<i64> {
    let mut nos = BTreeSet::new();
    let mut start = Start::First;
    loop {
        let query = FileQuery { tests: tests.to_vec(), order: Vec::new(), start, limit: 2, life: Life::Living };
        let page = reach.files(&query).await.unwrap();
        for reached in page.items {
            let alone = reach.file(reached.file.no).await.unwrap();
            assert_eq!((&alone.file, alone.audience), (&reached.file, reached.audience));
            let shown = (alone.contact, reached.contact);
            assert!(shown.0 == shown.1 || asks_for(tests, reached.contact), "{shown:?} for {tests:?}");
            assert!(nos.insert(reached.file.no.0), "twice in a list");
        }
        match page.next {
            Some(Next::Cursor(text)) => start = Start::Cursor(text),
            _ => return nos,
        }
    }
}

/// Whether a contact's number is shown because the list asks for it.
fn asks_for(tests: &[FileTest], contact: Option<i64>) -> bool {
    tests.iter().any(|test| contact.is_some_and(|no| *test == FileTest::Contact(Span::exactly(no))))
}

async fn a_list_is_what_a_look_at_each_shows(home: &Home, name: String, case: &Case) {
    let (files, user, scopes, tests) = case;
    let account = Account::of(home, name, files).await;
    let caller = admit(&account.core, &account.name, UserNo(*user), scopes.iter().copied().collect()).await;
    let Ok(reach) = account.core.reach(&caller) else {
        let closed = [Scope::FilesWrite, Scope::FilesDelete, Scope::FilesOthers, Scope::Settings];
        assert!(scopes.iter().all(|scope| closed.contains(scope)), "{scopes:?} opens something");
        return;
    };
    let mut seen = BTreeSet::new();
    for (no, made) in account.nos.iter().zip(files) {
        let (look, open, change) = (reach.file(*no).await, reach.open(*no).await, reach.may_change(*no).await);
        assert_eq!(look.is_ok(), open.is_ok(), "who sees a file reads it");
        let lives = made.fate == Fate::Lives;
        assert_eq!(look.is_ok(), lives && made.shows(*user, scopes), "{made:?} for user {user} with {scopes:?}");
        assert_eq!(change.is_ok(), lives && made.yields(*user, scopes), "{made:?} for user {user} with {scopes:?}");
        match look {
            Ok(_) => drop(seen.insert(no.0)),
            Err(error) => assert!(matches!(error, Error::NotFound(_) | Error::MissingScope(_)), "{error:?}"),
        }
    }
    assert_eq!(listed(&reach, &[]).await, seen);
    assert_eq!(reach.count(&[]).await.unwrap(), seen.len() as u64);

    owners_show_what_is_seen(&reach, &account, files, &seen).await;
    let some = listed(&reach, tests).await;
    assert!(some.is_subset(&seen));
    assert_eq!(reach.count(tests).await.unwrap(), some.len() as u64);
    // A test leaves the same files to everybody, of those that each sees.
    let all = listed(&account.core.reach(&account.owner).unwrap(), tests).await;
    assert_eq!(some, all.intersection(&seen).copied().collect());
    for test in tests {
        let holds = listed(&reach, std::slice::from_ref(test)).await;
        let denied = listed(&reach, &[FileTest::Not(Box::new(test.clone()))]).await;
        assert!(holds.is_disjoint(&denied) && holds.len() + denied.len() == seen.len(), "{test:?}");
    }
    assert_eq!(some, intersection(&reach, tests, &seen).await);
}

/// Files show their newest owner, and each owner has the files that are seen of those on it.
async fn owners_show_what_is_seen(reach: &Reach<'_>, account: &Account, files: &[Made], seen: &BTreeSet<i64>) {
    let there = || account.nos.iter().zip(files).filter(|(no, _)| seen.contains(&no.0));
    let shown: HashMap<FileNo, Owner> = there().filter_map(|(no, made)| Some((*no, *made.owners().last()?))).collect();
    let nos: Vec<FileNo> = there().map(|(no, _)| *no).collect();
    assert_eq!(reach.owners_of(&nos).await.unwrap(), shown);
    let span = |from| FileTest::OwnerIs { kinds: vec!["account", "ticket"], id: Span { from: Some(from), to: None } };
    for from in 1..3 {
        let above: BTreeSet<i64> = shown.iter().filter(|(_, owner)| owner.id() >= from).map(|(no, _)| no.0).collect();
        assert_eq!(listed(reach, &[span(from)]).await, above);
    }
    let owners: Vec<Owner> = [("account", 1), ("account", 2), ("ticket", 1), ("ticket", 2), ("job", 1)]
        .map(|(kind, id)| Owner::new(kind, id).unwrap())
        .into();
    let query = FileQuery { tests: vec![], order: vec![], start: Start::First, limit: 100, life: Life::Living };
    let of = reach.files_of(&owners, &query, true).await.unwrap();
    for owner in owners {
        let there: BTreeSet<i64> =
            there().filter(|(_, made)| made.owners().contains(&owner)).map(|(no, _)| no.0).collect();
        assert_eq!(of[&owner].files.iter().map(|file| file.no.0).collect::<BTreeSet<_>>(), there, "{owner:?}");
        assert_eq!(of[&owner].total, Some(there.len() as u64));
        assert_eq!(listed(reach, &[on(owner.kind(), owner.id())]).await, there, "{owner:?}");
    }
}

async fn intersection(reach: &Reach<'_>, tests: &[FileTest], seen: &BTreeSet<i64>) -> BTreeSet<i64> {
    let mut left = seen.clone();
    for test in tests {
        let holds = listed(reach, std::slice::from_ref(test)).await;
        left.retain(|no| holds.contains(no));
    }
    left
}

#[test]
fn a_list_has_what_a_look_at_each_file_shows_on_sqlite() {
    each(async || Some(Home::sqlite().await), 60, &cases(), &a_list_is_what_a_look_at_each_shows);
}

#[test]
fn a_list_has_what_a_look_at_each_file_shows_on_postgresql() {
    each(async || Home::postgres().await, 15, &cases(), &a_list_is_what_a_look_at_each_shows);
}
