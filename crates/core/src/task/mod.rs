//! Durable work: tasks are rows, held by leases.

pub(crate) mod worker;
