//! TLS to PostgreSQL, with a server that has a certificate of its own.

use attache_db::testing::PgCluster;
use attache_db::{Db, Error, Options, Target, sql};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

sql!(IS_ENCRYPTED, sqlite: "SELECT 0", postgres: "SELECT ssl::int::bigint FROM pg_stat_ssl WHERE pid = pg_backend_pid()");

/// A cluster with a certificate for 127.0.0.1, and the file that says so.
struct Server {
    cluster: PgCluster,
    folder: TempDir,
}

impl Server {
    /// `None` where there is no PostgreSQL; the other tests of this suite say that aloud.
    async fn start() -> Option<Server> {
        let cluster = PgCluster::start()?;
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let client = superuser(&cluster).await;
        keep(&client, "server.crt", &cert.pem()).await;
        keep(&client, "server.key", &signing_key.serialize_pem()).await;
        client.batch_execute("ALTER SYSTEM SET ssl = on").await.unwrap();
        client.batch_execute("SELECT pg_reload_conf()").await.unwrap();
        // The server reads its settings a moment later.
        while superuser(&cluster).await.query_one("SHOW ssl", &[]).await.unwrap().get::<_, String>(0) != "on" {}
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), cert.pem()).unwrap();
        Some(Server { cluster, folder })
    }

    /// The cluster's URL with more parameters; `{ca}` among them is the file with its certificate.
    fn url(&self, parameters: &str) -> String {
        let ca = self.folder.path().join("ca.pem");
        format!("{}?{}", self.cluster.url(), parameters.replace("{ca}", ca.to_str().unwrap()))
    }
}

async fn superuser(cluster: &PgCluster) -> Client {
    let (client, connection) = tokio_postgres::connect(cluster.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Writes a file into the server's folder, as the server.
async fn keep(client: &Client, name: &str, text: &str) {
    let copy = format!(
        "COPY (SELECT unnest(string_to_array('{}', E'\\n'))) TO PROGRAM 'umask 077; cat > {name}'",
        text.trim_end()
    );
    client.batch_execute(&copy).await.unwrap();
}

async fn open(url: String) -> Result<Db, Error> {
    Db::open(&Target::Postgres(url), &Options::default()).await
}

async fn is_encrypted(db: &Db) -> bool {
    let end: Result<Option<i64>, Error> =
        db.read(|tx| Box::pin(async move { tx.one(&IS_ENCRYPTED, &[], |rec| rec.int(0)).await })).await;
    end.unwrap() == Some(1)
}

#[tokio::test]
async fn a_url_that_asks_for_tls_gets_it_from_a_server_that_it_trusts_and_from_no_other() {
    let Some(server) = Server::start().await else { return };
    for mode in ["require", "verify-full"] {
        let db = open(server.url(&format!("sslmode={mode}&sslrootcert={{ca}}"))).await.unwrap();
        assert!(is_encrypted(&db).await, "{mode}");
    }
    let plain = open(server.url("sslmode=prefer")).await.unwrap();
    assert!(!is_encrypted(&plain).await);

    let stranger = open(server.url("sslmode=require")).await;
    assert!(stranger.is_err(), "this machine trusts nobody who signed that");
    let elsewhere = server.url("sslmode=require&sslrootcert={ca}").replace("127.0.0.1", "localhost");
    assert!(open(elsewhere).await.is_err(), "the certificate is for another name");
}

#[tokio::test]
async fn a_server_without_tls_is_refused_by_a_url_that_asks_for_it() {
    let Some(url) = attache_db::testing::database().await else { return };
    let end = open(format!("{url}?sslmode=require")).await;
    assert!(matches!(&end, Err(Error::Unavailable(why)) if why.contains("TLS")), "{end:?}");
}
