//! A bucket in memory that fails when it is told to, and a count of what is left in it.
//!
//! It is as strict as S3 with parts: a content is made of those that are named, and of a part that was written twice only
//! the last one can be named.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use attache_blobs::{Blobs, InlineLimit, testing};
use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream, stream::BoxStream};
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartId, MultipartUpload, ObjectMeta, ObjectStore,
    ObjectStoreExt as _, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
    memory::InMemory,
    multipart::{MultipartStore, PartId},
    path::Path,
};

use crate::sample::digested;

/// The length of a part in these tests.
pub(crate) const PART: usize = 64 * 1024;

/// How a request fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is not done.
    Refused,
    /// It is done, but its answer is lost.
    Unanswered,
    /// It is not done, and the process that asked dies: nothing it asks after is done either.
    DeadBefore,
    /// It is done, and then the process dies.
    DeadAfter,
}

pub(crate) const FAULTS: [Fault; 4] = [Fault::Refused, Fault::Unanswered, Fault::DeadBefore, Fault::DeadAfter];

/// The bucket. It outlives the processes that work with it.
#[derive(Debug, Default)]
pub(crate) struct Bucket {
    objects: InMemory,
    uploads: Mutex<HashMap<String, Parts>>,
    begun: AtomicU64,
}

type Parts = BTreeMap<usize, (String, Bytes)>;

impl Bucket {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    /// A process whose request number `at` fails, counted from 0.
    pub(crate) fn failing(self: &Arc<Self>, at: u64, fault: Fault) -> (Blobs, Arc<Process>) {
        let process = Process { bucket: Arc::clone(self), asked: AtomicU64::new(0), fails: Some((at, fault)) };
        let process = Arc::new(process);
        (Self::store(&process), process)
    }

    /// A process without faults.
    pub(crate) fn sound(self: &Arc<Self>) -> Blobs {
        let process = Process { bucket: Arc::clone(self), asked: AtomicU64::new(0), fails: None };
        Self::store(&Arc::new(process))
    }

    fn store(process: &Arc<Process>) -> Blobs {
        testing::over(process, PART as u64, InlineLimit::new(1024).unwrap()).unwrap().into()
    }

    /// The names of all objects.
    pub(crate) async fn names(&self) -> Vec<String> {
        let objects = self.objects.list(None).map_ok(|object| object.location.to_string());
        let mut names: Vec<_> = objects.try_collect().await.unwrap();
        names.sort();
        names
    }

    /// Removes the names under `folder`, as time and a sweep would.
    pub(crate) async fn clear(&self, folder: &str) {
        for name in self.names().await.into_iter().filter(|name| name.starts_with(folder)) {
            self.objects.delete(&Path::from(name)).await.unwrap();
        }
    }

    /// How many multipart uploads hold parts.
    pub(crate) fn open_uploads(&self) -> usize {
        self.uploads().values().filter(|parts| !parts.is_empty()).count()
    }

    fn uploads(&self) -> MutexGuard<'_, HashMap<String, Parts>> {
        self.uploads.lock().unwrap()
    }
}

/// A process that works with the bucket.
#[derive(Debug)]
pub(crate) struct Process {
    bucket: Arc<Bucket>,
    asked: AtomicU64,
    fails: Option<(u64, Fault)>,
}

impl Process {
    /// Whether the fault has come.
    pub(crate) fn has_failed(&self) -> bool {
        self.fails.is_some_and(|(at, _)| self.asked.load(Ordering::SeqCst) > at)
    }

    /// What becomes of the next request: whether it is done, and whether its answer comes.
    fn ask(&self) -> (bool, bool) {
        let asked = self.asked.fetch_add(1, Ordering::SeqCst);
        match self.fails {
            Some((at, fault)) if asked == at => (matches!(fault, Fault::Unanswered | Fault::DeadAfter), false),
            Some((at, Fault::DeadBefore | Fault::DeadAfter)) if asked > at => (false, false),
            _ => (true, true),
        }
    }

    async fn request<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let (done, answered) = self.ask();
        if !done {
            return Err(lost());
        }
        let answer = work.await;
        if answered { answer } else { Err(lost()) }
    }
}

