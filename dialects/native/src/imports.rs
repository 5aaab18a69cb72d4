//! Imports: files fetched from a URL by a task.

use crate::plan::Fields;
use crate::types::{Accepted, NewImport};
use crate::{Answer, Editing, Params, Site, read, tasks};
use attache_core::NewName;
use attache_model::file::Source;
use attache_model::{Name, Result, Time};
use axum::body::Body;
use axum::extract::State;
use http::HeaderMap;

/// Import a file from a URL
///
/// A task fetches it. Only public addresses are fetched, also behind redirects: an address in the URL that is not public
/// is refused at once, and one that a name or a redirect leads to ends the task.
#[utoipa::path(post, path = "/v1/imports", tag = "Files", operation_id = "importFile", request_body = NewImport,
    responses((status = 202, description = "The task that was asked for.", body = Accepted,
        headers(("Location" = String, description = "Address of the task.")))))]
pub(crate) async fn create(
    State(site): State<Site>,
    caller: Editing,
    query: Params,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    query.only(&[])?;
    let edit = caller.edit()?;
    let asked: NewImport = read::json(&headers, body, site.core.limits()).await?;
    Ok(tasks::accepted(edit.import_at_once(wanted(asked, edit.now())?).await?, &site.public))
}

/// An import as core takes it.
fn wanted(mut asked: NewImport, now: Time) -> Result<attache_core::NewImport> {
    let name = match asked.name.take() {
        Some(name) => NewName::Exact(Name::parse(&name)?),
        None => NewName::Derived { given: None, part: None },
    };
    let url = std::mem::take(&mut asked.url);
    let mut file = Fields::from(asked).plan_named(name, now)?;
    file.source = Source::Import;
    Ok(attache_core::NewImport { url, file })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn import(json: &str) -> Result<attache_core::NewImport> {
        wanted(serde_json::from_str(json).unwrap(), Time(0))
    }

    #[test]
    fn an_import_without_a_name_takes_the_sources() {
        let import = import(r#"{"url":"https://example.com/a.pdf","records":["deal/7"]}"#).unwrap();
        assert_eq!(import.file.name, NewName::Derived { given: None, part: None });
        assert_eq!((import.file.links.len(), import.url.as_str()), (1, "https://example.com/a.pdf"));
    }

    #[test]
    fn an_import_with_a_bad_name_is_refused_before_anything_is_fetched() {
        assert!(import(r#"{"url":"https://example.com/","name":"../x"}"#).is_err());
    }
}
