//! What real clients send that a strict server would not take: each trap that the contract lists, and how requests may be
//! put at all.

use super::desk::{Desk, GRAPHQL, Sonar, Told, numbers};
use crate::bad_inputs::face_of;
use crate::native::on_both_engines;
use attache_tests::Setup;
use reqwest::Method;
use serde_json::{Value, json};

on_both_engines!(
    an_input_may_be_declared_without_an_exclamation_mark,
    variables_may_be_an_empty_list_nothing_or_a_text,
    queries_may_come_by_get_in_the_address_and_in_the_body,
    no_mutation_is_done_by_get,
    an_enum_is_searched_for_by_its_name,
    items_of_lists_may_be_variables_that_may_be_null,
    one_value_stands_for_a_list_of_one,
    several_operations_of_one_request_are_each_answered,
    files_that_are_numbers_instead_of_objects_are_a_clean_error,
    what_is_no_request_is_told_so,
    numbers_are_read_in_both_spellings,
    a_named_operation_is_the_one_that_runs,
);

async fn two(desk: &Desk) -> [i64; 2] {
    [desk.sonar.file_on("Account", 1, "a.txt", "x").await, desk.sonar.file("b.txt", "x").await]
}

async fn get(sonar: &Sonar, query: &str, more: &[(&str, &str)]) -> attache_tests::Answer {
    let pairs: Vec<(&str, &str)> = std::iter::once(("query", query)).chain(more.iter().copied()).collect();
    sonar
        .ask(Method::GET, GRAPHQL, |request| {
            let mut url = reqwest::Url::parse(&sonar.0.url(GRAPHQL)).unwrap();
            url.query_pairs_mut().extend_pairs(&pairs);
            drop(request);
            sonar.0.get(url.as_str())
        })
        .await
}

async fn an_input_may_be_declared_without_an_exclamation_mark(setup: Setup) {
    let desk = Desk::open(setup).await;
    let [_, free] = two(&desk).await;
    let query = "mutation ($input: LinkFileToEntityMutationInput) { linkFileToEntity(input: $input) { id created_at updated_at } }";
    let input = json!({ "fileable_type": "Account", "fileable_id": 3, "files": [{ "file_id": free }] });
    let told = desk.sonar.ask_with(query, json!({ "input": input })).await.data();
    assert_eq!(told["linkFileToEntity"]["id"], "3");
    for variables in [json!({}), json!({ "input": null })] {
        assert!(!desk.sonar.ask_with(query, variables).await.invalid("input").is_empty());
    }
    desk.stop().await;
}

async fn variables_may_be_an_empty_list_nothing_or_a_text(setup: Setup) {
    let desk = Desk::open(setup).await;
    let [one, other] = two(&desk).await;
    let all = "{ files { entities { id } } }";
    for body in [
        json!({ "query": all, "variables": [] }),
        json!({ "query": all, "variables": null }),
        json!({ "query": all, "variables": {} }),
        json!({ "query": all, "variables": "" }),
        json!({ "query": all, "variables": "{}" }),
        json!({ "query": all, "variables": "[]" }),
        json!({ "query": all, "variables": "null" }),
        json!({ "query": all, "operationName": null, "extensions": {}, "anything": 1 }),
    ] {
        assert_eq!(numbers(&desk.sonar.graph(body.clone()).await.data()["files"]), [one, other], "{body}");
    }
    let query = "query ($id: Int64Bit) { files(id: $id) { entities { id } } }";
    let text = json!({ "query": query, "variables": format!("{{\"id\": {other}}}") });
    assert_eq!(numbers(&desk.sonar.graph(text).await.data()["files"]), [other]);
    for variables in [json!([1]), json!("{"), json!(7), json!("7"), json!(true)] {
        let answer = desk.sonar.post(GRAPHQL, json!({ "query": all, "variables": variables })).await;
        assert!(!answer.json()["errors"].as_array().unwrap().is_empty(), "{variables}: {}", answer.text());
    }
    desk.stop().await;
}

async fn queries_may_come_by_get_in_the_address_and_in_the_body(setup: Setup) {
    let desk = Desk::open(setup).await;
    let [one, other] = two(&desk).await;
    let told = get(&desk.sonar, "{ files { entities { id } } }", &[]).await.expect(200);
    assert_eq!(numbers(&Told(told).data()["files"]), [one, other]);
    let query = "query Q($id: Int64Bit) { files(id: $id) { entities { id } } }";
    let variables = json!({ "id": other }).to_string();
    let told = get(&desk.sonar, query, &[("variables", &variables), ("operationName", "Q")]).await.expect(200);
    assert_eq!(numbers(&Told(told).data()["files"]), [other]);
    let body = json!({ "query": query, "variables": { "id": one } });
    let told = desk.sonar.ask(Method::GET, GRAPHQL, |request| request.json(&body)).await.expect(200);
    assert_eq!(numbers(&Told(told).data()["files"]), [one]);
    desk.stop().await;
}

