//! The audit log from outside: one line for every change that was acknowledged, one for every refusal, and what an operator
//! does with it.

pub(crate) mod act;
mod page;
mod planted;
mod refusal;

use attache_model::AccountNo;
use attache_model::audit::AuditLine;
use attache_tests::TestApp;
use serde_json::Value;

/// The native API, of which every operation that changes something is tried.
const DOCUMENT: &str = include_str!("../../../docs/openapi.json");

/// Every operation of the API: method, path and name.
pub(crate) fn operations() -> Vec<(String, String, String)> {
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap().to_owned();
            all.push((method.to_uppercase(), path.clone(), name));
        }
    }
    all
}

/// The lines of the first account, with the refusals that came so far.
pub(crate) async fn lines(app: &TestApp) -> Vec<AuditLine> {
    app.core().write_refusals().await;
    app.core().operator().audit_lines(AccountNo(1), 0, 10_000).await.unwrap()
}

/// The log holds, as a server says that reads all of it.
async fn is_unbroken(app: &TestApp) -> u64 {
    let report = app.core().operator().verify_audit(AccountNo(1), None).await.unwrap();
    assert_eq!(report.findings, []);
    report.lines
}
