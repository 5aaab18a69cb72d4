//! Readable pages: the guide with the reference at `/docs`, and one page for each problem at `/docs/errors/{word}`. They
//! are made once, at start, load nothing from anywhere, and escape everything.

use crate::markdown::{escape, inline, render};
use crate::word::Word;
use serde_json::{Map, Value};
use std::fmt::Write;

const GUIDE: &str = include_str!("../../../docs/api.md");

macro_rules! pages {
    ($($word:literal)*) => {
        /// The text of the page about a problem.
        pub(crate) fn error_page(word: &str) -> Option<&'static str> {
            match word {
                $($word => Some(include_str!(concat!("../../../docs/errors/", $word, ".md"))),)*
                _ => None,
            }
        }
    };
}

pages! {
    "value_invalid" "name_invalid" "utf8_invalid" "path_too_deep" "type_invalid" "header_invalid" "json_invalid"
    "unknown_field" "unknown_parameter" "duplicate_parameter" "parameter_invalid" "sort_invalid" "cursor_invalid"
    "media_type_unsupported" "multipart_invalid" "multipart_truncated" "too_many_parts" "field_too_large"
    "part_headers_too_large" "file_too_large" "body_too_large" "size_invalid" "digest_invalid" "reserved_key"
    "metadata_too_large" "list_too_long" "expiry_too_long" "expiry_invalid" "url_invalid" "key_reused" "record_invalid"
    "folder_cycle" "root_folder" "current_version" "preview_unsupported" "preview_too_large" "preview_failed" "cross_site"
    "unauthenticated" "scope_missing" "not_found" "method_not_allowed" "name_taken" "exists" "quota_exceeded"
    "count_exceeded" "storage_full" "checksum_mismatch" "length_mismatch" "body_cut" "precondition_failed" "state" "held"
    "offset_mismatch" "superseded" "gone" "too_many" "url_expired" "signature_invalid" "url_refused" "unsupported" "in_flight" "too_many_tries" "busy" "digest_mismatch" "unavailable" "internal"
}

