//! Files: names, versions, the trash and the quota.

mod act;
mod foretell;
mod kept;

use super::{Engine, Home, histories};
use act::Play;
use foretell::Model;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// A step of a history. Files are named by the order of their making, modulo how many there are; a step about one where
/// there is none is passed over.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// A file is put in, perhaps one that disappears by itself after some days.
    Put { name: u8, len: u8, clash: Taken, days: Option<u8> },
    /// New content.
    Replace { file: usize, len: u8 },
    /// Another version, counted from 0 through those that are there and one more, becomes the active one.
    Activate { file: usize, version: usize },
    /// Another name.
    Rename { file: usize, name: u8, numbered: bool },
    /// To the trash.
    Trash { file: usize },
    /// Several to the trash.
    TrashAll { files: Vec<usize> },
    /// Back from the trash.
    Restore { file: usize },
    /// Several back.
    RestoreAll { files: Vec<usize> },
    /// Erased.
    Erase { file: usize },
    /// The account may hold so much.
    Quota { bytes: Option<u8>, files: Option<u8> },
    /// Time passes.
    Wait { days: u8 },
    /// The housekeeping runs.
    Sweep,
    /// The server is started again.
    Restart,
}

/// What a put does about a name that is taken.
#[derive(Clone, Copy, Debug)]
pub(super) enum Taken {
    Refuse,
    Number,
    Replace,
    Version,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let file = || 0_usize..10;
    let name = || 0_u8..3;
    let len = || 0_u8..40;
    let clash = prop_oneof![Just(Taken::Refuse), Just(Taken::Number), Just(Taken::Replace), Just(Taken::Version)];
    let days = option::weighted(0.2, 1_u8..20);
    vec(
        prop_oneof![
            10 => (name(), len(), clash, days)
                .prop_map(|(name, len, clash, days)| Step::Put { name, len, clash, days }),
            4 => (file(), len()).prop_map(|(file, len)| Step::Replace { file, len }),
            3 => (file(), 0_usize..4).prop_map(|(file, version)| Step::Activate { file, version }),
            3 => (file(), name(), any::<bool>())
                .prop_map(|(file, name, numbered)| Step::Rename { file, name, numbered }),
            4 => file().prop_map(|file| Step::Trash { file }),
            2 => vec(file(), 0..4).prop_map(|files| Step::TrashAll { files }),
            4 => file().prop_map(|file| Step::Restore { file }),
            2 => vec(file(), 0..4).prop_map(|files| Step::RestoreAll { files }),
            2 => file().prop_map(|file| Step::Erase { file }),
            2 => (option::weighted(0.7, 0_u8..160), option::weighted(0.5, 0_u8..8))
                .prop_map(|(bytes, files)| Step::Quota { bytes, files }),
            3 => (1_u8..20).prop_map(|days| Step::Wait { days }),
            2 => Just(Step::Sweep),
            1 => Just(Step::Restart),
        ],
        1..50,
    )
}

async fn run(home: &Home, steps: &[Step]) {
    let mut play = Play { desk: home.desk().await, model: Model::default(), files: Vec::new() };
    for step in steps {
        play.step(step).await;
        play.compare().await;
    }
    play.end().await;
}

#[test]
fn files_do_what_their_model_does_on_sqlite() {
    histories(Engine::Sqlite, 60, steps(), &run);
}

#[test]
fn files_do_what_their_model_does_on_postgresql() {
    histories(Engine::Postgres, 12, steps(), &run);
}
