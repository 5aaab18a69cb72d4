//! Any bytes as a name and as a path.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| attache_model::trial::any_name(bytes));
