//! Any bytes as a URL and as the address that a name leads to.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| attache_core::trial::any_address(bytes));
