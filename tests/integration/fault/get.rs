//! What somebody gets who asks for a content, told apart by how it ends.

use futures_util::StreamExt as _;
use reqwest::RequestBuilder;

/// What somebody gets who asks for a content.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Got {
    /// An answer that came to its end.
    Whole(u16, Vec<u8>),
    /// A refusal in words: status and code.
    Refused(u16, String),
    /// An answer that broke off after so many bytes.
    Broken(usize),
}

/// Asks, and reads for as long as bytes come.
pub(crate) async fn get(request: RequestBuilder) -> Got {
    // One that breaks off early may do so before its head has left.
    let Ok(answer) = request.send().await else { return Got::Broken(0) };
    let status = answer.status().as_u16();
    let (mut stream, mut bytes) = (answer.bytes_stream(), Vec::new());
    while let Some(block) = stream.next().await {
        match block {
            Ok(block) => bytes.extend_from_slice(&block),
            Err(_) => return Got::Broken(bytes.len()),
        }
    }
    if status < 400 {
        return Got::Whole(status, bytes);
    }
    let problem: serde_json::Value = serde_json::from_slice(&bytes).expect("a refusal has words");
    let word = problem["code"].as_str().or(problem["category"].as_str()).unwrap_or_default();
    Got::Refused(status, word.to_owned())
}
