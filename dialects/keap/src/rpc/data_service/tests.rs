use super::*;
use attache_core::FileSort;

fn code(outcome: Outcome<impl std::fmt::Debug>) -> i32 {
    match outcome.unwrap_err() {
        Trouble::Fault(fault) => fault.code,
        other => panic!("{other:?}"),
    }
}

fn names(names: &[&str]) -> Value {
    Value::Array(names.iter().map(|name| (*name).into()).collect())
}

fn page(limit: impl Into<Value>, page: impl Into<Value>) -> Outcome<Page> {
    Page::of(&limit.into(), &page.into())
}

#[test]
fn c18_a_limit_past_1000_means_1000() {
    assert_eq!(page(1000, 0).unwrap(), Page { offset: 0, limit: 1000 });
    assert_eq!(page(1001, 2).unwrap(), Page { offset: 2000, limit: 1000 });
    assert_eq!(page(i32::MAX, 0).unwrap().limit, 1000);
    assert_eq!(page("10", "3").unwrap(), Page { offset: 30, limit: 10 });
    assert_eq!(page(0, 5).unwrap(), Page { offset: 0, limit: 0 });
}

#[test]
fn a_limit_or_page_below_0_is_refused_and_a_page_without_end_is_not() {
    assert_eq!(code(page(-1, 0)), 12);
    assert_eq!(code(page(1, -1)), 12);
    assert_eq!(code(page("ten", 0)), 12);
    assert_eq!(page(1000, "9223372036854775807").unwrap().offset, i64::MAX.unsigned_abs());
    assert!(matches!(page(Value::Nil, 0), Err(Trouble::Shape)));
    assert!(matches!(page(true, 0), Err(Trouble::Shape)));
}

#[test]
fn c18_tables_are_told_apart_by_their_exact_names() {
    assert!(file_box("FileBox").is_ok());
    for (table, code) in [("Contact", 7), ("Company", 7), ("Lead", 7), ("filebox", 9), ("FileBoxes", 9), ("", 9)] {
        assert_eq!(file_box(table).unwrap_err().code, code, "{table}");
    }
    assert!(ELSEWHERE.is_sorted(), "so that a name can be found by eye");
}

#[test]
fn the_fields_that_are_wanted_are_shown_once_each_and_none_is_no_answer() {
    let columns = selected(&names(&["FileName", "Id", "FileName"])).unwrap();
    assert_eq!(columns, [Column::FileName, Column::Id]);
    assert_eq!(code(selected(&names(&[]))), 11);
    assert_eq!(code(selected(&names(&["Id", "Size"]))), 10);
    assert_eq!(code(selected(&Value::Array(vec![Value::Nil]))), 12);
    assert!(matches!(selected(&"Id".into()), Err(Trouble::Shape)));
}

#[test]
fn an_order_runs_downwards_unless_it_is_said_to_ascend() {
    let order = |values: &[Value]| ordered(values).map(|order| order.map(|(field, down)| (field.to_owned(), down)));
    assert_eq!(order(&["Id".into()]).unwrap(), Some(("Id".into(), true)));
    assert_eq!(order(&["Id".into(), Value::Nil]).unwrap(), Some(("Id".into(), true)));
    for (ascending, down) in [(Value::Bool(true), false), (Value::Bool(false), true), (1.into(), false)] {
        assert_eq!(order(&["FileName".into(), ascending]).unwrap(), Some(("FileName".into(), down)));
    }
    for none in [&[][..], &["".into()], &["".into(), true.into()], &[Value::Nil], &[Value::Nil, true.into()]] {
        assert_eq!(order(none).unwrap(), None, "{none:?}");
    }
    assert!(matches!(order(&["Id".into(), "upwards".into()]), Err(Trouble::Shape)));
    assert!(matches!(order(&["Id".into(), true.into(), true.into()]), Err(Trouble::Shape)));
    assert_eq!(Column::FileName.sort(), FileSort::Title);
}

#[test]
fn rows_are_neither_added_nor_deleted_and_fields_not_changed() {
    let some = Value::Struct(vec![("FileName".into(), "a.txt".into())]);
    assert_eq!(code(add(&["FileBox".into(), some.clone()])), 7);
    assert_eq!(code(update(&["FileBox".into(), 7.into(), some.clone()])), 8);
    assert_eq!(code(delete(&["FileBox".into(), 7.into()])), 7);
    assert_eq!(code(update(&["FileBox".into(), 7.into(), Value::Struct(vec![("Name".into(), 1.into())])])), 10);
    assert_eq!(code(add(&["Contact".into(), some.clone()])), 7);
    assert_eq!(code(delete(&["Nothing".into(), 7.into()])), 9);
    assert!(matches!(add(&["FileBox".into()]), Err(Trouble::Shape)));
}
