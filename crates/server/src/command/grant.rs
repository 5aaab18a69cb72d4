//! `attache grant`: makes, lists and takes back what clients of OAuth may get tokens for.

use super::table;
use super::token::no_account;
use crate::cli::{GrantCommand, NewGrant, Which};
use crate::{Error, Result, scope};
use attache_core::{self as core, Core};
use attache_model::grant::Grant;
use attache_model::id::GrantId;
use attache_model::token::Secret;
use attache_model::{Error as Refused, Scope, UserNo};
use serde_json::json;
use std::io::Write;
use std::process::ExitCode;

pub(super) async fn run(core: Core, command: GrantCommand, out: &mut impl Write) -> Result<ExitCode> {
    match command {
        GrantCommand::Create(new) => create(&core, new, out).await?,
        GrantCommand::List(which) => list(&core, &which, out).await?,
        GrantCommand::Revoke { id } => revoke(&core, &id).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn create(core: &Core, new: NewGrant, out: &mut impl Write) -> Result<()> {
    let scopes = scope::parse(&new.powers.scopes).map_err(Error::Argument)?;
    let account = new.powers.account.clone();
    let wish = core::NewGrant {
        account: new.powers.account,
        user: UserNo(new.powers.user),
        scopes,
        client: new.client_id,
        secret: new.client_secret.map(Secret::new),
    };
    let made = core.operator().grant(wish).await.map_err(|error| match error {
        Refused::Invalid { field, why, .. } => Error::Argument(format!("--{}: {why}", field.replace('_', "-"))),
        error => no_account(error, &account),
    })?;
    let (id, client, until) = (made.grant.id, &made.grant.client, made.grant.expires_at);
    let (secret, code) = (made.secret.reveal(), made.code.reveal());
    let lines =
        format!("grant_id={id}\nclient_id={client}\nclient_secret={secret}\ncode={code}\ncode_expires_at={until}\n");
    out.write_all(lines.as_bytes()).map_err(Error::io("write the grant"))
}

async fn list(core: &Core, which: &Which, out: &mut impl Write) -> Result<()> {
    let wanted = which.account.as_deref();
    let grants = core.operator().grants(wanted).await.map_err(|error| no_account(error, wanted.unwrap_or_default()))?;
    if which.json {
        let items: Vec<serde_json::Value> = grants.iter().map(|(grant, account)| item(grant, account)).collect();
        return writeln!(out, "{}", serde_json::Value::from(items)).map_err(Error::io("write the list"));
    }
    let rows: Vec<[String; 6]> = grants.iter().map(|(grant, account)| row(grant, account)).collect();
    let heads = ["ID", "ACCOUNT", "CLIENT", "SCOPES", "EXPIRES", "LAST USED"];
    table::write(out, heads, &rows).map_err(Error::io("write the list"))
}

async fn revoke(core: &Core, id: &str) -> Result<()> {
    let wrong = || Error::Argument(format!("there is no grant '{id}'; `attache grant list` shows all ids"));
    let grant: GrantId = id.parse().map_err(|_| wrong())?;
    match core.operator().revoke_grant(grant).await {
        Err(Refused::NotFound(_)) => Err(wrong()),
        outcome => Ok(outcome?),
    }
}

fn row(grant: &Grant, account: &str) -> [String; 6] {
    let scopes: Vec<&str> = grant.scopes.iter().map(Scope::word).collect();
    let used = grant.used_at.map_or_else(|| "never".to_owned(), |at| at.to_string());
    let (id, expires) = (grant.id.to_string(), grant.expires_at.to_string());
    [id, account.into(), grant.client.clone(), scopes.join(","), expires, used]
}

fn item(grant: &Grant, account: &str) -> serde_json::Value {
    json!({
        "id": grant.id.to_string(),
        "account": account,
        "user": grant.user.0,
        "client_id": grant.client,
        "scopes": grant.scopes.iter().map(Scope::word).collect::<Vec<_>>(),
        "created_at": grant.created_at.to_string(),
        "expires_at": grant.expires_at.to_string(),
        "last_used_at": grant.used_at.map(|at| at.to_string()),
    })
}
