//! From the wire's types to the model's and back.

use crate::types;
use attache_core::{content_etag, etag};
use attache_http::PublicUrl;
use attache_model::account::{Quota, Usage};
use attache_model::error::Code;
use attache_model::file::{File, Version};
use attache_model::folder::Folder;
use attache_model::id::{FileRef, FolderRef};
use attache_model::legal_hold::LegalHold;
use attache_model::link::Link;
use attache_model::listing::{FileLabel, FolderCount, Holder, Holding, LabelledEvent, ListedRecord};
use attache_model::note::{FeedItem, NoteFile};
use attache_model::share::{PreviewSize, Share};
use attache_model::task::{Task, TaskResult};
use attache_model::token::Token;
use attache_model::webhook::{Delivery, Webhook};
use attache_model::{Error, FileNo, FolderNo, Result, Time, User, What};
use jiff::Timestamp;
use std::str::FromStr;
use std::time::Duration;

/// Length of a UUID as we write it.
const UUID_LEN: usize = 36;

/// A file as a path segment or member names it: its id or its number.
///
/// # Errors
/// [`Error::NotFound`] for any other text: no file has that name.
pub(crate) fn file_ref(text: &str) -> Result<FileRef> {
    match number(text) {
        Some(no) => Ok(FileRef::No(FileNo(no))),
        None => id(text, What::File).map(FileRef::Id),
    }
}

/// A folder as a path segment or member names it: its id or its number.
///
/// # Errors
/// [`Error::NotFound`] for any other text.
pub(crate) fn folder_ref(text: &str) -> Result<FolderRef> {
    match number(text) {
        Some(no) => Ok(FolderRef::No(FolderNo(no))),
        None => id(text, What::Folder).map(FolderRef::Id),
    }
}

/// An id of a `what`.
///
/// # Errors
/// [`Error::NotFound`] for a text that is no id.
pub(crate) fn id<T: FromStr>(text: &str, what: What) -> Result<T> {
    let parsed = (text.len() == UUID_LEN).then(|| text.parse().ok()).flatten();
    parsed.ok_or(Error::NotFound(what))
}

/// A number in its one spelling: no sign, no leading zeros.
pub(crate) fn number(text: &str) -> Option<i64> {
    let number: i64 = text.parse().ok()?;
    (number >= 0 && number.to_string() == text).then_some(number)
}

/// The folder that a request names by path or by id; `None` when it names none.
///
/// # Errors
/// [`Error::Invalid`] when it does both, [`Error::NotFound`] for an id that is none.
pub(crate) fn folder_choice(field: &str, path: Option<String>, id: Option<&str>) -> Result<Option<FolderRef>> {
    match (path, id) {
        (None, None) => Ok(None),
        (Some(path), None) => Ok(Some(FolderRef::Path(path))),
        (None, Some(id)) => folder_ref(id).map(Some),
        (Some(_), Some(_)) => {
            Err(Error::invalid(format!("{field}_id"), format!("give either {field} or {field}_id, not both")))
        }
    }
}

/// A moment as RFC 3339 text.
///
/// # Errors
/// [`Error::Malformed`] with `code` that names `field`.
pub(crate) fn time(code: Code, field: &str, text: &str) -> Result<Time> {
    Timestamp::from_str(text).map(Time::from_timestamp).map_err(|_| {
        let why = format!("'{}' is not a time; write it as 2026-11-21T18:39:00Z", text.escape_debug());
        Error::malformed(code, field, why)
    })
}

/// The expiry that a request names as a moment or as seconds from `now`; `None` when it names none.
///
/// # Errors
/// [`Code::ExpiryInvalid`] when it does both, for a text that is no time, and for what is not in the future.
pub(crate) fn expiry(expires_at: Option<&str>, ttl: Option<u64>, now: Time) -> Result<Option<Time>> {
    let refuse = |field: &str, why: &str| Err(Error::refuse(Code::ExpiryInvalid, field, why));
    match (expires_at, ttl) {
        (None, None) => Ok(None),
        (Some(_), Some(_)) => refuse("ttl", "give either expires_at or ttl, not both"),
        (None, Some(0)) => refuse("ttl", "it must be at least 1 second"),
        (None, Some(seconds)) => Ok(Some(now.plus(Duration::from_secs(seconds)))),
        (Some(text), None) => match time(Code::ExpiryInvalid, "expires_at", text)? {
            at if at > now => Ok(Some(at)),
            _ => refuse("expires_at", "it must be in the future"),
        },
    }
}

