//! Files are put on an owner: `linkFileToEntity`. All of them or none.

use super::args::{Association, Change, LinkInput, List, read, wanted};
use super::change::{fits, may_change};
use super::owner::{self, Belonging};
use super::{Loaders, nullable};
use crate::error::refuse;
use crate::fileable;
use async_graphql::dynamic::{FieldFuture, FieldValue, ResolverContext};
use attache_core::{Attach, Reach};
use attache_model::limits::Limits;
use attache_model::{Error, FileNo, Owner, Result, Scope};

/// `linkFileToEntity`. It answers the owner.
pub(super) fn link(ctx: ResolverContext<'_>) -> FieldFuture<'_> {
    FieldFuture::new(async move { nullable(&ctx, linked(&ctx).await) })
}

async fn linked<'a>(ctx: &ResolverContext<'a>) -> Result<Option<FieldValue<'a>>> {
    let loaders = Loaders::of(ctx)?;
    may_change(loaders.caller())?;
    let args: Change<LinkInput> = read(&ctx.args)?;
    let input = wanted("input", args.input)?;
    let owner = owner_of(&input)?;
    let files = files(&input.files, loaders.limits())?;
    let reach = loaders.reach()?;
    if loaders.limits().sonar_strict_owners == 1 {
        known(&reach, owner, &input).await?;
    }
    let named = reach.link_files(owner, &files).await.map_err(|error| told(error, loaders))?;
    Ok(owner::shown(Belonging::alone(loaders.account(), named)))
}

fn owner_of(input: &LinkInput) -> Result<Owner> {
    let kind = fileable::kind(&input.fileable_type);
    let kind = kind.ok_or_else(|| refuse("input.fileable_type", fileable::unknown(&input.fileable_type)))?;
    Owner::new(kind, input.fileable_id.0).ok_or_else(|| refuse("input.fileable_id", "it is at least 1"))
}

fn files(files: &List<Association>, limits: &Limits) -> Result<Vec<Attach>> {
    let most = limits.record_items;
    if files.is_empty() {
        return Err(refuse("input.files", "name one file or more"));
    }
    if files.len() as u64 > most {
        return Err(refuse("input.files", format!("there are {} files, and {most} is the most", files.len())));
    }
    let attach = |(at, file): (usize, &Option<Association>)| {
        let file = file.as_ref().ok_or_else(|| refuse(format!("input.files.{at}"), "it is no file"))?;
        if let Some(text) = &file.description {
            fits(&format!("input.files.{at}.description"), text, limits)?;
        }
        let (description, cover) = (file.description.clone(), file.primary_image);
        Ok(Attach { file: FileNo(file.file_id.0), description, cover })
    };
    files.iter().enumerate().map(attach).collect()
}

/// Demands an owner that something names already.
async fn known(reach: &Reach<'_>, owner: Owner, input: &LinkInput) -> Result<()> {
    match reach.owners(&[owner]).await?.contains_key(&owner) {
        true => Ok(()),
        false => {
            let why = format!("there is no {} {}, and owners must be known here", input.fileable_type, owner.id());
            Err(refuse("input.fileable_id", why))
        }
    }
}

/// What a refusal is in the words of the input.
fn told(error: Error, loaders: &Loaders) -> Error {
    match error {
        Error::Invalid { field, why, .. } => match field.strip_suffix(".cover") {
            Some(at) => refuse(format!("input.files.{at}.primary_image"), why),
            None => refuse("input.files", why),
        },
        // Of a file in sight: what a caller lacks that may change its own files is the right to change others'.
        Error::MissingScope(_) if loaders.caller().has(Scope::FilesOwnWrite) => Error::MissingScope(Scope::FilesOthers),
        other => other,
    }
}
