//! Figures of many files, of all together and of each owner's.

use crate::home::Home;
use crate::on_both_engines;
use crate::records::acts::record;
use crate::records::owned::{on, owner};
use attache_core::{
    AGGREGATES_MAX, Aggregate, Aggregated, Bucket, Condition, Counted, FileTest, Measure, Pattern, Span, Summary,
};
use attache_model::Error;
use std::collections::HashMap;

on_both_engines!(
    figures_of_no_file_are_none,
    numbers_are_of_the_files_that_the_tests_leave,
    the_fullest_bucket_comes_first_and_none_is_a_bucket,
    buckets_stand_within_buckets,
    every_owner_has_figures_of_its_own,
    a_sum_goes_beyond_the_integers_of_the_database,
    so_many_buckets_are_told_and_no_more,
    so_many_buckets_in_all_are_told_and_more_are_refused,
);

pub(crate) fn number(of: Measure, how: Summary) -> Aggregate {
    Aggregate::Number { of, how }
}

pub(crate) fn buckets(by: Bucket, within: Vec<Aggregate>) -> Aggregate {
    Aggregate::Buckets { by, within }
}

pub(crate) fn told(number: &str) -> Aggregated {
    Aggregated::Number(Some(number.to_owned()))
}

/// A bucket that nothing is asked of.
pub(crate) fn counted(value: &str, count: u64) -> Counted {
    Counted { value: Some(value.to_owned()), count, within: Vec::new() }
}

async fn figures_of_no_file_are_none(home: Home) {
    let reach = home.core.reach(&home.owner).unwrap();
    let mut ask: Vec<Aggregate> = Vec::new();
    for how in [Summary::Max, Summary::Min, Summary::Sum, Summary::Avg] {
        ask.extend([number(Measure::No, how), number(Measure::Size, how)]);
    }
    let mut none = vec![Aggregated::Number(None); 8];
    ask.push(buckets(Bucket::Title, vec![number(Measure::No, Summary::Max)]));
    none.push(Aggregated::Buckets(Vec::new()));
    assert_eq!(reach.aggregate(&[], &ask).await.unwrap(), none);
    let one = owner("account", 1);
    assert_eq!(reach.aggregate_of(&[one], &[], &ask).await.unwrap(), HashMap::from([(one, none)]));
    assert_eq!(reach.aggregate_of(&[], &[], &ask).await.unwrap(), HashMap::new());
    assert_eq!(reach.aggregate(&[], &[]).await.unwrap(), []);
}

async fn numbers_are_of_the_files_that_the_tests_leave(home: Home) {
    let mut nos = Vec::new();
    for name in ["a.txt", "bb.txt", "ccc.txt", "dddd.txt"] {
        nos.push(on(&home, name, &[]).await.no.0);
    }
    let reach = home.core.reach(&home.owner).unwrap();
    let ask = [Summary::Max, Summary::Min, Summary::Sum, Summary::Avg].map(|how| number(Measure::Size, how));
    assert_eq!(reach.aggregate(&[], &ask).await.unwrap(), ["8", "5", "26", "6.5"].map(told));
    let tests = [FileTest::Size(Span { from: None, to: Some(7) })];
    assert_eq!(reach.aggregate(&tests, &ask).await.unwrap(), ["7", "5", "18", "6"].map(told));
    let ask =
        [number(Measure::No, Summary::Max), number(Measure::Size, Summary::Min), number(Measure::No, Summary::Min)];
    let answer = [told(&nos[3].to_string()), told("5"), told(&nos[0].to_string())];
    assert_eq!(reach.aggregate(&[], &ask).await.unwrap(), answer);
}

async fn the_fullest_bucket_comes_first_and_none_is_a_bucket(home: Home) {
    for (name, owners) in [
        ("b.txt", vec![owner("ticket", 1)]),
        ("a.txt", vec![]),
        ("same.txt", vec![owner("account", 9), owner("ticket", 9)]),
        ("same.txt", vec![]),
        ("Same.txt", vec![owner("job", 1)]),
    ] {
        on(&home, name, &owners).await;
    }
    let contact = on(&home, "z.png", &[]).await;
    home.edit().link_files(&record("contact/7"), &[contact.id]).await.unwrap();
    let reach = home.core.reach(&home.owner).unwrap();
    let ask = [Bucket::Title, Bucket::MediaType, Bucket::OwnerKind].map(|by| buckets(by, vec![]));
    let answer = reach.aggregate(&[], &ask).await.unwrap();
    let titles = [("same.txt", 2), ("Same.txt", 1), ("a.txt", 1), ("b.txt", 1), ("z.png", 1)];
    assert_eq!(answer[0], Aggregated::Buckets(titles.map(|(value, count)| counted(value, count)).to_vec()));
    let Aggregated::Buckets(types) = &answer[1] else { panic!("{answer:?}") };
    assert_eq!(types.iter().map(|bucket| bucket.count).sum::<u64>(), 6);
    assert!(types.is_sorted_by(|one, next| one.count >= next.count));
    let none = Counted { value: None, count: 3, within: Vec::new() };
    assert_eq!(answer[2], Aggregated::Buckets(vec![none, counted("ticket", 2), counted("job", 1)]));
}

