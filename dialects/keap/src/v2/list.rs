//! The list: `filter`, `order_by`, `page_size` and `page_token`.

use super::types::{FileList, FileMetadata};
use super::{Rest2, filter};
use crate::{App, Reply};
use attache_core::{FileQuery, FileSort, Life, Order, Start};
use attache_http::dialect::json_answer;
use attache_http::{Params, Query, Reaching};
use attache_model::error::Code;
use attache_model::page::Next;
use attache_model::{Error, Result};
use axum::extract::State;
use http::StatusCode;

/// Most files on a page, and how many there are where nobody says.
const PAGE_MAX: u32 = 1000;
/// What lists can be ordered by.
const ORDERS: [(&str, FileSort); 5] = [
    ("id", FileSort::No),
    ("file_name", FileSort::Title),
    ("file_size", FileSort::Size),
    ("created_time", FileSort::Created),
    ("updated_time", FileSort::Updated),
];

/// `GET /files`.
pub(super) async fn list(app: State<App>, who: Reaching<Rest2>, query: Params<Rest2>) -> Reply<Rest2> {
    let reach = who.reach()?;
    let page = reach.files(&asked(&query)?).await.map_err(at_token)?;
    let files = page.items.iter().map(|reached| FileMetadata::of(reached, app.key(&reach, reached))).collect();
    let next_page_token = match page.next {
        Some(Next::Cursor(token)) => token,
        Some(Next::Offset(_)) | None => String::new(),
    };
    Ok(json_answer(StatusCode::OK, &FileList { files, next_page_token }))
}

/// The question that the parameters ask; one that is empty is as if absent.
fn asked(query: &Query) -> Result<FileQuery> {
    let given = |name| query.one(name).map(|value| value.map(str::trim).filter(|value| !value.is_empty()));
    Ok(FileQuery {
        tests: given("filter")?.map_or(Ok(Vec::new()), filter::tests)?,
        order: vec![given("order_by")?.map_or(Ok(Order { by: FileSort::No, descending: false }), order)?],
        start: given("page_token")?.map_or(Start::First, |token| Start::Cursor(token.to_owned())),
        limit: given("page_size")?.map_or(Ok(PAGE_MAX), limit)?,
        life: Life::Living,
    })
}

/// A field and a direction in any letter case, such as `updated_time desc`; upwards where none is said.
fn order(text: &str) -> Result<Order<FileSort>> {
    let lower = text.to_ascii_lowercase();
    let mut words = lower.split_whitespace();
    let field = words.next().unwrap_or_default();
    let by = ORDERS.iter().find(|(name, _)| *name == field).map(|(_, by)| *by);
    match (by, words.next(), words.next()) {
        (Some(by), None | Some("asc"), None) => Ok(Order { by, descending: false }),
        (Some(by), Some("desc"), None) => Ok(Order { by, descending: true }),
        _ => {
            let names: Vec<&str> = ORDERS.iter().map(|(name, _)| *name).collect();
            let why = format!("order_by must be one of {}, and asc or desc behind it", names.join(", "));
            Err(Error::malformed(Code::SortInvalid, "order_by", why))
        }
    }
}

fn limit(text: &str) -> Result<u32> {
    match text.parse() {
        Ok(0) => Ok(PAGE_MAX),
        Ok(limit) if limit <= PAGE_MAX => Ok(limit),
        _ => {
            let why = format!("page_size must be a whole number from 0 to {PAGE_MAX}");
            Err(Error::malformed(Code::ParameterInvalid, "page_size", why))
        }
    }
}

/// A fault of the cursor, at the parameter that it came in.
fn at_token(error: Error) -> Error {
    match error {
        Error::Malformed { code: Code::CursorInvalid, .. } => Error::malformed(
            Code::CursorInvalid,
            "page_token",
            "page_token is none of this list; use the next_page_token of the page before with the same filter and order_by",
        ),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(raw: &str) -> Result<FileQuery> {
        asked(&Query::parse(raw).unwrap())
    }

    fn ordered(text: &str) -> Order<FileSort> {
        order(text).unwrap()
    }

    #[test]
    fn c13_what_is_not_said_is_a_page_of_1000_by_id() {
        for raw in ["", "filter=&order_by=&page_size=&page_token=", "page_size=0&colour=red"] {
            let query = read(raw).unwrap();
            assert_eq!((query.limit, query.start), (1000, Start::First), "{raw}");
            assert_eq!(query.order, [Order { by: FileSort::No, descending: false }]);
            assert!(query.tests.is_empty());
        }
    }

    #[test]
    fn c13_a_page_has_at_most_1000_files() {
        assert_eq!(read("page_size=1").unwrap().limit, 1);
        assert_eq!(read("page_size=1000").unwrap().limit, 1000);
        for raw in ["page_size=1001", "page_size=-1", "page_size=ten", "page_size=1.5", "page_size=4294967297"] {
            let why = "page_size: page_size must be a whole number from 0 to 1000";
            assert_eq!(read(raw).unwrap_err().to_string(), why, "{raw}");
        }
    }

    #[test]
    fn c12_orders_are_taken_in_any_letter_case() {
        assert_eq!(ordered("file_name"), Order { by: FileSort::Title, descending: false });
        assert_eq!(ordered("FILE_NAME ASC"), Order { by: FileSort::Title, descending: false });
        assert_eq!(ordered("Updated_Time  Desc"), Order { by: FileSort::Updated, descending: true });
        assert_eq!(ordered("created_time asc").by, FileSort::Created);
        assert_eq!(ordered("file_size").by, FileSort::Size);
        assert_eq!(ordered("id desc"), Order { by: FileSort::No, descending: true });
        for text in ["name", "file_name up", "file_name asc desc", "asc", "file_name,asc", "file_name:desc"] {
            assert!(matches!(order(text), Err(Error::Malformed { code: Code::SortInvalid, .. })), "{text}");
        }
    }

    #[test]
    fn a_parameter_that_is_given_twice_is_refused() {
        assert!(read("page_size=1&page_size=2").is_err());
    }
}
