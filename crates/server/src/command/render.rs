//! `attache render`: a small picture of the one on standard input. The server starts it for every preview; it needs no
//! settings, no log and no runtime, and starts none, so that nothing but one thread is there to be locked in.

use crate::cli::Render;
use attache_render::Options;
use std::process::ExitCode;

pub(super) fn run(wish: &Render) -> ExitCode {
    let Render { side, upscale, pixels, memory, cpu } = *wish;
    attache_render::run(&Options { side, upscale, pixels, memory, cpu })
}

// What the process ends with is what core reads its fate from.
const _: () = {
    assert!(attache_render::EXIT_TOO_LARGE as i32 == attache_core::EXIT_TOO_LARGE);
    assert!(attache_render::EXIT_UNSUPPORTED as i32 == attache_core::EXIT_UNSUPPORTED);
    assert!(attache_render::EXIT_TROUBLE as i32 == attache_core::EXIT_TROUBLE);
};
