//! What stands in a line, and who orders the lines.

use super::{ACCOUNT, put};
use crate::home::{Home, core};
use crate::on_both_engines;
use attache_core::{Condition, Credential, Errand, FileChange, NewFolder, Rename};
use attache_db::testing::Steps;
use attache_model::account::Quota;
use attache_model::audit::AuditHead;
use attache_model::{FileNo, FolderRef, Name, Scope};
use futures_util::future::join_all;

on_both_engines!(
    a_change_is_one_line_with_who_what_and_the_request,
    a_change_that_fails_leaves_no_line,
    sixteen_writers_on_two_nodes_make_one_unbroken_chain,
    an_erased_file_leaves_its_number_in_the_log_and_no_name,
    what_changes_no_file_has_its_line_too,
    an_accounts_log_is_its_own,
);

async fn a_change_is_one_line_with_who_what_and_the_request(home: Home) {
    let caller = home.user(7, &[Scope::FilesRead, Scope::FilesWrite]).await;
    let before = home.audit().await.len();
    let edit = home.core.edit(&caller).unwrap();
    let file = Errand::new("job-17").run(put(&edit, "a.txt")).await;
    let lines = home.audit().await;
    assert_eq!(lines.len(), before + 1);
    let line = lines.last().unwrap();
    let last = edit.events(0, 1000).await.unwrap().last().unwrap().no;
    assert_eq!((line.deed.as_str(), line.actor.0, line.times), ("file.created", 7, 1));
    assert_eq!((line.outcome.as_str(), line.request.as_str()), ("done", "job-17"));
    assert_eq!(line.targets, format!("file/{file} event/{last}"));
    assert_eq!(line.token, caller.token().unwrap().to_string());
    assert_eq!(line.at, home.clock.now().to_millis());
    let head = home.core.operator().audit_head(ACCOUNT).await.unwrap();
    assert_eq!(head, AuditHead { no: line.no, digest: line.digest.clone() });
    assert_eq!(
        home.core.manage(&home.owner).unwrap().audit_lines(line.no - 1, 10).await.unwrap(),
        std::slice::from_ref(line)
    );
}

async fn a_change_that_fails_leaves_no_line(home: Home) {
    let edit = home.core.edit(&home.owner).unwrap();
    let file = put(&edit, "a.txt").await;
    let before = home.audit().await;
    let name =
        |name: &str| FileChange { name: Some(Rename::Full(Name::parse(name).unwrap())), ..FileChange::default() };
    put(&edit, "b.txt").await;
    let taken = edit.change_file(file, name("b.txt")).await;
    assert!(taken.is_err());
    assert!(home.core.remove(&home.owner).unwrap().trash_file(FileNo(999), Condition::Always).await.is_err());
    assert_eq!(home.audit().await.len(), before.len() + 1, "the one put in between");
    assert_eq!(home.verify(None).await.found, 0);
}

async fn sixteen_writers_on_two_nodes_make_one_unbroken_chain(home: Home) {
    const EACH: usize = 8;
    let other = core(&home.db, home.data(), &home.clock).await;
    let before = home.audit().await.len();
    let write = async |writer: usize| {
        let node = if writer.is_multiple_of(2) { &home.core } else { &other };
        let edit = node.edit(&home.owner).unwrap();
        for no in 0..EACH {
            put(&edit, &format!("{writer}-{no}.txt")).await;
        }
    };
    join_all((0..16).map(write)).await;
    let report = home.verify(None).await;
    assert_eq!((report.lines, report.findings), ((before + 16 * EACH) as u64, vec![]));
    let events = home.core.view(&home.owner).unwrap().events(0, 1000).await.unwrap();
    let told: Vec<_> = home.audit().await.into_iter().skip(before).map(|line| line.targets).collect();
    let wanted: Vec<_> =
        events.iter().map(|event| format!("file/{} event/{}", event.file.unwrap(), event.no)).collect();
    assert_eq!(told, wanted, "lines have the order of the events");
}

