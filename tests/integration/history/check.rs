//! Whether what was seen of a file could have been seen if every operation had happened at one moment between its call and
//! its answer (linearizability; the search of Wing and Gong, with Lowe's memory of places that were looked at before).

use super::record::{Act, End, Face, Op, Tag};
use std::collections::HashSet;

/// A file with versions, as a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Register {
    pub(super) lives: bool,
    pub(super) face: Face,
}

impl Register {
    fn fits(&self, when: Option<Tag>) -> bool {
        match when {
            None => true,
            Some(Tag::Revision(revision)) => self.face.revision == revision,
            Some(Tag::Content(content)) => self.face.content == content,
        }
    }

    /// What a change makes of it; `None` where the change is refused.
    fn changed(self, act: Act) -> Option<Register> {
        let Face { revision, version, .. } = self.face;
        match act {
            Act::Write { content, when } if self.lives && self.fits(when) => {
                Some(Register { face: Face { revision: revision + 1, version: version + 1, content }, ..self })
            }
            Act::Delete { when } if self.lives && self.fits(when) => {
                Some(Register { lives: false, face: Face { revision: revision + 1, ..self.face } })
            }
            Act::Restore if !self.lives => {
                Some(Register { lives: true, face: Face { revision: revision + 1, ..self.face } })
            }
            _ => None,
        }
    }

    /// What the file is after an operation that ended so; `None` where it cannot have ended so here.
    fn after(self, op: &Op) -> Option<Register> {
        let only_if = |holds: bool| holds.then_some(self);
        match (op.act, op.end) {
            (_, End::Unknown) => self.changed(op.act),
            (Act::Write { .. } | Act::Restore, End::Shown(face)) => {
                self.changed(op.act).filter(|next| next.face == face)
            }
            (Act::Delete { .. }, End::Done) if self.lives => self.changed(op.act),
            (Act::Delete { .. }, End::Done) => Some(self),
            (Act::Look, End::Shown(face)) => only_if(self.lives && self.face == face),
            (Act::Read, End::Content(content)) => only_if(self.lives && self.face.content == content),
            (Act::Write { .. } | Act::Look | Act::Read, End::Absent) => only_if(!self.lives),
            (Act::Write { when, .. } | Act::Delete { when }, End::Unmet) => only_if(self.lives && !self.fits(when)),
            (Act::Write { when, .. }, End::OverQuota) => only_if(self.lives && self.fits(when)),
            (Act::Restore, End::OverQuota) => only_if(!self.lives),
            (Act::Restore, End::NotTrashed) => only_if(self.lives),
            _ => None,
        }
    }
}

/// Most operations on one file that are judged.
pub(super) const OPS_MAX: usize = 128;

/// Whether there is an order of the operations that explains every answer. What was cut may be left out.
pub(super) fn is_explained(start: Register, ops: &[Op]) -> bool {
    assert!(ops.len() <= OPS_MAX, "{} operations on one file", ops.len());
    let answered = ops.iter().enumerate().filter(|(_, op)| op.answered.is_some());
    let wanted = answered.fold(0_u128, |set, (at, _)| set | 1 << at);
    let (mut open, mut seen) = (vec![(0_u128, start)], HashSet::new());
    while let Some((done, register)) = open.pop() {
        if done & wanted == wanted {
            return true;
        }
        if !seen.insert((done, register)) {
            continue;
        }
        let left = || ops.iter().enumerate().filter(|(at, _)| done & (1 << at) == 0);
        // What was called after another one was answered comes after it.
        let first_answer = left().filter_map(|(_, op)| op.answered).min().unwrap_or(u64::MAX);
        for (at, op) in left().filter(|(_, op)| op.called < first_answer) {
            if let Some(next) = register.after(op) {
                open.push((done | 1 << at, next));
            }
        }
    }
    false
}
