//! HubSpot's own specification as a judge: every answer that these tests get is held against the operation it answers.
//!
//! The specification is taken more strictly than it is written, since clients are generated from it: members that it does
//! not name are refused. Three of its words give way to what HubSpot really does: every error has `"status": "error"`, an
//! error about too many requests has two more members, and a task that has not ended has no `completedAt`.

use jsonschema::{Draft, Validator};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::OnceLock;

const SPECIFICATION: &str = include_str!("../../contracts/hubspot-files-v3.openapi.json");
/// Members that HubSpot's errors have though its specification does not name them.
const OF_ERRORS: [&str; 3] = ["status", "errorType", "policyName"];
/// What operations answer with bytes.
const BYTES: &str = "/files/v3/files/{fileId}/download";

/// The specification, ready to judge.
pub(super) struct Contract {
    operations: Vec<Operation>,
    schemas: BTreeMap<String, Validator>,
}

/// One of the specification's operations.
pub(super) struct Operation {
    method: Method,
    path: String,
    /// The one status of success, and the schema of its body where it has one. `None` where the body is bytes.
    success: Option<(u16, Option<String>)>,
}

impl Contract {
    /// The one specification of this process.
    pub(super) fn get() -> &'static Contract {
        static CONTRACT: OnceLock<Contract> = OnceLock::new();
        CONTRACT.get_or_init(|| Contract::read(serde_json::from_str(SPECIFICATION).unwrap()))
    }

    fn read(mut specification: Value) -> Contract {
        let operations = operations(&specification);
        tighten(&mut specification["components"]["schemas"]);
        let names: Vec<String> = specification["components"]["schemas"].as_object().unwrap().keys().cloned().collect();
        let validator = |name: &str| {
            let reference = json!({"$ref": format!("#/components/schemas/{name}")});
            let schema = json!({"allOf": [reference], "components": specification["components"]});
            let options = jsonschema::options().with_draft(Draft::Draft4).should_validate_formats(true);
            options.build(&schema).unwrap()
        };
        let schemas = names.iter().map(|name| (name.clone(), validator(name))).collect();
        Contract { operations, schemas }
    }

    /// Every operation as `METHOD path`.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        self.operations.iter().map(Operation::name)
    }

    /// The operation that a request is for. The path is as it stands in the request, escaped.
    pub(super) fn operation(&self, method: &Method, path: &str) -> Option<&Operation> {
        let path = canonical(path)?;
        let fitting = self.operations.iter().filter(|operation| operation.method == *method && operation.takes(&path));
        // Where several fit, the one with the fewest open segments is meant.
        fitting.min_by_key(|operation| operation.path.matches('{').count() * 2 + usize::from(operation.is_greedy()))
    }

    /// What is wrong with an answer's body, by its schema's name.
    pub(super) fn faults(&self, schema: &str, body: &Value) -> Vec<String> {
        self.schemas[schema].iter_errors(body).map(|fault| format!("{}: {fault}", fault.instance_path())).collect()
    }
}

impl Operation {
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The one status of success and the schema of its body.
    pub(super) fn success(&self) -> Option<(u16, Option<&str>)> {
        self.success.as_ref().map(|(status, schema)| (*status, schema.as_deref()))
    }

    /// Whether its last segment is a path, which may hold slashes.
    fn is_greedy(&self) -> bool {
        self.path.ends_with("ath}")
    }

    fn takes(&self, path: &str) -> bool {
        let mut given = path.split('/');
        for segment in self.path.split('/') {
            let Some(value) = given.next() else { return false };
            let fits = match segment {
                "{fileId}" | "{folderId}" => !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()),
                "{path}" | "{folderPath}" => return !value.is_empty() || given.next().is_some(),
                _ if segment.starts_with('{') => !value.is_empty(),
                _ => value == segment,
            };
            if !fits {
                return false;
            }
        }
        given.next().is_none()
    }
}

/// The path below `/files/v3`, whichever release and however many slashes the client wrote.
fn canonical(path: &str) -> Option<String> {
    let path = format!("/{}", path.trim_start_matches('/'));
    let path = path.replacen("/files/2026-03/", "/files/v3/", 1);
    path.starts_with("/files/v3/").then_some(path)
}

