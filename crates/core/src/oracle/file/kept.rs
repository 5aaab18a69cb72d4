//! Histories that failed once.

use super::super::history;
use super::{Step, Taken, run};

#[test]
fn a_name_that_a_file_whose_time_is_over_gave_up_is_paid_for_once() {
    let put = |days| Step::Put { name: 0, len: 20, clash: Taken::Refuse, days };
    history(&[put(Some(1)), Step::Wait { days: 1 }, put(None), Step::Sweep], &run);
}

#[test]
fn a_full_account_may_not_put_a_file_in_the_place_of_one_whose_time_is_over() {
    let put = |days| Step::Put { name: 0, len: 20, clash: Taken::Refuse, days };
    history(&[put(Some(1)), Step::Quota { bytes: None, files: Some(0) }, Step::Wait { days: 1 }, put(None)], &run);
}
