//! Any bytes as a request of GraphQL, and as a query with its variables.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| attache_sonar::trial::any_bytes(bytes));
