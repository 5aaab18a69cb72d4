//! `Upload-Concat`: uploads that are pieces, and uploads that are made by joining pieces.

use crate::header::{self, UPLOAD_CONCAT};
use attache_model::{Error, Result, UploadId, What};
use http::HeaderMap;

/// What an upload is among others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// It stands for itself.
    Alone,
    /// A piece to be joined with others.
    Partial,
    /// These pieces, joined in this order.
    Final(Vec<UploadId>),
}

impl Role {
    /// Reads the header of a new upload.
    ///
    /// # Errors
    /// [`attache_model::error::Code::HeaderInvalid`] for anything but `partial` and `final;` with addresses behind it,
    /// `NotFound(Upload)` for an address that is none of an upload.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Role> {
        match header::text(headers, &UPLOAD_CONCAT)? {
            None => Ok(Role::Alone),
            Some("partial") => Ok(Role::Partial),
            Some(text) => {
                let fault =
                    || header::fault(&UPLOAD_CONCAT, "send 'partial', or 'final;' and the addresses of uploads");
                let addresses = text.strip_prefix("final;").ok_or_else(fault)?;
                let pieces = addresses.split(' ').filter(|address| !address.is_empty()).map(upload_at);
                let pieces = pieces.collect::<Result<Vec<_>>>()?;
                if pieces.is_empty() { Err(fault()) } else { Ok(Role::Final(pieces)) }
            }
        }
    }
}

/// The upload at an address, whole or only its path. Where it is from is left open: behind a proxy a client may know the
/// server by another name.
fn upload_at(address: &str) -> Result<UploadId> {
    let (rest, id) = address.rsplit_once('/').ok_or(Error::NotFound(What::Upload))?;
    if rest.ends_with(crate::PLACE) { id_of(id) } else { Err(Error::NotFound(What::Upload)) }
}

/// The id of an upload, as its address ends with it.
///
/// # Errors
/// `NotFound(Upload)` for a text that is no id.
pub(crate) fn id_of(text: &str) -> Result<UploadId> {
    // The one spelling that we give out: hyphens, lower case.
    let id: Option<UploadId> = text.parse().ok();
    id.filter(|id| id.to_string() == text).ok_or(Error::NotFound(What::Upload))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::tests::headers;
    use attache_model::error::Code;

    const A: &str = "0190a5a4-5d5c-7f00-8000-00000000000a";
    const B: &str = "0190a5a4-5d5c-7f00-8000-00000000000b";

    fn read(value: &str) -> Result<Role> {
        Role::of(&headers(&[("upload-concat", value)]))
    }

    #[test]
    fn pieces_are_joined_in_the_order_in_which_they_are_named() {
        let joined = read(&format!("final;https://files.example.com/base/v1/uploads/{B} /v1/uploads/{A}")).unwrap();
        assert_eq!(joined, Role::Final(vec![B.parse().unwrap(), A.parse().unwrap()]));
        assert_eq!(read("partial").unwrap(), Role::Partial);
        assert_eq!(Role::of(&HeaderMap::new()).unwrap(), Role::Alone);
    }

    #[test]
    fn a_role_that_is_none_is_refused() {
        for bad in ["", "final", "final;", "final; ", "Partial", "partial;", &format!("/v1/uploads/{A}")] {
            let error = read(bad).unwrap_err();
            assert!(matches!(error, Error::Malformed { code: Code::HeaderInvalid, .. }), "{bad}");
        }
    }

    #[test]
    fn an_address_that_is_no_uploads_is_not_found() {
        for bad in [A, "/v1/uploads/", "/v1/uploads/1", "/v1/files/x", &format!("/v1/uploads/{}", A.to_uppercase())] {
            let error = read(&format!("final;{bad}")).unwrap_err();
            assert!(matches!(error, Error::NotFound(What::Upload)), "{bad}");
        }
    }
}
