//! Changes of one file: what is said of it, its owner, and its end. Of a file that the caller may not see, nobody tells
//! that it is there.

use super::args::{Change, UpdateInput, read, wanted};
use super::file::Listed;
use super::{Loaders, Node, nullable};
use crate::error::refuse;
use async_graphql::dynamic::{FieldFuture, FieldValue, ResolverContext};
use attache_core::{Caller, ReachChange};
use attache_model::limits::Limits;
use attache_model::{Error, FileNo, Result, Scope, What};

/// The scopes each of which lets some files be changed; the first one those that the caller made.
const CHANGING: [Scope; 5] =
    [Scope::FilesOwnWrite, Scope::FilesWrite, Scope::FilesPersonal, Scope::FilesContact, Scope::FilesCompanyWrite];
/// The scopes each of which lets some files be removed; the first one those that the caller made.
const REMOVING: [Scope; 5] =
    [Scope::FilesOwnDelete, Scope::FilesDelete, Scope::FilesPersonal, Scope::FilesContact, Scope::FilesCompanyWrite];

/// Demands a caller that may change some file, whichever is meant.
///
/// # Errors
/// `MissingScope`.
pub(super) fn may_change(caller: &Caller) -> Result<()> {
    any_of(caller, &CHANGING)
}

fn any_of(caller: &Caller, scopes: &[Scope; 5]) -> Result<()> {
    match scopes.iter().any(|scope| caller.has(*scope)) {
        true => Ok(()),
        false => Err(Error::MissingScope(scopes[0])),
    }
}

/// What a refusal to touch a file comes to. Of a file that the caller may see: whoever may touch its `own` lacks the right
/// to those of others. Of another one: there is no such file.
async fn hidden_or_others(loaders: &Loaders, file: FileNo, own: Scope, error: Error) -> Error {
    if !matches!(error, Error::MissingScope(_)) {
        return error;
    }
    let seen = async { loaders.reach()?.file(file).await };
    match seen.await {
        Ok(_) if loaders.caller().has(own) => Error::MissingScope(Scope::FilesOthers),
        Ok(_) => error,
        Err(Error::MissingScope(_)) => Error::NotFound(What::File),
        Err(error) => error,
    }
}

/// `updateFile`.
pub(super) fn update(ctx: ResolverContext<'_>) -> FieldFuture<'_> {
    FieldFuture::new(async move { nullable(&ctx, updated(&ctx).await.map(Some)) })
}

async fn updated<'a>(ctx: &ResolverContext<'a>) -> Result<FieldValue<'a>> {
    let loaders = Loaders::of(ctx)?;
    may_change(loaders.caller())?;
    let args: Change<UpdateInput> = read(&ctx.args)?;
    let file = FileNo(wanted("id", args.id)?.0);
    let change = change(args.input.unwrap_or_default(), loaders.limits())?;
    match loaders.reach()?.change_file(file, change, None).await {
        Ok(reached) => Ok(FieldValue::owned_any(Listed::alone(reached.file))),
        Err(Error::Invalid { field, why, .. }) if field == "cover" => Err(refuse("input.primary_image", why)),
        Err(error) => Err(hidden_or_others(loaders, file, CHANGING[0], error).await),
    }
}

/// What is to be changed; nothing where the input says nothing.
fn change(input: UpdateInput, limits: &Limits) -> Result<ReachChange> {
    let unset = input.unset_description.unwrap_or(false);
    if unset && input.description.is_some() {
        return Err(refuse("input.unset_description", "the same request gives a description"));
    }
    if let Some(text) = &input.description {
        fits("input.description", text, limits)?;
    }
    let description = if unset { Some(String::new()) } else { input.description };
    Ok(ReachChange { description, cover: input.primary_image, ..ReachChange::default() })
}

/// Demands a description that is not too long, and that can be kept.
///
/// # Errors
/// `Invalid` at `path`.
pub(super) fn fits(path: &str, text: &str, limits: &Limits) -> Result<()> {
    let most = limits.description_bytes;
    if text.len() as u64 > most {
        return Err(refuse(path, format!("it has {} bytes of UTF-8, and {most} is the most", text.len())));
    }
    if text.contains('\0') {
        return Err(refuse(path, "it must not contain NUL"));
    }
    Ok(())
}

/// `unlinkFile`.
pub(super) fn unlink(ctx: ResolverContext<'_>) -> FieldFuture<'_> {
    FieldFuture::new(async move {
        let told = async {
            let (loaders, file) = (Loaders::of(&ctx)?, file(&ctx)?);
            may_change(loaders.caller())?;
            match loaders.reach()?.unlink_file(file).await {
                Ok(file) => Ok(Some(FieldValue::owned_any(Listed::alone(file)))),
                Err(error) => Err(hidden_or_others(loaders, file, CHANGING[0], error).await),
            }
        };
        nullable(&ctx, told.await)
    })
}

/// `deleteFile`.
pub(super) fn delete(ctx: ResolverContext<'_>) -> FieldFuture<'_> {
    FieldFuture::new(async move {
        let told = async {
            let (loaders, file) = (Loaders::of(&ctx)?, file(&ctx)?);
            any_of(loaders.caller(), &REMOVING)?;
            match loaders.reach()?.trash_file(file).await {
                Ok(()) => Ok(Some(FieldValue::owned_any(Node::Done(format!("File {file} is in the trash."))))),
                Err(error) => Err(hidden_or_others(loaders, file, REMOVING[0], error).await),
            }
        };
        nullable(&ctx, told.await)
    })
}

/// The file that a mutation is about.
fn file(ctx: &ResolverContext<'_>) -> Result<FileNo> {
    let args: Change<()> = read(&ctx.args)?;
    Ok(FileNo(wanted("id", args.id)?.0))
}
