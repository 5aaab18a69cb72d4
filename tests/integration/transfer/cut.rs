//! A command that is killed in its middle, again and again, and at last comes to its end.

use attache_tests::dice::Dice;
use attache_tests::report;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

/// How often it is killed.
const CUTS: usize = 5;
/// SIGKILL.
const KILL: i32 = 9;

/// When a command is killed: as soon as it says something on standard error.
#[derive(Clone, Debug)]
pub(super) enum Moment {
    /// The line of this number, from 1.
    Line(usize),
    /// The first line that begins so.
    Saying(&'static str),
}

impl Moment {
    /// Three moments while contents go over, one among the uploads, one among the rows, in any order.
    fn five(dice: &mut Dice) -> Vec<Moment> {
        let tables = ["rows of account", "rows of blob", "rows of file", "rows of version", "rows of event"];
        let mut moments =
            vec![Moment::Saying("uploads on their way"), Moment::Saying(tables[dice.below(tables.len())])];
        moments.extend((moments.len()..CUTS).map(|_| Moment::Line(1 + dice.below(60))));
        for last in (1..moments.len()).rev() {
            moments.swap(last, dice.below(last + 1));
        }
        moments
    }

    fn has_come(&self, said: &[String]) -> bool {
        match self {
            Moment::Line(number) => said.len() == *number,
            Moment::Saying(begin) => said.last().is_some_and(|line| line.starts_with(begin)),
        }
    }
}

/// Kills what `command` makes at five moments, then lets it come to its end.
pub(super) fn five_times(what: &str, dice: &mut Dice, command: impl Fn() -> Command) {
    for moment in Moment::five(dice) {
        kill_at(command(), &moment);
    }
    let said = attache_tests::said(&command().output().expect("the program runs"));
    report(&format!("{what}, killed {CUTS} times, at last: {}", said.lines().next().unwrap_or_default()));
}

/// Starts a command and kills it at the moment. It must not have come to its end by then.
pub(super) fn kill_at(mut command: Command, moment: &Moment) {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let mut said = Vec::new();
    let lines = BufReader::new(child.stderr.take().expect("it is piped")).lines();
    for line in lines.map_while(Result::ok) {
        said.push(line);
        if moment.has_come(&said) {
            child.kill().expect("the signal is sent");
            break;
        }
    }
    let status = child.wait().expect("it has ended");
    let said = said.join("\n");
    assert_eq!(status.signal(), Some(KILL), "it ended by itself with {status}, before {moment:?}:\n{said}");
}
