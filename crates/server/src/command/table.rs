//! Rows of text in columns, for people.

use std::io::{self, Write};

/// Writes a line of `heads` and one for each row, every column as wide as its widest text.
pub(super) fn write<const N: usize>(out: &mut impl Write, heads: [&str; N], rows: &[[String; N]]) -> io::Result<()> {
    let mut widths = heads.map(|head| head.chars().count());
    for row in rows {
        for (width, text) in widths.iter_mut().zip(row) {
            *width = (*width).max(text.chars().count());
        }
    }
    write_row(out, &heads, &widths)?;
    rows.iter().try_for_each(|row| write_row(out, row, &widths))
}

fn write_row(out: &mut impl Write, texts: &[impl AsRef<str>], widths: &[usize]) -> io::Result<()> {
    let columns = texts.iter().zip(widths).map(|(text, width)| format!("{:width$}", text.as_ref()));
    writeln!(out, "{}", columns.collect::<Vec<_>>().join("  ").trim_end())
}
