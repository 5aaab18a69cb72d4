//! Any bytes as a content whose kind is looked for.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| attache_core::trial::any_content(bytes));
