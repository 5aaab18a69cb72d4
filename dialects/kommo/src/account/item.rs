//! Reading the members of one item of a batch. A member that is null is as if absent, unless a null says something.

use crate::error::ItemError;
use attache_model::{Time, UserNo};
use serde_json::{Map, Value};

/// Kommo's words for faults.
pub(crate) const WRONG_TYPE: &str = "InvalidType";
/// A member that must be there.
pub(crate) const MISSING: &str = "FieldMissing";
/// A value that names nothing, or nothing that can be used here.
pub(crate) const NO_CHOICE: &str = "NotSupportedChoice";

/// An object, with where it stands in its item.
#[derive(Clone, Debug)]
pub(crate) struct Item<'v> {
    members: &'v Map<String, Value>,
    place: String,
}

impl<'v> Item<'v> {
    /// The object at `place`, `""` for the item itself.
    ///
    /// # Errors
    /// A fault for what is no object.
    pub(crate) fn of(value: &'v Value, place: String) -> Result<Item<'v>, ItemError> {
        match value {
            Value::Object(members) => Ok(Item { members, place }),
            _ => Err(fault(WRONG_TYPE, place, "it must be an object")),
        }
    }

    /// Where a member stands.
    pub(crate) fn place(&self, name: &str) -> String {
        if self.place.is_empty() { name.to_owned() } else { format!("{}.{name}", self.place) }
    }

    /// Whether a member is there, be it null.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    fn value(&self, name: &str) -> Option<&'v Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    /// The fault of a member that is not what it must be.
    pub(crate) fn wrong(&self, name: &str, wanted: &str) -> ItemError {
        fault(WRONG_TYPE, self.place(name), &format!("it must be {wanted}"))
    }

    /// The fault of a member that has to be there.
    pub(crate) fn missing(&self, name: &str, wanted: &str) -> ItemError {
        fault(MISSING, self.place(name), &format!("it is missing; it must be {wanted}"))
    }

    /// The fault of a member that names nothing that can be used here.
    pub(crate) fn no_choice(&self, name: &str, why: &str) -> ItemError {
        fault(NO_CHOICE, self.place(name), why)
    }

    /// A text; a number is taken as its digits.
    pub(crate) fn text(&self, name: &str) -> Result<Option<String>, ItemError> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(Value::Number(number)) => Ok(Some(number.to_string())),
            Some(_) => Err(self.wrong(name, "a string")),
        }
    }

    /// A whole number, also as text.
    pub(crate) fn number(&self, name: &str) -> Result<Option<i64>, ItemError> {
        let Some(value) = self.value(name) else { return Ok(None) };
        whole(value).map(Some).ok_or_else(|| self.wrong(name, "a whole number"))
    }

    /// The number of something, from 1.
    pub(crate) fn id(&self, name: &str) -> Result<Option<i64>, ItemError> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let id = whole(value).filter(|id| *id > 0);
        id.map(Some).ok_or_else(|| self.wrong(name, "a whole number from 1"))
    }

    /// As [`Item::id`], and it has to be there.
    pub(crate) fn needed_id(&self, name: &str) -> Result<i64, ItemError> {
        self.id(name)?.ok_or_else(|| self.missing(name, "a whole number from 1"))
    }

    /// Who is in charge. A 0, which clients read where nobody is and send back, is as if absent.
    pub(crate) fn responsible(&self) -> Result<Option<UserNo>, ItemError> {
        const NAME: &str = "responsible_user_id";
        if self.number(NAME)? == Some(0) { Ok(None) } else { Ok(self.id(NAME)?.map(UserNo)) }
    }

    /// A moment in whole seconds since 1970.
    pub(crate) fn moment(&self, name: &str) -> Result<Option<Time>, ItemError> {
        let Some(value) = self.value(name) else { return Ok(None) };
        // Past the year 9999 there is nothing to show it with.
        let seconds = whole(value).filter(|seconds| (0..=253_402_300_799).contains(seconds));
        let time = seconds.map(|seconds| Time(seconds * 1_000_000));
        time.map(Some).ok_or_else(|| self.wrong(name, "a time in whole seconds since 1970"))
    }

    /// An id of 36 characters that `T` is made of.
    pub(crate) fn uuid<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, ItemError> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let Some(text) = value.as_str() else { return Err(self.wrong(name, "a UUID")) };
        text.parse().map(Some).map_err(|_| self.no_choice(name, "it must be a UUID"))
    }

    /// As [`Item::uuid`], and it has to be there.
    pub(crate) fn needed_uuid<T: std::str::FromStr>(&self, name: &str) -> Result<T, ItemError> {
        self.uuid(name)?.ok_or_else(|| self.missing(name, "a UUID"))
    }

    /// An object in it.
    pub(crate) fn object(&self, name: &str) -> Result<Option<Item<'v>>, ItemError> {
        self.value(name).map(|value| Item::of(value, self.place(name))).transpose()
    }

    /// An array in it; each entry with where it stands.
    pub(crate) fn array(&self, name: &str) -> Result<Option<Vec<(&'v Value, String)>>, ItemError> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Array(entries)) => {
                let placed = entries.iter().enumerate().map(|(no, entry)| (entry, self.place(&format!("{name}.{no}"))));
                Ok(Some(placed.collect()))
            }
            Some(_) => Err(self.wrong(name, "an array")),
        }
    }
}

