//! Fetching a file from a URL. A source's failure ends the task; ours is tried again.

use super::{Ended, Verdict};
use crate::outgoing;
use crate::parameter::{extended, parameters};
use crate::plan::{NewFile, NewImport, NewName};
use crate::settle::Held;
use crate::{Body, Caller, Core, Expect};
use attache_model::Error;
use attache_model::file::Source;
use attache_model::task::TaskResult;
use futures_util::TryStreamExt as _;
use reqwest::{Response, header};
use serde::{Deserialize, Serialize};
use url::Url;

/// The kind's word.
pub(crate) const KIND: &str = "import_url";

/// What is to be fetched and made.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Payload {
    url: String,
    file: NewFile,
}

impl Payload {
    pub(crate) fn new(new: NewImport) -> Payload {
        Payload { url: new.url, file: NewFile { source: Source::Import, ..new.file } }
    }

    /// The file to make of an answer.
    fn file(self, told: Option<String>, media_type: Option<String>) -> NewFile {
        let name = match self.file.name {
            NewName::Derived { given, .. } => NewName::Derived { given, part: told },
            exact @ NewName::Exact(_) => exact,
        };
        NewFile { name, media_type, ..self.file }
    }
}

pub(crate) async fn run(core: &Core, caller: &Caller, held: Held, payload: Payload) -> Ended {
    let limits = core.limits();
    let url = outgoing::parse(&payload.url, limits)?;
    let client = core.0.outgoing.client(limits)?;
    let answer = core.0.outgoing.fetch(&client, url.clone(), limits).await.map_err(source_fault)?;
    accept(&answer)?;
    attache_point::fail_point!("core.import_answered");
    let part = part_name(&answer, &url);
    let media_type = header_text(&answer, header::CONTENT_TYPE).filter(|text| crate::check_type(text).is_ok());
    let len = answer.content_length();
    let expect = Expect { len, ..Expect::at_most(limits.file_bytes) };
    let body = Body::new(answer.bytes_stream().map_err(|error| std::io::Error::other(error.without_url())), len);
    let edit = core.edit(caller)?.for_task(held);
    let staged = edit.stage(body, &expect).await.map_err(source_fault)?;
    let put = edit.put_file(payload.file(part, media_type), staged).await;
    match put {
        Ok(put) => Ok(Some(TaskResult::File(put.into_file().no))),
        Err(Error::Exists { no, .. }) => {
            Err(Verdict::drop("exists", format!("The same file is there already: number {no}.")))
        }
        Err(error) => Err(error.into()),
    }
}

/// Refuses answers that carry no file.
fn accept(answer: &Response) -> Result<(), Verdict> {
    let status = answer.status();
    if status.as_u16() != 200 {
        return Err(Verdict::drop("source_status", format!("The source answered with status {}.", status.as_u16())));
    }
    let encoded =
        header_text(answer, header::CONTENT_ENCODING).is_some_and(|how| !how.eq_ignore_ascii_case("identity"));
    if encoded {
        let why = "The source sent an encoded body although it was asked for a plain one.";
        return Err(Verdict::drop("source_encoding", why));
    }
    Ok(())
}

/// A source that does not answer, or not wholly, ends the task: the caller decides whether to ask again.
fn source_fault(error: Error) -> Verdict {
    match error {
        Error::UrlRefused => Verdict::drop("url_refused", error.to_string()),
        Error::Cut | Error::Length { .. } => Verdict::drop("source_truncated", "The source's answer ended early."),
        Error::TooLarge { limit, .. } => {
            Verdict::drop("too_large", format!("The source's file is larger than {limit} bytes."))
        }
        Error::Unavailable(cause) if cause.op == "fetch a URL" => {
            Verdict::drop("source_unreachable", "The source did not answer.")
        }
        error => error.into(),
    }
}

/// The name that the source gives its file: by its answer, else by the URL's last segment.
fn part_name(answer: &Response, url: &Url) -> Option<String> {
    let told = header_text(answer, header::CONTENT_DISPOSITION).and_then(|text| disposition_name(&text));
    let segment = || {
        let last = url.path_segments()?.next_back()?;
        Some(percent_encoding::percent_decode_str(last).decode_utf8().ok()?.into_owned())
    };
    told.or_else(segment).map(|name| last_component(&name).to_owned()).filter(|name| !name.is_empty())
}

fn last_component(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or_default()
}

/// `filename*` before `filename` (RFC 6266).
fn disposition_name(text: &str) -> Option<String> {
    let (_, rest) = text.split_once(';')?;
    let parameters = parameters(rest)?;
    let get = |wanted: &str| parameters.iter().find_map(|(name, value)| (name == wanted).then_some(value));
    let full = get("filename*").and_then(|value| extended(value)?.ok());
    full.or_else(|| get("filename").cloned())
}

fn header_text(answer: &Response, name: header::HeaderName) -> Option<String> {
    answer.headers().get(name)?.to_str().ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extended_name_of_a_disposition_goes_first() {
        assert_eq!(disposition_name("attachment; filename=\"a b.txt\"").as_deref(), Some("a b.txt"));
        assert_eq!(
            disposition_name("attachment; filename=\"x.txt\"; filename*=UTF-8''%E2%82%AC.txt").as_deref(),
            Some("\u{20ac}.txt")
        );
        for (text, name) in [
            ("attachment; filename=\"Smith; John.txt\"", "Smith; John.txt"),
            ("attachment; filename=\"a\\\"b.txt\"", "a\"b.txt"),
            ("attachment; FileName = a.txt", "a.txt"),
            ("attachment; filename=\"x\"; filename*=Utf-8'en'%C3%A9.txt", "\u{e9}.txt"),
            ("attachment; filename=\"x\"; filename*=latin1''%E9.txt", "x"),
        ] {
            assert_eq!(disposition_name(text).as_deref(), Some(name), "{text}");
        }
        for none in ["inline", "attachment; filename=\"x", ""] {
            assert_eq!(disposition_name(none), None, "{none}");
        }
    }
}
