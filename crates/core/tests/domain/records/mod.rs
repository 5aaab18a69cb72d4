//! Records through the public operations, on both engines: cards, fields and their values, notes, the feed and the tab;
//! and the files that a caller reaches by whose they are.

mod acts;
mod aggregate;
mod card;
mod claim;
mod cover;
mod erase;
mod event;
mod feed;
mod field;
mod figures;
mod find;
mod limit;
mod note;
mod owned;
mod owner;
mod reach;
mod sight;
mod tab;
mod tenant;
mod title;
mod value;
