//! Between HubSpot's words and ours: files, folders, tasks, access levels and kinds of content.

use crate::types::{ActionResponse, Context, ErrorDetail, File, Folder, StandardError, TaskLocator};
use attache_http::PublicUrl;
use attache_model::file::Source;
use attache_model::id::TaskId;
use attache_model::media::Kind;
use attache_model::task::{Task, TaskError, TaskState};
use attache_model::{Access, AccountNo, FolderNo, Time, file, folder};
use std::collections::BTreeMap;

/// Every access level with HubSpot's word for it.
const ACCESS: [(&str, Access); 8] = [
    ("PUBLIC_INDEXABLE", Access::PublicIndexable),
    ("PUBLIC_NOT_INDEXABLE", Access::PublicNotIndexable),
    ("PRIVATE", Access::Private),
    ("HIDDEN_INDEXABLE", Access::HiddenIndexable),
    ("HIDDEN_NOT_INDEXABLE", Access::HiddenNotIndexable),
    ("HIDDEN_PRIVATE", Access::HiddenPrivate),
    ("HIDDEN_SENSITIVE", Access::HiddenSensitive),
    ("SENSITIVE", Access::Sensitive),
];

/// Every kind of content with HubSpot's word for it.
const KINDS: [(&str, Kind); 5] = [
    ("IMG", Kind::Image),
    ("DOCUMENT", Kind::Document),
    ("AUDIO", Kind::Audio),
    ("MOVIE", Kind::Video),
    ("OTHER", Kind::Other),
];

/// The access level that `word` names.
pub(crate) fn access(word: &str) -> Option<Access> {
    ACCESS.iter().find(|(known, _)| *known == word).map(|(_, access)| *access)
}

/// HubSpot's word for an access level.
pub(crate) fn access_word(access: Access) -> &'static str {
    ACCESS.iter().find(|(_, known)| *known == access).map_or("PRIVATE", |(word, _)| word)
}

/// The access levels that a caller may set, as the end of a sentence.
pub(crate) fn settable_access(may_hide: bool) -> String {
    let settable = ACCESS.iter().filter(|(_, access)| !access.is_sensitive() && (may_hide || !access.is_hidden()));
    format!("one of {}", settable.map(|(word, _)| *word).collect::<Vec<_>>().join(", "))
}

/// The kind of content that `word` names, in any letter case.
pub(crate) fn kind(word: &str) -> Option<Kind> {
    KINDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, kind)| *kind)
}

/// HubSpot's word for a kind of content.
pub(crate) fn kind_word(kind: Kind) -> &'static str {
    KINDS.iter().find(|(_, known)| *known == kind).map_or("OTHER", |(word, _)| word)
}

/// How one account's things look from outside.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Face<'a> {
    /// What links begin with.
    pub(crate) public: &'a PublicUrl,
    /// The account, HubSpot's portal.
    pub(crate) account: AccountNo,
}

impl Face<'_> {
    /// A file as HubSpot shows it.
    pub(crate) fn file(self, file: &file::File) -> File {
        let path = file.path();
        let url = self.hosted_url(&path);
        File {
            id: file.no.to_string(),
            created_at: file.created_at.rfc3339_millis(),
            updated_at: file.updated_at.rfc3339_millis(),
            archived: file.trashed_at.is_some(),
            archived_at: file.trashed_at.map(Time::rfc3339_millis),
            parent_folder_id: parent(file.folder),
            name: file.name.stem().to_owned(),
            path,
            size: file.version.size,
            height: file.version.height,
            width: file.version.width,
            encoding: file.version.encoding.clone(),
            kind: kind_word(file.version.kind),
            extension: file.name.ext().to_owned(),
            default_hosting_url: url.clone(),
            url,
            is_usable_in_content: file.usable_in_content,
            access: access_word(file.access),
            file_md5: file.version.md5.to_string(),
            source_group: match file.source {
                Source::Upload | Source::Import => "CONTENT",
                Source::Intake => "FORMS",
            },
            expires_at: file.expires_at.map(Time::millis),
        }
    }

    /// A folder as HubSpot shows it.
    pub(crate) fn folder(self, folder: &folder::Folder) -> Folder {
        Folder {
            id: folder.no.to_string(),
            archived: folder.trashed_at.is_some(),
            archived_at: folder.trashed_at.map(Time::rfc3339_millis),
            created_at: folder.created_at.rfc3339_millis(),
            updated_at: folder.updated_at.rfc3339_millis(),
            name: folder.name.clone(),
            path: folder.path.clone(),
            parent_folder_id: parent(folder.parent),
        }
    }

    /// The address where the file at `path` is served while its access is public.
    pub(crate) fn hosted_url(self, path: &str) -> String {
        let account = self.account.to_string();
        let names = path.trim_start_matches('/').split('/');
        self.public.link(["hubfs", &account].into_iter().chain(names))
    }

    /// The path whose hosted address is `url`; `None` when it is no address of this account.
    pub(crate) fn hosted_path(self, url: &str) -> Option<String> {
        let account = self.account.to_string();
        let base = self.public.link(["hubfs", &account]);
        let raw = url.strip_prefix(&base)?.strip_prefix('/')?;
        let path = percent_encoding::percent_decode_str(raw).decode_utf8().ok()?;
        Some(format!("/{path}"))
    }

    /// Where to ask after a task; `segments` lead to its kind.
    pub(crate) fn locator(self, segments: &[&str], task: TaskId) -> TaskLocator {
        let id = task.to_string();
        let path = ["files", "v3"].into_iter().chain(segments.iter().copied()).chain([id.as_str(), "status"]);
        let links = BTreeMap::from([("status", self.public.link(path))]);
        TaskLocator { id, links }
    }
}

