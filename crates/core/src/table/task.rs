//! Tasks: durable work with leases. A lease's number fences off a worker that was too slow.

use crate::unit::{Outcome, Tenanted, vals};
use attache_db::{Rec, Sql, Tx, sql};
use attache_model::id::TaskId;
use attache_model::scope::Scopes;
use attache_model::task::{Task, TaskError, TaskResult, TaskState};
use attache_model::{AccountNo, FileNo, FolderNo, Time, UserNo};

sql!(
    TASK_ADD,
    "INSERT INTO task (id, account_no, actor_no, scopes, kind, payload, state, run_at, attempts, lease_no, lease_until, dedup,
       requested_at, started_at, completed_at, result_file_no, result_folder_no, error_code, error)
     VALUES ($2, $1, $3, $4, $5, $6, 0, $7, 0, 0, 0, $8, $9, 0, 0, NULL, NULL, '', '')
     ON CONFLICT (account_no, kind, dedup) WHERE state < 2 DO NOTHING"
);
sql!(
    TASK_CALL,
    "INSERT INTO task (id, account_no, actor_no, scopes, kind, payload, state, run_at, attempts, lease_no, lease_until, dedup,
       requested_at, started_at, completed_at, result_file_no, result_folder_no, error_code, error)
     VALUES ($2, $1, $3, $4, $5, $6, 0, $7, 0, 0, 0, $8, $9, 0, 0, NULL, NULL, '', '')
     ON CONFLICT (account_no, kind, dedup) WHERE state < 2
       DO UPDATE SET run_at = CASE WHEN task.run_at > excluded.run_at THEN excluded.run_at ELSE task.run_at END"
);
sql!(
    TASK_GET,
    "SELECT id, kind, state, requested_at, started_at, completed_at, result_file_no, result_folder_no, error_code, error,
       actor_no FROM task WHERE account_no = $1 AND id = $2"
);
sql!(
    TASK_LIST,
    "SELECT id, kind, state, requested_at, started_at, completed_at, result_file_no, result_folder_no, error_code, error,
       actor_no FROM task
     WHERE account_no = $1 AND requested_at <= $2 AND (requested_at < $2 OR id < $3) AND state IN ($4, $5, $6, $7)
     ORDER BY requested_at DESC, id DESC LIMIT $8"
);
sql!(
    TASK_CLAIM,
    sqlite: "UPDATE task SET state = 1, attempts = attempts + 1, lease_no = lease_no + 1, lease_until = $3,
         started_at = CASE WHEN started_at = 0 THEN $2 ELSE started_at END
       WHERE id = (SELECT id FROM task WHERE kind = $1 AND state < 2 AND run_at <= $2 AND lease_until <= $2
         ORDER BY run_at LIMIT 1)
       RETURNING id, account_no, actor_no, scopes, payload, attempts, lease_no",
    postgres: "UPDATE task SET state = 1, attempts = attempts + 1, lease_no = lease_no + 1, lease_until = $3,
         started_at = CASE WHEN started_at = 0 THEN $2 ELSE started_at END
       WHERE id = (SELECT id FROM task WHERE kind = $1 AND state < 2 AND run_at <= $2 AND lease_until <= $2
         ORDER BY run_at LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id, account_no, actor_no, scopes, payload, attempts, lease_no"
);
sql!(
    TASK_NEXT,
    "SELECT MIN(CASE WHEN lease_until > run_at THEN lease_until ELSE run_at END) FROM task WHERE kind = $1 AND state < 2"
);
sql!(TASK_WAITING, "SELECT COUNT(*) FROM task WHERE kind = $1 AND state < 2 AND run_at <= $2 AND lease_until <= $2");
sql!(TASK_RENEW, "UPDATE task SET lease_until = $3 WHERE id = $1 AND lease_no = $2 AND state = 1");
sql!(
    TASK_DONE,
    "UPDATE task SET state = 2, completed_at = $3, lease_until = 0, result_file_no = $4, result_folder_no = $5, payload = ''
     WHERE id = $1 AND lease_no = $2 AND state = 1"
);
sql!(
    TASK_AGAIN,
    "UPDATE task SET state = 0, run_at = $3, lease_until = 0, error_code = $4, error = $5
     WHERE id = $1 AND lease_no = $2 AND state = 1"
);
sql!(
    TASK_REST,
    "UPDATE task SET state = 0, run_at = $3, attempts = 0, lease_until = 0, error_code = '', error = ''
     WHERE id = $1 AND lease_no = $2 AND state = 1"
);
sql!(TASK_LEAVE, "DELETE FROM task WHERE id = $1 AND lease_no = $2 AND state = 1");
sql!(
    TASK_FAIL,
    "UPDATE task SET state = 3, completed_at = $3, lease_until = 0, error_code = $4, error = $5, payload = ''
     WHERE id = $1 AND lease_no = $2 AND state = 1"
);
sql!(TASK_FORGET, "DELETE FROM task WHERE state >= 2 AND completed_at < $1");
sql!(TASK_CLEAR_FILE, "UPDATE task SET result_file_no = NULL WHERE account_no = $1 AND result_file_no = $2");

/// A task to be kept.
#[derive(Clone, Debug)]
pub(crate) struct NewTask {
    pub(crate) id: TaskId,
    pub(crate) actor: UserNo,
    pub(crate) scopes: Scopes,
    pub(crate) kind: &'static str,
    pub(crate) payload: String,
    pub(crate) run_at: Time,
    /// Only one open task of a kind has the same word here.
    pub(crate) dedup: Option<String>,
    pub(crate) requested_at: Time,
}

/// A task that this process holds.
#[derive(Clone, Debug)]
pub(crate) struct Claimed {
    pub(crate) id: TaskId,
    pub(crate) account: AccountNo,
    pub(crate) actor: UserNo,
    pub(crate) scopes: Scopes,
    pub(crate) payload: String,
    pub(crate) attempts: i64,
    pub(crate) lease: i64,
}

/// Keeps a task; false when an open one has the same dedup word.
pub(crate) async fn add(t: &mut Tenanted<'_>, task: &NewTask) -> Outcome<bool> {
    insert(t, &TASK_ADD, task).await
}

/// Keeps a task. An open one with the same dedup word is due at its time instead, if that is earlier; whoever holds it
/// cannot end it before this unit has ended.
pub(crate) async fn call(t: &mut Tenanted<'_>, task: &NewTask) -> Outcome<bool> {
    insert(t, &TASK_CALL, task).await
}

async fn insert(t: &mut Tenanted<'_>, sql: &'static Sql, task: &NewTask) -> Outcome<bool> {
    let (id, scopes) = (task.id.to_string(), task.scopes.to_text());
    let vals = vals![
        &id,
        task.actor.0,
        &scopes,
        task.kind,
        &task.payload,
        task.run_at.0,
        task.dedup.as_deref(),
        task.requested_at.0,
    ];
    Ok(t.run(sql, vals).await? == 1)
}

/// A task as its caller sees it.
pub(crate) async fn get(t: &mut Tenanted<'_>, id: TaskId) -> Outcome<Option<Task>> {
    t.one(&TASK_GET, vals![&id.to_string()], read).await
}

/// The tasks in one of these states, newest first, from before `(at, id)`. Of no state is none.
pub(crate) async fn list(
    t: &mut Tenanted<'_>,
    states: &[TaskState],
    before: (i64, &str),
    limit: u32,
) -> Outcome<Vec<Task>> {
    let state = |at: usize| states.get(at).or(states.last()).map_or(-1, |state| state.code());
    let vals = vals![before.0, before.1, state(0), state(1), state(2), state(3), limit];
    t.all(&TASK_LIST, vals, read).await
}

fn read(rec: &Rec<'_>) -> Result<Task, attache_db::Error> {
    let (file, folder) = (rec.int_or_null(6)?, rec.int_or_null(7)?);
    let (code, message) = (rec.text(8)?, rec.text(9)?);
    let state = super::coded(rec, 2, TaskState::from_code, "a task's state")?;
    Ok(Task {
        id: TaskId(super::uuid(rec, 0)?),
        kind: rec.text(1)?,
        actor: UserNo(rec.int(10)?),
        state,
        requested_at: super::time(rec, 3)?,
        started_at: super::time_or_none(rec, 4)?,
        completed_at: super::time_or_none(rec, 5)?,
        result: file.map(|no| TaskResult::File(FileNo(no))).or(folder.map(|no| TaskResult::Folder(FolderNo(no)))),
        error: (state == TaskState::Failed).then_some(TaskError { code, message }),
    })
}

/// Takes the next due task of a kind, until `until`.
pub(crate) async fn claim(tx: &mut Tx, kind: &str, now: Time, until: Time) -> Outcome<Option<Claimed>> {
    let read = |rec: &Rec<'_>| {
        Ok(Claimed {
            id: TaskId(super::uuid(rec, 0)?),
            account: AccountNo(rec.int(1)?),
            actor: UserNo(rec.int(2)?),
            scopes: Scopes::from_text(&rec.text(3)?),
            payload: rec.text(4)?,
            attempts: rec.int(5)?,
            lease: rec.int(6)?,
        })
    };
    Ok(tx.one(&TASK_CLAIM, vals![kind, now.0, until.0], read).await?)
}

