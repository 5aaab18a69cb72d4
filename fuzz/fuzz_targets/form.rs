//! Any bytes as a form.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| attache_http::trial::any_form(bytes));
