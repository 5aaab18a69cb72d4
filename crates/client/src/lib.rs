//! A typed client of the native API and of tus, for the command line and for whoever embeds it.
//!
//! What may be sent twice without harm is sent again, with growing pauses, while the server does not answer or says that
//! it has too much to do. Nothing is held in memory that does not have to be: contents go to and from files in pieces.

mod address;
mod ask;
mod change;
mod client;
mod error;
mod fetch;
mod gauge;
mod pages;
mod patience;
mod piece;
mod put;
mod types;
mod upload;

pub use address::Address;
pub use client::Client;
pub use error::{Error, Problem, Result};
pub use fetch::Fetch;
pub use gauge::Gauge;
pub use pages::Pages;
pub use patience::Patience;
pub use piece::{Piece, digest};
pub use put::{Conflict, NewFile, Put};
pub use reqwest::Body;
pub use types::{Existing, File, Folder, Link, LinkedFile, Page, Share, Version};
pub use upload::{Progress, UploadAt};
