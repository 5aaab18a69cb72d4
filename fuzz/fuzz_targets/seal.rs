//! Any bytes as something sealed, as a cursor and as what is sealed.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| attache_core::trial::any_seal(bytes));
