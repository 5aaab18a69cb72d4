//! Any bytes as what a store keeps, and as a settings file.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    attache_blobs::trial::any_state(bytes);
    attache::setting::trial::any_settings(bytes);
});
