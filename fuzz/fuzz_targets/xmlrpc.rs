//! Any bytes as a request of XML-RPC.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| attache_keap::trial::any_request(bytes));
