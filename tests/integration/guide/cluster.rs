//! The guide's second way: PostgreSQL, an object store, two nodes and nginx in front, each on a machine of its own; then
//! what an operator does with them.

use super::machine::Machine;
use super::page::{Block, section};
use super::port;
use super::web::{certificate, install_nginx};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// Where the program of the object store is, once it is installed for the tests.
fn weed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/s3/.venv/bin/weed")
}

/// The PostgreSQL that Debian's package would bring.
struct Postgres {
    child: Child,
    folder: TempDir,
    port: u16,
}

impl Postgres {
    fn start() -> Postgres {
        use std::io::{BufRead, BufReader};
        let folder = TempDir::new().unwrap();
        std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let mut command = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("postgres"));
        command.arg("run").arg(folder.path().join("cluster")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
        let port = url.rsplit(':').next().and_then(|rest| rest.split('/').next()).unwrap().parse().expect("its port");
        Postgres { child, folder, port }
    }

    /// Lets a machine have it as Debian would: its settings under `/etc`, a unit, and a superuser called postgres who
    /// alone needs no password.
    fn put_on(&self, machine: &Machine) {
        let data = self.folder.path().join("cluster/data");
        let (data, port) = (data.display(), self.port);
        let path = "export PATH=/usr/bin:/bin:/usr/sbin:/usr/local/bin:$(echo /usr/lib/postgresql/*/bin | tr ' ' :)";
        for tool in ["psql", "createdb"] {
            let server =
                format!("export PGHOST=127.0.0.1 PGPORT={port} PGUSER=${{PGUSER:-postgres}} PGDATABASE=postgres");
            machine.add_command(&format!("bin/{tool}"), &format!("{path}\n{server}\nexec {tool} \"$@\""));
        }
        let owner = "as() { if [ \"$(id -u)\" = 0 ]; then (cd / && runuser -u postgres -- \"$@\"); else \"$@\"; fi; }";
        let restart =
            format!("as pg_ctl \"$1\" --wait --silent --mode fast --pgdata {data} --log {data}/../server.log");
        machine.add_command("package/postgresql", &format!("{path}\n{owner}\n{restart} </dev/null >/dev/null"));
        machine.run(&format!(
            "PGUSER=attache psql --quiet -c 'create role postgres superuser login'
             psql --quiet -c 'alter role attache rename to first_owner'
             mkdir -p /etc/postgresql/15/main/conf.d
             ln -s {data}/pg_hba.conf /etc/postgresql/15/main/pg_hba.conf
             echo 'host all postgres 127.0.0.1/32 trust' >{data}/pg_hba.conf
             echo \"include_dir = '$ROOT/etc/postgresql/15/main/conf.d'\" >>{data}/postgresql.conf"
        ));
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // The end of its input is what it ends by.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// All machines of the guide, and what is asked of them.
pub(super) struct Cluster {
    pub(super) front: Machine,
    pub(super) nodes: [Machine; 2],
    pub(super) store: Machine,
    pub(super) database: Machine,
    /// The ports of the store, each also with 10,000 more.
    ports: [u16; 4],
    _postgres: Postgres,
}

impl Cluster {
    /// Machines with nothing but what Debian brings.
    pub(super) fn empty() -> Cluster {
        let postgres = Postgres::start();
        let own = |port: u16| format!("127.0.0.1:{port}");
        let [s3, master, filer, volume] = [port::free(), port::free(), port::free(), port::free()];
        let nodes = [own(port::free()), own(port::free())];
        let metrics = [own(port::free()), own(port::free())];
        let shared = [
            ("10.0.0.6:8333", own(s3)),
            ("10.0.0.6:9333", own(master)),
            ("10.0.0.6:8888", own(filer)),
            ("-s3.port=8333", format!("-s3.port={s3}")),
            ("-master.port=9333", format!("-master.port={master}")),
            ("-filer.port=8888", format!("-filer.port={filer}")),
            ("-volume.port=8081", format!("-volume.port={volume}")),
            ("10.0.0.6", "127.0.0.1".to_owned()),
            ("10.0.0.0/24", "127.0.0.0/8".to_owned()),
            ("10.0.0.5/", format!("127.0.0.1:{}/", postgres.port)),
            ("\"10.0.0.5\"\nport = 5432", format!("\"127.0.0.1\"\nport = {}", postgres.port)),
            ("10.0.0.5", "127.0.0.1".to_owned()),
            ("listen 443 ", format!("listen {} ", own(port::free()))),
            ("listen 80;", format!("listen {};", own(port::free()))),
        ];
        let machine = |first: usize| {
            let addresses = [
                ("10.0.0.11:8080", nodes[first].clone()),
                ("10.0.0.12:8080", nodes[1].clone()),
                ("10.0.0.11:9090", metrics[first].clone()),
                ("10.0.0.12:9090", metrics[1].clone()),
            ];
            let all = addresses.into_iter().chain(shared.clone()).map(|(guide, own)| (guide.to_owned(), own));
            Machine::new(&all.collect::<Vec<_>>())
        };
        let database = machine(0);
        postgres.put_on(&database);
        let store = machine(0);
        let weed = weed().canonicalize().unwrap();
        store.add_command(
            "bin/python3",
            &format!(
                "mkdir -p \"$3/bin\"\nprintf '#!/bin/sh\\nln -s {} \"$(dirname \"$0\")/weed\"\\n' >\"$3/bin/pip\"\n\
                 chmod 755 \"$3/bin/pip\"",
                weed.display()
            ),
        );
        let front = machine(0);
        install_nginx(&front);
        certificate(&front);
        Cluster {
            front,
            nodes: [machine(0), machine(1)],
            store,
            database,
            ports: [s3, master, filer, volume],
            _postgres: postgres,
        }
    }

    /// Follows a block on the machines that it is for; what they said.
    pub(super) fn follow(&self, block: &Block) -> String {
        match block.place.as_str() {
            "on the database's machine" => self.database.follow(block),
            "on the store's machine" => self.store.follow(block),
            "on the first node" => self.nodes[0].follow(block),
            "on every node" | "on every node, one at a time" => {
                self.nodes.iter().map(|node| node.follow(block)).collect()
            }
            other => panic!("the guide names no machine '{other}':\n{}", block.script),
        }
    }

    /// Everything up to a token for all.
    pub(super) fn set_up(&self) -> String {
        self.set_up_below();
        let [install, migrate, start, token]: [Block; 4] = section("Nodes").try_into().expect("four blocks");
        self.nodes.iter().for_each(|node| drop(node.follow(&install)));
        self.follow(&migrate);
        self.nodes.iter().for_each(|node| drop(node.follow(&start)));
        self.await_nodes();
        let said = self.follow(&token);
        let [front]: [Block; 1] = section("In front").try_into().expect("one block");
        assert_eq!(self.front.follow(&front).lines().last(), Some("ready"));
        said.lines().next().unwrap().trim().to_owned()
    }

    /// The database and the store, empty.
    pub(super) fn set_up_below(&self) {
        let [database]: [Block; 1] = section("PostgreSQL").try_into().expect("one block");
        self.database.follow(&database);
        self.set_up_store();
    }

    fn set_up_store(&self) {
        let [role, install, bucket]: [Block; 3] = section("Object store").try_into().expect("three blocks");
        self.follow(&role);
        self.follow(&install);
        // Whoever types the next command takes longer than its start.
        self.store.run("until curl --silent --output /dev/null http://10.0.0.6:8888/ && curl --silent --output /dev/null http://10.0.0.6:8333/; do sleep 0.1; done");
        self.follow(&bucket);
    }

    /// Waits until both nodes are ready.
    pub(super) fn await_nodes(&self) {
        for node in &self.nodes {
            super::single::ready(node, "10.0.0.11:8080");
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.store.kill("seaweedfs");
        // It leaves the sockets behind by which its parts speak with each other.
        let [s3, master, filer, volume] = self.ports;
        for (part, port) in [("s3", s3), ("master", master), ("filer", filer), ("volume", volume)] {
            for port in [port, port + 10_000] {
                let _ = std::fs::remove_file(format!("/tmp/seaweedfs-{part}-{port}.sock"));
                let _ = std::fs::remove_file(format!("/tmp/seaweedfs-{part}-grpc-{port}.sock"));
            }
        }
    }
}

/// Whether everything is here that the guide's machines need; a skip is loud.
pub(super) fn can_run() -> bool {
    use super::file::has;
    let weed = weed();
    has("nginx", "nginx")
        && has("openssl", "openssl")
        && has("psql", "postgresql")
        && has(weed.to_str().unwrap(), "see tests/s3 install")
}