async fn no_mutation_is_done_by_get(setup: Setup) {
    let desk = Desk::open(setup).await;
    let [one, _] = two(&desk).await;
    let before = face_of(&desk.native).await;
    let delete = format!("mutation {{ deleteFile(id: {one}) {{ success }} }}");
    let both = format!("query A {{ me {{ id }} }} mutation B {{ deleteFile(id: {one}) {{ success }} }}");
    let bodies = [json!({ "query": delete }), json!({ "query": both, "operationName": "B" })];
    let mut answers =
        vec![get(&desk.sonar, &delete, &[]).await, get(&desk.sonar, &both, &[("operationName", "B")]).await];
    for body in &bodies {
        answers.push(desk.sonar.ask(Method::GET, GRAPHQL, |request| request.json(body)).await);
    }
    for answer in answers {
        assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, "POST"), "{}", answer.text());
        assert!(!answer.json()["errors"].as_array().unwrap().is_empty());
        assert_eq!(face_of(&desk.native).await, before);
    }
    assert_eq!(get(&desk.sonar, &both, &[("operationName", "A")]).await.expect(200)["data"]["me"]["id"], "1");
    desk.stop().await;
}

async fn an_enum_is_searched_for_by_its_name(setup: Setup) {
    let desk = Desk::open(setup).await;
    let [one, free] = two(&desk).await;
    let ticket = desk.sonar.file_on("Ticket", 1, "c.txt", "x").await;
    let reply = desk.sonar.file_on("TicketReply", 2, "d.txt", "x").await;
    let query = "query ($files_search: [Search]) { files(search: $files_search) { entities { id } } }";
    let found = async |value: &str, is: bool, partial: bool, id: Option<i64>| {
        let mut search = json!({ "string_fields": [{ "attribute": "fileable_type", "search_value": value, "match": is, "partial_matching": partial }] });
        if let Some(id) = id {
            search["integer_fields"] = json!([{ "attribute": "fileable_id", "search_value": id, "operator": "EQ" }]);
        }
        numbers(&desk.sonar.ask_with(query, json!({ "files_search": [search] })).await.data()["files"])
    };
    assert_eq!(found("Account", true, false, None).await, [one]);
    assert_eq!(found("Account", true, false, Some(1)).await, [one]);
    assert_eq!(found("Account", true, false, Some(2)).await, [0_i64; 0]);
    assert_eq!(found("Ticket", true, false, None).await, [ticket]);
    assert_eq!(found("Ticket", true, true, None).await, [ticket, reply], "a part of its name");
    assert_eq!(found("account", true, false, None).await, [one], "in either case");
    assert_eq!(found("TicketReply", true, false, Some(2)).await, [reply]);
    assert_eq!(found("ticket_reply", true, false, None).await, [0_i64; 0], "by Sonar's name, not by ours");
    assert_eq!(found("Nothing", true, false, None).await, [0_i64; 0]);
    let others = found("Account", false, false, None).await;
    assert!(others == [ticket, reply] || others == [free, ticket, reply], "{others:?}");
    desk.stop().await;
}

async fn items_of_lists_may_be_variables_that_may_be_null(setup: Setup) {
    let desk = Desk::open(setup).await;
    let [one, other] = two(&desk).await;
    let query =
        "query ($sorter: Sorter, $search: Search) { files(sorter: [$sorter], search: [$search]) { entities { id } } }";
    let sorter = json!({ "attribute": "filename", "direction": "DESC" });
    let search = json!({ "exists": ["fileable_id"] });
    for (variables, wanted) in [
        (json!({ "sorter": sorter }), vec![other, one]),
        (json!({ "sorter": sorter, "search": null }), vec![other, one]),
        (json!({ "search": search }), vec![one]),
        (json!({ "sorter": sorter, "search": search }), vec![one]),
        (json!({}), vec![one, other]),
    ] {
        let told = desk.sonar.ask_with(query, variables.clone()).await.data();
        assert_eq!(numbers(&told["files"]), wanted, "{variables}");
    }
    desk.stop().await;
}

