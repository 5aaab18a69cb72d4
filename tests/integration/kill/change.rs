//! Changes of a file: what is asked for, and what becomes of the file.

use super::Life;
use super::book::{Book, Stage, State};
use super::work::{Gone, ask, part, send};
use attache_tests::Client;
use reqwest::RequestBuilder;
use reqwest::multipart::Form;
use serde_json::json;

/// What is asked for, and what it makes of the file.
type Asked = (RequestBuilder, State);

/// Asks for a change of the file at `at`.
pub(super) async fn change(
    book: &mut Book,
    life: &Life,
    at: usize,
    ask: impl Fn(&mut Book, &Client, usize) -> Option<Asked>,
) -> Result<(), Gone> {
    let Some((request, wanted)) = ask(book, &life.client, at) else { return Ok(()) };
    book.files[at].wanted = Some(wanted);
    book.files[at].fresh = true;
    send(life, request).await?;
    book.acknowledge(at);
    Ok(())
}

/// The file's own address; its number stands for its id.
fn address(book: &Book, at: usize) -> String {
    format!("/v1/files/{}", book.files[at].no)
}

fn hubspot(book: &Book, at: usize) -> String {
    format!("/files/v3/files/{}", book.files[at].no)
}

fn staged(book: &Book, at: usize, stage: Stage) -> State {
    State { stage, ..book.files[at].known.clone() }
}

pub(super) fn restore(book: &mut Book, client: &Client, at: usize) -> Option<Asked> {
    Some((client.post(&format!("{}/restore", address(book, at))), staged(book, at, Stage::Living)))
}

pub(super) fn trash(book: &mut Book, client: &Client, at: usize) -> Option<Asked> {
    let path = if book.dice.one_in(2) { address(book, at) } else { hubspot(book, at) };
    Some((client.delete(&path), staged(book, at, Stage::Trashed)))
}

pub(super) fn erase(book: &mut Book, client: &Client, at: usize) -> Option<Asked> {
    let native = book.files[at].known.stage == Stage::Trashed || book.dice.one_in(2);
    let path =
        if native { format!("{}?erase=true", address(book, at)) } else { format!("{}/gdpr-delete", hubspot(book, at)) };
    Some((client.delete(&path), staged(book, at, Stage::Nowhere)))
}

pub(super) fn replace(book: &mut Book, client: &Client, at: usize) -> Option<Asked> {
    let content = book.new_content();
    let mut wanted = book.files[at].known.clone();
    let request = if book.dice.one_in(2) {
        client.put(&format!("{}/content", address(book, at))).body(content.bytes())
    } else {
        client
            .put(&hubspot(book, at))
            .multipart(Form::new().text("options", r#"{"access":"PRIVATE"}"#).part("file", part(content, &wanted.name)))
    };
    wanted.versions.push(content);
    Some((request, wanted))
}

/// Replaces the content of the file if it is as it was just seen.
pub(super) async fn overwrite(book: &mut Book, life: &Life, at: usize) -> Result<(), Gone> {
    let tag = ask(life, life.client.get(&address(book, at))).await?.header("etag").to_owned();
    let replace = |book: &mut Book, client: &Client, at: usize| {
        let content = book.new_content();
        let mut wanted = book.files[at].known.clone();
        wanted.versions.push(content);
        let path = format!("{}/content", address(book, at));
        Some((client.put(&path).header("If-Match", &tag).body(content.bytes()), wanted))
    };
    change(book, life, at, replace).await
}

pub(super) fn rename(book: &mut Book, client: &Client, at: usize) -> Option<Asked> {
    let name = format!("f{}.bin", book.fresh_number());
    let request = client.patch(&address(book, at)).json(&json!({ "name": name }));
    Some((request, State { name, ..book.files[at].known.clone() }))
}

pub(super) fn move_over(book: &mut Book, client: &Client, at: usize) -> Option<Asked> {
    let in_moving = !book.files[at].known.in_moving;
    let request = client.patch(&address(book, at)).json(&json!({ "folder": book.folder(in_moving) }));
    Some((request, State { in_moving, ..book.files[at].known.clone() }))
}

pub(super) fn link(book: &mut Book, client: &Client, at: usize) -> Option<Asked> {
    let mut wanted = book.files[at].known.clone();
    let record = format!("contact/{}", book.fresh_number());
    wanted.records.insert(record.clone());
    Some((client.put(&format!("/v1/records/{record}/files/{}", book.files[at].no)), wanted))
}

pub(super) fn unlink(book: &mut Book, client: &Client, at: usize) -> Option<Asked> {
    let mut wanted = book.files[at].known.clone();
    let record = wanted.records.pop_first()?;
    Some((client.delete(&format!("/v1/records/{record}/files/{}", book.files[at].no)), wanted))
}
