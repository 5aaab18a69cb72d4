//! Tickets: texts that let their bearer send one part of one upload, and nothing else.

use super::Resume;
use crate::Core;
use crate::errand::{self, By};
use attache_model::upload::Upload;
use attache_model::{AccountNo, Error, Result, UploadNo, UserNo, What};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

const PURPOSE: &str = "upload ticket";

/// What a ticket says; the names are those that senders know it by.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    exp: i64,
    iat: i64,
    nbf: i64,
    account_id: i64,
    session_id: i64,
    content_id: Uuid,
    content_size: u64,
    node_id: Uuid,
    user_id: i64,
    user_type: String,
    part_num: u32,
}

impl Core {
    /// A ticket for part `part` of an upload, as a JSON Web Token signed with HMAC-SHA-256.
    pub fn ticket(&self, account: AccountNo, upload: &Upload, part: u32) -> String {
        let claims = Claims {
            exp: upload.expires_at.seconds(),
            iat: upload.created_at.seconds(),
            nbf: upload.created_at.seconds(),
            account_id: account.0,
            session_id: upload.no.0,
            content_id: upload.id.0,
            content_size: upload.length.unwrap_or(0),
            node_id: self.drive(account),
            user_id: upload.created_by.0,
            user_type: String::from("internal"),
            part_num: part,
        };
        self.0.keys.sign(PURPOSE, &serde_json::json!(claims))
    }

    /// The upload that a ticket is for, and the part that it lets in.
    ///
    /// # Errors
    /// `NotFound(Upload)` for a ticket that is not ours, was changed, or whose time or upload is over.
    pub async fn resume_ticket(&self, ticket: &str) -> Result<(Resume, u32)> {
        let none = || Error::NotFound(What::Upload);
        let claims = self.0.keys.verify(PURPOSE, ticket).ok_or_else(none)?;
        let claims: Claims = serde_json::from_value(claims).map_err(|_| none())?;
        let by = By { account: AccountNo(claims.account_id), user: UserNo(claims.user_id), token: None };
        errand::comes_from(by, &self.0.refusals);
        let resume =
            Resume { core: self.clone(), account: AccountNo(claims.account_id), no: UploadNo(claims.session_id) };
        match resume.row().await {
            Ok(row) if row.upload.id.0 == claims.content_id => Ok((resume, claims.part_num)),
            Ok(_) | Err(Error::Gone(_)) => Err(none()),
            Err(error) => Err(error),
        }
    }
}
