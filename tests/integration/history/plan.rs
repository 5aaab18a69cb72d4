//! What the clients of a history are to do, by a seed.

use attache_tests::dice::Dice;

/// Files of a history.
pub(super) const FILES: usize = 5;
/// Operations of a history.
const OPS: usize = 60;
/// One of so many requests is cut.
const CUT: usize = 12;
/// The longest that a client waits before it cuts a request, in microseconds: the server may be anywhere by then.
const CUT_AFTER: usize = 6000;

/// One operation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) wish: Wish,
    /// Microseconds after which the client goes away.
    pub(super) cut_after: Option<u64>,
    /// The node that is asked, modulo how many there are.
    pub(super) node: usize,
}

/// What a client wants.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wish {
    Write {
        file: usize,
        size: usize,
        how: How,
    },
    Look {
        file: usize,
    },
    Read {
        file: usize,
    },
    Delete {
        file: usize,
        how: How,
    },
    Restore {
        file: usize,
    },
    /// Another file, under a name that others want too.
    Put {
        name: usize,
        size: usize,
    },
    /// One of three folders into another one, or into the root.
    Move {
        folder: usize,
        into: usize,
    },
    /// What the account holds.
    Usage,
}

/// Under which condition.
#[derive(Clone, Copy, Debug)]
pub(super) enum How {
    Plain,
    /// The file is as this client saw it last.
    AsSeen,
    /// Its content is what this client saw last.
    ContentAsSeen,
}

/// A history's operations, to be taken by whichever client is free.
pub(super) fn steps(dice: &mut Dice) -> Vec<Step> {
    (0..OPS).map(|_| step(dice)).collect()
}

fn step(dice: &mut Dice) -> Step {
    let wish = wish(dice);
    let is_change = !matches!(wish, Wish::Look { .. } | Wish::Read { .. } | Wish::Usage);
    let is_cut = is_change && dice.one_in(CUT);
    let cut_after = is_cut.then(|| dice.below(CUT_AFTER) as u64);
    Step { wish, cut_after, node: dice.below(64) }
}

fn wish(dice: &mut Dice) -> Wish {
    let file = dice.below(FILES);
    match dice.below(100) {
        0..16 => Wish::Write { file, size: size(dice), how: How::Plain },
        16..42 => Wish::Write { file, size: size(dice), how: how(dice) },
        42..54 => Wish::Look { file },
        54..66 => Wish::Read { file },
        66..72 => Wish::Delete { file, how: How::Plain },
        72..75 => Wish::Delete { file, how: how(dice) },
        75..88 => Wish::Restore { file },
        88..92 => Wish::Put { name: dice.below(2), size: size(dice) },
        92..98 => Wish::Move { folder: dice.below(3), into: dice.below(4) },
        _ => Wish::Usage,
    }
}

fn how(dice: &mut Dice) -> How {
    if dice.one_in(4) { How::ContentAsSeen } else { How::AsSeen }
}

/// Bytes of a content: mostly a row, now and then a blob of its own.
fn size(dice: &mut Dice) -> usize {
    if dice.one_in(16) { 66_000 } else { 16 + dice.below(600) }
}
