//! Who somebody is, as clients ask it to see whether their token works.

use super::desk::Desk;
use attache_tests::{Ask, Setup};
use serde_json::json;

const PATHS: [&str; 2] = ["/crm/rest/v1/oauth/connect/userinfo", "/crm/rest/v2/oauth/connect/userinfo"];

#[tokio::test]
async fn c25_a_client_hears_who_it_is_whatever_it_may_do() {
    let desk = Desk::open(Setup::new()).await;
    let user = desk.user(7, "keap:user").await;
    for path in PATHS {
        for end in ["", "/"] {
            let person = user.0.get(&format!("{path}{end}")).ask().await.expect(200);
            let shown = json!({
                "email": "user7@at1.invalid", "sub": "7", "id": "7", "keap_id": "user7@at1.invalid",
                "family_name": "7", "given_name": "user", "middle_name": "", "preferred_name": "user 7",
                "is_admin": false, "tenant_id": "at1"
            });
            assert_eq!(person, shown);
        }
        assert_eq!(desk.keap.0.get(path).ask().await.expect(200)["is_admin"], true);
    }
    desk.stop().await;
}

#[tokio::test]
async fn c25_the_gateway_answers_who_is_not_let_in() {
    let desk = Desk::open(Setup::new()).await;
    for path in PATHS {
        let fault = desk.anybody(path).await.expect(401);
        assert_eq!(fault["fault"]["detail"]["errorcode"], "oauth.v2.InvalidAccessToken");
        assert_eq!(desk.keap.0.post(path).ask().await.status, 405);
        assert_eq!(desk.app.stranger().post(path).ask().await.status, 401);
    }
    desk.stop().await;
}
