//! The OpenAPI 3.1 document: the handlers' own annotations, completed with what holds for all of them.
//!
//! It is made by the tests and committed. The server reads what is committed: so it carries none of what makes it, which
//! would be a twentieth of the binary, and touched at every start.

mod follow;

use crate::{
    account, audit, batch, content, erasures, error, events, files, folders, imports, intakes, legal_holds, links,
    pages, preview, put, records,
};
use crate::{panel, session, signed, tasks, tokens, trash, upload, usage, webhooks};
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, Ref, RefOr, Required};
use utoipa::{Modify, OpenApi};

/// Where the document is committed, from the root of the repository.
pub const PATH: &str = "docs/openapi.json";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Attache",
        description = "Files for business records. Every answer to a wrong request is a problem (RFC 9457) whose `type` \
                       is the address of a page about it. Members and parameters that are not known are refused.",
    ),
    paths(
        files::list, upload::create, files::by_path, put::by_path, files::get_one, files::change, trash::delete,
        content::active, preview::of_active, put::replace, files::versions, content::version, trash::restore, trash::list, trash::empty,
        legal_holds::place, legal_holds::lift, legal_holds::list,
        erasures::list, erasures::get_one, erasures::certificate, erasures::key,
        events::of_file, audit::list, records::of_file, records::all, records::list, records::upload, records::link, records::unlink, records::feed,
        links::of_file, links::create, links::list, links::revoke, signed::fetch,
        batch::delete, batch::restore, batch::link, batch::unlink,
        folders::list, folders::create, folders::by_path, folders::get_one, folders::change, folders::delete,
        intakes::create, intakes::list, intakes::get_one, intakes::close, imports::create, tasks::list, tasks::get_one, usage::get_one, usage::users, events::list, account::get_one, account::change, session::get_one, session::open, session::end, tokens::list, tokens::create, tokens::revoke,
        webhooks::create, webhooks::list, webhooks::get_one, webhooks::change, webhooks::remove, webhooks::secret,
        webhooks::rotate, webhooks::test, webhooks::replay, webhooks::deliveries, webhooks::replay_one,
        panel::create, panel::get_one, panel::files, panel::file, panel::put, panel::versions, panel::content, panel::preview,
        panel::replace, panel::remove, panel::feed,
        pages::openapi, pages::reference, pages::problem,
    ),
    components(schemas(error::Problem)),
    modifiers(&Complete),
    security(("bearer" = [])),
    tags(
        (name = "Files", description = "Files and their properties."),
        (name = "Content", description = "Bytes and versions."),
        (name = "Trash", description = "Deleting, restoring, erasing, and what must not be."),
        (name = "Records", description = "Files on records such as `contact/42`."),
        (name = "Signed links", description = "Addresses that work without a token for a while."),
        (name = "Intake links", description = "Addresses by which people without a token send files in."),
        (name = "Panels", description = "The files of one record, for a page that shows that record somewhere else."),
        (name = "Folders", description = "The tree that files are in."),
        (name = "Batches", description = "Many things in one request."),
        (name = "Webhooks", description = "Who hears of the account's events as they happen."),
        (name = "Account", description = "The account, its events, tasks and tokens."),
        (name = "About", description = "This document and its pages."),
    ),
)]
struct Api;

/// The document as it is committed.
const COMMITTED: &str = include_str!("../../../docs/openapi.json");
/// The member of the document that the servers stand before.
const BEFORE: &str = "\n  \"paths\": {";

/// The document of a server with no address of its own, made from the annotations.
pub fn document() -> utoipa::openapi::OpenApi {
    Api::openapi()
}

/// The text of the document of the server at this address.
pub(crate) fn text_for(public: &str) -> String {
    let url = serde_json::Value::from(public);
    let servers = format!("\n  \"servers\": [\n    {{\n      \"url\": {url}\n    }}\n  ],{BEFORE}");
    COMMITTED.replacen(BEFORE, &servers, 1)
}

/// What holds for all operations, said in one place.
struct Complete;

impl Modify for Complete {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("A token of the account."));
        let components = document.components.take().unwrap_or_else(|| ComponentsBuilder::new().build());
        let components = ComponentsBuilder::from(components)
            .security_scheme("bearer", SecurityScheme::Http(bearer.build()))
            .responses_from_iter(PROBLEMS.map(|(status, meaning)| (name(status), problem(meaning))));
        document.components = Some(components.build());
        for (path, item) in &mut document.paths.paths {
            complete_path(path, item);
        }
    }
}

fn complete_path(path: &str, item: &mut PathItem) {
    for operation in [&mut item.get, &mut item.put, &mut item.patch, &mut item.delete].into_iter().flatten() {
        complete(path, operation, &[]);
    }
    if let (Some(operation), true) = (&mut item.post, path == "/v1/panel/files") {
        complete(path, operation, &[]);
    } else if let Some(operation) = &mut item.post {
        let text = ObjectBuilder::new().schema_type(Type::String);
        let key = text.min_length(Some(1)).max_length(Some(255)).pattern(Some("^[!-~]([ -~]*[!-~])?$"));
        let key = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(
                "1 to 255 printable ASCII characters that name this operation. A repetition within 24 hours gets the first answer.",
            ))
            .schema(Some(key));
        operation.parameters.get_or_insert_default().push(key.build().into());
        complete(path, operation, &["400", "409", "422"]);
    }
}

/// Paths whose operations may be asked for a folder that is not there, in their bodies.
const OF_FOLDERS: [&str; 2] = ["/v1/folders", "/v1/imports"];
/// What paths have of operations that are asked for what is not allowed: for a name, for a record, for changes of the root
/// folder, or with a token that is none of a panel.
const NAMED: [&str; 4] = ["/by-path/", "/{type}/", "/folders/{id}", "/v1/panel"];

