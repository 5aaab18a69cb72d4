//! A server in the test's own process, with everything in a temporary folder that goes when the test ends.

use crate::Client;
use attache::setting::Database;
use attache::{Server, Settings, scope};
use attache_core::{Core, NewToken, TokenForm};
use attache_model::limits::Limits;
use attache_model::{Clock, UserNo};
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The engines that a server can stand on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file in the server's folder.
    Sqlite,
    /// A database of its own in the cluster of this run.
    Postgres,
}

impl Engine {
    /// Both, for tests that hold for each.
    pub const ALL: [Engine; 2] = [Engine::Sqlite, Engine::Postgres];
}

/// A server to be started.
pub struct Setup {
    home: TempDir,
    settings: Settings,
    clock: Clock,
}

impl Setup {
    /// On SQLite, with defaults, on any free port, by the machine's clock.
    pub fn new() -> Setup {
        let home = TempDir::new().expect("a temporary folder can be made");
        let settings = Settings::in_folder(home.path());
        Setup { home, settings, clock: Clock::System }
    }

    /// The data folder.
    pub fn data(&self) -> &Path {
        self.home.path()
    }

    /// Other limits.
    #[must_use]
    pub fn limits(mut self, change: impl FnOnce(&mut Limits)) -> Setup {
        change(&mut self.settings.limits);
        self
    }

    /// Other settings of any kind.
    #[must_use]
    pub fn settings(mut self, change: impl FnOnce(&mut Settings)) -> Setup {
        change(&mut self.settings);
        self
    }

    /// Another clock, such as one that the test holds.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Setup {
        self.clock = clock;
        self
    }

    /// Another engine. `None` says, loudly, that this machine has none of that kind; the test then ends.
    #[must_use]
    pub async fn on(mut self, engine: Engine) -> Option<Setup> {
        if engine == Engine::Postgres {
            self.settings.database = Database::Postgres(postgres().await?);
        }
        Some(self)
    }

    /// Starts it; its port answers when this returns.
    pub async fn start(self) -> TestApp {
        let server = Server::open(&self.settings, self.clock.clone()).await.expect("the server opens");
        let core = server.core().clone();
        let client = Client::new(format!("http://{}", server.address()), None);
        let metrics_url = server.metrics_address().map(|address| format!("http://{address}/metrics"));
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(server.run(async move { drop(stopped.await) }));
        TestApp { core, client, metrics_url, setup: self, stop, running }
    }
}

impl Default for Setup {
    fn default() -> Setup {
        Setup::new()
    }
}

/// A running server.
pub struct TestApp {
    core: Core,
    client: Client,
    metrics_url: Option<String>,
    setup: Setup,
    stop: oneshot::Sender<()>,
    running: JoinHandle<attache::Result<()>>,
}

impl TestApp {
    /// A server by default: see [`Setup::new`].
    pub async fn start() -> TestApp {
        Setup::new().start().await
    }

    /// A server on an engine; `None` after a loud skip.
    pub async fn on(engine: Engine) -> Option<TestApp> {
        Some(Setup::new().on(engine).await?.start().await)
    }

    /// The domain behind it.
    pub fn core(&self) -> &Core {
        &self.core
    }

    /// Its data folder.
    pub fn data(&self) -> &Path {
        self.setup.home.path()
    }

    /// Its settings, whose `listen` has port 0.
    pub fn settings(&self) -> &Settings {
        &self.setup.settings
    }

    /// Where it answers, such as `http://127.0.0.1:40123`.
    pub fn url(&self) -> String {
        self.client.url("")
    }

    /// Where its metrics are, when its settings ask for them.
    pub fn metrics_url(&self) -> Option<&str> {
        self.metrics_url.as_deref()
    }

    /// A client without a token.
    pub fn stranger(&self) -> Client {
        self.client.clone()
    }

    /// A client of the account `default` with these scopes, as `attache token create --scopes` takes them.
    pub async fn client(&self, scopes: &str) -> Client {
        self.client_of("default", scopes).await
    }

    /// A client of the account called `account`.
    pub async fn client_of(&self, account: &str, scopes: &str) -> Client {
        let token = self.token(account, scopes).await;
        self.client.with_token(Some(token))
    }

    /// A token of the account called `account`.
    pub async fn token(&self, account: &str, scopes: &str) -> String {
        self.made(account, UserNo::OWNER, scopes, None).await
    }

    /// A token of a user of the account `default`, perhaps with an end. The first one makes the user.
    pub async fn token_of(&self, user: i64, scopes: &str, life: Option<Duration>) -> String {
        self.made("default", UserNo(user), scopes, life).await
    }

    async fn made(&self, account: &str, user: UserNo, scopes: &str, life: Option<Duration>) -> String {
        let scopes = scope::parse(scopes).expect("the scopes are known");
        let (account, name) = (account.to_owned(), String::new());
        let wish = NewToken { account, user, name, scopes, life, form: TokenForm::Plain };
        let (_, secret) = self.core.operator().make_token(wish).await.expect("the token is made");
        secret.reveal().to_owned()
    }

    /// Makes another account and a client of it that may do everything.
    pub async fn other_account(&self, name: &str) -> Client {
        self.core.operator().make_account(name).await.expect("the account is made");
        self.client_of(name, "all").await
    }

    /// Ends the server in good order and hands back what it stood on, to start it again.
    pub async fn stop(self) -> Setup {
        drop(self.stop);
        self.running.await.expect("the server did not panic").expect("the server ended well");
        self.setup
    }
}

/// The URL of a fresh database; `None` after a loud skip.
async fn postgres() -> Option<String> {
    attache_db::testing::database().await
}
