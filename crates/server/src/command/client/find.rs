//! `attache find`: files by name and other properties.

use super::failure::{Exit, Result};
use super::output::{Output, Width};
use super::site;
use crate::cli::Find;
use serde_json::json;

pub(super) async fn run(wish: &Find, out: &mut Output<'_>) -> Result<Exit> {
    let (client, width) = (site(&wish.session)?.client, Width::new(wish.long));
    let filters = filters(wish);
    let mut pages = if wish.trashed { client.trash(&filters) } else { client.files(&filters) };
    let mut found = false;
    while let Some(page) = pages.next().await? {
        for file in page {
            if !found {
                out.line(&width.heads())?;
            }
            found = true;
            out.line(&width.file(&file, &file.path))?;
            out.object(&json!({ "file": file }))?;
        }
    }
    Ok(if found { Exit::Done } else { Exit::Missing })
}

/// The filters in the API's words.
fn filters(wish: &Find) -> Vec<(&'static str, String)> {
    let number = |number: Option<u64>| number.map(|number| number.to_string());
    let given = [
        ("name_contains", wish.text.clone()),
        ("under", wish.under.clone()),
        ("record", wish.record.clone()),
        ("kind", wish.kind.clone()),
        ("type", wish.media_type.clone()),
        ("extension", wish.extension.clone()),
        ("size_min", number(wish.size_min)),
        ("size_max", number(wish.size_max)),
        ("created_after", wish.created_after.clone()),
        ("created_before", wish.created_before.clone()),
        ("sha256", wish.sha256.clone()),
        ("sort", Some(wish.sort.clone())),
    ];
    given.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}
