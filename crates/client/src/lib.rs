//! A typed client of the native API and of tus, for the command line and for the tests.
