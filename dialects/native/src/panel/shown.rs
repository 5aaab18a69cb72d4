//! A panel's files as answers show them, with links that work without a token.

use crate::types::{FeedItem, PanelEntry, PanelFile, PanelVersion};
use crate::{Site, convert};
use attache_core::{Panel, etag};
use attache_model::FileId;
use attache_model::file::{File, Version};
use attache_model::link::Link;
use attache_model::media::Kind;
use attache_model::note;
use attache_model::share::PreviewSize;

/// A panel that shows something, and where its links lead.
#[derive(Clone, Copy)]
pub(super) struct Frame<'c> {
    pub(super) panel: Panel<'c>,
    pub(super) site: &'c Site,
}

impl Frame<'_> {
    pub(super) fn entry(self, link: &Link, file: &File) -> PanelEntry {
        let has_preview = file.version.kind == Kind::Image && !file.access.is_sensitive();
        PanelEntry {
            link: convert::link(link),
            content_url: self.content(file, None),
            preview_url: has_preview.then(|| self.signed(file, None, Some(PreviewSize::Medium))),
            file: self.file(file),
        }
    }

    fn file(self, file: &File) -> PanelFile {
        PanelFile {
            id: file.id.to_string(),
            no: file.no.0,
            name: file.title().full().to_owned(),
            description: file.description.clone(),
            created_at: file.created_at.rfc3339_millis(),
            updated_at: file.updated_at.rfc3339_millis(),
            created_by: file.created_by.0,
            version: self.version(file, &file.version),
            etag: convert::quoted(&etag(file)),
        }
    }

    pub(super) fn version(self, file: &File, version: &Version) -> PanelVersion {
        PanelVersion {
            no: version.no,
            size: version.size,
            media_type: version.media_type.clone(),
            kind: version.kind.into(),
            width: version.width,
            height: version.height,
            created_by: version.created_by.0,
            created_at: version.created_at.rfc3339_millis(),
            content_url: self.content(file, Some(version.no)),
        }
    }

    pub(super) fn item(self, item: &note::FeedItem) -> FeedItem {
        let mut shown = convert::feed_item(item, &self.site.public);
        for (file, kept) in shown.files.iter_mut().zip(&item.files) {
            let pinned = kept.version.no_in(kept.file).filter(|_| kept.pinned);
            let signed = self.panel.sign(kept.no, pinned, None, false);
            file.content_url = (!kept.deleted).then(|| self.site.public.link(["signed", &signed.token]));
        }
        shown
    }

    fn content(self, file: &File, version: Option<i64>) -> String {
        if file.access.is_sensitive() {
            return self.with_token(file.id, version);
        }
        self.signed(file, version, None)
    }

    fn signed(self, file: &File, version: Option<i64>, size: Option<PreviewSize>) -> String {
        let signed = self.panel.sign(file.no, version, size, false);
        self.site.public.link(["signed", &signed.token])
    }

    fn with_token(self, file: FileId, version: Option<i64>) -> String {
        let id = file.to_string();
        let segments = ["v1", "panel", "files", &id, "content"];
        match version.map(|no| no.to_string()) {
            Some(no) => self.site.public.link_with(segments, [("version", no.as_str())]),
            None => self.site.public.link(segments),
        }
    }
}