pub(crate) fn text(time: Time) -> String {
    time.rfc3339_millis()
}

fn text_of(time: Option<Time>) -> Option<String> {
    time.map(text)
}

/// An entity tag as headers write it.
pub(crate) fn quoted(etag: &str) -> String {
    format!("\"{etag}\"")
}

/// A file as answers show it.
pub(crate) fn file(file: &File, public: &PublicUrl) -> types::File {
    let id = file.id.to_string();
    types::File {
        no: file.no.0,
        name: file.name.full().to_owned(),
        title: file.title().full().to_owned(),
        personal: file.personal,
        description: file.description.clone(),
        cover: file.cover,
        extension: file.name.ext().to_owned(),
        path: file.path(),
        folder: file.folder_path.clone(),
        folder_no: file.folder.0,
        access: file.access.into(),
        expires_at: text_of(file.expires_at),
        trashed_at: text_of(file.trashed_at),
        hold: file.legal_hold.as_ref().map(hold),
        created_at: text(file.created_at),
        updated_at: text(file.updated_at),
        created_by: file.created_by.0,
        source: file.source.into(),
        metadata: file.metadata.clone(),
        version: version(&file.version, &id, public),
        content_url: public.link(["v1", "files", &id, "content"]),
        etag: quoted(&etag(file)),
        id,
    }
}

/// A legal hold.
pub(crate) fn hold(hold: &LegalHold) -> types::Hold {
    types::Hold { reason: hold.reason.clone(), placed_at: text(hold.placed_at), placed_by: hold.placed_by.0 }
}

/// A version of the file with this id.
pub(crate) fn version(version: &Version, file: &str, public: &PublicUrl) -> types::Version {
    types::Version {
        no: version.no,
        size: version.size,
        media_type: version.media_type.clone(),
        kind: version.kind.into(),
        encoding: version.encoding.clone(),
        width: version.width,
        height: version.height,
        sha256: version.sha256.to_string(),
        md5: version.md5.to_string(),
        created_by: version.created_by.0,
        created_at: text(version.created_at),
        content_url: public.link(["v1", "files", file, "versions", &version.no.to_string(), "content"]),
        etag: quoted(&content_etag(version)),
    }
}

/// A folder as answers show it.
pub(crate) fn folder(folder: &Folder) -> types::Folder {
    types::Folder {
        id: folder.id.to_string(),
        no: folder.no.0,
        name: folder.name.clone(),
        path: folder.path.clone(),
        parent_no: folder.parent.0,
        created_at: text(folder.created_at),
        updated_at: text(folder.updated_at),
        holds: None,
    }
}

/// A folder with how much is directly in it.
pub(crate) fn counted_folder(folder: &Folder, count: FolderCount) -> types::Folder {
    let holds = Some(types::FolderCount { files: count.files, folders: count.folders });
    types::Folder { holds, ..self::folder(folder) }
}

/// A file's place on a record.
pub(crate) fn link(link: &Link) -> types::Link {
    types::Link {
        record: link.record.to_string(),
        file_no: link.file.0,
        origin: link.origin.into(),
        role: link.role.clone(),
        visible: link.visible,
        created_at: text(link.created_at),
        created_by: link.created_by.0,
    }
}

/// One thing in a record's feed.
pub(crate) fn feed_item(item: &FeedItem, public: &PublicUrl) -> types::FeedItem {
    types::FeedItem {
        note_no: item.note,
        at: text(item.at),
        author: item.author.0,
        text: item.text.clone(),
        files: item.files.iter().map(|file| feed_file(file, public)).collect(),
    }
}

