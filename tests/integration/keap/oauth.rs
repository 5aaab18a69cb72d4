//! OAuth as its clients do it: a code, then a token that ends, and one refresh token after the other.

use super::desk::{Desk, LEGACY, Place, RPC, V1, V2};
use super::xml::{call, told};
use crate::PROGRAM;
use crate::native::on_both_engines;
use attache_core::{MadeGrant, NewGrant};
use attache_model::UserNo;
use attache_tests::{Answer, Ask, Home, Setup, TestApp, said};
use serde_json::{Value, json};
use std::time::Duration;

on_both_engines!(
    c24_a_code_is_traded_with_the_clients_name_and_secret_in_the_form,
    c24_a_token_that_was_got_by_a_grant_opens_every_face_as_its_user,
    c24_a_refresh_with_basic_authentication_gives_the_next_pair,
    c24_a_refresh_with_the_client_in_the_form_does_too,
    c24_an_expired_token_is_told_from_an_unknown_one_and_refreshed,
    c24_refusals_are_those_that_clients_know,
    c24_another_clients_code_is_worth_nothing,
    c24_two_refreshes_at_once_both_get_a_token_that_works,
    c24_a_refresh_token_that_comes_late_ends_all_that_came_of_it,
);

/// A client of OAuth that was granted `scopes` for user 4.
struct Client<'d> {
    desk: &'d Desk,
    made: MadeGrant,
}