async fn one_value_stands_for_a_list_of_one(setup: Setup) {
    let desk = Desk::open(setup).await;
    let [one, free] = two(&desk).await;
    for search in [
        "{exists: \"fileable_id\"}",
        "[{exists: [\"fileable_id\"]}]",
        "{integer_fields: {attribute: \"fileable_id\", search_value: 1, operator: EQ}}",
        "{string_fields: {attribute: \"filename\", search_value: \"a.txt\", match: true}}",
    ] {
        assert_eq!(desk.sonar.found(search).await, [one], "{search}");
    }
    let relation = "(reverse_relation_filters: {relation: \"fileable\", is_empty: true})";
    assert_eq!(desk.sonar.list(relation).await, [free]);
    let query = "query ($search: [Search], $rrf: [ReverseRelationFilter], $sorter: [Sorter]) \
        { files(search: $search, reverse_relation_filters: $rrf, sorter: $sorter) { entities { id } } }";
    let variables = json!({
        "search": { "exists": "id" },
        "rrf": { "relation": "fileable" },
        "sorter": { "attribute": "id", "direction": "ASC" },
    });
    assert_eq!(numbers(&desk.sonar.ask_with(query, variables).await.data()["files"]), [one]);
    let link = "mutation ($input: LinkFileToEntityMutationInput) { linkFileToEntity(input: $input) { id } }";
    let input = json!({ "fileable_type": "Account", "fileable_id": 1, "files": { "file_id": free } });
    assert_eq!(desk.sonar.ask_with(link, json!({ "input": input })).await.data()["linkFileToEntity"]["id"], "1");
    desk.stop().await;
}

async fn several_operations_of_one_request_are_each_answered(setup: Setup) {
    let desk = Desk::open(setup).await;
    let [one, other] = two(&desk).await;
    let query = "query request( $abcdefghijklmnopqrstuvwxyz: Paginator $zyxwvutsrqponmlkjihgfedcba: [Search] ) \
        {operation_0: files(paginator: $abcdefghijklmnopqrstuvwxyz ) { entities {id}} operation_1: files(search: $zyxwvutsrqponmlkjihgfedcba ) \
        { entities {id}} operation_2: accounts { entities {id}} }";
    let variables = json!({
        "abcdefghijklmnopqrstuvwxyz": { "page": 1, "records_per_page": 1 },
        "zyxwvutsrqponmlkjihgfedcba": [{ "unset_fields": ["fileable_id"] }],
    });
    let data = desk.sonar.ask_with(query, variables).await.data();
    let told = ["operation_0", "operation_1", "operation_2"].map(|name| numbers(&data[name]));
    assert_eq!(told, [vec![one], vec![other], vec![1]]);
    // Changes are done in their order.
    let changes = format!(
        "mutation request {{operation_0: updateFile(id: {one}, input: {{description: \"x\"}}) {{id description}} \
        operation_1: updateFile(id: {one}, input: {{unset_description: true}}) {{id description}} }}"
    );
    let data = desk.sonar.data(&changes).await;
    assert_eq!((&data["operation_0"]["description"], &data["operation_1"]["description"]), (&json!("x"), &Value::Null));
    desk.stop().await;
}

async fn files_that_are_numbers_instead_of_objects_are_a_clean_error(setup: Setup) {
    let desk = Desk::open(setup).await;
    let [_, free] = two(&desk).await;
    let before = face_of(&desk.native).await;
    let literal = format!(
        "mutation {{ linkFileToEntity(input: {{fileable_type: Account, fileable_id: 1, files: [{free}]}}) {{ id }} }}"
    );
    let told = desk.sonar.ask_graph(&literal).await;
    assert!(["graphql", "validation"].contains(&told.category()), "{told:?}");
    let query =
        "mutation request( $x: LinkFileToEntityMutationInput ) {operation_0: linkFileToEntity(input: $x ) {id} }";
    let input = json!({ "fileable_type": "Account", "fileable_id": 1, "files": [free] });
    let told = desk.sonar.ask_with(query, json!({ "x": input })).await;
    assert!(["graphql", "validation"].contains(&told.category()), "{told:?}");
    let empty = query.replace("{id}", "{}");
    let input = json!({ "fileable_type": "Account", "fileable_id": 1, "files": [{ "file_id": free }] });
    let told = desk.sonar.ask_with(&empty, json!({ "x": input })).await;
    let error = told.refused("graphql");
    assert!(error["locations"][0]["line"].is_u64(), "{error}");
    assert_eq!(face_of(&desk.native).await, before);
    desk.stop().await;
}

