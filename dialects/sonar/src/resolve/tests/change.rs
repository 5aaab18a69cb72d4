use super::desk::{Desk, steady};
use attache_model::Scope;
use insta::assert_snapshot;
use serde_json::{Value, json};

const READS: Scope = Scope::FilesLinked;
const WRITES: Scope = Scope::FilesOwnWrite;
const DELETES: Scope = Scope::FilesOwnDelete;

fn linking(owner: &str, files: &str) -> String {
    format!("mutation {{ linkFileToEntity(input: {{ {owner} files: {files} }}) {{ __typename id created_at }} }}")
}

const ACCOUNT: &str = "fileable_type: Account fileable_id: 1";

#[tokio::test]
async fn linking_answers_the_owner_and_unlinking_the_file() {
    let desk = Desk::open().await;
    let owner = desk.owner().await;
    let no = owner.put("a.png", "", None).await;
    let told =
        owner.data(&linking(ACCOUNT, &format!("{{file_id: {no}, description: \"Front\", primary_image: true}}"))).await;
    let wanted = json!({ "__typename": "Account", "id": "1", "created_at": "2027-01-15T08:00:00+00:00" });
    assert_eq!(told["linkFileToEntity"], wanted);
    let show =
        format!("{{ files(id: {no}) {{ entities {{ description primary_image fileable_type fileable_id }} }} }}");
    let file = json!({ "description": "Front", "primary_image": true, "fileable_type": "Account", "fileable_id": "1" });
    assert_eq!(owner.data(&show).await["files"]["entities"][0], file);
    let unlink = format!("mutation {{ unlinkFile(id: {no}) {{ id fileable_type fileable {{ id }} primary_image }} }}");
    let file = json!({ "id": no.to_string(), "fileable_type": null, "fileable": null, "primary_image": false });
    assert_eq!(owner.data(&unlink).await["unlinkFile"], file);
    owner.data(&linking("fileable_type: Ticket fileable_id: \"2\"", &format!("[{{file_id: \"{no}\"}}]"))).await;
}

#[tokio::test]
async fn what_cannot_be_linked_is_told_where_it_stands() {
    let desk = Desk::with(|limits| {
        limits.record_items = 3;
        limits.description_bytes = 4;
    })
    .await;
    let owner = desk.owner().await;
    let (text, taken) = (owner.put("a.txt", "x", None).await, owner.put("b.txt", "x", Some(("ticket", 9))).await);
    let one = format!("{{file_id: {text}}}");
    for (owner_of, files, told) in [
        ("fileable_type: Account fileable_id: 0", one.as_str(), "validation: input.fileable_id: it is at least 1"),
        (ACCOUNT, "[]", "validation: input.files: name one file or more"),
        (ACCOUNT, &format!("[{one}, null]"), "validation: input.files.1: it is no file"),
        (
            ACCOUNT,
            &format!("[{one}, {one}, {one}, {one}]"),
            "validation: input.files: there are 4 files, and 3 is the most",
        ),
        (
            ACCOUNT,
            &format!("[{{file_id: {text}, description: \"12345\"}}]"),
            "validation: input.files.0.description: it has 5 bytes",
        ),
        (ACCOUNT, &format!("[{{file_id: {text}, primary_image: true}}]"), "validation: input.files.0.primary_image: "),
        (ACCOUNT, &format!("[{one}, {{file_id: 99}}]"), "not_found: "),
        (ACCOUNT, &format!("[{one}, {{file_id: {taken}}}]"), "conflict: "),
    ] {
        let said = owner.refused(&linking(owner_of, files)).await;
        assert!(said.starts_with(&format!("linkFileToEntity: {told}")), "{files}: {said}");
    }
    for query in ["mutation { linkFileToEntity { id } }", "mutation { linkFileToEntity(input: null) { id } }"] {
        assert_eq!(owner.refused(query).await, "linkFileToEntity: validation: input: it is required");
    }
    let said = owner.refused(&linking(ACCOUNT, &format!("[{{file_id: {taken}}}]"))).await;
    assert!(said.contains(&taken.to_string()), "{said}");
    assert_eq!(owner.data("{ accounts { entities { id } } }").await["accounts"]["entities"], json!([]));
}

