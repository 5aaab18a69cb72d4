//! Support for the integration tests: whole servers, in this process or in one of their own, on any engine.
//!
//! ```no_run
//! # async fn example() {
//! use attache_tests::TestApp;
//! let app = TestApp::start().await;
//! let client = app.client("files:read,files:write").await;
//! let answer = client.get("/v1/files").send().await.expect("the server answers");
//! assert_eq!(answer.status(), 200);
//! app.stop().await;
//! # }
//! ```

mod answer;
mod app;
mod client;
mod content;
pub mod dice;
mod effort;
mod engine;
mod home;
mod patience;
pub mod point;
mod process;
pub mod proxy;
mod report;
pub mod watch;

pub use answer::{Answer, Ask};
pub use app::{Setup, TestApp};
pub use client::Client;
pub use content::{Content, noise};
pub use effort::Effort;
pub use engine::Engine;
pub use home::{Home, skip};
pub use patience::Patience;
pub use process::{Process, command, said};
pub use report::{figure, report};
