//! Gaps in what operations came to: where a field that may not be null has failed, the library leaves it out, and GraphQL
//! wants the object around it to be null instead. The fields that can fail like that lead to lists; they are of the roots,
//! or of objects that may be null, so that one step up is far enough.

use async_graphql::{PathSegment, Response as Came, Value};

/// Makes the objects null in which a field is missing that failed.
pub(super) fn close(came: &mut Came) {
    for error in &came.errors {
        if let Some((PathSegment::Field(name), parents)) = error.path.split_last() {
            let object = at(&mut came.data, parents);
            if let Some(Value::Object(fields)) = &object
                && !fields.contains_key(name.as_str())
                && let Some(object) = object
            {
                *object = Value::Null;
            }
        }
    }
}

/// The value at a path.
fn at<'v>(value: &'v mut Value, path: &[PathSegment]) -> Option<&'v mut Value> {
    path.iter().try_fold(value, |value, segment| match (value, segment) {
        (Value::Object(fields), PathSegment::Field(name)) => fields.get_mut(name.as_str()),
        (Value::List(items), PathSegment::Index(at)) => items.get_mut(*at),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::{ServerError, value};

    /// What is left of `data` after the field at `path` failed.
    fn closed(data: Value, path: &[&str]) -> Value {
        let mut came = Came::new(data);
        let mut error = ServerError::new("failed", None);
        error.path = path
            .iter()
            .map(|text| match text.parse() {
                Ok(at) => PathSegment::Index(at),
                Err(_) => PathSegment::Field((*text).to_owned()),
            })
            .collect();
        came.errors.push(error);
        close(&mut came);
        came.data
    }

    #[test]
    fn an_object_without_a_field_that_it_must_have_is_null() {
        let list = value!({ "accounts": { "entities": [{ "id": "1" }, { "id": "2", "files": {} }] } });
        let left = value!({ "accounts": { "entities": [null, { "id": "2", "files": {} }] } });
        assert_eq!(closed(list, &["accounts", "entities", "0", "files"]), left);
        assert_eq!(closed(value!({ "me": { "id": "1" } }), &["files"]), Value::Null);
    }

    #[test]
    fn a_field_that_may_be_null_leaves_its_object_as_it_is() {
        let data = value!({ "linkFileToEntity": null, "me": { "id": "1" } });
        assert_eq!(closed(data.clone(), &["linkFileToEntity"]), data);
        assert_eq!(closed(data.clone(), &["me", "1", "x"]), data);
        assert_eq!(closed(data.clone(), &[]), data);
        assert_eq!(closed(Value::Null, &["files"]), Value::Null);
    }
}
