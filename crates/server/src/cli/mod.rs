//! The command line: what `attache` understands. Its commands are two families: those of a client of any server, and those
//! of whoever runs one. Settings given here win over the environment and the settings file.

mod client;
mod operate;

pub use client::*;
pub use operate::*;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

/// Files for business records: put them on a server, find them and get them back, or run the server.
#[derive(Parser, Debug)]
#[command(name = "attache", version, max_term_width = 100)]
pub struct Cli {
    /// Where the data is; for every command that runs a server.
    #[command(flatten)]
    pub place: Place,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// As a client of a server.
    #[command(flatten)]
    Client(Client),
    /// With an installation on this machine.
    #[command(flatten)]
    Operate(Operate),
}

impl Cli {
    /// Reads the command line; what cannot be read ends the program with a sentence that says what would be right.
    pub fn read() -> Cli {
        let matches = command().get_matches();
        Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

/// The definition of the command line, with its help in two families.
pub fn command() -> clap::Command {
    let mut command = Cli::command();
    command.build();
    let template = template(&command);
    for name in client_names() {
        command = command.mut_subcommand(name, without_place);
    }
    command.help_template(template)
}

/// The names of the client's commands.
fn client_names() -> Vec<String> {
    let family = Client::augment_subcommands(clap::Command::new("client"));
    family.get_subcommands().map(|one| one.get_name().to_owned()).collect()
}

/// The flags that say where the data is are for every command of a server; in the help of a client's they only disturb.
fn without_place(command: clap::Command) -> clap::Command {
    command.mut_args(|argument| {
        let is_place = PLACE.contains(&argument.get_id().as_str());
        argument.hide(is_place)
    })
}

/// The flags of [`Place`].
const PLACE: [&str; 5] = ["data", "database", "storage", "config", "log"];

/// The whole help, with the commands of each family below a heading of their own.
fn template(command: &clap::Command) -> String {
    let clients = client_names();
    let (mut client, mut operate) = (String::new(), String::new());
    for one in command.get_subcommands().filter(|one| !one.is_hide_set() && one.get_name() != "help") {
        let family = if clients.iter().any(|name| name == one.get_name()) { &mut client } else { &mut operate };
        let about = one.get_about().map(ToString::to_string).unwrap_or_default();
        family.push_str(&format!("  {:<12} {about}\n", one.get_name()));
    }
    format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\nFiles on a server:\n{client}\n\
         A server on this machine:\n{operate}\nOptions of a server on this machine:\n{{options}}\n\n\
         'attache help COMMAND' tells more about a command.\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn parsed(line: &[&str]) -> Result<Cli, clap::Error> {
        Cli::from_arg_matches(&command().try_get_matches_from(line)?)
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
        command().debug_assert();
    }

    #[test]
    fn where_the_data_is_can_be_said_before_and_after_the_command() {
        for line in [["attache", "--data", "x", "account", "list"], ["attache", "account", "list", "--data", "x"]] {
            let cli = parsed(&line).expect("it parses");
            assert_eq!(cli.place.data, Some(PathBuf::from("x")));
        }
    }

    #[test]
    fn a_token_without_life_is_refused() {
        assert!(parsed(&["attache", "token", "create", "--scopes", "all", "--ttl", "0s"]).is_err());
    }

    #[test]
    fn the_help_shows_the_two_families_one_after_the_other() {
        let help = command().render_help().to_string();
        let at = |text: &str| help.find(text).unwrap_or_else(|| panic!("{text} is missing in\n{help}"));
        let order = [
            "Files on a server:",
            "  put ",
            "  share ",
            "A server on this machine:",
            "  serve ",
            "  recover ",
            "--data",
        ];
        let places: Vec<usize> = order.iter().map(|text| at(text)).collect();
        assert!(places.is_sorted(), "{help}");
        assert!(!help.contains("  render"), "{help}");
    }

    #[test]
    fn the_help_of_a_clients_command_is_silent_about_servers() {
        let mut command = command();
        let help = |name: &str, command: &mut clap::Command| {
            command.find_subcommand_mut(name).expect("it is there").render_long_help().to_string()
        };
        assert!(!help("put", &mut command).contains("--database"));
        assert!(help("check", &mut command).contains("--database"));
    }
}
