//! What must hold when the power is back, and what does not: each loss is a sentence.

use super::book::{Book, Page, Stage, State};
use crate::PROGRAM;
use crate::native::list;
use crate::tus::{BYTES, tus};
use attache_tests::{Ask, Client, Content};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::Value;
use std::path::Path;

/// Compares the books with what the server shows and gives. A request that got no answer may have happened wholly or
/// not at all, and the books then know which.
pub(super) async fn losses(client: &Client, books: &mut [Book]) -> Vec<String> {
    let mut losses = Vec::new();
    for page in books.iter_mut().flat_map(|book| &mut book.pages) {
        losses.extend(settle_growth(client, page).await);
    }
    let (living, trashed) = tokio::join!(list(client, "/v1/files"), list(client, "/v1/trash"));
    let mut shown: Vec<Value> = living.into_iter().chain(trashed).collect();
    for book in books.iter_mut() {
        let folders = [book.folder(0), book.folder(1)];
        for page in &mut book.pages {
            let face = shown.iter().position(|face| is_of(face, page)).map(|at| shown.swap_remove(at));
            losses.extend(settle(page, face.as_ref(), &folders));
        }
    }
    losses.extend(shown.iter().map(|face| format!("a file that nobody asked for, or that was erased: {face}")));
    let pages = books.iter().flat_map(|book| &book.pages);
    losses.extend(join_all(pages.map(|page| read(client, page))).await.into_iter().flatten());
    losses
}

/// Whether what is shown is a page's file. Names are never used twice.
fn is_of(face: &Value, page: &Page) -> bool {
    let names = page.wanted.iter().chain([&page.known]).map(|state| &state.name);
    let key = page.key.as_deref();
    names.into_iter().any(|name| face["name"] == name.as_str())
        || key.is_some_and(|key| face["id"] == key || face["no"].as_i64().is_some_and(|no| key.parse() == Ok(no)))
}

/// An upload in pieces has at least the bytes that were acknowledged, and at most those that were sent. One that has
/// them all becomes a file, if asked.
async fn settle_growth(client: &Client, page: &mut Page) -> Option<String> {
    if page.known.stage != Stage::Growing {
        return None;
    }
    let (at, content) = (page.key.clone()?, page.known.versions[0]);
    let answer = tus(client, Method::HEAD, &at).ask().await;
    let most = page.wanted.as_ref().map_or(page.known.sent, |wanted| wanted.sent);
    let sent = answer.header("upload-offset").parse().unwrap_or(usize::MAX);
    if answer.status != 200 || !(page.known.sent..=most).contains(&sent) {
        return Some(format!("the upload {page:?} is at {sent}: {}", answer.status));
    }
    page.known.sent = sent;
    page.wanted = None;
    if sent < content.len {
        return None;
    }
    let end = tus(client, Method::PATCH, &at).header("Upload-Offset", sent).header("Content-Type", BYTES).ask().await;
    page.known.stage = Stage::Living;
    page.key = Some(end.header("attache-file").to_owned());
    (end.status != 204).then(|| format!("the upload {page:?} is whole and does not end: {}", end.text()))
}

/// Notes what is shown of a page's file: it is what was known, or wholly what was wanted.
fn settle(page: &mut Page, face: Option<&Value>, folders: &[String; 2]) -> Option<String> {
    // Nobody ever heard the address of an upload whose opening was not answered.
    if page.wanted.as_ref().is_some_and(|wanted| wanted.stage == Stage::Growing) {
        page.wanted = None;
    }
    let wanted = page.wanted.take();
    let fits = |state: &&State| match face {
        None => matches!(state.stage, Stage::Nowhere | Stage::Growing),
        Some(face) => shows(face, state, folders),
    };
    let Some(state) = [Some(&page.known), wanted.as_ref()].into_iter().flatten().find(fits) else {
        let shown = face.map_or("nothing".to_owned(), Value::to_string);
        return Some(format!("{page:?}, of which {wanted:?} was asked, is shown as {shown}"));
    };
    let state = state.clone();
    page.known = state;
    page.key = face.and_then(|face| face["id"].as_str()).map(str::to_owned).or(page.key.take());
    None
}

/// Whether what is shown of a file is this state of it.
fn shows(face: &Value, state: &State, folders: &[String; 2]) -> bool {
    let stage = if face["trashed_at"].is_null() { Stage::Living } else { Stage::Trashed };
    let active = state.versions.last().map(|content| content.digest());
    state.stage == stage
        && face["name"] == state.name.as_str()
        && face["folder"] == folders[state.folder].as_str()
        && face["version"]["no"] == state.versions.len()
        && face["version"]["sha256"].as_str() == active.as_deref()
}

/// Every version of a living file comes back bit by bit.
async fn read(client: &Client, page: &Page) -> Vec<String> {
    let versions = if page.known.stage == Stage::Living { page.known.versions.as_slice() } else { &[] };
    let key = page.key.as_deref().unwrap_or_default();
    let read = |(no, content): (usize, &Content)| {
        let (at, content) = (format!("/v1/files/{key}/versions/{}/content", no + 1), *content);
        async move {
            let answer = client.get(&at).send().await;
            let (status, bytes) = match answer {
                Ok(answer) => (answer.status().as_u16(), answer.bytes().await.unwrap_or_default()),
                Err(_) => (0, Default::default()),
            };
            let whole = status == 200 && bytes == content.bytes();
            (!whole).then(|| format!("{at} is {content:?}, and came as {status} with {} bytes", bytes.len()))
        }
    };
    join_all(versions.iter().enumerate().map(read)).await.into_iter().flatten().collect()
}

/// The server's own check finds at most bytes of uploads that were cut, which it removes. `twice` demands that nothing
/// at all is left then.
pub(super) fn check(data: &Path, twice: bool) -> Vec<String> {
    let check = || {
        let line = ["check", "--repair", "--older-than", "0s"];
        attache_tests::command(PROGRAM, data, &line).output().expect("the check runs")
    };
    let said = String::from_utf8_lossy(&check().stdout).into_owned();
    let is_fault = |line: &&str| ["ghost:", "damaged:", "references:", "book:"].iter().any(|word| line.contains(word));
    let mut losses: Vec<String> = said.lines().filter(is_fault).map(str::to_owned).collect();
    if twice && losses.is_empty() {
        let second = check();
        if !second.status.success() {
            losses.push(format!("a second check finds: {}", String::from_utf8_lossy(&second.stdout)));
        }
    }
    losses
}