async fn what_is_no_request_is_told_so(setup: Setup) {
    let desk = Desk::open(setup).await;
    let [one, _] = two(&desk).await;
    let before = face_of(&desk.native).await;
    for body in [
        "",
        "{",
        "[]",
        "7",
        "null",
        "\"{ me { id } }\"",
        "{}",
        "{\"query\":null}",
        "{\"query\":7}",
        "{\"query\":\"\"}",
        "{\"query\":\"{ me { id }\"}",
        "{\"query\":\"{ nothing }\"}",
        "{\"query\":\"{ me }\"}",
        "{\"query\":\"{ me { id { x } } }\"}",
        "{\"query\":\"subscription { me { id } }\"}",
        "{\"query\":\"query A { me { id } } query B { me { id } }\"}",
        "{\"query\":\"query A { me { id } }\",\"operationName\":\"B\"}",
        "{\"query\":\"fragment F on File { id }\"}",
        "{\"query\":\"{ files(id: 1.5) { entities { id } } }\"}",
        "{\"query\":\"{ files(id: \\\"abc\\\") { entities { id } } }\"}",
        "{\"query\":\"{ files(id: 9223372036854775808) { entities { id } } }\"}",
        "{\"query\":\"{ files(created_at: \\\"yesterday\\\") { entities { id } } }\"}",
        "{\"query\":\"{ files(fileable_type: Nothing) { entities { id } } }\"}",
        "{\"query\":\"query ($id: Int64Bit) { files(id: $id) { entities { id } } }\",\"variables\":{\"id\":\"x\"}}",
        "{\"query\":\"query ($id: Int64Bit!) { files(id: $id) { entities { id } } }\"}",
        "{\"query\":\"mutation { deleteFile { success } }\"}",
        "{\"query\":\"mutation { createFile(id: 1) { id } }\"}",
    ] {
        let answer = desk
            .sonar
            .ask(Method::POST, GRAPHQL, |request| request.header("Content-Type", "application/json").body(body))
            .await;
        let told = answer.json();
        assert!([200, 400].contains(&answer.status.as_u16()), "{body}: {}", answer.text());
        let errors = told["errors"].as_array().unwrap_or_else(|| panic!("{body}: {told}"));
        let category = errors[0]["extensions"]["category"].as_str().unwrap();
        assert!(["graphql", "request", "validation"].contains(&category), "{body}: {told}");
        // Broken GraphQL in whole JSON is no failure of the transport.
        assert!(
            answer.status == 200
                || serde_json::from_str::<Value>(body).map_or(true, |body| body["query"].as_str().is_none()),
            "{body}: {told}"
        );
    }
    assert_eq!(face_of(&desk.native).await, before);
    assert!(desk.sonar.shown(one).await.is_some());
    desk.stop().await;
}

async fn numbers_are_read_in_both_spellings(setup: Setup) {
    let desk = Desk::open(setup).await;
    let [one, _] = two(&desk).await;
    for spelled in [format!("{one}"), format!("\"{one}\"")] {
        assert_eq!(desk.sonar.list(&format!("(id: {spelled})")).await, [one]);
        let query = format!("mutation {{ updateFile(id: {spelled}, input: {{}}) {{ id }} }}");
        assert_eq!(desk.sonar.data(&query).await["updateFile"]["id"], one.to_string());
    }
    let query = "query ($id: Int64Bit) { files(id: $id) { entities { id } } }";
    for id in [json!(one), json!(one.to_string())] {
        assert_eq!(numbers(&desk.sonar.ask_with(query, json!({ "id": id })).await.data()["files"]), [one]);
    }
    for far in [json!(i64::MAX), json!(i64::MIN), json!(i64::MAX.to_string())] {
        assert!(numbers(&desk.sonar.ask_with(query, json!({ "id": far })).await.data()["files"]).is_empty());
    }
    desk.stop().await;
}

async fn a_named_operation_is_the_one_that_runs(setup: Setup) {
    let desk = Desk::open(setup).await;
    let [one, other] = two(&desk).await;
    let query = format!(
        "query A {{ files(id: {one}) {{ ...ids }} }} query B {{ files(id: {other}) {{ ...ids }} }} fragment ids on FileConnection {{ entities {{ id }} }}"
    );
    for (name, wanted) in [("A", one), ("B", other)] {
        let told = desk.sonar.graph(json!({ "query": query, "operationName": name })).await.data();
        assert_eq!(numbers(&told["files"]), [wanted]);
    }
    let conditional = "query ($no: Boolean!) { me { id name @skip(if: $no) username @include(if: $no) } }";
    let told = desk.sonar.ask_with(conditional, json!({ "no": true })).await.data();
    assert_eq!(super::judge::keys(&told["me"]), ["id", "username"]);
    desk.stop().await;
}
