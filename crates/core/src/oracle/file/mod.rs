//! Files and folders: names, places, versions, conditions, the trash, the quota, and who is shown nothing of it.

mod act;
mod compare;
mod foretell;
mod kept;

use super::effort::Model;
use super::{Engine, Home, Named, histories};
use act::Play;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// A step of a history. Files and folders are named by the order of their making, modulo how many there are (the root is
/// folder 0); a step about a file where there is none is passed over.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// A file is put in, perhaps one that disappears by itself after some days, perhaps after a look for its bytes.
    Put { to: Place, name: u8, len: u8, clash: Taken, days: Option<u8>, twin: Option<Twin> },
    /// New content.
    Replace { file: usize, len: u8, when: When },
    /// Another version, counted from 0 through those that are there and one more, becomes the active one.
    Activate { file: usize, version: usize },
    /// Another name, another folder, or both.
    Change { file: usize, name: Option<u8>, folder: Option<usize>, numbered: bool, when: When },
    /// To the trash.
    Trash { file: usize, when: When },
    /// Several to the trash.
    TrashAll { files: Vec<usize> },
    /// Back from the trash.
    Restore { file: usize },
    /// Several back.
    RestoreAll { files: Vec<usize> },
    /// Erased.
    Erase { file: usize, when: When },
    /// All that is in the trash goes for good.
    EmptyTrash,
    /// A folder is made; one that is there may be `welcome`.
    MakeFolder { parent: usize, name: u8, welcome: bool },
    /// It is renamed, moved, or both.
    ChangeFolder { folder: usize, name: Option<u8>, parent: Option<usize> },
    /// It is deleted with all below it.
    TrashFolder { folder: usize },
    /// Somebody of another account tries to read, change and remove a file and a folder.
    Stranger { file: usize, folder: usize },
    /// The account may hold so much.
    Quota { bytes: Option<u8>, files: Option<u8> },
    /// Time passes.
    Wait { days: u8 },
    /// The housekeeping runs.
    Sweep,
    /// The server is started again.
    Restart,
}

impl Named for Step {
    const ALL: &'static [&'static str] = &[
        "put",
        "replace",
        "activate",
        "change",
        "trash",
        "trash several",
        "restore",
        "restore several",
        "erase",
        "empty the trash",
        "make a folder",
        "change a folder",
        "delete a folder",
        "meddle from outside",
        "set the quota",
        "wait",
        "sweep",
        "restart",
    ];

    fn name(&self) -> &'static str {
        match self {
            Step::Put { .. } => "put",
            Step::Replace { .. } => "replace",
            Step::Activate { .. } => "activate",
            Step::Change { .. } => "change",
            Step::Trash { .. } => "trash",
            Step::TrashAll { .. } => "trash several",
            Step::Restore { .. } => "restore",
            Step::RestoreAll { .. } => "restore several",
            Step::Erase { .. } => "erase",
            Step::EmptyTrash => "empty the trash",
            Step::MakeFolder { .. } => "make a folder",
            Step::ChangeFolder { .. } => "change a folder",
            Step::TrashFolder { .. } => "delete a folder",
            Step::Stranger { .. } => "meddle from outside",
            Step::Quota { .. } => "set the quota",
            Step::Wait { .. } => "wait",
            Step::Sweep => "sweep",
            Step::Restart => "restart",
        }
    }
}

/// Where a file is put.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// A folder that was made.
    Known(usize),
    /// A path, whose missing folders are made.
    Path(Vec<u8>),
}

/// What a put does about a name that is taken.
#[derive(Clone, Copy, Debug)]
pub(super) enum Taken {
    Refuse,
    Number,
    Replace,
    Version,
}

/// What a put does about a living file of the same bytes: look in the very folder only; take that file or refuse.
#[derive(Clone, Copy, Debug)]
pub(super) struct Twin {
    pub(super) here_only: bool,
    pub(super) take: bool,
}

/// The condition under which something is done to a file.
#[derive(Clone, Copy, Debug)]
pub(super) enum When {
    Always,
    /// It is as it was so many changes ago.
    Is(u8),
    /// Its content is that of a version.
    Holds(usize),
}

fn when() -> impl Strategy<Value = When> {
    prop_oneof![
        6 => Just(When::Always),
        3 => (0_u8..3).prop_map(When::Is),
        1 => (0_usize..3).prop_map(When::Holds),
    ]
}

fn put() -> impl Strategy<Value = Step> {
    let folder = 0_usize..5;
    let place = prop_oneof![
        3 => Just(Place::Known(0)),
        3 => folder.prop_map(Place::Known),
        2 => vec(0_u8..3, 1..3).prop_map(Place::Path),
    ];
    let clash = prop_oneof![Just(Taken::Refuse), Just(Taken::Number), Just(Taken::Replace), Just(Taken::Version)];
    let twin = any::<(bool, bool)>().prop_map(|(here_only, take)| Twin { here_only, take });
    let rest = (clash, option::weighted(0.2, 1_u8..20), option::weighted(0.15, twin));
    (place, 0_u8..3, 0_u8..40, rest).prop_map(|(to, name, len, (clash, days, twin))| Step::Put {
        to,
        name,
        len,
        clash,
        days,
        twin,
    })
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let file = || 0_usize..10;
    let folder = || 0_usize..5;
    let name = || 0_u8..3;
    vec(
        prop_oneof![
            12 => put(),
            4 => (file(), 0_u8..40, when()).prop_map(|(file, len, when)| Step::Replace { file, len, when }),
            3 => (file(), 0_usize..4).prop_map(|(file, version)| Step::Activate { file, version }),
            5 => (file(), option::of(name()), option::of(folder()), any::<bool>(), when())
                .prop_map(|(file, name, folder, numbered, when)| Step::Change { file, name, folder, numbered, when }),
            4 => (file(), when()).prop_map(|(file, when)| Step::Trash { file, when }),
            2 => vec(file(), 0..4).prop_map(|files| Step::TrashAll { files }),
            4 => file().prop_map(|file| Step::Restore { file }),
            2 => vec(file(), 0..4).prop_map(|files| Step::RestoreAll { files }),
            2 => (file(), when()).prop_map(|(file, when)| Step::Erase { file, when }),
            1 => Just(Step::EmptyTrash),
            3 => (folder(), name(), any::<bool>())
                .prop_map(|(parent, name, welcome)| Step::MakeFolder { parent, name, welcome }),
            3 => (folder(), option::of(name()), option::of(folder()))
                .prop_map(|(folder, name, parent)| Step::ChangeFolder { folder, name, parent }),
            1 => folder().prop_map(|folder| Step::TrashFolder { folder }),
            1 => (file(), folder()).prop_map(|(file, folder)| Step::Stranger { file, folder }),
            2 => (option::weighted(0.7, 0_u8..160), option::weighted(0.5, 0_u8..8))
                .prop_map(|(bytes, files)| Step::Quota { bytes, files }),
            2 => (1_u8..20).prop_map(|days| Step::Wait { days }),
            1 => Just(Step::Sweep),
            1 => Just(Step::Restart),
        ],
        1..=60,
    )
}

async fn run(home: &Home, steps: &[Step]) {
    let mut play = Play::new(home).await;
    for step in steps {
        play.step(step).await;
        play.compare().await;
    }
    play.end().await;
}

#[test]
fn files_and_folders_do_what_their_model_does_on_sqlite_and_disk() {
    histories(Engine::Sqlite, Model::Files, steps, &run);
}

#[test]
fn files_and_folders_do_what_their_model_does_on_postgresql_and_a_bucket() {
    histories(Engine::Postgres, Model::Files, steps, &run);
}
