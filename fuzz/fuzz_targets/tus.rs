//! Any bytes as the headers of an upload.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| attache_tus::trial::any_headers(bytes));
