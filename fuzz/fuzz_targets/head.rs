//! Any bytes as the headers of a form's part.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| attache_http::trial::any_head(bytes));
