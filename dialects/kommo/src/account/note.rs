//! A note, as it comes in and as it is shown.

use super::entity::{Entity, named};
use super::face::Face;
use super::hal::{Links, to_self};
use super::item::Item;
use super::values::{file_use, use_place};
use crate::error::ItemError;
use attache_core::{FileUse, NewNote, NoteChange};
use attache_model::link::Record;
use attache_model::note::{Note, NoteFile};
use attache_model::{FileId, UserNo, VersionId};
use serde::Serialize;

/// The kind of a note that is a file.
const ATTACHMENT: &str = "attachment";

/// A note to be made on a record.
pub(crate) fn new(item: &Item<'_>, record: Record) -> Result<NewNote, ItemError> {
    let kind = item.text("note_type")?.ok_or_else(|| item.missing("note_type", "such as 'attachment' or 'common'"))?;
    let params = item.object("params")?.ok_or_else(|| item.missing("params", "an object"))?;
    let (text, file) = if kind == ATTACHMENT {
        let file = attachment(&params)?;
        if file.name.is_none() {
            return Err(params.missing("file_name", "the text to show for the file"));
        }
        (String::new(), Some(file))
    } else {
        let text = params.text("text")?;
        (text.ok_or_else(|| params.missing("text", "the words of the note"))?, None)
    };
    Ok(NewNote {
        record,
        kind,
        text,
        file,
        created_at: item.moment("created_at")?,
        created_by: item.number("created_by")?.map(UserNo),
        responsible: item.responsible()?,
    })
}

/// A change of the note `no`.
pub(crate) fn change(item: &Item<'_>, no: i64) -> Result<NoteChange, ItemError> {
    let kind = item.text("note_type")?;
    let params = item.object("params")?;
    let (mut text, mut file) = (None, None);
    if let Some(params) = params {
        if kind.as_deref() == Some(ATTACHMENT) || params.has("file_uuid") {
            file = Some(attachment(&params)?);
        } else {
            text = params.text("text")?;
        }
    }
    Ok(NoteChange { no, kind, text, file, responsible: item.responsible()? })
}

/// The file of an attachment. What was read from a note can be sent back: then `original_name` is the text to show.
fn attachment(params: &Item<'_>) -> Result<FileUse, ItemError> {
    let file = file_use(params)?;
    let name = params.text("original_name")?.filter(|name| !name.is_empty()).or(file.name);
    Ok(FileUse { name, ..file })
}

/// Where a member that core speaks of stands in its item.
pub(crate) fn place(word: &str) -> String {
    match word {
        "record" => "entity_id".to_owned(),
        "note" => "id".to_owned(),
        "kind" => "note_type".to_owned(),
        "text" => "params.text".to_owned(),
        "file" | "version" | "name" => format!("params.{}", use_place(word)),
        other => other.to_owned(),
    }
}

/// A note.
#[derive(Debug, Serialize)]
pub(crate) struct ShownNote {
    id: i64,
    entity_id: i64,
    created_by: i64,
    updated_by: i64,
    created_at: i64,
    updated_at: i64,
    responsible_user_id: i64,
    group_id: i64,
    note_type: String,
    params: Params,
    account_id: i64,
    is_pinned: bool,
    #[serde(rename = "_links")]
    links: Links,
}

/// What a note says, by its kind.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Params {
    File {
        is_drive_attachment: bool,
        text: String,
        original_name: String,
        file_uuid: FileId,
        version_uuid: VersionId,
        file_name: String,
        /// Only for a file in the trash or gone; other clients have never seen it.
        #[serde(skip_serializing_if = "Option::is_none")]
        is_deleted: Option<bool>,
    },
    Text {
        text: String,
    },
}

impl Face<'_> {
    /// A note, whole. `None` for one on a record that Kommo could not name.
    pub(crate) fn note(&self, note: Note) -> Option<ShownNote> {
        let (entity, id) = named(&note.record)?;
        Some(ShownNote {
            id: note.no,
            entity_id: id,
            created_by: note.created_by.0,
            updated_by: note.updated_by.0,
            created_at: note.created_at.seconds(),
            updated_at: note.updated_at.seconds(),
            responsible_user_id: note.responsible.0,
            group_id: 0,
            note_type: note.kind,
            params: note.file.map_or(Params::Text { text: note.text }, of_file),
            account_id: self.account.0,
            is_pinned: false,
            links: self.links_of_note(entity, id, note.no),
        })
    }

    /// The links of a note.
    pub(crate) fn links_of_note(&self, entity: Entity, id: i64, no: i64) -> Links {
        let (id, no) = (id.to_string(), no.to_string());
        to_self(self.href([entity.word(), id.as_str(), "notes", no.as_str()]))
    }
}

fn of_file(file: NoteFile) -> Params {
    Params::File {
        is_drive_attachment: true,
        file_name: plain(&file.name),
        text: file.name.clone(),
        original_name: file.name,
        file_uuid: file.file,
        version_uuid: file.version,
        is_deleted: file.deleted.then_some(true),
    }
}

