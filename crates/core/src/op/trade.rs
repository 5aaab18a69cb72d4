//! Trading: a client of OAuth shows who it is and a voucher, and gets a token and the voucher for the next one.
//!
//! A code works once; one that comes again ends its grant, since somebody else may have it. A refresh token works once too,
//! and for a moment longer: a client whose answer got lost asks again, and two processes of one client may ask at once. One
//! that comes later than that was copied, and ends its grant as well.

use crate::Core;
use crate::entropy;
use crate::op::audit::{Entry, note};
use crate::op::grant::{end, hashed, random, refresh};
use crate::op::operator::plain;
use crate::table::grant::{self, Kind, Place, Voucher};
use crate::table::token;
use crate::unit::{Outcome, Tenanted, bare, tenanted};
use attache_db::Tx;
use attache_model::audit::Deed;
use attache_model::error::Shown;
use attache_model::id::{GrantId, TokenId};
use attache_model::limits::Limits;
use attache_model::scope::Scopes;
use attache_model::token::{Secret, Token};
use attache_model::{AccountNo, Error, Result, Time, UserNo, What};
use std::sync::Arc;
use std::time::Duration;
use subtle::ConstantTimeEq as _;

/// What a voucher was traded for. The secrets are shown once and kept nowhere.
#[derive(Clone, Debug)]
pub struct Granted {
    /// The token.
    pub token: Secret,
    /// The voucher for the next one.
    pub refresh: Secret,
    /// When the token ends.
    pub expires_at: Time,
    /// Whose data it reaches.
    pub account: AccountNo,
    /// Who acts with it.
    pub user: UserNo,
    /// What it may do.
    pub scopes: Scopes,
}

impl Core {
    /// Trades a code for a client's first token.
    ///
    /// # Errors
    /// `Unauthenticated` for a client that is unknown or shows another secret; `NotFound(Grant)` for a code that is
    /// unknown, over, used or another client's.
    pub async fn redeem_code(&self, client: &str, secret: &Secret, code: &Secret) -> Result<Granted> {
        self.trade(client, secret, Kind::Code, code).await
    }

    /// Trades a refresh token for the next token and refresh token.
    ///
    /// # Errors
    /// As [`Core::redeem_code`].
    pub async fn refresh(&self, client: &str, secret: &Secret, refresh: &Secret) -> Result<Granted> {
        self.trade(client, secret, Kind::Refresh, refresh).await
    }

    async fn trade(&self, client: &str, secret: &Secret, kind: Kind, voucher: &Secret) -> Result<Granted> {
        let place = self.place(client, secret, voucher).await?;
        let (token, next) = (TokenId(entropy::uuid(self.now())), refresh());
        let text = Secret::new(plain(token, &random()));
        let plan = Arc::new(Plan {
            grant: place.grant,
            client: place.client,
            kind,
            voucher: hashed(voucher),
            token,
            token_digest: hashed(&text),
            next_digest: hashed(&next),
            now: self.now(),
            life: Limits::seconds(self.limits().grant_token_life),
            next_life: Limits::seconds(self.limits().grant_refresh_life),
            grace: Limits::seconds(self.limits().grant_refresh_grace),
        });
        let unit = tenanted::<Traded, _>(move |mut t| {
            let plan = plan.clone();
            Box::pin(async move { plan.run(&mut t, place.account).await })
        });
        match self.write("trade a voucher", place.account, unit).await? {
            Traded::For(made) => Ok(Granted {
                token: text,
                refresh: next,
                expires_at: made.expires_at.unwrap_or(Time::NEVER),
                account: made.account,
                user: made.user,
                scopes: made.scopes,
            }),
            Traded::Nothing => Err(Error::NotFound(What::Grant)),
            Traded::End => {
                self.0.tokens.forget();
                tracing::warn!(grant = %place.grant, account = %place.account, "a voucher came again: its grant has ended");
                Err(Error::NotFound(What::Grant))
            }
        }
    }

