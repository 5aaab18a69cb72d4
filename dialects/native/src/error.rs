//! Errors as RFC 9457 problems: `application/problem+json` whose `type` is the address of a page about the error.

use crate::word::Word;
use attache_http::{PublicUrl, RequestInfo, json_answer};
use attache_model::Error;
use attache_model::error::Code;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

tokio::task_local! {
    /// The public address of the server that answers the running request.
    pub(crate) static PUBLIC: PublicUrl;
}

/// What went wrong, in the form of RFC 9457.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// Address of a page about this kind of problem. Its last segment is `code`.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference", example = "https://files.example.com/docs/errors/name_invalid")]
    pub(crate) kind: String,
    /// A stable word for this kind of problem.
    #[schema(example = "name_invalid")]
    pub(crate) code: &'static str,
    /// The kind of problem, for people.
    pub(crate) title: &'static str,
    /// The HTTP status of the answer.
    pub(crate) status: u16,
    /// What was wrong this time, and what would be right.
    pub(crate) detail: String,
    /// The id of the request; the server's log has the same.
    pub(crate) instance: String,
    /// Where in the request, when the problem has a place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<Place>,
    /// The limit that was passed, in the unit of what was counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) limit: Option<u64>,
    /// The scope that is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scope: Option<&'static str>,
    /// What is there already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) existing: Option<Existing>,
}

/// A place in a request and what is wrong there. One of the three places is set.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Place {
    /// JSON pointer into the body, or the name of a form field, as a fragment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "#/name")]
    pub(crate) pointer: Option<String>,
    /// Name of a query parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parameter: Option<String>,
    /// Name of a header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) header: Option<String>,
    /// What was wrong and what would be right.
    pub(crate) detail: String,
}

/// Something that is there already.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Existing {
    /// Its id.
    pub(crate) id: String,
    /// Its number.
    pub(crate) no: i64,
}

impl Problem {
    /// An error of the request `instance`.
    pub(crate) fn of(error: &Error, instance: &str) -> Problem {
        let mut problem = Problem::plain(Word::of(error), error.to_string(), instance);
        match error {
            Error::Malformed { code, field, why } | Error::Invalid { code, field, why } => {
                problem.errors.push(Place::new(*code, field, why));
            }
            Error::TooLarge { limit, .. } | Error::Quota { limit, .. } | Error::TooMany { limit, .. } => {
                problem.limit = Some(*limit);
            }
            Error::MissingScope(scope) => problem.scope = Some(scope.word()),
            Error::Held(_) => problem.detail.push_str(" DELETE /v1/files/{id}/hold lifts it."),
            Error::Exists { no, id, .. } => problem.existing = Some(Existing { id: id.clone(), no: *no }),
            Error::Unauthenticated(_)
            | Error::NotFound(_)
            | Error::Checksum
            | Error::Length { .. }
            | Error::Cut
            | Error::Precondition
            | Error::State { .. }
            | Error::Offset { .. }
            | Error::Superseded
            | Error::Gone(_)
            | Error::Expired
            | Error::Forged
            | Error::UrlRefused
            | Error::Unsupported { .. }
            | Error::InFlight
            | Error::Tries { .. }
            | Error::Busy { .. }
            | Error::StorageFull
            | Error::Damaged
            | Error::Unavailable(_)
            | Error::Internal(_) => {}
        }
        problem
    }

    /// A problem that is known by its word alone.
    pub(crate) fn plain(word: Word, detail: String, instance: &str) -> Problem {
        Problem {
            kind: address(word),
            code: word.text,
            title: word.title,
            status: word.status,
            detail,
            instance: instance.to_owned(),
            errors: Vec::new(),
            limit: None,
            scope: None,
            existing: None,
        }
    }

