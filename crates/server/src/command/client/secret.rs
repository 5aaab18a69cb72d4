//! A secret from the terminal, which does not show it.

use super::failure::{Failure, Result};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use std::io::{self, IsTerminal, Read, Stdin, Write};

/// What the keys send.
const INTERRUPT: u8 = 0x03;
const END: u8 = 0x04;
const BACKSPACE: [u8; 2] = [0x08, 0x7f];
const CLEAR: u8 = 0x15;

/// Asks for a secret. While it is typed the terminal shows nothing, and is put right again however this ends.
///
/// # Errors
/// A failure where there is no terminal, and when it is interrupted.
pub(super) fn ask(question: &str) -> Result<String> {
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return Err(Failure::trouble("there is no terminal to ask on; give the token with --token-stdin"));
    }
    let failed = || Failure::io("read from the terminal");
    let quiet = Quiet::new(stdin).map_err(failed())?;
    say(question);
    let secret = quiet.line().map_err(failed())?;
    drop(quiet);
    say("\n");
    secret.ok_or_else(|| Failure::interrupted(false))
}

/// A line of words that are no secret.
pub(super) fn ask_openly(question: &str) -> Result<String> {
    say(question);
    let mut line = String::new();
    io::stdin().read_line(&mut line).map_err(Failure::io("read from the terminal"))?;
    Ok(line.trim().to_owned())
}

fn say(text: &str) {
    let mut err = io::stderr().lock();
    // Who cannot be asked will not answer.
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
}

/// A terminal that shows nothing, until this goes.
struct Quiet {
    stdin: Stdin,
    before: Termios,
}

impl Quiet {
    fn new(stdin: Stdin) -> io::Result<Quiet> {
        let before = tcgetattr(&stdin)?;
        let mut now = before.clone();
        // Keys come one by one, also the one that interrupts: the program must live to put the terminal right.
        now.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
        tcsetattr(&stdin, OptionalActions::Flush, &now)?;
        Ok(Quiet { stdin, before })
    }

    /// What is typed until the end of the line; `None` when it is interrupted.
    fn line(&self) -> io::Result<Option<String>> {
        let (mut line, mut key) = (Vec::new(), [0]);
        while self.stdin.lock().read(&mut key)? == 1 {
            match key[0] {
                b'\r' | b'\n' | END => break,
                INTERRUPT => return Ok(None),
                CLEAR => line.clear(),
                key if BACKSPACE.contains(&key) => drop(line.pop()),
                key => line.push(key),
            }
        }
        Ok(Some(String::from_utf8_lossy(&line).trim().to_owned()))
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // A terminal that is gone needs no putting right.
        let _ = tcsetattr(&self.stdin, OptionalActions::Flush, &self.before);
    }
}
