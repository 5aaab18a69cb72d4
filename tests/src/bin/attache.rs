//! The `attache` binary as these tests start it: the same `main`, built beside them.

fn main() -> std::process::ExitCode {
    attache::command::main()
}
