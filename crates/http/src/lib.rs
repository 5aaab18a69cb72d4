//! What every dialect shares on the way between HTTP and the core: credentials and callers, bodies with their guards,
//! forms, JSON, serving content, errors in a dialect's words, and the listener under all of it.
//!
//! A dialect implements [`Dialect`], writes handlers that take [`Viewing`], [`Editing`], [`Removing`] or [`Managing`]
//! and return `Result<_, Fail<D>>`, and gives its routes to [`mount`]. Reading: [`json::read`], [`multipart::Multipart`],
//! [`body::stream`], [`Params`]. Answering: [`json_answer`], [`serve::serve`], [`PublicUrl`] for links.

pub mod base64;
pub mod body;
pub mod bridge;
pub mod dialect;
mod digest;
pub mod extract;
pub mod json;
pub mod listen;
pub mod metric;
mod mount;
pub mod multipart;
pub mod once;
pub mod params;
pub mod probe;
pub mod public;
pub mod request;
pub mod serve;
pub mod session;
#[cfg(feature = "testing")]
pub mod testing;
mod trace;
#[cfg(any(test, feature = "fuzz"))]
pub mod trial;
mod tries;
pub mod window;

pub use dialect::{Dialect, Fail, json_answer};
pub use extract::{Admitted, AtPanel, Editing, Entering, Managing, Reaching, Recording, Removing, Viewing};
pub use listen::{Drained, listen};
pub use metric::Metrics;
pub use mount::{mount, mount_as_fallback};
pub use params::{Params, Query};
pub use public::{PublicUrl, encode};
pub use request::RequestInfo;
pub use trace::watched;
