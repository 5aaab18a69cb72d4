//! Uploads: several at once for the same files, with every mishap that senders and servers have.

mod act;
mod compare;
mod foretell;
mod kept;

use super::effort::Model;
use super::{Engine, Home, Named, histories};
use act::Play;
use foretell::Model as Foretold;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// A step of a history. Uploads and files are named by the order of their making, modulo how many there are; a step
/// about one where there is none is passed over.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// An upload is opened.
    Open { length: Option<u8>, goal: Aim },
    /// Bytes are sent for an offset.
    Append { upload: usize, off: i8, len: Len, how: How },
    /// A numbered part is sent: the next one and so many ahead.
    Part { upload: usize, ahead: i8, len: Len, how: How },
    /// Somebody asks where the upload stands, for good.
    Settle { upload: usize },
    /// It is given up.
    Abort { upload: usize },
    /// Uploads are joined.
    Join { pieces: Vec<usize> },
    /// A file is moved to the trash.
    Trash { file: usize },
    /// It comes back.
    Restore { file: usize },
    /// It is erased.
    Erase { file: usize },
    /// The account may hold so many bytes.
    Quota { bytes: Option<u8> },
    /// Time passes.
    Wait { hours: u8 },
    /// The housekeeping runs.
    Sweep,
    /// The server is started again.
    Restart,
}

impl Named for Step {
    const ALL: &'static [&'static str] = &[
        "open",
        "append",
        "part",
        "settle",
        "abort",
        "join",
        "trash",
        "restore",
        "erase",
        "set the quota",
        "wait",
        "sweep",
        "restart",
    ];

    fn name(&self) -> &'static str {
        match self {
            Step::Open { .. } => "open",
            Step::Append { .. } => "append",
            Step::Part { .. } => "part",
            Step::Settle { .. } => "settle",
            Step::Abort { .. } => "abort",
            Step::Join { .. } => "join",
            Step::Trash { .. } => "trash",
            Step::Restore { .. } => "restore",
            Step::Erase { .. } => "erase",
            Step::Quota { .. } => "set the quota",
            Step::Wait { .. } => "wait",
            Step::Sweep => "sweep",
            Step::Restart => "restart",
        }
    }
}

/// What an upload is to become.
#[derive(Clone, Debug)]
pub(super) enum Aim {
    File,
    Version(usize),
    Joining,
}

/// How many bytes are sent.
#[derive(Clone, Debug)]
pub(super) enum Len {
    These(u8),
    /// All that are missing.
    Rest,
    /// One more than are missing.
    Over,
}

/// How they are sent.
#[derive(Clone, Debug)]
pub(super) enum How {
    Whole,
    /// The connection breaks behind them.
    Cut,
    /// With their digest.
    Right,
    /// With another digest; as a part with other bytes than were sent before.
    Wrong,
    /// With a digest, and the connection breaks.
    RightCut,
    /// With the upload's length.
    Declares(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let which = 0_usize..8;
    let aim = prop_oneof![4 => Just(Aim::File), 3 => which.clone().prop_map(Aim::Version), 2 => Just(Aim::Joining)];
    let length = || 0_u8..40;
    let len = || prop_oneof![4 => length().prop_map(Len::These), 4 => Just(Len::Rest), 1 => Just(Len::Over)];
    let how = || {
        prop_oneof![
            6 => Just(How::Whole),
            2 => Just(How::Cut),
            1 => Just(How::Right),
            1 => Just(How::Wrong),
            1 => Just(How::RightCut),
            1 => length().prop_map(How::Declares),
        ]
    };
    let off = prop_oneof![8 => Just(0_i8), 1 => -3_i8..4];
    let ahead = prop_oneof![6 => Just(0_i8), 3 => -3_i8..0, 1 => Just(1_i8)];
    let file = which.clone();
    vec(
        prop_oneof![
            8 => (option::weighted(0.8, length()), aim).prop_map(|(length, goal)| Step::Open { length, goal }),
            12 => (which.clone(), off, len(), how())
                .prop_map(|(upload, off, len, how)| Step::Append { upload, off, len, how }),
            12 => (which.clone(), ahead, len(), how())
                .prop_map(|(upload, ahead, len, how)| Step::Part { upload, ahead, len, how }),
            3 => which.clone().prop_map(|upload| Step::Settle { upload }),
            2 => which.clone().prop_map(|upload| Step::Abort { upload }),
            2 => vec(which, 0..4).prop_map(|pieces| Step::Join { pieces }),
            2 => file.clone().prop_map(|file| Step::Trash { file }),
            2 => file.clone().prop_map(|file| Step::Restore { file }),
            1 => file.prop_map(|file| Step::Erase { file }),
            2 => option::weighted(0.7, 0_u8..160).prop_map(|bytes| Step::Quota { bytes }),
            1 => (1_u8..14).prop_map(|hours| Step::Wait { hours }),
            1 => Just(Step::Sweep),
            1 => Just(Step::Restart),
        ],
        1..=60,
    )
}

async fn run(home: &Home, steps: &[Step]) {
    let desk = home.desk().await;
    let mut play = Play { desk, model: Foretold::default(), uploads: Vec::new(), files: Vec::new() };
    for step in steps {
        play.step(step).await;
        play.compare().await;
    }
    play.end().await;
}

#[test]
fn uploads_do_what_their_model_does_on_sqlite_and_disk() {
    histories(Engine::Sqlite, Model::Uploads, steps, &run);
}

#[test]
fn uploads_do_what_their_model_does_on_postgresql_and_a_bucket() {
    histories(Engine::Postgres, Model::Uploads, steps, &run);
}