/// A name in ASCII letters, with `_` for blanks and brackets.
fn plain(name: &str) -> String {
    let ascii = deunicode::deunicode(name);
    ascii.chars().map(|c| if c.is_whitespace() || "()[]{}<>".contains(c) { '_' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use attache_http::PublicUrl;
    use attache_model::{AccountNo, FileNo, Time};
    use serde_json::{Value, json};
    use uuid::Uuid;

    const FILE: &str = "3b450000-0000-7000-8000-000000000001";

    fn record() -> Record {
        "deal/5".parse().unwrap()
    }

    fn read(value: &Value) -> Result<NewNote, ItemError> {
        new(&Item::of(value, String::new()).unwrap(), record())
    }

    fn of(kind: &str, params: impl Into<Value>) -> Value {
        json!({ "note_type": kind, "params": params.into() })
    }

    #[test]
    fn what_the_official_client_sends_for_a_file_is_a_note_that_follows_it() {
        let params = json!({ "file_uuid": FILE, "file_name": "Акт (1).pdf", "version_uuid": null });
        let sent = json!({
            "entity_id": 5, "note_type": "attachment", "params": params, "created_by": 0, "created_at": 1_671_687_247,
            "request_id": "1", "is_need_to_trigger_digital_pipeline": false
        });
        let note = read(&sent).unwrap();
        let file = FileUse { name: Some("Акт (1).pdf".to_owned()), ..FileUse::of(FILE.parse().unwrap()) };
        assert_eq!((note.kind.as_str(), note.file), ("attachment", Some(file)));
        assert_eq!(note.created_at, Some(Time(1_671_687_247_000_000)));
        assert_eq!((note.created_by, note.responsible), (Some(UserNo(0)), None));
    }

    #[test]
    fn notes_of_other_kinds_are_their_words() {
        for kind in ["common", "service_message"] {
            let note = read(&of(kind, json!({ "text": "Called back", "service": "desk" }))).unwrap();
            assert_eq!((note.kind.as_str(), note.text.as_str(), note.file), (kind, "Called back", None));
        }
    }

    #[test]
    fn a_fault_is_told_where_it_is() {
        for (sent, place) in [
            (json!({ "params": {} }), "note_type"),
            (json!({ "data": { "note_type": "common" } }), "note_type"),
            (json!({ "note_type": "common" }), "params"),
            (of("common", json!("text")), "params"),
            (of("common", json!({})), "params.text"),
            (of("common", json!({ "text": [] })), "params.text"),
            (of("attachment", json!({ "file_name": "a.txt" })), "params.file_uuid"),
            (of("attachment", json!({ "file_uuid": "x", "file_name": "a.txt" })), "params.file_uuid"),
            (of("attachment", json!({ "file_uuid": FILE })), "params.file_name"),
            (
                of("attachment", json!({ "file_uuid": FILE, "file_name": "a", "version_uuid": 7 })),
                "params.version_uuid",
            ),
        ] {
            assert_eq!(read(&sent).unwrap_err().path, place, "{sent}");
        }
    }

    #[test]
    fn a_change_may_bring_words_or_a_file_and_what_was_read_can_be_sent_back() {
        let change = |value: Value| change(&Item::of(&value, String::new()).unwrap(), 9).unwrap();
        let words = change(of("common", json!({ "text": "Later" })));
        assert_eq!((words.text.as_deref(), words.file), (Some("Later"), None));
        let back = change(of(
            "attachment",
            json!({
                "is_drive_attachment": true, "text": "Акт.pdf", "original_name": "Акт.pdf", "file_uuid": FILE,
                "file_name": "Akt.pdf"
            }),
        ));
        assert_eq!(back.file.unwrap().name.as_deref(), Some("Акт.pdf"));
        assert_eq!(change(json!({})), NoteChange { no: 9, ..NoteChange::default() });
    }

    fn note(file: Option<NoteFile>) -> Note {
        let kind = if file.is_some() { ATTACHMENT } else { "common" };
        Note {
            no: 42,
            record: record(),
            kind: kind.to_owned(),
            text: "Called back".to_owned(),
            file,
            created_at: Time(1_671_687_247_000_000),
            updated_at: Time(1_671_687_248_000_000),
            created_by: UserNo(7),
            updated_by: UserNo(7),
            responsible: UserNo(8),
        }
    }

    #[test]
    fn notes_are_shown_as_kommo_shows_them() {
        let public = PublicUrl::parse("https://crm.example.com").unwrap();
        let face = Face { public: &public, account: AccountNo(3) };
        let id = FileId(Uuid::from_u128(0x0192_0000_0000_7abc_8fff_0000_0000_0001));
        let file = |deleted| NoteFile {
            no: FileNo(1),
            file: id,
            version: VersionId::of(id, 1),
            pinned: false,
            name: "Акт сверки [2] (new).pdf".to_owned(),
            deleted,
        };
        insta::assert_json_snapshot!("note_attachment", face.note(note(Some(file(false)))).unwrap());
        insta::assert_json_snapshot!("note_common", face.note(note(None)).unwrap());
        let shown = serde_json::to_value(face.note(note(Some(file(true)))).unwrap()).unwrap();
        assert_eq!(shown["params"]["is_deleted"], true);
    }
}
