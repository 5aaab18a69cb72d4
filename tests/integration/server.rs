//! The server as a whole: that it answers, on every engine, and comes back after a stop.

use attache_tests::{Engine, Setup, TestApp};

#[tokio::test]
async fn a_server_is_alive_and_ready_on_either_engine() {
    for &engine in Engine::all() {
        let Some(app) = TestApp::on(engine).await else { continue };
        for probe in ["/healthz", "/readyz"] {
            let answer = app.stranger().get(probe).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{probe} on {engine:?}");
        }
        app.stop().await;
    }
}

#[tokio::test]
async fn what_was_stored_is_there_after_a_restart_on_either_engine() {
    for &engine in Engine::all() {
        let Some(setup) = Setup::new().on(engine).await else { continue };
        let app = setup.start().await;
        let client = app.client("all").await;
        let put = client.put("/v1/files/by-path/kept.txt").body("kept").send().await.unwrap();
        assert_eq!(put.status(), 201);
        let file: serde_json::Value = put.json().await.unwrap();
        let path = format!("/v1/files/{}/content", file["id"].as_str().unwrap());

        let app = app.stop().await.start().await;
        let client = app.client("all").await;
        assert_eq!(client.get(&path).send().await.unwrap().text().await.unwrap(), "kept");
        app.stop().await;
    }
}

#[tokio::test]
async fn a_place_that_nobody_serves_is_not_found() {
    let app = TestApp::start().await;
    let answer = app.stranger().get("/no/such/place").send().await.unwrap();
    assert_eq!(answer.status(), 404);
    app.stop().await;
}

#[tokio::test]
async fn metrics_are_shown_beside_the_api_unless_they_have_an_address_of_their_own() {
    let plain = Setup::new().start().await;
    assert_eq!(plain.stranger().get("/metrics").send().await.unwrap().status(), 200);
    plain.stop().await;

    let setup = Setup::new().settings(|settings| settings.metrics_listen = Some(([127, 0, 0, 1], 0).into()));
    let app = setup.start().await;
    let client = app.client("files:read").await;
    assert_eq!(client.get("/v1/files").send().await.unwrap().status(), 200);

    // A request is counted when its last byte has left, which the client may see a little earlier.
    let counted = r#"attache_http_requests_total{dialect="native",method="GET",status="2xx"} 1"#;
    let shown = async || client.get(app.metrics_url().unwrap()).send().await.unwrap().text().await.unwrap();
    while !shown().await.contains(counted) {}
    assert_eq!(client.get("/metrics").send().await.unwrap().status(), 404);
    app.stop().await;
}
