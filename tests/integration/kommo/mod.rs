//! Kommo's API from outside: each case of its contract, on a whole server, on both engines.

mod account;
mod clients;
mod crm;
mod desk;
mod download;
mod entities;
mod fields;
mod links;
mod listing;
mod notes;
mod page;
mod parts;
mod preview;
mod sessions;
mod tab;
mod trash;
mod versions;
