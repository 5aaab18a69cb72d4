//! How deep the brackets of a text stand in each other. The parser, and whatever walks through what it makes, takes some
//! of its thread's stack for each of them, and a short text can have thousands.

/// The most brackets of `text` that are open at once, those in strings and comments left out.
pub(super) fn depth(text: &str) -> usize {
    let (mut open, mut most) = (0usize, 0);
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = match first {
            b'{' | b'[' | b'(' => {
                open += 1;
                most = most.max(open);
                after
            }
            b'}' | b']' | b')' => {
                open = open.saturating_sub(1);
                after
            }
            b'#' => after_line(after),
            b'"' => match after.strip_prefix(b"\"\"") {
                Some(block) => after_block(block),
                None => after_string(after),
            },
            _ => after,
        };
    }
    most
}

/// What follows the line.
fn after_line(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
    end.map_or(&[], |end| &text[end..])
}

/// What follows a string, from behind its first quote. One that does not end ends with its line, and the parser there.
fn after_string(mut text: &[u8]) -> &[u8] {
    loop {
        text = match text {
            [b'\\', _, after @ ..] => after,
            [b'"', after @ ..] => return after,
            [] | [b'\n' | b'\r', ..] => return text,
            [_, after @ ..] => after,
        };
    }
}

/// What follows a block string, from behind its first quotes.
fn after_block(mut text: &[u8]) -> &[u8] {
    loop {
        text = match text {
            [b'\\', b'"', b'"', b'"', after @ ..] => after,
            [b'"', b'"', b'"', after @ ..] => return after,
            [] => return text,
            [_, after @ ..] => after,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_of_every_kind_are_counted_while_they_are_open() {
        assert_eq!(depth("{ me { id } }"), 2);
        assert_eq!(depth("{ a(b: [{c: [1]}]) } { a }"), 5);
        assert_eq!(depth("}}}{"), 1);
        assert_eq!(depth(&"[".repeat(1000)), 1000);
    }

    #[test]
    fn brackets_in_strings_and_comments_are_none() {
        assert_eq!(depth("{ a(b: \"}})))[[[[[\") }"), 2);
        assert_eq!(depth(r#"{ a(b: "\"[[[\\") }"#), 2);
        assert_eq!(depth(r#"{ a(b: """ "[[[" \""" [[[ """) }"#), 2);
        assert_eq!(depth("{ a # }}} \"\n { b } }"), 2);
        assert_eq!(depth("{ a(b: \"\") { c } }"), 2);
    }

    #[test]
    fn a_string_that_does_not_end_hides_nothing_but_its_line() {
        assert_eq!(depth("{ a(b: \"[[[\n[[[["), 6);
        assert_eq!(depth("{ a(b: \"\"\"[[[\n[[[["), 2);
        assert_eq!(depth("{ a(b: \"\\"), 2);
    }
}
