//! Looking: the record's files, one of them, its versions and bytes, and the feed.

use super::{Panel, shown};
use crate::cursor::{self, Key, Place};
use crate::op::get;
use crate::op::link::with_paths;
use crate::op::put::whole;
use crate::query::Start;
use crate::table::link::Below;
use crate::table::{file, panel, version};
use crate::unit::{Fault, tenanted};
use crate::{Content, View};
use attache_model::file::{File, Version};
use attache_model::link::Link;
use attache_model::note::FeedItem;
use attache_model::page::{Next, Page};
use attache_model::{Error, FileNo, FileRef, Result};
use std::collections::HashSet;
use std::sync::Arc;

impl Panel<'_> {
    /// The record's files, each once with its newest link, newest first.
    ///
    /// # Errors
    /// `MissingScope`, `CursorInvalid`.
    pub async fn files(&self, start: Start, limit: u32) -> Result<Page<(Link, File)>> {
        let view = self.reading()?;
        let (account, now, record) = (view.caller().account(), view.now(), Arc::new(self.record().clone()));
        let list = format!("{account}|panel|{record}");
        let before = match &start {
            Start::Cursor(text) => match cursor::open(&self.core.0.keys, account, &list, text)?.key {
                Key::Int(no) => no,
                Key::Text(_) => return Err(Error::bug("a panel's cursor holds a text")),
            },
            Start::First | Start::Offset(_) => i64::MAX,
        };
        let unit = tenanted::<Vec<(Link, File)>, _>(move |mut t| {
            let record = record.clone();
            Box::pin(async move {
                let rows = panel::page(&mut t, &record, Below { before, limit: limit + 1 }, now).await?;
                let (links, rows): (Vec<Link>, Vec<file::Row>) = rows.into_iter().unzip();
                Ok(links.into_iter().zip(with_paths(&mut t, rows).await?).collect())
            })
        });
        let mut items = view.read("list a panel's files", unit).await?;
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let last = items.last().filter(|_| more).map(|(link, _)| Place { key: Key::Int(link.no), tie: Key::Int(0) });
        let next = last.map(|place| Next::Cursor(cursor::seal(&self.core.0.keys, account, &list, &place)));
        Ok(Page { items, next })
    }

    /// One of the record's files, with its link. Whoever may only change files may look at one as well.
    ///
    /// # Errors
    /// `NotFound(File)` for one that the panel does not show; `MissingScope`.
    pub async fn file(&self, file: impl Into<FileRef>) -> Result<(Link, File)> {
        let view = self.reading().or_else(|_| self.changing().map(|edit| *edit))?;
        self.found(view, file.into()).await
    }

    /// As [`Panel::file`], for whoever is about to change it.
    ///
    /// # Errors
    /// `NotFound(File)`, `MissingScope`.
    pub async fn file_to_change(&self, file: impl Into<FileRef>) -> Result<(Link, File)> {
        self.found(*self.changing()?, file.into()).await
    }

    async fn found(&self, view: View<'_>, file: FileRef) -> Result<(Link, File)> {
        let (now, record) = (view.now(), Arc::new(self.record().clone()));
        let unit = tenanted::<(Link, File), _>(move |mut t| {
            let record = record.clone();
            Box::pin(async move {
                let (link, row) = shown(&mut t, &record, file, now).await?;
                Ok((link, whole(&mut t, row).await?.file))
            })
        });
        view.read("read a panel's file", unit).await
    }

    /// The versions of one of the record's files, newest first, with the file's number.
    ///
    /// # Errors
    /// `NotFound(File)`, `MissingScope`.
    pub async fn versions(&self, file: impl Into<FileRef>) -> Result<(File, Vec<Version>)> {
        let view = self.reading()?;
        let (file, now, record) = (file.into(), view.now(), Arc::new(self.record().clone()));
        let unit = tenanted::<(File, Vec<Version>), _>(move |mut t| {
            let record = record.clone();
            Box::pin(async move {
                let (_, row) = shown(&mut t, &record, file, now).await?;
                let versions = version::list(&mut t, row.file.no).await?;
                Ok((row.file, versions.into_iter().map(|row| row.version).collect()))
            })
        });
        view.read("list versions in a panel", unit).await
    }

    /// The bytes of one of the record's files: of its active version, or of another one.
    ///
    /// # Errors
    /// `NotFound(File)`, `NotFound(Version)`, `MissingScope`.
    pub async fn open(&self, file: impl Into<FileRef>, version: Option<i64>) -> Result<Content> {
        let view = self.reading()?;
        let (file, now, record) = (file.into(), view.now(), Arc::new(self.record().clone()));
        let unit = tenanted::<get::Opened, _>(move |mut t| {
            let record = record.clone();
            Box::pin(async move {
                let (_, row) = shown(&mut t, &record, file, now).await?;
                get::open(&mut t, row, version).await
            })
        });
        let (file, version, key, bytes) = view.read("open a panel's file", unit).await?;
        Content::new(self.core, file, version, &key, bytes)
    }

    /// The record's feed: words where the token has `records`, and of the files those that the panel shows.
    ///
    /// # Errors
    /// `CursorInvalid`, `MissingScope`.
    pub async fn feed(&self, start: Start, limit: u32) -> Result<Page<FeedItem>> {
        let view = self.reading()?;
        let mut page = view.feed(self.record(), start, limit).await?;
        let nos: HashSet<FileNo> = page.items.iter().flat_map(|item| &item.files).map(|file| file.no).collect();
        if nos.is_empty() {
            return Ok(page);
        }
        let fixed = Arc::new((self.record().clone(), nos.into_iter().collect::<Vec<_>>()));
        let now = view.now();
        let unit = tenanted::<HashSet<FileNo>, _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let mut there = HashSet::new();
                for no in &fixed.1 {
                    match shown(&mut t, &fixed.0, (*no).into(), now).await {
                        Ok(_) => drop(there.insert(*no)),
                        Err(Fault::Rule(Error::NotFound(_))) => {}
                        Err(fault) => return Err(fault),
                    }
                }
                Ok(there)
            })
        });
        let there = view.read("see which files a panel shows", unit).await?;
        for item in &mut page.items {
            item.files.retain(|file| there.contains(&file.no));
        }
        page.items.retain(|item| !item.text.is_empty() || !item.files.is_empty());
        Ok(page)
    }
}
