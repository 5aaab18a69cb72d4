//! Booleans as text: `true` and `false` in any letter case, `1` and `0`.

use attache_model::{Error, Result};

/// A boolean; `field` says where it stood.
///
/// # Errors
/// `Invalid` at `field` for anything else.
pub(crate) fn parse(field: &str, text: &str) -> Result<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(Error::invalid(field, format!("{field} must be true or false"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c11_booleans_come_as_every_client_writes_them() {
        for text in ["true", "True", "TRUE", " true ", "1"] {
            assert!(parse("is_public", text).unwrap(), "{text}");
        }
        for text in ["false", "False", "FALSE", "0"] {
            assert!(!parse("is_public", text).unwrap(), "{text}");
        }
        for text in ["", "yes", "2", "-1", "tru", "null"] {
            assert_eq!(
                parse("is_public", text).unwrap_err().to_string(),
                "is_public: is_public must be true or false",
                "{text}"
            );
        }
    }
}
