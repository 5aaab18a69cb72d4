//! Grants: what an operator lets a client of OAuth do. The client trades a voucher, at first a code and from then on a
//! refresh token, for a token that works for a while.

use crate::id::GrantId;
use crate::scope::Scopes;
use crate::{AccountNo, Time, UserNo};

/// A client's right to get tokens of an account, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Its public id.
    pub id: GrantId,
    /// Whose data the tokens reach.
    pub account: AccountNo,
    /// Who acts with them.
    pub user: UserNo,
    /// What they may do; a trade never adds to it.
    pub scopes: Scopes,
    /// The client's public name, which it shows together with its secret.
    pub client: String,
    /// When it was made.
    pub created_at: Time,
    /// When the voucher that was made last ends, and the grant with it.
    pub expires_at: Time,
    /// When a voucher was traded last.
    pub used_at: Option<Time>,
}
