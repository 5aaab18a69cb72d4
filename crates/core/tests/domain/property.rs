//! Properties of a core on a real database: random cases, each in an account of its own.

use crate::home::Home;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, FileFailurePersistence, TestCaseError, TestRunner};
use std::cell::Cell;

/// Tries so many cases, or as many as `PROPTEST_CASES` says. What holds of each is told the home, the name for an account,
/// and the case.
pub(crate) fn each<S: Strategy>(
    home: impl AsyncFnOnce() -> Option<Home>,
    wanted: u32,
    cases: &S,
    holds: &impl AsyncFn(&Home, String, &S::Value),
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let Some(home) = runtime.block_on(home()) else { return };
    let count = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(wanted);
    let off = Some(Box::new(FileFailurePersistence::Off) as _);
    let mut runner = TestRunner::new(Config { cases: count, failure_persistence: off, ..Config::default() });
    let accounts = Cell::new(0);
    let ran = runner.run(cases, |case| {
        accounts.set(accounts.get() + 1);
        runtime.block_on(holds(&home, format!("case-{}", accounts.get()), &case));
        Ok::<(), TestCaseError>(())
    });
    ran.unwrap_or_else(|failure| panic!("{failure}"));
}
