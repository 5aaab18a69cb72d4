//! A disk that fails to read a content, at the Nth call: nothing that is not whole is called so, everything else goes
//! on, and once the disk reads again so does the server.

use super::get::{Got, get};
use super::on_a_disk;
use super::trace::Trace;
use crate::PROGRAM;
use crate::native::noise;
use attache_tests::{Ask, Client, Effort, Home, Process, TestApp, figure, said};
use image::{ImageFormat, RgbImage};
use reqwest::RequestBuilder;
use std::collections::BTreeSet;
use std::io::Cursor;
use std::path::{Path, PathBuf};

/// Reads that meet a fault, in the gate.
const READS: usize = 54;
/// The point at which a read can be made to fail, wherever it happens.
const POINT: &str = "blobs.unread";
/// What is read at once, in bytes, and how many of them a content has.
const BLOCK: usize = 256 << 10;
const BLOCKS: usize = 9;
/// Pixels of a side of the picture, which has two blocks.
const SIDE: u32 = 400;

/// How a content is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Whole,
    FromTheFirst,
    Part,
    Last,
    Version,
    Hubspot,
}

impl Way {
    const ALL: [Way; 6] = [Way::Whole, Way::FromTheFirst, Way::Part, Way::Last, Way::Version, Way::Hubspot];

    /// Reads of the disk that it takes.
    fn reads(self) -> usize {
        match self {
            Way::Whole | Way::FromTheFirst | Way::Version | Way::Hubspot => BLOCKS,
            Way::Part => BLOCKS - 1,
            Way::Last => 1,
        }
    }
}

/// A content, and the file that has it on the disk.
struct Stored {
    id: String,
    no: String,
    bytes: Vec<u8>,
    at: PathBuf,
}

/// Two contents of one file, and another file, at a server.
struct Site {
    client: Client,
    first: Stored,
    active: Stored,
    other: Stored,
}

impl Site {
    async fn of(client: Client, data: &Path) -> Site {
        let put = async |name, bytes| put(&client, data, name, bytes).await;
        let first = put("a.bin", noise(1, BLOCKS * BLOCK)).await;
        let active = put("a.bin", noise(2, BLOCKS * BLOCK)).await;
        let other = put("b.bin", noise(3, 2 * BLOCK)).await;
        Site { client, first, active, other }
    }

    fn stored(&self, way: Way) -> &Stored {
        match way {
            Way::Version => &self.first,
            _ => &self.active,
        }
    }

    fn request(&self, way: Way) -> RequestBuilder {
        let content = format!("/v1/files/{}/content", self.active.id);
        let part = |range: String| self.client.get(&content).header("Range", range);
        match way {
            Way::Whole => self.client.get(&content),
            Way::FromTheFirst => part("bytes=0-".to_owned()),
            Way::Part => part(format!("bytes={BLOCK}-")),
            Way::Last => part("bytes=-1000".to_owned()),
            Way::Version => self.client.get(&format!("/v1/files/{}/versions/1/content", self.first.id)),
            Way::Hubspot => self.client.get(&format!("/files/v3/files/{}/download", self.active.no)),
        }
    }

    /// What a way gives when nothing is wrong.
    fn good(&self, way: Way) -> Got {
        let bytes = &self.stored(way).bytes;
        match way {
            Way::Whole | Way::Version | Way::Hubspot => Got::Whole(200, bytes.clone()),
            Way::FromTheFirst => Got::Whole(206, bytes.clone()),
            Way::Part => Got::Whole(206, bytes[BLOCK..].to_vec()),
            Way::Last => Got::Whole(206, bytes[bytes.len() - 1000..].to_vec()),
        }
    }

    async fn demand_good(&self, way: Way) {
        assert!(get(self.request(way)).await == self.good(way), "{way:?} does not give what was put in");
    }

    /// Everything that the fault is not about goes on: another file, writes.
    async fn demand_others(&self, name: &str) {
        let other = self.client.get(&format!("/v1/files/{}/content", self.other.id)).ask().await;
        assert!(other.status == 200 && other.body == self.other.bytes, "another file is given as before");
        let new = self.client.put(&format!("/v1/files/by-path/{name}.bin")).body(noise(4, BLOCK)).ask().await;
        assert!(new.status.is_success(), "writes go on: {}", new.text());
        assert_eq!(self.client.get("/readyz").ask().await.status, 503, "the node says that its disk is not well");
    }

    async fn metric(&self, name: &str) -> usize {
        let page = self.client.with_token(None).get("/metrics").ask().await.text();
        let line = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{name} is not in\n{page}"))
    }
}

/// Lets a read of a file fail with EIO: the Nth one, or with a `+` all from the Nth on.
pub(super) fn unreadable(paths: &[&Path], when: &str) -> Vec<String> {
    let inject = format!("inject=pread64:error=EIO:when={when}");
    let mut options: Vec<String> = ["-e", "trace=pread64", "-e", &inject].map(str::to_owned).into();
    options.extend(paths.iter().flat_map(|path| ["-P".to_owned(), path.display().to_string()]));
    options
}

/// Puts a content in that is kept apart from the rows.
async fn put(client: &Client, data: &Path, name: &str, bytes: Vec<u8>) -> Stored {
    let before = kept(data);
    let answer = client.put(&format!("/v1/files/by-path/{name}")).body(bytes.clone()).ask().await;
    assert!(answer.status.is_success(), "{}", answer.text());
    let file = answer.json();
    let at = kept(data).difference(&before).next().expect("it has a file of its own").clone();
    Stored { id: file["id"].as_str().unwrap().to_owned(), no: file["no"].to_string(), bytes, at }
}

