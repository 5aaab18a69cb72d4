//! The page of an intake, as markup. Everything that was written by somebody is text in it and never markup.

use super::form::{FILE, File, PASSWORD};
use super::words;
use attache_core::Visitor;
use attache_model::Error;
use attache_model::intake::Standing;
use maud::{DOCTYPE, Markup, html};

/// What a page is called whose maker gave it no title.
const TITLE: &str = "Send files";

/// The page with its form, below what became of the form before.
pub(super) fn ask(visitor: &Visitor, files: &[File], fault: Option<&Error>) -> Markup {
    let wrong = fault.filter(|error| matches!(error, Error::Invalid { field, .. } if field == PASSWORD));
    around(
        visitor,
        &html! {
            (results(visitor, files))
            @if let Some(error) = fault.filter(|_| wrong.is_none()) {
                p.fault role="alert" { (words::refusal(error, visitor)) }
            }
            @if files.iter().any(|file| file.end.is_ok()) {
                h2 { "Send more" }
            } @else if !visitor.note().is_empty() {
                p.note { (visitor.note()) }
            }
            ul.limits {
                li { (words::left(visitor)) }
                li { "Each at most " (words::size(visitor.max_bytes())) }
                @if !visitor.types().is_all() {
                    li { "Kinds: " (words::kinds(visitor.types())) }
                }
            }
            (form(visitor, wrong.is_some()))
        },
    )
}

/// The page of a link that takes nothing any more.
pub(super) fn ended(visitor: &Visitor, files: &[File], standing: Standing) -> Markup {
    around(visitor, &html! { (results(visitor, files)) p.ended { (words::ended(standing)) } })
}

fn around(visitor: &Visitor, inner: &Markup) -> Markup {
    let title = if visitor.title().is_empty() { TITLE } else { visitor.title() };
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex, nofollow";
                meta name="color-scheme" content="light dark";
                title { (title) }
                // Beside the page, wherever a proxy has put it.
                link rel="stylesheet" href="page.css";
                script src="page.js" defer {}
            }
            body { main { h1 { (title) } (inner) } }
        }
    }
}

fn form(visitor: &Visitor, wrong: bool) -> Markup {
    let accept: Vec<&str> = visitor.types().iter().collect();
    let accept = (!accept.is_empty()).then(|| accept.join(","));
    let many = visitor.left() > 1;
    html! {
        form method="post" enctype="multipart/form-data" {
            @if visitor.wants_password() {
                div.field {
                    label for="password" { "Password" }
                    input #password type="password" name=(PASSWORD) required autocomplete="off"
                        aria-invalid=[wrong.then_some("true")] aria-describedby=[wrong.then_some("wrong")];
                    @if wrong {
                        p #wrong.fault role="alert" { "The password is not the right one. Nothing was sent." }
                    }
                }
            }
            div.field {
                label for="file" { @if many { "Files" } @else { "File" } }
                input #file type="file" name=(FILE) multiple[many] accept=[accept] required
                    data-bytes=(visitor.max_bytes()) data-size=(words::size(visitor.max_bytes()))
                    data-files=(visitor.left());
            }
            button type="submit" { "Send" }
            p #told role="status" {}
        }
    }
}

/// What became of each file of a form.
fn results(visitor: &Visitor, files: &[File]) -> Markup {
    let came = files.iter().filter(|file| file.end.is_ok()).count();
    let head = match (came, files.len()) {
        (_, 0) => return Markup::default(),
        (0, _) => String::from("Nothing was received"),
        (came, all) if came < all => format!("{came} of {all} files were received"),
        (1, _) => String::from("The file was received"),
        (came, _) => format!("All {came} files were received"),
    };
    html! {
        section.results aria-labelledby="results" {
            h2 #results tabindex="-1" { (head) }
            ul {
                @for file in files {
                    @match &file.end {
                        Ok(bytes) => {
                            li.received { strong { (file.name) } " " span { "Received, " (words::size(*bytes)) } }
                        }
                        Err(error) => {
                            li.refused {
                                strong { (file.name) } " " span { "Not received. " (words::refusal(error, visitor)) }
                            }
                        }
                    }
                }
            }
        }
    }
}
