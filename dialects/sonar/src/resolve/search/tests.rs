use super::*;
use attache_model::{AccountNo, Time, User};
use serde_json::{Value, json};

fn people() -> Vec<Person> {
    let user = |no, name: &str| User { no: UserNo(no), name: name.to_owned(), created_at: Time(0) };
    [user(1, "Ada"), user(21, "Grace Hopper"), user(3, "")].map(|user| Person::of(AccountNo(1), user)).to_vec()
}

fn asked(args: Value) -> Result<Vec<FileTest>> {
    tests(&serde_json::from_value(args).unwrap(), &people())
}

/// The tests of one search.
fn search(search: Value) -> Vec<FileTest> {
    asked(Value::from_iter([("search", search)])).unwrap()
}

fn text(attribute: &str, value: &str, is: bool, partial: bool) -> Value {
    let field = json!({ "attribute": attribute, "search_value": value, "match": is, "partial_matching": partial });
    json!({ "string_fields": field })
}

fn whole(attribute: &str, value: i64, operator: &str) -> Value {
    json!({ "integer_fields": { "attribute": attribute, "search_value": value, "operator": operator } })
}

fn exactly(text: &str) -> Pattern {
    Pattern::exactly(text)
}

fn account(id: Span) -> FileTest {
    FileTest::OwnerIs { kinds: vec!["account"], id }
}

fn not(test: FileTest) -> FileTest {
    FileTest::Not(Box::new(test))
}

const ANY: Span = Span { from: None, to: None };

#[test]
fn nothing_asks_for_everything() {
    for nothing in [json!({}), json!({ "search": [null, {}], "general_search": "", "reverse_relation_filters": [] })] {
        assert_eq!(asked(nothing).unwrap(), []);
    }
}

#[test]
fn each_argument_is_a_test_on_its_attribute() {
    let id = "01890a5d-ac96-774b-bcce-b302099a8057";
    for (name, value, wanted) in [
        ("id", json!("61"), FileTest::No(Span::exactly(61))),
        ("sonar_unique_id", json!(id), FileTest::IdIn(vec![FileId(id.parse().unwrap())])),
        ("sonar_unique_id", json!("nonsense"), FileTest::IdIn(vec![])),
        ("created_at", json!("2027-01-15T12:00:00Z"), FileTest::Created(moment::second_of("2027-01-15T12:00:00Z"))),
        ("_version", json!("3"), FileTest::RevisionMatches(exactly("3"))),
        ("file_size_in_bytes", json!(7), FileTest::Size(Span::exactly(7))),
        ("filename", json!("a_b%.txt"), FileTest::TitleMatches(exactly("a_b%.txt"))),
        ("mime_type", json!("image/png"), FileTest::MediaTypeMatches(exactly("image/png"))),
        ("primary_image", json!(false), FileTest::Cover(false)),
        ("user_id", json!(2), FileTest::Maker(Span::exactly(2))),
        ("fileable_type", json!("Account"), account(ANY)),
        ("fileable_id", json!(5), FileTest::OwnerIs { kinds: OWNERS.to_vec(), id: Span::exactly(5) }),
    ] {
        assert_eq!(asked(json!({ name: value })).unwrap(), [wanted], "{name}");
        assert_eq!(asked(json!({ name: null })).unwrap(), [], "{name}");
    }
    let described = [FileTest::Described(true), FileTest::DescriptionMatches(exactly("x"))];
    assert_eq!(asked(json!({ "description": "x" })).unwrap(), described);
}

#[test]
fn an_owners_type_and_number_are_one_test_wherever_they_stand() {
    let both = [account(Span::exactly(5))];
    assert_eq!(asked(json!({ "fileable_type": "Account", "fileable_id": 5 })).unwrap(), both);
    let mut one = text("fileable_type", "Account", true, false);
    one["integer_fields"] = whole("fileable_id", 5, "EQ")["integer_fields"].clone();
    assert_eq!(search(one.clone()), both);
    assert_eq!(search(json!([one.clone()])), both);
    assert_eq!(asked(json!({ "fileable_type": "Account", "search": whole("fileable_id", 5, "EQ") })).unwrap(), both);
    let filter = json!({ "relation": "fileable", "search": whole("id", 5, "EQ") });
    let wanted = [FileTest::Owned(true), account(Span::exactly(5))];
    assert_eq!(asked(json!({ "fileable_type": "Account", "reverse_relation_filters": filter })).unwrap(), wanted);
    let two = asked(json!({ "search": [one.clone(), one] })).unwrap();
    assert_eq!(two, [FileTest::AnyOf(vec![both[0].clone(), both[0].clone()])], "alternatives stay apart");
}

