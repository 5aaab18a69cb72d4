//! Rows 12 to 14, 30 and 31: who is let in, and how answers are typed.

use super::desk::{Desk, EVERYTHING, FILES, GRAPHQL, Sonar, part};
use crate::bad_inputs::face_of;
use crate::native::on_both_engines;
use attache_tests::{Answer, Setup};
use reqwest::Method;
use reqwest::multipart::Form;
use serde_json::{Value, json};
use std::time::Duration;

on_both_engines!(
    s12_who_shows_no_token_that_works_is_told_so_everywhere,
    s13_a_missing_permission_is_named_and_nothing_is_done,
    s13_lists_leave_out_what_may_not_be_read,
    s14_a_token_is_random_shown_once_and_works_until_it_is_revoked,
    s14_a_token_with_an_end_ends,
    s14_nobody_sees_or_revokes_anothers_tokens,
    s30_over_the_limit_it_is_429_with_the_vendors_words,
    s30_nobody_is_refused_by_default,
    s31_the_answers_type_is_json_unless_the_other_is_asked_for,
    me_is_the_user_of_the_token,
);

const ME: &str = "{ me { id name username public_name super_admin role_id } }";

async fn graph(sonar: &Sonar, query: &str) -> Answer {
    sonar.post(GRAPHQL, json!({ "query": query })).await
}

async fn s12_who_shows_no_token_that_works_is_told_so_everywhere(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.sonar.file("a.txt", "hello").await;
    let before = face_of(&desk.native).await;
    let token = desk.sonar.0.token().unwrap().to_owned();
    let wrong = format!("{}x", &token[..token.len() - 1]);
    for shown in [None, Some(String::new()), Some(wrong), Some("eyJhbGciOiJIUzI1NiJ9.e30.x".into())] {
        let who = Sonar::of(desk.app.stranger().with_token(shown.clone()));
        let schema = "{ __schema { queryType { name } } }";
        for answer in [
            who.form(Form::new().part("files[]", part("b.txt", "x"))).await,
            who.download(no).await,
            who.get(&format!("{FILES}/abc")).await,
            graph(&who, ME).await,
            graph(&who, schema).await,
            graph(&who, "nonsense").await,
            graph(&who, &format!("mutation {{ deleteFile(id: {no}) {{ success }} }}")).await,
            who.get(&format!("{GRAPHQL}?query={{__typename}}")).await,
        ] {
            // The judge has looked at the body and at the header.
            assert_eq!(answer.status, 401, "{shown:?}: {}", answer.text());
        }
    }
    let basic = Sonar::of(desk.app.stranger());
    let answer = basic
        .ask(Method::POST, GRAPHQL, |request| request.basic_auth("admin", Some(&token)).json(&json!({ "query": ME })));
    assert_eq!(answer.await.status, 401);
    assert_eq!(face_of(&desk.native).await, before);
    desk.stop().await;
}

async fn s13_a_missing_permission_is_named_and_nothing_is_done(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.sonar.file_on("Account", 1, "a.txt", "hello").await;
    let before = face_of(&desk.native).await;
    let without = async |name: &str| {
        let rest: Vec<_> = EVERYTHING.split(',').filter(|scope| !scope.ends_with(name)).collect();
        desk.with(&rest.join(",")).await
    };
    let upload = without(":CREATE_FILE").await.form(Form::new().part("files[]", part("b.txt", "x"))).await;
    assert_eq!(upload.status, 403, "{}", upload.text());
    assert_eq!(upload.json()["errors"][0]["extensions"]["category"], "authorization");
    assert!(upload.text().contains("CREATE_FILE"), "{}", upload.text());
    let updater = without(":UPDATE_FILE").await;
    for (who, name, query) in [
        (
            &updater,
            "UPDATE_FILE",
            format!("mutation {{ updateFile(id: {no}, input: {{description: \"x\"}}) {{ id }} }}"),
        ),
        (&updater, "UPDATE_FILE", super::desk::linking("Account", 1, &[no])),
        (&updater, "UPDATE_FILE", format!("mutation {{ unlinkFile(id: {no}) {{ id }} }}")),
        (&updater, "UPDATE_FILE", "mutation { updateFile(id: 99, input: {}) { id } }".to_owned()),
        (&without(":DELETE_FILE").await, "DELETE_FILE", format!("mutation {{ deleteFile(id: {no}) {{ success }} }}")),
        (&without(":DELETE_FILE").await, "DELETE_FILE", "mutation { deleteFile(id: 99) { success } }".to_owned()),
    ] {
        let told = who.ask_graph(&query).await;
        let said = told.refused("authorization")["message"].as_str().unwrap();
        assert!(said.contains(name), "{query}: {said}");
    }
    let plain = desk.user(2, "sonar:READ_FILE,sonar:UPDATE_FILE,sonar:DELETE_FILE").await;
    for query in [
        format!("mutation {{ updateFile(id: {no}, input: {{description: \"x\"}}) {{ id }} }}"),
        format!("mutation {{ deleteFile(id: {no}) {{ success }} }}"),
    ] {
        let told = plain.ask_graph(&query).await;
        assert!(told.refused("authorization")["message"].as_str().unwrap().contains("ALTER_OTHERS_FILES"), "{told:?}");
    }
    assert_eq!(face_of(&desk.native).await, before);
    assert_eq!(desk.sonar.show(no).await["description"], Value::Null);
    desk.stop().await;
}

