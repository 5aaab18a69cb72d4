//! `attache login`, `logout` and `whoami`.

use super::failure::{Exit, Failure, Result};
use super::output::Output;
use super::profile::{Login, Profiles};
use super::{secret, site};
use crate::cli;
use attache_client::{Address, Client};
use serde_json::{Value, json};
use std::io::{IsTerminal, Read, Write};

/// Most bytes of a token on standard input.
const TOKEN_MAX: u64 = 16 << 10;

/// The login that the environment names; it wins over one that is kept.
pub(super) fn of_environment() -> Result<Option<Login>> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    match (variable("ATTACHE_URL"), variable("ATTACHE_TOKEN")) {
        (Some(url), Some(token)) => Ok(Some(Login { url, token })),
        (None, None) => Ok(None),
        (Some(_), None) => Err(Failure::trouble("ATTACHE_URL is set and ATTACHE_TOKEN is not; set both or none")),
        (None, Some(_)) => Err(Failure::trouble("ATTACHE_TOKEN is set and ATTACHE_URL is not; set both or none")),
    }
}

pub(super) async fn login(wish: &cli::Login, out: &mut Output<'_>) -> Result<Exit> {
    let profiles = Profiles::read()?;
    let name = &wish.session.profile;
    let url = match wish.url.clone().or_else(|| profiles.url(name)) {
        Some(url) => url,
        None if std::io::stdin().is_terminal() && !wish.token_stdin => {
            secret::ask_openly("Address of the server, such as https://files.example.com: ")?
        }
        None => return Err(Failure::trouble("say where the server is: attache login https://files.example.com")),
    };
    let address = Address::parse(&url)?;
    if address.is_open() {
        note(&format!("note: {address} is not encrypted; others on the way can read the token and the files"));
    }
    let token = if wish.token_stdin { from_stdin()? } else { secret::ask(&format!("Token for {address}: "))? };
    if token.is_empty() {
        return Err(Failure::trouble(
            "there was no token; the server's operator makes one with 'attache token create'",
        ));
    }
    let account = known(&Client::new(address.clone(), &token)?).await?;
    let url = address.to_string();
    profiles.keep(name, Login { url: url.clone(), token })?;
    note(&format!("logged in at {url} as {}", who(&account)));
    out.object(&json!({ "profile": name, "url": url, "account": account }))?;
    Ok(Exit::Done)
}

/// The account of a token. One that may not look at it is known all the same.
async fn known(client: &Client) -> Result<Value> {
    match client.account().await {
        Ok(account) => Ok(account),
        Err(error) if error.is("scope_missing") => Ok(Value::Null),
        Err(error) => Err(error.into()),
    }
}

fn from_stdin() -> Result<String> {
    let mut text = String::new();
    let read = std::io::stdin().lock().take(TOKEN_MAX).read_to_string(&mut text);
    read.map_err(Failure::io("read the token from standard input"))?;
    Ok(text.trim().to_owned())
}

pub(super) fn logout(session: &cli::Session, out: &mut Output<'_>) -> Result<Exit> {
    let name = &session.profile;
    let was_there = Profiles::read()?.forget(name)?;
    out.object(&json!({ "profile": name, "logged_out": was_there }))?;
    match was_there {
        true => Ok(Exit::Done),
        false => Err(Failure::missing(format!("there is no login '{name}'"))),
    }
}

pub(super) async fn whoami(session: &cli::Session, out: &mut Output<'_>) -> Result<Exit> {
    let client = site(session)?.client;
    let account = known(&client).await?;
    let url = client.address().to_string();
    out.line(&format!("{} at {url}", who(&account)))?;
    out.object(&json!({ "url": url, "account": account }))?;
    Ok(Exit::Done)
}

/// Who it is, for people.
fn who(account: &Value) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if account.is_null() {
        return "somebody whose token may not see the account".into();
    }
    let caller = &account["caller"];
    let scopes: Vec<String> = caller["scopes"].as_array().into_iter().flatten().map(text).collect();
    format!("user {} of account {} ({})", text(&caller["user"]), text(&account["name"]), scopes.join(", "))
}

/// Nothing is left to do when nobody can read it.
fn note(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
