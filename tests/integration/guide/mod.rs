//! The guide for operators, followed as it is written: its commands on machines that are folders, its files with the
//! programs that read them.

mod cluster;
mod file;
mod machine;
mod metric;
mod moving;
mod page;
mod port;
mod sandbox;
mod single;
mod walk;
mod web;
