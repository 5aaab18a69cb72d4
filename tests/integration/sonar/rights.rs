//! What each set of permissions may do with each kind of file, by every operation of REST and GraphQL. What is right is a
//! table; everything else is asking.

use super::desk::{Desk, Sonar, linking, part, png};
use crate::native::on_both_engines;
use attache_tests::{Ask, Setup};
use reqwest::Method;
use reqwest::multipart::Form;
use serde_json::{Value, json};

on_both_engines!(
    a_token_does_with_a_file_what_its_permissions_say_and_nothing_else,
    lists_counts_and_sums_have_what_a_look_at_each_file_shows,
    a_token_for_all_files_may_do_all_of_it,
    these_permissions_open_no_other_face,
);

const PERMISSIONS: [&str; 5] = ["READ_FILE", "CREATE_FILE", "UPDATE_FILE", "DELETE_FILE", "ALTER_OTHERS_FILES"];
const READ: usize = 0;
const CREATE: usize = 1;
const UPDATE: usize = 2;
const DELETE: usize = 3;
const OTHERS: usize = 4;

/// A set of permissions, a bit for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Set(u8);

impl Set {
    fn all() -> impl Iterator<Item = Set> {
        (1..1 << PERMISSIONS.len()).map(Set)
    }

    fn of(permissions: &[usize]) -> Set {
        Set(permissions.iter().fold(0, |set, no| set | 1 << no))
    }

    fn has(self, other: Set) -> bool {
        self.0 & other.0 == other.0
    }

    fn scopes(self) -> String {
        let names = (0..PERMISSIONS.len()).filter(|no| self.has(Set::of(&[*no])));
        names.map(|no| format!("sonar:{}", PERMISSIONS[no])).collect::<Vec<_>>().join(",")
    }
}

/// Whose a file is, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    OwnFree,
    OwnLinked,
    OwnPersonal,
    OthersFree,
    OthersLinked,
    OthersPersonal,
}

use Kind::{OthersFree, OthersLinked, OthersPersonal, OwnFree, OwnLinked, OwnPersonal};

/// For each kind of file, the permissions that it takes to read, to change and to delete it; `None`: none are enough.
fn table() -> [(Kind, [Option<Set>; 3]); 6] {
    let own = [Some(Set::of(&[READ])), Some(Set::of(&[UPDATE])), Some(Set::of(&[DELETE]))];
    let with_others =
        [Some(Set::of(&[READ, OTHERS])), Some(Set::of(&[UPDATE, OTHERS])), Some(Set::of(&[DELETE, OTHERS]))];
    [
        (OwnFree, own),
        (OwnLinked, own),
        (OwnPersonal, own),
        (OthersFree, with_others),
        (OthersLinked, [Some(Set::of(&[READ])), with_others[1], with_others[2]]),
        (OthersPersonal, [None; 3]),
    ]
}

/// Who asks, and who else there is.
const ME: i64 = 2;
const OTHER: i64 = 3;

/// Makes a file of a kind; its number.
async fn make(desk: &Desk, kind: Kind) -> i64 {
    let user = if matches!(kind, OwnFree | OwnLinked | OwnPersonal) { ME } else { OTHER };
    let maker = desk.user(user, "sonar:READ_FILE,sonar:CREATE_FILE,sonar:UPDATE_FILE,keap:user").await;
    match kind {
        OwnFree | OthersFree => maker.file("a.png", png()).await,
        OwnLinked | OthersLinked => maker.file_on("Account", 1, "a.png", png()).await,
        OwnPersonal | OthersPersonal => {
            let body = json!({ "file_name": "a.png", "file_association": "USER", "file_data": "QUJD" });
            let made = maker.0.post("/crm/rest/v1/files").json(&body).ask().await.expect(200);
            made["file_descriptor"]["id"].as_i64().unwrap()
        }
    }
}

/// A way to read a file.
#[derive(Clone, Copy, Debug)]
enum Reading {
    Rest,
    Head,
    ByNumber,
    BySearch,
    ById,
    OfOwner,
}

const READINGS: [Reading; 6] =
    [Reading::Rest, Reading::Head, Reading::ByNumber, Reading::BySearch, Reading::ById, Reading::OfOwner];

/// Whether a connection of an answer has the file. Where nothing at all may be read, it is no answer.
fn shows(told: &super::desk::Told, no: i64) -> bool {
    if told.category() == "authorization" {
        return false;
    }
    told.data().to_string().contains(&format!("{{\"id\":\"{no}\"}}"))
}

