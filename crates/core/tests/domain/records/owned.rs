//! Files by owner: a page of each of several, and who sees what of them.

use crate::home::Home;
use crate::on_both_engines;
use crate::records::aggregate::{buckets, counted, number, told};
use crate::records::reach::put;
use attache_core::{
    Aggregated, Bucket, Destination, FileChange, FileQuery, FileSort, FileTest, Life, Measure, NewLink, Order,
    OwnerFiles, Reach, Span, Start, Summary,
};
use attache_model::file::File;
use attache_model::link::Origin;
use attache_model::{Access, Owner, Scope};
use std::collections::HashMap;

on_both_engines!(
    every_owner_has_a_page_of_its_own,
    a_page_beyond_the_last_one_still_tells_how_many_there_are,
    a_file_counts_for_every_owner_and_once_for_each,
    owners_of_every_type_are_asked_at_once,
    what_is_out_of_sight_is_in_no_page_and_no_figure,
    another_accounts_owner_of_the_same_number_is_another,
);

const ADMIN: &[Scope] = &[Scope::FilesRead, Scope::FilesWrite, Scope::FilesDelete];

pub(crate) fn owner(kind: &str, id: i64) -> Owner {
    Owner::new(kind, id).unwrap()
}

fn all(limit: u32) -> FileQuery {
    FileQuery { tests: Vec::new(), order: Vec::new(), start: Start::First, limit, life: Life::Living }
}

/// A new file on owners, whose content is its name.
pub(crate) async fn on(home: &Home, name: &str, owners: &[Owner]) -> File {
    let file = put(&home.core.reach(&home.owner).unwrap(), name, Destination::Company).await.file;
    for owner in owners {
        home.edit().link_files(&(*owner).into(), &[file.id]).await.unwrap();
    }
    file
}

fn titles(files: &OwnerFiles) -> Vec<&str> {
    files.files.iter().map(|file| file.title().full()).collect()
}

async fn every_owner_has_a_page_of_its_own(home: Home) {
    let (one, two, three) = (owner("account", 1), owner("account", 2), owner("account", 3));
    for name in ["aaa.txt", "a.txt", "aaaa.txt", "aa.txt"] {
        on(&home, name, &[one]).await;
    }
    let deep = on(&home, "b.txt", &[two]).await;
    let to = FileChange {
        folder: Some(attache_model::FolderRef::Path("/x/y".into())),
        make_folders: true,
        ..FileChange::default()
    };
    home.edit().change_file(deep.no, to).await.unwrap();
    let reach = home.core.reach(&home.owner).unwrap();
    let by = |by, descending| vec![Order { by, descending }];
    let query = FileQuery { order: by(FileSort::Size, true), ..all(2) };
    let found = reach.files_of(&[one, two, three], &query, true).await.unwrap();
    assert_eq!(found.len(), 3, "an owner without files is answered for");
    assert_eq!((titles(&found[&one]), found[&one].total), (vec!["aaaa.txt", "aaa.txt"], Some(4)));
    assert_eq!((titles(&found[&two]), found[&two].total), (vec!["b.txt"], Some(1)));
    assert_eq!(found[&three], OwnerFiles { files: Vec::new(), total: Some(0) });
    assert_eq!(found[&two].files[0], reach.file(deep.no).await.unwrap().file, "the file as it is shown alone");

    let query = FileQuery { start: Start::Offset(1), order: by(FileSort::Size, false), ..all(2) };
    let found = reach.files_of(&[one, two], &query, false).await.unwrap();
    assert_eq!((titles(&found[&one]), found[&one].total), (vec!["aa.txt", "aaa.txt"], None));
    assert_eq!(found[&two], OwnerFiles { files: Vec::new(), total: None });

    let query = FileQuery { tests: vec![FileTest::Size(Span { from: Some(6), to: None })], ..all(10) };
    let found = reach.files_of(&[one, two], &query, true).await.unwrap();
    assert_eq!((titles(&found[&one]), found[&one].total), (vec!["aaa.txt", "aaaa.txt", "aa.txt"], Some(3)));
    assert_eq!(found[&two].total, Some(0));
    assert_eq!(reach.files_of(&[], &all(10), true).await.unwrap(), HashMap::new());
}

