//! Histories that failed once.

use super::super::history;
use super::{Place, Step, Taken, run};

fn put(days: Option<u8>) -> Step {
    Step::Put { to: Place::Known(0), name: 0, len: 20, clash: Taken::Refuse, days, twin: None }
}

#[test]
fn a_name_that_a_file_whose_time_is_over_gave_up_is_paid_for_once() {
    history(&[put(Some(1)), Step::Wait { days: 1 }, put(None), Step::Sweep], &run);
}

#[test]
fn a_full_account_may_not_put_a_file_in_the_place_of_one_whose_time_is_over() {
    history(&[put(Some(1)), Step::Quota { bytes: None, files: Some(0) }, Step::Wait { days: 1 }, put(None)], &run);
}