impl<'d> Client<'d> {
    async fn of(desk: &'d Desk, scopes: &str) -> Client<'d> {
        Client { desk, made: grant(&desk.app, scopes).await }
    }

    async fn redeem(&self) -> Answer {
        let (client, secret) = (self.made.grant.client.as_str(), self.made.secret.reveal());
        let form = [
            ("client_id", client),
            ("client_secret", secret),
            ("code", self.made.code.reveal()),
            ("grant_type", "authorization_code"),
            ("redirect_uri", "https://client.example/back"),
        ];
        post(self.desk, &form).await
    }

    async fn refresh(&self, refresh: &str) -> Answer {
        let (client, secret) = (&self.made.grant.client, self.made.secret.reveal());
        let form = form(&[("grant_type", "refresh_token"), ("refresh_token", refresh)]);
        let request = self.desk.app.stranger().post("/token").basic_auth(client, Some(secret));
        request.header("Content-Type", FORM).body(form).ask().await
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

fn form(pairs: &[(&str, &str)]) -> String {
    pairs.iter().map(|(name, value)| format!("{name}={}", super::desk::encoded(value))).collect::<Vec<_>>().join("&")
}

async fn post(desk: &Desk, pairs: &[(&str, &str)]) -> Answer {
    desk.app.stranger().post("/token").header("Content-Type", FORM).body(form(pairs)).ask().await
}

async fn grant(app: &TestApp, scopes: &str) -> MadeGrant {
    let scopes = attache::scope::parse(scopes).expect("the scopes are known");
    let new = NewGrant { account: "default".into(), user: UserNo(4), scopes, client: None, secret: None };
    app.core().operator().grant(new).await.expect("the grant is made")
}

/// The two secrets of a pair.
fn pair(answer: &Value) -> (String, String) {
    let text = |name: &str| answer[name].as_str().expect(name).to_owned();
    (text("access_token"), text("refresh_token"))
}

async fn status(desk: &Desk, token: &str) -> u16 {
    desk.app.stranger().with_token(Some(token.to_owned())).get(V1).ask().await.status.as_u16()
}

async fn c24_a_code_is_traded_with_the_clients_name_and_secret_in_the_form(setup: Setup) {
    let desk = Desk::open(setup).await;
    let client = Client::of(&desk, "keap:user").await;
    let answer = client.redeem().await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let body = answer.expect(200);
    let mut members: Vec<_> = body.as_object().unwrap().keys().collect();
    members.sort();
    assert_eq!(members, ["access_token", "expires_in", "refresh_token", "scope", "token_type"]);
    assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("bearer"), &json!(86_400)));
    assert_eq!(body["scope"], "full|at1.infusionsoft.com");
    assert_eq!(status(&desk, &pair(&body).0).await, 200);
    // Once, and never again: what came of it ends too.
    let again = client.redeem().await.expect(400);
    assert_eq!(again, json!({ "error": "invalid_grant", "error_description": "Invalid authorization code" }));
    assert_eq!(status(&desk, &pair(&body).0).await, 401);
    desk.stop().await;
}

async fn c24_a_token_that_was_got_by_a_grant_opens_every_face_as_its_user(setup: Setup) {
    let desk = Desk::open(setup).await;
    let company = desk.keap.file("company.txt", b"x", Place::Company).await;
    let client = Client::of(&desk, "keap:user").await;
    let (token, _) = pair(&client.redeem().await.expect(200));
    let keap = super::desk::Keap::of(desk.app.stranger().with_token(Some(token.clone())));
    let own = keap.file("own.txt", b"mine", Place::User).await;
    assert_eq!(keap.v1(own).await["created_by"], 4);
    assert_eq!(keap.list1("").await, [own]);
    assert_eq!(keap.list2("").await, [own]);
    let get = |no: i64| call("FileService.getFile", &[token.as_str().into(), no.into()]);
    assert_eq!(keap.send(RPC, get(own)).await.unwrap().bytes(), b"mine");
    let legacy = desk.app.stranger().post(LEGACY).body(get(own)).ask().await;
    assert_eq!(told(&legacy.text()).unwrap().bytes(), b"mine");
    assert_eq!(keap.get(&format!("{V1}/{company}")).await.status, 403);
    assert_eq!(keap.get(&format!("{V2}/{company}")).await.status, 403);
    desk.stop().await;
}

async fn c24_a_refresh_with_basic_authentication_gives_the_next_pair(setup: Setup) {
    let desk = Desk::open(setup).await;
    let client = Client::of(&desk, "keap:full").await;
    let (first, refresh) = pair(&client.redeem().await.expect(200));
    desk.pass(Duration::from_secs(3600));
    let (second, next) = pair(&client.refresh(&refresh).await.expect(200));
    assert!(first != second && refresh != next);
    for token in [&first, &second] {
        assert_eq!(status(&desk, token).await, 200);
    }
    client.refresh(&next).await.expect(200);
    desk.stop().await;
}

async fn c24_a_refresh_with_the_client_in_the_form_does_too(setup: Setup) {
    let desk = Desk::open(setup).await;
    let client = Client::of(&desk, "keap:full").await;
    let (_, refresh) = pair(&client.redeem().await.expect(200));
    let (id, secret) = (client.made.grant.client.as_str(), client.made.secret.reveal());
    let own =
        [("grant_type", "refresh_token"), ("refresh_token", &refresh), ("client_id", id), ("client_secret", secret)];
    let (token, _) = pair(&post(&desk, &own).await.expect(200));
    assert_eq!(status(&desk, &token).await, 200);
    desk.stop().await;
}

async fn c24_an_expired_token_is_told_from_an_unknown_one_and_refreshed(setup: Setup) {
    let desk = Desk::open(setup).await;
    let client = Client::of(&desk, "keap:full").await;
    let (token, refresh) = pair(&client.redeem().await.expect(200));
    desk.pass(Duration::from_secs(86_399));
    assert_eq!(status(&desk, &token).await, 200);
    desk.pass(Duration::from_secs(1));
    let fault = desk.app.stranger().with_token(Some(token)).get(V2).ask().await.expect(401);
    assert_eq!(fault["fault"]["detail"]["errorcode"], "keymanagement.service.access_token_expired");
    let (token, _) = pair(&client.refresh(&refresh).await.expect(200));
    assert_eq!(status(&desk, &token).await, 200);
    desk.stop().await;
}

async fn c24_refusals_are_those_that_clients_know(setup: Setup) {
    let desk = Desk::open(setup).await;
    let client = Client::of(&desk, "keap:full").await;
    let (_, refresh) = pair(&client.redeem().await.expect(200));
    let made_up = client.refresh("atr_made_up").await.expect(400);
    assert_eq!(made_up, json!({ "error": "invalid_grant", "error_description": "Invalid refresh token" }));

    let body = json!({ "grant_type": "refresh_token", "refresh_token": refresh });
    let answer = desk.app.stranger().post("/token").json(&body).ask().await.expect(400);
    let needed = "response_type or grant_type is required";
    assert_eq!(answer, json!({ "error": "invalid_request", "error_description": needed }));
    assert_eq!(post(&desk, &[]).await.expect(400)["error_description"], needed);
    assert_eq!(post(&desk, &[("grant_type", "password")]).await.expect(400)["error"], "unsupported_grant_type");

    let stranger = [("grant_type", "refresh_token"), ("refresh_token", &refresh), ("client_id", "x")];
    for more in [vec![], vec![("client_secret", "whatever")]] {
        let answer = post(&desk, &[&stranger[..], &more].concat()).await;
        assert!(answer.header("www-authenticate").starts_with("Basic"), "{answer:?}");
        assert_eq!(answer.expect(401)["error"], "invalid_client");
    }
    assert_eq!(desk.app.stranger().get("/token").ask().await.status, 405);
    let long = "x".repeat(2 << 20);
    assert_eq!(post(&desk, &[("grant_type", &long)]).await.expect(413)["error"], "invalid_request");
    client.refresh(&refresh).await.expect(200);
    desk.stop().await;
}

async fn c24_another_clients_code_is_worth_nothing(setup: Setup) {
    let desk = Desk::open(setup).await;
    let (mine, theirs) = (Client::of(&desk, "keap:full").await, Client::of(&desk, "keap:full").await);
    let (id, secret) = (mine.made.grant.client.as_str(), mine.made.secret.reveal());
    let form = [
        ("grant_type", "authorization_code"),
        ("code", theirs.made.code.reveal()),
        ("client_id", id),
        ("client_secret", secret),
    ];
    assert_eq!(post(&desk, &form).await.expect(400)["error"], "invalid_grant");
    theirs.redeem().await.expect(200);
    desk.stop().await;
}

async fn c24_two_refreshes_at_once_both_get_a_token_that_works(setup: Setup) {
    let desk = Desk::open(setup).await;
    let client = Client::of(&desk, "keap:full").await;
    let (_, refresh) = pair(&client.redeem().await.expect(200));
    let (one, two) = tokio::join!(client.refresh(&refresh), client.refresh(&refresh));
    let (one, two) = (pair(&one.expect(200)), pair(&two.expect(200)));
    assert_ne!(one, two);
    for (token, refresh) in [one, two] {
        assert_eq!(status(&desk, &token).await, 200);
        client.refresh(&refresh).await.expect(200);
    }
    desk.stop().await;
}

async fn c24_a_refresh_token_that_comes_late_ends_all_that_came_of_it(setup: Setup) {
    let desk = Desk::open(setup).await;
    let client = Client::of(&desk, "keap:full").await;
    let (_, copied) = pair(&client.redeem().await.expect(200));
    let (token, refresh) = pair(&client.refresh(&copied).await.expect(200));
    desk.pass(Duration::from_secs(60));
    client.refresh(&copied).await.expect(400);
    assert_eq!(status(&desk, &token).await, 401);
    client.refresh(&refresh).await.expect(400);
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c24_no_secret_of_a_client_is_in_the_log() {
    let home = Home::new();
    let mut server = home.serve(PROGRAM, &["--log", "trace"]);
    let line = ["grant", "create", "--scopes", "keap:full", "--client-id", "desk", "--client-secret", "hush-hush-hush"];
    let made = said(&home.command(PROGRAM, &line).output().unwrap());
    let code = made.lines().find_map(|line| line.strip_prefix("code=")).unwrap();
    let stranger = attache_tests::Client::new(server.url(), None);
    let trade = async |pairs: &[(&str, &str)]| {
        let request = stranger.post("/token").basic_auth("desk", Some("hush-hush-hush"));
        request.header("Content-Type", FORM).body(form(pairs)).ask().await
    };
    let code_form = [("grant_type", "authorization_code"), ("code", code)];
    let (token, refresh) = pair(&trade(&code_form).await.expect(200));
    let refresh_form = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    trade(&refresh_form).await.expect(200);
    trade(&code_form).await.expect(400);
    stranger.get(&format!("{V1}?access_token={token}")).ask().await.expect(401);
    server.ask_to_stop();
    let (_, log) = server.wait();
    assert!(log.iter().any(|line| line.contains("keap_oauth")), "{log:?}");
    for secret in [code, "hush-hush-hush", &token, &refresh] {
        let told: Vec<_> = log.iter().filter(|line| line.contains(secret)).collect();
        assert!(told.is_empty(), "{told:?}");
    }
}