async fn s13_lists_leave_out_what_may_not_be_read(setup: Setup) {
    let desk = Desk::open(setup).await;
    let other = desk.user(2, EVERYTHING).await;
    let hidden = other.file("hidden.txt", "x").await;
    let linked = other.file_on("Account", 1, "linked.txt", "x").await;
    let reader = desk.user(3, "sonar:READ_FILE").await;
    let own = desk.user(3, "sonar:READ_FILE,sonar:CREATE_FILE").await.file("own.txt", "x").await;
    let query = "{ files { entities { id } page_info { total_count total_pages } } accounts { entities { files { entities { id } } } } }";
    let data = reader.data(query).await;
    assert_eq!(super::desk::numbers(&data["files"]), [linked, own]);
    assert_eq!(data["files"]["page_info"]["total_count"], 2, "what is left out is not counted");
    assert_eq!(super::desk::numbers(&data["accounts"]["entities"][0]["files"]), [linked]);
    assert!(reader.shown(hidden).await.is_none());
    assert!(reader.list("(filename: \"hidden.txt\")").await.is_empty());
    desk.stop().await;
}

const MAKE: &str = "mutation { createPersonalAccessToken(input: {name: \"nightly\"}) \
    { id sonar_unique_id created_at updated_at _version name revoked token } }";
/// What a client needs to make tokens: they belong to the account's settings.
const SETTINGS: &str = "sonar:READ_FILE,sonar:CREATE_FILE,settings";
const TOKENS: &str = "{ personal_access_tokens { entities { id name revoked token } } }";