async fn a_page_beyond_the_last_one_still_tells_how_many_there_are(home: Home) {
    let one = owner("ticket", 1);
    for name in ["a.txt", "b.txt", "c.txt"] {
        on(&home, name, &[one]).await;
    }
    let reach = home.core.reach(&home.owner).unwrap();
    for (start, limit, shown) in [
        (Start::Offset(2), 2, vec!["c.txt"]),
        (Start::Offset(3), 2, vec![]),
        (Start::Offset(u64::MAX), 2, vec![]),
        (Start::Offset(u64::MAX - 1), u32::MAX, vec![]),
        (Start::First, 0, vec![]),
        (Start::Offset(0), u32::MAX, vec!["a.txt", "b.txt", "c.txt"]),
    ] {
        let query = FileQuery { start, ..all(limit) };
        let found = reach.files_of(&[one], &query, true).await.unwrap();
        assert_eq!((titles(&found[&one]), found[&one].total), (shown.clone(), Some(3)), "{query:?}");
        let found = reach.files_of(&[one], &query, false).await.unwrap();
        assert_eq!((titles(&found[&one]), found[&one].total), (shown, None), "{query:?}");
    }
}

async fn a_file_counts_for_every_owner_and_once_for_each(home: Home) {
    let (one, two) = (owner("account", 1), owner("ticket", 2));
    let file = on(&home, "a.txt", &[two, one]).await;
    let again = NewLink { origin: Origin::Intake, ..NewLink::attached(one.into()) };
    home.edit().link(file.no, again).await.unwrap();
    let reasons = home.origins(&file).await;
    assert_eq!(reasons.len(), 3, "twice on the account: {reasons:?}");
    let reach = home.core.reach(&home.owner).unwrap();
    let found = reach.files_of(&[one, two, one], &all(10), true).await.unwrap();
    for owner in [one, two] {
        assert_eq!((titles(&found[&owner]), found[&owner].total), (vec!["a.txt"], Some(1)));
    }
    let ask = [number(Measure::Size, Summary::Sum), buckets(Bucket::Title, vec![]), buckets(Bucket::OwnerKind, vec![])];
    // Whose it shows as, is one of them: the newest.
    let answer = vec![
        told("5"),
        Aggregated::Buckets(vec![counted("a.txt", 1)]),
        Aggregated::Buckets(vec![counted("account", 1)]),
    ];
    let figures = reach.aggregate_of(&[one, two, one], &[], &ask).await.unwrap();
    assert_eq!(figures, HashMap::from([(one, answer.clone()), (two, answer.clone())]));
    assert_eq!(reach.aggregate(&[], &ask).await.unwrap(), answer);
}

async fn owners_of_every_type_are_asked_at_once(home: Home) {
    let owners: Vec<Owner> =
        attache_model::owner::OWNERS.iter().flat_map(|kind| (1..40).map(|id| owner(kind, id))).collect();
    on(&home, "a.txt", &[owners[3]]).await;
    on(&home, "b.txt", &[*owners.last().unwrap()]).await;
    let reach = home.core.reach(&home.owner).unwrap();
    let found = reach.files_of(&owners, &all(10), true).await.unwrap();
    let figures = reach.aggregate_of(&owners, &[], &[number(Measure::No, Summary::Avg)]).await.unwrap();
    assert_eq!((found.len(), figures.len()), (owners.len(), owners.len()));
    let some: Vec<_> = owners.iter().filter(|owner| found[owner].total == Some(1)).collect();
    assert_eq!(some, [&owners[3], owners.last().unwrap()]);
    for owner in &owners {
        let no = found[owner].files.first().map(|file| file.no.0.to_string());
        assert_eq!(figures[owner], [Aggregated::Number(no)]);
    }
}