const STYLE: &str = "
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
code, pre { font: 14px/1.45 ui-monospace, monospace; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid #8886; border-radius: 4px; }
h2, h3 { margin-top: 2.2rem; } h3 code { font-size: 16px; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .25rem .5rem;
border-bottom: 1px solid #8884; } nav a { margin-right: 1rem; } .note { opacity: .75; }
";

/// A whole HTML page. `body` is HTML already, `title` is text.
fn page(title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )
}

/// The page about a problem, `None` for a word that is none.
pub(crate) fn error_html(word: &str) -> Option<String> {
    let text = error_page(word)?;
    let body = format!("<nav><a href=\"../../docs\">All of the API</a></nav>\n{}", render(text, 0));
    Some(page(word, &body))
}

/// The guide and the reference, from the OpenAPI document.
pub(crate) fn reference_html(document: &Value) -> String {
    let mut body = render(GUIDE, 0);
    body.push_str("<h2 id=\"reference\">Reference</h2>\n");
    body.push_str("<p>The same as an <a href=\"openapi.json\">OpenAPI 3.1 document</a>.</p>\n");
    for (path, item) in members(&document["paths"]) {
        for (method, operation) in members(item) {
            operation_html(&mut body, method, path, operation);
        }
    }
    body.push_str("<h2 id=\"types\">Types</h2>\n");
    for (name, schema) in members(&document["components"]["schemas"]) {
        let _ = writeln!(body, "<h3 id=\"type-{0}\"><code>{0}</code></h3>", escape(name));
        let _ = writeln!(body, "<p>{}</p>", inline(text(&schema["description"])));
        schema_html(&mut body, schema);
    }
    body.push_str("<h2 id=\"errors\">Problems</h2>\n<ul>");
    for word in Word::all() {
        let (word, status, title) = (word.text, word.status, escape(word.title));
        let _ = write!(body, "<li><a href=\"docs/errors/{word}\"><code>{word}</code></a> {status}: {title}</li>");
    }
    body.push_str("</ul>\n");
    page("Attache API", &body)
}

fn operation_html(body: &mut String, method: &str, path: &str, operation: &Value) {
    let _ = writeln!(body, "<h3><code>{} {}</code></h3>", method.to_uppercase(), escape(path));
    let _ = writeln!(body, "<p>{}</p>", inline(text(&operation["summary"])));
    body.push_str(&render(text(&operation["description"]), 3));
    let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !parameters.is_empty() {
        body.push_str("<table><tr><th>Parameter</th><th>In</th><th>Type</th><th></th></tr>\n");
        for parameter in parameters {
            let _ = writeln!(
                body,
                "<tr><td><code>{}</code></td><td>{}</td><td>{}</td><td>{}</td></tr>",
                escape(text(&parameter["name"])),
                escape(text(&parameter["in"])),
                type_html(&parameter["schema"]),
                inline(text(&parameter["description"])),
            );
        }
        body.push_str("</table>\n");
    }
    for (media, content) in members(&operation["requestBody"]["content"]) {
        let _ = writeln!(body, "<p>Body: <code>{}</code> {}</p>", escape(media), type_html(&content["schema"]));
    }
    body.push_str("<ul>");
    let mut problems = Vec::new();
    for (status, response) in members(&operation["responses"]) {
        if response.get("$ref").is_some() {
            problems.push(format!("<code>{}</code>", escape(status)));
            continue;
        }
        let schema = members(&response["content"]).next().map(|(_, content)| type_html(&content["schema"]));
        let (status, description) = (escape(status), inline(text(&response["description"])));
        let _ = write!(body, "<li><code>{status}</code> {description} {}</li>", schema.unwrap_or_default());
    }
    let _ = writeln!(body, "<li>{} <a href=\"#errors\">problems</a></li></ul>", problems.join(", "));
}

fn schema_html(body: &mut String, schema: &Value) {
    let parts = schema["allOf"].as_array().map(Vec::as_slice).unwrap_or_default();
    for part in parts {
        if part.get("$ref").is_some() {
            let _ = writeln!(body, "<p>All of {} and:</p>", type_html(part));
        }
        schema_html(body, part);
    }
    let words: Vec<_> =
        items(&schema["enum"]).chain(items(&schema["oneOf"]).flat_map(|one| items(&one["enum"]))).collect();
    if !words.is_empty() {
        let words: Vec<_> = words.iter().map(|word| format!("<code>{}</code>", escape(text(word)))).collect();
        let _ = writeln!(body, "<p>One of {}.</p>", words.join(", "));
    }
    let mut properties = members(&schema["properties"]).peekable();
    if properties.peek().is_none() {
        return;
    }
    body.push_str("<table><tr><th>Member</th><th>Type</th><th></th></tr>\n");
    for (name, property) in properties {
        let _ = writeln!(
            body,
            "<tr><td><code>{}</code></td><td>{}</td><td>{}</td></tr>",
            escape(name),
            type_html(property),
            inline(text(&property["description"]))
        );
    }
    body.push_str("</table>\n");
}

/// A type in few words, with links to the types that have a name.
fn type_html(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return format!("<a href=\"#type-{0}\">{0}</a>", escape(name));
    }
    if let Some(choices) = schema["oneOf"].as_array().or_else(|| schema["allOf"].as_array()) {
        let choices: Vec<_> = choices.iter().map(type_html).collect();
        return choices.join(" or ");
    }
    let kinds: Vec<_> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().map(text).collect(),
        kind => vec![text(kind)],
    };
    let mut words = kinds.join(" or ");
    if kinds.contains(&"array") {
        return format!("{} of {}", escape(&words), type_html(&schema["items"]));
    }
    if let Some(format) = schema["format"].as_str() {
        let _ = write!(words, " ({format})");
    }
    escape(&words)
}

fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter).map(|(name, value)| (name.as_str(), value))
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_a_page_that_tells_its_title_and_status() {
        for word in Word::all() {
            let page = error_page(word.text).unwrap_or_else(|| panic!("docs/errors/{}.md is missing", word.text));
            let mut lines = page.lines();
            assert_eq!(lines.next(), Some(format!("# {}", word.title).as_str()), "{}", word.text);
            let status = format!("`{}` · status {}", word.text, word.status);
            assert_eq!(lines.nth(1), Some(status.as_str()), "{}", word.text);
        }
    }

    #[test]
    fn a_word_that_is_no_problem_has_no_page() {
        assert!(error_html("../api").is_none());
    }

    #[test]
    fn the_pages_load_nothing_from_anywhere() {
        let document = serde_json::to_value(crate::openapi::document()).unwrap();
        let pages = Word::all().filter_map(|word| error_html(word.text)).chain([reference_html(&document)]);
        for page in pages {
            for loader in ["<script", "src=", "<link", "@import", "url(", "href=\"http", "href=\"//"] {
                assert!(!page.contains(loader), "{loader}");
            }
        }
    }

    #[test]
    fn every_operation_of_the_document_is_in_the_reference() {
        let document = serde_json::to_value(crate::openapi::document()).unwrap();
        let page = reference_html(&document);
        for (path, item) in members(&document["paths"]) {
            for (method, _) in members(item) {
                assert!(page.contains(&format!("<code>{} {path}</code>", method.to_uppercase())), "{method} {path}");
            }
        }
    }

    #[test]
    fn descriptions_cannot_bring_markup_in() {
        let document =
            serde_json::json!({ "paths": { "/<x>": { "get": { "summary": "<script>alert(1)</script>" } } } });
        assert!(!reference_html(&document).contains("<script>"));
    }
}
