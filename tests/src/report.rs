//! Figures of a test, for those who read the run's report.

/// Says a line on standard output.
#[expect(clippy::print_stdout, reason = "figures are said where the run's report keeps them")]
pub fn report(line: &str) {
    println!("{line}");
}