/// When the next task of a kind is due, whoever holds it now.
pub(crate) async fn next_due(tx: &mut Tx, kind: &str) -> Outcome<Option<Time>> {
    Ok(tx.one(&TASK_NEXT, vals![kind], |rec| rec.int_or_null(0)).await?.flatten().map(Time))
}

/// How many tasks of a kind are due and held by nobody.
pub(crate) async fn waiting(tx: &mut Tx, kind: &str, now: Time) -> Outcome<i64> {
    Ok(tx.one(&TASK_WAITING, vals![kind, now.0], |rec| rec.int(0)).await?.unwrap_or_default())
}

/// Keeps a task until `until`; false when the lease was lost.
pub(crate) async fn renew(tx: &mut Tx, id: TaskId, lease: i64, until: Time) -> Outcome<bool> {
    Ok(tx.run(&TASK_RENEW, vals![&id.to_string(), lease, until.0]).await? == 1)
}

/// Ends a task well; false when the lease was lost.
pub(crate) async fn done(tx: &mut Tx, id: TaskId, lease: i64, now: Time, result: Option<TaskResult>) -> Outcome<bool> {
    let (file, folder) = match result {
        Some(TaskResult::File(no)) => (Some(no.0), None),
        Some(TaskResult::Folder(no)) => (None, Some(no.0)),
        None => (None, None),
    };
    Ok(tx.run(&TASK_DONE, vals![&id.to_string(), lease, now.0, file, folder]).await? == 1)
}

