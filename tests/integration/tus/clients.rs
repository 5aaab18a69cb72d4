//! tus clients as anybody installs them, against the real program on each engine.

use crate::clients::{drive, installed, node, node_tests, python};

/// The token that the scripts want.
const TOKENS: [(&str, &str); 1] = [("ATTACHE_TOKEN", "files:read,files:write,files:delete")];

#[tokio::test]
async fn tus_js_client_uploads_resumes_joins_and_gives_up() {
    if installed(node(&["-e", "require.resolve('tus-js-client')"]), "tus-js-client") {
        drive(&TOKENS, &[], || node_tests("tus")).await;
    }
}

#[tokio::test]
async fn tuspy_uploads_with_checksums_and_resumes() {
    if installed(python(&["-c", "import tusclient, pytest"]), "tuspy") {
        drive(&TOKENS, &[], || python(&["-m", "pytest", "-q", "-p", "no:cacheprovider", "tus"])).await;
    }
}