    /// The answer that carries this problem.
    pub(crate) fn into_answer(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut answer = json_answer(status, &self);
        let headers = answer.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(challenge) = self.challenge() {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        answer
    }

    /// RFC 6750's words for what is wrong with the token.
    fn challenge(&self) -> Option<HeaderValue> {
        match (self.code, self.scope) {
            ("unauthenticated", _) => {
                Some(HeaderValue::from_static("Bearer realm=\"attache\", error=\"invalid_token\""))
            }
            (_, Some(scope)) => {
                let text = format!("Bearer realm=\"attache\", error=\"insufficient_scope\", scope=\"{scope}\"");
                HeaderValue::from_str(&text).ok()
            }
            _ => None,
        }
    }
}

impl Place {
    fn new(code: Code, field: &str, why: &str) -> Place {
        let mut place = Place { pointer: None, parameter: None, header: None, detail: why.to_owned() };
        match code {
            Code::UnknownParameter
            | Code::DuplicateParameter
            | Code::ParameterInvalid
            | Code::SortInvalid
            | Code::CursorInvalid => place.parameter = Some(field.to_owned()),
            Code::HeaderInvalid | Code::MediaTypeUnsupported => place.header = Some(field.to_owned()),
            _ => place.pointer = Some(pointer(field)),
        }
        place
    }
}

/// `record.type` and `items[2].file` as the JSON pointers `#/record/type` and `#/items/2/file`.
fn pointer(field: &str) -> String {
    let mut pointer = String::from("#");
    for member in field.split(['.', '[', ']', '/']).filter(|member| !member.is_empty() && *member != "#") {
        pointer.push('/');
        pointer.push_str(&member.replace('~', "~0"));
    }
    pointer
}

/// The address of the page about a problem; without its host outside of a request.
fn address(word: Word) -> String {
    PUBLIC
        .try_with(|public| public.link(["docs", "errors", word.text]))
        .unwrap_or_else(|_| format!("/docs/errors/{}", word.text))
}

/// The answer to an error.
pub(crate) fn envelope(error: &Error, request: &RequestInfo) -> Response {
    Problem::of(error, &request.id).into_answer()
}

#[cfg(test)]
mod tests {
    use super::*;
    use attache_model::{Scope, What};

    fn of(error: &Error) -> serde_json::Value {
        serde_json::to_value(Problem::of(error, "job-17")).unwrap()
    }

    #[test]
    fn a_problem_names_its_kind_its_place_and_its_request() {
        let error = Error::refuse(Code::NameInvalid, "items[2].name", "it must not be empty");
        assert_eq!(
            of(&error),
            serde_json::json!({
                "type": "/docs/errors/name_invalid",
                "code": "name_invalid",
                "title": "The name is not allowed",
                "status": 422,
                "detail": "items[2].name: it must not be empty",
                "instance": "job-17",
                "errors": [{ "pointer": "#/items/2/name", "detail": "it must not be empty" }],
            })
        );
    }

    #[test]
    fn a_fault_in_the_query_names_the_parameter() {
        let error = Error::malformed(Code::SortInvalid, "sort", "unknown");
        assert_eq!(of(&error)["errors"][0]["parameter"], "sort");
    }

    #[test]
    fn a_taken_name_tells_what_has_it() {
        let error = Error::Exists { what: What::File, no: 7, id: "x".into() };
        assert_eq!(of(&error)["code"], "name_taken");
        assert_eq!(of(&error)["existing"], serde_json::json!({ "id": "x", "no": 7 }));
    }

    #[test]
    fn a_token_without_the_scope_is_told_which_one() {
        let answer = Problem::of(&Error::MissingScope(Scope::FilesDelete), "job-17").into_answer();
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        assert_eq!(answer.headers()[CONTENT_TYPE], "application/problem+json");
        let challenge = answer.headers()[WWW_AUTHENTICATE].to_str().unwrap();
        assert_eq!(challenge, "Bearer realm=\"attache\", error=\"insufficient_scope\", scope=\"files:delete\"");
    }

    #[test]
    fn a_fault_of_ours_shows_nothing_of_its_cause() {
        let error = Error::internal("insert version", std::io::Error::other("constraint file_name"));
        assert!(!of(&error).to_string().contains("constraint"));
        assert!(!of(&error).to_string().contains("insert version"));
    }

    #[tokio::test]
    async fn the_type_is_an_address_on_the_public_host() {
        let public = PublicUrl::parse("https://files.example.com/base").unwrap();
        let kind = PUBLIC.scope(public, async { Problem::of(&Error::Expired, "x").kind }).await;
        assert_eq!(kind, "https://files.example.com/base/docs/errors/url_expired");
    }
}
