//! What a file shows, and what it is related to. Files of one list know each other: what one of them needs from the
//! database is fetched for all of them.

use super::args::{ListArgs, read};
use super::load::{Answers, Once};
use super::logs::Wanted;
use super::owner::{self, Belonging};
use super::{Field, Loaders, Node, moment, nullable};
use crate::fileable;
use async_graphql::Value;
use async_graphql::dynamic::{FieldFuture, FieldValue, ResolverContext};
use attache_model::event::Event;
use attache_model::file::File;
use attache_model::{Error, FileNo, Owner, Result};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::OnceCell;

/// A file and those that were listed with it.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(super) file: File,
    beside: Arc<Beside>,
}

/// What the files of a list need besides themselves.
#[derive(Debug)]
struct Beside {
    files: Vec<FileNo>,
    owners: Once<HashMap<FileNo, Owner>>,
    belongings: Once<HashMap<Owner, Arc<Belonging>>>,
    events: Answers<Wanted, HashMap<FileNo, Vec<Event>>>,
}

impl Listed {
    /// Files that are listed together.
    pub(super) fn together(files: Vec<File>) -> Vec<Arc<Listed>> {
        let beside = Arc::new(Beside::of(files.iter().map(|file| file.no).collect()));
        files.into_iter().map(|file| Arc::new(Listed { file, beside: beside.clone() })).collect()
    }

    /// A file that stands alone.
    pub(super) fn alone(file: File) -> Node {
        let beside = Arc::new(Beside::of(vec![file.no]));
        Node::File(Arc::new(Listed { file, beside }))
    }

    /// The file that a field is of.
    ///
    /// # Errors
    /// `Internal` where it is of something else.
    pub(super) fn of<'a>(ctx: &ResolverContext<'a>) -> Result<&'a Listed> {
        match Node::of(ctx) {
            Some(Node::File(file)) => Ok(file),
            _ => Err(Error::bug("a field of files is asked of something else")),
        }
    }

    /// Its owner.
    async fn owner(&self, loaders: &Loaders) -> Result<Option<Owner>> {
        let owners = self.beside.owners(loaders).await?;
        Ok(owners.get(&self.file.no).copied())
    }

    /// What was done with it.
    pub(super) async fn events(&self, loaders: &Loaders, wanted: Wanted) -> Result<Vec<Event>> {
        let answer = self.beside.events.to(&wanted);
        let (files, Wanted { newest_first, most }) = (&self.beside.files, wanted);
        let fetch = || async { loaders.reach()?.events_of_files(files, newest_first, most).await };
        let all = answer.get_or_init(fetch).await.as_ref().map_err(Error::clone)?;
        Ok(all.get(&self.file.no).cloned().unwrap_or_default())
    }
}

impl Beside {
    fn of(files: Vec<FileNo>) -> Beside {
        Beside { files, owners: OnceCell::new(), belongings: OnceCell::new(), events: Answers::default() }
    }

    async fn owners(&self, loaders: &Loaders) -> Result<&HashMap<FileNo, Owner>> {
        let fetch = || async { loaders.reach()?.owners_of(&self.files).await };
        self.owners.get_or_init(fetch).await.as_ref().map_err(Error::clone)
    }

    /// The owners of the files, as they are shown.
    async fn belongings(&self, loaders: &Loaders) -> Result<&HashMap<Owner, Arc<Belonging>>> {
        let fetch = || async {
            let mut owners: Vec<Owner> = self.owners(loaders).await?.values().copied().collect();
            owners.sort_unstable();
            owners.dedup();
            let named = loaders.reach()?.owners(&owners).await?;
            let together = Belonging::together(loaders.account(), named.into_values().collect());
            Ok(together.into_iter().map(|one| (one.named.owner, one)).collect())
        };
        self.belongings.get_or_init(fetch).await.as_ref().map_err(Error::clone)
    }
}

/// What a file shows of itself.
pub(super) const FIELDS: &[Field<Listed>] = &[
    ("id", |listed| listed.file.no.to_string().into()),
    ("sonar_unique_id", |listed| listed.file.id.to_string().into()),
    ("created_at", |listed| moment::shown(listed.file.created_at).into()),
    ("updated_at", |listed| moment::shown(listed.file.updated_at).into()),
    ("_version", |listed| listed.file.revision.to_string().into()),
    ("description", |listed| match listed.file.description.as_str() {
        "" => Value::Null,
        text => text.into(),
    }),
    ("file_size_in_bytes", |listed| listed.file.version.size.to_string().into()),
    ("filename", |listed| listed.file.title().full().into()),
    ("mime_type", |listed| listed.file.version.media_type.as_str().into()),
    ("primary_image", |listed| listed.file.cover.into()),
    ("user_id", |listed| listed.file.created_by.to_string().into()),
    ("checksum_sha256", |listed| listed.file.version.sha256.to_string().into()),
    ("download_path", |listed| format!("/api/files/{}", listed.file.no).into()),
];

/// `File.fileable_id`: the number of its owner.
pub(super) fn fileable_id(ctx: ResolverContext<'_>) -> FieldFuture<'_> {
    of_owner(ctx, |owner| Some(owner.id().to_string().into()))
}

/// `File.fileable_type`: the type of its owner.
pub(super) fn fileable_type(ctx: ResolverContext<'_>) -> FieldFuture<'_> {
    of_owner(ctx, |owner| fileable::name(owner.kind()).map(Value::from))
}

fn of_owner(ctx: ResolverContext<'_>, show: fn(Owner) -> Option<Value>) -> FieldFuture<'_> {
    FieldFuture::new(async move {
        let told =
            async { Ok(Listed::of(&ctx)?.owner(Loaders::of(&ctx)?).await?.and_then(show).map(FieldValue::value)) };
        nullable(&ctx, told.await)
    })
}

/// `File.fileable`: its owner, where the arguments leave it.
pub(super) fn fileable(ctx: ResolverContext<'_>) -> FieldFuture<'_> {
    FieldFuture::new(async move {
        let told = async {
            let (loaders, file) = (Loaders::of(&ctx)?, Listed::of(&ctx)?);
            let args: ListArgs = read(&ctx.args)?;
            let owner = file.owner(loaders).await?;
            let all = file.beside.belongings(loaders).await?;
            let belonging = owner.and_then(|owner| all.get(&owner)).cloned();
            Ok(owner::left(belonging, &args, loaders.limits())?.and_then(owner::shown))
        };
        nullable(&ctx, told.await)
    })
}