fn feed_file(file: &NoteFile, public: &PublicUrl) -> types::FeedFile {
    let id = file.file.to_string();
    let pinned = file.version.no_in(file.file).filter(|_| file.pinned).map(|no| no.to_string());
    let content_url = match &pinned {
        Some(version) => public.link(["v1", "files", &id, "versions", version, "content"]),
        None => public.link(["v1", "files", &id, "content"]),
    };
    types::FeedFile {
        no: file.no.0,
        name: file.name.clone(),
        deleted: file.deleted,
        content_url: (!file.deleted).then_some(content_url),
        id,
    }
}

/// A signed link as lists show it.
pub(crate) fn share(share: &Share, file: Option<&FileLabel>) -> types::Share {
    types::Share {
        id: share.id.to_string(),
        file_no: share.file.0,
        file_id: file.map(|file| file.id.to_string()),
        file_name: file.map(|file| file.name.clone()),
        version: share.version,
        expires_at: text(share.expires_at),
        created_at: text(share.created_at),
        created_by: share.created_by.0,
        revoked_at: text_of(share.revoked_at),
    }
}

/// A size of preview.
pub(crate) fn size(size: types::Size) -> PreviewSize {
    match size {
        types::Size::Icon => PreviewSize::Icon,
        types::Size::Thumb => PreviewSize::Thumb,
        types::Size::Medium => PreviewSize::Medium,
        types::Size::Preview => PreviewSize::Preview,
    }
}

/// Something that happened.
pub(crate) fn event(told: &LabelledEvent) -> types::Event {
    let LabelledEvent { event, file, folder } = told;
    types::Event {
        no: event.no,
        kind: event.kind.word(),
        file_no: event.file.map(|no| no.0),
        file_id: file.as_ref().map(|file| file.id.to_string()),
        file_name: file.as_ref().map(|file| file.name.clone()),
        folder_no: event.folder.map(|no| no.0),
        folder_id: folder.as_ref().map(|folder| folder.id.to_string()),
        folder_name: folder.as_ref().map(|folder| folder.name.clone()),
        record: (!event.record.is_empty()).then(|| event.record.clone()),
        actor: event.actor.0,
        at: text(event.at),
    }
}

/// A task.
pub(crate) fn task(task: &Task) -> types::Task {
    let (file_no, folder_no) = match task.result {
        Some(TaskResult::File(no)) => (Some(no.0), None),
        Some(TaskResult::Folder(no)) => (None, Some(no.0)),
        None => (None, None),
    };
    let error = task.error.as_ref();
    types::Task {
        id: task.id.to_string(),
        kind: task.kind.clone(),
        state: task.state.into(),
        requested_by: task.actor.0,
        requested_at: text(task.requested_at),
        started_at: text_of(task.started_at),
        completed_at: text_of(task.completed_at),
        file_no,
        folder_no,
        error: error.map(|error| types::TaskError { code: error.code.clone(), message: error.message.clone() }),
    }
}

/// A token without its secret.
pub(crate) fn token(token: &Token) -> types::Token {
    types::Token {
        id: token.id.to_string(),
        no: token.no,
        name: token.name.clone(),
        user: token.user.0,
        scopes: token.scopes.iter().map(attache_model::Scope::word).collect(),
        created_at: text(token.created_at),
        expires_at: text_of(token.expires_at),
        last_used_at: text_of(token.last_used_at),
    }
}

/// A webhook without its secret.
pub(crate) fn webhook(webhook: &Webhook) -> types::Webhook {
    let old_until = Some(webhook.old_until).filter(|until| until.0 > 0);
    types::Webhook {
        id: webhook.id.to_string(),
        url: webhook.url.clone(),
        name: webhook.name.clone(),
        kinds: webhook.kinds.words(),
        created_at: text(webhook.created_at),
        created_by: webhook.created_by.0,
        failing_since: text_of(webhook.failing_since),
        disabled_at: text_of(webhook.disabled_at),
        disabled_why: webhook.disabled_at.map(|_| webhook.disabled_why.clone()),
        old_secret_until: text_of(old_until),
    }
}

