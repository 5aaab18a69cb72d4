//! Two accounts: whatever one of them asks for, what belongs to the other does not exist. The routes are those of the
//! two OpenAPI documents, of the dialects' own tables and of the GraphQL schema; one that is added without a row here fails.

mod crm;
mod dump;
mod keap;
mod kommo;
mod names;
mod routes;
mod scope;
mod sonar;
mod timing;
mod tus;
mod walk;
