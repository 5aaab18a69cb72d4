//! The multipart form of an upload. Its parts come in any order: some clients send the file first, others last.

use crate::members::{Members, both_folders, folder_path};
use crate::text;
use attache_core::{Edit, Expect, Staged, check_type};
use attache_http::multipart::{Multipart, Part};
use attache_model::error::Code;
use attache_model::limits::Limits;
use attache_model::{Error, FolderNo, FolderRef, Result};
use axum::body::Body;
use http::HeaderMap;

/// A form that is being read.
pub(crate) struct Form {
    parts: Multipart,
    fields: Fields,
    file: Option<FilePart>,
}

/// The text fields that have come so far.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    folder_id: Option<String>,
    folder_path: Option<String>,
    pub(crate) file_name: Option<String>,
    pub(crate) charset: Option<String>,
    options: Option<String>,
}

/// What a file's part says about it.
#[derive(Clone, Debug, Default)]
pub(crate) struct PartHead {
    /// The last component of the name that the client gave.
    pub(crate) name: Option<String>,
    /// The media type that the client declared.
    pub(crate) media_type: Option<String>,
}

struct FilePart {
    head: PartHead,
    staged: Staged,
}

impl Form {
    /// The form of a request.
    ///
    /// # Errors
    /// Those of [`Multipart::of`].
    pub(crate) fn of(headers: &HeaderMap, body: Body, limits: &Limits) -> Result<Form> {
        Ok(Form { parts: Multipart::of(headers, body, limits)?, fields: Fields::default(), file: None })
    }

    /// Reads on to the file's part, keeping the fields before it; `None` at the end of the form.
    ///
    /// # Errors
    /// [`Code::DuplicateParameter`] for a part that was there already; those of [`Multipart::next_part`].
    pub(crate) async fn next_file(&mut self) -> Result<Option<Part>> {
        while let Some(part) = self.parts.next_part().await? {
            if part.name == "file" {
                return if self.file.is_none() { Ok(Some(part)) } else { Err(twice("file")) };
            }
            self.fields.keep(part).await?;
        }
        Ok(None)
    }

    /// Takes a file's bytes in. They are durable then, and gone again should the form come to nothing.
    ///
    /// # Errors
    /// Those of [`Edit::stage`].
    pub(crate) async fn stage(&mut self, edit: &Edit<'_>, part: Part, limits: &Limits) -> Result<()> {
        let head = PartHead::of(&part);
        let staged = edit.stage(part.stream(), &Expect::at_most(limits.file_bytes)).await?;
        self.file = Some(FilePart { head, staged });
        Ok(())
    }

    /// The fields that have come so far.
    pub(crate) fn fields(&self) -> &Fields {
        &self.fields
    }

    /// The whole form, once it has been read to its end.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it has no file.
    pub(crate) fn finish(self) -> Result<(Fields, PartHead, Staged)> {
        let missing =
            || Error::malformed(Code::ValueInvalid, "file", "file parameter is required: a part with the bytes");
        let file = self.file.ok_or_else(missing)?;
        Ok((self.fields, file.head, file.staged))
    }
}

impl Fields {
    /// Keeps a part that is one of ours; others are passed over.
    async fn keep(&mut self, part: Part) -> Result<()> {
        let (name, slot) = match part.name.as_str() {
            "folderId" => ("folderId", &mut self.folder_id),
            "folderPath" => ("folderPath", &mut self.folder_path),
            "fileName" => ("fileName", &mut self.file_name),
            "charsetHunch" => ("charsetHunch", &mut self.charset),
            "options" => ("options", &mut self.options),
            _ => return Ok(()),
        };
        if slot.is_some() {
            return Err(twice(name));
        }
        *slot = Some(part.text().await?);
        Ok(())
    }

    /// Whether the options have come, so that the rest can be judged.
    pub(crate) fn has_options(&self) -> bool {
        self.options.is_some()
    }

    /// The members of the `options` part.
    ///
    /// # Errors
    /// [`Error::Malformed`] when it is missing or is no JSON object.
    pub(crate) fn options(&self, limits: &Limits) -> Result<Members> {
        let missing = || Error::malformed(Code::ValueInvalid, "options", "options parameter is required");
        Members::of_options(self.options.as_deref().ok_or_else(missing)?, limits)
    }

    /// The folder to upload to; the root when none is named.
    ///
    /// # Errors
    /// [`Error::Malformed`] for an id that is none, [`Error::Invalid`] for a bad path or when both are named.
    pub(crate) fn folder(&self) -> Result<FolderRef> {
        match (&self.folder_id, &self.folder_path) {
            (Some(_), Some(_)) => Err(both_folders("folderId", "folderPath")),
            (Some(id), None) => {
                let fault = || Error::malformed(Code::ValueInvalid, "folderId", "it must be an id of decimal digits");
                text::id(id).map(|no| FolderRef::No(FolderNo(no))).ok_or_else(fault)
            }
            (None, Some(path)) => folder_path(path, "folderPath"),
            (None, None) => Ok(FolderRef::ROOT),
        }
    }
}

