//! A real terminal: a token that is typed is not shown, and a transfer has a bar.

use super::{Desk, bare, noise};
use crate::native::on_both_engines;
use attache_tests::Setup;
use attache_tests::proxy::{Fault, Proxy, Rule};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::thread::JoinHandle;

on_both_engines!(
    a_token_that_is_typed_is_not_shown,
    a_token_that_is_given_up_leaves_the_terminal_as_it_was,
    a_transfer_has_a_bar_on_a_terminal_and_is_silent_elsewhere,
    before_an_erase_somebody_is_asked,
);

/// A terminal with somebody before it.
struct Terminal {
    keys: File,
    slave: File,
}

impl Terminal {
    fn new() -> Terminal {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let size = Winsize { ws_row: 24, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&master, size).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let slave = OpenOptions::new().read(true).write(true).open(name.to_str().unwrap()).unwrap();
        Terminal { keys: File::from(master), slave }
    }

    fn side(&self) -> Stdio {
        Stdio::from(self.slave.try_clone().unwrap())
    }

    /// Runs a command whose input and talk are here, types `keys` once it says `when`, and gives all that was shown.
    fn run(self, mut command: Command, when: &str, keys: &str) -> (Option<i32>, String) {
        let mut child = command.env("TERM", "xterm").stdin(self.side()).stderr(self.side()).spawn().unwrap();
        drop(command);
        let reader: JoinHandle<String> = {
            let (mut screen, mut typing) = (self.keys.try_clone().unwrap(), self.keys.try_clone().unwrap());
            let (when, keys) = (when.to_owned(), keys.to_owned());
            std::thread::spawn(move || {
                let (mut shown, mut block, mut typed) = (String::new(), [0; 4096], false);
                // A terminal whose last program is gone has an error for whoever reads on.
                while let Ok(len @ 1..) = screen.read(&mut block) {
                    shown.push_str(&String::from_utf8_lossy(&block[..len]));
                    if !typed && shown.contains(&when) {
                        typing.write_all(keys.as_bytes()).unwrap();
                        typed = true;
                    }
                }
                shown
            })
        };
        let code = child.wait().unwrap().code();
        drop(self.slave);
        (code, reader.join().unwrap())
    }
}

async fn a_token_that_is_typed_is_not_shown(setup: Setup) {
    let desk = Desk::new(setup).await;
    let command = bare(desk.person.path(), &["login", &desk.app.url()]);
    // A slip of the fingers is taken back.
    let keys = format!("x\x7f{}\n", desk.token);
    let (code, shown) = Terminal::new().run(command, "Token for ", &keys);
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("logged in at ") && !shown.contains(&desk.token[..12]), "{shown}");
    let kept = String::from_utf8(desk.read(".config/attache/login.toml")).unwrap();
    assert!(kept.contains(&desk.token), "{kept}");
    desk.app.stop().await;
}

async fn a_token_that_is_given_up_leaves_the_terminal_as_it_was(setup: Setup) {
    let desk = Desk::new(setup).await;
    let terminal = Terminal::new();
    let watched = terminal.slave.try_clone().unwrap();
    let modes = || rustix::termios::tcgetattr(&watched).unwrap().local_modes;
    let before = modes();
    let command = bare(desk.person.path(), &["login", &desk.app.url()]);
    let Terminal { keys, slave } = terminal;
    let typed = std::thread::spawn(move || {
        let mut child = {
            let mut command = command;
            let side = || Stdio::from(slave.try_clone().unwrap());
            command.stdin(side()).stderr(side()).spawn().unwrap()
        };
        let (mut screen, mut typing, mut shown) = (keys.try_clone().unwrap(), keys, Vec::new());
        while !String::from_utf8_lossy(&shown).contains("Token for ") {
            let mut block = [0; 256];
            let len = screen.read(&mut block).unwrap();
            shown.extend_from_slice(&block[..len]);
        }
        typing.write_all(b"att_half\x03").unwrap();
        (child.wait().unwrap().code(), typing)
    });
    let (code, still_there) = typed.join().unwrap();
    assert_eq!((code, modes()), (Some(130), before));
    drop(still_there);
    assert!(!desk.at(".config").exists());
    desk.app.stop().await;
}

async fn a_transfer_has_a_bar_on_a_terminal_and_is_silent_elsewhere(setup: Setup) {
    let desk = Desk::new(setup).await;
    desk.write("large.bin", noise(21, 12 << 20));
    let proxy = Proxy::start(&desk.app.url());
    // Long enough for a bar to be drawn more than once.
    proxy.rules([Rule::new(Fault::Slow { bytes_per_second: 16 << 20 })]);
    let mut put = desk.command_at(&proxy.url(), &["put", "large.bin"]);
    put.stdout(Stdio::piped());
    let (code, shown) = Terminal::new().run(put, "never", "");
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("1 file [") && shown.contains("of 12.00 MiB") && shown.contains("to go"), "{shown}");
    assert!(shown.contains("1 file, 12.00 MiB"), "{shown}");

    let mut get = desk.command_at(&proxy.url(), &["get", "/large.bin", "-o", "here.bin"]);
    get.stdout(Stdio::piped());
    let (code, shown) = Terminal::new().run(get, "never", "");
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("of 12.00 MiB") && shown.contains("MiB/s"), "{shown}");

    // Not a word where nobody looks.
    desk.run(&["put", "large.bin", "--to", "/again"]).good();
    desk.app.stop().await;
}

async fn before_an_erase_somebody_is_asked(setup: Setup) {
    let desk = Desk::new(setup).await;
    desk.write("a.txt", "a");
    desk.run(&["put", "a.txt"]).good();
    let erase = || desk.command(&["rm", "--erase", "/a.txt"]);
    let (code, shown) = Terminal::new().run(erase(), "[y/N]", "\n");
    assert!(code == Some(2) && shown.contains("nothing was erased"), "{shown}");
    desk.run(&["ls", "/a.txt"]).good();
    let (code, shown) = Terminal::new().run(erase(), "[y/N]", "y\n");
    assert!(code == Some(0) && shown.contains("Erase this file for good"), "{shown}");
    desk.run(&["ls", "/a.txt"]).bad(1);
    desk.app.stop().await;
}
