//! Any bytes as a query, as JSON and as what is searched for.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    attache_http::trial::any_parameters(bytes);
    attache_core::trial::any_search(bytes);
});
