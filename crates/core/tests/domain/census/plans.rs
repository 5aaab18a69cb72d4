//! How SQLite finds the rows of each statement, as a snapshot: a scan that grows with an account shows in review.

use crate::census::schema::tenant_tables;
use crate::census::statements::{product, values_of};
use crate::census::tenancy::unbound;
use crate::home::Home;
use attache_core::{Aggregate, Bucket, Measure, Summary};
use attache_core::{CardQuery, NewCard, NewFolder, NoteQuery, NoteSort, OwnerQuery, OwnerTest, Records, View};
use attache_core::{
    FileQuery, FileSort, FileTest, FolderQuery, FolderSort, FolderTest, Life, Order, Pattern, Span, Start,
};
use attache_db::testing::Steps;
use attache_model::digest::Sha256;
use attache_model::media::Kind;
use attache_model::{Access, FolderNo, FolderRef, Owner, Scope, UserNo};

/// What reads a whole table or index, and why it may.
const SCANS: [(&str, &str); 12] = [
    ("ACCOUNT_LIST", "the operator's list of all accounts"),
    ("BLOB_DYING", "the index holds nothing but the few blobs that are meant"),
    ("DELIVERY_STRANDED", "the sweep; an installation has few webhooks"),
    ("GRANT_LIST", "the operator's list of all grants"),
    ("HOLD_FORGET", "a backup takes one hold"),
    ("HOLD_IN_FORCE", "a backup takes one hold"),
    ("KEY_LIST", "the installation has a handful of signing keys"),
    ("SCRUB_MARKED", "the index holds nothing but the few blobs that are meant"),
    ("TOKEN_LIST", "the operator's list of all tokens"),
    ("TOKEN_FORGET", "the daily sweep; an installation has few tokens"),
    ("TRANSFER_OPEN", "a copy has a handful of steps, and is seldom"),
    ("WEBHOOK_BEHIND", "an installation has few webhooks"),
];

#[tokio::test]
async fn every_statement_keeps_its_plan() {
    let home = Home::sqlite().await;
    let mut all = String::new();
    for sql in product() {
        let plan = plan(&home, sql.sqlite).await;
        all.push_str(&format!("{}\n{}\n", sql.name, plan.join("\n")));
    }
    insta::assert_snapshot!("statements", all);
}

#[tokio::test]
async fn no_statement_scans_a_whole_table() {
    let home = Home::sqlite().await;
    for sql in product() {
        let scans = scans(&plan(&home, sql.sqlite).await);
        let may = SCANS.iter().any(|(name, _)| *name == sql.name);
        assert_eq!(!scans.is_empty(), may, "{}: {scans:?}", sql.name);
    }
}

#[tokio::test]
async fn no_statement_walks_over_a_whole_account() {
    let home = Home::sqlite().await;
    for sql in product() {
        let walks: Vec<_> =
            plan(&home, sql.sqlite).await.into_iter().filter(|step| step.contains("(account_no=?)")).collect();
        // Recounts and sums have to, an account has few users and webhooks, and one index has what is under hold alone.
        let sums = ["BOOK_RECOUNT", "USAGE_FOLDERS", "USAGE_KINDS", "USAGE_RECORDS"].contains(&sql.name);
        let may = sums || ["LEGAL_HOLD_KEPT", "USER_LIST", "WEBHOOK_COUNT", "WEBHOOK_LIST"].contains(&sql.name);
        assert_eq!(!walks.is_empty(), may, "{}: {walks:?}", sql.name);
    }
}

#[tokio::test]
async fn every_index_of_several_columns_has_its_figures() {
    let home = Home::sqlite().await;
    let without = "SELECT name FROM sqlite_schema WHERE type = 'index' AND name NOT IN (SELECT idx FROM sqlite_stat1)
        AND (SELECT COUNT(*) FROM pragma_index_info(name)) > 1";
    assert_eq!(home.ask(without, 0, 0).await, Ok(Vec::new()));
}

#[tokio::test]
async fn every_list_keeps_its_plan_and_names_the_account() {
    let home = Home::sqlite().await;
    let tenants = tenant_tables();
    let mut all = String::new();
    for (name, text) in lists(&home).await {
        assert_eq!(unbound(&text, &tenants), [""; 0], "{name}: {text}");
        let plan = plan(&home, &text).await;
        assert_eq!(scans(&plan), [""; 0], "{name}");
        all.push_str(&format!("{name}\n{}\n", plan.join("\n")));
    }
    insta::assert_snapshot!("lists", all);
}