fn operations(specification: &Value) -> Vec<Operation> {
    let mut operations = Vec::new();
    for (path, methods) in specification["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let responses = operation["responses"].as_object().unwrap();
            let success = responses.iter().find_map(|(status, response)| {
                let reference = response["content"]["application/json"]["schema"]["$ref"].as_str();
                let schema = reference.and_then(|reference| reference.rsplit('/').next()).map(str::to_owned);
                Some((status.parse().ok()?, schema))
            });
            let method = method.to_uppercase().parse().unwrap();
            assert!(success.is_some() || path == BYTES, "{path} has no success");
            operations.push(Operation { method, path: path.clone(), success });
        }
    }
    operations
}

/// Closes every object, bounds every integer, and makes the three exceptions.
fn tighten(schemas: &mut Value) {
    for member in OF_ERRORS {
        schemas["Error"]["properties"][member] = json!({"type": "string"});
    }
    for name in ["FileActionResponse", "FolderActionResponse"] {
        let required = schemas[name]["required"].as_array_mut().unwrap();
        required.retain(|member| member != "completedAt");
        let unfinished = json!({"properties": {"status": {"enum": ["PENDING", "PROCESSING"]}}});
        schemas[name]["anyOf"] = json!([unfinished, {"required": ["completedAt"]}]);
    }
    for schema in schemas.as_object_mut().unwrap().values_mut() {
        schema["additionalProperties"] = Value::Bool(false);
        bound_integers(&mut schema["properties"]);
    }
}

fn bound_integers(properties: &mut Value) {
    for property in properties.as_object_mut().unwrap().values_mut() {
        let most: i64 = match property["format"].as_str() {
            Some("int32") => i32::MAX.into(),
            // What JavaScript keeps exactly.
            Some("int64") => (1 << 53) - 1,
            _ => continue,
        };
        property["maximum"] = most.into();
    }
}

#[test]
fn a_path_is_for_the_operation_that_names_most_of_it() {
    let contract = Contract::get();
    let name = |method: &str, path: &str| {
        contract.operation(&method.parse().unwrap(), path).map(|found| found.name().replace("/files/v3", ""))
    };
    for (method, path, operation) in [
        ("GET", "/files/v3/files/search", "GET /files/search"),
        ("GET", "/files/v3/files/12", "GET /files/{fileId}"),
        ("GET", "/files/2026-03/files/12/signed-url", "GET /files/{fileId}/signed-url"),
        ("GET", "//files/v3/files/stat/%2Fa%2Fb", "GET /files/stat/{path}"),
        ("GET", "/files/v3/files/stat/a/b", "GET /files/stat/{path}"),
        ("GET", "/files/v3/folders/12", "GET /folders/{folderId}"),
        ("GET", "/files/v3/folders/%2F12", "GET /folders/{folderPath}"),
        ("DELETE", "/files/v3/folders/a/b", "DELETE /folders/{folderPath}"),
        ("GET", "/files/v3/folders/search", "GET /folders/search"),
    ] {
        assert_eq!(name(method, path).as_deref(), Some(operation), "{method} {path}");
    }
    for (method, path) in [("GET", "/files/v3/files/abc"), ("POST", "/files/v3/files/12"), ("GET", "/v1/files")] {
        assert_eq!(name(method, path), None, "{method} {path}");
    }
}

#[test]
fn the_judge_refuses_what_the_specification_does_not_name() {
    let judge = Contract::get();
    let file = json!({"id": "1", "access": "PRIVATE", "archived": false, "createdAt": "2026-01-31T12:00:00.000Z",
        "updatedAt": "2026-01-31T12:00:00.000Z"});
    assert_eq!(judge.faults("File", &file), Vec::<String>::new());
    for (member, value) in [
        ("id", json!(1)),
        ("access", json!("SECRET")),
        ("createdAt", json!("yesterday")),
        ("name", Value::Null),
        ("colour", json!("red")),
        ("width", json!(i64::from(i32::MAX) + 1)),
        ("size", json!(1_u64 << 53)),
    ] {
        let mut wrong = file.clone();
        wrong[member] = value;
        assert_eq!(judge.faults("File", &wrong).len(), 1, "{wrong}");
    }
    let task = json!({"taskId": "1", "status": "PENDING", "startedAt": "2026-01-31T12:00:00.000Z"});
    assert!(judge.faults("FileActionResponse", &task).is_empty());
    let ended = json!({"taskId": "1", "status": "CANCELED", "startedAt": "2026-01-31T12:00:00.000Z"});
    assert!(!judge.faults("FileActionResponse", &ended).is_empty());
}
