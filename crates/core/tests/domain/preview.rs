//! Previews, by processes that do not do as they should.

use crate::home::{Home, admit, core_that_draws};
use attache_core::{Body, Content, Expect, NewFile, NewName};
use attache_model::scope::Scopes;
use attache_model::share::PreviewSize;
use attache_model::{Error, FolderRef, Name, Result, UserNo};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02\x08\x02\0\0\0";

/// What comes of a preview that `command` is to make.
async fn drawn_by(command: &[&str]) -> Result<attache_core::Preview> {
    let home = Home::sqlite().await;
    let core = core_that_draws(&home.db, home.data(), &home.clock, command).await;
    let owner = admit(&core, "one", UserNo::OWNER, Scopes::all()).await;
    let edit = core.edit(&owner).unwrap();
    let staged = edit.stage(Body::from(PNG.to_vec()), &Expect::at_most(100)).await.unwrap();
    let new = NewFile::new(FolderRef::ROOT, NewName::Exact(Name::parse("a.png").unwrap()));
    let file = edit.put_file(new, staged).await.unwrap().into_file();
    let content: Content = core.view(&owner).unwrap().open(file.no, None).await.unwrap();
    core.preview(&content, PreviewSize::Thumb, false).await
}

#[tokio::test]
async fn a_preview_that_the_machine_has_no_time_for_is_to_be_asked_for_later() {
    let told = drawn_by(&["sh", "-c", "cat > /dev/null; exec sleep 3600"]).await.unwrap_err();
    assert!(matches!(told, Error::Busy { .. }), "{told:?}");
}

#[tokio::test]
async fn a_preview_whose_process_dies_is_the_fault_of_its_picture() {
    let told = drawn_by(&["sh", "-c", "kill -KILL $$"]).await.unwrap_err();
    assert!(told.to_string().contains("the picture could not be read"), "{told:?}");
}