async fn an_erased_file_leaves_its_number_in_the_log_and_no_name(home: Home) {
    let (edit, remove) = (home.core.edit(&home.owner).unwrap(), home.core.remove(&home.owner).unwrap());
    let file = put(&edit, "zebra.txt").await;
    let name =
        |name: &str| FileChange { name: Some(Rename::Full(Name::parse(name).unwrap())), ..FileChange::default() };
    edit.change_file(file, name("quagga.txt")).await.unwrap();
    remove.trash_file(file, Condition::Always).await.unwrap();
    remove.erase_file(file, Condition::Always).await.unwrap();
    let of_file: Vec<_> = home
        .audit()
        .await
        .into_iter()
        .filter(|line| line.targets.split(' ').any(|one| one == format!("file/{file}")))
        .collect();
    let deeds: Vec<_> = of_file.iter().map(|line| line.deed.as_str()).collect();
    assert_eq!(deeds, ["file.created", "file.updated", "file.trashed", "file.erased"]);
    let all = format!("{:?}", home.audit().await);
    for name in ["zebra", "quagga", "txt"] {
        assert!(!all.contains(name), "{name} is in {all}");
    }
}

async fn what_changes_no_file_has_its_line_too(home: Home) {
    let manage = home.core.manage(&home.owner).unwrap();
    let mut wanted = Vec::new();
    let before = home.audit().await.len();
    let (token, secret) = manage.make_token("", [Scope::FilesRead].into_iter().collect(), None).await.unwrap();
    wanted.push(("token.created", format!("token/{} user/1", token.id)));
    home.core.open_session(&secret).await.unwrap();
    wanted.push(("session.opened", String::new()));
    manage.revoke_token(token.id).await.unwrap();
    wanted.push(("token.revoked", format!("token/{}", token.id)));
    manage.set_quota(Quota::default()).await.unwrap();
    wanted.push(("account.quota", String::new()));
    manage.set_trash_days(9).await.unwrap();
    wanted.push(("account.trash_days", String::new()));
    manage.set_panel_origins(&[]).await.unwrap();
    wanted.push(("account.panel_pages", String::new()));
    let new = NewFolder { parent: FolderRef::ROOT, make_parents: false, name: "x".into(), or_existing: false };
    let folder = home.core.edit(&home.owner).unwrap().make_folder(new).await.unwrap();
    wanted.push(("folder.created", format!("folder/{} event/1", folder.no)));
    let lines = home.audit().await;
    let told: Vec<_> = lines[before..].iter().map(|line| (line.deed.as_str(), line.targets.clone())).collect();
    assert_eq!(told, wanted);
    assert!(!format!("{lines:?}").contains(secret.reveal()), "no secret is in the log");
    assert!(home.core.admit(&Credential::Token(secret)).await.is_err());
}

async fn an_accounts_log_is_its_own(home: Home) {
    let before = home.audit().await;
    let stranger = home.stranger().await;
    put(&home.core.edit(&stranger).unwrap(), "theirs.txt").await;
    assert_eq!(home.audit().await, before);
    let theirs = home.core.manage(&stranger).unwrap().audit_lines(0, 100).await.unwrap();
    assert_eq!(theirs.last().unwrap().deed, "file.created");
    assert!(theirs.iter().all(|line| before.iter().all(|other| other.digest != line.digest)));
    assert_eq!(home.core.operator().verify_audit(stranger.account(), None).await.unwrap().found, 0);
}

/// What the log costs a change, in statements: a row of its own and the head in the book, which leave together with the
/// change's events.
#[tokio::test]
async fn a_put_runs_two_statements_for_its_line() {
    let home = Home::sqlite().await;
    let edit = home.core.edit(&home.owner).unwrap();
    put(&edit, "first.txt").await;
    let steps = Steps::follow().await;
    put(&edit, "second.txt").await;
    let ran = steps.take();
    let of_log: Vec<_> = ran.iter().filter(|text| text.contains("audit")).map(|text| &text[..20]).collect();
    assert_eq!(of_log, ["UPDATE book SET used", "INSERT INTO audit (a", "UPDATE book SET audi"], "{ran:#?}");
}
