//! Batches: a JSON array of objects, each with what is wrong with it, so that a refusal tells of every item.

use super::Account;
use super::item::{self, Item, NO_CHOICE};
use crate::error::{self, ItemError, ItemErrors};
use attache_http::Fail;
use attache_model::error::Code;
use attache_model::{Error, Result};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// Why a request was not done.
#[derive(Debug)]
pub(crate) enum Refused {
    /// For a reason of the whole.
    Whole(Error),
    /// For what is wrong with some of its items.
    Items(Vec<ItemErrors>),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Refused {
        Refused::Whole(error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let items = match self {
            Refused::Whole(error) => return Fail::<Account>::new(error).into_response(),
            Refused::Items(items) => items,
        };
        // The same answer as to any other fault, but for the body, which tells of each item.
        let mut response = Fail::<Account>::new(Error::invalid("body", "it has faulty items")).into_response();
        *response.body_mut() = error::faulty_items(&items, error::ACCOUNT).into_body();
        response
    }
}

/// What handlers of the account's host answer with.
pub(crate) type Reply = Result<Response, Refused>;

/// Where the faults of an item are told to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Places {
    /// From the beginning of the body: `2.params.file_uuid`.
    InBody,
    /// From the beginning of the item, which is told by its `request_id`.
    InItem,
}

/// The items of a request.
#[derive(Debug)]
pub(crate) struct Batch {
    items: Vec<Value>,
    /// Whether the place of an item in the body belongs to the places of its faults.
    numbered: bool,
}

impl Batch {
    /// The items of a body, at most `most`.
    ///
    /// # Errors
    /// `ValueInvalid` for what is neither an object nor an array of some, `ListTooLong` for more.
    pub(super) fn of(body: Value, places: Places, most: u64) -> Result<Batch> {
        let batch = match body {
            Value::Array(items) => Batch { items, numbered: places == Places::InBody },
            object @ Value::Object(_) => Batch { items: vec![object], numbered: false },
            _ => return Err(Error::invalid("body", "it must be an array of objects")),
        };
        let len = batch.items.len() as u64;
        if len == 0 {
            return Err(Error::invalid("body", "the array is empty; it must hold at least one object"));
        }
        if len > most {
            let why = format!("{len} items came; {most} are the most in one request");
            return Err(Error::refuse(Code::ListTooLong, "body", why));
        }
        Ok(batch)
    }

