use super::*;
use attache_model::error::Cause;
use attache_model::error::examples::{SECRET, examples};
use std::fmt::Write as _;

#[test]
fn an_answer_has_every_member_of_every_file() {
    let too_large = Error::TooLarge { code: attache_model::error::Code::FileTooLarge, limit: 100 };
    let files = vec![Stored::of(61, "myFile.pdf"), Stored::failed("big.bin".to_owned(), &too_large)];
    insta::assert_snapshot!(serde_json::to_string(&Answer { files }).unwrap());
}

#[test]
fn every_error_says_at_its_file_why_it_was_not_stored() {
    let mut said = String::new();
    for (name, error) in examples() {
        let failed = Stored::failed("a.txt".to_owned(), &error);
        assert!(!failed.stored && failed.id.is_none());
        writeln!(said, "{name}: {}", failed.failure_message.unwrap()).unwrap();
    }
    assert!(!said.contains(SECRET) && !said.contains("insert version"));
    insta::assert_snapshot!(said);
}

#[test]
fn what_is_no_fault_of_the_file_asks_for_the_whole_form_again() {
    let cause = || Cause::new("insert version", std::io::Error::other("gone"));
    assert!(passes(&Error::StorageFull) && passes(&Error::Busy { after: std::time::Duration::from_secs(1) }));
    assert!(passes(&Error::Unavailable(cause())) && passes(&Error::Internal(cause())));
    assert!(!passes(&Error::invalid("filename", "it must not be empty")));
    assert!(!passes(&Error::Quota { which: attache_model::error::QuotaKind::Bytes, limit: 1 }));
}
