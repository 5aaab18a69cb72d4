//! `attache completions` and `attache man`, made of the command line's own definition.

use super::failure::{Exit, Failure, Result, unwritten};
use crate::cli::{self, Completions, Man};
use std::io::Write;

pub(super) fn completions(wish: &Completions, out: &mut dyn Write) -> Result<Exit> {
    // It wants to write at once and cannot be told of a reader that is gone.
    let mut text = Vec::new();
    clap_complete::generate(wish.shell, &mut cli::command(), "attache", &mut text);
    out.write_all(&text).map_err(unwritten)?;
    Ok(Exit::Done)
}

pub(super) fn man(wish: &Man, out: &mut dyn Write) -> Result<Exit> {
    let command = cli::command();
    if let Some(folder) = &wish.dir {
        let to = format!("write manual pages into {}", folder.display());
        std::fs::create_dir_all(folder).map_err(Failure::io(to.clone()))?;
        clap_mangen::generate_to(command, folder).map_err(Failure::io(to))?;
        return Ok(Exit::Done);
    }
    let page = match &wish.command {
        None => command,
        Some(name) => {
            let one = command.find_subcommand(name).cloned();
            let one =
                one.ok_or_else(|| Failure::missing(format!("there is no command '{name}'; see 'attache help'")))?;
            one.display_name(format!("attache-{name}"))
        }
    };
    clap_mangen::Man::new(page).render(&mut &mut *out).map_err(unwritten)?;
    Ok(Exit::Done)
}