    /// What each item asks for.
    ///
    /// # Errors
    /// The faults of all items that have one.
    pub(crate) fn each<T>(&self, read: impl Fn(&Item<'_>) -> Result<T, ItemError>) -> Result<Vec<T>, Refused> {
        let (mut asked, mut faulty) = (Vec::with_capacity(self.items.len()), Vec::new());
        for (no, value) in self.items.iter().enumerate() {
            match Item::of(value, String::new()).and_then(|item| read(&item)) {
                Ok(item) => asked.push(item),
                Err(fault) => faulty.push(self.faulty(no, fault)),
            }
        }
        if faulty.is_empty() { Ok(asked) } else { Err(Refused::Items(faulty)) }
    }

    /// What the caller calls each item: its `request_id`, or its place.
    pub(crate) fn request_ids(&self) -> impl Iterator<Item = String> {
        (0..self.items.len()).map(|no| self.request_id(no))
    }

    fn request_id(&self, no: usize) -> String {
        match self.items.get(no).and_then(|item| item.get("request_id")) {
            Some(Value::String(id)) => id.clone(),
            Some(Value::Number(id)) => id.to_string(),
            _ => no.to_string(),
        }
    }

    fn faulty(&self, no: usize, fault: ItemError) -> ItemErrors {
        let path = match (self.numbered, fault.path.as_str()) {
            (true, "") => no.to_string(),
            (true, place) => format!("{no}.{place}"),
            (false, _) => fault.path,
        };
        ItemErrors { request_id: self.request_id(no), errors: vec![ItemError { path, ..fault }] }
    }

    /// What core made of the items. An error of it that is about one of them (`2.file`) is told as the item's, at the
    /// place in the item that `place` gives to core's word.
    ///
    /// # Errors
    /// Core's.
    pub(crate) fn told<T>(&self, outcome: Result<T>, place: impl Fn(usize, &str) -> String) -> Result<T, Refused> {
        let error = match outcome {
            Ok(made) => return Ok(made),
            Err(error) => error,
        };
        let Some((no, word, why)) = about_item(&error) else { return Err(error.into()) };
        let fault = item::fault(NO_CHOICE, place(no, word), why);
        Err(Refused::Items(vec![self.faulty(no, fault)]))
    }
}

/// The number of the item that an error is about, core's word for the member, and the sentence.
fn about_item(error: &Error) -> Option<(usize, &str, &str)> {
    let (Error::Invalid { field, why, .. } | Error::Malformed { field, why, .. }) = error else { return None };
    let (no, word) = field.split_once('.').unwrap_or((field, ""));
    Some((no.parse().ok()?, word, why))
}

/// The one thing that core made of a batch of one.
///
/// # Errors
/// `Internal`, were there none.
pub(crate) fn only<T>(made: Vec<T>) -> Result<T> {
    made.into_iter().next().ok_or_else(|| Error::bug("core answered one item with nothing"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn batch(body: Value) -> Batch {
        Batch::of(body, Places::InBody, 250).unwrap()
    }

    fn refused<T: std::fmt::Debug>(outcome: Result<T, Refused>) -> Value {
        match outcome.unwrap_err() {
            Refused::Items(items) => serde_json::to_value(items).unwrap(),
            Refused::Whole(error) => panic!("{error}"),
        }
    }

    #[test]
    fn every_faulty_item_is_told_by_its_own_name_or_its_place() {
        let batch = batch(json!([{ "id": 1 }, { "id": "x", "request_id": "mine" }, 7, { "id": 0, "request_id": 9 }]));
        let told = refused(batch.each(|item| item.needed_id("id")));
        let names: Vec<_> = told.as_array().unwrap().iter().map(|item| item["request_id"].clone()).collect();
        assert_eq!(names, ["mine", "2", "9"]);
        let paths: Vec<_> = told.as_array().unwrap().iter().map(|item| item["errors"][0]["path"].clone()).collect();
        assert_eq!(paths, ["1.id", "2", "3.id"]);
    }

    #[test]
    fn places_are_told_from_the_item_where_the_vendor_does_so() {
        for body in [json!([{ "id": "x" }]), json!({ "id": "x" })] {
            let batch = Batch::of(body, Places::InItem, 250).unwrap();
            assert_eq!(refused(batch.each(|item| item.needed_id("id")))[0]["errors"][0]["path"], "id");
        }
    }

    #[test]
    fn an_error_of_core_is_told_in_the_callers_words() {
        let batch = batch(json!([{}, { "request_id": "mine" }]));
        let outcome: Result<()> = Err(Error::invalid("1.file", "there is no such file"));
        let told = refused(batch.told(outcome, |no, word| format!("{word}_uuid[{no}]")));
        let error = json!({ "code": NO_CHOICE, "path": "1.file_uuid[1]", "detail": "there is no such file" });
        assert_eq!(told, json!([{ "request_id": "mine", "errors": [error] }]));
        let other: Result<()> = Err(Error::Unauthenticated(attache_model::error::Shown::Nothing));
        assert!(matches!(batch.told(other, |_, _| String::new()), Err(Refused::Whole(Error::Unauthenticated(_)))));
    }

    #[test]
    fn a_batch_has_1_to_250_items() {
        let of = |len: usize| Batch::of(Value::Array(vec![json!({}); len]), Places::InBody, 250);
        assert_eq!(of(250).unwrap().items.len(), 250);
        assert!(of(251).unwrap_err().to_string().contains("250 are the most"));
        assert!(of(0).is_err() && Batch::of(json!("x"), Places::InBody, 250).is_err());
    }
}