/// The steps of SQLite's plan, indented.
async fn plan(home: &Home, text: &str) -> Vec<String> {
    let steps = home.ask(&format!("EXPLAIN QUERY PLAN {text}"), values_of(text), 3).await.unwrap();
    steps.into_iter().map(|step| format!("  {step}")).collect()
}

/// The steps that read a whole table or index. What a statement made itself (a list of values, the levels of a tree) is
/// as long as the statement made it.
fn scans(plan: &[String]) -> Vec<String> {
    let own = ["json_each", "down", "up", "CONSTANT ROW", "named", "owner"];
    // Each of these is read once.
    let made = |step| ["  CO-ROUTINE ", "  MATERIALIZE "].into_iter().find_map(|head| str::strip_prefix(step, head));
    let mut made: Vec<&str> = plan.iter().filter_map(|step| made(step.as_str())).collect();
    let mut is_scan = |step: &&String| {
        let Some(what) = step.trim().strip_prefix("SCAN ") else { return false };
        match made.iter().position(|made| *made == what) {
            Some(at) => drop(made.remove(at)),
            None => return !own.iter().any(|own| what.starts_with(own)),
        }
        false
    };
    plan.iter().filter(|step| is_scan(step)).cloned().collect()
}

/// The statements that core builds for the lists that people use, each with a name.
async fn lists(home: &Home) -> Vec<(&'static str, String)> {
    let edit = home.core.edit(&home.owner).unwrap();
    let new = NewFolder { parent: FolderRef::ROOT, make_parents: false, name: "a".into(), or_existing: false };
    let folder = edit.make_folder(new).await.unwrap().no;
    let mut lists = Vec::new();
    for (name, query) in file_queries(folder) {
        lists.push((name, file_statement(&edit, &query).await));
    }
    for (name, query) in folder_queries(folder) {
        let steps = Steps::follow().await;
        edit.folders(&query).await.unwrap();
        lists.push((name, built(&steps)));
    }
    lists.push(("which files have words", words(&edit).await));
    lists.push(("how much is in some folders", counts(&edit, folder).await));
    lists.extend(reach_lists(home).await);
    lists.extend(owner_lists(home).await);
    lists.extend(owned_lists(home).await);
    lists.extend(record_lists(&home.core.records(&home.owner).unwrap()).await);
    lists
}

/// The look for files that have words, which comes before the list of them.
async fn words(view: &View<'_>) -> String {
    let tests = vec![FileTest::Words(vec!["lease".into()])];
    let query = FileQuery { tests, order: vec![], start: Start::First, limit: 100, life: Life::Living };
    let steps = Steps::follow().await;
    view.files(&query).await.unwrap();
    steps.take().into_iter().find(|text| text.contains("UNION ALL")).unwrap()
}

/// The counts beside a list of folders.
async fn counts(view: &View<'_>, folder: FolderNo) -> String {
    let steps = Steps::follow().await;
    view.count_in([folder, FolderNo::ROOT]).await.unwrap();
    steps.take().into_iter().find(|text| text.contains("COUNT(*)")).unwrap()
}

/// The lists of a caller who may not read the whole account.
async fn reach_lists(home: &Home) -> Vec<(&'static str, String)> {
    let caller = home.user(7, &[Scope::FilesPersonal, Scope::FilesContact]).await;
    let reach = home.core.reach(&caller).unwrap();
    let title = || FileTest::TitleMatches(Pattern::exactly("passport.pdf"));
    let on_contact = || FileTest::Contact(Span::exactly(42));
    let asked = [
        ("files within reach", vec![]),
        ("files within reach on a contact", vec![on_contact()]),
        ("files within reach of a title", vec![title()]),
        ("files within reach on a contact, of a title", vec![on_contact(), title()]),
        ("files within reach that are not on a contact", vec![FileTest::Not(Box::new(on_contact()))]),
        ("files within reach whose extension matches", vec![FileTest::ExtensionMatches(Pattern::new("p%", '%'))]),
        ("files within reach on contacts of a span", vec![FileTest::Contact(Span { from: Some(1), to: None })]),
    ];
    let mut lists = Vec::new();
    let steps = Steps::follow().await;
    for (name, tests) in asked {
        let query = FileQuery { tests, order: vec![], start: Start::First, limit: 100, life: Life::Living };
        reach.files(&query).await.unwrap();
        lists.push((name, built(&steps)));
    }
    reach.count(&[on_contact()]).await.unwrap();
    let count = steps.take().into_iter().find(|text| text.starts_with("SELECT COUNT"));
    lists.push(("how many files within reach are on a contact", count.unwrap()));
    lists
}

