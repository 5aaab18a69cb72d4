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
    history(&steps, run);
}