#[test]
fn what_cannot_be_both_is_never() {
    let never = FileTest::OwnerIs { kinds: vec![], id: Span::exactly(5) };
    let args =
        json!({ "fileable_type": "Account", "fileable_id": 5, "search": text("fileable_type", "Ticket", true, false) });
    assert_eq!(asked(args).unwrap(), [never]);
    let two = json!({ "fileable_id": 5, "search": whole("fileable_id", 6, "GTE") });
    let FileTest::OwnerIs { id, .. } = &asked(two).unwrap()[0] else { panic!() };
    assert_eq!(*id, Span { from: Some(6), to: Some(5) });
}

#[test]
fn an_enum_is_compared_by_its_name_in_either_case() {
    let kinds = |value: &str, partial: bool| match search(text("fileable_type", value, true, partial)).remove(0) {
        FileTest::OwnerIs { kinds, .. } => kinds,
        other => panic!("{other:?}"),
    };
    assert_eq!(kinds("account", false), ["account"]);
    assert_eq!(kinds("ticket", false), ["ticket"]);
    assert_eq!(kinds("ticket", true), ["ticket", "ticket_comment", "ticket_reply"]);
    assert_eq!(kinds("CallDataRecordImport", false), ["call_detail_record_import"]);
    for none in ["ticket_reply", "Contact", ""] {
        assert_eq!(kinds(none, false), [""; 0], "{none}");
    }
    assert_eq!(kinds("", true).len(), 25);
}

#[test]
fn what_is_missing_does_not_fit_so_its_negation_finds_it() {
    assert_eq!(
        search(text("fileable_type", "Account", false, false)),
        [FileTest::AnyOf(vec![FileTest::Owned(false), not(account(ANY))])]
    );
    let numbered = FileTest::OwnerIs { kinds: OWNERS.to_vec(), id: Span::exactly(5) };
    assert_eq!(search(whole("fileable_id", 5, "NEQ")), [FileTest::AnyOf(vec![FileTest::Owned(false), not(numbered)])]);
    let described = vec![FileTest::Described(true), FileTest::DescriptionMatches(Pattern::containing("x"))];
    assert_eq!(search(text("description", "x", false, true)), [not(FileTest::AllOf(described))]);
    assert_eq!(search(text("filename", "x", false, true)), [not(FileTest::TitleMatches(Pattern::containing("x")))]);
    assert_eq!(search(json!({ "unset_fields": "fileable_id" })), [not(FileTest::Owned(true))]);
    assert_eq!(search(json!({ "unset_fields": "description" })), [not(FileTest::Described(true))]);
    assert_eq!(search(json!({ "exists": ["id", "fileable_type"] })), [FileTest::Owned(true)]);
    assert_eq!(search(json!({ "unset_fields": "id" })), [not(FileTest::AllOf(vec![]))]);
}

#[test]
fn every_attribute_has_a_text_to_compare() {
    let made_by = |users: &[i64]| FileTest::CreatedBy(users.iter().map(|no| UserNo(*no)).collect());
    for (attribute, value, partial, wanted) in [
        ("id", "6", true, FileTest::NoMatches(Pattern::containing("6"))),
        ("id", "61", false, FileTest::NoMatches(exactly("61"))),
        ("sonar_unique_id", "ABC", true, FileTest::IdMatches(Pattern::containing("ABC"))),
        ("_version", "2", false, FileTest::RevisionMatches(exactly("2"))),
        ("file_size_in_bytes", "0", true, FileTest::SizeMatches(Pattern::containing("0"))),
        ("fileable_id", "4", true, FileTest::OwnerIdMatches(Pattern::containing("4"))),
        ("fileable_id", "4", false, FileTest::OwnerIs { kinds: OWNERS.to_vec(), id: Span::exactly(4) }),
        ("fileable_id", "04", false, FileTest::AnyOf(vec![])),
        ("created_at", "2027", true, FileTest::Created(moment::beginning("2027").unwrap())),
        ("updated_at", "2027-01-15T12:00:00Z", false, FileTest::Updated(moment::second_of("2027-01-15T12:00:00Z"))),
        ("updated_at", "soon", false, FileTest::Updated(moment::EMPTY)),
        ("primary_image", "TRUE", false, FileTest::Cover(true)),
        ("primary_image", "e", true, FileTest::AnyOf(vec![FileTest::Cover(true), FileTest::Cover(false)])),
        ("primary_image", "1", true, FileTest::AnyOf(vec![])),
        ("user_id", "1", true, made_by(&[1, 21])),
        ("user_id", "1", false, made_by(&[1])),
    ] {
        let flag = if let FileTest::AnyOf(mut some) = wanted.clone()
            && some.len() == 1
        {
            some.remove(0)
        } else {
            wanted
        };
        let told = search(text(attribute, value, true, partial));
        assert!(
            told == [flag.clone()] || told == [FileTest::AnyOf(vec![flag.clone()])],
            "{attribute} {value}: {told:?}"
        );
    }
    let told = asked(json!({ "search": text("created_at", "01-15", true, true) })).unwrap_err().to_string();
    assert!(told.starts_with("search.0.string_fields.0.attribute: a part of a time's text"), "{told}");
}

