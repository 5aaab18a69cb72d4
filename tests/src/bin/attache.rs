//! The `attache` binary as these tests start it: the same `main`, built beside them, with the named points at which a
//! test may kill it or plant a fault.

fn main() -> std::process::ExitCode {
    let _points = attache_tests::point::arm();
    attache::command::main()
}