/// Adds what can follow an operation, and the problems that it can answer with.
fn complete(path: &str, operation: &mut Operation, more: &[&'static str]) {
    follow::lead_on(operation);
    let statuses = [&["default"], more, &at_path(path), &of_parts(operation)].concat();
    for status in statuses {
        let place = format!("#/components/responses/{}", name(status));
        operation.responses.responses.entry(status.to_owned()).or_insert_with(|| Ref::new(place).into());
    }
}

/// The problems that come of a path.
fn at_path(path: &str) -> Vec<&'static str> {
    let mut statuses = Vec::new();
    if path.starts_with("/signed/") {
        statuses.push("403");
    }
    if path.contains('{') || OF_FOLDERS.contains(&path) {
        statuses.push("404");
    }
    if path.ends_with("/certificate") {
        statuses.push("409");
    }
    if NAMED.iter().any(|place| path.contains(place)) {
        statuses.push("422");
    }
    statuses
}

/// The problems that come of an operation's credentials, parameters and body.
fn of_parts(operation: &Operation) -> Vec<&'static str> {
    let mut statuses = Vec::new();
    let parameters = || operation.parameters.iter().flatten();
    let has = |name: &str| {
        parameters().any(|parameter| matches!(parameter, RefOr::T(own) if own.name.eq_ignore_ascii_case(name)))
    };
    let open = operation.security.is_some();
    if !open {
        statuses.extend(["400", "401", "403", "429"]);
    }
    if ["folder_id", "parent_id", "under"].into_iter().any(has) {
        statuses.push("404");
    }
    if ["record", "parent_id"].into_iter().any(has) {
        statuses.push("422");
    }
    // What is erased may be under legal hold.
    if has("erase") {
        statuses.push("409");
    }
    if has("If-Match") {
        statuses.push("412");
    }
    if let Some(RefOr::T(body)) = &operation.request_body {
        statuses.extend(["400", "409", "413", "415", "422"]);
        if body.content.contains_key("application/octet-stream") {
            statuses.extend(["408", "503", "507"]);
        }
    }
    statuses
}

fn problem(description: &str) -> utoipa::openapi::Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(description).content("application/problem+json", content).build()
}

/// The problems by status, and what they mean for every operation.
const PROBLEMS: [(&str, &str); 14] = [
    ("400", "The request cannot be read."),
    ("401", "The token is missing, unknown, expired or taken back."),
    ("403", "The token lacks a scope, or the link is not valid."),
    ("404", "There is no such thing for this caller."),
    ("408", "The body did not come in whole; nothing was stored."),
    ("409", "The name is taken, or the state does not allow it."),
    ("412", "The condition does not hold; nothing was changed."),
    ("413", "More than a limit allows."),
    ("415", "The body has the wrong content type."),
    ("422", "A value is not allowed; nothing was changed."),
    (
        "429",
        "There are as many as there may be; or too many unknown tokens came, and `Retry-After` says when to come again.",
    ),
    ("503", "Too much at once; `Retry-After` says when to come again."),
    ("507", "The account's quota or the disk is full; nothing was stored."),
    ("default", "Any other problem."),
];

/// What the document calls the problems of a status.
fn name(status: &str) -> String {
    format!("Problem_{status}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::path::Path;
    use utoipa::openapi::server::Server;

    fn text(document: &utoipa::openapi::OpenApi) -> String {
        document.to_pretty_json().unwrap() + "\n"
    }

    /// Set this to write the document anew: `ATTACHE_WRITE_OPENAPI=1 cargo nextest run -p attache-native openapi`.
    const WRITE: &str = "ATTACHE_WRITE_OPENAPI";

    fn operations() -> Vec<(String, Value)> {
        let document = serde_json::to_value(document()).unwrap();
        let paths = document["paths"].as_object().unwrap().clone();
        let of = |(path, item): (String, Value)| {
            let item = item.as_object().unwrap().clone();
            item.into_iter().map(move |(method, operation)| (format!("{method} {path}"), operation))
        };
        paths.into_iter().flat_map(of).collect()
    }

    #[test]
    fn the_committed_document_is_the_one_that_is_served() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(PATH);
        let now = text(&document());
        if std::env::var_os(WRITE).is_some() {
            std::fs::write(&path, &now).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap();
        assert!(committed == now, "{PATH} is out of date; write it anew with {WRITE}=1 and look at the difference");
    }

    #[test]
    fn a_server_serves_the_document_with_its_address() {
        for address in ["https://files.example.com", "http://[::1]:8080/a\"b\\"] {
            let mut document = document();
            document.servers = Some(vec![Server::new(address)]);
            assert!(text_for(address) == text(&document), "{address}");
        }
    }

    #[test]
    fn the_document_is_openapi_3_1() {
        assert_eq!(serde_json::to_value(document()).unwrap()["openapi"], "3.1.0");
    }

    #[test]
    fn every_operation_has_a_summary_an_id_a_tag_and_its_problems() {
        for (name, operation) in operations() {
            assert!(operation["summary"].is_string(), "{name}");
            assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{name}");
            assert_eq!(operation["responses"]["default"]["$ref"], "#/components/responses/Problem_default", "{name}");
        }
    }

    #[test]
    fn no_two_operations_share_an_id() {
        let mut seen = std::collections::HashSet::new();
        for (name, operation) in operations() {
            assert!(seen.insert(operation["operationId"].as_str().unwrap().to_owned()), "{name}");
        }
    }

    #[test]
    fn every_reference_of_the_document_leads_somewhere() {
        let document = serde_json::to_value(document()).unwrap();
        let text = document.to_string();
        for piece in text.split("\"$ref\":\"#").skip(1) {
            let pointer = piece.split('"').next().unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
    }
}
