use super::desk::{Desk, numbers, steady};
use attache_model::Scope;
use insta::assert_snapshot;
use serde_json::{Value, json};

#[tokio::test]
async fn a_file_shows_everything_that_there_is_of_it() {
    let desk = Desk::open().await;
    let owner = desk.owner().await;
    let no = owner.put("Lease form.pdf", "%PDF-1.4 lease", Some(("ticket_reply", 49))).await;
    desk.pass(60);
    let described = format!("mutation {{ updateFile(id: {no}, input: {{description: \"Signed\"}}) {{ id }} }}");
    owner.data(&described).await;
    let fields = "id sonar_unique_id created_at updated_at _version description file_size_in_bytes fileable_id \
        fileable_type filename mime_type primary_image user_id checksum_sha256 download_path \
        fileable { __typename id sonar_unique_id created_at updated_at ... on TicketReply { _version files { entities { id } } } } \
        user { id sonar_unique_id created_at updated_at _version name public_name username enabled super_admin role_id }";
    let page = "page_info { page total_pages total_count records_per_page }";
    let told = owner.ask(&format!("{{ files(id: {no}) {{ entities {{ {fields} }} {page} }} }}")).await;
    assert_snapshot!("a_file", steady(&told));
    let bare = owner.put("bare.txt", "x", None).await;
    let told = owner.data(&format!("{{ files(id: {bare}) {{ entities {{ {fields} }} }} }}")).await;
    let bare = &told["files"]["entities"][0];
    for none in ["description", "fileable_id", "fileable_type", "fileable"] {
        assert_eq!(bare[none], Value::Null, "{none}");
    }
}

#[tokio::test]
async fn owners_list_their_files_each_its_own() {
    let desk = Desk::open().await;
    let owner = desk.owner().await;
    for (id, names) in [(3, vec!["c.txt"]), (1, vec!["a.txt", "b.png", "b.txt"])] {
        for name in names {
            owner.put(name, "text", Some(("account", id))).await;
        }
    }
    owner.put("d.txt", "x", Some(("company", 1))).await;
    let query = "{ accounts { entities { __typename id created_at updated_at _version sonar_unique_id \
        files(paginator: {page: 1, records_per_page: 2}, sorter: {attribute: \"filename\", direction: DESC}, \
            search: {string_fields: {attribute: \"filename\", search_value: \".txt\", match: true}}, \
            aggregation: [{field_name: \"file_size_in_bytes\", aggregation_function: SUM}]) { \
          entities { filename } page_info { page total_pages total_count records_per_page } aggregations { field value } } } \
        page_info { page total_pages total_count records_per_page } aggregations { field } } }";
    assert_snapshot!("owners_and_their_files", steady(&owner.ask(query).await));
    let one = "{ accounts(id: 1) { entities { id } } companies { entities { id files { entities { filename } } } } jobs { entities { id } } }";
    let wanted = json!({
        "accounts": { "entities": [{ "id": "1" }] },
        "companies": { "entities": [{ "id": "1", "files": { "entities": [{ "filename": "d.txt" }] } }] },
        "jobs": { "entities": [] },
    });
    assert_eq!(owner.data(one).await, wanted);
}

#[tokio::test]
async fn an_owner_of_a_file_is_left_out_where_the_arguments_say_so() {
    let desk = Desk::open().await;
    let owner = desk.owner().await;
    owner.put("a.txt", "x", Some(("account", 7))).await;
    let told = async |args: &str| {
        let data = owner.data(&format!("{{ files {{ entities {{ fileable({args}) {{ id }} }} }} }}")).await;
        data["files"]["entities"][0]["fileable"].clone()
    };
    let there = json!({ "id": "7" });
    for args in [
        "id: 7",
        "created_at: \"2027-01-15T08:00:00Z\"",
        "search: {integer_fields: {attribute: \"id\", search_value: 6, operator: GT}}",
        "general_search: \"7\"",
        "paginator: {page: 1, records_per_page: 5}, include_archived: true",
    ] {
        assert_eq!(told(args).await, there, "{args}");
    }
    for args in [
        "id: 8",
        "sonar_unique_id: \"x\"",
        "search: {unset_fields: \"id\"}",
        "paginator: {page: 2, records_per_page: 5}",
    ] {
        assert_eq!(told(args).await, Value::Null, "{args}");
    }
    let wrong = owner.refused("{ files { entities { fileable(search: {exists: \"name\"}) { id } } } }").await;
    assert!(
        wrong.starts_with("files.entities.0.fileable: validation: search.0.exists.0: 'name' is no attribute"),
        "{wrong}"
    );
}

