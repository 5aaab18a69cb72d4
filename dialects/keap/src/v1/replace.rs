//! `PUT /files/{fileId}`: whatever of a file the body names; the rest stays.

use super::sent::Sent;
use super::{Rest1, file, sent};
use crate::association::{self, Association};
use crate::{App, Reply};
use attache_core::{Destination, ReachChange};
use attache_http::Reaching;
use attache_model::{Audience, Result};
use axum::body::Body;
use axum::extract::State;
use http::{HeaderMap, Uri};

/// `PUT /files/{fileId}`.
pub(super) async fn replace(
    State(app): State<App>,
    who: Reaching<Rest1>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Reply<Rest1> {
    let reach = who.reach()?;
    let before = reach.may_change(file::number(&uri)?).await?;
    let rights = sent::Rights::of(&reach)?;
    let (sent, staged) = sent::read(&app, &reach, rights, &headers, body).await?;
    let change = ReachChange {
        name: sent.name()?,
        public: sent.public(),
        destination: destination(&sent, before.audience, before.contact)?,
        ..ReachChange::default()
    };
    let reached = reach.change_file(before.file.no, change, staged).await?;
    Ok(file::answer(&app, &reach, &reached))
}

/// Where a file is to go whose audience and contact are these. A contact's file goes to another contact when that is all
/// that is named; a contact beside another association is not looked at.
fn destination(sent: &Sent, audience: Audience, contact: Option<i64>) -> Result<Option<Destination>> {
    let is_contacts = audience == Audience::Contact;
    match (sent.association()?, sent.contact_id()) {
        (None, Some(id)) | (Some(Association::Contact), Some(id)) if is_contacts => {
            let record = association::contact(id)?;
            let stays = contact.is_some_and(|contact| contact.to_string() == record.id());
            Ok((!stays).then_some(Destination::Contact(record)))
        }
        (None, _) => Ok(None),
        (Some(association), id) => association.destination(id).map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use attache_model::Error;
    use attache_model::limits::Limits;
    use attache_model::link::Record;

    fn goes(json: &str, audience: Audience, contact: Option<i64>) -> Result<Option<Destination>> {
        destination(&Sent::of(json.as_bytes(), &Limits::default())?, audience, contact)
    }

    fn on(contact: &str) -> Option<Destination> {
        Some(Destination::Contact(Record::new("contact", contact).unwrap()))
    }

    #[test]
    fn c07_what_is_not_named_stays() {
        for audience in [Audience::Contact, Audience::User, Audience::Company] {
            for json in
                ["{}", r#"{"file_association":null,"contact_id":null}"#, r#"{"file_association":"","contact_id":""}"#]
            {
                assert_eq!(goes(json, audience, None).unwrap(), None, "{json}");
            }
        }
        for json in [r#"{"file_association":"CONTACT","contact_id":"7"}"#, r#"{"contact_id":7}"#] {
            assert_eq!(goes(json, Audience::Contact, Some(7)).unwrap(), None, "{json}");
        }
    }

    #[test]
    fn c07_another_association_moves_the_file() {
        assert_eq!(
            goes(r#"{"file_association":"user"}"#, Audience::Contact, Some(7)).unwrap(),
            Some(Destination::User)
        );
        let company = r#"{"file_association":"COMPANY","contact_id":7}"#;
        assert_eq!(goes(company, Audience::Contact, Some(7)).unwrap(), Some(Destination::Company));
        let contact = r#"{"file_association":"CONTACT","contact_id":9}"#;
        for audience in [Audience::Contact, Audience::User, Audience::Company] {
            assert_eq!(goes(contact, audience, Some(7)).unwrap(), on("9"));
        }
        assert_eq!(goes(r#"{"contact_id":"9"}"#, Audience::Contact, Some(7)).unwrap(), on("9"));
    }

    #[test]
    fn a_contact_alone_does_not_move_what_is_no_contacts_file() {
        assert_eq!(goes(r#"{"contact_id":9}"#, Audience::User, None).unwrap(), None);
        assert_eq!(goes(r#"{"contact_id":9}"#, Audience::Company, None).unwrap(), None);
    }

    #[test]
    fn c19_a_file_that_is_to_be_a_contacts_needs_to_know_whose() {
        for audience in [Audience::Contact, Audience::User, Audience::Company] {
            let error = goes(r#"{"file_association":"CONTACT"}"#, audience, Some(7)).unwrap_err();
            assert!(matches!(error, Error::Invalid { field, .. } if field == "contact_id"), "{audience:?}");
        }
    }
}
