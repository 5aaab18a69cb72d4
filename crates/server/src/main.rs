//! The `attache` binary; all of it is in the library, so that the tests can start it too.

fn main() -> std::process::ExitCode {
    attache::command::main()
}