fn some_owners() -> [Owner; 3] {
    [("account", 1), ("account", 2), ("ticket", 1)].map(|(kind, id)| Owner::new(kind, id).unwrap())
}

/// The lists of owners.
async fn owner_lists(home: &Home) -> Vec<(&'static str, String)> {
    let reach = home.core.reach(&home.owner).unwrap();
    let from = Span { from: Some(1), to: None };
    let steps = Steps::follow().await;
    reach.owners(&some_owners()).await.unwrap();
    let mut lists = vec![("some owners", steps.take().remove(0))];
    for (name, tests) in [
        ("owners of a type", vec![]),
        ("an owner of a type", vec![OwnerTest::Id(Span::exactly(1))]),
        ("owners of a type since", vec![OwnerTest::Updated(from), OwnerTest::Not(Box::new(OwnerTest::Created(from)))]),
    ] {
        let query = OwnerQuery { kind: "account", tests, descending: true, offset: 0, limit: 10 };
        reach.owner_page(&query).await.unwrap();
        lists.push((name, built(&steps)));
    }
    reach.count_owners("account", &[]).await.unwrap();
    lists.push(("how many owners of a type there are", steps.take().remove(0)));
    lists
}

/// What is asked about the files of several owners at once, and about all files together.
async fn owned_lists(home: &Home) -> Vec<(&'static str, String)> {
    let owners = some_owners();
    let linked = home.user(8, &[Scope::FilesLinked]).await;
    let query = |by| FileQuery {
        tests: vec![],
        order: vec![Order { by, descending: true }],
        start: Start::First,
        limit: 100,
        life: Life::Living,
    };
    let sum = || Aggregate::Number { of: Measure::Size, how: Summary::Sum };
    let kinds = || Aggregate::Buckets { by: Bucket::OwnerKind, within: vec![sum()] };
    let types = || vec![Aggregate::Buckets { by: Bucket::MediaType, within: vec![kinds()] }];
    let steps = Steps::follow().await;
    let mut lists = Vec::new();
    let reach = home.core.reach(&home.owner).unwrap();
    reach.files_of(&owners, &query(FileSort::Created), true).await.unwrap();
    lists.push(("files of some owners, newest first", ran(&steps).remove(0)));
    home.core.reach(&linked).unwrap().files_of(&owners, &query(FileSort::OwnerId), false).await.unwrap();
    lists.push(("files of some owners within reach", ran(&steps).remove(0)));
    reach.aggregate_of(&owners, &[], &[sum()]).await.unwrap();
    lists.push(("the bytes of some owners' files", ran(&steps).remove(0)));
    reach.aggregate_of(&owners, &[], &types()).await.unwrap();
    lists.push(("the types of owners in each media type of some owners' files", ran(&steps).remove(1)));
    reach.aggregate(&[], &[sum()]).await.unwrap();
    lists.push(("the bytes of all files", ran(&steps).remove(0)));
    reach.aggregate(&[], &types()).await.unwrap();
    lists.push(("the types of owners in each media type of all files", ran(&steps).remove(1)));
    lists
}

/// What ran since the last call, but for the note of a token's use, which is written beside a request.
fn ran(steps: &Steps) -> Vec<String> {
    steps.take().into_iter().filter(|text| !text.starts_with("UPDATE token ")).collect()
}

/// The lists of records.
async fn record_lists(records: &Records<'_>) -> Vec<(&'static str, String)> {
    let new = || NewCard { name: "a".into(), ..NewCard::default() };
    let steps = Steps::follow().await;
    records.put_cards("deal", vec![new(), new(), new()]).await.unwrap();
    let values = steps.take().into_iter().find(|text| text.contains("FROM field_value v"));
    let mut lists = vec![("values of some records", values.unwrap())];
    for (name, ids) in [("cards of a type", vec![]), ("cards of some ids", vec![1, 2, 3])] {
        records.cards("deal", &CardQuery { ids, offset: 0, limit: 50 }).await.unwrap();
        lists.push((name, built(&steps)));
    }
    for (name, query) in note_queries() {
        records.notes("deal", &query).await.unwrap();
        lists.push((name, built(&steps)));
    }
    lists
}

fn note_queries() -> Vec<(&'static str, NoteQuery)> {
    let all = || NoteQuery { limit: 50, ..NoteQuery::default() };
    let updated = |descending| Some(Order { by: NoteSort::Updated, descending });
    let records = || vec![String::from("1"), String::from("2")];
    vec![
        ("notes of a type", all()),
        ("notes of some numbers", NoteQuery { nos: vec![1, 2], ..all() }),
        ("notes on some records", NoteQuery { records: records(), ..all() }),
        ("notes of a kind", NoteQuery { kinds: vec!["common".into()], ..all() }),
        (
            "notes written since",
            NoteQuery { updated: Span { from: Some(1), to: None }, order: updated(false), ..all() },
        ),
        ("notes written last", NoteQuery { order: updated(true), ..all() }),
    ]
}

