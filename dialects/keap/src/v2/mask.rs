//! `update_mask`: which fields of an update count. It comes repeated, joined by commas, or as a JSON list.

use attache_model::{Error, Result};

/// The parameter, and the part of older clients.
pub(super) const UPDATE_MASK: &str = "update_mask";

/// A field that can be updated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    /// The content.
    File,
    /// The name.
    Name,
    /// Whether anybody may fetch it.
    Public,
}

/// The fields that count; all of them where none was named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Mask(Option<Vec<Field>>);

impl Mask {
    /// The mask that some texts make together; empty ones name nothing.
    ///
    /// # Errors
    /// `Invalid` for a name that is no field to update.
    pub(super) fn of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Result<Mask> {
        let mut fields = Vec::new();
        for text in texts {
            match serde_json::from_str::<Vec<String>>(text) {
                Ok(names) => names.iter().try_for_each(|name| field(name).map(|field| fields.extend(field)))?,
                Err(_) => text.split(',').try_for_each(|name| field(name).map(|field| fields.extend(field)))?,
            }
        }
        Ok(Mask((!fields.is_empty()).then_some(fields)))
    }

    /// This mask, or `other` where it names nothing.
    ///
    /// # Errors
    /// Those of `other`.
    pub(super) fn or(self, other: impl FnOnce() -> Result<Mask>) -> Result<Mask> {
        if self.0.is_some() { Ok(self) } else { other() }
    }

    /// Whether a field counts.
    pub(super) fn has(&self, field: Field) -> bool {
        self.0.as_ref().is_none_or(|fields| fields.contains(&field))
    }
}

fn field(name: &str) -> Result<Option<Field>> {
    match name.trim() {
        "" => Ok(None),
        "file" => Ok(Some(Field::File)),
        "file_name" => Ok(Some(Field::Name)),
        "is_public" => Ok(Some(Field::Public)),
        _ => Err(Error::invalid(UPDATE_MASK, "update_mask must be file, file_name or is_public")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(texts: &[&str]) -> Vec<Field> {
        Mask::of(texts.iter().copied()).unwrap().0.unwrap()
    }

    #[test]
    fn a_mask_comes_repeated_or_joined_or_as_a_list() {
        for texts in [
            &["file_name", "is_public"][..],
            &["file_name,is_public"],
            &["file_name, is_public,"],
            &["[\"file_name\",\"is_public\"]"],
            &["", "file_name", "", "is_public"],
        ] {
            assert_eq!(named(texts), [Field::Name, Field::Public], "{texts:?}");
        }
    }

    #[test]
    fn without_a_mask_every_field_counts_and_with_one_only_those_it_names() {
        for none in [&[][..], &[""], &[","], &["[]"]] {
            let mask = Mask::of(none.iter().copied()).unwrap();
            assert!([Field::File, Field::Name, Field::Public].into_iter().all(|field| mask.has(field)), "{none:?}");
        }
        let mask = Mask::of(["file"]).unwrap();
        assert!(mask.has(Field::File) && !mask.has(Field::Name) && !mask.has(Field::Public));
    }

    #[test]
    fn a_name_that_is_no_field_to_update_is_refused() {
        for text in ["contact_id", "file_name;is_public", "File", "[\"file_name\",\"id\"]", "[1]"] {
            let error = Mask::of([text]).unwrap_err().to_string();
            assert_eq!(error, "update_mask: update_mask must be file, file_name or is_public", "{text}");
        }
    }

    #[test]
    fn the_bodys_mask_counts_where_the_query_has_none() {
        let body = || Mask::of(["is_public"]);
        assert!(Mask::of([""]).unwrap().or(body).unwrap().has(Field::Public));
        assert!(!Mask::of(["file"]).unwrap().or(body).unwrap().has(Field::Public));
    }
}