async fn buckets_stand_within_buckets(home: Home) {
    for (name, owners) in [
        ("a.txt", vec![owner("ticket", 1)]),
        ("a.txt", vec![owner("ticket", 2)]),
        ("a.txt", vec![]),
        ("bb.txt", vec![owner("ticket", 1)]),
        ("bb.txt", vec![]),
        ("ccc.txt", vec![]),
        ("ccc.txt", vec![]),
        ("ccc.txt", vec![]),
    ] {
        on(&home, name, &owners).await;
    }
    let reach = home.core.reach(&home.owner).unwrap();
    let size = |how| number(Measure::Size, how);
    let ask = [
        size(Summary::Sum),
        buckets(Bucket::OwnerKind, vec![buckets(Bucket::Title, vec![size(Summary::Max)]), size(Summary::Avg)]),
        buckets(Bucket::Title, vec![buckets(Bucket::OwnerKind, vec![])]),
    ];
    let answer = reach.aggregate(&[], &ask).await.unwrap();
    let titled = |value: &str, count, size: &str| Counted { within: vec![told(size)], ..counted(value, count) };
    let whose = |value: Option<&str>, count, titles: Vec<Counted>, mean: &str| Counted {
        value: value.map(str::to_owned),
        count,
        within: vec![Aggregated::Buckets(titles), told(mean)],
    };
    let by_owner = vec![
        whose(None, 5, vec![titled("ccc.txt", 3, "7"), titled("a.txt", 1, "5"), titled("bb.txt", 1, "6")], "6.4"),
        whose(Some("ticket"), 3, vec![titled("a.txt", 2, "5"), titled("bb.txt", 1, "6")], "5.3333"),
    ];
    let kinds = |value: &str, count, kinds: Vec<Counted>| Counted {
        within: vec![Aggregated::Buckets(kinds)],
        ..counted(value, count)
    };
    let none = |count| Counted { value: None, count, within: Vec::new() };
    let by_title = vec![
        kinds("a.txt", 3, vec![counted("ticket", 2), none(1)]),
        kinds("ccc.txt", 3, vec![none(3)]),
        kinds("bb.txt", 2, vec![counted("ticket", 1), none(1)]),
    ];
    assert_eq!(answer, [told("48"), Aggregated::Buckets(by_owner), Aggregated::Buckets(by_title)]);
}

async fn every_owner_has_figures_of_its_own(home: Home) {
    let (one, two, three) = (owner("account", 1), owner("account", 2), owner("ticket", 1));
    for (name, owners) in
        [("a.txt", vec![one]), ("a.txt", vec![one, two]), ("bb.txt", vec![one]), ("ccc.txt", vec![two, three])]
    {
        on(&home, name, &owners).await;
    }
    let reach = home.core.reach(&home.owner).unwrap();
    let ask = [number(Measure::Size, Summary::Sum), buckets(Bucket::Title, vec![buckets(Bucket::OwnerKind, vec![])])];
    let figures = reach.aggregate_of(&[one, two, three, owner("job", 1)], &[], &ask).await.unwrap();
    let titled = |value: &str, kinds: &[(&str, u64)]| Counted {
        within: vec![Aggregated::Buckets(kinds.iter().map(|(kind, count)| counted(kind, *count)).collect())],
        ..counted(value, kinds.iter().map(|(_, count)| count).sum())
    };
    let of = |size: &str, titles: Vec<Counted>| vec![told(size), Aggregated::Buckets(titles)];
    assert_eq!(figures[&one], of("16", vec![titled("a.txt", &[("account", 2)]), titled("bb.txt", &[("account", 1)])]));
    assert_eq!(figures[&two], of("12", vec![titled("a.txt", &[("account", 1)]), titled("ccc.txt", &[("ticket", 1)])]));
    assert_eq!(figures[&three], of("7", vec![titled("ccc.txt", &[("ticket", 1)])]));
    assert_eq!(figures[&owner("job", 1)], [Aggregated::Number(None), Aggregated::Buckets(Vec::new())]);
    let tests = [FileTest::TitleMatches(Pattern::exactly("a.txt"))];
    let figures = reach.aggregate_of(&[one, three], &tests, &ask[..1]).await.unwrap();
    assert_eq!(figures, HashMap::from([(one, vec![told("10")]), (three, vec![Aggregated::Number(None)])]));
}