async fn reads(sonar: &Sonar, no: i64, id: &str, how: Reading) -> bool {
    let path = format!("/api/files/{no}");
    let search = format!("search: {{integer_fields: {{attribute: \"id\", search_value: {no}, operator: EQ}}}}");
    let query = match how {
        Reading::Rest => return sonar.get(&path).await.status == 200,
        Reading::Head => return sonar.ask(Method::HEAD, &path, |request| request).await.status == 200,
        Reading::ByNumber => format!("{{ files(id: {no}) {{ entities {{ id }} }} }}"),
        Reading::BySearch => format!("{{ files({search}) {{ entities {{ id }} }} }}"),
        Reading::ById => format!("{{ files(sonar_unique_id: \"{id}\") {{ entities {{ id }} }} }}"),
        Reading::OfOwner => "{ accounts { entities { files { entities { id } } } } }".to_owned(),
    };
    shows(&sonar.ask_graph(&query).await, no)
}

/// A way to change a file.
#[derive(Clone, Copy, Debug)]
enum Writing {
    Describe,
    Cover,
    Link,
    Unlink,
}

const WRITINGS: [Writing; 4] = [Writing::Describe, Writing::Cover, Writing::Link, Writing::Unlink];

/// Asks for a change; the category of its refusal, `""` when it is done.
async fn writes(sonar: &Sonar, no: i64, how: Writing) -> String {
    let query = match how {
        Writing::Describe => {
            format!("mutation {{ updateFile(id: {no}, input: {{description: \"changed\"}}) {{ __typename }} }}")
        }
        Writing::Cover => {
            format!("mutation {{ updateFile(id: {no}, input: {{primary_image: true}}) {{ __typename }} }}")
        }
        Writing::Link => linking("Account", 1, &[no]),
        Writing::Unlink => format!("mutation {{ unlinkFile(id: {no}) {{ __typename }} }}"),
    };
    sonar.ask_graph(&query).await.category().to_owned()
}

/// What is told of a file to somebody who may see everything.
async fn state(desk: &Desk, no: i64) -> Value {
    desk.native.get(&format!("/v1/files/{no}")).ask().await.expect(200)
}

/// What a refusal says: that a permission is missing altogether or for this file, or that there is no such file, when
/// that is all that may be known.
fn refusal(set: Set, needed: usize, sees: bool) -> &'static str {
    if !set.has(Set::of(&[needed])) || sees { "authorization" } else { "not_found" }
}

async fn a_token_does_with_a_file_what_its_permissions_say_and_nothing_else(setup: Setup) {
    let desk = Desk::open(setup).await;
    let mut asked = 0;
    for (kind, needs) in table() {
        let mut no = make(&desk, kind).await;
        let mut before = state(&desk, no).await;
        for set in Set::all() {
            let may = needs.map(|needs| needs.is_some_and(|needs| set.has(needs)));
            let sonar = desk.user(ME, &set.scopes()).await;
            let id = before["id"].as_str().unwrap().to_owned();
            for how in READINGS {
                let right = match how {
                    Reading::OfOwner => may[0] && matches!(kind, OwnLinked | OthersLinked),
                    _ => may[0],
                };
                assert_eq!(reads(&sonar, no, &id, how).await, right, "{} {kind:?} {how:?}", set.scopes());
                asked += 1;
            }
            for how in WRITINGS {
                // What is on no owner is nobody's picture; what is kept personally is on no record.
                let is_out = match kind {
                    OwnFree | OthersFree => matches!(how, Writing::Cover),
                    OwnPersonal => !matches!(how, Writing::Describe),
                    OwnLinked | OthersLinked | OthersPersonal => false,
                };
                if may[1] && is_out {
                    continue;
                }
                let told = writes(&sonar, no, how).await;
                let right = if may[1] { "" } else { refusal(set, UPDATE, may[0]) };
                assert_eq!(told, right, "{} {kind:?} {how:?}", set.scopes());
                asked += 1;
                if told.is_empty() {
                    no = make(&desk, kind).await;
                } else {
                    assert_eq!(state(&desk, no).await, before, "{} {kind:?} {how:?} left something", set.scopes());
                }
                before = state(&desk, no).await;
            }
            let told = sonar.trash(no).await.category().to_owned();
            let right = if may[2] { "" } else { refusal(set, DELETE, may[0]) };
            assert_eq!(told, right, "{} {kind:?} deleted", set.scopes());
            if told.is_empty() {
                no = make(&desk, kind).await;
            } else {
                assert_eq!(state(&desk, no).await, before);
            }
            before = state(&desk, no).await;
            asked += 1;
        }
    }
    for set in Set::all() {
        let sonar = desk.user(ME, &set.scopes()).await;
        let plain = sonar.form(Form::new().part("files[]", part("a.txt", "x"))).await;
        assert_eq!(plain.status, if set.has(Set::of(&[CREATE])) { 200 } else { 403 }, "{}", set.scopes());
        let form = Form::new().text("fileable_type", "Account").text("fileable_id", "1");
        let linked = sonar.form(form.part("files[]", part("a.txt", "x"))).await;
        assert_eq!(linked.status, if set.has(Set::of(&[CREATE, UPDATE])) { 200 } else { 403 }, "{}", set.scopes());
        asked += 2;
    }
    attache_tests::report(&format!("{asked} questions about rights"));
    desk.stop().await;
}

