//! Any bytes as base64 that is read as a stream.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &[u8]| attache_keap::trial::any_base64(text));