/// The tokens that a client is shown: number, name and whether it is revoked.
async fn tokens(sonar: &Sonar) -> Vec<(String, String, bool)> {
    let data = sonar.data(TOKENS).await;
    let tokens = data["personal_access_tokens"]["entities"].as_array().unwrap();
    assert!(tokens.iter().all(|token| token["token"].is_null()), "a secret is shown once: {data}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    tokens.iter().map(|token| (text(&token["id"]), text(&token["name"]), token["revoked"] == true)).collect()
}

async fn s14_a_token_is_random_shown_once_and_works_until_it_is_revoked(setup: Setup) {
    let desk = Desk::open(setup).await;
    let without = desk.user(2, EVERYTHING).await;
    for query in [MAKE, TOKENS, "mutation { deletePersonalAccessToken(id: 1) { success } }"] {
        without.ask_graph(query).await.refused("authorization");
    }
    let plain = desk.user(2, SETTINGS).await;
    let made = plain.data(MAKE).await["createPersonalAccessToken"].clone();
    assert_eq!((&made["name"], &made["revoked"]), (&json!("nightly"), &json!(false)));
    let secret = made["token"].as_str().unwrap().to_owned();
    assert!(secret.len() >= 43, "256 random bits take as many letters");
    assert_ne!(plain.data(MAKE).await["createPersonalAccessToken"]["token"], secret.as_str());
    let nightly = Sonar::of(desk.app.stranger().with_token(Some(secret)));
    assert_eq!(nightly.data(ME).await, plain.data(ME).await, "it is the same user");
    let no = nightly.file("a.txt", "hello").await;
    assert_eq!(plain.list("").await, [no]);
    assert_eq!(nightly.trash(no).await.category(), "authorization", "it may do what its maker's token may");
    let id = made["id"].as_str().unwrap();
    assert!(tokens(&plain).await.contains(&(id.to_owned(), "nightly".to_owned(), false)));
    let revoke = format!("mutation {{ deletePersonalAccessToken(id: {id}) {{ success message }} }}");
    assert_eq!(plain.data(&revoke).await["deletePersonalAccessToken"]["success"], true);
    assert_eq!(graph(&nightly, ME).await.status, 401);
    assert!(!tokens(&plain).await.contains(&(id.to_owned(), "nightly".to_owned(), false)));
    for name in ["", " "] {
        let query = format!("mutation {{ createPersonalAccessToken(input: {{name: \"{name}\"}}) {{ id }} }}");
        assert!(!plain.ask_graph(&query).await.invalid("input.name").is_empty());
    }
    assert!(!plain.ask_graph("mutation { createPersonalAccessToken { id } }").await.invalid("input").is_empty());
    desk.stop().await;
}

async fn s14_a_token_with_an_end_ends(setup: Setup) {
    let desk = Desk::open(setup).await;
    let token = desk.app.token_of(1, EVERYTHING, Some(Duration::from_secs(3600))).await;
    let short = Sonar::of(desk.app.stranger().with_token(Some(token)));
    short.data(ME).await;
    desk.pass(Duration::from_secs(3599));
    short.data(ME).await;
    desk.pass(Duration::from_secs(2));
    assert_eq!(graph(&short, ME).await.status, 401);
    assert_eq!(short.download(1).await.status, 401);
    desk.stop().await;
}

async fn s14_nobody_sees_or_revokes_anothers_tokens(setup: Setup) {
    let desk = Desk::open(setup).await;
    let (one, two) = (desk.user(2, SETTINGS).await, desk.user(3, SETTINGS).await);
    let id = one.data(MAKE).await["createPersonalAccessToken"]["id"].as_str().unwrap().to_owned();
    let (of_one, of_two) = (tokens(&one).await, tokens(&two).await);
    assert!(of_one.iter().all(|token| !of_two.contains(token)), "{of_one:?} and {of_two:?}");
    for id in [id.as_str(), "99", "0", "-1"] {
        let revoke = format!("mutation {{ deletePersonalAccessToken(id: {id}) {{ success }} }}");
        two.ask_graph(&revoke).await.refused("not_found");
    }
    assert_eq!(tokens(&one).await, of_one);
    desk.stop().await;
}

async fn s30_over_the_limit_it_is_429_with_the_vendors_words(setup: Setup) {
    assert_eq!(attache_model::limits::Limits::default().sonar_minute, 400);
    let desk = Desk::open(setup.limits(|limits| {
        limits.sonar_throttle = 1;
        limits.sonar_minute = 4;
    }))
    .await;
    let (one, again) = (desk.user(2, SETTINGS).await, desk.user(2, SETTINGS).await);
    let other = desk.user(3, EVERYTHING).await;
    desk.pass(Duration::from_secs(20));
    for who in [&one, &again, &one, &again] {
        assert_eq!(graph(who, ME).await.status, 200);
    }
    for who in [&one, &again] {
        let refused = graph(who, MAKE).await;
        assert_eq!(
            (refused.status.as_u16(), refused.text().as_str()),
            (429, "{\"error\":\"Request limit of 4/min reached.\"}")
        );
        assert_eq!(refused.header("retry-after"), "40", "the minute began at noon");
    }
    assert_eq!(graph(&other, ME).await.status, 200, "each user has a count of its own");
    desk.pass(Duration::from_secs(40));
    assert_eq!(graph(&one, ME).await.status, 200);
    assert!(tokens(&one).await.iter().all(|(_, name, _)| name != "nightly"), "what was refused was not done");
    desk.stop().await;
}

async fn s30_nobody_is_refused_by_default(setup: Setup) {
    let desk = Desk::open(setup.limits(|limits| limits.sonar_minute = 2)).await;
    for _ in 0..10 {
        assert_eq!(graph(&desk.sonar, ME).await.status, 200);
    }
    desk.stop().await;
}

async fn s31_the_answers_type_is_json_unless_the_other_is_asked_for(setup: Setup) {
    let desk = Desk::open(setup).await;
    let kind = async |accept: Option<&str>, query: &str| {
        let body = json!({ "query": query });
        let answer = desk.sonar.ask(Method::POST, GRAPHQL, |request| match accept {
            Some(accept) => request.header("Accept", accept).json(&body),
            None => request.json(&body),
        });
        let answer = answer.await;
        assert_eq!(answer.status, 200);
        answer.header("content-type").split(';').next().unwrap().to_owned()
    };
    let (json, graphql) = ("application/json", "application/graphql-response+json");
    for (accept, wanted) in [
        (None, json),
        (Some("*/*"), json),
        (Some("application/json"), json),
        (Some("text/html"), json),
        (Some("application/json, application/graphql-response+json"), json),
        (Some(graphql), graphql),
    ] {
        for query in [ME, "nonsense", "{ nothing }"] {
            let told = kind(accept, query).await;
            // Whoever takes both may be given either.
            let both = accept.is_some_and(|accept| accept.contains(',')) && told == graphql;
            assert!(told == wanted || both, "{accept:?}: {told}");
        }
    }
    desk.stop().await;
}

async fn me_is_the_user_of_the_token(setup: Setup) {
    let desk = Desk::open(setup).await;
    for user in [1, 2, 31] {
        let who = desk.user(user, "sonar:READ_FILE,sonar:CREATE_FILE").await;
        let me = who.data(ME).await["me"].clone();
        assert_eq!(me["id"], user.to_string());
        assert!(
            ["name", "username", "public_name"]
                .iter()
                .all(|name| me[name].as_str().is_some_and(|text| !text.is_empty()))
        );
        let no = who.file("a.txt", "x").await;
        let query =
            format!("{{ files(id: {no}) {{ entities {{ user_id user {{ id name username super_admin }} }} }} }}");
        let file = who.data(&query).await["files"]["entities"][0].clone();
        assert_eq!((&file["user_id"], &file["user"]["id"]), (&me["id"], &me["id"]));
        assert_eq!((&file["user"]["name"], &file["user"]["username"]), (&me["name"], &me["username"]));
    }
    desk.stop().await;
}