/// The files of all contents that are kept in a data folder.
pub(super) fn kept(data: &Path) -> BTreeSet<PathBuf> {
    let shards = std::fs::read_dir(data.join("blobs")).unwrap().map(|shard| shard.unwrap().path());
    let shards = shards.filter(|shard| shard.is_dir() && shard.file_name().is_some_and(|name| name.len() == 2));
    shards.flat_map(|shard| std::fs::read_dir(shard).unwrap().map(|file| file.unwrap().path())).collect()
}

/// A picture that does not become smaller as a PNG.
fn picture() -> Vec<u8> {
    let picture = RgbImage::from_raw(SIDE, SIDE, noise(5, (SIDE * SIDE * 3) as usize)).unwrap();
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_disk_failed_to_read_is_never_called_whole_and_is_given_as_soon_as_it_reads_again_on_sqlite() {
    let Some(app) = TestApp::on_disk().await else { return };
    let site = Site::of(app.client("all").await, app.data()).await;
    let (mut effort, mut refused, mut broken) = (Effort::new(READS), 0, 0);
    while effort.goes_on() {
        let case = effort.done() - 1;
        let way = Way::ALL[case % Way::ALL.len()];
        let nth = 1 + case / Way::ALL.len() % way.reads();
        let len = site.stored(way).bytes.len();
        fail::cfg(POINT, &format!("{}*off->1*return->off", nth - 1)).unwrap();
        match get(site.request(way)).await {
            Got::Refused(503, _) => refused += 1,
            Got::Broken(bytes) if bytes < len => broken += 1,
            got => panic!("{way:?}, whose read {nth} failed: {:.200}", format!("{got:?}")),
        }
        site.demand_good(way).await;
        site.demand_others(&format!("new-{}", case % 9)).await;
        assert_eq!(site.metric("attache_damaged_reads_total").await, case + 1);
    }
    assert!(refused > 0 && broken > 0, "{refused} refused, {broken} broken off");
    assert_eq!(site.metric("attache_scrub_damaged_total").await, 0, "what passes by is no damage");
    fail::remove(POINT);
    app.stop().await;
    figure(
        "fault",
        &format!(
            "EIO at the Nth read of a content, asked for in {} ways: {} reads, {refused} refused with 503 and {broken} broken \
             off, 0 called whole, every next one whole",
            Way::ALL.len(),
            effort.done(),
        ),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_disk_cannot_read_is_marked_until_it_can_on_sqlite() {
    if !on_a_disk() {
        return;
    }
    let home = Home::new();
    let mut filled = home.serve(PROGRAM, &[]);
    let mut site = Site::of(filled.client(PROGRAM, "all"), home.path()).await;
    filled.ask_to_stop();
    assert!(filled.wait().0.success());
    let serve = home.command(PROGRAM, &["serve", "--listen", "127.0.0.1:0"]);
    let faults = unreadable(&[&site.active.at], "1+");
    let Some((mut server, trace)) = Trace::start(&serve, home.path(), &faults) else { return };
    site.client = Client::new(server.url(), site.client.token().map(str::to_owned));
    // Whoever reads a part finds it, too, and has it looked at.
    let mut unmarked = 0;
    loop {
        match get(site.request(Way::Last)).await {
            Got::Refused(503, _) => unmarked += 1,
            got => {
                let marked = Got::Refused(500, "digest_mismatch".to_owned());
                break assert!(got == marked, "{:.200}, after {:#?}", format!("{got:?}"), trace.calls());
            }
        }
    }
    assert!(unmarked > 0, "the first one met the fault itself");
    let ways = Way::ALL.into_iter().filter(|way| *way != Way::Version);
    for way in ways.clone() {
        assert!(matches!(get(site.request(way)).await, Got::Refused(500, _)), "{way:?}");
    }
    site.demand_others("new").await;
    site.demand_good(Way::Version).await;
    assert_eq!(site.metric("attache_scrub_damaged_total").await, 1);
    drop(trace);
    let scrub = home.command(PROGRAM, &["scrub"]).output().unwrap();
    assert!(said(&scrub).contains(" 1 whole again"), "{scrub:?}");
    for way in ways {
        site.demand_good(way).await;
    }
    server.ask_to_stop();
    let (status, log) = server.wait();
    assert!(status.success(), "{status}");
    assert!(log.iter().any(|line| line.contains("the volume is not well")), "{log:?}");
    assert!(!log.iter().any(|line| line.contains("panicked")), "{log:?}");
    figure(
        "fault",
        &format!("a content that the disk cannot read: {unmarked} times 503, then marked; whole again with the disk"),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_preview_of_what_the_disk_failed_to_read_is_a_503_and_is_made_when_it_reads_again_on_sqlite() {
    let Some(home) = Home::on_disk() else { return };
    let mut command = home.command(PROGRAM, &["serve", "--listen", "127.0.0.1:0"]);
    // The picture has two blocks, of which the second fails: the process that makes the preview gets half a picture.
    command.env("FAILPOINTS", format!("{POINT}=1*off->1*return->off"));
    let server = Process::start(command, home.path());
    let client = server.client(PROGRAM, "all");
    let picture = put(&client, home.path(), "a.png", picture()).await;
    let preview = || client.get(&format!("/v1/files/{}/preview?size=thumb", picture.id));
    let got = get(preview()).await;
    assert!(matches!(got, Got::Refused(503, _)), "{:.200}", format!("{got:?}"));
    assert!(matches!(get(preview()).await, Got::Whole(200, bytes) if bytes.len() > 100));
    figure("fault", "a preview whose picture cannot be read: 503, and made when it can");
}
