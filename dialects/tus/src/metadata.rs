//! `Upload-Metadata`: pairs of a key and a value in base64, with commas between them.

use crate::header::{self, UPLOAD_METADATA};
use attache_model::error::Code;
use attache_model::{Error, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use std::collections::BTreeMap;

/// What a sender says about its upload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Metadata {
    /// The header as it came.
    pub(crate) header: String,
    values: BTreeMap<String, Vec<u8>>,
}

impl Metadata {
    /// Reads the header. Blanks around a pair are passed over, and a key may stand without a value.
    ///
    /// # Errors
    /// [`Code::HeaderInvalid`] for an empty key or one that is there twice, and for a value that is not standard base64.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Metadata> {
        let header = header::text(headers, &UPLOAD_METADATA)?.unwrap_or_default();
        let mut values = BTreeMap::new();
        for pair in header.split(',').map(str::trim) {
            let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
            if key.is_empty() {
                // A header without any pair is as good as none.
                if header.is_empty() {
                    break;
                }
                return Err(fault("a key is missing; pairs have one comma between them"));
            }
            let decoded = STANDARD.decode(value.trim());
            let decoded = decoded.map_err(|_| fault(&format!("the value of '{key}' is not standard base64")))?;
            if values.insert(key.to_owned(), decoded).is_some() {
                return Err(fault(&format!("the key '{key}' is there twice; send it once")));
            }
        }
        Ok(Metadata { header: header.to_owned(), values })
    }

    /// The text of the first of `keys` that is there and not empty.
    ///
    /// # Errors
    /// [`Code::Utf8Invalid`] when it is no UTF-8.
    pub(crate) fn text(&self, keys: &[&str]) -> Result<Option<&str>> {
        for key in keys {
            let Some(value) = self.values.get(*key).filter(|value| !value.is_empty()) else { continue };
            let text = std::str::from_utf8(value);
            return text.map(Some).map_err(|_| Error::malformed(Code::Utf8Invalid, *key, "it is not UTF-8 text"));
        }
        Ok(None)
    }
}

fn fault(why: &str) -> Error {
    header::fault(&UPLOAD_METADATA, why)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::header::tests::headers;

    /// The metadata of a header.
    pub(crate) fn metadata(header: &str) -> Result<Metadata> {
        Metadata::of(&headers(&[("upload-metadata", header)]))
    }

    /// The metadata of plain pairs.
    pub(crate) fn pairs(pairs: &[(&str, &str)]) -> Metadata {
        let pairs: Vec<_> = pairs.iter().map(|(key, value)| format!("{key} {}", STANDARD.encode(value))).collect();
        metadata(&pairs.join(",")).unwrap()
    }

    #[test]
    fn keys_come_with_their_decoded_values() {
        let metadata = metadata("filename d29ybGRfZG9taW5hdGlvbl9wbGFuLnBkZg==,is_confidential").unwrap();
        assert_eq!(metadata.text(&["filename", "name"]).unwrap(), Some("world_domination_plan.pdf"));
        assert_eq!(metadata.text(&["is_confidential"]).unwrap(), None);
        assert_eq!(metadata.text(&["name"]).unwrap(), None);
    }

    #[test]
    fn the_first_key_that_says_something_counts() {
        let metadata = pairs(&[("filename", ""), ("name", "a.txt")]);
        assert_eq!(metadata.text(&["filename", "name"]).unwrap(), Some("a.txt"));
    }

    #[test]
    fn blanks_around_pairs_and_keys_without_values_are_taken() {
        for header in ["name YQ==, x", "name YQ== ,x ", " name  YQ==,x", "x,name YQ=="] {
            assert_eq!(metadata(header).unwrap().text(&["name"]).unwrap(), Some("a"), "{header}");
        }
        assert_eq!(metadata("").unwrap(), Metadata::default());
        assert_eq!(Metadata::of(&HeaderMap::new()).unwrap(), Metadata::default());
    }

    #[test]
    fn the_header_is_kept_as_it_came() {
        assert_eq!(metadata("x, name YQ==").unwrap().header, "x, name YQ==");
    }

    #[test]
    fn a_header_that_can_be_read_in_two_ways_is_refused() {
        for bad in ["name YQ==,name Yg==", "name YQ==,name", "name YQ", "name Y Q==", "name _-==", ",", "a,,b", "a,"] {
            let error = metadata(bad).unwrap_err();
            assert!(matches!(error, Error::Malformed { code: Code::HeaderInvalid, .. }), "{bad}");
        }
    }

    #[test]
    fn a_value_that_is_no_text_is_refused_where_text_is_wanted_and_nowhere_else() {
        let metadata = metadata("name /w==,x /w==").unwrap();
        assert!(matches!(metadata.text(&["name"]), Err(Error::Malformed { code: Code::Utf8Invalid, .. })));
        assert_eq!(metadata.text(&["filename"]).unwrap(), None);
    }
}