async fn a_sum_goes_beyond_the_integers_of_the_database(home: Home) {
    for name in ["a.txt", "b.txt", "c.txt"] {
        let no = on(&home, name, &[owner("account", 1)]).await.no;
        home.ask(&format!("UPDATE file SET size = 9223372036854775807 WHERE no = {no} RETURNING name"), 0, 0)
            .await
            .unwrap();
    }
    let reach = home.core.reach(&home.owner).unwrap();
    let ask = [Summary::Sum, Summary::Avg].map(|how| number(Measure::Size, how));
    let answer = ["27670116110564327421", "9223372036854775807"].map(told);
    assert_eq!(reach.aggregate(&[], &ask).await.unwrap(), answer);
    let figures = reach.aggregate_of(&[owner("account", 1)], &[], &ask).await.unwrap();
    assert_eq!(figures[&owner("account", 1)], answer);
}

/// Many files without bytes, copies of one row: `count` titles in `types` media types, one after the other.
async fn fill(home: &Home, first: i64, count: i64, types: i64) {
    let seed = on(home, &format!("seed-{first}.txt"), &[]).await.no;
    let end = first + count;
    let text = format!(
        "INSERT INTO file (account_no, no, id, folder_no, name, name_key, ext, access, hidden, usable, source, metadata, \
         created_at, updated_at, expires_at, trashed_at, created_by, revision, version_no, blob_key, size, media_type, \
         kind, encoding, sha256, md5, versioned_at, versioned_by) \
         WITH RECURSIVE n(n) AS (SELECT CAST({first} AS BIGINT) UNION ALL SELECT n + 1 FROM n WHERE n + 1 < {end}) \
         SELECT account_no, 1000000 + n, CAST(n AS TEXT), folder_no, 'f' || n, 'f' || n, ext, access, hidden, usable, \
         source, metadata, created_at, updated_at, expires_at, trashed_at, created_by, revision, version_no, blob_key, \
         size, 'x/' || (n % {types}), kind, encoding, sha256, md5, versioned_at, versioned_by \
         FROM n CROSS JOIN file WHERE no = {seed} RETURNING name"
    );
    assert_eq!(home.ask(&text, 0, 0).await.unwrap().len() as i64, count);
    home.remove().trash_file(seed, Condition::Always).await.unwrap();
}

async fn so_many_buckets_are_told_and_no_more(home: Home) {
    let most = home.core.limits().aggregate_buckets;
    fill(&home, 0, most as i64, 1).await;
    let reach = home.core.reach(&home.owner).unwrap();
    let ask = [buckets(Bucket::Title, vec![])];
    let told = async || {
        let answer = reach.aggregate(&[], &ask).await.unwrap();
        let [Aggregated::Buckets(titles)] = answer.as_slice() else { panic!("{answer:?}") };
        titles.clone()
    };
    let whole = told().await;
    assert_eq!((whole.len() as u64, &whole[0]), (most, &counted("f0", 1)));
    fill(&home, most as i64, 1, 1).await;
    on(&home, "seed-0.txt", &[]).await;
    let seed = on(&home, "seed-0.txt", &[]).await;
    let most_of_them = told().await;
    assert_eq!(most_of_them.len() as u64, most);
    assert_eq!(most_of_them[..2], [counted("seed-0.txt", 2), counted("f0", 1)], "the fullest first");
    home.trash(&seed).await;
}

async fn so_many_buckets_in_all_are_told_and_more_are_refused(home: Home) {
    let titles = home.core.limits().aggregate_buckets as i64 * 10 - 1;
    fill(&home, 0, titles, 10).await;
    let reach = home.core.reach(&home.owner).unwrap();
    // Ten types, and ten times all the titles in them.
    let ask = [buckets(Bucket::MediaType, vec![buckets(Bucket::Title, vec![]); 10])];
    assert!(ask.len() + 10 <= AGGREGATES_MAX);
    let answer = reach.aggregate(&[], &ask).await.unwrap();
    let [Aggregated::Buckets(types)] = answer.as_slice() else { panic!("{answer:?}") };
    let told: u64 = types.iter().map(|bucket| bucket.count).sum();
    assert_eq!((types.len(), told), (10, titles as u64));
    fill(&home, titles, 1, 10).await;
    let refused = reach.aggregate(&[], &ask).await;
    assert!(matches!(&refused, Err(Error::Invalid { why, .. }) if why.contains("100000")), "{:?}", refused.is_ok());
}
