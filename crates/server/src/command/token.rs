//! `attache token`: makes, lists and revokes tokens.

use super::table;
use crate::cli::{NewToken, TokenCommand, Which};
use crate::{Error, Result, scope};
use attache_core::{self as core, Core, TokenForm};
use attache_model::id::TokenId;
use attache_model::token::Token;
use attache_model::{Error as Refused, Scope, Time, UserNo, What};
use serde_json::json;
use std::io::Write;
use std::process::ExitCode;

pub(super) async fn run(core: Core, command: TokenCommand, out: &mut impl Write) -> Result<ExitCode> {
    match command {
        TokenCommand::Create(new) => create(&core, new, out).await?,
        TokenCommand::List(which) => list(&core, &which, out).await?,
        TokenCommand::Revoke { id } => revoke(&core, &id).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn create(core: &Core, new: NewToken, out: &mut impl Write) -> Result<()> {
    let scopes = scope::parse(&new.powers.scopes).map_err(Error::Argument)?;
    let form = match new.jwt {
        true => TokenForm::Jwt { vendors: attache_kommo::scope::names(scopes).collect() },
        false => TokenForm::Plain,
    };
    let account = new.powers.account.clone();
    let user = UserNo(new.powers.user);
    let wish = core::NewToken { account: new.powers.account, user, name: new.name, scopes, life: new.ttl, form };
    let (_, secret) = core.operator().make_token(wish).await.map_err(|error| match error {
        Refused::Invalid { field, why, .. } => Error::Argument(format!("--{field}: {why}")),
        other => no_account(other, &account),
    })?;
    writeln!(out, "{}", secret.reveal()).map_err(Error::io("write the token"))
}

async fn list(core: &Core, which: &Which, out: &mut impl Write) -> Result<()> {
    let wanted = which.account.as_deref();
    let tokens = core.operator().tokens(wanted).await.map_err(|error| no_account(error, wanted.unwrap_or_default()))?;
    if which.json {
        let items: Vec<serde_json::Value> = tokens.iter().map(|(token, account)| item(token, account)).collect();
        return writeln!(out, "{}", serde_json::Value::from(items)).map_err(Error::io("write the list"));
    }
    let rows: Vec<[String; 6]> = tokens.iter().map(|(token, account)| row(token, account)).collect();
    let head = ["ID", "ACCOUNT", "SCOPES", "EXPIRES", "LAST USED", "NAME"];
    table::write(out, head, &rows).map_err(Error::io("write the list"))
}

async fn revoke(core: &Core, id: &str) -> Result<()> {
    let wrong = || Error::Argument(format!("there is no token '{id}'; `attache token list` shows all ids"));
    let token: TokenId = id.parse().map_err(|_| wrong())?;
    match core.operator().revoke_token(token).await {
        Err(Refused::NotFound(_)) => Err(wrong()),
        outcome => Ok(outcome?),
    }
}

pub(super) fn no_account(error: Refused, name: &str) -> Error {
    match error {
        Refused::NotFound(What::Account) => {
            Error::Argument(format!("there is no account '{name}'; `attache account list` shows all"))
        }
        other => other.into(),
    }
}

fn row(token: &Token, account: &str) -> [String; 6] {
    let or = |time: Option<Time>, none: &str| time.map_or_else(|| none.to_owned(), |time| time.to_string());
    let scopes: Vec<&str> = token.scopes.iter().map(Scope::word).collect();
    let (expires, used) = (or(token.expires_at, "never"), or(token.last_used_at, "never"));
    [token.id.to_string(), account.into(), scopes.join(","), expires, used, token.name.clone()]
}

fn item(token: &Token, account: &str) -> serde_json::Value {
    let time = |time: Option<Time>| time.map(|time| time.to_string());
    json!({
        "id": token.id.to_string(),
        "no": token.no,
        "name": token.name,
        "account": account,
        "user": token.user.0,
        "scopes": token.scopes.iter().map(Scope::word).collect::<Vec<_>>(),
        "created_at": token.created_at.to_string(),
        "expires_at": time(token.expires_at),
        "last_used_at": time(token.last_used_at),
        "grant": token.grant.map(|id| id.to_string()),
    })
}