#[tokio::test]
async fn s21_where_owners_must_be_known_an_unknown_one_is_refused() {
    let desk = Desk::with(|limits| limits.sonar_strict_owners = 1).await;
    let owner = desk.owner().await;
    let no = owner.put("a.txt", "x", None).await;
    let file = format!("{{file_id: {no}}}");
    let said = owner.refused(&linking(ACCOUNT, &file)).await;
    assert_eq!(
        said,
        "linkFileToEntity: validation: input.fileable_id: there is no Account 1, and owners must be known here"
    );
    owner.put("b.txt", "x", Some(("account", 1))).await;
    owner.data(&linking(ACCOUNT, &file)).await;
}

#[tokio::test]
async fn s25_a_description_is_set_or_unset() {
    let desk = Desk::with(|limits| limits.description_bytes = 4).await;
    let owner = desk.owner().await;
    let no = owner.put("a.txt", "x", None).await;
    let update =
        |input: &str| format!("mutation {{ updateFile(id: {no}, input: {input}) {{ description _version }} }}");
    for (input, description, version) in [
        ("{description: \"abcd\"}", json!("abcd"), "2"),
        ("{description: \"abcd\", primary_image: false}", json!("abcd"), "2"),
        ("{description: null, unset_description: false}", json!("abcd"), "2"),
        ("null", json!("abcd"), "2"),
        ("{unset_description: true}", Value::Null, "3"),
        ("{}", Value::Null, "3"),
    ] {
        let wanted = json!({ "description": description, "_version": version });
        assert_eq!(owner.data(&update(input)).await["updateFile"], wanted, "{input}");
    }
    for (input, told) in [
        (
            "{description: \"x\", unset_description: true}",
            "input.unset_description: the same request gives a description",
        ),
        ("{description: \"abcde\"}", "input.description: it has 5 bytes of UTF-8, and 4 is the most"),
        ("{description: \"a\\u0000\"}", "input.description: it must not contain NUL"),
        ("{primary_image: true}", "input.primary_image: "),
    ] {
        let said = owner.refused(&update(input)).await;
        assert!(said.starts_with(&format!("updateFile: validation: {told}")), "{said}");
    }
}

#[tokio::test]
async fn nobody_learns_of_a_file_by_trying_to_change_it() {
    let desk = Desk::open().await;
    let owner = desk.owner().await;
    let (linked, free) = (owner.put("a.txt", "x", Some(("account", 1))).await, owner.put("b.txt", "x", None).await);
    let plain = desk.user(2, &[READS, WRITES, DELETES]).await;
    let blind = desk.user(3, &[Scope::FilesCreate, WRITES, DELETES]).await;
    let reader = desk.user(4, &[READS]).await;
    for (mutation, lacked) in [
        ("updateFile(id: NO, input: {description: \"x\"}) { id }", "UPDATE_FILE"),
        ("unlinkFile(id: NO) { id }", "UPDATE_FILE"),
        (
            "linkFileToEntity(input: {fileable_type: Account, fileable_id: 1, files: {file_id: NO}}) { id }",
            "UPDATE_FILE",
        ),
        ("deleteFile(id: NO) { success }", "DELETE_FILE"),
    ] {
        let of = |no: i64| format!("mutation {{ {} }}", mutation.replace("NO", &no.to_string()));
        let field = mutation.split('(').next().unwrap();
        for no in [linked, free, 99, 0] {
            let wanted = format!("{field}: authorization: The token lacks the permission {lacked}.");
            assert_eq!(reader.refused(&of(no)).await, wanted);
            assert_eq!(blind.refused(&of(no)).await, format!("{field}: not_found: There is no such file."), "{no}");
        }
        let others = format!("{field}: authorization: The token lacks the permission ALTER_OTHERS_FILES.");
        assert_eq!(plain.refused(&of(linked)).await, others);
        for no in [free, 99, -1] {
            assert_eq!(plain.refused(&of(no)).await, format!("{field}: not_found: There is no such file."), "{no}");
        }
    }
    let own = blind.put("c.txt", "x", None).await;
    blind.data(&format!("mutation {{ updateFile(id: {own}, input: {{description: \"mine\"}}) {{ id }} }}")).await;
    blind.data(&linking(ACCOUNT, &format!("{{file_id: {own}}}"))).await;
    let said = blind.data(&format!("mutation {{ deleteFile(id: {own}) {{ success message }} }}")).await;
    assert_eq!(said["deleteFile"], json!({ "success": true, "message": format!("File {own} is in the trash.") }));
}

