//! What can be asked next with what an answer holds: the links of the OpenAPI document.

use utoipa::openapi::RefOr;
use utoipa::openapi::link::LinkBuilder;
use utoipa::openapi::path::Operation;

/// Operations that can follow others.
struct Next {
    /// The operations before, each with the status of its answer.
    after: &'static [(&'static str, &'static str)],
    /// The operations that can follow.
    follow: &'static [&'static str],
    /// Their parameters, and where each is in the request before or in its answer.
    with: &'static [(&'static str, &'static str)],
}

const ID: (&str, &str) = ("id", "$response.body#/id");
const FIRST: (&str, &str) = ("id", "$response.body#/items/0/id");
const SAME: (&str, &str) = ("id", "$request.path.id");

const NEXT: &[Next] = &[
    Next {
        after: &[
            ("putFile", "201"),
            ("putFile", "200"),
            ("putFileByPath", "201"),
            ("putFileByPath", "200"),
            ("putRecordFile", "201"),
            ("putRecordFile", "200"),
        ],
        follow: &[
            "getFile",
            "changeFile",
            "deleteFile",
            "getContent",
            "putVersion",
            "listVersions",
            "getPreview",
            "createSignedLink",
            "listFileSignedLinks",
            "listFileEvents",
            "listFileRecords",
        ],
        with: &[ID],
    },
    Next {
        after: &[("putVersion", "200")],
        follow: &["getVersionContent"],
        with: &[ID, ("version", "$response.body#/version/no")],
    },
    Next { after: &[("deleteFile", "204")], follow: &["getFile", "restoreFile", "getContent"], with: &[SAME] },
    Next { after: &[("restoreFile", "200")], follow: &["getFile", "getContent", "deleteFile"], with: &[ID] },
    Next { after: &[("listFiles", "200")], follow: &["getFile", "getContent"], with: &[FIRST] },
    Next { after: &[("listTrash", "200")], follow: &["restoreFile"], with: &[FIRST] },
    Next {
        after: &[("listRecordFiles", "200")],
        follow: &["getFile", "listFileRecords"],
        with: &[("id", "$response.body#/items/0/file/id")],
    },
    Next {
        after: &[("listSignedLinks", "200"), ("listFileSignedLinks", "200")],
        follow: &["revokeSignedLink"],
        with: &[FIRST],
    },
    Next { after: &[("createSignedLink", "201")], follow: &["revokeSignedLink"], with: &[ID] },
    Next { after: &[("createFolder", "201")], follow: &["getFolder", "changeFolder", "deleteFolder"], with: &[ID] },
    Next { after: &[("createFolder", "201")], follow: &["putFile"], with: &[("folder_id", "$response.body#/id")] },
    Next { after: &[("createIntake", "201")], follow: &["getIntake", "closeIntake"], with: &[ID] },
    Next { after: &[("closeIntake", "204")], follow: &["getIntake"], with: &[SAME] },
    Next {
        after: &[("importFile", "202"), ("emptyTrash", "202")],
        follow: &["getTask"],
        with: &[("id", "$response.body#/task")],
    },
    Next { after: &[("createToken", "201"), ("createPanelToken", "201")], follow: &["revokeToken"], with: &[ID] },
    Next { after: &[("listErasures", "200")], follow: &["getErasure", "getErasureCertificate"], with: &[FIRST] },
    Next {
        after: &[("createWebhook", "201")],
        follow: &[
            "getWebhook",
            "changeWebhook",
            "removeWebhook",
            "getWebhookSecret",
            "rotateWebhookSecret",
            "testWebhook",
            "replayWebhook",
            "listDeliveries",
        ],
        with: &[ID],
    },
    Next {
        after: &[("listDeliveries", "200")],
        follow: &["replayDelivery"],
        with: &[SAME, ("delivery", "$response.body#/items/0/id")],
    },
    Next {
        after: &[("putPanelFile", "201")],
        follow: &[
            "getPanelFile",
            "getPanelContent",
            "putPanelVersion",
            "listPanelVersions",
            "getPanelPreview",
            "removePanelFile",
        ],
        with: &[("id", "$response.body#/file/id")],
    },
];

/// Adds to an operation's answers what can follow them.
pub(super) fn lead_on(operation: &mut Operation) {
    let own = operation.operation_id.clone().unwrap_or_default();
    for next in NEXT {
        for (_, status) in next.after.iter().filter(|(before, _)| *before == own) {
            if let Some(RefOr::T(answer)) = operation.responses.responses.get_mut(*status) {
                let link = |name: &str| next.with.iter().fold(LinkBuilder::new().operation_id(name), with);
                answer.links.extend(next.follow.iter().map(|name| ((*name).to_owned(), link(name).build().into())));
            }
        }
    }
}

fn with(link: LinkBuilder, (parameter, place): &(&str, &str)) -> LinkBuilder {
    link.parameter(*parameter, *place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document;
    use serde_json::Value;
    use std::collections::BTreeMap;

    /// The operations of the document by their ids.
    fn operations() -> BTreeMap<String, Value> {
        let document = serde_json::to_value(document()).unwrap();
        let items: Vec<_> = document["paths"].as_object().unwrap().values().cloned().collect();
        let operations = items.iter().flat_map(|item| item.as_object().unwrap().values());
        operations.map(|operation| (operation["operationId"].as_str().unwrap().to_owned(), operation.clone())).collect()
    }

    #[test]
    fn what_follows_an_answer_is_an_operation_with_these_parameters() {
        let operations = operations();
        for next in NEXT {
            for (follower, (parameter, _)) in
                next.follow.iter().flat_map(|name| next.with.iter().map(move |p| (name, p)))
            {
                let known = operations[*follower]["parameters"].as_array().unwrap();
                assert!(known.iter().any(|known| known["name"] == *parameter), "{follower} has no {parameter}");
            }
        }
    }

    #[test]
    fn every_answer_of_the_table_tells_what_follows() {
        let operations = operations();
        for next in NEXT {
            for (before, status) in next.after {
                let links = operations[*before]["responses"][*status]["links"].as_object();
                let links = links.unwrap_or_else(|| panic!("{before} {status} leads nowhere"));
                assert!(next.follow.iter().all(|name| links.contains_key(*name)), "{before} {status}");
            }
        }
    }
}