/// A fault at a place.
pub(crate) fn fault(code: &'static str, place: String, why: &str) -> ItemError {
    ItemError { code, path: place, detail: why.to_owned() }
}

fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(digits) => digits.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use attache_model::FileId;
    use serde_json::json;

    fn place<T: std::fmt::Debug>(read: Result<T, ItemError>) -> (&'static str, String) {
        let fault = read.unwrap_err();
        (fault.code, fault.path)
    }

    #[test]
    fn null_is_as_if_absent() {
        let value = json!({ "a": null });
        let item = Item::of(&value, String::new()).unwrap();
        assert!(item.has("a") && !item.has("b"));
        assert_eq!(item.text("a").unwrap(), None);
        assert_eq!(item.number("a").unwrap(), None);
        assert_eq!(item.uuid::<FileId>("a").unwrap(), None);
        assert!(item.array("a").unwrap().is_none() && item.object("a").unwrap().is_none());
        assert_eq!(place(item.needed_id("a")), (MISSING, "a".to_owned()));
        assert_eq!(place(item.needed_uuid::<FileId>("a")), (MISSING, "a".to_owned()));
    }

    #[test]
    fn numbers_come_as_numbers_or_text_and_nothing_else() {
        let value = json!({ "n": 7, "t": "7", "zero": 0, "bad": ["7", 7.5, true, {}, "x"] });
        let item = Item::of(&value, String::new()).unwrap();
        assert_eq!((item.id("n").unwrap(), item.id("t").unwrap()), (Some(7), Some(7)));
        assert_eq!(item.number("zero").unwrap(), Some(0));
        assert_eq!(place(item.id("zero")), (WRONG_TYPE, "zero".to_owned()));
        assert_eq!(place(item.number("bad")), (WRONG_TYPE, "bad".to_owned()));
    }

    #[test]
    fn the_0_of_nobody_may_be_sent_back_and_no_number_below_it() {
        let responsible = |id: i64| {
            let value = json!({ "responsible_user_id": id });
            Item::of(&value, String::new()).unwrap().responsible()
        };
        assert_eq!((responsible(7).unwrap(), responsible(0).unwrap()), (Some(UserNo(7)), None));
        assert_eq!(place(responsible(-1)), (WRONG_TYPE, "responsible_user_id".to_owned()));
    }

    #[test]
    fn a_fault_is_told_with_its_place_in_the_item() {
        let value = json!({ "values": [{ "value": { "file_uuid": "x", "version_uuid": 5 } }, 3] });
        let item = Item::of(&value, String::new()).unwrap();
        let entries = item.array("values").unwrap().unwrap();
        let first = Item::of(entries[0].0, entries[0].1.clone()).unwrap();
        let inner = first.object("value").unwrap().unwrap();
        assert_eq!(place(inner.uuid::<FileId>("file_uuid")), (NO_CHOICE, "values.0.value.file_uuid".to_owned()));
        assert_eq!(place(inner.uuid::<FileId>("version_uuid")), (WRONG_TYPE, "values.0.value.version_uuid".to_owned()));
        assert_eq!(place(Item::of(entries[1].0, entries[1].1.clone())), (WRONG_TYPE, "values.1".to_owned()));
    }

    #[test]
    fn moments_are_seconds_up_to_the_year_9999() {
        let value = json!({ "a": 1_669_372_247, "last": 253_402_300_799_i64, "over": 253_402_300_800_i64, "neg": -1 });
        let item = Item::of(&value, String::new()).unwrap();
        assert_eq!(item.moment("a").unwrap(), Some(Time(1_669_372_247_000_000)));
        assert!(item.moment("last").unwrap().is_some());
        assert_eq!(place(item.moment("over")), (WRONG_TYPE, "over".to_owned()));
        assert_eq!(place(item.moment("neg")), (WRONG_TYPE, "neg".to_owned()));
    }
}