/// A parent's id; what lies in the root has none.
fn parent(folder: FolderNo) -> Option<String> {
    (folder != FolderNo::ROOT).then(|| folder.to_string())
}

/// HubSpot's word for how far a task is. There is none for "failed": a task that will bring nothing is canceled.
fn status_word(state: TaskState) -> &'static str {
    match state {
        TaskState::Queued => "PENDING",
        TaskState::Running => "PROCESSING",
        TaskState::Done => "COMPLETE",
        TaskState::Failed => "CANCELED",
    }
}

/// A task as HubSpot shows it, with what it came to.
pub(crate) fn action<T>(task: &Task, result: Option<T>) -> ActionResponse<T> {
    let failure = (task.state == TaskState::Failed).then(|| failure(task.error.as_ref()));
    ActionResponse {
        task_id: task.id.to_string(),
        status: status_word(task.state),
        requested_at: task.requested_at.rfc3339_millis(),
        started_at: task.started_at.unwrap_or(task.requested_at).rfc3339_millis(),
        completed_at: task.completed_at.map(Time::rfc3339_millis),
        result,
        num_errors: failure.is_some().then_some(1),
        errors: failure.into_iter().collect(),
    }
}

fn failure(error: Option<&TaskError>) -> StandardError {
    let (code, message) = match error {
        Some(error) => (error.code.as_str(), error.message.as_str()),
        None => ("internal", "The task was given up; submit it again."),
    };
    let category = match code {
        "exists" => "CONFLICT",
        "not_found" => "OBJECT_NOT_FOUND",
        "internal" | "unavailable" | "storage_full" => "INTERNAL_ERROR",
        _ => "VALIDATION_ERROR",
    };
    let detail =
        ErrorDetail { message: message.to_owned(), code: Some(code.to_owned()), place: None, context: Context::new() };
    StandardError {
        status: "error",
        category,
        message: message.to_owned(),
        context: Context::new(),
        links: BTreeMap::new(),
        errors: vec![detail],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public() -> PublicUrl {
        PublicUrl::parse("https://files.example.com/base").unwrap()
    }

    #[test]
    fn every_access_level_and_kind_has_a_word_that_leads_back_to_it() {
        for level in Access::ALL {
            assert_eq!(access(access_word(level)), Some(level));
        }
        for (each, _) in Kind::ALL {
            assert_eq!(kind(kind_word(each)), Some(each));
        }
    }

    #[test]
    fn a_hosted_address_leads_back_to_its_path() {
        let public = public();
        let face = Face { public: &public, account: AccountNo(7) };
        let url = face.hosted_url("/library/cat art/\u{e4} 100% +#?.png");
        assert_eq!(url, "https://files.example.com/base/hubfs/7/library/cat%20art/%C3%A4%20100%25%20%2B%23%3F.png");
        assert_eq!(face.hosted_path(&url).as_deref(), Some("/library/cat art/\u{e4} 100% +#?.png"));
        assert_eq!(face.hosted_path("https://files.example.com/base/hubfs/70/a.png"), None, "another account's");
        assert_eq!(face.hosted_path("https://elsewhere.example/hubfs/7/a.png"), None);
    }

    fn task(state: TaskState) -> Task {
        Task {
            id: TaskId(uuid::Uuid::nil()),
            kind: "import_url".to_owned(),
            actor: attache_model::UserNo(1),
            state,
            requested_at: Time(0),
            started_at: None,
            completed_at: None,
            result: None,
            error: None,
        }
    }

    #[test]
    fn a_waiting_task_says_nothing_about_its_end() {
        let shown = serde_json::to_value(action::<()>(&task(TaskState::Queued), None)).unwrap();
        assert_eq!(
            shown,
            serde_json::json!({
                "taskId": "00000000-0000-0000-0000-000000000000", "status": "PENDING",
                "requestedAt": "1970-01-01T00:00:00.000Z", "startedAt": "1970-01-01T00:00:00.000Z"
            })
        );
    }

    #[test]
    fn a_failed_task_is_canceled_and_tells_why_once() {
        let error = TaskError { code: "source_status".to_owned(), message: "The source answered 500.".to_owned() };
        let failed = Task { completed_at: Some(Time(5000)), error: Some(error), ..task(TaskState::Failed) };
        insta::assert_json_snapshot!(action::<()>(&failed, None));
    }

    #[test]
    fn a_task_is_asked_after_on_this_very_host() {
        let public = public();
        let face = Face { public: &public, account: AccountNo(7) };
        let locator = face.locator(&["files", "import-from-url", "async", "tasks"], TaskId(uuid::Uuid::nil()));
        assert_eq!(
            locator.links["status"],
            "https://files.example.com/base/files/v3/files/import-from-url/async/tasks/00000000-0000-0000-0000-000000000000/status"
        );
    }
}