    /// Whose voucher it is, if the client that shows it is the one that it was made for.
    async fn place(&self, client: &str, secret: &Secret, voucher: &Secret) -> Result<Place> {
        let shown = Arc::new((client.to_owned(), hashed(secret), hashed(voucher)));
        let unit = bare::<Result<Place>, _>(move |tx| {
            let shown = shown.clone();
            Box::pin(async move { find(tx, &shown.0, &shown.1, &shown.2).await })
        });
        self.read_all("look a voucher up", unit).await?
    }
}

async fn find(tx: &mut Tx, client: &str, client_digest: &str, voucher: &str) -> Outcome<Result<Place>> {
    if let Some(place) = grant::find(tx, voucher).await? {
        let same: bool = place.client_digest.as_bytes().ct_eq(client_digest.as_bytes()).into();
        if same && place.client == client {
            return Ok(Ok(place));
        }
    }
    // A client that is known hears that the voucher is none of its own, any other one that it is not let in.
    let known = grant::knows_client(tx, client, client_digest).await?;
    Ok(Err(if known { Error::NotFound(What::Grant) } else { Error::Unauthenticated(Shown::Unknown) }))
}

/// One trade, with everything that it takes from outside.
struct Plan {
    grant: GrantId,
    client: String,
    kind: Kind,
    voucher: String,
    token: TokenId,
    token_digest: String,
    next_digest: String,
    now: Time,
    life: Duration,
    next_life: Duration,
    grace: Duration,
}

/// What came of a trade. Each is a commit: a grant that has ended stays so, although its client is refused.
enum Traded {
    For(Box<Token>),
    Nothing,
    End,
}

/// How a voucher stands when it is shown.
enum Standing {
    Good,
    Worthless,
    Copied,
}

impl Plan {
    async fn run(&self, t: &mut Tenanted<'_>, account: AccountNo) -> Outcome<Traded> {
        if !grant::hold(t, self.grant).await? {
            return Ok(Traded::Nothing);
        }
        let Some(voucher) = grant::voucher(t, self.grant, &self.voucher).await? else { return Ok(Traded::Nothing) };
        match self.standing(&voucher) {
            Standing::Good => self.make(t, account, &voucher).await.map(|made| Traded::For(Box::new(made))),
            Standing::Worthless => Ok(Traded::Nothing),
            Standing::Copied => {
                end(t, self.grant, self.now).await?;
                note(t, Entry::operator(self.now, Deed::GrantRevoked, format!("grant/{}", self.grant))).await?;
                Ok(Traded::End)
            }
        }
    }

    fn standing(&self, voucher: &Voucher) -> Standing {
        if voucher.kind != self.kind || voucher.expires_at <= self.now {
            return Standing::Worthless;
        }
        match (voucher.used_at, self.kind) {
            (None, _) => Standing::Good,
            (Some(at), Kind::Refresh) if self.now < at.plus(self.grace) => Standing::Good,
            (Some(_), _) => Standing::Copied,
        }
    }

    /// The new pair and the end of the old voucher, in one commit.
    async fn make(&self, t: &mut Tenanted<'_>, account: AccountNo, voucher: &Voucher) -> Outcome<Token> {
        let made = Token {
            id: self.token,
            no: 0,
            // People know such a token by the client that has it.
            name: self.client.clone(),
            account,
            user: voucher.user,
            scopes: voucher.scopes,
            created_at: self.now,
            expires_at: Some(self.now.plus(self.life)),
            last_used_at: None,
            grant: Some(self.grant),
            panel: None,
        };
        let until = self.now.plus(self.next_life);
        grant::used(t, self.grant, &self.voucher, self.now).await?;
        let made = token::add(t, &made, &self.token_digest).await?;
        grant::add_voucher(t, self.grant, Kind::Refresh, &self.next_digest, self.now, until).await?;
        grant::traded(t, self.grant, self.now, until).await?;
        let targets = format!("grant/{} token/{}", self.grant, made.id);
        note(t, Entry::new(self.now, made.user, Deed::GrantTraded.word(), targets)).await?;
        Ok(made)
    }
}
