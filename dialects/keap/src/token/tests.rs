use super::*;
use attache_model::scope::Scopes;
use attache_model::{AccountNo, Time, UserNo};

fn with(authorization: Option<&str>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if let Some(text) = authorization {
        headers.insert(AUTHORIZATION, HeaderValue::from_str(text).unwrap());
    }
    headers
}

fn asked(authorization: Option<&str>, form: &str) -> Result<Asked, Refusal> {
    Asked::read(&with(authorization), &Query::parse(form).unwrap()).unwrap()
}

fn refusal(authorization: Option<&str>, form: &str) -> (&'static str, String) {
    let refusal = asked(authorization, form).unwrap_err();
    (refusal.error, refusal.error_description)
}

async fn told(answer: Response) -> (StatusCode, HeaderMap, String) {
    let (head, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, 10_000).await.unwrap();
    (head.status, head.headers, String::from_utf8(body.to_vec()).unwrap())
}

#[test]
fn c24_a_client_shows_itself_in_a_header_or_in_the_form() {
    let basic = base64::encode(b"desk:s3cret");
    for scheme in ["Basic", "basic"] {
        let asked = asked(Some(&format!("{scheme} {basic}")), "grant_type=refresh_token&refresh_token=r").unwrap();
        let shown = (asked.kind, asked.client.as_str(), asked.secret.reveal(), asked.voucher.reveal());
        assert_eq!(shown, (Kind::Refresh, "desk", "s3cret", "r"));
    }
    let form = "client_id=desk&client_secret=s3cret&code=c&grant_type=authorization_code&redirect_uri=http%3A%2F%2Fx";
    let asked = asked(None, form).unwrap();
    let shown = (asked.kind, asked.client.as_str(), asked.secret.reveal(), asked.voucher.reveal());
    assert_eq!(shown, (Kind::Code, "desk", "s3cret", "c"));
}

#[test]
fn c24_a_client_that_does_not_show_itself_is_none() {
    let form = "grant_type=refresh_token&refresh_token=r";
    let invalid = ("invalid_client", String::from("Client credentials are invalid"));
    for header in [None, Some("Basic"), Some("Basic !"), Some("Basic ZGVzaw=="), Some("Bearer abc")] {
        assert_eq!(refusal(header, form), invalid, "{header:?}");
    }
    assert_eq!(refusal(None, &format!("{form}&client_id=desk")), invalid);
}

#[test]
fn c24_what_a_trade_needs_is_named() {
    let request = |text: &str| ("invalid_request", text.to_owned());
    assert_eq!(refusal(None, ""), request("response_type or grant_type is required"));
    assert_eq!(refusal(None, "grant_type="), request("response_type or grant_type is required"));
    let client = "client_id=a&client_secret=b";
    assert_eq!(refusal(None, &format!("grant_type=refresh_token&{client}")), request("refresh_token is required"));
    assert_eq!(refusal(None, &format!("grant_type=authorization_code&{client}&code=")), request("code is required"));
    assert_eq!(refusal(None, "grant_type=password&username=a&password=b").0, "unsupported_grant_type");
}

#[test]
fn a_parameter_that_comes_twice_is_refused() {
    let form = Query::parse("grant_type=refresh_token&refresh_token=a&refresh_token=b&client_id=a&client_secret=b");
    let error = Asked::read(&HeaderMap::new(), &form.unwrap()).unwrap_err();
    let refusal = Refusal::of(&error);
    assert_eq!((refusal.status, refusal.error), (StatusCode::BAD_REQUEST, "invalid_request"));
}

#[tokio::test]
async fn c24_a_body_of_json_has_no_parameters() {
    let kind = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"))]);
    let body = Body::from(r#"{"grant_type":"refresh_token","refresh_token":"r"}"#);
    let form = read(&kind, body, &Limits::default()).await.unwrap();
    let refusal = Asked::read(&kind, &form).unwrap().unwrap_err();
    let (status, _, body) = told(refusal.answer()).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    insta::assert_snapshot!(body, @r#"{"error":"invalid_request","error_description":"response_type or grant_type is required"}"#);
}

#[tokio::test]
async fn c24_a_trade_is_answered_in_keaps_shape_and_kept_by_nobody() {
    let granted = Granted {
        token: Secret::new("att_1"),
        refresh: Secret::new("atr_2"),
        expires_at: Time(0),
        account: AccountNo(3),
        user: UserNo::OWNER,
        scopes: Scopes::all(),
    };
    let (status, headers, body) = told(shown(&granted, &Limits::default())).await;
    assert_eq!((status, &headers[CACHE_CONTROL]), (StatusCode::OK, &HeaderValue::from_static("no-store")));
    insta::assert_snapshot!(body, @r#"{"access_token":"att_1","token_type":"bearer","expires_in":86400,"refresh_token":"atr_2","scope":"full|at3.infusionsoft.com"}"#);
}

#[tokio::test]
async fn c24_refusals_have_oauths_words_and_statuses() {
    let (status, headers, body) = told(Refusal::client().answer()).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert_eq!(headers[WWW_AUTHENTICATE], "Basic realm=\"token\"");
    insta::assert_snapshot!(body, @r#"{"error":"invalid_client","error_description":"Client credentials are invalid"}"#);
    let (status, headers, body) = told(Refusal::bad("invalid_grant", Kind::Refresh.worthless()).answer()).await;
    assert_eq!((status, &headers[CACHE_CONTROL]), (StatusCode::BAD_REQUEST, &HeaderValue::from_static("no-store")));
    insta::assert_snapshot!(body, @r#"{"error":"invalid_grant","error_description":"Invalid refresh token"}"#);
}

#[test]
fn a_secret_is_not_shown_in_a_debug_text() {
    let asked = asked(None, "grant_type=refresh_token&refresh_token=hush1&client_id=a&client_secret=hush2").unwrap();
    assert!(!format!("{asked:?}").contains("hush"));
}
