//! What an upload keeps of the request that opened it, so that HEAD can say it again word for word.

use attache_model::upload::Upload;
use attache_model::{Error, Result, What};

/// The first line of every memo of this dialect.
const MARK: &str = "tus 1.0";

/// Headers of the request that opened an upload, as they came; empty where there was none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Memo {
    /// `Upload-Concat`.
    pub(crate) concat: String,
    /// `Upload-Metadata`.
    pub(crate) metadata: String,
}

impl Memo {
    /// As it is kept: three lines, since no header has a line break in it.
    pub(crate) fn to_text(&self) -> String {
        format!("{MARK}\n{}\n{}", self.concat, self.metadata)
    }

    /// The memo of an upload.
    ///
    /// # Errors
    /// `NotFound(Upload)` for an upload of another dialect: here it does not exist.
    pub(crate) fn of(upload: &Upload) -> Result<Memo> {
        Memo::read(&upload.memo).ok_or(Error::NotFound(What::Upload))
    }

    /// Whether the upload was made by joining others; nothing can be added to it.
    pub(crate) fn is_final(&self) -> bool {
        self.concat.starts_with("final;")
    }

    fn read(text: &str) -> Option<Memo> {
        let (concat, metadata) = text.strip_prefix(MARK)?.strip_prefix('\n')?.split_once('\n')?;
        Some(Memo { concat: concat.to_owned(), metadata: metadata.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_memo_comes_back_as_it_was_written() {
        for (concat, metadata) in [("", ""), ("partial", ""), ("", "name YQ=="), ("final;/v1/uploads/a b", "x, y")] {
            let memo = Memo { concat: concat.to_owned(), metadata: metadata.to_owned() };
            assert_eq!(Memo::read(&memo.to_text()), Some(memo));
        }
    }

    #[test]
    fn what_another_dialect_wrote_is_no_memo() {
        for text in ["", "{}", "tus 1.0", "tus 1.0\n", "kommo\npartial\n"] {
            assert_eq!(Memo::read(text), None, "{text:?}");
        }
    }
}
