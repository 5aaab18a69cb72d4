//! For every route of Kommo's account host, the requests that name something in it. A route without a row here ends the
//! test.

use super::names::Names;
use super::routes::{Operation, Own};
use attache_tests::{Ask, Client};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

/// Every route of the host, once for each way to name a record.
pub(super) fn operations() -> impl Iterator<Item = Operation> {
    attache_kommo::ACCOUNT_ROUTES
        .iter()
        .map(|(method, path)| (method.to_uppercase().parse().unwrap(), (*path).to_owned()))
}

/// Whom a token is asked of is nobody who has one.
pub(super) fn is_public(path: &str) -> bool {
    path == "/oauth2/access_token"
}

/// A new lead of the account, and a new field of leads.
pub(super) async fn own(client: &Client) -> (String, String) {
    let lead = client.post("/api/v4/leads").json(&json!([{ "name": "Lead" }])).ask().await.expect(200);
    let field = json!([{ "name": "Field", "type": "file" }]);
    let field = client.post("/api/v4/leads/custom_fields").json(&field).ask().await.expect(201);
    (lead["_embedded"]["leads"][0]["id"].to_string(), field["_embedded"]["custom_fields"][0]["id"].to_string())
}

/// A new note on a lead with a file.
pub(super) async fn note(client: &Client, lead: &str, file: &Value) -> String {
    let params = json!({ "file_uuid": file["id"], "file_name": "plan.txt" });
    let note = json!([{ "note_type": "attachment", "params": params }]);
    let made = client.post(&format!("/api/v4/leads/{lead}/notes")).json(&note).ask().await.expect(200);
    made["_embedded"]["notes"][0]["id"].to_string()
}

/// The requests of a route that name things by `names`; `None` for one that is not of this host.
pub(super) fn requests(
    client: &Client,
    operation: &Operation,
    names: &Names,
    own: &Own,
) -> Option<Vec<RequestBuilder>> {
    if !operations().any(|known| known == *operation) {
        return None;
    }
    let (method, full) = (operation.0.as_str(), operation.1.as_str());
    let path = full.replace("{entity}", "leads");
    let lead = names.record.rsplit('/').next().unwrap();
    let request = |path: &str| client.request(operation.0.clone(), path);
    let on = |lead: &str| path.replace("{id}", lead);
    let files = [&names.file, &names.trashed];
    let uuids: Value = files.iter().map(|file| json!({ "file_uuid": file })).collect();
    let value =
        |file: &str, field: &str| json!([{ "field_id": field, "values": [{ "value": { "file_uuid": file } }] }]);
    let attachment = |file: &str| {
        let params = json!({ "file_uuid": file, "file_name": "n.txt" });
        json!({ "note_type": "attachment", "params": params, "entity_id": own.lead, "id": names.note })
    };
    Some(match (method, full) {
        ("GET", "/api/v4/account" | "/api/v4/{entity}/custom_fields") | ("POST", "/oauth2/access_token") => Vec::new(),
        // A field is named by what people call it, which is nobody else's business.
        ("POST", "/api/v4/{entity}/custom_fields") => Vec::new(),
        ("GET", "/api/v4/files/{file}/links") => {
            files.iter().map(|file| request(&path.replace("{file}", file))).collect()
        }

        ("GET", "/api/v4/{entity}") => vec![request(&format!("{path}?filter[id]={lead}"))],
        ("POST", "/api/v4/{entity}") => files
            .iter()
            .map(|file| request(&path).json(&json!([{ "custom_fields_values": value(file, &names.field) }])))
            .collect(),
        ("PATCH", "/api/v4/{entity}") => vec![
            request(&path).json(&json!([{ "id": lead, "name": "mine" }])),
            request(&path)
                .json(&json!([{ "id": own.lead, "custom_fields_values": value(&own.file_id, &names.field) }])),
        ],
        ("GET", "/api/v4/{entity}/{id}") => vec![request(&on(lead))],
        ("PATCH", "/api/v4/{entity}/{id}") => {
            let fill = |file: &String| json!({ "custom_fields_values": value(file, &own.field) });
            let mine = files.iter().map(|file| request(&on(&own.lead)).json(&fill(file)));
            mine.chain([request(&on(lead)).json(&json!({ "name": "mine" }))]).collect()
        }

        ("GET", "/api/v4/{entity}/{id}/files" | "/api/v4/{entity}/{id}/notes") => vec![request(&on(lead))],
        ("PUT" | "DELETE", "/api/v4/{entity}/{id}/files") => {
            vec![request(&on(lead)).json(&uuids), request(&on(&own.lead)).json(&uuids)]
        }

        ("GET", "/api/v4/{entity}/notes") => vec![
            request(&format!("{path}?filter[id]={}", names.note)),
            request(&format!("{path}?filter[entity_id]={lead}")),
        ],
        ("POST" | "PATCH", "/api/v4/{entity}/notes") => {
            let mut all: Vec<_> = files.iter().map(|file| request(&path).json(&json!([attachment(file)]))).collect();
            let text = json!({ "text": "mine" });
            let note = json!([{ "note_type": "common", "params": text, "entity_id": lead, "id": names.note }]);
            all.push(request(&path).json(&note));
            all
        }
        ("POST" | "PATCH", "/api/v4/{entity}/{id}/notes") => {
            let mut all: Vec<_> =
                files.iter().map(|file| request(&on(&own.lead)).json(&json!([attachment(file)]))).collect();
            all.push(request(&on(lead)).json(&json!([attachment(&own.file_id)])));
            all
        }
        ("GET" | "PATCH", "/api/v4/{entity}/notes/{note}" | "/api/v4/{entity}/{id}/notes/{note}") => {
            let change = json!({ "note_type": "common", "params": { "text": "mine" } });
            let of = |lead: &str| request(&on(lead).replace("{note}", &names.note)).json(&change);
            vec![of(lead), of(&own.lead)]
        }

        ("PATCH", "/api/v4/{entity}/custom_fields") => {
            vec![request(&path).json(&json!([{ "id": names.field, "name": "mine" }]))]
        }
        ("GET" | "PATCH" | "DELETE", "/api/v4/{entity}/custom_fields/{field}") => {
            vec![request(&path.replace("{field}", &names.field)).json(&json!({ "name": "mine" }))]
        }
        (method, path) => panic!("{method} {path} is new: say here what it names"),
    })
}