#[tokio::test]
async fn a_list_that_may_not_be_null_tells_its_error_and_its_place() {
    let desk = Desk::open().await;
    let owner = desk.owner().await;
    owner.put("a.txt", "x", Some(("account", 7))).await;
    for (query, told) in [
        (
            "{ files(sorter: {attribute: \"owner\", direction: ASC}) { entities { id } } }",
            "files: validation: sorter.0.attribute: 'owner'",
        ),
        (
            "{ f: files(paginator: {page: 0, records_per_page: 1}) { entities { id } } }",
            "f: validation: paginator.page: it is at least 1",
        ),
        (
            "{ accounts(sorter: {attribute: \"name\", direction: ASC}) { entities { id } } }",
            "accounts: validation: sorter.0.attribute: 'name'",
        ),
        (
            "{ accounts { entities { files(search: {exists: \"x\"}) { entities { id } } } } }",
            "accounts.entities.0.files: validation: search.0.exists.0: 'x'",
        ),
        (
            "{ files(aggregation: {field_name: \"filename\", aggregation_function: SUM}) { entities { id } } }",
            "files: validation: aggregation.0.field_name: there is no SUM of 'filename'",
        ),
    ] {
        let said = owner.refused(query).await;
        assert!(said.starts_with(told), "{said}");
    }
}

#[tokio::test]
async fn s32_figures_stand_within_counts() {
    let desk = Desk::open().await;
    let owner = desk.owner().await;
    for (name, kind) in [("a.txt", Some(("account", 1))), ("a.txt", Some(("account", 2))), ("b.txt", None)] {
        owner.put(name, "12345", kind).await;
    }
    let within = "sub_aggregators: [{field_name: \"id\", aggregation_function: MAX}, {field_name: \"filename\", aggregation_function: COUNT}]";
    let query = format!(
        "{{ files(aggregation: [{{field_name: \"fileable_type\", aggregation_function: COUNT, {within}}}, \
          {{field_name: \"file_size_in_bytes\", aggregation_function: AVG}}]) {{ aggregations {{ field value aggregation_function \
          counts {{ value count sub_aggregator_results {{ field value aggregation_function counts {{ value count }} }} }} }} }} }}"
    );
    assert_snapshot!("figures", steady(&owner.ask(&query).await));
    let deep = |depth: usize| {
        let mut inner = String::from("{field_name: \"filename\", aggregation_function: COUNT}");
        for _ in 1..depth {
            inner = format!("{{field_name: \"filename\", aggregation_function: COUNT, sub_aggregators: {inner}}}");
        }
        format!("{{ files(aggregation: {inner}) {{ page_info {{ page }} }} }}")
    };
    owner.data(&deep(4)).await;
    assert!(owner.refused(&deep(5)).await.contains("at most 4 deep"));
    let many = |count: usize| {
        let one = "{field_name: \"id\", aggregation_function: MAX}";
        format!("{{ files(aggregation: [{}]) {{ page_info {{ page }} }} }}", vec![one; count].join(", "))
    };
    owner.data(&many(20)).await;
    assert!(owner.refused(&many(21)).await.contains("more than 20 figures"));
}

#[tokio::test]
async fn everybody_may_ask_who_it_is() {
    let desk = Desk::open().await;
    let me = "{ me { id name username public_name super_admin role_id } }";
    for (no, scopes, is_owner) in [(1, &[Scope::Records][..], true), (31, &[Scope::FilesLinked][..], false)] {
        let told = desk.user(no, scopes).await.data(me).await["me"].clone();
        assert_eq!(
            (&told["id"], &told["super_admin"], &told["role_id"]),
            (&json!(no.to_string()), &json!(is_owner), &Value::Null)
        );
        assert_eq!((&told["name"], &told["public_name"]), (&told["username"], &told["name"]));
    }
}

#[tokio::test]
async fn s13_nobody_sees_what_may_not_be_read() {
    let desk = Desk::open().await;
    let owner = desk.owner().await;
    let linked = owner.put("linked.txt", "x", Some(("account", 1))).await;
    owner.put("hidden.txt", "x", None).await;
    let reader = desk.user(2, &[Scope::FilesLinked]).await;
    let query = "{ files { entities { id } page_info { total_count } } accounts { entities { files { entities { id } page_info { total_count } } } } }";
    let data = reader.data(query).await;
    assert_eq!((numbers(&data["files"]), &data["files"]["page_info"]["total_count"]), (vec![linked], &json!(1)));
    assert_eq!(numbers(&data["accounts"]["entities"][0]["files"]), [linked]);
    let nobody = desk.user(3, &[Scope::Records]).await;
    assert!(nobody.refused("{ files { entities { id } } }").await.starts_with("files: authorization: "));
}

#[tokio::test]
async fn an_answer_has_the_order_of_its_query_whatever_had_to_be_fetched() {
    let desk = Desk::open().await;
    let owner = desk.owner().await;
    let no = owner.put("a.txt", "x", Some(("account", 7))).await;
    let query = "{ files { page_info { total_count } entities { fileable { id } id user { id } ...F } } me { id } } \
        fragment F on File { fileable_id filename }";
    let file =
        format!(r#"{{"fileable":{{"id":"7"}},"id":"{no}","user":{{"id":"1"}},"fileable_id":"7","filename":"a.txt"}}"#);
    let wanted =
        format!(r#"{{"data":{{"files":{{"page_info":{{"total_count":1}},"entities":[{file}]}},"me":{{"id":"1"}}}}}}"#);
    assert_eq!(owner.text(query, json!({})).await, wanted);
}