fn lost() -> Error {
    Error::Generic { store: "fake", source: "no answer".into() }
}

fn not_found(id: &str) -> Error {
    Error::NotFound { path: id.to_owned(), source: "no such upload".into() }
}

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a fake")
    }
}

#[async_trait]
impl ObjectStore for Process {
    async fn put_opts(&self, path: &Path, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
        self.request(self.bucket.objects.put_opts(path, payload, options)).await
    }

    async fn put_multipart_opts(&self, _: &Path, _: PutMultipartOptions) -> Result<Box<dyn MultipartUpload>> {
        panic!("not used")
    }

    async fn get_opts(&self, path: &Path, options: GetOptions) -> Result<GetResult> {
        self.request(self.bucket.objects.get_opts(path, options)).await
    }

    fn delete_stream(&self, paths: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
        let (done, answered) = self.ask();
        match (done, answered) {
            (false, _) => stream::once(async { Err(lost()) }).boxed(),
            (true, true) => self.bucket.objects.delete_stream(paths),
            (true, false) => self.bucket.objects.delete_stream(paths).map(|_| Err(lost())).boxed(),
        }
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        match self.ask() {
            (_, false) => stream::once(async { Err(lost()) }).boxed(),
            _ => self.bucket.objects.list(prefix),
        }
    }

    async fn list_with_delimiter(&self, _: Option<&Path>) -> Result<ListResult> {
        panic!("not used")
    }

    async fn copy_opts(&self, _: &Path, _: &Path, _: CopyOptions) -> Result<()> {
        panic!("not used")
    }
}

#[async_trait]
impl MultipartStore for Process {
    async fn create_multipart(&self, _: &Path) -> Result<MultipartId> {
        self.request(async {
            let id = self.bucket.begun.fetch_add(1, Ordering::SeqCst).to_string();
            self.bucket.uploads().insert(id.clone(), Parts::new());
            Ok(id)
        })
        .await
    }

    async fn put_part(&self, _: &Path, id: &MultipartId, number: usize, payload: PutPayload) -> Result<PartId> {
        self.request(async {
            let content = Bytes::from(payload);
            let content_id = format!("\"{}\"", hex::encode(digested(&content).md5));
            let mut uploads = self.bucket.uploads();
            let parts = uploads.get_mut(id).ok_or_else(|| not_found(id))?;
            parts.insert(number, (content_id.clone(), content));
            Ok(PartId { content_id })
        })
        .await
    }

    async fn complete_multipart(&self, path: &Path, id: &MultipartId, named: Vec<PartId>) -> Result<PutResult> {
        self.request(async {
            let parts = self.bucket.uploads().get(id).cloned().ok_or_else(|| not_found(id))?;
            let mut content = Vec::new();
            for (number, named) in named.iter().enumerate() {
                let (content_id, bytes) = parts.get(&number).ok_or_else(|| not_found("a part"))?;
                if *content_id != named.content_id {
                    return Err(Error::Precondition { path: path.to_string(), source: "InvalidPart".into() });
                }
                content.extend_from_slice(bytes);
            }
            self.bucket.uploads().remove(id);
            self.bucket.objects.put(path, content.into()).await
        })
        .await
    }

    async fn abort_multipart(&self, _: &Path, id: &MultipartId) -> Result<()> {
        self.request(async { self.bucket.uploads().remove(id).map(drop).ok_or_else(|| not_found(id)) }).await
    }
}

/// Asks `check` of an empty bucket again and again: each time another request of a process fails, the first, the second
/// and so on, in every way. It ends when a run makes no request that would fail.
pub(crate) async fn at_every_request(check: impl AsyncFn(Trial)) {
    for fault in FAULTS {
        for at in 0.. {
            let bucket = Bucket::new();
            let (failing, process) = bucket.failing(at, fault);
            check(Trial { bucket, failing, when: format!("{fault:?} at {at}") }).await;
            if !process.has_failed() {
                break;
            }
        }
    }
}

/// A bucket, and a process on it of which one request fails.
pub(crate) struct Trial {
    pub(crate) bucket: Arc<Bucket>,
    pub(crate) failing: Blobs,
    /// How and where it fails, for messages.
    pub(crate) when: String,
}
