//! Histories that failed once.

use super::super::history;
use super::{Aim, How, Len, Step, run};

#[test]
fn an_upload_that_a_cut_body_made_whole_is_completed_by_whoever_asks() {
    let steps = [
        Step::Open { length: Some(3), goal: Aim::File },
        Step::Append { upload: 0, off: 0, len: Len::Rest, how: How::Cut },
        Step::Settle { upload: 0 },
    ];
    history(&steps, &run);
}

#[test]
fn bytes_that_the_account_may_not_have_are_refused_before_they_are_stored() {
    let send = |upload, len, how| Step::Append { upload, off: 0, len, how };
    let steps = [
        Step::Open { length: None, goal: Aim::File },
        Step::Open { length: None, goal: Aim::File },
        Step::Quota { bytes: Some(5) },
        send(0, Len::These(6), How::Whole),
        send(0, Len::These(20), How::Cut),
        send(1, Len::These(1), How::Declares(6)),
        send(0, Len::These(4), How::Whole),
        send(0, Len::These(2), How::Whole),
        send(0, Len::These(1), How::Declares(5)),
    ];
    history(&steps, &run);
}

#[test]
fn an_empty_part_is_refused_also_where_the_account_is_full() {
    let steps = [
        Step::Quota { bytes: Some(0) },
        Step::Open { length: None, goal: Aim::File },
        Step::Part { upload: 0, ahead: 0, len: Len::These(0), how: How::Whole },
    ];
    history(&steps, &run);
}