impl PartHead {
    /// From a part.
    pub(crate) fn of(part: &Part) -> PartHead {
        let name = part.file_name.as_deref().and_then(|name| name.rsplit(['/', '\\']).next());
        PartHead {
            name: name.filter(|name| !name.is_empty()).map(str::to_owned),
            // One that cannot be read is as if absent: clients guess it, and the bytes tell more.
            media_type: part.content_type.clone().filter(|kind| check_type(kind).is_ok()),
        }
    }
}

fn twice(name: &str) -> Error {
    Error::malformed(Code::DuplicateParameter, name, "the part was sent twice; send it once")
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use http::header::CONTENT_TYPE;

    fn part(name: &str, value: &str) -> String {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    }

    fn file(name: &str) -> String {
        let head = format!("Content-Disposition: form-data; name=\"file\"; filename=\"{name}\"");
        format!("--b\r\n{head}\r\nContent-Type: image/png\r\n\r\nbytes\r\n")
    }

    fn form(parts: &[String]) -> Form {
        let kind = HeaderValue::from_static("multipart/form-data; boundary=b");
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, kind)]);
        let body = format!("{}--b--\r\n", parts.concat());
        Form::of(&headers, Body::from(body), &Limits::default()).unwrap()
    }

    /// Reads the whole form and tells its fields and the head of its file.
    async fn read(parts: &[String]) -> Result<(Fields, Option<PartHead>)> {
        let (mut form, mut head) = (form(parts), None);
        while let Some(part) = form.next_file().await? {
            head = Some(PartHead::of(&part));
        }
        Ok((form.fields, head))
    }

    async fn fields(parts: &[String]) -> Fields {
        read(parts).await.unwrap().0
    }

    fn refused<T: std::fmt::Debug>(result: Result<T>) -> String {
        result.unwrap_err().to_string()
    }

    #[tokio::test]
    async fn the_file_may_come_first_or_last() {
        let options = part("options", r#"{"access":"PRIVATE"}"#);
        for parts in [[file("cat.png"), options.clone()], [options.clone(), file("cat.png")]] {
            let (fields, head) = read(&parts).await.unwrap();
            assert!(fields.has_options());
            assert_eq!(head.unwrap().name.as_deref(), Some("cat.png"));
        }
    }

    #[tokio::test]
    async fn fields_are_known_before_the_file_only_when_they_came_before_it() {
        let mut late = form(&[file("cat.png"), part("options", "{}")]);
        assert!(late.next_file().await.unwrap().is_some());
        assert!(!late.fields().has_options());
        let mut early = form(&[part("options", "{}"), file("cat.png")]);
        assert!(early.next_file().await.unwrap().is_some());
        assert!(early.fields().has_options());
    }

    #[tokio::test]
    async fn a_field_that_comes_twice_is_refused_and_an_unknown_one_is_passed_over() {
        let twice = [part("options", "{}"), part("options", "{}")];
        assert_eq!(refused(read(&twice).await), "options: the part was sent twice; send it once");
        assert!(read(&[part("colour", "red"), part("colour", "blue")]).await.is_ok());
    }

    #[tokio::test]
    async fn missing_parts_are_told_by_name() {
        let none = fields(&[]).await;
        assert_eq!(refused(none.options(&Limits::default()).map(|_| ())), "options: options parameter is required");
        let unread = fields(&[part("options", "{access: PRIVATE}")]).await;
        assert!(refused(unread.options(&Limits::default()).map(|_| ())).starts_with("options: "));
        assert!(refused(form(&[]).finish().map(|_| ())).starts_with("file: file parameter is required"));
    }

    #[tokio::test]
    async fn a_folder_is_named_by_id_or_by_path_or_not_at_all() {
        let folder = async |parts: &[String]| fields(parts).await.folder();
        assert_eq!(folder(&[]).await.unwrap(), FolderRef::ROOT);
        assert_eq!(folder(&[part("folderId", "0")]).await.unwrap(), FolderRef::ROOT);
        assert_eq!(folder(&[part("folderPath", "a//b/")]).await.unwrap(), FolderRef::Path("/a/b".to_owned()));
        let both = [part("folderId", "7"), part("folderPath", "/a")];
        assert_eq!(refused(folder(&both).await), "folderId: it cannot stand beside folderPath; give one of the two");
        assert!(refused(folder(&[part("folderId", "seven")]).await).starts_with("folderId: "));
        assert!(refused(folder(&[part("folderPath", "/a/../b")]).await).starts_with("folderPath: "));
    }

    #[tokio::test]
    async fn of_a_parts_name_only_the_last_component_counts() {
        for (sent, kept) in [("/tmp/cat.png", Some("cat.png")), ("C:\\pictures\\cat.png", Some("cat.png")), ("", None)]
        {
            let (_, head) = read(&[file(sent)]).await.unwrap();
            assert_eq!(head.unwrap().name.as_deref(), kept, "{sent}");
        }
    }

    #[tokio::test]
    async fn a_media_type_that_cannot_be_read_is_as_if_absent() {
        for (sent, kept) in [("image/png", Some("image/png")), ("nonsense", None)] {
            let (_, head) = read(&[file("cat.png").replace("image/png", sent)]).await.unwrap();
            assert_eq!(head.unwrap().media_type.as_deref(), kept, "{sent}");
        }
    }
}
