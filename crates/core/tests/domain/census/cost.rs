//! What operations cost, counted in statements: no clock is asked.

use crate::home::Home;
use attache_core::{
    Aggregate, Body, Bucket, CardQuery, Clash, Condition, Edit, Expect, FileQuery, FileUse, FolderChange, Life,
    Measure, NewCard, NewField, NewFile, NewFolder, NewName, NewValue, Start, Summary,
};
use attache_db::testing::Steps;
use attache_model::{FileId, FolderNo, FolderRef, Name, Owner};

/// Folders below the one that is moved, each with a file.
const DESCENDANTS: usize = 10_000;

#[tokio::test]
async fn a_folder_of_ten_thousand_descendants_moves_with_as_many_statements_as_an_empty_one() {
    let home = Home::sqlite().await;
    let edit = home.core.edit(&home.owner).unwrap();
    let (empty, full, target) = (make(&edit, "empty").await, make(&edit, "full").await, make(&edit, "target").await);
    fill(&home, full).await;

    let of_empty = statements_of_a_move(&edit, empty, target).await;
    let of_full = statements_of_a_move(&edit, full, target).await;
    assert_eq!(of_full, of_empty);
    assert!(of_full.len() <= 16, "a move takes {} statements: {of_full:#?}", of_full.len());

    let deep = edit.folder(&FolderRef::Path("/target/full/x1/x2".into())).await.unwrap();
    assert_eq!(deep.path, "/target/full/x1/x2");
}

#[tokio::test]
async fn a_page_of_cards_with_values_takes_as_many_statements_as_one_card() {
    let home = Home::sqlite().await;
    let (records, edit) = (home.core.records(&home.owner).unwrap(), home.core.edit(&home.owner).unwrap());
    let new = |name: &str| NewField { name: name.into(), code: None, sort: None };
    let fields = records.setup().unwrap().put_fields("deal", vec![new("one"), new("two")]).await.unwrap();
    let file = put(&edit, "a.txt").await;
    let values: Vec<_> =
        fields.iter().map(|field| NewValue { field: field.no, file: Some(FileUse::of(file)) }).collect();
    records.put_cards("deal", vec![NewCard { values, ..NewCard::default() }; 100]).await.unwrap();

    let steps = Steps::follow().await;
    let mut pages = Vec::new();
    for limit in [1, 100] {
        let page = records.cards("deal", &CardQuery { ids: Vec::new(), offset: 0, limit }).await.unwrap();
        assert_eq!((page.items.len(), page.items[0].values.len()), (limit as usize, 2));
        pages.push(steps.take().len());
    }
    let used = edit.records_of(file, 100).await.unwrap();
    assert_eq!((used.len(), used[99].1.values.len()), (100, 2));
    pages.push(steps.take().len());
    assert_eq!(pages, [2, 2, 3]);
}

#[tokio::test]
async fn the_files_and_figures_of_a_hundred_owners_take_as_many_statements_as_those_of_one() {
    let home = Home::sqlite().await;
    let edit = home.core.edit(&home.owner).unwrap();
    let owners: Vec<Owner> = (1..=100).map(|id| Owner::new("account", id).unwrap()).collect();
    for owner in &owners {
        let file = put(&edit, &format!("{}.txt", owner.id())).await;
        edit.link_files(&(*owner).into(), &[file]).await.unwrap();
    }
    let reach = home.core.reach(&home.owner).unwrap();
    let query = FileQuery { tests: vec![], order: vec![], start: Start::First, limit: 10, life: Life::Living };
    let number = || Aggregate::Number { of: Measure::Size, how: Summary::Sum };
    let titles = Aggregate::Buckets { by: Bucket::Title, within: vec![number()] };
    let steps = Steps::follow().await;
    // The note of a token's use is written beside a request.
    let ran = || steps.take().iter().filter(|text| !text.starts_with("UPDATE token")).count();
    for some in [&owners[..1], &owners[..]] {
        let found = reach.files_of(some, &query, true).await.unwrap();
        assert!(found.len() == some.len() && found.values().all(|one| one.files.len() == 1));
        assert_eq!(ran(), 1);
        let figures = reach.aggregate_of(some, &[], &[number(), titles.clone(), number()]).await.unwrap();
        assert_eq!(figures.len(), some.len());
        assert_eq!(ran(), 2, "one for the numbers and one for the titles");
    }
}

#[tokio::test]
async fn a_name_that_hundreds_of_files_had_first_gets_its_number_by_few_statements() {
    let home = Home::sqlite().await;
    let edit = home.core.edit(&home.owner).unwrap();
    for _ in 0..300 {
        numbered(&edit, "a.txt").await;
    }
    let steps = Steps::follow().await;
    assert_eq!(numbered(&edit, "a.txt").await, "a-300.txt");
    let ran = steps.take();
    assert!(ran.len() <= 24, "a put takes {} statements: {ran:#?}", ran.len());

    let gap = edit.stat("/a-17.txt").await.unwrap();
    let attache_core::Stat::File(gap) = gap else { panic!("a-17.txt is a file") };
    home.core.remove(&home.owner).unwrap().trash_file(gap.no, Condition::Always).await.unwrap();
    assert_eq!(numbered(&edit, "a.txt").await, "a-17.txt");
}

/// Puts a file in under the first free number of a name.
async fn numbered(edit: &Edit<'_>, name: &str) -> String {
    let staged = edit.stage(Body::from(b"x".to_vec()), &Expect::at_most(10)).await.unwrap();
    let name = NewName::Exact(Name::parse(name).unwrap());
    let new = NewFile { clash: Clash::Number, ..NewFile::new(FolderRef::ROOT, name) };
    edit.put_file(new, staged).await.unwrap().into_file().name.full().to_owned()
}

async fn put(edit: &Edit<'_>, name: &str) -> FileId {
    let staged = edit.stage(Body::from(b"x".to_vec()), &Expect::at_most(10)).await.unwrap();
    let name = NewName::Exact(Name::parse(name).unwrap());
    edit.put_file(NewFile::new(FolderRef::ROOT, name), staged).await.unwrap().into_file().id
}

async fn make(edit: &Edit<'_>, name: &str) -> FolderNo {
    let new = NewFolder { parent: FolderRef::ROOT, make_parents: false, name: name.into(), or_existing: false };
    edit.make_folder(new).await.unwrap().no
}

async fn statements_of_a_move(edit: &Edit<'_>, folder: FolderNo, into: FolderNo) -> Vec<String> {
    let steps = Steps::follow().await;
    let change = FolderChange { name: None, parent: Some(FolderRef::No(into)) };
    edit.change_folder(&FolderRef::No(folder), change).await.unwrap();
    steps.take()
}

/// Puts a bush of folders below `top`: one chain of two, and thousands beside it.
async fn fill(home: &Home, top: FolderNo) {
    let text = format!(
        "INSERT INTO folder (account_no, no, id, parent_no, name, name_key, created_at, updated_at, trashed_at)
         SELECT 1, 1000000 + n, '00000000-0000-4000-8000-' || printf('%012d', n), CASE WHEN n = 2 THEN 1000001 ELSE {} END, 'x' || n, 'x' || n, 1, 1, 0
         FROM (WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {DESCENDANTS}) SELECT n FROM c)
         RETURNING id",
        top.0
    );
    assert_eq!(home.ask(&text, 0, 0).await.unwrap().len(), DESCENDANTS);
}
