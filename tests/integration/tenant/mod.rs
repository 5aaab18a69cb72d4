//! Two accounts: whatever one of them asks for, what belongs to the other does not exist. The routes are those of the
//! two OpenAPI documents; one that is added without a row here fails.

mod dump;
mod names;
mod routes;
mod scope;
mod walk;