/// A delivery.
pub(crate) fn delivery(delivery: &Delivery) -> types::Delivery {
    types::Delivery {
        id: delivery.id.to_string(),
        event_no: delivery.event,
        kind: delivery.kind.word(),
        state: delivery.state.into(),
        attempts: delivery.attempts,
        queued_at: text(delivery.queued_at),
        next_at: text_of(delivery.next_at),
        tried_at: text_of(delivery.tried_at),
        status: delivery.status,
        error: (!delivery.error.is_empty()).then(|| delivery.error.clone()),
    }
}

/// What an account stores.
pub(crate) fn amount(usage: Usage) -> types::Amount {
    types::Amount { bytes: usage.bytes, files: usage.files }
}

/// How much one holder has. Records are named to those who may read them.
pub(crate) fn holding(holding: &Holding, named: bool) -> types::Holding {
    let mut shown = types::Holding {
        folder_no: None,
        folder_id: None,
        folder_path: None,
        record: None,
        record_name: filled(&holding.name).filter(|_| named),
        kind: None,
        amount: amount(holding.usage),
    };
    match &holding.holder {
        Holder::Folder { no, id, path } => {
            shown.folder_no = Some(no.0);
            shown.folder_id = Some(id.to_string());
            shown.folder_path = Some(path.clone());
        }
        Holder::Record(record) => shown.record = Some(record.to_string()),
        Holder::Kind(kind) => shown.kind = Some((*kind).into()),
    }
    shown
}

fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// A record in a list of records.
pub(crate) fn listed_record(listed: &ListedRecord) -> types::ListedRecord {
    types::ListedRecord {
        record: listed.record.to_string(),
        name: filled(&listed.name),
        files: listed.files,
        last_linked_at: text_of(listed.linked_at),
    }
}

/// Somebody who works in the account.
pub(crate) fn user(user: &User) -> types::User {
    types::User { no: user.no.0, name: user.name.clone(), created_at: text(user.created_at) }
}

/// What an account may store.
pub(crate) fn bounds(quota: Quota) -> types::Bounds {
    types::Bounds { bytes: quota.bytes, files: quota.files }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_millis(1_795_286_340_000);

    #[test]
    fn a_file_is_named_by_its_id_or_its_number() {
        assert_eq!(file_ref("12").unwrap(), FileRef::No(FileNo(12)));
        let id = "0190a5a4-5d5c-4f00-8000-000000000001";
        assert_eq!(file_ref(id).unwrap(), FileRef::Id(id.parse().unwrap()));
    }

    #[test]
    fn a_text_that_no_file_can_have_for_a_name_is_not_found() {
        for bad in
            ["", "-1", "+1", "01", "1.5", "abc", "99999999999999999999", "{0190a5a4-5d5c-4f00-8000-000000000001}"]
        {
            assert!(matches!(file_ref(bad), Err(Error::NotFound(What::File))), "{bad}");
        }
    }

    #[test]
    fn a_folder_is_named_once() {
        assert!(folder_choice("folder", Some("/a".into()), Some("1")).is_err());
        assert_eq!(folder_choice("folder", None, None).unwrap(), None);
        assert_eq!(folder_choice("folder", None, Some("0")).unwrap(), Some(FolderRef::ROOT));
    }

    #[test]
    fn an_expiry_is_in_the_future_and_given_once() {
        assert_eq!(expiry(None, Some(1), NOW).unwrap(), Some(NOW.plus(Duration::from_secs(1))));
        assert_eq!(
            expiry(Some("2099-01-01T00:00:00Z"), None, NOW).unwrap().unwrap().to_string(),
            "2099-01-01T00:00:00.000Z"
        );
        for (at, ttl) in [
            (None, Some(0)),
            (Some(NOW.rfc3339_millis()), None),
            (Some("tomorrow".to_owned()), None),
            (Some("2099-01-01T00:00:00Z".to_owned()), Some(1)),
        ] {
            let error = expiry(at.as_deref(), ttl, NOW).unwrap_err();
            assert!(error.to_string().starts_with(if at.is_some() && ttl.is_none() { "expires_at" } else { "ttl" }));
        }
    }

    #[test]
    fn a_far_expiry_does_not_overflow() {
        assert_eq!(expiry(None, Some(u64::MAX), NOW).unwrap(), Some(Time::NEVER));
    }
}
