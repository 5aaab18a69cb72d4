//! Searching files and folders.

use crate::properties::Properties;
use crate::types::{Collection, File, Folder, NextPage, Paging};
use crate::{App, HubSpot, Reply, filter};
use attache_core::{FileQuery, FolderQuery, Life};
use attache_http::dialect::json_answer;
use attache_http::{Params, PublicUrl, Query, Viewing};
use attache_model::Result;
use attache_model::page::Next;
use axum::extract::State;
use http::StatusCode;

/// `GET /files/search`.
pub(crate) async fn files(app: State<App>, who: Viewing<HubSpot>, query: Params<HubSpot>) -> Reply {
    let view = who.view()?;
    let face = app.face(view.caller());
    let (start, limit) = filter::page(&query)?;
    let (tests, order) = (filter::files(&query, face)?, filter::file_order(&query)?);
    let page = view.files(&FileQuery { tests, order, start, limit, life: Life::Living }).await?;
    let properties = Properties::of(&query);
    let results = page.items.iter().map(|file| properties.pick(face.file(file), File::REQUIRED));
    let results = results.collect::<Result<_>>()?;
    let paging = paging(&app.public, "files", &query, page.next.as_ref());
    Ok(json_answer(StatusCode::OK, &Collection { results, paging }))
}

/// `GET /folders/search`.
pub(crate) async fn folders(app: State<App>, who: Viewing<HubSpot>, query: Params<HubSpot>) -> Reply {
    let view = who.view()?;
    let face = app.face(view.caller());
    let (start, limit) = filter::page(&query)?;
    let (tests, order) = (filter::folders(&query)?, filter::folder_order(&query)?);
    let page = view.folders(&FolderQuery { tests, order, start, limit, life: Life::Living }).await?;
    let properties = Properties::of(&query);
    let results = page.items.iter().map(|folder| properties.pick(face.folder(folder), Folder::REQUIRED));
    let results = results.collect::<Result<_>>()?;
    let paging = paging(&app.public, "folders", &query, page.next.as_ref());
    Ok(json_answer(StatusCode::OK, &Collection { results, paging }))
}

/// Where the next page is: the same question with another `after`. There is none past the last offset that may be asked
/// for.
fn paging(public: &PublicUrl, things: &str, query: &Query, next: Option<&Next>) -> Option<Paging> {
    let after = match next? {
        Next::Offset(offset) if *offset <= filter::AFTER_MAX.unsigned_abs() => offset.to_string(),
        Next::Offset(_) | Next::Cursor(_) => return None,
    };
    let asked = query.iter().filter(|(name, _)| *name != "after");
    let link = public.link_with(["files", "v3", things, "search"], asked.chain([("after", after.as_str())]));
    Some(Paging { next: NextPage { after, link } })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(query: &str, offset: u64) -> Option<NextPage> {
        let public = PublicUrl::parse("https://files.example.com/base").unwrap();
        let query = Query::parse(query).unwrap();
        paging(&public, "files", &query, Some(&Next::Offset(offset))).map(|paging| paging.next)
    }

    #[test]
    fn the_next_page_asks_the_same_on_this_very_host() {
        let next = next("name=a+b%2Bc&after=10&limit=5&sort=-name&sort=id", 15).unwrap();
        assert_eq!(next.after, "15");
        assert_eq!(
            next.link,
            "https://files.example.com/base/files/v3/files/search?name=a%20b%2Bc&limit=5&sort=-name&sort=id&after=15"
        );
    }

    #[test]
    fn there_is_no_page_behind_10000() {
        assert!(next("", 10_000).is_some());
        assert!(next("", 10_001).is_none());
    }
}
