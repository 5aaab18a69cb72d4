//! `attache erasure`: the keys of certificates, certificates themselves, and the ledger as a file.

use crate::cli::{ErasureCommand, Verify};
use crate::{Error, Result};
use attache_core::{Core, LedgerLine, PublicKey, Replayed, Statement, verify_certificate};
use attache_model::digest::Sha256;
use sha2::Digest as _;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Write};
use std::path::Path;
use std::process::ExitCode;

pub(super) async fn run(core: Core, command: ErasureCommand, out: &mut impl Write) -> Result<ExitCode> {
    match command {
        ErasureCommand::Key => key(&core, out),
        ErasureCommand::Export => export(&core, out).await,
        ErasureCommand::Replay { file } => replay(&core, &file, out).await,
        ErasureCommand::Verify(wish) => verify(&wish, out),
    }
}

fn key(core: &Core, out: &mut impl Write) -> Result<ExitCode> {
    for key in core.erasure_keys() {
        write!(out, "{}", key.to_pem()).map_err(Error::io("write the key"))?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn export(core: &Core, out: &mut impl Write) -> Result<ExitCode> {
    let mut ledger = core.operator().ledger().await?;
    loop {
        let lines = ledger.next().await?;
        if lines.is_empty() {
            out.flush().map_err(Error::io("write the ledger"))?;
            return Ok(ExitCode::SUCCESS);
        }
        for line in lines {
            writeln!(out, "{}", line.to_text()).map_err(Error::io("write the ledger"))?;
        }
    }
}

/// Verifies a certificate. Nothing but its two files is opened: no server, no database.
pub(super) fn verify(wish: &Verify, out: &mut impl Write) -> Result<ExitCode> {
    let keys = PublicKey::from_pem(&text_of(&wish.key)?)
        .map_err(|why| Error::Argument(format!("{}: {why}", wish.key.display())))?;
    let text = text_of(&wish.certificate)?;
    let said = match verify_certificate(&text, &keys) {
        Ok(statement) => say(&statement, wish.content.as_deref(), out),
        Err(why) => writeln!(out, "does not hold: {why}").map(|()| ExitCode::FAILURE),
    };
    said.map_err(Error::io("verify a certificate"))
}

fn text_of(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| Error::Argument(format!("cannot read {}: {error}", path.display())))
}

fn say(statement: &Statement, content: Option<&Path>, out: &mut impl Write) -> io::Result<ExitCode> {
    writeln!(out, "holds: signed with key {} of installation {}", statement.key, statement.installation)?;
    writeln!(out, "file {} ({}) of account {}", statement.file_no, statement.file_id, statement.account)?;
    writeln!(out, "erased at {} by user {}", statement.asked_at, statement.asked_by)?;
    writeln!(out, "seen to be gone at {}", statement.gone_at)?;
    for version in &statement.contents {
        let fate = match version.bytes {
            attache_core::StatedFate::Gone => "gone",
            attache_core::StatedFate::KeptForAnotherFile => "kept for another file that has the same content",
        };
        writeln!(out, "version {}, {} bytes: {fate}", version.version, version.size)?;
    }
    let Some(path) = content else { return Ok(ExitCode::SUCCESS) };
    let mut digest = sha2::Sha256::new();
    io::copy(&mut File::open(path)?, &mut Digesting(&mut digest))?;
    match statement.versions_of(&Sha256(digest.finalize().into())).as_slice() {
        [] => writeln!(out, "{} is none of these contents", path.display()).map(|()| ExitCode::FAILURE),
        versions => {
            let versions: Vec<String> = versions.iter().map(i64::to_string).collect();
            writeln!(out, "{} is the content of version {}", path.display(), versions.join(" and "))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Takes what is written into a digest.
struct Digesting<'d>(&'d mut sha2::Sha256);

impl Write for Digesting<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Erases again what a ledger says, where it is there again. The whole file is read before anything is changed.
pub(super) async fn replay(core: &Core, file: &Path, out: &mut impl Write) -> Result<ExitCode> {
    check(file, Some(&core.operator().installation().await?))?;
    let (mut erased, mut held, mut noted, mut lost) = (0_u64, 0_u64, 0_u64, 0_u64);
    for line in Lines::open(file)? {
        let LedgerLine::Erasure(entry) = line? else { continue };
        match core.operator().replay(entry).await? {
            Replayed::Erased(account, no) => {
                erased += 1;
                writeln!(out, "erased again: file {no} of account {account}").map_err(Error::io("write the report"))?;
            }
            Replayed::Held(account, no) => {
                held += 1;
                writeln!(out, "under legal hold: file {no} of account {account}; lift the hold and replay again")
                    .map_err(Error::io("write the report"))?;
            }
            Replayed::Noted => noted += 1,
            Replayed::NoAccount(_) => lost += 1,
        }
    }
    let open = core.operator().look_for_erased().await?;
    writeln!(out, "{erased} files erased again, {noted} were not there, {lost} of accounts that are not there")
        .map_err(Error::io("write the report"))?;
    if held > 0 {
        writeln!(out, "{held} files stay, because they are under legal hold").map_err(Error::io("write the report"))?;
    }
    if open == 0 {
        return Ok(if held == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    writeln!(out, "{open} are not gone yet; the server goes on with them").map_err(Error::io("write the report"))?;
    Ok(ExitCode::FAILURE)
}

/// Demands that a file is a whole ledger, of this installation where one is named; how many erasures it has.
pub(super) fn check(file: &Path, installation: Option<&str>) -> Result<u64> {
    let wrong = |why: &str| Error::Argument(format!("{}: {why}", file.display()));
    let (mut count, mut begun, mut ended) = (0, false, None);
    for line in Lines::open(file)? {
        match line? {
            _ if ended.is_some() => return Err(wrong("there are lines after its end")),
            LedgerLine::Erasures { installation: found } => {
                if begun {
                    return Err(wrong("it begins twice; give one ledger at a time"));
                }
                begun = true;
                if installation.is_some_and(|own| own != found) {
                    return Err(wrong(&format!("it is the ledger of another installation, {found}")));
                }
            }
            _ if !begun => return Err(wrong("its first line is not that of a ledger")),
            LedgerLine::Erasure(_) => count += 1,
            LedgerLine::End { erasures } => ended = Some(erasures),
        }
    }
    match ended {
        Some(wanted) if wanted == count => Ok(count),
        Some(wanted) => Err(wrong(&format!("it says that it has {wanted} erasures, and has {count}"))),
        None => Err(wrong("it was cut off: its last line is missing; export it again")),
    }
}

/// The lines of a ledger's file.
struct Lines {
    name: String,
    lines: io::Lines<BufReader<File>>,
    no: u64,
}

impl Lines {
    fn open(file: &Path) -> Result<Lines> {
        let name = file.display().to_string();
        let open = File::open(file).map_err(|error| Error::Argument(format!("cannot read {name}: {error}")))?;
        Ok(Lines { name, lines: BufReader::new(open).lines(), no: 0 })
    }
}

impl Iterator for Lines {
    type Item = Result<LedgerLine>;

    fn next(&mut self) -> Option<Result<LedgerLine>> {
        let line = self.lines.next()?;
        self.no += 1;
        let place = |why: &dyn std::fmt::Display| Error::Argument(format!("{}, line {}: {why}", self.name, self.no));
        Some(match line {
            Ok(text) => LedgerLine::read(&text).map_err(|why| place(&why)),
            Err(error) => Err(place(&error)),
        })
    }
}
