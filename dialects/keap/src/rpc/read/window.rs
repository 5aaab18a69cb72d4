//! The bytes of a document, a block at a time, as legal UTF-8 whatever encoding they came in, and counted: what a
//! request may have is bounded here, and nowhere else does a byte come from.

use super::charset::{self, Charset};
use super::malformed;
use attache_model::error::Code;
use attache_model::{Error, Result};
use std::io::{self, BufRead, ErrorKind, Read};

/// Bytes that are asked of the source at once.
const BLOCK: usize = 16 << 10;

/// A sliding window over a source.
#[derive(Debug)]
pub(super) struct Window<R> {
    source: R,
    charset: Charset,
    /// A block for the bytes as they come. The first `kept` are the beginning of a character whose rest has not come yet.
    raw: Vec<u8>,
    kept: usize,
    /// Text that was read and not yet consumed begins at `at`.
    text: Vec<u8>,
    at: usize,
    /// What ended the text; it is told once all before it has been consumed.
    end: Option<End>,
    position: u64,
    budget: Budget,
    /// What is left of the piece of markup that is being read.
    markup: Option<usize>,
}

#[derive(Clone, Debug)]
enum End {
    Document,
    Fault(Error),
}

/// How much has been read of what is not the file.
#[derive(Debug)]
struct Budget {
    limit: u64,
    spent: u64,
    /// Bytes of which it is not known yet whether they are the file.
    held: Option<u64>,
}

impl<R: Read> Window<R> {
    /// Looks at how a document begins: a mark, a declaration, and by them its encoding. `limit` bounds its bytes.
    pub(super) fn open(source: R, limit: u64) -> Result<Window<R>> {
        let mut window = Window {
            source,
            charset: Charset::Utf8,
            raw: vec![0; BLOCK],
            kept: 0,
            text: Vec::with_capacity(2 * BLOCK),
            at: 0,
            end: None,
            position: 0,
            budget: Budget { limit, spent: 0, held: None },
            markup: None,
        };
        while !charset::is_decided(&window.raw[..window.kept]) && window.receive()? > 0 {}
        let head = charset::head(&window.raw[..window.kept])?;
        window.charset = head.charset;
        window.position = head.len as u64;
        window.budget.spent = head.len as u64;
        window.convert(head.len);
        Ok(window)
    }

    /// Bytes consumed so far.
    pub(super) fn position(&self) -> u64 {
        self.position
    }

    /// Up to `n` bytes that come next, fewer only where the text ends. What ended it is told by reading on.
    pub(super) fn peek(&mut self, n: usize) -> &[u8] {
        while self.text.len() - self.at < n && self.end.is_none() {
            self.more();
        }
        &self.text[self.at..self.text.len().min(self.at + n)]
    }

    /// From now on at most `left` bytes may be consumed; `None`: as many as there are.
    pub(super) fn bound_markup(&mut self, left: Option<usize>) {
        self.markup = left;
    }

    /// What is consumed from now on may turn out to be the file.
    pub(super) fn hold(&mut self) {
        self.budget.held = Some(0);
    }

    /// It was not.
    pub(super) fn count_held(&mut self) {
        self.budget.spent += self.budget.held.take().unwrap_or_default();
    }

    /// It was: it is none of the request's own bytes.
    pub(super) fn forget_held(&mut self) {
        self.budget.held = None;
    }

    /// Makes the text longer, or finds what ends it.
    fn more(&mut self) {
        self.text.drain(..self.at);
        self.at = 0;
        let before = self.text.len();
        while self.end.is_none() && self.text.len() == before {
            match self.receive() {
                Ok(0) if self.kept == 0 => self.end = Some(End::Document),
                Ok(0) => self.end = Some(End::Fault(charset::not_utf8())),
                Ok(_) => self.convert(0),
                Err(fault) => self.end = Some(End::Fault(fault)),
            }
        }
    }

    /// Takes what comes next from the source, as it came.
    fn receive(&mut self) -> Result<usize> {
        loop {
            match self.source.read(&mut self.raw[self.kept..]) {
                Ok(n) => {
                    self.kept += n;
                    return Ok(n);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(attache_http::body::fault(error)),
            }
        }
    }

    /// Turns what came, from its byte `from` on, into text.
    fn convert(&mut self, from: usize) {
        match self.charset.convert(&self.raw[from..self.kept], &mut self.text) {
            Ok(taken) => {
                self.raw.copy_within(from + taken..self.kept, 0);
                self.kept -= from + taken;
            }
            Err(fault) => self.end = Some(End::Fault(fault)),
        }
    }

    /// How many of the bytes that come next may be consumed. Never more than are allowed, so that what is refused does
    /// not depend on how the bytes come.
    fn allowed(&self) -> Result<u64> {
        let Budget { limit, spent, held } = self.budget;
        let allowed = if held.is_some() { u64::MAX } else { limit.saturating_sub(spent) };
        let is_over = self.at == self.text.len();
        if spent > limit || (allowed == 0 && !is_over) {
            return Err(Error::TooLarge { code: Code::BodyTooLarge, limit });
        }
        match self.markup {
            Some(0) => Err(malformed(format_args!("a tag or comment is longer than {} bytes", super::MARKUP_BYTES))),
            Some(left) => Ok(allowed.min(left as u64)),
            None => Ok(allowed),
        }
    }
}

impl<R: Read> BufRead for Window<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.text.len() && self.end.is_none() {
            self.more();
        }
        let allowed = self.allowed().map_err(io::Error::other)?;
        if self.at == self.text.len()
            && let Some(End::Fault(fault)) = &self.end
        {
            return Err(io::Error::other(fault.clone()));
        }
        let rest = &self.text[self.at..];
        let n = usize::try_from(allowed).map_or(rest.len(), |allowed| allowed.min(rest.len()));
        Ok(&rest[..n])
    }

    fn consume(&mut self, n: usize) {
        self.at += n;
        self.position += n as u64;
        self.markup = self.markup.map(|left| left.saturating_sub(n));
        match &mut self.budget.held {
            Some(held) => *held += n as u64,
            None => self.budget.spent += n as u64,
        }
    }
}

// The reader of markup asks for both; it reads through `BufRead` alone.
impl<R: Read> Read for Window<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.read(into)?;
        self.consume(n);
        Ok(n)
    }
}
