//! The judge itself is judged: histories that are known to be right or wrong.

use super::check::{Register, is_explained};
use super::record::{Act, End, Face, Op, Tag};

const START: Register = Register { lives: true, face: Face { revision: 1, version: 1, content: 0 } };

fn op(called: u64, answered: impl Into<Option<u64>>, act: Act, end: End) -> Op {
    Op { called, answered: answered.into(), act, end }
}

fn write(content: u64) -> Act {
    Act::Write { content, when: None }
}

fn write_if(content: u64, revision: i64) -> Act {
    Act::Write { content, when: Some(Tag::Revision(revision)) }
}

fn shown(revision: i64, version: i64, content: u64) -> End {
    End::Shown(Face { revision, version, content })
}

fn is_right(ops: &[Op]) -> bool {
    is_explained(START, ops)
}

#[test]
fn a_read_beside_a_write_may_see_the_old_content_or_the_new_one() {
    for seen in [0, 7] {
        assert!(is_right(&[op(1, 4, write(7), shown(2, 2, 7)), op(2, 3, Act::Read, End::Content(seen))]));
    }
}

#[test]
fn a_stale_read_is_found() {
    assert!(!is_right(&[op(1, 2, write(7), shown(2, 2, 7)), op(3, 4, Act::Read, End::Content(0))]));
    assert!(!is_right(&[op(1, 2, write(7), shown(2, 2, 7)), op(3, 4, Act::Look, shown(1, 1, 0))]));
    assert!(!is_right(&[op(1, 2, Act::Delete { when: None }, End::Done), op(3, 4, Act::Read, End::Content(0))]));
}

#[test]
fn a_read_from_the_future_is_found() {
    assert!(!is_right(&[op(1, 2, Act::Read, End::Content(7)), op(3, 4, write(7), shown(2, 2, 7))]));
}

#[test]
fn two_reads_that_disagree_about_the_order_are_found() {
    let write = op(1, 8, write(7), shown(2, 2, 7));
    let reads =
        |first, second| [write, op(2, 3, Act::Read, End::Content(first)), op(4, 5, Act::Read, End::Content(second))];
    assert!(is_right(&reads(0, 7)));
    assert!(!is_right(&reads(7, 0)));
}

#[test]
fn a_lost_update_is_found() {
    let both = |second| [op(1, 3, write_if(7, 1), shown(2, 2, 7)), op(2, 4, write_if(8, 1), second)];
    assert!(is_right(&both(End::Unmet)));
    assert!(!is_right(&both(shown(3, 3, 8))), "both writers won");
    assert!(!is_right(&both(shown(2, 2, 8))), "both made the second version");
}

#[test]
fn a_condition_on_content_holds_again_when_the_content_comes_back() {
    let when = Some(Tag::Content(0));
    let ops = [
        op(1, 2, write(7), shown(2, 2, 7)),
        op(3, 4, write(0), shown(3, 3, 0)),
        op(5, 6, Act::Write { content: 8, when }, shown(4, 4, 8)),
        op(7, 8, Act::Delete { when }, End::Unmet),
    ];
    assert!(is_right(&ops));
}

#[test]
fn a_cut_write_may_be_done_or_not_or_late() {
    let cut = op(1, None, write(7), End::Unknown);
    for seen in [0, 7] {
        assert!(is_right(&[cut, op(2, 3, Act::Read, End::Content(seen))]));
    }
    let late = [cut, op(2, 3, Act::Read, End::Content(0)), op(4, 5, Act::Read, End::Content(7))];
    assert!(is_right(&late));
    let twice = [cut, op(2, 3, Act::Look, shown(2, 2, 7)), op(4, 5, Act::Look, shown(3, 3, 7))];
    assert!(!is_right(&twice), "one write is two versions");
}

#[test]
fn a_cut_write_whose_condition_never_held_cannot_be_seen() {
    assert!(!is_right(&[op(1, None, write_if(7, 9), End::Unknown), op(2, 3, Act::Read, End::Content(7))]));
}

#[test]
fn a_restore_that_overwrites_what_lives_is_found() {
    let trash = op(1, 2, Act::Delete { when: None }, End::Done);
    let restore = |called, end| op(called, called + 1, Act::Restore, end);
    assert!(is_right(&[trash, restore(3, shown(3, 1, 0)), restore(5, End::NotTrashed)]));
    assert!(!is_right(&[trash, restore(3, shown(3, 1, 0)), restore(5, shown(4, 1, 0))]), "restored twice");
    assert!(!is_right(&[restore(1, shown(2, 1, 0))]), "it was never in the trash");
}

#[test]
fn a_write_into_the_trash_is_found() {
    let trash = op(1, 2, Act::Delete { when: None }, End::Done);
    assert!(is_right(&[trash, op(3, 4, write(7), End::Absent)]));
    assert!(!is_right(&[trash, op(3, 4, write(7), shown(3, 2, 7))]));
}

#[test]
fn a_version_number_that_is_given_twice_or_left_out_is_found() {
    let second = |version| [op(1, 3, write(7), shown(2, 2, 7)), op(2, 4, write(8), shown(3, version, 8))];
    assert!(is_right(&second(3)));
    assert!(!is_right(&second(2)));
    assert!(!is_right(&second(4)));
}

#[test]
fn a_refusal_for_the_quota_changes_nothing() {
    assert!(is_right(&[op(1, 2, write(7), End::OverQuota), op(3, 4, Act::Look, shown(1, 1, 0))]));
    assert!(!is_right(&[op(1, 2, write(7), End::OverQuota), op(3, 4, Act::Look, shown(2, 2, 7))]));
}

#[test]
fn many_writes_at_once_are_explained_without_trying_every_order() {
    // Forty that overlap have more orders than could ever be tried.
    let ops: Vec<Op> =
        (0..40).map(|no| op(no, 100 + no, write(no + 1), shown(no as i64 + 2, no as i64 + 2, no + 1))).collect();
    assert!(is_right(&ops));
    let mut wrong = ops;
    wrong.push(op(200, 201, Act::Read, End::Content(3)));
    assert!(!is_right(&wrong));
}
