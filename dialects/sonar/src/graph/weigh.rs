//! How much a query asks for, before any of it is run.
