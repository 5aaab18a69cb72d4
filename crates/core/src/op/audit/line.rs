//! A line's digest: SHA-256 over everything that it says, each part with its length before it, so that no two lines have the
//! same bytes.

use attache_model::AccountNo;
use attache_model::audit::{AuditHead, AuditLine};
use sha2::{Digest as _, Sha256};

/// How lines are digested. A change of it gets the next number, and lines say by it what they are read as.
const VERSION: u8 = 1;

/// The digest of a line of `account` that comes after `before`, in hex. The line's own digest does not matter.
pub(crate) fn digest(account: AccountNo, before: &AuditHead, line: &AuditLine) -> String {
    let mut hash = Sha256::new_with_prefix([VERSION]);
    let mut part = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    part(before.digest.as_bytes());
    part(&account.0.to_be_bytes());
    part(&line.no.to_be_bytes());
    part(&line.at.0.to_be_bytes());
    part(&line.actor.0.to_be_bytes());
    part(line.token.as_bytes());
    part(line.deed.as_bytes());
    part(digested(&line.targets).as_bytes());
    part(line.outcome.as_bytes());
    part(&line.times.to_be_bytes());
    part(line.request.as_bytes());
    hex::encode(hash.finalize())
}

/// What of a line's targets is in its digest: all of it.
fn digested(targets: &str) -> &str {
    // A test plants this fault, to see that a digest which leaves something out is found.
    attache_point::fail_point!("core.targets_undigested", |_| "");
    targets
}

/// Text as it may stand in a line: what is no visible ASCII character is written as `\u{..}`, so that no line breaks, no
/// terminal obeys and nothing looks like something else.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            ' '..='[' | ']'..='~' => c.to_string(),
            c => c.escape_unicode().to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use attache_model::{Time, UserNo};

    fn line() -> AuditLine {
        AuditLine {
            no: 7,
            at: Time(1_800_000_000_000_000),
            actor: UserNo(3),
            token: String::from("01"),
            deed: String::from("file.created"),
            targets: String::from("file/12 event/40"),
            outcome: String::from("done"),
            times: 1,
            request: String::from("job-17"),
            digest: String::new(),
        }
    }

    const ACCOUNT: AccountNo = AccountNo(1);

    /// Whoever checks a log with a program of their own needs this to stay as it is.
    #[test]
    fn the_digest_of_a_known_line_is_known() {
        let before = AuditHead { no: 6, digest: "ab".repeat(32) };
        assert_eq!(
            digest(ACCOUNT, &before, &line()),
            "562455c103686dc547c2b8983c236a66cce2e8dcdc087b927a9b34c6628f5a92"
        );
    }

    /// What is done to a line.
    type Change = fn(&mut AuditLine);

    #[test]
    fn every_part_of_a_line_is_in_its_digest() {
        let before = AuditHead { no: 6, digest: "ab".repeat(32) };
        let own = digest(ACCOUNT, &before, &line());
        let changes: [(&str, Change); 9] = [
            ("no", |line| line.no += 1),
            ("at", |line| line.at.0 += 1),
            ("actor", |line| line.actor.0 += 1),
            ("token", |line| line.token.push('0')),
            ("deed", |line| line.deed.push('0')),
            ("targets", |line| line.targets.push('0')),
            ("outcome", |line| line.outcome.push('0')),
            ("times", |line| line.times += 1),
            ("request", |line| line.request.push('0')),
        ];
        for (name, change) in changes {
            let mut other = line();
            change(&mut other);
            assert_ne!(digest(ACCOUNT, &before, &other), own, "{name}");
        }
        assert_ne!(digest(AccountNo(2), &before, &line()), own, "the account");
        assert_ne!(digest(ACCOUNT, &AuditHead { no: 6, digest: "ac".repeat(32) }, &line()), own, "the line before");
    }

    #[test]
    fn what_moves_from_one_part_to_the_next_makes_another_digest() {
        let before = AuditHead::default();
        let (mut one, mut other) = (line(), line());
        (one.deed, one.targets) = (String::from("ab"), String::from("c"));
        (other.deed, other.targets) = (String::from("a"), String::from("bc"));
        assert_ne!(digest(ACCOUNT, &before, &one), digest(ACCOUNT, &before, &other));
    }

    #[test]
    fn control_characters_and_lookalikes_are_escaped() {
        assert_eq!(plain("GET /v1/files/{file}"), "GET /v1/files/{file}");
        assert_eq!(plain("a\nb\u{1b}[0m\u{202e}\\"), "a\\u{a}b\\u{1b}[0m\\u{202e}\\u{5c}");
    }
}
