//! A small renderer for our own pages: headings, paragraphs, lists, fenced code, inline code and links. Everything else
//! is plain text and everything is escaped.

use std::fmt::Write;

/// `text` with the characters escaped that mean something in HTML.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A page as HTML. Headings are set `deeper` levels lower, so that a page can stand inside of another.
pub(crate) fn render(text: &str, deeper: usize) -> String {
    let mut out = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if let Some(title) = line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with('#')) {
            let level = (line.len() - title.len() - 1 + deeper).min(6);
            let _ = writeln!(out, "<h{level}>{}</h{level}>", inline(title));
        } else if line.starts_with("```") {
            let code: Vec<_> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
            let _ = writeln!(out, "<pre><code>{}</code></pre>", escape(&code.join("\n")));
        } else if let Some(first) = line.strip_prefix("- ") {
            let mut items = vec![first.to_owned()];
            while let Some(next) = lines.next_if(|next| next.starts_with("- ") || next.starts_with("  ")) {
                match next.strip_prefix("- ") {
                    Some(item) => items.push(item.to_owned()),
                    None => continue_last(&mut items, next),
                }
            }
            let items: String = items.iter().map(|item| format!("<li>{}</li>", inline(item))).collect();
            let _ = writeln!(out, "<ul>{items}</ul>");
        } else if !line.trim().is_empty() {
            let mut paragraph = vec![line];
            while let Some(next) = lines.next_if(|next| !next.trim().is_empty() && !begins_block(next)) {
                paragraph.push(next);
            }
            let _ = writeln!(out, "<p>{}</p>", inline(&paragraph.join(" ")));
        }
    }
    out
}

fn continue_last(items: &mut [String], line: &str) {
    if let Some(last) = items.last_mut() {
        last.push(' ');
        last.push_str(line.trim());
    }
}

fn begins_block(line: &str) -> bool {
    line.starts_with('#') || line.starts_with("- ") || line.starts_with("```")
}

/// Inline code and links; the rest is text.
pub(crate) fn inline(text: &str) -> String {
    let mut out = String::new();
    for (at, piece) in text.split('`').enumerate() {
        if at % 2 == 1 {
            let _ = write!(out, "<code>{}</code>", escape(piece));
        } else {
            out.push_str(&links(piece));
        }
    }
    out
}

/// `[words](target)` as a link, where the target stays on this host.
fn links(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, words, target, after)) = next_link(rest) {
        let _ = write!(out, "{}<a href=\"{}\">{}</a>", escape(before), escape(target), escape(words));
        rest = after;
    }
    out + &escape(rest)
}

fn next_link(text: &str) -> Option<(&str, &str, &str, &str)> {
    let (before, rest) = text.split_once('[')?;
    let (words, rest) = rest.split_once("](")?;
    let (target, after) = rest.split_once(')')?;
    (!target.contains(':')).then_some((before, words, target, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_become_their_elements() {
        let page = "# A title\n\nOne\ntwo.\n- a\n  b\n- c\n\n```\nx <y>\n```\n## Next";
        assert_eq!(
            render(page, 1),
            "<h2>A title</h2>\n<p>One two.</p>\n<ul><li>a b</li><li>c</li></ul>\n<pre><code>x &lt;y&gt;</code></pre>\n<h3>Next</h3>\n"
        );
    }

    #[test]
    fn nothing_in_a_page_is_markup() {
        assert_eq!(inline("<b>&'\"`<i>`"), "&lt;b&gt;&amp;&#39;&quot;<code>&lt;i&gt;</code>");
    }

    #[test]
    fn links_stay_on_this_host() {
        assert_eq!(inline("[a](docs/b)"), "<a href=\"docs/b\">a</a>");
        assert_eq!(inline("[a](javascript:alert(1))"), "[a](javascript:alert(1))");
    }
}