#[tokio::test]
async fn each_mutation_of_a_request_has_its_own_end() {
    let desk = Desk::open().await;
    let owner = desk.owner().await;
    let no = owner.put("a.txt", "x", None).await;
    let query = format!(
        "mutation {{ a: deleteFile(id: {no}) {{ success }} b: deleteFile(id: {no}) {{ success }} me: updateFile(id: 0) {{ id }} }}"
    );
    assert_snapshot!("two_ends", steady(&owner.ask(&query).await));
}

#[tokio::test]
async fn s14_who_manages_the_account_makes_and_ends_tokens_of_its_user() {
    let desk = Desk::open().await;
    let owner = desk.owner().await;
    let make = "mutation { createPersonalAccessToken(input: {name: \" nightly \"}) \
        { id sonar_unique_id created_at updated_at _version name revoked token } }";
    let made = owner.ask(make).await;
    assert_snapshot!("a_token", steady(&made));
    let list = "{ personal_access_tokens { entities { id name revoked token } } }";
    let entry = |id: &str, name: &str| json!({ "id": id, "name": name, "revoked": false, "token": null });
    assert_eq!(
        owner.data(list).await["personal_access_tokens"]["entities"],
        json!([entry("1", "of 1"), entry("2", "nightly")])
    );
    let delete = |id: i64| format!("mutation {{ deletePersonalAccessToken(id: {id}) {{ success message }} }}");
    let done = json!({ "deletePersonalAccessToken": { "success": true, "message": "Token 2 is revoked." } });
    assert_eq!(owner.data(&delete(2)).await, done);
    assert_eq!(owner.refused(&delete(2)).await, "deletePersonalAccessToken: not_found: There is no such token.");
    assert_eq!(owner.data(list).await["personal_access_tokens"]["entities"], json!([entry("1", "of 1")]));
    for (name, told) in [(" ", "it is empty"), ("a\u{202e}b", "a token's name is one line")] {
        let said = owner.refused(&make.replace(" nightly ", name)).await;
        assert!(said.starts_with(&format!("createPersonalAccessToken: validation: input.name: {told}")), "{said}");
    }
    let plain = desk.user(2, &[READS, WRITES]).await;
    for query in [list, make, &delete(1)] {
        assert!(plain.refused(query).await.contains(": authorization: "));
    }
}

#[tokio::test]
async fn a_number_where_an_object_is_wanted_is_refused_in_the_words_of_the_schema() {
    let desk = Desk::open().await;
    let owner = desk.owner().await;
    let link = "mutation { linkFileToEntity(input: {fileable_type: Account, fileable_id: 1, files: [61]}) { id } }";
    let told = owner.refused(link).await;
    assert!(told.contains("validation: ") && told.contains("{file_id: 61}") && !told.contains("struct"), "{told}");
    let sorted = owner.refused("{ files(sorter: 5) { entities { id } } }").await;
    assert!(sorted.contains("an object with attribute and direction"), "{sorted}");
}
