//! One node: the real program in a process of its own, under a name by which its database knows its connections.

use crate::PROGRAM;
use attache_db::{Db, Error, Options, Target};
use attache_tests::{Process, command};
use rustix::process::{Pid, Signal, kill_process};
use std::path::PathBuf;
use std::process::ExitStatus;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Where an installation is: a folder with its settings, and the URL of its database.
#[derive(Clone, Debug)]
pub(crate) struct Installation {
    pub(crate) folder: PathBuf,
    pub(crate) database: Option<String>,
}

/// A running node.
pub(crate) struct Node {
    process: Process,
    name: String,
    of: Installation,
}

impl Installation {
    /// A command line on this installation.
    pub(crate) fn command(&self, arguments: &[&str]) -> std::process::Command {
        command(PROGRAM, &self.folder, arguments)
    }

    /// Starts a node, and returns once it listens.
    pub(crate) fn start(&self, settings: &[(&str, &str)]) -> Node {
        static STARTS: AtomicUsize = AtomicUsize::new(0);
        let name = format!("node-{}-{}", std::process::id(), STARTS.fetch_add(1, Ordering::Relaxed));
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0"]);
        if let Some(url) = &self.database {
            let mark = if url.contains('?') { '&' } else { '?' };
            command.env("ATTACHE_DATABASE", format!("{url}{mark}application_name={name}"));
        }
        command.envs(settings.iter().copied());
        Node { process: Process::start(command, &self.folder), name, of: self.clone() }
    }

    /// The server's own check, after everybody has stopped: at most bytes of requests that were cut, which it removes; then
    /// nothing.
    pub(crate) fn check(&self) {
        let first = self.command(&["check", "--repair", "--older-than", "0s"]).output().expect("the check runs");
        let report = String::from_utf8_lossy(&first.stdout).into_owned();
        for fault in ["ghost:", "damaged:", "references:", "book:"] {
            assert!(!report.contains(fault), "{report}");
        }
        let second = self.command(&["check", "--older-than", "0s"]).output().expect("the check runs");
        let (out, err) = (String::from_utf8_lossy(&second.stdout), String::from_utf8_lossy(&second.stderr));
        assert!(second.status.success(), "{out}{err}");
    }
}

impl Node {
    /// Where it answers.
    pub(crate) fn url(&self) -> &str {
        self.process.url()
    }

    /// Ends it as a crash would, and returns once its database has noticed: until then what it was doing may still be
    /// done.
    pub(crate) async fn kill(self) {
        let Node { process, name, of } = self;
        process.kill();
        let Some(url) = of.database else { return };
        let db = Db::open(&Target::Postgres(url), &Options::default()).await.expect("the database is there");
        while sessions(&db, &name).await > 0 {
            tokio::task::yield_now().await;
        }
        db.close().await;
    }

    /// Asks it to stop, and returns once it has finished what it was at.
    pub(crate) async fn stop(mut self) -> ExitStatus {
        self.process.ask_to_stop();
        let ended = tokio::task::spawn_blocking(move || self.process.wait().0);
        ended.await.expect("it can be waited for")
    }

    /// Lets it do nothing any more, as a machine that is overloaded or asleep; its connections stay.
    pub(crate) fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets it go on.
    pub(crate) fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.process.pid()).ok().and_then(Pid::from_raw).expect("a process id");
        kill_process(pid, signal).expect("the signal is sent");
    }
}

async fn sessions(db: &Db, name: &str) -> i64 {
    let text = format!("SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = '{name}'");
    let read = db.read(move |tx| {
        let text = text.clone();
        Box::pin(async move { tx.one(&text, &[], |rec| rec.int(0)).await })
    });
    let count: Result<Option<i64>, Error> = read.await;
    count.expect("sessions can be counted").unwrap_or(0)
}
