//! Any bytes as a length with a range and a condition.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| attache_http::trial::any_range(bytes));
