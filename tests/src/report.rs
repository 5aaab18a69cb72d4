//! Figures of a test, for those who read the run's report.

/// Says a line on standard output.
#[expect(clippy::print_stdout, reason = "figures are said where the run's report keeps them")]
pub fn report(line: &str) {
    println!("{line}");
}

/// Says a figure of a suite of proof, with what it is of. `tests/all` shows these at its end.
pub fn figure(of: &str, figure: &str) {
    report(&format!("FIGURE {of}: {figure}"));
}