async fn lists_counts_and_sums_have_what_a_look_at_each_file_shows(setup: Setup) {
    let desk = Desk::open(setup).await;
    let mut files = Vec::new();
    for (kind, _) in table() {
        for _ in 0..2 {
            files.push((kind, make(&desk, kind).await));
        }
    }
    for set in Set::all().filter(|set| set.has(Set::of(&[READ]))) {
        let sonar = desk.user(ME, &set.scopes()).await;
        let mut seen = Vec::new();
        for (_, no) in &files {
            if sonar.get(&format!("/api/files/{no}")).await.status == 200 {
                seen.push(*no);
            }
        }
        assert_eq!(sonar.list("").await, seen, "{}", set.scopes());
        let query = "{ files(aggregation: [{field_name: \"id\", aggregation_function: MAX}, {field_name: \"filename\", \
            aggregation_function: COUNT}]) { page_info { total_count } aggregations { value counts { count } } } }";
        let told = sonar.data(query).await["files"].clone();
        assert_eq!(told["page_info"]["total_count"], seen.len(), "{}", set.scopes());
        assert_eq!(told["aggregations"][0]["value"], seen.last().unwrap().to_string());
        assert_eq!(told["aggregations"][1]["counts"], json!([{ "count": seen.len().to_string() }]), "{}", set.scopes());
        let mut walked = Vec::new();
        for page in 1..=seen.len() {
            walked.extend(sonar.list(&format!("(paginator: {{page: {page}, records_per_page: 1}})")).await);
        }
        assert_eq!(walked, seen, "{} by pages", set.scopes());
        let on_account: Vec<i64> = files
            .iter()
            .filter(|(kind, no)| matches!(kind, OwnLinked | OthersLinked) && seen.contains(no))
            .map(|(_, no)| *no)
            .collect();
        let told = sonar
            .data("{ accounts(id: 1) { entities { files { entities { id } page_info { total_count } } } } }")
            .await;
        let of_owner = &told["accounts"]["entities"][0]["files"];
        assert_eq!(super::desk::numbers(of_owner), on_account, "{}", set.scopes());
        assert_eq!(of_owner["page_info"]["total_count"], on_account.len());
    }
    desk.stop().await;
}

async fn a_token_for_all_files_may_do_all_of_it(setup: Setup) {
    let desk = Desk::open(setup).await;
    let whole = desk.user(ME, "files:read,files:write,files:delete").await;
    let reader = desk.user(ME, "files:read").await;
    for (kind, _) in table() {
        let no = make(&desk, kind).await;
        assert!(whole.shown(no).await.is_some() && reader.shown(no).await.is_some(), "{kind:?}");
        assert_eq!(reader.download(no).await.status, 200);
        assert_eq!(writes(&reader, no, Writing::Describe).await, "authorization", "{kind:?}");
        assert_eq!(writes(&whole, no, Writing::Describe).await, "", "{kind:?}");
        assert_eq!(reader.trash(no).await.category(), "authorization", "{kind:?}");
        assert!(whole.trash(no).await.is_done(), "{kind:?}");
    }
    let refused = reader.form(Form::new().part("files[]", part("a.txt", "x"))).await;
    assert_eq!(refused.status, 403);
    assert_eq!(whole.file("a.txt", "x").await, whole.list("").await[0]);
    desk.stop().await;
}

async fn these_permissions_open_no_other_face(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = make(&desk, OwnLinked).await;
    let file = state(&desk, no).await;
    let before = crate::bad_inputs::face_of(&desk.native).await;
    for set in Set::all() {
        let client = desk.user(ME, &set.scopes()).await.0;
        for (what, answer) in crate::keap::scopes::elsewhere(&client, &file).await {
            assert_eq!(answer.status, 403, "{} at {what}: {}", set.scopes(), answer.text());
        }
    }
    assert_eq!(crate::bad_inputs::face_of(&desk.native).await, before);
    desk.stop().await;
}
