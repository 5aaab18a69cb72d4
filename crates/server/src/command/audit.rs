//! `attache audit`: verifies the audit logs of accounts, notes their heads down and shows their lines.

use super::token::no_account;
use crate::cli::{AuditCommand, AuditShow, AuditVerify};
use crate::{Error, Result};
use attache_core::{AuditReport, Core};
use attache_model::AccountNo;
use attache_model::account::Account;
use attache_model::audit::{AuditHead, AuditLine};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

/// Lines that are read at once.
const PAGE: u32 = 500;

pub(super) async fn run(core: Core, command: AuditCommand, out: &mut impl Write) -> Result<ExitCode> {
    match command {
        AuditCommand::Verify(wish) => verify(&core, &wish, out).await,
        AuditCommand::Head { account } => heads(&core, account.as_deref(), out).await,
        AuditCommand::Show(wish) => show(&core, &wish, out).await,
    }
}

async fn verify(core: &Core, wish: &AuditVerify, out: &mut impl Write) -> Result<ExitCode> {
    let noted = wish.head.as_deref().map(read_heads).transpose()?.unwrap_or_default();
    let accounts = accounts(core, wish.account.as_deref()).await?;
    let known = |name: &String| wish.account.is_some() || accounts.iter().any(|account| account.name == *name);
    let mut clean = true;
    for name in noted.keys().filter(|name| !known(name)) {
        clean = false;
        say(out, format_args!("{name}: its head was noted, and there is no such account"))?;
    }
    for account in &accounts {
        let report = core.operator().verify_audit(account.no, noted.get(&account.name)).await?;
        clean &= report.found == 0;
        tell(&account.name, &report, out)?;
    }
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tell(name: &str, report: &AuditReport, out: &mut impl Write) -> Result<()> {
    for finding in &report.findings {
        say(out, format_args!("{name}: {finding}"))?;
    }
    let told = report.findings.len() as u64;
    if report.found > told {
        say(out, format_args!("{name}: {} more findings", report.found - told))?;
    }
    if report.noted_is_trimmed {
        say(
            out,
            format_args!(
                "{name}: the noted line is older than the log, whose beginning was trimmed; it could not be looked at"
            ),
        )?;
    }
    let verdict = if report.found == 0 { "unbroken" } else { "BROKEN" };
    let head = &report.head;
    say(out, format_args!("{name}: {} lines, {verdict}; head {}", report.lines, shown(head)))
}

async fn heads(core: &Core, account: Option<&str>, out: &mut impl Write) -> Result<ExitCode> {
    for account in accounts(core, account).await? {
        let head = core.operator().audit_head(account.no).await?;
        say(out, format_args!("{} {}", shown(&head), account.name))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A head in two words.
fn shown(head: &AuditHead) -> String {
    if head.no == 0 { String::from("0 -") } else { head.to_string() }
}

/// Heads as `attache audit head` writes them: number, digest and account on a line.
fn read_heads(file: &Path) -> Result<BTreeMap<String, AuditHead>> {
    let text = fs::read_to_string(file).map_err(Error::io("read the noted heads"))?;
    let mut heads = BTreeMap::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let wrong = |why: &str| Error::Argument(format!("{}: '{line}' {why}", file.display()));
        let mut words = line.splitn(3, ' ');
        let (Some(no), Some(digest), Some(name)) = (words.next(), words.next(), words.next()) else {
            return Err(wrong("is no number, digest and account, as `attache audit head` writes them"));
        };
        let head = format!("{no} {}", digest.trim_matches('-')).parse().map_err(|why: String| wrong(&why))?;
        heads.insert(name.to_owned(), head);
    }
    Ok(heads)
}

async fn show(core: &Core, wish: &AuditShow, out: &mut impl Write) -> Result<ExitCode> {
    let accounts = accounts(core, Some(&wish.account)).await?;
    for account in accounts {
        show_of(core, account.no, wish, out).await?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn show_of(core: &Core, account: AccountNo, wish: &AuditShow, out: &mut impl Write) -> Result<()> {
    let (mut after, mut left) = (wish.after, wish.limit.unwrap_or(u64::MAX));
    loop {
        let lines = core.operator().audit_lines(account, after, PAGE).await?;
        let Some(last) = lines.last() else { return Ok(()) };
        after = last.no;
        for line in lines.iter().filter(|line| is_wanted(line, wish)) {
            if left == 0 {
                return Ok(());
            }
            left -= 1;
            match wish.json {
                true => say(out, format_args!("{}", json(line)))?,
                false => say(out, format_args!("{}", text(line)))?,
            }
        }
    }
}

fn is_wanted(line: &AuditLine, wish: &AuditShow) -> bool {
    wish.request.as_ref().is_none_or(|request| line.request == *request)
        && wish.target.as_ref().is_none_or(|target| line.targets.split(' ').any(|one| one == target))
}

fn json(line: &AuditLine) -> serde_json::Value {
    serde_json::json!({
        "no": line.no,
        "at": line.at.to_string(),
        "actor": line.actor.0,
        "token": (!line.token.is_empty()).then_some(&line.token),
        "deed": line.deed,
        "targets": line.targets.split_whitespace().collect::<Vec<_>>(),
        "outcome": line.outcome,
        "times": line.times,
        "request": (!line.request.is_empty()).then_some(&line.request),
        "digest": line.digest,
    })
}

fn text(line: &AuditLine) -> String {
    let times = if line.times > 1 { format!(" x{}", line.times) } else { String::new() };
    let targets = if line.targets.is_empty() { String::new() } else { format!("  {}", line.targets) };
    format!("{}  {}  user {}  {}  {}{times}{targets}", line.no, line.at, line.actor, line.deed, line.outcome)
}

/// One account, or all of them.
async fn accounts(core: &Core, only: Option<&str>) -> Result<Vec<Account>> {
    let mut all = core.operator().accounts().await?;
    if let Some(name) = only {
        all.retain(|account| account.name == name);
        if all.is_empty() {
            return Err(no_account(attache_model::Error::NotFound(attache_model::What::Account), name));
        }
    }
    Ok(all)
}

fn say(out: &mut impl Write, text: std::fmt::Arguments<'_>) -> Result<()> {
    writeln!(out, "{text}").map_err(Error::io("write what was found"))
}
