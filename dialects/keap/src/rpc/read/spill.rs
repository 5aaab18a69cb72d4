//! The file of an upload on its way through: text of the document in, bytes of the file out, a few blocks at a time.

use super::Reader;
use super::document::Document;
use crate::rpc::call::Call;
use attache_http::base64;
use attache_model::error::Code;
use attache_model::{Error, Result};
use std::io::{self, ErrorKind, Read};

/// Bytes of text that are asked of the document at once.
const BLOCK: usize = 16 << 10;

impl<R, S> Reader<'_, R, S>
where
    R: Read,
    S: FnOnce(&Call, &mut dyn Read) -> io::Result<()>,
{
    /// Gives the file that begins with `text` to `spill`.
    pub(super) fn spill(&mut self, text: Vec<u8>, spill: S) -> Result<()> {
        let mut text = Text { document: &mut self.document, held: text, at: 0, failed: None };
        let bytes = base64::Decoder::new(&mut text);
        let mut bytes = Bounded { bytes, left: self.bounds.file, limit: self.bounds.file };
        let spilled = spill(&self.call, &mut bytes);
        let failed = text.failed.take();
        self.document.window().forget_held();
        match (failed, spilled) {
            (Some(error), _) => Err(error),
            (None, Err(error)) if error.kind() == ErrorKind::InvalidData => Err(base64::unreadable("base64", &error)),
            (None, Err(error)) => Err(attache_http::body::fault(error)),
            (None, Ok(())) => Ok(()),
        }
    }
}

/// The text of a document up to the next tag.
struct Text<'d, R> {
    document: &'d mut Document<R>,
    held: Vec<u8>,
    at: usize,
    /// What is wrong with the document: whoever reads the text tells it in other words.
    failed: Option<Error>,
}

impl<R: Read> Read for Text<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at == self.held.len() {
            self.held.clear();
            self.at = 0;
            if let Err(error) = self.document.text(&mut self.held, BLOCK) {
                self.failed = Some(error.clone());
                return Err(io::Error::other(error));
            }
        }
        let n = (&self.held[self.at..]).read(into)?;
        self.at += n;
        Ok(n)
    }
}

/// Bytes of a file that may not have more than `limit`.
struct Bounded<B> {
    bytes: B,
    left: u64,
    limit: u64,
}

impl<B: Read> Read for Bounded<B> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.bytes.read(into)?;
        let left = self.left.checked_sub(n as u64);
        let too_large = || io::Error::other(Error::TooLarge { code: Code::FileTooLarge, limit: self.limit });
        self.left = left.ok_or_else(too_large)?;
        Ok(n)
    }
}