#[test]
fn s19_a_general_search_looks_at_three_texts_and_perhaps_at_users() {
    let contains = |words: &str| {
        let pattern = Pattern::containing(words);
        vec![
            FileTest::TitleMatches(pattern.clone()),
            FileTest::DescriptionMatches(pattern.clone()),
            FileTest::MediaTypeMatches(pattern),
        ]
    };
    assert_eq!(asked(json!({ "general_search": "hop" })).unwrap(), [FileTest::AnyOf(contains("hop"))]);
    let mut more = contains("HOP");
    more.push(FileTest::CreatedBy(vec![UserNo(21)]));
    let args = json!({ "general_search": "HOP", "general_search_mode": "ROOT_PLUS_RELATIONS" });
    assert_eq!(asked(args).unwrap(), [FileTest::AnyOf(more)]);
}

#[test]
fn s20_filters_by_relations() {
    let filter = |filter: Value| asked(json!({ "reverse_relation_filters": filter }));
    let user = |search: Value| json!({ "relation": "user", "search": search });
    assert_eq!(filter(json!({ "relation": "user" })).unwrap(), []);
    assert_eq!(filter(json!({ "relation": "user", "is_empty": true })).unwrap(), [FileTest::AnyOf(vec![])]);
    assert_eq!(filter(user(whole("id", 21, "EQ"))).unwrap(), [FileTest::CreatedBy(vec![UserNo(21)])]);
    assert_eq!(filter(user(text("name", "user 3", true, true))).unwrap(), [FileTest::CreatedBy(vec![UserNo(3)])]);
    let named = json!({ "relation": "user", "general_search": "grace" });
    assert_eq!(filter(named).unwrap(), [FileTest::CreatedBy(vec![UserNo(21)])]);
    assert_eq!(
        filter(json!({ "relation": "fileable", "group": "1", "is_empty": false })).unwrap(),
        [FileTest::Owned(true)]
    );
    assert_eq!(filter(json!({ "relation": "fileable", "is_empty": true })).unwrap(), [FileTest::Owned(false)]);
    for (wrong, told) in [
        (
            json!({ "relation": "tasks" }),
            "reverse_relation_filters.0.relation: 'tasks' is no relation of files; known are user, fileable",
        ),
        (
            user(whole("age", 1, "EQ")),
            "reverse_relation_filters.0.search.0.integer_fields.0.attribute: 'age' is no attribute here; known are id, ",
        ),
        (
            json!({ "relation": "fileable", "general_search": "x" }),
            "reverse_relation_filters.0.general_search: owners have no words",
        ),
        (
            json!({ "relation": "fileable", "search": { "exists": "name" } }),
            "reverse_relation_filters.0.search.0.exists.0: 'name' is no attribute here; known are id",
        ),
    ] {
        let said = filter(wrong).unwrap_err().to_string();
        assert!(said.starts_with(told), "{said}");
    }
}

#[test]
fn users_are_asked_for_only_where_their_names_count() {
    let asks = |args: Value| asks_for_users(&serde_json::from_value(args).unwrap());
    assert!(!asks(json!({ "user_id": 1, "search": whole("user_id", 1, "EQ"), "general_search": "x" })));
    assert!(!asks(json!({ "reverse_relation_filters": { "relation": "fileable" } })));
    assert!(asks(json!({ "reverse_relation_filters": { "relation": "user" } })));
    assert!(asks(json!({ "search": { "reverse_relation_filters": { "relation": "user" } } })));
    assert!(asks(json!({ "search": text("user_id", "1", true, true) })));
    assert!(asks(json!({ "general_search_mode": "ROOT_PLUS_RELATIONS" })));
}

#[test]
fn there_are_at_most_so_many_conditions_in_all() {
    let one = json!({ "attribute": "id", "search_value": 1, "operator": "EQ" });
    let many = |count: usize| json!({ "search": { "integer_fields": vec![one.clone(); count] } });
    assert_eq!(asked(many(199)).unwrap().len(), 199);
    assert!(asked(many(200)).is_err());
}