/// Puts a task back, to be tried at `run_at`.
pub(crate) async fn again(tx: &mut Tx, id: TaskId, lease: i64, run_at: Time, why: &TaskError) -> Outcome<bool> {
    Ok(tx.run(&TASK_AGAIN, vals![&id.to_string(), lease, run_at.0, &why.code, &why.message]).await? == 1)
}

/// Puts a task back, to go on at `run_at`; that it was run does not count. False when the lease was lost.
pub(crate) async fn rest(tx: &mut Tx, id: TaskId, lease: i64, run_at: Time) -> Outcome<bool> {
    Ok(tx.run(&TASK_REST, vals![&id.to_string(), lease, run_at.0]).await? == 1)
}

/// Ends a task without a trace; false when the lease was lost.
pub(crate) async fn leave(tx: &mut Tx, id: TaskId, lease: i64) -> Outcome<bool> {
    Ok(tx.run(&TASK_LEAVE, vals![&id.to_string(), lease]).await? == 1)
}

/// Gives a task up.
pub(crate) async fn fail(tx: &mut Tx, id: TaskId, lease: i64, now: Time, why: &TaskError) -> Outcome<bool> {
    Ok(tx.run(&TASK_FAIL, vals![&id.to_string(), lease, now.0, &why.code, &why.message]).await? == 1)
}

/// Forgets tasks that ended before `before`.
pub(crate) async fn forget(tx: &mut Tx, before: Time) -> Outcome<u64> {
    Ok(tx.run(&TASK_FORGET, vals![before.0]).await?)
}

/// Takes an erased file out of the tasks that made it.
pub(crate) async fn clear_file(t: &mut Tenanted<'_>, file: FileNo) -> Outcome<u64> {
    t.run(&TASK_CLEAR_FILE, vals![file.0]).await
}
