use super::*;
use attache_model::{Error, UserNo};

fn asked(query: &str) -> Result<FileQuery> {
    let query = Query::parse(query)?;
    read(&query, Part::of(&query)?, Time::from_timestamp("2026-05-13T12:00:00Z".parse().unwrap()))
}

fn one(query: &str) -> FileTest {
    let mut tests = asked(query).unwrap().tests;
    assert_eq!(tests.len(), 1, "{query}");
    tests.remove(0)
}

const UUID: &str = "367b9f38-5f01-4cea-947e-dfab47aea522";

#[test]
fn ids_come_joined_or_as_an_array() {
    let id: FileId = UUID.parse().unwrap();
    assert_eq!(one(&format!("filter[uuid]={UUID},{UUID}")), FileTest::IdIn(vec![id, id]));
    assert_eq!(one(&format!("filter%5Buuid%5D%5B0%5D={UUID}&filter[uuid][]={UUID}")), FileTest::IdIn(vec![id, id]));
    assert!(asked("filter[uuid]=7").is_err());
}

#[test]
fn extensions_come_in_every_form_and_an_empty_one_is_none() {
    let list = |all: &[&str]| FileTest::ExtensionIn(all.iter().map(|ext| (*ext).to_owned()).collect());
    assert_eq!(one("filter%5Bextensions%5D%5B0%5D=jpg&filter%5Bextensions%5D%5B1%5D=PNG"), list(&["jpg", "PNG"]));
    assert_eq!(one("filter[extensions]=.jpg"), list(&["jpg"]));
    assert_eq!(one("filter[extensions][]="), list(&[""]));
}

#[test]
fn the_trash_is_asked_for_by_the_filters_mere_presence() {
    for query in ["filter[deleted]=1", "filter[deleted]", "filter[deleted]=", "filter[deleted]=0&with=deleted"] {
        assert_eq!(asked(query).unwrap().life, Life::Trashed, "{query}");
    }
    assert_eq!(asked("with=unbilled,deleted").unwrap().life, Life::Either);
    assert_eq!(asked("with=unbilled").unwrap().life, Life::Living);
}

#[test]
fn sizes_are_counted_in_their_unit() {
    let size = |from, to| FileTest::Size(Span { from, to });
    assert_eq!(one("filter[size][from]=2&filter[size][to]=3"), size(Some(2), Some(3)));
    assert_eq!(one("filter[size][to]=3&filter[size][unit]=1000000"), size(None, Some(3_000_000)));
    assert_eq!(asked("filter[size][unit]=1000").unwrap().tests, []);
}

#[test]
fn whole_seconds_count_to_their_end_and_a_named_period_wins() {
    let of = |from, to| Span { from, to };
    assert_eq!(one("filter[date][from]=5"), FileTest::Created(of(Some(5_000_000), None)));
    let updated = "filter[date][type]=updated_at&filter[date][to]=5";
    assert_eq!(one(updated), FileTest::Updated(of(None, Some(5_999_999))));
    let FileTest::Created(span) = one("filter[date][date_preset]=day&filter[date][from]=5") else { panic!("created") };
    assert_eq!(Time(span.from.unwrap()).rfc3339_millis(), "2026-05-13T00:00:00.000Z");
}

#[test]
fn authors_are_users_robots_and_clients() {
    assert_eq!(one("filter[created_by][1]=0&filter[created_by][2]=7"), FileTest::CreatedBy(vec![UserNo(0), UserNo(7)]));
    assert_eq!(one("filter[updated_by][]=-1"), FileTest::UpdatedBy(vec![UserNo(-1)]));
}

#[test]
fn a_records_tab_needs_its_type_and_its_id() {
    let tab = FileTest::InTab("deal/17".parse().unwrap());
    assert_eq!(one("filter[entity_type]=leads&filter[entity_id]=17"), tab);
    for half in ["filter[entity_type]=leads", "filter[entity_id]=17", "filter[entity_type]=deal&filter[entity_id]=1"] {
        assert!(asked(half).is_err(), "{half}");
    }
}

#[test]
fn the_newest_come_first_unless_another_order_is_asked_for() {
    let order = |query: &str| -> Vec<_> {
        asked(query).unwrap().order.into_iter().map(|order| (order.by, order.descending)).collect()
    };
    assert_eq!(order(""), [(FileSort::Created, true), (FileSort::No, true)]);
    assert_eq!(order("filter[order_by]=size"), [(FileSort::Size, true)]);
    assert_eq!(order("order[name]=asc"), [(FileSort::Name, false)]);
    assert_eq!(order("order%5Bupdated_at%5D=desc"), [(FileSort::Updated, true)]);
}

#[test]
fn a_page_begins_where_the_one_before_it_ends() {
    assert_eq!(asked("").unwrap().start, Start::Offset(0));
    assert_eq!(asked("page=3&limit=20").unwrap().start, Start::Offset(40));
}

#[test]
fn what_is_not_known_is_passed_over_and_what_cannot_be_read_is_named() {
    assert_eq!(asked("filter[is_filter]=y&colour=red&filter[name]=").unwrap().tests, []);
    for (query, name) in [
        ("filter[source_id]=x", "filter[source_id]"),
        ("filter[size][from]=-1", "filter[size][from]"),
        ("filter[date][type]=born_at", "filter[date][type]"),
        ("filter[date][date_preset]=someday", "filter[date][date_preset]"),
        ("filter[created_by][]=me", "filter[created_by]"),
        ("filter[order_by]=colour", "filter[order_by]"),
        ("order[colour]=asc", "order"),
        ("order[size]=up", "order[size]"),
    ] {
        let Err(Error::Malformed { field, .. }) = asked(query) else { panic!("{query} is refused") };
        assert_eq!(field, name);
    }
}
