//! A file in the words of REST v1.

use super::types::{FileDescriptor, FileInformation};
use crate::App;
use attache_core::{Reach, Reached};
use attache_model::{Audience, Time};

/// The one category of files that come in through an API.
const CATEGORY: &str = "Documents";
/// The type of a contact's file.
pub(super) const CONTACT: &str = "Contact";
/// The type of every other file.
pub(super) const APPLICATION: &str = "Application";

impl App {
    /// A file's descriptor.
    pub(super) fn descriptor(&self, reach: &Reach<'_>, reached: &Reached) -> FileDescriptor {
        let file = &reached.file;
        FileDescriptor {
            id: file.no.0,
            category: CATEGORY,
            date_created: date(file.created_at),
            last_updated: date(file.updated_at),
            file_name: file.title().full().to_owned(),
            file_size: file.version.size,
            created_by: file.created_by.0,
            public: file.access.is_public(),
            contact_id: reached.contact,
            remote_file_key: self.key(reach, reached).to_string(),
            file_box_type: box_type(reached.audience),
            download_url: self.download_url(reach, reached),
        }
    }

    /// A file's descriptor, as every answer about one file has it.
    pub(super) fn information(&self, reach: &Reach<'_>, reached: &Reached) -> FileInformation {
        FileInformation { file_descriptor: self.descriptor(reach, reached) }
    }
}

fn box_type(audience: Audience) -> &'static str {
    match audience {
        Audience::Contact => CONTACT,
        Audience::User | Audience::Company => APPLICATION,
    }
}

/// A moment as Keap writes it: milliseconds, and UTC without a colon.
fn date(time: Time) -> String {
    let mut text = time.rfc3339_millis();
    text.pop();
    text + "+0000"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_have_milliseconds_and_an_offset_without_a_colon() {
        assert_eq!(date(Time::from_millis(1_732_127_652_000)), "2024-11-20T18:34:12.000+0000");
        assert_eq!(date(Time::from_millis(7)), "1970-01-01T00:00:00.007+0000");
    }

    #[test]
    fn c03_a_contacts_file_is_of_type_contact_and_every_other_one_of_type_application() {
        assert_eq!(box_type(Audience::Contact), "Contact");
        assert_eq!(box_type(Audience::User), "Application");
        assert_eq!(box_type(Audience::Company), "Application");
    }
}
