//! A server in the test's own process, with everything in a temporary folder that goes when the test ends.

use crate::{Client, Engine, Home};
use attache::setting::Database;
use attache::{Server, Settings, scope};
use attache_core::{Core, NewToken, TokenForm};
use attache_model::limits::Limits;
use attache_model::{Clock, UserNo};
use std::path::Path;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A server to be started.
pub struct Setup {
    home: Home,
    settings: Settings,
    clock: Clock,
    /// Whether whoever starts it tells it that its clock is right.
    confirms: bool,
}

impl Setup {
    /// On the engine of this run, with defaults, on any free port, by the machine's clock.
    pub fn new() -> Setup {
        Setup::at(Home::new())
    }

    /// On SQLite and a folder; `None` after a loud skip, as [`Home::on_disk`].
    pub fn on_disk() -> Option<Setup> {
        Home::on_disk().map(Setup::at)
    }

    fn at(home: Home) -> Setup {
        let settings = Settings::in_folder(home.path());
        Setup { home, settings, clock: Clock::System, confirms: true }.settled()
    }

    /// With rows and bytes where its home says.
    fn settled(mut self) -> Setup {
        let place = Settings::in_folder(self.home.path());
        let database = self.home.database().map(|url| Database::Postgres(url.to_owned()));
        self.settings.database = database.unwrap_or(place.database);
        self.settings.storage = self.home.storage().cloned().unwrap_or(place.storage);
        self.settings.data = place.data;
        self
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

    /// A server to which nobody says that a clock of the test's own is right.
    #[must_use]
    pub fn unconfirmed(mut self) -> Setup {
        self.confirms = false;
        self
    }

    /// Another engine. `None` says, loudly, that this machine has none of that kind; the test then ends.
    #[must_use]
    pub async fn on(mut self, engine: Engine) -> Option<Setup> {
        if engine == self.home.engine() {
            return Some(self);
        }
        self.home = Home::on(engine).await?;
        Some(self.settled())
    }

    /// Starts it; its port answers when this returns.
    pub async fn start(self) -> TestApp {
        let server = Server::open(&self.settings, self.clock.clone()).await.expect("the server opens");
        let core = server.core().clone();
        // A clock of the test's own tells the time, however far it went while no server ran.
        if self.confirms && !matches!(self.clock, Clock::System) {
            core.operator().confirm_clock().await.expect("the time can be confirmed");
        }
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
    /// A server on the engine of this run: see [`Setup::new`].
    pub async fn start() -> TestApp {
        Setup::new().start().await
    }

    /// A server on SQLite and a folder; `None` after a loud skip, as [`Home::on_disk`].
    pub async fn on_disk() -> Option<TestApp> {
        Some(Setup::on_disk()?.start().await)
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