async fn file_statement(view: &View<'_>, query: &FileQuery) -> String {
    let steps = Steps::follow().await;
    view.files(query).await.unwrap();
    built(&steps)
}

/// The statement of a list among those that ran: the one with an end of its own.
fn built(steps: &Steps) -> String {
    let ran = steps.take();
    let list =
        ran.iter().find(|text| text.starts_with("SELECT ") && text.contains(" LIMIT ") && text.contains(" ORDER BY "));
    list.unwrap_or_else(|| panic!("no list among {ran:?}")).clone()
}

fn file_queries(folder: FolderNo) -> Vec<(&'static str, FileQuery)> {
    let by = |by, descending| vec![Order { by, descending }];
    let tests = |test| vec![test];
    let all = |tests, order| FileQuery { tests, order, start: Start::First, limit: 100, life: Life::Living };
    vec![
        ("all files", all(vec![], vec![])),
        ("files with words", all(tests(FileTest::Words(vec!["lease".into(), "2026".into()])), vec![])),
        ("all files, newest first", all(vec![], by(FileSort::Created, true))),
        ("all files, changed last first", all(vec![], by(FileSort::Updated, true))),
        ("all files by name", all(vec![], by(FileSort::Name, false))),
        ("all files by size", all(vec![], by(FileSort::Size, true))),
        ("files of a folder", all(tests(FileTest::InFolder(vec![folder])), vec![])),
        ("files of a folder, newest first", all(tests(FileTest::InFolder(vec![folder])), by(FileSort::Created, true))),
        ("files of a folder by name", all(tests(FileTest::InFolder(vec![folder])), by(FileSort::Name, false))),
        ("files under a folder", all(tests(FileTest::Under(folder)), vec![])),
        ("files of a name", all(tests(FileTest::NameIs("a.txt".into())), vec![])),
        ("files whose name contains", all(tests(FileTest::NameContains("a".into())), vec![])),
        (
            "files whose description contains",
            all(tests(FileTest::DescriptionMatches(Pattern::containing("a"))), vec![]),
        ),
        ("the file of a path", all(tests(FileTest::PathIs("/a/b.txt".into())), vec![])),
        ("files of a digest", all(tests(FileTest::Sha256(Sha256([7; 32]))), vec![])),
        ("files on a record", all(tests(FileTest::OnRecord("contact/42".parse().unwrap())), vec![])),
        ("files of a kind", all(tests(FileTest::KindIn(vec![Kind::Image])), vec![])),
        ("files of an access level", all(tests(FileTest::AccessIn(vec![Access::Private])), vec![])),
        ("files of a user", all(tests(FileTest::CreatedBy(vec![UserNo::OWNER])), vec![])),
        (
            "files made in a while",
            all(tests(FileTest::Created(Span { from: Some(1), to: Some(2) })), by(FileSort::Created, false)),
        ),
        ("files of a name, ignoring case", all(tests(FileTest::NameLike("A.txt".into())), by(FileSort::Created, true))),
        ("files in a record's tab", all(tests(FileTest::InTab("contact/42".parse().unwrap())), vec![])),
        ("files with a term", all(tests(FileTest::Term("a".into())), by(FileSort::Created, true))),
        ("files changed by a user", all(tests(FileTest::UpdatedBy(vec![UserNo::OWNER])), vec![])),
        ("files and trash, last first", FileQuery { life: Life::Either, ..all(vec![], by(FileSort::No, true)) }),
        ("the trash, last first", FileQuery { life: Life::Trashed, ..all(vec![], by(FileSort::Trashed, true)) }),
    ]
}

fn folder_queries(folder: FolderNo) -> Vec<(&'static str, FolderQuery)> {
    let all = |tests, order| FolderQuery { tests, order, start: Start::First, limit: 100, life: Life::Living };
    vec![
        ("all folders", all(vec![], vec![])),
        ("folders of a folder", all(vec![FolderTest::InFolder(vec![folder])], vec![])),
        (
            "folders of a folder by name",
            all(vec![FolderTest::InFolder(vec![folder])], vec![Order { by: FolderSort::Name, descending: false }]),
        ),
        ("all folders, newest first", all(vec![], vec![Order { by: FolderSort::Created, descending: true }])),
    ]
}