/// The titles and the sizes that a caller is told of, by every way there is.
async fn seen(reach: &Reach<'_>, owner: Owner) -> Vec<String> {
    let mut all_ways = Vec::new();
    let found = reach.files_of(&[owner], &FileQuery { order: vec![], ..all(100) }, true).await.unwrap();
    assert_eq!(found[&owner].total, Some(found[&owner].files.len() as u64));
    let mut listed: Vec<String> = titles(&found[&owner]).into_iter().map(str::to_owned).collect();
    listed.sort();
    let size: u64 = found[&owner].files.iter().map(|file| file.version.size).sum();
    let ask = [buckets(Bucket::Title, vec![]), number(Measure::Size, Summary::Sum)];
    all_ways.push(reach.aggregate_of(&[owner], &[], &ask).await.unwrap().remove(&owner).unwrap());
    all_ways.push(reach.aggregate(&[FileTest::OnRecord(owner.into())], &ask).await.unwrap());
    for way in all_ways {
        let [Aggregated::Buckets(some), Aggregated::Number(sum)] = way.as_slice() else { panic!("{way:?}") };
        let values: Vec<String> = some.iter().map(|bucket| bucket.value.clone().unwrap()).collect();
        assert_eq!(values, listed);
        assert_eq!(*sum, (!listed.is_empty()).then(|| size.to_string()));
    }
    listed
}

async fn what_is_out_of_sight_is_in_no_page_and_no_figure(home: Home) {
    let one = owner("account", 1);
    let mine = home.user(2, &[Scope::FilesLinked, Scope::FilesCreate, Scope::FilesPersonal]).await;
    let writer = home.user(3, &[Scope::FilesCreate, Scope::FilesOwnWrite]).await;
    let admin = home.user(4, ADMIN).await;
    let [mine, writer, admin] = [&mine, &writer, &admin].map(|caller| home.core.reach(caller).unwrap());
    let link = async |file: &File| home.edit().link_files(&one.into(), &[file.id]).await.unwrap();

    link(&put(&admin, "theirs.txt", Destination::User).await.file).await;
    link(&put(&mine, "own.txt", Destination::User).await.file).await;
    link(&put(&admin, "shared.txt", Destination::Company).await.file).await;
    put(&admin, "on-none.txt", Destination::Company).await;
    let hidden = on(&home, "hidden.txt", &[one]).await;
    let hide = FileChange { access: Some(Access::HiddenPrivate), ..FileChange::default() };
    home.edit().change_file(hidden.no, hide).await.unwrap();
    let trashed = on(&home, "trashed.txt", &[one]).await;
    home.trash(&trashed).await;

    assert_eq!(seen(&admin, one).await, ["own.txt", "shared.txt", "theirs.txt"]);
    assert_eq!(seen(&mine, one).await, ["own.txt", "shared.txt"]);
    assert!(seen(&writer, one).await.is_empty(), "to write is not to read");
    let trash = FileQuery { life: Life::Trashed, ..all(10) };
    assert_eq!(titles(&admin.files_of(&[one], &trash, true).await.unwrap()[&one]), ["trashed.txt"]);
}

async fn another_accounts_owner_of_the_same_number_is_another(home: Home) {
    let one = owner("account", 1);
    on(&home, "a.txt", &[one]).await;
    let stranger = home.stranger().await;
    let theirs = home.core.reach(&stranger).unwrap();
    assert!(seen(&theirs, one).await.is_empty());
    assert_eq!(
        theirs.aggregate(&[], &[buckets(Bucket::OwnerKind, vec![])]).await.unwrap(),
        [Aggregated::Buckets(vec![])]
    );
    assert_eq!(seen(&home.core.reach(&home.owner).unwrap(), one).await, ["a.txt"]);
}
